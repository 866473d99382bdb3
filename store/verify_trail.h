/* Private to store/: the trail verified: each record by itself, and what refers to what. */
#ifndef STORE_VERIFY_TRAIL_H
#define STORE_VERIFY_TRAIL_H

#include "verify_derive.h"

/* Every event and act, and their trees (verify_log.h). Every repeat: checksum, numbers without a gap, and an event
   before it that it repeats. Up to verify->end. */
HT_MUST_CHECK enum ht_status verify_trail(struct verify *verify, struct derivation *derivation, struct ht_error *err);

/* Tells of what a salvage has marked as lost, in ranges: part of verify_trail. */
HT_MUST_CHECK enum ht_status verify_lost(struct verify *verify, struct ht_error *err);

/* The small tables of the trail: they decode, and endpoints and secrets, tokens and bearers lead to each other;
   counters agree with what they count; watermarks lie within the trail; what erasures took is marked so. */
HT_MUST_CHECK enum ht_status verify_tables(struct verify *verify, struct ht_error *err);

/* The tables of it whose rows are checked one by one, each by itself, within a span of verify->reader. */
struct verify_rows {
    const char *table; /* "trail/endpoints" */
    size_t handle;     /* in struct trail_env */
    enum ht_status (*check)(struct verify *verify, MDB_val key, MDB_val value, struct ht_error *err);
};
extern const struct verify_rows verify_rows[]; /* a table of NULL ends it */

/* The part of it that is about erasures, holds and data keys. */
HT_MUST_CHECK enum ht_status verify_erasures(struct verify *verify, struct ht_error *err);

#endif
