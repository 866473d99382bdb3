#include "conn.h"

#include <event2/buffer.h>
#include <event2/event.h>
#include <stdlib.h>
#include <sys/socket.h>

#include "early.h"
#include "loop.h"
#include "refusal.h"
#include "request.h"
#include "share.h"
#include "tls.h"

#define LINGER_BYTES (16u << 20)
#define SLACK (32u * 1024) /* of the read watermark, for chunk sizes and the next request's head */
#define SINGLE_READ (64u * 1024)
#define SINGLE_RECORD (16u * 1024) /* a read over TLS brings no more than one */
#define SINGLE_WRITE (1024u * 1024)

/* ---- the table ---- */

static struct ht_conn **bucket_of(struct ht_conns *conns, const struct bufferevent *bev)
{
    uint64_t hash = (uint64_t)(uintptr_t)bev * UINT64_C(0x9e3779b97f4a7c15);
    return &conns->buckets[hash >> 54];
}

static struct ht_conn *find(struct ht_conns *conns, const struct bufferevent *bev)
{
    struct ht_conn *conn = *bucket_of(conns, bev);
    while (conn && conn->bev != bev)
        conn = conn->next;
    return conn;
}

bool ht_conn_is_tls(const struct ht_conn *conn)
{
    return conn->door->entrance->tls;
}

static void forget_late(struct ht_conn *conn)
{
    struct ht_conn **at = &conn->loop->conns.late;
    while (conn->late && *at != conn)
        at = &(*at)->next_late;
    if (conn->late) *at = conn->next_late;
    conn->late = false;
}

static void free_if_unused(struct ht_conn *conn)
{
    if (conn->bev || conn->pins > 0) return;
    ht_watch_release(&conn->watch);
    free(conn);
}

void ht_conn_let_go(struct ht_conn *conn)
{
    struct ht_conns *conns = &conn->loop->conns;
    struct ht_conn **at = bucket_of(conns, conn->bev);
    while (*at != conn)
        at = &(*at)->next;
    *at = conn->next;
    forget_late(conn);
    evbuffer_remove_cb_entry(bufferevent_get_input(conn->bev), conn->tap);
    if (ht_conn_is_tls(conn)) ht_tls_say_end(conn->bev);
    struct bufferevent *bev = conn->bev;
    conn->bev = NULL;
    conns->count--;
    conn->door->count--;
    ht_loop_has_room(conn->loop);
    ht_share_leave(conn);
    atomic_fetch_sub_explicit(&conn->loop->server->metrics.connections, 1, memory_order_relaxed);
    struct ht_request *request = conn->request;
    conn->request = NULL;
    ht_conn_pin(conn);
    if (request) ht_request_client_left(request);
    ht_conn_unpin(conn);
    bufferevent_decref(bev);
}

static void set_state(struct ht_conn *conn, enum ht_conn_state state)
{
    conn->state = state;
    conn->since = ht_loop_tell_time(conn->loop);
}

void ht_conn_pin(struct ht_conn *conn)
{
    conn->pins++;
}

void ht_conn_unpin(struct ht_conn *conn)
{
    conn->pins--;
    free_if_unused(conn);
}

/* ---- taking a connection away from evhttp ---- */

void ht_conn_close(struct ht_conn *conn)
{
    /* As if it had timed out: evhttp then frees the connection without a word. */
    bufferevent_setcb(conn->bev, NULL, NULL, conn->evhttp_event, conn->evhttp_context);
    ht_conn_pin(conn);
    bufferevent_trigger_event(conn->bev, BEV_EVENT_TIMEOUT | BEV_EVENT_READING, 0);
    /* It tells of the end only where it has told of a request. */
    if (conn->bev) ht_conn_let_go(conn);
    ht_conn_unpin(conn);
}

static void throw_away(struct bufferevent *bev, void *context)
{
    struct ht_conn *conn = context;
    struct evbuffer *input = bufferevent_get_input(bev);
    conn->drained += evbuffer_get_length(input);
    evbuffer_drain(input, evbuffer_get_length(input));
    if (conn->drained > LINGER_BYTES) ht_conn_close(conn);
}

static void on_closing_event(struct bufferevent *bev, short what, void *context)
{
    (void)bev, (void)what;
    ht_conn_close(context);
}

/* The answer is out: say so, and read on until the client has closed, or it might lose the answer to a reset. */
static void on_answered(struct bufferevent *bev, void *context)
{
    struct ht_conn *conn = context;
    /* bufferevent_openssl calls a turn late, and so perhaps of what was written before: 100 Continue. */
    if (evbuffer_get_length(bufferevent_get_output(bev)) > 0) return;
    if (ht_conn_is_tls(conn)) ht_tls_say_end(bev);
    shutdown(bufferevent_getfd(bev), SHUT_WR);
    bufferevent_setcb(bev, throw_away, NULL, on_closing_event, context);
    bufferevent_enable(bev, EV_READ);
    throw_away(bev, context);
}

bool ht_conn_take_over(struct ht_conn *conn)
{
    void *context;
    bufferevent_data_cb on_read = NULL;
    bufferevent_event_cb on_event = ht_early_event(conn, &context);
    bufferevent_getcb(conn->bev, &on_read, NULL, NULL, NULL);
    /* evhttp has let go, or already answers by itself, and so reads no more: leave it to it. Behind 100 Continue it
       reads on. */
    if (!on_event || !on_read) return false;
    conn->evhttp_event = on_event;
    conn->evhttp_context = context;
    bufferevent_disable(conn->bev, EV_READ);
    bufferevent_setcb(conn->bev, NULL, NULL, on_closing_event, conn);
    set_state(conn, HT_CONN_REFUSED);
    ht_metrics_count(&conn->loop->server->metrics.refused);
    ht_refusal_begin(conn);
    return true;
}

void ht_conn_refuse(struct ht_conn *conn, struct ht_slice response)
{
    if (!conn->bev || conn->state != HT_CONN_REFUSED) return;
    set_state(conn, HT_CONN_CLOSING);
    bufferevent_setcb(conn->bev, NULL, on_answered, on_closing_event, conn);
    bufferevent_enable(conn->bev, EV_WRITE);
    if (bufferevent_write(conn->bev, response.data, response.size) != 0) ht_conn_close(conn);
}

/* ---- watching ---- */

static void judge(struct ht_conn *conn)
{
    if (conn->watch.over && conn->over_since == 0) conn->over_since = ht_loop_tell_time(conn->loop);
    if (ht_watch_refuses(&conn->watch)) ht_conn_take_over(conn);
}

/* Feeds the last `size` bytes of the buffer. */
static void feed_tail(struct ht_conn *conn, struct evbuffer *input, size_t size)
{
    struct evbuffer_ptr at;
    struct evbuffer_iovec parts[16];
    while (size > 0) {
        if (evbuffer_ptr_set(input, &at, evbuffer_get_length(input) - size, EVBUFFER_PTR_SET) != 0) return;
        int count = evbuffer_peek(input, (ev_ssize_t)size, &at, parts, 16);
        if (count <= 0) return;
        for (int i = 0; i < (count < 16 ? count : 16) && size > 0; i++) {
            size_t part = parts[i].iov_len < size ? parts[i].iov_len : size;
            ht_watch_feed(&conn->watch, ht_slice_of(parts[i].iov_base, part));
            size -= part;
        }
    }
}

static void watch_tail(struct ht_conn *conn, struct evbuffer *input, size_t size)
{
    if (conn->state == HT_CONN_IDLE) {
        set_state(conn, HT_CONN_READING);
        conn->over_since = 0;
    }
    feed_tail(conn, input, size);
}

/* Runs before evhttp's read callback sees the bytes. */
static void on_input(struct evbuffer *input, const struct evbuffer_cb_info *info, void *context)
{
    struct ht_conn *conn = context;
    if (info->n_added == 0 || conn->state > HT_CONN_READING) return;
    watch_tail(conn, input, info->n_added);
    judge(conn);
}

/* Of a crowd from one address: not a turn more than it takes to say so, or the crowd would fill the room all the same.
 */
static void turn_away(struct ht_conn *conn)
{
    struct ht_door *door = conn->door;
    if (!ht_conn_is_tls(conn)) ht_refusal_of_crowd(bufferevent_getfd(conn->bev));
    ht_conn_pin(conn);
    bufferevent_trigger_event(conn->bev, BEV_EVENT_TIMEOUT | BEV_EVENT_READING, 0);
    if (conn->bev) ht_conn_let_go(conn);
    ht_conn_unpin(conn);
    ht_door_judge(door);
}

void ht_conn_judge_late(struct ht_loop *loop)
{
    struct ht_conn *list = loop->conns.late;
    loop->conns.late = NULL;
    while (list) {
        struct ht_conn *conn = list;
        list = conn->next_late;
        conn->late = false;
        bool fresh = conn->fresh;
        conn->fresh = false;
        if (fresh && !ht_share_enter(conn)) {
            turn_away(conn);
            continue;
        }
        if (fresh && conn->requests == 0) ht_early_begin(conn);
        if (conn->state <= HT_CONN_READING) judge(conn);
    }
}

/* ---- coming and going ---- */

static void put_late(struct ht_conn *conn)
{
    conn->late = true;
    conn->next_late = conn->loop->conns.late;
    conn->loop->conns.late = conn;
    ht_loop_end_turn(conn->loop);
}

static struct ht_conn *conn_new(struct ht_door *door, struct bufferevent *bev)
{
    const struct ht_config *config = &door->loop->server->config;
    struct ht_conn *conn = calloc(1, sizeof *conn);
    if (!conn) return NULL;
    conn->loop = door->loop;
    conn->door = door;
    conn->bev = bev;
    conn->tap = evbuffer_add_cb(bufferevent_get_input(bev), on_input, conn);
    if (!conn->tap) {
        free(conn);
        return NULL;
    }
    ht_watch_init(&conn->watch, (size_t)ht_config_number(config, HT_SETTING_MAX_HEADER),
                  (unsigned)ht_config_number(config, HT_SETTING_MAX_HEADERS),
                  ht_config_number(config, HT_SETTING_MAX_BODY));
    return conn;
}

struct bufferevent *ht_conn_accept(struct event_base *base, void *context)
{
    struct ht_door *door = context;
    struct ht_loop *loop = door->loop;
    bool tls = door->entrance->tls;
    struct bufferevent *bev =
        tls ? ht_tls_accept(loop->server->tls, base) : bufferevent_socket_new(base, -1, BEV_OPT_CLOSE_ON_FREE);
    struct ht_conn *conn = bev ? conn_new(door, bev) : NULL;
    if (!conn) {
        if (bev) bufferevent_free(bev);
        return NULL;
    }
    const struct ht_watch *watch = &conn->watch;
    bufferevent_incref(bev);
    bufferevent_setwatermark(bev, EV_READ, 0, watch->max_head + (size_t)watch->max_body + SLACK);
    bufferevent_set_max_single_read(bev, tls ? SINGLE_RECORD : SINGLE_READ);
    bufferevent_set_max_single_write(bev, SINGLE_WRITE);
    struct ht_conn **bucket = bucket_of(&loop->conns, bev);
    conn->next = *bucket;
    *bucket = conn;
    loop->conns.count++;
    door->count++;
    set_state(conn, HT_CONN_IDLE);
    conn->born = conn->since;
    conn->fresh = true;
    put_late(conn); /* its descriptor comes when evhttp has it */
    ht_loop_watch(loop);
    ht_metrics_count(&loop->server->metrics.accepted);
    atomic_fetch_add_explicit(&loop->server->metrics.connections, 1, memory_order_relaxed);
    ht_door_judge(door);
    return bev;
}

static void on_close(struct evhttp_connection *connection, void *context)
{
    (void)connection;
    ht_conn_let_go(context);
}

/* The reply is out and the connection lives on: what is in the buffer now is the next request's. */
static void on_complete(struct evhttp_request *http, void *context)
{
    struct ht_conn *conn = context;
    (void)http;
    ht_watch_reset(&conn->watch);
    set_state(conn, HT_CONN_IDLE);
    struct evbuffer *input = bufferevent_get_input(conn->bev);
    size_t size = evbuffer_get_length(input);
    if (size == 0) return;
    watch_tail(conn, input, size);
    /* evhttp is about to set its callbacks again: judge when it has. */
    put_late(conn);
}

struct ht_conn *ht_conn_begin(struct ht_loop *loop, struct evhttp_request *http, struct ht_request *request)
{
    struct evhttp_connection *connection = evhttp_request_get_connection(http);
    struct ht_conn *conn = connection ? find(&loop->conns, evhttp_connection_get_bufferevent(connection)) : NULL;
    if (!conn) return NULL;
    evhttp_connection_set_closecb(connection, on_close, conn);
    evhttp_request_set_on_complete_cb(http, on_complete, conn);
    conn->request = request;
    conn->requests++;
    ht_conn_pin(conn);
    forget_late(conn);
    set_state(conn, HT_CONN_BUSY);
    return conn;
}

bool ht_conn_is_spent(struct ht_conn *conn)
{
    struct ht_server *server = conn->loop->server;
    uint64_t most = ht_config_number(&server->config, HT_SETTING_MAX_REQUESTS);
    uint64_t age = (uint64_t)(conn->loop->now - conn->born);
    bool many = most > 0 && conn->requests >= most;
    bool old = age >= ht_config_number(&server->config, HT_SETTING_CONNECTION_AGE);
    if (many) ht_metrics_limit(&server->metrics, HT_LIMIT_REQUESTS);
    if (old) ht_metrics_limit(&server->metrics, HT_LIMIT_CONNECTION_AGE);
    return many || old;
}

void ht_conn_reply(struct ht_conn *conn, enum ht_conn_state state)
{
    if (state != HT_CONN_STREAM) conn->request = NULL;
    if (conn->bev) set_state(conn, state);
}

size_t ht_conn_backlog(const struct ht_conn *conn)
{
    return conn->bev ? evbuffer_get_length(bufferevent_get_output(conn->bev)) : 0;
}

void ht_conn_touch(struct ht_conn *conn)
{
    conn->since = ht_loop_tell_time(conn->loop);
}

void ht_conn_release(struct ht_loop *loop)
{
    for (size_t i = 0; i < HT_CONN_BUCKETS; i++) {
        while (loop->conns.buckets[i])
            ht_conn_let_go(loop->conns.buckets[i]); // NOLINT(clang-analyzer-unix.Malloc): it leaves its bucket first
    }
}
