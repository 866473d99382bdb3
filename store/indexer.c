#include "indexer.h"

#include <sodium.h>
#include <stdlib.h>
#include <time.h>

#include "hooktrail/time.h"
#include "index_apply.h"

static const struct indexer_limits FOLLOWING = {4096, HT_SECOND / 10};

static int64_t now(void)
{
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return (int64_t)time.tv_sec * HT_SECOND + time.tv_nsec / 1000;
}

/* ---- the workspace ---- */

void indexer_free(struct indexer *indexer)
{
    if (indexer == NULL) return;
    index_batch_free(indexer->batch);
    harvest_free(indexer->harvest);
    pthread_mutex_destroy(&indexer->lock);
    free(indexer);
}

static struct indexer *new_indexer(struct ht_store *store)
{
    struct indexer *indexer = calloc(1, sizeof *indexer);
    if (indexer == NULL) return NULL;
    if (pthread_mutex_init(&indexer->lock, NULL) != 0) {
        free(indexer);
        return NULL;
    }
    randombytes_buf(indexer->hash_key, sizeof indexer->hash_key);
    indexer->harvest = harvest_new(store, indexer->hash_key);
    if (indexer->harvest != NULL) return indexer;
    indexer_free(indexer);
    return NULL;
}

enum ht_status indexer_take(struct ht_store *store, struct indexer **indexer, struct ht_error *err)
{
    pthread_mutex_lock(&store->index_lock);
    if (store->indexer == NULL) store->indexer = new_indexer(store);
    *indexer = store->indexer;
    pthread_mutex_unlock(&store->index_lock);
    if (*indexer == NULL) return ht_fail(err, HT_NO_MEMORY, "indexing");
    pthread_mutex_lock(&(*indexer)->lock);
    return HT_OK;
}

void indexer_give(struct indexer *indexer)
{
    pthread_mutex_unlock(&indexer->lock);
}

/* ---- batches ---- */

static enum ht_status add_events(struct index_batch *batch, struct harvest *harvest, uint64_t end,
                                 struct indexer_limits limits, struct ht_error *err)
{
    int64_t until = now() + limits.microseconds;
    size_t left = limits.events;
    while (left > 0 && batch->position.seq < end) {
        uint64_t behind = end - batch->position.seq;
        size_t count = left < HARVEST_EVENTS ? left : HARVEST_EVENTS;
        if (count > behind) count = (size_t)behind;
        enum ht_status status = harvest_fill(harvest, batch->position.seq + 1, count, err);
        for (size_t i = 0; i < harvest->count && status == HT_OK; i++) {
            status = index_apply_event(batch, harvest, &harvest->events[i], err);
        }
        if (status != HT_OK) return status;
        left -= harvest->count;
        if (now() >= until) break;
    }
    return HT_OK;
}

/* A repeated delivery waits until its event is there; one that cannot be read, or that repeats no event at all, is
   passed over. */
static enum ht_status add_repeats(struct index_batch *batch, struct harvest *harvest, struct ht_position end,
                                  struct indexer_limits limits, struct ht_error *err)
{
    for (size_t i = 0; i < limits.events && batch->position.repeat < end.repeat; i++) {
        uint64_t number = batch->position.repeat + 1;
        uint64_t seq = 0;
        enum ht_status status = harvest_repeat(harvest, number, &seq, err);
        if (status != HT_OK) return status;
        if (seq > batch->position.seq && batch->position.seq < end.seq) return HT_OK;
        status = index_apply_repeat(batch, number, seq, err);
        if (status != HT_OK) return status;
        batch->position.repeat = number;
    }
    return HT_OK;
}

static enum ht_status fill_batch(struct index_batch *batch, struct harvest *harvest, struct indexer_limits limits,
                                 struct ht_position *end, struct ht_error *err)
{
    enum ht_status status = harvest_begin(harvest, end, err); /* after the batch: not older than its position */
    if (status != HT_OK) return status;
    if (ht_position_reached(*end, batch->position)) {
        status = add_events(batch, harvest, end->seq, limits, err);
        if (status == HT_OK) status = add_repeats(batch, harvest, *end, limits, err);
    } else {
        status = ht_fail(err, HT_CORRUPT, "the index is ahead of the trail: run hooktrail reindex");
    }
    harvest_end(harvest);
    return status;
}

static enum ht_status run_batch(struct index_batch *batch, struct harvest *harvest, struct indexer_limits limits,
                                struct ht_position *end, struct ht_error *err)
{
    enum ht_status status = index_batch_begin(batch, err);
    if (status != HT_OK) return status;
    status = fill_batch(batch, harvest, limits, end, err);
    if (status == HT_OK) return index_batch_commit(batch, err);
    index_batch_abort(batch);
    return status;
}

enum ht_status indexer_run(struct index_batch *batch, struct harvest *harvest, struct indexer_limits limits,
                           ht_progress *progress, void *context, struct ht_position *reached, struct ht_error *err)
{
    struct ht_position end;
    enum ht_status status = index_env_newest(batch->index, reached, err);
    if (status == HT_OK) status = index_trail_end(harvest->trail.store, &end, err);
    if (status != HT_OK) return status;
    while (reached->seq != end.seq || reached->repeat != end.repeat) {
        status = run_batch(batch, harvest, limits, &end, err);
        if (status != HT_OK) return status;
        *reached = batch->position;
        if (progress != NULL && !progress(context, reached->seq, end.seq)) {
            return ht_fail(err, HT_STOPPING, "stopped at event %llu", (unsigned long long)reached->seq);
        }
    }
    return HT_OK;
}

/* ---- following ---- */

static enum ht_status use_generation(struct indexer *indexer, struct index_env *index, struct ht_error *err)
{
    if (indexer->batch != NULL && indexer->batch->index == index) return HT_OK;
    index_batch_free(indexer->batch);
    indexer->batch = index_batch_new(index);
    return indexer->batch != NULL ? HT_OK : ht_fail(err, HT_NO_MEMORY, "indexing");
}

/* The replacement is published when it has caught up, so that no reader sees the index step back. */
enum ht_status indexer_follow(struct ht_store *store, struct indexer *indexer, ht_progress *progress, void *context,
                              struct ht_error *err)
{
    struct ht_position reached;
    struct index_env *replacement;
    struct index_env *current = index_env_acquire(store);
    enum ht_status status = index_env_follow(store, current, &replacement, err);
    index_env_release(current);
    if (status != HT_OK || replacement == NULL) return status;
    status = use_generation(indexer, replacement, err);
    if (status == HT_OK) {
        status = indexer_run(indexer->batch, indexer->harvest, FOLLOWING, progress, context, &reached, err);
    }
    if (status == HT_OK) {
        index_env_publish(store, replacement);
        return HT_OK;
    }
    index_batch_free(indexer->batch);
    indexer->batch = NULL;
    index_env_release(replacement);
    return status;
}

enum ht_status ht_index_catch_up(struct ht_store *store, ht_progress *progress, void *context, struct ht_position *end,
                                 struct ht_error *err)
{
    struct indexer *indexer;
    struct ht_position reached = {0, 0};
    enum ht_status status = indexer_take(store, &indexer, err);
    if (status != HT_OK) return status;
    status = indexer_follow(store, indexer, progress, context, err);
    struct index_env *current = index_env_acquire(store);
    if (status == HT_OK) status = use_generation(indexer, current, err);
    if (status == HT_OK) {
        status = indexer_run(indexer->batch, indexer->harvest, FOLLOWING, progress, context, &reached, err);
    }
    index_env_release(current);
    indexer_give(indexer);
    if (end != NULL) *end = reached;
    return status;
}
