#include "hooktrail/append.h"

#include <errno.h>
#include <stdlib.h>
#include <sys/statvfs.h>

#include "codec.h"
#include "pending.h"
#include "record.h"
#include "rejected.h"
#include "store.h"

/* Beyond this many bytes the disk is certainly not what failed a write. LMDB reports a full disk as EIO too. */
#define NEARLY_FULL (UINT64_C(16) << 20)

struct ht_appender {
    struct ht_store *store;
    struct ht_reader *reader; /* for the duplicate check against the index */
    struct pending pending;
    struct ht_position end; /* the trail's end after our last commit */
    bool stale;             /* pending can't be trusted: a transaction was given up */
};

enum ht_status ht_appender_new(struct ht_store *store, struct ht_appender **appender, struct ht_error *err)
{
    struct ht_appender *made = calloc(1, sizeof *made);
    if (made == NULL) return ht_fail(err, HT_NO_MEMORY, "out of memory");
    made->store = store;
    made->stale = true;
    enum ht_status status = ht_reader_new(store, &made->reader, err);
    if (status != HT_OK) {
        free(made);
        return status;
    }
    *appender = made;
    return HT_OK;
}

void ht_appender_free(struct ht_appender *appender)
{
    if (appender == NULL) return;
    ht_reader_free(appender->reader);
    pending_release(&appender->pending);
    free(appender);
}

static uint64_t disk_free(const struct ht_store *store)
{
    struct statvfs fs;
    if (statvfs(store->dir, &fs) != 0) return UINT64_MAX; /* the write itself will tell */
    return (uint64_t)fs.f_bavail * fs.f_frsize;
}

static enum ht_status check_space(const struct ht_store *store, struct ht_error *err)
{
    uint64_t left = disk_free(store);
    if (left >= store->options.reserve) return HT_OK;
    return ht_fail(err, HT_FULL, "%llu bytes are left on the disk of %s, less than the reserve of %llu",
                   (unsigned long long)left, store->dir, (unsigned long long)store->options.reserve);
}

/* Stores a packed record with its checksum bound to `number`; leaves the packed form as it is, so that it can be
   appended again should this transaction fail. */
static int put_record(MDB_txn *txn, MDB_dbi table, uint64_t number, const struct ht_buffer *packed)
{
    uint8_t bytes[8];
    ht_put_be64(bytes, number);
    MDB_val key = val_of(bytes, sizeof bytes), value = {packed->size, NULL};
    int code = mdb_put(txn, table, &key, &value, MDB_APPEND | MDB_NOOVERWRITE | MDB_RESERVE);
    if (code != 0) return code;
    memcpy(value.mv_data, packed->data, packed->size);
    ht_put_be64(value.mv_data, record_checksum(ht_get_be64((const uint8_t *)packed->data), number));
    return 0;
}

/* A repeat is the packed event's own delivery with the seq that it repeats. */
static enum ht_status put_repeat(struct ht_appender *appender, MDB_txn *txn, struct ht_append *append,
                                 struct ht_error *err)
{
    struct ht_buffer record = {0};
    struct decoder in = decoder_of(ht_buffer_slice(&append->packed));
    decode_bytes(&in, 9);
    uint64_t flags = decode_u8(&in);
    decode_bytes(&in, 6);
    struct ht_slice endpoint_and_time = decode_bytes(&in, 12);
    encode_uint(&record, 0, RECORD_CHECKED);
    encode_uint(&record, REPEAT_VERSION, 1);
    encode_uint(&record, flags, 1);
    encode_uint(&record, 0, 2);
    ht_buffer_add(&record, endpoint_and_time);
    encode_uint(&record, append->seq, 8);
    ht_buffer_add(&record, ht_buffer_slice(&append->delivery));
    enum ht_status status = ht_buffer_status(&record, err);
    if (status == HT_OK) {
        ht_put_be64((uint8_t *)record.data, record_digest(ht_buffer_slice(&record)));
        int code = put_record(txn, appender->store->trail.repeats, ++appender->end.repeat, &record);
        if (code != 0) status = env_fail(err, code, "appending a repeated delivery");
    }
    append->repeat = appender->end.repeat;
    append->duplicate = true;
    ht_buffer_release(&record);
    return status;
}

static enum ht_status find_duplicate(struct ht_appender *appender, const uint8_t *key, uint64_t *seq,
                                     struct ht_error *err)
{
    *seq = pending_find(&appender->pending, key);
    if (*seq != 0) return HT_OK;
    enum ht_status status = ht_index_duplicate(appender->reader, key, seq, err);
    /* Where index or record are damaged the event is kept once more rather than refused: nothing is lost by that. */
    if (status != HT_NOT_FOUND && status != HT_CORRUPT) return status;
    *seq = 0;
    return HT_OK;
}

static enum ht_status append_event(struct ht_appender *appender, MDB_txn *txn, struct ht_append *append,
                                   struct ht_error *err)
{
    append->duplicate = false;
    append->repeat = 0;
    enum ht_status status = find_duplicate(appender, append->duplicate_key, &append->seq, err);
    if (status == HT_OK && append->seq != 0) return put_repeat(appender, txn, append, err);
    if (status != HT_OK) return status;
    append->seq = ++appender->end.seq;
    int code = put_record(txn, appender->store->trail.events, append->seq, &append->packed);
    if (code != 0) return env_fail(err, code, "appending an event");
    return pending_add(&appender->pending, append->duplicate_key, append->seq, err);
}

static enum ht_status append_one(struct ht_appender *appender, MDB_txn *txn, struct ht_append *append,
                                 struct ht_error *err)
{
    struct ht_store *store = appender->store;
    if (append->kind == HT_APPEND_REJECTED) return rejected_put(store, txn, &append->packed, &append->seq, err);
    if (append->retried != 0) {
        enum ht_status status = rejected_delete(store, txn, append->retried, err);
        if (status != HT_OK) return status;
    }
    return append_event(appender, txn, append, err);
}

/* Keys of events that the index does not hold: after start, after a foreign append, after a transaction was given up.
 */
static enum ht_status reload_pending(struct ht_appender *appender, uint64_t indexed, uint64_t end, struct ht_error *err)
{
    pending_clear(&appender->pending);
    for (uint64_t seq = indexed + 1; seq <= end; seq++) {
        struct ht_record_header header;
        enum ht_status status = ht_trail_header(appender->reader, seq, &header, err);
        if (status == HT_CORRUPT) continue; /* its key is lost with it; verify tells */
        if (status == HT_OK) status = pending_add(&appender->pending, header.duplicate_key, seq, err);
        if (status != HT_OK) return status;
    }
    return HT_OK;
}

/* With the write lock held nobody else can append: what index and pending hold together is then every event. */
static enum ht_status prepare(struct ht_appender *appender, MDB_txn *txn, struct ht_error *err)
{
    struct ht_store *store = appender->store;
    struct ht_position end, indexed;
    enum ht_status status = trail_last(txn, store->trail.events, &end.seq, err);
    if (status == HT_OK) status = trail_last(txn, store->trail.repeats, &end.repeat, err);
    if (status == HT_OK) status = ht_index_position(appender->reader, &indexed, err);
    if (status != HT_OK) return status;
    if (appender->stale || end.seq != appender->end.seq)
        status = reload_pending(appender, indexed.seq, end.seq, err);
    else
        pending_covered(&appender->pending, indexed.seq);
    if (status != HT_OK) return status;
    appender->end = end;
    appender->stale = false;
    return HT_OK;
}

static enum ht_status append_list(struct ht_appender *appender, MDB_txn *txn, struct ht_append *list,
                                  struct ht_error *err)
{
    enum ht_status status = ht_reader_begin(appender->reader, err);
    if (status != HT_OK) return status;
    status = prepare(appender, txn, err);
    for (struct ht_append *append = list; append != NULL && status == HT_OK; append = append->next) {
        append->status = append_one(appender, txn, append, err);
        /* That somebody else has retried or dropped it is this one's failure alone: nothing was written for it. */
        if (append->status != HT_NOT_FOUND || append->retried == 0) status = append->status;
    }
    ht_reader_end(appender->reader);
    return status;
}

/* A full disk shows as EIO or a short write, not always as ENOSPC. */
static enum ht_status fail_commit(const struct ht_store *store, int code, struct ht_error *err)
{
    if (code == EIO && disk_free(store) < NEARLY_FULL)
        return ht_fail(err, HT_FULL, "the disk of %s is full", store->dir);
    return env_fail(err, code, "committing to the trail");
}

static void fail_all(struct ht_append *list, enum ht_status status)
{
    for (struct ht_append *append = list; append != NULL; append = append->next)
        append->status = status;
}

enum ht_status ht_appender_commit(struct ht_appender *appender, struct ht_append *list, struct ht_position *end,
                                  struct ht_error *err)
{
    MDB_txn *txn = NULL;
    enum ht_status status = check_space(appender->store, err);
    if (status != HT_OK) goto out;
    int code = mdb_txn_begin(appender->store->trail.env, NULL, 0, &txn);
    if (code != 0) {
        status = env_fail(err, code, "beginning to append");
        goto out;
    }
    status = append_list(appender, txn, list, err);
    if (status != HT_OK) {
        mdb_txn_abort(txn);
        goto out;
    }
    code = mdb_txn_commit(txn);
    if (code != 0) status = fail_commit(appender->store, code, err);
out:
    appender->stale = status != HT_OK;
    if (status != HT_OK) fail_all(list, status);
    *end = appender->end;
    return status;
}
