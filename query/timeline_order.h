/* Private to query/: the order of a timeline's items, and which messages were removed.

   Items are messages and events, sorted by
   1. time (an event's: when it occurred),
   2. session starts, then messages, then other events,
   3. messages as timeline_union.h orders them, events by seq.
   So the order is total and follows from the payloads and seqs alone.

   Made from a finished union in steps that are bounded in work; a million messages need about 32 MB while it is made.
   One thread at a time; no LMDB here. */
#ifndef QUERY_TIMELINE_ORDER_H
#define QUERY_TIMELINE_ORDER_H

#include "rank_set.h"
#include "timeline_sort.h"
#include "timeline_union.h"

/* An event as far as the order is concerned, numbered as in the union. */
struct timeline_event {
    uint64_t seq;
    int64_t at;
    struct timeline_span span;
    uint32_t size; /* of what its item shows, about */
    bool starts_session;
    bool derived; /* the conversation was found by the opening message */
    bool unreadable;
    uint64_t erasure; /* what took it, if it is unreadable for having been erased; else 0 */
    bool untimed;     /* nothing tells when it occurred: `at` is that of the event before */
};

/* An item: a message by the index of its first version, or an event by its number. */
#define TIMELINE_EVENT UINT32_C(0x80000000)

struct timeline_order {
    const struct timeline_union *all;
    const struct timeline_event *events;
    uint32_t event_count;
    uint32_t *items; /* the result: `count` of them, in order */
    uint32_t count;
    uint32_t message_count; /* how many of them are messages */
    uint32_t *removed_by;   /* the result: by first version, the event that removed the message, or TIMELINE_NONE */
    uint32_t *kept;         /* where the results are */
    uint32_t *scaffold;     /* and, while they are made, the arrays below */
    /* while it is made */
    uint32_t phase;
    uint32_t at;               /* how far the phase is */
    struct timeline_sort sort; /* of what stands by its time */
    uint32_t *visits;          /* messages to be visited, the next one last */
    uint32_t visit_count;
    uint32_t *first_behind; /* by message: of those that stand behind it */
    uint32_t *first_before;
    uint32_t *sibling;      /* the next that stands at the same side of the same one; in the end, see leaving */
    uint32_t *rank;         /* by message: its place among the items */
    uint32_t *leaving;      /* by event: the first message whose last event it is, chained by `sibling` */
    struct rank_set absent; /* of messages whose last event is behind, and that are not removed yet */
};

/* Begins: `all` and `events` must stay as they are until release. HT_NO_MEMORY (then release, too). */
HT_MUST_CHECK enum ht_status timeline_order_begin(struct timeline_order *order, const struct timeline_union *all,
                                                  const struct timeline_event *events, uint32_t event_count,
                                                  struct ht_error *err);
void timeline_order_release(struct timeline_order *order);

/* Works on some `work` elements; true once the result is there. */
bool timeline_order_step(struct timeline_order *order, uint32_t work);

#endif
