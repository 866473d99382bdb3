/* Private to query/: the least so many seqs of those that were added, ascending, each once. */
#ifndef QUERY_SEQ_SET_H
#define QUERY_SEQ_SET_H

#include "hooktrail/status.h"

/* Zero-initialised may be released. */
struct seq_set {
    uint64_t *list;
    uint32_t count;
    uint32_t capacity;
    bool more; /* there were others, greater than all in the list */
};

HT_MUST_CHECK enum ht_status seq_set_init(struct seq_set *set, uint32_t capacity, struct ht_error *err);
void seq_set_release(struct seq_set *set);

void seq_set_add(struct seq_set *set, uint64_t seq);

/* Whether `seq`, and so any greater one, would not get into the list. */
bool seq_set_is_beyond(const struct seq_set *set, uint64_t seq);

#endif
