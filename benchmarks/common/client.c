#include "client.h"

#include <errno.h>
#include <netinet/tcp.h>
#include <stdlib.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#include "clock.h"
#include "response.h"

#define GRACE (10 * CLOCK_SECOND) /* for answers after the run */
#define EVENTS 256
#define READ_SIZE (1 << 18)

struct connection {
    int fd;
    bool busy;
    bool waits_to_write;
    uint32_t index;
    struct ht_slice unsent;
    uint64_t started;
    struct response response;
};

struct client {
    const struct client_options *options;
    const struct requests *requests;
    struct client_result *result;
    int epoll;
    struct connection *connections;
    uint32_t *idle; /* a stack of indices */
    uint32_t idle_count;
    uint32_t busy; /* connections that wait for an answer */
    uint32_t lost; /* those that could not be made again: without a descriptor */
    uint64_t began;
    uint64_t counts_from;
    uint64_t ends;
    bool stopping;
    char *bytes;
};

/* ---- connections ---- */

static enum ht_status open_connection(struct client *client, struct connection *connection, struct ht_error *err)
{
    const struct sockaddr_in *server = &client->options->server;
    struct epoll_event event = {.events = EPOLLIN, .data.u32 = connection->index};
    int on = 1;
    connection->waits_to_write = false;
    connection->fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (connection->fd < 0) return ht_fail_errno(err, errno, "socket");
    if (connect(connection->fd, (const struct sockaddr *)server, sizeof *server) != 0 ||
        setsockopt(connection->fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on) != 0 ||
        epoll_ctl(client->epoll, EPOLL_CTL_ADD, connection->fd, &event) != 0) {
        enum ht_status status = ht_fail_errno(err, errno, "connecting");
        close(connection->fd);
        connection->fd = -1;
        return status;
    }
    return HT_OK;
}

static void set_idle(struct client *client, struct connection *connection)
{
    client->busy -= connection->busy;
    connection->busy = false;
    client->idle[client->idle_count++] = connection->index;
}

/* An idle connection stands on the stack already. */
static void renew(struct client *client, struct connection *connection)
{
    if (connection->busy) {
        client->result->broken++;
        set_idle(client, connection);
    }
    close(connection->fd);
    if (open_connection(client, connection, NULL) != HT_OK) client->lost++;
}

static void wait_to_write(struct client *client, struct connection *connection, bool wanted)
{
    if (connection->waits_to_write == wanted) return;
    struct epoll_event event = {.events = EPOLLIN | (wanted ? (uint32_t)EPOLLOUT : 0), .data.u32 = connection->index};
    connection->waits_to_write = wanted;
    epoll_ctl(client->epoll, EPOLL_CTL_MOD, connection->fd, &event);
}

static void send_more(struct client *client, struct connection *connection)
{
    ssize_t sent = send(connection->fd, connection->unsent.data, connection->unsent.size, MSG_DONTWAIT | MSG_NOSIGNAL);
    if (sent < 0 && errno != EAGAIN && errno != EINTR) {
        renew(client, connection);
        return;
    }
    if (sent > 0) {
        connection->unsent.data += sent;
        connection->unsent.size -= (size_t)sent;
    }
    wait_to_write(client, connection, connection->unsent.size > 0);
}

/* ---- requests ---- */

static bool used_up(const struct client *client)
{
    return !client->options->again && client->result->sent >= client->requests->count;
}

static void start_request(struct client *client, struct connection *connection, uint64_t started)
{
    size_t index = (size_t)(client->result->sent++ % client->requests->count);
    connection->busy = true;
    client->busy++;
    connection->started = started;
    connection->unsent = requests_at(client->requests, index);
    response_begin(&connection->response);
    send_more(client, connection);
}

static uint64_t due_at(const struct client *client, uint64_t number)
{
    return client->began + (uint64_t)((double)number * 1e9 / client->options->rate);
}

/* Whether another request is due, and since when. In an open loop what was due within the run is sent behind it, too,
   if no connection was free before: else a server that stalls as the run ends would not be charged for it. */
static bool is_due(const struct client *client, uint64_t now, uint64_t *since)
{
    if (used_up(client)) return false;
    bool open = client->options->rate > 0;
    *since = open ? due_at(client, client->result->sent) : now;
    return open ? *since <= now && *since < client->ends : !client->stopping;
}

/* Those that were due and never sent. */
static uint64_t unsent(const struct client *client)
{
    uint64_t count = client->requests->count, number = client->result->sent;
    if (client->options->rate == 0) return 0;
    while ((client->options->again || number < count) && due_at(client, number) < client->ends)
        number++;
    return number - client->result->sent;
}

static void start_requests(struct client *client)
{
    uint64_t now = clock_now(), since;
    for (uint32_t tries = client->idle_count; tries > 0 && is_due(client, now, &since); tries--) {
        struct connection *connection = &client->connections[client->idle[--client->idle_count]];
        if (connection->fd >= 0) start_request(client, connection, since);
    }
}

/* ---- answers ---- */

static void count_answer(struct client *client, const struct connection *connection)
{
    struct client_result *result = client->result;
    const struct response *response = &connection->response;
    uint64_t now = clock_now();
    bool ok = response->status == 200;
    if (ok && now >= client->counts_from && now <= client->ends && !client->stopping) result->ok_in_time++;
    if (ok && connection->started < client->counts_from) return;
    result->status[response->status]++;
    if (!ok) return;
    result->response_bytes += response->body_bytes;
    histogram_add(&result->latency, now - connection->started);
}

static void end_answer(struct client *client, struct connection *connection, bool all_read)
{
    count_answer(client, connection);
    set_idle(client, connection);
    if (connection->response.closes || !all_read || connection->unsent.size > 0) renew(client, connection);
}

static void receive(struct client *client, struct connection *connection)
{
    size_t used = 0;
    ssize_t got = recv(connection->fd, client->bytes, READ_SIZE, MSG_DONTWAIT);
    if (got < 0 && (errno == EAGAIN || errno == EINTR)) return;
    if (got <= 0 || !connection->busy) {
        renew(client, connection);
        return;
    }
    enum response_result answer = response_feed(&connection->response, client->bytes, (size_t)got, &used);
    if (answer == RESPONSE_DONE) end_answer(client, connection, used == (size_t)got);
    if (answer == RESPONSE_BAD) renew(client, connection);
}

/* ---- the run ---- */

static void stop_when_due(struct client *client)
{
    uint64_t now = clock_now();
    bool all_sent = used_up(client) && client->idle_count > 0;
    if (client->stopping || (now < client->ends && !all_sent)) return;
    client->stopping = true;
    if (now < client->ends) client->ends = now;
}

static struct timespec time_to_wait(const struct client *client)
{
    uint64_t wait = CLOCK_SECOND / 100, now = clock_now();
    if (client->options->rate > 0 && !client->stopping && client->idle_count > 0 && !used_up(client)) {
        uint64_t due = due_at(client, client->result->sent);
        uint64_t until = due > now ? due - now : 0;
        if (until < wait) wait = until;
    }
    return (struct timespec){0, (long)wait};
}

static void turn(struct client *client)
{
    struct epoll_event events[EVENTS];
    struct timespec wait = time_to_wait(client);
    int count = epoll_pwait2(client->epoll, events, EVENTS, &wait, NULL);
    for (int i = 0; i < count; i++) {
        struct connection *connection = &client->connections[events[i].data.u32];
        if (connection->fd < 0) continue;
        if (events[i].events & EPOLLOUT) send_more(client, connection);
        if (events[i].events & (EPOLLIN | EPOLLHUP | EPOLLERR)) receive(client, connection);
    }
}

static enum ht_status run(struct client *client, struct ht_error *err)
{
    uint32_t connections = client->options->connections;
    client->began = clock_now();
    client->counts_from = client->began + client->options->warm_up;
    client->ends = client->counts_from + client->options->run;
    while (!client->stopping || client->busy > 0 || unsent(client) > 0) {
        stop_when_due(client);
        start_requests(client);
        turn(client);
        if (client->lost >= connections) return ht_fail(err, HT_IO, "the server refuses connections");
        if (client->stopping && clock_now() > client->ends + GRACE) break;
    }
    client->result->unanswered = client->busy + unsent(client);
    if (client->ends <= client->counts_from)
        return ht_fail(err, HT_INVALID, "the requests were used up during the warm-up");
    client->result->seconds = (double)(client->ends - client->counts_from) / 1e9;
    return HT_OK;
}

static enum ht_status open_all(struct client *client, struct ht_error *err)
{
    uint32_t count = client->options->connections;
    client->epoll = epoll_create1(EPOLL_CLOEXEC);
    client->connections = calloc(count, sizeof *client->connections);
    client->idle = calloc(count, sizeof *client->idle);
    client->bytes = malloc(READ_SIZE);
    if (client->epoll < 0 || client->connections == NULL || client->idle == NULL || client->bytes == NULL)
        return ht_fail(err, HT_NO_MEMORY, "no memory for %u connections", count);
    for (uint32_t i = 0; i < count; i++)
        client->connections[i] = (struct connection){.fd = -1, .index = i};
    for (uint32_t i = 0; i < count; i++) {
        enum ht_status status = open_connection(client, &client->connections[i], err);
        if (status != HT_OK) return status;
        set_idle(client, &client->connections[i]);
    }
    return HT_OK;
}

enum ht_status client_run(const struct client_options *options, const struct requests *requests,
                          struct client_result *result, struct ht_error *err)
{
    struct client client = {.options = options, .requests = requests, .result = result, .epoll = -1};
    memset(result, 0, sizeof *result);
    enum ht_status status = open_all(&client, err);
    if (status == HT_OK) status = run(&client, err);
    for (uint32_t i = 0; client.connections != NULL && i < options->connections; i++) {
        if (client.connections[i].fd >= 0) close(client.connections[i].fd);
    }
    if (client.epoll >= 0) close(client.epoll);
    free(client.connections);
    free(client.idle);
    free(client.bytes);
    return status;
}
