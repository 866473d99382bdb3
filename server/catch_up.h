/* The index before serving: brought so near to the trail's end that the writer can keep the keys of what it lacks. */
#ifndef HT_SERVER_CATCH_UP_H
#define HT_SERVER_CATCH_UP_H

#include "hooktrail/store.h"
#include "log.h"

/* Until it lacks no more than `most` events; the indexer does the rest while the daemon serves. Returns HT_STOPPING if
   SIGTERM or SIGINT, which are to be blocked, ask for the end meanwhile. That the index can't follow is told to the
   log, and no failure. */
HT_MUST_CHECK enum ht_status ht_catch_up(struct ht_store *store, uint64_t most, struct ht_logger *log,
                                         struct ht_error *err);

#endif
