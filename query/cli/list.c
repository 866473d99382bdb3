#include "list.h"

static enum ht_status print_table(const struct ht_call *call, struct ht_slice lines, const struct ht_column *columns,
                                  const char *none, struct ht_error *err)
{
    struct ht_table *table = NULL;
    if (lines.size == 0) {
        ht_output_note("%s", none);
        return HT_OK;
    }
    enum ht_status status = ht_table_new(&call->output, columns, &table, err);
    if (status == HT_OK) status = ht_table_add_lines(table, lines, err);
    if (status == HT_OK) status = ht_table_print(table, err);
    ht_table_free(table);
    return status;
}

static enum ht_status query_table(const struct ht_call *call, struct ht_session *session, enum ht_query_kind kind,
                                  const struct ht_column *columns, const char *none, struct ht_error *err)
{
    struct ht_buffer lines = {0};
    char next[HT_CURSOR_SIZE] = "";
    enum ht_status status =
        ht_session_read(session, kind, HT_FORMAT_LINES, HT_ABSENT, &call->filter, &lines, next, err);
    if (status == HT_OK) status = print_table(call, ht_buffer_slice(&lines), columns, none, err);
    if (status == HT_OK && next[0])
        ht_output_note("there is more: add --cursor %s, or --limit up to %d; a pipe gets all", next,
                       HT_FILTER_MAX_LIMIT);
    ht_buffer_release(&lines);
    return status;
}

static enum ht_status query_lines(const struct ht_call *call, struct ht_session *session, enum ht_query_kind kind,
                                  struct ht_error *err)
{
    struct ht_filter filter = call->filter;
    if (!call->limited) filter.limit = UINT32_MAX;
    return ht_session_write(session, kind, HT_FORMAT_LINES, HT_ABSENT, &filter, NULL, err);
}

static enum ht_status print_query(const struct ht_call *call, struct ht_session *session, enum ht_query_kind kind,
                                  const struct ht_column *columns, const char *none, struct ht_error *err)
{
    if (call->output.json)
        return ht_session_write(session, kind, HT_FORMAT_DOCUMENT, HT_ABSENT, &call->filter, NULL, err);
    if (call->output.terminal) return query_table(call, session, kind, columns, none, err);
    return query_lines(call, session, kind, err);
}

enum ht_status ht_list_query(const struct ht_call *call, enum ht_query_kind kind, const struct ht_column *columns,
                             const char *none, struct ht_error *err)
{
    struct ht_session session;
    enum ht_status status = ht_session_open(&session, call, err);
    if (status == HT_OK) status = print_query(call, &session, kind, columns, none, err);
    ht_session_close(&session);
    return status;
}

enum ht_status ht_list_plain(const struct ht_call *call, enum ht_query_kind kind, const struct ht_column *columns,
                             const char *none, struct ht_error *err)
{
    struct ht_session session;
    enum ht_status status = ht_session_open_plain(&session, call, err);
    if (status == HT_OK) status = print_query(call, &session, kind, columns, none, err);
    ht_session_close(&session);
    return status;
}

static enum ht_status print_document(const char *name, struct ht_slice lines, struct ht_error *err)
{
    struct ht_buffer out = {0};
    ht_roster_wrap(name, lines, &out);
    ht_output_write(ht_buffer_slice(&out));
    enum ht_status status = ht_buffer_status(&out, err);
    ht_buffer_release(&out);
    return status;
}

enum ht_status ht_list_rows(const struct ht_call *call, const char *name, struct ht_slice lines,
                            const struct ht_column *columns, const char *none, struct ht_error *err)
{
    if (call->output.json) return print_document(name, lines, err);
    if (call->output.terminal) return print_table(call, lines, columns, none, err);
    ht_output_write(lines);
    return HT_OK;
}

enum ht_status ht_list_roster(const struct ht_call *call, struct ht_session *session, ht_roster *roster,
                              const char *name, const struct ht_column *columns, const char *none, struct ht_error *err)
{
    struct ht_buffer lines = {0};
    enum ht_status status = ht_reader_begin(session->reader, err);
    if (status != HT_OK) return status;
    status = roster(session->reader, &lines, err);
    ht_reader_end(session->reader);
    if (status == HT_OK) status = ht_list_rows(call, name, ht_buffer_slice(&lines), columns, none, err);
    ht_buffer_release(&lines);
    return status;
}
