/* Endpoints: secret URL paths that take deliveries, active or retired. */
#ifndef HOOKTRAIL_ENDPOINT_H
#define HOOKTRAIL_ENDPOINT_H

#include <stdint.h>

#include "hooktrail/buffer.h"
#include "hooktrail/store.h"
#include "hooktrail/time.h"

struct ht_endpoint {
    uint32_t id;
    uint32_t family; /* endpoints that came of each other by rotation share it */
    bool retired;
    int64_t created_at;
    int64_t retired_at; /* HT_TIME_NONE while active */
    char name[65];      /* [A-Za-z0-9._-], 1 to 64 */
    bool is_signed;     /* deliveries must carry a valid Standard Webhooks signature */
    uint8_t signing_key[64];
    uint8_t signing_key_size;
};

/* Finds by the secret of the path (the text behind "/hooks/"), through its hash, in constant time for any secret of the
   same length. HT_NOT_FOUND. A retired endpoint is found too: look at `retired`. */
HT_MUST_CHECK enum ht_status ht_endpoint_find(struct ht_reader *reader, struct ht_slice secret,
                                              struct ht_endpoint *endpoint, struct ht_error *err);
HT_MUST_CHECK enum ht_status ht_endpoint_get(struct ht_reader *reader, uint32_t id, struct ht_endpoint *endpoint,
                                             struct ht_error *err);
/* The first endpoint with an id of at least `from`; HT_NOT_FOUND at the end. */
HT_MUST_CHECK enum ht_status ht_endpoint_next(struct ht_reader *reader, uint32_t from, struct ht_endpoint *endpoint,
                                              struct ht_error *err);
/* Adds; `signing_secret` ("whsec_…") may be absent. Writes the path to `path`, shown once. HT_EXISTS if an active one
   has that name. Here and below `who` does it, for the log of acts; absent: the store's actor. */
HT_MUST_CHECK enum ht_status ht_endpoint_add(struct ht_store *store, const char *name, struct ht_slice signing_secret,
                                             struct ht_slice who, int64_t now, struct ht_endpoint *endpoint,
                                             char path[HT_SECRET_TEXT_SIZE], struct ht_error *err);
/* A second active endpoint of the same family, name and signing key with a new secret; the old one stays alive. */
HT_MUST_CHECK enum ht_status ht_endpoint_rotate(struct ht_store *store, uint32_t id, struct ht_slice who, int64_t now,
                                                struct ht_endpoint *endpoint, char path[HT_SECRET_TEXT_SIZE],
                                                struct ht_error *err);
HT_MUST_CHECK enum ht_status ht_endpoint_retire(struct ht_store *store, uint32_t id, struct ht_slice who, int64_t now,
                                                struct ht_error *err);

#endif
