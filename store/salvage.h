/* Private to store/: what the parts of a salvage share. */
#ifndef STORE_SALVAGE_H
#define STORE_SALVAGE_H

#include "beside.h"
#include "hooktrail/keeping.h"
#include "pages.h"
#include "store.h"

/* The tables whose rows have numbers without gaps, each with a checksum bound to its number: their rows are known
   wherever they lie. */
enum salvage_series { SALVAGE_EVENTS, SALVAGE_REPEATS, SALVAGE_ACTS, SALVAGE_ERASURES, SALVAGE_SERIES };

/* What bytes that are no sound event any more have where its leaf would be; the tree says whether it is that. */
struct salvage_leaf {
    uint64_t seq;
    uint8_t leaf[HT_LEAF_SIZE];
};

struct salvage {
    const struct ht_salvage_options *options;
    struct beside place;
    struct pages pages;              /* of the damaged trail */
    struct ht_store *store;          /* the new one, being made: trail, keys and, at last, signing; no index */
    struct ht_store *old;            /* by name only: for what lies beside the damaged trail */
    uint64_t end[SALVAGE_SERIES];    /* the last number that is known to have been */
    uint64_t proven[SALVAGE_SERIES]; /* up to where a checkpoint says that they were */
    uint64_t unread;                 /* pages and rows that a walk could not read */
    struct ht_buffer leaves;         /* struct salvage_leaf */
    struct ht_buffer endpoints;      /* uint32_t: the ids that events and repeats name, each once */
    bool damaged;                    /* something in the trail's file could not be read */
    bool notes_whole;                /* the table of checkpoints is the newest, and could be read */
    uint64_t act;                    /* that tells of this salvage */
    bool new_log;                    /* the log can't be gone on with */
    ht_report *report;
    ht_progress *progress;
    void *context; /* of both */
    struct ht_salvaged *salvaged;
};

/* Tells of a thing that is lost or in doubt. */
void salvage_tell(struct salvage *salvage, const char *table, uint64_t seq, const char *format, ...) HT_PRINTF(4, 5);

/* How many rows of a series a page can hold: none takes less than 64 bytes. */
static inline uint64_t salvage_rows_of_page(const struct salvage *salvage)
{
    return salvage->pages.page_size / 64;
}

/* Whether the file could have held so many rows of a series. */
static inline bool salvage_can_be(const struct salvage *salvage, uint64_t count)
{
    return count / salvage_rows_of_page(salvage) <= salvage->pages.promised;
}

MDB_dbi salvage_table(const struct salvage *salvage, enum salvage_series series);

/* ---- salvage_keys.c: what is in keys/ ---- */

/* The path of a file of the damaged store (`from`), or of the new one. */
HT_MUST_CHECK enum ht_status salvage_path(const struct salvage *salvage, bool from, const char *name,
                                          char path[PATH_MAX], struct ht_error *err);

/* Copies the keys, each as far as it can be read, and opens them for the new store. HT_FORBIDDEN without the master
   key. Knows the trail's id, and may find that it is another. */
HT_MUST_CHECK enum ht_status salvage_keys(struct salvage *salvage, struct ht_error *err);

/* Data keys that were given out and open nothing any more are destroyed ones from now on. */
HT_MUST_CHECK enum ht_status salvage_settle_keys(struct salvage *salvage, struct ht_error *err);

/* ---- salvage_rows.c: from the damaged file into the new trail ---- */

/* What the table `meta` holds, as far as it can be read: the counters, and the trail's id into store->trail_id.
   HT_VERSION if the trail is of another format; HT_CORRUPT if its id is nowhere to be found. */
HT_MUST_CHECK enum ht_status salvage_meta(struct salvage *salvage, struct ht_error *err);

/* Where else the trail's id stands: in erasures.log, and in the log's name, unless it was given another. False if there
   is none that differs. */
bool salvage_other_id(const struct salvage *salvage, uint8_t id[HT_TRAIL_ID_SIZE]);
HT_MUST_CHECK enum ht_status salvage_set_id(struct salvage *salvage, const uint8_t id[HT_TRAIL_ID_SIZE],
                                            struct ht_error *err);

/* All other tables that are not derived, as the damaged trail's directory leads to them. */
HT_MUST_CHECK enum ht_status salvage_walk(struct salvage *salvage, struct ht_error *err);

/* ---- salvage_sweep.c ---- */

/* Where series have gaps, or there was damage: what a sweep of the whole file finds of what is missing. */
HT_MUST_CHECK enum ht_status salvage_sweep(struct salvage *salvage, struct ht_error *err);

/* ---- salvage_settle.c: what was copied, made a sound trail ---- */

/* Acts, erasures, events and repeats, in this order: what is missing or can't be opened is marked as lost, what was
   erased stays erased. */
HT_MUST_CHECK enum ht_status salvage_settle(struct salvage *salvage, struct ht_error *err);

/* ---- salvage_tables.c ---- */

/* The small tables: rows that don't decode go, endpoints of events that are there come back as retired ones, counters
   say what is there. */
HT_MUST_CHECK enum ht_status salvage_small_tables(struct salvage *salvage, struct ht_error *err);

/* ---- salvage_log.c ---- */

/* Raises the ends of events and acts to what DIR/heads says was signed. */
void salvage_log_ends(struct salvage *salvage);

/* Grows both trees from the records and holds them against all that the damaged store has signed, as far as it is
   known; sets salvage->new_log if they are not what was signed, or that can't be told. Then the log begins anew:
   another key, another name, no checkpoint. */
HT_MUST_CHECK enum ht_status salvage_log(struct salvage *salvage, struct ht_error *err);

#endif
