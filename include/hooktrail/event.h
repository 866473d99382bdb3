/* An event as JSON members, from its row in the index alone: what lists, single events and exports have in common. */
#ifndef HOOKTRAIL_EVENT_H
#define HOOKTRAIL_EVENT_H

#include "hooktrail/emit.h"
#include "hooktrail/index.h"

/* The row of a seq that the index has passed: a missing or malformed one is HT_CORRUPT and names the seq. Within the
   reader's span. */
HT_MUST_CHECK enum ht_status ht_event_row(struct ht_reader *reader, uint64_t seq, struct ht_row *row,
                                          struct ht_error *err);

/* Emits "seq" to "warnings", in the contract's order, into an object that is open. HT_CORRUPT, with nothing emitted,
   where the index has no name for a number of the row or something else than JSON for its warnings. Within the reader's
   span. */
HT_MUST_CHECK enum ht_status ht_event_emit_facts(struct ht_emit *emit, struct ht_reader *reader,
                                                 const struct ht_row *row, struct ht_error *err);

/* Emits "erased_at": when the event was erased, null if it was not or nothing tells. Within the reader's span. */
void ht_event_emit_erased_at(struct ht_emit *emit, struct ht_reader *reader, const struct ht_row *row);

#endif
