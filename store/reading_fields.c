#include "reading_fields.h"

#include <assert.h>

static bool looks_at_body(const struct ht_rule *rule)
{
    return rule->source == HT_FROM_BODY || rule->source == HT_FROM_SHAPE || rule->source == HT_FROM_SHAPE_WITH_MESSAGES;
}

/* The number of a name, or fields->count. */
static size_t find(const struct ht_fields *fields, struct ht_slice name)
{
    size_t i = 0;

    while (i < fields->count && !ht_slice_equal(fields->names[i], name))
        i++;
    return i;
}

void ht_fields_init(struct ht_fields *fields)
{
    size_t count = 0;
    const struct ht_rule *rules = ht_rules_table(&count);

    assert(count <= HT_MAX_RULES);
    fields->count = 0;
    for (size_t i = 0; i < count; i++) {
        if (!looks_at_body(&rules[i])) continue;
        struct ht_slice name = ht_slice_of(rules[i].path, strcspn(rules[i].path, "."));
        size_t number = find(fields, name);

        assert(number < HT_MAX_FIELDS);
        fields->names[number] = name;
        if (number == fields->count) fields->count++;
        fields->of_rule[i] = (uint8_t)number;
        fields->rest[i] = rules[i].path[name.size] == '.' ? rules[i].path + name.size + 1 : NULL;
    }
}

void ht_fields_read(struct ht_fields *fields, const struct ht_json *json, struct ht_buffer *scratch)
{
    const size_t mark = scratch->size;

    for (size_t i = 0; i < fields->count; i++)
        fields->nodes[i] = HT_JSON_NONE;
    fields->unknown_count = 0;
    for (uint32_t key = ht_json_first(json, 0); key != HT_JSON_NONE; key = ht_json_after(json, 0, key)) {
        size_t number = find(fields, ht_json_string(json, key, scratch));

        scratch->size = mark;
        if (number < fields->count)
            fields->nodes[number] = key + 1;
        else if (fields->unknown_count++ < HT_MAX_WARNINGS)
            fields->unknown[fields->unknown_count - 1] = key;
    }
}

uint32_t ht_fields_at(const struct ht_fields *fields, const struct ht_json *json, const struct ht_rule *rule)
{
    size_t count = 0;
    const struct ht_rule *rules = ht_rules_table(&count);
    size_t row = (size_t)(rule - rules);
    uint32_t node = fields->nodes[fields->of_rule[row]];

    if (node != HT_JSON_NONE && fields->rest[row]) node = ht_json_path(json, node, fields->rest[row]);
    if (node != HT_JSON_NONE && ht_json_type(json, node) == HT_JSON_NULL) return HT_JSON_NONE;
    return node;
}
