/* zstd and gzip, set up: the same for whole files and for Parquet's pages. docs/warehouse-formats.md has the figures
   behind the settings. */
#ifndef EXPORT_CODECS_H
#define EXPORT_CODECS_H

#include <stdbool.h>
#include <zstd.h>

#ifndef ZLIB_CONST
#define ZLIB_CONST
#endif
#include <zlib.h>

/* NULL when out of memory. Frames carry a checksum if wanted. */
ZSTD_CCtx *export_zstd_new(bool checksum);

/* False when out of memory; else deflateEnd it. */
bool export_gzip_init(z_stream *gzip);

#endif
