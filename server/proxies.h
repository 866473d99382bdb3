/* Addresses and networks of proxies, whose word on where a request came from is taken. Pure. */
#ifndef HT_SERVER_PROXIES_H
#define HT_SERVER_PROXIES_H

#include <stdint.h>

#include "hooktrail/buffer.h"
#include "ip.h"

#define HT_PROXIES_MAX 64

struct ht_network {
    uint8_t address[HT_IP_SIZE];
    unsigned bits; /* of the address that count */
};

/* Plain memory, nothing to release. */
struct ht_proxies {
    struct ht_network networks[HT_PROXIES_MAX];
    size_t count;
};

/* Reads "127.0.0.1, 10.0.0.0/8, 2001:db8::/32", or nothing at all. HT_INVALID names what is wrong. */
HT_MUST_CHECK enum ht_status ht_proxies_parse(struct ht_slice list, struct ht_proxies *proxies, struct ht_error *err);

/* Whether the text is the address of one of them; what is no address is not. */
bool ht_proxies_has(const struct ht_proxies *proxies, const char *address);
bool ht_proxies_has_bytes(const struct ht_proxies *proxies, const uint8_t address[HT_IP_SIZE]);

#endif
