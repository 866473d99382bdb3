#include "closest.h"

#include <limits.h>

#define LONGEST 31

static unsigned least(unsigned a, unsigned b)
{
    return a < b ? a : b;
}

unsigned ht_closest_distance(struct ht_slice a, struct ht_slice b)
{
    if (a.size > LONGEST || b.size > LONGEST) return UINT_MAX;
    unsigned cost[LONGEST + 1][LONGEST + 1];
    for (unsigned i = 0; i <= a.size; i++)
        cost[i][0] = i;
    for (unsigned j = 0; j <= b.size; j++)
        cost[0][j] = j;
    for (size_t i = 1; i <= a.size; i++) {
        for (size_t j = 1; j <= b.size; j++) {
            unsigned other = a.data[i - 1] != b.data[j - 1];
            unsigned best = least(least(cost[i - 1][j], cost[i][j - 1]) + 1, cost[i - 1][j - 1] + other);
            bool swapped = i > 1 && j > 1 && a.data[i - 1] == b.data[j - 2] && a.data[i - 2] == b.data[j - 1];
            cost[i][j] = swapped ? least(best, cost[i - 2][j - 2] + 1) : best;
        }
    }
    return cost[a.size][b.size];
}

void ht_closest_init(struct ht_closest *closest, const char *wanted)
{
    closest->wanted = ht_slice_from(wanted);
    closest->best = NULL;
    closest->distance = closest->wanted.size > 5 ? 4 : 3; /* not close any more */
}

void ht_closest_offer(struct ht_closest *closest, const char *candidate)
{
    struct ht_slice word = ht_slice_from(candidate);
    bool begins = closest->wanted.size >= 3 && word.size > closest->wanted.size &&
                  memcmp(word.data, closest->wanted.data, closest->wanted.size) == 0;
    unsigned distance = begins ? 1 : ht_closest_distance(closest->wanted, word);
    if (distance >= closest->distance || distance >= closest->wanted.size) return;
    closest->distance = distance;
    closest->best = candidate;
}
