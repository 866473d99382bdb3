/* Private to store/: a log's Merkle tree verified: every leaf and node is computed again from the records and compared
   with what is stored. */
#ifndef STORE_VERIFY_TREE_H
#define STORE_VERIFY_TREE_H

#include "tree.h"
#include "verify_walk.h"

struct verify_tree {
    enum ht_log log;
    const char *records;             /* "trail/events" */
    const char *table;               /* "trail/tree" */
    uint64_t size;                   /* leaves that are compared; what came later is not looked at */
    uint8_t (*tops)[HT_SHA256_SIZE]; /* computed: the hashes of level 1 */
    bool odd;                        /* the table has more rows than it should, or fewer */
};

HT_MUST_CHECK enum ht_status verify_tree_init(struct verify_tree *tree, enum ht_log log, uint64_t size,
                                              struct ht_error *err);
void verify_tree_release(struct verify_tree *tree);

/* Compares the leaves from number `first` (from 0, a multiple of HT_TILE_WIDTH) on with the rows of level 0 and
   computes the level above. Where `known` is false the record could not be read, so the leaf is taken from the tree: it
   is set. Within the reader's span; different leaves on different threads, each with a struct verify of its own. */
HT_MUST_CHECK enum ht_status verify_tree_leaves(struct verify *verify, struct verify_tree *tree, uint64_t first,
                                                uint8_t (*leaves)[HT_SHA256_SIZE], const bool *known, size_t count,
                                                struct ht_error *err);

/* The levels above, once all leaves are done; and what the table has that belongs to no leaf. */
HT_MUST_CHECK enum ht_status verify_tree_finish(struct verify *verify, struct verify_tree *tree, struct ht_error *err);

#endif
