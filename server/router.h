/* Finds the route of a request: exact patterns over the raw target, nothing normalised. Pure. */
#ifndef HT_SERVER_ROUTER_H
#define HT_SERVER_ROUTER_H

#include <stdint.h>

#include "hooktrail/buffer.h"

#define HT_ROUTE_CAPTURES 2

enum ht_method {
    HT_METHOD_GET = 1, /* and HEAD */
    HT_METHOD_POST = 2,
    HT_METHOD_DELETE = 4,
    HT_METHOD_OTHER = 8
};

/* What a route belongs to, and what an entrance serves. */
enum ht_face {
    HT_FACE_HOOKS = 1, /* what must be reachable by the sender */
    HT_FACE_API = 2    /* all else */
};

/* Beside the scopes of tokens, for a route: */
#define HT_SCOPE_ANY 0x40000000u  /* any valid token or session */
#define HT_SCOPE_NONE 0x80000000u /* none, but the request must come by a name of ours, and from no page of others */

struct ht_request;
typedef void ht_handler(struct ht_request *request);

/* A row of the table. Several rows may share a pattern with different methods. */
struct ht_route {
    /* "/v1/events/{}/payload": each {} takes one segment that isn't empty; a last {*} takes all the rest, which must
       be without percent signs, so that it is what was sent. */
    const char *pattern;
    const char *name; /* for metrics */
    ht_handler *handler;
    unsigned method; /* one of enum ht_method */
    uint32_t scope;  /* of enum ht_scope, or of the above; 0: open to everyone */
    unsigned faces;  /* of enum ht_face */
};

struct ht_match {
    const struct ht_route *route;                /* NULL: see `allowed` */
    unsigned allowed;                            /* methods that the path has; 0: there is no such path */
    struct ht_slice query;                       /* behind '?'; absent if there is none; borrows from the target */
    struct ht_slice captures[HT_ROUTE_CAPTURES]; /* percent-decoded; absent if the pattern has fewer */
    struct ht_buffer decoded;                    /* what the captures borrow from */
};

/* Among the routes that belong to one of `faces`; the others might as well not be there. Release the match's buffer
 * (ht_buffer_release, or ht_buffer_wipe where a secret may be in it) when done. */
void ht_router_match(const struct ht_route *routes, size_t count, unsigned faces, unsigned method,
                     struct ht_slice target, struct ht_match *match);

/* "GET, HEAD, POST" of a mask, for Allow. */
void ht_router_allow(unsigned methods, struct ht_buffer *out);

/* Decodes %XX; false if malformed or if it makes a NUL. With `plus`, '+' is a blank, as in queries. */
bool ht_router_decode(struct ht_slice text, bool plus, struct ht_buffer *out);

/* The next "name=value" of a query, both decoded into `scratch`, which is cleared. False at the end; *valid says
   whether it was well-formed. */
bool ht_router_next_pair(struct ht_slice *query, struct ht_buffer *scratch, struct ht_slice *name,
                         struct ht_slice *value, bool *valid);

#endif
