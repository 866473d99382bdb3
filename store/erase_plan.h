/* Private to store/: an erasure planned: which events go, whose they were, which keys are destroyed, which events share
   those keys and stay.

   A plan is made within a reader's span from the set of events that shall go. Those of the index are asked by
   `postings` and `keys`; those that the index doesn't hold yet (behind its position) are looked at one by one. */
#ifndef STORE_ERASE_PLAN_H
#define STORE_ERASE_PLAN_H

#include "erase_set.h"
#include "hooktrail/erasure.h"
#include "store.h"

/* The keys that survivors got in this run, and those that they had: the index knows the latter until it is rebuilt. */
struct erase_chain {
    struct ht_buffer links; /* struct erase_link */
};
struct erase_link {
    uint32_t key;
    uint32_t before;
};
void erase_chain_release(struct erase_chain *chain);
void erase_chain_add(struct erase_chain *chain, uint32_t key, uint32_t before);
uint32_t erase_chain_before(const struct erase_chain *chain, uint32_t key); /* 0: none */

struct erase_event {
    uint64_t seq;
    uint32_t key; /* 0: not sealed */
    uint32_t conversation;
    uint32_t lead;
    uint32_t visitor;
};

/* A conversation or lead that some of the events belonged to. */
struct erase_entity {
    uint32_t kind;
    uint32_t number;
    bool whole;   /* nothing of it stays */
    bool goes_on; /* an event that isn't in the index yet is sealed by the key of one of its events */
    uint8_t ref[HT_REF_SIZE];
};

/* An event that stays, or a repeated delivery of one, under a key that goes. */
struct erase_survivor {
    uint32_t key;
    bool repeat;
    uint64_t number; /* seq, or that of the repeated delivery */
};

/* Zero-initialised is empty and valid. */
struct erase_plan {
    struct erase_set wanted; /* seqs that shall go; may be erased already */
    struct erase_set seqs;   /* those of them that are there */
    struct ht_buffer events;
    struct ht_buffer entities; /* by kind and number */
    struct ht_buffer survivors;
    struct erase_set keys;     /* of the events */
    struct erase_set older;    /* tombstones of conversations that go whole now: they shall not name them any more */
    struct erase_set derived;  /* of their conversations' events, those that stay and name none: theirs may change */
    struct erase_set repeats;  /* repeated deliveries of the events */
    struct erase_set rejected; /* rejected deliveries to drop */
    bool rejected_held;        /* others would be dropped, were they not held */
    bool rejected_checked;     /* all of them were looked at: what stays may come back with a restored backup */
};

void erase_plan_release(struct erase_plan *plan);
void erase_plan_clear(struct erase_plan *plan); /* keeps the memory */

/* Fills all but `wanted` and `rejected` from `wanted`. */
HT_MUST_CHECK enum ht_status erase_plan_make(struct erase_plan *plan, struct ht_reader *reader,
                                             const struct erase_chain *chain, struct ht_error *err);

static inline size_t erase_plan_events(const struct erase_plan *plan)
{
    return plan->events.size / sizeof(struct erase_event);
}
static inline const struct erase_event *erase_plan_event(const struct erase_plan *plan, size_t index)
{
    return (const struct erase_event *)(const void *)plan->events.data + index;
}
static inline size_t erase_plan_entities(const struct erase_plan *plan)
{
    return plan->entities.size / sizeof(struct erase_entity);
}
static inline const struct erase_entity *erase_plan_entity(const struct erase_plan *plan, size_t index)
{
    return (const struct erase_entity *)(const void *)plan->entities.data + index;
}
static inline size_t erase_plan_survivors(const struct erase_plan *plan)
{
    return plan->survivors.size / sizeof(struct erase_survivor);
}
static inline const struct erase_survivor *erase_plan_survivor(const struct erase_plan *plan, size_t index)
{
    return (const struct erase_survivor *)(const void *)plan->survivors.data + index;
}

/* The entity of this kind and number, or NULL. */
const struct erase_entity *erase_plan_find(const struct erase_plan *plan, enum ht_kind kind, uint32_t number);

/* Adds the plan's counts (but for number) to `erased`. */
void erase_plan_count(const struct erase_plan *plan, struct ht_erased *erased);

#endif
