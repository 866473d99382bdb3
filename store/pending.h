/* Private to store/: which events of the trail the index may not hold yet have a duplicate key. Eight bytes an event,
   so that it may be millions of them while an index is built anew. */
#ifndef STORE_PENDING_H
#define STORE_PENDING_H

#include "hooktrail/trail.h"

/* Two hash tables, an old and a young one: keys go into the young; once the index has passed every key of the old, the
   old is emptied and the two change places. So nothing is deleted one by one. Of a key 32 bits are kept: what they find
   has to be confirmed. One thread. */
struct pending_slot {
    uint32_t hash;
    uint32_t place; /* seq - base; 0: a free slot */
};

struct pending_table {
    struct pending_slot *slots;
    size_t capacity; /* power of two */
    size_t used;
    uint64_t base;
    uint64_t last_seq; /* 0: none */
};

struct pending {
    struct pending_table old;
    struct pending_table young;
};

void pending_release(struct pending *pending);

/* Forgets all; or what came since the tables last changed places: after that, pending_last is the last one known. */
void pending_clear(struct pending *pending);
void pending_forget_young(struct pending *pending);

/* Adds a key; seqs come in ascending order. */
HT_MUST_CHECK enum ht_status pending_add(struct pending *pending, const uint8_t *key, uint64_t seq,
                                         struct ht_error *err);

/* The greatest seq added; 0 if there is none. */
uint64_t pending_last(const struct pending *pending);

/* The seq of a key, the first of those with its hash that `confirm` takes for it; or 0. */
typedef bool pending_confirm(void *context, uint64_t seq, const uint8_t *key);
uint64_t pending_find(const struct pending *pending, const uint8_t *key, pending_confirm *confirm, void *context);

/* The index holds all up to `seq`: forget what is covered. */
void pending_covered(struct pending *pending, uint64_t seq);

#endif
