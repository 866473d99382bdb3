#include "pending.h"

#include <stdlib.h>

#define FIRST_CAPACITY 1024

/* Keys are hashes already: their first bytes are as good as any. */
static size_t slot_of(const struct pending_table *table, const uint8_t *key)
{
    uint64_t hash;
    memcpy(&hash, key, sizeof hash);
    size_t slot = (size_t)hash & (table->capacity - 1);
    while (table->slots[slot].seq != 0 && memcmp(table->slots[slot].key, key, HT_DUPLICATE_KEY_SIZE) != 0)
        slot = (slot + 1) & (table->capacity - 1);
    return slot;
}

static void put(struct pending_table *table, const uint8_t *key, uint64_t seq)
{
    struct pending_key *slot = &table->slots[slot_of(table, key)];
    if (slot->seq == 0) table->used++;
    memcpy(slot->key, key, HT_DUPLICATE_KEY_SIZE);
    slot->seq = seq;
    table->last_seq = seq;
}

static enum ht_status grow(struct pending_table *table, struct ht_error *err)
{
    struct pending_table larger = {.capacity = table->capacity ? table->capacity * 2 : FIRST_CAPACITY,
                                   .last_seq = table->last_seq};
    larger.slots = calloc(larger.capacity, sizeof *larger.slots);
    if (larger.slots == NULL) return ht_fail(err, HT_NO_MEMORY, "out of memory");
    for (size_t i = 0; i < table->capacity; i++) {
        if (table->slots[i].seq != 0) put(&larger, table->slots[i].key, table->slots[i].seq);
    }
    larger.last_seq = table->last_seq;
    free(table->slots);
    *table = larger;
    return HT_OK;
}

static void clear(struct pending_table *table)
{
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

enum ht_status pending_add(struct pending *pending, const uint8_t *key, uint64_t seq, struct ht_error *err)
{
    struct pending_table *table = &pending->young;
    if ((table->used + 1) * 2 > table->capacity) {
        enum ht_status status = grow(table, err);
        if (status != HT_OK) return status;
    }
    put(table, key, seq);
    return HT_OK;
}

static uint64_t find(const struct pending_table *table, const uint8_t *key)
{
    return table->used == 0 ? 0 : table->slots[slot_of(table, key)].seq;
}

uint64_t pending_find(const struct pending *pending, const uint8_t *key)
{
    uint64_t seq = find(&pending->old, key);
    return seq != 0 ? seq : find(&pending->young, key);
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
