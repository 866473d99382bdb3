/* The folder that an export writes a table's files to: complete ones only, each number (seq, or that of an erasure) in
   exactly one of them.

   A file is named by the range of numbers in it. It is written under a name that begins with a dot, synced and then
   renamed, so that whoever loads *.ndjson never sees half a file. Files of earlier runs keep their borders: a run that
   comes across one writes the same range to the same name again. */
#ifndef EXPORT_FOLDER_H
#define EXPORT_FOLDER_H

#include <limits.h>
#include <stdint.h>

#include "hooktrail/buffer.h"

struct export_range {
    uint64_t first;
    uint64_t last;
};

struct export_folder {
    const char *table;           /* "events" */
    char path[PATH_MAX];         /* TO/events */
    char temporary[PATH_MAX];    /* the file being written */
    int file;                    /* or -1 */
    struct export_range *ranges; /* of the files that were there, ascending and disjoint */
    size_t range_count;
};

/* Makes TO by need and locks it against other runs (TO/.lock, until `lock` is closed). HT_BUSY. */
HT_MUST_CHECK enum ht_status export_target_lock(const char *to, int *lock, struct ht_error *err);

/* Makes TO/TABLE by need, removes what a killed run left half-written, and reads which ranges are there. HT_EXISTS if a
   file is of another trail (`trail` is the id in hex) or two overlap. TO is locked. To be closed whatever it returns.
 */
HT_MUST_CHECK enum ht_status export_folder_open(struct export_folder *folder, const char *to, const char *table,
                                                const char *trail, struct ht_error *err);
/* Gives up the file being written, if any. */
void export_folder_close(struct export_folder *folder);

/* The last number that any file there holds; 0 if there is none. */
uint64_t export_folder_last(const struct export_folder *folder);

/* Where a file that begins at `first` has to end: *fixed says exactly there (a file of an earlier run did), else there
   at the latest. HT_EXISTS if an earlier file holds `first` in its midst. */
HT_MUST_CHECK enum ht_status export_folder_limit(const struct export_folder *folder, uint64_t first, uint64_t end,
                                                 uint64_t *limit, bool *fixed, struct ht_error *err);

/* Writes a file: begin, add as often as needed, end. Durable after the last. */
HT_MUST_CHECK enum ht_status export_file_begin(struct export_folder *folder, struct ht_error *err);
HT_MUST_CHECK enum ht_status export_file_add(struct export_folder *folder, struct ht_slice bytes, struct ht_error *err);
HT_MUST_CHECK enum ht_status export_file_end(struct export_folder *folder, uint64_t first, uint64_t last,
                                             struct ht_error *err);

#endif
