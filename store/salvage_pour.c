#include "salvage_pour.h"

#include <stdarg.h>
#include <stdio.h>

#include "record.h"

#define BATCH_ROWS 8192 /* of one transaction at most */
#define BATCH_BYTES (UINT64_C(32) << 20)

void salvage_tell(struct salvage *salvage, const char *table, uint64_t seq, const char *format, ...)
{
    struct ht_finding finding = {.table = table, .seq = seq, .lost = true};
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(finding.detail, sizeof finding.detail, format, arguments);
    va_end(arguments);
    salvage->salvaged->findings++;
    if (salvage->report != NULL) salvage->report(salvage->context, &finding);
}

enum ht_status pour_begin(struct pour *pour, struct ht_error *err)
{
    return pour->txn != NULL ? HT_OK : trail_change_begin(pour->salvage->store, &pour->txn, err);
}

enum ht_status pour_end(struct pour *pour, enum ht_status status, struct ht_error *err)
{
    MDB_txn *txn = pour->txn;
    pour->txn = NULL;
    pour->rows = pour->bytes = 0;
    ht_buffer_wipe(&pour->plain);
    return txn != NULL ? trail_change_end(txn, status, err) : status;
}

enum ht_status pour_put(struct pour *pour, MDB_dbi table, struct ht_slice key, struct ht_slice value,
                        struct ht_error *err)
{
    MDB_val name = val_of(key.data, key.size), data = val_of(value.data, value.size);
    enum ht_status status = pour_begin(pour, err);
    if (status != HT_OK) return status;
    int code = mdb_put(pour->txn, table, &name, &data, MDB_APPEND);
    if (code == MDB_KEYEXIST) code = mdb_put(pour->txn, table, &name, &data, MDB_NOOVERWRITE);
    if (code != 0 && code != MDB_KEYEXIST) return env_fail(err, code, "writing the new trail");
    pour->bytes += value.size;
    return ++pour->rows < BATCH_ROWS && pour->bytes < BATCH_BYTES ? HT_OK : pour_end(pour, HT_OK, err);
}

void pour_keep_leaf(struct salvage *salvage, uint64_t seq, struct ht_slice value)
{
    struct salvage_leaf leaf = {.seq = seq};
    if (value.size < RECORD_LEAF + HT_LEAF_SIZE) return;
    memcpy(leaf.leaf, record_leaf(value).data, HT_LEAF_SIZE);
    ht_buffer_add_bytes(&salvage->leaves, &leaf, sizeof leaf);
}
