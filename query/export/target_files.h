/* A target that consists of files in a place, of one format: files_set.h tells how they are named.

   A file ends with the row that brings it to `file_bytes`, or, of events, with the day. That follows from the rows
   alone, so a run that is repeated writes the same files. */
#ifndef EXPORT_TARGET_FILES_H
#define EXPORT_TARGET_FILES_H

#include <limits.h>

#include "format.h"
#include "place.h"
#include "target.h"

struct export_files_options {
    const struct export_format *format;
    struct export_format_options encoding;
    uint64_t file_bytes;
    char views[64];      /* a file of SQL for DuckDB, written at the end (views.h); "": none */
    char path[PATH_MAX]; /* then: of the place, as DuckDB is to find it */
};

/* Takes the place, which is closed with the target, or right here if this fails. */
HT_MUST_CHECK enum ht_status export_target_files_open(struct export_place *place,
                                                      const struct export_files_options *options,
                                                      struct export_target **target, struct ht_error *err);

#endif
