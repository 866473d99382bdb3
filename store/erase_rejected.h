/* Private to store/: rejected deliveries that go with an erasure. */
#ifndef STORE_ERASE_REJECTED_H
#define STORE_ERASE_REJECTED_H

#include "erase_needles.h"
#include "erase_plan.h"

struct hold_needles;

/* Looks at all of them and puts those that name a person (needles may be NULL), or that came before `until`, into
   plan->rejected, but for those that `held` (or NULL) find something in, which are gathered for the first that would
   go. Within the reader's span. */
HT_MUST_CHECK enum ht_status erase_rejected_find(struct ht_reader *reader, struct needles *needles, int64_t until,
                                                 struct hold_needles *held, struct erase_plan *plan,
                                                 struct ht_error *err);

/* Adds the numbers of all that are there. */
HT_MUST_CHECK enum ht_status erase_rejected_numbers(struct ht_store *store, MDB_txn *txn, struct erase_set *numbers,
                                                    struct ht_error *err);

#endif
