/* One request, from evhttp's handing over to its one reply. On its loop's thread, all of it. */
#ifndef HT_SERVER_REQUEST_H
#define HT_SERVER_REQUEST_H

#include <event2/http.h>

#include "conn.h"
#include "loop.h"
#include "router.h"
#include "sender.h"
#include "session.h"

#define HT_REQUEST_ID_SIZE 65

struct ht_request {
    struct ht_request *next; /* in the loop's list of replies for the next turn, or of those held */
    struct evhttp_request *http;
    struct ht_loop *loop;
    struct ht_conn *conn; /* pinned; NULL if there was no memory for it: the answer is 503 */
    struct ht_match match;
    char id[HT_REQUEST_ID_SIZE];
    char who[HT_JOB_WHO_SIZE]; /* "token:NAME"; "" where none was asked for */
    uint32_t token;            /* the id of the token that let it in; 0: none */
    bool by_session;           /* a session of that token did, whose hash is */
    uint8_t session[HT_SESSION_HASH];
    int64_t received_at;
    struct ht_position wanted; /* acknowledged when it came */
    bool head;                 /* HEAD: no body goes out */
    bool in_handler;           /* the handler has not returned: replies wait a turn */
    bool close;                /* the connection ends with the reply */
    int64_t answer_at;         /* ms; not before then is the reply sent */
    struct ht_tally *tally;    /* of the sender that a proxy names, or NULL */
    int code;                  /* the reply, while it waits */
    struct evbuffer *body;
    /* Set by who keeps the request over several turns: the client has gone, the work may be dropped. The request must
       still be answered, for that frees it. */
    void (*client_left)(struct ht_request *request);
    void *context;
    bool recorded; /* as an act, by audit.h, whose `then` is */
    void (*then)(struct ht_request *request, const struct ht_error *err);
};

/* evhttp's generic callback; `context` is the door. */
void ht_request_accept(struct evhttp_request *http, void *context);

/* Sends the replies that were made in the last turn. */
void ht_request_send_ready(struct ht_loop *loop);

/* A secret was wrong: the reply will wait as long as its sender's failures say. Before the reply is made. */
void ht_request_slow(struct ht_request *request);
/* Four times a second: sends the replies that have waited long enough; when stopping, all. */
void ht_request_tick(struct ht_loop *loop);

/* From the connection: it has gone. */
void ht_request_client_left(struct ht_request *request);

/* The reply: exactly once for each request, which it frees. Takes `body`, which may be NULL. Headers have been added
   before, by ht_request_add_header. */
void ht_request_finish(struct ht_request *request, int code, struct evbuffer *body);

/* A reply without an end: begin, send at will, end once (which frees the request), also after the client has gone. */
void ht_request_stream_begin(struct ht_request *request);
void ht_request_stream_send(struct ht_request *request, struct ht_slice bytes,
                            void (*drained)(struct evhttp_connection *connection, void *context), void *context);
void ht_request_stream_end(struct ht_request *request);

void ht_request_add_header(struct ht_request *request, const char *name, const char *value);
struct ht_slice ht_request_header(const struct ht_request *request, const char *name); /* absent if there is none */
struct ht_slice ht_request_body(struct ht_request *request); /* empty, not absent, if there is none */
struct ht_slice ht_request_target(const struct ht_request *request);

/* Whom it came from: see sender.h. */
void ht_request_sender(const struct ht_request *request, struct ht_sender *sender);

#endif
