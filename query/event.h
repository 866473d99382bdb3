/* Private to query/: an event as JSON, from its row in the index. */
#ifndef QUERY_EVENT_H
#define QUERY_EVENT_H

#include "hooktrail/emit.h"
#include "hooktrail/index.h"

/* The row of a seq that the index has passed: a missing or malformed one is HT_CORRUPT and names the seq. */
HT_MUST_CHECK enum ht_status event_row(struct ht_reader *reader, uint64_t seq, struct ht_row *row,
                                       struct ht_error *err);

/* Emits {"seq",…,"warnings"}; or only its members, into an object that is open. */
HT_MUST_CHECK enum ht_status event_emit(struct ht_emit *emit, struct ht_reader *reader, const struct ht_row *row,
                                        struct ht_error *err);
HT_MUST_CHECK enum ht_status event_emit_members(struct ht_emit *emit, struct ht_reader *reader,
                                                const struct ht_row *row, struct ht_error *err);

#endif
