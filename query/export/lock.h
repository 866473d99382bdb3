/* One run at a time: locks of exports, which end with the process that holds them. */
#ifndef EXPORT_LOCK_H
#define EXPORT_LOCK_H

#include <stdbool.h>

#include "hooktrail/status.h"

/* HT_INVALID unless `name` is 1 to 64 of [A-Za-z0-9._-] and begins with neither dot nor dash. */
HT_MUST_CHECK enum ht_status export_name_check(const char *name, struct ht_error *err);

/* Takes DIR/exports/NAME.lock of the data directory DIR, making it by need. *fd is closed to give it back. HT_BUSY if
   another run of this name is under way. */
HT_MUST_CHECK enum ht_status export_lock_name(const char *dir, const char *name, int *fd, struct ht_error *err);

/* The same for all exports to databases: one that is `alone` excludes all others. To be taken before the run's end is
   fixed. */
HT_MUST_CHECK enum ht_status export_lock_databases(const char *dir, bool alone, int *fd, struct ht_error *err);

/* The same for a file of any path; `what` says in the error what is under way. */
HT_MUST_CHECK enum ht_status export_lock_file(const char *path, const char *what, int *fd, struct ht_error *err);

#endif
