#include "loop.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <time.h>
#include <unistd.h>

#include "read.h"
#include "request.h"
#include "stream.h"
#include "sweep.h"
#include "writer.h"

#define TICK_MS 250
#define STOP_MS 4500 /* of the five seconds that a stop may take */
#define GRACE_MS 500 /* of these, for what is on its way over a connection that is idle */
#define WORK_MS 2000 /* of these, for reads that are under way */

static _Thread_local struct ht_loop *running;

struct ht_loop *ht_loop_current(void)
{
    return running;
}

int64_t ht_loop_tell_time(struct ht_loop *loop)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC_COARSE, &now);
    loop->now = (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
    return loop->now;
}

bool ht_loop_is_stopping(const struct ht_loop *loop)
{
    return atomic_load_explicit(&loop->server->stopping, memory_order_relaxed);
}

/* ---- the mailbox ---- */

static void wake(struct ht_loop *loop)
{
    /* A full counter means that a wake-up is under way already. */
    if (eventfd_write(loop->mailbox.fd, 1) != 0) return;
}

void ht_loop_hand_back(struct ht_loop *loop, struct ht_append *list)
{
    struct ht_mailbox *mailbox = &loop->mailbox;
    pthread_mutex_lock(&mailbox->mutex);
    *mailbox->answered_end = list;
    while (list->next)
        list = list->next;
    mailbox->answered_end = &list->next;
    pthread_mutex_unlock(&mailbox->mutex);
    wake(loop);
}

static void post(struct ht_loop *loop, bool *flag)
{
    pthread_mutex_lock(&loop->mailbox.mutex);
    *flag = true;
    pthread_mutex_unlock(&loop->mailbox.mutex);
    wake(loop);
}

void ht_loop_index_advanced(struct ht_loop *loop)
{
    post(loop, &loop->mailbox.index_advanced);
}

void ht_loop_stop(struct ht_loop *loop)
{
    post(loop, &loop->mailbox.stop);
}

static struct ht_append *take_answered(struct ht_mailbox *mailbox)
{
    struct ht_append *answered = mailbox->answered;
    mailbox->answered = NULL;
    mailbox->answered_end = &mailbox->answered;
    return answered;
}

static void answer_jobs(struct ht_append *list)
{
    while (list) {
        struct ht_job *job = ht_job_of(list);
        list = list->next;
        job->done(job);
    }
}

void ht_loop_enable(struct ht_loop *loop, bool enabled)
{
    for (size_t i = 0; i < loop->door_count; i++)
        ht_door_enable(&loop->doors[i], enabled);
}

static void close_doors(struct ht_loop *loop)
{
    for (size_t i = 0; i < loop->door_count; i++)
        ht_door_close(&loop->doors[i]);
}

static void watch_in(struct ht_loop *loop, long ms)
{
    const struct timeval tick = {.tv_usec = ms * 1000};
    event_add(loop->tick, &tick);
}

void ht_loop_watch(struct ht_loop *loop)
{
    if (!event_pending(loop->tick, EV_TIMEOUT, NULL)) watch_in(loop, TICK_MS);
}

/* The doors close with the next turn, when whoever waits before them has come in: nobody who has sent a request shall
   be left without an answer. */
static void begin_stop(struct ht_loop *loop)
{
    if (loop->stop_by != 0) return;
    loop->stop_by = loop->now + STOP_MS;
    loop->grace_until = loop->now + GRACE_MS;
    loop->work_until = loop->now + WORK_MS;
    watch_in(loop, 0);
}

static void on_mail(evutil_socket_t fd, short what, void *context)
{
    struct ht_loop *loop = context;
    struct ht_mailbox *mailbox = &loop->mailbox;
    eventfd_t count;
    (void)what;
    if (eventfd_read(fd, &count) != 0) return;
    ht_loop_tell_time(loop);
    pthread_mutex_lock(&mailbox->mutex);
    struct ht_append *answered = take_answered(mailbox);
    bool advanced = mailbox->index_advanced, stop = mailbox->stop;
    mailbox->index_advanced = false;
    pthread_mutex_unlock(&mailbox->mutex);
    answer_jobs(answered);
    if (advanced) {
        ht_read_index_advanced(loop);
        ht_stream_index_advanced(loop);
    }
    if (stop) begin_stop(loop);
}

/* ---- turns and ticks ---- */

void ht_loop_end_turn(struct ht_loop *loop)
{
    event_active(loop->outbox, EV_READ, 0);
}

static void unmute(struct ht_loop *loop)
{
    if (loop->muted_until == 0 || loop->now < loop->muted_until) return;
    loop->muted_until = 0;
    ht_loop_enable(loop, true);
}

void ht_loop_has_room(struct ht_loop *loop)
{
    if (loop->stop_by != 0) return;
    if (loop->muted_until > loop->now) loop->muted_until = loop->now;
    ht_loop_end_turn(loop);
}

static void open_doors(struct ht_loop *loop)
{
    unmute(loop);
    for (size_t i = 0; i < loop->door_count; i++)
        ht_door_judge(&loop->doors[i]);
}

static void on_outbox(evutil_socket_t fd, short what, void *context)
{
    struct ht_loop *loop = context;
    (void)fd, (void)what;
    ht_writer_wake(loop->server->writer);
    ht_request_send_ready(loop);
    ht_conn_judge_late(loop);
    open_doors(loop);
}

/* What came in this turn goes out before: the writer works meanwhile. */
static void on_soon(evutil_socket_t fd, short what, void *context)
{
    struct ht_loop *loop = context;
    on_outbox(fd, what, context);
    ht_turns_take(&loop->turns);
}

static void on_tick(evutil_socket_t fd, short what, void *context)
{
    struct ht_loop *loop = context;
    (void)fd, (void)what;
    ht_loop_tell_time(loop);
    if (loop->stop_by != 0) {
        close_doors(loop);
        ht_stream_end_all(loop);
    }
    ht_read_tick(loop);
    ht_stream_tick(loop);
    ht_request_tick(loop);
    ht_sweep(loop);
    open_doors(loop);
    bool done = loop->pending == 0 && loop->conns.count == 0;
    if (!done || loop->waiting || loop->muted_until != 0 || loop->stop_by != 0) ht_loop_watch(loop);
    if (loop->stop_by == 0) return;
    if (done || loop->now >= loop->stop_by) event_base_loopbreak(loop->base);
}

void ht_loop_mute(struct ht_loop *loop, int64_t pause)
{
    loop->muted_until = ht_loop_tell_time(loop) + pause;
    ht_loop_watch(loop);
    ht_loop_enable(loop, false);
}

/* ---- life ---- */

static void *run(void *context)
{
    struct ht_loop *loop = context;
    running = loop;
    ht_loop_tell_time(loop);
    event_base_dispatch(loop->base);
    return NULL;
}

static enum ht_status make_base(struct ht_loop *loop)
{
    struct event_config *config = event_config_new();
    if (!config) return HT_NO_MEMORY;
    event_config_set_flag(config, EVENT_BASE_FLAG_NOLOCK);
    event_config_set_flag(config, EVENT_BASE_FLAG_EPOLL_USE_CHANGELIST);
    event_config_set_flag(config, EVENT_BASE_FLAG_IGNORE_ENV);
    loop->base = event_base_new_with_config(config);
    event_config_free(config);
    return loop->base ? HT_OK : HT_NO_MEMORY;
}

static enum ht_status make_events(struct ht_loop *loop)
{
    loop->mail = event_new(loop->base, loop->mailbox.fd, EV_READ | EV_PERSIST, on_mail, loop);
    loop->outbox = event_new(loop->base, -1, 0, on_outbox, loop);
    loop->soon = event_new(loop->base, -1, 0, on_soon, loop);
    loop->tick = event_new(loop->base, -1, 0, on_tick, loop);
    if (!loop->mail || !loop->outbox || !loop->soon || !loop->tick) return HT_NO_MEMORY;
    ht_turns_init(&loop->turns, loop->soon);
    return event_add(loop->mail, NULL) == 0 ? HT_OK : HT_NO_MEMORY;
}

static enum ht_status make_doors(struct ht_loop *loop)
{
    struct ht_entrances *entrances = &loop->server->entrances;
    for (size_t i = 0; i < entrances->count; i++) {
        struct ht_entrance *entrance = &entrances->list[i];
        loop->door_count++;
        enum ht_status status = ht_door_open(&loop->doors[i], loop, entrance, ht_entrance_take(entrance, loop->number));
        if (status != HT_OK) return status;
    }
    return HT_OK;
}

static enum ht_status make_tools(struct ht_loop *loop, struct ht_error *err)
{
    enum ht_status status = ht_reader_new(loop->server->store, &loop->reader, err);
    if (status != HT_OK) return status;
    loop->packer = ht_packer_new();
    loop->tools = ht_reader_tools(loop->reader);
    return loop->packer && loop->tools ? HT_OK : ht_fail(err, HT_NO_MEMORY, "out of memory for a thread that serves");
}

static enum ht_status make_mailbox(struct ht_mailbox *mailbox, struct ht_error *err)
{
    pthread_mutex_init(&mailbox->mutex, NULL);
    mailbox->answered_end = &mailbox->answered;
    mailbox->fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
    return mailbox->fd >= 0 ? HT_OK : ht_fail_errno(err, errno, "can't make an eventfd");
}

enum ht_status ht_loop_new(struct ht_server *server, size_t number, struct ht_loop **out, struct ht_error *err)
{
    struct ht_loop *loop = calloc(1, sizeof *loop);
    if (!loop) return ht_fail(err, HT_NO_MEMORY, "out of memory");
    loop->server = server;
    loop->number = number;
    loop->ready_end = &loop->ready;
    enum ht_status status = make_mailbox(&loop->mailbox, err);
    if (status == HT_OK) status = make_tools(loop, err);
    if (status == HT_OK && (make_base(loop) != HT_OK || make_events(loop) != HT_OK || make_doors(loop) != HT_OK))
        status = ht_fail(err, HT_NO_MEMORY, "can't set up a thread that serves");
    if (status != HT_OK) {
        ht_loop_free(loop);
        return status;
    }
    *out = loop;
    return HT_OK;
}

enum ht_status ht_loop_start(struct ht_loop *loop, struct ht_error *err)
{
    int error = pthread_create(&loop->thread, NULL, run, loop);
    if (error != 0) return ht_fail_errno(err, error, "can't start a thread that serves");
    loop->running = true;
    return HT_OK;
}

void ht_loop_join(struct ht_loop *loop)
{
    if (loop->running) pthread_join(loop->thread, NULL);
    loop->running = false;
}

static void free_answered(struct ht_append *list)
{
    while (list) {
        struct ht_job *job = ht_job_of(list);
        list = list->next;
        ht_job_free(job);
    }
}

static void free_libevent(struct ht_loop *loop)
{
    for (size_t i = 0; i < loop->door_count; i++)
        ht_door_free(&loop->doors[i]);
    ht_conn_release(loop);
    if (loop->mail) event_free(loop->mail);
    if (loop->outbox) event_free(loop->outbox);
    if (loop->soon) event_free(loop->soon);
    if (loop->tick) event_free(loop->tick);
    if (loop->base) event_base_free(loop->base);
}

void ht_loop_free(struct ht_loop *loop)
{
    if (!loop) return;
    free_answered(take_answered(&loop->mailbox));
    ht_job_free_spare(loop);
    /* With requests still in hand (a stop that ran out of time) evhttp must not be freed: they point into it. The
       process is about to end. */
    if (loop->pending == 0) free_libevent(loop);
    if (loop->mailbox.fd >= 0) close(loop->mailbox.fd);
    pthread_mutex_destroy(&loop->mailbox.mutex);
    ht_reader_free(loop->reader);
    ht_packer_free(loop->packer);
    free(loop);
}
