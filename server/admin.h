/* What admins change over HTTP: endpoints and tokens. Each change is the writer thread's, in a transaction with its
   act, whose actor is the request's token. */
#ifndef HT_SERVER_ADMIN_H
#define HT_SERVER_ADMIN_H

#include "request.h"

void ht_admin_endpoint_add(struct ht_request *request);    /* {"label"}: 201 with the path, shown once */
void ht_admin_endpoint_rotate(struct ht_request *request); /* 200 with the new path, shown once */
void ht_admin_endpoint_retire(struct ht_request *request); /* {"confirm"}: 200 with the endpoint */
void ht_admin_token_add(struct ht_request *request);       /* {"label","scope"}: 201 with the token, shown once */
void ht_admin_token_revoke(struct ht_request *request);    /* 204 */

#endif
