/* Private to store/: who has a store open. Every process holds DIR/open.lock, shared, as long as it does; compact takes
   it for itself alone, which shows that nobody else has, and keeps others from opening. */
#ifndef STORE_PRESENCE_H
#define STORE_PRESENCE_H

#include "store.h"

/* Takes the lock, shared, until store->presence_fd is closed. HT_BUSY while the store is being compacted. */
HT_MUST_CHECK enum ht_status presence_share(struct ht_store *store, struct ht_error *err);

/* Makes it exclusive. HT_BUSY if another process has the store open; then it may be lost, so close the store. */
HT_MUST_CHECK enum ht_status presence_claim(struct ht_store *store, struct ht_error *err);

#endif
