#include "codecs.h"

/* Level 1 with more memory than it has of itself. A conversation's events repeat each other, and lie apart by the
   events of others meanwhile: 8 MiB are the most that every reader takes (RFC 8878, 3.1.1.1.2), and a larger table
   keeps what was seen so far back. */
#define ZSTD_LEVEL 1
#define ZSTD_WINDOW_LOG 23
#define ZSTD_HASH_LOG 17

#define GZIP_LEVEL 6
#define GZIP_WINDOW (15 + 16) /* the largest, with gzip's header (its time 0, no name) and trailer */
#define GZIP_MEMORY 8         /* zlib's default */

static bool set(ZSTD_CCtx *zstd, ZSTD_cParameter parameter, int value)
{
    return !ZSTD_isError(ZSTD_CCtx_setParameter(zstd, parameter, value));
}

ZSTD_CCtx *export_zstd_new(bool checksum)
{
    ZSTD_CCtx *zstd = ZSTD_createCCtx();
    if (!zstd) return NULL;
    if (set(zstd, ZSTD_c_compressionLevel, ZSTD_LEVEL) && set(zstd, ZSTD_c_windowLog, ZSTD_WINDOW_LOG) &&
        set(zstd, ZSTD_c_hashLog, ZSTD_HASH_LOG) && set(zstd, ZSTD_c_checksumFlag, checksum))
        return zstd;
    ZSTD_freeCCtx(zstd);
    return NULL;
}

bool export_gzip_init(z_stream *gzip)
{
    return deflateInit2(gzip, GZIP_LEVEL, Z_DEFLATED, GZIP_WINDOW, GZIP_MEMORY, Z_DEFAULT_STRATEGY) == Z_OK;
}
