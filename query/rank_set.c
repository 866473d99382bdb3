#include "rank_set.h"

#include <assert.h>
#include <stdlib.h>

static uint32_t words_for(uint32_t bits)
{
    return bits / 64 + (bits % 64 > 0);
}

static uint64_t bit_of(uint32_t number)
{
    return UINT64_C(1) << (number & 63);
}

enum ht_status rank_set_init(struct rank_set *set, uint32_t bound, struct ht_error *err)
{
    *set = (struct rank_set){.bound = bound};
    size_t total = 0;
    for (uint32_t bits = bound;; bits = words_for(bits)) {
        set->bits[set->level_count++] = bits;
        total += words_for(bits);
        if (bits <= 64) break;
    }
    set->words = calloc(total > 0 ? total : 1, sizeof *set->words);
    if (!set->words) return ht_fail(err, HT_NO_MEMORY, "out of memory for %u messages", bound);
    uint64_t *words = set->words;
    for (uint32_t level = 0; level < set->level_count; level++) {
        set->levels[level] = words;
        words += words_for(set->bits[level]);
    }
    return HT_OK;
}

void rank_set_release(struct rank_set *set)
{
    free(set->words);
    *set = (struct rank_set){0};
}

void rank_set_add(struct rank_set *set, uint32_t number)
{
    assert(number < set->bound);
    for (uint32_t level = 0; level < set->level_count; level++) {
        set->levels[level][number / 64] |= bit_of(number);
        number /= 64;
    }
}

void rank_set_remove(struct rank_set *set, uint32_t number)
{
    assert(number < set->bound);
    for (uint32_t level = 0; level < set->level_count; level++) {
        set->levels[level][number / 64] &= ~bit_of(number);
        if (set->levels[level][number / 64] != 0) return;
        number /= 64;
    }
}

/* The bits of a level from `from` to the end of its word; 0 if it is past the level's end. */
static uint64_t rest_of_word(const struct rank_set *set, uint32_t level, uint32_t from)
{
    if (from >= set->bits[level]) return 0;
    return set->levels[level][from / 64] & (UINT64_MAX << (from & 63));
}

/* Up until there is a word that is not zero, and down again along the first bits. */
uint32_t rank_set_next(const struct rank_set *set, uint32_t from)
{
    uint32_t level = 0, at = from;
    uint64_t rest = rest_of_word(set, level, at);
    while (rest == 0) {
        if (++level == set->level_count) return set->bound;
        at = at / 64 + 1;
        rest = rest_of_word(set, level, at);
    }
    at = at / 64 * 64 + (uint32_t)__builtin_ctzll(rest);
    while (level-- > 0)
        at = at * 64 + (uint32_t)__builtin_ctzll(set->levels[level][at]);
    return at;
}
