/* Repeatable random numbers for property tests (splitmix64, Steele, Lea and Flood, 2014). */
#ifndef HOOKTRAIL_TESTS_RANDOM_H
#define HOOKTRAIL_TESTS_RANDOM_H

#include <stddef.h>
#include <stdint.h>

struct random {
    uint64_t state; /* start with a fixed seed */
};

static inline uint64_t random_next(struct random *random)
{
    uint64_t z = random->state += UINT64_C(0x9e3779b97f4a7c15);
    z = (z ^ (z >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
    z = (z ^ (z >> 27)) * UINT64_C(0x94d049bb133111eb);
    return z ^ (z >> 31);
}

/* 0 to limit - 1. */
static inline uint32_t random_below(struct random *random, uint32_t limit)
{
    return (uint32_t)(random_next(random) >> 32) % limit;
}

/* Bytes of which many are ASCII or continue UTF-8 sequences, so that valid and malformed text both come up. */
static inline void random_text(struct random *random, char *to, size_t size)
{
    static const char leads[] = "\xc2\xc3\xe0\xe2\xed\xef\xf0\xf4\x80\xa8\xbf\xff\xc0\x9f\x8f\x90";
    for (size_t i = 0; i < size; i++) {
        uint32_t kind = random_below(random, 8);
        uint32_t value = random_below(random, 256);
        if (kind < 3) {
            to[i] = (char)(value & 0x7f);
        } else if (kind < 6) {
            to[i] = (char)(0x80 | (value & 0x3f));
        } else {
            to[i] = kind == 6 ? leads[value % (sizeof leads - 1)] : (char)value;
        }
    }
}

#endif
