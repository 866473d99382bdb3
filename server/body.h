/* The body of a request to the API: a small JSON object of strings. */
#ifndef HT_SERVER_BODY_H
#define HT_SERVER_BODY_H

#include "request.h"

#define HT_BODY_MAX 4096 /* bytes */

struct ht_body_field {
    const char *name;
    bool required;
    struct ht_slice value; /* absent if it is not given */
};

/* Reads the request's body, which must be application/json and have no other members than these, and wipes it. Values
   go to `out`, from which they borrow; each has a NUL behind it and none within. HT_TOO_LARGE; HT_INVALID with offset
   or pointer. May hold secrets: release with ht_buffer_wipe. */
HT_MUST_CHECK enum ht_status ht_body_read(struct ht_request *request, struct ht_body_field *fields, size_t count,
                                          struct ht_buffer *out, struct ht_error *err);

#endif
