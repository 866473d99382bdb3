#include "crew.h"

#include <assert.h>
#include <pthread.h>
#include <stdlib.h>
#include <unistd.h>

#define MOST_HELPERS 15
#define AHEAD 8 /* chunks for each that works: enough to go on while the one who takes is busy elsewhere */
#define MOST_CHUNKS (AHEAD * (MOST_HELPERS + 1))

enum chunk_state { CHUNK_FREE, CHUNK_IN_WORK, CHUNK_DONE };

/* Chunk n of an aim lies in place n modulo chunk_count. */
struct chunk {
    enum chunk_state state;
    uint64_t first;
    uint64_t last;
    uint64_t next; /* behind what is done: not always behind `last` */
    enum ht_status status;
    struct ht_error error;
    void *result;
};

/* One that works: the caller or a helper. */
struct worker {
    struct crew *crew;
    void *own;
    pthread_t thread; /* of a helper */
};

struct crew {
    struct crew_work work;
    pthread_mutex_t lock;  /* guards all below but the chunks that are in work, and the one that is taken */
    pthread_cond_t wanted; /* there is a chunk to be worked on, or it is time to go */
    pthread_cond_t done;
    bool stop;
    uint64_t next_claim; /* first number of the next chunk to be worked on; beyond `last`: none */
    uint64_t next_take;  /* the number that is taken next */
    uint64_t last;
    size_t claim_place;
    size_t take_place;
    size_t in_work; /* chunks */
    size_t chunk_count;
    struct chunk chunks[MOST_CHUNKS];
    struct worker caller;
    unsigned helper_count;
    struct worker helpers[MOST_HELPERS];
};

unsigned crew_helpers(void)
{
    long processors = sysconf(_SC_NPROCESSORS_ONLN);
    if (processors <= 1) return 0;
    return processors > MOST_HELPERS ? MOST_HELPERS : (unsigned)processors - 1;
}

/* With the lock: a chunk to work on, or NULL if there is none or no place for it. */
static struct chunk *claim(struct crew *crew)
{
    struct chunk *chunk = &crew->chunks[crew->claim_place];
    if (crew->next_claim > crew->last || chunk->state != CHUNK_FREE) return NULL;
    uint64_t left = crew->last - crew->next_claim + 1;
    chunk->state = CHUNK_IN_WORK;
    chunk->first = chunk->next = crew->next_claim;
    crew->next_claim += left < CREW_CHUNK ? left : CREW_CHUNK;
    chunk->last = crew->next_claim - 1;
    crew->claim_place = (crew->claim_place + 1) % crew->chunk_count;
    crew->in_work++;
    return chunk;
}

/* Without the lock: whoever claimed the chunk owns it. */
static void run(const struct worker *worker, struct chunk *chunk)
{
    chunk->status = worker->crew->work.run(worker->own, chunk->result, &chunk->next, chunk->last, &chunk->error);
}

/* With the lock, which is let go meanwhile. */
static void run_claimed(const struct worker *worker, struct chunk *chunk)
{
    struct crew *crew = worker->crew;
    pthread_mutex_unlock(&crew->lock);
    run(worker, chunk);
    pthread_mutex_lock(&crew->lock);
    chunk->state = CHUNK_DONE;
    crew->in_work--;
    pthread_cond_signal(&crew->done);
}

static void *help(void *context)
{
    const struct worker *worker = context;
    struct crew *crew = worker->crew;
    pthread_mutex_lock(&crew->lock);
    while (!crew->stop) {
        struct chunk *chunk = claim(crew);
        if (chunk != NULL) {
            run_claimed(worker, chunk);
        } else {
            pthread_cond_wait(&crew->wanted, &crew->lock);
        }
    }
    pthread_mutex_unlock(&crew->lock);
    return NULL;
}

static bool make_worker(struct crew *crew, struct worker *worker)
{
    *worker = (struct worker){.crew = crew, .own = crew->work.new_worker(crew->work.context)};
    return worker->own != NULL;
}

static bool make_chunks(struct crew *crew, size_t count)
{
    for (; crew->chunk_count < count; crew->chunk_count++) {
        struct chunk *chunk = &crew->chunks[crew->chunk_count];
        chunk->result = crew->work.new_result(crew->work.context);
        if (chunk->result == NULL) return false;
    }
    return true;
}

/* A helper that the system does not give is done without. */
static void start_helpers(struct crew *crew, unsigned helpers)
{
    while (crew->helper_count < helpers) {
        struct worker *helper = &crew->helpers[crew->helper_count];
        if (!make_worker(crew, helper)) return;
        if (pthread_create(&helper->thread, NULL, help, helper) != 0) {
            crew->work.free_worker(helper->own);
            return;
        }
        crew->helper_count++;
    }
}

struct crew *crew_new(const struct crew_work *work, unsigned helpers)
{
    if (helpers > MOST_HELPERS) helpers = MOST_HELPERS;
    struct crew *crew = calloc(1, sizeof *crew);
    if (crew == NULL) return NULL;
    pthread_mutex_init(&crew->lock, NULL);
    pthread_cond_init(&crew->wanted, NULL);
    pthread_cond_init(&crew->done, NULL);
    crew->work = *work;
    crew->next_claim = crew->next_take = 1;
    if (!make_worker(crew, &crew->caller) || !make_chunks(crew, AHEAD * ((size_t)helpers + 1))) {
        crew_free(crew);
        return NULL;
    }
    start_helpers(crew, helpers);
    return crew;
}

void crew_free(struct crew *crew)
{
    if (crew == NULL) return;
    pthread_mutex_lock(&crew->lock);
    crew->stop = true;
    pthread_cond_broadcast(&crew->wanted);
    pthread_mutex_unlock(&crew->lock);
    for (unsigned i = 0; i < crew->helper_count; i++) {
        pthread_join(crew->helpers[i].thread, NULL);
        crew->work.free_worker(crew->helpers[i].own);
    }
    for (size_t i = 0; i < crew->chunk_count; i++)
        crew->work.free_result(crew->chunks[i].result);
    if (crew->caller.own != NULL) crew->work.free_worker(crew->caller.own);
    pthread_cond_destroy(&crew->done);
    pthread_cond_destroy(&crew->wanted);
    pthread_mutex_destroy(&crew->lock);
    free(crew);
}

/* With the lock: begins anew at `first`, when what is in work has come to its end. */
static void aim(struct crew *crew, uint64_t first, uint64_t last)
{
    crew->last = 0; /* no new claims */
    crew->next_claim = 1;
    while (crew->in_work > 0)
        pthread_cond_wait(&crew->done, &crew->lock);
    for (size_t i = 0; i < crew->chunk_count; i++)
        crew->chunks[i].state = CHUNK_FREE;
    crew->claim_place = crew->take_place = 0;
    crew->next_claim = crew->next_take = first;
    crew->last = last;
    pthread_cond_broadcast(&crew->wanted);
}

/* With the lock: the chunk at take_place, done. */
static struct chunk *wait_for_chunk(struct crew *crew)
{
    struct chunk *first = &crew->chunks[crew->take_place];
    while (first->state != CHUNK_DONE) {
        struct chunk *chunk = claim(crew);
        if (chunk != NULL) {
            run_claimed(&crew->caller, chunk);
        } else {
            pthread_cond_wait(&crew->done, &crew->lock);
        }
    }
    return first;
}

/* The last chunk taken is free again when all of it was. */
static void give_back(struct crew *crew)
{
    struct chunk *taken = &crew->chunks[crew->take_place];
    if (taken->state != CHUNK_DONE || crew->next_take <= taken->last) return;
    taken->state = CHUNK_FREE;
    crew->take_place = (crew->take_place + 1) % crew->chunk_count;
    pthread_cond_signal(&crew->wanted);
}

/* What failed is tried again when it is asked for again: after a new aim. */
static enum ht_status give_up(struct crew *crew, const struct chunk *chunk, struct ht_error *err)
{
    pthread_mutex_lock(&crew->lock);
    crew->last = 0;
    crew->next_claim = 1;
    pthread_mutex_unlock(&crew->lock);
    if (err != NULL) *err = chunk->error;
    return chunk->status;
}

enum ht_status crew_next(struct crew *crew, uint64_t *next, uint64_t last, void **result, struct ht_error *err)
{
    assert(*next <= last);
    pthread_mutex_lock(&crew->lock);
    give_back(crew);
    if (*next != crew->next_take || *next > crew->last) aim(crew, *next, last);
    struct chunk *chunk = wait_for_chunk(crew);
    pthread_mutex_unlock(&crew->lock);
    if (*next != chunk->first) { /* the rest of one that ended early */
        chunk->first = *next;
        run(&crew->caller, chunk);
    }
    *result = chunk->result;
    if (chunk->status != HT_OK) return give_up(crew, chunk, err);
    *next = crew->next_take = chunk->next;
    return HT_OK;
}
