#include "hooktrail/act.h"

#include <stdlib.h>

#include "query.h"

/* The range of seqs that is left to look at. */
struct acts_list {
    bool bounded; /* `last` is known */
    uint64_t first;
    uint64_t last;
    uint32_t emitted;
};

static enum ht_status list_open(struct ht_query *q, struct ht_error *err)
{
    struct acts_list *state = calloc(1, sizeof *state);
    if (!state) return ht_fail(err, HT_NO_MEMORY, "no memory for a list of acts");
    q->state = state;
    query_list_begin(q, "acts");
    return HT_OK;
}

static void list_free(struct ht_query *q)
{
    free(q->state);
}

/* What filter and cursor leave of the log as it is in the first step: a log that grows has no end in itself. */
static enum ht_status bound(struct ht_query *q, struct ht_reader *reader, struct ht_error *err)
{
    struct acts_list *state = q->state;
    uint64_t after = q->filter.after, before = q->filter.before;
    if (state->bounded) return HT_OK;
    enum ht_status status = ht_act_last(reader, &state->last, err);
    if (status != HT_OK) return status;
    if (q->resumed && q->filter.ascending && q->resume[0] > after) after = q->resume[0];
    if (q->resumed && !q->filter.ascending && q->resume[0] < before) before = q->resume[0];
    if (before <= state->last) state->last = before > 0 ? before - 1 : 0;
    state->first = after < UINT64_MAX ? after + 1 : UINT64_MAX;
    state->bounded = true;
    return HT_OK;
}

static void emit_act(struct ht_query *q, const struct ht_act *act)
{
    struct ht_emit *emit = &q->emit;
    ht_emit_object(emit);
    ht_emit_key(emit, "seq");
    ht_emit_uint(emit, act->seq);
    ht_emit_key(emit, "at");
    ht_emit_time(emit, act->at);
    ht_emit_key(emit, "kind");
    ht_emit_text(emit, ht_act_kind_name(act->kind));
    ht_emit_key(emit, "who");
    ht_emit_string(emit, act->who);
    ht_emit_key(emit, "object");
    ht_emit_string(emit, act->object);
    ht_emit_key(emit, "detail");
    ht_emit_string(emit, act->detail);
    ht_emit_end_object(emit);
    query_item_end(q);
}

/* The next one of the range, which gets smaller by it. */
static uint64_t take_seq(const struct ht_query *q, struct acts_list *state)
{
    return q->filter.ascending ? state->first++ : state->last--;
}

static enum ht_status list_step(struct ht_query *q, struct ht_reader *reader, struct ht_error *err)
{
    struct acts_list *state = q->state;
    enum ht_status status = bound(q, reader, err);
    while (status == HT_OK && query_spend(q, 0)) {
        struct ht_act act;
        if (state->first > state->last) {
            query_list_end(q);
            return HT_OK;
        }
        status = ht_act_get(reader, take_seq(q, state), &act, err);
        if (status != HT_OK || act.at < q->filter.since || act.at >= q->filter.until) continue;
        emit_act(q, &act);
        if (++state->emitted != q->filter.limit) continue;
        if (state->first <= state->last) query_set_next(q, (const uint64_t[QUERY_POSITION_WORDS]){act.seq});
        query_list_end(q);
        return HT_OK;
    }
    return status;
}

const struct query_ops acts_query_ops = {.open = list_open, .step = list_step, .free = list_free};
