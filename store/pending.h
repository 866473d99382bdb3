/* Private to store/: duplicate keys of events that are in the trail but perhaps not in the index. */
#ifndef STORE_PENDING_H
#define STORE_PENDING_H

#include "hooktrail/trail.h"

/* Two hash tables, an old and a young one: keys go into the young; once the index has passed every key of the old, the
   old is emptied and the two change places. So nothing is deleted one by one. One thread. */
struct pending_key {
    uint8_t key[HT_DUPLICATE_KEY_SIZE];
    uint64_t seq; /* 0: a free slot */
};

struct pending_table {
    struct pending_key *slots;
    size_t capacity; /* power of two */
    size_t used;
    uint64_t last_seq;
};

struct pending {
    struct pending_table old;
    struct pending_table young;
};

void pending_release(struct pending *pending);
void pending_clear(struct pending *pending);

/* Adds a key; seqs come in ascending order. */
HT_MUST_CHECK enum ht_status pending_add(struct pending *pending, const uint8_t *key, uint64_t seq,
                                         struct ht_error *err);

/* The seq of a key, or 0. */
uint64_t pending_find(const struct pending *pending, const uint8_t *key);

/* The index holds all up to `seq`: forget what is covered. */
void pending_covered(struct pending *pending, uint64_t seq);

#endif
