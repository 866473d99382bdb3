#include "read.h"

#include <stdlib.h>

#include "hooktrail/index.h"
#include "indexer.h"
#include "reply.h"

#define WAIT_MS 10000

static void end(struct ht_read *read)
{
    read->release(read->context);
    atomic_fetch_sub_explicit(&read->server->metrics.reads, 1, memory_order_relaxed);
    free(read);
}

/* Counts one more, if there may be one. The number is that of all threads. */
static enum ht_status enter(struct ht_server *server, struct ht_error *err)
{
    struct ht_metrics *metrics = &server->metrics;
    int64_t most = (int64_t)ht_config_number(&server->config, HT_SETTING_MAX_READS);
    if (atomic_fetch_add_explicit(&metrics->reads, 1, memory_order_relaxed) < most) return HT_OK;
    atomic_fetch_sub_explicit(&metrics->reads, 1, memory_order_relaxed);
    ht_metrics_limit(metrics, HT_LIMIT_READS);
    return ht_fail(err, HT_BUSY, "%lld reads are under way already", (long long)most);
}

/* When the daemon stops there is time left to answer. */
static enum ht_status check_time(struct ht_read *read, struct ht_error *err)
{
    struct ht_loop *loop = read->request->loop;
    int64_t limit = (int64_t)ht_config_number(&read->server->config, HT_SETTING_READ_TIMEOUT);
    int64_t now = ht_loop_tell_time(loop);
    if (loop->stop_by != 0 && now >= loop->work_until) return ht_fail(err, HT_STOPPING, "the daemon is shutting down");
    if (now - read->begun < limit) return HT_OK;
    ht_metrics_limit(&read->server->metrics, HT_LIMIT_READ_TIMEOUT);
    return ht_fail(err, HT_BUSY, "this read takes longer than it may; ask for less, or later");
}

static void refuse(struct ht_read *read, const struct ht_error *err)
{
    ht_reply_problem(read->request, err);
    end(read);
}

static void go_on(struct ht_read *read)
{
    ht_turn_await(&read->request->loop->turns, &read->turn);
}

static void take_turn(void *context)
{
    struct ht_error err;
    struct ht_read *read = context;
    if (read->left) {
        ht_reply_empty(read->request, 503);
        end(read);
    } else if (check_time(read, &err) != HT_OK) {
        refuse(read, &err);
    } else if (read->step(read)) {
        go_on(read);
    } else {
        end(read);
    }
}

static void on_left(struct ht_request *request)
{
    struct ht_read *read = request->context;
    read->left = true;
}

/* Whether the index has come as far as the request wants, and is the one that is to be asked: what was erased by
   another process must not be shown from the old one. */
static bool is_indexed(const struct ht_request *request)
{
    struct ht_server *server = request->loop->server;
    return ht_position_reached(ht_progress_indexed(&server->progress), request->wanted) &&
           !ht_index_outdated(server->store);
}

static void await(struct ht_read *read)
{
    struct ht_loop *loop = read->request->loop;
    read->waiting = true;
    read->wait_until = ht_loop_tell_time(loop) + WAIT_MS;
    read->next = loop->waiting;
    loop->waiting = read;
    ht_indexer_wake(loop->server->indexer, true);
}

static struct ht_read *read_new(struct ht_request *request, struct ht_error *err)
{
    struct ht_loop *loop = request->loop;
    if (enter(loop->server, err) != HT_OK) return NULL;
    struct ht_read *read = calloc(1, sizeof *read);
    if (read) return read;
    atomic_fetch_sub_explicit(&loop->server->metrics.reads, 1, memory_order_relaxed);
    ht_fail(err, HT_NO_MEMORY, "out of memory");
    return NULL;
}

void ht_read_begin(struct ht_request *request, bool (*step)(struct ht_read *read), void (*release)(void *context),
                   void *context)
{
    struct ht_error err;
    struct ht_loop *loop = request->loop;
    struct ht_read *read = read_new(request, &err);
    if (!read) {
        release(context);
        ht_reply_problem(request, &err);
        return;
    }
    *read = (struct ht_read){.request = request,
                             .server = loop->server,
                             .turn = {.take = take_turn, .context = read},
                             .context = context,
                             .step = step,
                             .release = release};
    read->begun = ht_loop_tell_time(loop);
    request->context = read;
    request->client_left = on_left;
    if (is_indexed(request))
        go_on(read);
    else
        await(read);
}

/* Calls `leaves` for each that waits; those for which it is true leave the list. */
static void filter(struct ht_loop *loop, bool (*leaves)(struct ht_read *read))
{
    struct ht_read **at = &loop->waiting;
    while (*at) {
        struct ht_read *read = *at, *next = read->next;
        if (leaves(read))
            *at = next;
        else
            at = &read->next;
    }
}

static bool is_ready(struct ht_read *read)
{
    if (!read->left && !is_indexed(read->request)) return false;
    read->waiting = false;
    go_on(read);
    return true;
}

static bool is_late(struct ht_read *read)
{
    struct ht_error err;
    if (is_ready(read)) return true;
    enum ht_status status = check_time(read, &err);
    if (status == HT_OK && read->request->loop->now >= read->wait_until)
        status = ht_fail(&err, HT_BUSY, "the index is behind the trail; try again");
    if (status == HT_OK) return false;
    refuse(read, &err);
    return true;
}

void ht_read_index_advanced(struct ht_loop *loop)
{
    filter(loop, is_ready);
}

void ht_read_tick(struct ht_loop *loop)
{
    filter(loop, is_late);
    if (loop->waiting) ht_indexer_wake(loop->server->indexer, true);
}
