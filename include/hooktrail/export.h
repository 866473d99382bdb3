/* Export: tables for a warehouse, written as files; with a name, only what is new since its watermark. */
#ifndef HOOKTRAIL_EXPORT_H
#define HOOKTRAIL_EXPORT_H

#include <stdint.h>

#include "hooktrail/index.h"
#include "hooktrail/store.h"

struct ht_export_options {
    const char *to;      /* a directory; made if it is missing */
    const char *format;  /* "ndjson" */
    const char *name;    /* NULL: everything, no watermark */
    uint64_t file_bytes; /* begin a new file beyond this; 0: 128 MiB */
};

struct ht_export_result {
    uint64_t first; /* seqs written, first to last; last < first if there was nothing new */
    uint64_t last;
    uint64_t events;
    uint64_t erasures; /* written since the last run */
    uint64_t bytes;
    uint32_t files;
};

/* Writes TO/erasures/erasures-FIRST-LAST.ndjson and TO/events/events-FIRST-LAST.ndjson: temporary name, fsync, rename,
   fsync of the folder; then moves the watermark. The range is fixed in the trail before anything is written and the
   file borders follow from it alone, so a run that was killed at any point and is repeated leaves each event exactly
   once. HT_BUSY while another run of the same name is under way. */
HT_MUST_CHECK enum ht_status ht_export_run(struct ht_store *store, const struct ht_export_options *options, int64_t now,
                                           ht_progress *progress, void *context, struct ht_export_result *result,
                                           struct ht_error *err);

#endif
