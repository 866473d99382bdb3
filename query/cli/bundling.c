#include "bundling.h"

#include <stdlib.h>
#include <time.h>

#include "aloud.h"
#include "bar.h"
#include "biography.h"
#include "hooktrail/emit.h"

/* Whoever unpacks the zip has a screen of his own. */
#define TEXT_WIDTH 100

struct texts {
    struct ht_output output;
    struct ht_aloud aloud;
    struct ht_biography biography;
};

static enum ht_status add_timeline(struct texts *texts, const struct ht_bundle_page *page, struct ht_buffer *text,
                                   struct ht_error *err)
{
    if (page->first) ht_aloud_release(&texts->aloud);
    return ht_aloud_page(&texts->aloud, page->document, page->first, text, err);
}

static enum ht_status add_history(struct texts *texts, const struct ht_bundle_page *page, struct ht_buffer *text,
                                  struct ht_error *err)
{
    if (page->first) ht_biography_release(&texts->biography);
    enum ht_status status = ht_biography_page(&texts->biography, page->document, page->first, text, err);
    return status == HT_OK && page->last ? ht_biography_end(&texts->biography, text, err) : status;
}

static enum ht_status add_text(void *context, const struct ht_bundle_page *page, struct ht_buffer *text,
                               struct ht_error *err)
{
    struct texts *texts = context;
    if (page->first) ht_buffer_add_text(text, "All times are in UTC.\n\n");
    return page->kind == HT_QUERY_TIMELINE ? add_timeline(texts, page, text, err) : add_history(texts, page, text, err);
}

static void take_subject(struct ht_subject_ref *subject, int *count, enum ht_subject kind, struct ht_slice value)
{
    if (!value.data) return;
    *subject = (struct ht_subject_ref){kind, value};
    ++*count;
}

static struct ht_slice filter_value(const struct ht_filter_id *id)
{
    return id->set ? ht_slice_of(id->text, id->size) : HT_ABSENT;
}

static enum ht_status read_subject(const struct ht_call *call, struct ht_subject_ref *subject, struct ht_error *err)
{
    int count = 0;
    take_subject(subject, &count, HT_SUBJECT_CONVERSATION, filter_value(&call->filter.conversation));
    take_subject(subject, &count, HT_SUBJECT_LEAD, filter_value(&call->filter.lead));
    take_subject(subject, &count, HT_SUBJECT_EMAIL, ht_slice_from(call->values[HT_OPTION_EMAIL]));
    take_subject(subject, &count, HT_SUBJECT_SEQ, ht_slice_from(call->values[HT_OPTION_SEQ]));
    if (count == 0) return ht_fail(err, HT_INVALID, "of whom or what? name a conversation, a lead, or another subject");
    if (count > 1) return ht_fail(err, HT_INVALID, "it's of one subject at a time");
    if (!ht_call_has(call, HT_OPTION_OUTPUT)) return ht_fail(err, HT_INVALID, "-o FILE is missing");
    return HT_OK;
}

enum ht_status ht_bundling_run(const struct ht_call *call, ht_bundle_make *make, struct ht_bundle_made *made,
                               struct ht_error *err)
{
    struct ht_session session = {0};
    struct ht_bar bar;
    struct texts texts = {.output = {.width = TEXT_WIDTH}};
    struct ht_bundle_options options = {.path = call->values[HT_OPTION_OUTPUT],
                                        .now = call->now,
                                        .text = add_text,
                                        .text_context = &texts,
                                        .progress = ht_bar_step,
                                        .progress_context = &bar};
    enum ht_status status = read_subject(call, &options.subject, err);
    if (status != HT_OK) return status;
    setenv("TZ", "UTC0", 1);
    tzset();
    texts.aloud = (struct ht_aloud){.session = &session, .transcript = {.output = &texts.output}};
    texts.biography.output = &texts.output;
    status = ht_session_open(&session, call, err);
    ht_bar_init(&bar, "packing");
    if (status == HT_OK) status = make(session.store, session.reader, &options, made, err);
    ht_bar_clear(&bar);
    ht_aloud_release(&texts.aloud);
    ht_biography_release(&texts.biography);
    ht_session_close(&session);
    return status;
}

enum ht_status ht_bundling_print(const struct ht_call *call, struct ht_buffer *line,
                                 const struct ht_bundling_fact *facts, size_t count, struct ht_error *err)
{
    if (call->output.json) {
        struct ht_emit emit;
        ht_buffer_clear(line);
        ht_emit_init(&emit, line);
        ht_emit_object(&emit);
        for (size_t i = 0; i < count; i++) {
            ht_emit_key(&emit, facts[i].name);
            ht_emit_uint(&emit, facts[i].value);
        }
        ht_emit_end_object(&emit);
    }
    ht_buffer_add_byte(line, '\n');
    enum ht_status status = ht_buffer_status(line, err);
    if (status == HT_OK) ht_output_write(ht_buffer_slice(line));
    return status;
}
