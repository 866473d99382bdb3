#include "harvest_crew.h"

#include <assert.h>
#include <stdlib.h>
#include <unistd.h>

#define MOST_HELPERS 7
#define AHEAD 8 /* chunks for each that works: enough to go on while the index commits */
#define MOST_CHUNKS (AHEAD * (MOST_HELPERS + 1))

enum chunk_state { CHUNK_FREE, CHUNK_FILLING, CHUNK_FULL };

/* Chunk n of an aim lies in place n modulo chunk_count. */
struct chunk {
    enum chunk_state state;
    uint64_t first;
    size_t count; /* events wanted; events->count may be less, see HARVEST_BYTES */
    enum ht_status status;
    struct ht_error error;
    struct harvest *events;
};

/* One that works: the caller or a helper. */
struct worker {
    struct harvest_crew *crew;
    struct harvest *harvest;
    pthread_t thread; /* of a helper */
};

struct harvest_crew {
    pthread_mutex_t lock; /* guards all below but the chunks that are being filled, and the one that is taken */
    pthread_cond_t work;  /* there is a chunk to fill, or it is time to go */
    pthread_cond_t full;
    bool stop;
    uint64_t next_fill; /* first seq of the next chunk to be filled; beyond `last`: none */
    uint64_t next_take; /* the seq that is taken next */
    uint64_t last;
    size_t fill_place;
    size_t take_place;
    size_t filling; /* chunks in work */
    size_t chunk_count;
    struct chunk chunks[MOST_CHUNKS];
    struct worker caller;
    unsigned helper_count;
    struct worker helpers[MOST_HELPERS];
};

unsigned harvest_crew_helpers(void)
{
    long processors = sysconf(_SC_NPROCESSORS_ONLN);
    if (processors <= 1) return 0;
    return processors > MOST_HELPERS ? MOST_HELPERS : (unsigned)processors - 1;
}

/* With the lock: a chunk to fill, or NULL if there is none or no place for it. */
static struct chunk *claim(struct harvest_crew *crew)
{
    struct chunk *chunk = &crew->chunks[crew->fill_place];
    if (crew->next_fill > crew->last || chunk->state != CHUNK_FREE) return NULL;
    uint64_t left = crew->last - crew->next_fill + 1;
    chunk->state = CHUNK_FILLING;
    chunk->first = crew->next_fill;
    chunk->count = left < HARVEST_EVENTS ? (size_t)left : HARVEST_EVENTS;
    crew->next_fill += chunk->count;
    crew->fill_place = (crew->fill_place + 1) % crew->chunk_count;
    crew->filling++;
    return chunk;
}

/* Without the lock: whoever claimed the chunk owns it. */
static void fill(const struct worker *worker, struct chunk *chunk)
{
    struct ht_position end;
    chunk->status = harvest_begin(worker->harvest, &end, &chunk->error);
    if (chunk->status != HT_OK) return;
    chunk->status = harvest_fill(worker->harvest, chunk->first, chunk->count, &chunk->error);
    harvest_end(worker->harvest);
    harvest_move(chunk->events, worker->harvest);
}

/* With the lock, which is let go meanwhile. */
static void fill_claimed(const struct worker *worker, struct chunk *chunk)
{
    struct harvest_crew *crew = worker->crew;
    pthread_mutex_unlock(&crew->lock);
    fill(worker, chunk);
    pthread_mutex_lock(&crew->lock);
    chunk->state = CHUNK_FULL;
    crew->filling--;
    pthread_cond_signal(&crew->full);
}

static void *help(void *context)
{
    const struct worker *worker = context;
    struct harvest_crew *crew = worker->crew;
    pthread_mutex_lock(&crew->lock);
    while (!crew->stop) {
        struct chunk *chunk = claim(crew);
        if (chunk != NULL) {
            fill_claimed(worker, chunk);
        } else {
            pthread_cond_wait(&crew->work, &crew->lock);
        }
    }
    pthread_mutex_unlock(&crew->lock);
    return NULL;
}

static bool make_chunks(struct harvest_crew *crew, size_t count)
{
    for (; crew->chunk_count < count; crew->chunk_count++) {
        struct chunk *chunk = &crew->chunks[crew->chunk_count];
        chunk->events = harvest_new_empty();
        if (chunk->events == NULL) return false;
    }
    return true;
}

/* A helper that the system does not give is done without. */
static void start_helpers(struct harvest_crew *crew, struct ht_store *store, const uint8_t *hash_key, unsigned helpers)
{
    while (crew->helper_count < helpers) {
        struct worker *helper = &crew->helpers[crew->helper_count];
        *helper = (struct worker){.crew = crew, .harvest = harvest_new(store, hash_key)};
        if (helper->harvest == NULL) return;
        if (pthread_create(&helper->thread, NULL, help, helper) != 0) {
            harvest_free(helper->harvest);
            return;
        }
        crew->helper_count++;
    }
}

struct harvest_crew *harvest_crew_new(struct ht_store *store, const uint8_t *hash_key, unsigned helpers)
{
    if (helpers > MOST_HELPERS) helpers = MOST_HELPERS;
    struct harvest_crew *crew = calloc(1, sizeof *crew);
    if (crew == NULL) return NULL;
    pthread_mutex_init(&crew->lock, NULL);
    pthread_cond_init(&crew->work, NULL);
    pthread_cond_init(&crew->full, NULL);
    crew->next_fill = crew->next_take = 1;
    crew->caller = (struct worker){.crew = crew, .harvest = harvest_new(store, hash_key)};
    if (crew->caller.harvest == NULL || !make_chunks(crew, AHEAD * ((size_t)helpers + 1))) {
        harvest_crew_free(crew);
        return NULL;
    }
    start_helpers(crew, store, hash_key, helpers);
    return crew;
}

void harvest_crew_free(struct harvest_crew *crew)
{
    if (crew == NULL) return;
    pthread_mutex_lock(&crew->lock);
    crew->stop = true;
    pthread_cond_broadcast(&crew->work);
    pthread_mutex_unlock(&crew->lock);
    for (unsigned i = 0; i < crew->helper_count; i++) {
        pthread_join(crew->helpers[i].thread, NULL);
        harvest_free(crew->helpers[i].harvest);
    }
    for (size_t i = 0; i < crew->chunk_count; i++)
        harvest_free(crew->chunks[i].events);
    harvest_free(crew->caller.harvest);
    pthread_cond_destroy(&crew->full);
    pthread_cond_destroy(&crew->work);
    pthread_mutex_destroy(&crew->lock);
    free(crew);
}

/* With the lock: begins anew at `first`, when what is in work has come to its end. */
static void aim(struct harvest_crew *crew, uint64_t first, uint64_t last)
{
    crew->last = 0; /* no new claims */
    crew->next_fill = 1;
    while (crew->filling > 0)
        pthread_cond_wait(&crew->full, &crew->lock);
    for (size_t i = 0; i < crew->chunk_count; i++)
        crew->chunks[i].state = CHUNK_FREE;
    crew->fill_place = crew->take_place = 0;
    crew->next_fill = crew->next_take = first;
    crew->last = last;
    pthread_cond_broadcast(&crew->work);
}

/* With the lock: the chunk at take_place, full. */
static struct chunk *wait_for_chunk(struct harvest_crew *crew)
{
    struct chunk *wanted = &crew->chunks[crew->take_place];
    while (wanted->state != CHUNK_FULL) {
        struct chunk *chunk = claim(crew);
        if (chunk != NULL) {
            fill_claimed(&crew->caller, chunk);
        } else {
            pthread_cond_wait(&crew->full, &crew->lock);
        }
    }
    return wanted;
}

/* The last chunk taken is free again when all its events were. */
static void give_back(struct harvest_crew *crew)
{
    struct chunk *taken = &crew->chunks[crew->take_place];
    if (taken->state != CHUNK_FULL || crew->next_take < taken->first + taken->count) return;
    taken->state = CHUNK_FREE;
    crew->take_place = (crew->take_place + 1) % crew->chunk_count;
    pthread_cond_signal(&crew->work);
}

/* What failed is tried again when it is asked for again: after a new aim. */
static enum ht_status give_up(struct harvest_crew *crew, const struct chunk *chunk, struct ht_error *err)
{
    pthread_mutex_lock(&crew->lock);
    crew->last = 0;
    crew->next_fill = 1;
    pthread_mutex_unlock(&crew->lock);
    if (err != NULL) *err = chunk->error;
    return chunk->status;
}

enum ht_status harvest_crew_next(struct harvest_crew *crew, uint64_t first, uint64_t last,
                                 const struct harvest **events, struct ht_error *err)
{
    assert(first <= last);
    pthread_mutex_lock(&crew->lock);
    give_back(crew);
    if (first != crew->next_take || first > crew->last) aim(crew, first, last);
    struct chunk *chunk = wait_for_chunk(crew);
    pthread_mutex_unlock(&crew->lock);
    if (first != chunk->first) { /* the rest of one that ended early */
        chunk->count -= (size_t)(first - chunk->first);
        chunk->first = first;
        fill(&crew->caller, chunk);
    }
    if (chunk->status != HT_OK) return give_up(crew, chunk, err);
    crew->next_take = first + chunk->events->count;
    *events = chunk->events;
    return HT_OK;
}
