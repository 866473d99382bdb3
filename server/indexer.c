#include "indexer.h"

#include <stdlib.h>
#include <sys/resource.h>
#include <unistd.h>

#include "hooktrail/index.h"
#include "loop.h"
#include "pause.h"

/* How long commits are gathered before they are indexed in one transaction. An event costs a page for each table that
   it touches, unless the batch has others for the same page: under load, larger batches write ten times less. Whoever
   reads does not wait for it: a read hurries. */
#define GATHER_MS 20
#define GATHER_UNDER_LOAD_MS 500
#define LOAD_EVENTS 16 /* in the last batch */
#define POLL_MS 1000
#define NICE 5
#define TELL_EVENTS 65536 /* so far behind, the log says so */
#define TELL_MS 5000
#define REBUILD_MS 600000 /* between two attempts to build a damaged index anew */

struct ht_indexer {
    struct ht_server *server;
    int64_t tell_at;    /* the thread's, as is the next; ms of ht_pause_now */
    int64_t rebuild_at; /* not before, however damaged */
    pthread_t thread;
    pthread_mutex_t mutex;
    pthread_cond_t wake;
    bool news; /* under the mutex, as is all below */
    bool hurry;
    bool stop;
};

/* So many events wait no longer. */
static bool has_plenty(struct ht_server *server)
{
    uint64_t indexed = ht_progress_indexed(&server->progress).seq;
    return ht_progress_committed(&server->progress).seq >= indexed + HT_INDEX_PLENTY;
}

/* Waits for news, then up to `gather_ms` for more of them. False: end. */
static bool await(struct ht_indexer *indexer, long gather_ms)
{
    pthread_mutex_lock(&indexer->mutex);
    struct timespec until = ht_pause_time(ht_pause_now() + POLL_MS);
    while (!indexer->news && !indexer->hurry && !indexer->stop) {
        if (pthread_cond_timedwait(&indexer->wake, &indexer->mutex, &until) != 0) break;
    }
    until = ht_pause_time(ht_pause_now() + gather_ms);
    while (indexer->news && !indexer->hurry && !indexer->stop && !has_plenty(indexer->server)) {
        if (pthread_cond_timedwait(&indexer->wake, &indexer->mutex, &until) != 0) break;
    }
    indexer->news = false;
    indexer->hurry = false;
    bool goes_on = !indexer->stop;
    pthread_mutex_unlock(&indexer->mutex);
    return goes_on;
}

static void tell_progress(struct ht_indexer *indexer, uint64_t done, uint64_t total)
{
    int64_t now = ht_pause_now();
    if (total < done + TELL_EVENTS || now < indexer->tell_at) return;
    indexer->tell_at = now + TELL_MS;
    ht_log_write(&indexer->server->log, HT_LOG_INFO, "the index is at event %llu of %llu, and follows",
                 (unsigned long long)done, (unsigned long long)total);
}

static bool may_go_on(void *context, uint64_t done, uint64_t total)
{
    struct ht_indexer *indexer = context;
    tell_progress(indexer, done, total);
    pthread_mutex_lock(&indexer->mutex);
    bool stop = indexer->stop;
    pthread_mutex_unlock(&indexer->mutex);
    return !stop;
}

static bool differs(struct ht_position a, struct ht_position b)
{
    return a.seq != b.seq || a.repeat != b.repeat;
}

/* The trail may have grown by another process: what is indexed is committed too. */
static void publish(struct ht_server *server, struct ht_position end, bool outdated)
{
    if (!outdated && !differs(end, ht_progress_indexed(&server->progress))) return;
    ht_progress_set_indexed(&server->progress, end);
    for (size_t i = 0; i < server->loop_count; i++)
        ht_loop_index_advanced(server->loops[i]);
}

/* Nobody else mends it, and reads would be refused for ever. */
static enum ht_status build_anew(struct ht_indexer *indexer, struct ht_position *end, struct ht_error *err)
{
    struct ht_server *server = indexer->server;
    indexer->rebuild_at = ht_pause_now() + REBUILD_MS;
    ht_log_write(&server->log, HT_LOG_ERROR, "the index is damaged, and is built anew");
    enum ht_status status = ht_index_rebuild(server->store, may_go_on, indexer, err);
    return status == HT_OK ? ht_index_catch_up(server->store, may_go_on, indexer, end, err) : status;
}

static enum ht_status follow(struct ht_indexer *indexer, struct ht_position *end, struct ht_error *err)
{
    struct ht_store *store = indexer->server->store;
    enum ht_status status = ht_index_catch_up(store, may_go_on, indexer, end, err);
    bool damaged = status == HT_CORRUPT || (status == HT_OK && ht_index_is_damaged(store));
    return damaged && ht_pause_now() >= indexer->rebuild_at ? build_anew(indexer, end, err) : status;
}

static void *run(void *context)
{
    struct ht_indexer *indexer = context;
    struct ht_server *server = indexer->server;
    bool failing = false;
    long gather_ms = GATHER_MS;
    /* Where the processor is short, deliveries go first. */
    (void)setpriority(PRIO_PROCESS, (id_t)gettid(), NICE);
    while (await(indexer, gather_ms)) {
        struct ht_error err = {0};
        struct ht_position end = {0};
        bool outdated = ht_index_outdated(server->store);
        enum ht_status status = follow(indexer, &end, &err);
        if (status == HT_OK) {
            uint64_t before = ht_progress_indexed(&server->progress).seq;
            gather_ms = end.seq < before + LOAD_EVENTS ? GATHER_MS : GATHER_UNDER_LOAD_MS;
            publish(server, end, outdated);
        }
        /* After an erasure somebody rebuilds it, and until then it goes on as it was. */
        bool fails = status != HT_OK && status != HT_STOPPING && status != HT_BUSY;
        if (fails && !failing) ht_log_failure(&server->log, HT_LOG_ERROR, "the index can't follow the trail", &err);
        if (!fails && failing) ht_log_write(&server->log, HT_LOG_INFO, "the index follows the trail again");
        failing = fails;
        if (fails && ht_store_is_dead(server->store)) {
            ht_log_failure(&server->log, HT_LOG_ERROR, "the store can't be used any more, stopping", &err);
            ht_server_stop(server, true);
            break;
        }
    }
    return NULL;
}

enum ht_status ht_indexer_start(struct ht_server *server, struct ht_indexer **out, struct ht_error *err)
{
    struct ht_indexer *indexer = calloc(1, sizeof *indexer);
    if (!indexer) return ht_fail(err, HT_NO_MEMORY, "out of memory for the indexer");
    indexer->server = server;
    indexer->news = true; /* what the last process left */
    pthread_mutex_init(&indexer->mutex, NULL);
    ht_pause_init_condition(&indexer->wake);
    int error = pthread_create(&indexer->thread, NULL, run, indexer);
    if (error == 0) {
        *out = indexer;
        return HT_OK;
    }
    free(indexer);
    return ht_fail_errno(err, error, "can't start the indexer thread");
}

void ht_indexer_wake(struct ht_indexer *indexer, bool hurry)
{
    if (!indexer) return;
    bool plenty = has_plenty(indexer->server);
    pthread_mutex_lock(&indexer->mutex);
    bool idle = !indexer->news && !indexer->hurry;
    indexer->news = true;
    if (hurry) indexer->hurry = true;
    if (idle || hurry || plenty) pthread_cond_signal(&indexer->wake);
    pthread_mutex_unlock(&indexer->mutex);
}

void ht_indexer_stop(struct ht_indexer *indexer)
{
    if (!indexer) return;
    pthread_mutex_lock(&indexer->mutex);
    indexer->stop = true;
    pthread_cond_signal(&indexer->wake);
    pthread_mutex_unlock(&indexer->mutex);
    pthread_join(indexer->thread, NULL);
    pthread_cond_destroy(&indexer->wake);
    pthread_mutex_destroy(&indexer->mutex);
    free(indexer);
}
