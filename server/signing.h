/* Signing what has no checkpoint yet, and whether that is possible: on the writer's thread, read from any. */
#ifndef HT_SERVER_SIGNING_H
#define HT_SERVER_SIGNING_H

#include <stdatomic.h>

#include "hooktrail/log.h"

struct ht_server;

enum ht_signing_state { HT_SIGNING_FINE, HT_SIGNING_REFUSED, HT_SIGNING_FAILED };

struct ht_signing {
    _Atomic(enum ht_signing_state) states[HT_LOG_COUNT]; /* of the last attempt */
};

/* Signs both logs, as far as their newest checkpoints are behind, and tells the log when a state changes. Writes to the
   trail: on no loop. */
void ht_signing_sign(struct ht_server *server);

/* The trail has gone back behind what was signed: deliveries are taken all the same, but nothing more is signed. */
bool ht_signing_is_refused(const struct ht_signing *signing, enum ht_log log);

#endif
