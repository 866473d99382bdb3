/* Private to store/: the tables of what was erased.

   erasures   number, u64, without gaps   checksum 8 (bound to the number, as in record.h), version 2, flags 1
                                          (ERASURES_RETENTION, ERASURES_DONE), 0 (2 bytes), at 8, events 8,
                                          reason (length u16),
                                          ranges of seqs (count u32; first u64, last u64 each, ascending and disjoint),
                                          keys that were destroyed (count u32; u32 each),
                                          entities that went whole (count u32; kind u8, keyed hash 16 each),
                                          rejected deliveries: the last number then given out, u64 (0: none was looked
                                          at), and those that stayed, as ranges of numbers,
                                          what it changed besides in events that stay, and in repeated deliveries (as
                                          ranges of seqs, and of numbers; version 1 ends before them): sealed under
                                          another key, blanked, or, of events, perhaps of no conversation or another
                                          one since. By that an incremental backup finds it, and an export.
   erased     kind, 16 bytes              u64 number: the erasure that took all of the conversation or lead with this
                                          keyed hash (ref.h) */
#ifndef STORE_ERASURES_H
#define STORE_ERASURES_H

#include "hooktrail/erasure.h"
#include "store.h"

#define ERASURES_VERSION 2
#define ERASURES_RETENTION 1u
#define ERASURES_DONE 2u /* its keys are destroyed, and DIR/erasures.log tells of it */

#define ERASED_KEY_SIZE (1 + HT_REF_SIZE)

struct erasures_range {
    uint64_t first;
    uint64_t last;
};

/* A stored erasure. Slices borrow from the value; their integers are big-endian. */
struct erasures_row {
    struct ht_erasure erasure;
    uint8_t flags;
    struct ht_slice ranges;   /* 16 bytes each */
    struct ht_slice keys;     /* 4 bytes each */
    struct ht_slice entities; /* ERASED_KEY_SIZE bytes each */
    uint64_t rejected_last;
    struct ht_slice rejected_kept; /* 16 bytes each */
    bool old;                      /* of version 1: what follows isn't known, and absent */
    struct ht_slice changed_events;
    struct ht_slice changed_repeats;
};

HT_MUST_CHECK enum ht_status erasures_decode(struct ht_slice value, uint64_t number, struct erasures_row *row,
                                             struct ht_error *err);
/* The same without the checksum, which takes as long as the row is: for those who ask one thing of it, many times. */
HT_MUST_CHECK enum ht_status erasures_read(struct ht_slice value, uint64_t number, struct erasures_row *row,
                                           struct ht_error *err);

/* A row's bytes, with the checksum, to `out`, which is cleared first. */
HT_MUST_CHECK enum ht_status erasures_encode(struct ht_buffer *out, const struct erasures_row *row,
                                             struct ht_error *err);
/* Puts a row under its number: the next one, or one that is there, to change its flags. */
HT_MUST_CHECK enum ht_status erasures_put(struct ht_store *store, MDB_txn *txn, const struct erasures_row *row,
                                          struct ht_error *err);

/* How many ranges there are in such a slice; one of them; one key. */
size_t erasures_ranges(struct ht_slice ranges);
struct erasures_range erasures_range_at(struct ht_slice ranges, size_t index);
uint32_t erasures_key_at(const struct erasures_row *row, size_t index);

/* Whether a number lies in one of the ranges. */
bool erasures_cover(struct ht_slice ranges, uint64_t number);

/* Notes that all of an entity went with an erasure. */
HT_MUST_CHECK enum ht_status erasures_put_entity(struct ht_store *store, MDB_txn *txn, enum ht_kind kind,
                                                 const uint8_t ref[HT_REF_SIZE], uint64_t number, struct ht_error *err);

#endif
