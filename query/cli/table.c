#include "table.h"

#include <libsmartcols.h>
#include <stdio.h>
#include <stdlib.h>

#include "hooktrail/encode.h"
#include "local.h"

struct ht_table {
    const struct ht_column *columns;
    const struct ht_output *output;
    struct libscols_table *scols;
    struct ht_buffer cell;
};

static enum ht_status no_memory(struct ht_error *err)
{
    return ht_fail(err, HT_NO_MEMORY, "out of memory for the table");
}

static bool add_column(struct ht_table *table, const struct ht_column *column)
{
    bool right = column->kind == HT_COLUMN_COUNT || column->kind == HT_COLUMN_SIZE;
    int flags = (right ? SCOLS_FL_RIGHT : 0) | (column->shrinks ? SCOLS_FL_TRUNC : 0);
    struct libscols_column *made = scols_table_new_column(table->scols, column->title, 0, flags);
    if (!made) return false;
    const char *color = ht_output_style(table->output, column->style);
    return !color[0] || scols_column_set_color(made, color) == 0;
}

enum ht_status ht_table_new(const struct ht_output *output, const struct ht_column *columns, struct ht_table **table,
                            struct ht_error *err)
{
    *table = calloc(1, sizeof **table);
    if (!*table) return no_memory(err);
    (*table)->columns = columns;
    (*table)->output = output;
    (*table)->scols = scols_new_table();
    if (!(*table)->scols) return no_memory(err);
    scols_table_enable_colors((*table)->scols, output->color);
    scols_table_enable_noencoding((*table)->scols, 1); /* cells are safe already, and that would escape our escapes */
    /* In a pipe nothing is cut: whoever reads that may want the whole ids. */
    scols_table_set_termforce((*table)->scols, output->terminal ? SCOLS_TERMFORCE_ALWAYS : SCOLS_TERMFORCE_NEVER);
    if (output->terminal) scols_table_set_termwidth((*table)->scols, output->width);
    for (; columns->title; columns++)
        if (!add_column(*table, columns)) return no_memory(err);
    return HT_OK;
}

void ht_table_free(struct ht_table *table)
{
    if (!table) return;
    if (table->scols) scols_unref_table(table->scols);
    ht_buffer_release(&table->cell);
    free(table);
}

static void add_list(struct ht_buffer *cell, struct ht_view *view, uint32_t array)
{
    if (array == HT_JSON_NONE) return;
    for (uint32_t at = ht_json_first(view->json, array); at != HT_JSON_NONE;
         at = ht_json_after(view->json, array, at)) {
        if (cell->size > 0) ht_buffer_add_text(cell, ", ");
        ht_terminal_add(cell, ht_view_value(view, at), false);
    }
}

void ht_column_add(const struct ht_column *column, struct ht_view *view, uint32_t node, struct ht_buffer *cell)
{
    const char *path = column->path;
    if (column->other && ht_view_text(view, node, path).size == 0) path = column->other;
    if (ht_view_find(view, node, path) == HT_JSON_NONE) return;
    switch (column->kind) {
    case HT_COLUMN_TEXT:
        ht_view_add(view, cell, node, path);
        break;
    case HT_COLUMN_COUNT:
        ht_local_count(cell, ht_view_number(view, node, path));
        break;
    case HT_COLUMN_SIZE:
        ht_local_size(cell, ht_view_number(view, node, path));
        break;
    case HT_COLUMN_TIME:
        ht_local_add(cell, ht_view_time(view, node, path), HT_LOCAL_TIME);
        break;
    case HT_COLUMN_LIST:
        add_list(cell, view, ht_view_find(view, node, path));
        break;
    }
}

void ht_sheet_add(const struct ht_output *output, const struct ht_column *columns, struct ht_view *view, uint32_t node,
                  unsigned indent, unsigned width, struct ht_buffer *out)
{
    struct ht_buffer value = {0};
    for (; columns->title; columns++) {
        ht_buffer_clear(&value);
        ht_column_add(columns, view, node, &value);
        if (value.size == 0) continue;
        ht_buffer_printf(out, "%*s%s%-*s%s ", (int)indent, "", ht_output_style(output, HT_STYLE_DIM), (int)width,
                         columns->title, ht_output_plain(output));
        ht_buffer_add_text(out, ht_output_style(output, columns->style));
        ht_buffer_add(out, ht_buffer_slice(&value));
        ht_buffer_printf(out, "%s\n", ht_output_plain(output));
    }
    if (ht_buffer_status(&value, NULL) != HT_OK) out->failed = true;
    ht_buffer_release(&value);
}

enum ht_status ht_table_add(struct ht_table *table, struct ht_view *view, uint32_t node, struct ht_error *err)
{
    struct libscols_line *line = scols_table_new_line(table->scols, NULL);
    if (!line) return no_memory(err);
    for (size_t i = 0; table->columns[i].title; i++) {
        ht_buffer_clear(&table->cell);
        ht_column_add(&table->columns[i], view, node, &table->cell);
        if (scols_line_set_data(line, i, ht_buffer_text(&table->cell)) != 0) return no_memory(err);
    }
    return ht_buffer_status(&table->cell, err);
}

enum ht_status ht_table_add_lines(struct ht_table *table, struct ht_slice lines, struct ht_error *err)
{
    struct ht_view view = {0};
    enum ht_status status = HT_OK;
    for (size_t at = 0; status == HT_OK && at < lines.size;) {
        const char *line = lines.data + at;
        const char *end = memchr(line, '\n', lines.size - at);
        size_t size = end ? (size_t)(end - line) : lines.size - at;
        status = ht_view_parse(&view, ht_slice_of(line, size), err);
        if (status == HT_OK) status = ht_table_add(table, &view, 0, err);
        at += size + 1;
    }
    ht_view_release(&view);
    return status;
}

enum ht_status ht_table_add_array(struct ht_table *table, struct ht_view *view, uint32_t array, struct ht_error *err)
{
    if (array == HT_JSON_NONE) return HT_OK;
    enum ht_status status = HT_OK;
    for (uint32_t at = ht_json_first(view->json, array); status == HT_OK && at != HT_JSON_NONE;
         at = ht_json_after(view->json, array, at))
        status = ht_table_add(table, view, at, err);
    return status;
}

enum ht_status ht_table_print(struct ht_table *table, struct ht_error *err)
{
    if (scols_table_is_empty(table->scols)) return HT_OK;
    scols_table_set_stream(table->scols, stdout);
    return scols_print_table(table->scols) == 0 ? HT_OK : no_memory(err);
}

enum ht_status ht_table_text(struct ht_table *table, struct ht_buffer *out, struct ht_error *err)
{
    char *text = NULL;
    if (scols_table_is_empty(table->scols)) return HT_OK;
    /* libsmartcols says that all is well, with no text, where libc finds no memory for its stream. */
    if (scols_print_table_to_string(table->scols, &text) != 0 || !text) return no_memory(err);
    ht_buffer_add_text(out, text);
    ht_buffer_add_byte(out, '\n');
    free(text);
    return ht_buffer_status(out, err);
}
