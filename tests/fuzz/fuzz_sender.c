/* A list of proxies, the peer, and X-Forwarded-For lines, a line each: the sender is whom a walk from the right finds.

   Covers: server/sender.c server/proxies.c server/ip.c server/field.c */
#include <stdio.h>
#include <stdlib.h>

#include "../../server/field.h"
#include "../../server/sender.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define MAX_ELEMENTS 4096

static struct ht_slice take_line(struct ht_slice *input)
{
    const char *end = input->size > 0 ? memchr(input->data, '\n', input->size) : NULL;
    struct ht_slice line = *input;
    if (!end) {
        *input = HT_SLICE("");
        return line;
    }
    line.size = (size_t)(end - input->data);
    *input = ht_slice_of(end + 1, input->size - line.size - 1);
    return line;
}

/* What one element alone says, by way of a proxy that believes everything: "" if it is no address. */
static void address_of(struct ht_slice element, char text[HT_SENDER_SIZE])
{
    static const struct ht_proxies one = {.networks = {{.bits = 128}}, .count = 1};
    struct ht_sender sender;
    ht_sender_init(&sender, "::", &one);
    ht_sender_forwarded(&sender, element);
    snprintf(text, HT_SENDER_SIZE, "%s", sender.named ? sender.address : "");
}

static void walk(const struct ht_slice *elements, size_t count, const struct ht_proxies *proxies,
                 char found[HT_SENDER_SIZE])
{
    for (size_t i = count; i > 0 && ht_proxies_has(proxies, found); i--) {
        char text[HT_SENDER_SIZE];
        address_of(elements[i - 1], text);
        if (text[0] == '\0') return;
        memcpy(found, text, sizeof text);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static struct ht_slice elements[MAX_ELEMENTS];
    size_t count = 0;
    struct ht_slice input = ht_slice_of(data, size), element;
    struct ht_proxies proxies;
    struct ht_sender sender;
    struct ht_error err;
    char found[HT_SENDER_SIZE];
    if (ht_proxies_parse(take_line(&input), &proxies, &err) != HT_OK) return 0;
    struct ht_slice peer = take_line(&input);
    snprintf(found, sizeof found, "%.*s", (int)(peer.size < sizeof found ? peer.size : sizeof found - 1), peer.data);
    ht_sender_init(&sender, found, &proxies);
    while (input.size > 0) {
        struct ht_slice line = take_line(&input), rest = line;
        ht_sender_forwarded(&sender, line);
        while (count < MAX_ELEMENTS && ht_field_next(&rest, &element))
            elements[count++] = element;
    }
    if (count < MAX_ELEMENTS) walk(elements, count, &proxies, found);
    if (count < MAX_ELEMENTS && strcmp(found, sender.address) != 0) abort();
    return 0;
}
