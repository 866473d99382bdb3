#include "aloud.h"

void ht_aloud_release(struct ht_aloud *aloud)
{
    const struct ht_output *output = aloud->transcript.output;
    ht_transcript_release(&aloud->transcript);
    ht_view_release(&aloud->view);
    *aloud = (struct ht_aloud){.session = aloud->session, .transcript = {.output = output}};
}

/* The lead's latest profile, for names; a conversation without a lead has none. */
static enum ht_status read_lead(struct ht_aloud *aloud, struct ht_error *err)
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
    return status == HT_NOT_FOUND || status == HT_ERASED ? HT_OK : status; /* a name is an ornament */
}

enum ht_status ht_aloud_page(struct ht_aloud *aloud, struct ht_slice document, bool first, struct ht_buffer *out,
                             struct ht_error *err)
{
    enum ht_status status = ht_view_parse(&aloud->view, document, err);
    if (status == HT_OK && first) status = read_lead(aloud, err);
    if (status != HT_OK) return status;
    if (first) ht_transcript_head(&aloud->transcript, &aloud->view, out);
    ht_transcript_items(&aloud->transcript, &aloud->view, out);
    return ht_buffer_status(out, err);
}
