/* SHA-256 (FIPS 180-4), by OpenSSL, which uses the processor's instructions for it. */
#ifndef HOOKTRAIL_SHA256_H
#define HOOKTRAIL_SHA256_H

#include <stdint.h>

#include "hooktrail/buffer.h"

#define HT_SHA256_SIZE 32

/* Of one piece of bytes; and of several, as if they were one. Neither can fail nor allocates. Any thread. */
void ht_sha256(struct ht_slice bytes, uint8_t digest[HT_SHA256_SIZE]);
void ht_sha256_join(const struct ht_slice *pieces, size_t count, uint8_t digest[HT_SHA256_SIZE]);

/* Of what is read from `fd` on, up to its end; `size` gets how much that was. HT_IO. */
HT_MUST_CHECK enum ht_status ht_sha256_read(int fd, uint64_t *size, uint8_t digest[HT_SHA256_SIZE],
                                            struct ht_error *err);

/* Of bytes that come piece by piece: plain memory, nothing to release. */
struct ht_sha256_state {
    uint64_t words[16];
};
void ht_sha256_begin(struct ht_sha256_state *state);
void ht_sha256_add(struct ht_sha256_state *state, struct ht_slice bytes);
void ht_sha256_end(struct ht_sha256_state *state, uint8_t digest[HT_SHA256_SIZE]);

#endif
