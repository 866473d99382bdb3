#include "view.h"

#include "hooktrail/encode.h"
#include "hooktrail/time.h"

enum ht_status ht_view_parse(struct ht_view *view, struct ht_slice text, struct ht_error *err)
{
    if (!view->json) view->json = ht_json_new();
    if (!view->json) return ht_fail(err, HT_NO_MEMORY, "out of memory");
    return ht_json_parse(view->json, text, err);
}

void ht_view_release(struct ht_view *view)
{
    ht_json_free(view->json);
    view->json = NULL;
    ht_buffer_release(&view->scratch);
}

uint32_t ht_view_find(const struct ht_view *view, uint32_t node, const char *path)
{
    uint32_t found = ht_json_path(view->json, node, path);
    if (found == HT_JSON_NONE || ht_json_type(view->json, found) == HT_JSON_NULL) return HT_JSON_NONE;
    return found;
}

struct ht_slice ht_view_value(struct ht_view *view, uint32_t node)
{
    if (node == HT_JSON_NONE || ht_json_type(view->json, node) == HT_JSON_NULL) return HT_ABSENT;
    if (ht_json_type(view->json, node) != HT_JSON_STRING) return ht_json_raw(view->json, node);
    ht_buffer_clear(&view->scratch);
    return ht_json_string(view->json, node, &view->scratch);
}

struct ht_slice ht_view_text(struct ht_view *view, uint32_t node, const char *path)
{
    return ht_view_value(view, ht_view_find(view, node, path));
}

void ht_view_add(struct ht_view *view, struct ht_buffer *out, uint32_t node, const char *path)
{
    struct ht_slice text = ht_view_text(view, node, path);
    if (text.size > 0) ht_terminal_add(out, text, false);
}

int64_t ht_view_time(struct ht_view *view, uint32_t node, const char *path)
{
    int64_t time;
    struct ht_slice text = ht_view_text(view, node, path);
    return text.data && ht_time_parse(text, &time) == HT_OK ? time : HT_TIME_NONE;
}

uint64_t ht_view_number(struct ht_view *view, uint32_t node, const char *path)
{
    uint64_t number;
    struct ht_slice text = ht_view_text(view, node, path);
    return text.data && ht_parse_u64(text, &number) == HT_OK ? number : 0;
}

bool ht_view_true(const struct ht_view *view, uint32_t node, const char *path)
{
    uint32_t found = ht_view_find(view, node, path);
    return found != HT_JSON_NONE && ht_json_type(view->json, found) == HT_JSON_TRUE;
}

uint32_t ht_view_count(const struct ht_view *view, uint32_t array)
{
    uint32_t count = 0;
    if (array == HT_JSON_NONE) return 0;
    for (uint32_t at = ht_json_first(view->json, array); at != HT_JSON_NONE; at = ht_json_after(view->json, array, at))
        count++;
    return count;
}
