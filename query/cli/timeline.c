/* hooktrail timeline: one conversation, as people would read it. */
#include <stdio.h>

#include "session.h"
#include "transcript.h"

/* What of the document differs from page to page, and what is needed to show it. */
struct reading_aloud {
    struct ht_session *session;
    struct ht_slice id;
    struct ht_filter filter;
    struct ht_view view;
    struct ht_buffer document;
    struct ht_buffer out;
    struct ht_transcript transcript;
};

/* The lead's latest profile, for names; a conversation without a lead has none. */
static enum ht_status read_lead(struct reading_aloud *aloud, struct ht_error *err)
{
    struct ht_filter filter;
    struct ht_buffer document = {0};
    struct ht_buffer id = {0};
    struct ht_view view = {0};
    uint32_t leads = ht_view_find(&aloud->view, 0, "conversation.lead_ids");
    uint32_t first = leads == HT_JSON_NONE ? HT_JSON_NONE : ht_json_first(aloud->view.json, leads);
    if (first == HT_JSON_NONE) return HT_OK;
    ht_buffer_add(&id, ht_view_value(&aloud->view, first));
    ht_filter_init(&filter);
    filter.limit = 1;
    enum ht_status status = ht_session_read(aloud->session, HT_QUERY_HISTORY, HT_FORMAT_DOCUMENT, ht_buffer_slice(&id),
                                            &filter, &document, NULL, err);
    if (status == HT_OK) status = ht_view_parse(&view, ht_buffer_slice(&document), err);
    if (status == HT_OK) ht_transcript_lead(&aloud->transcript, &view, ht_view_find(&view, 0, "lead"));
    ht_view_release(&view);
    ht_buffer_release(&document);
    ht_buffer_release(&id);
    return status == HT_NOT_FOUND ? HT_OK : status; /* a name is an ornament */
}

static enum ht_status read_page(struct reading_aloud *aloud, bool first, struct ht_error *err)
{
    char next[HT_CURSOR_SIZE] = "";
    ht_buffer_clear(&aloud->document);
    enum ht_status status = ht_session_read(aloud->session, HT_QUERY_TIMELINE, HT_FORMAT_DOCUMENT, aloud->id,
                                            &aloud->filter, &aloud->document, next, err);
    if (status == HT_OK) status = ht_view_parse(&aloud->view, ht_buffer_slice(&aloud->document), err);
    if (status == HT_OK && first) status = read_lead(aloud, err);
    if (status != HT_OK) return status;
    ht_buffer_clear(&aloud->out);
    if (first) ht_transcript_head(&aloud->transcript, &aloud->view, &aloud->out);
    ht_transcript_items(&aloud->transcript, &aloud->view, &aloud->out);
    ht_output_write(ht_buffer_slice(&aloud->out));
    snprintf(aloud->filter.cursor, sizeof aloud->filter.cursor, "%s", next);
    return ht_buffer_status(&aloud->out, err);
}

/* All pages, for a conversation is read as a whole; unless --limit asks for a page of it. */
static enum ht_status read_aloud(const struct ht_call *call, struct ht_session *session, struct ht_error *err)
{
    struct reading_aloud aloud = {.session = session,
                                  .id = ht_slice_from(call->arguments[0]),
                                  .filter = call->filter,
                                  .transcript = {.output = &call->output}};
    if (!call->limited) aloud.filter.limit = HT_FILTER_MAX_LIMIT;
    bool first = true;
    enum ht_status status = HT_OK;
    do {
        status = read_page(&aloud, first, err);
        first = false;
    } while (status == HT_OK && aloud.filter.cursor[0] && !call->limited);
    if (status == HT_OK && aloud.filter.cursor[0]) ht_output_note("it goes on: add --cursor %s", aloud.filter.cursor);
    ht_transcript_release(&aloud.transcript);
    ht_view_release(&aloud.view);
    ht_buffer_release(&aloud.document);
    ht_buffer_release(&aloud.out);
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
