/* Private to store/: one write transaction on the index, with caches of what a batch touches again and again.

   Rows, names, links, openings and orphans are written at once. Summaries, postings, days, hours, minutes, duplicates
   and keys are gathered and written in order of their keys at commit. What was read stays cached for the next batch as
   long as the index's position shows that nobody else has written in between. Batches of one index run one at a time.
 */
#ifndef STORE_INDEX_BATCH_H
#define STORE_INDEX_BATCH_H

#include "index_codec.h"
#include "slots.h"

/* The summary of one entity or type, and its events of this batch. */
struct batch_summary {
    struct index_summary summary;
    uint64_t stored_last; /* last_seq under which `recent` has it; 0: it has not */
    uint32_t first_post;  /* chain in `posts`, index + 1; 0: none */
    uint32_t last_post;
    uint8_t kind;
    bool dirty;
    bool late; /* an older event has joined: the chain does not go to the end of the postings */
};

struct batch_daily {
    struct ht_daily daily;
    bool dirty;
};

/* An hour or a minute. */
struct batch_span {
    int64_t number;
    struct index_span span;
};

struct batch_post {
    uint64_t seq;
    uint32_t next; /* index + 1; 0: the last */
};

/* An entry to be added to a table of seqs under numbers. */
struct batch_pair {
    uint64_t time; /* order64, of duplicates; else 0 */
    uint64_t key;  /* the first 8 bytes of a duplicate key; a data key */
    uint64_t seq;
};

struct batch_order {
    uint64_t key;
    uint32_t index;
};

struct index_batch {
    struct index_env *index; /* with a reference */
    MDB_txn *txn;            /* NULL between batches */
    MDB_cursor *rows;        /* lives as long as txn */
    struct ht_position position;
    uint32_t counts[HT_KIND_COUNT];
    bool cached; /* the caches hold what the index held at `position` */

    struct slots names;     /* struct batch_name, their texts in `texts` */
    struct slots summaries; /* struct batch_summary */
    struct slots dailies;   /* struct batch_daily */
    struct slots links;     /* uint64_t conversation << 32 | lead: pairs that are stored */
    struct ht_buffer texts;

    struct ht_buffer posts;      /* struct batch_post */
    struct ht_buffer dirty;      /* struct batch_order: summaries to be written */
    struct ht_buffer duplicates; /* struct batch_pair */
    struct ht_buffer keys;       /* struct batch_pair */
    struct ht_buffer sealed;     /* a name as it is stored */
    struct batch_span hour;      /* the one at hand */
    struct batch_span minute;
};

/* Takes a reference of its own. NULL when out of memory. */
struct index_batch *index_batch_new(struct index_env *index);
void index_batch_free(struct index_batch *batch); /* aborts what is open; NULL is fine */

/* Begins a write transaction (waits for that of another process) and reads position and counts. Then either commit
   writes what was gathered, or abort drops everything. After a failure of any function: abort. */
HT_MUST_CHECK enum ht_status index_batch_begin(struct index_batch *batch, struct ht_error *err);
HT_MUST_CHECK enum ht_status index_batch_commit(struct index_batch *batch, struct ht_error *err);
void index_batch_abort(struct index_batch *batch); /* nothing, if no batch is open */

/* ---- index_names.c ---- */

/* The number of an id or other text, given now if it has none yet; `hash` is that of harvest.h. */
HT_MUST_CHECK enum ht_status index_batch_number(struct index_batch *batch, enum ht_kind kind, struct ht_slice text,
                                                uint64_t hash, uint32_t *number, struct ht_error *err);
/* The same by the keyed hash of an id that is not known, or no longer: an event may bring the text later. */
HT_MUST_CHECK enum ht_status index_batch_unnamed(struct index_batch *batch, enum ht_kind kind,
                                                 const uint8_t ref[HT_REF_SIZE], uint32_t *number,
                                                 struct ht_error *err);
void index_names_init(struct index_batch *batch);

/* ---- index_summaries.c ---- */

/* An event joins the entity or type that it has under `kind`. Late: `row` is older than others that have joined. */
HT_MUST_CHECK enum ht_status index_batch_join(struct index_batch *batch, enum ht_kind kind, uint32_t number,
                                              const struct ht_row *row, bool late, struct ht_error *err);

/* To read and change, until the next call; the second marks it to be written. */
HT_MUST_CHECK enum ht_status index_batch_summary(struct index_batch *batch, enum ht_kind kind, uint32_t number,
                                                 struct batch_summary **entry, struct ht_error *err);
HT_MUST_CHECK enum ht_status index_batch_touch(struct index_batch *batch, struct batch_summary *entry,
                                               struct ht_error *err);
HT_MUST_CHECK enum ht_status index_summaries_flush(struct index_batch *batch, struct ht_error *err);

/* ---- index_counts.c ---- */

/* The day of a row, to be changed until the next call. */
HT_MUST_CHECK enum ht_status index_batch_daily(struct index_batch *batch, const struct ht_row *row,
                                               struct ht_daily **daily, struct ht_error *err);
HT_MUST_CHECK enum ht_status index_batch_time(struct index_batch *batch, const struct ht_row *row,
                                              struct ht_error *err);
HT_MUST_CHECK enum ht_status index_batch_duplicate(struct index_batch *batch, int64_t time,
                                                   const uint8_t key[HT_DUPLICATE_KEY_SIZE], uint64_t seq,
                                                   struct ht_error *err);
HT_MUST_CHECK enum ht_status index_batch_key(struct index_batch *batch, uint32_t key, uint64_t seq,
                                             struct ht_error *err);
HT_MUST_CHECK enum ht_status index_counts_flush(struct index_batch *batch, struct ht_error *err);

#endif
