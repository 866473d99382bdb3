#include <lmdb.h>
#include <openssl/crypto.h>
#include <sodium.h>
#include <zstd.h>

#include "hooktrail/store.h"

void ht_libraries(struct ht_buffer *out)
{
    ht_buffer_printf(out, "LMDB %d.%d.%d", MDB_VERSION_MAJOR, MDB_VERSION_MINOR, MDB_VERSION_PATCH);
    ht_buffer_printf(out, ", libsodium %s, zstd %s", sodium_version_string(), ZSTD_versionString());
    ht_buffer_printf(out, ", OpenSSL %s", OpenSSL_version(OPENSSL_VERSION_STRING));
}
