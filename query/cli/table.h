/* A table on a terminal, its rows taken from JSON objects. */
#ifndef HOOKTRAIL_CLI_TABLE_H
#define HOOKTRAIL_CLI_TABLE_H

#include "output.h"
#include "view.h"

enum ht_column_kind {
    HT_COLUMN_TEXT,
    HT_COLUMN_COUNT, /* a number, to the right */
    HT_COLUMN_SIZE,  /* bytes */
    HT_COLUMN_TIME,  /* RFC 3339; shown in the local zone */
    HT_COLUMN_LIST   /* an array's members, by comma */
};

/* A row of a table's description; a NULL title ends it. */
struct ht_column {
    const char *title;
    const char *path;  /* in the row's object */
    const char *other; /* where to look when there is nothing at `path`; may be NULL */
    enum ht_column_kind kind;
    bool shrinks; /* may be cut when the terminal is narrow; all else is kept whole */
    enum ht_style style;
};

/* Adds what a cell shows: nothing where the object has nothing at the column's paths. */
void ht_column_add(const struct ht_column *column, struct ht_view *view, uint32_t node, struct ht_buffer *out);

/* The same description as a sheet, one fact a line, for what is shown alone; facts that are missing are left out.
   Titles are padded to `width` columns behind `indent` spaces. */
void ht_sheet_add(const struct ht_output *output, const struct ht_column *columns, struct ht_view *view, uint32_t node,
                  unsigned indent, unsigned width, struct ht_buffer *out);

struct ht_table;

HT_MUST_CHECK enum ht_status ht_table_new(const struct ht_output *output, const struct ht_column *columns,
                                          struct ht_table **table, struct ht_error *err);
void ht_table_free(struct ht_table *table);

/* Adds a row from the object `node`. */
HT_MUST_CHECK enum ht_status ht_table_add(struct ht_table *table, struct ht_view *view, uint32_t node,
                                          struct ht_error *err);

/* Adds a row from each line of NDJSON. */
HT_MUST_CHECK enum ht_status ht_table_add_lines(struct ht_table *table, struct ht_slice lines, struct ht_error *err);

/* Adds a row from each member of an array of objects, or none for HT_JSON_NONE. */
HT_MUST_CHECK enum ht_status ht_table_add_array(struct ht_table *table, struct ht_view *view, uint32_t array,
                                                struct ht_error *err);

/* Writes it to standard output; nothing without rows. */
HT_MUST_CHECK enum ht_status ht_table_print(struct ht_table *table, struct ht_error *err);

/* Adds to `out` what ht_table_print writes. */
HT_MUST_CHECK enum ht_status ht_table_text(struct ht_table *table, struct ht_buffer *out, struct ht_error *err);

#endif
