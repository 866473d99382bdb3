/* Private to store/: signing the trees.

   The newest note of each log is in the trail's table `checkpoints` under its log's number (one byte), and in
   DIR/heads/events and DIR/heads/acts, outside the trail, so that a trail that has gone back is noticed. */
#ifndef STORE_CHECKPOINT_H
#define STORE_CHECKPOINT_H

#include "hooktrail/log.h"
#include "signing.h"
#include "store.h"
#include "tree.h"

/* Signs `head` and puts the note into the transaction, whose tree (in its table) has that head. HT_CORRUPT, with
   nothing put, if DIR/heads or the trail's newest checkpoint say that more, or something else, was signed before.
   Nothing if the newest checkpoint is of this size and by the current key. `note` gets what was put (empty if nothing
   was): once the transaction is committed it goes to checkpoint_publish, which writes DIR/heads. A refusal is kept for
   ht_log_refusal. */
HT_MUST_CHECK enum ht_status checkpoint_put(struct ht_store *store, MDB_txn *txn, enum ht_log log,
                                            const struct ht_tree_head *head, struct ht_buffer *note,
                                            struct ht_error *err);
HT_MUST_CHECK enum ht_status checkpoint_publish(struct ht_store *store, enum ht_log log, struct ht_slice note,
                                                struct ht_error *err);

/* The newest note in the trail, a view; HT_NOT_FOUND before the first. */
HT_MUST_CHECK enum ht_status checkpoint_get(struct ht_store *store, MDB_txn *txn, enum ht_log log,
                                            struct ht_slice *note, struct ht_error *err);
/* Keys of `checkpoints` are a log's number, and that with this bit for its newest one that a witness has signed. */
#define CHECKPOINT_COSIGNED 0x80u

/* The newest that a witness has signed too, likewise; and puts one of the two. */
HT_MUST_CHECK enum ht_status checkpoint_get_cosigned(struct ht_store *store, MDB_txn *txn, enum ht_log log,
                                                     struct ht_slice *note, struct ht_error *err);
HT_MUST_CHECK enum ht_status checkpoint_store(struct ht_store *store, MDB_txn *txn, enum ht_log log, bool cosigned,
                                              struct ht_slice note, struct ht_error *err);
/* The note in DIR/heads; HT_NOT_FOUND if there is none. */
HT_MUST_CHECK enum ht_status checkpoint_read_head(const struct ht_store *store, enum ht_log log, struct ht_buffer *note,
                                                  struct ht_error *err);
/* HT_CORRUPT if a checkpoint is not by this log, or its tree is not what this one, of `size` leaves, began with. `from`
   says where the checkpoint was found. Checkpoints that the log signed under another name are passed over if
   `any_name`. */
HT_MUST_CHECK enum ht_status checkpoint_check(struct ht_store *store, MDB_txn *txn, enum ht_log log,
                                              struct ht_slice note, uint64_t size, const char *from, bool any_name,
                                              struct ht_error *err);

/* The table of a log's tree, and that of its leaves' records. */
MDB_dbi checkpoint_tree(const struct ht_store *store, enum ht_log log);
MDB_dbi checkpoint_records(const struct ht_store *store, enum ht_log log);
/* What a log's record is as a leaf, a view: an event's LEAF, or a whole act. False if its checksum does not fit, or if
   it was lost with its leaf. */
bool checkpoint_leaf(enum ht_log log, uint64_t seq, struct ht_slice record, struct ht_slice *leaf);

#endif
