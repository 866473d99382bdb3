/* Rows as PostgreSQL's binary COPY has them (its manual, "COPY", file formats): no escapes to write or to read, and the
   cheapest of the three formats for the server. */
#include "ddl.h"
#include "hooktrail/encode.h"
#include "mend.h"
#include "target_postgres.h"

#define EPOCH INT64_C(946684800000000) /* microseconds from 1970 to 2000, where PostgreSQL's begin */
#define PIECE (256u << 10)             /* that libpq is given at once: its own memory grows with it */

static const char header[] = "PGCOPY\n\377\r\n\0\0\0\0\0\0\0\0\0"; /* signature, flags, size of what follows: none */
static const char trailer[] = "\377\377";

void postgres_add_columns(struct ht_buffer *out, const struct export_table *table, const char *prefix)
{
    for (uint32_t i = 0; i < table->column_count; i++)
        ht_buffer_printf(out, "%s%s, ", prefix, table->columns[i].name);
    ht_buffer_printf(out, "%s_changes", prefix);
}

/* Without the lasting table's constraints, and without columns of somebody else's. */
static enum ht_status make_stage(struct postgres *postgres, struct ht_error *err)
{
    const struct export_dialect *dialect = export_dialect_find(HT_SLICE("postgresql"));
    const struct export_table *table = postgres->table;
    struct ht_buffer sql = {0};
    ht_buffer_add_text(&sql, "CREATE TEMPORARY TABLE hooktrail_rows (");
    for (uint32_t i = 0; i < table->column_count; i++)
        ht_buffer_printf(&sql, "%s %s, ", table->columns[i].name, dialect->types[table->columns[i].type]);
    ht_buffer_printf(&sql, "_changes %s) ON COMMIT DROP", dialect->changes);
    return postgres_do_taken(postgres, "cannot make a temporary table", &sql, err);
}

static enum ht_status look(struct postgres *postgres, bool *empty, struct ht_error *err)
{
    const char *parameters[] = {postgres->run.trail};
    struct ht_buffer sql = {0};
    PGresult *result = NULL;
    ht_buffer_printf(&sql, "SELECT 1 FROM %s.%s WHERE trail = $1 LIMIT 1", postgres->schema, postgres->table->name);
    enum ht_status status = ht_buffer_status(&sql, err);
    if (status == HT_OK)
        status = postgres_ask(postgres, "cannot look into a table", ht_buffer_text(&sql), 1, parameters, &result, err);
    *empty = status == HT_OK && PQntuples(result) == 0;
    PQclear(result);
    ht_buffer_release(&sql);
    return status;
}

/* A table that has nothing of the trail takes rows as they come. Nobody else may write to it then, lest it be the same
   rows by another export; who reads is not kept waiting. Of erasures there may be none for ever, and no run should wait
   for another one there. */
static enum ht_status choose_way(struct postgres *postgres, struct ht_error *err)
{
    postgres->direct = false;
    if (postgres->table == &export_tables[EXPORT_ERASURES]) return HT_OK;
    enum ht_status status = look(postgres, &postgres->direct, err);
    if (status != HT_OK || !postgres->direct) return status;
    status = postgres_lock_table(postgres, err);
    return status == HT_OK ? look(postgres, &postgres->direct, err) : status;
}

static enum ht_status begin_copy(struct postgres *postgres, struct ht_error *err)
{
    struct ht_buffer sql = {0};
    ht_buffer_printf(&sql, "COPY %s.%s (", postgres->direct ? postgres->schema : "pg_temp",
                     postgres->direct ? postgres->table->name : "hooktrail_rows");
    postgres_add_columns(&sql, postgres->table, "");
    ht_buffer_add_text(&sql, ") FROM STDIN (FORMAT binary)");
    enum ht_status status = ht_buffer_status(&sql, err);
    PGresult *result = status == HT_OK ? PQexec(postgres->connection, ht_buffer_text(&sql)) : NULL;
    if (status == HT_OK && PQresultStatus(result) != PGRES_COPY_IN)
        status = postgres_fail(postgres, result, "cannot copy rows", err);
    PQclear(result);
    ht_buffer_release(&sql);
    return status;
}

enum ht_status postgres_rows_begin(struct postgres *postgres, struct ht_error *err)
{
    enum ht_status status = choose_way(postgres, err);
    if (status == HT_OK && !postgres->direct) status = make_stage(postgres, err);
    if (status == HT_OK) status = begin_copy(postgres, err);
    ht_buffer_clear(&postgres->rows);
    ht_buffer_add_bytes(&postgres->rows, header, sizeof header - 1);
    return status;
}

/* ---- encoding ---- */

static void add_u32(struct ht_buffer *out, uint32_t value)
{
    uint8_t bytes[4];
    ht_put_be32(bytes, value);
    ht_buffer_add_bytes(out, bytes, sizeof bytes);
}

static void add_i64(struct ht_buffer *out, int64_t value)
{
    uint8_t bytes[8];
    ht_put_be64(bytes, (uint64_t)value);
    add_u32(out, sizeof bytes);
    ht_buffer_add_bytes(out, bytes, sizeof bytes);
}

static void add_count(struct ht_buffer *out, uint32_t fields)
{
    ht_buffer_add_byte(out, (char)(fields >> 8));
    ht_buffer_add_byte(out, (char)fields);
}

/* A value of jsonb begins with its version. */
static void add_jsonb(struct ht_buffer *out, struct ht_slice before, struct ht_slice json, struct ht_slice behind)
{
    add_u32(out, (uint32_t)(1 + before.size + json.size + behind.size));
    ht_buffer_add_byte(out, 1);
    ht_buffer_add(out, before);
    ht_buffer_add(out, json);
    ht_buffer_add(out, behind);
}

static void add_text(struct ht_buffer *out, struct ht_slice text)
{
    add_u32(out, (uint32_t)text.size);
    ht_buffer_add(out, text);
}

static void add_value(struct postgres *postgres, const struct export_column *column, const struct export_value *value)
{
    struct ht_buffer *out = &postgres->rows;
    uint32_t reasons = 0;
    if (!value->present) {
        add_u32(out, UINT32_MAX);
        return;
    }
    switch (column->type) {
    case EXPORT_INT:
        add_i64(out, value->number);
        break;
    case EXPORT_TIME:
        add_i64(out, mend_time(value->number, &reasons) - EPOCH);
        break;
    case EXPORT_BOOL:
        add_u32(out, 1);
        ht_buffer_add_byte(out, value->number != 0);
        break;
    case EXPORT_TEXT:
        add_text(out, (column->key ? mend_key : mend_text)(value->text, &postgres->mended, &reasons));
        break;
    case EXPORT_JSON:
        add_jsonb(out, HT_ABSENT, mend_json(value->text, &postgres->mended, &reasons), HT_ABSENT);
        break;
    }
    if (reasons) mend_note(&postgres->changes, column->name, reasons);
}

enum ht_status postgres_rows_add(struct postgres *postgres, const struct export_row *row, struct ht_error *err)
{
    const struct export_table *table = postgres->table;
    struct ht_buffer *out = &postgres->rows;
    ht_buffer_clear(&postgres->changes);
    ht_buffer_clear(&postgres->mended);
    add_count(out, table->column_count + 1);
    for (uint32_t i = 0; i < table->column_count; i++) {
        add_value(postgres, &table->columns[i], &row->values[i]);
        enum ht_status status = ht_buffer_status(&postgres->mended, err);
        if (status != HT_OK) return status;
    }
    if (postgres->changes.size > 0)
        add_jsonb(out, HT_SLICE("["), ht_buffer_slice(&postgres->changes), HT_SLICE("]"));
    else
        add_u32(out, UINT32_MAX);
    enum ht_status status = ht_buffer_status(&postgres->changes, err);
    return status == HT_OK ? ht_buffer_status(out, err) : status;
}

/* ---- sending ---- */

/* What the server has to say when it takes no more rows. */
static enum ht_status refused(struct postgres *postgres, struct ht_error *err)
{
    PGresult *result = PQgetResult(postgres->connection);
    enum ht_status status = postgres_fail(postgres, result, "cannot copy rows", err);
    PQclear(result);
    return status;
}

enum ht_status postgres_rows_send(struct postgres *postgres, struct ht_error *err)
{
    struct ht_slice rest = ht_buffer_slice(&postgres->rows);
    if (!postgres->table) return HT_OK;
    postgres->target.bytes += rest.size;
    while (rest.size > 0) {
        size_t size = rest.size < PIECE ? rest.size : PIECE;
        if (PQputCopyData(postgres->connection, rest.data, (int)size) != 1) return refused(postgres, err);
        rest = ht_slice_of(rest.data + size, rest.size - size);
    }
    ht_buffer_clear(&postgres->rows);
    return HT_OK;
}

enum ht_status postgres_rows_end(struct postgres *postgres, struct ht_error *err)
{
    ht_buffer_add_bytes(&postgres->rows, trailer, sizeof trailer - 1);
    enum ht_status status = ht_buffer_status(&postgres->rows, err);
    if (status == HT_OK) status = postgres_rows_send(postgres, err);
    if (status != HT_OK) return status;
    if (PQputCopyEnd(postgres->connection, NULL) != 1) return refused(postgres, err);
    PGresult *result = PQgetResult(postgres->connection);
    if (PQresultStatus(result) != PGRES_COMMAND_OK) status = postgres_fail(postgres, result, "cannot copy rows", err);
    while (result) { /* the last one is NULL */
        PQclear(result);
        result = PQgetResult(postgres->connection);
    }
    return status;
}
