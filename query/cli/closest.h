/* The word that was probably meant. */
#ifndef HOOKTRAIL_CLI_CLOSEST_H
#define HOOKTRAIL_CLI_CLOSEST_H

#include "hooktrail/buffer.h"

/* How many insertions, deletions, replacements and swaps of neighbours turn `a` into `b` (optimal string alignment
   distance); words beyond 31 bytes are UINT32_MAX apart. */
unsigned ht_closest_distance(struct ht_slice a, struct ht_slice b);

/* A search for the closest candidate: offer all, then read `best`, NULL if none is close. */
struct ht_closest {
    struct ht_slice wanted;
    const char *best;
    unsigned distance;
};

void ht_closest_init(struct ht_closest *closest, const char *wanted);
void ht_closest_offer(struct ht_closest *closest, const char *candidate);

#endif
