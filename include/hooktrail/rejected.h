/* Rejected deliveries: those that failed validation, kept apart with the reason, bounded in count and bytes. */
#ifndef HOOKTRAIL_REJECTED_H
#define HOOKTRAIL_REJECTED_H

#include <stdint.h>

#include "hooktrail/buffer.h"
#include "hooktrail/delivery.h"
#include "hooktrail/store.h"

struct ht_rejected {
    uint64_t number;
    enum ht_status status; /* why: HT_INVALID, HT_UNPROCESSABLE, HT_TOO_LARGE */
    uint64_t offset;       /* or HT_NO_OFFSET */
    uint64_t size;         /* as announced or sent */
    struct ht_slice pointer;
    struct ht_slice detail;
    struct ht_slice body; /* what was kept: all of it, or the head */
    struct ht_delivery delivery;
};

/* The newest with a number below `before` (UINT64_MAX: the newest of all); HT_NOT_FOUND at the end. Slices borrow from
   the reader's snapshot. */
HT_MUST_CHECK enum ht_status ht_rejected_previous(struct ht_reader *reader, uint64_t before,
                                                  struct ht_rejected *rejected, struct ht_error *err);
HT_MUST_CHECK enum ht_status ht_rejected_get(struct ht_reader *reader, uint64_t number, struct ht_rejected *rejected,
                                             struct ht_error *err);
/* `who` does it, for the log of acts; absent: the store's actor. */
HT_MUST_CHECK enum ht_status ht_rejected_drop(struct ht_store *store, uint64_t number, struct ht_slice who, int64_t now,
                                              struct ht_error *err);

struct ht_rejected_totals {
    uint64_t count;   /* kept */
    uint64_t bytes;   /* kept */
    uint64_t evicted; /* dropped to stay within the bounds, ever */
};
HT_MUST_CHECK enum ht_status ht_rejected_totals(struct ht_reader *reader, struct ht_rejected_totals *totals,
                                                struct ht_error *err);

#endif
