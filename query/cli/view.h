/* A JSON document of ours, parsed again to be shown to people: so that text and --json can't disagree. */
#ifndef HOOKTRAIL_CLI_VIEW_H
#define HOOKTRAIL_CLI_VIEW_H

#include "hooktrail/json.h"

/* Zero-initialised is empty and valid. */
struct ht_view {
    struct ht_json *json;
    struct ht_buffer scratch;
};

/* Parses; `text` must stay in place as long as the view is read. May be called again for another text. */
HT_MUST_CHECK enum ht_status ht_view_parse(struct ht_view *view, struct ht_slice text, struct ht_error *err);
void ht_view_release(struct ht_view *view);

/* The value along a path "a.b", or HT_JSON_NONE: also where it is null. */
uint32_t ht_view_find(const struct ht_view *view, uint32_t node, const char *path);

/* A string's value, or a number or literal as written; absent if there is none, or null. Until the next call. */
struct ht_slice ht_view_value(struct ht_view *view, uint32_t node);
struct ht_slice ht_view_text(struct ht_view *view, uint32_t node, const char *path); /* both in one */

/* The value along the path, safe for a terminal and on one line; nothing if there is none. */
void ht_view_add(struct ht_view *view, struct ht_buffer *out, uint32_t node, const char *path);

int64_t ht_view_time(struct ht_view *view, uint32_t node, const char *path);    /* HT_TIME_NONE if there is none */
uint64_t ht_view_number(struct ht_view *view, uint32_t node, const char *path); /* 0 if there is none */
bool ht_view_true(const struct ht_view *view, uint32_t node, const char *path);

/* Members of an array, or of the array along a path. */
uint32_t ht_view_count(const struct ht_view *view, uint32_t array);

#endif
