/* hooktrail show: one event, readable, as JSON, or its payload as it came. */
#include "hooktrail/encode.h"
#include "hooktrail/trail.h"
#include "local.h"
#include "session.h"
#include "table.h"

#define TITLE_WIDTH 13

static const struct ht_column facts[] = {
    {"received", "received_at", NULL, HT_COLUMN_TIME, false, HT_STYLE_PLAIN},
    {"occurred", "occurred_at", NULL, HT_COLUMN_TIME, false, HT_STYLE_PLAIN},
    {"agent", "agent_name", NULL, HT_COLUMN_TEXT, false, HT_STYLE_PLAIN},
    {"agent id", "agent_id", NULL, HT_COLUMN_TEXT, false, HT_STYLE_PLAIN},
    {"conversation", "conversation_id", NULL, HT_COLUMN_TEXT, false, HT_STYLE_PLAIN},
    {"lead", "lead_id", NULL, HT_COLUMN_TEXT, false, HT_STYLE_PLAIN},
    {"visitor", "visitor_id", NULL, HT_COLUMN_TEXT, false, HT_STYLE_PLAIN},
    {"endpoint", "endpoint", NULL, HT_COLUMN_TEXT, false, HT_STYLE_PLAIN},
    {"size", "size", NULL, HT_COLUMN_SIZE, false, HT_STYLE_PLAIN},
    {"SHA-256", "sha256", NULL, HT_COLUMN_TEXT, false, HT_STYLE_PLAIN},
    {"deliveries", "deliveries", NULL, HT_COLUMN_COUNT, false, HT_STYLE_PLAIN},
    {0},
};

static void add_warnings(const struct ht_output *output, struct ht_view *view, struct ht_buffer *out)
{
    uint32_t list = ht_view_find(view, 0, "warnings");
    if (list == HT_JSON_NONE) return;
    for (uint32_t at = ht_json_first(view->json, list); at != HT_JSON_NONE; at = ht_json_after(view->json, list, at)) {
        ht_buffer_printf(out, "  %s%-*s%s ", ht_output_style(output, HT_STYLE_YELLOW), TITLE_WIDTH, "warning",
                         ht_output_plain(output));
        ht_terminal_add(out, ht_view_value(view, at), false);
        ht_buffer_add_byte(out, '\n');
    }
}

static void add_headers(struct ht_view *view, uint32_t headers, struct ht_buffer *out)
{
    if (headers == HT_JSON_NONE) return;
    for (uint32_t key = ht_json_first(view->json, headers); key != HT_JSON_NONE;
         key = ht_json_after(view->json, headers, key)) {
        ht_buffer_add_text(out, "      ");
        ht_terminal_add(out, ht_view_value(view, key), false);
        ht_buffer_add_text(out, ": ");
        ht_terminal_add(out, ht_view_value(view, key + 1), false);
        ht_buffer_add_byte(out, '\n');
    }
}

static void add_delivery(struct ht_view *view, uint32_t delivery, struct ht_buffer *out)
{
    ht_buffer_add_text(out, "    ");
    ht_local_add(out, ht_view_time(view, delivery, "at"), HT_LOCAL_TIME);
    ht_buffer_add_text(out, "  from ");
    ht_view_add(view, out, delivery, "sender");
    ht_buffer_add_text(out, "  ");
    ht_view_add(view, out, delivery, "content_type");
    if (ht_view_true(view, delivery, "signature_verified")) ht_buffer_add_text(out, "  signed");
    ht_buffer_add_byte(out, '\n');
    add_headers(view, ht_view_find(view, delivery, "headers"), out);
}

static void add_event(const struct ht_output *output, struct ht_view *view, struct ht_buffer *out)
{
    ht_buffer_printf(out, "%sevent ", ht_output_style(output, HT_STYLE_BOLD));
    ht_view_add(view, out, 0, "seq");
    ht_buffer_printf(out, "%s  ", ht_output_plain(output));
    ht_output_add(output, out, HT_STYLE_CYAN, ht_view_text(view, 0, "type"));
    ht_buffer_add_byte(out, '\n');
    ht_sheet_add(output, facts, view, 0, 2, TITLE_WIDTH, out);
    add_warnings(output, view, out);
    uint32_t list = ht_view_find(view, 0, "received");
    if (list == HT_JSON_NONE) return;
    for (uint32_t at = ht_json_first(view->json, list); at != HT_JSON_NONE; at = ht_json_after(view->json, list, at))
        add_delivery(view, at, out);
}

static enum ht_status print_event(const struct ht_call *call, struct ht_session *session, struct ht_slice seq,
                                  struct ht_error *err)
{
    struct ht_buffer document = {0};
    struct ht_buffer out = {0};
    struct ht_view view = {0};
    enum ht_status status =
        ht_session_read(session, HT_QUERY_EVENT, HT_FORMAT_DOCUMENT, seq, &call->filter, &document, NULL, err);
    if (status == HT_OK) status = ht_view_parse(&view, ht_buffer_slice(&document), err);
    if (status == HT_OK) {
        add_event(&call->output, &view, &out);
        ht_output_write(ht_buffer_slice(&out));
        status = ht_buffer_status(&out, err);
    }
    ht_view_release(&view);
    ht_buffer_release(&out);
    ht_buffer_release(&document);
    return status;
}

/* From the trail itself: the digest is checked once more, and what comes out is what came in. */
static enum ht_status print_payload(struct ht_session *session, struct ht_slice word, uint64_t seq,
                                    struct ht_error *err)
{
    const struct ht_audit_read read = {.query = HT_QUERY_EVENT, .what = "payload", .id = word};
    struct ht_record record;
    struct ht_unpacker *unpacker = ht_unpacker_new();
    if (!unpacker) return ht_fail(err, HT_NO_MEMORY, "out of memory");
    enum ht_status status = ht_reader_begin(session->reader, err);
    if (status == HT_OK) {
        status = ht_trail_get(session->reader, seq, unpacker, &record, err);
        ht_reader_end(session->reader);
    }
    if (status == HT_OK) status = ht_session_record(session, &read, err);
    if (status == HT_OK) ht_output_write(record.payload);
    ht_unpacker_free(unpacker);
    return status;
}

enum ht_status ht_run_show(const struct ht_call *call, struct ht_error *err)
{
    struct ht_session session;
    uint64_t seq;
    struct ht_slice word = ht_slice_from(call->arguments[0]);
    if (ht_parse_u64(word, &seq) != HT_OK) return ht_fail(err, HT_INVALID, "SEQ is an event's number, like 7");
    bool payload = ht_call_has(call, HT_OPTION_PAYLOAD);
    if (payload && call->output.json) return ht_fail(err, HT_INVALID, "it's either --payload or --json");
    enum ht_status status = payload ? ht_session_open_plain(&session, call, err) : ht_session_open(&session, call, err);
    if (status != HT_OK) goto out;
    if (payload)
        status = print_payload(&session, word, seq, err);
    else if (call->output.json)
        status = ht_session_write(&session, HT_QUERY_EVENT, HT_FORMAT_DOCUMENT, word, &call->filter, NULL, err);
    else
        status = print_event(call, &session, word, err);
out:
    ht_session_close(&session);
    return status;
}
