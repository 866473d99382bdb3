#include "rejected.h"

#include <assert.h>
#include <stdio.h>

#include "act.h"
#include "codec.h"
#include "hooktrail/rejected.h"
#include "record.h"
#include "seal.h"

/* Counters in the trail's meta table. */
static const char last_number[] = "rejected.last";
static const char kept_count[] = "rejected.count";
static const char kept_bytes[] = "rejected.bytes";
static const char evicted_count[] = "rejected.evicted";
static const char key_number[] = "rejected.key"; /* the data key that seals all of them */

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

/* The key that all of them share; given when the first comes, and anew where it is damaged. */
static enum ht_status shared_key(struct ht_store *store, MDB_txn *txn, uint32_t *key, struct ht_error *err)
{
    uint64_t kept;
    bool usable = false;
    *key = 0;
    if (store->keyring == NULL) return HT_OK;
    enum ht_status status = trail_counter_get(store, txn, key_number, &kept, err);
    *key = (uint32_t)kept;
    if (status == HT_OK && kept != 0) status = keyring_usable(store->keyring, *key, &usable, err);
    if (status != HT_OK || usable) return status;
    status = seal_give_key(store, txn, key, err);
    return status == HT_OK ? trail_counter_set(store, txn, key_number, *key, err) : status;
}

enum ht_status rejected_put(struct ht_store *store, MDB_txn *txn, const struct ht_buffer *packed, uint64_t *number,
                            struct ht_error *err)
{
    struct ht_rejected_totals totals;
    struct seal_nonces nonces;
    uint8_t bytes[8];
    uint32_t data_key = 0;
    enum ht_status status = read_totals(store, txn, &totals, err);
    if (status == HT_OK) status = trail_counter_get(store, txn, last_number, number, err);
    if (status != HT_OK) return status;
    status = shared_key(store, txn, &data_key, err);
    if (status != HT_OK) return status;
    ht_put_be64(bytes, ++*number);
    struct ht_slice open = ht_buffer_slice(packed);
    MDB_val key = val_of(bytes, sizeof bytes), value = {seal_size(open, data_key), NULL};
    int code = mdb_put(txn, store->trail.rejected, &key, &value, MDB_NOOVERWRITE | MDB_RESERVE);
    if (code != 0) return env_fail(err, code, "keeping a rejected delivery");
    seal_nonces_begin(&nonces);
    status = seal_write(store, &seal_rejected, *number, data_key, &nonces, open, value.mv_data, err);
    if (status != HT_OK) return status;
    totals.count++;
    totals.bytes += seal_size(open, data_key);
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

static enum ht_status reseal(struct ht_store *store, MDB_cursor *cursor, MDB_val key, MDB_val value, uint32_t data_key,
                             struct ht_buffer *scratch, struct ht_error *err)
{
    uint64_t number = key.mv_size == 8 ? ht_get_be64(key.mv_data) : 0;
    /* A damaged one can't be opened any more: verify tells. */
    if (!record_intact(val_slice(value), number)) return HT_OK;
    enum ht_status status = seal_again(store, &seal_rejected, number, val_slice(value), data_key, scratch, err);
    if (status == HT_CORRUPT || status == HT_ERASED) return HT_OK;
    if (status != HT_OK) return status;
    /* The cursor's key lies in the page that this changes: LMDB would read it while it moves the page's entries. */
    uint8_t bytes[8];
    ht_put_be64(bytes, number);
    MDB_val own = val_of(bytes, sizeof bytes), sealed = val_of(scratch->data, scratch->size);
    int code = mdb_cursor_put(cursor, &own, &sealed, MDB_CURRENT);
    return code == 0 ? HT_OK : env_fail(err, code, "sealing rejected deliveries anew");
}

enum ht_status rejected_rekey(struct ht_store *store, MDB_txn *txn, uint32_t *old_key, struct ht_error *err)
{
    uint64_t kept;
    uint32_t data_key = 0;
    MDB_cursor *cursor = NULL;
    MDB_val key, value;
    struct ht_buffer scratch = {0};
    enum ht_status status = trail_counter_get(store, txn, key_number, &kept, err);
    *old_key = (uint32_t)kept;
    if (status != HT_OK || kept == 0) return status;
    status = seal_give_key(store, txn, &data_key, err);
    if (status == HT_OK) status = trail_counter_set(store, txn, key_number, data_key, err);
    if (status != HT_OK) return status;
    int code = mdb_cursor_open(txn, store->trail.rejected, &cursor);
    while (code == 0 && status == HT_OK && (code = mdb_cursor_get(cursor, &key, &value, MDB_NEXT)) == 0)
        status = reseal(store, cursor, key, value, data_key, &scratch, err);
    if (cursor != NULL) mdb_cursor_close(cursor);
    ht_buffer_release(&scratch);
    if (status == HT_OK && code != 0 && code != MDB_NOTFOUND)
        status = env_fail(err, code, "reading rejected deliveries");
    return status;
}

enum ht_status ht_rejected_drop(struct ht_store *store, uint64_t number, struct ht_slice who, int64_t now,
                                struct ht_error *err)
{
    MDB_txn *txn = NULL;
    char object[48];
    snprintf(object, sizeof object, "rejected delivery %llu", (unsigned long long)number);
    const struct ht_act act = {.at = now, .kind = HT_ACT_REJECTED_DROP, .who = who, .object = ht_slice_from(object)};
    enum ht_status status = trail_change_begin(store, &txn, err);
    if (status != HT_OK) return status;
    return act_commit(store, txn, &act, rejected_delete(store, txn, number, err), err);
}

static enum ht_status decode(struct ht_reader *reader, uint64_t number, struct ht_slice value,
                             struct ht_rejected *rejected, struct ht_error *err)
{
    struct ht_slice opened = HT_ABSENT;
    if (!record_intact(value, number))
        return ht_fail(err, HT_CORRUPT, "rejected delivery %llu: checksum does not fit", (unsigned long long)number);
    struct ht_buffer *plain = reader_space(reader);
    if (plain == NULL) return ht_fail(err, HT_NO_MEMORY, "out of memory for a rejected delivery");
    enum ht_status status = seal_read(reader->store, &seal_rejected, number, value, plain, &opened, err);
    return status == HT_OK ? rejected_decode(value, number, opened, rejected, err) : status;
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
    if (key.mv_size != 8) return ht_fail(err, HT_CORRUPT, "trail/rejected: a key of %zu bytes", key.mv_size);
    return decode(reader, ht_get_be64(key.mv_data), val_slice(value), rejected, err);
}

enum ht_status ht_rejected_get(struct ht_reader *reader, uint64_t number, struct ht_rejected *rejected,
                               struct ht_error *err)
{
    struct ht_slice value = HT_ABSENT;
    assert(reader->begun);
    int code = trail_get(reader->trail_txn, reader->store->trail.rejected, number, &value);
    if (code == MDB_NOTFOUND)
        return ht_fail(err, HT_NOT_FOUND, "there is no rejected delivery %llu", (unsigned long long)number);
    if (code != 0) return env_fail(err, code, "reading a rejected delivery");
    return decode(reader, number, value, rejected, err);
}

enum ht_status ht_rejected_totals(struct ht_reader *reader, struct ht_rejected_totals *totals, struct ht_error *err)
{
    assert(reader->begun);
    return read_totals(reader->store, reader->trail_txn, totals, err);
}
