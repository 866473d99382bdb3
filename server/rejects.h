/* Rejected deliveries, acted upon: retry (after the reading rules or the limits have changed) and drop. */
#ifndef HT_SERVER_REJECTS_H
#define HT_SERVER_REJECTS_H

#include "request.h"

void ht_rejects_drop(struct ht_request *request);  /* 204 */
void ht_rejects_retry(struct ht_request *request); /* as ingest answers */

#endif
