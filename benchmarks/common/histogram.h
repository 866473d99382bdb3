/* A histogram of latencies with log-linear buckets (as HdrHistogram by Gil Tene has): a value is kept to within 1/128,
   whatever its size, in constant memory. */
#ifndef BENCHMARKS_HISTOGRAM_H
#define BENCHMARKS_HISTOGRAM_H

#include <stdint.h>
#include <stdio.h>

#define HISTOGRAM_BITS 7 /* values that begin alike in this many bits and the first share a bucket */
#define HISTOGRAM_TOP 40 /* values of this many bits and more count as the largest: in nanoseconds, 18 minutes */
#define HISTOGRAM_BUCKETS ((HISTOGRAM_TOP - HISTOGRAM_BITS + 1) << HISTOGRAM_BITS)

struct histogram {
    uint64_t counts[HISTOGRAM_BUCKETS];
    uint64_t count;
    uint64_t max; /* exact */
};

void histogram_clear(struct histogram *histogram);
void histogram_add(struct histogram *histogram, uint64_t value);

/* The value that `quantile` (0 to 1) of all values are not above: never less than the true one, at most 1/128 more.
   0 if the histogram is empty. */
uint64_t histogram_quantile(const struct histogram *histogram, double quantile);

/* Writes HdrHistogram's percentile distribution, which its plotter reads: values divided by `unit`. */
void histogram_print(const struct histogram *histogram, double unit, FILE *out);

#endif
