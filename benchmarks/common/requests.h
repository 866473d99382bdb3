/* The requests of a load, made beforehand so that making them costs nothing while it runs. */
#ifndef BENCHMARKS_REQUESTS_H
#define BENCHMARKS_REQUESTS_H

#include "conversation.h"

struct requests {
    struct ht_buffer bytes; /* whole requests, one behind the other */
    size_t *ends;           /* where each ends */
    size_t count;
    uint64_t body_bytes; /* of all bodies */
};

/* POSTs of generated payloads, numbers first to first + count - 1, to `path`. */
HT_MUST_CHECK enum ht_status requests_post(struct requests *requests, const struct conversation_options *options,
                                           uint64_t first, size_t count, const char *host, const char *path,
                                           struct ht_error *err);

/* GETs of each path in a file, one a line; `token` may be NULL. */
HT_MUST_CHECK enum ht_status requests_get(struct requests *requests, const char *file, const char *host,
                                          const char *token, struct ht_error *err);

struct ht_slice requests_at(const struct requests *requests, size_t index);
void requests_release(struct requests *requests);

#endif
