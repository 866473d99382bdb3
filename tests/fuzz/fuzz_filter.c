/* Filters from lines of "name=value": whatever is taken stays within its bounds, can be set again, and is answered by
   every kind of query with yes or with a name of what does not apply.

   Covers: query/filter.c */
#include <stdlib.h>

#include "../../query/cursor.h"
#include "../../query/filter.h"
#include "hooktrail/query.h"
#include "hooktrail/time.h"
#include "require.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define NOW (INT64_C(1800000000) * HT_SECOND)

static void check_id(const struct ht_filter_id *id)
{
    require(id->size <= HT_MAX_ID && id->set == (id->size > 0));
}

static void check(const struct ht_filter *filter)
{
    check_id(&filter->agent);
    check_id(&filter->conversation);
    check_id(&filter->lead);
    check_id(&filter->visitor);
    require(filter->type_count <= HT_FILTER_TYPES);
    for (uint32_t i = 0; i < filter->type_count; i++) {
        require(strnlen(filter->types[i], HT_MAX_TYPE + 1) <= HT_MAX_TYPE && filter->types[i][0]);
        require(i == 0 || strcmp(filter->types[i - 1], filter->types[i]) < 0);
    }
    require(filter->limit >= 1 && filter->limit <= HT_FILTER_MAX_LIMIT);
    require(memchr(filter->cursor, '\0', sizeof filter->cursor) != NULL);
    require((filter_bits(filter) & ~filter->given & ~FILTER_BIT(FILTER_TYPE)) == 0);
}

static void set_line(struct ht_filter *filter, const char *line, size_t size)
{
    struct ht_error err = {0};
    const char *equals = size > 0 ? memchr(line, '=', size) : NULL;
    size_t name = equals ? (size_t)(equals - line) : size;
    struct ht_slice value = equals ? ht_slice_of(equals + 1, size - name - 1) : HT_ABSENT;
    enum ht_status status = ht_filter_set(filter, ht_slice_of(line, name), value, NOW, &err);
    require(status == HT_OK || (status == HT_INVALID && err.detail[0]));
    if (status != HT_OK) return;
    require(ht_filter_set(filter, ht_slice_of(line, name), value, NOW, &err) == HT_OK);
}

static void open_all(const struct ht_filter *filter)
{
    for (enum ht_query_kind kind = HT_QUERY_EVENTS; kind < HT_QUERY_KINDS; kind++) {
        struct ht_error err = {0};
        struct ht_query *query;
        enum ht_status status = ht_query_open(kind, HT_FORMAT_DOCUMENT, HT_SLICE("1"), filter, &query, &err);
        require(status == HT_OK || (status == HT_INVALID && err.pointer[0]));
        ht_query_free(query);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct ht_filter filter;
    uint8_t binding[CURSOR_BINDING_SIZE];
    const char *at = (const char *)data;
    ht_filter_init(&filter);
    while (size > 0) {
        const char *newline = memchr(at, '\n', size);
        size_t line = newline ? (size_t)(newline - at) : size;
        set_line(&filter, at, line);
        line += newline ? 1 : 0;
        at += line;
        size -= line;
    }
    check(&filter);
    cursor_bind(&(struct ht_filter_id){0}, &filter, binding);
    open_all(&filter);
    return 0;
}
