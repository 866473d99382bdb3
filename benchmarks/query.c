/* Timelines through the query engine alone, without HTTP: reads conversation ids from stdin, answers each, tells how
   long that took. */
#include <stdio.h>
#include <stdlib.h>

#include "common/clock.h"
#include "common/histogram.h"
#include "hooktrail/query.h"

struct totals {
    struct histogram latency;
    uint64_t bytes;
    uint64_t spent;
    uint64_t first; /* what the first one took: with a cold cache the costliest */
};

static enum ht_status answer(struct ht_reader *reader, struct ht_slice id, struct totals *totals, struct ht_error *err)
{
    struct ht_filter filter;
    struct ht_query *query;
    uint64_t begin = clock_now();
    ht_filter_init(&filter);
    enum ht_status status = ht_query_open(HT_QUERY_TIMELINE, HT_FORMAT_DOCUMENT, id, &filter, &query, err);
    if (status != HT_OK) return status;
    status = ht_query_run(query, reader, err);
    if (status == HT_OK) totals->bytes += ht_query_document(query).size;
    ht_query_free(query);
    uint64_t took = clock_now() - begin;
    if (totals->latency.count == 0) totals->first = took;
    histogram_add(&totals->latency, took);
    totals->spent += took;
    return status;
}

static enum ht_status answer_all(struct ht_reader *reader, struct totals *totals, struct ht_error *err)
{
    enum ht_status status = HT_OK;
    char *line = NULL;
    size_t capacity = 0;
    for (ssize_t size; status == HT_OK && (size = getline(&line, &capacity, stdin)) > 0;) {
        if (line[size - 1] == '\n') size--;
        status = answer(reader, ht_slice_of(line, (size_t)size), totals, err);
    }
    free(line);
    if (status == HT_OK && totals->latency.count == 0) return ht_fail(err, HT_INVALID, "no ids on stdin");
    return status;
}

static void print(const struct totals *totals)
{
    double count = (double)totals->latency.count;
    printf("{\"count\":%.0f,\"first_us\":%.2f,\"mean_us\":%.2f,\"p50_us\":%.2f,\"p99_us\":%.2f,"
           "\"body_bytes\":%.0f}\n",
           count, (double)totals->first / 1e3, (double)totals->spent / 1e3 / count,
           (double)histogram_quantile(&totals->latency, 0.5) / 1e3,
           (double)histogram_quantile(&totals->latency, 0.99) / 1e3, (double)totals->bytes / count);
}

int main(int argc, char **argv)
{
    struct ht_error err = {0};
    struct ht_store *store = NULL;
    struct ht_reader *reader = NULL;
    if (argc != 2) {
        fputs("usage: query DATA < IDS\n", stderr);
        return 2;
    }
    struct totals *totals = calloc(1, sizeof *totals);
    if (totals == NULL) return 1;
    enum ht_status status = ht_store_open(argv[1], NULL, &store, &err);
    if (status == HT_OK) status = ht_reader_new(store, &reader, &err);
    if (status == HT_OK) status = answer_all(reader, totals, &err);
    if (status == HT_OK) {
        print(totals);
    } else {
        fprintf(stderr, "query: %s\n", err.detail);
    }
    if (reader != NULL) ht_reader_free(reader);
    ht_store_close(store);
    free(totals);
    return status == HT_OK ? 0 : 1;
}
