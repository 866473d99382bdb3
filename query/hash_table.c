#include "hash_table.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "hooktrail/encode.h"

#define SMALLEST 64

void hash_table_release(struct hash_table *table)
{
    free(table->slots);
    *table = (struct hash_table){0};
}

uint32_t *hash_table_slot(const struct hash_table *table, struct hash_table_keys keys,
                          const uint8_t key[HASH_TABLE_KEY_SIZE])
{
    assert(table->used < table->capacity);
    uint32_t mask = table->capacity - 1, start = ht_get_be32(key);
    struct hash_table_slot *slot = &table->slots[start & mask];
    for (uint32_t at = start & mask; slot->index != HASH_TABLE_NONE; slot = &table->slots[at]) {
        const uint8_t *other = keys.first + slot->index * keys.stride;
        if (slot->start == start && memcmp(other, key, HASH_TABLE_KEY_SIZE) == 0) return &slot->index;
        at = (at + 1) & mask;
    }
    slot->start = start;
    return &slot->index;
}

static void insert(struct hash_table *table, struct hash_table_slot slot)
{
    uint32_t mask = table->capacity - 1, at = slot.start & mask;
    while (table->slots[at].index != HASH_TABLE_NONE)
        at = (at + 1) & mask;
    table->slots[at] = slot;
}

enum ht_status hash_table_grow(struct hash_table *table, struct ht_error *err)
{
    if (table->used + 1 <= table->capacity / 4 * 3) return HT_OK;

    struct hash_table larger = {.capacity = table->capacity ? table->capacity * 2 : SMALLEST, .used = table->used};
    larger.slots = malloc(larger.capacity * sizeof *larger.slots);
    if (!larger.slots) return ht_fail(err, HT_NO_MEMORY, "out of memory for a table of %u", larger.capacity);
    memset(larger.slots, 0xff, larger.capacity * sizeof *larger.slots); /* HASH_TABLE_NONE everywhere */
    for (uint32_t i = 0; i < table->capacity; i++) {
        if (table->slots[i].index != HASH_TABLE_NONE) insert(&larger, table->slots[i]);
    }
    free(table->slots);
    *table = larger;
    return HT_OK;
}
