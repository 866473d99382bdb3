/* Private to store/: acts, appended within transactions of others.

   Record: checksum 8 (bound to the seq, as in record.h), version 1, kind 1, 0 (2 bytes), at 8, then who, object,
   detail, each with its length (u8). */
#ifndef STORE_ACT_H
#define STORE_ACT_H

#include "hooktrail/act.h"
#include "store.h"

#define ACT_VERSION 1

/* Appends an act and its leaf to the transaction of what was done, so that neither is without the other. `who` is the
   store's actor if act->who is absent. */
HT_MUST_CHECK enum ht_status act_append(struct ht_store *store, MDB_txn *txn, const struct ht_act *act,
                                        struct ht_error *err);
/* The same of one packed by ht_act_pack; `seq` gets its number. */
HT_MUST_CHECK enum ht_status act_append_packed(struct ht_store *store, MDB_txn *txn, const struct ht_buffer *packed,
                                               uint64_t *seq, struct ht_error *err);

/* Ends a transaction as trail_change_end does, with the act recorded in it if `status` is HT_OK; and the log of acts is
   signed if this process has not signed it within the second before. */
HT_MUST_CHECK enum ht_status act_commit(struct ht_store *store, MDB_txn *txn, const struct ht_act *act,
                                        enum ht_status status, struct ht_error *err);

/* For whoever ends the transaction by himself: signs the log of acts, if that is due for an act of the time `at`, and
   puts the checkpoint into the transaction. `note` gets what goes to checkpoint_publish behind the commit, or is
   empty. That it can't be signed undoes nothing: ht_log_refusal tells. */
void act_sign(struct ht_store *store, MDB_txn *txn, int64_t at, struct ht_buffer *note);

/* The time of a packed act. */
int64_t act_packed_at(const struct ht_buffer *packed);

#endif
