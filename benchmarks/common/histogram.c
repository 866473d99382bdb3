#include "histogram.h"

#include <math.h>
#include <string.h>

#define SUBS (UINT64_C(1) << HISTOGRAM_BITS)

void histogram_clear(struct histogram *histogram)
{
    memset(histogram, 0, sizeof *histogram);
}

static uint32_t bucket_of(uint64_t value)
{
    if (value >> HISTOGRAM_TOP != 0) value = (UINT64_C(1) << HISTOGRAM_TOP) - 1;
    if (value < SUBS) return (uint32_t)value;
    uint32_t shift = 63 - (uint32_t)__builtin_clzll(value) - HISTOGRAM_BITS;
    return (uint32_t)((shift + 1) * SUBS + (value >> shift) - SUBS);
}

/* The greatest value of a bucket. */
static uint64_t top_of(uint32_t bucket)
{
    if (bucket < SUBS) return bucket;
    uint32_t shift = (uint32_t)(bucket / SUBS) - 1;
    return ((bucket % SUBS + SUBS + 1) << shift) - 1;
}

void histogram_add(struct histogram *histogram, uint64_t value)
{
    histogram->counts[bucket_of(value)]++;
    histogram->count++;
    if (value > histogram->max) histogram->max = value;
}

uint64_t histogram_quantile(const struct histogram *histogram, double quantile)
{
    uint64_t wanted = (uint64_t)ceil(quantile * (double)histogram->count);
    uint64_t seen = 0;
    if (wanted == 0) wanted = histogram->count > 0;
    for (uint32_t bucket = 0; bucket < HISTOGRAM_BUCKETS; bucket++) {
        seen += histogram->counts[bucket];
        if (seen < wanted || seen == 0) continue;
        uint64_t top = top_of(bucket);
        return top < histogram->max && bucket + 1 < HISTOGRAM_BUCKETS ? top : histogram->max;
    }
    return 0;
}
