#include "parquet_runs.h"

#include <assert.h>

#include "parquet_thrift.h"

#define GROUP 8 /* values are packed in groups of so many, and a shorter run is not worth its header */

uint32_t runs_width(uint32_t count)
{
    return count < 2 ? 0 : 32 - (uint32_t)__builtin_clz(count - 1);
}

static void add_run(struct ht_buffer *out, uint32_t value, size_t length, uint32_t width)
{
    thrift_varint(out, (uint64_t)length << 1);
    for (uint32_t bits = 0; bits < width; bits += 8)
        ht_buffer_add_byte(out, (char)(value >> bits));
}

/* The last group is filled up with zeros: a reader knows how many values there are. */
static void add_packed(struct ht_buffer *out, const uint32_t *values, size_t count, uint32_t width)
{
    size_t groups = (count + GROUP - 1) / GROUP, size = groups * width;
    if (count == 0) return;
    thrift_varint(out, (uint64_t)groups << 1 | 1);
    char *to = ht_buffer_reserve(out, size);
    if (!to) return;
    uint64_t bits = 0;
    uint32_t filled = 0;
    for (size_t i = 0; i < groups * GROUP; i++) {
        bits |= (uint64_t)(i < count ? values[i] : 0) << filled;
        for (filled += width; filled >= 8; filled -= 8, bits >>= 8)
            *to++ = (char)bits;
    }
    out->size += size;
}

static size_t run_length(const uint32_t *values, size_t count)
{
    size_t length = 1;
    while (length < count && values[length] == values[0])
        length++;
    return length;
}

void runs_add(struct ht_buffer *out, const uint32_t *values, size_t count, uint32_t width)
{
    assert(width <= 24);
    size_t packed = 0, at = 0; /* from `packed` to `at` are values, whole groups of them, that no run holds */
    while (at < count) {
        size_t length = run_length(values + at, count - at);
        if (length < GROUP) {
            at = count - at < GROUP ? count : at + GROUP;
            continue;
        }
        add_packed(out, values + packed, at - packed, width);
        add_run(out, values[at], length, width);
        packed = at += length;
    }
    add_packed(out, values + packed, count - packed, width);
}
