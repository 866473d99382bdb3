/* Private to store/: where a backup grows. Under a temporary name beside its place, and it gets its own when it is
   complete and synced: whoever finds the name finds all of it. A killed run leaves TO.tmp-XXXXXX, which is of no use.
 */
#ifndef STORE_BACKUP_PLACE_H
#define STORE_BACKUP_PLACE_H

#include <limits.h>

#include "hooktrail/status.h"

struct backup_place {
    char to[PATH_MAX];        /* without slashes at its end */
    char temporary[PATH_MAX]; /* "" before it is made, and once it has its name */
};

/* Makes the temporary folder (0700) for a backup at `to`, which must not be there: HT_EXISTS. */
HT_MUST_CHECK enum ht_status backup_place_make(struct backup_place *place, const char *to, struct ht_error *err);
/* Syncs all that is in it and gives it its name. HT_EXISTS if that has come to be meanwhile. */
HT_MUST_CHECK enum ht_status backup_place_publish(struct backup_place *place, struct ht_error *err);
/* Removes what has not got its name. */
void backup_place_release(struct backup_place *place);

#endif
