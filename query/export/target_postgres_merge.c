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

/* ---- erasures ---- */

/* The ranges in a form in which one look finds whether a number is in any: of those that begin at or before it the
   last, with the greatest end among them all. Ranges of several erasures may overlap. */
#define ERASED "pg_temp.hooktrail_erased"
#define IS_ERASED(seq)                                                                                                 \
    "coalesce((SELECT g.last_seq FROM " ERASED " g WHERE g.first_seq <= " seq                                          \
    " ORDER BY g.first_seq DESC, g.last_seq DESC LIMIT 1) >= " seq ", false)"

/* What came of erased events goes, in this order; {} is the schema, $1 the trail. A conversation or lead that goes on
   without them comes again in the same run. */
static const char *const follow[] = {
    "CREATE TEMPORARY TABLE hooktrail_erased ON COMMIT DROP AS SELECT first_seq, max(last_seq) OVER (ORDER BY "
    "first_seq, "
    "last_seq ROWS UNBOUNDED PRECEDING) AS last_seq FROM " ROWS,
    "CREATE INDEX ON " ERASED " (first_seq, last_seq)",
    "ANALYZE " ERASED,
    "UPDATE {}.events e SET type = 'erased', agent_id = NULL, agent_name = NULL, conversation_id = NULL, lead_id = "
    "NULL, "
    "visitor_id = NULL, derived = false, sha256 = NULL, warnings = '[]', payload = NULL, erased_at = r.erased_at, "
    "_changes = NULL FROM " ROWS
    " r WHERE e.trail = $1 AND e.seq BETWEEN r.first_seq AND r.last_seq AND e.erased_at IS NULL",
    "UPDATE {}.deliveries d SET sender = NULL, _changes = NULL FROM " ROWS
    " r WHERE d.trail = $1 AND d.seq BETWEEN r.first_seq AND r.last_seq AND d.sender IS NOT NULL",
    "DELETE FROM {}.messages t WHERE trail = $1 AND (" IS_ERASED("t.first_seq") " OR " IS_ERASED("t.last_seq") ")",
    "DELETE FROM {}.conversations t WHERE trail = $1 AND (" IS_ERASED("t.first_seq") " OR " IS_ERASED("t.last_seq") ")",
    "DELETE FROM {}.leads t WHERE trail = $1 AND (" IS_ERASED("t.first_seq") " OR " IS_ERASED("t.last_seq") ")",
    /* The value that an erased change set is the old one of the next change. */
    "UPDATE {}.lead_changes n SET old_value = NULL FROM {}.lead_changes e WHERE e.trail = $1 AND n.trail = $1 AND "
    "n.lead_id = e.lead_id AND n.field = e.field AND " IS_ERASED(
        "e.seq") " AND n.seq = (SELECT min(m.seq) FROM "
                 "{}.lead_changes m WHERE m.trail = $1 AND m.lead_id = e.lead_id AND m.field = e.field AND m.seq > "
                 "e.seq)",
    "DELETE FROM {}.lead_changes t WHERE trail = $1 AND " IS_ERASED("t.seq"),
    "DROP TABLE " ERASED,
};

static void add_with_schema(struct ht_buffer *out, const char *text, const char *schema)
{
    const char *hole;
    while ((hole = strstr(text, "{}")) != NULL) {
        ht_buffer_add_bytes(out, text, (size_t)(hole - text));
        ht_buffer_add_text(out, schema);
        text = hole + 2;
    }
    ht_buffer_add_text(out, text);
}

static enum ht_status follow_one(struct postgres *postgres, const char *step, struct ht_error *err)
{
    const char *parameters[] = {postgres->run.trail};
    struct ht_buffer sql = {0};
    PGresult *result = NULL;
    add_with_schema(&sql, step, postgres->schema);
    enum ht_status status = ht_buffer_status(&sql, err);
    if (status == HT_OK)
        status = postgres_ask(postgres, "cannot follow an erasure", ht_buffer_text(&sql), strstr(step, "$1") ? 1 : 0,
                              parameters, &result, err);
    PQclear(result);
    ht_buffer_release(&sql);
    return status;
}

static enum ht_status follow_erasures(struct postgres *postgres, struct ht_error *err)
{
    enum ht_status status = HT_OK;
    for (size_t i = 0; i < sizeof follow / sizeof follow[0] && status == HT_OK; i++)
        status = follow_one(postgres, follow[i], err);
    return status;
}

enum ht_status postgres_merge(struct postgres *postgres, struct ht_error *err)
{
    enum ht_status status = HT_OK;
    if (postgres->direct) return HT_OK;
    if (postgres->table_rows > 0) {
        if (postgres->table->kind == EXPORT_WHOLE) status = drop_older(postgres, err);
        if (status == HT_OK) status = merge_rows(postgres, err);
        if (status == HT_OK && postgres->table == &export_tables[EXPORT_ERASURES])
            status = follow_erasures(postgres, err);
    }
    return status == HT_OK ? postgres_do(postgres, "cannot drop a temporary table", "DROP TABLE " ROWS, err) : status;
}
