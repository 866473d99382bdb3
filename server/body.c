#include "body.h"

#include <event2/buffer.h>

#include "field.h"

static struct ht_body_field *field_of(struct ht_body_field *fields, size_t count, struct ht_slice name)
{
    for (size_t i = 0; i < count; i++) {
        if (ht_slice_is(name, fields[i].name)) return &fields[i];
    }
    return NULL;
}

/* `out` has room for all: it does not move. */
static enum ht_status take(const struct ht_json *json, uint32_t key, struct ht_body_field *fields, size_t count,
                           struct ht_buffer *out, struct ht_error *err)
{
    uint32_t node = key + 1;
    struct ht_body_field *field = field_of(fields, count, ht_json_raw(json, key));
    if (!field)
        return ht_fail_at(err, HT_INVALID, ht_json_node(json, key)->offset, "there is no such member to be given here");
    if (ht_json_type(json, node) != HT_JSON_STRING)
        return ht_fail_field(err, HT_INVALID, field->name, "\"%s\" is a string", field->name);
    size_t begin = out->size;
    struct ht_slice value = ht_json_string(json, node, out);
    if (value.size > 0 && memchr(value.data, '\0', value.size))
        return ht_fail_field(err, HT_INVALID, field->name, "\"%s\" has a NUL in it", field->name);
    if (out->size == begin) ht_buffer_add(out, value); /* it has no escapes: it is still in the body */
    ht_buffer_add_byte(out, '\0');
    field->value = ht_slice_of(out->data + begin, value.size);
    return HT_OK;
}

static enum ht_status take_all(const struct ht_json *json, struct ht_body_field *fields, size_t count,
                               struct ht_buffer *out, struct ht_error *err)
{
    enum ht_status status = HT_OK;
    if (ht_json_type(json, 0) != HT_JSON_OBJECT) return ht_fail(err, HT_INVALID, "the body is no JSON object");
    for (uint32_t key = ht_json_first(json, 0); status == HT_OK && key != HT_JSON_NONE;
         key = ht_json_after(json, 0, key))
        status = take(json, key, fields, count, out, err);
    for (size_t i = 0; status == HT_OK && i < count; i++) {
        if (fields[i].required && !fields[i].value.data)
            status = ht_fail_field(err, HT_INVALID, fields[i].name, "\"%s\" is missing", fields[i].name);
    }
    return status == HT_OK ? ht_buffer_status(out, err) : status;
}

static void wipe(struct ht_request *request)
{
    struct evbuffer *input = evhttp_request_get_input_buffer(request->http);
    unsigned char *data = evbuffer_pullup(input, -1);
    if (data) explicit_bzero(data, evbuffer_get_length(input));
}

enum ht_status ht_body_read(struct ht_request *request, struct ht_body_field *fields, size_t count,
                            struct ht_buffer *out, struct ht_error *err)
{
    struct ht_slice body = ht_request_body(request);
    struct ht_json *json = request->loop->tools->json;
    if (!ht_field_is_json(ht_request_header(request, "Content-Type")))
        return ht_fail_field(err, HT_INVALID, "Content-Type", "send a JSON object, as application/json");
    if (body.size > HT_BODY_MAX) return ht_fail(err, HT_TOO_LARGE, "the body is over %d bytes", HT_BODY_MAX);
    if (!ht_buffer_reserve(out, 2 * body.size + count + 1)) return ht_buffer_status(out, err);
    enum ht_status status = ht_json_parse(json, body, err);
    if (status == HT_OK) status = take_all(json, fields, count, out, err);
    wipe(request);
    return status;
}
