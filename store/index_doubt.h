/* Private to store/: whether somebody who died by a signal has left a note that the index may be damaged. */
#ifndef STORE_INDEX_DOUBT_H
#define STORE_INDEX_DOUBT_H

#include "store.h"

bool index_is_doubted(const struct ht_store *store);
/* It was built anew: the note is kept, so that the next death leaves none. */
HT_MUST_CHECK enum ht_status index_doubt_settle(const struct ht_store *store, struct ht_error *err);

#endif
