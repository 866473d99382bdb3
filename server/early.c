#include "early.h"

static void look_and_unpin(struct ht_conn *conn)
{
    void *context;
    if (conn->bev && !ht_early_event(conn, &context)) ht_conn_let_go(conn);
    ht_conn_unpin(conn);
}

static void on_read(struct bufferevent *bev, void *context)
{
    struct ht_conn *conn = context;
    ht_conn_pin(conn);
    conn->evhttp_read(bev, conn->evhttp_context);
    look_and_unpin(conn);
}

static void on_write(struct bufferevent *bev, void *context)
{
    struct ht_conn *conn = context;
    ht_conn_pin(conn);
    conn->evhttp_write(bev, conn->evhttp_context);
    look_and_unpin(conn);
}

static void on_event(struct bufferevent *bev, short what, void *context)
{
    struct ht_conn *conn = context;
    ht_conn_pin(conn);
    conn->evhttp_event(bev, what, conn->evhttp_context);
    look_and_unpin(conn);
}

void ht_early_begin(struct ht_conn *conn)
{
    bufferevent_getcb(conn->bev, &conn->evhttp_read, &conn->evhttp_write, &conn->evhttp_event, &conn->evhttp_context);
    if (!conn->evhttp_event) return;
    bufferevent_setcb(conn->bev, conn->evhttp_read ? on_read : NULL, conn->evhttp_write ? on_write : NULL, on_event,
                      conn);
}

bufferevent_event_cb ht_early_event(struct ht_conn *conn, void **context)
{
    bufferevent_data_cb ignored;
    bufferevent_event_cb found;
    bufferevent_getcb(conn->bev, &ignored, &ignored, &found, context);
    if (found != on_event) return found;
    *context = conn->evhttp_context;
    return conn->evhttp_event;
}
