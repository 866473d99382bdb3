/* Sources: where the rows of the tables come from, out of the trail and the index, in bounded steps.

   A run takes the part of the trail from `after` (not included) to `until`. Events, deliveries and erasures are those
   of that part. Of conversations, leads and agents those are given that an event of that part names, at the last such
   event, as they were then: so the rows follow from the trail and the run alone, though it has grown meanwhile. */
#ifndef EXPORT_SOURCE_H
#define EXPORT_SOURCE_H

#include "hooktrail/event.h"
#include "hooktrail/trail.h"
#include "target.h"

/* A row being made, column by column. */
struct export_cells {
    struct export_value values[EXPORT_MAX_COLUMNS];
    uint32_t count;
};

/* What rows are made with. One thread; a step leaves the reader as it found it: not begun. */
struct export_source {
    struct ht_reader *reader;
    const struct export_run *run;
    struct export_target *target;
    const struct export_table *table;                       /* whose rows are given */
    bool (*wants)(void *context, const struct ht_row *row); /* NULL: each event; else whether one is given */
    void *context;
    struct export_budget { /* of a step: rows, and µs of a span */
        int rows;
        int64_t time;
    } budget;
    /* the walk */
    uint64_t next; /* the number that comes next */
    uint64_t last; /* the last one of all */
    uint64_t part; /* how far the one at hand is, if it takes several steps; 0 at its begin */
    /* what the walk has left out */
    uint32_t left_out;               /* conversations of too many messages */
    char left_out_id[HT_MAX_ID + 1]; /* the first of them */
    /* the source's own */
    struct export_cells cells;
    uint64_t bytes; /* of text given in this step */
    struct ht_json *json;
    struct ht_buffer text;
    struct ht_buffer scratch;
    struct export_tally {
        uint64_t events;
        uint64_t escalations;
        uint64_t intents;
        uint64_t questions;
        uint64_t contacts;
        uint64_t first_seq;
        uint64_t last_seq;
        int64_t first_at;
        int64_t last_at;
        int64_t escalated_at;
        uint64_t agent_seq; /* the last event that names one */
        uint64_t name_seq;
        uint64_t visitor_seq;
    } tally;
};

/* One bounded step: gives rows from `next` on to the target, within one span of the reader or several, and moves
   `next`. */
typedef enum ht_status export_step(struct export_source *source, struct ht_error *err);

export_step export_step_erasures;
export_step export_step_events;
export_step export_step_deliveries; /* first ones, by seq */
export_step export_step_repeats;    /* repeated ones, by their number */
export_step export_step_conversations;
export_step export_step_messages;
export_step export_step_leads;
export_step export_step_lead_changes;
export_step export_step_agents;

/* HT_NO_MEMORY. To be released whatever it returns. */
HT_MUST_CHECK enum ht_status export_source_init(struct export_source *source, struct ht_reader *reader,
                                                const struct export_run *run, struct export_target *target,
                                                struct ht_error *err);
void export_source_release(struct export_source *source);

/* ---- for the sources ---- */

/* Begins a row: its first column is the trail's id. */
void export_cells_begin(struct export_source *source);
void export_cell_int(struct export_source *source, uint64_t value);
void export_cell_time(struct export_source *source, int64_t time); /* HT_TIME_NONE is NULL */
void export_cell_bool(struct export_source *source, bool value);
void export_cell_text(struct export_source *source, struct ht_slice text); /* absent is NULL; JSON too */

/* Gives the row, which has all its columns, to the target. HT_CORRUPT if one is absent that must not be NULL. */
HT_MUST_CHECK enum ht_status export_cells_give(struct export_source *source, uint64_t number, int64_t day,
                                               struct ht_error *err);

/* How much of a step is left: rows, time, and some megabytes of text. */
struct export_left {
    const struct export_source *source;
    int rows;
    int64_t deadline;
};
struct export_left export_left_all(struct export_source *source);
bool export_left_spend(struct export_left *left);

/* Whether event `next` is the last one up to the run's end that names the entity `number` of this kind: then is when it
   is given. The reader is within its span. */
HT_MUST_CHECK enum ht_status export_is_last(struct export_source *source, enum ht_kind kind, uint32_t number,
                                            bool *last, struct ht_error *err);

/* Looks for the next event at which an entity of this kind is given, from `next` on, in a span of its own: *found, and
   its id is copied to source->scratch; else the step is over. */
HT_MUST_CHECK enum ht_status export_find_entity(struct export_source *source, enum ht_kind kind, bool *found,
                                                struct ht_error *err);

/* The text of a JSON value without its line ends: they can only stand between tokens, for a string has them escaped.
   Returns `text` itself if it has none, else a view of `scratch`. */
struct ht_slice export_one_line(struct ht_slice text, struct ht_buffer *scratch);

#endif
