/* Erasure: the removal of a person's data that leaves the trail verifiable; and the two that go with it, retention
   (erasure by age) and legal holds (what must not be erased).

   What happens to an event that is erased: its data key is destroyed in place (events that share the key and stay are
   sealed anew under another), its record becomes a tombstone that keeps the committed header and so its leaf, and the
   index is rebuilt without it. Order on disk, and what a death between two steps leaves:
     1. one transaction of the trail: tombstones, survivors under new keys, the erasure, the act. Before it: nothing.
     2. the keys are overwritten and synced. Killed before: done when the store is opened next.
     3. DIR/erasures.log, by which a restored older backup repeats the erasure. Killed before: written when opened next.
     4. the index is rebuilt. Killed before: it is stale, and rebuilt by whoever brings it up next. */
#ifndef HOOKTRAIL_ERASURE_H
#define HOOKTRAIL_ERASURE_H

#include "hooktrail/index.h"
#include "hooktrail/store.h"
#include "hooktrail/time.h"

#define HT_REASON_SIZE 256 /* of a reason, with its NUL; it must not name who was erased */

/* ---- erasing ---- */

enum ht_subject { HT_SUBJECT_LEAD, HT_SUBJECT_EMAIL, HT_SUBJECT_CONVERSATION, HT_SUBJECT_SEQ };

/* Whose data: a lead (with all its conversations), all leads that have or had an address, a conversation, one event. */
struct ht_subject_ref {
    enum ht_subject kind;
    struct ht_slice value; /* the id, address, or seq in decimal */
};

struct ht_erased {
    uint64_t number; /* of the erasure; 0 for a dry run or if there was nothing to erase */
    uint64_t events;
    uint64_t conversations;
    uint64_t leads;
    uint64_t keys;     /* destroyed */
    uint64_t resealed; /* events that stay and got another key */
    uint64_t rejected; /* rejected deliveries that named the person, dropped */
};

/* Erases, or with `dry_run` only counts. HT_NOT_FOUND if there is no such subject; HT_BUSY, naming the hold, if some of
   it is held. Returns when the index has been rebuilt (`progress` tells of that). `reason` may be "". Runs beside the
   daemon. */
HT_MUST_CHECK enum ht_status ht_erase(struct ht_store *store, const struct ht_subject_ref *subjects, size_t count,
                                      const char *reason, int64_t now, bool dry_run, ht_progress *progress,
                                      void *context, struct ht_erased *erased, struct ht_error *err);

/* ---- what was erased ---- */

struct ht_erasure {
    uint64_t number; /* 1, 2, 3 … without gaps */
    int64_t at;
    bool retention; /* by age, not by request */
    uint64_t events;
    char reason[HT_REASON_SIZE];
};

/* Within the reader's span. HT_NOT_FOUND. */
HT_MUST_CHECK enum ht_status ht_erasure_get(struct ht_reader *reader, uint64_t number, struct ht_erasure *erasure,
                                            struct ht_error *err);
HT_MUST_CHECK enum ht_status ht_erasure_last(struct ht_reader *reader, uint64_t *number, struct ht_error *err);
/* The seqs of an erasure as ranges: the first that begins behind `after`. HT_NOT_FOUND at the end. */
HT_MUST_CHECK enum ht_status ht_erasure_range(struct ht_reader *reader, uint64_t number, uint64_t after,
                                              uint64_t *first, uint64_t *last, struct ht_error *err);
/* The same of events that stay (or were erased before), and may show otherwise since: they named a conversation that is
   gone, or were of one by its opening message. Not known of erasures that an older hooktrail made: then there are none.
 */
HT_MUST_CHECK enum ht_status ht_erasure_changed(struct ht_reader *reader, uint64_t number, uint64_t after,
                                                uint64_t *first, uint64_t *last, struct ht_error *err);
/* The erasure that took all of a conversation or lead; HT_NOT_FOUND. */
HT_MUST_CHECK enum ht_status ht_erasure_of(struct ht_reader *reader, enum ht_kind kind, struct ht_slice id,
                                           struct ht_erasure *erasure, struct ht_error *err);
/* Fills err with HT_ERASED, "… was erased on TIME: REASON", and returns it. */
enum ht_status ht_fail_erased(struct ht_error *err, const char *what, const struct ht_erasure *erasure);

/* ---- retention ---- */

#define HT_RETAIN_RULES 32

struct ht_retain_rule {
    char type[HT_MAX_TYPE + 1]; /* "" for every type */
    char agent[HT_MAX_ID + 1];  /* "" for every agent */
    int64_t age;                /* µs; INT64_MAX: for good */
};

/* Plain memory. The most specific rule decides for an event: type and agent, agent, type, neither. */
struct ht_retain_policy {
    size_t count;
    struct ht_retain_rule rules[HT_RETAIN_RULES];
};

/* "400d", "400d, type=question 90d, agent=ID forever": HT_INVALID says what is wrong. */
HT_MUST_CHECK enum ht_status ht_retain_parse(struct ht_slice text, struct ht_retain_policy *policy,
                                             struct ht_error *err);

/* Erases what is older than the policy says, by received_at, and not held: one erasure per batch of at most 1,000
   events, then one rebuild of the index. `erased` sums them up; its number is the last. */
HT_MUST_CHECK enum ht_status ht_retain(struct ht_store *store, const struct ht_retain_policy *policy, int64_t now,
                                       bool dry_run, ht_progress *progress, void *context, struct ht_erased *erased,
                                       struct ht_error *err);

/* ---- holds ---- */

struct ht_hold {
    uint32_t id;
    enum ht_kind kind; /* HT_KIND_CONVERSATION or HT_KIND_LEAD */
    uint8_t ref[16];   /* the keyed hash of its id, as the index has it */
    int64_t since;
    char note[HT_REASON_SIZE];
};

/* It covers what an erasure of the lead or conversation would take. HT_NOT_FOUND if there is none with this id;
   HT_EXISTS if it is held already. */
HT_MUST_CHECK enum ht_status ht_hold_add(struct ht_store *store, enum ht_kind kind, struct ht_slice id,
                                         const char *note, int64_t now, struct ht_hold *hold, struct ht_error *err);
HT_MUST_CHECK enum ht_status ht_hold_remove(struct ht_store *store, uint32_t id, int64_t now, struct ht_error *err);
/* The first with an id of at least `from`; HT_NOT_FOUND at the end. Within the reader's span. */
HT_MUST_CHECK enum ht_status ht_hold_next(struct ht_reader *reader, uint32_t from, struct ht_hold *hold,
                                          struct ht_error *err);
/* The id of what is held, a view until ht_reader_end; HT_NOT_FOUND if the index doesn't know it. */
HT_MUST_CHECK enum ht_status ht_hold_id(struct ht_reader *reader, const struct ht_hold *hold, struct ht_slice *id,
                                        struct ht_error *err);

#endif
