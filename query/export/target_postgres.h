/* Private to target_postgres*.c: a run on its way into PostgreSQL, by libpq.

   All of a run is one transaction, the mark of the export in it. The rows of each table go by binary COPY into a
   temporary table (target_postgres_rows.c), from there by key into the lasting one (target_postgres_merge.c). Tables
   are made and columns added before, in a transaction of their own (target_postgres_tables.c), so that nobody who reads
   waits for a run. */
#ifndef EXPORT_TARGET_POSTGRES_H
#define EXPORT_TARGET_POSTGRES_H

#include <libpq-fe.h>

#include "target.h"

#define POSTGRES_STAGE "pg_temp.hooktrail_rows" /* the temporary table */
#define POSTGRES_SCHEMA_SIZE 64                 /* a name, with its NUL */
#define POSTGRES_LOCK_WAIT "5s"

struct postgres {
    struct export_target target;
    PGconn *connection;
    char schema[POSTGRES_SCHEMA_SIZE]; /* where the tables are */
    struct export_run run;             /* slices and texts of the caller's */
    bool known;                        /* an earlier run of the export is complete there */
    const struct export_table *table;  /* that rows go to; NULL between tables */
    uint64_t table_rows;
    bool direct;              /* rows go straight into it */
    struct ht_buffer rows;    /* of the table, encoded, not yet sent */
    struct ht_buffer mended;  /* a value */
    struct ht_buffer changes; /* of a row */
};

/* ---- target_postgres.c ---- */

/* Connects. No error holds what the URL or the environment has of a password. */
HT_MUST_CHECK enum ht_status postgres_connect(struct postgres *postgres, const char *url, struct ht_error *err);

/* Does what gives no rows, or none that anybody wants; `doing` ("cannot …") begins the error. Text parameters. */
HT_MUST_CHECK enum ht_status postgres_do(struct postgres *postgres, const char *doing, const char *sql,
                                         struct ht_error *err);
HT_MUST_CHECK enum ht_status postgres_ask(struct postgres *postgres, const char *doing, const char *sql, int count,
                                          const char *const *parameters, PGresult **result, struct ht_error *err);
/* The same with the statement in a buffer, which is released. */
HT_MUST_CHECK enum ht_status postgres_do_taken(struct postgres *postgres, const char *doing, struct ht_buffer *takes,
                                               struct ht_error *err);

/* What the server said, or libpq where it said nothing: the message, never its details, which may quote rows. */
enum ht_status postgres_fail(struct postgres *postgres, const PGresult *result, const char *doing,
                             struct ht_error *err);

/* A lock on what `pieces` name, until the transaction ends: HT_BUSY with `busy` if another session holds it for longer
   than POSTGRES_LOCK_WAIT. (That of a killed run ends within a few seconds.) */
HT_MUST_CHECK enum ht_status postgres_lock(struct postgres *postgres, const struct ht_slice *pieces, size_t count,
                                           const char *busy, struct ht_error *err);

/* Until the transaction ends nobody else writes to the table at hand; who reads is not kept waiting. Before the run
   writes to it itself: else two runs could each wait for the other. */
HT_MUST_CHECK enum ht_status postgres_lock_table(struct postgres *postgres, struct ht_error *err);

/* ---- the steps of a run ---- */

/* Makes the schema and the tables that are missing, and adds the columns that are. HT_EXISTS names a column that was
   changed by hand: of another type, or missing where none may be added. */
HT_MUST_CHECK enum ht_status postgres_tables_make(struct postgres *postgres, struct ht_error *err);

HT_MUST_CHECK enum ht_status postgres_rows_begin(struct postgres *postgres, struct ht_error *err);
HT_MUST_CHECK enum ht_status postgres_rows_add(struct postgres *postgres, const struct export_row *row,
                                               struct ht_error *err);
HT_MUST_CHECK enum ht_status postgres_rows_send(struct postgres *postgres, struct ht_error *err);
HT_MUST_CHECK enum ht_status postgres_rows_end(struct postgres *postgres, struct ht_error *err);

/* Merges the temporary table into the lasting one, and drops it; nothing where there is none. */
HT_MUST_CHECK enum ht_status postgres_merge(struct postgres *postgres, struct ht_error *err);

/* Adds "a, b, c" of a table's columns, each behind `prefix`, _changes at the end. */
void postgres_add_columns(struct ht_buffer *out, const struct export_table *table, const char *prefix);

#endif
