/* Compresses a stream of bytes, as gzip (RFC 1952, mtime 0, no name: the same bytes each time) or zstd (RFC 8878, with
   a checksum). */
#ifndef EXPORT_COMPRESS_H
#define EXPORT_COMPRESS_H

#include "format.h"

struct export_compressor;

/* `codec` is EXPORT_PLAIN (which copies), EXPORT_GZIP or EXPORT_ZSTD. HT_NO_MEMORY. */
HT_MUST_CHECK enum ht_status export_compressor_new(enum export_codec codec, struct export_compressor **compressor,
                                                   struct ht_error *err);
/* Takes bytes in; what comes out is added to `out`. */
HT_MUST_CHECK enum ht_status export_compressor_add(struct export_compressor *compressor, struct ht_slice bytes,
                                                   struct ht_buffer *out, struct ht_error *err);
HT_MUST_CHECK enum ht_status export_compressor_end(struct export_compressor *compressor, struct ht_buffer *out,
                                                   struct ht_error *err);
void export_compressor_free(struct export_compressor *compressor); /* NULL is fine */

/* What a file's name ends with: "", ".gz", ".zst". */
const char *export_codec_extension(enum export_codec codec);

#endif
