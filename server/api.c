#include "api.h"

#include <sodium.h>
#include <stdio.h>

#include "email.h"
#include "field.h"
#include "hooktrail/encode.h"
#include "hooktrail/query.h"
#include "hooktrail/trail.h"
#include "read.h"
#include "reply.h"

/* A page of more than there may be. */
static void count_limit(struct ht_request *request, struct ht_slice name, struct ht_slice value)
{
    uint64_t limit;
    bool is_page = ht_slice_is(name, "limit") && ht_parse_u64(value, &limit) == HT_OK && limit > HT_FILTER_MAX_LIMIT;
    if (is_page) ht_metrics_limit(&request->loop->server->metrics, HT_LIMIT_PAGE);
}

enum ht_status ht_api_filter(struct ht_request *request, struct ht_filter *filter, const char *extra,
                             struct ht_buffer *extra_value, bool *has_extra, struct ht_error *err)
{
    struct ht_buffer scratch = {0};
    struct ht_slice query = request->match.query, name, value;
    enum ht_status status = HT_OK;
    bool valid;
    ht_filter_init(filter);
    while (status == HT_OK && ht_router_next_pair(&query, &scratch, &name, &value, &valid)) {
        if (scratch.failed) {
            status = ht_buffer_status(&scratch, err);
        } else if (!valid) {
            status = ht_fail(err, HT_INVALID, "the query string is malformed");
        } else if (extra && ht_slice_is(name, extra)) {
            ht_buffer_clear(extra_value);
            ht_buffer_add(extra_value, value);
            *has_extra = true;
            status = ht_buffer_status(extra_value, err);
        } else {
            status = ht_filter_set(filter, name, value, request->received_at, err);
            if (status != HT_OK) count_limit(request, name, value);
        }
    }
    ht_buffer_release(&scratch);
    return status;
}

/* ---- documents ---- */

/* The address of the next page: the same question with another cursor. */
static enum ht_status add_link(struct ht_request *request, const char *cursor, struct ht_error *err)
{
    struct ht_buffer link = {0};
    struct ht_slice target = ht_request_target(request), query = request->match.query;
    size_t path = query.data ? (size_t)(query.data - target.data) - 1 : target.size;
    ht_buffer_add_byte(&link, '<');
    ht_buffer_add_bytes(&link, target.data, path);
    ht_buffer_add_byte(&link, '?');
    while (query.data && query.size > 0) {
        const char *end = memchr(query.data, '&', query.size);
        size_t size = end ? (size_t)(end - query.data) : query.size;
        bool is_cursor = size >= 7 && memcmp(query.data, "cursor=", 7) == 0;
        /* What could end the <…> has been percent-encoded or refused as no visible ASCII; '>' alone is left. */
        if (size > 0 && !is_cursor && !memchr(query.data, '>', size)) {
            ht_buffer_add_bytes(&link, query.data, size);
            ht_buffer_add_byte(&link, '&');
        }
        query = end ? ht_slice_of(end + 1, query.size - size - 1) : HT_ABSENT;
    }
    ht_buffer_printf(&link, "cursor=%s>; rel=\"next\"", cursor);
    const char *text = ht_buffer_text(&link);
    enum ht_status status = ht_buffer_status(&link, err);
    if (status == HT_OK) ht_request_add_header(request, "Link", text);
    ht_buffer_release(&link);
    return status;
}

static bool step(struct ht_read *read)
{
    struct ht_error err;
    struct ht_query *query = read->context;
    enum ht_status status = ht_query_step(query, read->request->loop->reader, &err);
    if (status == HT_OK && !ht_query_done(query)) return true;
    const char *next = status == HT_OK ? ht_query_next(query) : "";
    if (next[0] != '\0') status = add_link(read->request, next, &err);
    if (status == HT_OK)
        ht_reply_document(read->request, "application/json", ht_query_document(query));
    else
        ht_reply_problem(read->request, &err);
    return false;
}

static void release(void *context)
{
    ht_query_free(context);
}

static void answer_filter(struct ht_request *request, enum ht_query_kind kind, const struct ht_filter *filter)
{
    struct ht_error err;
    struct ht_query *query;
    enum ht_status status = ht_query_open(kind, HT_FORMAT_DOCUMENT, request->match.captures[0], filter, &query, &err);
    if (status == HT_OK)
        ht_read_begin(request, step, release, query);
    else
        ht_reply_problem(request, &err);
}

static void answer(struct ht_request *request, enum ht_query_kind kind)
{
    struct ht_error err;
    struct ht_filter filter;
    if (ht_api_filter(request, &filter, NULL, NULL, NULL, &err) == HT_OK)
        answer_filter(request, kind, &filter);
    else
        ht_reply_problem(request, &err);
}

void ht_api_events(struct ht_request *request)
{
    answer(request, HT_QUERY_EVENTS);
}

void ht_api_event(struct ht_request *request)
{
    answer(request, HT_QUERY_EVENT);
}

void ht_api_conversations(struct ht_request *request)
{
    answer(request, HT_QUERY_CONVERSATIONS);
}

void ht_api_timeline(struct ht_request *request)
{
    answer(request, HT_QUERY_TIMELINE);
}

void ht_api_history(struct ht_request *request)
{
    answer(request, HT_QUERY_HISTORY);
}

void ht_api_agents(struct ht_request *request)
{
    answer(request, HT_QUERY_AGENTS);
}

void ht_api_stats(struct ht_request *request)
{
    answer(request, HT_QUERY_STATS);
}

void ht_api_health(struct ht_request *request)
{
    answer(request, HT_QUERY_HEALTH);
}

void ht_api_rejected(struct ht_request *request)
{
    answer(request, HT_QUERY_REJECTED);
}

void ht_api_rejected_one(struct ht_request *request)
{
    answer(request, HT_QUERY_REJECTED_ONE);
}

void ht_api_acts(struct ht_request *request)
{
    answer(request, HT_QUERY_ACTS);
}

void ht_api_leads(struct ht_request *request)
{
    struct ht_error err;
    struct ht_filter filter;
    struct ht_buffer email = {0};
    bool by_email = false;
    if (ht_api_filter(request, &filter, "email", &email, &by_email, &err) != HT_OK)
        ht_reply_problem(request, &err);
    else if (by_email)
        ht_email_leads(request, ht_buffer_slice(&email), &filter);
    else
        answer_filter(request, HT_QUERY_LEADS, &filter);
    ht_buffer_release(&email);
}

/* ---- the payload ---- */

void ht_api_payload(struct ht_request *request)
{
    uint64_t seq;
    struct ht_error err;
    struct ht_record record;
    struct ht_loop *loop = request->loop;
    enum ht_status status = HT_OK;
    if (ht_parse_u64(request->match.captures[0], &seq) != HT_OK)
        status = ht_fail_field(&err, HT_INVALID, "seq", "this is no decimal number");
    if (status == HT_OK) status = ht_reader_begin(loop->reader, &err);
    if (status == HT_OK) {
        status = ht_trail_get(loop->reader, seq, loop->tools->unpacker, &record, &err);
        ht_reader_end(loop->reader);
    }
    if (status == HT_NOT_FOUND)
        ht_fail_field(&err, HT_NOT_FOUND, "seq", "there is no event %llu", (unsigned long long)seq);
    if (status != HT_OK) {
        ht_reply_problem(request, &err);
        return;
    }
    char hex[2 * HT_SHA256_SIZE + 1], etag[sizeof hex + 2];
    sodium_bin2hex(hex, sizeof hex, record.sha256, HT_SHA256_SIZE);
    snprintf(etag, sizeof etag, "\"%s\"", hex);
    const char *type = ht_field_is_type(record.delivery.content_type, "application/json") ? "application/json"
                                                                                          : "application/octet-stream";
    ht_reply_bytes(request, type, record.payload, etag);
}
