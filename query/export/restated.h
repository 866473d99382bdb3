/* Which events a run has to write again, since an erasure took or changed them after earlier runs had
   written them. */
#ifndef EXPORT_RESTATED_H
#define EXPORT_RESTATED_H

#include "hooktrail/erasure.h"
#include "target.h"

struct export_span {
    uint64_t first;
    uint64_t last;
};

/* Owned. Zero-initialised is empty and valid. */
struct export_spans {
    struct export_span *list; /* ascending and disjoint */
    size_t count;
    size_t capacity;
};
void export_spans_release(struct export_spans *spans);

/* What the erasures that the run takes have removed or changed, up to the run's `after`, each range widened as the
   target wants. Begins and ends the reader's span. */
HT_MUST_CHECK enum ht_status export_restated_find(struct export_spans *spans, struct ht_reader *reader,
                                                  const struct export_run *run, struct export_target *target,
                                                  struct ht_error *err);

#endif
