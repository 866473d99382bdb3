#include "hosts.h"

#include <arpa/inet.h>
#include <ctype.h>
#include <stdio.h>
#include <strings.h>

#include "field.h"

#define LOCALHOST "localhost"

static bool is_name(struct ht_slice text)
{
    if (text.size == 0 || text.size > 253) return false;
    for (size_t i = 0; i < text.size; i++) {
        unsigned char byte = (unsigned char)text.data[i];
        if (!isalnum(byte) && byte != '-' && byte != '.' && byte != '_') return false;
    }
    return true;
}

enum ht_status ht_hosts_check(struct ht_slice list, struct ht_error *err)
{
    struct ht_slice element;
    while (ht_field_next(&list, &element)) {
        if (element.size == 0 || is_name(element)) continue;
        return ht_fail_field(err, HT_INVALID, "api_hosts",
                             "api_hosts: \"%.*s\" is no host name such as api.example.com (ports don't count)",
                             (int)(element.size < 64 ? element.size : 64), element.data);
    }
    return HT_OK;
}

static bool is_port(struct ht_slice text)
{
    for (size_t i = 0; i < text.size; i++) {
        if (!isdigit((unsigned char)text.data[i])) return false;
    }
    return true;
}

/* "[::1]:8787" */
static bool is_ipv6(struct ht_slice host)
{
    char text[INET6_ADDRSTRLEN];
    struct in6_addr address;
    const char *end = memchr(host.data, ']', host.size);
    size_t size = end ? (size_t)(end - host.data) - 1 : 0;
    if (size == 0 || size >= sizeof text) return false;
    snprintf(text, sizeof text, "%.*s", (int)size, host.data + 1);
    struct ht_slice rest = ht_slice_of(end + 1, host.size - size - 2);
    bool has_port = rest.size > 0 && rest.data[0] == ':' && is_port(ht_slice_of(rest.data + 1, rest.size - 1));
    return inet_pton(AF_INET6, text, &address) == 1 && (rest.size == 0 || has_port);
}

static bool is_ipv4(struct ht_slice name)
{
    char text[INET_ADDRSTRLEN];
    struct in_addr address;
    if (name.size >= sizeof text) return false;
    snprintf(text, sizeof text, "%.*s", HT_SLICE_ARGS(name));
    return inet_pton(AF_INET, text, &address) == 1;
}

static bool is_localhost(struct ht_slice name)
{
    size_t size = sizeof LOCALHOST - 1;
    if (name.size < size || strncasecmp(name.data + name.size - size, LOCALHOST, size) != 0) return false;
    return name.size == size || name.data[name.size - size - 1] == '.';
}

static struct ht_slice without_dot(struct ht_slice name)
{
    if (name.size > 0 && name.data[name.size - 1] == '.') name.size--;
    return name;
}

bool ht_hosts_has(struct ht_slice list, struct ht_slice host)
{
    if (host.size == 0) return false;
    if (host.data[0] == '[') return is_ipv6(host);
    struct ht_slice element, port = HT_ABSENT;
    const char *colon = memchr(host.data, ':', host.size);
    if (colon) {
        port = ht_slice_of(colon + 1, host.size - (size_t)(colon - host.data) - 1);
        host.size = (size_t)(colon - host.data);
    }
    host = without_dot(host);
    if (!is_port(port)) return false;
    if (is_ipv4(host) || is_localhost(host)) return true;
    while (ht_field_next(&list, &element)) {
        element = without_dot(element);
        if (element.size > 0 && element.size == host.size && strncasecmp(element.data, host.data, host.size) == 0)
            return true;
    }
    return false;
}
