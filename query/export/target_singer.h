/* Singer (github.com/singer-io/getting-started, SPEC.md, version 0.3): messages on standard output for whoever loads
   them, SCHEMA for each table, RECORD for each row, and at the end STATE, which comes back with the next run. */
#ifndef EXPORT_TARGET_SINGER_H
#define EXPORT_TARGET_SINGER_H

#include "target.h"

HT_MUST_CHECK enum ht_status export_target_singer_open(struct export_target **target, struct ht_error *err);

/* How far the run before had got, from the value of its STATE message in the file `path`: zeros if the file is missing
   or empty. HT_INVALID if it is no state of ours or of another trail. */
HT_MUST_CHECK enum ht_status export_singer_state(const char *path, const char *trail, uint64_t *run,
                                                 struct ht_mark *after, struct ht_error *err);

#endif
