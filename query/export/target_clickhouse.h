/* Private to target_clickhouse*.c: a run on its way into ClickHouse, by HTTP.

   ClickHouse has no transactions: a run is inserted batch by batch, its mark last. What a run that was killed has left
   is replaced by what the next one brings, for the tables are ReplacingMergeTrees by key: in queries with FINAL at
   once, on disk when parts are merged. */
#ifndef EXPORT_TARGET_CLICKHOUSE_H
#define EXPORT_TARGET_CLICKHOUSE_H

#include <curl/curl.h>

#include "ddl.h"
#include "target.h"

#define CLICKHOUSE_NAME_SIZE 64 /* of a database, with its NUL */

struct clickhouse {
    struct export_target target;
    CURL *curl;
    char error[CURL_ERROR_SIZE];
    char address[512]; /* http://HOST:PORT/ */
    char database[CLICKHOUSE_NAME_SIZE];
    uint32_t version; /* 100 * major + minor */
    const struct export_dialect *dialect;
    struct ht_buffer answer; /* to the last question */
    struct export_run run;   /* slices and texts of the caller's */
    bool known;              /* an earlier run of the export is complete there */
    const struct export_table *table;
    struct ht_buffer rows; /* RowBinary, not yet sent */
    size_t border;         /* where in `rows` a batch ends that is to be sent; 0: none does yet */
    uint32_t batch_rows;   /* in the batch that is being filled */
    uint32_t batch;        /* how many of the table have been sent */
};

/* ---- target_clickhouse_http.c ---- */

/* Takes the URL apart, sets up the connection and asks for the version. No error holds a password. */
HT_MUST_CHECK enum ht_status clickhouse_connect(struct clickhouse *clickhouse, const char *url, struct ht_error *err);

/* Does a statement, with `body` behind it; the answer is in clickhouse->answer. `token`, if it is not NULL, makes an
   insert that comes again one that has been done, where the server can; "" makes one that is done in any case. `doing`
   ("cannot …") begins the error. */
HT_MUST_CHECK enum ht_status clickhouse_do(struct clickhouse *clickhouse, const char *doing, struct ht_slice sql,
                                           struct ht_slice body, const char *token, struct ht_error *err);
/* The same with the statement in a buffer, which is released, and no more. */
HT_MUST_CHECK enum ht_status clickhouse_do_taken(struct clickhouse *clickhouse, const char *doing,
                                                 struct ht_buffer *takes, struct ht_error *err);

/* Adds a string literal. */
void clickhouse_add_literal(struct ht_buffer *out, const char *text);

/* ---- the steps of a run ---- */

/* Makes the database and the tables that are missing, and adds the columns that are. HT_EXISTS names a column that was
   changed by hand. */
HT_MUST_CHECK enum ht_status clickhouse_tables_make(struct clickhouse *clickhouse, struct ht_error *err);

void clickhouse_rows_begin(struct clickhouse *clickhouse, const struct export_table *table);
HT_MUST_CHECK enum ht_status clickhouse_rows_add(struct clickhouse *clickhouse, const struct export_row *row,
                                                 struct ht_error *err);
/* Sends the batch that is full; with `all`, what there is. */
HT_MUST_CHECK enum ht_status clickhouse_rows_send(struct clickhouse *clickhouse, bool all, struct ht_error *err);

/* What the run replaces of the table goes: all rows, or those that an earlier run can have brought. */
HT_MUST_CHECK enum ht_status clickhouse_drop_rows(struct clickhouse *clickhouse, struct ht_error *err);
/* Merges the tables in which newer rows stand for older ones, so that the older ones go from the disk too. */
HT_MUST_CHECK enum ht_status clickhouse_settle(struct clickhouse *clickhouse, struct ht_error *err);

#endif
