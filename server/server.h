/* The daemon as its parts see it: what all threads share. */
#ifndef HT_SERVER_SERVER_H
#define HT_SERVER_SERVER_H

#include <stdatomic.h>

#include "config.h"
#include "entrance.h"
#include "hooktrail/index.h"
#include "hooktrail/store.h"
#include "kept.h"
#include "log.h"
#include "metrics.h"
#include "page.h"
#include "progress.h"
#include "proxies.h"
#include "signing.h"

struct ht_indexer;
struct ht_loop;
struct ht_retention;
struct ht_sessions;
struct ht_tallies;
struct ht_tls;
struct ht_witnesses;
struct ht_writer;

/* Set up before the threads start and the same until they have ended, but for the atomics and what says that it locks.
 */
struct ht_server {
    struct ht_config config; /* texts are const, numbers atomic */
    struct ht_entrances entrances;
    struct ht_proxies proxies; /* of trusted_proxies */
    struct ht_tls *tls;        /* locks; NULL: no entrance needs it */
    struct ht_logger log;
    struct ht_metrics metrics;
    struct ht_progress progress; /* locks */
    struct ht_store *store;
    struct ht_index_doubt doubt;
    struct ht_writer *writer;       /* locks */
    struct ht_indexer *indexer;     /* locks */
    struct ht_witnesses *witnesses; /* lock; NULL: none */
    struct ht_retention *retention; /* locks; NULL: everything is kept */
    struct ht_signing signing;
    struct ht_kept openapi; /* /openapi.json */
    struct ht_page page;
    struct ht_sessions *sessions; /* lock */
    struct ht_tallies *addresses; /* lock */
    struct ht_tallies *endpoints; /* lock */
    struct ht_loop *loops[HT_MAX_LOOPS];
    size_t loop_count;
    int64_t started_at;   /* µs since 1970 */
    atomic_bool stopping; /* no new deliveries, replies close their connections */
    atomic_bool full;     /* the last commit found the disk full */
    atomic_bool failed;   /* the trail's environment is in doubt: exit non-zero */
};

/* The proxies whose word on where a request came from is taken; NULL: nobody's. */
static inline const struct ht_proxies *ht_server_believed(const struct ht_server *server)
{
    return ht_config_number(&server->config, HT_SETTING_BEHIND_PROXY) ? &server->proxies : NULL;
}

/* Asks the main thread to stop everything; any thread. `failed`: exit non-zero. */
void ht_server_stop(struct ht_server *server, bool failed);

/* Works out what the configuration, which is set, comes to: entrances, certificate, proxies. Fails if the settings make
   no sense together, or name what isn't there. Opens nothing that lasts. Release when done, also if it failed. */
HT_MUST_CHECK enum ht_status ht_server_prepare(struct ht_server *server, struct ht_error *err);
/* HT_INVALID, for a warning, if what was prepared will do for now only, or not for every delivery. */
HT_MUST_CHECK enum ht_status ht_server_review(const struct ht_server *server, struct ht_error *err);
void ht_server_release(struct ht_server *server);

/* After ht_server_prepare: opens the store, starts everything, serves until a signal ends it. Returns the exit code.
   Reports failures in one line on stderr. `reload` gives a fresh configuration for SIGHUP. */
typedef enum ht_status ht_reload(void *context, struct ht_config *fresh, struct ht_error *err);
int ht_server_run(struct ht_server *server, ht_reload *reload, void *context);

#endif
