/* Private to query/: a set of numbers below a bound, of which the next member is found in a few steps.

   A bit per number, and above it, level by level, a bit per 64-bit word that is not zero. */
#ifndef QUERY_RANK_SET_H
#define QUERY_RANK_SET_H

#include "hooktrail/status.h"

#define RANK_SET_LEVELS 6 /* 64^6 is more than there are 32-bit numbers */

/* Zero-initialised may be released. */
struct rank_set {
    uint64_t *words;
    uint64_t *levels[RANK_SET_LEVELS]; /* into words; that of the numbers first */
    uint32_t bits[RANK_SET_LEVELS];    /* how many each has */
    uint32_t level_count;
    uint32_t bound;
};

/* Makes the empty set of numbers below `bound`. */
HT_MUST_CHECK enum ht_status rank_set_init(struct rank_set *set, uint32_t bound, struct ht_error *err);
void rank_set_release(struct rank_set *set);

void rank_set_add(struct rank_set *set, uint32_t number);
void rank_set_remove(struct rank_set *set, uint32_t number);

/* The least member of at least `from`; the bound if there is none. */
uint32_t rank_set_next(const struct rank_set *set, uint32_t from);

#endif
