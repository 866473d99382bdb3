#include "hooktrail/json.h"

#include <stdlib.h>

#include "json_tape.h"

struct ht_json *ht_json_new(void)
{
    if (sodium_init() < 0) return NULL;
    struct ht_json *json = malloc(sizeof *json); /* not zeroed: most of its megabytes are never touched */
    if (!json) return NULL;
    json->text = HT_ABSENT;
    json->count = 0;
    ht_json_keys_init(&json->keys);
    return json;
}

void ht_json_free(struct ht_json *json)
{
    free(json);
}

const struct ht_json_node *ht_json_node(const struct ht_json *json, uint32_t node)
{
    return node < json->count ? &json->nodes[node] : NULL;
}

enum ht_json_type ht_json_type(const struct ht_json *json, uint32_t node)
{
    return node < json->count ? (enum ht_json_type)json->nodes[node].type : HT_JSON_NULL;
}

/* Where the members of an object end: before that, a key stands at `object` + 1, and the next behind each value. None
   if it is no object. */
static uint32_t members_end(const struct ht_json *json, uint32_t object)
{
    return ht_json_type(json, object) == HT_JSON_OBJECT ? json->nodes[object].next : 0;
}

static uint32_t find_member(const struct ht_json *json, uint32_t object, struct ht_slice key)
{
    struct ht_json_text wanted = {key, false};
    uint32_t end = members_end(json, object);
    for (uint32_t member = object + 1; member < end; member = json->nodes[member + 1].next) {
        if (ht_json_text_equal(ht_json_text_of(json, member), wanted)) return member + 1;
    }
    return HT_JSON_NONE;
}

void ht_json_members(const struct ht_json *json, uint32_t object, const struct ht_slice *keys, size_t count,
                     uint32_t *values)
{
    uint32_t end = members_end(json, object);
    for (size_t i = 0; i < count; i++)
        values[i] = HT_JSON_NONE;
    for (uint32_t member = object + 1; member < end; member = json->nodes[member + 1].next) {
        struct ht_json_text key = ht_json_text_of(json, member);
        for (size_t i = 0; i < count; i++) {
            if (!ht_json_text_equal(key, (struct ht_json_text){keys[i], false})) continue;
            values[i] = member + 1;
            break;
        }
    }
}

uint32_t ht_json_member(const struct ht_json *json, uint32_t object, const char *key)
{
    return find_member(json, object, ht_slice_from(key));
}

uint32_t ht_json_path(const struct ht_json *json, uint32_t node, const char *path)
{
    for (;;) {
        const char *dot = strchrnul(path, '.');
        node = find_member(json, node, ht_slice_of(path, (size_t)(dot - path)));
        if (node == HT_JSON_NONE || *dot == '\0') return node;
        path = dot + 1;
    }
}

uint32_t ht_json_first(const struct ht_json *json, uint32_t container)
{
    enum ht_json_type type = ht_json_type(json, container);
    if (type != HT_JSON_ARRAY && type != HT_JSON_OBJECT) return HT_JSON_NONE;
    return json->nodes[container].next > container + 1 ? container + 1 : HT_JSON_NONE;
}

uint32_t ht_json_after(const struct ht_json *json, uint32_t container, uint32_t child)
{
    if (container >= json->count || child >= json->count) return HT_JSON_NONE;
    uint32_t value = json->nodes[container].type == HT_JSON_OBJECT ? child + 1 : child;
    if (value == json->count) return HT_JSON_NONE;
    uint32_t next = json->nodes[value].next;
    return next < json->nodes[container].next ? next : HT_JSON_NONE;
}

struct ht_slice ht_json_raw(const struct ht_json *json, uint32_t node)
{
    return node < json->count ? ht_json_text_of(json, node).raw : HT_ABSENT;
}

struct ht_slice ht_json_string(const struct ht_json *json, uint32_t node, struct ht_buffer *scratch)
{
    if (node >= json->count || json->nodes[node].type != HT_JSON_STRING) return HT_ABSENT;
    struct ht_json_text text = ht_json_text_of(json, node);
    if (!text.escaped) return text.raw;

    /* Unescaping never lengthens, so one reservation is enough and the pieces stay together. */
    char *value = ht_buffer_reserve(scratch, text.raw.size);
    if (!value) return HT_ABSENT;
    size_t before = scratch->size;
    struct ht_json_pieces pieces;
    struct ht_slice piece;
    ht_json_pieces_begin(&pieces, text);
    while (ht_json_pieces_step(&pieces, &piece))
        ht_buffer_add(scratch, piece);
    return ht_slice_of(value, scratch->size - before);
}
