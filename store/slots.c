#include "slots.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#define FIRST_ROOM 256u
#define LAST_ROOM (1u << 30)

void slots_init(struct slots *slots, size_t entry_size)
{
    *slots = (struct slots){.entry_size = entry_size};
}

void slots_release(struct slots *slots)
{
    free(slots->entries);
    free(slots->hashes);
    free(slots->table);
    slots_init(slots, slots->entry_size);
}

void slots_clear(struct slots *slots)
{
    if (slots->count == 0) return;
    memset(slots->table, 0, 2 * (size_t)slots->room * sizeof *slots->table);
    slots->count = 0;
}

static void place(struct slots *slots, uint32_t index)
{
    uint32_t mask = 2 * slots->room - 1;
    uint32_t at = (uint32_t)slots->hashes[index] & mask;
    while (slots->table[at] != 0)
        at = (at + 1) & mask;
    slots->table[at] = index + 1;
}

/* All or nothing: on failure the table is as before, but for spare memory. */
static bool grow(struct slots *slots)
{
    if (slots->room == LAST_ROOM) return false;
    uint32_t room = slots->room == 0 ? FIRST_ROOM : 2 * slots->room;
    char *entries = realloc(slots->entries, room * slots->entry_size);
    if (entries == NULL) return false;
    slots->entries = entries;
    uint64_t *hashes = realloc(slots->hashes, room * sizeof *hashes);
    if (hashes == NULL) return false;
    slots->hashes = hashes;
    uint32_t *table = calloc(2 * (size_t)room, sizeof *table);
    if (table == NULL) return false;
    free(slots->table);
    slots->table = table;
    slots->room = room;
    for (uint32_t i = 0; i < slots->count; i++)
        place(slots, i);
    return true;
}

void *slots_find(const struct slots *slots, uint64_t hash, slots_same *same, const void *key)
{
    if (slots->count == 0) return NULL;
    uint32_t mask = 2 * slots->room - 1;
    for (uint32_t at = (uint32_t)hash & mask; slots->table[at] != 0; at = (at + 1) & mask) {
        uint32_t index = slots->table[at] - 1;
        if (slots->hashes[index] == hash && same(slots_at(slots, index), key)) return slots_at(slots, index);
    }
    return NULL;
}

void *slots_add(struct slots *slots, uint64_t hash)
{
    if (slots->count == slots->room && !grow(slots)) return NULL;
    uint32_t index = slots->count++;
    slots->hashes[index] = hash;
    place(slots, index);
    return memset(slots_at(slots, index), 0, slots->entry_size);
}

void *slots_at(const struct slots *slots, uint32_t index)
{
    assert(index < slots->count);
    return slots->entries + index * slots->entry_size;
}

uint32_t slots_index(const struct slots *slots, const void *entry)
{
    return (uint32_t)((size_t)((const char *)entry - slots->entries) / slots->entry_size);
}
