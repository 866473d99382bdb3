/* The daemon as its parts see it: what all threads share. */
#ifndef HT_SERVER_SERVER_H
#define HT_SERVER_SERVER_H

#include <stdatomic.h>

#include "config.h"
#include "hooktrail/store.h"
#include "log.h"
#include "metrics.h"
#include "progress.h"
#include "signing.h"

#define HT_MAX_LOOPS 64

struct ht_indexer;
struct ht_loop;
struct ht_retention;
struct ht_witnesses;
struct ht_writer;

/* Set up before the threads start and the same until they have ended, but for the atomics and what says that it locks.
 */
struct ht_server {
    struct ht_config config; /* texts are const, numbers atomic */
    struct ht_logger log;
    struct ht_metrics metrics;
    struct ht_progress progress; /* locks */
    struct ht_store *store;
    struct ht_writer *writer;       /* locks */
    struct ht_indexer *indexer;     /* locks */
    struct ht_witnesses *witnesses; /* lock; NULL: none */
    struct ht_retention *retention; /* locks; NULL: everything is kept */
    struct ht_signing signing;
    struct ht_loop *loops[HT_MAX_LOOPS];
    size_t loop_count;
    int64_t started_at;   /* µs since 1970 */
    atomic_bool stopping; /* no new deliveries, replies close their connections */
    atomic_bool full;     /* the last commit found the disk full */
    atomic_bool failed;   /* the trail's environment is in doubt: exit non-zero */
};

/* Asks the main thread to stop everything; any thread. `failed`: exit non-zero. */
void ht_server_stop(struct ht_server *server, bool failed);

/* Whether the settings make sense together, beyond each of them: the address can be found and may be served. */
HT_MUST_CHECK enum ht_status ht_server_check(const struct ht_server *server, struct ht_error *err);

/* Opens the store, starts everything, serves until a signal ends it. Returns the exit code. Reports failures in one
   line on stderr. `reload` gives a fresh configuration for SIGHUP. */
typedef enum ht_status ht_reload(void *context, struct ht_config *fresh, struct ht_error *err);
int ht_server_run(struct ht_server *server, ht_reload *reload, void *context);

#endif
