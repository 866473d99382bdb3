#include "writer.h"

#include <assert.h>
#include <stdlib.h>

#include "hooktrail/time.h"
#include "indexer.h"
#include "loop.h"
#include "pause.h"
#include "witness.h"

#define SIGN_AFTER_MS 1000 /* without a delivery; while they come, the appender signs */
#define SIGN_BY_MS 10000   /* at the latest, for the sake of the other log */
#define PATIENCE 4         /* a commit waits for company at most this part of what the last one took */

struct list {
    struct ht_append *first;
    struct ht_append **end; /* where the next one goes */
    uint64_t count;
    uint64_t bytes;
};

struct ht_writer {
    struct ht_server *server;
    struct ht_appender *appender; /* the thread's */
    int64_t sign_at;              /* the thread's; INT64_MAX: there is nothing to sign */
    int64_t sign_by;
    uint64_t last_count;  /* the thread's: deliveries of the last commit */
    int64_t last_took_us; /* and its time */
    pthread_t thread;
    pthread_mutex_t mutex;
    pthread_cond_t wake;
    struct list queue;  /* under the mutex, as is all below */
    uint64_t under_way; /* deliveries taken and not yet answered: they count against the bounds */
    uint64_t bytes_under_way;
    bool stop;
    bool dead;
};

static void list_init(struct list *list)
{
    *list = (struct list){.end = &list->first};
}

static void list_put(struct list *list, struct ht_append *append)
{
    append->next = NULL;
    *list->end = append;
    list->end = &append->next;
}

/* ---- the thread ---- */

/* With the lock held. False when it is time to sign. */
static bool rest(struct ht_writer *writer)
{
    if (writer->sign_at == INT64_MAX) return pthread_cond_wait(&writer->wake, &writer->mutex) == 0;
    struct timespec time = ht_pause_time(writer->sign_at);
    return pthread_cond_timedwait(&writer->wake, &writer->mutex, &time) == 0;
}

/* With the lock held. A commit costs two syncs and some pages whatever it holds. Where more than twice as many senders
   are connected as the last one had deliveries, others are on their way: a moment's patience makes larger commits of
   them, fewer pages, and leaves the processor to those who bring the next. */
static void gather(struct ht_writer *writer)
{
    const uint64_t enough = 2 * writer->last_count;
    const int64_t senders = atomic_load_explicit(&writer->server->metrics.connections, memory_order_relaxed);
    if (!writer->queue.first || writer->last_count < 2 || senders <= (int64_t)enough) return;
    int64_t at = ht_time_steady() + writer->last_took_us / PATIENCE;
    struct timespec until = {.tv_sec = at / HT_SECOND, .tv_nsec = at % HT_SECOND * 1000};
    while (!writer->stop && writer->queue.count < enough) {
        if (pthread_cond_timedwait(&writer->wake, &writer->mutex, &until) != 0) return;
    }
}

/* False when there is nothing left to do and the thread shall end. Takes nothing when it is time to sign. */
static bool take_all(struct ht_writer *writer, struct list *taken)
{
    pthread_mutex_lock(&writer->mutex);
    writer->under_way = 0;
    writer->bytes_under_way = 0;
    while (!writer->queue.first && !writer->stop && rest(writer))
        ;
    gather(writer);
    *taken = writer->queue;
    writer->under_way = taken->count;
    writer->bytes_under_way = taken->bytes;
    list_init(&writer->queue);
    bool ends = writer->stop && !taken->first;
    pthread_mutex_unlock(&writer->mutex);
    return !ends;
}

/* Parts the list: appends for one commit, the rest one by one. Order within each stays. */
static void part(struct ht_append *first, struct list *appends, struct list *others)
{
    list_init(appends);
    list_init(others);
    while (first) {
        struct ht_append *next = first->next;
        bool is_append = ht_job_of(first)->kind == HT_JOB_APPEND;
        list_put(is_append ? appends : others, first);
        if (is_append) appends->count++;
        first = next;
    }
}

static void answer_all(struct ht_append *list, enum ht_status status, const struct ht_error *err)
{
    for (; list; list = list->next) {
        struct ht_job *job = ht_job_of(list);
        job->status = status != HT_OK ? status : list->status;
        if (job->status == HT_OK) continue;
        if (status != HT_OK)
            job->err = *err;
        else
            ht_fail(&job->err, job->status, "the delivery could not be stored");
    }
}

/* The environment is in doubt: nothing more is written, and the daemon goes down to be started anew. */
static void die(struct ht_writer *writer, const struct ht_error *err)
{
    pthread_mutex_lock(&writer->mutex);
    writer->dead = true;
    pthread_mutex_unlock(&writer->mutex);
    ht_log_failure(&writer->server->log, HT_LOG_ERROR, "a commit failed, stopping", err);
    ht_server_stop(writer->server, true);
}

static void note_full(struct ht_server *server, enum ht_status status, const struct ht_error *err)
{
    bool full = status == HT_FULL;
    if (atomic_exchange(&server->full, full) == full) return;
    if (full)
        ht_log_failure(&server->log, HT_LOG_ERROR, "deliveries are refused", err);
    else
        ht_log_write(&server->log, HT_LOG_INFO, "there is room again: deliveries are taken");
}

static bool is_dead(struct ht_writer *writer)
{
    pthread_mutex_lock(&writer->mutex);
    bool dead = writer->dead;
    pthread_mutex_unlock(&writer->mutex);
    return dead;
}

static void commit(struct ht_writer *writer, struct list *list)
{
    if (!list->first) return;
    struct ht_server *server = writer->server;
    struct ht_error err = {0};
    struct ht_position end = {0};
    if (is_dead(writer)) {
        answer_all(list->first, ht_fail(&err, HT_STOPPING, "the trail can't be written any more"), &err);
        return;
    }
    int64_t begin = ht_time_steady();
    enum ht_status status = ht_appender_commit(writer->appender, list->first, &end, &err);
    writer->last_took_us = ht_time_steady() - begin;
    writer->last_count = list->count;
    ht_metrics_commit(&server->metrics, (uint64_t)writer->last_took_us, list->count);
    note_full(server, status, &err);
    if (status == HT_OK) {
        ht_progress_set_committed(&server->progress, end);
        ht_indexer_wake(server->indexer, false);
        ht_witnesses_wake(server->witnesses);
    } else if (status != HT_FULL) {
        die(writer, &err);
        /* In doubt, whatever the cause: the sender shall try again. */
        status = ht_fail(&err, HT_STOPPING, "the delivery could not be stored; try again");
    }
    answer_all(list->first, status, &err);
}

static void change_each(struct ht_writer *writer, struct ht_append *list)
{
    for (; list; list = list->next) {
        struct ht_job *job = ht_job_of(list);
        job->status = is_dead(writer) ? ht_fail(&job->err, HT_STOPPING, "the trail can't be written any more")
                                      : job->change(job, writer->server->store);
    }
}

/* One wake for each loop, whatever the number of its jobs. */
static void hand_back(struct ht_writer *writer, struct ht_append *first)
{
    struct ht_server *server = writer->server;
    if (!first) return;
    for (size_t i = 0; i < server->loop_count; i++) {
        struct list mine;
        struct ht_append *rest = NULL, **rest_end = &rest;
        list_init(&mine);
        while (first) {
            struct ht_append *next = first->next;
            first->next = NULL;
            if (ht_job_of(first)->loop == server->loops[i]) {
                list_put(&mine, first);
            } else {
                *rest_end = first;
                rest_end = &first->next;
            }
            first = next;
        }
        if (mine.first) ht_loop_hand_back(server->loops[i], mine.first);
        first = rest;
    }
    assert(!first);
}

static void sign(struct ht_writer *writer)
{
    if (writer->sign_at == INT64_MAX) return;
    writer->sign_at = INT64_MAX;
    writer->sign_by = INT64_MAX;
    if (!is_dead(writer)) ht_signing_sign(writer->server);
}

/* Something was written. */
static void sign_soon(struct ht_writer *writer)
{
    int64_t now = ht_pause_now();
    if (writer->sign_at == INT64_MAX) writer->sign_by = now + SIGN_BY_MS;
    writer->sign_at = now + SIGN_AFTER_MS < writer->sign_by ? now + SIGN_AFTER_MS : writer->sign_by;
    if (writer->sign_at <= now) sign(writer);
}

static void *run(void *context)
{
    struct ht_writer *writer = context;
    struct list taken, appends, others;
    while (take_all(writer, &taken)) {
        if (!taken.first) {
            sign(writer);
            continue;
        }
        part(taken.first, &appends, &others);
        commit(writer, &appends);
        hand_back(writer, appends.first); /* senders don't wait for what administrators change */
        change_each(writer, others.first);
        hand_back(writer, others.first);
        sign_soon(writer);
    }
    sign(writer);
    return NULL;
}

/* ---- the others' side ---- */

enum ht_status ht_writer_start(struct ht_server *server, struct ht_writer **out, struct ht_error *err)
{
    struct ht_writer *writer = calloc(1, sizeof *writer);
    if (!writer) return ht_fail(err, HT_NO_MEMORY, "out of memory for the writer");
    writer->server = server;
    writer->sign_at = INT64_MAX;
    list_init(&writer->queue);
    enum ht_status status = ht_appender_new(server->store, &writer->appender, err);
    if (status != HT_OK) {
        free(writer);
        return status;
    }
    pthread_mutex_init(&writer->mutex, NULL);
    ht_pause_init_condition(&writer->wake);
    /* What a daemon that was killed left unsigned. */
    sign_soon(writer);
    int error = pthread_create(&writer->thread, NULL, run, writer);
    if (error == 0) {
        *out = writer;
        return HT_OK;
    }
    ht_appender_free(writer->appender);
    free(writer);
    return ht_fail_errno(err, error, "can't start the writer thread");
}

void ht_writer_stop(struct ht_writer *writer)
{
    if (!writer) return;
    pthread_mutex_lock(&writer->mutex);
    writer->stop = true;
    pthread_cond_signal(&writer->wake);
    pthread_mutex_unlock(&writer->mutex);
    pthread_join(writer->thread, NULL);
    ht_appender_free(writer->appender);
    pthread_cond_destroy(&writer->wake);
    pthread_mutex_destroy(&writer->mutex);
    free(writer);
}

static bool has_room(const struct ht_writer *writer, size_t bytes)
{
    const struct ht_config *config = &writer->server->config;
    return writer->queue.count + writer->under_way < ht_config_number(config, HT_SETTING_QUEUE_EVENTS) &&
           writer->queue.bytes + writer->bytes_under_way + bytes <= ht_config_number(config, HT_SETTING_QUEUE_BYTES);
}

bool ht_writer_has_room(struct ht_writer *writer, size_t bytes)
{
    pthread_mutex_lock(&writer->mutex);
    bool room = has_room(writer, bytes) && !writer->dead;
    pthread_mutex_unlock(&writer->mutex);
    return room;
}

enum ht_status ht_writer_put(struct ht_writer *writer, struct ht_job *job, struct ht_error *err)
{
    job->cost = sizeof *job + job->append.packed.size;
    pthread_mutex_lock(&writer->mutex);
    enum ht_status status = writer->dead ? HT_STOPPING : has_room(writer, job->cost) ? HT_OK : HT_BUSY;
    if (status == HT_OK) {
        list_put(&writer->queue, &job->append);
        writer->queue.count++;
        writer->queue.bytes += job->cost;
    }
    pthread_mutex_unlock(&writer->mutex);
    if (status == HT_OK) ht_loop_end_turn(job->loop);
    if (status == HT_BUSY) return ht_fail(err, HT_BUSY, "too many deliveries are waiting for their commit");
    if (status == HT_STOPPING) return ht_fail(err, HT_STOPPING, "the trail can't be written any more");
    return HT_OK;
}

void ht_writer_wake(struct ht_writer *writer)
{
    pthread_mutex_lock(&writer->mutex);
    if (writer->queue.first) pthread_cond_signal(&writer->wake);
    pthread_mutex_unlock(&writer->mutex);
}

void ht_writer_depth(struct ht_writer *writer, uint64_t *events, uint64_t *bytes)
{
    pthread_mutex_lock(&writer->mutex);
    *events = writer->queue.count + writer->under_way;
    *bytes = writer->queue.bytes + writer->bytes_under_way;
    pthread_mutex_unlock(&writer->mutex);
}
