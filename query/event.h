/* Private to query/: an event as JSON, from its row in the index. */
#ifndef QUERY_EVENT_H
#define QUERY_EVENT_H

#include "hooktrail/event.h"

/* Emits {"seq",…,"warnings"}; or only its members, into an object that is open. */
HT_MUST_CHECK enum ht_status event_emit(struct ht_emit *emit, struct ht_reader *reader, const struct ht_row *row,
                                        struct ht_error *err);
HT_MUST_CHECK enum ht_status event_emit_members(struct ht_emit *emit, struct ht_reader *reader,
                                                const struct ht_row *row, struct ht_error *err);

#endif
