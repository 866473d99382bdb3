/* Private to store/: rows on their way into the new trail of a salvage, in transactions of many. */
#ifndef STORE_SALVAGE_POUR_H
#define STORE_SALVAGE_POUR_H

#include "salvage.h"

struct pour {
    struct salvage *salvage;
    MDB_txn *txn; /* NULL: to be begun */
    uint64_t rows;
    uint64_t bytes;
    struct ht_buffer plain; /* what was sealed */
};

HT_MUST_CHECK enum ht_status pour_begin(struct pour *pour, struct ht_error *err);
/* The first row with a key stays: a walk comes by the newest, a sweep by what is missing. */
HT_MUST_CHECK enum ht_status pour_put(struct pour *pour, MDB_dbi table, struct ht_slice key, struct ht_slice value,
                                      struct ht_error *err);
/* Commits if `status` is HT_OK, else aborts, and lets go of what was read. */
HT_MUST_CHECK enum ht_status pour_end(struct pour *pour, enum ht_status status, struct ht_error *err);

/* Keeps what would be the leaf of an event that is not sound. */
void pour_keep_leaf(struct salvage *salvage, uint64_t seq, struct ht_slice value);

#endif
