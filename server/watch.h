/* Follows the bytes of one request before evhttp reads them, so that evhttp never sees what it would misjudge.

   evhttp takes bodies of any framing (two lengths, "+5", a chunk-size line of 48 MB), answers an over-long body by
   itself and without telling, and then takes what is left for a second request. The watch knows where head and body end
   by RFC 9112's rules alone, refuses every other framing, counts, and keeps the beginning of the body for the record.
   Pure: no input or output. One thread at a time. */
#ifndef HT_SERVER_WATCH_H
#define HT_SERVER_WATCH_H

#include <stdint.h>

#include "hooktrail/buffer.h"

#define HT_WATCH_KEPT 4096 /* bytes of an over-long body that are kept */

enum ht_watch_state {
    HT_WATCH_HEAD,      /* more of the head is wanted; nothing has come if head.size is 0 */
    HT_WATCH_BODY,      /* the head is whole, the body is not */
    HT_WATCH_DONE,      /* the request is whole: what follows is the next one's */
    HT_WATCH_TOO_LARGE, /* the body is beyond the limit, and as much as is kept of it has come */
    HT_WATCH_HEAD_TOO_LARGE,
    HT_WATCH_TOO_MANY_HEADERS, /* see `reason`, as for the malformed */
    HT_WATCH_UNKNOWN_METHOD,   /* none that evhttp could hand on */
    HT_WATCH_MALFORMED,        /* see `reason` */
    HT_WATCH_NO_MEMORY         /* for the head */
};

struct ht_watch {
    enum ht_watch_state state;
    struct ht_buffer head; /* as received, up to and with the empty line; kept until the reset */
    struct ht_buffer kept; /* the first HT_WATCH_KEPT bytes of a body that is over-long, or chunked and so may be */
    const char *reason;    /* a literal; NULL unless malformed or of too many headers */
    uint64_t announced;    /* Content-Length, or what of a chunked body was counted so far */
    bool chunked;
    bool over; /* the body is beyond the limit */
    /* private */
    size_t max_head;
    unsigned max_headers;
    uint64_t max_body;
    uint64_t left;    /* of the body, or of the chunk under way */
    uint32_t part;    /* enum part, of a chunked body */
    uint32_t digits;  /* of the chunk size so far */
    size_t line;      /* bytes of the trailer so far */
    uint32_t matched; /* newlines of the empty line seen at the head's end */
};

/* Most bytes of the head, lines of it behind the first, bytes of the body. */
void ht_watch_init(struct ht_watch *watch, size_t max_head, unsigned max_headers, uint64_t max_body);
void ht_watch_release(struct ht_watch *watch);
void ht_watch_reset(struct ht_watch *watch); /* for the next request */

/* Takes more bytes. Once the state is DONE or a refusal, they are ignored. */
void ht_watch_feed(struct ht_watch *watch, struct ht_slice bytes);

static inline bool ht_watch_refuses(const struct ht_watch *watch)
{
    return watch->state >= HT_WATCH_TOO_LARGE;
}

/* The kept head: method and target, and the value of a header (any case); absent if there is none. */
struct ht_slice ht_watch_method(const struct ht_watch *watch);
struct ht_slice ht_watch_target(const struct ht_watch *watch);
struct ht_slice ht_watch_header(const struct ht_watch *watch, const char *name);

/* Walks the header lines behind `*at` (0 to begin); false at the end. */
bool ht_watch_next_header(const struct ht_watch *watch, size_t *at, struct ht_slice *name, struct ht_slice *value);

#endif
