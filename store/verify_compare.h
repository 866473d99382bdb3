/* Private to store/: two indexes compared, entry by entry. */
#ifndef STORE_VERIFY_COMPARE_H
#define STORE_VERIFY_COMPARE_H

#include "index_env.h"
#include "verify_walk.h"

/* Reports what the index `stored` lacks, has too much or has otherwise than `derived`, in every table. Counts the
   entries in verified->index_rows. Both are copies of ours: their snapshots may be held as long as it takes. */
HT_MUST_CHECK enum ht_status verify_compare(struct verify *verify, struct index_env *stored, struct index_env *derived,
                                            struct ht_error *err);

#endif
