/* Private to store/: a data directory, or a backup, that grows under a temporary name beside its place, and gets its
   own when all is done: whoever finds it finds all of it. A killed run leaves TO.WORD-XXXXXX, which is of no use and
   may be removed. */
#ifndef STORE_BESIDE_H
#define STORE_BESIDE_H

#include <limits.h>

#include "store.h"

enum beside_kind { BESIDE_STORE, BESIDE_BACKUP };

struct beside {
    enum beside_kind kind;
    char to[PATH_MAX];        /* without slashes at its end */
    char temporary[PATH_MAX]; /* "" before it is made, and once it has its name */
};

/* Makes the temporary folder (0700); `word` (at most 16 bytes) goes into its name. HT_EXISTS if `to` is there: of a
   store, unless it is an empty directory; HT_INVALID if that can't be replaced. To be dropped, whatever comes. */
HT_MUST_CHECK enum ht_status beside_make(struct beside *beside, enum beside_kind kind, const char *to, const char *word,
                                         struct ht_error *err);

/* Syncs it and gives it its name. HT_EXISTS if something has come there meanwhile. */
HT_MUST_CHECK enum ht_status beside_publish(struct beside *beside, struct ht_error *err);

/* Removes what was not published. */
void beside_drop(struct beside *beside);

#endif
