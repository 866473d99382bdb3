#include "restated.h"

#include <stdlib.h>

void export_spans_release(struct export_spans *spans)
{
    free(spans->list);
    *spans = (struct export_spans){0};
}

static enum ht_status add(struct export_spans *spans, struct export_span span, struct ht_error *err)
{
    if (spans->count == spans->capacity) {
        size_t capacity = spans->capacity > 0 ? spans->capacity * 2 : 64;
        struct export_span *list = realloc(spans->list, capacity * sizeof *list);
        if (!list) return ht_fail(err, HT_NO_MEMORY, "out of memory for the ranges of erasures");
        spans->list = list;
        spans->capacity = capacity;
    }
    spans->list[spans->count++] = span;
    return HT_OK;
}

typedef enum ht_status next_range(struct ht_reader *reader, uint64_t number, uint64_t after, uint64_t *first,
                                  uint64_t *last, struct ht_error *err);

/* Ranges of one erasure, of which the first may begin behind the end of what was written. */
static enum ht_status add_ranges(struct export_spans *spans, struct ht_reader *reader, next_range *next,
                                 uint64_t number, uint64_t end, struct ht_error *err)
{
    struct export_span span = {0, 0};
    enum ht_status status = HT_OK;
    while (status == HT_OK) {
        status = next(reader, number, span.last, &span.first, &span.last, err);
        if (status != HT_OK || span.first > end) break;
        if (span.last > end) span.last = end;
        status = add(spans, span, err);
    }
    return status == HT_NOT_FOUND ? HT_OK : status;
}

static int compare(const void *a, const void *b)
{
    const struct export_span *x = a, *y = b;
    return x->first < y->first ? -1 : x->first > y->first;
}

/* Sorts, and joins what meets. */
static void join(struct export_spans *spans)
{
    size_t kept = 0;
    if (spans->count == 0) return;
    qsort(spans->list, spans->count, sizeof *spans->list, compare);
    for (size_t i = 1; i < spans->count; i++) {
        struct export_span *last = &spans->list[kept];
        if (spans->list[i].first > last->last)
            spans->list[++kept] = spans->list[i];
        else if (spans->list[i].last > last->last)
            last->last = spans->list[i].last;
    }
    spans->count = kept + 1;
}

static enum ht_status widen(struct export_spans *spans, struct export_target *target, struct ht_error *err)
{
    enum ht_status status = HT_OK;
    if (!target->ops->restate) return HT_OK;
    for (size_t i = 0; i < spans->count && status == HT_OK; i++) {
        struct export_span *span = &spans->list[i];
        status = target->ops->restate(target, span->first, span->last, &span->first, &span->last, err);
    }
    return status;
}

enum ht_status export_restated_find(struct export_spans *spans, struct ht_reader *reader, const struct export_run *run,
                                    struct export_target *target, struct ht_error *err)
{
    enum ht_status status = ht_reader_begin(reader, err);
    if (status != HT_OK) return status;
    for (uint64_t n = run->after.erasure + 1; n <= run->until.erasure && status == HT_OK; n++) {
        status = add_ranges(spans, reader, ht_erasure_range, n, run->after.position.seq, err);
        if (status == HT_OK) status = add_ranges(spans, reader, ht_erasure_changed, n, run->after.position.seq, err);
    }
    ht_reader_end(reader);
    if (status == HT_OK) status = widen(spans, target, err);
    join(spans);
    return status;
}
