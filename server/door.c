#include "door.h"

#include <errno.h>
#include <event2/listener.h>
#include <string.h>
#include <unistd.h>

#include "loop.h"
#include "request.h"
#include "router.h"

#define EMFILE_PAUSE_MS 1000
#define HEAD_SLACK 1024 /* evhttp's own limits only stand behind the watch's */

/* Out of descriptors: accepting again at once would only spin. libevent hands on evhttp's own argument, not one of
 * ours. */
static void on_accept_error(struct evconnlistener *listener, void *context)
{
    struct ht_loop *loop = ht_loop_current();
    const char *name = strerrorname_np(errno) ? strerrorname_np(errno) : "unknown error";
    (void)listener, (void)context;
    int64_t now = ht_loop_tell_time(loop);
    ht_loop_mute(loop, EMFILE_PAUSE_MS);
    if (loop->mute_told != 0 && now - loop->mute_told < EMFILE_PAUSE_MS) return;
    loop->mute_told = now;
    ht_log_write(&loop->server->log, HT_LOG_WARNING,
                 "can't accept a connection (%s), pausing for a second, or until one has gone", name);
}

static void set_up(struct ht_door *door)
{
    const struct ht_config *config = &door->loop->server->config;
    evhttp_set_allowed_methods(door->http, EVHTTP_REQ_GET | EVHTTP_REQ_HEAD | EVHTTP_REQ_POST | EVHTTP_REQ_PUT |
                                               EVHTTP_REQ_DELETE | EVHTTP_REQ_OPTIONS | EVHTTP_REQ_PATCH);
    evhttp_set_max_headers_size(door->http, (ev_ssize_t)ht_config_number(config, HT_SETTING_MAX_HEADER) + HEAD_SLACK);
    /* Bodies are bounded by the watch, which evhttp's own answer would get ahead of. */
    evhttp_set_max_body_size(door->http, -1);
    evhttp_set_default_content_type(door->http, "application/json");
    evhttp_set_bevcb(door->http, ht_conn_accept, door);
    evhttp_set_gencb(door->http, ht_request_accept, door);
}

/* The entrance that has only the API has connections of its own, so that a crowd at the other one leaves it alone. */
static enum ht_setting limit_of(const struct ht_entrance *entrance)
{
    return entrance->faces == HT_FACE_API ? HT_SETTING_API_CONNECTIONS : HT_SETTING_MAX_CONNECTIONS;
}

/* The kernel spreads connections over the loops evenly. */
static size_t share_of(const struct ht_config *config, enum ht_setting limit)
{
    uint64_t share = ht_config_number(config, limit) / ht_config_number(config, HT_SETTING_THREADS);
    return share > 0 ? (size_t)share : 1;
}

enum ht_status ht_door_open(struct ht_door *door, struct ht_loop *loop, const struct ht_entrance *entrance,
                            int listening)
{
    *door = (struct ht_door){.loop = loop, .entrance = entrance, .http = evhttp_new(loop->base)};
    door->limit = share_of(&loop->server->config, limit_of(entrance));
    if (door->http) {
        set_up(door);
        door->bound = evhttp_accept_socket_with_handle(door->http, listening);
    }
    if (!door->bound) {
        close(listening);
        return HT_NO_MEMORY;
    }
    evconnlistener_set_error_cb(evhttp_bound_socket_get_listener(door->bound), on_accept_error);
    return HT_OK;
}

void ht_door_enable(struct ht_door *door, bool enabled)
{
    if (!door->bound) return;
    struct evconnlistener *listener = evhttp_bound_socket_get_listener(door->bound);
    if (enabled && !door->full)
        evconnlistener_enable(listener);
    else
        evconnlistener_disable(listener);
}

void ht_door_judge(struct ht_door *door)
{
    bool full = door->count >= door->limit;
    if (full == door->full) return;
    door->full = full;
    bool is_api = limit_of(door->entrance) == HT_SETTING_API_CONNECTIONS;
    if (full) ht_metrics_limit(&door->loop->server->metrics, is_api ? HT_LIMIT_API_CONNECTIONS : HT_LIMIT_CONNECTIONS);
    ht_door_enable(door, door->loop->muted_until == 0);
}

void ht_door_close(struct ht_door *door)
{
    if (door->bound) evhttp_del_accept_socket(door->http, door->bound);
    door->bound = NULL;
}

void ht_door_free(struct ht_door *door)
{
    if (door->http) evhttp_free(door->http);
    door->http = NULL;
}
