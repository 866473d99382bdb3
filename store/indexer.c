#include "indexer.h"

#include <sodium.h>
#include <stdlib.h>

#include "crew.h"
#include "hooktrail/time.h"
#include "index_apply.h"
#include "keyring.h"

struct indexer_way indexer_following(ht_progress *progress, void *context)
{
    return (struct indexer_way){12288, HT_SECOND / 10, 16384, progress, context};
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
    if (indexer->harvest == NULL) {
        indexer_free(indexer);
        return NULL;
    }
    fresh_follow(&store->fresh, indexer->hash_key);
    return indexer;
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

/* The trail's end in a snapshot that is taken after the batch began: not older than the batch's position. */
static enum ht_status look_at_end(struct indexer *indexer, struct ht_position at, struct ht_position *end,
                                  struct ht_error *err)
{
    enum ht_status status = harvest_begin(indexer->harvest, end, err);
    if (status != HT_OK) return status;
    harvest_end(indexer->harvest);
    if (ht_position_reached(*end, at)) return HT_OK;
    return ht_fail(err, HT_CORRUPT, "the index is ahead of the trail: run hooktrail reindex");
}

static void give_fresh(struct indexer *indexer)
{
    fresh_give(&indexer->harvest->trail.store->fresh, indexer->fresh);
    indexer->fresh = NULL;
}

static bool take_fresh(struct indexer *indexer, uint64_t first, uint64_t erasures, const struct harvest **events)
{
    give_fresh(indexer);
    indexer->fresh = fresh_take(&indexer->harvest->trail.store->fresh, first, erasures);
    if (indexer->fresh != NULL) *events = fresh_events(indexer->fresh);
    return indexer->fresh != NULL;
}

/* Some events from seq `first` on: at least one, at most `count` (but for a crew and what is fresh, which have chunks
   of their own). */
static enum ht_status next_events(struct indexer *indexer, uint64_t first, size_t count, uint64_t end,
                                  const struct harvest **events, struct ht_error *err)
{
    struct ht_position seen;
    if (indexer->crew != NULL) return harvest_crew_next(indexer->crew, first, end, events, err);
    enum ht_status status = harvest_begin(indexer->harvest, &seen, err);
    if (status != HT_OK) return status;
    status = harvest_fill(indexer->harvest, first, count, err);
    harvest_end(indexer->harvest);
    *events = indexer->harvest;
    return status;
}

static enum ht_status add_events(struct indexer *indexer, struct index_batch *batch, uint64_t end,
                                 const struct indexer_way *way, struct ht_error *err)
{
    int64_t until = ht_time_steady() + way->batch_microseconds;
    size_t left = way->batch_events;
    while (left > 0 && batch->position.seq < end) {
        const struct harvest *events;
        uint64_t behind = end - batch->position.seq;
        size_t count = left < HARVEST_EVENTS ? left : HARVEST_EVENTS;
        if (count > behind) count = (size_t)behind;
        enum ht_status status = HT_OK;
        if (!take_fresh(indexer, batch->position.seq + 1, batch->index->erasures, &events))
            status = next_events(indexer, batch->position.seq + 1, count, end, &events, err);
        if (status == HT_OK) status = index_apply_events(batch, events, err);
        if (status != HT_OK) return status;
        left -= left < events->count ? left : events->count;
        if (ht_time_steady() >= until) break;
    }
    return HT_OK;
}

/* A repeated delivery waits until its event is there; one that cannot be read, or that repeats no event at all, is
   passed over. */
static enum ht_status add_repeats(struct indexer *indexer, struct index_batch *batch, struct ht_position end,
                                  const struct indexer_way *way, struct ht_error *err)
{
    for (size_t i = 0; i < way->batch_events && batch->position.repeat < end.repeat; i++) {
        uint64_t number = batch->position.repeat + 1;
        uint64_t seq = 0;
        enum ht_status status = harvest_repeat(indexer->harvest, number, &seq, err);
        if (status != HT_OK) return status;
        if (seq > batch->position.seq && batch->position.seq < end.seq) return HT_OK;
        status = index_apply_repeat(batch, number, seq, err);
        if (status != HT_OK) return status;
        batch->position.repeat = number;
    }
    return HT_OK;
}

static enum ht_status fill_batch(struct indexer *indexer, struct index_batch *batch, const struct indexer_way *way,
                                 struct ht_position *end, struct ht_error *err)
{
    struct ht_position seen;
    enum ht_status status = look_at_end(indexer, batch->position, end, err);
    if (status == HT_OK) status = add_events(indexer, batch, end->seq, way, err);
    if (status != HT_OK || batch->position.repeat == end->repeat) return status;
    status = harvest_begin(indexer->harvest, &seen, err);
    if (status != HT_OK) return status;
    status = add_repeats(indexer, batch, *end, way, err);
    harvest_end(indexer->harvest);
    return status;
}

/* An index never mixes what was read before an erasure with what was read after it, but in its last lap. Asked when all
   of a batch is read: if the number of erasures is still the one that the index was begun with, it was that in every
   snapshot. */
static enum ht_status look_for_erasures(struct indexer *indexer, const struct index_batch *batch, struct ht_error *err)
{
    uint64_t erasures = 0;
    enum ht_status status = trail_counter_now(indexer->harvest->trail.store, ERASURES_COUNTER, &erasures, err);
    indexer->stale = status == HT_OK && erasures != batch->index->erasures && !indexer->is_last_lap;
    return status;
}

static enum ht_status run_batch(struct indexer *indexer, struct index_batch *batch, const struct indexer_way *way,
                                struct ht_position *end, struct ht_error *err)
{
    enum ht_status status = index_batch_begin(batch, err);
    if (status != HT_OK) return status;
    status = fill_batch(indexer, batch, way, end, err);
    if (status == HT_OK) status = look_for_erasures(indexer, batch, err);
    if (status == HT_OK && !indexer->stale) return index_batch_commit(batch, err);
    index_batch_abort(batch);
    return status;
}

static enum ht_status run_batches(struct indexer *indexer, struct index_batch *batch, const struct indexer_way *way,
                                  struct ht_position *reached, struct ht_error *err)
{
    struct ht_position end;
    do {
        enum ht_status status = run_batch(indexer, batch, way, &end, err);
        if (status != HT_OK || indexer->stale) return status;
        *reached = batch->position;
        if (way->progress != NULL && !way->progress(way->context, reached->seq, end.seq)) {
            return ht_fail(err, HT_STOPPING, "stopped at event %llu", (unsigned long long)reached->seq);
        }
    } while (!ht_position_reached(*reached, end));
    return HT_OK;
}

/* Looks first without writing: most calls find nothing to do. */
enum ht_status indexer_run(struct indexer *indexer, struct index_batch *batch, const struct indexer_way *way,
                           struct ht_position *reached, struct ht_error *err)
{
    struct ht_position end;
    struct ht_store *store = indexer->harvest->trail.store;
    indexer->stale = false;
    enum ht_status status = index_env_newest(batch->index, reached, err);
    if (status == HT_OK) status = index_trail_end(store, &end, err);
    if (status != HT_OK) return status;
    if (end.seq == reached->seq && end.repeat == reached->repeat) return HT_OK;
    if (end.seq > reached->seq && end.seq - reached->seq > way->crew_events) { /* without a crew it just takes longer */
        indexer->crew = harvest_crew_new(store, indexer->hash_key, crew_helpers());
    }
    status = run_batches(indexer, batch, way, reached, err);
    give_fresh(indexer);
    harvest_crew_free(indexer->crew);
    indexer->crew = NULL;
    return status;
}

/* ---- following ---- */

static enum ht_status use_generation(struct indexer *indexer, struct index_env *index, struct ht_error *err)
{
    if (indexer->batch != NULL && indexer->batch->index == index) return HT_OK;
    index_batch_free(indexer->batch);
    indexer->batch = index_batch_new(index);
    return indexer->batch != NULL ? HT_OK : ht_fail(err, HT_NO_MEMORY, "indexing");
}

/* The replacement is published when it has caught up, so that no reader sees the index step back. One that is stale
   itself never catches up: another will follow. */
enum ht_status indexer_follow(struct ht_store *store, struct indexer *indexer, const struct indexer_way *way,
                              struct ht_error *err)
{
    struct ht_position reached;
    struct index_env *replacement;
    struct index_env *current = index_env_acquire(store);
    enum ht_status status = index_env_follow(store, current, &replacement, err);
    index_env_release(current);
    if (status != HT_OK || replacement == NULL) return status;
    status = use_generation(indexer, replacement, err);
    if (status == HT_OK) status = indexer_run(indexer, indexer->batch, way, &reached, err);
    if (status == HT_OK && !indexer->stale) {
        index_env_publish(store, replacement);
        return HT_OK;
    }
    index_batch_free(indexer->batch);
    indexer->batch = NULL;
    index_env_release(replacement);
    return status;
}

/* Another process may have put a new one in its place already. */
static enum ht_status follow(struct ht_store *store, bool *stale, struct ht_error *err)
{
    struct indexer *indexer;
    struct indexer_way quietly = indexer_following(NULL, NULL);
    enum ht_status status = indexer_take(store, &indexer, err);
    if (status != HT_OK) return status;
    status = indexer_follow(store, indexer, &quietly, err);
    indexer_give(indexer);
    return status == HT_OK ? index_env_stale(store, stale, err) : status;
}

/* An index from before an erasure is built anew. While another process does that (`elsewhere`), the old one serves on,
   and takes in what comes: it holds nothing of the erased that can still be read, and is thrown away. */
static enum ht_status renew_stale(struct ht_store *store, ht_progress *progress, void *context, bool *elsewhere,
                                  struct ht_error *err)
{
    bool stale;
    enum ht_status status = index_env_stale(store, &stale, err);
    *elsewhere = false;
    if (status != HT_OK || !stale) return status;
    if (store->keyring != NULL) keyring_forget(store->keyring);
    status = follow(store, &stale, err);
    if (status != HT_OK || !stale) return status;
    status = ht_index_rebuild(store, progress, context, err);
    *elsewhere = status == HT_BUSY;
    return *elsewhere ? HT_OK : status;
}

static enum ht_status advance(struct ht_store *store, const struct indexer_way *way, bool elsewhere,
                              struct ht_position *reached, bool *stale, struct ht_error *err)
{
    struct indexer *indexer;
    enum ht_status status = indexer_take(store, &indexer, err);
    if (status != HT_OK) return status;
    status = indexer_follow(store, indexer, way, err);
    struct index_env *current = index_env_acquire(store);
    if (status == HT_OK) status = use_generation(indexer, current, err);
    indexer->is_last_lap = elsewhere;
    if (status == HT_OK) status = indexer_run(indexer, indexer->batch, way, reached, err);
    indexer->is_last_lap = false;
    index_env_release(current);
    *stale = indexer->stale;
    indexer_give(indexer);
    return status;
}

enum ht_status ht_index_catch_up(struct ht_store *store, ht_progress *progress, void *context, struct ht_position *end,
                                 struct ht_error *err)
{
    struct ht_position reached = {0, 0};
    struct indexer_way way = indexer_following(progress, context);
    bool elsewhere, stale;
    enum ht_status status;
    if (store_locked(store)) return index_fail_locked(err);
    do {
        stale = false;
        status = renew_stale(store, progress, context, &elsewhere, err);
        if (status == HT_OK) status = advance(store, &way, elsewhere, &reached, &stale, err);
    } while (status == HT_OK && stale);
    if (end != NULL) *end = reached;
    return status;
}

enum ht_status ht_index_lag(struct ht_store *store, uint64_t *events, bool *anew, struct ht_error *err)
{
    bool stale;
    struct ht_position reached = {0, 0}, end;
    if (store_locked(store)) return index_fail_locked(err);
    struct index_env *current = index_env_acquire(store);
    enum ht_status status = index_env_newest(current, &reached, err);
    index_env_release(current);
    if (status == HT_OK) status = index_env_stale(store, &stale, err);
    if (status == HT_OK) status = index_trail_end(store, &end, err);
    if (status == HT_OK) *events = stale ? end.seq : end.seq - reached.seq;
    if (status == HT_OK && anew != NULL) *anew = stale;
    return status;
}
