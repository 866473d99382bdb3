/* Rosters over HTTP: the same documents as `hooktrail endpoint|token|export status --json`. */
#ifndef HT_SERVER_ROSTER_H
#define HT_SERVER_ROSTER_H

#include "request.h"

void ht_roster_serve_endpoints(struct ht_request *request);
void ht_roster_serve_tokens(struct ht_request *request);
void ht_roster_serve_exports(struct ht_request *request);

#endif
