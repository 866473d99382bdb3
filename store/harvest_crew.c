#include "harvest_crew.h"

#include <stdlib.h>

#include "crew.h"

#define MOST_HELPERS 7 /* who applies what they bring is one alone */

_Static_assert(HARVEST_EVENTS >= CREW_CHUNK, "a harvest must hold a chunk");

struct harvest_crew {
    struct ht_store *store;
    uint8_t hash_key[16];
    struct crew *crew;
};

static void *new_worker(void *context)
{
    const struct harvest_crew *crew = context;
    return harvest_new(crew->store, crew->hash_key);
}

static void free_harvest(void *harvest)
{
    harvest_free(harvest);
}

static void *new_result(void *context)
{
    (void)context;
    return harvest_new_empty();
}

static enum ht_status fill(void *worker, void *result, uint64_t *next, uint64_t last, struct ht_error *err)
{
    struct ht_position end;
    struct harvest *harvest = worker, *events = result;
    enum ht_status status = harvest_begin(harvest, &end, err);
    if (status != HT_OK) return status;
    status = harvest_fill(harvest, *next, (size_t)(last - *next + 1), err);
    harvest_end(harvest);
    harvest_move(events, harvest);
    *next += events->count;
    return status;
}

struct harvest_crew *harvest_crew_new(struct ht_store *store, const uint8_t *hash_key, unsigned helpers)
{
    struct harvest_crew *crew = calloc(1, sizeof *crew);
    if (crew == NULL) return NULL;
    const struct crew_work work = {crew, new_worker, free_harvest, new_result, free_harvest, fill};
    crew->store = store;
    memcpy(crew->hash_key, hash_key, sizeof crew->hash_key);
    crew->crew = crew_new(&work, helpers < MOST_HELPERS ? helpers : MOST_HELPERS);
    if (crew->crew != NULL) return crew;
    harvest_crew_free(crew);
    return NULL;
}

void harvest_crew_free(struct harvest_crew *crew)
{
    if (crew == NULL) return;
    crew_free(crew->crew);
    free(crew);
}

enum ht_status harvest_crew_next(struct harvest_crew *crew, uint64_t first, uint64_t last,
                                 const struct harvest **events, struct ht_error *err)
{
    void *result;
    enum ht_status status = crew_next(crew->crew, &first, last, &result, err);
    *events = result;
    return status;
}
