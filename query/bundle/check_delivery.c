#include <inttypes.h>

#include "check.h"
#include "hooktrail/emit.h"
#include "hooktrail/time.h"

/* What a document of deliveries may have. What is not among it we never wrote, and nothing speaks for it. */
static const char *const event_members[] = {
    "seq",        "type",       "received_at", "occurred_at",   "agent_id",   "agent_name", "conversation_id",
    "lead_id",    "visitor_id", "sha256",      "size",          "deliveries", "warnings",   "derived",
    "unreadable", "endpoint",   "received",    "received_more", NULL};
static const char *const delivery_members[] = {"at", "sender", "content_type", "headers", "signature_verified", NULL};

enum ht_status check_differs(const struct check *check, const struct check_event *event, const char *what,
                             const char *from, struct ht_error *err)
{
    if (check->scratch.failed) return ht_fail(err, HT_NO_MEMORY, "no memory to check a bundle");
    return ht_fail(err, HT_CORRUPT, "event %" PRIu64 ": the document of its deliveries tells of another %s than its %s",
                   event->seq, what, from);
}

static enum ht_status differs(const struct check *check, const struct check_event *event, const char *what,
                              struct ht_error *err)
{
    return check_differs(check, event, what, "leaf", err);
}

bool check_says(struct check *check, uint32_t object, const char *name, struct ht_slice wanted)
{
    struct ht_emit emit;
    uint32_t node = ht_json_member(check->json, object, name);
    enum ht_json_type type = ht_json_type(check->json, node);
    if (!wanted.data) return type == HT_JSON_NULL;
    if (type != HT_JSON_STRING) return false;
    ht_buffer_clear(&check->scratch);
    ht_emit_init(&emit, &check->scratch);
    ht_emit_string(&emit, wanted);
    if (check->scratch.failed) return false;
    struct ht_slice written = ht_slice_of(check->scratch.data + 1, check->scratch.size - 2); /* without the quotes */
    return ht_slice_equal(ht_json_raw(check->json, node), written);
}

bool check_says_time(struct check *check, uint32_t object, const char *name, int64_t time)
{
    char text[HT_TIME_TEXT_SIZE];
    ht_time_format(text, time);
    return check_says(check, object, name, ht_slice_from(text));
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
        status = differs(check, event, "header", err);
    ht_buffer_release(&wanted);
    ht_buffer_release(&joined);
    return status;
}

/* ---- */

static enum ht_status check_first(struct check *check, const struct check_event *event, uint32_t first,
                                  const struct ht_leaf *leaf, const struct ht_delivery *delivery, struct ht_error *err)
{
    enum ht_json_type verified = ht_json_type(check->json, ht_json_member(check->json, first, "signature_verified"));
    if (!check_says_time(check, first, "at", leaf->received_at)) return differs(check, event, "time", err);
    if (!check_says(check, first, "sender", delivery->sender)) return differs(check, event, "sender", err);
    if (!check_says(check, first, "content_type", delivery->content_type))
        return differs(check, event, "content type", err);
    if (verified != (leaf->signature_verified ? HT_JSON_TRUE : HT_JSON_FALSE))
        return differs(check, event, "check of a signature", err);
    return check_headers(check, event, first, delivery, err);
}

/* ---- members ---- */

static bool is_among(struct ht_slice name, const char *const *names)
{
    for (; *names; names++)
        if (ht_slice_is(name, *names)) return true;
    return false;
}

/* As they are written: a name with an escape in it is none of ours. */
static bool has_only(const struct ht_json *json, uint32_t object, const char *const *names)
{
    if (ht_json_type(json, object) != HT_JSON_OBJECT) return false;
    for (uint32_t at = ht_json_first(json, object); at != HT_JSON_NONE; at = ht_json_after(json, object, at))
        if (!is_among(ht_json_raw(json, at), names)) return false;
    return true;
}

static enum ht_status check_members(const struct check *check, const struct check_event *event, struct ht_error *err)
{
    const struct ht_json *json = check->json;
    bool known = has_only(json, 0, event_members);
    uint32_t list = ht_json_member(json, 0, "received");
    for (uint32_t at = ht_json_first(json, list); known && at != HT_JSON_NONE; at = ht_json_after(json, list, at))
        known = has_only(json, at, delivery_members);
    if (known) return HT_OK;
    return ht_fail(err, HT_CORRUPT, "event %" PRIu64 ": the document of its deliveries has what no such document has",
                   event->seq);
}

static enum ht_status check_kept(struct check *check, const struct check_event *event,
                                 const struct ht_delivery *delivery, struct ht_error *err)
{
    const struct ht_leaf *leaf = &event->leaf;
    struct ht_slice listed = ht_slice_of(event->listed_sha256, sizeof event->listed_sha256);
    if (!says_number(check, 0, "seq", event->seq)) return differs(check, event, "number", err);
    if (!check_says(check, 0, "sha256", listed)) return differs(check, event, "SHA-256", err);
    if (!says_number(check, 0, "size", leaf->size)) return differs(check, event, "size", err);
    if (!check_says_time(check, 0, "received_at", leaf->received_at)) return differs(check, event, "time", err);
    uint32_t first = ht_json_first(check->json, ht_json_member(check->json, 0, "received"));
    return check_first(check, event, first, leaf, delivery, err);
}

enum ht_status check_delivery(struct check *check, const struct check_event *event, struct ht_slice payload,
                              struct ht_error *err)
{
    struct ht_error cause = {0};
    struct ht_delivery delivery = {.received_at = event->leaf.received_at,
                                   .endpoint = event->leaf.endpoint,
                                   .signature_verified = event->leaf.signature_verified};
    if (ht_delivery_decode(ht_buffer_slice(&event->delivery), &delivery, &cause) != HT_OK)
        return ht_fail(err, HT_CORRUPT, "event %" PRIu64 ": its first delivery is malformed", event->seq);
    if (ht_json_parse(check->json, ht_buffer_slice(&event->text[LAYOUT_DELIVERIES]), &cause) != HT_OK)
        return differs(check, event, "form", err);
    enum ht_status status = check_members(check, event, err);
    if (status == HT_OK) status = check_kept(check, event, &delivery, err);
    return status == HT_OK ? check_facts(check, event, payload, &delivery, err) : status;
}
