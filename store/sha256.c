#include "hooktrail/sha256.h"

#include <errno.h>
#include <unistd.h>

/* The functions of before OpenSSL 3: they need no allocation and so can't fail, which the newer interface can. */
#define OPENSSL_SUPPRESS_DEPRECATED
#include <openssl/sha.h>

void ht_sha256_join(const struct ht_slice *pieces, size_t count, uint8_t digest[HT_SHA256_SIZE])
{
    SHA256_CTX context;
    SHA256_Init(&context);
    for (size_t i = 0; i < count; i++)
        SHA256_Update(&context, pieces[i].data, pieces[i].size);
    SHA256_Final(digest, &context);
}

void ht_sha256(struct ht_slice bytes, uint8_t digest[HT_SHA256_SIZE])
{
    ht_sha256_join(&bytes, 1, digest);
}

enum ht_status ht_sha256_read(int fd, uint64_t *size, uint8_t digest[HT_SHA256_SIZE], struct ht_error *err)
{
    SHA256_CTX context;
    char bytes[65536];
    ssize_t got;
    SHA256_Init(&context);
    *size = 0;
    while ((got = read(fd, bytes, sizeof bytes)) != 0) {
        if (got < 0 && errno == EINTR) continue;
        if (got < 0) return ht_fail_errno(err, errno, "cannot read what is to be digested");
        SHA256_Update(&context, bytes, (size_t)got);
        *size += (uint64_t)got;
    }
    explicit_bzero(bytes, sizeof bytes); /* of keys, perhaps */
    SHA256_Final(digest, &context);
    return HT_OK;
}

_Static_assert(sizeof(SHA256_CTX) <= sizeof(struct ht_sha256_state), "OpenSSL's state must fit");

/* The state is OpenSSL's, in memory of ours. */
static SHA256_CTX *context_of(struct ht_sha256_state *state)
{
    return (SHA256_CTX *)(void *)state->words;
}

void ht_sha256_begin(struct ht_sha256_state *state)
{
    SHA256_Init(context_of(state));
}

void ht_sha256_add(struct ht_sha256_state *state, struct ht_slice bytes)
{
    SHA256_Update(context_of(state), bytes.data, bytes.size);
}

void ht_sha256_end(struct ht_sha256_state *state, uint8_t digest[HT_SHA256_SIZE])
{
    SHA256_Final(digest, context_of(state));
}
