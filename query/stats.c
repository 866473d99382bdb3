/* Totals by type, agent and day, from the index's daily counts.

   The days that there are come first, then each day's rows, the newest day first: one pass, in which the days' objects
   are made aside while types and agents are added up. */
#include <assert.h>
#include <stdlib.h>

#include "hooktrail/rejected.h"
#include "hooktrail/time.h"
#include "query.h"
#include "selection.h"

#define DAYS_SHOWN 366    /* unless the filter says since when */
#define TALLIES_MAX 10000 /* types and agents listed: those seen first */
#define DAY_TYPES_MAX 200 /* types named in one day */

enum phase { PHASE_DAYS, PHASE_ROWS, PHASE_TOTALS, PHASE_TYPES, PHASE_AGENTS };

struct tally {
    uint32_t number;
    uint64_t events;
    uint64_t deliveries;
    uint64_t bytes;
    int64_t last_at;
};

/* By number while counting; then only those that have events, the most first. */
struct tallies {
    struct tally *list;
    uint32_t count;
    bool more; /* some number was beyond TALLIES_MAX */
};

struct stats {
    enum phase phase;
    int64_t *days; /* those with events within the filter's bounds, ascending */
    size_t day_count;
    size_t day_capacity;
    int64_t newest;      /* of these days */
    struct ht_daily row; /* the last row looked at; its day, type and agent lead to the next */
    struct tally total;
    struct tallies types;
    struct tallies agents;
    struct tally day;            /* the day under way */
    struct tally day_type;       /* and its type */
    uint32_t day_types;          /* how many of its types are in day_types_json */
    struct ht_buffer types_json; /* members of its "types" */
    struct ht_emit type_strings;
    struct ht_buffer days_json;
    struct ht_emit days_emit;
    uint32_t at;          /* the tally that is emitted next */
    struct wanted wanted; /* within a step */
};

static enum ht_status stats_open(struct ht_query *q, struct ht_error *err)
{
    struct stats *state = calloc(1, sizeof *state);
    if (!state) return ht_fail(err, HT_NO_MEMORY, "no memory for statistics");
    q->state = state;
    ht_emit_init(&state->type_strings, &state->types_json);
    ht_emit_init(&state->days_emit, &state->days_json);
    ht_emit_array(&state->days_emit);
    state->row.day = q->filter.since == HT_TIME_NONE ? INT64_MIN : ht_time_day(q->filter.since) - 1;
    state->row.type = state->row.agent = q->filter.since == HT_TIME_NONE ? 0 : UINT32_MAX;
    return HT_OK;
}

static void stats_free(struct ht_query *q)
{
    struct stats *state = q->state;
    if (!state) return;
    free(state->days);
    free(state->types.list);
    free(state->agents.list);
    ht_buffer_release(&state->types_json);
    ht_buffer_release(&state->days_json);
    free(state);
}

/* ---- the days ---- */

static enum ht_status add_day(struct stats *state, int64_t day, struct ht_error *err)
{
    if (state->day_count == state->day_capacity) {
        size_t capacity = state->day_capacity ? 2 * state->day_capacity : 512;
        int64_t *days = reallocarray(state->days, capacity, sizeof *days);
        if (!days) return ht_fail(err, HT_NO_MEMORY, "no memory for statistics");
        state->days = days;
        state->day_capacity = capacity;
    }
    state->days[state->day_count++] = day;
    return HT_OK;
}

/* Begins before the rows of the newest day that is left; false if none is. */
static bool begin_day(struct stats *state)
{
    memset(&state->day, 0, sizeof state->day);
    memset(&state->day_type, 0, sizeof state->day_type);
    state->day_types = 0;
    ht_buffer_clear(&state->types_json);
    if (state->day_count == 0) return false;
    state->row.day = state->days[state->day_count - 1] - 1;
    state->row.type = state->row.agent = UINT32_MAX;
    return true;
}

static enum ht_status next_row(struct stats *state, struct ht_reader *reader, struct ht_error *err)
{
    struct ht_daily next;
    enum ht_status status = ht_index_daily(reader, state->row.day, state->row.type, state->row.agent, &next, err);
    if (status != HT_OK) return status;
    bool behind = next.day != state->row.day     ? next.day > state->row.day
                  : next.type != state->row.type ? next.type > state->row.type
                                                 : next.agent > state->row.agent;
    if (!behind || next.day < INT32_MIN || next.day > INT32_MAX)
        return ht_fail_index(reader, err, "the daily counts of the index are out of order");
    state->row = next;
    return HT_OK;
}

static enum ht_status find_days(struct ht_query *q, struct stats *state, struct ht_reader *reader, struct ht_error *err)
{
    int64_t last_day = q->filter.until == INT64_MAX ? INT64_MAX : ht_time_day(q->filter.until - 1);
    while (query_spend(q, 0)) {
        enum ht_status status = state->wanted.nothing ? HT_NOT_FOUND : next_row(state, reader, err);
        if (status != HT_OK && status != HT_NOT_FOUND) return status;
        if (status == HT_NOT_FOUND || state->row.day > last_day) {
            state->newest = state->day_count > 0 ? state->days[state->day_count - 1] : 0;
            state->phase = begin_day(state) ? PHASE_ROWS : PHASE_TOTALS;
            return HT_OK;
        }
        status = add_day(state, state->row.day, err);
        if (status != HT_OK) return status;
        state->row.type = state->row.agent = UINT32_MAX;
    }
    return HT_OK;
}

/* ---- a day's rows ---- */

static void add_to(struct tally *tally, const struct ht_daily *row)
{
    if (tally->deliveries == 0 || row->last_at > tally->last_at) tally->last_at = row->last_at;
    tally->events += row->events;
    tally->deliveries += row->deliveries;
    tally->bytes += row->bytes;
}

static enum ht_status add_to_number(struct tallies *tallies, uint32_t number, const struct ht_daily *row,
                                    struct ht_error *err)
{
    if (number >= TALLIES_MAX) {
        tallies->more = true;
        return HT_OK;
    }
    if (!tallies->list) tallies->list = calloc(TALLIES_MAX, sizeof *tallies->list);
    if (!tallies->list) return ht_fail(err, HT_NO_MEMORY, "no memory for statistics");
    tallies->count = TALLIES_MAX;
    tallies->list[number].number = number;
    add_to(&tallies->list[number], row);
    return HT_OK;
}

/* The type under way, with what it comes to on this day. The name is emitted as a string, for it comes from the disk.
 */
static enum ht_status end_day_type(struct stats *state, struct ht_reader *reader, struct ht_error *err)
{
    struct ht_slice name;
    if (state->day_type.deliveries == 0) return HT_OK;
    if (state->day_types++ < DAY_TYPES_MAX) {
        enum ht_status status = query_name(reader, HT_KIND_TYPE, state->day_type.number, &name, err);
        if (status != HT_OK) return status;
        ht_buffer_add_byte(&state->types_json, state->day_types == 1 ? '{' : ',');
        ht_emit_string(&state->type_strings, name.data ? name : HT_SLICE("unknown"));
        ht_buffer_add_byte(&state->types_json, ':');
        ht_emit_uint(&state->type_strings, state->day_type.events);
    }
    memset(&state->day_type, 0, sizeof state->day_type);
    return HT_OK;
}

static void emit_day(struct stats *state, int64_t day)
{
    struct ht_emit *emit = &state->days_emit;
    char text[16];
    ht_time_format_day(text, day);
    ht_buffer_add_byte(&state->types_json, '}');
    ht_emit_object(emit);
    ht_emit_key(emit, "day");
    ht_emit_text(emit, text);
    ht_emit_key(emit, "events");
    ht_emit_uint(emit, state->day.events);
    ht_emit_key(emit, "deliveries");
    ht_emit_uint(emit, state->day.deliveries);
    ht_emit_key(emit, "bytes");
    ht_emit_uint(emit, state->day.bytes);
    ht_emit_key(emit, "types");
    ht_emit_raw(emit, ht_buffer_slice(&state->types_json));
    if (state->day_types > DAY_TYPES_MAX) {
        ht_emit_key(emit, "types_more");
        ht_emit_bool(emit, true);
    }
    ht_emit_end_object(emit);
}

static enum ht_status end_day(struct ht_query *q, struct stats *state, struct ht_reader *reader, struct ht_error *err)
{
    enum ht_status status = end_day_type(state, reader, err);
    if (status != HT_OK) return status;
    int64_t day = state->days[--state->day_count];
    bool shown = q->filter.since != HT_TIME_NONE || day > state->newest - DAYS_SHOWN;
    if (shown && state->day.deliveries > 0) emit_day(state, day);
    status = ht_buffer_status(&state->types_json, err);
    if (status == HT_OK) status = ht_buffer_status(&state->days_json, err);
    state->phase = begin_day(state) ? PHASE_ROWS : PHASE_TOTALS;
    return status;
}

static bool is_wanted(const struct stats *state, const struct ht_daily *row)
{
    if (state->wanted.agent != 0 && state->wanted.agent != row->agent) return false;
    return wanted_type(&state->wanted, row->type);
}

static enum ht_status count_row(struct stats *state, struct ht_reader *reader, struct ht_error *err)
{
    const struct ht_daily *row = &state->row;
    if (!is_wanted(state, row)) return HT_OK;
    if (row->type != state->day_type.number) {
        enum ht_status status = end_day_type(state, reader, err);
        if (status != HT_OK) return status;
        state->day_type.number = row->type;
    }
    add_to(&state->day_type, row);
    add_to(&state->day, row);
    add_to(&state->total, row);
    enum ht_status status = add_to_number(&state->types, row->type, row, err);
    return status == HT_OK ? add_to_number(&state->agents, row->agent, row, err) : status;
}

static enum ht_status count_rows(struct ht_query *q, struct stats *state, struct ht_reader *reader,
                                 struct ht_error *err)
{
    while (state->phase == PHASE_ROWS && query_spend(q, 0)) {
        enum ht_status status = next_row(state, reader, err);
        if (status != HT_OK && status != HT_NOT_FOUND) return status;
        bool same_day = status == HT_OK && state->row.day == state->days[state->day_count - 1];
        status = same_day ? count_row(state, reader, err) : end_day(q, state, reader, err);
        if (status != HT_OK) return status;
    }
    return HT_OK;
}

/* ---- the document ---- */

static enum ht_status emit_counts(struct ht_query *q, struct ht_reader *reader, struct ht_error *err)
{
    static const struct {
        const char *key;
        enum ht_kind kind;
    } counted[] = {
        {"conversations", HT_KIND_CONVERSATION},
        {"leads", HT_KIND_LEAD},
        {"agents", HT_KIND_AGENT},
        {"visitors", HT_KIND_VISITOR},
    };
    for (size_t i = 0; i < sizeof counted / sizeof counted[0]; i++) {
        uint32_t count;
        enum ht_status status = ht_index_count(reader, counted[i].kind, &count, err);
        if (status != HT_OK) return status;
        ht_emit_key(&q->emit, counted[i].key);
        ht_emit_uint(&q->emit, count);
    }
    return HT_OK;
}

static int by_events(const void *a, const void *b)
{
    const struct tally *left = a, *right = b;
    if (left->events != right->events) return left->events < right->events ? 1 : -1;
    return (left->number > right->number) - (left->number < right->number);
}

static void sort_tallies(struct tallies *tallies)
{
    uint32_t kept = 0;
    for (uint32_t i = 0; i < tallies->count; i++) {
        if (tallies->list[i].deliveries > 0) tallies->list[kept++] = tallies->list[i];
    }
    tallies->count = kept;
    if (kept > 0) qsort(tallies->list, kept, sizeof *tallies->list, by_events);
}

static enum ht_status emit_totals(struct ht_query *q, struct stats *state, struct ht_reader *reader,
                                  struct ht_error *err)
{
    struct ht_rejected_totals rejected;
    ht_emit_object(&q->emit);
    ht_emit_key(&q->emit, "totals");
    ht_emit_object(&q->emit);
    ht_emit_key(&q->emit, "events");
    ht_emit_uint(&q->emit, state->total.events);
    ht_emit_key(&q->emit, "deliveries");
    ht_emit_uint(&q->emit, state->total.deliveries);
    ht_emit_key(&q->emit, "bytes");
    ht_emit_uint(&q->emit, state->total.bytes);
    enum ht_status status = emit_counts(q, reader, err);
    if (status == HT_OK) status = ht_rejected_totals(reader, &rejected, err);
    if (status != HT_OK) return status;
    ht_emit_key(&q->emit, "rejected");
    ht_emit_uint(&q->emit, rejected.count);
    ht_emit_key(&q->emit, "rejected_evicted");
    ht_emit_uint(&q->emit, rejected.evicted);
    ht_emit_end_object(&q->emit);
    ht_emit_key(&q->emit, "types");
    ht_emit_array(&q->emit);
    sort_tallies(&state->types);
    sort_tallies(&state->agents);
    state->phase = PHASE_TYPES;
    return HT_OK;
}

static void emit_tally(struct ht_emit *emit, const struct tally *tally)
{
    ht_emit_key(emit, "events");
    ht_emit_uint(emit, tally->events);
    ht_emit_key(emit, "deliveries");
    ht_emit_uint(emit, tally->deliveries);
    ht_emit_key(emit, "last_at");
    ht_emit_time(emit, tally->last_at);
    ht_emit_end_object(emit);
}

static void end_tallies(struct ht_query *q, struct stats *state, const struct tallies *tallies, const char *more)
{
    ht_emit_end_array(&q->emit);
    state->at = 0;
    if (!tallies->more) return;
    ht_emit_key(&q->emit, more);
    ht_emit_bool(&q->emit, true);
}

static enum ht_status emit_types(struct ht_query *q, struct stats *state, struct ht_reader *reader,
                                 struct ht_error *err)
{
    while (query_spend(q, 0)) {
        if (state->at == state->types.count) {
            end_tallies(q, state, &state->types, "types_more");
            ht_emit_key(&q->emit, "agents");
            ht_emit_array(&q->emit);
            state->phase = PHASE_AGENTS;
            return HT_OK;
        }
        const struct tally *tally = &state->types.list[state->at++];
        ht_emit_object(&q->emit);
        enum ht_status status = query_emit_name(q, reader, "type", HT_KIND_TYPE, tally->number, err);
        if (status != HT_OK) return status;
        emit_tally(&q->emit, tally);
    }
    return HT_OK;
}

static enum ht_status emit_agent(struct ht_query *q, struct ht_reader *reader, const struct tally *tally,
                                 struct ht_error *err)
{
    struct ht_summary summary = {0};
    enum ht_status status = HT_OK;
    if (tally->number != 0) status = ht_index_summary(reader, HT_KIND_AGENT, tally->number, &summary, err);
    if (status == HT_NOT_FOUND)
        return ht_fail_index(reader, err, "the index has no summary for agent number %u", tally->number);
    if (status != HT_OK) return status;
    ht_emit_object(&q->emit);
    status = query_emit_name(q, reader, "agent_id", HT_KIND_AGENT, tally->number, err);
    if (status == HT_OK) status = query_emit_name(q, reader, "agent_name", HT_KIND_AGENT_NAME, summary.agent_name, err);
    if (status == HT_OK) emit_tally(&q->emit, tally);
    return status;
}

static enum ht_status emit_agents(struct ht_query *q, struct stats *state, struct ht_reader *reader,
                                  struct ht_error *err)
{
    while (query_spend(q, 0)) {
        if (state->at == state->agents.count) {
            end_tallies(q, state, &state->agents, "agents_more");
            ht_emit_end_array(&state->days_emit);
            ht_emit_key(&q->emit, "days");
            ht_emit_raw(&q->emit, ht_buffer_slice(&state->days_json));
            ht_emit_end_object(&q->emit);
            query_finish(q);
            return ht_buffer_status(&state->days_json, err);
        }
        enum ht_status status = emit_agent(q, reader, &state->agents.list[state->at++], err);
        if (status != HT_OK) return status;
    }
    return HT_OK;
}

static enum ht_status stats_step(struct ht_query *q, struct ht_reader *reader, struct ht_error *err)
{
    struct stats *state = q->state;
    enum ht_status status = wanted_resolve(&state->wanted, &q->filter, reader, err);
    if (status == HT_OK && state->phase == PHASE_DAYS) status = find_days(q, state, reader, err);
    if (status == HT_OK && state->phase == PHASE_ROWS) status = count_rows(q, state, reader, err);
    if (status == HT_OK && state->phase == PHASE_TOTALS) status = emit_totals(q, state, reader, err);
    if (status == HT_OK && state->phase == PHASE_TYPES) status = emit_types(q, state, reader, err);
    if (status == HT_OK && state->phase == PHASE_AGENTS) status = emit_agents(q, state, reader, err);
    return status;
}

const struct query_ops stats_query_ops = {.open = stats_open, .step = stats_step, .free = stats_free};
