/* Watermarks of named exports: how much of the trail has safely gone to each. */
#ifndef HOOKTRAIL_WATERMARK_H
#define HOOKTRAIL_WATERMARK_H

#include <stdint.h>

#include "hooktrail/store.h"

#define HT_EXPORT_NAME_SIZE 65 /* of a name of 1 to 64 bytes, with its NUL */

/* How far an export has got: events, repeated deliveries and erasures up to these have gone. */
struct ht_mark {
    struct ht_position position;
    uint64_t erasure;
};

struct ht_watermark {
    uint64_t run; /* how many runs are done */
    struct ht_mark done;
    bool running;           /* run number `run + 1` is under way, or was when its process died */
    bool full;              /* that run takes the trail from its begin */
    struct ht_mark pending; /* the end of that run, fixed before anything is written */
    uint64_t rows;          /* of the last run that is done */
    int64_t moved_at;       /* when the last run was done, or found nothing new; 0 before */
    uint32_t tables;        /* which tables it takes, a set of query/export/'s numbers; 0: any, or not known yet */
};

/* HT_NOT_FOUND if there is no export of this name; within the reader's span. */
HT_MUST_CHECK enum ht_status ht_watermark_get(struct ht_reader *reader, const char *name,
                                              struct ht_watermark *watermark, struct ht_error *err);
HT_MUST_CHECK enum ht_status ht_watermark_set(struct ht_store *store, const char *name,
                                              const struct ht_watermark *watermark, struct ht_error *err);

/* Puts the first name behind the one in `name` there ("" to begin), in the order of bytes; HT_NOT_FOUND at the end.
   Within the reader's span. */
HT_MUST_CHECK enum ht_status ht_watermark_next(struct ht_reader *reader, char name[HT_EXPORT_NAME_SIZE],
                                               struct ht_error *err);

#endif
