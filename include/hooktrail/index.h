/* The index: all that is derived from the trail. It follows a little behind, from its own recorded position, and can
   be thrown away and built again; two processes may advance it at once, for its position is part of each transaction.
   Of a store that was opened without its master key nothing of it can be read: HT_FORBIDDEN. */
#ifndef HOOKTRAIL_INDEX_H
#define HOOKTRAIL_INDEX_H

#include <stdint.h>

#include "hooktrail/buffer.h"
#include "hooktrail/reading.h"
#include "hooktrail/store.h"
#include "hooktrail/trail.h"

/* What gets a dense number, 1, 2, 3 …, by first sight. */
enum ht_kind {
    HT_KIND_AGENT = 1,
    HT_KIND_CONVERSATION,
    HT_KIND_LEAD,
    HT_KIND_VISITOR,
    HT_KIND_TYPE,
    HT_KIND_AGENT_NAME, /* no postings */
    HT_KIND_WARNINGS,   /* the JSON array of an event's warnings; no postings */
    HT_KIND_COUNT
};

/* ---- following the trail ---- */

/* Brings the index up to the trail's end, in transactions of at most some 12,288 events or 100 ms. `progress` (may be
   NULL) is called between them with the position reached and the end; false from it stops early with HT_STOPPING (and
   what was built anew is thrown away).
   `end` (may be NULL) gets the position reached. Notices when another process has replaced the index, and follows.
   After an erasure the index is rebuilt; if another process is at it already, the old one serves on meanwhile and takes
   in what comes, so that `end` moves: HT_OK then doesn't say that the index knows of the erasure. */
typedef bool ht_progress(void *context, uint64_t done, uint64_t total);
HT_MUST_CHECK enum ht_status ht_index_catch_up(struct ht_store *store, ht_progress *progress, void *context,
                                               struct ht_position *end, struct ht_error *err);

/* Why the index that lay there when the store was opened was damaged, and therefore made anew, empty; NULL if it was
   not. Good until the store is closed. Any thread. */
const char *ht_index_fault(const struct ht_store *store);

/* How many events of the trail the index has yet to take up: all of them if it has to be built anew, beside the old
   one (`anew`, which may be NULL). Any thread. */
HT_MUST_CHECK enum ht_status ht_index_lag(struct ht_store *store, uint64_t *events, bool *anew, struct ht_error *err);

/* How many events that wait are plenty for one transaction of the index: LMDB holds the pages that it touches in
   memory, up to one for each event in a large index. */
#define HT_INDEX_PLENTY 8192

/* Builds a new index beside the old one and swaps it in; readers of either stay right. HT_BUSY if another rebuild runs.
 */
HT_MUST_CHECK enum ht_status ht_index_rebuild(struct ht_store *store, ht_progress *progress, void *context,
                                              struct ht_error *err);

/* Whether another process has erased something and put a new index in the place of the one that this store still reads:
   ht_index_catch_up takes it over. Any thread; mostly no more than a look at a file's name. */
bool ht_index_outdated(struct ht_store *store);

/* ---- damage and doubt ---- */

/* Whether this process has read something of the present index that can't be: a page that is none, a row or name that
   doesn't decode. ht_index_rebuild mends it; what decodes and is wrong, only ht_verify finds. Any thread. */
bool ht_index_is_damaged(struct ht_store *store);

/* Fails with HT_CORRUPT for what the index lacks or contradicts, in words such as "the index has no row for event 7";
   ": run `hooktrail reindex`" is put behind them. From then on the index counts as damaged, as above. */
enum ht_status ht_fail_index(const struct ht_reader *reader, struct ht_error *err, const char *format, ...)
    HT_PRINTF(3, 4);

#define HT_INDEX_PATH 4096 /* of a path: bytes, with its NUL */

/* A page of the index that has rotten can kill whoever touches it, and the next one again. So a process that dies by a
   signal leaves a note in the data directory, DIR/index.doubt, and whoever opens the store next makes the index anew
   (and the note index.doubted). Only once, until ht_index_trust: it may have been something else. */
struct ht_index_doubt {
    char note[HT_INDEX_PATH];
    char settled[HT_INDEX_PATH];
};
HT_MUST_CHECK enum ht_status ht_index_doubt_init(struct ht_index_doubt *doubt, const char *dir, struct ht_error *err);
void ht_index_doubt(const struct ht_index_doubt *doubt); /* leaves the note; a signal handler may */
bool ht_index_is_doubted(const struct ht_index_doubt *doubt);
void ht_index_trust(const struct ht_index_doubt *doubt); /* an orderly end */

HT_MUST_CHECK enum ht_status ht_index_position(struct ht_reader *reader, struct ht_position *position,
                                               struct ht_error *err);

/* ---- rows ---- */

#define HT_ROW_DERIVED 1u /* the conversation was found by the opening message, not named by the payload */
/* The record is damaged, or its payload does not pass the rules: type "unknown", no ids, and where even the header is
   lost, the time of the event before. */
#define HT_ROW_UNREADABLE 2u
#define HT_ROW_ERASED 4u /* a tombstone: type "erased", no ids but a conversation that goes on, SHA-256 of zeros */

/* One event as lists and statistics see it; numbers are 0 where the event has none. */
struct ht_row {
    uint64_t seq;
    int64_t received_at;
    int64_t occurred_at;
    uint32_t type;
    uint32_t agent;
    uint32_t agent_name;
    uint32_t conversation;
    uint32_t lead;
    uint32_t visitor;
    uint32_t warnings; /* 0: none */
    uint32_t size;
    uint32_t deliveries; /* 1 and the repeated ones */
    uint32_t endpoint;
    uint32_t flags;
    uint8_t sha256[HT_SHA256_SIZE];
};
HT_MUST_CHECK enum ht_status ht_index_row(struct ht_reader *reader, uint64_t seq, struct ht_row *row,
                                          struct ht_error *err);

/* Events received in [since, until) have seqs within [*first, *last]; others may too (clocks step), so check each row.
 *first > *last if there are none. Use HT_TIME_NONE and INT64_MAX for open ends. */
HT_MUST_CHECK enum ht_status ht_index_range(struct ht_reader *reader, int64_t since, int64_t until, uint64_t *first,
                                            uint64_t *last, struct ht_error *err);

/* ---- entities ---- */

/* The number of an id, or HT_NOT_FOUND; and the id of a number (a view until ht_reader_end), which is HT_NOT_FOUND for
   a conversation of which only erased events are left so far. */
HT_MUST_CHECK enum ht_status ht_index_number(struct ht_reader *reader, enum ht_kind kind, struct ht_slice id,
                                             uint32_t *number, struct ht_error *err);
HT_MUST_CHECK enum ht_status ht_index_name(struct ht_reader *reader, enum ht_kind kind, uint32_t number,
                                           struct ht_slice *id, struct ht_error *err);
/* How many numbers of this kind are given out: they are 1 to *count. */
HT_MUST_CHECK enum ht_status ht_index_count(struct ht_reader *reader, enum ht_kind kind, uint32_t *count,
                                            struct ht_error *err);

/* Of an agent, conversation, lead, visitor or type: what its events amount to, derived ones included. */
struct ht_summary {
    uint32_t number;
    int64_t first_at; /* least and greatest occurred_at */
    int64_t last_at;
    uint64_t first_seq;
    uint64_t last_seq;
    uint64_t events;
    uint32_t agent;       /* the last one named (of an agent: itself) */
    uint32_t agent_name;  /* the last one named */
    uint32_t visitor;     /* the last one named; conversations and leads */
    uint64_t profile_seq; /* leads: the last event with a profile; 0: none */
};
HT_MUST_CHECK enum ht_status ht_index_summary(struct ht_reader *reader, enum ht_kind kind, uint32_t number,
                                              struct ht_summary *summary, struct ht_error *err);

/* The entity of this kind (agent, conversation, lead, visitor) whose last event is the newest before seq `before`
   (UINT64_MAX to begin); HT_NOT_FOUND at the end. Two entities never share a last_seq within a kind. */
HT_MUST_CHECK enum ht_status ht_index_recent(struct ht_reader *reader, enum ht_kind kind, uint64_t before,
                                             uint32_t *number, uint64_t *last_seq, struct ht_error *err);

/* Conversations of a lead (kind HT_KIND_LEAD) or leads of a conversation (HT_KIND_CONVERSATION): the least number above
   `after`; HT_NOT_FOUND at the end. */
HT_MUST_CHECK enum ht_status ht_index_linked(struct ht_reader *reader, enum ht_kind kind, uint32_t number,
                                             uint32_t after, uint32_t *linked, struct ht_error *err);

/* Leads whose profile had this e-mail address (compared without case and outer white space, through a keyed hash): the
   least number above `after`; HT_NOT_FOUND at the end. */
HT_MUST_CHECK enum ht_status ht_index_email(struct ht_reader *reader, struct ht_slice email, uint32_t after,
                                            uint32_t *lead, struct ht_error *err);
/* Events that bring this address and name no lead, of which the leads above tell nothing: the least seq above `after`;
   HT_NOT_FOUND at the end. */
HT_MUST_CHECK enum ht_status ht_index_stray(struct ht_reader *reader, struct ht_slice email, uint64_t after,
                                            uint64_t *seq, struct ht_error *err);

/* ---- postings ---- */

/* The seqs of the events of an entity or type, ascending. Ends with the reader's span at the latest. */
struct ht_postings;
HT_MUST_CHECK enum ht_status ht_postings_open(struct ht_reader *reader, enum ht_kind kind, uint32_t number,
                                              struct ht_postings **postings, struct ht_error *err);
void ht_postings_close(struct ht_postings *postings);
uint64_t ht_postings_count(const struct ht_postings *postings); /* O(1) */
/* The least seq of at least `seq`, or the greatest of at most `seq`; HT_NOT_FOUND if there is none. */
HT_MUST_CHECK enum ht_status ht_postings_at_least(struct ht_postings *postings, uint64_t seq, uint64_t *found,
                                                  struct ht_error *err);
HT_MUST_CHECK enum ht_status ht_postings_at_most(struct ht_postings *postings, uint64_t seq, uint64_t *found,
                                                 struct ht_error *err);

/* ---- duplicates, deliveries, statistics ---- */

/* The repeats of an event: the least number above `after`; HT_NOT_FOUND at the end. */
HT_MUST_CHECK enum ht_status ht_index_repeat(struct ht_reader *reader, uint64_t seq, uint64_t after, uint64_t *number,
                                             struct ht_error *err);

/* The events that a data key seals (ht_record_header.key): the least seq above `after`; HT_NOT_FOUND at the end. */
HT_MUST_CHECK enum ht_status ht_index_key_event(struct ht_reader *reader, uint32_t key, uint64_t after, uint64_t *seq,
                                                struct ht_error *err);

/* The seq of an indexed event with this duplicate key, checked against the trail; HT_NOT_FOUND. `time` is what its
   payload states (ht_facts.stated_at), HT_TIME_NONE of a signed event. */
HT_MUST_CHECK enum ht_status ht_index_duplicate(struct ht_reader *reader, int64_t time,
                                                const uint8_t key[HT_DUPLICATE_KEY_SIZE], uint64_t *seq,
                                                struct ht_error *err);

/* Events by day received (UTC), type and agent (0: none). */
struct ht_daily {
    int64_t day; /* since 1970-01-01 */
    uint32_t type;
    uint32_t agent;
    uint64_t events;
    uint64_t bytes;      /* of payloads */
    uint64_t deliveries; /* repeats included, on the day of the first */
    int64_t last_at;     /* newest received_at */
};
/* The first row behind (day, type, agent); begin with (INT64_MIN, 0, 0). HT_NOT_FOUND at the end. */
HT_MUST_CHECK enum ht_status ht_index_daily(struct ht_reader *reader, int64_t day, uint32_t type, uint32_t agent,
                                            struct ht_daily *daily, struct ht_error *err);

#endif
