/* The yardstick: evhttp that answers each POST with what hooktraild would, without parsing or storing, and each GET
   with a body of a fixed size. Same options of socket and event base as hooktraild, one loop. */
#include <arpa/inet.h>
#include <event2/buffer.h>
#include <event2/event.h>
#include <event2/http.h>
#include <event2/listener.h>
#include <netinet/tcp.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "hooktrail/encode.h"

/* As long as an answer of hooktraild. */
static const char stored[] = "{\"seq\":1234567,\"type\":\"session-active\",\"sha256\":"
                             "\"0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef\","
                             "\"duplicate\":false,\"warnings\":[]}\n";

struct bare {
    char *body; /* of a GET */
    size_t size;
};

static void answer(struct evhttp_request *request, void *context)
{
    const struct bare *bare = context;
    struct evbuffer *out = evhttp_request_get_output_buffer(request);
    bool is_get = evhttp_request_get_command(request) == EVHTTP_REQ_GET;
    evhttp_add_header(evhttp_request_get_output_headers(request), "Content-Type", "application/json");
    int added = is_get ? evbuffer_add(out, bare->body, bare->size)
                       : evbuffer_add_reference(out, stored, sizeof stored - 1, NULL, NULL);
    evhttp_send_reply(request, added == 0 ? 200 : 500, added == 0 ? "OK" : "Internal Server Error", NULL);
}

static struct evconnlistener *listen_on(struct event_base *base, struct evhttp *http)
{
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    unsigned flags = LEV_OPT_CLOSE_ON_FREE | LEV_OPT_REUSEABLE | LEV_OPT_CLOSE_ON_EXEC;
    int on = 1;
    struct evconnlistener *listener =
        evconnlistener_new_bind(base, NULL, NULL, flags, 1024, (struct sockaddr *)&address, sizeof address);
    if (listener == NULL) return NULL;
    if (setsockopt(evconnlistener_get_fd(listener), IPPROTO_TCP, TCP_NODELAY, &on, sizeof on) != 0) {
        evconnlistener_free(listener);
        return NULL;
    }
    evhttp_bind_listener(http, listener);
    return listener;
}

static void announce(struct evconnlistener *listener)
{
    struct sockaddr_in address;
    socklen_t size = sizeof address;
    getsockname(evconnlistener_get_fd(listener), (struct sockaddr *)&address, &size);
    fprintf(stderr, "listening on http://127.0.0.1:%u\n", ntohs(address.sin_port));
}

static struct event_base *new_base(void)
{
    struct event_base *base = NULL;
    struct event_config *config = event_config_new();
    if (config == NULL) return NULL;
    event_config_set_flag(config, EVENT_BASE_FLAG_NOLOCK);
    event_config_set_flag(config, EVENT_BASE_FLAG_EPOLL_USE_CHANGELIST);
    base = event_base_new_with_config(config);
    event_config_free(config);
    return base;
}

int main(int argc, char **argv)
{
    uint64_t size = 12000;
    if (argc > 2 || (argc == 2 && (ht_parse_u64(ht_slice_from(argv[1]), &size) != HT_OK || size > 1 << 26))) {
        fputs("usage: bare [BYTES of the body that a GET gets]\n", stderr);
        return 2;
    }
    struct bare bare = {.body = malloc((size_t)size + 1), .size = (size_t)size};
    struct event_base *base = new_base();
    struct evhttp *http = base != NULL ? evhttp_new(base) : NULL;
    if (bare.body == NULL || http == NULL) return 1;
    signal(SIGPIPE, SIG_IGN);
    memset(bare.body, ' ', bare.size);
    evhttp_set_gencb(http, answer, &bare);
    struct evconnlistener *listener = listen_on(base, http);
    if (listener == NULL) return 1;
    announce(listener);
    event_base_dispatch(base);
    return 0;
}
