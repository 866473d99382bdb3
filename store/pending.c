#include "pending.h"

#include <stdlib.h>

#define FIRST_CAPACITY 1024
#define KEPT_CAPACITY 65536 /* an empty table that is larger is given back */

/* Keys are hashes already: their first bytes are as good as any. */
static uint32_t hash_of(const uint8_t *key)
{
    uint32_t hash;
    memcpy(&hash, key, sizeof hash);
    return hash;
}

static void put(struct pending_table *table, struct pending_slot slot)
{
    size_t at = slot.hash & (table->capacity - 1);
    while (table->slots[at].place != 0)
        at = (at + 1) & (table->capacity - 1);
    table->slots[at] = slot;
    table->used++;
}

static enum ht_status grow(struct pending_table *table, struct ht_error *err)
{
    struct pending_table larger = *table;
    larger.capacity = table->capacity ? table->capacity * 2 : FIRST_CAPACITY;
    larger.used = 0;
    larger.slots = calloc(larger.capacity, sizeof *larger.slots);
    if (larger.slots == NULL) return ht_fail(err, HT_NO_MEMORY, "out of memory for the keys of events");
    for (size_t i = 0; i < table->capacity; i++) {
        if (table->slots[i].place != 0) put(&larger, table->slots[i]);
    }
    free(table->slots);
    *table = larger;
    return HT_OK;
}

static void clear(struct pending_table *table)
{
    if (table->capacity > KEPT_CAPACITY) {
        free(table->slots);
        *table = (struct pending_table){0};
    }
    if (table->used > 0) memset(table->slots, 0, table->capacity * sizeof *table->slots);
    table->used = 0;
    table->last_seq = 0;
}

void pending_release(struct pending *pending)
{
    free(pending->old.slots);
    free(pending->young.slots);
    memset(pending, 0, sizeof *pending);
}

void pending_clear(struct pending *pending)
{
    clear(&pending->old);
    clear(&pending->young);
}

void pending_forget_young(struct pending *pending)
{
    clear(&pending->young);
}

enum ht_status pending_add(struct pending *pending, const uint8_t *key, uint64_t seq, struct ht_error *err)
{
    struct pending_table *table = &pending->young;
    if (table->used == 0) table->base = seq - 1;
    if (seq - table->base > UINT32_MAX) return ht_fail(err, HT_NO_MEMORY, "the index is too far behind the trail");
    if ((table->used + 1) * 4 > table->capacity * 3) {
        enum ht_status status = grow(table, err);
        if (status != HT_OK) return status;
    }
    put(table, (struct pending_slot){hash_of(key), (uint32_t)(seq - table->base)});
    table->last_seq = seq;
    return HT_OK;
}

uint64_t pending_last(const struct pending *pending)
{
    return pending->young.used > 0 ? pending->young.last_seq : pending->old.last_seq;
}

static uint64_t find(const struct pending_table *table, const uint8_t *key, pending_confirm *confirm, void *context)
{
    const uint32_t hash = hash_of(key);
    if (table->used == 0) return 0;
    for (size_t at = hash & (table->capacity - 1); table->slots[at].place != 0; at = (at + 1) & (table->capacity - 1)) {
        const uint64_t seq = table->base + table->slots[at].place;
        if (table->slots[at].hash == hash && confirm(context, seq, key)) return seq;
    }
    return 0;
}

uint64_t pending_find(const struct pending *pending, const uint8_t *key, pending_confirm *confirm, void *context)
{
    uint64_t seq = find(&pending->old, key, confirm, context);
    return seq != 0 ? seq : find(&pending->young, key, confirm, context);
}

void pending_covered(struct pending *pending, uint64_t seq)
{
    if (pending->old.last_seq > seq) return;
    clear(&pending->old);
    if (pending->young.used == 0) return;
    struct pending_table emptied = pending->old;
    pending->old = pending->young;
    pending->young = emptied;
}
