/* hooktrail stats: how many events, by type, agent and day. */
#include "list.h"
#include "local.h"

#define DAYS 14
#define BAR_WIDTH 40

static const struct ht_column totals[] = {
    {"events", "totals.events", NULL, HT_COLUMN_COUNT, false, HT_STYLE_BOLD},
    {"deliveries", "totals.deliveries", NULL, HT_COLUMN_COUNT, false, HT_STYLE_PLAIN},
    {"payloads", "totals.bytes", NULL, HT_COLUMN_SIZE, false, HT_STYLE_PLAIN},
    {"conversations", "totals.conversations", NULL, HT_COLUMN_COUNT, false, HT_STYLE_PLAIN},
    {"leads", "totals.leads", NULL, HT_COLUMN_COUNT, false, HT_STYLE_PLAIN},
    {"visitors", "totals.visitors", NULL, HT_COLUMN_COUNT, false, HT_STYLE_PLAIN},
    {"agents", "totals.agents", NULL, HT_COLUMN_COUNT, false, HT_STYLE_PLAIN},
    {"rejected", "totals.rejected", NULL, HT_COLUMN_COUNT, false, HT_STYLE_PLAIN},
    {0},
};

static const struct ht_column types[] = {
    {"TYPE", "type", NULL, HT_COLUMN_TEXT, false, HT_STYLE_CYAN},
    {"EVENTS", "events", NULL, HT_COLUMN_COUNT, false, HT_STYLE_BOLD},
    {"DELIVERIES", "deliveries", NULL, HT_COLUMN_COUNT, false, HT_STYLE_PLAIN},
    {"LAST", "last_at", NULL, HT_COLUMN_TIME, false, HT_STYLE_DIM},
    {0},
};

static const struct ht_column agents[] = {
    {"AGENT", "agent_name", "agent_id", HT_COLUMN_TEXT, true, HT_STYLE_CYAN},
    {"EVENTS", "events", NULL, HT_COLUMN_COUNT, false, HT_STYLE_BOLD},
    {"DELIVERIES", "deliveries", NULL, HT_COLUMN_COUNT, false, HT_STYLE_PLAIN},
    {"LAST", "last_at", NULL, HT_COLUMN_TIME, false, HT_STYLE_DIM},
    {0},
};

static enum ht_status print_table(const struct ht_call *call, struct ht_view *view, const char *member,
                                  const struct ht_column *columns, struct ht_error *err)
{
    struct ht_table *table = NULL;
    uint32_t list = ht_view_find(view, 0, member);
    if (ht_view_count(view, list) == 0) return HT_OK;
    enum ht_status status = ht_table_new(&call->output, columns, &table, err);
    if (status == HT_OK) status = ht_table_add_array(table, view, list, err);
    ht_output_write(HT_SLICE("\n"));
    if (status == HT_OK) status = ht_table_print(table, err);
    ht_table_free(table);
    return status;
}

static uint64_t most_events(struct ht_view *view, uint32_t days)
{
    uint64_t most = 1;
    uint32_t left = DAYS;
    for (uint32_t at = ht_json_first(view->json, days); at != HT_JSON_NONE && left > 0;
         at = ht_json_after(view->json, days, at), left--) {
        uint64_t events = ht_view_number(view, at, "events");
        if (events > most) most = events;
    }
    return most;
}

static void add_day(const struct ht_output *output, struct ht_view *view, uint32_t day, uint64_t most,
                    struct ht_buffer *out)
{
    struct ht_buffer count = {0};
    uint64_t events = ht_view_number(view, day, "events");
    ht_local_count(&count, events);
    ht_view_add(view, out, day, "day");
    ht_buffer_printf(out, " %10s ", ht_buffer_text(&count));
    ht_buffer_add_text(out, ht_output_style(output, HT_STYLE_CYAN));
    unsigned cells = (unsigned)((double)events / (double)most * BAR_WIDTH + 0.5);
    for (unsigned i = 0; i < cells; i++)
        ht_buffer_add_text(out, "\xe2\x96\x88"); /* a full block */
    ht_buffer_printf(out, "%s\n", ht_output_plain(output));
    ht_buffer_release(&count);
}

static enum ht_status print_days(const struct ht_call *call, struct ht_view *view, struct ht_error *err)
{
    struct ht_buffer out = {0};
    uint32_t left = DAYS;
    uint32_t days = ht_view_find(view, 0, "days");
    if (ht_view_count(view, days) == 0) return HT_OK;
    uint64_t most = most_events(view, days);
    ht_buffer_printf(&out, "\nDAY (UTC)      EVENTS\n");
    for (uint32_t at = ht_json_first(view->json, days); at != HT_JSON_NONE && left > 0;
         at = ht_json_after(view->json, days, at), left--)
        add_day(&call->output, view, at, most, &out);
    ht_output_write(ht_buffer_slice(&out));
    enum ht_status status = ht_buffer_status(&out, err);
    ht_buffer_release(&out);
    return status;
}

static enum ht_status print_stats(const struct ht_call *call, struct ht_view *view, struct ht_error *err)
{
    struct ht_buffer out = {0};
    ht_sheet_add(&call->output, totals, view, 0, 0, 14, &out);
    ht_output_write(ht_buffer_slice(&out));
    enum ht_status status = ht_buffer_status(&out, err);
    ht_buffer_release(&out);
    if (status == HT_OK) status = print_table(call, view, "types", types, err);
    if (status == HT_OK) status = print_table(call, view, "agents", agents, err);
    if (status == HT_OK) status = print_days(call, view, err);
    return status;
}

enum ht_status ht_run_stats(const struct ht_call *call, struct ht_error *err)
{
    struct ht_session session;
    struct ht_buffer document = {0};
    struct ht_view view = {0};
    enum ht_status status = ht_session_open(&session, call, err);
    if (status == HT_OK)
        status = ht_session_read(&session, HT_QUERY_STATS, HT_FORMAT_DOCUMENT, HT_ABSENT, &call->filter, &document,
                                 NULL, err);
    if (status == HT_OK && call->output.json) ht_output_write(ht_buffer_slice(&document));
    if (status == HT_OK && !call->output.json) status = ht_view_parse(&view, ht_buffer_slice(&document), err);
    if (status == HT_OK && !call->output.json) status = print_stats(call, &view, err);
    ht_view_release(&view);
    ht_buffer_release(&document);
    ht_session_close(&session);
    return status;
}
