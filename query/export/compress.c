#include "compress.h"

#include <assert.h>
#include <limits.h>
#include <stdlib.h>

#include "codecs.h"

#define PIECE ((size_t)64 << 10) /* of output, at a time */

struct export_compressor {
    enum export_codec codec;
    ZSTD_CCtx *zstd; /* NULL but for EXPORT_ZSTD */
    z_stream gzip;   /* begun for EXPORT_GZIP only */
};

static bool begin(struct export_compressor *compressor)
{
    if (compressor->codec == EXPORT_ZSTD) return (compressor->zstd = export_zstd_new(true)) != NULL;
    return compressor->codec == EXPORT_PLAIN || export_gzip_init(&compressor->gzip);
}

enum ht_status export_compressor_new(enum export_codec codec, struct export_compressor **compressor,
                                     struct ht_error *err)
{
    assert(codec != EXPORT_SNAPPY);
    *compressor = calloc(1, sizeof **compressor);
    if (!*compressor) return ht_fail(err, HT_NO_MEMORY, "out of memory for a compressor");
    (*compressor)->codec = codec;
    if (begin(*compressor)) return HT_OK;
    free(*compressor);
    *compressor = NULL;
    return ht_fail(err, HT_NO_MEMORY, "out of memory for a compressor");
}

void export_compressor_free(struct export_compressor *compressor)
{
    if (!compressor) return;
    ZSTD_freeCCtx(compressor->zstd);
    if (compressor->codec == EXPORT_GZIP) (void)deflateEnd(&compressor->gzip);
    free(compressor);
}

/* The bytes must last until all of them are taken in; with `end` until all is out. */
static enum ht_status run_zstd(ZSTD_CCtx *zstd, struct ht_slice bytes, bool end, struct ht_buffer *out,
                               struct ht_error *err)
{
    ZSTD_inBuffer from = {bytes.data, bytes.size, 0};
    size_t left;
    do {
        char *room = ht_buffer_reserve(out, PIECE);
        if (!room) return ht_buffer_status(out, err);
        ZSTD_outBuffer to = {room, PIECE, 0};
        left = ZSTD_compressStream2(zstd, &to, &from, end ? ZSTD_e_end : ZSTD_e_continue);
        if (ZSTD_isError(left)) return ht_fail(err, HT_NO_MEMORY, "zstd: %s", ZSTD_getErrorName(left));
        out->size += to.pos;
    } while (end ? left > 0 : from.pos < from.size);
    return HT_OK;
}

/* At most UINT_MAX bytes. */
static enum ht_status run_gzip(z_stream *gzip, struct ht_slice bytes, bool end, struct ht_buffer *out,
                               struct ht_error *err)
{
    gzip->next_in = (const Bytef *)bytes.data;
    gzip->avail_in = (uInt)bytes.size;
    do {
        char *room = ht_buffer_reserve(out, PIECE);
        if (!room) return ht_buffer_status(out, err);
        gzip->next_out = (Bytef *)room;
        gzip->avail_out = (uInt)PIECE;
        (void)deflate(gzip, end ? Z_FINISH : Z_NO_FLUSH); /* fails on misuse only */
        out->size += PIECE - gzip->avail_out;
    } while (gzip->avail_out == 0);
    return HT_OK;
}

enum ht_status export_compressor_add(struct export_compressor *compressor, struct ht_slice bytes, struct ht_buffer *out,
                                     struct ht_error *err)
{
    enum ht_status status = HT_OK;
    if (compressor->codec == EXPORT_ZSTD) return run_zstd(compressor->zstd, bytes, false, out, err);
    if (compressor->codec == EXPORT_PLAIN) {
        ht_buffer_add(out, bytes);
        return ht_buffer_status(out, err);
    }
    while (bytes.size > 0 && status == HT_OK) {
        size_t size = bytes.size < UINT_MAX ? bytes.size : UINT_MAX;
        status = run_gzip(&compressor->gzip, ht_slice_of(bytes.data, size), false, out, err);
        bytes = ht_slice_of(bytes.data + size, bytes.size - size);
    }
    return status;
}

enum ht_status export_compressor_end(struct export_compressor *compressor, struct ht_buffer *out, struct ht_error *err)
{
    struct ht_slice nothing = HT_SLICE("");
    if (compressor->codec == EXPORT_ZSTD) return run_zstd(compressor->zstd, nothing, true, out, err);
    if (compressor->codec == EXPORT_GZIP) return run_gzip(&compressor->gzip, nothing, true, out, err);
    return ht_buffer_status(out, err);
}

const char *export_codec_extension(enum export_codec codec)
{
    static const char *const extensions[] = {
        [EXPORT_PLAIN] = "", [EXPORT_GZIP] = ".gz", [EXPORT_ZSTD] = ".zst", [EXPORT_SNAPPY] = ""};
    return extensions[codec];
}
