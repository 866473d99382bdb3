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

#define STEPS_PER_HALVING 5 /* of the distance to 100 % */

/* Middle of each bucket. */
static void moments(const struct histogram *histogram, double *mean, double *deviation)
{
    double sum = 0, squares = 0, count = histogram->count > 0 ? (double)histogram->count : 1;
    uint64_t below = 0;
    for (uint32_t bucket = 0; bucket < HISTOGRAM_BUCKETS; bucket++) {
        double middle = ((double)below + (double)top_of(bucket)) / 2, times = (double)histogram->counts[bucket];
        sum += middle * times;
        squares += middle * middle * times;
        below = top_of(bucket);
    }
    *mean = sum / count;
    double variance = squares / count - *mean * *mean;
    *deviation = variance > 0 ? sqrt(variance) : 0;
}

static void print_line(const struct histogram *histogram, double quantile, double unit, FILE *out)
{
    uint64_t value = histogram_quantile(histogram, quantile);
    uint64_t count = (uint64_t)ceil(quantile * (double)histogram->count);
    fprintf(out, "%12.3f %14.12f %10llu", (double)value / unit, quantile, (unsigned long long)count);
    if (quantile < 1) fprintf(out, " %14.2f", 1 / (1 - quantile));
    fputc('\n', out);
}

void histogram_print(const struct histogram *histogram, double unit, FILE *out)
{
    double mean, deviation;
    fprintf(out, "%12s %14s %10s %14s\n\n", "Value", "Percentile", "TotalCount", "1/(1-Percentile)");
    double quantile = 0, half = 0.5;
    while ((1 - quantile) * (double)histogram->count >= 1) {
        for (int step = 0; step < STEPS_PER_HALVING; step++)
            print_line(histogram, quantile + half * step / STEPS_PER_HALVING, unit, out);
        quantile += half;
        half /= 2;
    }
    print_line(histogram, 1, unit, out);
    moments(histogram, &mean, &deviation);
    fprintf(out, "#[Mean    = %12.3f, StdDeviation   = %12.3f]\n", mean / unit, deviation / unit);
    fprintf(out, "#[Max     = %12.3f, Total count    = %12llu]\n", (double)histogram->max / unit,
            (unsigned long long)histogram->count);
    fprintf(out, "#[Buckets = %12d, SubBuckets     = %12llu]\n", HISTOGRAM_TOP - HISTOGRAM_BITS + 1,
            (unsigned long long)SUBS);
}
