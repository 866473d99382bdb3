/* Signing in and out: an API token begins a session, whose secret goes into a cookie that no script can read. */
#ifndef HT_SERVER_SIGN_IN_H
#define HT_SERVER_SIGN_IN_H

#include "request.h"

void ht_sign_in_begin(struct ht_request *request); /* POST {"token"} */
void ht_sign_in_show(struct ht_request *request);
void ht_sign_in_end(struct ht_request *request);

#endif
