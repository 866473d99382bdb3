/* Metrics of the named exports, which other processes run. */
#ifndef HOOKTRAIL_EXPORTS_H
#define HOOKTRAIL_EXPORTS_H

#include "hooktrail/store.h"

/* Adds them to `out`, nothing if there is no export. Within the reader's span. */
HT_MUST_CHECK enum ht_status ht_exports_metrics(struct ht_reader *reader, int64_t now, struct ht_buffer *out,
                                                struct ht_error *err);

#endif
