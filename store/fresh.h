/* Private to store/: the events that this process has appended a moment ago, as the index wants to know them, so that
   who follows the trail need not unseal, decompress and parse again what ingest had in hand.

   A shortcut, nothing else: what is not here is read from the trail, and it never holds more than a few thousand
   events. */
#ifndef STORE_FRESH_H
#define STORE_FRESH_H

#include <pthread.h>

#include "hooktrail/append.h"

struct harvest;
struct fresh_block;

/* Of one store. The appender's thread adds, the indexer's takes. */
struct fresh {
    pthread_mutex_t mutex;
    const uint8_t
        *hash_key; /* of the indexer's names (16 bytes); NULL: nobody follows. Under the mutex, as is the rest */
    struct fresh_block *blocks; /* of consecutive events, oldest first */
    struct fresh_block *newest;
    struct fresh_block *spare;
    size_t count; /* of blocks, the spare ones included */
};

void fresh_init(struct fresh *fresh);
void fresh_release(struct fresh *fresh);

/* From now on somebody takes; `hash_key` outlives `fresh`. */
void fresh_follow(struct fresh *fresh, const uint8_t *hash_key);

/* Adds the events of a list that was committed, while `erasures` was the number of erasures: an event that is erased
   later can't pass for one of the index that follows that erasure. */
void fresh_add(struct fresh *fresh, const struct ht_append *list, uint64_t erasures);

/* Takes the events from `seq` on; NULL unless such begin here, of the same number of erasures. Given back by fresh_give
   (NULL is fine). */
struct fresh_block *fresh_take(struct fresh *fresh, uint64_t seq, uint64_t erasures);
void fresh_give(struct fresh *fresh, struct fresh_block *block);
const struct harvest *fresh_events(const struct fresh_block *block);

#endif
