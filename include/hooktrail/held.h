/* What is held of a person: the very set that ht_erase takes, for whoever is to be shown it first. */
#ifndef HOOKTRAIL_HELD_H
#define HOOKTRAIL_HELD_H

#include "hooktrail/erasure.h"

/* Ascending, each once. */
struct ht_numbers {
    struct ht_buffer bytes; /* uint64_t each */
};

static inline size_t ht_numbers_count(const struct ht_numbers *numbers)
{
    return numbers->bytes.size / sizeof(uint64_t);
}

static inline uint64_t ht_numbers_at(const struct ht_numbers *numbers, size_t at)
{
    uint64_t number;
    memcpy(&number, numbers->bytes.data + at * sizeof number, sizeof number);
    return number;
}

struct ht_held {
    struct ht_numbers events; /* seqs; some may be erased already */
    struct ht_numbers leads;  /* numbers of the index */
    struct ht_numbers conversations;
    struct ht_numbers rejected; /* rejected deliveries that name the person, or can't be read; only if asked for */
};

/* Within the reader's span; `rejected` reads every rejected delivery there is. HT_NOT_FOUND if the index doesn't know
   the subject. Release it whatever this returns. */
HT_MUST_CHECK enum ht_status ht_held_find(struct ht_reader *reader, const struct ht_subject_ref *subject, bool rejected,
                                          struct ht_held *held, struct ht_error *err);
void ht_held_release(struct ht_held *held);

#endif
