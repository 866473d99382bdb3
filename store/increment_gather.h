/* Private to store/: reads what of a trail is new or changed since a point, while it goes on, into a file of rows.

   No snapshot is held for long: at most 1,000 rows, 4 MiB or 100 ms are read in one. All the same what is gathered is
   the trail as it is in one snapshot, the last, and nothing is missing of that:
   - Events, repeated deliveries and acts are appended, and are read in the order of their numbers.
   - An event or repeated delivery that was read before changes by an erasure alone, and an erasure's row lists what it
     took or changed. Those rows are read in the order of their numbers too, and what they list is read again (if it was
     read before; else it comes later by itself). The later row holds.
   - A rejected delivery changes only when all of them are sealed under another key: then they are read anew, all. The
     numbers of those that are there are taken in the last snapshot.
   - The small tables are taken whole, in the last snapshot.
   The last snapshot is the first one in which everything else could be read to its end within the bounds. It comes,
   since reading is several times faster than appending. */
#ifndef STORE_INCREMENT_GATHER_H
#define STORE_INCREMENT_GATHER_H

#include "backup_point.h"
#include "erase_set.h"
#include "hooktrail/keeping.h"
#include "rows.h"

struct gathering {
    struct ht_store *store;
    const struct backup_point *from;
    struct backup_point at; /* what it has come to; complete at the end */
    struct rows_writer *rows;
    struct erase_set destroyed; /* data keys that erasures since have destroyed; sorted at the end */
    struct ht_increment *made;  /* is counted up */
    ht_progress *progress;      /* or NULL */
    void *context;
};

/* The caller holds the log of erasures (erasures_log_hold), so that no key that is read by here is destroyed. Each new
   record is checked as verify would, and its leaf is that of the tree: HT_CORRUPT if one is not sound. HT_VERSION if an
   erasure since then was by a hooktrail that didn't note what it changed. */
HT_MUST_CHECK enum ht_status increment_gather(struct gathering *gathering, struct ht_error *err);
void increment_gather_release(struct gathering *gathering);

#endif
