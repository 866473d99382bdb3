/* GET /v1/export: pages of events with their payloads, as the nightly export writes them, for whoever pulls. */
#ifndef HT_SERVER_PULL_H
#define HT_SERVER_PULL_H

#include "request.h"

void ht_pull_serve(struct ht_request *request);

#endif
