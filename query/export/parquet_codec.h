/* Compresses the pages of a Parquet file, each by itself. */
#ifndef EXPORT_PARQUET_CODEC_H
#define EXPORT_PARQUET_CODEC_H

#include "format.h"

struct parquet_codec;

/* HT_NO_MEMORY. */
HT_MUST_CHECK enum ht_status parquet_codec_new(enum export_codec codec, struct parquet_codec **made,
                                               struct ht_error *err);
void parquet_codec_free(struct parquet_codec *codec); /* NULL is fine */

/* Adds a page's bytes, compressed, to `out`. Less than 2 GiB. HT_NO_MEMORY. */
HT_MUST_CHECK enum ht_status parquet_codec_add(struct parquet_codec *codec, struct ht_slice page, struct ht_buffer *out,
                                               struct ht_error *err);

/* Its number in parquet.thrift (CompressionCodec). */
int32_t parquet_codec_number(const struct parquet_codec *codec);

#endif
