#include "share.h"

#include <sys/socket.h>

#include "loop.h"
#include "request.h"
#include "tally.h"

#define MINUTE INT64_C(60000000000) /* ns */
#define MILLISECOND INT64_C(1000000)
#define LONGEST (10000 * MILLISECOND) /* that an answer is kept back */

static bool peer_of(const struct ht_conn *conn, uint8_t ip[HT_IP_SIZE])
{
    struct sockaddr_storage peer = {0};
    socklen_t size = sizeof peer;
    if (getpeername(bufferevent_getfd(conn->bev), (struct sockaddr *)&peer, &size) != 0) return false;
    return ht_ip_of_socket(&peer, ip);
}

static struct ht_tally *open_one(struct ht_server *server, const uint8_t address[HT_IP_SIZE], uint64_t most)
{
    uint8_t key[HT_TALLY_KEY];
    ht_tally_key_address(address, key);
    return ht_tally_open(server->addresses, key, most);
}

bool ht_share_enter(struct ht_conn *conn)
{
    struct ht_server *server = conn->loop->server;
    uint8_t address[HT_IP_SIZE];
    if (!peer_of(conn, address)) return true; /* it has gone already */
    bool is_proxy = ht_proxies_has_bytes(&server->proxies, address);
    conn->forwards = is_proxy && ht_config_number(&server->config, HT_SETTING_BEHIND_PROXY);
    uint64_t most = is_proxy ? 0 : ht_config_number(&server->config, HT_SETTING_MAX_PER_ADDRESS);
    conn->tally = open_one(server, address, most);
    if (conn->tally) return true;
    ht_metrics_limit(&server->metrics, HT_LIMIT_PER_ADDRESS);
    return false;
}

void ht_share_leave(struct ht_conn *conn)
{
    if (conn->tally) ht_tally_close(conn->loop->server->addresses, conn->tally);
    conn->tally = NULL;
}

static bool find_sender(const struct ht_request *request, uint8_t address[HT_IP_SIZE])
{
    struct ht_sender sender;
    ht_request_sender(request, &sender);
    return sender.named && ht_ip_parse(sender.address, address);
}

bool ht_share_begin(struct ht_request *request)
{
    struct ht_server *server = request->loop->server;
    uint8_t address[HT_IP_SIZE];
    if (!request->conn->forwards || !find_sender(request, address)) return true;
    request->tally = open_one(server, address, ht_config_number(&server->config, HT_SETTING_MAX_PER_ADDRESS));
    if (request->tally) return true;
    ht_metrics_limit(&server->metrics, HT_LIMIT_PER_ADDRESS);
    return false;
}

void ht_share_end(struct ht_request *request)
{
    if (request->tally) ht_tally_close(request->loop->server->addresses, request->tally);
    request->tally = NULL;
}

int64_t ht_share_failed(const struct ht_conn *conn, const struct ht_request *request)
{
    struct ht_server *server = conn->loop->server;
    struct ht_tally *tally = request && request->tally ? request->tally : conn->tally;
    uint64_t rate = ht_config_number(&server->config, HT_SETTING_FAILED_SECRETS);
    if (rate == 0 || !tally) return 0;
    int64_t now = ht_loop_tell_time(conn->loop) * MILLISECOND;
    int64_t delay = ht_tally_delay(server->addresses, tally, now, ht_pace_of(rate, MINUTE), LONGEST);
    if (delay > 0) ht_metrics_limit(&server->metrics, HT_LIMIT_FAILED_SECRETS);
    return delay / MILLISECOND;
}
