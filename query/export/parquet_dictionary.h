/* The dictionary of a column: its distinct values in order of first sight, and the number of each.

   Bounded: a column of which the values are too many, too long or too seldom repeated is better off without. One thread
   at a time. */
#ifndef EXPORT_PARQUET_DICTIONARY_H
#define EXPORT_PARQUET_DICTIONARY_H

#include <stdint.h>

#include "hooktrail/buffer.h"

#define DICTIONARY_MOST 16384              /* entries */
#define DICTIONARY_BYTES ((size_t)1 << 20) /* of all entries */
#define DICTIONARY_LONGEST 256             /* bytes of one */
#define DICTIONARY_TRIAL 4096              /* entries; those beyond must have come twice on the average */

struct dictionary_slot {
    uint32_t hash;
    uint32_t entry; /* its number + 1; 0: free */
};

/* Zero-initialised is empty and valid. */
struct dictionary {
    struct ht_buffer values;       /* all entries as PLAIN has them, side by side: the body of the dictionary's page */
    uint32_t *starts;              /* of each in `values`, and where the last one ends */
    struct dictionary_slot *slots; /* open addressing with linear probing, at most half full */
    uint32_t count;
    uint32_t last; /* the entry that was found last: values come in runs */
    uint64_t seen; /* values that were looked up */
};

void dictionary_release(struct dictionary *dictionary);
void dictionary_clear(struct dictionary *dictionary); /* empty again; keeps memory */

/* The number of a value, added if it is new. The length stands before a value if `sized` (BYTE_ARRAY), always or never
   of one dictionary. HT_TOO_LARGE (err is not filled) if the dictionary is to be given up; HT_NO_MEMORY. */
HT_MUST_CHECK enum ht_status dictionary_find(struct dictionary *dictionary, struct ht_slice value, bool sized,
                                             uint32_t *entry, struct ht_error *err);

/* An entry as PLAIN has it. Valid until the next change. */
struct ht_slice dictionary_entry(const struct dictionary *dictionary, uint32_t entry);

/* Adds a 32-bit length and the value: BYTE_ARRAY in PLAIN. */
void dictionary_add_sized(struct ht_buffer *out, struct ht_slice value);

#endif
