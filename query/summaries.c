/* Lists of conversations, leads and agents, the newest activity first.

   Where the filter names something with few events, the entities are gathered from those and sorted; else the list of
   all by newest activity is walked and each is checked. Both give the same: an entity has the agent and visitor that
   its summary shows, the leads or conversations it is linked with, and was last active when its last event came. */
#include <assert.h>
#include <stdlib.h>

#include "event.h"
#include "hooktrail/time.h"
#include "selection.h"
#include "summary.h"

#define GATHER_MAX 4096 /* events that are few enough to gather from */

enum phase { PHASE_CHOOSE, PHASE_GATHER, PHASE_RANK, PHASE_LIST, PHASE_WALK };
enum source { FROM_LINKS, FROM_AGENT, FROM_VISITOR, FROM_TYPES };
enum verdict { VERDICT_NO, VERDICT_YES, VERDICT_PAUSE };

struct candidate {
    uint64_t last_seq; /* 0 until ranked */
    uint32_t number;
};

struct summaries {
    enum ht_kind kind;
    enum phase phase;
    enum source source;           /* what is gathered from */
    uint64_t gathered;            /* up to this seq, or linked number */
    struct candidate *candidates; /* GATHER_MAX, once gathering has begun */
    size_t count;
    size_t at;           /* the candidate that is next */
    uint64_t before;     /* only entities with a last event before this seq */
    uint32_t checked;    /* the entity whose check for types was interrupted, or 0 */
    uint64_t types_from; /* and the seq from which it goes on */
    uint32_t emitted;
    struct payload *payload;
    /* within a step */
    struct ht_reader *reader;
    struct wanted wanted;
    uint64_t first; /* last events within the filter's times have seqs from first to last */
    uint64_t last;
};

static enum ht_status open_summaries(struct ht_query *q, enum ht_kind kind, struct ht_error *err)
{
    struct summaries *state = calloc(1, sizeof *state);
    if (!state) return ht_fail(err, HT_NO_MEMORY, "no memory for a list");
    q->state = state;
    state->kind = kind;
    state->before = q->resumed ? q->resume[0] : UINT64_MAX;
    return HT_OK;
}

static void summaries_free(struct ht_query *q)
{
    struct summaries *state = q->state;
    if (!state) return;
    payload_free(state->payload);
    free(state->candidates);
    free(state);
}

/* ---- where the candidates come from ---- */

/* The kind that is linked with the list's own: a conversation's leads, a lead's conversations. */
static enum ht_kind linked_kind(const struct summaries *state)
{
    return state->kind == HT_KIND_CONVERSATION ? HT_KIND_LEAD : HT_KIND_CONVERSATION;
}

static uint32_t linked_number(const struct summaries *state)
{
    if (state->kind == HT_KIND_CONVERSATION) return state->wanted.lead;
    return state->kind == HT_KIND_LEAD ? state->wanted.conversation : 0;
}

/* The one entity that the filter names itself, or 0. */
static uint32_t own_number(const struct summaries *state)
{
    if (state->kind == HT_KIND_CONVERSATION) return state->wanted.conversation;
    return state->kind == HT_KIND_LEAD ? state->wanted.lead : state->wanted.agent;
}

/* The postings of a source; none if the filter does not name it. */
static enum ht_status open_source(const struct summaries *state, enum source source, struct merged_postings *postings,
                                  struct ht_error *err)
{
    const struct wanted *wanted = &state->wanted;
    const struct {
        const uint32_t *numbers;
        uint32_t count;
        enum ht_kind kind;
    } sources[] = {
        [FROM_LINKS] = {(const uint32_t[]){linked_number(state)}, linked_number(state) != 0, linked_kind(state)},
        [FROM_AGENT] = {&wanted->agent, wanted->agent != 0, HT_KIND_AGENT},
        [FROM_VISITOR] = {&wanted->visitor, wanted->visitor != 0, HT_KIND_VISITOR},
        [FROM_TYPES] = {wanted->types, wanted->type_count, HT_KIND_TYPE},
    };
    enum ht_status status = HT_OK;
    merged_init(postings);
    for (uint32_t i = 0; i < sources[source].count && status == HT_OK; i++)
        status = merged_add(postings, state->reader, sources[source].kind, sources[source].numbers[i], err);
    if (status != HT_OK) merged_close(postings);
    return status;
}

static enum ht_status begin_gathering(struct summaries *state, struct ht_error *err)
{
    state->candidates = calloc(GATHER_MAX, sizeof *state->candidates);
    if (!state->candidates) return ht_fail(err, HT_NO_MEMORY, "no memory for a list");
    state->phase = PHASE_GATHER;
    return HT_OK;
}

static enum ht_status choose_source(struct summaries *state, struct ht_error *err)
{
    uint64_t fewest = GATHER_MAX + 1;
    state->phase = PHASE_WALK;
    if (own_number(state) != 0) {
        enum ht_status status = begin_gathering(state, err);
        if (status != HT_OK) return status;
        state->candidates[state->count++].number = own_number(state);
        state->phase = PHASE_RANK;
        return HT_OK;
    }
    for (enum source source = FROM_LINKS; source <= FROM_TYPES; source++) {
        struct merged_postings postings;
        enum ht_status status = open_source(state, source, &postings, err);
        if (status != HT_OK) return status;
        if (postings.count > 0 && postings.total < fewest) {
            fewest = postings.total;
            state->source = source;
        }
        merged_close(&postings);
    }
    return fewest <= GATHER_MAX ? begin_gathering(state, err) : HT_OK;
}

static int by_number(const void *a, const void *b)
{
    const struct candidate *left = a, *right = b;
    return (left->number > right->number) - (left->number < right->number);
}

static int by_activity(const void *a, const void *b)
{
    const struct candidate *left = a, *right = b;
    return (left->last_seq < right->last_seq) - (left->last_seq > right->last_seq);
}

static void remove_doubles(struct summaries *state)
{
    size_t kept = 0;
    qsort(state->candidates, state->count, sizeof *state->candidates, by_number);
    for (size_t i = 0; i < state->count; i++) {
        if (kept == 0 || state->candidates[kept - 1].number != state->candidates[i].number)
            state->candidates[kept++] = state->candidates[i];
    }
    state->count = kept;
}

/* Finds the next place in the source, and the entity there (0: none). HT_NOT_FOUND at the end. */
static enum ht_status gather_one(struct summaries *state, const struct merged_postings *postings, uint32_t *number,
                                 struct ht_error *err)
{
    if (state->source == FROM_LINKS) {
        enum ht_status status = ht_index_linked(state->reader, linked_kind(state), linked_number(state),
                                                (uint32_t)state->gathered, number, err);
        if (status == HT_OK) state->gathered = *number;
        return status;
    }
    struct ht_row row;
    uint64_t seq;
    enum ht_status status = merged_find(postings, true, state->gathered + 1, &seq, err);
    if (status == HT_OK) status = ht_event_row(state->reader, seq, &row, err);
    if (status != HT_OK) return status;
    *number = state->kind == HT_KIND_CONVERSATION ? row.conversation : row.lead;
    state->gathered = seq;
    return HT_OK;
}

static enum ht_status gather_from(struct ht_query *q, struct summaries *state, const struct merged_postings *postings,
                                  struct ht_error *err)
{
    while (query_spend(q, 0)) {
        uint32_t number;
        enum ht_status status = gather_one(state, postings, &number, err);
        if (status == HT_NOT_FOUND) {
            remove_doubles(state);
            state->phase = PHASE_RANK;
            return HT_OK;
        }
        if (status != HT_OK) return status;
        if (number == 0) continue;
        if (state->count == GATHER_MAX) { /* more came in since the source was chosen */
            state->phase = PHASE_WALK;
            return HT_OK;
        }
        state->candidates[state->count++].number = number;
    }
    return HT_OK;
}

static enum ht_status gather(struct ht_query *q, struct summaries *state, struct ht_error *err)
{
    struct merged_postings postings;
    enum ht_status status = open_source(state, state->source, &postings, err);
    if (status != HT_OK) return status;
    status = gather_from(q, state, &postings, err);
    merged_close(&postings);
    return status;
}

static enum ht_status find_summary(const struct summaries *state, uint32_t number, struct ht_summary *summary,
                                   struct ht_error *err)
{
    enum ht_status status = ht_index_summary(state->reader, state->kind, number, summary, err);
    if (status == HT_NOT_FOUND)
        return ht_fail_index(state->reader, err, "the index has no summary for number %u of kind %d", number,
                             (int)state->kind);
    return status;
}

/* Looks up when each was last active, and sorts by that. */
static enum ht_status rank(struct ht_query *q, struct summaries *state, struct ht_error *err)
{
    while (state->at < state->count) {
        struct ht_summary summary;
        if (!query_spend(q, 0)) return HT_OK;
        enum ht_status status = find_summary(state, state->candidates[state->at].number, &summary, err);
        if (status != HT_OK) return status;
        state->candidates[state->at++].last_seq = summary.last_seq;
    }
    qsort(state->candidates, state->count, sizeof *state->candidates, by_activity);
    state->at = 0;
    while (state->at < state->count && state->candidates[state->at].last_seq >= state->before)
        state->at++;
    state->phase = PHASE_LIST;
    return HT_OK;
}

/* ---- whether the filter picks an entity ---- */

static enum ht_status check_time(const struct ht_query *q, const struct summaries *state,
                                 const struct ht_summary *summary, enum verdict *verdict, struct ht_error *err)
{
    struct ht_row row;
    *verdict = VERDICT_YES;
    if (q->filter.since == HT_TIME_NONE && q->filter.until == INT64_MAX) return HT_OK;
    enum ht_status status = ht_event_row(state->reader, summary->last_seq, &row, err);
    if (status != HT_OK) return status;
    if (row.received_at < q->filter.since || row.received_at >= q->filter.until) *verdict = VERDICT_NO;
    return HT_OK;
}

static enum ht_status check_link(const struct summaries *state, uint32_t number, enum verdict *verdict,
                                 struct ht_error *err)
{
    uint32_t wanted = linked_number(state);
    uint32_t linked = 0;
    *verdict = VERDICT_YES;
    if (wanted == 0) return HT_OK;
    enum ht_status status = ht_index_linked(state->reader, state->kind, number, wanted - 1, &linked, err);
    if (status == HT_NOT_FOUND || linked != wanted) *verdict = VERDICT_NO;
    return status == HT_NOT_FOUND ? HT_OK : status;
}

/* Whether one of the entity's events has one of the types: both ascend, each leaps to where the other is. */
static enum ht_status leap(struct ht_query *q, struct summaries *state, const struct merged_postings *own,
                           const struct merged_postings *types, enum verdict *verdict, struct ht_error *err)
{
    for (uint64_t at = state->types_from;;) {
        uint64_t typed;
        enum ht_status status = merged_find(own, true, at, &at, err);
        if (status == HT_OK) status = merged_find(types, true, at, &typed, err);
        if (status == HT_NOT_FOUND) {
            *verdict = VERDICT_NO;
            return HT_OK;
        }
        if (status != HT_OK) return status;
        if (typed == at) {
            *verdict = VERDICT_YES;
            return HT_OK;
        }
        at = typed;
        if (query_spend(q, 0)) continue;
        state->types_from = at;
        *verdict = VERDICT_PAUSE;
        return HT_OK;
    }
}

static enum ht_status check_types(struct ht_query *q, struct summaries *state, uint32_t number, enum verdict *verdict,
                                  struct ht_error *err)
{
    struct merged_postings own, types;
    *verdict = VERDICT_YES;
    if (state->wanted.type_count == 0) return HT_OK;
    if (state->checked != number) state->types_from = 0;
    state->checked = number;
    merged_init(&own);
    enum ht_status status = open_source(state, FROM_TYPES, &types, err);
    if (status != HT_OK) return status;
    status = merged_add(&own, state->reader, state->kind, number, err);
    if (status == HT_OK) status = leap(q, state, &own, &types, verdict, err);
    merged_close(&own);
    merged_close(&types);
    if (*verdict != VERDICT_PAUSE) state->checked = 0;
    return status;
}

static bool has_other(uint32_t wanted, uint32_t number)
{
    return wanted != 0 && wanted != number;
}

static enum ht_status judge(struct ht_query *q, struct summaries *state, const struct ht_summary *summary,
                            enum verdict *verdict, struct ht_error *err)
{
    *verdict = VERDICT_NO;
    if (has_other(state->wanted.agent, summary->agent)) return HT_OK;
    if (has_other(state->wanted.visitor, summary->visitor)) return HT_OK;
    enum ht_status status = check_time(q, state, summary, verdict, err);
    if (status == HT_OK && *verdict == VERDICT_YES) status = check_link(state, summary->number, verdict, err);
    if (status == HT_OK && *verdict == VERDICT_YES) status = check_types(q, state, summary->number, verdict, err);
    return status;
}

/* ---- the list ---- */

static enum ht_status emit_summary(struct ht_query *q, struct summaries *state, const struct ht_summary *summary,
                                   struct ht_error *err)
{
    enum ht_status status;
    if (state->kind == HT_KIND_CONVERSATION) {
        status = summary_emit_conversation(q, state->reader, summary, err);
    } else if (state->kind == HT_KIND_LEAD) {
        status = summary_emit_lead(q, state->reader, summary, &state->payload, err);
    } else {
        status = summary_emit_agent(q, state->reader, summary, err);
    }
    if (status != HT_OK) return status;
    state->emitted++;
    query_item_end(q);
    return HT_OK;
}

/* The entity to look at next; HT_NOT_FOUND at the end. */
static enum ht_status peek(const struct summaries *state, struct candidate *candidate, struct ht_error *err)
{
    if (state->phase == PHASE_LIST) {
        if (state->at == state->count) return HT_NOT_FOUND;
        *candidate = state->candidates[state->at];
        return HT_OK;
    }
    uint64_t before = state->last < state->before ? state->last + 1 : state->before;
    enum ht_status status =
        ht_index_recent(state->reader, state->kind, before, &candidate->number, &candidate->last_seq, err);
    if (status != HT_OK) return status;
    if (candidate->last_seq >= before)
        return ht_fail_index(state->reader, err, "the index's list by newest activity is out of order at event %llu",
                             (unsigned long long)candidate->last_seq);
    return candidate->last_seq < state->first ? HT_NOT_FOUND : HT_OK;
}

static enum ht_status end_full_page(struct ht_query *q, struct summaries *state, struct ht_error *err)
{
    struct candidate candidate;
    enum ht_status status = peek(state, &candidate, err);
    if (status != HT_OK && status != HT_NOT_FOUND) return status;
    if (status == HT_OK) query_set_next(q, (const uint64_t[QUERY_POSITION_WORDS]){state->before});
    query_list_end(q);
    return HT_OK;
}

static enum ht_status list(struct ht_query *q, struct summaries *state, struct ht_error *err)
{
    while (query_spend(q, 0)) {
        struct candidate candidate;
        struct ht_summary summary;
        enum verdict verdict;
        enum ht_status status = peek(state, &candidate, err);
        if (status == HT_NOT_FOUND) {
            query_list_end(q);
            return HT_OK;
        }
        if (status == HT_OK) status = find_summary(state, candidate.number, &summary, err);
        if (status == HT_OK) status = judge(q, state, &summary, &verdict, err);
        if (status != HT_OK) return status;
        if (verdict == VERDICT_PAUSE) return HT_OK;
        state->before = candidate.last_seq;
        state->at++;
        if (verdict == VERDICT_NO) continue;
        status = emit_summary(q, state, &summary, err);
        if (status != HT_OK) return status;
        if (state->emitted == q->filter.limit) return end_full_page(q, state, err);
    }
    return HT_OK;
}

static enum ht_status begin_step(struct ht_query *q, struct summaries *state, struct ht_reader *reader,
                                 struct ht_error *err)
{
    state->reader = reader;
    state->first = 0;
    state->last = UINT64_MAX - 1;
    enum ht_status status = wanted_resolve(&state->wanted, &q->filter, reader, err);
    if (status != HT_OK) return status;
    if (q->filter.since == HT_TIME_NONE && q->filter.until == INT64_MAX) return HT_OK;
    status = ht_index_range(reader, q->filter.since, q->filter.until, &state->first, &state->last, err);
    if (state->first > state->last) state->wanted.nothing = true;
    if (state->last == UINT64_MAX) state->last--;
    return status;
}

static enum ht_status summaries_step(struct ht_query *q, struct ht_reader *reader, struct ht_error *err)
{
    struct summaries *state = q->state;
    enum ht_status status = begin_step(q, state, reader, err);
    if (status != HT_OK) return status;
    if (state->wanted.nothing) {
        query_list_end(q);
        return HT_OK;
    }
    if (state->phase == PHASE_CHOOSE) status = choose_source(state, err);
    if (status == HT_OK && state->phase == PHASE_GATHER) status = gather(q, state, err);
    if (status == HT_OK && state->phase == PHASE_RANK) status = rank(q, state, err);
    if (status == HT_OK && state->phase >= PHASE_LIST) status = list(q, state, err);
    return status;
}

static enum ht_status conversations_open(struct ht_query *q, struct ht_error *err)
{
    query_list_begin(q, "conversations");
    return open_summaries(q, HT_KIND_CONVERSATION, err);
}

static enum ht_status leads_open(struct ht_query *q, struct ht_error *err)
{
    query_list_begin(q, "leads");
    return open_summaries(q, HT_KIND_LEAD, err);
}

static enum ht_status agents_open(struct ht_query *q, struct ht_error *err)
{
    query_list_begin(q, "agents");
    return open_summaries(q, HT_KIND_AGENT, err);
}

const struct query_ops conversations_query_ops = {
    .open = conversations_open, .step = summaries_step, .free = summaries_free};
const struct query_ops leads_query_ops = {.open = leads_open, .step = summaries_step, .free = summaries_free};
const struct query_ops agents_query_ops = {.open = agents_open, .step = summaries_step, .free = summaries_free};
