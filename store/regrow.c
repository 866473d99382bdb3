#include "regrow.h"

#include "checkpoint.h"
#include "lost.h"
#include "record.h"

/* The hash of a record's leaf, if the record is sound, or was lost and has left it. */
static bool hash_record(MDB_txn *txn, MDB_dbi records, enum ht_log log, uint64_t seq, uint8_t hash[HT_SHA256_SIZE])
{
    struct ht_slice record = HT_ABSENT, leaf = HT_ABSENT;
    struct lost lost;
    if (trail_get(txn, records, seq, &record) != 0) return false;
    bool found = checkpoint_leaf(log, seq, record, &leaf);
    if (found) ht_merkle_leaf(leaf, hash);
    if (found || !record_intact(record, seq) || !lost_read(record, &lost)) return found;
    memcpy(hash, lost.hash, sizeof lost.hash);
    return true;
}

enum ht_status tree_regrow(struct tree *tree, struct ht_store *store, MDB_txn *txn, enum ht_log log, uint64_t size,
                           struct ht_error *err)
{
    MDB_dbi table = checkpoint_tree(store, log), records = checkpoint_records(store, log);
    enum ht_status status = tree_load(tree, txn, table, 0, err);
    for (uint64_t seq = 1; seq <= size && status == HT_OK; seq++) {
        uint8_t hash[HT_SHA256_SIZE];
        if (!hash_record(txn, records, log, seq, hash)) status = tree_node(txn, table, 0, seq - 1, hash, err);
        if (status == HT_OK) status = tree_append_hash(tree, txn, hash, err);
    }
    return status == HT_OK ? tree_store(tree, txn, err) : status;
}

enum ht_status tree_open(struct tree *tree, struct ht_store *store, MDB_txn *txn, enum ht_log log, uint64_t size,
                         struct ht_error *err)
{
    enum ht_status status = tree_load(tree, txn, checkpoint_tree(store, log), size, err);
    return status == HT_CORRUPT ? tree_regrow(tree, store, txn, log, size, err) : status;
}
