/* The requests of a load, made beforehand so that making them costs nothing while it runs. */
#ifndef BENCHMARKS_REQUESTS_H
#define BENCHMARKS_REQUESTS_H

#include "conversation.h"

struct requests {
    struct ht_buffer bytes; /* whole requests, one behind the other */
    size_t *ends;           /* where each ends */
    size_t count;
};

/* Where requests go and what they carry besides. */
struct requests_target {
    const char *host;  /* ADDRESS:PORT */
    const char *path;  /* of POSTs */
    const char *token; /* for an Authorization header, or NULL */
};

/* POSTs of generated payloads, numbers first to first + count - 1. */
HT_MUST_CHECK enum ht_status requests_post(struct requests *requests, const struct requests_target *target,
                                           const struct conversation_options *options, uint64_t first, size_t count,
                                           struct ht_error *err);

/* One POST of a file's bytes. */
HT_MUST_CHECK enum ht_status requests_post_file(struct requests *requests, const struct requests_target *target,
                                                const char *file, struct ht_error *err);

/* GETs of each path in a file, one a line. */
HT_MUST_CHECK enum ht_status requests_get(struct requests *requests, const struct requests_target *target,
                                          const char *file, struct ht_error *err);

struct ht_slice requests_at(const struct requests *requests, size_t index);
void requests_release(struct requests *requests);

#endif
