#include "parquet_codec.h"

#include <snappy-c.h>
#include <stdlib.h>

#include "codecs.h"

struct parquet_codec {
    enum export_codec codec;
    ZSTD_CCtx *zstd; /* NULL but for EXPORT_ZSTD */
    z_stream gzip;   /* begun for EXPORT_GZIP only */
};

static bool begin(struct parquet_codec *codec)
{
    if (codec->codec == EXPORT_ZSTD) return (codec->zstd = export_zstd_new(false)) != NULL;
    return codec->codec != EXPORT_GZIP || export_gzip_init(&codec->gzip);
}

enum ht_status parquet_codec_new(enum export_codec codec, struct parquet_codec **made, struct ht_error *err)
{
    *made = calloc(1, sizeof **made);
    if (!*made) return ht_fail(err, HT_NO_MEMORY, "out of memory for a compressor");
    (*made)->codec = codec;
    if (begin(*made)) return HT_OK;
    free(*made);
    *made = NULL;
    return ht_fail(err, HT_NO_MEMORY, "out of memory for a compressor");
}

void parquet_codec_free(struct parquet_codec *codec)
{
    if (!codec) return;
    ZSTD_freeCCtx(codec->zstd);
    if (codec->codec == EXPORT_GZIP) (void)deflateEnd(&codec->gzip);
    free(codec);
}

/* Each packs a page into `most` bytes, which are as many as it can take; returns the size, 0 on failure. */

static size_t pack_zstd(struct parquet_codec *codec, struct ht_slice page, char *to, size_t most)
{
    size_t size = ZSTD_compress2(codec->zstd, to, most, page.data, page.size);
    return ZSTD_isError(size) ? 0 : size;
}

static size_t pack_gzip(struct parquet_codec *codec, struct ht_slice page, char *to, size_t most)
{
    codec->gzip.next_in = (const Bytef *)page.data;
    codec->gzip.avail_in = (uInt)page.size;
    codec->gzip.next_out = (Bytef *)to;
    codec->gzip.avail_out = (uInt)most;
    int ended = deflate(&codec->gzip, Z_FINISH);
    size_t size = most - codec->gzip.avail_out;
    int reset = deflateReset(&codec->gzip); /* now, for the next deflateBound forgets the header otherwise */
    return ended == Z_STREAM_END && reset == Z_OK ? size : 0;
}

static size_t pack_snappy(struct ht_slice page, char *to, size_t most)
{
    return snappy_compress(page.data, page.size, to, &most) == SNAPPY_OK ? most : 0;
}

static size_t most_bytes(struct parquet_codec *codec, size_t size)
{
    if (codec->codec == EXPORT_ZSTD) return ZSTD_compressBound(size);
    if (codec->codec == EXPORT_GZIP) return deflateBound(&codec->gzip, size);
    return snappy_max_compressed_length(size);
}

enum ht_status parquet_codec_add(struct parquet_codec *codec, struct ht_slice page, struct ht_buffer *out,
                                 struct ht_error *err)
{
    if (codec->codec == EXPORT_PLAIN) {
        ht_buffer_add(out, page);
        return ht_buffer_status(out, err);
    }
    size_t most = most_bytes(codec, page.size), size;
    char *to = ht_buffer_reserve(out, most);
    if (!to) return ht_buffer_status(out, err);
    if (codec->codec == EXPORT_ZSTD) {
        size = pack_zstd(codec, page, to, most);
    } else {
        size = codec->codec == EXPORT_GZIP ? pack_gzip(codec, page, to, most) : pack_snappy(page, to, most);
    }
    if (size == 0) return ht_fail(err, HT_NO_MEMORY, "a page of %zu bytes can't be compressed", page.size);
    out->size += size;
    return HT_OK;
}

int32_t parquet_codec_number(const struct parquet_codec *codec)
{
    static const int32_t numbers[] = {[EXPORT_PLAIN] = 0, [EXPORT_SNAPPY] = 1, [EXPORT_GZIP] = 2, [EXPORT_ZSTD] = 6};
    return numbers[codec->codec];
}
