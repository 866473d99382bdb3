/* Watermarks of named exports: the last seq that has safely gone to each. */
#ifndef HOOKTRAIL_WATERMARK_H
#define HOOKTRAIL_WATERMARK_H

#include <stdint.h>

#include "hooktrail/store.h"

struct ht_watermark {
    uint64_t done;             /* the last seq that has safely gone */
    uint64_t pending;          /* the end of the run under way, fixed before anything is written; 0: none */
    uint64_t erasures_done;    /* the last erasure that has safely gone */
    uint64_t erasures_pending; /* the last of the run under way, if there is one */
    int64_t moved_at;
};
HT_MUST_CHECK enum ht_status ht_watermark_get(struct ht_reader *reader, const char *name,
                                              struct ht_watermark *watermark, struct ht_error *err);
HT_MUST_CHECK enum ht_status ht_watermark_set(struct ht_store *store, const char *name,
                                              const struct ht_watermark *watermark, struct ht_error *err);

#endif
