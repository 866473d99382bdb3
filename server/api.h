/* The reading half of the API: each handler asks the query engine and sends its document. */
#ifndef HT_SERVER_API_H
#define HT_SERVER_API_H

#include "hooktrail/filter.h"
#include "request.h"

void ht_api_events(struct ht_request *request);
void ht_api_event(struct ht_request *request);
void ht_api_payload(struct ht_request *request);
void ht_api_conversations(struct ht_request *request);
void ht_api_timeline(struct ht_request *request);
void ht_api_leads(struct ht_request *request);
void ht_api_history(struct ht_request *request);
void ht_api_agents(struct ht_request *request);
void ht_api_stats(struct ht_request *request);
void ht_api_health(struct ht_request *request);
void ht_api_rejected(struct ht_request *request);
void ht_api_rejected_one(struct ht_request *request);
void ht_api_acts(struct ht_request *request);

/* Fills a filter from the query string. A parameter named `extra` (may be NULL) is not a filter: its value goes to
   `value`, its presence to *has_extra. */
HT_MUST_CHECK enum ht_status ht_api_filter(struct ht_request *request, struct ht_filter *filter, const char *extra,
                                           struct ht_buffer *value, bool *has_extra, struct ht_error *err);

#endif
