/* Repeatable random numbers (splitmix64, Steele, Lea and Flood, 2014), and a hash of the same making. */
#ifndef BENCHMARKS_DICE_H
#define BENCHMARKS_DICE_H

#include <stdint.h>

struct dice {
    uint64_t state; /* any seed */
};

static inline uint64_t dice_next(struct dice *dice)
{
    uint64_t z = dice->state += UINT64_C(0x9e3779b97f4a7c15);
    z = (z ^ (z >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
    z = (z ^ (z >> 27)) * UINT64_C(0x94d049bb133111eb);
    return z ^ (z >> 31);
}

/* 0 to limit - 1; limit is at least 1. */
static inline uint32_t dice_below(struct dice *dice, uint32_t limit)
{
    return (uint32_t)((dice_next(dice) >> 32) * limit >> 32);
}

static inline uint64_t dice_mix(uint64_t a, uint64_t b)
{
    struct dice dice = {a ^ (b * UINT64_C(0xd6e8feb86659fd93))};
    return dice_next(&dice);
}

#endif
