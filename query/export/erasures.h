/* One erasure as lines of NDJSON, so that a warehouse can follow it: one line for each range of seqs that it took. */
#ifndef EXPORT_ERASURES_H
#define EXPORT_ERASURES_H

#include "range.h"

export_add export_erasure_add;

/* The number of the last erasure. Begins and ends the reader's span. */
HT_MUST_CHECK enum ht_status export_erasure_last(struct ht_reader *reader, uint64_t *number, struct ht_error *err);

#endif
