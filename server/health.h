/* What a machine asks: alive, ready, metrics, the API's description. */
#ifndef HT_SERVER_HEALTH_H
#define HT_SERVER_HEALTH_H

#include "request.h"

void ht_health_alive(struct ht_request *request);
void ht_health_ready(struct ht_request *request); /* 200 if deliveries are taken, else 503 that says why not */
void ht_health_metrics(struct ht_request *request);
void ht_health_openapi(struct ht_request *request);

#endif
