/* What a store does when it is opened: it ends what was interrupted, and repeats what a backup that was put in its
   place does not know of. And how the index gets to know. */
#include <unistd.h>

#include "erase_apply.h"
#include "erase_rejected.h"
#include "erasures_log.h"
#include "index_env.h"
#include "keyring.h"

#define PAUSE_MICROSECONDS 50000 /* before looking again whether another process has rebuilt the index */

/* ---- the index ---- */

enum ht_status erase_index_is_current(struct ht_reader *reader, bool *current, struct ht_error *err)
{
    uint64_t erasures = 0;
    enum ht_status status = trail_counter_get(reader->store, reader->trail_txn, ERASURES_COUNTER, &erasures, err);
    *current = status == HT_OK && erasures == reader->index->erasures;
    return status;
}

static enum ht_status look(struct ht_store *store, bool *current, struct ht_error *err)
{
    struct ht_reader *reader;
    enum ht_status status = ht_reader_new(store, &reader, err);
    if (status != HT_OK) return status;
    status = ht_reader_begin(reader, err);
    if (status == HT_OK) {
        status = erase_index_is_current(reader, current, err);
        ht_reader_end(reader);
    }
    ht_reader_free(reader);
    return status;
}

enum ht_status erase_reindex(struct ht_store *store, ht_progress *progress, void *context, struct ht_error *err)
{
    for (;;) {
        bool current = false;
        enum ht_status status = ht_index_catch_up(store, progress, context, NULL, err);
        if (status == HT_OK || status == HT_BUSY) status = look(store, &current, err);
        if (status != HT_OK || current) return status;
        if (progress != NULL && !progress(context, 0, 0))
            return ht_fail(err, HT_STOPPING, "stopped while another process rebuilds the index");
        usleep(PAUSE_MICROSECONDS);
    }
}

/* ---- a backup restored ---- */

/* Those events of the frame that are there and are the same. */
static enum ht_status want_same(struct ht_reader *reader, const struct erasures_frame *frame, struct erase_set *wanted,
                                struct ht_error *err)
{
    const char *mark = frame->marks.data;
    const char *end = mark + frame->marks.size;
    for (size_t i = 0; i < erasures_ranges(frame->row.ranges); i++) {
        struct erasures_range range = erasures_range_at(frame->row.ranges, i);
        for (uint64_t seq = range.first; seq <= range.last && mark < end; seq++, mark += ERASURES_LOG_MARK) {
            struct ht_record_header header;
            enum ht_status status = ht_trail_header(reader, seq, &header, err);
            if (status == HT_NOT_FOUND || status == HT_CORRUPT) continue;
            if (status != HT_OK) return status;
            if (memcmp(header.commitment, mark, ERASURES_LOG_MARK) == 0) erase_set_add(wanted, seq);
        }
    }
    return HT_OK;
}

/* Rejected deliveries that were there, or had been there before, when the erasure came, and were not left by it. */
static enum ht_status drop_gone(struct ht_reader *reader, const struct erasures_frame *frame, struct erase_plan *plan,
                                struct ht_error *err)
{
    struct erase_set all = {0};
    plan->rejected_checked = frame->row.rejected_last != 0;
    if (!plan->rejected_checked) return HT_OK;
    enum ht_status status = erase_rejected_numbers(reader->store, reader->trail_txn, &all, err);
    for (size_t i = 0; status == HT_OK && i < erase_set_count(&all); i++) {
        uint64_t number = erase_set_at(&all, i);
        if (number <= frame->row.rejected_last && !erasures_cover(frame->row.rejected_kept, number))
            erase_set_add(&plan->rejected, number);
    }
    erase_set_release(&all);
    return status == HT_OK ? erase_set_sort(&plan->rejected, err) : status;
}

static enum ht_status plan_frame(struct ht_reader *reader, const struct erasures_frame *frame, struct erase_plan *plan,
                                 const struct erase_chain *chain, struct ht_error *err)
{
    enum ht_status status = ht_reader_begin(reader, err);
    if (status != HT_OK) return status;
    erase_plan_clear(plan);
    status = want_same(reader, frame, &plan->wanted, err);
    if (status == HT_OK) status = erase_plan_make(plan, reader, chain, err);
    if (status == HT_OK) status = drop_gone(reader, frame, plan, err);
    ht_reader_end(reader);
    return status;
}

/* Applies frames in one order with the trail's own numbers. */
struct repeating {
    struct ht_store *store;
    struct ht_reader *reader;
    struct erase_plan plan;
    struct erase_chain chain;
    struct ht_buffer buffer; /* of the frame */
};

static enum ht_status repeat_in(struct repeating *with, MDB_txn *txn, const struct erasures_frame *frame,
                                struct ht_error *err)
{
    uint64_t number = 0;
    const struct erase_about about = {
        .at = frame->row.erasure.at,
        .retention = frame->row.erasure.retention,
        .reason = frame->row.erasure.reason,
        .entities = frame->row.entities,
    };
    enum ht_status status = plan_frame(with->reader, frame, &with->plan, &with->chain, err);
    if (status == HT_OK) status = erase_apply(with->store, txn, &with->plan, &about, &with->chain, &number, err);
    if (status != HT_OK || number == frame->number) return status;
    return ht_fail(err, HT_CORRUPT, "%s lacks erasure %llu", ERASURES_LOG_NAME, (unsigned long long)number);
}

static enum ht_status repeat_frame(struct repeating *with, const struct erasures_frame *frame, struct ht_error *err)
{
    MDB_txn *txn = NULL;
    enum ht_status status = trail_change_begin(with->store, &txn, err);
    if (status != HT_OK) return status;
    return trail_change_end(txn, repeat_in(with, txn, frame, err), err);
}

/* Those of the log behind `last`. */
static enum ht_status repeat_frames(struct repeating *with, const struct erasures_log *log, uint64_t last,
                                    struct ht_error *err)
{
    struct erasures_frame frame;
    uint64_t offset = 0;
    enum ht_status status = ht_reader_new(with->store, &with->reader, err);
    while (status == HT_OK) {
        status = erasures_log_next(log, &offset, &with->buffer, &frame, err);
        if (status == HT_OK && frame.number > last) status = repeat_frame(with, &frame, err);
    }
    return status == HT_NOT_FOUND ? HT_OK : status;
}

static enum ht_status repeat_all(struct ht_store *store, const struct erasures_log *log, uint64_t last,
                                 struct ht_error *err)
{
    struct repeating with = {.store = store};
    enum ht_status status = ht_index_catch_up(store, NULL, NULL, NULL, err);
    if (status == HT_OK) status = repeat_frames(&with, log, last, err);
    ht_reader_free(with.reader);
    erase_plan_release(&with.plan);
    erase_chain_release(&with.chain);
    ht_buffer_release(&with.buffer);
    return status;
}

/* The last erasure, and whether all of its steps are done. */
static enum ht_status last_erasure(struct ht_store *store, uint64_t *last, bool *done, struct ht_error *err)
{
    struct erasures_row row;
    struct ht_slice value = HT_ABSENT;
    MDB_txn *txn = NULL;
    *done = true;
    int code = mdb_txn_begin(store->trail.env, NULL, MDB_RDONLY, &txn);
    if (code != 0) return env_fail(err, code, "reading the trail");
    enum ht_status status = trail_last(txn, store->trail.erasures, last, err);
    if (status == HT_OK && *last > 0) {
        code = trail_get(txn, store->trail.erasures, *last, &value);
        if (code != 0) status = env_fail(err, code, "reading an erasure");
        /* A damaged one can't be finished; verify tells of it. */
        else if (erasures_decode(value, *last, &row, NULL) == HT_OK)
            *done = (row.flags & ERASURES_DONE) != 0;
    }
    mdb_txn_abort(txn);
    return status;
}

/* With the log's lock held. Without the master key nothing can be sealed anew, nor read. */
static enum ht_status resume_with(struct ht_store *store, struct erasures_log *log, bool *repeated,
                                  struct ht_error *err)
{
    uint64_t last = 0;
    bool done;
    bool locked = store->keyring != NULL && keyring_locked(store->keyring);
    enum ht_status status = last_erasure(store, &last, &done, err);
    *repeated = status == HT_OK && log->last > last && !locked;
    if (*repeated) status = repeat_all(store, log, last, err);
    return status == HT_OK ? erase_finish_with(store, log, err) : status;
}

/* The common case: there is nothing to do. */
static enum ht_status is_settled(struct ht_store *store, bool *settled, struct ht_error *err)
{
    struct erasures_log log;
    uint64_t last = 0;
    bool done;
    enum ht_status status = last_erasure(store, &last, &done, err);
    if (status != HT_OK) return status;
    status = erasures_log_open(store, false, &log, err);
    *settled = last == 0;
    if (status == HT_NOT_FOUND) return HT_OK;
    if (status != HT_OK) return status;
    *settled = done && log.last == last;
    erasures_log_close(&log);
    return HT_OK;
}

enum ht_status erasures_resume(struct ht_store *store, struct ht_error *err)
{
    struct erasures_log log;
    bool settled, repeated;
    enum ht_status status = is_settled(store, &settled, err);
    if (status != HT_OK || settled) return status;
    status = erasures_log_open(store, true, &log, err);
    if (status != HT_OK) return status;
    status = resume_with(store, &log, &repeated, err);
    erasures_log_close(&log);
    return status == HT_OK && repeated ? erase_reindex(store, NULL, NULL, err) : status;
}
