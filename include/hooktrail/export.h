/* Export: tables for a warehouse, as files or in a database; with a name, only what is new since its watermark. */
#ifndef HOOKTRAIL_EXPORT_H
#define HOOKTRAIL_EXPORT_H

#include <stdint.h>

#include "hooktrail/buffer.h"
#include "hooktrail/index.h"
#include "hooktrail/reading.h"
#include "hooktrail/store.h"
#include "hooktrail/watermark.h"

struct ht_export_options {
    const char *to;        /* a directory, s3://…, duckdb:FILE, postgresql://…, clickhouse://… */
    const char *format;    /* of files: "parquet", "ndjson", "csv"; NULL: parquet */
    const char *codec;     /* of files: "none", "gzip", "zstd", "snappy"; NULL: what suits the format */
    bool singer;           /* no `to`, but Singer's messages on standard output */
    const char *state;     /* then: the file with the state of the run before; NULL: from the begin */
    const char *name;      /* NULL: everything, no watermark */
    const char *tables;    /* "events,messages"; NULL: all */
    int64_t since;         /* of events: received_at >= since; HT_TIME_NONE if open. Without a name only */
    int64_t until;         /* received_at < until; INT64_MAX if open */
    bool full;             /* with a name: from the trail's begin, in the place of what the target holds */
    bool for_spreadsheets; /* CSV: guard text that a spreadsheet would take for a formula */
    uint64_t file_bytes;   /* begin a new file beyond this; 0: 128 MiB */
    int64_t lock_timeout;  /* µs to wait for another run of this name, or into this directory, to end; 0: not at all */
};

struct ht_export_result {
    uint64_t run;   /* its number; 0 if there was nothing new */
    uint64_t first; /* seqs of the events, first to last; last < first if there were none */
    uint64_t last;
    uint64_t events;
    uint64_t erasures; /* since the last run */
    uint64_t rows;     /* of all tables */
    uint64_t bytes;    /* written */
    uint32_t files;
    uint32_t left_out; /* conversations of which no messages were written: more than a timeline takes, a million */
    char left_out_id[HT_MAX_ID + 1]; /* one of them */
};

/* Exports what is new, or all. The range is fixed in the trail before anything is written, and what is written follows
   from it, so that a run that was killed at any point and is repeated leaves each row exactly once. HT_BUSY if
   another run of the same name, or to the same target, is under way for longer than `lock_timeout`, or if of two to
   databases one writes anew; HT_UNPROCESSABLE where target and watermark don't fit each other. `progress` is told of
   events: one is done when all tables have it. While rows are written, and after, the calling thread is at nice 10 or
   more. query/export/ tells how. */
HT_MUST_CHECK enum ht_status ht_export_run(struct ht_store *store, const struct ht_export_options *options, int64_t now,
                                           ht_progress *progress, void *context, struct ht_export_result *result,
                                           struct ht_error *err);

/* One page of the table events as an export writes it, NDJSON, for whoever pulls instead: events behind `after`, at
   most `limit` of them and some megabytes. In bounded steps, with the calling thread's reader, not begun. */
struct ht_export_page;
HT_MUST_CHECK enum ht_status ht_export_page_open(struct ht_store *store, uint64_t after, uint32_t limit,
                                                 struct ht_export_page **page, struct ht_error *err);
HT_MUST_CHECK enum ht_status ht_export_page_step(struct ht_export_page *page, struct ht_reader *reader,
                                                 struct ht_error *err);
bool ht_export_page_done(const struct ht_export_page *page);
/* Once done: the lines, valid until the page is freed; the last seq in them (`after` if there is none); whether there
   was more in the trail then. */
struct ht_slice ht_export_page_lines(const struct ht_export_page *page);
uint64_t ht_export_page_last(const struct ht_export_page *page);
bool ht_export_page_more(const struct ht_export_page *page);
void ht_export_page_free(struct ht_export_page *page); /* NULL is fine */

/* Adds the tables that an export writes, their columns and types: as JSON (`dialect` is NULL), or as the SQL that makes
   them in "postgresql", "clickhouse", "clickhouse-18" (what Debian 12 ships), "duckdb", "bigquery" or "snowflake".
   HT_INVALID names the dialects. Any thread. */
HT_MUST_CHECK enum ht_status ht_export_schema(const char *dialect, struct ht_buffer *out, struct ht_error *err);

#endif
