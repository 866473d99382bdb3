/* Private to increment_gather.c and increment_changes.c: the walk that gathers an increment. What begins with take
   reads one thing and adds its row; what begins with gather goes on until there is no more, or the span is spent. All
   of it is within a span of the reader. */
#ifndef STORE_INCREMENT_STATE_H
#define STORE_INCREMENT_STATE_H

#include "erasures.h"
#include "increment_gather.h"

/* An erasure, and how far what it lists was read. */
struct increment_changes {
    struct ht_buffer value;
    struct erasures_row row; /* borrows from value */
    bool begun;
    unsigned list; /* which of its lists */
    size_t range;
    uint64_t next; /* number in that range; 0: its first */
};

struct increment_state {
    struct gathering *to;
    struct ht_reader *reader;
    struct ht_unpacker *unpacker;
    struct increment_changes changes;
    struct ht_buffer leaves; /* hashes of those read last */
    struct ht_buffer scratch;
    unsigned taken; /* rows in this span */
    int64_t deadline;
};

/* Whether the span is to end. Never before the first row. */
bool increment_is_spent(const struct increment_state *state);

void increment_add(struct increment_state *state, enum rows_kind kind, struct ht_slice key, struct ht_slice value);
void increment_add_number(struct increment_state *state, enum rows_kind kind, uint64_t number, struct ht_slice value);

HT_MUST_CHECK enum ht_status increment_get(const struct increment_state *state, enum rows_kind kind, uint64_t number,
                                           struct ht_slice *value, struct ht_error *err);

/* An event with all that can be checked of it; `bytes` of its payload, 0 of a tombstone. */
HT_MUST_CHECK enum ht_status increment_take_event(struct increment_state *state, uint64_t seq, struct ht_slice *value,
                                                  uint64_t *bytes, struct ht_error *err);
HT_MUST_CHECK enum ht_status increment_take_repeat(struct increment_state *state, uint64_t number,
                                                   struct ht_error *err);

/* ---- increment_changes.c ---- */

HT_MUST_CHECK enum ht_status increment_gather_changes(struct increment_state *state, struct ht_error *err);
HT_MUST_CHECK enum ht_status increment_gather_rejected(struct increment_state *state, struct ht_error *err);
/* The numbers of the rejected deliveries that are there. */
HT_MUST_CHECK enum ht_status increment_take_kept(struct increment_state *state, struct ht_error *err);

#endif
