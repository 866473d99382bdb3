/* Rows that go from ClickHouse: by mutations (ALTER … DELETE), which the server does behind the statement's back, and
   by merging parts. */
#include <time.h>

#include "hooktrail/time.h"
#include "target_clickhouse.h"

#define WAIT (600 * HT_SECOND)
static const struct timespec interval = {.tv_nsec = 100000000};

static enum ht_status wait_for_mutations(struct clickhouse *clickhouse, struct ht_error *err)
{
    int64_t until = ht_time_steady() + WAIT;
    while (ht_time_steady() < until) {
        struct ht_buffer sql = {0};
        ht_buffer_add_text(&sql, "SELECT count() FROM system.mutations WHERE is_done = 0 AND database = ");
        clickhouse_add_literal(&sql, clickhouse->database);
        ht_buffer_add_text(&sql, " AND table = ");
        clickhouse_add_literal(&sql, clickhouse->table->name);
        enum ht_status status = clickhouse_do_taken(clickhouse, "cannot look for mutations", &sql, err);
        if (status != HT_OK) return status;
        if (strcmp(ht_buffer_text(&clickhouse->answer), "0\n") == 0) return HT_OK;
        nanosleep(&interval, NULL);
    }
    return ht_fail(err, HT_BUSY, "ClickHouse has not deleted rows of %s within 10 minutes: see system.mutations",
                   clickhouse->table->name);
}

enum ht_status clickhouse_drop_rows(struct clickhouse *clickhouse, struct ht_error *err)
{
    const struct export_run *run = &clickhouse->run;
    const struct export_table *table = clickhouse->table;
    struct ht_buffer sql = {0};
    if (!export_target_replaces(run, table, clickhouse->known)) return HT_OK;
    ht_buffer_printf(&sql, "ALTER TABLE %s.%s DELETE WHERE trail = ", clickhouse->database, table->name);
    clickhouse_add_literal(&sql, run->trail);
    export_target_add_replaced(&sql, run, table, clickhouse->known);
    enum ht_status status = clickhouse_do_taken(clickhouse, "cannot empty a table", &sql, err);
    return status == HT_OK ? wait_for_mutations(clickhouse, err) : status;
}

/* While the server merges parts of the table by itself it refuses; the run's mark has to wait for what it left. */
static enum ht_status merge(struct clickhouse *clickhouse, const struct export_table *table, struct ht_error *err)
{
    enum ht_status status = HT_BUSY;
    int64_t until = ht_time_steady() + WAIT;
    while (status == HT_BUSY && ht_time_steady() < until) {
        struct ht_buffer sql = {0};
        ht_buffer_printf(&sql, "OPTIMIZE TABLE %s.%s FINAL", clickhouse->database, table->name);
        status = clickhouse_do_taken(clickhouse, "cannot merge a table behind an erasure", &sql, err);
        if (status == HT_BUSY) nanosleep(&interval, NULL);
    }
    return status;
}

enum ht_status clickhouse_settle(struct clickhouse *clickhouse, struct ht_error *err)
{
    static const enum export_table_id replaced[] = {EXPORT_EVENTS, EXPORT_DELIVERIES};
    enum ht_status status = HT_OK;
    if (!clickhouse->run.restates) return HT_OK;
    for (size_t i = 0; i < sizeof replaced / sizeof *replaced && status == HT_OK; i++)
        status = merge(clickhouse, &export_tables[replaced[i]], err);
    return status;
}
