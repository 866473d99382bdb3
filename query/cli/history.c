/* hooktrail history: one lead: profile, changes, conversations, events. */
#include <stdio.h>

#include "biography.h"
#include "hooktrail/encode.h"
#include "hooktrail/index.h"
#include "session.h"

/* A history under way, page by page. */
struct reading {
    struct ht_session *session;
    struct ht_slice id;
    struct ht_filter filter; /* its cursor moves */
    struct ht_buffer document;
    struct ht_buffer out;
    struct ht_biography biography;
};

static enum ht_status read_page(struct reading *reading, bool first, struct ht_error *err)
{
    char next[HT_CURSOR_SIZE] = "";
    ht_buffer_clear(&reading->document);
    enum ht_status status = ht_session_read(reading->session, HT_QUERY_HISTORY, HT_FORMAT_DOCUMENT, reading->id,
                                            &reading->filter, &reading->document, next, err);
    if (status == HT_OK)
        status = ht_biography_page(&reading->biography, ht_buffer_slice(&reading->document), first, &reading->out, err);
    if (status == HT_OK) snprintf(reading->filter.cursor, sizeof reading->filter.cursor, "%s", next);
    return status;
}

/* All pages, unless --limit asks for one. */
static enum ht_status read_pages(struct reading *reading, bool limited, struct ht_error *err)
{
    bool first = true;
    enum ht_status status = HT_OK;
    while (status == HT_OK && (first || (reading->filter.cursor[0] && !limited))) {
        status = read_page(reading, first, err);
        first = false;
    }
    if (status == HT_OK) status = ht_biography_end(&reading->biography, &reading->out, err);
    if (status == HT_OK) ht_output_write(ht_buffer_slice(&reading->out));
    if (status == HT_OK && reading->filter.cursor[0])
        ht_output_note("there is more: add --cursor %s", reading->filter.cursor);
    return status;
}

static enum ht_status print_history(const struct ht_call *call, struct ht_session *session, struct ht_slice id,
                                    struct ht_error *err)
{
    struct reading reading = {
        .session = session, .id = id, .filter = call->filter, .biography = {.output = &call->output}};
    if (!call->limited) reading.filter.limit = HT_FILTER_MAX_LIMIT;
    enum ht_status status = read_pages(&reading, call->limited, err);
    ht_biography_release(&reading.biography);
    ht_buffer_release(&reading.document);
    ht_buffer_release(&reading.out);
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
    const struct ht_audit_read read = {.query = HT_QUERY_LEADS, .email = ht_slice_from(email)};
    status = ht_session_record(session, &read, err);
    if (status != HT_OK) return status;
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
