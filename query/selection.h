/* Private to query/: the walk over the events that a filter picks, in the order of their seqs.

   The entity or the types with the fewest events lead, by their postings; what else the filter asks is checked on each
   row. Between two steps only the range of seqs not yet walked is kept. */
#ifndef QUERY_SELECTION_H
#define QUERY_SELECTION_H

#include "hooktrail/filter.h"
#include "hooktrail/index.h"

/* A filter's ids as numbers of the index, good for one span of a reader; 0: any. */
struct wanted {
    uint32_t agent;
    uint32_t conversation;
    uint32_t lead;
    uint32_t visitor;
    uint32_t types[HT_FILTER_TYPES];
    uint32_t type_count; /* of those that are known */
    bool nothing;        /* the filter names an id, or types only, that no event has */
};

HT_MUST_CHECK enum ht_status wanted_resolve(struct wanted *wanted, const struct ht_filter *filter,
                                            struct ht_reader *reader, struct ht_error *err);

/* Whether a row has all that is wanted, and was received within the filter's bounds. */
bool wanted_row(const struct wanted *wanted, const struct ht_filter *filter, const struct ht_row *row);

/* Whether a type's number is one of those wanted; any is, where the filter names none. */
bool wanted_type(const struct wanted *wanted, uint32_t type);

/* Several postings, walked as one; no seq is in two of them. */
struct merged_postings {
    struct ht_postings *lists[HT_FILTER_TYPES];
    size_t count;
    uint64_t total; /* of their events */
};

void merged_init(struct merged_postings *merged);
/* Adds an entity's or a type's; one without postings adds nothing. */
HT_MUST_CHECK enum ht_status merged_add(struct merged_postings *merged, struct ht_reader *reader, enum ht_kind kind,
                                        uint32_t number, struct ht_error *err);
/* The least seq of at least `seq`, or (descending) the greatest of at most `seq`; HT_NOT_FOUND if there is none. */
HT_MUST_CHECK enum ht_status merged_find(const struct merged_postings *merged, bool ascending, uint64_t seq,
                                         uint64_t *found, struct ht_error *err);
void merged_close(struct merged_postings *merged);

struct selection {
    const struct ht_filter *filter; /* borrowed */
    uint64_t first;                 /* the seqs not yet walked; first > last: none */
    uint64_t last;
    /* within a step */
    struct ht_reader *reader;
    struct wanted wanted;
    struct merged_postings lead;
    bool by_rows;       /* nothing leads: every seq is looked at */
    uint64_t indexed;   /* the index's last seq */
    uint64_t low, high; /* what of first … last this snapshot can answer */
};

/* All that the filter's after, before and order say; `resume` is the seq that a cursor holds, if `resumed`. */
void selection_init(struct selection *selection, const struct ht_filter *filter, bool resumed, uint64_t resume);

/* Begins and ends a step within the reader's span. */
HT_MUST_CHECK enum ht_status selection_begin(struct selection *selection, struct ht_reader *reader,
                                             struct ht_error *err);
void selection_end(struct selection *selection);

/* Looks at one candidate: *matched says whether the filter picks it. HT_NOT_FOUND at the end. */
HT_MUST_CHECK enum ht_status selection_next(struct selection *selection, struct ht_row *row, bool *matched,
                                            struct ht_error *err);

/* Whether there is a further candidate, which may not match. */
HT_MUST_CHECK enum ht_status selection_has_more(struct selection *selection, bool *more, struct ht_error *err);

#endif
