/* Private to store/: follows the trail, batch by batch. */
#ifndef STORE_INDEXER_H
#define STORE_INDEXER_H

#include "harvest.h"
#include "index_batch.h"

/* Where one batch ends. */
struct indexer_limits {
    size_t events;        /* and as many repeated deliveries */
    int64_t microseconds; /* looked at every HARVEST_EVENTS events */
};

/* The one workspace of a store that reads the trail for the index; whoever holds it may catch up or rebuild. */
struct indexer {
    pthread_mutex_t lock;
    uint8_t hash_key[16];
    struct harvest *harvest;
    struct index_batch *batch; /* of the generation last followed; NULL at first */
};

/* Makes it by need and waits until it is free. */
HT_MUST_CHECK enum ht_status indexer_take(struct ht_store *store, struct indexer **indexer, struct ht_error *err);
void indexer_give(struct indexer *indexer);

/* Runs batches until the end of the trail is reached; see ht_index_catch_up. `reached` is filled in any case. */
HT_MUST_CHECK enum ht_status indexer_run(struct index_batch *batch, struct harvest *harvest,
                                         struct indexer_limits limits, ht_progress *progress, void *context,
                                         struct ht_position *reached, struct ht_error *err);

/* Looks for another index in the place of the store's, brings it up to the trail's end and makes it the store's. With the
   indexer taken. */
HT_MUST_CHECK enum ht_status indexer_follow(struct ht_store *store, struct indexer *indexer, ht_progress *progress,
                                            void *context, struct ht_error *err);

#endif
