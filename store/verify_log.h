/* Private to store/: every record of a log verified by itself, and the log's tree; each is read once, for that and for
   the index. */
#ifndef STORE_VERIFY_LOG_H
#define STORE_VERIFY_LOG_H

#include "hooktrail/log.h"
#include "verify_derive.h"

/* Checks the records up to number `size`: checksum, digest and commitment, numbers without a gap, an endpoint that is
   there; and the tree. Of events, `derivation` (or NULL) takes those that belong to it, also behind `size`; they move
   verify->done. On verify->threads threads (0: one for each processor), of which findings and progress are told by this
   one alone, in the order of numbers. HT_STOPPING if progress says so. */
HT_MUST_CHECK enum ht_status verify_log(struct verify *verify, enum ht_log log, uint64_t size,
                                        struct derivation *derivation, struct ht_error *err);

/* The same without any check: all that belongs to `derivation`, once more. */
HT_MUST_CHECK enum ht_status verify_harvest(struct verify *verify, struct derivation *derivation, struct ht_error *err);

#endif
