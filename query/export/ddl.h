/* The tables as SQL: CREATE statements in the dialects of warehouses, all from the one model in table.c. */
#ifndef EXPORT_DDL_H
#define EXPORT_DDL_H

#include "table.h"

#define EXPORT_DDL_SCHEMA                                                                                              \
    "hooktrail" /* the schema, database or dataset that the tables are in, unless told otherwise */

struct export_dialect {
    const char *name;
    const char *types[EXPORT_JSON + 1]; /* by enum export_type */
    const char *schema;                 /* makes the schema of this name, by need; a format with one %s */
    const char *nullable;               /* what a column that may be NULL is; a format with the type as its %s */
    const char *not_null;               /* and one that may not */
    const char *quote;                  /* around names of columns */
    const char *changes;                /* the type of the column _changes; NULL: there is none, nothing is mended */
    bool engines;                       /* ClickHouse: an engine and an order instead of a primary key */
    bool marks;                         /* the target keeps its marks in a table: export_marks */
    const char *unenforced;             /* behind the primary key */
};

/* By name: "postgresql", "clickhouse", "clickhouse-18", "duckdb", "bigquery", "snowflake". NULL if there is none. */
const struct export_dialect *export_dialect_find(struct ht_slice name);

/* The n-th dialect; NULL behind the last. */
const struct export_dialect *export_dialect_at(size_t n);

/* Where a database keeps the mark of each export: the last run that is complete there. Not one of the tables. */
extern const struct export_table export_marks;

/* Adds the statement that makes the schema, and the one that makes a table in it where there is none, each with its
   semicolon and a line end. */
void export_ddl_add_schema(struct ht_buffer *out, const struct export_dialect *dialect, const char *schema);
void export_ddl_add_table(struct ht_buffer *out, const struct export_dialect *dialect, const char *schema,
                          const struct export_table *table);

/* Adds the names of a table's key, with commas between. */
void export_ddl_add_key(struct ht_buffer *out, const struct export_dialect *dialect, const struct export_table *table);

/* Adds the type of a column, as in the statement. */
void export_ddl_add_type(struct ht_buffer *out, const struct export_dialect *dialect, const struct export_table *table,
                         const struct export_column *column);

/* The column by which the greatest row of a key is known; NULL in tables that have none. */
const char *export_version_column(const struct export_table *table);

#endif
