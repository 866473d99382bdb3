#include "biography.h"

#include "hooktrail/encode.h"
#include "local.h"

#define TITLE_WIDTH 13

static const struct ht_column span[] = {
    {"first", "first_at", NULL, HT_COLUMN_TIME, false, HT_STYLE_PLAIN},
    {"last", "last_at", NULL, HT_COLUMN_TIME, false, HT_STYLE_PLAIN},
    {0},
};

static const struct ht_column conversations[] = {
    {"CONVERSATION", "id", NULL, HT_COLUMN_TEXT, false, HT_STYLE_BOLD},
    {"FIRST", "first_at", NULL, HT_COLUMN_TIME, false, HT_STYLE_DIM},
    {"LAST", "last_at", NULL, HT_COLUMN_TIME, false, HT_STYLE_DIM},
    {"EVENTS", "events", NULL, HT_COLUMN_COUNT, false, HT_STYLE_PLAIN},
    {0},
};

static const struct ht_column events[] = {
    {"SEQ", "seq", NULL, HT_COLUMN_COUNT, false, HT_STYLE_BOLD},
    {"OCCURRED", "occurred_at", NULL, HT_COLUMN_TIME, false, HT_STYLE_DIM},
    {"TYPE", "type", NULL, HT_COLUMN_TEXT, false, HT_STYLE_CYAN},
    {"AGENT", "agent_name", "agent_id", HT_COLUMN_TEXT, true, HT_STYLE_PLAIN},
    {"CONVERSATION", "conversation_id", NULL, HT_COLUMN_TEXT, true, HT_STYLE_PLAIN},
    {0},
};

void ht_biography_release(struct ht_biography *biography)
{
    ht_table_free(biography->events);
    ht_view_release(&biography->view);
    *biography = (struct ht_biography){.output = biography->output};
}

/* What is ours among the lead's members; all others are what the sender said of it, whatever they are. */
static bool is_ours(struct ht_slice name)
{
    static const char *const ours[] = {"id", "agent_id", "agent_name", "first_at", "last_at", "events"};
    for (size_t i = 0; i < sizeof ours / sizeof *ours; i++)
        if (ht_slice_is(name, ours[i])) return true;
    return false;
}

static void add_field(const struct ht_output *output, struct ht_view *view, uint32_t key, struct ht_buffer *out)
{
    struct ht_buffer name = {0};
    if (is_ours(ht_view_value(view, key))) return;
    struct ht_slice value = ht_view_value(view, key + 1);
    if (value.size == 0 || ht_slice_is(value, "{}")) return;
    ht_terminal_add(&name, ht_view_value(view, key), false);
    ht_buffer_printf(out, "  %s%-*s%s ", ht_output_style(output, HT_STYLE_DIM), TITLE_WIDTH, ht_buffer_text(&name),
                     ht_output_plain(output));
    ht_terminal_add(out, ht_view_value(view, key + 1), false);
    ht_buffer_add_byte(out, '\n');
    ht_buffer_release(&name);
}

static void add_profile(const struct ht_output *output, struct ht_view *view, uint32_t lead, struct ht_buffer *out)
{
    if (lead == HT_JSON_NONE || ht_json_type(view->json, lead) != HT_JSON_OBJECT) return;
    for (uint32_t key = ht_json_first(view->json, lead); key != HT_JSON_NONE;
         key = ht_json_after(view->json, lead, key))
        add_field(output, view, key, out);
}

static void add_value(struct ht_view *view, uint32_t change, const char *member, struct ht_buffer *out)
{
    struct ht_slice value = ht_view_text(view, change, member);
    if (value.data)
        ht_terminal_add(out, value, false);
    else
        ht_buffer_add_text(out, "nothing");
}

static void add_changes(const struct ht_output *output, struct ht_view *view, struct ht_buffer *out)
{
    uint32_t list = ht_view_find(view, 0, "changes");
    if (ht_view_count(view, list) == 0) return;
    ht_buffer_add_text(out, "\nCHANGES\n");
    for (uint32_t at = ht_json_first(view->json, list); at != HT_JSON_NONE; at = ht_json_after(view->json, list, at)) {
        ht_buffer_add_text(out, "  ");
        ht_local_add(out, ht_view_time(view, at, "at"), HT_LOCAL_TIME);
        ht_buffer_printf(out, "  event %llu  ", (unsigned long long)ht_view_number(view, at, "seq"));
        ht_output_add(output, out, HT_STYLE_CYAN, ht_view_text(view, at, "field"));
        ht_buffer_add_text(out, ": ");
        add_value(view, at, "from", out);
        ht_buffer_add_text(out, " -> ");
        add_value(view, at, "to", out);
        ht_buffer_add_byte(out, '\n');
    }
}

/* Escalations or intents, with their reasons. */
static void add_reasons(struct ht_view *view, const char *member, const char *title, struct ht_buffer *out)
{
    uint32_t list = ht_view_find(view, 0, member);
    if (ht_view_count(view, list) == 0) return;
    ht_buffer_printf(out, "\n%s\n", title);
    for (uint32_t at = ht_json_first(view->json, list); at != HT_JSON_NONE; at = ht_json_after(view->json, list, at)) {
        ht_buffer_add_text(out, "  ");
        ht_local_add(out, ht_view_time(view, at, "at"), HT_LOCAL_TIME);
        ht_buffer_printf(out, "  event %llu  ", (unsigned long long)ht_view_number(view, at, "seq"));
        ht_view_add(view, out, at, "reason");
        ht_buffer_add_byte(out, '\n');
    }
}

static void add_lead(struct ht_biography *biography, struct ht_buffer *out)
{
    struct ht_view *view = &biography->view;
    const struct ht_output *output = biography->output;
    uint32_t lead = ht_view_find(view, 0, "lead");
    ht_buffer_printf(out, "%slead ", ht_output_style(output, HT_STYLE_BOLD));
    ht_view_add(view, out, lead, "id");
    ht_buffer_printf(out, "%s\n", ht_output_plain(output));
    add_profile(output, view, lead, out);
    ht_sheet_add(output, span, view, lead, 2, TITLE_WIDTH, out);
    add_changes(output, view, out);
    add_reasons(view, "escalations", "ESCALATIONS", out);
    add_reasons(view, "intents", "BUYER INTENTS", out);
}

static enum ht_status add_table(struct ht_table *table, struct ht_buffer *out, struct ht_error *err)
{
    ht_buffer_add_byte(out, '\n');
    return ht_table_text(table, out, err);
}

static enum ht_status add_conversations(struct ht_biography *biography, struct ht_buffer *out, struct ht_error *err)
{
    struct ht_table *table = NULL;
    uint32_t list = ht_view_find(&biography->view, 0, "conversations");
    if (ht_view_count(&biography->view, list) == 0) return HT_OK;
    enum ht_status status = ht_table_new(biography->output, conversations, &table, err);
    if (status == HT_OK) status = ht_table_add_array(table, &biography->view, list, err);
    if (status == HT_OK) status = add_table(table, out, err);
    ht_table_free(table);
    return status;
}

enum ht_status ht_biography_page(struct ht_biography *biography, struct ht_slice document, bool first,
                                 struct ht_buffer *out, struct ht_error *err)
{
    struct ht_view *view = &biography->view;
    enum ht_status status = ht_view_parse(view, document, err);
    if (status == HT_OK && first) add_lead(biography, out);
    if (status == HT_OK && first) status = add_conversations(biography, out, err);
    if (status == HT_OK && !biography->events)
        status = ht_table_new(biography->output, events, &biography->events, err);
    if (status == HT_OK) status = ht_table_add_array(biography->events, view, ht_view_find(view, 0, "events"), err);
    return status == HT_OK ? ht_buffer_status(out, err) : status;
}

enum ht_status ht_biography_end(struct ht_biography *biography, struct ht_buffer *out, struct ht_error *err)
{
    enum ht_status status = add_table(biography->events, out, err);
    return status == HT_OK ? ht_buffer_status(out, err) : status;
}
