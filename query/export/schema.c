/* The model of an export, for people and programs: as JSON, or as SQL. */
#include "ddl.h"
#include "hooktrail/emit.h"
#include "hooktrail/export.h"

static const char *const kinds[] = {[EXPORT_APPEND] = "append", [EXPORT_STATE] = "state", [EXPORT_WHOLE] = "whole"};
static const char *const types[] = {[EXPORT_INT] = "integer",
                                    [EXPORT_TIME] = "timestamp",
                                    [EXPORT_BOOL] = "boolean",
                                    [EXPORT_TEXT] = "text",
                                    [EXPORT_JSON] = "json"};

static void emit_column(struct ht_emit *emit, const struct export_column *column)
{
    ht_emit_object(emit);
    ht_emit_key(emit, "name");
    ht_emit_text(emit, column->name);
    ht_emit_key(emit, "type");
    ht_emit_text(emit, types[column->type]);
    ht_emit_key(emit, "nullable");
    ht_emit_bool(emit, column->nullable);
    ht_emit_key(emit, "key");
    ht_emit_bool(emit, column->key);
    ht_emit_key(emit, "about");
    ht_emit_text(emit, column->about);
    ht_emit_end_object(emit);
}

static void emit_table(struct ht_emit *emit, const struct export_table *table)
{
    ht_emit_object(emit);
    ht_emit_key(emit, "name");
    ht_emit_text(emit, table->name);
    ht_emit_key(emit, "kind");
    ht_emit_text(emit, kinds[table->kind]);
    ht_emit_key(emit, "about");
    ht_emit_text(emit, table->about);
    ht_emit_key(emit, "columns");
    ht_emit_array(emit);
    for (uint32_t i = 0; i < table->column_count; i++)
        emit_column(emit, &table->columns[i]);
    ht_emit_end_array(emit);
    ht_emit_end_object(emit);
}

static void add_json(struct ht_buffer *out)
{
    struct ht_emit emit;
    ht_emit_init(&emit, out);
    ht_emit_object(&emit);
    ht_emit_key(&emit, "schema_version");
    ht_emit_uint(&emit, EXPORT_SCHEMA_VERSION);
    ht_emit_key(&emit, "tables");
    ht_emit_array(&emit);
    for (int id = 0; id < EXPORT_TABLE_COUNT; id++)
        emit_table(&emit, &export_tables[id]);
    ht_emit_end_array(&emit);
    ht_emit_end_object(&emit);
    ht_buffer_add_byte(out, '\n');
}

static void add_sql(struct ht_buffer *out, const struct export_dialect *dialect)
{
    ht_buffer_printf(out, "-- hooktrail's tables, schema version %d, for %s\n", EXPORT_SCHEMA_VERSION, dialect->name);
    export_ddl_add_schema(out, dialect, EXPORT_DDL_SCHEMA);
    for (int id = 0; id < EXPORT_TABLE_COUNT; id++) {
        ht_buffer_add_byte(out, '\n');
        export_ddl_add_table(out, dialect, EXPORT_DDL_SCHEMA, &export_tables[id]);
    }
    if (!dialect->marks) return;
    ht_buffer_add_byte(out, '\n');
    export_ddl_add_table(out, dialect, EXPORT_DDL_SCHEMA, &export_marks);
}

static enum ht_status unknown(struct ht_error *err)
{
    struct ht_buffer names = {0};
    for (size_t i = 0; export_dialect_at(i); i++)
        ht_buffer_printf(&names, "%s%s", i > 0 ? ", " : "", export_dialect_at(i)->name);
    enum ht_status status = ht_fail_field(err, HT_INVALID, "schema", "the dialects are %s", ht_buffer_text(&names));
    ht_buffer_release(&names);
    return status;
}

enum ht_status ht_export_schema(const char *dialect, struct ht_buffer *out, struct ht_error *err)
{
    if (dialect) {
        const struct export_dialect *found = export_dialect_find(ht_slice_from(dialect));
        if (!found) return unknown(err);
        add_sql(out, found);
    } else {
        add_json(out);
    }
    return ht_buffer_status(out, err);
}
