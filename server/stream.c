#include "stream.h"

#include <stdlib.h>

#include "api.h"
#include "audit.h"
#include "auth.h"
#include "hooktrail/encode.h"
#include "hooktrail/query.h"
#include "reply.h"

#define HEARTBEAT_MS 15000
#define MAX_BACKLOG (256u * 1024) /* bytes that a client may leave untaken before we wait for it */
#define PAGE HT_FILTER_MAX_LIMIT

struct ht_stream {
    struct ht_stream *next; /* in the loop's list */
    struct ht_request *request;
    struct ht_turn turn;
    struct ht_filter filter; /* `after` moves on */
    struct ht_query *query;  /* under way, or NULL */
    int64_t quiet_since;     /* ms: when something was last sent */
    bool begun;              /* the head of the reply is out */
    bool held;               /* until it is recorded that it is read */
    bool ends;
};

static void free_stream(struct ht_stream *stream)
{
    struct ht_loop *loop = stream->request->loop;
    struct ht_stream **at = &loop->streams;
    while (*at != stream)
        at = &(*at)->next;
    *at = stream->next;
    atomic_fetch_sub_explicit(&loop->server->metrics.streams, 1, memory_order_relaxed);
    ht_turn_cancel(&loop->turns, &stream->turn);
    ht_query_free(stream->query);
    free(stream);
}

static void end(struct ht_stream *stream)
{
    struct ht_request *request = stream->request;
    bool begun = stream->begun;
    free_stream(stream);
    if (begun)
        ht_request_stream_end(request);
    else
        ht_reply_empty(request, 503);
}

static void go_on(struct ht_stream *stream)
{
    ht_turn_await(&stream->request->loop->turns, &stream->turn);
}

static void on_drained(struct evhttp_connection *connection, void *context)
{
    (void)connection;
    struct ht_stream *stream = context;
    go_on(stream);
}

static void send_bytes(struct ht_stream *stream, struct ht_slice bytes)
{
    if (bytes.size == 0) return;
    stream->quiet_since = ht_loop_tell_time(stream->request->loop);
    ht_request_stream_send(stream->request, bytes, on_drained, stream);
}

static void begin(struct ht_stream *stream)
{
    struct ht_request *request = stream->request;
    ht_request_add_header(request, "Content-Type", "text/event-stream");
    ht_request_add_header(request, "Cache-Control", "no-store");
    ht_request_add_header(request, "X-Request-Id", request->id);
    ht_request_add_header(request, "X-Accel-Buffering", "no");
    for (const struct ht_reply_header *header = ht_reply_common(); header->name; header++)
        ht_request_add_header(request, header->name, header->value);
    stream->begun = true;
    ht_request_stream_begin(request);
    send_bytes(stream, HT_SLICE("retry: 2000\n\n"));
}

/* Everything up to filter.after has been sent or doesn't match. */
static bool has_news(const struct ht_stream *stream)
{
    return stream->query || ht_progress_indexed(&stream->request->loop->server->progress).seq > stream->filter.after;
}

static enum ht_status step(struct ht_stream *stream, struct ht_error *err)
{
    enum ht_status status = HT_OK;
    if (!stream->query)
        status = ht_query_open(HT_QUERY_EVENTS, HT_FORMAT_SSE, HT_ABSENT, &stream->filter, &stream->query, err);
    if (status == HT_OK) status = ht_query_step(stream->query, stream->request->loop->reader, err);
    if (status != HT_OK) return status;
    send_bytes(stream, ht_query_document(stream->query));
    ht_query_drain(stream->query);
    if (!ht_query_done(stream->query)) return HT_OK;
    uint64_t position = ht_query_position(stream->query);
    if (position > stream->filter.after) stream->filter.after = position;
    ht_query_free(stream->query);
    stream->query = NULL;
    return HT_OK;
}

static void refuse(struct ht_stream *stream, const struct ht_error *err)
{
    struct ht_request *request = stream->request;
    free_stream(stream);
    ht_reply_problem(request, err);
}

static void on_recorded(struct ht_request *request, const struct ht_error *err)
{
    struct ht_stream *stream = request->context;
    stream->held = false;
    if (err)
        refuse(stream, err);
    else
        go_on(stream);
}

/* Begins, unless it is to be recorded first. */
static void begin_or_hold(struct ht_stream *stream)
{
    struct ht_error err;
    stream->held = ht_audit_wants(stream->request);
    if (!stream->held) {
        begin(stream);
        go_on(stream);
    } else if (ht_audit_record(stream->request, on_recorded, &err) != HT_OK) {
        refuse(stream, &err);
    }
}

static void take_turn(void *context)
{
    struct ht_stream *stream = context;
    struct ht_error err;
    if (stream->held) return;
    if (stream->ends) {
        end(stream);
        return;
    }
    if (!stream->begun) {
        begin_or_hold(stream);
        return;
    }
    /* A slow client is not read for: on_drained comes back when it has taken what there is. */
    if (!has_news(stream) || ht_conn_backlog(stream->request->conn) > MAX_BACKLOG) return;
    uint64_t before = stream->filter.after;
    if (step(stream, &err) != HT_OK) {
        ht_log_failure(&stream->request->loop->server->log, HT_LOG_WARNING, "a live stream ends", &err);
        end(stream);
        return;
    }
    bool moved = stream->query || stream->filter.after > before;
    if (moved && has_news(stream)) go_on(stream);
}

static void on_left(struct ht_request *request)
{
    struct ht_stream *stream = request->context;
    stream->ends = true;
    go_on(stream);
}

/* ---- beginning ---- */

/* Last-Event-ID is what a client says when it comes back; ?after= is still in its address from the first time. */
static enum ht_status set_start(struct ht_request *request, struct ht_slice after, struct ht_filter *filter,
                                struct ht_error *err)
{
    struct ht_slice last = ht_request_header(request, "Last-Event-ID");
    if (last.data && last.size > 0) {
        if (ht_parse_u64(last, &filter->after) == HT_OK) return HT_OK;
        return ht_fail_field(err, HT_INVALID, "Last-Event-ID", "this is no decimal number");
    }
    if (after.data) return ht_filter_set(filter, HT_SLICE("after"), after, request->received_at, err);
    filter->after = request->wanted.seq;
    return HT_OK;
}

static enum ht_status read_filter(struct ht_request *request, struct ht_filter *filter, struct ht_error *err)
{
    struct ht_filter all;
    struct ht_buffer after = {0};
    bool given = false;
    ht_filter_init(&all);
    enum ht_status status = ht_api_filter(request, filter, "after", &after, &given, err);
    bool bounded = filter->limit != all.limit || filter->before != all.before || filter->until != all.until;
    if (status == HT_OK && (bounded || filter->cursor[0] != '\0' || filter->ascending))
        status =
            ht_fail(err, HT_INVALID, "a stream has no end and one order: no limit, before, until, order or cursor");
    filter->ascending = true;
    filter->limit = PAGE;
    if (status == HT_OK) status = set_start(request, given ? ht_buffer_slice(&after) : HT_ABSENT, filter, err);
    ht_buffer_release(&after);
    return status;
}

static enum ht_status check_room(struct ht_loop *loop, struct ht_error *err)
{
    struct ht_server *server = loop->server;
    uint64_t limit = ht_config_number(&server->config, HT_SETTING_MAX_STREAMS);
    if (ht_loop_is_stopping(loop)) return ht_fail(err, HT_STOPPING, "the daemon is shutting down");
    if ((uint64_t)atomic_load_explicit(&server->metrics.streams, memory_order_relaxed) < limit) return HT_OK;
    ht_metrics_limit(&server->metrics, HT_LIMIT_STREAMS);
    return ht_fail(err, HT_BUSY, "there are %llu live streams already", (unsigned long long)limit);
}

static struct ht_stream *stream_new(struct ht_request *request, const struct ht_filter *filter)
{
    struct ht_loop *loop = request->loop;
    struct ht_stream *stream = calloc(1, sizeof *stream);
    if (!stream) return NULL;
    stream->turn = (struct ht_turn){.take = take_turn, .context = stream};
    stream->request = request;
    stream->filter = *filter;
    stream->next = loop->streams;
    loop->streams = stream;
    atomic_fetch_add_explicit(&loop->server->metrics.streams, 1, memory_order_relaxed);
    return stream;
}

static enum ht_status open_stream(struct ht_request *request, struct ht_error *err)
{
    struct ht_filter filter;
    enum ht_status status = check_room(request->loop, err);
    if (status == HT_OK) status = read_filter(request, &filter, err);
    if (status != HT_OK) return status;
    struct ht_stream *stream = stream_new(request, &filter);
    if (!stream) return ht_fail(err, HT_NO_MEMORY, "out of memory");
    request->context = stream;
    request->client_left = on_left;
    go_on(stream);
    return HT_OK;
}

void ht_stream_serve(struct ht_request *request)
{
    struct ht_error err;
    if (request->head || !request->conn)
        ht_reply_empty(request, 200);
    else if (open_stream(request, &err) != HT_OK)
        ht_reply_problem(request, &err);
}

/* ---- what happens meanwhile ---- */

void ht_stream_index_advanced(struct ht_loop *loop)
{
    for (struct ht_stream *stream = loop->streams; stream; stream = stream->next) {
        if (stream->begun && has_news(stream)) go_on(stream);
    }
}

/* A stream doesn't outlive the token or session that let it in. */
static void end_unwelcome(struct ht_loop *loop)
{
    struct ht_error err;
    if (!loop->streams || ht_reader_begin(loop->reader, &err) != HT_OK) return;
    for (struct ht_stream *stream = loop->streams; stream; stream = stream->next) {
        if (!stream->begun || stream->ends || ht_auth_lasts(stream->request)) continue;
        stream->ends = true;
        go_on(stream);
    }
    ht_reader_end(loop->reader);
}

void ht_stream_tick(struct ht_loop *loop)
{
    end_unwelcome(loop);
    for (struct ht_stream *stream = loop->streams; stream; stream = stream->next) {
        if (!stream->begun || loop->now - stream->quiet_since < HEARTBEAT_MS) continue;
        if (ht_conn_backlog(stream->request->conn) == 0) send_bytes(stream, HT_SLICE(": still here\n\n"));
    }
}

void ht_stream_end_all(struct ht_loop *loop)
{
    for (struct ht_stream *stream = loop->streams; stream; stream = stream->next) {
        stream->ends = true;
        go_on(stream);
    }
}
