#include "ip.h"

#include <arpa/inet.h>
#include <string.h>

static const uint8_t v4_prefix[HT_IP_V4_BITS / 8] = {[10] = 0xff, [11] = 0xff};

static uint8_t *begin_v4(uint8_t ip[HT_IP_SIZE])
{
    memcpy(ip, v4_prefix, sizeof v4_prefix);
    return ip + sizeof v4_prefix;
}

bool ht_ip_parse(const char *text, uint8_t ip[HT_IP_SIZE])
{
    return inet_pton(AF_INET6, text, ip) == 1 || inet_pton(AF_INET, text, begin_v4(ip)) == 1;
}

bool ht_ip_of_socket(const struct sockaddr_storage *socket, uint8_t ip[HT_IP_SIZE])
{
    if (socket->ss_family == AF_INET6) {
        memcpy(ip, &((const struct sockaddr_in6 *)socket)->sin6_addr, HT_IP_SIZE);
        return true;
    }
    memcpy(begin_v4(ip), &((const struct sockaddr_in *)socket)->sin_addr, sizeof(struct in_addr));
    return socket->ss_family == AF_INET;
}

bool ht_ip_is_v4(const uint8_t ip[HT_IP_SIZE])
{
    return memcmp(ip, v4_prefix, sizeof v4_prefix) == 0;
}
