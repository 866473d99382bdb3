/* hooktrail history: one lead: profile, changes, conversations, events. */
#include <stdio.h>

#include "hooktrail/encode.h"
#include "hooktrail/index.h"
#include "local.h"
#include "session.h"
#include "table.h"

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

/* A history under way, page by page. */
struct reading {
    const struct ht_call *call;
    struct ht_session *session;
    struct ht_slice id;
    struct ht_filter filter; /* its cursor moves */
    struct ht_view view;
    struct ht_buffer document;
    struct ht_table *events;
};

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

static void add_profile(const struct ht_call *call, struct ht_view *view, uint32_t lead, struct ht_buffer *out)
{
    if (lead == HT_JSON_NONE || ht_json_type(view->json, lead) != HT_JSON_OBJECT) return;
    for (uint32_t key = ht_json_first(view->json, lead); key != HT_JSON_NONE;
         key = ht_json_after(view->json, lead, key))
        add_field(&call->output, view, key, out);
}

static void add_value(struct ht_view *view, uint32_t change, const char *member, struct ht_buffer *out)
{
    struct ht_slice value = ht_view_text(view, change, member);
    if (value.data)
        ht_terminal_add(out, value, false);
    else
        ht_buffer_add_text(out, "nothing");
}

static void add_changes(const struct ht_call *call, struct ht_view *view, struct ht_buffer *out)
{
    uint32_t list = ht_view_find(view, 0, "changes");
    if (ht_view_count(view, list) == 0) return;
    ht_buffer_add_text(out, "\nCHANGES\n");
    for (uint32_t at = ht_json_first(view->json, list); at != HT_JSON_NONE; at = ht_json_after(view->json, list, at)) {
        ht_buffer_add_text(out, "  ");
        ht_local_add(out, ht_view_time(view, at, "at"), HT_LOCAL_TIME);
        ht_buffer_printf(out, "  event %llu  ", (unsigned long long)ht_view_number(view, at, "seq"));
        ht_output_add(&call->output, out, HT_STYLE_CYAN, ht_view_text(view, at, "field"));
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

static enum ht_status print_lead(struct reading *reading, struct ht_error *err)
{
    struct ht_buffer out = {0};
    struct ht_view *view = &reading->view;
    const struct ht_call *call = reading->call;
    uint32_t lead = ht_view_find(view, 0, "lead");
    ht_buffer_printf(&out, "%slead ", ht_output_style(&call->output, HT_STYLE_BOLD));
    ht_view_add(view, &out, lead, "id");
    ht_buffer_printf(&out, "%s\n", ht_output_plain(&call->output));
    add_profile(call, view, lead, &out);
    ht_sheet_add(&call->output, span, view, lead, 2, TITLE_WIDTH, &out);
    add_changes(call, view, &out);
    add_reasons(view, "escalations", "ESCALATIONS", &out);
    add_reasons(view, "intents", "BUYER INTENTS", &out);
    ht_output_write(ht_buffer_slice(&out));
    enum ht_status status = ht_buffer_status(&out, err);
    ht_buffer_release(&out);
    return status;
}

static enum ht_status print_table(struct ht_table *table, struct ht_error *err)
{
    ht_output_write(HT_SLICE("\n"));
    return ht_table_print(table, err);
}

static enum ht_status print_conversations(struct reading *reading, struct ht_error *err)
{
    struct ht_table *table = NULL;
    uint32_t list = ht_view_find(&reading->view, 0, "conversations");
    if (ht_view_count(&reading->view, list) == 0) return HT_OK;
    enum ht_status status = ht_table_new(&reading->call->output, conversations, &table, err);
    if (status == HT_OK) status = ht_table_add_array(table, &reading->view, list, err);
    if (status == HT_OK) status = print_table(table, err);
    ht_table_free(table);
    return status;
}

/* The first page tells all of the lead; the events of every page go into one table. */
static enum ht_status read_page(struct reading *reading, bool first, struct ht_error *err)
{
    char next[HT_CURSOR_SIZE] = "";
    ht_buffer_clear(&reading->document);
    enum ht_status status = ht_session_read(reading->session, HT_QUERY_HISTORY, HT_FORMAT_DOCUMENT, reading->id,
                                            &reading->filter, &reading->document, next, err);
    if (status == HT_OK) status = ht_view_parse(&reading->view, ht_buffer_slice(&reading->document), err);
    if (status == HT_OK && first) status = print_lead(reading, err);
    if (status == HT_OK && first) status = print_conversations(reading, err);
    if (status == HT_OK)
        status = ht_table_add_array(reading->events, &reading->view, ht_view_find(&reading->view, 0, "events"), err);
    if (status == HT_OK) snprintf(reading->filter.cursor, sizeof reading->filter.cursor, "%s", next);
    return status;
}

/* All pages, unless --limit asks for one. */
static enum ht_status read_pages(struct reading *reading, struct ht_error *err)
{
    bool first = true;
    enum ht_status status = ht_table_new(&reading->call->output, events, &reading->events, err);
    while (status == HT_OK && (first || (reading->filter.cursor[0] && !reading->call->limited))) {
        status = read_page(reading, first, err);
        first = false;
    }
    if (status == HT_OK) status = print_table(reading->events, err);
    if (status == HT_OK && reading->filter.cursor[0])
        ht_output_note("there is more: add --cursor %s", reading->filter.cursor);
    return status;
}

static enum ht_status print_history(const struct ht_call *call, struct ht_session *session, struct ht_slice id,
                                    struct ht_error *err)
{
    struct reading reading = {.call = call, .session = session, .id = id, .filter = call->filter};
    if (!call->limited) reading.filter.limit = HT_FILTER_MAX_LIMIT;
    enum ht_status status = read_pages(&reading, err);
    ht_table_free(reading.events);
    ht_view_release(&reading.view);
    ht_buffer_release(&reading.document);
    return status;
}

/* ---- which lead ---- */

static enum ht_status collect_ids(struct ht_reader *reader, const char *email, struct ht_buffer *ids, uint32_t *count,
                                  struct ht_error *err)
{
    uint32_t lead = 0;
    struct ht_slice id;
    enum ht_status status;
    for (*count = 0; (status = ht_index_email(reader, ht_slice_from(email), lead, &lead, err)) == HT_OK; ++*count) {
        status = ht_index_name(reader, HT_KIND_LEAD, lead, &id, err);
        if (status != HT_OK) return status;
        if (*count > 0) ht_buffer_add_byte(ids, '\0');
        ht_buffer_add(ids, id);
    }
    return status == HT_NOT_FOUND ? ht_buffer_status(ids, err) : status;
}

/* Several leads have had the address: which one is meant is not ours to guess. */
static void print_ids(const struct ht_buffer *ids)
{
    struct ht_buffer out = {0};
    const char *end = ids->data + ids->size;
    for (const char *at = ids->data; at <= end;) {
        size_t size = strnlen(at, (size_t)(end - at));
        ht_terminal_add(&out, ht_slice_of(at, size), false);
        ht_buffer_add_byte(&out, '\n');
        at += size + 1;
    }
    ht_output_write(ht_buffer_slice(&out));
    ht_buffer_release(&out);
}

static enum ht_status find_by_email(struct ht_session *session, const char *email, struct ht_buffer *id,
                                    struct ht_error *err)
{
    uint32_t count = 0;
    enum ht_status status = ht_reader_begin(session->reader, err);
    if (status != HT_OK) return status;
    status = collect_ids(session->reader, email, id, &count, err);
    ht_reader_end(session->reader);
    if (status != HT_OK) return status;
    if (count == 0) return ht_fail(err, HT_NOT_FOUND, "no lead has or had the address %s", email);
    if (count == 1) return HT_OK;
    print_ids(id);
    return ht_fail(err, HT_EXISTS, "%u leads have or had this address: name one of them", count);
}

enum ht_status ht_run_history(const struct ht_call *call, struct ht_error *err)
{
    struct ht_session session = {0};
    struct ht_buffer id = {0};
    const char *email = call->values[HT_OPTION_EMAIL];
    if ((email != NULL) == (call->argument_count > 0)) return ht_fail(err, HT_INVALID, "it's either LEAD or --email");
    enum ht_status status = ht_session_open(&session, call, err);
    if (status == HT_OK && email) status = find_by_email(&session, email, &id, err);
    if (status == HT_OK && !email) ht_buffer_add_text(&id, call->arguments[0]);
    if (status == HT_OK) status = ht_buffer_status(&id, err);
    if (status == HT_OK && call->output.json)
        status = ht_session_write(&session, HT_QUERY_HISTORY, HT_FORMAT_DOCUMENT, ht_buffer_slice(&id), &call->filter,
                                  NULL, err);
    else if (status == HT_OK)
        status = print_history(call, &session, ht_buffer_slice(&id), err);
    ht_buffer_release(&id);
    ht_session_close(&session);
    return status;
}
