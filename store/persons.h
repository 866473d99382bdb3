/* Private to store/: which data key seals whose events, as far as the one who appends remembers. Forgetting costs a
   second key for the same person, no more: erasure goes by the keys of records. */
#ifndef STORE_PERSONS_H
#define STORE_PERSONS_H

#include "hooktrail/append.h"
#include "store.h"

struct persons;
struct persons *persons_new(void); /* NULL when out of memory */
void persons_free(struct persons *persons);
void persons_clear(struct persons *persons);

/* The key for an event of these persons, within the transaction that appends it: the one that is remembered, or that
   the index knows through the person's last event (`reader` is within its span), or, where there is none or it is
   damaged, a new one. 0: the store isn't sealed. */
HT_MUST_CHECK enum ht_status persons_key(struct persons *persons, struct ht_store *store, MDB_txn *txn,
                                         struct ht_reader *reader, const struct ht_append_person *person, uint32_t *key,
                                         struct ht_error *err);

#endif
