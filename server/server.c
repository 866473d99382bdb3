#include "server.h"

#include <signal.h>
#include <stdio.h>
#include <sys/resource.h>
#include <time.h>
#include <unistd.h>

#include "catch_up.h"
#include "crash.h"
#include "hooktrail/act.h"
#include "hooktrail/datadir.h"
#include "hooktrail/index.h"
#include "hooktrail/time.h"
#include "hooktrail/trail.h"
#include "hosts.h"
#include "indexer.h"
#include "loop.h"
#include "notify.h"
#include "openapi.h"
#include "retention.h"
#include "session.h"
#include "tally.h"
#include "tls.h"
#include "witness.h"
#include "writer.h"

#define READERS_SWEEP_S 5
#define SPARE_DESCRIPTORS 64 /* beside those of connections */

/* Events that the index may be behind when serving begins: the writer keeps the keys of so many in 128 MiB. */
#define MOST_LAG 12000000

void ht_server_stop(struct ht_server *server, bool failed)
{
    if (failed) atomic_store(&server->failed, true);
    /* Every thread has it blocked; the main thread waits for it. */
    kill(getpid(), SIGTERM);
}

/* ---- the configuration ---- */

static enum ht_status prepare_tls(struct ht_server *server, struct ht_error *err)
{
    if (!ht_entrances_need_tls(&server->entrances)) return HT_OK;
    return ht_tls_new(ht_config_text(&server->config, HT_SETTING_TLS_CERTIFICATE),
                      ht_config_text(&server->config, HT_SETTING_TLS_KEY), &server->tls, err);
}

enum ht_status ht_server_prepare(struct ht_server *server, struct ht_error *err)
{
    struct ht_witness_list witnesses;
    const struct ht_config *config = &server->config;
    enum ht_status status = ht_entrances_plan(config, &server->entrances, err);
    if (status == HT_OK)
        status =
            ht_proxies_parse(ht_slice_from(ht_config_text(config, HT_SETTING_TRUSTED_PROXIES)), &server->proxies, err);
    if (status == HT_OK) status = ht_hosts_check(ht_slice_from(ht_config_text(config, HT_SETTING_API_HOSTS)), err);
    if (status == HT_OK)
        status = ht_witness_list_parse(ht_slice_from(ht_config_text(config, HT_SETTING_WITNESS)), &witnesses, err);
    if (status == HT_OK) status = ht_retention_check(config, err);
    return status == HT_OK ? prepare_tls(server, err) : status;
}

enum ht_status ht_server_review(const struct ht_server *server, struct ht_error *err)
{
    const struct ht_config *config = &server->config;
    enum ht_status status = server->tls ? ht_tls_check(server->tls, ht_time_now() / HT_SECOND, err) : HT_OK;
    if (status != HT_OK ||
        ht_config_number(config, HT_SETTING_QUEUE_BYTES) >= ht_config_number(config, HT_SETTING_MAX_BODY))
        return status;
    return ht_fail_field(err, HT_INVALID, "queue_bytes",
                         "queue_bytes is less than max_body: a delivery that is larger than queue_bytes never gets in");
}

void ht_server_release(struct ht_server *server)
{
    ht_tls_free(server->tls);
    server->tls = NULL;
}

/* ---- before serving ---- */

static uint64_t least(uint64_t one, uint64_t other)
{
    return one < other ? one : other;
}

/* Says in a configuration how many connections there can be, where it wants more. Returns whether it did. */
static bool bound_connections(const struct ht_server *server, struct ht_config *config)
{
    struct rlimit limit;
    if (getrlimit(RLIMIT_NOFILE, &limit) != 0) return false;
    uint64_t room = limit.rlim_cur > 2 * SPARE_DESCRIPTORS ? limit.rlim_cur - SPARE_DESCRIPTORS : limit.rlim_cur / 2;
    if (server->entrances.count > 1) room -= least(room / 2, ht_config_number(config, HT_SETTING_API_CONNECTIONS));
    uint64_t wanted = ht_config_number(config, HT_SETTING_MAX_CONNECTIONS);
    if (wanted <= room || room == 0) return false;
    atomic_store(&config->numbers[HT_SETTING_MAX_CONNECTIONS], room);
    return true;
}

static void raise_descriptors(struct ht_server *server)
{
    struct rlimit limit;
    if (getrlimit(RLIMIT_NOFILE, &limit) != 0) return;
    limit.rlim_cur = limit.rlim_max;
    if (setrlimit(RLIMIT_NOFILE, &limit) != 0 || !bound_connections(server, &server->config)) return;
    ht_log_write(&server->log, HT_LOG_WARNING, "max_connections is %llu, for the limit of open files allows no more",
                 (unsigned long long)ht_config_number(&server->config, HT_SETTING_MAX_CONNECTIONS));
}

static enum ht_status check_origin(const struct ht_server *server, struct ht_error *err)
{
    const char *wanted = ht_config_text(&server->config, HT_SETTING_ORIGIN);
    const char *origin = ht_log_origin(server->store, HT_LOG_EVENTS);
    if (wanted[0] == '\0' || strcmp(wanted, origin) == 0) return HT_OK;
    return ht_fail_field(
        err, HT_INVALID, "origin",
        "origin is %s, but the log in %s is %s: is it the right data directory? `hooktrail keys rotate "
        "--signing --origin %s` would give its log that name",
        wanted, ht_store_dir(server->store), origin, wanted);
}

/* Should the index's pages be rotten, then LMDB crashes: the next daemon shall not do so again. */
static enum ht_status watch_index(struct ht_server *server, const char *dir, struct ht_error *err)
{
    enum ht_status status = ht_index_doubt_init(&server->doubt, dir, err);
    if (status != HT_OK) return status;
    if (ht_index_is_doubted(&server->doubt))
        ht_log_write(&server->log, HT_LOG_WARNING,
                     "the last hooktraild died by a signal: the index is built anew, for it may be damaged");
    ht_crash_note(&server->doubt);
    return HT_OK;
}

static enum ht_status open_store(struct ht_server *server, struct ht_error *err)
{
    struct ht_config *config = &server->config;
    struct ht_store_options options = {
        .map_size = config->sources[HT_SETTING_MAP_SIZE] == HT_SOURCE_DEFAULT
                        ? 0
                        : (size_t)ht_config_number(config, HT_SETTING_MAP_SIZE),
        .reserve = ht_config_number(config, HT_SETTING_RESERVE),
        .rejected_count = ht_config_number(config, HT_SETTING_REJECTED_COUNT),
        .rejected_bytes = ht_config_number(config, HT_SETTING_REJECTED_BYTES),
        .actor = "hooktraild",
        .scattered = true,
    };
    const char *given = ht_config_text(config, HT_SETTING_DATA);
    struct ht_buffer dir = {0};
    enum ht_status status = ht_datadir(given[0] != '\0' ? given : NULL, &dir, err);
    if (status == HT_OK) status = watch_index(server, ht_buffer_text(&dir), err);
    if (status == HT_OK) status = ht_store_open(ht_buffer_text(&dir), &options, &server->store, err);
    if (status == HT_OK && ht_index_fault(server->store))
        ht_log_write(&server->log, HT_LOG_ERROR, "the index is damaged, and is built anew: %s",
                     ht_index_fault(server->store));
    if (status == HT_OK) status = ht_store_lock(server->store, err);
    if (status == HT_OK) status = check_origin(server, err);
    ht_buffer_release(&dir);
    return status;
}

static enum ht_status note_positions(struct ht_server *server, struct ht_error *err)
{
    struct ht_position indexed = {0}, committed = {0};
    struct ht_reader *reader;
    enum ht_status status = ht_reader_new(server->store, &reader, err);
    if (status != HT_OK) return status;
    status = ht_reader_begin(reader, err);
    if (status == HT_OK) {
        status = ht_index_position(reader, &indexed, err);
        if (status == HT_OK) status = ht_trail_position(reader, &committed, err);
        ht_reader_end(reader);
    }
    ht_reader_free(reader);
    ht_progress_set_indexed(&server->progress, indexed);
    ht_progress_set_committed(&server->progress, committed);
    return status;
}

/* What the index lacks it takes up while the daemon serves, all of it where it was lost: deliveries don't wait for it,
   and reads are told to. */
static enum ht_status prepare_index(struct ht_server *server, struct ht_error *err)
{
    enum ht_status status = ht_catch_up(server->store, MOST_LAG, &server->log, err);
    return status == HT_OK ? note_positions(server, err) : status;
}

static enum ht_status make_loops(struct ht_server *server, struct ht_error *err)
{
    size_t count = (size_t)ht_config_number(&server->config, HT_SETTING_THREADS);
    enum ht_status status = ht_entrances_open(&server->entrances, count, err);
    for (size_t i = 0; status == HT_OK && i < count; i++) {
        status = ht_loop_new(server, i, &server->loops[i], err);
        if (status == HT_OK) server->loop_count = i + 1;
    }
    ht_entrances_close(&server->entrances);
    return status;
}

/* So that the command line obeys the same setting. */
static enum ht_status note_audit(const struct ht_server *server, struct ht_error *err)
{
    bool recorded = ht_config_number(&server->config, HT_SETTING_AUDIT_READS) != 0;
    return ht_act_reads_set(server->store, recorded, ht_time_now(), err);
}

/* A connection of a proxy may have two addresses counted: its own, and the one it names. */
static enum ht_status make_tallies(struct ht_server *server, struct ht_error *err)
{
    const struct ht_config *config = &server->config;
    size_t most = (size_t)(ht_config_number(config, HT_SETTING_MAX_CONNECTIONS) +
                           ht_config_number(config, HT_SETTING_API_CONNECTIONS));
    enum ht_status status = ht_tallies_new(2 * most, &server->addresses, err);
    return status == HT_OK ? ht_tallies_new(0, &server->endpoints, err) : status;
}

static enum ht_status make_sessions(struct ht_server *server, struct ht_error *err)
{
    return ht_sessions_new((size_t)ht_config_number(&server->config, HT_SETTING_MAX_SESSIONS), &server->sessions, err);
}

static enum ht_status start(struct ht_server *server, struct ht_error *err)
{
    enum ht_status status = open_store(server, err);
    if (status == HT_OK) status = prepare_index(server, err);
    if (status == HT_OK) status = note_audit(server, err);
    if (status == HT_OK) status = make_tallies(server, err);
    if (status == HT_OK) status = make_sessions(server, err);
    if (status == HT_OK) status = make_loops(server, err);
    if (status == HT_OK) status = ht_indexer_start(server, &server->indexer, err);
    if (status == HT_OK) status = ht_witnesses_start(server, &server->witnesses, err);
    if (status == HT_OK) status = ht_writer_start(server, &server->writer, err);
    if (status == HT_OK) status = ht_retention_start(server, &server->retention, err);
    for (size_t i = 0; status == HT_OK && i < server->loop_count; i++)
        status = ht_loop_start(server->loops[i], err);
    return status;
}

/* ---- serving and after ---- */

static void warn(struct ht_server *server)
{
    struct ht_error err;
    if (ht_server_review(server, &err) != HT_OK) ht_log_write(&server->log, HT_LOG_WARNING, "%s", err.detail);
}

/* Also where the configuration could not be read: a renewed certificate must not wait for that. */
static void reload_certificate(struct ht_server *server)
{
    struct ht_error err;
    if (!server->tls) return;
    if (ht_tls_reload(server->tls, ht_time_now() / HT_SECOND, &err) == HT_OK)
        ht_log_write(&server->log, HT_LOG_INFO, "the certificate has been read again");
    else
        ht_log_failure(&server->log, HT_LOG_ERROR, "the certificate stays as it was", &err);
}

static void reload_config(struct ht_server *server, ht_reload *reload, void *context)
{
    struct ht_config fresh;
    struct ht_error err;
    const char *differing[HT_SETTING_COUNT];
    if (reload(context, &fresh, &err) != HT_OK) {
        ht_log_failure(&server->log, HT_LOG_ERROR, "the configuration stays as it was", &err);
        return;
    }
    (void)bound_connections(server, &fresh);
    size_t count = ht_config_reload(&server->config, &fresh, differing);
    ht_config_release(&fresh);
    ht_log_set_level(&server->log, (enum ht_log_level)ht_config_number(&server->config, HT_SETTING_LOG_LEVEL));
    ht_log_write(&server->log, HT_LOG_INFO, "the configuration has been read again");
    for (size_t i = 0; i < count; i++)
        ht_log_write(&server->log, HT_LOG_WARNING, "%s changes only with a restart", differing[i]);
}

/* The main thread's whole work: signals, and every few seconds the readers that killed processes left. */
static void await_end(struct ht_server *server, const sigset_t *signals, ht_reload *reload, void *context)
{
    const struct timespec pause = {.tv_sec = READERS_SWEEP_S};
    for (;;) {
        int signal = sigtimedwait(signals, NULL, &pause);
        if (signal == SIGTERM || signal == SIGINT) return;
        if (signal == SIGHUP) {
            reload_config(server, reload, context);
            reload_certificate(server);
            warn(server);
        }
        if (signal < 0) (void)ht_store_sweep_readers(server->store);
    }
}

/* Loops first, for they wait for the writer's answers; then who may still hand something back to them. */
static void stop(struct ht_server *server)
{
    atomic_store(&server->stopping, true);
    for (size_t i = 0; i < server->loop_count; i++)
        ht_loop_stop(server->loops[i]);
    for (size_t i = 0; i < server->loop_count; i++)
        ht_loop_join(server->loops[i]);
    ht_writer_stop(server->writer);
    ht_retention_stop(server->retention);
    ht_witnesses_stop(server->witnesses);
    ht_indexer_stop(server->indexer);
    for (size_t i = 0; i < server->loop_count; i++)
        ht_loop_free(server->loops[i]);
    ht_store_close(server->store);
    ht_crash_note(NULL);
    ht_tallies_free(server->addresses);
    ht_tallies_free(server->endpoints);
    ht_sessions_free(server->sessions);
}

/* An orderly end, be it before all was up. */
static void say_end(struct ht_server *server)
{
    if (!atomic_load(&server->failed)) ht_index_trust(&server->doubt);
    ht_notify("STOPPING=1");
    ht_log_write(&server->log, HT_LOG_INFO, "stopping");
}

static void block_signals(sigset_t *signals)
{
    signal(SIGPIPE, SIG_IGN);
    sigemptyset(signals);
    sigaddset(signals, SIGTERM);
    sigaddset(signals, SIGINT);
    sigaddset(signals, SIGHUP);
    pthread_sigmask(SIG_BLOCK, signals, NULL);
}

int ht_server_run(struct ht_server *server, ht_reload *reload, void *context)
{
    sigset_t signals;
    struct ht_error err;
    block_signals(&signals);
    server->started_at = ht_time_now();
    ht_progress_init(&server->progress);
    raise_descriptors(server);
    ht_kept_init(&server->openapi, "application/json", ht_openapi_document());
    ht_page_init(&server->page);
    enum ht_status status = start(server, &err);
    if (status == HT_OK) {
        warn(server);
        ht_notify("READY=1");
        ht_entrances_tell(&server->entrances, server->log.fd);
        await_end(server, &signals, reload, context);
    }
    if (status == HT_OK || status == HT_STOPPING)
        say_end(server);
    else
        ht_log_tell(server->log.fd, "%s", err.detail);
    stop(server);
    ht_kept_release(&server->openapi);
    ht_page_release(&server->page);
    ht_progress_release(&server->progress);
    if (status != HT_OK && status != HT_STOPPING) return ht_status_exit(status);
    return atomic_load(&server->failed) ? 1 : 0;
}
