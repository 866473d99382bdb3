/* Private to query/: a stable merge sort that can be interrupted, and takes the more advantage the more is in order
   already (natural merge sort: Knuth, The Art of Computer Programming, volume 3, 5.2.4, algorithm N).

   What is sorted are 32-bit references. Two sorted runs behind each other, as messages and events mostly are, take one
   pass. */
#ifndef QUERY_TIMELINE_SORT_H
#define QUERY_TIMELINE_SORT_H

#include <stdbool.h>
#include <stdint.h>

/* Whether `a` must stand before `b`. */
typedef bool timeline_before(const void *context, uint32_t a, uint32_t b);

enum timeline_sort_stage { TIMELINE_SORT_LEFT, TIMELINE_SORT_RIGHT, TIMELINE_SORT_MERGE };

/* Fill in the first five members, leave the others zero. */
struct timeline_sort {
    uint32_t *refs;  /* what is to be sorted; and where the result is in the end */
    uint32_t *other; /* as many, for its use: the two may change places */
    uint32_t count;
    timeline_before *before;
    const void *context;
    enum timeline_sort_stage stage;
    uint32_t start; /* of the two runs at hand: [start, middle) and [middle, end) */
    uint32_t middle;
    uint32_t end;
    uint32_t left; /* how far each has been merged */
    uint32_t right;
};

/* Compares at most about *work elements, and takes what it did off *work; true once all are sorted. */
bool timeline_sort_step(struct timeline_sort *sort, uint32_t *work);

#endif
