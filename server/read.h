/* A read in turns (turns.h): waits until the index has what was acknowledged when the request came, then steps, one
   turn each, so that others get theirs. On the loop's thread. */
#ifndef HT_SERVER_READ_H
#define HT_SERVER_READ_H

#include "request.h"

struct ht_read {
    struct ht_read *next; /* in the loop's list while it waits */
    struct ht_request *request;
    struct ht_server *server;
    struct ht_turn turn;
    int64_t begun; /* ms */
    int64_t wait_until;
    bool waiting;
    bool left; /* the client has gone */
    void *context;
    /* One step. True: there is more to do. False: the request has been answered. */
    bool (*step)(struct ht_read *read);
    void (*release)(void *context);
};

/* Begins; takes `context`, which `release` frees, in any case. Answers the request by itself if that fails, or
   if max_reads are under way. */
void ht_read_begin(struct ht_request *request, bool (*step)(struct ht_read *read), void (*release)(void *context),
                   void *context);

void ht_read_index_advanced(struct ht_loop *loop);
void ht_read_tick(struct ht_loop *loop); /* those that have waited too long are told so */

#endif
