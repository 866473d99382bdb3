/* Private to query/: conversations, leads and agents as JSON, as their lists show them. */
#ifndef QUERY_SUMMARY_H
#define QUERY_SUMMARY_H

#include "payload.h"
#include "query.h"

/* Each emits one object from the entity's summary. */
HT_MUST_CHECK enum ht_status summary_emit_conversation(struct ht_query *q, struct ht_reader *reader,
                                                       const struct ht_summary *summary, struct ht_error *err);
HT_MUST_CHECK enum ht_status summary_emit_agent(struct ht_query *q, struct ht_reader *reader,
                                                const struct ht_summary *summary, struct ht_error *err);

/* With "profile": the lead's (or contact's) object of the last event that had one, read with *payload, which is made
   when it is first needed. Where that event can no longer be read it is null and "profile_unreadable" is true. */
HT_MUST_CHECK enum ht_status summary_emit_lead(struct ht_query *q, struct ht_reader *reader,
                                               const struct ht_summary *summary, struct payload **payload,
                                               struct ht_error *err);

#endif
