#include "canonical.h"

#include <stdlib.h>

#include "hooktrail/emit.h"

struct canonical {
    const struct ht_json *json;
    struct ht_buffer *scratch; /* has room for every string of the value, so that none moves */
    struct ht_buffer *out;
    struct ht_emit strings;
    bool failed;
};

struct member {
    struct ht_slice key;
    uint32_t value;
};

static void add_value(struct canonical *canonical, uint32_t node);

static int compare_members(const void *a, const void *b)
{
    struct ht_slice x = ((const struct member *)a)->key, y = ((const struct member *)b)->key;
    size_t common = x.size < y.size ? x.size : y.size;
    int order = common > 0 ? memcmp(x.data, y.data, common) : 0;
    if (order != 0) return order;
    return x.size < y.size ? -1 : x.size > y.size;
}

static uint32_t count_children(const struct ht_json *json, uint32_t node)
{
    uint32_t count = 0;
    for (uint32_t child = ht_json_first(json, node); child != HT_JSON_NONE; child = ht_json_after(json, node, child))
        count++;
    return count;
}

static void add_object(struct canonical *canonical, uint32_t node)
{
    const struct ht_json *json = canonical->json;
    size_t kept = canonical->scratch->size;
    uint32_t count = count_children(json, node), at = 0;
    struct member *members = malloc((count > 0 ? count : 1) * sizeof *members);
    if (!members) {
        canonical->failed = true;
        return;
    }
    for (uint32_t key = ht_json_first(json, node); key != HT_JSON_NONE; key = ht_json_after(json, node, key))
        members[at++] = (struct member){ht_json_string(json, key, canonical->scratch), key + 1};
    qsort(members, count, sizeof *members, compare_members);
    ht_buffer_add_byte(canonical->out, '{');
    for (uint32_t i = 0; i < count; i++) {
        if (i > 0) ht_buffer_add_byte(canonical->out, ',');
        ht_emit_string(&canonical->strings, members[i].key);
        ht_buffer_add_byte(canonical->out, ':');
        add_value(canonical, members[i].value);
    }
    ht_buffer_add_byte(canonical->out, '}');
    canonical->scratch->size = kept;
    free(members);
}

static void add_array(struct canonical *canonical, uint32_t node)
{
    const struct ht_json *json = canonical->json;
    char before = '[';
    for (uint32_t child = ht_json_first(json, node); child != HT_JSON_NONE; child = ht_json_after(json, node, child)) {
        ht_buffer_add_byte(canonical->out, before);
        before = ',';
        add_value(canonical, child);
    }
    if (before == '[') ht_buffer_add_byte(canonical->out, '[');
    ht_buffer_add_byte(canonical->out, ']');
}

/* As deep as JSON from outside may be: HT_JSON_MAX_DEPTH. */
static void add_value(struct canonical *canonical, uint32_t node)
{
    size_t kept = canonical->scratch->size;
    switch (ht_json_type(canonical->json, node)) {
    case HT_JSON_OBJECT:
        add_object(canonical, node);
        break;
    case HT_JSON_ARRAY:
        add_array(canonical, node);
        break;
    case HT_JSON_STRING:
        ht_emit_string(&canonical->strings, ht_json_string(canonical->json, node, canonical->scratch));
        canonical->scratch->size = kept;
        break;
    case HT_JSON_NULL:
    case HT_JSON_FALSE:
    case HT_JSON_TRUE:
    case HT_JSON_NUMBER:
        ht_buffer_add(canonical->out, ht_json_raw(canonical->json, node));
        break;
    }
}

enum ht_status canonical_add(const struct ht_json *json, uint32_t node, struct ht_buffer *scratch,
                             struct ht_buffer *out, struct ht_error *err)
{
    struct canonical canonical = {.json = json, .scratch = scratch, .out = out};
    ht_emit_init(&canonical.strings, out);
    if (!ht_buffer_reserve(scratch, ht_json_raw(json, node).size + 1)) return ht_buffer_status(scratch, err);
    add_value(&canonical, node);
    return canonical.failed ? ht_fail(err, HT_NO_MEMORY, "out of memory for a JSON value") : HT_OK;
}
