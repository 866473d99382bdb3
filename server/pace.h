/* So many in a time, and no more at once than that: a token bucket, kept as the one instant at which it will be full
   again (the generic cell rate algorithm; ITU-T I.371). Pure; times are nanoseconds of a clock that never goes back. */
#ifndef HT_SERVER_PACE_H
#define HT_SERVER_PACE_H

#include <stdint.h>

struct ht_pace {
    int64_t interval; /* between two, on average */
    int64_t span;     /* in which as many may come as come on average, all at once too */
};

/* `count` in `span`; count from 1 to span. */
static inline struct ht_pace ht_pace_of(uint64_t count, int64_t span)
{
    return (struct ht_pace){.interval = span / (int64_t)count, .span = span};
}

/* How long to wait until one more keeps the pace; 0: not at all. `full_at` is what is kept; 0 to begin with. */
static inline int64_t ht_pace_wait(int64_t full_at, int64_t now, struct ht_pace pace)
{
    int64_t wait = full_at + pace.interval - pace.span - now;
    return full_at > now && wait > 0 ? wait : 0;
}

/* Counts one, whether it kept the pace or not. */
static inline void ht_pace_count(int64_t *full_at, int64_t now, struct ht_pace pace)
{
    *full_at = (*full_at > now ? *full_at : now) + pace.interval;
}

#endif
