/* Private to query/: the filters' names as bits, in the order of ht_filter_names(). */
#ifndef QUERY_FILTER_H
#define QUERY_FILTER_H

#include "hooktrail/filter.h"

enum filter_name {
    FILTER_AGENT,
    FILTER_CONVERSATION,
    FILTER_LEAD,
    FILTER_VISITOR,
    FILTER_TYPE,
    FILTER_SINCE,
    FILTER_UNTIL,
    FILTER_AFTER,
    FILTER_BEFORE,
    FILTER_ORDER,
    FILTER_LIMIT,
    FILTER_CURSOR,
    FILTER_NAME_COUNT
};

#define FILTER_BIT(name) (1u << (name))

/* The bits of those that differ from what ht_filter_init sets, however they were set. */
uint32_t filter_bits(const struct ht_filter *filter);

#endif
