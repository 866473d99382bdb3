/* Private to store/: signing the trees. Origin, keys and what was signed last.

   keys/log.key (0600) holds the signing key as "PRIVATE+KEY+origin+…"; keys/log.pub every verifier key that ever was,
   the newest first, a line each. The log of acts has the name ORIGIN/acts and the same key. The newest note of each log
   is in the trail's table `checkpoints` under its log's number (one byte), and in DIR/heads/events and DIR/heads/acts,
   outside the trail, so that a trail that has gone back is noticed. */
#ifndef STORE_CHECKPOINT_H
#define STORE_CHECKPOINT_H

#include "hooktrail/log.h"
#include "store.h"
#include "tree.h"

/* What a store signs with; made by open, part of struct ht_store. The secret is in sodium_malloc'ed memory. */
struct signing;

/* Makes keys/log.key and keys/log.pub in a new store's directory; `origin` NULL: "hooktrail/" and the trail's id in
 * hex.
 */
HT_MUST_CHECK enum ht_status signing_make(const char *dir, const uint8_t *trail_id, const char *origin,
                                          struct ht_error *err);
HT_MUST_CHECK enum ht_status signing_open(const char *dir, struct signing **signing, struct ht_error *err);
void signing_close(struct signing *signing); /* NULL is fine */

/* Signs `head` and puts the note into the transaction; HT_CORRUPT, with nothing put, if DIR/heads says that more, or
   something else, was signed before. Nothing if the newest checkpoint is of this size. `note` gets what was put (empty
   if nothing was): once the transaction is committed it goes to checkpoint_publish, which writes DIR/heads. */
HT_MUST_CHECK enum ht_status checkpoint_put(struct ht_store *store, MDB_txn *txn, enum ht_log log,
                                            const struct ht_tree_head *head, struct ht_buffer *note,
                                            struct ht_error *err);
HT_MUST_CHECK enum ht_status checkpoint_publish(struct ht_store *store, enum ht_log log, struct ht_slice note,
                                                struct ht_error *err);

#endif
