/* A door: one listening socket of a loop, with the evhttp behind it. Its entrance says whether it speaks TLS, and which
   routes it has. On the loop's thread, all of it, once that runs. */
#ifndef HT_SERVER_DOOR_H
#define HT_SERVER_DOOR_H

#include <event2/http.h>

#include "entrance.h"

struct ht_loop;

struct ht_door {
    struct ht_loop *loop;
    const struct ht_entrance *entrance; /* the server's */
    struct evhttp *http;
    struct evhttp_bound_socket *bound; /* NULL once closed */
    size_t count;                      /* connections that have come by it and are open */
    size_t limit;
    bool full; /* takes none, for the limit is reached */
};

/* Opens it on `listening`, a listening socket, which it takes. The loop must have its base. */
HT_MUST_CHECK enum ht_status ht_door_open(struct ht_door *door, struct ht_loop *loop,
                                          const struct ht_entrance *entrance, int listening);
/* Stop and start taking connections; a full door takes none in any case. */
void ht_door_enable(struct ht_door *door, bool enabled);
/* Looks whether it is full, after a connection has come or some may have gone. */
void ht_door_judge(struct ht_door *door);
/* Takes none from now on; those that are there go on. */
void ht_door_close(struct ht_door *door);
/* When no request is in hand any more. */
void ht_door_free(struct ht_door *door);

#endif
