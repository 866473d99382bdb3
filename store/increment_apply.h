/* Private to store/: the rows of an increment, put into a copy of what it follows. */
#ifndef STORE_INCREMENT_APPLY_H
#define STORE_INCREMENT_APPLY_H

#include "manifest.h"

/* Brings the copy in `dir`, which nobody has open (trail/ and keys/ are enough), to where the increment has come to:
   its rows are put, the trees are grown by their leaves, keys replaced. HT_CORRUPT, naming the increment, if it does
   not come out at the point that the increment's manifest says. `link` is that manifest; its files were checked. */
HT_MUST_CHECK enum ht_status increment_apply(const char *dir, const char *increment, const struct manifest *link,
                                             const struct ht_store_options *options, ht_progress *progress,
                                             void *context, struct ht_error *err);

#endif
