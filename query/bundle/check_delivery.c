#include <inttypes.h>

#include "check.h"
#include "hooktrail/emit.h"
#include "hooktrail/time.h"

static enum ht_status differs(const struct check_event *event, const char *what, struct ht_error *err)
{
    return ht_fail(err, HT_CORRUPT,
                   "event %" PRIu64 ": the document of its deliveries tells of another %s than its leaf", event->seq,
                   what);
}

static bool says(struct check *check, uint32_t object, const char *name, struct ht_slice wanted)
{
    struct ht_slice text = check_text(check, object, name);
    if (!text.data || !wanted.data) return text.data == wanted.data;
    return ht_slice_equal(text, wanted);
}

static bool says_time(struct check *check, uint32_t object, const char *name, int64_t time)
{
    char text[HT_TIME_TEXT_SIZE];
    ht_time_format(text, time);
    return says(check, object, name, ht_slice_from(text));
}

static bool says_number(const struct check *check, uint32_t object, const char *name, uint64_t wanted)
{
    uint64_t number;
    return check_number(check, object, name, &number) && number == wanted;
}

/* ---- headers ---- */

static bool named_before(const struct ht_delivery *delivery, size_t at)
{
    for (size_t i = 0; i < at; i++)
        if (ht_slice_equal(delivery->headers[i].name, delivery->headers[at].name)) return true;
    return false;
}

/* The header's values joined by commas, as the document has them, in its JSON form. */
static void add_joined(struct ht_emit *emit, struct ht_buffer *joined, const struct ht_delivery *delivery, size_t at)
{
    ht_buffer_clear(joined);
    ht_buffer_add(joined, delivery->headers[at].value);
    for (size_t i = at + 1; i < delivery->header_count; i++) {
        if (!ht_slice_equal(delivery->headers[i].name, delivery->headers[at].name)) continue;
        ht_buffer_add_text(joined, ", ");
        ht_buffer_add(joined, delivery->headers[i].value);
    }
    ht_emit_string(emit, ht_buffer_slice(joined));
}

/* What the document must have as "headers", byte for byte: it is ours, and without white space. */
static void add_headers(struct ht_buffer *out, struct ht_buffer *joined, const struct ht_delivery *delivery)
{
    struct ht_emit emit;
    ht_emit_init(&emit, out);
    ht_emit_object(&emit);
    for (size_t i = 0; i < delivery->header_count; i++) {
        if (named_before(delivery, i)) continue;
        ht_emit_key_slice(&emit, delivery->headers[i].name);
        add_joined(&emit, joined, delivery, i);
    }
    ht_emit_end_object(&emit);
}

static enum ht_status check_headers(const struct check *check, const struct check_event *event, uint32_t first,
                                    const struct ht_delivery *delivery, struct ht_error *err)
{
    struct ht_buffer wanted = {0}, joined = {0};
    add_headers(&wanted, &joined, delivery);
    enum ht_status status = ht_buffer_status(&wanted, err);
    if (status == HT_OK) status = ht_buffer_status(&joined, err);
    uint32_t node = ht_json_member(check->json, first, "headers");
    if (status == HT_OK && !ht_slice_equal(ht_json_raw(check->json, node), ht_buffer_slice(&wanted)))
        status = differs(event, "header", err);
    ht_buffer_release(&wanted);
    ht_buffer_release(&joined);
    return status;
}

/* ---- */

static enum ht_status check_first(struct check *check, const struct check_event *event, uint32_t first,
                                  const struct ht_leaf *leaf, const struct ht_delivery *delivery, struct ht_error *err)
{
    enum ht_json_type verified = ht_json_type(check->json, ht_json_member(check->json, first, "signature_verified"));
    if (!says_time(check, first, "at", leaf->received_at)) return differs(event, "time", err);
    if (!says(check, first, "sender", delivery->sender)) return differs(event, "sender", err);
    if (!says(check, first, "content_type", delivery->content_type)) return differs(event, "content type", err);
    if (verified != (leaf->signature_verified ? HT_JSON_TRUE : HT_JSON_FALSE))
        return differs(event, "check of a signature", err);
    return check_headers(check, event, first, delivery, err);
}

enum ht_status check_delivery(struct check *check, const struct check_event *event, const struct ht_leaf *leaf,
                              const struct ht_delivery *delivery, struct ht_error *err)
{
    struct ht_error cause = {0};
    struct ht_slice listed = ht_slice_of(event->listed_sha256, sizeof event->listed_sha256);
    if (ht_json_parse(check->json, ht_buffer_slice(&event->text[LAYOUT_DELIVERIES]), &cause) != HT_OK)
        return differs(event, "form", err);
    if (!says_number(check, 0, "seq", event->seq)) return differs(event, "number", err);
    if (!says(check, 0, "sha256", listed)) return differs(event, "SHA-256", err);
    if (!says_number(check, 0, "size", leaf->size)) return differs(event, "size", err);
    if (!says_time(check, 0, "received_at", leaf->received_at)) return differs(event, "time", err);
    uint32_t first = ht_json_first(check->json, ht_json_member(check->json, 0, "received"));
    return check_first(check, event, first, leaf, delivery, err);
}
