#include "proxies.h"

#include <netinet/in.h>
#include <stdio.h>

#include "field.h"
#include "hooktrail/encode.h"

static bool parse_network(struct ht_slice text, struct ht_network *network)
{
    char address[INET6_ADDRSTRLEN];
    const char *slash = text.size ? memchr(text.data, '/', text.size) : NULL;
    size_t size = slash ? (size_t)(slash - text.data) : text.size;
    if (size >= sizeof address) return false;
    snprintf(address, sizeof address, "%.*s", (int)size, text.data);
    if (!ht_ip_parse(address, network->address)) return false;
    uint64_t before = strchr(address, ':') ? 0 : HT_IP_V4_BITS, all = 8 * HT_IP_SIZE, bits = all - before;
    if (slash && ht_parse_u64(ht_slice_of(slash + 1, text.size - size - 1), &bits) != HT_OK) return false;
    if (bits > all - before) return false;
    network->bits = (unsigned)(before + bits);
    return true;
}

enum ht_status ht_proxies_parse(struct ht_slice list, struct ht_proxies *proxies, struct ht_error *err)
{
    struct ht_slice element;
    proxies->count = 0;
    while (ht_field_next(&list, &element)) {
        if (element.size == 0) continue;
        if (proxies->count == HT_PROXIES_MAX)
            return ht_fail_field(err, HT_INVALID, "trusted_proxies", "trusted_proxies wants at most %d networks",
                                 HT_PROXIES_MAX);
        if (!parse_network(element, &proxies->networks[proxies->count]))
            return ht_fail_field(err, HT_INVALID, "trusted_proxies",
                                 "trusted_proxies: \"%.*s\" is neither an address nor a network such as 10.0.0.0/8",
                                 (int)(element.size < 64 ? element.size : 64), element.data);
        proxies->count++;
    }
    return HT_OK;
}

static bool is_within(const uint8_t address[HT_IP_SIZE], const struct ht_network *network)
{
    unsigned bytes = network->bits / 8, rest = network->bits % 8;
    if (memcmp(address, network->address, bytes) != 0) return false;
    return rest == 0 || (address[bytes] ^ network->address[bytes]) >> (8 - rest) == 0;
}

bool ht_proxies_has(const struct ht_proxies *proxies, const char *text)
{
    uint8_t address[HT_IP_SIZE];
    return proxies->count > 0 && ht_ip_parse(text, address) && ht_proxies_has_bytes(proxies, address);
}

bool ht_proxies_has_bytes(const struct ht_proxies *proxies, const uint8_t address[HT_IP_SIZE])
{
    for (size_t i = 0; i < proxies->count; i++) {
        if (is_within(address, &proxies->networks[i])) return true;
    }
    return false;
}
