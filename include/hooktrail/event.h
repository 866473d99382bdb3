/* An event as JSON members, from its row in the index alone: what lists, single events and exports have in common. */
#ifndef HOOKTRAIL_EVENT_H
#define HOOKTRAIL_EVENT_H

#include "hooktrail/emit.h"
#include "hooktrail/index.h"

/* The row of a seq that the index has passed: a missing or malformed one is HT_CORRUPT and names the seq. Within the
   reader's span. */
HT_MUST_CHECK enum ht_status ht_event_row(struct ht_reader *reader, uint64_t seq, struct ht_row *row,
                                          struct ht_error *err);

/* The names of a row's numbers, absent for 0; of the warnings the JSON array, "[]" if there are none. Views until
   ht_reader_end. HT_CORRUPT where the index has no name for a number or something else than JSON for the warnings. */
struct ht_event_names {
    struct ht_slice type;
    struct ht_slice agent;
    struct ht_slice agent_name;
    struct ht_slice conversation;
    struct ht_slice lead;
    struct ht_slice visitor;
    struct ht_slice warnings;
};
HT_MUST_CHECK enum ht_status ht_event_names(struct ht_reader *reader, const struct ht_row *row,
                                            struct ht_event_names *names, struct ht_error *err);

/* When an event was erased; HT_TIME_NONE if it was not or nothing tells. Within the reader's span. */
int64_t ht_event_erased_at(struct ht_reader *reader, const struct ht_row *row);

/* Emits "seq" to "warnings", in the contract's order, into an object that is open. HT_CORRUPT, with nothing emitted,
   where the index has no name for a number of the row or something else than JSON for its warnings. Within the reader's
   span. */
HT_MUST_CHECK enum ht_status ht_event_emit_facts(struct ht_emit *emit, struct ht_reader *reader,
                                                 const struct ht_row *row, struct ht_error *err);

#endif
