/* One conversation: its messages, once each, merged in time with its events.

   Each page goes through the whole conversation up to `as_of`, the last event there was at the first page: so all pages
   are of one state, and a cursor needs to hold no more than `as_of` and the last item shown. */
#include <stdlib.h>

#include "event.h"
#include "filter.h"
#include "hooktrail/time.h"
#include "query.h"
#include "timeline_page.h"

#define MAX_EVENTS 1000000
#define MAX_LEADS 100                     /* ids of leads shown */
#define ORDER_STEP 100000                 /* elements ordered in one step */
#define KEEP_BYTES (UINT64_C(256) * 1024) /* made at the first reading, in case they are on the page */
#define HEAD_BYTES 512                    /* of a document but for its items, about */
#define DEFAULT_LIMIT HT_FILTER_MAX_LIMIT

enum cursor_word { WORD_AS_OF, WORD_SEQ, WORD_SLOT };
enum phase { PHASE_COLLECT, PHASE_ORDER, PHASE_CHOOSE, PHASE_READ, PHASE_WRITE };

struct timeline {
    enum phase phase;
    uint64_t as_of;    /* the last event considered; 0 until it is known */
    uint64_t last_seq; /* the last event collected */
    struct timeline_event *events;
    uint32_t event_count;
    uint32_t event_capacity;
    struct timeline_union all;
    struct timeline_order order;
    struct timeline_page page;
    struct payload *payload;
    /* within a step */
    struct ht_reader *reader;
    uint32_t conversation;
};

static enum ht_status timeline_open(struct ht_query *q, struct ht_error *err)
{
    struct timeline *state = calloc(1, sizeof *state);
    if (!state) return ht_fail(err, HT_NO_MEMORY, "no memory for a timeline");
    q->state = state;
    timeline_union_init(&state->all, TIMELINE_MAX_MESSAGES);
    state->as_of = q->resumed ? q->resume[WORD_AS_OF] : 0;
    state->page.order = &state->order;
    state->payload = payload_new();
    return state->payload ? HT_OK : ht_fail(err, HT_NO_MEMORY, "no memory for a timeline");
}

static void timeline_free(struct ht_query *q)
{
    struct timeline *state = q->state;
    if (!state) return;
    timeline_page_release(&state->page);
    timeline_order_release(&state->order);
    timeline_union_release(&state->all);
    payload_free(state->payload);
    free(state->events);
    free(state);
}

static enum ht_status fail_cursor(struct ht_error *err)
{
    return ht_fail_field(err, HT_INVALID, "cursor", "the cursor does not lead into this conversation: begin again");
}

/* ---- collecting ---- */

/* Whether the event cannot be read any more, which must not stop a timeline; any other failure does. */
static bool is_unreadable(enum ht_status status)
{
    return status == HT_CORRUPT || status == HT_VERSION || status == HT_ERASED;
}

static uint64_t erasure_of(const struct timeline *state, uint64_t seq)
{
    struct ht_record_header header;
    return ht_trail_header(state->reader, seq, &header, NULL) == HT_OK ? header.erasure : 0;
}

/* What the index still says of it; at worst, only where it stands. */
static void describe_unreadable(const struct timeline *state, struct timeline_event *event)
{
    struct ht_row row;
    event->unreadable = true;
    event->erasure = erasure_of(state, event->seq);
    if (ht_event_row(state->reader, event->seq, &row, NULL) == HT_OK) {
        event->at = row.occurred_at;
        event->derived = row.flags & HT_ROW_DERIVED;
        return;
    }
    event->untimed = true;
    event->at = state->event_count > 0 ? state->events[state->event_count - 1].at : 0;
}

static void describe(struct timeline_event *event, const struct payload *payload)
{
    event->at = payload->facts.occurred_at;
    event->starts_session = ht_slice_is(payload->facts.type, "new-session");
    event->derived = !payload->facts.conversation_id.data;
    event->size = timeline_event_size(payload);
}

static enum ht_status grow_events(struct timeline *state, struct ht_error *err)
{
    if (state->event_count < state->event_capacity) return HT_OK;
    if (state->event_count == MAX_EVENTS)
        return ht_fail(err, HT_TOO_LARGE, "the conversation has more than %d events: list them instead", MAX_EVENTS);
    uint32_t capacity = state->event_capacity > 0 ? state->event_capacity * 2 : 16;
    struct timeline_event *events = realloc(state->events, capacity * sizeof *events);
    if (!events) return ht_fail(err, HT_NO_MEMORY, "out of memory for %u events", capacity);
    state->events = events;
    state->event_capacity = capacity < MAX_EVENTS ? capacity : MAX_EVENTS;
    return HT_OK;
}

static enum ht_status collect_payload(const struct ht_query *q, struct timeline *state, struct timeline_event *event,
                                      struct ht_error *err)
{
    const struct payload *payload = state->payload;
    uint32_t known = state->all.count;
    describe(event, payload);
    if (payload->facts.messages != HT_JSON_NONE) {
        enum ht_status status = timeline_union_add(&state->all, payload->json, payload->facts.messages,
                                                   state->event_count, event->at, &event->span, err);
        if (status != HT_OK) return status;
    }
    bool keeps =
        !q->resumed && state->page.kept_events == state->event_count && state->page.kept.text.size < KEEP_BYTES;
    if (!keeps) return HT_OK;
    return timeline_page_keep(&state->page, &state->all, known, state->payload, event, state->event_count, err);
}

static enum ht_status collect_event(const struct ht_query *q, struct timeline *state, uint64_t seq,
                                    struct ht_error *err)
{
    enum ht_status status = grow_events(state, err);
    if (status != HT_OK) return status;
    struct timeline_event event = {.seq = seq, .span = {TIMELINE_NONE, TIMELINE_NONE, false}};
    status = payload_read(state->payload, state->reader, seq, err);
    if (status == HT_OK) {
        status = collect_payload(q, state, &event, err);
    } else if (is_unreadable(status)) {
        describe_unreadable(state, &event);
        status = HT_OK;
    }
    if (status != HT_OK) return status;
    state->events[state->event_count++] = event;
    state->last_seq = seq;
    return HT_OK;
}

/* The next event of the conversation; HT_NOT_FOUND behind the last one that is considered. */
static enum ht_status next_event(struct timeline *state, struct ht_postings *postings, uint64_t *seq,
                                 struct ht_error *err)
{
    if (state->last_seq == UINT64_MAX) return HT_NOT_FOUND;
    enum ht_status status = ht_postings_at_least(postings, state->last_seq + 1, seq, err);
    return status == HT_OK && *seq > state->as_of ? HT_NOT_FOUND : status;
}

static bool is_all_erased(const struct timeline *state)
{
    for (uint32_t i = 0; i < state->event_count; i++) {
        if (state->events[i].erasure == 0) return false;
    }
    return true;
}

/* What took the last of it. */
static enum ht_status fail_erased(const struct timeline *state, struct ht_error *err)
{
    struct ht_erasure erasure;
    enum ht_status status = ht_erasure_get(state->reader, state->events[state->event_count - 1].erasure, &erasure, err);
    return status == HT_OK ? ht_fail_erased(err, "the conversation", &erasure) : status;
}

static enum ht_status collect_from(struct ht_query *q, struct timeline *state, struct ht_postings *postings,
                                   struct ht_error *err)
{
    uint64_t bytes = 0;
    enum ht_status status = HT_OK;
    if (state->as_of == 0) status = ht_postings_at_most(postings, q->as_of ? q->as_of : UINT64_MAX, &state->as_of, err);
    while (status == HT_OK && query_spend(q, bytes)) {
        uint64_t seq;
        status = next_event(state, postings, &seq, err);
        if (status == HT_OK) status = collect_event(q, state, seq, err);
        bytes = state->payload->record.payload.size;
    }
    if (status != HT_NOT_FOUND) return status;
    if (state->event_count == 0)
        return q->resumed ? fail_cursor(err) : ht_fail(err, HT_NOT_FOUND, "no such conversation");
    if (is_all_erased(state)) return fail_erased(state, err);
    state->phase = PHASE_ORDER;
    return timeline_order_begin(&state->order, &state->all, state->events, state->event_count, err);
}

static enum ht_status collect(struct ht_query *q, struct timeline *state, struct ht_error *err)
{
    struct ht_postings *postings;
    enum ht_status status = ht_postings_open(state->reader, HT_KIND_CONVERSATION, state->conversation, &postings, err);
    if (status != HT_OK) return status;
    status = collect_from(q, state, postings, err);
    ht_postings_close(postings);
    return status;
}

/* ---- ordering, choosing, reading ---- */

static enum ht_status order(struct ht_query *q, struct timeline *state, struct ht_error *err)
{
    (void)q, (void)err;
    if (timeline_order_step(&state->order, ORDER_STEP)) state->phase = PHASE_CHOOSE;
    return HT_OK;
}

static uint32_t limit_of(const struct ht_query *q)
{
    if (q->page_limit > 0) return q->page_limit;
    bool given = q->filter.given & FILTER_BIT(FILTER_LIMIT) || q->filter.limit != HT_FILTER_LIMIT;
    uint32_t limit = given ? q->filter.limit : DEFAULT_LIMIT;
    return limit < HT_FILTER_MAX_LIMIT ? limit : HT_FILTER_MAX_LIMIT;
}

static enum ht_status choose(struct ht_query *q, struct timeline *state, struct ht_error *err)
{
    if (q->resumed) {
        uint32_t last = timeline_page_find(&state->order, q->resume[WORD_SEQ], q->resume[WORD_SLOT]);
        if (last == TIMELINE_NONE) return fail_cursor(err);
        state->page.first = last + 1;
    }
    state->phase = PHASE_READ;
    return timeline_page_choose(&state->page, limit_of(q), err);
}

static enum ht_status read_payloads(struct ht_query *q, struct timeline *state, struct ht_error *err)
{
    uint64_t bytes = 0;
    while (timeline_page_needs(&state->page) != TIMELINE_NONE) {
        if (!query_spend(q, bytes)) return HT_OK;
        uint64_t seq = state->events[timeline_page_needs(&state->page)].seq;
        enum ht_status status = payload_read(state->payload, state->reader, seq, err);
        bytes = state->payload->record.payload.size;
        if (status == HT_OK) {
            status = timeline_page_make(&state->page, state->payload, err);
        } else if (is_unreadable(status)) {
            timeline_page_skip(&state->page);
            status = HT_OK;
        }
        if (status != HT_OK) return status;
    }
    state->phase = PHASE_WRITE;
    return HT_OK;
}

/* ---- writing ---- */

static enum ht_status emit_leads(struct ht_query *q, const struct timeline *state, struct ht_error *err)
{
    uint32_t lead = 0;
    enum ht_status status = HT_OK;
    ht_emit_key(&q->emit, "lead_ids");
    ht_emit_array(&q->emit);
    for (int i = 0; i < MAX_LEADS && status == HT_OK; i++) {
        struct ht_slice id;
        status = ht_index_linked(state->reader, HT_KIND_CONVERSATION, state->conversation, lead, &lead, err);
        if (status == HT_OK) status = query_name(state->reader, HT_KIND_LEAD, lead, &id, err);
        if (status == HT_OK) ht_emit_string(&q->emit, id);
    }
    ht_emit_end_array(&q->emit);
    return status == HT_NOT_FOUND ? HT_OK : status;
}

static void emit_times(struct ht_query *q, const struct timeline *state)
{
    int64_t first = HT_TIME_NONE, last = HT_TIME_NONE;
    for (uint32_t i = 0; i < state->event_count; i++) {
        const struct timeline_event *event = &state->events[i];
        if (event->untimed) continue;
        if (first == HT_TIME_NONE || event->at < first) first = event->at;
        if (last == HT_TIME_NONE || event->at > last) last = event->at;
    }
    ht_emit_key(&q->emit, "first_at");
    ht_emit_time(&q->emit, first);
    ht_emit_key(&q->emit, "last_at");
    ht_emit_time(&q->emit, last);
}

static enum ht_status emit_conversation(struct ht_query *q, const struct timeline *state, struct ht_error *err)
{
    struct ht_summary summary;
    struct ht_reader *reader = state->reader;
    enum ht_status status = ht_index_summary(reader, HT_KIND_CONVERSATION, state->conversation, &summary, err);
    if (status != HT_OK) return status;
    ht_emit_key(&q->emit, "conversation");
    ht_emit_object(&q->emit);
    ht_emit_key(&q->emit, "id");
    ht_emit_string(&q->emit, query_id(&q->id));
    status = query_emit_name(q, reader, "agent_id", HT_KIND_AGENT, summary.agent, err);
    if (status == HT_OK) status = query_emit_name(q, reader, "agent_name", HT_KIND_AGENT_NAME, summary.agent_name, err);
    if (status == HT_OK) status = emit_leads(q, state, err);
    if (status == HT_OK) status = query_emit_name(q, reader, "visitor_id", HT_KIND_VISITOR, summary.visitor, err);
    if (status != HT_OK) return status;
    emit_times(q, state);
    ht_emit_key(&q->emit, "events");
    ht_emit_uint(&q->emit, state->event_count);
    ht_emit_key(&q->emit, "messages");
    ht_emit_uint(&q->emit, state->order.message_count);
    ht_emit_end_object(&q->emit);
    return HT_OK;
}

static void set_next(struct ht_query *q, const struct timeline *state)
{
    if (state->page.end == state->order.count) return;
    uint64_t words[QUERY_POSITION_WORDS] = {[WORD_AS_OF] = state->as_of};
    timeline_page_name(&state->order, state->page.end - 1, &words[WORD_SEQ], &words[WORD_SLOT]);
    query_set_next(q, words);
}

static enum ht_status write_lines(struct ht_query *q, struct timeline *state)
{
    state->page.shows_last = true;
    for (uint32_t i = state->page.first; i < state->page.end; i++) {
        timeline_page_emit_item(&state->page, i, state->reader, &q->emit);
        query_item_end(q);
    }
    set_next(q, state);
    query_finish(q);
    return HT_OK;
}

static void emit_items(struct ht_query *q, const struct timeline *state)
{
    ht_emit_key(&q->emit, "items");
    ht_emit_array(&q->emit);
    for (uint32_t i = state->page.first; i < state->page.end; i++)
        timeline_page_emit_item(&state->page, i, state->reader, &q->emit);
    ht_emit_end_array(&q->emit);
}

static enum ht_status write_document(struct ht_query *q, struct timeline *state, struct ht_error *err)
{
    (void)ht_buffer_reserve(&q->out, HEAD_BYTES + state->page.bytes); /* at once; what is amiss shows at the end */
    if (q->format == HT_FORMAT_LINES) return write_lines(q, state);
    ht_emit_object(&q->emit);
    enum ht_status status = emit_conversation(q, state, err);
    if (status != HT_OK) return status;
    emit_items(q, state);
    set_next(q, state);
    query_emit_next(q);
    ht_emit_end_object(&q->emit);
    query_finish(q);
    return HT_OK;
}

/* ---- */

typedef enum ht_status timeline_phase(struct ht_query *q, struct timeline *state, struct ht_error *err);
static timeline_phase *const phases[] = {
    [PHASE_COLLECT] = collect,    [PHASE_ORDER] = order,          [PHASE_CHOOSE] = choose,
    [PHASE_READ] = read_payloads, [PHASE_WRITE] = write_document,
};

static enum ht_status timeline_step(struct ht_query *q, struct ht_reader *reader, struct ht_error *err)
{
    struct timeline *state = q->state;
    state->reader = reader;
    enum ht_status status = ht_index_number(reader, HT_KIND_CONVERSATION, query_id(&q->id), &state->conversation, err);
    if (status == HT_NOT_FOUND) return query_fail_missing(q, reader, HT_KIND_CONVERSATION, "conversation", err);
    for (bool over = false; status == HT_OK && !over;) {
        enum phase before = state->phase;
        status = phases[before](q, state, err);
        over = q->done || state->phase == before;
    }
    return status;
}

const struct query_ops timeline_query_ops = {.open = timeline_open, .step = timeline_step, .free = timeline_free};
