/* Private to query/: a hash table from 16-byte hashes to indices of an array whose elements hold these hashes.

   Open addressing with linear probing, at most three quarters full; nothing is ever taken out. The keys are hashes
   already, so their first bytes say where to look. */
#ifndef QUERY_HASH_TABLE_H
#define QUERY_HASH_TABLE_H

#include "hooktrail/status.h"

#define HASH_TABLE_KEY_SIZE 16
#define HASH_TABLE_NONE UINT32_MAX

struct hash_table_slot {
    uint32_t start; /* of the key: growing need not look at the elements, which are far apart */
    uint32_t index; /* HASH_TABLE_NONE: free */
};

/* Zero-initialised is empty and valid. */
struct hash_table {
    struct hash_table_slot *slots;
    uint32_t capacity; /* a power of two, or 0 */
    uint32_t used;
};

/* Where the elements hold their keys: the first one's, and the bytes to the next. Elements may move between calls. */
struct hash_table_keys {
    const uint8_t *first;
    size_t stride;
};

void hash_table_release(struct hash_table *table);

/* Makes room for one more, so that the next hash_table_slot finds a free slot. */
HT_MUST_CHECK enum ht_status hash_table_grow(struct hash_table *table, struct ht_error *err);

/* The slot that holds the index of the element of this key, or the free slot (HASH_TABLE_NONE) for it: who fills that
   raises `used`. Not before the first hash_table_grow. Valid until the next growth, and a free one until another key is
   looked up. */
uint32_t *hash_table_slot(const struct hash_table *table, struct hash_table_keys keys,
                          const uint8_t key[HASH_TABLE_KEY_SIZE]);

#endif
