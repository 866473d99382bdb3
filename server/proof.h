/* The proof that an event is in the trail, over HTTP: what `hooktrail prove` prints. */
#ifndef HT_SERVER_PROOF_H
#define HT_SERVER_PROOF_H

#include "request.h"

void ht_proof_serve(struct ht_request *request);

#endif
