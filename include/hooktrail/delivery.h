/* A delivery: one POST that arrived at an endpoint, without its body. */
#ifndef HOOKTRAIL_DELIVERY_H
#define HOOKTRAIL_DELIVERY_H

#include <stdint.h>

#include "hooktrail/buffer.h"

#define HT_MAX_KEPT_HEADERS 16
#define HT_MAX_HEADER_VALUE 1024 /* bytes; longer values are cut */
#define HT_MAX_TYPE_PATH 256     /* bytes of the type in the path; longer is cut */

struct ht_header {
    struct ht_slice name; /* lower case */
    struct ht_slice value;
};

/* All slices are borrowed from whoever filled it. */
struct ht_delivery {
    int64_t received_at;
    uint32_t endpoint;         /* its id, from 1 */
    bool signature_verified;   /* a Standard Webhooks signature was there and right */
    struct ht_slice sender;    /* address as text: "203.0.113.9", "2001:db8::1" */
    struct ht_slice path_type; /* what followed the secret in the path, decoded; absent if nothing did */
    struct ht_slice content_type;
    struct ht_header headers[HT_MAX_KEPT_HEADERS];
    size_t header_count;
};

/* Whether a request header is one that is kept (any case): those that name the event, the Standard Webhooks ones,
   user-agent, content-encoding, request and trace ids; never authorization or cookies. The table is in delivery.c. */
bool ht_delivery_keeps_header(struct ht_slice name);

/* Keeps the header if it is on the list and there is room; lowers the name (into a static spelling). */
void ht_delivery_add_header(struct ht_delivery *delivery, struct ht_slice name, struct ht_slice value);

/* The value of a kept header (name in lower case), or absent. */
struct ht_slice ht_delivery_header(const struct ht_delivery *delivery, const char *name);

/* Stored form: tag, length, bytes (all but received_at, endpoint and signature_verified, which are in the record's
   header). Decoding fills slices that borrow from `bytes`; unknown tags are skipped, malformed ones are HT_CORRUPT. */
void ht_delivery_encode(const struct ht_delivery *delivery, struct ht_buffer *out);
HT_MUST_CHECK enum ht_status ht_delivery_decode(struct ht_slice bytes, struct ht_delivery *delivery,
                                                struct ht_error *err);

#endif
