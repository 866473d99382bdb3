#include "payload.h"

#include <stdlib.h>

struct payload *payload_new(void)
{
    return calloc(1, sizeof(struct payload));
}

void payload_free(struct payload *payload)
{
    if (!payload) return;
    ht_buffer_release(&payload->scratch);
    ht_buffer_release(&payload->text);
    free(payload);
}

static enum ht_status read_payload(struct payload *payload, struct ht_reader *reader, uint64_t seq,
                                   struct ht_error *err)
{
    const struct ht_tools *tools = ht_reader_tools(reader);
    if (!tools) return ht_fail(err, HT_NO_MEMORY, "no memory to read a payload");
    ht_buffer_clear(&payload->scratch);
    payload->json = tools->json;
    enum ht_status status = ht_trail_peek(reader, seq, tools->unpacker, &payload->record, err);
    if (status == HT_OK) status = ht_json_parse(tools->json, payload->record.payload, err);
    if (status != HT_OK) return status;
    return ht_reading_extract(tools->reading, tools->json, &payload->record.delivery, &payload->facts, err);
}

/* What the index has a row of was there, parsed and read: anything else now means damage. */
static bool means_damage(enum ht_status status)
{
    return status == HT_NOT_FOUND || status == HT_INVALID || status == HT_UNPROCESSABLE || status == HT_CORRUPT;
}

enum ht_status payload_read(struct payload *payload, struct ht_reader *reader, uint64_t seq, struct ht_error *err)
{
    struct ht_error cause = {0};
    enum ht_status status = read_payload(payload, reader, seq, &cause);
    if (status == HT_OK) return HT_OK;
    if (status == HT_ERASED) return ht_fail(err, status, "%s", cause.detail);
    if (means_damage(status)) status = HT_CORRUPT;
    return ht_fail(err, status, "event %llu cannot be read: %s", (unsigned long long)seq, cause.detail);
}

/* A copy of a value as it is being made; an emitter of its own escapes strings, for keys may be anything here. */
struct copy {
    struct payload *payload;
    struct ht_emit strings;
};

static void copy_string(struct copy *copy, uint32_t node)
{
    struct ht_buffer *scratch = &copy->payload->scratch;
    size_t kept = scratch->size;
    ht_emit_string(&copy->strings, ht_json_string(copy->payload->json, node, scratch));
    scratch->size = kept;
}

/* As deep as JSON from outside may be: HT_JSON_MAX_DEPTH. */
static void copy_value(struct copy *copy, uint32_t node)
{
    const struct ht_json *json = copy->payload->json;
    struct ht_buffer *out = &copy->payload->text;
    enum ht_json_type type = ht_json_type(json, node);
    if (type == HT_JSON_STRING) {
        copy_string(copy, node);
        return;
    }
    if (type != HT_JSON_OBJECT && type != HT_JSON_ARRAY) {
        ht_buffer_add(out, ht_json_raw(json, node));
        return;
    }
    const char *brackets = type == HT_JSON_OBJECT ? "{}" : "[]";
    char before = brackets[0];
    for (uint32_t child = ht_json_first(json, node); child != HT_JSON_NONE; child = ht_json_after(json, node, child)) {
        ht_buffer_add_byte(out, before);
        before = ',';
        if (type == HT_JSON_OBJECT) {
            copy_string(copy, child);
            ht_buffer_add_byte(out, ':');
        }
        copy_value(copy, type == HT_JSON_OBJECT ? child + 1 : child);
    }
    if (before == brackets[0]) ht_buffer_add_byte(out, brackets[0]);
    ht_buffer_add_byte(out, brackets[1]);
}

void payload_emit(struct payload *payload, uint32_t node, struct ht_emit *emit)
{
    struct copy copy = {.payload = payload};
    if (node == HT_JSON_NONE) {
        ht_emit_null(emit);
        return;
    }
    ht_buffer_clear(&payload->text);
    ht_emit_init(&copy.strings, &payload->text);
    copy_value(&copy, node);
    ht_emit_raw(emit, ht_buffer_slice(&payload->text));
    if (payload->text.failed) emit->out->failed = true;
}
