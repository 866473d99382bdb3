/* Erasures in ClickHouse: mutations (ALTER … DELETE), which the server does behind the statement's back. */
#include <inttypes.h>
#include <stdio.h>
#include <time.h>

#include "hooktrail/time.h"
#include "target_clickhouse.h"

#define RANGES_AT_ONCE                                                                                                 \
    500 /* three of 60 bytes each: a statement has 256 KiB at most, unless the server is told otherwise */
#define WAIT (600 * HT_SECOND)

/* What goes from which table; the tombstones of events come with the run, and so does what goes on. Of a conversation
   that goes on all messages go, for their positions change; and first, while the events still say which one it was. */
static const struct {
    const char *table;
    const char *change;
    const char *columns[2]; /* those of which a seq may be erased */
    bool by_conversation;
} steps[] = {
    {"messages", "DELETE", {"first_seq", "last_seq"}, true},
    {"events", "DELETE", {"seq"}, false},
    {"deliveries", "UPDATE sender = NULL", {"seq"}, false},
    {"conversations", "DELETE", {"first_seq", "last_seq"}, false},
    {"leads", "DELETE", {"first_seq", "last_seq"}, false},
    {"lead_changes", "DELETE", {"seq"}, false},
};

static void add_ranges(struct ht_buffer *sql, const struct clickhouse_range *ranges, size_t count, const char *column)
{
    for (size_t i = 0; i < count; i++)
        ht_buffer_printf(sql, " OR %s BETWEEN %" PRIu64 " AND %" PRIu64, column, ranges[i].first, ranges[i].last);
}

static void add_trail(struct ht_buffer *sql, const struct clickhouse *clickhouse)
{
    ht_buffer_add_text(sql, " WHERE trail = ");
    clickhouse_add_literal(sql, clickhouse->run.trail);
    ht_buffer_add_text(sql, " AND (0");
}

static enum ht_status begin_step(struct clickhouse *clickhouse, size_t step, size_t first, struct ht_error *err)
{
    size_t left = clickhouse->range_count - first;
    size_t count = left < RANGES_AT_ONCE ? left : RANGES_AT_ONCE;
    struct ht_buffer sql = {0};
    ht_buffer_printf(&sql, "ALTER TABLE %s.%s %s", clickhouse->database, steps[step].table, steps[step].change);
    add_trail(&sql, clickhouse);
    for (size_t i = 0; i < 2 && steps[step].columns[i]; i++)
        add_ranges(&sql, clickhouse->ranges + first, count, steps[step].columns[i]);
    if (steps[step].by_conversation) {
        ht_buffer_printf(&sql, " OR conversation_id IN (SELECT assumeNotNull(conversation_id) FROM %s.events",
                         clickhouse->database);
        add_trail(&sql, clickhouse);
        add_ranges(&sql, clickhouse->ranges + first, count, "seq");
        ht_buffer_add_text(&sql, ") AND conversation_id IS NOT NULL)");
    }
    ht_buffer_add_byte(&sql, ')');
    return clickhouse_do_taken(clickhouse, "cannot follow an erasure", &sql, err);
}

static enum ht_status wait_for_mutations(struct clickhouse *clickhouse, struct ht_error *err)
{
    const struct timespec pause = {.tv_nsec = 100000000};
    int64_t until = ht_time_steady() + WAIT;
    while (ht_time_steady() < until) {
        struct ht_buffer sql = {0};
        ht_buffer_add_text(&sql, "SELECT count() FROM system.mutations WHERE is_done = 0 AND database = ");
        clickhouse_add_literal(&sql, clickhouse->database);
        enum ht_status status = clickhouse_do_taken(clickhouse, "cannot follow an erasure", &sql, err);
        if (status != HT_OK) return status;
        if (strcmp(ht_buffer_text(&clickhouse->answer), "0\n") == 0) return HT_OK;
        nanosleep(&pause, NULL);
    }
    return ht_fail(err, HT_BUSY, "ClickHouse has not followed the erasures within 10 minutes: see system.mutations");
}

enum ht_status clickhouse_erase(struct clickhouse *clickhouse, struct ht_error *err)
{
    enum ht_status status = HT_OK;
    if (clickhouse->range_count == 0) return HT_OK;
    for (size_t step = 0; step < sizeof steps / sizeof steps[0] && status == HT_OK; step++) {
        for (size_t first = 0; first < clickhouse->range_count && status == HT_OK; first += RANGES_AT_ONCE)
            status = begin_step(clickhouse, step, first, err);
        if (status == HT_OK && steps[step].by_conversation) status = wait_for_mutations(clickhouse, err);
    }
    return status == HT_OK ? wait_for_mutations(clickhouse, err) : status;
}

enum ht_status clickhouse_erase_trail(struct clickhouse *clickhouse, struct ht_error *err)
{
    enum ht_status status = HT_OK;
    for (size_t i = 0; i < EXPORT_TABLE_COUNT && status == HT_OK; i++) {
        struct ht_buffer sql = {0};
        ht_buffer_printf(&sql, "ALTER TABLE %s.%s DELETE", clickhouse->database, export_tables[i].name);
        add_trail(&sql, clickhouse);
        ht_buffer_add_text(&sql, " OR 1)");
        status = clickhouse_do_taken(clickhouse, "cannot empty a table", &sql, err);
    }
    return status == HT_OK ? wait_for_mutations(clickhouse, err) : status;
}

enum ht_status clickhouse_settle(struct clickhouse *clickhouse, struct ht_error *err)
{
    enum ht_status status = HT_OK;
    if (clickhouse->range_count == 0) return HT_OK;
    for (size_t step = 0; step < sizeof steps / sizeof steps[0] && status == HT_OK; step++) {
        struct ht_buffer sql = {0};
        ht_buffer_printf(&sql, "OPTIMIZE TABLE %s.%s FINAL", clickhouse->database, steps[step].table);
        status = clickhouse_do_taken(clickhouse, "cannot merge a table behind an erasure", &sql, err);
    }
    return status;
}
