/* Standard Webhooks signatures (standardwebhooks.com, specification 1.0): HMAC-SHA-256, "v1," scheme. */
#ifndef HOOKTRAIL_SIGNATURE_H
#define HOOKTRAIL_SIGNATURE_H

#include <stdint.h>

#include "hooktrail/buffer.h"

#define HT_SIGNATURE_KEY_MIN 24
#define HT_SIGNATURE_KEY_MAX 64
#define HT_SIGNATURE_TOLERANCE (300 * INT64_C(1000000)) /* µs that webhook-timestamp may be off */

struct ht_signature_headers {
    struct ht_slice id;         /* webhook-id */
    struct ht_slice timestamp;  /* webhook-timestamp: seconds since 1970, decimal */
    struct ht_slice signatures; /* webhook-signature: "v1,base64 v1,base64 …" */
};

/* Decodes "whsec_" and base64 into a key of 24 to 64 bytes. HT_INVALID otherwise. */
HT_MUST_CHECK enum ht_status ht_signature_key(struct ht_slice secret, uint8_t key[HT_SIGNATURE_KEY_MAX], size_t *size,
                                              struct ht_error *err);

/* HT_OK if one of the signatures is right and the timestamp is within tolerance of `now` (µs); else HT_UNAUTHORIZED,
   naming the header at fault. Compares in constant time. */
HT_MUST_CHECK enum ht_status ht_signature_verify(const uint8_t *key, size_t key_size,
                                                 const struct ht_signature_headers *headers, struct ht_slice body,
                                                 int64_t now, struct ht_error *err);

/* Writes "v1,…" for id, timestamp and body: what a sender would send. */
void ht_signature_sign(const uint8_t *key, size_t key_size, struct ht_slice id, struct ht_slice timestamp,
                       struct ht_slice body, struct ht_buffer *out);

#endif
