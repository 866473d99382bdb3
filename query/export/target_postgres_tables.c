/* The lasting tables: made where they are missing, given the columns that they lack, and checked. */
#include "ddl.h"
#include "target_postgres.h"

#define TABLES (EXPORT_TABLE_COUNT + 1)

static const struct export_table *table_at(int n)
{
    return n < EXPORT_TABLE_COUNT ? &export_tables[n] : &export_marks;
}

static const struct export_column changes = {.name = "_changes", .type = EXPORT_JSON, .nullable = true};

/* What information_schema calls the types of the dialect. */
static const char *const found_types[] = {
    [EXPORT_INT] = "bigint",   [EXPORT_TIME] = "timestamp with time zone",
    [EXPORT_BOOL] = "boolean", [EXPORT_TEXT] = "text",
    [EXPORT_JSON] = "jsonb",
};

/* The rows of `result` are tables, columns and types. The type of the column; NULL if there is none; of "" as column,
   anything if there is the table. */
static const char *find(const PGresult *result, const char *table, const char *column)
{
    for (int i = 0; i < PQntuples(result); i++) {
        if (strcmp(PQgetvalue(result, i, 0), table) != 0) continue;
        if (*column == 0 || strcmp(PQgetvalue(result, i, 1), column) == 0) return PQgetvalue(result, i, 2);
    }
    return NULL;
}

static enum ht_status make_schema(struct postgres *postgres, const struct export_dialect *dialect, struct ht_error *err)
{
    const char *parameters[] = {postgres->schema};
    struct ht_buffer sql = {0};
    PGresult *result;
    enum ht_status status =
        postgres_ask(postgres, "cannot look for the schema", "SELECT 1 FROM pg_catalog.pg_namespace WHERE nspname = $1",
                     1, parameters, &result, err);
    bool there = status == HT_OK && PQntuples(result) > 0;
    PQclear(result);
    if (status != HT_OK || there) return status;
    export_ddl_add_schema(&sql, dialect, postgres->schema);
    return postgres_do_taken(postgres, "cannot make the schema", &sql, err);
}

static enum ht_status add_column(struct postgres *postgres, const struct export_dialect *dialect,
                                 const struct export_table *table, const struct export_column *column,
                                 struct ht_error *err)
{
    struct ht_buffer sql = {0};
    if (!column->nullable)
        return ht_fail(err, HT_EXISTS,
                       "the table %s.%s has lost its column %s, which no row may lack: give it back, or drop the table "
                       "and export all",
                       postgres->schema, table->name, column->name);
    ht_buffer_printf(&sql, "ALTER TABLE %s.%s ADD COLUMN IF NOT EXISTS %s %s", postgres->schema, table->name,
                     column->name, dialect->types[column->type]);
    return postgres_do_taken(postgres, "cannot add a column", &sql, err);
}

static enum ht_status check_column(struct postgres *postgres, const struct export_dialect *dialect,
                                   const struct export_table *table, const struct export_column *column,
                                   const PGresult *found, struct ht_error *err)
{
    const char *type = find(found, table->name, column->name);
    if (!type) return add_column(postgres, dialect, table, column, err);
    if (strcmp(type, found_types[column->type]) == 0) return HT_OK;
    return ht_fail(err, HT_EXISTS, "the column %s of the table %s.%s is of type %s, and must be %s", column->name,
                   postgres->schema, table->name, type, dialect->types[column->type]);
}

static enum ht_status make_table(struct postgres *postgres, const struct export_dialect *dialect,
                                 const struct export_table *table, const PGresult *found, struct ht_error *err)
{
    struct ht_buffer sql = {0};
    enum ht_status status = HT_OK;
    if (!find(found, table->name, "")) {
        export_ddl_add_table(&sql, dialect, postgres->schema, table);
        return postgres_do_taken(postgres, "cannot make a table", &sql, err);
    }
    for (uint32_t i = 0; i < table->column_count && status == HT_OK; i++)
        status = check_column(postgres, dialect, table, &table->columns[i], found, err);
    return status == HT_OK ? check_column(postgres, dialect, table, &changes, found, err) : status;
}

static enum ht_status make_all(struct postgres *postgres, struct ht_error *err)
{
    const struct export_dialect *dialect = export_dialect_find(HT_SLICE("postgresql"));
    const struct ht_slice pieces[] = {HT_SLICE("hooktrail tables\0"), ht_slice_from(postgres->schema)};
    const char *parameters[] = {postgres->schema};
    PGresult *found = NULL;
    enum ht_status status = postgres_lock(postgres, pieces, 2, "another export is making tables in the database", err);
    if (status == HT_OK) status = make_schema(postgres, dialect, err);
    if (status == HT_OK)
        status = postgres_ask(postgres, "cannot look at the tables",
                              "SELECT table_name, column_name, data_type FROM information_schema.columns WHERE "
                              "table_schema = $1",
                              1, parameters, &found, err);
    for (int i = 0; i < TABLES && status == HT_OK; i++)
        status = make_table(postgres, dialect, table_at(i), found, err);
    PQclear(found);
    return status;
}

enum ht_status postgres_tables_make(struct postgres *postgres, struct ht_error *err)
{
    enum ht_status status = postgres_do(postgres, "cannot begin a transaction", "BEGIN", err);
    if (status == HT_OK) status = make_all(postgres, err);
    return status == HT_OK ? postgres_do(postgres, "cannot make the tables", "COMMIT", err) : status;
}
