/* Private to store/: checkpoints verified against the trees. */
#ifndef STORE_VERIFY_CHECKPOINTS_H
#define STORE_VERIFY_CHECKPOINTS_H

#include "verify_walk.h"

/* The newest checkpoint of each log in the trail and in DIR/heads: signed by one of the log's keys, and of what the
   tree begins with. `kept`, one that was kept elsewhere, likewise; absent: none. */
HT_MUST_CHECK enum ht_status verify_checkpoints(struct verify *verify, struct ht_slice kept, struct ht_error *err);

#endif
