/* What evhttp lets through and we don't: the strict checks on a request whose head has been parsed. Pure. */
#ifndef HT_SERVER_STRICT_H
#define HT_SERVER_STRICT_H

#include <stdint.h>

#include "hooktrail/buffer.h"

/* Of one request, filled header by header. */
struct ht_strict {
    struct ht_slice method; /* in capitals */
    struct ht_slice target; /* as received */
    int major;
    int minor;
    unsigned max_headers; /* 64, until it is set */
    /* private */
    unsigned headers;
    unsigned lengths;
    unsigned encodings;
    unsigned hosts;
    uint64_t length;
    const char *fault;
};

void ht_strict_init(struct ht_strict *strict, struct ht_slice method, struct ht_slice target, int major, int minor);
void ht_strict_header(struct ht_strict *strict, struct ht_slice name, struct ht_slice value);

/* HT_OK, or HT_INVALID: the connection must then be closed, for where the next request begins is unknown. Refuses:
   other versions than 1.0 and 1.1; a target that is not "/…" of visible ASCII, or has "//" first or "%00" in it; more
   than max_headers headers; malformed names and values; no Host or two; a length that isn't one number; other codings
   than chunked; a body where the method has none; POST, PUT or PATCH that don't say how long they are. */
HT_MUST_CHECK enum ht_status ht_strict_check(const struct ht_strict *strict, struct ht_error *err);

#endif
