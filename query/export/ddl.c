#include "ddl.h"

#define COUNT(list) (sizeof(list) / sizeof *(list))

static const struct export_column marks[] = {
    {"trail", EXPORT_TEXT, false, true, "id of the trail, in hex"},
    {"name", EXPORT_TEXT, false, true, "of the export; empty if it has none"},
    {"run", EXPORT_INT, false, false, "the last run that is complete here"},
    {"seq", EXPORT_INT, false, false, "the last event that it took"},
    {"repeated", EXPORT_INT, false, false, "the last repeated delivery that it took"},
    {"erasure", EXPORT_INT, false, false, "the last erasure that it took"},
    {"schema_version", EXPORT_INT, false, false, "of the tables that it wrote"},
    {"finished_at", EXPORT_TIME, false, false, "when, by the clock of the database"},
    {"checkpoint", EXPORT_TEXT, true, false, "the trail's newest checkpoint at that time"},
};
const struct export_table export_marks = {"exports", EXPORT_STATE, false,
                                          marks,     COUNT(marks), "how far each export has come"};

static const struct export_dialect dialects[] = {
    {
        .name = "postgresql",
        .types = {"bigint", "timestamptz", "boolean", "text", "jsonb"},
        .schema = "CREATE SCHEMA IF NOT EXISTS %s;\n",
        .nullable = "%s",
        .not_null = "%s NOT NULL",
        .quote = "",
        .changes = "jsonb",
        .marks = true,
        .unenforced = "",
    },
    {
        .name = "clickhouse",
        .types = {"Int64", "DateTime64(6, 'UTC')", "Bool", "String", "String"},
        .schema = "CREATE DATABASE IF NOT EXISTS %s;\n",
        .nullable = "Nullable(%s)",
        .not_null = "%s",
        .quote = "",
        .engines = true,
        .marks = true,
    },
    {
        /* No DateTime64, no Bool: microseconds since 1970, and 0 or 1. */
        .name = "clickhouse-18",
        .types = {"Int64", "Int64", "UInt8", "String", "String"},
        .schema = "CREATE DATABASE IF NOT EXISTS %s;\n",
        .nullable = "Nullable(%s)",
        .not_null = "%s",
        .quote = "",
        .engines = true,
        .marks = true,
    },
    {
        .name = "duckdb",
        .types = {"BIGINT", "TIMESTAMPTZ", "BOOLEAN", "VARCHAR", "JSON"},
        .schema = "CREATE SCHEMA IF NOT EXISTS %s;\n",
        .nullable = "%s",
        .not_null = "%s NOT NULL",
        .quote = "",
        .unenforced = "",
    },
    {
        .name = "bigquery",
        .types = {"INT64", "TIMESTAMP", "BOOL", "STRING", "JSON"},
        .schema = "CREATE SCHEMA IF NOT EXISTS %s;\n",
        .nullable = "%s",
        .not_null = "%s NOT NULL",
        .quote = "`",
        .unenforced = " NOT ENFORCED",
    },
    {
        .name = "snowflake",
        .types = {"NUMBER(19, 0)", "TIMESTAMP_TZ(6)", "BOOLEAN", "VARCHAR", "VARIANT"},
        .schema = "CREATE SCHEMA IF NOT EXISTS %s;\n",
        .nullable = "%s",
        .not_null = "%s NOT NULL",
        .quote = "",
        .unenforced = "",
    },
};

const struct export_dialect *export_dialect_at(size_t n)
{
    return n < COUNT(dialects) ? &dialects[n] : NULL;
}

const struct export_dialect *export_dialect_find(struct ht_slice name)
{
    for (size_t i = 0; i < COUNT(dialects); i++)
        if (ht_slice_is(name, dialects[i].name)) return &dialects[i];
    return NULL;
}

const char *export_version_column(const struct export_table *table)
{
    if (table == &export_marks) return "run";
    return table->kind == EXPORT_APPEND ? NULL : "updated_seq";
}

/* `pattern` has one "%s". */
static void add_filled(struct ht_buffer *out, const char *pattern, const char *text)
{
    const char *hole = strstr(pattern, "%s");
    ht_buffer_add_bytes(out, pattern, (size_t)(hole - pattern));
    ht_buffer_add_text(out, text);
    ht_buffer_add_text(out, hole + 2);
}

void export_ddl_add_schema(struct ht_buffer *out, const struct export_dialect *dialect, const char *schema)
{
    add_filled(out, dialect->schema, schema);
}

static void add_name(struct ht_buffer *out, const struct export_dialect *dialect, const char *name)
{
    ht_buffer_printf(out, "%s%s%s", dialect->quote, name, dialect->quote);
}

/* ClickHouse takes no signed number as version of a row. */
void export_ddl_add_type(struct ht_buffer *out, const struct export_dialect *dialect, const struct export_table *table,
                         const struct export_column *column)
{
    const char *version = export_version_column(table);
    const char *type = dialect->types[column->type];
    if (dialect->engines && version && strcmp(column->name, version) == 0) type = "UInt64";
    add_filled(out, column->nullable ? dialect->nullable : dialect->not_null, type);
}

static void add_columns(struct ht_buffer *out, const struct export_dialect *dialect, const struct export_table *table)
{
    for (uint32_t i = 0; i < table->column_count; i++) {
        const struct export_column *column = &table->columns[i];
        bool last = i + 1 == table->column_count && !dialect->changes && dialect->engines;
        ht_buffer_add_text(out, "    ");
        add_name(out, dialect, column->name);
        ht_buffer_add_byte(out, ' ');
        export_ddl_add_type(out, dialect, table, column);
        ht_buffer_printf(out, "%s -- %s\n", last ? "" : ",", column->about);
    }
    if (dialect->changes)
        ht_buffer_printf(out, "    _changes %s, -- what of this row had to be mended; NULL: nothing\n",
                         dialect->changes);
}

void export_ddl_add_key(struct ht_buffer *out, const struct export_dialect *dialect, const struct export_table *table)
{
    const char *between = "";
    for (uint32_t i = 0; i < table->column_count; i++) {
        if (!table->columns[i].key) continue;
        ht_buffer_add_text(out, between);
        add_name(out, dialect, table->columns[i].name);
        between = ", ";
    }
}

void export_ddl_add_table(struct ht_buffer *out, const struct export_dialect *dialect, const char *schema,
                          const struct export_table *table)
{
    const char *version = export_version_column(table);
    ht_buffer_printf(out, "-- %s\nCREATE TABLE IF NOT EXISTS %s.%s (\n", table->about, schema, table->name);
    add_columns(out, dialect, table);
    if (dialect->engines) {
        ht_buffer_printf(out, ") ENGINE = ReplacingMergeTree(%s) ORDER BY (", version ? version : "");
        export_ddl_add_key(out, dialect, table);
        ht_buffer_add_byte(out, ')');
    } else {
        ht_buffer_add_text(out, "    PRIMARY KEY (");
        export_ddl_add_key(out, dialect, table);
        ht_buffer_printf(out, ")%s\n)", dialect->unenforced);
    }
    ht_buffer_add_text(out, ";\n");
}
