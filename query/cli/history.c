/* hooktrail history: one lead: profile, changes, conversations, events. */
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

/* What the sender said of the lead, field by field, whatever the fields are. */
static void add_profile(const struct ht_call *call, struct ht_view *view, uint32_t profile, struct ht_buffer *out)
{
    if (profile == HT_JSON_NONE || ht_json_type(view->json, profile) != HT_JSON_OBJECT) return;
    struct ht_buffer name = {0};
    for (uint32_t key = ht_json_first(view->json, profile); key != HT_JSON_NONE;
         key = ht_json_after(view->json, profile, key + 1)) {
        struct ht_slice value = ht_view_value(view, key + 1);
        if (value.size == 0 || ht_slice_is(value, "{}")) continue;
        ht_buffer_clear(&name);
        ht_terminal_add(&name, ht_view_value(view, key), false);
        ht_buffer_printf(out, "  %s%-*s%s ", ht_output_style(&call->output, HT_STYLE_DIM), TITLE_WIDTH,
                         ht_buffer_text(&name), ht_output_plain(&call->output));
        ht_terminal_add(out, ht_view_value(view, key + 1), false);
        ht_buffer_add_byte(out, '\n');
    }
    ht_buffer_release(&name);
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

static enum ht_status print_lead(const struct ht_call *call, struct ht_view *view, struct ht_slice id,
                                 struct ht_error *err)
{
    struct ht_buffer out = {0};
    uint32_t lead = ht_view_find(view, 0, "lead");
    uint32_t profile = ht_view_find(view, lead, "profile");
    ht_buffer_printf(&out, "%slead ", ht_output_style(&call->output, HT_STYLE_BOLD));
    ht_terminal_add(&out, id, false);
    ht_buffer_printf(&out, "%s\n", ht_output_plain(&call->output));
    add_profile(call, view, profile, &out);
    ht_sheet_add(&call->output, span, view, lead, 2, TITLE_WIDTH, &out);
    add_changes(call, view, &out);
    ht_output_write(ht_buffer_slice(&out));
    enum ht_status status = ht_buffer_status(&out, err);
    ht_buffer_release(&out);
    return status;
}

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

static enum ht_status print_history(const struct ht_call *call, struct ht_session *session, struct ht_slice id,
                                    struct ht_error *err)
{
    struct ht_buffer document = {0};
    struct ht_view view = {0};
    char next[HT_CURSOR_SIZE] = "";
    enum ht_status status =
        ht_session_read(session, HT_QUERY_HISTORY, HT_FORMAT_DOCUMENT, id, &call->filter, &document, next, err);
    if (status == HT_OK) status = ht_view_parse(&view, ht_buffer_slice(&document), err);
    if (status == HT_OK) status = print_lead(call, &view, id, err);
    if (status == HT_OK) status = print_table(call, &view, "conversations", conversations, err);
    if (status == HT_OK) status = print_table(call, &view, "events", events, err);
    if (status == HT_OK && next[0])
        ht_output_note("there is more: add --cursor %s, or --limit up to %d", next, HT_FILTER_MAX_LIMIT);
    ht_view_release(&view);
    ht_buffer_release(&document);
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
