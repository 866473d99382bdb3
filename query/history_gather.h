/* Private to query/: which events a lead's history is about: its own and those of the conversations it is linked with.

   Goes through the postings of one source after the other, in steps; what is kept is bounded. */
#ifndef QUERY_HISTORY_GATHER_H
#define QUERY_HISTORY_GATHER_H

#include "query.h"
#include "seq_set.h"

#define HISTORY_MAX_REASONS 1000 /* escalations, and intents, kept: the first ones */

struct history_gather {
    uint64_t after;        /* only events behind this seq */
    uint64_t as_of;        /* and up to this one */
    bool wants_reasons;    /* else escalations and intents stay empty */
    struct seq_set events; /* of the page */
    struct seq_set escalations;
    struct seq_set intents;
    /* how far it is */
    uint32_t conversation; /* the source at hand; 0: the lead itself */
    uint64_t last_seq;     /* of the source at hand */
};

HT_MUST_CHECK enum ht_status history_gather_init(struct history_gather *gather, uint32_t limit, struct ht_error *err);
void history_gather_release(struct history_gather *gather);

/* One bounded step; *over once all sources are done. `lead` is the number of the lead in this reader's span. */
HT_MUST_CHECK enum ht_status history_gather_step(struct history_gather *gather, struct ht_query *q,
                                                 struct ht_reader *reader, uint32_t lead, bool *over,
                                                 struct ht_error *err);

#endif
