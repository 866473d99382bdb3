#include "verify_crew.h"

#include <stdarg.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#define MOST_THREADS 16

struct verify_crew {
    struct verify *verify;
    const struct verify_work *work;
    atomic_uint_least64_t next; /* block to be done */
    atomic_bool stop;
    pthread_mutex_t lock; /* guards all below */
    pthread_cond_t told;  /* a block is done, a finding was made, a worker has ended */
    struct ht_finding *findings;
    size_t count;
    uint64_t uncounted; /* findings for which there was no room */
    uint64_t done;      /* blocks */
    unsigned working;
    enum ht_status status; /* the first failure */
    struct ht_error err;
    unsigned threads;
    struct verify_worker workers[MOST_THREADS];
};

/* ---- in a worker ---- */

void verify_worker_found(struct verify_worker *worker, const char *table, uint64_t seq, const char *format, ...)
{
    struct verify_crew *crew = worker->crew;
    struct ht_finding finding = {.table = table, .seq = seq};
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(finding.detail, sizeof finding.detail, format, arguments);
    va_end(arguments);
    pthread_mutex_lock(&crew->lock);
    if (crew->count < VERIFY_MAX_REPORTED)
        crew->findings[crew->count++] = finding;
    else
        crew->uncounted++;
    pthread_cond_signal(&crew->told);
    pthread_mutex_unlock(&crew->lock);
}

enum ht_status verify_worker_judge(struct verify_worker *worker, enum ht_status status, const char *table, uint64_t seq,
                                   const struct ht_error *err)
{
    if (!verify_is_of_store(status)) return status;
    verify_worker_found(worker, table, seq, "%s", err->detail);
    return HT_OK;
}

static void tell_done(struct verify_crew *crew, enum ht_status status, const struct ht_error *err)
{
    pthread_mutex_lock(&crew->lock);
    crew->done++;
    if (status != HT_OK && crew->status == HT_OK) {
        crew->status = status;
        crew->err = *err;
        atomic_store(&crew->stop, true);
    }
    pthread_cond_signal(&crew->told);
    pthread_mutex_unlock(&crew->lock);
}

static void *run_worker(void *context)
{
    struct verify_worker *worker = context;
    struct verify_crew *crew = worker->crew;
    while (!atomic_load(&crew->stop)) {
        struct ht_error err = {0};
        uint64_t block = atomic_fetch_add(&crew->next, 1);
        if (block >= crew->work->blocks) break;
        tell_done(crew, crew->work->run(worker, crew->work->state, block, &err), &err);
    }
    pthread_mutex_lock(&crew->lock);
    crew->working--;
    pthread_cond_signal(&crew->told);
    pthread_mutex_unlock(&crew->lock);
    return NULL;
}

/* ---- in the thread that runs the crew ---- */

static void report_findings(struct verify_crew *crew, struct ht_finding *findings)
{
    size_t count = crew->count;
    uint64_t uncounted = crew->uncounted;
    memcpy(findings, crew->findings, count * sizeof *findings);
    crew->count = 0;
    crew->uncounted = 0;
    pthread_mutex_unlock(&crew->lock);
    for (size_t i = 0; i < count; i++)
        verify_found(crew->verify, findings[i].table, findings[i].seq, "%s", findings[i].detail);
    crew->verify->verified->findings += uncounted;
    pthread_mutex_lock(&crew->lock);
}

/* One step of progress for each block, however many were done at once. */
static enum ht_status report_progress(struct verify_crew *crew, uint64_t before, uint64_t *told, uint64_t done,
                                      struct ht_error *err)
{
    const struct verify_work *work = crew->work;
    enum ht_status status = HT_OK;
    pthread_mutex_unlock(&crew->lock);
    for (; *told < done && status == HT_OK; (*told)++) {
        crew->verify->done = before + (uint64_t)((double)work->seqs * (double)(*told + 1) / (double)work->blocks);
        status = verify_goes_on(crew->verify, err);
    }
    pthread_mutex_lock(&crew->lock);
    return status;
}

/* Until all have ended. `findings` is room for what is being reported. */
static enum ht_status attend(struct verify_crew *crew, struct ht_finding *findings, struct ht_error *err)
{
    enum ht_status status = HT_OK;
    uint64_t told = 0, before = crew->verify->done;
    pthread_mutex_lock(&crew->lock);
    for (;;) {
        if (crew->count > 0 || crew->uncounted > 0) {
            report_findings(crew, findings);
        } else if (status == HT_OK && told < crew->done) {
            status = report_progress(crew, before, &told, crew->done, err);
            if (status != HT_OK) atomic_store(&crew->stop, true);
        } else if (crew->working > 0) {
            pthread_cond_wait(&crew->told, &crew->lock);
        } else {
            break;
        }
    }
    if (status == HT_OK && crew->status != HT_OK) {
        status = crew->status;
        *err = crew->err;
    }
    pthread_mutex_unlock(&crew->lock);
    return status;
}

static enum ht_status prepare_worker(struct verify_crew *crew, struct verify_worker *worker, struct ht_error *err)
{
    worker->crew = crew;
    worker->verify = crew->verify;
    worker->unpacker = ht_unpacker_new();
    worker->scratch = malloc(crew->work->scratch_size);
    if (worker->unpacker == NULL || worker->scratch == NULL)
        return ht_fail(err, HT_NO_MEMORY, "out of memory for verifying");
    return ht_reader_new(crew->verify->store, &worker->reader, err);
}

static void release_worker(struct verify_worker *worker)
{
    ht_reader_free(worker->reader);
    ht_unpacker_free(worker->unpacker);
    ht_buffer_release(&worker->erasure_row);
    free(worker->scratch);
}

static void add_counts(struct ht_verified *to, const struct ht_verified *from)
{
    to->events += from->events;
    to->erased += from->erased;
    to->acts += from->acts;
    to->bytes += from->bytes;
}

/* As many threads as can be had, at least one. */
static enum ht_status start(struct verify_crew *crew, unsigned wanted, struct ht_error *err)
{
    while (crew->threads < wanted) {
        struct verify_worker *worker = &crew->workers[crew->threads];
        enum ht_status status = prepare_worker(crew, worker, err);
        if (status != HT_OK) {
            release_worker(worker);
            return status;
        }
        crew->working++; /* before it can end */
        if (pthread_create(&worker->thread, NULL, run_worker, worker) != 0) {
            pthread_mutex_lock(&crew->lock);
            crew->working--;
            pthread_mutex_unlock(&crew->lock);
            release_worker(worker);
            break;
        }
        crew->threads++;
    }
    return crew->threads > 0 ? HT_OK : ht_fail(err, HT_NO_MEMORY, "no thread for verifying");
}

static unsigned count_threads(const struct verify *verify, uint64_t blocks)
{
    long processors = sysconf(_SC_NPROCESSORS_ONLN);
    unsigned count = verify->threads != 0 ? verify->threads : processors > 0 ? (unsigned)processors : 1;
    if (count > MOST_THREADS) count = MOST_THREADS;
    return blocks < count ? (unsigned)blocks : count;
}

static enum ht_status run_crew(struct verify_crew *crew, struct ht_finding *findings, struct ht_error *err)
{
    struct ht_error cause = {0};
    enum ht_status started = start(crew, count_threads(crew->verify, crew->work->blocks), &cause);
    if (started != HT_OK) atomic_store(&crew->stop, true);
    enum ht_status status = attend(crew, findings, err);
    for (unsigned i = 0; i < crew->threads; i++) {
        pthread_join(crew->workers[i].thread, NULL);
        add_counts(crew->verify->verified, &crew->workers[i].counted);
        release_worker(&crew->workers[i]);
    }
    if (status == HT_OK && started != HT_OK) {
        status = started;
        *err = cause;
    }
    return status;
}

enum ht_status verify_crew_run(struct verify *verify, const struct verify_work *work, struct ht_error *err)
{
    if (work->blocks == 0) return HT_OK;
    struct verify_crew *crew = calloc(1, sizeof *crew);
    struct ht_finding *findings = calloc(2 * VERIFY_MAX_REPORTED, sizeof *findings);
    if (crew == NULL || findings == NULL) {
        free(crew);
        free(findings);
        return ht_fail(err, HT_NO_MEMORY, "out of memory for verifying");
    }
    crew->verify = verify;
    crew->work = work;
    crew->findings = findings + VERIFY_MAX_REPORTED;
    pthread_mutex_init(&crew->lock, NULL);
    pthread_cond_init(&crew->told, NULL);
    enum ht_status status = run_crew(crew, findings, err);
    pthread_mutex_destroy(&crew->lock);
    pthread_cond_destroy(&crew->told);
    free(findings);
    free(crew);
    return status;
}
