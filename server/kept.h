/* A document that stays the same, digested and packed once: what anybody may ask for must cost next to nothing to
 * answer. */
#ifndef HT_SERVER_KEPT_H
#define HT_SERVER_KEPT_H

#include "negotiate.h"

#define HT_TAG_SIZE 35 /* of an entity tag: 32 digits, in quotes */

struct ht_kept {
    const char *type;
    struct ht_slice document;
    char tag[HT_TAG_SIZE];
    struct ht_buffer packed[HT_CODING_COUNT]; /* empty: as it is */
};

/* Type and document are borrowed. What does not get smaller, or finds no memory, stays as it is. */
void ht_kept_init(struct ht_kept *kept, const char *type, struct ht_slice document);
void ht_kept_release(struct ht_kept *kept);

/* The entity tag of any document. */
void ht_kept_tag(struct ht_slice document, char tag[HT_TAG_SIZE]);

#endif
