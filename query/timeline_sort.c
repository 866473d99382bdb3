#include "timeline_sort.h"

/* Moves *end to the end of the run that begins at `start`; false if the work ran out first. */
static bool find_run(const struct timeline_sort *sort, uint32_t start, uint32_t *end, uint32_t *work)
{
    for (; *end < sort->count; (*end)++) {
        if (*work == 0) return false;
        (*work)--;
        if (*end > start && sort->before(sort->context, sort->refs[*end], sort->refs[*end - 1])) break;
    }
    return true;
}

static bool takes_right(const struct timeline_sort *sort)
{
    if (sort->left == sort->middle) return true;
    if (sort->right == sort->end) return false;
    return sort->before(sort->context, sort->refs[sort->right], sort->refs[sort->left]);
}

static bool merge(struct timeline_sort *sort, uint32_t *work)
{
    while (sort->left < sort->middle || sort->right < sort->end) {
        if (*work == 0) return false;
        (*work)--;
        uint32_t to = sort->left + (sort->right - sort->middle);
        sort->other[to] = sort->refs[takes_right(sort) ? sort->right++ : sort->left++];
    }
    return true;
}

/* Goes on to the next two runs; at the end of a pass, the merged runs are there to be merged again. */
static void next_runs(struct timeline_sort *sort)
{
    sort->start = sort->end;
    if (sort->start == sort->count) {
        uint32_t *merged = sort->other;
        sort->other = sort->refs;
        sort->refs = merged;
        sort->start = 0;
    }
    sort->middle = sort->start;
}

bool timeline_sort_step(struct timeline_sort *sort, uint32_t *work)
{
    for (;;) {
        switch (sort->stage) {
        case TIMELINE_SORT_LEFT:
            if (!find_run(sort, sort->start, &sort->middle, work)) return false;
            if (sort->start == 0 && sort->middle == sort->count) return true;
            sort->end = sort->middle;
            sort->stage = TIMELINE_SORT_RIGHT;
            break;
        case TIMELINE_SORT_RIGHT:
            if (!find_run(sort, sort->middle, &sort->end, work)) return false;
            sort->left = sort->start;
            sort->right = sort->middle;
            sort->stage = TIMELINE_SORT_MERGE;
            break;
        case TIMELINE_SORT_MERGE:
            if (!merge(sort, work)) return false;
            next_runs(sort);
            sort->stage = TIMELINE_SORT_LEFT;
            break;
        }
    }
}
