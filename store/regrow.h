/* Private to store/: a log's tree, opened to grow on, whatever has become of its tiles. */
#ifndef STORE_REGROW_H
#define STORE_REGROW_H

#include "hooktrail/log.h"
#include "store.h"
#include "tree.h"

/* tree_load of a log of `size` records. Where tiles that it needs are missing the whole tree is grown anew from the
   records, in this transaction: tiles are derived, and a lost one is no reason to refuse events. Whether what has grown
   is what was signed, checkpoint_put says. A record that is damaged too counts as its stored leaf says; HT_CORRUPT if
   that is lost as well. */
HT_MUST_CHECK enum ht_status tree_open(struct tree *tree, struct ht_store *store, MDB_txn *txn, enum ht_log log,
                                       uint64_t size, struct ht_error *err);

/* Grows the tree of `size` records anew whatever there is of it. */
HT_MUST_CHECK enum ht_status tree_regrow(struct tree *tree, struct ht_store *store, MDB_txn *txn, enum ht_log log,
                                         uint64_t size, struct ht_error *err);

#endif
