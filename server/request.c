#include "request.h"

#include <event2/buffer.h>
#include <event2/http_struct.h>
#include <event2/keyvalq_struct.h>
#include <sodium.h>
#include <stdlib.h>
#include <strings.h>

#include "audit.h"
#include "auth.h"
#include "field.h"
#include "hooktrail/time.h"
#include "hosts.h"
#include "reply.h"
#include "routes.h"
#include "share.h"
#include "strict.h"

/* ---- what came ---- */

struct ht_slice ht_request_header(const struct ht_request *request, const char *name)
{
    return ht_slice_from(evhttp_find_header(evhttp_request_get_input_headers(request->http), name));
}

struct ht_slice ht_request_body(struct ht_request *request)
{
    struct evbuffer *input = evhttp_request_get_input_buffer(request->http);
    size_t size = evbuffer_get_length(input);
    unsigned char *data = size ? evbuffer_pullup(input, -1) : NULL;
    return data ? ht_slice_of(data, size) : HT_SLICE("");
}

struct ht_slice ht_request_target(const struct ht_request *request)
{
    return ht_slice_from(evhttp_request_get_uri(request->http));
}

void ht_request_sender(const struct ht_request *request, struct ht_sender *sender)
{
    char *peer = NULL;
    ev_uint16_t port;
    struct evhttp_connection *connection = evhttp_request_get_connection(request->http);
    const struct ht_proxies *believed = ht_server_believed(request->loop->server);
    if (connection) evhttp_connection_get_peer(connection, &peer, &port);
    ht_sender_init(sender, peer ? peer : "", believed);
    if (!believed) return;
    const struct evkeyval *header = evhttp_request_get_input_headers(request->http)->tqh_first;
    for (; header; header = header->next.tqe_next) {
        if (ht_slice_is_word(ht_slice_from(header->key), "x-forwarded-for"))
            ht_sender_forwarded(sender, ht_slice_from(header->value));
    }
}

static const struct {
    const char *name;
    enum evhttp_cmd_type command;
    unsigned method;
} methods[] = {
    {"GET", EVHTTP_REQ_GET, HT_METHOD_GET},           {"HEAD", EVHTTP_REQ_HEAD, HT_METHOD_GET},
    {"POST", EVHTTP_REQ_POST, HT_METHOD_POST},        {"DELETE", EVHTTP_REQ_DELETE, HT_METHOD_DELETE},
    {"PUT", EVHTTP_REQ_PUT, HT_METHOD_OTHER},         {"PATCH", EVHTTP_REQ_PATCH, HT_METHOD_OTHER},
    {"OPTIONS", EVHTTP_REQ_OPTIONS, HT_METHOD_OTHER},
};
#define METHOD_COUNT (sizeof methods / sizeof methods[0])

static size_t method_of(const struct ht_request *request)
{
    size_t i = 0;
    while (i < METHOD_COUNT && methods[i].command != evhttp_request_get_command(request->http))
        i++;
    return i;
}

static enum ht_status check(struct ht_request *request, size_t method, struct ht_error *err)
{
    struct ht_strict strict;
    if (method == METHOD_COUNT) return ht_fail(err, HT_INVALID, "the method is not understood");
    ht_strict_init(&strict, ht_slice_from(methods[method].name), ht_request_target(request), request->http->major,
                   request->http->minor);
    strict.max_headers = (unsigned)ht_config_number(&request->loop->server->config, HT_SETTING_MAX_HEADERS);
    const struct evkeyval *header;
    for (header = evhttp_request_get_input_headers(request->http)->tqh_first; header; header = header->next.tqe_next)
        ht_strict_header(&strict, ht_slice_from(header->key), ht_slice_from(header->value));
    return ht_strict_check(&strict, err);
}

static bool is_sane_id(struct ht_slice id)
{
    if (id.size == 0 || id.size >= HT_REQUEST_ID_SIZE) return false;
    for (size_t i = 0; i < id.size; i++) {
        char byte = id.data[i];
        bool plain = (byte >= 'a' && byte <= 'z') || (byte >= 'A' && byte <= 'Z') || (byte >= '0' && byte <= '9');
        if (!plain && byte != '-' && byte != '_' && byte != '.') return false;
    }
    return true;
}

static void set_id(struct ht_request *request)
{
    struct ht_slice given = ht_request_header(request, "X-Request-Id");
    if (is_sane_id(given)) {
        memcpy(request->id, given.data, given.size);
        return;
    }
    uint8_t random[12];
    randombytes_buf(random, sizeof random);
    sodium_bin2hex(request->id, sizeof request->id, random, sizeof random);
}

/* evhttp sees no more of Connection than that it begins with "close". */
static bool asks_to_close(const struct ht_request *request)
{
    const struct evkeyval *header = evhttp_request_get_input_headers(request->http)->tqh_first;
    for (; header; header = header->next.tqe_next) {
        struct ht_slice element, list = ht_slice_from(header->value);
        if (strcasecmp(header->key, "connection") != 0) continue;
        while (ht_field_next(&list, &element))
            if (ht_slice_is_word(element, "close")) return true;
    }
    return false;
}

/* What asks for a token must be asked by a name of ours. Over TLS the certificate has seen to that; without a Host,
   which HTTP/1.0 may do, no browser has asked. */
static enum ht_status check_host(const struct ht_request *request, struct ht_error *err)
{
    const char *hosts = ht_config_text(&request->loop->server->config, HT_SETTING_API_HOSTS);
    bool any = request->conn->door->entrance->tls && hosts[0] == '\0';
    struct ht_slice host = ht_request_header(request, "Host");
    if (request->match.route->scope == 0 || any || !host.data || ht_hosts_has(ht_slice_from(hosts), host)) return HT_OK;
    return ht_fail(err, HT_MISDIRECTED,
                   "the API is not asked by this host name; the setting api_hosts lists those it is");
}

static enum ht_status check_route(struct ht_request *request, struct ht_error *err)
{
    enum ht_status status = check_host(request, err);
    return status == HT_OK ? ht_auth_check(request, err) : status;
}

static void dispatch(struct ht_request *request)
{
    struct ht_error err;
    size_t method = method_of(request);
    if (!request->conn) {
        request->close = true;
        ht_fail(&err, HT_NO_MEMORY, "out of memory for a connection");
        ht_reply_problem(request, &err);
        return;
    }
    if (check(request, method, &err) != HT_OK) {
        request->close = true;
        ht_reply_problem(request, &err);
        return;
    }
    request->close = asks_to_close(request);
    request->head = methods[method].command == EVHTTP_REQ_HEAD;
    if (!ht_share_begin(request)) {
        ht_fail(&err, HT_LIMITED, "too many requests from this address are in hand");
        ht_reply_problem(request, &err);
        return;
    }
    ht_routes_match(request->conn->door->entrance->faces, methods[method].method, ht_request_target(request),
                    &request->match);
    if (request->match.decoded.failed) {
        ht_fail(&err, HT_NO_MEMORY, "out of memory for the path");
        ht_reply_problem(request, &err);
        return;
    }
    if (!request->match.route) {
        ht_reply_no_route(request);
        return;
    }
    if (check_route(request, &err) != HT_OK) {
        ht_reply_problem(request, &err);
        return;
    }
    request->match.route->handler(request);
}

void ht_request_accept(struct evhttp_request *http, void *context)
{
    const struct ht_door *door = context;
    struct ht_loop *loop = door->loop;
    struct ht_request *request = calloc(1, sizeof *request);
    if (!request) { /* without a body: evhttp_send_error would make a page of HTML */
        struct evkeyvalq *headers = evhttp_request_get_output_headers(http);
        evhttp_add_header(headers, "Retry-After", ht_reply_retry_after(HT_NO_MEMORY));
        evhttp_add_header(headers, "Connection", "close");
        evhttp_send_reply(http, 503, ht_reply_phrase(503), NULL);
        return;
    }
    request->http = http;
    request->loop = loop;
    request->received_at = ht_time_now();
    request->wanted = ht_progress_committed(&loop->server->progress);
    request->conn = ht_conn_begin(loop, http, request);
    loop->pending++;
    set_id(request);
    request->in_handler = true;
    dispatch(request);
    request->in_handler = false;
}

/* ---- what goes ---- */

void ht_request_add_header(struct ht_request *request, const char *name, const char *value)
{
    evhttp_add_header(evhttp_request_get_output_headers(request->http), name, value);
}

static void free_request(struct ht_request *request)
{
    ht_share_end(request);
    request->loop->pending--;
    if (request->conn) ht_conn_unpin(request->conn);
    ht_buffer_wipe(&request->match.decoded);
    if (request->body) evbuffer_free(request->body);
    free(request);
}

static void begin_reply(struct ht_request *request, enum ht_conn_state state)
{
    bool closes = request->close || ht_loop_is_stopping(request->loop);
    if (closes || (request->conn && ht_conn_is_spent(request->conn)))
        ht_request_add_header(request, "Connection", "close");
    ht_metrics_request(&request->loop->server->metrics, ht_routes_place(request->match.route), request->code);
    if (request->conn) ht_conn_reply(request->conn, state);
}

static void send_now(struct ht_request *request)
{
    begin_reply(request, HT_CONN_WRITING);
    if (request->head) {
        char length[24];
        size_t size = request->body ? evbuffer_get_length(request->body) : 0;
        snprintf(length, sizeof length, "%zu", size);
        ht_request_add_header(request, "Content-Length", length);
    }
    evhttp_send_reply(request->http, request->code, ht_reply_phrase(request->code),
                      request->head ? NULL : request->body);
    free_request(request);
}

void ht_request_slow(struct ht_request *request)
{
    if (!request->conn) return;
    int64_t delay = ht_share_failed(request->conn, request);
    if (delay > 0) request->answer_at = request->loop->now + delay;
}

/* What waits holds its connection, and so is bounded by those; but not its body. */
static bool hold(struct ht_request *request)
{
    struct ht_loop *loop = request->loop;
    if (request->answer_at == 0 || ht_loop_is_stopping(loop)) return false;
    struct evbuffer *body = evhttp_request_get_input_buffer(request->http);
    evbuffer_drain(body, evbuffer_get_length(body));
    request->next = loop->held;
    loop->held = request;
    ht_loop_watch(loop);
    return true;
}

void ht_request_tick(struct ht_loop *loop)
{
    struct ht_request **at = &loop->held;
    while (*at) {
        struct ht_request *request = *at;
        if (request->answer_at > loop->now && !ht_loop_is_stopping(loop)) {
            at = &request->next;
            continue;
        }
        *at = request->next;
        send_now(request);
    }
}

/* The reply that was made, unless its act could not be recorded. */
static void on_recorded(struct ht_request *request, const struct ht_error *err)
{
    if (!err) {
        send_now(request);
        return;
    }
    evhttp_clear_headers(evhttp_request_get_output_headers(request->http));
    if (request->body) evbuffer_free(request->body);
    request->body = NULL;
    ht_reply_problem(request, err);
}

void ht_request_finish(struct ht_request *request, int code, struct evbuffer *body)
{
    request->code = code;
    request->body = body;
    request->client_left = NULL;
    if (code < 400 && ht_audit_wants(request)) {
        struct ht_error err;
        if (ht_audit_record(request, on_recorded, &err) != HT_OK) on_recorded(request, &err);
        return;
    }
    if (hold(request)) return;
    if (!request->in_handler) {
        send_now(request);
        return;
    }
    *request->loop->ready_end = request;
    request->loop->ready_end = &request->next;
    ht_loop_end_turn(request->loop);
}

void ht_request_send_ready(struct ht_loop *loop)
{
    struct ht_request *list = loop->ready;
    loop->ready = NULL;
    loop->ready_end = &loop->ready;
    while (list) {
        struct ht_request *request = list;
        list = request->next;
        send_now(request);
    }
}

void ht_request_client_left(struct ht_request *request)
{
    request->answer_at = 0; /* nobody waits for it: the next tick frees it */
    if (request->client_left) request->client_left(request);
}

/* HTTP/1.0 knows no chunks: what has no length ends with the connection, whatever was asked for. evhttp would promise a
   length of 0 and keep it. */
static void forbid_keeping(struct ht_request *request)
{
    struct evkeyvalq *headers = evhttp_request_get_input_headers(request->http);
    while (request->http->minor == 0 && evhttp_remove_header(headers, "Connection") == 0)
        continue;
}

void ht_request_stream_begin(struct ht_request *request)
{
    request->code = 200;
    forbid_keeping(request);
    begin_reply(request, HT_CONN_STREAM);
    evhttp_send_reply_start(request->http, 200, ht_reply_phrase(200));
}

void ht_request_stream_send(struct ht_request *request, struct ht_slice bytes,
                            void (*drained)(struct evhttp_connection *connection, void *context), void *context)
{
    struct evbuffer *chunk = evbuffer_new();
    if (!chunk) return;
    evbuffer_add(chunk, bytes.data, bytes.size);
    if (request->conn && ht_conn_backlog(request->conn) == 0) ht_conn_touch(request->conn);
    evhttp_send_reply_chunk_with_cb(request->http, chunk, drained, context);
    evbuffer_free(chunk);
}

void ht_request_stream_end(struct ht_request *request)
{
    request->client_left = NULL;
    if (request->conn) ht_conn_reply(request->conn, HT_CONN_WRITING);
    evhttp_send_reply_end(request->http);
    free_request(request);
}
