#include "sweep.h"

#include <event2/buffer.h>
#include <event2/bufferevent.h>

#include "early.h"
#include "loop.h"
#include "refusal.h"
#include "tls.h"

#define BODY_HEAD_MS 500 /* how long to wait for the beginning of an over-long body */
#define LINGER_MS 2000   /* how long a refused client may take to read its answer */

static uint64_t allowance(const struct ht_conn *conn)
{
    const struct ht_config *config = &conn->loop->server->config;
    switch (conn->state) {
    case HT_CONN_IDLE:
        if (conn->loop->stop_by != 0) return conn->loop->now < conn->loop->grace_until ? UINT64_MAX : 0;
        /* A handshake is a part of the first request, though no byte of that is to be seen. */
        return ht_config_number(config, ht_conn_is_tls(conn) && !ht_tls_is_open(conn->bev) ? HT_SETTING_REQUEST_TIMEOUT
                                                                                           : HT_SETTING_IDLE_TIMEOUT);
    case HT_CONN_READING:
        return ht_config_number(config, HT_SETTING_REQUEST_TIMEOUT);
    case HT_CONN_WRITING:
        return ht_config_number(config, HT_SETTING_WRITE_TIMEOUT);
    case HT_CONN_STREAM:
        return ht_conn_backlog(conn) > 0 ? ht_config_number(config, HT_SETTING_WRITE_TIMEOUT) : UINT64_MAX;
    case HT_CONN_CLOSING:
        return LINGER_MS;
    case HT_CONN_BUSY:
    case HT_CONN_REFUSED:
        break;
    }
    return UINT64_MAX;
}

static void count_late(struct ht_conn *conn)
{
    struct ht_metrics *metrics = &conn->loop->server->metrics;
    ht_metrics_count(&metrics->timeouts);
    ht_metrics_limit(metrics, conn->state == HT_CONN_READING ? HT_LIMIT_REQUEST_TIMEOUT : HT_LIMIT_WRITE_TIMEOUT);
}

/* Behind a stream, which need not end, nothing is read: a request may wait there, more is none. */
static bool is_talking(const struct ht_conn *conn)
{
    return conn->state == HT_CONN_STREAM &&
           evbuffer_get_length(bufferevent_get_input(conn->bev)) > conn->watch.max_head;
}

static void sweep_one(struct ht_conn *conn)
{
    void *context;
    int64_t now = conn->loop->now;
    if (!ht_early_event(conn, &context)) {
        /* evhttp has freed it, and has not told. */
        ht_conn_let_go(conn);
        return;
    }
    if (conn->state == HT_CONN_READING && conn->over_since && now - conn->over_since >= BODY_HEAD_MS)
        conn->watch.state = HT_WATCH_TOO_LARGE;
    if (conn->state == HT_CONN_READING && ht_watch_refuses(&conn->watch) && ht_conn_take_over(conn)) return;
    if (conn->state == HT_CONN_REFUSED && conn->answer_at &&
        (now >= conn->answer_at || ht_loop_is_stopping(conn->loop))) {
        ht_refusal_end(conn);
        return;
    }
    if (ht_conn_is_tls(conn)) ht_tls_read_rest(conn->bev);
    bool talks = is_talking(conn);
    if (talks) ht_metrics_count(&conn->loop->server->metrics.refused);
    if (!talks && (uint64_t)(now - conn->since) < allowance(conn)) return;
    if (conn->state == HT_CONN_CLOSING) {
        ht_conn_close(conn);
        return;
    }
    if (!talks && conn->state != HT_CONN_IDLE) count_late(conn);
    bufferevent_trigger_event(conn->bev, BEV_EVENT_TIMEOUT | BEV_EVENT_READING, 0);
}

void ht_sweep(struct ht_loop *loop)
{
    for (size_t i = 0; i < HT_CONN_BUCKETS; i++) {
        struct ht_conn *next;
        for (struct ht_conn *conn = loop->conns.buckets[i]; conn; conn = next) {
            /* Only this one can go: closing is never more than one connection's affair. */
            next = conn->next;
            sweep_one(conn);
        }
    }
}
