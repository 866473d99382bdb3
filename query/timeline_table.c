#include "timeline_table.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "hooktrail/encode.h"

#define SMALLEST 64

void timeline_table_release(struct timeline_table *table)
{
    free(table->slots);
    *table = (struct timeline_table){0};
}

static const uint8_t *key_at(struct timeline_keys keys, uint32_t index)
{
    return keys.first + index * keys.stride;
}

uint32_t *timeline_table_slot(const struct timeline_table *table, struct timeline_keys keys,
                              const uint8_t key[TIMELINE_HASH_SIZE])
{
    assert(table->used < table->capacity);
    uint32_t mask = table->capacity - 1;
    uint32_t at = ht_get_be32(key) & mask;
    while (table->slots[at] != TIMELINE_NONE) {
        if (memcmp(key_at(keys, table->slots[at]), key, TIMELINE_HASH_SIZE) == 0) break;
        at = (at + 1) & mask;
    }
    return &table->slots[at];
}

enum ht_status timeline_table_grow(struct timeline_table *table, struct timeline_keys keys, struct ht_error *err)
{
    if (table->used + 1 <= table->capacity / 4 * 3) return HT_OK;

    struct timeline_table larger = {.capacity = table->capacity ? table->capacity * 2 : SMALLEST, .used = table->used};
    larger.slots = malloc(larger.capacity * sizeof *larger.slots);
    if (!larger.slots) return ht_fail(err, HT_NO_MEMORY, "out of memory for %u messages", larger.capacity);
    memset(larger.slots, 0xff, larger.capacity * sizeof *larger.slots); /* TIMELINE_NONE everywhere */
    for (uint32_t i = 0; i < table->capacity; i++) {
        if (table->slots[i] == TIMELINE_NONE) continue;
        *timeline_table_slot(&larger, keys, key_at(keys, table->slots[i])) = table->slots[i];
    }
    free(table->slots);
    *table = larger;
    return HT_OK;
}
