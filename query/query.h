/* Private to query/: one query under way, the operations that each kind fills in, and what the kinds share.

   A kind's step runs inside the reader's span: it resolves ids to numbers, opens postings, looks at rows while
   query_spend() grants them, emits into q->emit and closes what it opened. Between two steps it keeps plain values only
   (the last seq, an offset), for the snapshot is gone and the index may have been replaced. */
#ifndef QUERY_QUERY_H
#define QUERY_QUERY_H

#include "hooktrail/emit.h"
#include "hooktrail/index.h"
#include "hooktrail/query.h"
#include "hooktrail/time.h"

#define QUERY_STEP_ROWS 1000
#define QUERY_STEP_BYTES (UINT64_C(256) * 1024) /* of payloads read and of JSON made */
#define QUERY_STEP_TIME (HT_SECOND / 500)
#define QUERY_POSITION_WORDS 4 /* what a cursor remembers of a place */

struct query_ops {
    /* Checks what is special to the kind and makes q->state; reads nothing of the store. May be NULL. */
    enum ht_status (*open)(struct ht_query *q, struct ht_error *err);
    /* One bounded step; the reader is begun. Calls query_finish or query_list_end when the document is whole. */
    enum ht_status (*step)(struct ht_query *q, struct ht_reader *reader, struct ht_error *err);
    /* Releases q->state, also half made and NULL. May be NULL. */
    void (*free)(struct ht_query *q);
};

/* How much of this step is left. */
struct query_budget {
    uint32_t rows;
    uint64_t bytes;
    int64_t deadline;    /* of ht_time_steady */
    uint32_t until_look; /* rows until the clock is looked at again */
    size_t out_size;     /* bytes of `out` that were counted already */
    bool begun;
};

struct ht_query {
    const struct query_ops *ops;
    enum ht_query_kind kind;
    enum ht_query_format format;
    struct ht_filter filter; /* a copy; since and until are the first page's */
    struct ht_filter_id id;  /* of the one entity, for kinds that are about one */
    uint64_t number;         /* the seq or number, for kinds that are about one */
    uint64_t as_of;          /* see ht_query_as_of; 0: all events that there are */
    uint64_t changes_after;  /* of a history as lines: the same */
    uint32_t page_limit;     /* 0: the filter's */
    struct ht_buffer out;
    struct ht_emit emit; /* writes to out */
    struct query_budget budget;
    bool begun;            /* query_list_begin was called */
    bool resumed;          /* by a cursor: `resume` is where the page before ended */
    bool done;             /* set by query_finish and query_list_end */
    enum ht_status failed; /* a step failed: later ones fail alike */
    uint64_t resume[QUERY_POSITION_WORDS];
    uint64_t position; /* see ht_query_position */
    size_t whole;      /* bytes of `out` up to the last whole item of a list */
    char next[HT_CURSOR_SIZE];
    void *state; /* the kind's own */
};

/* True while the step may look at one more row, counting it and `bytes` (of payload read, or 0) against the step's
   budget; what was added to q->out is counted too. The first call of each step is always granted, so that every step
   gets on. Call it before the row is looked at; `bytes` are those of the row before. */
bool query_spend(struct ht_query *q, uint64_t bytes);

/* Counts further rows and bytes, where one step of a walk looked at more than one. */
void query_charge(struct ht_query *q, uint32_t rows, uint64_t bytes);

/* A list: {"NAME":[ … ],"next":…}. With HT_FORMAT_LINES an item is a line and there is nothing around it.
   query_list_begin does something on the first call only. Emit exactly one value, then call query_item_end. */
void query_list_begin(struct ht_query *q, const char *name);
void query_item_end(struct ht_query *q);
void query_list_end(struct ht_query *q);

/* For documents that are no such list: emits "next" (inside an open object), and ends the document (all containers are
   closed): newline, done. */
void query_emit_next(struct ht_query *q);
void query_finish(struct ht_query *q);

/* There is another page: the cursor that leads behind `position` goes to q->next. Without this call "next" is null. The
   words are the kind's own; they come back in q->resume, decoded but as hostile as any input. */
void query_set_next(struct ht_query *q, const uint64_t position[QUERY_POSITION_WORDS]);

/* The id of a number, or absent for number 0; a number without an id is HT_CORRUPT, but for a conversation, of which
   only tombstones may be left. A view until ht_reader_end. */
HT_MUST_CHECK enum ht_status query_name(struct ht_reader *reader, enum ht_kind kind, uint32_t number,
                                        struct ht_slice *name, struct ht_error *err);

/* There is none with the id q->id: HT_ERASED with time and reason if it was erased, else HT_NOT_FOUND. */
enum ht_status query_fail_missing(const struct ht_query *q, struct ht_reader *reader, enum ht_kind kind,
                                  const char *what, struct ht_error *err);

/* Emits key and name, or null for number 0. */
HT_MUST_CHECK enum ht_status query_emit_name(struct ht_query *q, struct ht_reader *reader, const char *key,
                                             enum ht_kind kind, uint32_t number, struct ht_error *err);

static inline struct ht_slice query_id(const struct ht_filter_id *id)
{
    return ht_slice_of(id->text, id->size);
}

extern const struct query_ops events_query_ops;
extern const struct query_ops event_query_ops;
extern const struct query_ops timeline_query_ops; /* timeline.c; q->id is the conversation's */
extern const struct query_ops history_query_ops;  /* history.c; q->id is the lead's */
extern const struct query_ops conversations_query_ops;
extern const struct query_ops leads_query_ops;
extern const struct query_ops agents_query_ops;
extern const struct query_ops stats_query_ops;
extern const struct query_ops health_query_ops;
extern const struct query_ops rejected_query_ops;
extern const struct query_ops rejected_one_query_ops;
extern const struct query_ops acts_query_ops;

#endif
