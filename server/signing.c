#include "signing.h"

#include "server.h"
#include "witness.h"

bool ht_signing_is_refused(const struct ht_signing *signing, enum ht_log log)
{
    return atomic_load(&signing->states[log]) == HT_SIGNING_REFUSED;
}

static enum ht_signing_state state_of(enum ht_status status)
{
    return status == HT_OK ? HT_SIGNING_FINE : status == HT_CORRUPT ? HT_SIGNING_REFUSED : HT_SIGNING_FAILED;
}

/* Once for each change: an attempt follows every pause between deliveries. */
static void tell(struct ht_server *server, enum ht_log log, enum ht_signing_state state, const struct ht_error *err)
{
    const char *origin = ht_log_origin(server->store, log);
    switch (state) {
    case HT_SIGNING_FINE:
        ht_log_write(&server->log, HT_LOG_INFO, "%s is signed again", origin);
        break;
    case HT_SIGNING_REFUSED:
        ht_log_write(&server->log, HT_LOG_WARNING, "%s is not signed any more, though deliveries are taken: %s", origin,
                     err->detail);
        break;
    case HT_SIGNING_FAILED:
        ht_log_write(&server->log, HT_LOG_ERROR, "%s can't be signed now: %s", origin, err->detail);
        break;
    }
}

void ht_signing_sign(struct ht_server *server)
{
    for (int i = 0; i < HT_LOG_COUNT; i++) {
        struct ht_error err = {0};
        enum ht_log log = (enum ht_log)i;
        enum ht_signing_state state = state_of(ht_log_sign(server->store, log, &err));
        if (atomic_exchange(&server->signing.states[log], state) != state) tell(server, log, state, &err);
    }
    ht_witnesses_wake(server->witnesses);
}
