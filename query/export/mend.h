/* Mends values that PostgreSQL's text and jsonb refuse, so that no row is lost for them; each says what was changed.

   Text there holds no U+0000, and neither does jsonb, whose numbers are bounded besides. What was received stays in the
   trail as it was. */
#ifndef EXPORT_MEND_H
#define EXPORT_MEND_H

#include <stdint.h>

#include "hooktrail/buffer.h"

#define MEND_KEY_SIZE 600 /* bytes of a text that is part of a key: an index of PostgreSQL takes 2,704 a row */

enum mend_reason {
    MEND_NUL = 1,       /* U+0000 became U+FFFD */
    MEND_SURROGATE = 2, /* so did an escape of half a surrogate pair */
    MEND_NUMBER = 4,    /* became a string: an exponent beyond 308 (2^1024 and beyond), or over 1,000 characters; jsonb
                           writes numbers out in full, and some bytes would grow to gigabytes */
    MEND_TIME = 8,      /* brought into the years 0001 to 9999 */
    MEND_LONG = 16,     /* of a key too long, the first bytes and a digest of all */
    MEND_TOLD = 32      /* of a key that would be another's otherwise, all bytes and a digest of them */
};

/* The text, or what it was mended to, in `scratch`, which is cleared first (its status is the caller's to check). Adds
   to `reasons`. */
struct ht_slice mend_text(struct ht_slice text, struct ht_buffer *scratch, uint32_t *reasons);

/* The same of a text that is part of a key: at most MEND_KEY_SIZE bytes, and of two different texts never the same. */
struct ht_slice mend_key(struct ht_slice text, struct ht_buffer *scratch, uint32_t *reasons);

/* The same of a JSON value (RFC 8259). Of what is none no byte beyond its end is read, and the result is none either.
 */
struct ht_slice mend_json(struct ht_slice json, struct ht_buffer *scratch, uint32_t *reasons);

/* The nearest time, in microseconds since 1970, within the years 0001 to 9999. */
int64_t mend_time(int64_t time, uint32_t *reasons);

/* Adds members of the array that _changes holds, one a reason, with a comma before each but the first:
   {"column":"payload","reason":"…"}. */
void mend_note(struct ht_buffer *changes, const char *column, uint32_t reasons);

#endif
