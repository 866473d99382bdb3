/* Keeping a store sound: verify, backup, compact. */
#ifndef HOOKTRAIL_KEEPING_H
#define HOOKTRAIL_KEEPING_H

#include <stdint.h>

#include "hooktrail/index.h"
#include "hooktrail/store.h"

/* One thing that is wrong. `table` names where ("trail/events", "index/postings"), `seq` the event or 0. */
struct ht_finding {
    const char *table;
    uint64_t seq;
    char detail[256];
};
typedef void ht_report(void *context, const struct ht_finding *finding);

struct ht_verified {
    uint64_t events;
    uint64_t repeats;
    uint64_t bytes;      /* of payloads */
    uint64_t index_rows; /* entries of all index tables compared */
    uint64_t findings;
};

/* Checks every record's checksum, digest and commitment, that seqs and repeat numbers have no gap, that endpoints,
   tokens and rejected deliveries decode, and the index against the trail in both directions (by deriving it again and
   comparing every table). Each finding is reported as it is found. HT_OK if there was none, else HT_CORRUPT. Rotten
   pages may crash LMDB: the command-line tool runs this in a child process. */
HT_MUST_CHECK enum ht_status ht_verify(struct ht_store *store, ht_report *report, ht_progress *progress, void *context,
                                       struct ht_verified *verified, struct ht_error *err);

/* Copies trail and keys (the index is derived and left out) to the new directory `to` while the store serves: under a
   temporary name, synced, opened and verified, then renamed. HT_EXISTS if `to` is there. */
HT_MUST_CHECK enum ht_status ht_backup(struct ht_store *store, const char *to, int64_t now, ht_progress *progress,
                                       void *context, struct ht_verified *verified, struct ht_error *err);

/* Makes a store at `to`, a new or empty directory, of a backup that nobody has open: copied under a temporary name,
   erasures that the backup doesn't know applied, verified, the act recorded, then renamed. The restored logs are as old
   as the backup: what the original has signed since, they don't know (DIR/heads isn't copied). HT_NOT_FOUND if there is
   no backup, HT_EXISTS if `to` is not empty, HT_INVALID if the erasures are of another trail. */
struct ht_restore_options {
    const char *backup;
    const char *erasures; /* a newer erasures.log; NULL: the backup's own */
    struct ht_store_options store;
    int64_t now;
};
struct ht_restored {
    struct ht_verified verified;
    uint64_t erasures; /* that were applied */
};
HT_MUST_CHECK enum ht_status ht_restore(const struct ht_restore_options *options, const char *to, ht_progress *progress,
                                        void *context, struct ht_restored *restored, struct ht_error *err);

/* Rewrites trail and index without free pages. Nobody else may have the store open: takes the daemon's lock and refuses
   with HT_BUSY while others read. The store is closed by it, whatever it returns. */
struct ht_compacted {
    uint64_t before; /* bytes on disk */
    uint64_t after;
};
HT_MUST_CHECK enum ht_status ht_compact(struct ht_store *store, int64_t now, struct ht_compacted *compacted,
                                        struct ht_error *err);

#endif
