#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include "hooktrail/encode.h"
#include "hooktrail/time.h"
#include "target_clickhouse.h"

static struct clickhouse *of(struct export_target *target)
{
    return (struct clickhouse *)target;
}

/* ---- marks ---- */

struct mark {
    uint64_t run;
    uint64_t seq;
};

static enum ht_status find_marks(struct clickhouse *clickhouse, struct ht_error *err)
{
    struct ht_buffer sql = {0};
    ht_buffer_add_text(&sql, "SELECT count() FROM system.tables WHERE name = 'exports' AND database = ");
    clickhouse_add_literal(&sql, clickhouse->database);
    enum ht_status status = clickhouse_do_taken(clickhouse, "cannot look for tables", &sql, err);
    if (status == HT_OK && strcmp(ht_buffer_text(&clickhouse->answer), "0\n") == 0)
        status = ht_fail(err, HT_NOT_FOUND, "no export has come to the database yet");
    return status;
}

/* Of the answer "RUN\tSEQ\n"; without rows, both are 0. */
static enum ht_status parse_mark(struct ht_slice line, struct mark *mark, struct ht_error *err)
{
    const char *tab = memchr(line.data, '\t', line.size);
    if (tab && line.data[line.size - 1] == '\n') {
        size_t size = (size_t)(tab - line.data);
        if (ht_parse_u64(ht_slice_of(line.data, size), &mark->run) == HT_OK &&
            ht_parse_u64(ht_slice_of(tab + 1, line.size - size - 2), &mark->seq) == HT_OK)
            return HT_OK;
    }
    return ht_fail(err, HT_EXISTS, "the table exports in the database has no number for a run");
}

static enum ht_status read_mark(struct clickhouse *clickhouse, const char *trail, const char *name, struct mark *mark,
                                struct ht_error *err)
{
    struct ht_buffer sql = {0};
    *mark = (struct mark){0};
    /* Marks of earlier runs are there until parts are merged, and that of a full run may be at an earlier event. */
    ht_buffer_printf(&sql, "SELECT max(run), argMax(seq, run) FROM %s.exports WHERE trail = ", clickhouse->database);
    clickhouse_add_literal(&sql, trail);
    ht_buffer_add_text(&sql, " AND name = ");
    clickhouse_add_literal(&sql, name);
    enum ht_status status = clickhouse_do_taken(clickhouse, "cannot read how far the export has come", &sql, err);
    if (status == HT_OK) status = parse_mark(ht_buffer_slice(&clickhouse->answer), mark, err);
    if (status == HT_OK && mark->run == 0)
        status = ht_fail(err, HT_NOT_FOUND, "no run of this export is complete in the database");
    return status;
}

static enum ht_status clickhouse_mark(struct export_target *target, const char *trail, const char *name,
                                      uint64_t *number, struct ht_error *err)
{
    struct mark mark;
    enum ht_status status = find_marks(of(target), err);
    if (status == HT_OK) status = read_mark(of(target), trail, name, &mark, err);
    if (status == HT_OK) *number = mark.run;
    return status;
}

static enum ht_status check_mark(struct clickhouse *clickhouse, struct ht_error *err)
{
    const struct export_run *run = &clickhouse->run;
    struct mark mark;
    enum ht_status status = read_mark(clickhouse, run->trail, run->name, &mark, err);
    clickhouse->known = status == HT_OK;
    return status == HT_OK || status == HT_NOT_FOUND ? export_target_check_mark(run, mark.run, mark.seq, err) : status;
}

static enum ht_status write_mark(struct clickhouse *clickhouse, struct ht_error *err)
{
    const struct export_run *run = &clickhouse->run;
    struct export_value values[EXPORT_MAX_COLUMNS] = {
        {.present = true, .text = ht_slice_from(run->trail)},
        {.present = true, .text = ht_slice_from(run->name)},
        {.present = true, .number = (int64_t)run->number},
        {.present = true, .number = (int64_t)run->until.position.seq},
        {.present = true, .number = (int64_t)run->until.position.repeat},
        {.present = true, .number = (int64_t)run->until.erasure},
        {.present = true, .number = EXPORT_SCHEMA_VERSION},
        {.present = true, .number = ht_time_now()},
        {.present = run->checkpoint.data != NULL, .text = run->checkpoint},
    };
    const struct export_row row = {.values = values};
    clickhouse_rows_begin(clickhouse, &export_marks);
    enum ht_status status = clickhouse_rows_add(clickhouse, &row, err);
    return status == HT_OK ? clickhouse_rows_send(clickhouse, true, err) : status;
}

/* ---- a run ---- */

static enum ht_status clickhouse_begin(struct export_target *target, const struct export_run *run, struct ht_error *err)
{
    struct clickhouse *clickhouse = of(target);
    clickhouse->run = *run;
    enum ht_status status = clickhouse_tables_make(clickhouse, err);
    return status == HT_OK ? check_mark(clickhouse, err) : status;
}

static enum ht_status clickhouse_table_begin(struct export_target *target, enum export_table_id table, bool again,
                                             struct ht_error *err)
{
    (void)again; /* a row of an erased event takes the place of the one that is there */
    clickhouse_rows_begin(of(target), &export_tables[table]);
    return clickhouse_drop_rows(of(target), err);
}

static enum ht_status clickhouse_add(struct export_target *target, const struct export_row *row, struct ht_error *err)
{
    return clickhouse_rows_add(of(target), row, err);
}

static enum ht_status clickhouse_flush(struct export_target *target, struct ht_error *err)
{
    return clickhouse_rows_send(of(target), false, err);
}

static enum ht_status clickhouse_table_end(struct export_target *target, struct ht_error *err)
{
    return clickhouse_rows_send(of(target), true, err);
}

static enum ht_status clickhouse_commit(struct export_target *target, struct ht_error *err)
{
    enum ht_status status = clickhouse_settle(of(target), err);
    return status == HT_OK && !of(target)->run.ranged ? write_mark(of(target), err) : status;
}

static void clickhouse_close(struct export_target *target)
{
    struct clickhouse *clickhouse = of(target);
    curl_easy_cleanup(clickhouse->curl);
    ht_buffer_release(&clickhouse->answer);
    ht_buffer_release(&clickhouse->rows);
    free(clickhouse);
}

static const struct export_target_ops ops = {
    .mark = clickhouse_mark,
    .begin = clickhouse_begin,
    .table_begin = clickhouse_table_begin,
    .add = clickhouse_add,
    .flush = clickhouse_flush,
    .table_end = clickhouse_table_end,
    .commit = clickhouse_commit,
    .close = clickhouse_close,
};

enum ht_status export_target_clickhouse_open(const char *url, struct export_target **target, struct ht_error *err)
{
    struct clickhouse *clickhouse = calloc(1, sizeof *clickhouse);
    *target = NULL;
    if (!clickhouse) return ht_fail(err, HT_NO_MEMORY, "out of memory for an export");
    clickhouse->target.ops = &ops;
    enum ht_status status = clickhouse_connect(clickhouse, url, err);
    if (status == HT_OK)
        *target = &clickhouse->target;
    else
        clickhouse_close(&clickhouse->target);
    return status;
}
