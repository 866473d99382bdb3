#include "catch_up.h"

#include <signal.h>

#include "hooktrail/index.h"
#include "hooktrail/time.h"

#define TELL_EVERY (2 * HT_SECOND)

struct catching_up {
    struct ht_logger *log;
    int64_t told_at;
    uint64_t most;
    bool whole; /* an index that is built beside the old one is thrown away if it isn't complete */
};

static bool is_to_end(void)
{
    sigset_t pending;
    if (sigpending(&pending) != 0) return false;
    return sigismember(&pending, SIGTERM) == 1 || sigismember(&pending, SIGINT) == 1;
}

static bool may_go_on(void *context, uint64_t done, uint64_t total)
{
    struct catching_up *catching_up = context;
    int64_t now = ht_time_steady();
    if (now - catching_up->told_at >= TELL_EVERY) {
        catching_up->told_at = now;
        ht_log_write(catching_up->log, HT_LOG_INFO, "bringing the index up to date: %llu of %llu events",
                     (unsigned long long)done, (unsigned long long)total);
    }
    if (is_to_end()) return false;
    return catching_up->whole || total - done > catching_up->most;
}

/* A full disk, somebody else who rebuilds the index, or damage in it is no reason not to serve what is there: the
   indexer tries again. */
static enum ht_status forgive(enum ht_status status, struct ht_logger *log, const struct ht_error *err)
{
    if (status != HT_FULL && status != HT_BUSY && status != HT_CORRUPT) return status;
    ht_log_failure(log, HT_LOG_ERROR, "the index can't follow the trail", err);
    return HT_OK;
}

enum ht_status ht_catch_up(struct ht_store *store, uint64_t most, struct ht_logger *log, struct ht_error *err)
{
    struct catching_up catching_up = {.log = log, .told_at = ht_time_steady(), .most = most};
    for (;;) {
        uint64_t lag = 0;
        enum ht_status status = ht_index_lag(store, &lag, &catching_up.whole, err);
        if (status != HT_OK || lag <= most) return status;
        status = ht_index_catch_up(store, may_go_on, &catching_up, NULL, err);
        if (status != HT_STOPPING) return forgive(status, log, err);
        if (is_to_end()) return ht_fail(err, HT_STOPPING, "the daemon is shutting down");
    }
}
