#include "query.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>

#include "cursor.h"
#include "filter.h"
#include "hooktrail/encode.h"
#include "hooktrail/erasure.h"

#define ROWS_PER_LOOK 16     /* rows between two looks at the clock */
#define BYTES_PER_LOOK 65536 /* or so many bytes in one row */

#define ENTITIES                                                                                                       \
    (FILTER_BIT(FILTER_AGENT) | FILTER_BIT(FILTER_CONVERSATION) | FILTER_BIT(FILTER_LEAD) | FILTER_BIT(FILTER_VISITOR))
#define TYPE FILTER_BIT(FILTER_TYPE)
#define TIMES (FILTER_BIT(FILTER_SINCE) | FILTER_BIT(FILTER_UNTIL))
#define SEQS (FILTER_BIT(FILTER_AFTER) | FILTER_BIT(FILTER_BEFORE))
#define ORDER FILTER_BIT(FILTER_ORDER)
#define PAGES (FILTER_BIT(FILTER_LIMIT) | FILTER_BIT(FILTER_CURSOR))

enum about { ABOUT_MANY, ABOUT_ENTITY, ABOUT_NUMBER };

/* What each kind is: who answers it, what it is about, which filters apply. */
static const struct kind_row {
    const struct query_ops *ops;
    enum about about;
    bool is_list;     /* can be had as lines */
    uint32_t filters; /* bits of enum filter_name */
} kinds[] = {
    [HT_QUERY_EVENTS] = {&events_query_ops, ABOUT_MANY, true, ENTITIES | TYPE | TIMES | SEQS | ORDER | PAGES},
    [HT_QUERY_EVENT] = {&event_query_ops, ABOUT_NUMBER, false, 0},
    [HT_QUERY_TIMELINE] = {&timeline_query_ops, ABOUT_ENTITY, false, ORDER | PAGES},
    [HT_QUERY_HISTORY] = {&history_query_ops, ABOUT_ENTITY, false, ORDER | PAGES},
    [HT_QUERY_CONVERSATIONS] = {&conversations_query_ops, ABOUT_MANY, true, ENTITIES | TYPE | TIMES | PAGES},
    [HT_QUERY_LEADS] = {&leads_query_ops, ABOUT_MANY, true, ENTITIES | TIMES | PAGES},
    [HT_QUERY_AGENTS] = {&agents_query_ops, ABOUT_MANY, true, FILTER_BIT(FILTER_AGENT) | TIMES | PAGES},
    [HT_QUERY_STATS] = {&stats_query_ops, ABOUT_MANY, false, FILTER_BIT(FILTER_AGENT) | TYPE | TIMES},
    [HT_QUERY_REJECTED] = {&rejected_query_ops, ABOUT_MANY, true, TIMES | PAGES},
    [HT_QUERY_REJECTED_ONE] = {&rejected_one_query_ops, ABOUT_NUMBER, false, 0},
    [HT_QUERY_ACTS] = {&acts_query_ops, ABOUT_MANY, true, TIMES | SEQS | ORDER | PAGES},
    [HT_QUERY_HEALTH] = {&health_query_ops, ABOUT_MANY, false, 0},
};

static enum ht_status check_filters(const struct ht_query *q, struct ht_error *err)
{
    uint32_t strange = filter_bits(&q->filter) & ~kinds[q->kind].filters;
    for (uint32_t i = 0; i < FILTER_NAME_COUNT; i++) {
        if (strange & FILTER_BIT(i))
            return ht_fail_field(err, HT_INVALID, ht_filter_names()[i].name, "this filter does not apply here");
    }
    bool unlimited = q->filter.limit == UINT32_MAX && q->format == HT_FORMAT_LINES;
    if (!unlimited && (q->filter.limit < 1 || q->filter.limit > HT_FILTER_MAX_LIMIT))
        return ht_fail_field(err, HT_INVALID, "limit", "the limit is a number from 1 to %d", HT_FILTER_MAX_LIMIT);
    return HT_OK;
}

static enum ht_status check_format(const struct ht_query *q, struct ht_error *err)
{
    if (q->format == HT_FORMAT_LINES && !kinds[q->kind].is_list)
        return ht_fail_field(err, HT_INVALID, "format", "only a list can be had as lines");
    if (q->format == HT_FORMAT_SSE && q->kind != HT_QUERY_EVENTS)
        return ht_fail_field(err, HT_INVALID, "format", "only events can be had as a stream");
    return HT_OK;
}

static enum ht_status take_id(struct ht_query *q, struct ht_slice id, struct ht_error *err)
{
    switch (kinds[q->kind].about) {
    case ABOUT_MANY:
        return HT_OK;
    case ABOUT_NUMBER:
        if (ht_parse_u64(id, &q->number) != HT_OK)
            return ht_fail_field(err, HT_INVALID, q->kind == HT_QUERY_EVENT ? "seq" : "number",
                                 "this is no decimal number");
        return HT_OK;
    case ABOUT_ENTITY:
        if (id.size == 0 || id.size > HT_MAX_ID)
            return ht_fail_field(err, HT_INVALID, "id", "an id is 1 to %d bytes", HT_MAX_ID);
        q->id.set = true;
        q->id.size = (uint16_t)id.size;
        memcpy(q->id.text, id.data, id.size);
        return HT_OK;
    }
    return HT_INVALID;
}

/* Goes on where the cursor says. Where a bound was given as an age, the first page's time stands. */
static enum ht_status take_cursor(struct ht_query *q, struct ht_error *err)
{
    if (q->filter.cursor[0] == '\0') return HT_OK;
    struct cursor cursor;
    uint8_t binding[CURSOR_BINDING_SIZE];
    struct ht_slice text = ht_slice_of(q->filter.cursor, strnlen(q->filter.cursor, HT_CURSOR_SIZE));
    enum ht_status status = cursor_decode(text, &cursor, err);
    if (status != HT_OK) return status;
    cursor_bind(&q->id, &q->filter, binding);
    bool same = cursor.kind == q->kind && cursor.ascending == q->filter.ascending &&
                memcmp(binding, cursor.binding, sizeof binding) == 0;
    if (!same) return ht_fail_field(err, HT_INVALID, "cursor", "the cursor belongs to another query, filter or order");
    if (q->filter.since_is_age) q->filter.since = cursor.since;
    if (q->filter.until_is_age) q->filter.until = cursor.until;
    memcpy(q->resume, cursor.position, sizeof q->resume);
    q->resumed = true;
    return HT_OK;
}

static enum ht_status open_query(struct ht_query *q, struct ht_slice id, struct ht_error *err)
{
    enum ht_status status = check_format(q, err);
    if (status == HT_OK) status = check_filters(q, err);
    if (status == HT_OK) status = take_id(q, id, err);
    if (status == HT_OK) status = take_cursor(q, err);
    if (status == HT_OK && q->ops->open) status = q->ops->open(q, err);
    return status;
}

enum ht_status ht_query_open(enum ht_query_kind kind, enum ht_query_format format, struct ht_slice id,
                             const struct ht_filter *filter, struct ht_query **query, struct ht_error *err)
{
    assert((size_t)kind < sizeof kinds / sizeof kinds[0]);
    *query = NULL;
    struct ht_query *q = calloc(1, sizeof *q);
    if (!q) return ht_fail(err, HT_NO_MEMORY, "no memory for a query");
    q->ops = kinds[kind].ops;
    q->kind = kind;
    q->format = format;
    q->filter = *filter;
    ht_emit_init(&q->emit, &q->out);
    enum ht_status status = open_query(q, id, err);
    if (status != HT_OK) {
        ht_query_free(q);
        return status;
    }
    *query = q;
    return HT_OK;
}

void ht_query_free(struct ht_query *query)
{
    if (!query) return;
    if (query->ops->free) query->ops->free(query);
    ht_buffer_release(&query->out);
    free(query);
}

void ht_query_as_of(struct ht_query *query, uint64_t after, uint64_t seq, uint32_t limit)
{
    assert(query->kind == HT_QUERY_TIMELINE || query->kind == HT_QUERY_HISTORY);
    query->changes_after = after;
    query->as_of = seq;
    query->page_limit = limit;
    query->format = HT_FORMAT_LINES;
}

static struct query_budget full_budget(size_t out_size)
{
    return (struct query_budget){
        .rows = QUERY_STEP_ROWS,
        .bytes = QUERY_STEP_BYTES,
        .deadline = ht_time_steady() + QUERY_STEP_TIME,
        .until_look = ROWS_PER_LOOK,
        .out_size = out_size,
    };
}

static uint64_t less(uint64_t from, uint64_t amount)
{
    return amount < from ? from - amount : 0;
}

void query_charge(struct ht_query *q, uint32_t rows, uint64_t bytes)
{
    struct query_budget *left = &q->budget;
    left->rows = (uint32_t)less(left->rows, rows);
    left->bytes = less(left->bytes, bytes);
    left->until_look = bytes > BYTES_PER_LOOK ? 0 : (uint32_t)less(left->until_look, rows);
}

bool query_spend(struct ht_query *q, uint64_t bytes)
{
    struct query_budget *left = &q->budget;
    bool first = !left->begun;
    left->begun = true;
    size_t made = q->out.size - left->out_size;
    left->out_size = q->out.size;
    query_charge(q, 1, bytes + made);
    if (first) return true;
    if (left->rows == 0 || left->bytes == 0) return false;
    if (left->until_look > 0) return true;
    left->until_look = ROWS_PER_LOOK;
    return ht_time_steady() < left->deadline;
}

/* No later step, and no half item in what a caller has yet to take. */
static void fail_query(struct ht_query *q, enum ht_status status)
{
    q->failed = status;
    q->done = false;
    q->out.size = q->whole;
}

enum ht_status ht_query_step(struct ht_query *query, struct ht_reader *reader, struct ht_error *err)
{
    if (query->done) return HT_OK;
    if (query->failed != HT_OK) return ht_fail(err, query->failed, "this query failed before");
    enum ht_status status = ht_reader_begin(reader, err);
    if (status == HT_OK) {
        query->budget = full_budget(query->out.size);
        status = query->ops->step(query, reader, err);
        ht_reader_end(reader);
    }
    if (status == HT_OK) status = ht_buffer_status(&query->out, err);
    if (status != HT_OK) fail_query(query, status);
    return status;
}

enum ht_status ht_query_run(struct ht_query *query, struct ht_reader *reader, struct ht_error *err)
{
    while (!query->done) {
        enum ht_status status = ht_query_step(query, reader, err);
        if (status != HT_OK) return status;
    }
    return HT_OK;
}

bool ht_query_done(const struct ht_query *query)
{
    return query->done;
}

struct ht_slice ht_query_document(const struct ht_query *query)
{
    return ht_buffer_slice(&query->out);
}

void ht_query_drain(struct ht_query *query)
{
    ht_buffer_clear(&query->out);
    query->whole = 0;
}

const char *ht_query_next(const struct ht_query *query)
{
    return query->next;
}

uint64_t ht_query_position(const struct ht_query *query)
{
    return query->position;
}

/* ---- what the kinds share ---- */

void query_list_begin(struct ht_query *q, const char *name)
{
    if (q->begun) return;
    q->begun = true;
    if (q->format != HT_FORMAT_DOCUMENT) return;
    ht_emit_object(&q->emit);
    ht_emit_key(&q->emit, name);
    ht_emit_array(&q->emit);
}

void query_item_end(struct ht_query *q)
{
    if (q->format == HT_FORMAT_LINES) ht_buffer_add_byte(&q->out, '\n');
    q->whole = q->out.size;
}

void query_list_end(struct ht_query *q)
{
    assert(q->begun);
    if (q->format == HT_FORMAT_DOCUMENT) {
        ht_emit_end_array(&q->emit);
        query_emit_next(q);
        ht_emit_end_object(&q->emit);
    }
    query_finish(q);
}

void query_emit_next(struct ht_query *q)
{
    ht_emit_key(&q->emit, "next");
    ht_emit_text(&q->emit, q->next[0] ? q->next : NULL);
}

void query_finish(struct ht_query *q)
{
    assert(q->emit.depth == 0);
    if (q->format == HT_FORMAT_DOCUMENT) ht_buffer_add_byte(&q->out, '\n');
    q->done = true;
}

void query_set_next(struct ht_query *q, const uint64_t position[QUERY_POSITION_WORDS])
{
    struct cursor cursor = {
        .kind = q->kind, .ascending = q->filter.ascending, .since = q->filter.since, .until = q->filter.until};
    cursor_bind(&q->id, &q->filter, cursor.binding);
    memcpy(cursor.position, position, sizeof cursor.position);
    cursor_encode(&cursor, q->next);
}

enum ht_status query_fail_missing(const struct ht_query *q, struct ht_reader *reader, enum ht_kind kind,
                                  const char *what, struct ht_error *err)
{
    struct ht_erasure erasure;
    char the[32];
    enum ht_status status = ht_erasure_of(reader, kind, query_id(&q->id), &erasure, err);
    if (status == HT_NOT_FOUND) return ht_fail_field(err, HT_NOT_FOUND, "id", "no such %s", what);
    if (status != HT_OK) return status;
    snprintf(the, sizeof the, "the %s", what);
    return ht_fail_erased(err, the, &erasure);
}

enum ht_status query_name(struct ht_reader *reader, enum ht_kind kind, uint32_t number, struct ht_slice *name,
                          struct ht_error *err)
{
    *name = HT_ABSENT;
    if (number == 0) return HT_OK;
    enum ht_status status = ht_index_name(reader, kind, number, name, err);
    /* Of a conversation whose named events were all erased, only its tombstones are left. */
    if (status == HT_NOT_FOUND && kind == HT_KIND_CONVERSATION) return HT_OK;
    if (status == HT_NOT_FOUND)
        return ht_fail_index(reader, err, "the index has no name for number %u of kind %d", number, (int)kind);
    return status;
}

enum ht_status query_emit_name(struct ht_query *q, struct ht_reader *reader, const char *key, enum ht_kind kind,
                               uint32_t number, struct ht_error *err)
{
    struct ht_slice name;
    enum ht_status status = query_name(reader, kind, number, &name, err);
    if (status != HT_OK) return status;
    ht_emit_key(&q->emit, key);
    ht_emit_string(&q->emit, name);
    return HT_OK;
}
