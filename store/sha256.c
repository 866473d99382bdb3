#include "hooktrail/sha256.h"

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
