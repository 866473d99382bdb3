#include "listen.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netdb.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <unistd.h>

#include "hooktrail/encode.h"
#include "ip.h"

#define BACKLOG 1024
/* What the kernel keeps unsent for a client who doesn't take it; else it is 2.5 MiB and more of several answers, and
   only then would be seen that he doesn't. */
#define UNSENT_BYTES (128 * 1024)

static enum ht_status split(const char *setting, const char *text, char host[256], char port[8], struct ht_error *err)
{
    const char *colon = strrchr(text, ':');
    struct ht_slice name = ht_slice_of(text, colon ? (size_t)(colon - text) : 0);
    if (name.size > 2 && name.data[0] == '[' && name.data[name.size - 1] == ']')
        name = ht_slice_of(name.data + 1, name.size - 2);
    else if (name.size > 0 && memchr(name.data, ':', name.size))
        name.size = 0;
    uint64_t number;
    bool is_port = colon && ht_parse_u64(ht_slice_from(colon + 1), &number) == HT_OK && number <= 65535;
    if (name.size == 0 || name.size >= 256 || !is_port)
        return ht_fail_field(err, HT_INVALID, setting,
                             "%s: \"%.64s\" is no ADDR:PORT such as 127.0.0.1:8787 or [::1]:8787", setting, text);
    snprintf(host, 256, "%.*s", HT_SLICE_ARGS(name));
    snprintf(port, 8, "%u", (unsigned)number);
    return HT_OK;
}

enum ht_status ht_listen_parse(const char *setting, const char *text, struct ht_address *address, struct ht_error *err)
{
    char host[256], port[8];
    struct addrinfo *found, hints = {.ai_socktype = SOCK_STREAM, .ai_flags = AI_PASSIVE | AI_NUMERICSERV};
    enum ht_status status = split(setting, text, host, port, err);
    if (status != HT_OK) return status;
    int error = getaddrinfo(host, port, &hints, &found);
    if (error != 0)
        return ht_fail_field(err, HT_INVALID, setting, "%s: can't find the address \"%s\": %s", setting, host,
                             gai_strerror(error));
    address->setting = setting;
    memcpy(&address->socket, found->ai_addr, found->ai_addrlen);
    address->size = found->ai_addrlen;
    freeaddrinfo(found);
    return HT_OK;
}

static in_port_t port_of(const struct ht_address *address)
{
    if (address->socket.ss_family == AF_INET6) return ((const struct sockaddr_in6 *)&address->socket)->sin6_port;
    return ((const struct sockaddr_in *)&address->socket)->sin_port;
}

/* [::] takes IPv4 in as well. */
static bool covers(const uint8_t one[HT_IP_SIZE], const uint8_t other[HT_IP_SIZE])
{
    static const uint8_t any[HT_IP_SIZE];
    uint8_t any_v4[HT_IP_SIZE];
    bool is_any_v4 = ht_ip_parse("0.0.0.0", any_v4) && memcmp(one, any_v4, HT_IP_SIZE) == 0;
    return memcmp(one, other, HT_IP_SIZE) == 0 || memcmp(one, any, HT_IP_SIZE) == 0 ||
           (is_any_v4 && ht_ip_is_v4(other));
}

bool ht_listen_overlap(const struct ht_address *one, const struct ht_address *other)
{
    uint8_t first[HT_IP_SIZE], second[HT_IP_SIZE];
    in_port_t port = port_of(one);
    if (port == 0 || port != port_of(other)) return false;
    if (!ht_ip_of_socket(&one->socket, first) || !ht_ip_of_socket(&other->socket, second)) return false;
    return covers(first, second) || covers(second, first);
}

bool ht_listen_is_loopback(const struct ht_address *address)
{
    if (address->socket.ss_family == AF_INET6) {
        const struct in6_addr *in = &((const struct sockaddr_in6 *)&address->socket)->sin6_addr;
        return IN6_IS_ADDR_LOOPBACK(in) || (IN6_IS_ADDR_V4MAPPED(in) && in->s6_addr[12] == 127);
    }
    return ntohl(((const struct sockaddr_in *)&address->socket)->sin_addr.s_addr) >> 24 == 127;
}

static enum ht_status set_options(int fd, bool shared, struct ht_error *err)
{
    int on = 1, unsent = UNSENT_BYTES;
    bool set = setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on) == 0 &&
               setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on) == 0 &&
               setsockopt(fd, IPPROTO_TCP, TCP_NOTSENT_LOWAT, &unsent, sizeof unsent) == 0 &&
               (!shared || setsockopt(fd, SOL_SOCKET, SO_REUSEPORT, &on, sizeof on) == 0);
    return set ? HT_OK : ht_fail_errno(err, errno, "can't set up the listening socket");
}

static enum ht_status fail_bind(const struct ht_address *address, int error, struct ht_error *err)
{
    char url[HT_LISTEN_URL_SIZE];
    ht_listen_url(address, false, url);
    const char *where = url + strlen("http://");
    if (error == EADDRINUSE)
        return ht_fail(err, HT_BUSY, "%s is in use by another program; choose another with %s", where,
                       strcmp(address->setting, "listen") == 0 ? "--listen" : address->setting);
    if (error == EACCES)
        return ht_fail(err, HT_FORBIDDEN, "no permission to listen on %s; choose a port above 1023", where);
    return ht_fail_errno(err, error, "can't listen on %s", where);
}

static enum ht_status open_one(struct ht_address *address, bool shared, int *out, struct ht_error *err)
{
    int fd = socket(address->socket.ss_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    if (fd < 0) return ht_fail_errno(err, errno, "can't make a socket");
    enum ht_status status = set_options(fd, shared, err);
    if (status == HT_OK &&
        (bind(fd, (struct sockaddr *)&address->socket, address->size) != 0 || listen(fd, BACKLOG) != 0))
        status = fail_bind(address, errno, err);
    if (status == HT_OK && port_of(address) == 0) {
        socklen_t size = sizeof address->socket;
        if (getsockname(fd, (struct sockaddr *)&address->socket, &size) != 0)
            status = ht_fail_errno(err, errno, "can't tell which port was picked");
    }
    if (status != HT_OK)
        close(fd);
    else
        *out = fd;
    return status;
}

enum ht_status ht_listen_open(struct ht_address *address, int *sockets, size_t count, struct ht_error *err)
{
    enum ht_status status = HT_OK;
    size_t opened = 0;
    bool shared = count > 1;
    if (shared) {
        /* Sockets that share a port would also share it with another daemon of this user: look first. */
        int probe = -1;
        status = open_one(address, false, &probe, err);
        if (status == HT_OK) close(probe);
    }
    while (status == HT_OK && opened < count) {
        status = open_one(address, shared, &sockets[opened], err);
        if (status == HT_OK) opened++;
    }
    if (status == HT_OK) return HT_OK;
    while (opened > 0)
        close(sockets[--opened]);
    return status;
}

void ht_listen_url(const struct ht_address *address, bool tls, char url[HT_LISTEN_URL_SIZE])
{
    char host[INET6_ADDRSTRLEN] = "?";
    const char *scheme = tls ? "https" : "http";
    if (address->socket.ss_family == AF_INET6) {
        const struct sockaddr_in6 *in = (const struct sockaddr_in6 *)&address->socket;
        inet_ntop(AF_INET6, &in->sin6_addr, host, sizeof host);
        snprintf(url, HT_LISTEN_URL_SIZE, "%s://[%s]:%u", scheme, host, (unsigned)ntohs(in->sin6_port));
        return;
    }
    const struct sockaddr_in *in = (const struct sockaddr_in *)&address->socket;
    inet_ntop(AF_INET, &in->sin_addr, host, sizeof host);
    snprintf(url, HT_LISTEN_URL_SIZE, "%s://%s:%u", scheme, host, (unsigned)ntohs(in->sin_port));
}
