/* From the temporary table into the lasting one, by key: the same rows are there once, however often they come. */
#include "ddl.h"
#include "target_postgres.h"

#define ROWS POSTGRES_STAGE

/* ---- rows ---- */

/* A row that is there already is written again only if the new one differs, and is not of an older run; what was erased
   stays so. */
static void add_update(struct ht_buffer *sql, const struct export_table *table)
{
    const char *version = export_version_column(table);
    for (uint32_t i = 0; i < table->column_count; i++)
        if (!table->columns[i].key)
            ht_buffer_printf(sql, "%s = excluded.%s, ", table->columns[i].name, table->columns[i].name);
    ht_buffer_add_text(sql, "_changes = excluded._changes WHERE ");
    if (version) ht_buffer_printf(sql, "excluded.%s >= t.%s AND ", version, version);
    if (table == &export_tables[EXPORT_EVENTS])
        ht_buffer_add_text(sql, "(excluded.erased_at IS NOT NULL OR t.erased_at IS NULL) AND ");
    ht_buffer_add_byte(sql, '(');
    postgres_add_columns(sql, table, "t.");
    ht_buffer_add_text(sql, ") IS DISTINCT FROM (");
    postgres_add_columns(sql, table, "excluded.");
    ht_buffer_add_byte(sql, ')');
}

/* Of a conversation that the run brings, all earlier rows go first; one of which a newer run has written stays. */
static enum ht_status drop_older(struct postgres *postgres, struct ht_error *err)
{
    struct ht_buffer sql = {0};
    const char *group = postgres->table->columns[1].name;
    ht_buffer_printf(
        &sql,
        "DELETE FROM %s.%s t USING (SELECT trail, %s, max(updated_seq) AS updated_seq FROM " ROWS
        " GROUP BY trail, %s) r WHERE t.trail = r.trail AND t.%s = r.%s AND t.updated_seq <= r.updated_seq",
        postgres->schema, postgres->table->name, group, group, group, group);
    return postgres_do_taken(postgres, "cannot merge rows", &sql, err);
}

static enum ht_status merge_rows(struct postgres *postgres, struct ht_error *err)
{
    const struct export_table *table = postgres->table;
    const char *group = table->columns[1].name;
    struct ht_buffer sql = {0};
    ht_buffer_printf(&sql, "INSERT INTO %s.%s AS t (", postgres->schema, table->name);
    postgres_add_columns(&sql, table, "");
    ht_buffer_add_text(&sql, ") SELECT ");
    postgres_add_columns(&sql, table, "r.");
    ht_buffer_add_text(&sql, " FROM " ROWS " r");
    if (table->kind == EXPORT_WHOLE) {
        ht_buffer_printf(&sql, " WHERE NOT EXISTS (SELECT 1 FROM %s.%s o WHERE o.trail = r.trail AND o.%s = r.%s)",
                         postgres->schema, table->name, group, group);
    } else {
        ht_buffer_add_text(&sql, " ON CONFLICT (");
        export_ddl_add_key(&sql, export_dialect_find(HT_SLICE("postgresql")), table);
        ht_buffer_add_text(&sql, ") DO UPDATE SET ");
        add_update(&sql, table);
    }
    return postgres_do_taken(postgres, "cannot merge rows", &sql, err);
}

enum ht_status postgres_merge(struct postgres *postgres, struct ht_error *err)
{
    enum ht_status status = HT_OK;
    if (postgres->direct) return HT_OK;
    if (postgres->table_rows > 0) {
        if (postgres->table->kind == EXPORT_WHOLE) status = drop_older(postgres, err);
        if (status == HT_OK) status = merge_rows(postgres, err);
    }
    return status == HT_OK ? postgres_do(postgres, "cannot drop a temporary table", "DROP TABLE " ROWS, err) : status;
}
