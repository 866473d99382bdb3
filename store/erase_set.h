/* Private to store/: a set of numbers (seqs, key ids), gathered in any order, then sorted once and asked. */
#ifndef STORE_ERASE_SET_H
#define STORE_ERASE_SET_H

#include "hooktrail/buffer.h"

#include <stdint.h>

/* Zero-initialised is empty and valid. */
struct erase_set {
    struct ht_buffer bytes; /* uint64_t each */
};

void erase_set_release(struct erase_set *set);
void erase_set_clear(struct erase_set *set);
/* Lack of memory sticks; erase_set_sort tells of it. */
void erase_set_add(struct erase_set *set, uint64_t number);
void erase_set_add_all(struct erase_set *set, const struct erase_set *from);
/* Puts the numbers in order, each once: before they are asked for. */
HT_MUST_CHECK enum ht_status erase_set_sort(struct erase_set *set, struct ht_error *err);

static inline size_t erase_set_count(const struct erase_set *set)
{
    return set->bytes.size / sizeof(uint64_t);
}

static inline uint64_t erase_set_at(const struct erase_set *set, size_t index)
{
    return ((const uint64_t *)(const void *)set->bytes.data)[index];
}

bool erase_set_has(const struct erase_set *set, uint64_t number);

/* Adds the runs of consecutive numbers to `out`: first and last, u64 big-endian each. Returns how many there were. */
size_t erase_set_ranges(const struct erase_set *set, struct ht_buffer *out);

#endif
