#include <assert.h>
#include <stdlib.h>

#include "event.h"
#include "hooktrail/endpoint.h"
#include "query.h"
#include "selection.h"

#define RECEIVED_MAX 1000 /* deliveries shown of one event */

/* ---- HT_QUERY_EVENTS ---- */

struct events {
    struct selection selection;
    uint32_t emitted;
};

static enum ht_status events_open(struct ht_query *q, struct ht_error *err)
{
    struct events *state = calloc(1, sizeof *state);
    if (!state) return ht_fail(err, HT_NO_MEMORY, "no memory for a list of events");
    q->state = state;
    selection_init(&state->selection, &q->filter, q->resumed, q->resume[0]);
    if (q->filter.ascending) q->position = state->selection.first - 1;
    return HT_OK;
}

static void free_state(struct ht_query *q)
{
    free(q->state);
}

/* The lines before an event's data. Its type is a name of a to z, 0 to 9 and "-": anything else is damage, and could
   forge lines. */
static enum ht_status begin_sse(struct ht_query *q, struct ht_reader *reader, const struct ht_row *row,
                                struct ht_error *err)
{
    struct ht_slice type;
    enum ht_status status = query_name(reader, HT_KIND_TYPE, row->type, &type, err);
    if (status != HT_OK) return status;
    for (size_t i = 0; i < type.size; i++) {
        char c = type.data[i];
        if (!(c >= 'a' && c <= 'z') && !(c >= '0' && c <= '9') && c != '-')
            return ht_fail_index(reader, err, "event %llu: its type is no name", (unsigned long long)row->seq);
    }
    ht_buffer_printf(&q->out, "id: %llu\nevent: ", (unsigned long long)row->seq);
    ht_buffer_add(&q->out, type);
    ht_buffer_add_text(&q->out, "\ndata: ");
    return HT_OK;
}

static enum ht_status emit_item(struct ht_query *q, struct ht_reader *reader, const struct ht_row *row,
                                struct ht_error *err)
{
    enum ht_status status = HT_OK;
    if (q->format == HT_FORMAT_SSE) status = begin_sse(q, reader, row, err);
    if (status == HT_OK) status = event_emit(&q->emit, reader, row, err);
    if (status != HT_OK) return status;
    if (q->format == HT_FORMAT_SSE) ht_buffer_add_text(&q->out, "\n\n");
    query_item_end(q);
    return HT_OK;
}

static enum ht_status end_full_page(struct ht_query *q, struct events *state, uint64_t seq, struct ht_error *err)
{
    bool more;
    enum ht_status status = selection_has_more(&state->selection, &more, err);
    if (status != HT_OK) return status;
    if (more) query_set_next(q, (const uint64_t[QUERY_POSITION_WORDS]){seq});
    query_list_end(q);
    return HT_OK;
}

static enum ht_status walk_events(struct ht_query *q, struct events *state, struct ht_reader *reader,
                                  struct ht_error *err)
{
    struct selection *selection = &state->selection;
    while (query_spend(q, 0)) {
        struct ht_row row;
        bool matched;
        enum ht_status status = selection_next(selection, &row, &matched, err);
        if (status == HT_NOT_FOUND) {
            if (selection->indexed > q->position) q->position = selection->indexed;
            query_list_end(q);
            return HT_OK;
        }
        if (status != HT_OK) return status;
        q->position = row.seq;
        if (!matched) continue;
        status = emit_item(q, reader, &row, err);
        if (status != HT_OK) return status;
        if (++state->emitted == q->filter.limit) return end_full_page(q, state, row.seq, err);
    }
    return HT_OK;
}

static enum ht_status events_step(struct ht_query *q, struct ht_reader *reader, struct ht_error *err)
{
    struct events *state = q->state;
    query_list_begin(q, "events");
    enum ht_status status = selection_begin(&state->selection, reader, err);
    if (status != HT_OK) return status;
    status = walk_events(q, state, reader, err);
    selection_end(&state->selection);
    return status;
}

const struct query_ops events_query_ops = {.open = events_open, .step = events_step, .free = free_state};

/* ---- HT_QUERY_EVENT ---- */

struct event {
    struct ht_unpacker *unpacker; /* the reader's; within a step */
    struct ht_buffer headers;     /* the JSON of one delivery's */
    struct ht_buffer joined;      /* the values of a header that came several times */
    uint64_t repeat;              /* the last repeated delivery shown */
    uint32_t shown;
};

static void event_free(struct ht_query *q)
{
    struct event *state = q->state;
    if (!state) return;
    ht_buffer_release(&state->headers);
    ht_buffer_release(&state->joined);
    free(state);
}

static enum ht_status event_open(struct ht_query *q, struct ht_error *err)
{
    struct event *state = calloc(1, sizeof *state);
    q->state = state;
    return state ? HT_OK : ht_fail(err, HT_NO_MEMORY, "no memory for an event");
}

static bool named_before(const struct ht_delivery *delivery, size_t at)
{
    for (size_t i = 0; i < at; i++) {
        if (ht_slice_equal(delivery->headers[i].name, delivery->headers[at].name)) return true;
    }
    return false;
}

/* A header's values, joined as HTTP joins them (RFC 9110, section 5.3), so that no key comes twice. */
static struct ht_slice join_values(struct event *state, const struct ht_delivery *delivery, size_t at)
{
    ht_buffer_clear(&state->joined);
    ht_buffer_add(&state->joined, delivery->headers[at].value);
    for (size_t i = at + 1; i < delivery->header_count; i++) {
        if (!ht_slice_equal(delivery->headers[i].name, delivery->headers[at].name)) continue;
        ht_buffer_add_text(&state->joined, ", ");
        ht_buffer_add(&state->joined, delivery->headers[i].value);
    }
    return ht_buffer_slice(&state->joined);
}

/* Names are emitted as strings, for they come from the disk. */
static struct ht_slice headers_json(struct event *state, const struct ht_delivery *delivery)
{
    struct ht_emit strings;
    const char *before = "{";
    ht_buffer_clear(&state->headers);
    ht_emit_init(&strings, &state->headers);
    for (size_t i = 0; i < delivery->header_count; i++) {
        if (named_before(delivery, i)) continue;
        ht_buffer_add_text(&state->headers, before);
        before = ",";
        ht_emit_string(&strings, delivery->headers[i].name);
        ht_buffer_add_byte(&state->headers, ':');
        ht_emit_string(&strings, join_values(state, delivery, i));
    }
    ht_buffer_add_text(&state->headers, *before == '{' ? "{}" : "}");
    return ht_buffer_slice(&state->headers);
}

static enum ht_status emit_delivery(struct ht_query *q, struct event *state, const struct ht_delivery *delivery,
                                    struct ht_error *err)
{
    struct ht_emit *emit = &q->emit;
    ht_emit_object(emit);
    ht_emit_key(emit, "at");
    ht_emit_time(emit, delivery->received_at);
    ht_emit_key(emit, "sender");
    ht_emit_string(emit, delivery->sender);
    ht_emit_key(emit, "content_type");
    ht_emit_string(emit, delivery->content_type);
    ht_emit_key(emit, "headers");
    ht_emit_raw(emit, headers_json(state, delivery));
    ht_emit_key(emit, "signature_verified");
    ht_emit_bool(emit, delivery->signature_verified);
    ht_emit_end_object(emit);
    state->shown++;
    enum ht_status status = ht_buffer_status(&state->headers, err);
    return status == HT_OK ? ht_buffer_status(&state->joined, err) : status;
}

static enum ht_status find_row(struct ht_query *q, struct ht_reader *reader, struct ht_row *row, struct ht_error *err)
{
    struct ht_position end;
    enum ht_status status = ht_index_position(reader, &end, err);
    if (status != HT_OK) return status;
    if (q->number == 0 || q->number > end.seq)
        return ht_fail_field(err, HT_NOT_FOUND, "seq", "there is no event %llu", (unsigned long long)q->number);
    return ht_event_row(reader, q->number, row, err);
}

/* Everything up to the first delivery. */
static enum ht_status begin_event(struct ht_query *q, struct event *state, struct ht_reader *reader,
                                  struct ht_error *err)
{
    struct ht_row row = {0};
    struct ht_record record;
    struct ht_endpoint endpoint;
    enum ht_status status = find_row(q, reader, &row, err);
    if (status != HT_OK) return status;
    ht_emit_object(&q->emit);
    status = event_emit_members(&q->emit, reader, &row, err);
    if (status != HT_OK) return status;
    status = ht_endpoint_get(reader, row.endpoint, &endpoint, err);
    if (status != HT_OK && status != HT_NOT_FOUND) return status;
    ht_emit_key(&q->emit, "endpoint");
    ht_emit_text(&q->emit, status == HT_OK ? endpoint.name : NULL);
    status = ht_trail_peek(reader, q->number, state->unpacker, &record, err);
    if (status == HT_NOT_FOUND)
        return ht_fail(err, HT_CORRUPT, "the trail has lost event %llu", (unsigned long long)q->number);
    if (status != HT_OK) return status;
    ht_emit_key(&q->emit, "received");
    ht_emit_array(&q->emit);
    return emit_delivery(q, state, &record.delivery, err);
}

static void end_event(struct ht_query *q, bool more)
{
    ht_emit_end_array(&q->emit);
    if (more) {
        ht_emit_key(&q->emit, "received_more");
        ht_emit_bool(&q->emit, true);
    }
    ht_emit_end_object(&q->emit);
    query_finish(q);
}

static enum ht_status emit_repeats(struct ht_query *q, struct event *state, struct ht_reader *reader,
                                   struct ht_error *err)
{
    while (query_spend(q, 0)) {
        struct ht_repeat repeat;
        uint64_t number;
        enum ht_status status = ht_index_repeat(reader, q->number, state->repeat, &number, err);
        if (status != HT_OK && status != HT_NOT_FOUND) return status;
        if (status == HT_NOT_FOUND || state->shown == RECEIVED_MAX) {
            end_event(q, status == HT_OK);
            return HT_OK;
        }
        status = ht_trail_repeat(reader, number, state->unpacker, &repeat, err);
        if (status == HT_NOT_FOUND)
            return ht_fail(err, HT_CORRUPT, "event %llu: the trail has lost its repeated delivery %llu",
                           (unsigned long long)q->number, (unsigned long long)number);
        if (status != HT_OK) return status;
        if (repeat.seq != q->number)
            return ht_fail_index(reader, err, "event %llu: the index counts the delivery %llu of event %llu as its own",
                                 (unsigned long long)q->number, (unsigned long long)number,
                                 (unsigned long long)repeat.seq);
        state->repeat = number;
        status = emit_delivery(q, state, &repeat.delivery, err);
        if (status != HT_OK) return status;
    }
    return HT_OK;
}

static enum ht_status event_step(struct ht_query *q, struct ht_reader *reader, struct ht_error *err)
{
    struct event *state = q->state;
    const struct ht_tools *tools = ht_reader_tools(reader);
    if (!tools) return ht_fail(err, HT_NO_MEMORY, "no memory to unpack an event");
    state->unpacker = tools->unpacker;
    if (state->shown == 0) {
        enum ht_status status = begin_event(q, state, reader, err);
        if (status != HT_OK) return status;
    }
    return emit_repeats(q, state, reader, err);
}

const struct query_ops event_query_ops = {.open = event_open, .step = event_step, .free = event_free};
