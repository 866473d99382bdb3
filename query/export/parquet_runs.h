/* Small integers as Parquet packs them: runs of one value, and bits side by side (its "RLE / bit-packing hybrid").

   https://parquet.apache.org/docs/file-format/data-pages/encodings/#RLE. Definition levels and numbers of dictionary
   entries are written so. */
#ifndef EXPORT_PARQUET_RUNS_H
#define EXPORT_PARQUET_RUNS_H

#include <stdint.h>

#include "hooktrail/buffer.h"

/* Adds `count` values, each below 2^width; width is at most 24. Without the length that stands before levels. */
void runs_add(struct ht_buffer *out, const uint32_t *values, size_t count, uint32_t width);

/* Bits that a number below `count` takes: 0 for 0 and 1. */
uint32_t runs_width(uint32_t count);

#endif
