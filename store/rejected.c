#include "rejected.h"

#include <assert.h>

#include "codec.h"
#include "hooktrail/rejected.h"
#include "record.h"

/* Counters in the trail's meta table. */
static const char last_number[] = "rejected.last";
static const char kept_count[] = "rejected.count";
static const char kept_bytes[] = "rejected.bytes";
static const char evicted_count[] = "rejected.evicted";

static enum ht_status read_totals(struct ht_store *store, MDB_txn *txn, struct ht_rejected_totals *totals,
                                  struct ht_error *err)
{
    enum ht_status status = trail_counter_get(store, txn, kept_count, &totals->count, err);
    if (status == HT_OK) status = trail_counter_get(store, txn, kept_bytes, &totals->bytes, err);
    if (status == HT_OK) status = trail_counter_get(store, txn, evicted_count, &totals->evicted, err);
    return status;
}

static enum ht_status write_totals(struct ht_store *store, MDB_txn *txn, const struct ht_rejected_totals *totals,
                                   struct ht_error *err)
{
    enum ht_status status = trail_counter_set(store, txn, kept_count, totals->count, err);
    if (status == HT_OK) status = trail_counter_set(store, txn, kept_bytes, totals->bytes, err);
    if (status == HT_OK) status = trail_counter_set(store, txn, evicted_count, totals->evicted, err);
    return status;
}

/* Deletes what the cursor stands on and takes it off the totals. */
static int delete_current(MDB_cursor *cursor, MDB_val value, struct ht_rejected_totals *totals)
{
    totals->count -= totals->count > 0;
    totals->bytes -= value.mv_size < totals->bytes ? value.mv_size : totals->bytes;
    return mdb_cursor_del(cursor, 0);
}

static enum ht_status evict(struct ht_store *store, MDB_txn *txn, struct ht_rejected_totals *totals,
                            struct ht_error *err)
{
    MDB_cursor *cursor = NULL;
    MDB_val key, value;
    int code = mdb_cursor_open(txn, store->trail.rejected, &cursor);
    if (code != 0) return env_fail(err, code, "evicting rejected deliveries");
    while (code == 0 &&
           (totals->count > store->options.rejected_count || totals->bytes > store->options.rejected_bytes)) {
        code = mdb_cursor_get(cursor, &key, &value, MDB_FIRST);
        if (code == 0) code = delete_current(cursor, value, totals);
        if (code == 0) totals->evicted++;
    }
    mdb_cursor_close(cursor);
    return code == 0 || code == MDB_NOTFOUND ? HT_OK : env_fail(err, code, "evicting rejected deliveries");
}

enum ht_status rejected_put(struct ht_store *store, MDB_txn *txn, const struct ht_buffer *packed, uint64_t *number,
                            struct ht_error *err)
{
    struct ht_rejected_totals totals;
    uint8_t bytes[8];
    enum ht_status status = read_totals(store, txn, &totals, err);
    if (status == HT_OK) status = trail_counter_get(store, txn, last_number, number, err);
    if (status != HT_OK) return status;
    ht_put_be64(bytes, ++*number);
    MDB_val key = val_of(bytes, sizeof bytes), value = {packed->size, NULL};
    int code = mdb_put(txn, store->trail.rejected, &key, &value, MDB_NOOVERWRITE | MDB_RESERVE);
    if (code != 0) return env_fail(err, code, "keeping a rejected delivery");
    memcpy(value.mv_data, packed->data, packed->size);
    ht_put_be64(value.mv_data, record_checksum(ht_get_be64((const uint8_t *)packed->data), *number));
    totals.count++;
    totals.bytes += packed->size;
    status = trail_counter_set(store, txn, last_number, *number, err);
    if (status == HT_OK) status = evict(store, txn, &totals, err);
    if (status == HT_OK) status = write_totals(store, txn, &totals, err);
    return status;
}

enum ht_status rejected_delete(struct ht_store *store, MDB_txn *txn, uint64_t number, struct ht_error *err)
{
    struct ht_rejected_totals totals;
    MDB_cursor *cursor = NULL;
    uint8_t bytes[8];
    ht_put_be64(bytes, number);
    MDB_val key = val_of(bytes, sizeof bytes), value;
    enum ht_status status = read_totals(store, txn, &totals, err);
    if (status != HT_OK) return status;
    int code = mdb_cursor_open(txn, store->trail.rejected, &cursor);
    if (code != 0) return env_fail(err, code, "dropping a rejected delivery");
    code = mdb_cursor_get(cursor, &key, &value, MDB_SET);
    if (code == 0) code = delete_current(cursor, value, &totals);
    mdb_cursor_close(cursor);
    if (code == MDB_NOTFOUND)
        return ht_fail(err, HT_NOT_FOUND, "there is no rejected delivery %llu", (unsigned long long)number);
    if (code != 0) return env_fail(err, code, "dropping a rejected delivery");
    return write_totals(store, txn, &totals, err);
}

enum ht_status ht_rejected_drop(struct ht_store *store, uint64_t number, struct ht_error *err)
{
    MDB_txn *txn = NULL;
    enum ht_status status = trail_change_begin(store, &txn, err);
    if (status != HT_OK) return status;
    return trail_change_end(txn, rejected_delete(store, txn, number, err), err);
}

static enum ht_status decode(MDB_val key, MDB_val value, struct ht_rejected *rejected, struct ht_error *err)
{
    if (key.mv_size != 8) return ht_fail(err, HT_CORRUPT, "trail/rejected: a key of %zu bytes", key.mv_size);
    return rejected_decode(val_slice(value), ht_get_be64(key.mv_data), rejected, err);
}

enum ht_status ht_rejected_previous(struct ht_reader *reader, uint64_t before, struct ht_rejected *rejected,
                                    struct ht_error *err)
{
    MDB_cursor *cursor = NULL;
    uint8_t bytes[8];
    assert(reader->begun);
    ht_put_be64(bytes, before);
    MDB_val key = val_of(bytes, sizeof bytes), value;
    int code = mdb_cursor_open(reader->trail_txn, reader->store->trail.rejected, &cursor);
    if (code != 0) return env_fail(err, code, "listing rejected deliveries");
    code = mdb_cursor_get(cursor, &key, &value, MDB_SET_RANGE);
    code = mdb_cursor_get(cursor, &key, &value, code == MDB_NOTFOUND ? MDB_LAST : MDB_PREV);
    mdb_cursor_close(cursor);
    if (code == MDB_NOTFOUND) return ht_fail(err, HT_NOT_FOUND, "there is no older rejected delivery");
    if (code != 0) return env_fail(err, code, "listing rejected deliveries");
    return decode(key, value, rejected, err);
}

enum ht_status ht_rejected_get(struct ht_reader *reader, uint64_t number, struct ht_rejected *rejected,
                               struct ht_error *err)
{
    uint8_t bytes[8];
    assert(reader->begun);
    ht_put_be64(bytes, number);
    MDB_val key = val_of(bytes, sizeof bytes), value;
    int code = mdb_get(reader->trail_txn, reader->store->trail.rejected, &key, &value);
    if (code == MDB_NOTFOUND)
        return ht_fail(err, HT_NOT_FOUND, "there is no rejected delivery %llu", (unsigned long long)number);
    if (code != 0) return env_fail(err, code, "reading a rejected delivery");
    return decode(key, value, rejected, err);
}

enum ht_status ht_rejected_totals(struct ht_reader *reader, struct ht_rejected_totals *totals, struct ht_error *err)
{
    assert(reader->begun);
    return read_totals(reader->store, reader->trail_txn, totals, err);
}
