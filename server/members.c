#include "members.h"

static struct ht_member *member_of(struct ht_member *members, size_t count, struct ht_slice name)
{
    for (size_t i = 0; i < count; i++) {
        if (ht_slice_is(name, members[i].name)) return &members[i];
    }
    return NULL;
}

/* `out` has room for all: it does not move. */
static enum ht_status take(const struct ht_json *json, uint32_t key, struct ht_member *members, size_t count,
                           struct ht_buffer *out, struct ht_error *err)
{
    uint32_t node = key + 1;
    struct ht_member *member = member_of(members, count, ht_json_raw(json, key));
    if (!member)
        return ht_fail_at(err, HT_INVALID, ht_json_node(json, key)->offset, "there is no such member to be given here");
    if (ht_json_type(json, node) != HT_JSON_STRING)
        return ht_fail_field(err, HT_INVALID, member->name, "\"%s\" is a string", member->name);
    size_t begin = out->size;
    struct ht_slice value = ht_json_string(json, node, out);
    if (value.size > 0 && memchr(value.data, '\0', value.size))
        return ht_fail_field(err, HT_INVALID, member->name, "\"%s\" has a NUL in it", member->name);
    if (out->size == begin) ht_buffer_add(out, value); /* it has no escapes: it is still in the text */
    ht_buffer_add_byte(out, '\0');
    member->value = ht_slice_of(out->data + begin, value.size);
    return HT_OK;
}

static enum ht_status take_all(const struct ht_json *json, struct ht_member *members, size_t count,
                               struct ht_buffer *out, struct ht_error *err)
{
    enum ht_status status = HT_OK;
    if (ht_json_type(json, 0) != HT_JSON_OBJECT) return ht_fail(err, HT_INVALID, "the body is no JSON object");
    for (uint32_t key = ht_json_first(json, 0); status == HT_OK && key != HT_JSON_NONE;
         key = ht_json_after(json, 0, key))
        status = take(json, key, members, count, out, err);
    for (size_t i = 0; status == HT_OK && i < count; i++) {
        if (members[i].required && !members[i].value.data)
            status = ht_fail_field(err, HT_INVALID, members[i].name, "\"%s\" is missing", members[i].name);
    }
    return status == HT_OK ? ht_buffer_status(out, err) : status;
}

enum ht_status ht_members_read(struct ht_json *json, struct ht_slice text, struct ht_member *members, size_t count,
                               struct ht_buffer *out, struct ht_error *err)
{
    enum ht_status status = ht_json_parse(json, text, err);
    if (status != HT_OK) return status;
    if (!ht_buffer_reserve(out, 2 * text.size + count + 1)) return ht_buffer_status(out, err);
    return take_all(json, members, count, out, err);
}
