#include "parquet_column.h"

#include <assert.h>
#include <endian.h>
#include <stdlib.h>

#include "parquet_runs.h"

#define LEVEL_BITS 1 /* of a flat column that may be NULL */

static bool is_text(const struct parquet_column *column)
{
    return column->about->type == EXPORT_TEXT || column->about->type == EXPORT_JSON;
}

/* ---- pages ---- */

_Static_assert(sizeof(uint32_t) + PARQUET_PAGE_ROWS / 8 * 3 <= PARQUET_LEVELS_ROOM, "room for the levels of a page");

/* The page's first value comes behind the room for the levels. */
static enum ht_status begin_values(struct parquet_column *column, struct ht_error *err)
{
    ht_buffer_clear(&column->values);
    if (ht_buffer_reserve(&column->values, PARQUET_LEVELS_ROOM)) column->values.size = PARQUET_LEVELS_ROOM;
    return ht_buffer_status(&column->values, err);
}

/* Levels as v1 pages have them: with their length before them. */
static void add_levels(const struct parquet_column *column, struct ht_buffer *body)
{
    uint32_t size = 0;
    size_t at = body->size;
    ht_buffer_add_bytes(body, &size, sizeof size);
    runs_add(body, column->levels, column->rows, LEVEL_BITS);
    size = htole32((uint32_t)(body->size - at - sizeof size));
    if (!body->failed) memcpy(body->data + at, &size, sizeof size);
}

/* The levels go right before the values, which may be a row group's and so are not moved. */
static struct ht_slice plain_body(const struct parquet_column *column, const struct ht_buffer *levels)
{
    assert(levels->size <= PARQUET_LEVELS_ROOM && column->values.size >= PARQUET_LEVELS_ROOM);
    char *begin = column->values.data + PARQUET_LEVELS_ROOM - levels->size;
    if (levels->size > 0) memcpy(begin, levels->data, levels->size);
    return ht_slice_of(begin, column->values.size - PARQUET_LEVELS_ROOM + levels->size);
}

static struct ht_slice dictionary_body(const struct parquet_column *column, struct ht_buffer *body)
{
    uint32_t width = runs_width(column->dictionary.count);
    ht_buffer_add_byte(body, (char)width);
    runs_add(body, column->entries, column->present, width);
    return ht_buffer_slice(body);
}

/* The page under way becomes a finished one. Where there was no value yet it is PLAIN: an empty dictionary is nothing
   that readers know. */
static enum ht_status end_page(struct parquet_column *column, struct parquet_pager *pager, struct ht_error *err)
{
    struct ht_buffer *body = &pager->body;
    bool by_dictionary = column->by_dictionary && column->dictionary.count > 0;
    struct parquet_data data = {column->rows, by_dictionary ? PARQUET_RLE_DICTIONARY : PARQUET_PLAIN};
    ht_buffer_clear(body);
    if (column->about->nullable) add_levels(column, body);
    struct ht_slice page = by_dictionary ? dictionary_body(column, body) : plain_body(column, body);
    enum ht_status status = ht_buffer_status(body, err);
    if (status == HT_OK) status = parquet_page_add_data(pager, &data, page, &column->pages, &column->uncompressed, err);
    if (by_dictionary) column->dictionary_pages++;
    column->rows = column->present = 0;
    return status == HT_OK ? begin_values(column, err) : status;
}

/* ---- life ---- */

enum ht_status parquet_column_init(struct parquet_column *column, const struct export_column *about,
                                   struct ht_error *err)
{
    *column = (struct parquet_column){.about = about, .by_dictionary = about->type != EXPORT_BOOL};
    column->levels = calloc(PARQUET_PAGE_ROWS, sizeof *column->levels);
    column->entries = calloc(PARQUET_PAGE_ROWS, sizeof *column->entries);
    if (!column->levels || !column->entries) return ht_fail(err, HT_NO_MEMORY, "out of memory for a column");
    return begin_values(column, err);
}

void parquet_column_release(struct parquet_column *column)
{
    free(column->levels);
    free(column->entries);
    ht_buffer_release(&column->values);
    ht_buffer_release(&column->pages);
    dictionary_release(&column->dictionary);
}

/* ---- values ---- */

/* This page's values, and those to come, are PLAIN. Pages that are finished need the dictionary still. */
static void give_dictionary_up(struct parquet_column *column)
{
    for (uint32_t i = 0; i < column->present; i++)
        ht_buffer_add(&column->values, dictionary_entry(&column->dictionary, column->entries[i]));
    column->by_dictionary = false;
    if (column->dictionary_pages == 0) dictionary_clear(&column->dictionary);
}

/* Looks a value up; false if it is to be written as it is. */
static bool add_entry(struct parquet_column *column, struct ht_slice value, enum ht_status *status,
                      struct ht_error *err)
{
    uint32_t *entry = &column->entries[column->present], before = column->dictionary.count;
    if (!column->by_dictionary) return false;
    *status = dictionary_find(&column->dictionary, value, is_text(column), entry, err);
    if (*status == HT_TOO_LARGE) {
        *status = HT_OK;
        give_dictionary_up(column);
        return false;
    }
    /* A value that was there before has no news for the bounds. */
    if (column->dictionary.count > before && column->about->type == EXPORT_TEXT)
        bounds_add_text(&column->bounds, value);
    return true;
}

static enum ht_status add_text(struct parquet_column *column, struct ht_slice text, size_t *size, struct ht_error *err)
{
    enum ht_status status = HT_OK;
    if (text.size > PARQUET_LONGEST_VALUE)
        return ht_fail_field(err, HT_TOO_LARGE, column->about->name, "a value of %zu bytes is too long", text.size);
    *size += sizeof(uint32_t) + text.size;
    if (add_entry(column, text, &status, err)) return status;
    dictionary_add_sized(&column->values, text);
    if (column->about->type == EXPORT_TEXT) bounds_add_text(&column->bounds, text);
    return ht_buffer_status(&column->values, err);
}

static enum ht_status add_number(struct parquet_column *column, int64_t number, size_t *size, struct ht_error *err)
{
    enum ht_status status = HT_OK;
    uint64_t bits = htole64((uint64_t)number);
    *size += sizeof bits;
    bounds_add_number(&column->bounds, number);
    if (add_entry(column, ht_slice_of(&bits, sizeof bits), &status, err)) return status;
    ht_buffer_add_bytes(&column->values, &bits, sizeof bits);
    return ht_buffer_status(&column->values, err);
}

/* Eight to a byte, the first one lowest. */
static enum ht_status add_bool(struct parquet_column *column, bool value, size_t *size, struct ht_error *err)
{
    uint32_t bit = column->present % 8;
    if (bit == 0) {
        ht_buffer_add_byte(&column->values, 0);
        *size += 1;
    }
    bounds_add_number(&column->bounds, value);
    enum ht_status status = ht_buffer_status(&column->values, err);
    if (status == HT_OK && value) {
        char *byte = &column->values.data[column->values.size - 1];
        *byte = (char)((unsigned)*byte | 1U << bit);
    }
    return status;
}

static enum ht_status add_present(struct parquet_column *column, const struct export_value *value, size_t *size,
                                  struct ht_error *err)
{
    enum ht_status status;
    if (is_text(column)) {
        status = add_text(column, value->text, size, err);
    } else if (column->about->type == EXPORT_BOOL) {
        status = add_bool(column, value->number != 0, size, err);
    } else {
        status = add_number(column, value->number, size, err);
    }
    column->present++;
    return status;
}

enum ht_status parquet_column_add(struct parquet_column *column, const struct export_value *value,
                                  struct parquet_pager *pager, size_t *size, struct ht_error *err)
{
    enum ht_status status = HT_OK;
    assert(value->present || column->about->nullable);
    if (value->present) {
        status = add_present(column, value, size, err);
    } else {
        column->nulls++;
    }
    if (status != HT_OK) return status;
    column->levels[column->rows++] = value->present;
    column->chunk_rows++;
    if (column->rows < PARQUET_PAGE_ROWS && column->values.size < PARQUET_LEVELS_ROOM + PARQUET_PAGE_BYTES)
        return HT_OK;
    return end_page(column, pager, err);
}

/* ---- the chunk ---- */

enum parquet_type parquet_column_type(enum export_type type)
{
    static const enum parquet_type types[] = {[EXPORT_INT] = PARQUET_INT64,
                                              [EXPORT_TIME] = PARQUET_INT64,
                                              [EXPORT_BOOL] = PARQUET_BOOLEAN,
                                              [EXPORT_TEXT] = PARQUET_BYTE_ARRAY,
                                              [EXPORT_JSON] = PARQUET_BYTE_ARRAY};
    return types[type];
}

static void add_encodings(const struct parquet_column *column, struct thrift *meta)
{
    thrift_list(meta, 2, THRIFT_I32, column->dictionary_pages > 0 ? 3 : 2);
    thrift_item_i32(meta, PARQUET_PLAIN); /* the dictionary's own page is PLAIN as well */
    thrift_item_i32(meta, PARQUET_RLE);
    if (column->dictionary_pages > 0) thrift_item_i32(meta, PARQUET_RLE_DICTIONARY);
}

/* The bounds as PLAIN has them, but without a text's length. */
static void add_bounds(const struct parquet_column *column, struct thrift *meta)
{
    const struct bounds *bounds = &column->bounds;
    uint64_t least = htole64((uint64_t)bounds->least), greatest = htole64((uint64_t)bounds->greatest);
    size_t size = column->about->type == EXPORT_BOOL ? 1 : sizeof least;
    if (!bounds->known || bounds->hidden) return;
    if (column->about->type == EXPORT_TEXT) {
        thrift_binary(meta, 5, ht_slice_of(bounds->greatest_text, bounds->greatest_size));
        thrift_binary(meta, 6, ht_slice_of(bounds->least_text, bounds->least_size));
    } else {
        thrift_binary(meta, 5, ht_slice_of(&greatest, size));
        thrift_binary(meta, 6, ht_slice_of(&least, size));
    }
}

static void add_statistics(const struct parquet_column *column, struct thrift *meta)
{
    thrift_struct(meta, 12);
    thrift_i64(meta, 3, (int64_t)column->nulls);
    add_bounds(column, meta);
    thrift_end(meta);
}

/* A ColumnChunk. `data` is the position of the first data page; before it is the dictionary's, if there is one. */
static void add_metadata(const struct parquet_column *column, const struct parquet_pager *pager, uint64_t position,
                         uint64_t data, struct thrift *meta)
{
    uint64_t end = data + column->pages.size;
    thrift_item_struct(meta);
    thrift_i64(meta, 2, 0); /* where a copy of what follows would be: there is none */
    thrift_struct(meta, 3);
    thrift_i32(meta, 1, (int32_t)parquet_column_type(column->about->type));
    add_encodings(column, meta);
    thrift_list(meta, 3, THRIFT_BINARY, 1);
    thrift_item_binary(meta, ht_slice_from(column->about->name));
    thrift_i32(meta, 4, parquet_codec_number(pager->codec));
    thrift_i64(meta, 5, (int64_t)column->chunk_rows);
    thrift_i64(meta, 6, (int64_t)column->uncompressed);
    thrift_i64(meta, 7, (int64_t)(end - position));
    thrift_i64(meta, 9, (int64_t)data);
    if (column->dictionary_pages > 0) thrift_i64(meta, 11, (int64_t)position);
    add_statistics(column, meta);
    thrift_end(meta);
    thrift_end(meta);
}

static void begin_chunk(struct parquet_column *column)
{
    column->by_dictionary = column->about->type != EXPORT_BOOL;
    dictionary_clear(&column->dictionary);
    ht_buffer_clear(&column->pages);
    column->uncompressed = column->chunk_rows = column->nulls = 0;
    column->dictionary_pages = 0;
    column->bounds = (struct bounds){0};
}

enum ht_status parquet_column_end(struct parquet_column *column, struct parquet_pager *pager, uint64_t position,
                                  struct ht_buffer *out, struct thrift *meta, uint64_t *uncompressed,
                                  struct ht_error *err)
{
    size_t begin = out->size;
    enum ht_status status = HT_OK;
    if (column->rows > 0) status = end_page(column, pager, err);
    if (status == HT_OK && column->dictionary_pages > 0)
        status =
            parquet_page_add_dictionary(pager, column->dictionary.count, ht_buffer_slice(&column->dictionary.values),
                                        out, &column->uncompressed, err);
    if (status != HT_OK) return status;
    add_metadata(column, pager, position, position + (out->size - begin), meta);
    ht_buffer_add(out, ht_buffer_slice(&column->pages));
    *uncompressed += column->uncompressed;
    begin_chunk(column);
    return ht_buffer_status(out, err);
}
