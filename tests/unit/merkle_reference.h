/* For unit tests: Merkle trees as RFC 6962, section 2.1 defines them, word for word and without any cleverness. */
#ifndef TESTS_MERKLE_REFERENCE_H
#define TESTS_MERKLE_REFERENCE_H

#include <sodium.h>
#include <string.h>

#include "hooktrail/merkle.h"

/* Hashes of leaves, D[0] to D[n - 1]. */
typedef const uint8_t (*reference_leaves)[HT_SHA256_SIZE];

static inline void reference_leaf(const void *data, size_t size, uint8_t hash[HT_SHA256_SIZE])
{
    crypto_hash_sha256_state state;
    crypto_hash_sha256_init(&state);
    crypto_hash_sha256_update(&state, (const uint8_t *)"\0", 1);
    crypto_hash_sha256_update(&state, data, size);
    crypto_hash_sha256_final(&state, hash);
}

/* k: the largest power of two smaller than n. */
static inline size_t reference_split(size_t n)
{
    size_t k = 1;
    while (2 * k < n)
        k *= 2;
    return k;
}

/* MTH(D[n]). */
static inline void reference_root(reference_leaves d, size_t n, uint8_t hash[HT_SHA256_SIZE])
{
    uint8_t bytes[1 + 2 * HT_SHA256_SIZE] = {1};
    if (n == 0) {
        crypto_hash_sha256(hash, (const uint8_t *)"", 0);
        return;
    }
    if (n == 1) {
        memcpy(hash, d[0], HT_SHA256_SIZE);
        return;
    }
    size_t k = reference_split(n);
    reference_root(d, k, bytes + 1);
    reference_root(d + k, n - k, bytes + 1 + HT_SHA256_SIZE);
    crypto_hash_sha256(hash, bytes, sizeof bytes);
}

static inline void reference_add(struct ht_merkle_proof *proof, reference_leaves d, size_t n)
{
    reference_root(d, n, proof->hashes[proof->count++]);
}

/* PATH(m, D[n]). The proof begins empty. */
static inline void reference_path(size_t m, reference_leaves d, size_t n, struct ht_merkle_proof *proof)
{
    if (n <= 1) return;
    size_t k = reference_split(n);
    if (m < k) {
        reference_path(m, d, k, proof);
        reference_add(proof, d + k, n - k);
    } else {
        reference_path(m - k, d + k, n - k, proof);
        reference_add(proof, d, k);
    }
}

/* SUBPROOF(m, D[n], b). */
static inline void reference_subproof(size_t m, reference_leaves d, size_t n, bool b, struct ht_merkle_proof *proof)
{
    if (m == n) {
        if (!b) reference_add(proof, d, n);
        return;
    }
    size_t k = reference_split(n);
    if (m <= k) {
        reference_subproof(m, d, k, b, proof);
        reference_add(proof, d + k, n - k);
    } else {
        reference_subproof(m - k, d + k, n - k, false, proof);
        reference_add(proof, d, k);
    }
}

#endif
