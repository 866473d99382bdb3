#include "line.h"

/* Behind a string of which the quote is at `at`. */
static const char *behind_string(const char *at, const char *end)
{
    for (at++; at < end && *at != '"'; at++)
        at += *at == '\\';
    return at < end ? at + 1 : end;
}

/* Where the value ends that begins at `at`: a comma, or the bracket of what it is in. */
static const char *behind_value(const char *at, const char *end)
{
    uint32_t depth = 0;
    while (at < end) {
        char c = *at;
        if (c == '"') {
            at = behind_string(at, end);
            continue;
        }
        if (depth == 0 && (c == ',' || c == '}' || c == ']')) break;
        depth += c == '{' || c == '[';
        depth -= c == '}' || c == ']';
        at++;
    }
    return at;
}

static void keep(struct ht_slice key, struct ht_slice value, const char *const keys[], size_t count,
                 struct ht_slice values[])
{
    if (ht_slice_is(value, "null")) return;
    for (size_t i = 0; i < count; i++) {
        if (ht_slice_is(key, keys[i])) values[i] = value;
    }
}

void export_line_members(struct ht_slice object, const char *const keys[], size_t count, struct ht_slice values[])
{
    for (size_t i = 0; i < count; i++)
        values[i] = HT_ABSENT;
    if (object.size < 2 || object.data[0] != '{') return;
    const char *at = object.data + 1, *end = object.data + object.size;
    while (at < end && *at == '"') {
        const char *colon = behind_string(at, end);
        if (colon == end) return;
        const char *behind = behind_value(colon + 1, end);
        keep(ht_slice_of(at + 1, (size_t)(colon - at) - 2), ht_slice_of(colon + 1, (size_t)(behind - colon) - 1), keys,
             count, values);
        at = behind < end ? behind + 1 : end;
    }
}

struct ht_slice export_line_member(struct ht_slice object, const char *key)
{
    struct ht_slice value;
    export_line_members(object, &key, 1, &value);
    return value;
}
