#include "refusal.h"

#include <event2/util.h>
#include <netdb.h>
#include <stdio.h>
#include <sys/socket.h>

#include "door.h"
#include "field.h"
#include "hooktrail/time.h"
#include "ingest.h"
#include "loop.h"
#include "reply.h"
#include "routes.h"
#include "sender.h"
#include "share.h"
#include "writer.h"

/* ---- the answer ---- */

static void add_response(struct ht_buffer *out, int code, const char *retry_after, struct ht_slice body)
{
    char date[64];
    evutil_date_rfc1123(date, sizeof date, NULL);
    ht_buffer_printf(out, "HTTP/1.1 %d %s\r\nDate: %s\r\n", code, ht_reply_phrase(code), date);
    ht_buffer_printf(out, "Content-Type: application/problem+json\r\nContent-Length: %zu\r\n", body.size);
    ht_buffer_add_text(out, "Connection: close\r\nCache-Control: no-store\r\n");
    if (retry_after) ht_buffer_printf(out, "Retry-After: %s\r\n", retry_after);
    for (const struct ht_reply_header *header = ht_reply_common(); header->name; header++)
        ht_buffer_printf(out, "%s: %s\r\n", header->name, header->value);
    ht_buffer_add_text(out, "\r\n");
    ht_buffer_add(out, body);
}

/* Where there is no memory for more. */
static struct ht_slice bare_response(void)
{
    return HT_SLICE(
        "HTTP/1.1 503 Service Unavailable\r\nContent-Length: 0\r\nConnection: close\r\nCache-Control: no-store\r\n"
        "Retry-After: 2\r\n\r\n");
}

static void answer_with(struct ht_conn *conn, int code, const char *title, const struct ht_error *err)
{
    struct ht_buffer body = {0}, response = {0};
    ht_reply_add_problem(&body, code, title, err);
    add_response(&response, code, ht_reply_retry_after(err->status), ht_buffer_slice(&body));
    ht_conn_refuse(conn, body.failed || response.failed ? bare_response() : ht_buffer_slice(&response));
    ht_buffer_release(&body);
    ht_buffer_release(&response);
}

static void answer(struct ht_conn *conn, const struct ht_error *err)
{
    struct ht_error told = *err;
    ht_reply_for_strangers(&told);
    answer_with(conn, ht_status_http(told.status), NULL, &told);
}

/* ---- an over-long delivery: its head is kept ---- */

static void on_committed(struct ht_job *job)
{
    struct ht_conn *conn = job->context;
    const struct ht_error *err = job->status == HT_OK ? &job->reason : &job->err;
    ht_metrics_delivery(&job->loop->server->metrics, ht_ingest_result(err->status));
    answer(conn, err);
    job->loop->pending--;
    ht_conn_unpin(conn);
    ht_job_free(job);
}

static void begin_sender(struct ht_conn *conn, struct ht_sender *sender)
{
    char text[HT_SENDER_SIZE];
    struct sockaddr_storage peer = {0};
    struct sockaddr *address = (struct sockaddr *)&peer;
    socklen_t size = sizeof peer;
    bool known = getpeername(bufferevent_getfd(conn->bev), address, &size) == 0 &&
                 getnameinfo(address, size, text, sizeof text, NULL, 0, NI_NUMERICHOST) == 0;
    ht_sender_init(sender, known ? text : "", ht_server_believed(conn->loop->server));
}

static void describe(struct ht_conn *conn, const struct ht_match *match, const struct ht_endpoint *endpoint,
                     struct ht_delivery *delivery, struct ht_sender *sender)
{
    *delivery = (struct ht_delivery){.received_at = ht_time_now(), .endpoint = endpoint->id};
    struct ht_slice name, value;
    begin_sender(conn, sender);
    for (size_t at = 0; ht_watch_next_header(&conn->watch, &at, &name, &value);) {
        ht_delivery_add_header(delivery, name, value);
        if (ht_slice_is_word(name, "x-forwarded-for")) ht_sender_forwarded(sender, value);
    }
    delivery->sender = ht_slice_from(sender->address);
    delivery->path_type = match->captures[1];
    delivery->content_type = ht_watch_header(&conn->watch, "content-type");
}

static enum ht_status put_job(struct ht_conn *conn, const struct ht_match *match, const struct ht_endpoint *endpoint,
                              const struct ht_error *reason, struct ht_error *err)
{
    struct ht_sender sender;
    struct ht_delivery delivery;
    describe(conn, match, endpoint, &delivery, &sender);
    struct ht_job *job = ht_job_new(conn->loop, HT_JOB_APPEND, on_committed, conn);
    if (!job) return ht_fail(err, HT_NO_MEMORY, "out of memory");
    job->reason = *reason;
    enum ht_status status = ht_append_pack_rejected(&job->append, &delivery, ht_buffer_slice(&conn->watch.kept),
                                                    conn->watch.announced, reason, err);
    if (status == HT_OK) status = ht_writer_put(conn->loop->server->writer, job, err);
    if (status == HT_OK) {
        ht_conn_pin(conn);
        conn->loop->pending++;
    } else {
        ht_job_free(job);
    }
    return status;
}

static enum ht_status keep(struct ht_conn *conn, const struct ht_match *match, const struct ht_error *reason,
                           struct ht_error *err)
{
    struct ht_endpoint endpoint;
    enum ht_status status = ht_ingest_admit(conn->loop, HT_WATCH_KEPT, err);
    if (status == HT_OK) status = ht_ingest_find(conn->loop, match->captures[0], &endpoint, err);
    if (status != HT_OK) return status;
    status = put_job(conn, match, &endpoint, reason, err);
    explicit_bzero(&endpoint, sizeof endpoint);
    return status;
}

void ht_refusal_end(struct ht_conn *conn)
{
    struct ht_error err;
    ht_fail(&err, HT_NOT_FOUND, "there is nothing here");
    answer(conn, &err);
}

/* Wrong secrets are slowed, whatever their size: the sweep answers later. */
static void deny(struct ht_conn *conn)
{
    int64_t delay = ht_share_failed(conn, NULL);
    conn->answer_at = conn->loop->now + delay;
    if (delay == 0) ht_refusal_end(conn);
}

static void refuse_large(struct ht_conn *conn)
{
    struct ht_error reason, err;
    struct ht_match match;
    uint64_t max = conn->watch.max_body;
    ht_fail(&reason, HT_TOO_LARGE, "the body is longer than %llu bytes", (unsigned long long)max);
    unsigned method = ht_slice_is(ht_watch_method(&conn->watch), "POST") ? HT_METHOD_POST : HT_METHOD_OTHER;
    ht_routes_match(conn->door->entrance->faces, method, ht_watch_target(&conn->watch), &match);
    enum ht_status status = HT_OK;
    err = reason;
    if (match.decoded.failed) {
        status = ht_fail(&err, HT_NO_MEMORY, "out of memory for the path");
    } else if (ht_routes_is_ingest(match.route)) {
        status = keep(conn, &match, &reason, &err);
        if (status != HT_OK) ht_metrics_delivery(&conn->loop->server->metrics, ht_ingest_result(status));
        if (status == HT_BUSY) ht_metrics_limit(&conn->loop->server->metrics, HT_LIMIT_QUEUE);
    } else {
        status = HT_TOO_LARGE;
    }
    if (status == HT_NOT_FOUND || (status == HT_TOO_LARGE && !match.route && !match.allowed))
        deny(conn);
    else if (status != HT_OK)
        answer(conn, &err);
    ht_buffer_wipe(&match.decoded);
}

/* ---- which refusal ---- */

static void count_limit(struct ht_conn *conn)
{
    struct ht_metrics *metrics = &conn->loop->server->metrics;
    enum ht_watch_state state = conn->watch.state;
    if (state == HT_WATCH_TOO_LARGE) ht_metrics_limit(metrics, HT_LIMIT_BODY);
    if (state == HT_WATCH_HEAD_TOO_LARGE) ht_metrics_limit(metrics, HT_LIMIT_HEADER);
    if (state == HT_WATCH_TOO_MANY_HEADERS) ht_metrics_limit(metrics, HT_LIMIT_HEADERS);
}

void ht_refusal_of_crowd(int fd)
{
    char drained[4096];
    struct ht_error err;
    struct ht_buffer body = {0}, response = {0};
    ht_fail(&err, HT_LIMITED, "too many connections from this address");
    ht_reply_add_problem(&body, ht_status_http(err.status), NULL, &err);
    add_response(&response, ht_status_http(err.status), ht_reply_retry_after(err.status), ht_buffer_slice(&body));
    /* What came already must be read, or the close would be a reset that overtakes the answer. */
    if (recv(fd, drained, sizeof drained, MSG_DONTWAIT) != 0 && !body.failed && !response.failed)
        (void)!send(fd, response.data, response.size, MSG_DONTWAIT | MSG_NOSIGNAL);
    ht_buffer_release(&body);
    ht_buffer_release(&response);
}

void ht_refusal_begin(struct ht_conn *conn)
{
    struct ht_error err;
    count_limit(conn);
    switch (conn->watch.state) {
    case HT_WATCH_TOO_LARGE:
        refuse_large(conn);
        return;
    case HT_WATCH_HEAD_TOO_LARGE:
        ht_fail(&err, HT_TOO_LARGE, "the head is longer than %zu bytes", conn->watch.max_head);
        answer_with(conn, 431, "request header fields too large", &err);
        return;
    case HT_WATCH_UNKNOWN_METHOD:
        ht_fail(&err, HT_NOT_ALLOWED, "the method is not understood");
        answer_with(conn, 501, "not implemented", &err);
        return;
    case HT_WATCH_TOO_MANY_HEADERS:
    case HT_WATCH_MALFORMED:
        ht_fail(&err, HT_INVALID, "%s", conn->watch.reason);
        answer(conn, &err);
        return;
    case HT_WATCH_NO_MEMORY:
        ht_fail(&err, HT_NO_MEMORY, "out of memory for the head of a request");
        answer(conn, &err);
        return;
    case HT_WATCH_HEAD:
    case HT_WATCH_BODY:
    case HT_WATCH_DONE:
        break;
    }
}
