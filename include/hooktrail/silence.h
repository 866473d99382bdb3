/* Silence: an agent or a type of event from which nothing has come for longer than its own usual week would have it.
   Nothing else tells an endpoint that was switched off from a quiet night. */
#ifndef HOOKTRAIL_SILENCE_H
#define HOOKTRAIL_SILENCE_H

#include "hooktrail/index.h"

struct ht_silence {
    int64_t last_at; /* when its last event was received */
    bool unusual;
};

/* Looks at an agent or a type (`kind`) as of `now`, within the reader's span. The silence since its last event is
   unusual if in each of the four weeks before (one of them may fail; of two or three that are known, none may) at least
   three events came at the very times of the week that the silence covers. Never one of less than ten minutes, nor one
   of more than four weeks: that has become usual. HT_NOT_FOUND if it has no event. Times are those of receipt. */
HT_MUST_CHECK enum ht_status ht_silence_get(struct ht_reader *reader, enum ht_kind kind, uint32_t number, int64_t now,
                                            struct ht_silence *silence, struct ht_error *err);

#endif
