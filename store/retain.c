/* Erasure by age, a batch at a time. A batch takes what is due of a key together, for what stays of it has to be sealed
   anew each time. While it runs it holds the lock of a rebuild of the index, so that nobody makes the index anew after
   each batch: until the end it tells of events that are gone, which the trail sets right. */
#include <unistd.h>

#include "erase_apply.h"
#include "erase_rejected.h"
#include "hold.h"
#include "index_env.h"
#include "indexer.h"
#include "slots.h"

#define BATCH_EVENTS 1000
#define SPAN_ROWS 10000 /* looked at within one span of a reader */

/* The rules, by the numbers of the index's present generation; UINT32_MAX for what it doesn't know. */
struct numbered {
    uint32_t type;
    uint32_t agent;
};

struct run {
    struct ht_store *store;
    const struct ht_retain_policy *policy;
    int64_t now;
    ht_progress *progress;
    void *context;
    struct ht_reader *reader;
    struct numbered numbers[HT_RETAIN_RULES];
    struct hold_cover holds;
    struct hold_needles held;
    struct erase_plan plan;
    struct slots seqs; /* those in plan.wanted */
    struct slots keys; /* of which all that is due was looked for */
    struct erase_chain chain;
    int64_t until;  /* nothing younger is due */
    uint64_t next;  /* the first seq not yet looked at */
    uint64_t last;  /* the last that may be due */
    uint64_t known; /* the last erasure that index and chain know of */
    int rebuild_lock;
};

/* ---- rejected deliveries ---- */

/* Rejected deliveries go by the rule for everything. */
static int64_t rejected_until(const struct run *run)
{
    for (size_t i = 0; i < run->policy->count; i++) {
        const struct ht_retain_rule *rule = &run->policy->rules[i];
        bool general = rule->type[0] == '\0' && rule->agent[0] == '\0';
        if (general && rule->age != INT64_MAX) return run->now - rule->age;
    }
    return INT64_MIN;
}

static enum ht_status find_rejected(struct run *run, struct erase_plan *plan, struct ht_error *err)
{
    return erase_rejected_find(run->reader, NULL, rejected_until(run), &run->held, plan, err);
}

/* What the held are named by is read while nobody waits for the write lock. */
static enum ht_status foresee_rejected(struct run *run, struct ht_error *err)
{
    struct erase_plan plan = {0};
    enum ht_status status = ht_reader_begin(run->reader, err);
    if (status != HT_OK) return status;
    status = find_rejected(run, &plan, err);
    ht_reader_end(run->reader);
    erase_plan_release(&plan);
    return status;
}

/* ---- what is due ---- */

static enum ht_status find_number(struct ht_reader *reader, enum ht_kind kind, const char *id, uint32_t *number,
                                  struct ht_error *err)
{
    *number = 0;
    if (id[0] == '\0') return HT_OK;
    enum ht_status status = ht_index_number(reader, kind, ht_slice_from(id), number, err);
    if (status == HT_NOT_FOUND) *number = UINT32_MAX;
    return status == HT_NOT_FOUND ? HT_OK : status;
}

static enum ht_status number_rules(struct run *run, struct ht_error *err)
{
    enum ht_status status = HT_OK;
    for (size_t i = 0; status == HT_OK && i < run->policy->count; i++) {
        const struct ht_retain_rule *rule = &run->policy->rules[i];
        status = find_number(run->reader, HT_KIND_TYPE, rule->type, &run->numbers[i].type, err);
        if (status == HT_OK) status = find_number(run->reader, HT_KIND_AGENT, rule->agent, &run->numbers[i].agent, err);
    }
    return status;
}

/* 3: type and agent, 2: agent, 1: type, 0: neither; -1: another rule's. */
static int rank(const struct numbered *rule, const struct ht_row *row)
{
    if (rule->type != 0 && rule->type != row->type) return -1;
    if (rule->agent != 0 && rule->agent != row->agent) return -1;
    return (rule->agent != 0 ? 2 : 0) + (rule->type != 0 ? 1 : 0);
}

static int64_t age_for(const struct run *run, const struct ht_row *row)
{
    int best = -1;
    int64_t age = INT64_MAX;
    for (size_t i = 0; i < run->policy->count; i++) {
        int found = rank(&run->numbers[i], row);
        if (found > best) best = found, age = run->policy->rules[i].age;
    }
    return age;
}

static bool is_older(const struct run *run, int64_t received_at, int64_t age)
{
    return age != INT64_MAX && received_at < run->now - age;
}

static bool is_due(const struct run *run, const struct ht_row *row, uint32_t *key)
{
    struct ht_record_header header;
    if ((row->flags & (HT_ROW_ERASED | HT_ROW_UNREADABLE)) != 0) return false;
    if (!is_older(run, row->received_at, age_for(run, row))) return false;
    if (hold_cover_find(&run->holds, row->conversation, row->lead, row->visitor) != 0) return false;
    if (ht_trail_header(run->reader, row->seq, &header, NULL) != HT_OK || header.erasure != 0) return false;
    *key = header.key;
    return true;
}

static bool is_same(const void *entry, const void *key)
{
    return memcmp(entry, key, sizeof(uint64_t)) == 0;
}

static enum ht_status remember(struct slots *slots, uint64_t number, bool *is_new, struct ht_error *err)
{
    uint64_t hash = slots_mix(number);
    *is_new = slots_find(slots, hash, is_same, &number) == NULL;
    if (!*is_new) return HT_OK;
    uint64_t *entry = slots_add(slots, hash);
    if (entry == NULL) return ht_fail(err, HT_NO_MEMORY, "out of memory");
    *entry = number;
    return HT_OK;
}

static enum ht_status want(struct run *run, uint64_t seq, struct ht_error *err)
{
    bool is_new;
    enum ht_status status = remember(&run->seqs, seq, &is_new, err);
    if (status == HT_OK && is_new) erase_set_add(&run->plan.wanted, seq);
    return status;
}

/* What else is due of a key, behind `seq`. */
static enum ht_status want_others(struct run *run, uint32_t key, uint64_t seq, size_t most, struct ht_error *err)
{
    struct ht_row row;
    uint32_t other;
    bool is_new;
    enum ht_status status = remember(&run->keys, key, &is_new, err);
    if (status != HT_OK || !is_new || key == 0) return status;
    while (erase_set_count(&run->plan.wanted) < most) {
        status = ht_index_key_event(run->reader, key, seq, &seq, err);
        if (status == HT_OK) status = ht_index_row(run->reader, seq, &row, err);
        if (status != HT_OK) return status == HT_NOT_FOUND ? HT_OK : status;
        if (row.received_at >= run->until) return HT_OK; /* nor is what follows, but where clocks were set back */
        if (is_due(run, &row, &other)) status = want(run, seq, err);
        if (status != HT_OK) return status;
    }
    return HT_OK;
}

static enum ht_status want_due(struct run *run, const struct ht_row *row, size_t most, struct ht_error *err)
{
    uint32_t key;
    if (!is_due(run, row, &key)) return HT_OK;
    enum ht_status status = want(run, row->seq, err);
    return status == HT_OK ? want_others(run, key, row->seq, most, err) : status;
}

static enum ht_status gather_span(struct run *run, size_t most, struct ht_error *err)
{
    struct ht_row row;
    enum ht_status status = number_rules(run, err);
    if (status == HT_OK) status = hold_cover_gather(&run->holds, run->reader, err);
    for (size_t i = 0; status == HT_OK && i < SPAN_ROWS && run->next <= run->last; i++) {
        if (erase_set_count(&run->plan.wanted) >= most) break;
        status = ht_index_row(run->reader, run->next, &row, err);
        if (status == HT_OK) status = want_due(run, &row, most, err);
        run->next++;
    }
    return status;
}

/* Fills plan.wanted with up to `most` events that are due. */
static enum ht_status gather(struct run *run, size_t most, struct ht_error *err)
{
    erase_plan_clear(&run->plan);
    slots_clear(&run->seqs);
    slots_clear(&run->keys);
    while (run->next <= run->last && erase_set_count(&run->plan.wanted) < most) {
        enum ht_status status = ht_reader_begin(run->reader, err);
        if (status != HT_OK) return status;
        status = gather_span(run, most, err);
        ht_reader_end(run->reader);
        if (status != HT_OK) return status;
        if (run->progress != NULL && !run->progress(run->context, run->next - 1, run->last))
            return ht_fail(err, HT_STOPPING, "stopped at event %llu", (unsigned long long)run->next);
    }
    return run->next > run->last ? foresee_rejected(run, err) : HT_OK;
}

/* ---- a batch ---- */

/* Those that a hold has come to cover since they were gathered stay. */
static enum ht_status leave_held(struct run *run, bool *left, struct ht_error *err)
{
    struct erase_plan *plan = &run->plan;
    enum ht_status status = hold_cover_gather(&run->holds, run->reader, err);
    *left = false;
    if (status != HT_OK) return status;
    erase_set_clear(&plan->wanted);
    for (size_t i = 0; i < erase_plan_events(plan); i++) {
        const struct erase_event *event = erase_plan_event(plan, i);
        bool held = hold_cover_find(&run->holds, event->conversation, event->lead, event->visitor) != 0;
        if (!held) erase_set_add(&plan->wanted, event->seq);
        *left |= held;
    }
    return HT_OK;
}

static enum ht_status plan_in(struct run *run, struct ht_error *err)
{
    bool left;
    enum ht_status status = erase_plan_make(&run->plan, run->reader, &run->chain, err);
    if (status == HT_OK) status = leave_held(run, &left, err);
    if (status == HT_OK && left) status = erase_plan_make(&run->plan, run->reader, &run->chain, err);
    return status == HT_OK && run->next > run->last ? find_rejected(run, &run->plan, err) : status;
}

static enum ht_status make_plan(struct run *run, struct ht_error *err)
{
    enum ht_status status = ht_reader_begin(run->reader, err);
    if (status != HT_OK) return status;
    status = plan_in(run, err);
    ht_reader_end(run->reader);
    return status;
}

static bool is_empty(const struct run *run)
{
    return erase_plan_events(&run->plan) == 0 && erase_set_count(&run->plan.rejected) == 0;
}

/* `*foreign`: somebody else has erased something since; the index has to learn of that first. */
static enum ht_status change(struct run *run, MDB_txn *txn, bool *foreign, struct ht_erased *erased,
                             struct ht_error *err)
{
    uint64_t last;
    const struct erase_about about = {.at = run->now, .retention = true, .reason = ""};
    enum ht_status status = trail_counter_get(run->store, txn, ERASURES_COUNTER, &last, err);
    if (status != HT_OK) return status;
    *foreign = last != run->known;
    if (*foreign) return HT_OK;
    status = make_plan(run, err);
    if (status != HT_OK || is_empty(run)) return status;
    erase_plan_count(&run->plan, erased);
    status = erase_apply(run->store, txn, &run->plan, &about, &run->chain, &erased->number, err);
    if (status == HT_OK) run->known = erased->number;
    return status;
}

static enum ht_status erase_batch(struct run *run, bool *foreign, struct ht_erased *erased, struct ht_error *err)
{
    MDB_txn *txn = NULL;
    struct ht_erased before = *erased;
    enum ht_status status = trail_change_begin(run->store, &txn, err);
    if (status != HT_OK) return status;
    status = trail_change_end(txn, change(run, txn, foreign, erased, err), err);
    if (status != HT_OK) *erased = before;
    return status == HT_OK && !*foreign ? erase_finish(run->store, err) : status;
}

/* ---- the run ---- */

static void let_rebuild(struct run *run)
{
    if (run->rebuild_lock >= 0) close(run->rebuild_lock);
    run->rebuild_lock = -1;
}

static int64_t youngest_due(const struct ht_retain_policy *policy, int64_t now)
{
    int64_t least = INT64_MAX;
    for (size_t i = 0; i < policy->count; i++)
        if (policy->rules[i].age < least) least = policy->rules[i].age;
    return least == INT64_MAX ? HT_TIME_NONE : now - least;
}

static enum ht_status find_bounds(struct run *run, struct ht_error *err)
{
    uint64_t first;
    enum ht_status status = ht_reader_begin(run->reader, err);
    if (status != HT_OK) return status;
    status = ht_index_range(run->reader, HT_TIME_NONE, run->until, &first, &run->last, err);
    if (status == HT_OK && first > run->next) run->next = first;
    if (status == HT_OK) run->known = run->reader->index->erasures;
    ht_reader_end(run->reader);
    return status;
}

/* Begins where it is with an index that knows all erasures there are. */
static enum ht_status begin(struct run *run, struct ht_error *err)
{
    let_rebuild(run);
    ht_buffer_clear(&run->chain.links);
    enum ht_status status = erase_reindex(run->store, run->progress, run->context, err);
    if (status != HT_OK) return status;
    /* Without the lock it goes too, only slower: then the index is rebuilt by others in between. */
    enum ht_status locked = indexer_lock_rebuild(run->store, &run->rebuild_lock, NULL);
    (void)locked;
    return find_bounds(run, err);
}

static enum ht_status run_batches(struct run *run, struct ht_erased *erased, struct ht_error *err)
{
    enum ht_status status = begin(run, err);
    bool more = true;
    while (status == HT_OK && more) {
        bool foreign = false;
        uint64_t from = run->next;
        status = gather(run, BATCH_EVENTS, err);
        more = run->next <= run->last;
        if (status == HT_OK) status = erase_batch(run, &foreign, erased, err);
        if (status != HT_OK || !foreign) continue;
        run->next = from;
        more = true;
        status = begin(run, err);
    }
    return status;
}

static enum ht_status count_only(struct run *run, struct ht_erased *erased, struct ht_error *err)
{
    enum ht_status status = begin(run, err);
    if (status == HT_OK) status = gather(run, SIZE_MAX, err);
    if (status == HT_OK) status = make_plan(run, err);
    if (status == HT_OK) erase_plan_count(&run->plan, erased);
    return status;
}

static enum ht_status run_all(struct run *run, bool dry_run, struct ht_erased *erased, struct ht_error *err)
{
    enum ht_status status = ht_reader_new(run->store, &run->reader, err);
    if (status == HT_OK) status = dry_run ? count_only(run, erased, err) : run_batches(run, erased, err);
    let_rebuild(run);
    if (erased->number == 0) return status;
    enum ht_status indexed = erase_reindex(run->store, run->progress, run->context, status == HT_OK ? err : NULL);
    return status == HT_OK ? indexed : status;
}

enum ht_status ht_retain(struct ht_store *store, const struct ht_retain_policy *policy, int64_t now, bool dry_run,
                         ht_progress *progress, void *context, struct ht_erased *erased, struct ht_error *err)
{
    struct run run = {
        .store = store,
        .policy = policy,
        .now = now,
        .progress = progress,
        .context = context,
        .until = youngest_due(policy, now),
        .next = 1,
        .rebuild_lock = -1,
    };
    *erased = (struct ht_erased){0};
    if (run.until == HT_TIME_NONE) return HT_OK; /* all is kept for good */
    hold_needles_init(&run.held);
    slots_init(&run.seqs, sizeof(uint64_t));
    slots_init(&run.keys, sizeof(uint64_t));
    enum ht_status status = run_all(&run, dry_run, erased, err);
    ht_reader_free(run.reader);
    hold_cover_release(&run.holds);
    hold_needles_release(&run.held);
    erase_plan_release(&run.plan);
    erase_chain_release(&run.chain);
    slots_release(&run.seqs);
    slots_release(&run.keys);
    return status;
}
