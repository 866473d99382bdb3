/* CSV by RFC 4180, with a header line and lines that end with CR LF.

   Text and JSON are always quoted, all else never is. So NULL, an unquoted empty field, and the empty text, "", come
   back apart: in PostgreSQL by COPY … WITH (FORMAT csv, HEADER), in DuckDB by read_csv with allow_quoted_nulls = false.
   U+0000, which CSV has no place for and for which PostgreSQL refuses a whole file, becomes U+FFFD. */
#include <assert.h>
#include <stdio.h>
#include <stdlib.h>

#include "format.h"
#include "hooktrail/time.h"

#define REPLACEMENT "\xef\xbf\xbd" /* U+FFFD */

struct export_encoder {
    const struct export_table *table;
    bool for_spreadsheets;
};

static enum ht_status begin(const struct export_format_options *options, const struct export_table *table,
                            struct ht_buffer *out, struct export_encoder **encoder, struct ht_error *err)
{
    *encoder = malloc(sizeof **encoder);
    if (!*encoder) return ht_fail(err, HT_NO_MEMORY, "out of memory for an encoder");
    **encoder = (struct export_encoder){table, options->for_spreadsheets};
    for (uint32_t i = 0; i < table->column_count; i++) {
        if (i > 0) ht_buffer_add_byte(out, ',');
        ht_buffer_add_text(out, table->columns[i].name);
    }
    ht_buffer_add_text(out, "\r\n");
    return ht_buffer_status(out, err);
}

/* Whether a spreadsheet would take the text for a formula, by its first character (OWASP, "CSV Injection"); those of
   double width count in East Asian locales. JSON needs no guard: the most that it can begin with is a negative number.
 */
static bool is_formula(struct ht_slice text)
{
    static const char *const firsts[] = {"=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠"};
    for (size_t i = 0; i < sizeof firsts / sizeof *firsts; i++) {
        size_t size = strlen(firsts[i]);
        if (text.size >= size && memcmp(text.data, firsts[i], size) == 0) return true;
    }
    return false;
}

/* Bytes without NUL, each quote doubled. */
static void add_doubled(struct ht_buffer *out, const char *at, const char *end)
{
    for (const char *quote; at < end && (quote = memchr(at, '"', (size_t)(end - at))) != NULL; at = quote + 1) {
        ht_buffer_add_bytes(out, at, (size_t)(quote + 1 - at));
        ht_buffer_add_byte(out, '"');
    }
    ht_buffer_add_bytes(out, at, (size_t)(end - at));
}

static void add_quoted(struct ht_buffer *out, struct ht_slice text, bool guard)
{
    const char *at = text.data, *end = text.data + text.size;
    ht_buffer_add_byte(out, '"');
    if (guard && is_formula(text)) ht_buffer_add_byte(out, '\'');
    for (const char *nul; at < end && (nul = memchr(at, '\0', (size_t)(end - at))) != NULL; at = nul + 1) {
        add_doubled(out, at, nul);
        ht_buffer_add_text(out, REPLACEMENT);
    }
    add_doubled(out, at, end);
    ht_buffer_add_byte(out, '"');
}

static void add_time(struct ht_buffer *out, int64_t time)
{
    char text[HT_TIME_TEXT_SIZE];
    size_t size = ht_time_format(text, time);
    ht_buffer_add_bytes(out, text, size);
}

static void add_value(const struct export_encoder *encoder, const struct export_column *column,
                      const struct export_value *value, struct ht_buffer *out)
{
    if (!value->present) {
        assert(column->nullable);
        return;
    }
    switch (column->type) {
    case EXPORT_INT:
        ht_buffer_printf(out, "%lld", (long long)value->number);
        break;
    case EXPORT_TIME:
        add_time(out, value->number);
        break;
    case EXPORT_BOOL:
        ht_buffer_add_text(out, value->number != 0 ? "true" : "false");
        break;
    case EXPORT_TEXT:
        add_quoted(out, value->text, encoder->for_spreadsheets);
        break;
    case EXPORT_JSON:
        add_quoted(out, value->text, false);
        break;
    }
}

static enum ht_status add(struct export_encoder *encoder, const struct export_row *row, struct ht_buffer *out,
                          struct ht_error *err)
{
    const struct export_table *table = encoder->table;
    for (uint32_t i = 0; i < table->column_count; i++) {
        if (i > 0) ht_buffer_add_byte(out, ',');
        add_value(encoder, &table->columns[i], &row->values[i], out);
    }
    ht_buffer_add_text(out, "\r\n");
    return ht_buffer_status(out, err);
}

static enum ht_status end(struct export_encoder *encoder, struct ht_buffer *out, struct ht_error *err)
{
    (void)encoder;
    return ht_buffer_status(out, err);
}

static void free_encoder(struct export_encoder *encoder)
{
    free(encoder);
}

const struct export_format export_csv = {"csv", ".csv", false, begin, add, end, free_encoder};
