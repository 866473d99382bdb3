/* Erasure on request: select, look for holds, and go through the steps of hooktrail/erasure.h. */
#include "hooktrail/erasure.h"

#include "erase_apply.h"
#include "erase_rejected.h"
#include "erase_select.h"
#include "hold.h"

#define TRIES 10 /* until nobody else erases in between */

/* One request on its way. */
struct request {
    struct ht_store *store;
    const struct ht_subject_ref *subjects;
    size_t count;
    struct erase_about about;
    ht_progress *progress;
    void *context;
    struct ht_reader *reader;
    struct erase_selection selection;
    struct needles needles;
    struct hold_needles held; /* gathered by the first plan, which holds no lock */
    uint64_t read;            /* up to this seq the payloads were read for addresses */
    struct hold_cover holds;
    struct erase_plan plan;
};

static void release(struct request *request)
{
    ht_reader_free(request->reader);
    erase_selection_release(&request->selection);
    needles_release(&request->needles);
    hold_needles_release(&request->held);
    hold_cover_release(&request->holds);
    erase_plan_release(&request->plan);
}

/* ---- what it comes to ---- */

/* The subject isn't named in the message: logs keep those. */
static enum ht_status fail_unknown(struct request *request, size_t index, struct ht_error *err)
{
    static const struct {
        const char *there_is_no;
        const char *gone;
        enum ht_kind kind;
    } words[] = {
        [HT_SUBJECT_LEAD] = {"there is no such lead", "the lead", HT_KIND_LEAD},
        [HT_SUBJECT_EMAIL] = {"no lead has or had this e-mail address", NULL, HT_KIND_LEAD},
        [HT_SUBJECT_CONVERSATION] = {"there is no such conversation", "the conversation", HT_KIND_CONVERSATION},
        [HT_SUBJECT_SEQ] = {"there is no such event", NULL, HT_KIND_AGENT},
    };
    struct ht_erasure erasure;
    const struct ht_subject_ref *subject = &request->subjects[index];
    const char *gone = words[subject->kind].gone;
    if (gone != NULL &&
        ht_erasure_of(request->reader, words[subject->kind].kind, subject->value, &erasure, NULL) == HT_OK)
        return ht_fail_erased(err, gone, &erasure);
    return ht_fail(err, HT_NOT_FOUND, "%s", words[subject->kind].there_is_no);
}

/* All that was selected is gone already: says when. */
static enum ht_status fail_empty(struct request *request, struct ht_error *err)
{
    struct ht_record_header header;
    struct ht_erasure erasure;
    if (erase_set_count(&request->plan.wanted) == 0) return ht_fail(err, HT_NOT_FOUND, "there is nothing of it");
    uint64_t seq = erase_set_at(&request->plan.wanted, 0);
    enum ht_status status = ht_trail_header(request->reader, seq, &header, err);
    if (status == HT_OK) status = ht_erasure_get(request->reader, header.erasure, &erasure, err);
    return status == HT_OK ? ht_fail_erased(err, "it", &erasure) : status;
}

static enum ht_status check_holds(struct request *request, struct ht_error *err)
{
    enum ht_status status = hold_cover_gather(&request->holds, request->reader, err);
    for (size_t i = 0; status == HT_OK && i < erase_plan_events(&request->plan); i++) {
        const struct erase_event *event = erase_plan_event(&request->plan, i);
        uint32_t hold = hold_cover_find(&request->holds, event->conversation, event->lead, event->visitor);
        if (hold != 0) return hold_fail(request->reader, hold, err);
    }
    return status;
}

/* Payloads are read for addresses once: what has come since the last time alone is read when it is tried again. */
static enum ht_status find_rejected(struct request *request, struct ht_error *err)
{
    struct erase_plan *plan = &request->plan;
    size_t count = erase_set_count(&plan->seqs);
    enum ht_status status = erase_select_needles(request->reader, request->subjects, request->count,
                                                 &request->selection, &request->needles, err);
    if (status == HT_OK && request->selection.persons)
        status = erase_select_addresses(request->reader, &plan->seqs, request->read, &request->needles, err);
    if (status != HT_OK) return status;
    if (count > 0) request->read = erase_set_at(&plan->seqs, count - 1);
    return erase_rejected_find(request->reader, &request->needles, INT64_MIN, &request->held, plan, err);
}

/* Somebody who is known by rejected deliveries alone can be forgotten too. */
static enum ht_status check_found(struct request *request, struct ht_error *err)
{
    bool rejected = erase_set_count(&request->plan.rejected) > 0;
    if (request->plan.rejected_held && !rejected && erase_plan_events(&request->plan) == 0)
        return ht_fail(err, HT_BUSY, "a hold keeps the rejected deliveries that name it: see `hooktrail hold`");
    if (request->selection.unknown != SIZE_MAX && !(rejected && request->count == 1))
        return fail_unknown(request, request->selection.unknown, err);
    if (erase_plan_events(&request->plan) > 0 || rejected) return HT_OK;
    return fail_empty(request, err);
}

static enum ht_status plan_in(struct request *request, struct ht_error *err)
{
    struct erase_plan *plan = &request->plan;
    erase_plan_clear(plan);
    enum ht_status status =
        erase_select(request->reader, request->subjects, request->count, &request->selection, &plan->wanted, err);
    if (status == HT_OK) status = erase_plan_make(plan, request->reader, NULL, err);
    if (status == HT_OK) status = find_rejected(request, err);
    if (status == HT_OK) status = check_found(request, err);
    if (status == HT_OK) status = check_holds(request, err);
    return status;
}

static enum ht_status make_plan(struct request *request, struct ht_error *err)
{
    enum ht_status status = ht_reader_begin(request->reader, err);
    if (status != HT_OK) return status;
    status = plan_in(request, err);
    ht_reader_end(request->reader);
    return status;
}

/* ---- doing it ---- */

static enum ht_status is_current(struct request *request, bool *current, struct ht_error *err)
{
    enum ht_status status = ht_reader_begin(request->reader, err);
    if (status != HT_OK) return status;
    status = erase_index_is_current(request->reader, current, err);
    ht_reader_end(request->reader);
    return status;
}

/* With the write lock nothing is appended: what the index lacks is brought in, so that nothing of the person is missed.
   Unless another process has erased something meanwhile: then the index is rebuilt first, without holding up ingest. */
static enum ht_status try_in(struct request *request, MDB_txn *txn, bool *done, struct ht_erased *erased,
                             struct ht_error *err)
{
    enum ht_status status = is_current(request, done, err);
    if (status != HT_OK || !*done) return status;
    status = ht_index_catch_up(request->store, NULL, NULL, NULL, err);
    if (status == HT_OK) status = make_plan(request, err);
    if (status != HT_OK) return status;
    erase_plan_count(&request->plan, erased);
    return erase_apply(request->store, txn, &request->plan, &request->about, NULL, &erased->number, err);
}

static enum ht_status try_once(struct request *request, bool *done, struct ht_erased *erased, struct ht_error *err)
{
    MDB_txn *txn = NULL;
    *done = false;
    enum ht_status status = make_plan(request, err);
    if (status == HT_OK) status = trail_change_begin(request->store, &txn, err);
    if (status != HT_OK) return status;
    status = try_in(request, txn, done, erased, err);
    if (status != HT_OK || *done) return trail_change_end(txn, status, err);
    mdb_txn_abort(txn);
    return erase_reindex(request->store, request->progress, request->context, err);
}

static enum ht_status commit(struct request *request, struct ht_erased *erased, struct ht_error *err)
{
    for (int i = 0; i < TRIES; i++) {
        bool done;
        enum ht_status status = try_once(request, &done, erased, err);
        if (status != HT_OK || done) return status;
    }
    return ht_fail(err, HT_BUSY, "others keep erasing: try again later");
}

static enum ht_status run(struct request *request, bool dry_run, struct ht_erased *erased, struct ht_error *err)
{
    enum ht_status status = erase_reindex(request->store, request->progress, request->context, err);
    if (status == HT_OK) status = ht_reader_new(request->store, &request->reader, err);
    if (status == HT_OK) status = dry_run ? make_plan(request, err) : commit(request, erased, err);
    if (status == HT_OK && dry_run) erase_plan_count(&request->plan, erased);
    if (status != HT_OK || dry_run) return status;
    status = erase_finish(request->store, err);
    if (status == HT_OK) status = erase_reindex(request->store, request->progress, request->context, err);
    return status;
}

enum ht_status ht_erase(struct ht_store *store, const struct ht_subject_ref *subjects, size_t count, const char *reason,
                        int64_t now, bool dry_run, ht_progress *progress, void *context, struct ht_erased *erased,
                        struct ht_error *err)
{
    char text[HT_REASON_SIZE];
    struct request request = {
        .store = store,
        .subjects = subjects,
        .count = count,
        .about = {.at = now, .reason = text},
        .progress = progress,
        .context = context,
    };
    *erased = (struct ht_erased){0};
    enum ht_status status = hold_copy_text(text, reason, "reason", err);
    if (status == HT_OK && count == 0) status = ht_fail(err, HT_INVALID, "nobody is named whose data shall go");
    if (status != HT_OK) return status;
    needles_init(&request.needles);
    hold_needles_init(&request.held);
    status = run(&request, dry_run, erased, err);
    release(&request);
    return status;
}
