/* How far trail and index have come, as known to this process. Locks by itself; any thread. */
#ifndef HT_SERVER_PROGRESS_H
#define HT_SERVER_PROGRESS_H

#include <pthread.h>

#include "hooktrail/store.h"

struct ht_progress {
    pthread_mutex_t mutex;
    struct ht_position committed; /* everything up to here may have been acknowledged */
    struct ht_position indexed;
};

void ht_progress_init(struct ht_progress *progress);
void ht_progress_release(struct ht_progress *progress);
struct ht_position ht_progress_committed(struct ht_progress *progress);
struct ht_position ht_progress_indexed(struct ht_progress *progress);
void ht_progress_set_committed(struct ht_progress *progress, struct ht_position position);
void ht_progress_set_indexed(struct ht_progress *progress, struct ht_position position);

#endif
