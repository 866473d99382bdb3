/* Cursors: text that decodes is what encoding gives; and any record encodes to text that decodes to it and that a query
   of its kind takes, if it is bound to it.

   Covers: query/cursor.c */
#include <stdlib.h>

#include "../../query/cursor.h"
#include "hooktrail/encode.h"
#include "require.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check_text(struct ht_slice text)
{
    struct cursor cursor;
    struct ht_error err = {0};
    char again[HT_CURSOR_SIZE];
    enum ht_status status = cursor_decode(text, &cursor, &err);
    require(status == HT_OK || (status == HT_INVALID && strcmp(err.pointer, "cursor") == 0));
    if (status != HT_OK) return;
    cursor_encode(&cursor, again);
    require(ht_slice_is(text, again));
}

static void open_with(const struct cursor *cursor)
{
    struct ht_filter filter;
    struct ht_query *query;
    struct ht_error err = {0};
    ht_filter_init(&filter);
    filter.since = cursor->since;
    filter.since_is_age = true;
    filter.ascending = cursor->ascending;
    struct cursor bound = *cursor;
    cursor_bind(&(struct ht_filter_id){0}, &filter, bound.binding);
    cursor_encode(&bound, filter.cursor);
    enum ht_status status = ht_query_open(cursor->kind, HT_FORMAT_DOCUMENT, HT_SLICE("1"), &filter, &query, &err);
    require(status == HT_OK || status == HT_INVALID);
    require(status == HT_OK || cursor->kind != HT_QUERY_EVENTS);
    ht_query_free(query);
}

static void check_record(const uint8_t *data)
{
    struct cursor again, cursor = {
                             .kind = (enum ht_query_kind)(data[0] % HT_QUERY_KINDS),
                             .ascending = data[1] % 2 == 1,
                             .since = (int64_t)ht_get_be64(data + 2),
                             .until = (int64_t)ht_get_be64(data + 10),
                         };
    char text[HT_CURSOR_SIZE];
    memcpy(cursor.binding, data + 18, sizeof cursor.binding);
    for (size_t i = 0; i < QUERY_POSITION_WORDS; i++)
        cursor.position[i] = ht_get_be64(data + 26 + 8 * i);
    cursor_encode(&cursor, text);
    require(cursor_decode(ht_slice_from(text), &again, NULL) == HT_OK);
    require(again.kind == cursor.kind && again.ascending == cursor.ascending);
    require(again.since == cursor.since && again.until == cursor.until);
    require(memcmp(again.binding, cursor.binding, sizeof cursor.binding) == 0);
    require(memcmp(again.position, cursor.position, sizeof cursor.position) == 0);
    open_with(&cursor);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    check_text(ht_slice_of(data, size));
    if (size >= 26 + 8 * QUERY_POSITION_WORDS) check_record(data);
    return 0;
}
