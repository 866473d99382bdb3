/* Private to store/: the Merkle tree of a log, kept as tiles in a table of the trail's environment.

   Level L of the tiles (L = 0, 1, 2 …) holds the hashes of complete subtrees of 256^L leaves, as c2sp.org/tlog-tiles
   has it. The table keeps them in rows of 16: key 255 - L (one byte), row (u64); value 512 bytes, zeros where no hash
   is yet. So level 0 comes last and is only ever appended to, rows never change their size, and what lies between the
   levels of tiles is computed again (at most 255 hashes a tile). */
#ifndef STORE_TREE_H
#define STORE_TREE_H

#include "hooktrail/log.h"
#include "store.h"

#define TREE_ROW_HASHES 16
#define TREE_ROW_SIZE (TREE_ROW_HASHES * HT_SHA256_SIZE)

/* A tree being appended to: its right edge, in memory. Plain memory. */
struct tree {
    MDB_dbi table;
    uint64_t size;
    uint8_t edge[64][HT_SHA256_SIZE]; /* by level: the root of the complete subtree of 2^level leaves, where `size` has
                                         that bit */
    uint8_t row[TREE_ROW_SIZE];       /* the last row of level 0, not yet stored if `dirty` */
    bool dirty;
};

/* Reads the edge of a tree of `size` leaves. HT_CORRUPT if rows are missing. */
HT_MUST_CHECK enum ht_status tree_load(struct tree *tree, MDB_txn *txn, MDB_dbi table, uint64_t size,
                                       struct ht_error *err);
/* Adds a leaf; what fills up is stored. tree_store stores the rest: call it before the transaction is committed. After
   a failure, or an aborted transaction, load anew. */
HT_MUST_CHECK enum ht_status tree_append(struct tree *tree, MDB_txn *txn, struct ht_slice leaf, struct ht_error *err);
HT_MUST_CHECK enum ht_status tree_append_hash(struct tree *tree, MDB_txn *txn, const uint8_t leaf[HT_SHA256_SIZE],
                                              struct ht_error *err);
HT_MUST_CHECK enum ht_status tree_store(struct tree *tree, MDB_txn *txn, struct ht_error *err);
void tree_root(const struct tree *tree, uint8_t root[HT_SHA256_SIZE]);

/* From the stored tiles: the hash of the complete subtree of 2^level leaves at `index`; the root at `size`; proofs. */
HT_MUST_CHECK enum ht_status tree_node(MDB_txn *txn, MDB_dbi table, unsigned level, uint64_t index,
                                       uint8_t hash[HT_SHA256_SIZE], struct ht_error *err);
/* Adds `count` hashes of a level of tiles from `first` on, as they are stored. */
HT_MUST_CHECK enum ht_status tree_hashes(MDB_txn *txn, MDB_dbi table, unsigned level, uint64_t first, unsigned count,
                                         struct ht_buffer *out, struct ht_error *err);
HT_MUST_CHECK enum ht_status tree_root_at(MDB_txn *txn, MDB_dbi table, uint64_t size, uint8_t root[HT_SHA256_SIZE],
                                          struct ht_error *err);
HT_MUST_CHECK enum ht_status tree_inclusion(MDB_txn *txn, MDB_dbi table, uint64_t index, uint64_t size,
                                            struct ht_merkle_proof *proof, struct ht_error *err);
HT_MUST_CHECK enum ht_status tree_consistency(MDB_txn *txn, MDB_dbi table, uint64_t old_size, uint64_t size,
                                              struct ht_merkle_proof *proof, struct ht_error *err);

#endif
