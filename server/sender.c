#include "sender.h"

#include <stdio.h>

#include "field.h"

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

static bool read_address(struct ht_slice element, char text[HT_SENDER_SIZE])
{
    uint8_t address[HT_IP_SIZE];
    element = without_port(element);
    if (element.size == 0 || element.size >= HT_SENDER_SIZE) return false;
    snprintf(text, HT_SENDER_SIZE, "%.*s", HT_SLICE_ARGS(element));
    return ht_ip_parse(text, address);
}

static void name_peer(struct ht_sender *sender)
{
    memcpy(sender->address, sender->peer, sizeof sender->address);
    sender->named = false;
}

void ht_sender_init(struct ht_sender *sender, const char *peer, const struct ht_proxies *proxies)
{
    *sender = (struct ht_sender){.proxies = proxies && ht_proxies_has(proxies, peer) ? proxies : NULL};
    snprintf(sender->peer, sizeof sender->peer, "%s", peer);
    name_peer(sender);
}

/* From left to right: one of ours only names the sender where nobody left of it did. */
static void take(struct ht_sender *sender, struct ht_slice element)
{
    char text[HT_SENDER_SIZE];
    if (!read_address(element, text)) {
        name_peer(sender);
    } else if (!sender->named || !ht_proxies_has(sender->proxies, text)) {
        memcpy(sender->address, text, sizeof text);
        sender->named = true;
    }
}

void ht_sender_forwarded(struct ht_sender *sender, struct ht_slice header)
{
    struct ht_slice element;
    if (!sender->proxies) return;
    while (ht_field_next(&header, &element))
        take(sender, element);
}
