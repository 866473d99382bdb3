/* hooktrail export: a run with a bar and one line at the end; and export status. */
#include "hooktrail/export.h"

#include <inttypes.h>
#include <stdlib.h>

#include "bar.h"
#include "facts.h"
#include "hooktrail/encode.h"
#include "list.h"
#include "local.h"

/* ---- export ---- */

static void add_text(struct ht_buffer *text, const struct ht_export_result *result)
{
    if (result->run == 0) {
        ht_buffer_add_text(text, "nothing new");
        return;
    }
    ht_local_count(text, result->events);
    ht_buffer_add_text(text, " events");
    if (result->events > 0) ht_buffer_printf(text, " (seq %" PRIu64 " to %" PRIu64 ")", result->first, result->last);
    if (result->erasures > 0) ht_buffer_printf(text, " and %" PRIu64 " erasures", result->erasures);
    ht_buffer_add_text(text, ", ");
    ht_local_count(text, result->rows);
    ht_buffer_add_text(text, " rows");
    if (result->files > 0) {
        ht_buffer_printf(text, " in %" PRIu32 " %s, ", result->files, result->files == 1 ? "file" : "files");
        ht_local_size(text, result->bytes);
    }
}

static enum ht_status print_result(const struct ht_call *call, const struct ht_export_result *result,
                                   struct ht_error *err)
{
    const struct ht_fact facts[] = {
        {"run", result->run},   {"first", result->first},       {"last", result->last},   {"events", result->events},
        {"rows", result->rows}, {"erasures", result->erasures}, {"files", result->files}, {"bytes", result->bytes}};
    struct ht_buffer text = {0};
    add_text(&text, result);
    enum ht_status status = ht_facts_print(call, &text, facts, sizeof facts / sizeof *facts, err);
    ht_buffer_release(&text);
    return status;
}

/* On standard error, for whatever reads the summary. */
static void note_left_out(const struct ht_export_result *result)
{
    if (result->left_out == 0) return;
    ht_output_note(
        "%" PRIu32 " %s more than a million messages or events, and no rows of messages were written of %s: %s%s",
        result->left_out, result->left_out == 1 ? "conversation has" : "conversations have",
        result->left_out == 1 ? "it" : "them", result->left_out_id, result->left_out == 1 ? "" : " and others");
}

static enum ht_status parse_size(const char *text, uint64_t *size, struct ht_error *err)
{
    *size = 0;
    if (!text || (ht_parse_size(ht_slice_from(text), size) == HT_OK && *size != 0)) return HT_OK;
    return ht_fail_field(err, HT_INVALID, "file-size", "a size is a number of bytes, or of KiB, MiB or GiB, as 64MiB");
}

static enum ht_status parse_seconds(const char *text, int64_t *time, struct ht_error *err)
{
    uint64_t seconds = 0;
    bool sound = !text || (ht_parse_u64(ht_slice_from(text), &seconds) == HT_OK && seconds <= UINT32_MAX);
    *time = (int64_t)seconds * HT_SECOND;
    return sound ? HT_OK : ht_fail_field(err, HT_INVALID, "lock-timeout", "a lock timeout is a number of seconds");
}

static enum ht_status print_schema(const char *dialect, struct ht_error *err)
{
    struct ht_buffer text = {0};
    enum ht_status status = ht_export_schema(strcmp(dialect, "json") == 0 ? NULL : dialect, &text, err);
    if (status == HT_OK) status = ht_buffer_status(&text, err);
    if (status == HT_OK) ht_output_write(ht_buffer_slice(&text));
    ht_buffer_release(&text);
    return status;
}

enum ht_status ht_run_export(const struct ht_call *call, struct ht_error *err)
{
    if (ht_call_has(call, HT_OPTION_SCHEMA)) return print_schema(call->values[HT_OPTION_SCHEMA], err);
    struct ht_session session;
    struct ht_export_result result = {0};
    struct ht_bar bar;
    struct ht_export_options options = {
        .to = call->values[HT_OPTION_TO],
        .format = call->values[HT_OPTION_FORMAT],
        .codec = call->values[HT_OPTION_COMPRESS],
        .name = call->values[HT_OPTION_NAME],
        .tables = call->values[HT_OPTION_TABLES],
        .singer = ht_call_has(call, HT_OPTION_SINGER),
        .state = call->values[HT_OPTION_STATE],
        .since = call->filter.since,
        .until = call->filter.until,
        .full = ht_call_has(call, HT_OPTION_FULL),
        .for_spreadsheets = ht_call_has(call, HT_OPTION_FOR_SPREADSHEETS),
    };
    if (!options.to && !options.singer) return ht_fail(err, HT_INVALID, "--to is missing");
    if (options.state && !options.singer) return ht_fail(err, HT_INVALID, "--state goes with --singer");
    enum ht_status status = parse_size(call->values[HT_OPTION_FILE_SIZE], &options.file_bytes, err);
    if (status == HT_OK) status = parse_seconds(call->values[HT_OPTION_LOCK_TIMEOUT], &options.lock_timeout, err);
    if (status != HT_OK) return status;
    status = ht_session_open_store(&session, call, err);
    if (status == HT_OK) status = ht_session_catch_up(&session, err);
    ht_bar_init(&bar, "exporting");
    if (status == HT_OK) status = ht_export_run(session.store, &options, call->now, ht_bar_step, &bar, &result, err);
    ht_bar_clear(&bar);
    note_left_out(&result);
    if (status == HT_OK && !options.singer) status = print_result(call, &result, err);
    ht_session_close(&session);
    return status;
}

/* ---- export status ---- */

static const struct ht_column columns[] = {
    {"EXPORT", "name", NULL, HT_COLUMN_TEXT, false, HT_STYLE_BOLD},
    {"RUNS", "runs", NULL, HT_COLUMN_COUNT, false, HT_STYLE_PLAIN},
    {"LAST DONE", "done_at", NULL, HT_COLUMN_TIME, false, HT_STYLE_PLAIN},
    {"ROWS", "rows", NULL, HT_COLUMN_COUNT, false, HT_STYLE_PLAIN},
    {"EVENTS", "events", NULL, HT_COLUMN_COUNT, false, HT_STYLE_PLAIN},
    {"BEHIND", "behind", NULL, HT_COLUMN_COUNT, false, HT_STYLE_PLAIN},
    {"ERASURES BEHIND", "erasures_behind", NULL, HT_COLUMN_COUNT, false, HT_STYLE_PLAIN},
    {"NOW", "state", NULL, HT_COLUMN_TEXT, false, HT_STYLE_DIM},
    {0},
};

enum ht_status ht_run_export_status(const struct ht_call *call, struct ht_error *err)
{
    struct ht_session session;
    enum ht_status status = ht_session_open(&session, call, err);
    if (status == HT_OK)
        status =
            ht_list_roster(call, &session, ht_roster_exports, "exports", columns, "nothing was exported by name", err);
    ht_session_close(&session);
    return status;
}
