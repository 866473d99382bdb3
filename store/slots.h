/* Private to store/: a hash table of entries of one size, numbered in the order of their coming; for the caches of a
   batch. Entries are never removed singly. Open addressing, linear probing, at most half full. */
#ifndef STORE_SLOTS_H
#define STORE_SLOTS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct slots {
    size_t entry_size;
    uint32_t count;
    uint32_t room;    /* entries that `entries` and `hashes` can hold; the table has twice as many places */
    char *entries;    /* zeroed when added */
    uint64_t *hashes; /* of each entry */
    uint32_t *table;  /* an entry's index + 1; 0: free */
};

/* Whether `entry` is what `key` asks for; called where the hashes are equal. */
typedef bool slots_same(const void *entry, const void *key);

void slots_init(struct slots *slots, size_t entry_size);
void slots_release(struct slots *slots);
void slots_clear(struct slots *slots); /* keeps the memory */

/* The entry, or NULL. Pointers to entries last until the next slots_add. */
void *slots_find(const struct slots *slots, uint64_t hash, slots_same *same, const void *key);
/* A new zeroed entry, which must not be there yet; NULL when out of memory. */
void *slots_add(struct slots *slots, uint64_t hash);
void *slots_at(const struct slots *slots, uint32_t index);
uint32_t slots_index(const struct slots *slots, const void *entry);

/* Spreads a number that is its own key (the finalizer of SplitMix64: Steele, Lea, Flood 2014). */
static inline uint64_t slots_mix(uint64_t value)
{
    value = (value ^ value >> 30) * UINT64_C(0xbf58476d1ce4e5b9);
    value = (value ^ value >> 27) * UINT64_C(0x94d049bb133111eb);
    return value ^ value >> 31;
}

#endif
