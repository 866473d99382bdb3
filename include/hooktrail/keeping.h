/* Keeping a store sound: verify, backup, compact. */
#ifndef HOOKTRAIL_KEEPING_H
#define HOOKTRAIL_KEEPING_H

#include <stdint.h>

#include "hooktrail/index.h"
#include "hooktrail/store.h"

/* One thing that is wrong. `table` names where ("trail/events", "index/postings"), `seq` the event or 0. If it is
   `lost` nothing is wrong any more: it tells of what a salvage found to be lost, and is not counted. */
struct ht_finding {
    const char *table;
    uint64_t seq;
    bool lost;
    char detail[256];
};
typedef void ht_report(void *context, const struct ht_finding *finding);

struct ht_verified {
    uint64_t events;
    uint64_t erased; /* of them: header and leaf only were there to be checked */
    uint64_t repeats;
    uint64_t acts;
    uint64_t lost;       /* of all of these: known to be lost, as a salvage has recorded it */
    uint64_t bytes;      /* of payloads; 0 if they were not looked into */
    uint64_t index_rows; /* entries of all index tables compared */
    uint64_t findings;
    bool locked; /* the master key is missing: payloads and index were not looked into */
};

/* Zeros are the defaults. */
struct ht_verify_options {
    struct ht_slice checkpoint; /* a checkpoint's note that was kept elsewhere, of either log; absent: none */
    unsigned threads;           /* that read; 0: one for each processor */
    bool without_index;         /* the trail alone: what can't be built again */
};

/* Checks every record's checksum, digest and commitment, that seqs and repeat numbers have no gap, that the Merkle
   trees are those of the records, leaf by leaf and node by node, and the checkpoints theirs (in the trail, in DIR/heads
   and options->checkpoint), that endpoints, tokens, rejected deliveries, acts and erasures decode and fit each other,
   and the index against the trail in both directions (by deriving it again and comparing every table). Each finding is
   reported as it is found; report and progress are called by this thread alone. HT_OK if there was none, else
   HT_CORRUPT; HT_INVALID, before anything is read, if options->checkpoint is no checkpoint. `options` may be NULL.
   Rotten pages may crash LMDB: the command-line tool runs this in a child process. */
HT_MUST_CHECK enum ht_status ht_verify(struct ht_store *store, const struct ht_verify_options *options,
                                       ht_report *report, ht_progress *progress, void *context,
                                       struct ht_verified *verified, struct ht_error *err);

/* Copies trail and keys (the index is derived and left out) to the new directory `to` while the store serves: under a
   temporary name, synced, opened and verified, described by backup.json, then renamed. HT_EXISTS if `to` is there. */
HT_MUST_CHECK enum ht_status ht_backup(struct ht_store *store, const char *to, int64_t now, ht_progress *progress,
                                       void *context, struct ht_verified *verified, struct ht_error *err);

/* What an increment has: of `first` to `last` (first > last: nothing new), and of what was there before. */
struct ht_increment {
    uint64_t first; /* seqs of its new events */
    uint64_t last;
    uint64_t events;
    uint64_t repeats;
    uint64_t erasures; /* since */
    uint64_t changed;  /* older events that these took, or gave another key */
    uint64_t bytes;    /* of payloads of the new events */
    uint64_t size;     /* bytes on the disk */
};

/* Writes what has come since the backup `since`, full or an increment, to the new directory `to` while the store
   serves: under a temporary name, each new record checked as ht_verify would, synced, described by backup.json, then
   renamed. Of `since` only its backup.json is read. HT_EXISTS if `to` is there; HT_NOT_FOUND if `since` is no backup;
   HT_INVALID if it is one of another trail, is ahead of the store, or the store has gone another way since (a restored
   one, for example), or was salvaged; HT_CORRUPT if a record isn't sound; HT_VERSION. */
HT_MUST_CHECK enum ht_status ht_backup_since(struct ht_store *store, const char *since, const char *to, int64_t now,
                                             ht_progress *progress, void *context, struct ht_increment *made,
                                             struct ht_error *err);

/* Makes a store at `to`, a new or empty directory, of a full backup that nobody has open, and of the increments that
   follow it: copied under a temporary name, the increments put into it one by one, erasures that none of them knows
   applied, verified, the act recorded, then renamed. The restored logs are as old as the last of them: what the
   original has signed since, they don't know (DIR/heads isn't copied). HT_NOT_FOUND if there is no backup, HT_EXISTS if
   `to` is not empty, HT_INVALID if the erasures are of another trail, or an increment is, or doesn't follow the one
   before it; HT_CORRUPT if a file isn't as it was made. */
struct ht_restore_options {
    const char *backup;
    const char *const *increments; /* increment_count of them, in the order in which they were made */
    size_t increment_count;
    const char *erasures; /* a newer erasures.log; NULL: the backup's own */
    struct ht_store_options store;
    int64_t now;
};
struct ht_restored {
    struct ht_verified verified;
    uint64_t erasures;      /* that were applied */
    bool erasures_cut;      /* the end of erasures.log can't be read: there may have been another … */
    uint64_t erasures_last; /* … behind this one */
};
HT_MUST_CHECK enum ht_status ht_restore(const struct ht_restore_options *options, const char *to, ht_progress *progress,
                                        void *context, struct ht_restored *restored, struct ht_error *err);

/* Makes a store at `to`, a new or empty directory, of one that is damaged and that nobody has open: all that can still
   be read of it, each event under its seq. What is lost keeps its number, with a mark that an act of the new store
   tells of (kind salvage), and as far as the Merkle tree still knows it, its leaf: so old proofs and checkpoints go on
   to hold. Where they can't, or that can't be told, the log begins anew under another name and key, and never
   contradicts what was signed. The index is built anew. Each thing that is lost or in doubt is reported, as lost. The
   new store is verified before it gets its place; the damaged one is only read.

   HT_OK if nothing was lost; HT_CORRUPT if something was, with the new store in its place (salvaged->done); else why
   there is none: HT_NOT_FOUND, HT_BUSY (somebody has it open), HT_EXISTS (`to` is not empty), HT_FORBIDDEN (the master
   key is missing), HT_VERSION. */
struct ht_salvage_options {
    const char *from;
    struct ht_store_options store;
    int64_t now;
};
struct ht_salvaged {
    struct ht_verified verified; /* of the new store */
    bool done;
    bool new_log;
    uint64_t lost; /* events, by this salvage */
    uint64_t lost_repeats;
    uint64_t lost_acts;
    uint64_t findings; /* things that were reported */
    char origin[256];  /* the name of the new store's log */
};
HT_MUST_CHECK enum ht_status ht_salvage(const struct ht_salvage_options *options, const char *to, ht_report *report,
                                        ht_progress *progress, void *context, struct ht_salvaged *salvaged,
                                        struct ht_error *err);

/* Rewrites trail and index without free pages. Nobody else may have the store open: takes the daemon's lock and refuses
   with HT_BUSY while others read. The store is closed by it, whatever it returns. */
struct ht_compacted {
    uint64_t before; /* bytes on disk */
    uint64_t after;
};
HT_MUST_CHECK enum ht_status ht_compact(struct ht_store *store, int64_t now, struct ht_compacted *compacted,
                                        struct ht_error *err);

#endif
