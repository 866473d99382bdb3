#include "fresh.h"

#include <stdlib.h>

#include "harvest.h"
#include "record.h"

#define MOST_BLOCKS 64

struct fresh_block {
    struct fresh_block *next;
    struct harvest *events;
    uint64_t erasures;
};

void fresh_init(struct fresh *fresh)
{
    *fresh = (struct fresh){0};
    pthread_mutex_init(&fresh->mutex, NULL);
}

static void free_blocks(struct fresh_block *block)
{
    while (block != NULL) {
        struct fresh_block *next = block->next;
        harvest_free(block->events);
        free(block);
        block = next;
    }
}

void fresh_release(struct fresh *fresh)
{
    free_blocks(fresh->blocks);
    free_blocks(fresh->spare);
    pthread_mutex_destroy(&fresh->mutex);
}

void fresh_follow(struct fresh *fresh, const uint8_t *hash_key)
{
    pthread_mutex_lock(&fresh->mutex);
    fresh->hash_key = hash_key;
    pthread_mutex_unlock(&fresh->mutex);
}

/* ---- with the mutex held ---- */

static void spare(struct fresh *fresh, struct fresh_block *block)
{
    harvest_clear(block->events);
    block->next = fresh->spare;
    fresh->spare = block;
}

static struct fresh_block *take_oldest(struct fresh *fresh)
{
    struct fresh_block *block = fresh->blocks;
    fresh->blocks = block->next;
    if (fresh->blocks == NULL) fresh->newest = NULL;
    return block;
}

static void drop_all(struct fresh *fresh)
{
    while (fresh->blocks != NULL)
        spare(fresh, take_oldest(fresh));
}

static struct fresh_block *new_block(struct fresh *fresh)
{
    if (fresh->count == MOST_BLOCKS) return NULL;
    struct fresh_block *block = calloc(1, sizeof *block);
    if (block == NULL) return NULL;
    block->events = harvest_new_empty();
    if (block->events == NULL) {
        free(block);
        return NULL;
    }
    fresh->count++;
    return block;
}

/* An empty block behind the newest; NULL if there are too many. */
static struct fresh_block *open_block(struct fresh *fresh, uint64_t erasures)
{
    struct fresh_block *block = fresh->spare;
    if (block != NULL)
        fresh->spare = block->next;
    else
        block = new_block(fresh);
    if (block == NULL) return NULL;
    memcpy(block->events->hash_key, fresh->hash_key, sizeof block->events->hash_key);
    block->next = NULL;
    block->erasures = erasures;
    if (fresh->newest != NULL)
        fresh->newest->next = block;
    else
        fresh->blocks = block;
    fresh->newest = block;
    return block;
}

static uint64_t first_of(const struct fresh_block *block)
{
    return block->events->events[0].seq;
}

static uint64_t behind(const struct fresh_block *block)
{
    return first_of(block) + block->events->count;
}

/* Where the event `seq` goes: NULL when there is no room. */
static struct fresh_block *block_for(struct fresh *fresh, uint64_t seq, uint64_t erasures)
{
    struct fresh_block *newest = fresh->newest;
    if (newest != NULL && behind(newest) != seq) {
        drop_all(fresh);
        newest = NULL;
    }
    if (newest != NULL && newest->erasures == erasures && newest->events->count < HARVEST_EVENTS) return newest;
    return open_block(fresh, erasures);
}

static bool add(struct fresh *fresh, const struct ht_append *append, uint64_t erasures)
{
    struct ht_slice noted = ht_buffer_slice(&append->facts);
    if (append->facts.failed || noted.size == 0) return false;
    struct ht_record_header header = record_packed_header(append);
    struct fresh_block *block = block_for(fresh, append->seq, erasures);
    return block != NULL && harvest_add(block->events, &header, append->sha256, noted, NULL) == HT_OK;
}

/* ---- */

void fresh_add(struct fresh *fresh, const struct ht_append *list, uint64_t erasures)
{
    pthread_mutex_lock(&fresh->mutex);
    for (; list != NULL && fresh->hash_key != NULL; list = list->next) {
        bool is_new = list->kind == HT_APPEND_EVENT && list->status == HT_OK && !list->duplicate;
        if (is_new && !add(fresh, list, erasures)) drop_all(fresh);
    }
    pthread_mutex_unlock(&fresh->mutex);
}

struct fresh_block *fresh_take(struct fresh *fresh, uint64_t seq, uint64_t erasures)
{
    struct fresh_block *block = NULL;
    pthread_mutex_lock(&fresh->mutex);
    while (fresh->blocks != NULL && first_of(fresh->blocks) < seq)
        spare(fresh, take_oldest(fresh));
    if (fresh->blocks != NULL && first_of(fresh->blocks) == seq && fresh->blocks->erasures == erasures)
        block = take_oldest(fresh);
    pthread_mutex_unlock(&fresh->mutex);
    return block;
}

void fresh_give(struct fresh *fresh, struct fresh_block *block)
{
    if (block == NULL) return;
    pthread_mutex_lock(&fresh->mutex);
    spare(fresh, block);
    pthread_mutex_unlock(&fresh->mutex);
}

const struct harvest *fresh_events(const struct fresh_block *block)
{
    return block->events;
}
