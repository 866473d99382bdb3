/* hooktrail timeline: one conversation, as people would read it. */
#include <stdio.h>

#include "aloud.h"

struct reading {
    struct ht_session *session;
    struct ht_slice id;
    struct ht_filter filter; /* its cursor moves */
    struct ht_buffer document;
    struct ht_buffer out;
    struct ht_aloud aloud;
};

static enum ht_status read_page(struct reading *reading, bool first, struct ht_error *err)
{
    char next[HT_CURSOR_SIZE] = "";
    ht_buffer_clear(&reading->document);
    enum ht_status status = ht_session_read(reading->session, HT_QUERY_TIMELINE, HT_FORMAT_DOCUMENT, reading->id,
                                            &reading->filter, &reading->document, next, err);
    ht_buffer_clear(&reading->out);
    if (status == HT_OK)
        status = ht_aloud_page(&reading->aloud, ht_buffer_slice(&reading->document), first, &reading->out, err);
    if (status != HT_OK) return status;
    ht_output_write(ht_buffer_slice(&reading->out));
    snprintf(reading->filter.cursor, sizeof reading->filter.cursor, "%s", next);
    return HT_OK;
}

/* All pages, for a conversation is read as a whole; unless --limit asks for a page of it. */
static enum ht_status read_aloud(const struct ht_call *call, struct ht_session *session, struct ht_error *err)
{
    struct reading reading = {.session = session,
                              .id = ht_slice_from(call->arguments[0]),
                              .filter = call->filter,
                              .aloud = {.session = session, .transcript = {.output = &call->output}}};
    if (!call->limited) reading.filter.limit = HT_FILTER_MAX_LIMIT;
    bool first = true;
    enum ht_status status = HT_OK;
    do {
        status = read_page(&reading, first, err);
        first = false;
    } while (status == HT_OK && reading.filter.cursor[0] && !call->limited);
    if (status == HT_OK && reading.filter.cursor[0])
        ht_output_note("it goes on: add --cursor %s", reading.filter.cursor);
    ht_aloud_release(&reading.aloud);
    ht_buffer_release(&reading.document);
    ht_buffer_release(&reading.out);
    return status;
}

enum ht_status ht_run_timeline(const struct ht_call *call, struct ht_error *err)
{
    struct ht_session session;
    enum ht_status status = ht_session_open(&session, call, err);
    if (status == HT_OK && call->output.json)
        status = ht_session_write(&session, HT_QUERY_TIMELINE, HT_FORMAT_DOCUMENT, ht_slice_from(call->arguments[0]),
                                  &call->filter, NULL, err);
    else if (status == HT_OK)
        status = read_aloud(call, &session, err);
    ht_session_close(&session);
    return status;
}
