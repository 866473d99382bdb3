/* The tables in ClickHouse: made where they are missing, given the columns that they lack, and checked. */
#include "target_clickhouse.h"

#define TABLES (EXPORT_TABLE_COUNT + 1)

static const struct export_table *table_at(int n)
{
    return n < EXPORT_TABLE_COUNT ? &export_tables[n] : &export_marks;
}

static enum ht_status add_column(struct clickhouse *clickhouse, const struct export_table *table,
                                 const struct export_column *column, struct ht_error *err)
{
    struct ht_buffer sql = {0};
    if (!column->nullable)
        return ht_fail(err, HT_EXISTS,
                       "the table %s.%s has lost its column %s, which no row may lack: give it back, or drop the table "
                       "and export all",
                       clickhouse->database, table->name, column->name);
    ht_buffer_printf(&sql, "ALTER TABLE %s.%s ADD COLUMN %s ", clickhouse->database, table->name, column->name);
    export_ddl_add_type(&sql, clickhouse->dialect, table, column);
    return clickhouse_do_taken(clickhouse, "cannot add a column", &sql, err);
}

/* The type of a column, in the lines "TABLE\tCOLUMN\tTYPE" of `found`; absent if there is none; of "", of any. */
static struct ht_slice find(const char *found, const char *table, const char *column)
{
    size_t table_size = strlen(table), column_size = strlen(column);
    for (const char *line = found; *line; line += strcspn(line, "\n"), line += *line == '\n') {
        if (strncmp(line, table, table_size) != 0 || line[table_size] != '\t') continue;
        const char *name = line + table_size + 1;
        if (column_size > 0 && (strncmp(name, column, column_size) != 0 || name[column_size] != '\t')) continue;
        const char *type = name + strcspn(name, "\t\n") + 1;
        return ht_slice_of(type, strcspn(type, "\n"));
    }
    return HT_ABSENT;
}

/* The server escapes quotes where it lists the types. */
static bool is_type(struct ht_slice found, struct ht_slice wanted)
{
    size_t at = 0;
    for (size_t i = 0; i < found.size; i++) {
        if (found.data[i] == '\\') continue;
        if (at == wanted.size || found.data[i] != wanted.data[at++]) return false;
    }
    return at == wanted.size;
}

static enum ht_status check_column(struct clickhouse *clickhouse, const char *found, const struct export_table *table,
                                   const struct export_column *column, struct ht_error *err)
{
    struct ht_buffer wanted = {0};
    struct ht_slice type = find(found, table->name, column->name);
    if (!type.data) return add_column(clickhouse, table, column, err);
    export_ddl_add_type(&wanted, clickhouse->dialect, table, column);
    enum ht_status status = ht_buffer_status(&wanted, err);
    if (status == HT_OK && !is_type(type, ht_buffer_slice(&wanted)))
        status = ht_fail(err, HT_EXISTS, "the column %s of the table %s.%s is of type %.*s, and must be %s",
                         column->name, clickhouse->database, table->name, HT_SLICE_ARGS(type), ht_buffer_text(&wanted));
    ht_buffer_release(&wanted);
    return status;
}

static enum ht_status make_table(struct clickhouse *clickhouse, const char *found, const struct export_table *table,
                                 struct ht_error *err)
{
    struct ht_buffer sql = {0};
    enum ht_status status = HT_OK;
    if (find(found, table->name, "").data) {
        for (uint32_t i = 0; i < table->column_count && status == HT_OK; i++)
            status = check_column(clickhouse, found, table, &table->columns[i], err);
        return status;
    }
    export_ddl_add_table(&sql, clickhouse->dialect, clickhouse->database, table);
    sql.size -= sql.size >= 2 ? 2 : 0; /* the semicolon, which a single statement by HTTP has not */
    return clickhouse_do_taken(clickhouse, "cannot make a table", &sql, err);
}

static enum ht_status list_columns(struct clickhouse *clickhouse, struct ht_buffer *found, struct ht_error *err)
{
    struct ht_buffer sql = {0};
    ht_buffer_add_text(&sql, "SELECT table, name, type FROM system.columns WHERE database = ");
    clickhouse_add_literal(&sql, clickhouse->database);
    enum ht_status status = clickhouse_do_taken(clickhouse, "cannot look at the tables", &sql, err);
    if (status != HT_OK) return status;
    ht_buffer_add(found, ht_buffer_slice(&clickhouse->answer));
    return ht_buffer_status(found, err);
}

enum ht_status clickhouse_tables_make(struct clickhouse *clickhouse, struct ht_error *err)
{
    struct ht_buffer sql = {0}, found = {0};
    ht_buffer_printf(&sql, "CREATE DATABASE IF NOT EXISTS %s", clickhouse->database);
    enum ht_status status = clickhouse_do_taken(clickhouse, "cannot make the database", &sql, err);
    if (status == HT_OK) status = list_columns(clickhouse, &found, err);
    for (int i = 0; i < TABLES && status == HT_OK; i++)
        status = make_table(clickhouse, ht_buffer_text(&found), table_at(i), err);
    ht_buffer_release(&found);
    return status;
}
