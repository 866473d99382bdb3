/* Private to store/: the index verified, by deriving it from the trail once more. */
#ifndef STORE_VERIFY_INDEX_H
#define STORE_VERIFY_INDEX_H

#include "verify_walk.h"

/* Copies the index (a reader is held for as long as that takes), derives another from the trail up to the position that
   the copy has, and compares the two at leisure. Both lie in DIR/verify.tmp-XXXXXX meanwhile; what a killed run left
   there is removed first. Moves verify->done by the seqs of the trail. An index from before an erasure is rebuilt
   first; HT_BUSY if another process does that, or if others keep erasing. Without the master key the index can't be
   read, and is passed over. */
HT_MUST_CHECK enum ht_status verify_index(struct verify *verify, struct ht_error *err);

#endif
