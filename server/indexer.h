/* The indexer thread: brings the index up to the trail's end, soon after each commit and once a second in any case, for
   other processes may append too. */
#ifndef HT_SERVER_INDEXER_H
#define HT_SERVER_INDEXER_H

#include "server.h"

HT_MUST_CHECK enum ht_status ht_indexer_start(struct ht_server *server, struct ht_indexer **indexer,
                                              struct ht_error *err);
void ht_indexer_stop(struct ht_indexer *indexer); /* NULL is fine */

/* There is something new in the trail. `hurry`: somebody waits for it, so don't gather a batch first. Any thread; NULL
   is fine (the writer starts before the indexer). */
void ht_indexer_wake(struct ht_indexer *indexer, bool hurry);

#endif
