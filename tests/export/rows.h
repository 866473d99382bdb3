/* Generated rows of all tables: a small trail whose every table follows from the numbers of its events alone.

   Event `seq` belongs to conversation (seq - 1) / 6 and brings its next message; the conversation of an even number to
   the lead of the same number. What is erased is as if it had not been, but for its tombstone. */
#ifndef TESTS_EXPORT_ROWS_H
#define TESTS_EXPORT_ROWS_H

#include "../../query/export/target.h"

#define FEED_MAX_ERASURES 64

struct feed_erasure {
    uint64_t number;
    uint64_t first;
    uint64_t last;
};

struct feed_model {
    const struct export_run *run;
    struct feed_erasure erasures[FEED_MAX_ERASURES];
    size_t erasure_count;
    uint64_t payload; /* bytes, about */
    bool hostile;
};

typedef enum ht_status feed_give(void *context, const struct export_row *row);

/* Gives the rows of a table that the run brings, in the order of an export. */
HT_MUST_CHECK enum ht_status feed_rows(const struct feed_model *model, enum export_table_id table, feed_give *give,
                                       void *context);

#endif
