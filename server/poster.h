/* Posts to other servers (libcurl), one request at a time, with bounds on time and size, and without a redirect being
   followed. On one thread, but for ht_poster_interrupt. */
#ifndef HT_SERVER_POSTER_H
#define HT_SERVER_POSTER_H

#include "hooktrail/buffer.h"

struct ht_poster;

struct ht_poster_answer {
    int code;
    struct ht_buffer content_type;
    struct ht_buffer body; /* release both, whatever the status */
};

/* Before the first: ht_poster_set_up, once in the process, while there is one thread only. */
HT_MUST_CHECK enum ht_status ht_poster_set_up(struct ht_error *err);
HT_MUST_CHECK enum ht_status ht_poster_new(struct ht_poster **poster, struct ht_error *err);
void ht_poster_free(struct ht_poster *poster); /* NULL is fine */

/* Sends `body` as text and waits for the answer. HT_BUSY if the server can't be reached or is late; HT_TOO_LARGE if the
   answer has more than `max_answer` bytes; HT_STOPPING if it was interrupted. */
HT_MUST_CHECK enum ht_status ht_poster_send(struct ht_poster *poster, const char *url, struct ht_slice body,
                                            size_t max_answer, struct ht_poster_answer *answer, struct ht_error *err);

/* Ends the request under way, and every later one, at once. Any thread. */
void ht_poster_interrupt(struct ht_poster *poster);

#endif
