/* The connections of one loop: how many, how late, and what evhttp must not see.

   evhttp knows only idle timeouts, no number of connections, and no way to be told of a refused request. So each
   connection's bufferevent is held by one extra reference, its incoming bytes pass a watch first, and a sweep (sweep.h)
   ends those past their deadline. A refused connection is taken away from evhttp, answered directly, and given back
   only to be closed. On the loop's thread, all of it. */
#ifndef HT_SERVER_CONN_H
#define HT_SERVER_CONN_H

#include <event2/bufferevent.h>
#include <event2/http.h>

#include "watch.h"

#define HT_CONN_BUCKETS 1024

struct ht_door;
struct ht_loop;
struct ht_request;

enum ht_conn_state {
    HT_CONN_IDLE,    /* no byte of a next request */
    HT_CONN_READING, /* a request is arriving */
    HT_CONN_BUSY,    /* a handler has it */
    HT_CONN_WRITING, /* the reply is on its way */
    HT_CONN_STREAM,  /* a reply without an end */
    HT_CONN_REFUSED, /* taken away from evhttp; its answer is being made */
    HT_CONN_CLOSING  /* the answer is on its way; what still comes is thrown away */
};

struct ht_conn {
    struct ht_conn *next;      /* in its bucket */
    struct ht_conn *next_late; /* in the list of those to judge in the next turn */
    struct ht_loop *loop;
    struct ht_door *door;    /* by which it came */
    struct bufferevent *bev; /* one reference; NULL once the connection is gone */
    struct evbuffer_cb_entry *tap;
    struct ht_request *request; /* in hand, or NULL */
    struct ht_tally *tally;     /* of its other end, or NULL */
    struct ht_watch watch;
    enum ht_conn_state state;
    int64_t since;                   /* ms, of the state */
    int64_t over_since;              /* the body was found over-long; 0: not */
    int64_t born;                    /* ms */
    int64_t answer_at;               /* while refused: when it is to be answered; 0: by who does it */
    uint64_t requests;               /* that have come by it */
    unsigned pins;                   /* jobs and requests that hold it */
    bool late;                       /* is in the list */
    bool fresh;                      /* its address has not been looked at */
    bool forwards;                   /* a proxy that is believed on where its requests come from */
    bufferevent_data_cb evhttp_read; /* its callbacks, while ours stand in for them: early.h; the last while refused */
    bufferevent_data_cb evhttp_write;
    bufferevent_event_cb evhttp_event;
    void *evhttp_context;
    uint64_t drained; /* bytes thrown away while closing */
};

struct ht_conns {
    struct ht_conn *buckets[HT_CONN_BUCKETS];
    struct ht_conn *late;
    size_t count;
};

/* For evhttp_set_bevcb: `context` is the door. */
struct bufferevent *ht_conn_accept(struct event_base *base, void *context);

/* The connection of a request that evhttp hands over; NULL if there was no memory to watch it. Notes that it is busy.
 */
struct ht_conn *ht_conn_begin(struct ht_loop *loop, struct evhttp_request *http, struct ht_request *request);
/* Whether it has served as long as it may: then the reply ends it. */
bool ht_conn_is_spent(struct ht_conn *conn);
/* The handler is done with it: the reply goes out (`state` WRITING), or streams. */
void ht_conn_reply(struct ht_conn *conn, enum ht_conn_state state);
void ht_conn_pin(struct ht_conn *conn);
void ht_conn_unpin(struct ht_conn *conn);

/* Answers a refused connection: a whole response, which must say "Connection: close". Then closes it, not before the
   client had a chance to read. */
void ht_conn_refuse(struct ht_conn *conn, struct ht_slice response);

/* In the turn after ht_conn_accept or a reply: judges what came behind it. */
void ht_conn_judge_late(struct ht_loop *loop);

/* For the sweep: */
bool ht_conn_is_tls(const struct ht_conn *conn);
/* evhttp has let go of the connection, or is about to. */
void ht_conn_let_go(struct ht_conn *conn);
/* Takes what the watch refuses away from evhttp, to be answered by refusal.h; the connection may be gone then. False:
   evhttp keeps it, for it answers already. */
bool ht_conn_take_over(struct ht_conn *conn);
/* Gives one that was taken away back to evhttp, which closes it. */
void ht_conn_close(struct ht_conn *conn);

/* Bytes that the client has not taken yet. */
size_t ht_conn_backlog(const struct ht_conn *conn);
/* The client took something: the stream's deadline begins anew. */
void ht_conn_touch(struct ht_conn *conn);

/* Lets go of every connection that evhttp_free has not told of: those that no request has come by. After it, for it
   tells of the others. */
void ht_conn_release(struct ht_loop *loop);

#endif
