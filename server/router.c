#include "router.h"

static int hex_value(char digit)
{
    if (digit >= '0' && digit <= '9') return digit - '0';
    char lower = (char)(digit | 0x20);
    return lower >= 'a' && lower <= 'f' ? lower - 'a' + 10 : -1;
}

bool ht_router_decode(struct ht_slice text, bool plus, struct ht_buffer *out)
{
    for (size_t i = 0; i < text.size; i++) {
        char byte = text.data[i];
        if (byte == '%') {
            if (text.size - i < 3) return false;
            int high = hex_value(text.data[i + 1]), low = hex_value(text.data[i + 2]);
            if (high < 0 || low < 0) return false;
            byte = (char)(high * 16 + low);
            i += 2;
        } else if (plus && byte == '+') {
            byte = ' ';
        }
        if (byte == '\0') return false;
        ht_buffer_add_byte(out, byte);
    }
    return !out->failed;
}

/* Takes what is before `mark` off the front of `rest`; absent `rest` when there is no more. */
static struct ht_slice cut(struct ht_slice *rest, char mark)
{
    const char *end = rest->size ? memchr(rest->data, mark, rest->size) : NULL;
    size_t size = end ? (size_t)(end - rest->data) : rest->size;
    struct ht_slice front = ht_slice_of(rest->data, size);
    *rest = end ? ht_slice_of(end + 1, rest->size - size - 1) : HT_ABSENT;
    return front;
}

/* Compares segment by segment; raw captures go to `raw`. */
static bool fits(const char *pattern, struct ht_slice path, struct ht_slice raw[HT_ROUTE_CAPTURES])
{
    struct ht_slice wanted = ht_slice_from(pattern);
    size_t count = 0;
    while (wanted.data && path.data) {
        struct ht_slice part = cut(&wanted, '/');
        if (ht_slice_is(part, "{*}")) {
            if (path.size == 0 || memchr(path.data, '%', path.size) || count == HT_ROUTE_CAPTURES) return false;
            raw[count] = path;
            return true;
        }
        struct ht_slice segment = cut(&path, '/');
        if (!ht_slice_is(part, "{}")) {
            if (!ht_slice_equal(part, segment)) return false;
        } else {
            if (segment.size == 0 || count == HT_ROUTE_CAPTURES) return false;
            raw[count++] = segment;
        }
    }
    return !wanted.data && !path.data;
}

/* The buffer moves while it grows: offsets first, slices at the end. */
static bool capture(struct ht_match *match, const struct ht_slice raw[HT_ROUTE_CAPTURES])
{
    size_t ends[HT_ROUTE_CAPTURES] = {0};
    for (size_t i = 0; i < HT_ROUTE_CAPTURES; i++) {
        if (raw[i].data && !ht_router_decode(raw[i], false, &match->decoded)) return false;
        ends[i] = match->decoded.size;
    }
    for (size_t i = 0; i < HT_ROUTE_CAPTURES; i++) {
        size_t begin = i ? ends[i - 1] : 0;
        match->captures[i] = raw[i].data ? ht_slice_of(match->decoded.data + begin, ends[i] - begin) : HT_ABSENT;
    }
    return true;
}

void ht_router_match(const struct ht_route *routes, size_t count, unsigned faces, unsigned method,
                     struct ht_slice target, struct ht_match *match)
{
    *match = (struct ht_match){0};
    struct ht_slice path = cut(&target, '?');
    match->query = target;
    for (size_t i = 0; i < count; i++) {
        struct ht_slice raw[HT_ROUTE_CAPTURES] = {HT_ABSENT, HT_ABSENT};
        if (!(routes[i].faces & faces) || !fits(routes[i].pattern, path, raw)) continue;
        match->allowed |= routes[i].method;
        if (routes[i].method != method) continue;
        if (capture(match, raw)) {
            match->route = &routes[i];
            return;
        }
        match->allowed = 0;
        return;
    }
}

void ht_router_allow(unsigned methods, struct ht_buffer *out)
{
    static const struct {
        unsigned method;
        const char *text;
    } names[] = {{HT_METHOD_GET, "GET, HEAD"}, {HT_METHOD_POST, "POST"}, {HT_METHOD_DELETE, "DELETE"}};
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        if (!(methods & names[i].method)) continue;
        if (out->size > 0) ht_buffer_add_text(out, ", ");
        ht_buffer_add_text(out, names[i].text);
    }
}

bool ht_router_next_pair(struct ht_slice *query, struct ht_buffer *scratch, struct ht_slice *name,
                         struct ht_slice *value, bool *valid)
{
    struct ht_slice pair = {0};
    do {
        if (!query->data) return false;
        pair = cut(query, '&');
    } while (pair.size == 0);
    struct ht_slice key = cut(&pair, '=');
    ht_buffer_clear(scratch);
    *valid = ht_router_decode(key, true, scratch);
    size_t border = scratch->size;
    *valid = *valid && (!pair.data || ht_router_decode(pair, true, scratch));
    const char *data = ht_buffer_slice(scratch).data;
    *name = ht_slice_of(data, border);
    *value = ht_slice_of(data + border, scratch->size - border);
    return true;
}
