#include "views.h"

#include <stdio.h>

#include "ddl.h"
#include "files_set.h"

static enum ht_status see_file(void *context, const char *name, uint64_t size, struct ht_error *err)
{
    bool *found = context;
    (void)name, (void)size, (void)err;
    *found = true;
    return HT_OK;
}

static const struct export_dialect *duckdb(void)
{
    return export_dialect_find(HT_SLICE("duckdb"));
}

/* What is between the parentheses of read_parquet: a literal of SQL. */
static void add_files(struct ht_buffer *out, const char *path, const char *table)
{
    ht_buffer_add_byte(out, '\'');
    for (const char *at = path; *at; at++) {
        if (*at == '\'') ht_buffer_add_byte(out, '\'');
        ht_buffer_add_byte(out, *at);
    }
    ht_buffer_printf(out, "/%s/*/*.parquet'", table);
}

static void add_columns(struct ht_buffer *out, const struct export_table *table)
{
    for (uint32_t i = 0; i < table->column_count; i++)
        ht_buffer_printf(out, "%s%s", i > 0 ? ", " : "", table->columns[i].name);
}

/* Of a key's rows the newest; of a conversation's messages those of its newest run. */
static void add_what_counts(struct ht_buffer *out, const struct export_table *table)
{
    if (table->kind == EXPORT_STATE) {
        ht_buffer_add_text(out, "\n    QUALIFY row_number() OVER (PARTITION BY ");
        export_ddl_add_key(out, duckdb(), table);
        ht_buffer_add_text(out, " ORDER BY updated_seq DESC) = 1");
    } else if (table->kind == EXPORT_WHOLE) {
        ht_buffer_printf(out, "\n    QUALIFY updated_seq = max(updated_seq) OVER (PARTITION BY trail, %s)",
                         table->columns[1].name);
    }
}

static void add_empty(struct ht_buffer *out, const struct export_table *table)
{
    for (uint32_t i = 0; i < table->column_count; i++)
        ht_buffer_printf(out, "%sNULL::%s AS %s", i > 0 ? ", " : "", duckdb()->types[table->columns[i].type],
                         table->columns[i].name);
    ht_buffer_add_text(out, " WHERE false");
}

static enum ht_status add_view(struct export_place *place, const char *path, const struct export_table *table,
                               struct ht_buffer *out, struct ht_error *err)
{
    char prefix[FILES_NAME_SIZE];
    bool found = false;
    snprintf(prefix, sizeof prefix, "%s/", table->name);
    enum ht_status status = place->ops->list(place, prefix, see_file, &found, err);
    if (status != HT_OK) return status;
    ht_buffer_printf(out, "-- %s\nCREATE OR REPLACE VIEW %s AS SELECT ", table->about, table->name);
    if (found) {
        add_columns(out, table);
        ht_buffer_add_text(out, "\n    FROM read_parquet(");
        add_files(out, path, table->name);
        ht_buffer_add_text(out, ", hive_partitioning = false)");
        add_what_counts(out, table);
    } else {
        add_empty(out, table);
    }
    ht_buffer_add_text(out, ";\n");
    return ht_buffer_status(out, err);
}

enum ht_status export_views_add(struct export_place *place, const char *path, struct ht_buffer *out,
                                struct ht_error *err)
{
    enum ht_status status = HT_OK;
    for (uint32_t i = 0; i < EXPORT_TABLE_COUNT && status == HT_OK; i++)
        status = add_view(place, path, &export_tables[i], out, err);
    return status;
}
