/* Private to query/: a hash table from 16-byte hashes to indices of an array whose elements hold these hashes.

   Open addressing with linear probing, at most three quarters full; nothing is ever taken out. The keys are BLAKE2b
   hashes already, so their first bytes say where to look. */
#ifndef QUERY_TIMELINE_TABLE_H
#define QUERY_TIMELINE_TABLE_H

#include "hooktrail/status.h"

#define TIMELINE_HASH_SIZE 16
#define TIMELINE_NONE UINT32_MAX

/* Zero-initialised is empty and valid. */
struct timeline_table {
    uint32_t *slots;
    uint32_t capacity; /* a power of two, or 0 */
    uint32_t used;
};

/* Where the elements hold their keys: the first one's, and the bytes to the next. Elements may move between calls. */
struct timeline_keys {
    const uint8_t *first;
    size_t stride;
};

void timeline_table_release(struct timeline_table *table);

/* Makes room for one more, so that the next timeline_table_slot finds a free slot. */
HT_MUST_CHECK enum ht_status timeline_table_grow(struct timeline_table *table, struct timeline_keys keys,
                                                 struct ht_error *err);

/* The slot that holds the index of the element of this key, or the free slot (TIMELINE_NONE) for it: who fills that
   raises `used`. Not before the first timeline_table_grow. Valid until the next growth. */
uint32_t *timeline_table_slot(const struct timeline_table *table, struct timeline_keys keys,
                              const uint8_t key[TIMELINE_HASH_SIZE]);

#endif
