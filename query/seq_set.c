#include "seq_set.h"

#include <stdlib.h>
#include <string.h>

enum ht_status seq_set_init(struct seq_set *set, uint32_t capacity, struct ht_error *err)
{
    *set = (struct seq_set){.capacity = capacity};
    set->list = malloc((capacity > 0 ? capacity : 1) * sizeof *set->list);
    return set->list ? HT_OK : ht_fail(err, HT_NO_MEMORY, "out of memory for %u events", capacity);
}

void seq_set_release(struct seq_set *set)
{
    free(set->list);
    *set = (struct seq_set){0};
}

bool seq_set_is_beyond(const struct seq_set *set, uint64_t seq)
{
    return set->count == set->capacity && (set->count == 0 || seq > set->list[set->count - 1]);
}

/* The first place whose seq is at least `seq`. */
static uint32_t find(const struct seq_set *set, uint64_t seq)
{
    uint32_t low = 0, high = set->count;
    while (low < high) {
        uint32_t middle = low + (high - low) / 2;
        if (set->list[middle] < seq) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    return low;
}

void seq_set_add(struct seq_set *set, uint64_t seq)
{
    if (seq_set_is_beyond(set, seq)) {
        set->more = true;
        return;
    }
    uint32_t at = find(set, seq);
    if (at < set->count && set->list[at] == seq) return;
    if (set->count == set->capacity) {
        set->count--;
        set->more = true;
    }
    memmove(&set->list[at + 1], &set->list[at], (set->count - at) * sizeof *set->list);
    set->list[at] = seq;
    set->count++;
}
