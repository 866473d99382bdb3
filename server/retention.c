#include "retention.h"

#include <stdlib.h>

#include "hooktrail/erasure.h"
#include "hooktrail/time.h"
#include "indexer.h"
#include "pause.h"

#define FIRST_MS 60000
#define DAY_MS (24 * INT64_C(3600000))
#define AGAIN_MS INT64_C(3600000) /* after a failure */

struct ht_retention {
    struct ht_server *server;
    struct ht_pause pause;
    pthread_t thread;
    struct ht_retain_policy policy;
};

static bool may_go_on(void *context, uint64_t done, uint64_t total)
{
    struct ht_retention *retention = context;
    (void)done, (void)total;
    return !atomic_load(&retention->server->stopping);
}

/* Counts only: neither what was erased nor whose it was. */
static void tell(struct ht_server *server, enum ht_status status, const struct ht_erased *erased,
                 const struct ht_error *err)
{
    if (erased->events > 0 || erased->rejected > 0)
        ht_log_write(&server->log, HT_LOG_INFO, "retention: %llu events, %llu keys and %llu rejected deliveries erased",
                     (unsigned long long)erased->events, (unsigned long long)erased->keys,
                     (unsigned long long)erased->rejected);
    else if (status == HT_OK)
        ht_log_write(&server->log, HT_LOG_INFO, "retention: nothing is old enough to be erased");
    if (status != HT_OK && status != HT_STOPPING)
        ht_log_failure(&server->log, HT_LOG_ERROR, "retention failed and is tried again in an hour", err);
}

/* Returns when to do it again. */
static int64_t erase_old(struct ht_retention *retention)
{
    struct ht_error err = {0};
    struct ht_erased erased = {0};
    struct ht_server *server = retention->server;
    enum ht_status status =
        ht_retain(server->store, &retention->policy, ht_time_now(), false, may_go_on, retention, &erased, &err);
    if (erased.events > 0) ht_indexer_wake(server->indexer, true);
    tell(server, status, &erased, &err);
    return ht_pause_now() + (status == HT_OK ? DAY_MS : AGAIN_MS);
}

static void *run(void *context)
{
    struct ht_retention *retention = context;
    int64_t at = ht_pause_now() + FIRST_MS;
    while (ht_pause_until(&retention->pause, at))
        at = erase_old(retention);
    return NULL;
}

static enum ht_status parse(const struct ht_config *config, struct ht_retain_policy *policy, bool *there,
                            struct ht_error *err)
{
    struct ht_error cause = {0};
    struct ht_slice text = ht_slice_from(ht_config_text(config, HT_SETTING_RETAIN));
    *there = text.size > 0;
    if (!*there || ht_retain_parse(text, policy, &cause) == HT_OK) return HT_OK;
    return ht_fail_field(err, HT_INVALID, "retain", "retain: %s", cause.detail);
}

enum ht_status ht_retention_check(const struct ht_config *config, struct ht_error *err)
{
    bool there;
    struct ht_retain_policy policy;
    return parse(config, &policy, &there, err);
}

enum ht_status ht_retention_start(struct ht_server *server, struct ht_retention **out, struct ht_error *err)
{
    bool there;
    struct ht_retain_policy policy;
    enum ht_status status = parse(&server->config, &policy, &there, err);
    if (status != HT_OK || !there) return status;
    struct ht_retention *retention = calloc(1, sizeof *retention);
    if (!retention) return ht_fail(err, HT_NO_MEMORY, "out of memory for retention");
    retention->server = server;
    retention->policy = policy;
    ht_pause_init(&retention->pause);
    int error = pthread_create(&retention->thread, NULL, run, retention);
    if (error == 0) {
        *out = retention;
        return HT_OK;
    }
    ht_pause_release(&retention->pause);
    free(retention);
    return ht_fail_errno(err, error, "can't start the retention thread");
}

void ht_retention_stop(struct ht_retention *retention)
{
    if (!retention) return;
    ht_pause_stop(&retention->pause);
    pthread_join(retention->thread, NULL);
    ht_pause_release(&retention->pause);
    free(retention);
}
