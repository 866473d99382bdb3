/* A filter: which events (or entities) a query is about, in what order, how many. The same names and values in HTTP
   query strings and command-line options. */
#ifndef HOOKTRAIL_FILTER_H
#define HOOKTRAIL_FILTER_H

#include <stdint.h>

#include "hooktrail/buffer.h"
#include "hooktrail/reading.h"

#define HT_FILTER_TYPES 16
#define HT_FILTER_LIMIT 100 /* default */
#define HT_FILTER_MAX_LIMIT 1000
#define HT_CURSOR_SIZE 160

struct ht_filter_id {
    bool set;
    uint16_t size;
    char text[HT_MAX_ID];
};

/* Plain memory: may be copied, nothing to release. */
struct ht_filter {
    struct ht_filter_id agent;
    struct ht_filter_id conversation;
    struct ht_filter_id lead;
    struct ht_filter_id visitor;
    char types[HT_FILTER_TYPES][HT_MAX_TYPE + 1]; /* folded as the reading rules fold, sorted, distinct; an OR */
    uint32_t type_count;
    int64_t since;     /* received_at >= since; HT_TIME_NONE if open */
    int64_t until;     /* received_at < until; INT64_MAX if open */
    bool since_is_age; /* given as an age ("24h"): later pages keep the first one's time, through the cursor */
    bool until_is_age;
    uint64_t after;  /* seq > after; 0 if open */
    uint64_t before; /* seq < before; UINT64_MAX if open */
    bool ascending;  /* order=asc; else newest first */
    uint32_t limit;  /* 1 to HT_FILTER_MAX_LIMIT; UINT32_MAX: no limit (set by the command line for LINES only) */
    char cursor[HT_CURSOR_SIZE]; /* as handed out; "" to begin */
    uint32_t given;              /* bit per row of ht_filter_names() that ht_filter_set has set */
};

void ht_filter_init(struct ht_filter *filter); /* matches everything, newest first, HT_FILTER_LIMIT */

/* Sets one by name ("agent", "conversation", "lead", "visitor", "type", "since", "until", "after", "before", "order",
   "limit", "cursor") from its text. HT_INVALID with err->pointer = name and what was expected; an unknown name, and one
   set twice with another value (except type, which adds), is HT_INVALID too. */
HT_MUST_CHECK enum ht_status ht_filter_set(struct ht_filter *filter, struct ht_slice name, struct ht_slice value,
                                           int64_t now, struct ht_error *err);

/* The table of names with a one-line help each, for options, help and OpenAPI; NULL name ends it. */
struct ht_filter_name {
    const char *name;
    const char *value; /* placeholder: "ID", "TIME", "SEQ" … */
    const char *help;
};
const struct ht_filter_name *ht_filter_names(void);

#endif
