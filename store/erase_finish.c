/* What follows the transaction of an erasure: keys destroyed, DIR/erasures.log told. Both can be done again, in any
   order by any process; the log's lock keeps them apart. */
#include "erase_apply.h"
#include "erasures_log.h"
#include "keyring.h"

/* One erasure, copied out of its snapshot. */
struct finishing {
    uint64_t number;
    struct ht_buffer value;
    struct ht_buffer marks;
    struct erasures_row row; /* borrows from value */
};

static void release(struct finishing *finishing)
{
    ht_buffer_release(&finishing->value);
    ht_buffer_release(&finishing->marks);
}

/* ---- reading the trail ---- */

static enum ht_status read_value(struct ht_reader *trail, uint64_t number, struct ht_slice *value, struct ht_error *err)
{
    int code = trail_get(trail->trail_txn, trail->store->trail.erasures, number, value);
    return code == 0 ? HT_OK : env_fail(err, code, "reading an erasure");
}

static enum ht_status add_marks(struct ht_reader *trail, struct ht_slice ranges, struct ht_buffer *marks,
                                struct ht_error *err)
{
    for (size_t i = 0; i < erasures_ranges(ranges); i++) {
        struct erasures_range range = erasures_range_at(ranges, i);
        for (uint64_t seq = range.first; seq <= range.last; seq++) {
            struct ht_record_header header;
            enum ht_status status = ht_trail_header(trail, seq, &header, err);
            if (status != HT_OK) return status;
            ht_buffer_add_bytes(marks, header.commitment, ERASURES_LOG_MARK);
        }
    }
    return ht_buffer_status(marks, err);
}

static enum ht_status load_in(struct ht_reader *trail, struct finishing *finishing, struct ht_error *err)
{
    struct ht_slice value = HT_ABSENT;
    ht_buffer_clear(&finishing->value);
    ht_buffer_clear(&finishing->marks);
    enum ht_status status = read_value(trail, finishing->number, &value, err);
    if (status != HT_OK) return status;
    ht_buffer_add(&finishing->value, value);
    status = ht_buffer_status(&finishing->value, err);
    if (status == HT_OK)
        status = erasures_decode(ht_buffer_slice(&finishing->value), finishing->number, &finishing->row, err);
    return status == HT_OK ? add_marks(trail, finishing->row.ranges, &finishing->marks, err) : status;
}

static enum ht_status load(struct ht_store *store, struct finishing *finishing, struct ht_error *err)
{
    struct ht_reader trail = {.store = store};
    enum ht_status status = reader_begin_trail(&trail, err);
    if (status != HT_OK) return status;
    status = load_in(&trail, finishing, err);
    mdb_txn_abort(trail.trail_txn);
    return status;
}

/* The last erasure, and the first that lacks something: they are finished in their order. A damaged one can't be. */
static enum ht_status find_undone(struct ht_store *store, uint64_t *last, uint64_t *undone, struct ht_error *err)
{
    struct ht_reader trail = {.store = store};
    enum ht_status status = reader_begin_trail(&trail, err);
    if (status != HT_OK) return status;
    status = trail_last(trail.trail_txn, store->trail.erasures, last, err);
    *undone = *last + 1;
    while (status == HT_OK && *undone > 1) {
        struct erasures_row row;
        struct ht_slice value = HT_ABSENT;
        status = read_value(&trail, *undone - 1, &value, err);
        if (status != HT_OK || erasures_decode(value, *undone - 1, &row, NULL) != HT_OK) break;
        if ((row.flags & ERASURES_DONE) != 0) break;
        --*undone;
    }
    mdb_txn_abort(trail.trail_txn);
    return status;
}

/* ---- finishing ---- */

static enum ht_status destroy_keys(struct ht_store *store, const struct erasures_row *row, struct ht_error *err)
{
    struct ht_buffer ids = {0};
    size_t count = row->keys.size / sizeof(uint32_t);
    if (store->keyring == NULL || count == 0) return HT_OK;
    for (size_t i = 0; i < count; i++) {
        uint32_t id = erasures_key_at(row, i);
        ht_buffer_add_bytes(&ids, &id, sizeof id);
    }
    enum ht_status status = ht_buffer_status(&ids, err);
    if (status == HT_OK) status = keyring_destroy(store->keyring, (const uint32_t *)(const void *)ids.data, count, err);
    ht_buffer_release(&ids);
    return status;
}

static enum ht_status mark_done(struct ht_store *store, struct erasures_row *row, struct ht_error *err)
{
    MDB_txn *txn = NULL;
    row->flags |= ERASURES_DONE;
    enum ht_status status = trail_change_begin(store, &txn, err);
    if (status != HT_OK) return status;
    return trail_change_end(txn, erasures_put(store, txn, row, err), err);
}

static enum ht_status finish_one(struct ht_store *store, struct erasures_log *log, struct finishing *finishing,
                                 struct ht_error *err)
{
    enum ht_status status = load(store, finishing, err);
    if (status != HT_OK) return status;
    bool done = (finishing->row.flags & ERASURES_DONE) != 0;
    if (!done) status = destroy_keys(store, &finishing->row, err);
    if (status == HT_OK && finishing->number == log->last + 1)
        status = erasures_log_append(log, ht_buffer_slice(&finishing->value), ht_buffer_slice(&finishing->marks), err);
    return status == HT_OK && !done ? mark_done(store, &finishing->row, err) : status;
}

enum ht_status erase_finish_with(struct ht_store *store, struct erasures_log *log, struct ht_error *err)
{
    uint64_t last = 0, undone = 0;
    struct finishing finishing = {0};
    enum ht_status status = find_undone(store, &last, &undone, err);
    if (log->last + 1 < undone) undone = log->last + 1;
    for (finishing.number = undone; status == HT_OK && finishing.number <= last; finishing.number++)
        status = finish_one(store, log, &finishing, err);
    release(&finishing);
    return status;
}

enum ht_status erase_finish(struct ht_store *store, struct ht_error *err)
{
    struct erasures_log log;
    enum ht_status status = erasures_log_open(store, true, &log, err);
    if (status != HT_OK) return status;
    status = erase_finish_with(store, &log, err);
    erasures_log_close(&log);
    return status;
}
