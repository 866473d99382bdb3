/* Private to store/: what stands for an endpoint of which nothing is left but its id, in the events that came to it. */
#ifndef STORE_ENDPOINT_LOST_H
#define STORE_ENDPOINT_LOST_H

#include "store.h"

/* Puts a retired endpoint with this id, a name that says so ("lost-3") and a secret that nobody knows; its secret is
   not linked yet. */
HT_MUST_CHECK enum ht_status endpoint_put_lost(struct ht_store *store, MDB_txn *txn, uint32_t id, int64_t now,
                                               struct ht_error *err);

#endif
