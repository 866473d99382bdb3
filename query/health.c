/* The health of what comes in: each type and agent with its last event, and whether it is unusually quiet. */
#include <stdlib.h>

#include "hooktrail/silence.h"
#include "query.h"

#define MOST 1000 /* of each: types by first sight, agents with the newest activity */

enum phase { PHASE_BEGIN, PHASE_TYPES, PHASE_AGENTS };

struct health {
    enum phase phase;
    int64_t now;
    uint32_t listed;  /* of the list under way */
    uint32_t type;    /* the last one listed */
    uint64_t before;  /* agents: the last seq of the last one listed */
    uint32_t unusual; /* of both */
};

static enum ht_status health_open(struct ht_query *q, struct ht_error *err)
{
    struct health *state = calloc(1, sizeof *state);
    if (!state) return ht_fail(err, HT_NO_MEMORY, "no memory for a query");
    state->now = ht_time_now();
    state->before = UINT64_MAX;
    q->state = state;
    return HT_OK;
}

static void health_free(struct ht_query *q)
{
    free(q->state);
}

static void begin_list(struct ht_query *q, struct health *state, const char *name, enum phase phase)
{
    ht_emit_key(&q->emit, name);
    ht_emit_array(&q->emit);
    state->listed = 0;
    state->phase = phase;
}

/* The rest of the object that its names have begun. */
static void emit_silence(struct ht_query *q, struct health *state, const struct ht_silence *silence)
{
    ht_emit_key(&q->emit, "last_at");
    ht_emit_time(&q->emit, silence->last_at);
    ht_emit_key(&q->emit, "unusually_quiet");
    ht_emit_bool(&q->emit, silence->unusual);
    ht_emit_end_object(&q->emit);
    state->unusual += silence->unusual;
    state->listed++;
}

static enum ht_status list_types(struct ht_query *q, struct health *state, struct ht_reader *reader,
                                 struct ht_error *err)
{
    uint32_t count;
    enum ht_status status = ht_index_count(reader, HT_KIND_TYPE, &count, err);
    while (status == HT_OK && query_spend(q, 0)) {
        struct ht_silence silence;
        if (state->type >= count || state->listed == MOST) {
            ht_emit_end_array(&q->emit);
            begin_list(q, state, "agents", PHASE_AGENTS);
            return HT_OK;
        }
        status = ht_silence_get(reader, HT_KIND_TYPE, ++state->type, state->now, &silence, err);
        if (status == HT_NOT_FOUND) { /* a number that only a name has */
            status = HT_OK;
            continue;
        }
        if (status != HT_OK) return status;
        ht_emit_object(&q->emit);
        status = query_emit_name(q, reader, "type", HT_KIND_TYPE, state->type, err);
        emit_silence(q, state, &silence);
    }
    return status;
}

static enum ht_status list_agent(struct ht_query *q, struct health *state, struct ht_reader *reader, uint32_t agent,
                                 struct ht_error *err)
{
    struct ht_silence silence;
    struct ht_summary summary;
    enum ht_status status = ht_silence_get(reader, HT_KIND_AGENT, agent, state->now, &silence, err);
    if (status == HT_OK) status = ht_index_summary(reader, HT_KIND_AGENT, agent, &summary, err);
    if (status != HT_OK) return status;
    ht_emit_object(&q->emit);
    status = query_emit_name(q, reader, "agent_id", HT_KIND_AGENT, agent, err);
    if (status == HT_OK) status = query_emit_name(q, reader, "agent_name", HT_KIND_AGENT_NAME, summary.agent_name, err);
    emit_silence(q, state, &silence);
    return status;
}

static void finish(struct ht_query *q, const struct health *state)
{
    ht_emit_end_array(&q->emit);
    ht_emit_key(&q->emit, "unusually_quiet");
    ht_emit_uint(&q->emit, state->unusual);
    ht_emit_key(&q->emit, "status");
    ht_emit_text(&q->emit, state->unusual > 0 ? "unusually quiet" : "ok");
    ht_emit_end_object(&q->emit);
    query_finish(q);
}

static enum ht_status list_agents(struct ht_query *q, struct health *state, struct ht_reader *reader,
                                  struct ht_error *err)
{
    while (query_spend(q, 0)) {
        uint32_t agent;
        enum ht_status status = HT_NOT_FOUND;
        if (state->listed < MOST)
            status = ht_index_recent(reader, HT_KIND_AGENT, state->before, &agent, &state->before, err);
        if (status == HT_NOT_FOUND) {
            finish(q, state);
            return HT_OK;
        }
        if (status == HT_OK) status = list_agent(q, state, reader, agent, err);
        if (status != HT_OK) return status;
    }
    return HT_OK;
}

static enum ht_status health_step(struct ht_query *q, struct ht_reader *reader, struct ht_error *err)
{
    struct health *state = q->state;
    enum ht_status status = HT_OK;
    if (state->phase == PHASE_BEGIN) {
        ht_emit_object(&q->emit);
        begin_list(q, state, "types", PHASE_TYPES);
    }
    if (state->phase == PHASE_TYPES) status = list_types(q, state, reader, err);
    if (status == HT_OK && state->phase == PHASE_AGENTS) status = list_agents(q, state, reader, err);
    return status;
}

const struct query_ops health_query_ops = {.open = health_open, .step = health_step, .free = health_free};
