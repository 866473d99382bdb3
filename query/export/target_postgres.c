#include "target_postgres.h"

#include <inttypes.h>
#include <stdlib.h>

#include "ddl.h"
#include "hooktrail/encode.h"
#include "hooktrail/sha256.h"

static struct postgres *of(struct export_target *target)
{
    return (struct postgres *)target;
}

/* ---- asking ---- */

static enum ht_status status_of(const char *code)
{
    static const struct {
        const char *code; /* the class of an SQLSTATE, or a whole one */
        enum ht_status status;
    } known[] = {{"53100", HT_FULL}, {"53", HT_BUSY},         {"55P03", HT_BUSY},
                 {"40", HT_BUSY},    {"42501", HT_FORBIDDEN}, {"28", HT_UNAUTHORIZED}};
    for (size_t i = 0; code && i < sizeof known / sizeof known[0]; i++)
        if (strncmp(code, known[i].code, strlen(known[i].code)) == 0) return known[i].status;
    return HT_IO;
}

/* libpq's messages have several lines. */
static const char *one_line(const char *message, struct ht_buffer *out)
{
    for (const char *at = message; *at; at++)
        ht_buffer_add_byte(out, *at == '\n' || *at == '\t' ? ' ' : *at);
    while (out->size > 0 && out->data[out->size - 1] == ' ')
        out->size--;
    return ht_buffer_text(out);
}

enum ht_status postgres_fail(struct postgres *postgres, const PGresult *result, const char *doing, struct ht_error *err)
{
    struct ht_buffer text = {0};
    const char *code = PQresultErrorField(result, PG_DIAG_SQLSTATE);
    const char *message = PQresultErrorField(result, PG_DIAG_MESSAGE_PRIMARY);
    if (!message) message = PQerrorMessage(postgres->connection);
    enum ht_status status = ht_fail(err, status_of(code), "%s: %s", doing,
                                    *message ? one_line(message, &text) : "the connection has ended");
    ht_buffer_release(&text);
    return status;
}

enum ht_status postgres_ask(struct postgres *postgres, const char *doing, const char *sql, int count,
                            const char *const *parameters, PGresult **result, struct ht_error *err)
{
    PGresult *got = PQexecParams(postgres->connection, sql, count, NULL, parameters, NULL, NULL, 0);
    ExecStatusType kind = PQresultStatus(got);
    *result = NULL;
    if (kind == PGRES_TUPLES_OK || kind == PGRES_COMMAND_OK) {
        *result = got;
        return HT_OK;
    }
    enum ht_status status = postgres_fail(postgres, got, doing, err);
    PQclear(got);
    return status;
}

enum ht_status postgres_do(struct postgres *postgres, const char *doing, const char *sql, struct ht_error *err)
{
    PGresult *result;
    enum ht_status status = postgres_ask(postgres, doing, sql, 0, NULL, &result, err);
    PQclear(result);
    return status;
}

enum ht_status postgres_do_taken(struct postgres *postgres, const char *doing, struct ht_buffer *takes,
                                 struct ht_error *err)
{
    enum ht_status status = ht_buffer_status(takes, err);
    if (status == HT_OK) status = postgres_do(postgres, doing, ht_buffer_text(takes), err);
    ht_buffer_release(takes);
    return status;
}

enum ht_status postgres_lock(struct postgres *postgres, const struct ht_slice *pieces, size_t count, const char *busy,
                             struct ht_error *err)
{
    uint8_t digest[HT_SHA256_SIZE];
    char key[24];
    const char *parameters[] = {key};
    PGresult *result;
    ht_sha256_join(pieces, count, digest);
    snprintf(key, sizeof key, "%" PRId64, (int64_t)ht_get_be64(digest));
    enum ht_status status =
        postgres_do(postgres, "cannot set lock_timeout", "SET LOCAL lock_timeout TO '" POSTGRES_LOCK_WAIT "'", err);
    if (status != HT_OK) return status;
    status =
        postgres_ask(postgres, "cannot lock", "SELECT pg_advisory_xact_lock($1::bigint)", 1, parameters, &result, err);
    PQclear(result);
    return status == HT_BUSY ? ht_fail(err, HT_BUSY, "%s", busy) : status;
}

/* ---- marks ---- */

struct mark {
    uint64_t run;
    uint64_t seq;
};

static enum ht_status read_number(const PGresult *result, int column, uint64_t *number, struct ht_error *err)
{
    if (ht_parse_u64(ht_slice_from(PQgetvalue(result, 0, column)), number) == HT_OK) return HT_OK;
    return ht_fail(err, HT_EXISTS, "the table exports in the database has \"%s\" as a number",
                   PQgetvalue(result, 0, column));
}

static enum ht_status read_mark(struct postgres *postgres, const char *trail, const char *name, struct mark *mark,
                                struct ht_error *err)
{
    const char *parameters[] = {trail, name};
    struct ht_buffer sql = {0};
    PGresult *result = NULL;
    *mark = (struct mark){0};
    ht_buffer_printf(&sql, "SELECT run, seq FROM %s.exports WHERE trail = $1 AND name = $2", postgres->schema);
    enum ht_status status = ht_buffer_status(&sql, err);
    if (status == HT_OK)
        status = postgres_ask(postgres, "cannot read how far the export has come", ht_buffer_text(&sql), 2, parameters,
                              &result, err);
    if (status == HT_OK && PQntuples(result) == 0)
        status = ht_fail(err, HT_NOT_FOUND, "no run of this export is complete in the database");
    if (status == HT_OK) status = read_number(result, 0, &mark->run, err);
    if (status == HT_OK) status = read_number(result, 1, &mark->seq, err);
    PQclear(result);
    ht_buffer_release(&sql);
    return status;
}

/* Whether there is a table of marks at all: before the first run there is none. */
static enum ht_status find_marks(struct postgres *postgres, struct ht_error *err)
{
    const char *parameters[] = {postgres->schema};
    PGresult *result;
    enum ht_status status = postgres_ask(postgres, "cannot look for tables",
                                         "SELECT 1 FROM information_schema.tables WHERE table_schema = $1 AND "
                                         "table_name = 'exports'",
                                         1, parameters, &result, err);
    if (status == HT_OK && PQntuples(result) == 0)
        status = ht_fail(err, HT_NOT_FOUND, "no export has come to the database yet");
    PQclear(result);
    return status;
}

static enum ht_status postgres_mark(struct export_target *target, const char *trail, const char *name, uint64_t *number,
                                    struct ht_error *err)
{
    struct mark mark;
    enum ht_status status = find_marks(of(target), err);
    if (status == HT_OK) status = read_mark(of(target), trail, name, &mark, err);
    if (status == HT_OK) *number = mark.run;
    return status;
}

enum ht_status postgres_lock_table(struct postgres *postgres, struct ht_error *err)
{
    struct ht_buffer sql = {0};
    ht_buffer_printf(&sql, "LOCK TABLE %s.%s IN SHARE ROW EXCLUSIVE MODE", postgres->schema, postgres->table->name);
    return postgres_do_taken(postgres, "cannot lock a table", &sql, err);
}

/* What the run replaces goes, in its transaction. */
static enum ht_status drop_rows(struct postgres *postgres, struct ht_error *err)
{
    const struct export_table *table = postgres->table;
    const char *parameters[] = {postgres->run.trail};
    struct ht_buffer sql = {0};
    PGresult *result = NULL;
    if (!export_target_replaces(&postgres->run, table, postgres->known)) return HT_OK;
    enum ht_status status = postgres_lock_table(postgres, err);
    if (status != HT_OK) return status;
    ht_buffer_printf(&sql, "DELETE FROM %s.%s WHERE trail = $1", postgres->schema, table->name);
    export_target_add_replaced(&sql, &postgres->run, table, postgres->known);
    status = ht_buffer_status(&sql, err);
    if (status == HT_OK)
        status = postgres_ask(postgres, "cannot empty a table", ht_buffer_text(&sql), 1, parameters, &result, err);
    PQclear(result);
    ht_buffer_release(&sql);
    return status;
}

static enum ht_status check_mark(struct postgres *postgres, struct ht_error *err)
{
    const struct export_run *run = &postgres->run;
    struct mark mark;
    enum ht_status status = read_mark(postgres, run->trail, run->name, &mark, err);
    postgres->known = status == HT_OK;
    return status == HT_OK || status == HT_NOT_FOUND ? export_target_check_mark(run, mark.run, mark.seq, err) : status;
}

static enum ht_status write_mark(struct postgres *postgres, struct ht_error *err)
{
    const struct export_run *run = &postgres->run;
    struct ht_buffer sql = {0}, checkpoint = {0};
    char numbers[5][24];
    const char *parameters[8] = {run->trail, run->name};
    const uint64_t values[] = {run->number, run->until.position.seq, run->until.position.repeat, run->until.erasure,
                               EXPORT_SCHEMA_VERSION};
    for (size_t i = 0; i < 5; i++) {
        snprintf(numbers[i], sizeof numbers[i], "%" PRIu64, values[i]);
        parameters[2 + i] = numbers[i];
    }
    ht_buffer_add(&checkpoint, run->checkpoint);
    parameters[7] = run->checkpoint.data ? ht_buffer_text(&checkpoint) : NULL;
    ht_buffer_printf(&sql,
                     "INSERT INTO %s.exports (trail, name, run, seq, repeated, erasure, schema_version, finished_at, "
                     "checkpoint) VALUES ($1, $2, $3, $4, $5, $6, $7, now(), $8) ON CONFLICT (trail, name) DO UPDATE "
                     "SET run = excluded.run, seq = excluded.seq, repeated = excluded.repeated, erasure = "
                     "excluded.erasure, schema_version = excluded.schema_version, finished_at = "
                     "excluded.finished_at, checkpoint = excluded.checkpoint",
                     postgres->schema);
    PGresult *result = NULL;
    enum ht_status status = ht_buffer_status(&sql, err);
    if (status == HT_OK) status = ht_buffer_status(&checkpoint, err);
    if (status == HT_OK)
        status = postgres_ask(postgres, "cannot note the run", ht_buffer_text(&sql), 8, parameters, &result, err);
    PQclear(result);
    ht_buffer_release(&sql);
    ht_buffer_release(&checkpoint);
    return status;
}

/* ---- a run ---- */

/* What the transaction needs of the server, where the server has it: a commit that is durable, values compressed by lz4
   (in a third of the time of the default), and an end to the transaction of a process that was killed. */
static const char settings[] = "SELECT CASE name WHEN 'synchronous_commit' THEN set_config(name, 'on', true)"
                               " WHEN 'default_toast_compression' THEN set_config(name, 'lz4', true)"
                               " ELSE set_config(name, '2s', true) END FROM pg_catalog.pg_settings"
                               " WHERE (name = 'synchronous_commit' AND setting = 'off')"
                               " OR (name = 'default_toast_compression' AND 'lz4' = ANY (enumvals))"
                               " OR (name = 'client_connection_check_interval' AND setting = '0')";

static enum ht_status lock_export(struct postgres *postgres, struct ht_error *err)
{
    const struct ht_slice pieces[] = {HT_SLICE("hooktrail export\0"), ht_slice_from(postgres->run.trail),
                                      HT_SLICE("\0"), ht_slice_from(postgres->run.name)};
    enum ht_status status = postgres_lock(postgres, pieces, sizeof pieces / sizeof pieces[0],
                                          "another run of this export is under way in the database", err);
    if (status != HT_OK) return status;
    return postgres_do(postgres, "cannot reset lock_timeout", "SET LOCAL lock_timeout TO DEFAULT", err);
}

static enum ht_status postgres_begin(struct export_target *target, const struct export_run *run, struct ht_error *err)
{
    struct postgres *postgres = of(target);
    postgres->run = *run;
    enum ht_status status = postgres_tables_make(postgres, err);
    if (status == HT_OK) status = postgres_do(postgres, "cannot begin a transaction", "BEGIN", err);
    if (status == HT_OK) status = postgres_do(postgres, "cannot set up the session", settings, err);
    if (status == HT_OK) status = lock_export(postgres, err);
    if (status == HT_OK) status = check_mark(postgres, err);
    return status;
}

static enum ht_status postgres_table_begin(struct export_target *target, enum export_table_id table, bool again,
                                           struct ht_error *err)
{
    (void)again; /* a row of an erased event takes the place of the one that is there */
    of(target)->table = &export_tables[table];
    of(target)->table_rows = 0;
    enum ht_status status = drop_rows(of(target), err);
    return status == HT_OK ? postgres_rows_begin(of(target), err) : status;
}

static enum ht_status postgres_add(struct export_target *target, const struct export_row *row, struct ht_error *err)
{
    of(target)->table_rows++;
    return postgres_rows_add(of(target), row, err);
}

static enum ht_status postgres_flush(struct export_target *target, struct ht_error *err)
{
    return postgres_rows_send(of(target), err);
}

static enum ht_status postgres_table_end(struct export_target *target, struct ht_error *err)
{
    enum ht_status status = postgres_rows_end(of(target), err);
    if (status == HT_OK) status = postgres_merge(of(target), err);
    of(target)->table = NULL;
    return status;
}

/* A connection that ends here leaves open whether the run is complete: the mark says so, next time. */
static enum ht_status postgres_commit(struct export_target *target, struct ht_error *err)
{
    struct postgres *postgres = of(target);
    enum ht_status status = postgres->run.ranged ? HT_OK : write_mark(postgres, err);
    if (status != HT_OK) return status;
    PGresult *result = PQexec(postgres->connection, "COMMIT");
    bool done = PQresultStatus(result) == PGRES_COMMAND_OK && strcmp(PQcmdStatus(result), "COMMIT") == 0;
    if (!done)
        status = postgres_fail(postgres, result, "cannot say whether the run is complete, the next one can", err);
    PQclear(result);
    return status;
}

static void postgres_close(struct export_target *target)
{
    struct postgres *postgres = of(target);
    PQfinish(postgres->connection); /* what is not committed is rolled back */
    ht_buffer_release(&postgres->rows);
    ht_buffer_release(&postgres->mended);
    ht_buffer_release(&postgres->changes);
    free(postgres);
}

static const struct export_target_ops ops = {
    .mark = postgres_mark,
    .begin = postgres_begin,
    .table_begin = postgres_table_begin,
    .add = postgres_add,
    .flush = postgres_flush,
    .table_end = postgres_table_end,
    .commit = postgres_commit,
    .close = postgres_close,
};

enum ht_status export_target_postgres_open(const char *url, struct export_target **target, struct ht_error *err)
{
    struct postgres *postgres = calloc(1, sizeof *postgres);
    *target = NULL;
    if (!postgres) return ht_fail(err, HT_NO_MEMORY, "out of memory for an export");
    postgres->target.ops = &ops;
    enum ht_status status = postgres_connect(postgres, url, err);
    if (status == HT_OK)
        *target = &postgres->target;
    else
        postgres_close(&postgres->target);
    return status;
}
