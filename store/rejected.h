/* Private to store/: rejected deliveries within a transaction of the trail. */
#ifndef STORE_REJECTED_H
#define STORE_REJECTED_H

#include "store.h"

/* Adds one under the next number and evicts the oldest beyond the bounds. */
HT_MUST_CHECK enum ht_status rejected_put(struct ht_store *store, MDB_txn *txn, const struct ht_buffer *packed,
                                          uint64_t *number, struct ht_error *err);
HT_MUST_CHECK enum ht_status rejected_delete(struct ht_store *store, MDB_txn *txn, uint64_t number,
                                             struct ht_error *err);

/* Seals all of them under a new key; `old_key` gets the one before (0: there was none), to be destroyed once the
   transaction is committed. */
HT_MUST_CHECK enum ht_status rejected_rekey(struct ht_store *store, MDB_txn *txn, uint32_t *old_key,
                                            struct ht_error *err);

#endif
