#include "hooktrail/delivery.h"

#include <assert.h>

#include "hooktrail/encode.h"

/* Stored form: entries of a tag (1 byte), the value's length (2 bytes, big-endian) and the value. */
#define ENTRY_HEAD 3
#define MAX_SENDER 64

enum tag { TAG_SENDER = 1, TAG_PATH_TYPE = 2, TAG_CONTENT_TYPE = 3, TAG_FIRST_HEADER = 16 };

/* Kept headers and the tags they are stored under. Tags are on disk: a row may be added, never renumbered. */
static const struct kept_header {
    uint8_t tag;
    const char *name;
} kept_headers[] = {
    {16, "webhook-id"},       {17, "webhook-timestamp"}, {18, "webhook-signature"}, {19, "webhook-event"},
    {20, "x-webhook-event"},  {21, "x-event-type"},      {22, "x-aimdoc-event"},    {23, "user-agent"},
    {24, "content-encoding"}, {25, "x-request-id"},      {26, "x-correlation-id"},  {27, "x-trace-id"},
    {28, "traceparent"},
};

#define KEPT_HEADERS (sizeof(kept_headers) / sizeof(kept_headers[0]))

static const struct kept_header *kept_by_name(struct ht_slice name)
{
    for (size_t i = 0; i < KEPT_HEADERS; i++) {
        const struct kept_header *kept = &kept_headers[i];

        if (ht_slice_is_word(name, kept->name)) return kept;
    }
    return NULL;
}

static const struct kept_header *kept_by_tag(uint8_t tag)
{
    for (size_t i = 0; i < KEPT_HEADERS; i++) {
        if (kept_headers[i].tag == tag) return &kept_headers[i];
    }
    return NULL;
}

static struct ht_slice cut(struct ht_slice slice, size_t limit)
{
    if (slice.size > limit) slice.size = limit;
    return slice;
}

bool ht_delivery_keeps_header(struct ht_slice name)
{
    return name.size > 0 && kept_by_name(name) != NULL;
}

void ht_delivery_add_header(struct ht_delivery *delivery, struct ht_slice name, struct ht_slice value)
{
    const struct kept_header *kept = name.size > 0 ? kept_by_name(name) : NULL;
    struct ht_header *header = NULL;

    if (!kept || delivery->header_count >= HT_MAX_KEPT_HEADERS) return;
    header = &delivery->headers[delivery->header_count++];
    header->name = ht_slice_from(kept->name);
    header->value = value.data ? cut(value, HT_MAX_HEADER_VALUE) : HT_SLICE("");
}

struct ht_slice ht_delivery_header(const struct ht_delivery *delivery, const char *name)
{
    for (size_t i = 0; i < delivery->header_count; i++) {
        if (ht_slice_is(delivery->headers[i].name, name)) return delivery->headers[i].value;
    }
    return HT_ABSENT;
}

static void add_entry(struct ht_buffer *out, uint8_t tag, struct ht_slice value, size_t limit)
{
    uint8_t head[ENTRY_HEAD] = {tag};

    if (!value.data) return;
    value = cut(value, limit);
    head[1] = (uint8_t)(value.size >> 8);
    head[2] = (uint8_t)value.size;
    ht_buffer_add_bytes(out, head, sizeof(head));
    ht_buffer_add(out, value);
}

void ht_delivery_encode(const struct ht_delivery *delivery, struct ht_buffer *out)
{
    add_entry(out, TAG_SENDER, delivery->sender, MAX_SENDER);
    add_entry(out, TAG_PATH_TYPE, delivery->path_type, HT_MAX_TYPE_PATH);
    add_entry(out, TAG_CONTENT_TYPE, delivery->content_type, HT_MAX_HEADER_VALUE);
    assert(delivery->header_count <= HT_MAX_KEPT_HEADERS);
    for (size_t i = 0; i < delivery->header_count; i++) {
        const struct ht_header *header = &delivery->headers[i];
        const struct kept_header *kept = kept_by_name(header->name);

        if (kept) add_entry(out, kept->tag, header->value, HT_MAX_HEADER_VALUE);
    }
}

/* Puts one entry where it belongs; false if it comes twice, is longer than is ever written, or is one too many. */
static bool place_entry(struct ht_delivery *delivery, uint8_t tag, struct ht_slice value)
{
    const struct kept_header *kept = NULL;
    struct ht_slice *field = NULL;
    size_t limit = HT_MAX_HEADER_VALUE;

    if (tag == TAG_SENDER) {
        field = &delivery->sender;
        limit = MAX_SENDER;
    } else if (tag == TAG_PATH_TYPE) {
        field = &delivery->path_type;
        limit = HT_MAX_TYPE_PATH;
    } else if (tag == TAG_CONTENT_TYPE) {
        field = &delivery->content_type;
    }
    if (field) {
        if (field->data || value.size > limit) return false;
        *field = value;
        return true;
    }
    kept = kept_by_tag(tag);
    if (!kept) return true;
    if (value.size > limit || delivery->header_count >= HT_MAX_KEPT_HEADERS) return false;
    delivery->headers[delivery->header_count++] = (struct ht_header){ht_slice_from(kept->name), value};
    return true;
}

enum ht_status ht_delivery_decode(struct ht_slice bytes, struct ht_delivery *delivery, struct ht_error *err)
{
    const uint8_t *from = (const uint8_t *)bytes.data;
    size_t at = 0;

    delivery->sender = HT_ABSENT;
    delivery->path_type = HT_ABSENT;
    delivery->content_type = HT_ABSENT;
    delivery->header_count = 0;
    while (at < bytes.size) {
        size_t size = 0;

        if (bytes.size - at < ENTRY_HEAD)
            return ht_fail_at(err, HT_CORRUPT, at, "a stored delivery ends inside an entry's head");
        size = (size_t)(from[at + 1] << 8 | from[at + 2]);
        if (bytes.size - at - ENTRY_HEAD < size)
            return ht_fail_at(err, HT_CORRUPT, at, "a stored delivery ends inside an entry");
        if (!place_entry(delivery, from[at], ht_slice_of(bytes.data + at + ENTRY_HEAD, size)))
            return ht_fail_at(err, HT_CORRUPT, at, "a stored delivery has an entry too many or too long");
        at += ENTRY_HEAD + size;
    }
    return HT_OK;
}
