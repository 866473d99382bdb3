/* Private to store/: duplicate keys that are pending, and the trail's events that they are of. */
#ifndef STORE_PENDING_EVENTS_H
#define STORE_PENDING_EVENTS_H

#include "pending.h"
#include "store.h"

/* Adds the keys of all events behind `seq`, as `txn` sees them. */
HT_MUST_CHECK enum ht_status pending_load_events(struct pending *pending, const struct ht_store *store, MDB_txn *txn,
                                                 uint64_t seq, struct ht_error *err);

/* The seq of the pending event with this key; 0 if there is none, or only one that is erased or damaged. `txn` sees
   what it has appended itself. */
uint64_t pending_find_event(const struct pending *pending, const struct ht_store *store, MDB_txn *txn,
                            const uint8_t *key);

#endif
