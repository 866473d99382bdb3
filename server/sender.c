#include "sender.h"

#include <arpa/inet.h>
#include <stdio.h>

#include "field.h"

static bool is_address(const char *text)
{
    struct in6_addr address;
    return inet_pton(AF_INET, text, &address) == 1 || inet_pton(AF_INET6, text, &address) == 1;
}

/* "[2001:db8::1]:443", "[2001:db8::1]" and "192.0.2.1:443" lose what is around the address. */
static struct ht_slice without_port(struct ht_slice text)
{
    if (text.size > 2 && text.data[0] == '[') {
        const char *end = memchr(text.data, ']', text.size);
        return end ? ht_slice_of(text.data + 1, (size_t)(end - text.data) - 1) : text;
    }
    const char *colon = text.size ? memchr(text.data, ':', text.size) : NULL;
    bool is_only_one = colon && colon == memrchr(text.data, ':', text.size);
    return is_only_one ? ht_slice_of(text.data, (size_t)(colon - text.data)) : text;
}

bool ht_sender_forwarded(struct ht_slice header, char out[HT_SENDER_SIZE])
{
    struct ht_slice element, last = HT_ABSENT;
    while (ht_field_next(&header, &element))
        last = element;
    last = without_port(last);
    if (!last.data || last.size == 0 || last.size >= HT_SENDER_SIZE) return false;
    char text[HT_SENDER_SIZE];
    snprintf(text, sizeof text, "%.*s", HT_SLICE_ARGS(last));
    if (!is_address(text)) return false;
    memcpy(out, text, sizeof text);
    return true;
}
