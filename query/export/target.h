/* Targets: where an export's tables go. Files in a place (files.h), or a database.

   A run is open, mark, begin, for each table table_begin, add and flush as often as needed, table_end, then commit and
   finish, and close whatever happened. A target is safe to be given the same run again, whatever became of the first
   try: the same rows are there once. One thread. Errors never hold a secret of the target.

   A run brings a key at most once in each table. */
#ifndef EXPORT_TARGET_H
#define EXPORT_TARGET_H

#include "hooktrail/watermark.h"
#include "table.h"

/* A run of an export: which part of the trail it takes, fixed in the trail before it begins. */
struct export_run {
    const char *trail;    /* the trail's id, in hex */
    const char *name;     /* of the export; "" if it has none: all of the trail, run 1 */
    uint64_t number;      /* 1, 2, 3 … for each name */
    struct ht_mark after; /* what earlier runs took: events, repeated deliveries and erasures up to here */
    struct ht_mark until; /* and this one up to here */
    bool whole;           /* the run stands alone: whatever the target holds of this export goes */
    bool ranged; /* it does so with a part of the trail only: of a database nothing goes, and no mark is left */
    /* Something was erased since the run before: erasures and events come as always, with the erased events once more,
       as tombstones; of deliveries all rows come once more; of derived tables all rows come, in the place of all
       earlier ones, for an erasure of one event can take away what came of others. */
    bool restates;
    struct ht_slice checkpoint; /* the trail's newest (C2SP tlog-checkpoint), absent if there is none */
};

struct export_target;

struct export_target_ops {
    /* The last run of this trail and export that is complete in the target: HT_NOT_FOUND if there is none. A target may
       know of a run that the trail has not noted yet (the process died in between), never of one that the trail can't
       have given. */
    enum ht_status (*mark)(struct export_target *target, const char *trail, const char *name, uint64_t *number,
                           struct ht_error *err);
    enum ht_status (*begin)(struct export_target *target, const struct export_run *run, struct ht_error *err);
    /* Events first to last have been erased since they were written: widens the range to what has to be written again.
       NULL: just these. */
    enum ht_status (*restate)(struct export_target *target, uint64_t first, uint64_t last, uint64_t *from, uint64_t *to,
                              struct ht_error *err);
    /* `again`: events that an earlier run wrote, and of which some have been erased since. */
    enum ht_status (*table_begin)(struct export_target *target, enum export_table_id table, bool again,
                                  struct ht_error *err);
    /* Takes a row, into memory: the reader's span is open, so nothing may wait for disk or network here. */
    enum ht_status (*add)(struct export_target *target, const struct export_row *row, struct ht_error *err);
    /* Sends on what was taken, outside of any span. Called at least every 1,000 rows, 1 MiB or 100 ms. */
    enum ht_status (*flush)(struct export_target *target, struct ht_error *err);
    enum ht_status (*table_end)(struct export_target *target, struct ht_error *err);
    /* All of the run is durable there when this returns. */
    enum ht_status (*commit)(struct export_target *target, struct ht_error *err);
    /* Behind commit, or behind mark where that found the run complete: makes what tells readers of it, unless it is
       there. NULL: nothing does. */
    enum ht_status (*finish)(struct export_target *target, struct ht_error *err);
    void (*close)(struct export_target *target); /* gives up what is not committed, and frees */
};

/* The first member of each kind of target; the counts are for the summary of the run. */
struct export_target {
    const struct export_target_ops *ops;
    uint64_t rows;
    uint64_t bytes; /* written, compressed */
    uint32_t files;
};

/* For databases, which keep a mark of each export: whether this run may follow the one that is complete there, up to
   event `seq` (0, 0: none is). It may be the next one, the same again, or one that brings everything. HT_EXISTS if the
   trail is behind the mark, HT_NOT_FOUND if a run between is missing. */
HT_MUST_CHECK enum ht_status export_target_check_mark(const struct export_run *run, uint64_t number, uint64_t seq,
                                                      struct ht_error *err);

/* For databases: whether the rows of the run take the place of those that earlier ones, of whatever export of this
   trail, brought to this table. `known`: an earlier run of this export is complete there. */
bool export_target_replaces(const struct export_run *run, const struct export_table *table, bool known);

/* Adds to "… WHERE trail = …" which rows these are: all, or only those that were made up to the end of the run, for
   what a newer run of another export has brought stays. */
void export_target_add_replaced(struct ht_buffer *sql, const struct export_run *run, const struct export_table *table,
                                bool known);

/* postgresql://… (or postgres://): target_postgres.c. Makes or upgrades the tables. */
HT_MUST_CHECK enum ht_status export_target_postgres_open(const char *url, struct export_target **target,
                                                         struct ht_error *err);

/* clickhouse://[USER[:PASSWORD]@]HOST[:PORT]/DATABASE (clickhouses:// by TLS): target_clickhouse.c. */
HT_MUST_CHECK enum ht_status export_target_clickhouse_open(const char *url, struct export_target **target,
                                                           struct ht_error *err);

#endif
