/* Private to store/: the steps of an erasure that was planned, in the order of hooktrail/erasure.h. */
#ifndef STORE_ERASE_APPLY_H
#define STORE_ERASE_APPLY_H

#include "erase_plan.h"

struct erasures_log;

struct erase_about {
    int64_t at;
    bool retention;
    const char *reason;       /* shorter than HT_REASON_SIZE */
    struct ht_slice entities; /* more that went whole than the plan says; ERASED_KEY_SIZE bytes each; absent: none */
};

/* Step 1, within a transaction: tombstones, survivors under new keys (which `chain`, if not NULL, is told of), the
   erasure and its act. `number` gets that of the erasure. */
HT_MUST_CHECK enum ht_status erase_apply(struct ht_store *store, MDB_txn *txn, struct erase_plan *plan,
                                         const struct erase_about *about, struct erase_chain *chain, uint64_t *number,
                                         struct ht_error *err);

/* Steps 2 and 3 of every erasure that lacks them: destroys the keys, tells DIR/erasures.log, and notes both. Any number
   of processes may do so at once. */
HT_MUST_CHECK enum ht_status erase_finish(struct ht_store *store, struct ht_error *err);
/* The same by one who has the log open. */
HT_MUST_CHECK enum ht_status erase_finish_with(struct ht_store *store, struct erasures_log *log, struct ht_error *err);

/* What ht_store_open does: erase_finish, and then what DIR/erasures.log tells of and the trail does not know, for it
   came from a backup. Does nothing else in a store that is opened without its master key. */
HT_MUST_CHECK enum ht_status erasures_resume(struct ht_store *store, struct ht_error *err);

/* Step 4. Brings the index up until it is of the trail as it is now. */
HT_MUST_CHECK enum ht_status erase_reindex(struct ht_store *store, ht_progress *progress, void *context,
                                           struct ht_error *err);

/* Whether the index knows of all erasures that the trail had when the reader began. */
HT_MUST_CHECK enum ht_status erase_index_is_current(struct ht_reader *reader, bool *current, struct ht_error *err);

#endif
