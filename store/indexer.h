/* Private to store/: follows the trail, batch by batch. */
#ifndef STORE_INDEXER_H
#define STORE_INDEXER_H

#include "harvest_crew.h"
#include "index_batch.h"

/* How to follow the trail. */
struct indexer_way {
    size_t batch_events;        /* a batch ends after so many (and as many repeated deliveries) … */
    int64_t batch_microseconds; /* … or so long, looked at every HARVEST_EVENTS events */
    uint64_t crew_events;       /* behind by more than this, a crew of threads is worth its while */
    ht_progress *progress;      /* see ht_index_catch_up; may be NULL */
    void *context;
};

/* The one workspace of a store that reads the trail for the index; whoever holds it may catch up or rebuild. */
struct indexer {
    pthread_mutex_t lock;
    uint8_t hash_key[16];
    struct harvest *harvest;
    struct fresh_block *fresh; /* whose events are being applied; NULL: those of the harvest, or the crew's */
    struct harvest_crew *crew; /* NULL but while far behind */
    struct index_batch *batch; /* of the generation last followed; NULL at first */
    bool stale;                /* the last run ended early: something was erased since its index was begun */
    bool is_last_lap;          /* another process makes the next index: this one takes in what comes until then */
};

/* Makes it by need and waits until it is free. */
HT_MUST_CHECK enum ht_status indexer_take(struct ht_store *store, struct indexer **indexer, struct ht_error *err);
void indexer_give(struct indexer *indexer);

/* Runs batches until the end of the trail is reached, or `indexer->stale`. `reached` is filled in any case. */
HT_MUST_CHECK enum ht_status indexer_run(struct indexer *indexer, struct index_batch *batch,
                                         const struct indexer_way *way, struct ht_position *reached,
                                         struct ht_error *err);

/* Looks for another index in the place of the store's, brings it up to the trail's end and makes it the store's, unless
   it is stale. With the indexer taken. */
HT_MUST_CHECK enum ht_status indexer_follow(struct ht_store *store, struct indexer *indexer,
                                            const struct indexer_way *way, struct ht_error *err);

/* Held by the one process that rebuilds; released by closing `fd`, or by dying. HT_BUSY while another has it; `fd` is
   -1 then. */
HT_MUST_CHECK enum ht_status indexer_lock_rebuild(const struct ht_store *store, int *fd, struct ht_error *err);

/* In small batches, for an index that is read meanwhile. */
struct indexer_way indexer_following(ht_progress *progress, void *context);

#endif
