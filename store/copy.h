/* Private to store/: copies of a whole environment, made durable. */
#ifndef STORE_COPY_H
#define STORE_COPY_H

#include "store.h"

/* Copies the newest snapshot of an open environment to the new folder `path` (0700, its file 0600) and syncs both.
   `flags`: 0, or MDB_CP_COMPACT to leave out free pages. Holds a reader of `env` for as long as it writes, so that
   pages freed meanwhile are not reused. What was made before a failure stays. */
HT_MUST_CHECK enum ht_status copy_env(MDB_env *env, const char *path, unsigned flags, struct ht_error *err);

/* The same without syncing, for a copy that is not to outlive its maker. */
HT_MUST_CHECK enum ht_status copy_env_briefly(MDB_env *env, const char *path, unsigned flags, struct ht_error *err);

/* Copies a regular file of any size to the new file `to` (0600) and syncs it. HT_CORRUPT if `from` is something else,
   HT_NOT_FOUND if it is missing. */
HT_MUST_CHECK enum ht_status copy_file(const char *from, const char *to, struct ht_error *err);

/* Copies every file of the folder `from` (but for hidden ones, and the one named `except` if it is not NULL) to the
   folder `to`, where none of them is yet; copy_folder makes that (0700). */
HT_MUST_CHECK enum ht_status copy_files(const char *from, const char *to, const char *except, struct ht_error *err);
HT_MUST_CHECK enum ht_status copy_folder(const char *from, const char *to, const char *except, struct ht_error *err);

/* HT_CORRUPT unless the environments have the same tables with the same number of entries in each. */
HT_MUST_CHECK enum ht_status copy_compare(MDB_env *original, MDB_env *copy, struct ht_error *err);

#endif
