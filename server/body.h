/* The body of a request to the API: a small JSON object of strings. */
#ifndef HT_SERVER_BODY_H
#define HT_SERVER_BODY_H

#include "members.h"
#include "request.h"

#define HT_BODY_MAX 4096 /* bytes */

/* Reads the request's body, which must be application/json, by ht_members_read, and wipes it, also where it
   fails. Also HT_TOO_LARGE. What goes to `out` may be secret: release it with ht_buffer_wipe. */
HT_MUST_CHECK enum ht_status ht_body_read(struct ht_request *request, struct ht_member *members, size_t count,
                                          struct ht_buffer *out, struct ht_error *err);

#endif
