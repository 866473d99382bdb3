/* Who may ask: bearer tokens (RFC 6750) and the scopes of routes. */
#ifndef HT_SERVER_AUTH_H
#define HT_SERVER_AUTH_H

#include "request.h"

/* HT_OK if the route is open or the request's token has its scope; else HT_UNAUTHORIZED or HT_FORBIDDEN. */
HT_MUST_CHECK enum ht_status ht_auth_check(struct ht_request *request, struct ht_error *err);

#endif
