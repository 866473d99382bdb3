/* hooktrail rejected: list, show, retry, drop. */
#include "hooktrail/rejected.h"

#include "excerpt.h"
#include "hooktrail/emit.h"
#include "hooktrail/encode.h"
#include "list.h"
#include "retry.h"

#define BODY_SHOWN 2048

static const struct ht_column columns[] = {
    {"NUMBER", "number", NULL, HT_COLUMN_COUNT, false, HT_STYLE_BOLD},
    {"RECEIVED", "received_at", NULL, HT_COLUMN_TIME, false, HT_STYLE_DIM},
    {"STATUS", "status", NULL, HT_COLUMN_COUNT, false, HT_STYLE_RED},
    {"SIZE", "size", NULL, HT_COLUMN_SIZE, false, HT_STYLE_PLAIN},
    {"ENDPOINT", "endpoint", NULL, HT_COLUMN_TEXT, true, HT_STYLE_PLAIN},
    {"REASON", "detail", "title", HT_COLUMN_TEXT, true, HT_STYLE_PLAIN},
    {0},
};

static const struct ht_column facts[] = {
    {"received", "received_at", NULL, HT_COLUMN_TIME, false, HT_STYLE_PLAIN},
    {"from", "sender", NULL, HT_COLUMN_TEXT, false, HT_STYLE_PLAIN},
    {"endpoint", "endpoint", NULL, HT_COLUMN_TEXT, false, HT_STYLE_PLAIN},
    {"content type", "content_type", NULL, HT_COLUMN_TEXT, false, HT_STYLE_PLAIN},
    {"size", "size", NULL, HT_COLUMN_SIZE, false, HT_STYLE_PLAIN},
    {"kept", "kept", NULL, HT_COLUMN_SIZE, false, HT_STYLE_PLAIN},
    {"answered", "status", NULL, HT_COLUMN_COUNT, false, HT_STYLE_RED},
    {"reason", "detail", "title", HT_COLUMN_TEXT, false, HT_STYLE_PLAIN},
    {"looked at", "pointer", NULL, HT_COLUMN_TEXT, false, HT_STYLE_PLAIN},
    {"at byte", "offset", NULL, HT_COLUMN_COUNT, false, HT_STYLE_PLAIN},
    {0},
};

static const struct ht_column retried_columns[] = {
    {"NUMBER", "number", NULL, HT_COLUMN_COUNT, false, HT_STYLE_BOLD},
    {"EVENT", "seq", NULL, HT_COLUMN_TEXT, false, HT_STYLE_GREEN},
    {"STILL WRONG", "detail", NULL, HT_COLUMN_TEXT, true, HT_STYLE_RED},
    {0},
};

enum ht_status ht_run_rejected_list(const struct ht_call *call, struct ht_error *err)
{
    return ht_list_query(call, HT_QUERY_REJECTED, columns, "no rejected delivery matches", err);
}

static enum ht_status parse_number(const char *word, uint64_t *number, struct ht_error *err)
{
    if (ht_parse_u64(ht_slice_from(word), number) == HT_OK) return HT_OK;
    return ht_fail(err, HT_INVALID, "'%.64s' is no number of a rejected delivery, see `hooktrail rejected`", word);
}

/* ---- show ---- */

static void add_body(const struct ht_rejected *rejected, struct ht_buffer *out)
{
    if (rejected->offset != HT_NO_OFFSET && rejected->offset <= rejected->body.size) {
        ht_excerpt_add(out, rejected->body, (size_t)rejected->offset, 2);
        return;
    }
    size_t shown = rejected->body.size < BODY_SHOWN ? rejected->body.size : BODY_SHOWN;
    ht_buffer_add_text(out, "  ");
    ht_terminal_add(out, ht_slice_of(rejected->body.data, shown), false);
    ht_buffer_add_text(out, shown < rejected->body.size ? "... (--payload writes all of it)\n" : "\n");
}

static enum ht_status add_rejected(const struct ht_call *call, struct ht_session *session, uint64_t number,
                                   struct ht_slice document, struct ht_buffer *out, struct ht_error *err)
{
    struct ht_view view = {0};
    struct ht_rejected rejected;
    enum ht_status status = ht_view_parse(&view, document, err);
    if (status == HT_OK) status = ht_reader_begin(session->reader, err);
    if (status != HT_OK) goto out;
    ht_buffer_printf(out, "%srejected delivery %llu%s\n", ht_output_style(&call->output, HT_STYLE_BOLD),
                     (unsigned long long)number, ht_output_plain(&call->output));
    ht_sheet_add(&call->output, facts, &view, 0, 2, 13, out);
    status = ht_rejected_get(session->reader, number, &rejected, err);
    if (status == HT_OK && rejected.body.size > 0) add_body(&rejected, out);
    ht_reader_end(session->reader);
    if (status == HT_OK) status = ht_buffer_status(out, err);
out:
    ht_view_release(&view);
    return status;
}

static enum ht_status print_rejected(const struct ht_call *call, struct ht_session *session, uint64_t number,
                                     struct ht_error *err)
{
    struct ht_buffer document = {0};
    struct ht_buffer out = {0};
    enum ht_status status = ht_session_read(session, HT_QUERY_REJECTED_ONE, HT_FORMAT_DOCUMENT,
                                            ht_slice_from(call->arguments[0]), &call->filter, &document, NULL, err);
    if (status == HT_OK && call->output.json) ht_output_write(ht_buffer_slice(&document));
    if (status == HT_OK && !call->output.json) {
        status = add_rejected(call, session, number, ht_buffer_slice(&document), &out, err);
        if (status == HT_OK) ht_output_write(ht_buffer_slice(&out));
    }
    ht_buffer_release(&document);
    ht_buffer_release(&out);
    return status;
}

static enum ht_status print_body(struct ht_session *session, const char *word, uint64_t number, struct ht_error *err)
{
    struct ht_rejected rejected;
    struct ht_buffer body = {0};
    const struct ht_audit_read read = {.query = HT_QUERY_REJECTED_ONE, .id = ht_slice_from(word)};
    enum ht_status status = ht_reader_begin(session->reader, err);
    if (status != HT_OK) return status;
    status = ht_rejected_get(session->reader, number, &rejected, err);
    if (status == HT_OK) ht_buffer_add(&body, rejected.body);
    ht_reader_end(session->reader);
    if (status == HT_OK) status = ht_buffer_status(&body, err);
    if (status == HT_OK) status = ht_session_record(session, &read, err);
    if (status == HT_OK) ht_output_write(ht_buffer_slice(&body));
    ht_buffer_wipe(&body);
    return status;
}

enum ht_status ht_run_rejected_show(const struct ht_call *call, struct ht_error *err)
{
    struct ht_session session = {0};
    uint64_t number;
    bool payload = ht_call_has(call, HT_OPTION_PAYLOAD);
    if (payload && call->output.json) return ht_fail(err, HT_INVALID, "it's either --payload or --json");
    enum ht_status status = parse_number(call->arguments[0], &number, err);
    if (status == HT_OK) status = ht_session_open_plain(&session, call, err);
    if (status == HT_OK)
        status = payload ? print_body(&session, call->arguments[0], number, err)
                         : print_rejected(call, &session, number, err);
    ht_session_close(&session);
    return status;
}

/* ---- retry ---- */

struct retrying {
    struct ht_session session;
    struct ht_retry *retry;
    struct ht_buffer lines;
    unsigned count;
    unsigned failed;
};

static void emit_retried(struct retrying *retrying, uint64_t number, uint64_t seq, bool duplicate,
                         const struct ht_error *failure)
{
    struct ht_emit emit;
    ht_emit_init(&emit, &retrying->lines);
    ht_emit_object(&emit);
    ht_emit_key(&emit, "number");
    ht_emit_uint(&emit, number);
    ht_emit_key(&emit, "seq");
    if (failure)
        ht_emit_null(&emit);
    else
        ht_emit_uint(&emit, seq);
    ht_emit_key(&emit, "duplicate");
    ht_emit_bool(&emit, duplicate);
    ht_emit_key(&emit, "detail");
    ht_emit_text(&emit, failure ? failure->detail : NULL);
    ht_emit_key(&emit, "offset");
    if (failure && failure->offset != HT_NO_OFFSET)
        ht_emit_uint(&emit, failure->offset);
    else
        ht_emit_null(&emit);
    ht_emit_end_object(&emit);
    ht_buffer_add_byte(&retrying->lines, '\n');
}

/* Still wrong is an answer; only what keeps us from trying ends the run. */
static bool is_still_wrong(enum ht_status status)
{
    return status == HT_INVALID || status == HT_UNPROCESSABLE || status == HT_UNAUTHORIZED || status == HT_TOO_LARGE;
}

static enum ht_status retry_one(struct retrying *retrying, uint64_t number, struct ht_error *err)
{
    uint64_t seq = 0;
    bool duplicate = false;
    enum ht_status status = ht_retry_one(retrying->retry, number, &seq, &duplicate, err);
    if (status != HT_OK && !is_still_wrong(status)) return status;
    emit_retried(retrying, number, seq, duplicate, status == HT_OK ? NULL : err);
    retrying->count++;
    if (status != HT_OK) retrying->failed++;
    return HT_OK;
}

static enum ht_status retry_named(struct retrying *retrying, const struct ht_call *call, struct ht_error *err)
{
    for (int i = 0; i < call->argument_count; i++) {
        uint64_t number;
        enum ht_status status = parse_number(call->arguments[i], &number, err);
        if (status == HT_OK) status = retry_one(retrying, number, err);
        if (status != HT_OK) return status;
    }
    return HT_OK;
}

/* The number before `before`, in a span of its own: many could be walked. */
static enum ht_status previous(struct ht_reader *reader, uint64_t before, uint64_t *number, struct ht_error *err)
{
    struct ht_rejected rejected;
    enum ht_status status = ht_reader_begin(reader, err);
    if (status != HT_OK) return status;
    status = ht_rejected_previous(reader, before, &rejected, err);
    if (status == HT_OK) *number = rejected.number;
    ht_reader_end(reader);
    return status;
}

/* The numbers are gathered first, newest to oldest, then tried oldest first, as they would have come in. */
static enum ht_status retry_all(struct retrying *retrying, struct ht_error *err)
{
    struct ht_buffer numbers = {0};
    uint64_t number = UINT64_MAX;
    enum ht_status status;
    while ((status = previous(retrying->session.reader, number, &number, err)) == HT_OK)
        ht_buffer_add_bytes(&numbers, &number, sizeof number);
    if (status == HT_NOT_FOUND) status = ht_buffer_status(&numbers, err);
    for (size_t left = numbers.size; status == HT_OK && left >= sizeof number; left -= sizeof number) {
        memcpy(&number, numbers.data + left - sizeof number, sizeof number);
        status = retry_one(retrying, number, err);
        if (status == HT_NOT_FOUND) status = HT_OK; /* somebody else was faster */
    }
    ht_buffer_release(&numbers);
    return status;
}

static enum ht_status run_retry(const struct ht_call *call, struct retrying *retrying, struct ht_error *err)
{
    bool all = ht_call_has(call, HT_OPTION_ALL);
    enum ht_status status = ht_session_open_plain(&retrying->session, call, err);
    if (status == HT_OK)
        status = ht_retry_new(retrying->session.store, retrying->session.reader, call->now, &retrying->retry, err);
    if (status == HT_OK) status = all ? retry_all(retrying, err) : retry_named(retrying, call, err);
    if (retrying->lines.size == 0 && status != HT_OK) return status;
    struct ht_error listing;
    enum ht_status listed = ht_list_rows(call, "retried", ht_buffer_slice(&retrying->lines), retried_columns,
                                         "there is no rejected delivery", &listing);
    if (status != HT_OK) return status;
    if (listed != HT_OK) return ht_fail(err, listed, "%s", listing.detail);
    if (retrying->failed == 0) return HT_OK;
    return ht_fail(err, HT_UNPROCESSABLE, "%u of %u still fail", retrying->failed, retrying->count);
}

enum ht_status ht_run_rejected_retry(const struct ht_call *call, struct ht_error *err)
{
    struct retrying retrying = {0};
    if (ht_call_has(call, HT_OPTION_ALL) == (call->argument_count > 0))
        return ht_fail(err, HT_INVALID, "it's either numbers or --all");
    enum ht_status status = run_retry(call, &retrying, err);
    ht_retry_free(retrying.retry);
    ht_buffer_release(&retrying.lines);
    ht_session_close(&retrying.session);
    return status;
}

/* ---- drop ---- */

enum ht_status ht_run_rejected_drop(const struct ht_call *call, struct ht_error *err)
{
    struct ht_session session;
    enum ht_status status = ht_session_open_store(&session, call, err);
    for (int i = 0; status == HT_OK && i < call->argument_count; i++) {
        uint64_t number;
        status = parse_number(call->arguments[i], &number, err);
        if (status == HT_OK) status = ht_rejected_drop(session.store, number, HT_ABSENT, call->now, err);
    }
    ht_session_close(&session);
    return status;
}
