/* hooktrail reindex, backup, compact: long work on the whole store, with a bar and one line at the end. */
#include "hooktrail/keeping.h"

#include <inttypes.h>
#include <stdio.h>

#include "bar.h"
#include "facts.h"
#include "hooktrail/act.h"
#include "local.h"
#include "session.h"

static enum ht_status trail_end(struct ht_session *session, struct ht_position *end, struct ht_error *err)
{
    enum ht_status status = ht_reader_begin(session->reader, err);
    if (status != HT_OK) return status;
    status = ht_index_position(session->reader, end, err);
    ht_reader_end(session->reader);
    return status;
}

static enum ht_status print_reindexed(const struct ht_call *call, struct ht_position end, struct ht_error *err)
{
    struct ht_buffer text = {0};
    const struct ht_fact facts[] = {{"events", end.seq}, {"repeats", end.repeat}};
    ht_buffer_add_text(&text, "indexed ");
    ht_local_count(&text, end.seq);
    ht_buffer_add_text(&text, " events and ");
    ht_local_count(&text, end.repeat);
    ht_buffer_add_text(&text, " repeated deliveries");
    enum ht_status status = ht_facts_print(call, &text, facts, sizeof facts / sizeof *facts, err);
    ht_buffer_release(&text);
    return status;
}

static enum ht_status record_reindex(const struct ht_call *call, struct ht_session *session, struct ht_position end,
                                     struct ht_error *err)
{
    char detail[64];
    snprintf(detail, sizeof detail, "%" PRIu64 " events", end.seq);
    const struct ht_act act = {.at = call->now, .kind = HT_ACT_REINDEX, .detail = ht_slice_from(detail)};
    return ht_act_record(session->store, &act, err);
}

enum ht_status ht_run_reindex(const struct ht_call *call, struct ht_error *err)
{
    struct ht_session session;
    struct ht_position end = {0};
    struct ht_bar bar;
    enum ht_status status = ht_session_open_plain(&session, call, err);
    ht_bar_init(&bar, "reindexing");
    if (status == HT_OK) status = ht_index_rebuild(session.store, ht_bar_step, &bar, err);
    ht_bar_clear(&bar);
    if (status == HT_OK) status = trail_end(&session, &end, err);
    if (status == HT_OK) status = record_reindex(call, &session, end, err);
    if (status == HT_OK) status = print_reindexed(call, end, err);
    ht_session_close(&session);
    return status;
}

static enum ht_status print_backed_up(const struct ht_call *call, const struct ht_verified *verified,
                                      struct ht_error *err)
{
    struct ht_buffer text = {0};
    const struct ht_fact facts[] = {
        {"events", verified->events}, {"repeats", verified->repeats}, {"bytes", verified->bytes}};
    ht_buffer_add_text(&text, "copied and verified ");
    ht_local_count(&text, verified->events);
    ht_buffer_add_text(&text, " events, ");
    ht_local_size(&text, verified->bytes);
    ht_buffer_add_text(&text, " of payloads");
    enum ht_status status = ht_facts_print(call, &text, facts, sizeof facts / sizeof *facts, err);
    ht_buffer_release(&text);
    return status;
}

static void add_increment(struct ht_buffer *text, const struct ht_increment *made)
{
    ht_buffer_add_text(text, "copied and verified ");
    ht_local_count(text, made->events);
    ht_buffer_add_text(text, " new events");
    if (made->events > 0) ht_buffer_printf(text, " (seq %" PRIu64 " to %" PRIu64 ")", made->first, made->last);
    ht_buffer_add_text(text, ", ");
    ht_local_size(text, made->bytes);
    ht_buffer_add_text(text, " of payloads");
    if (made->erasures > 0) {
        ht_buffer_printf(text, ", and %" PRIu64 " %s since with ", made->erasures,
                         made->erasures == 1 ? "erasure" : "erasures");
        ht_local_count(text, made->changed);
        ht_buffer_add_text(text, made->changed == 1 ? " older event changed" : " older events changed");
    }
    ht_buffer_add_text(text, ", in ");
    ht_local_size(text, made->size);
}

static enum ht_status print_increment(const struct ht_call *call, const struct ht_increment *made, struct ht_error *err)
{
    struct ht_buffer text = {0};
    const struct ht_fact facts[] = {
        {"first", made->first},       {"last", made->last},       {"events", made->events}, {"repeats", made->repeats},
        {"erasures", made->erasures}, {"changed", made->changed}, {"bytes", made->bytes},   {"size", made->size}};
    add_increment(&text, made);
    enum ht_status status = ht_facts_print(call, &text, facts, sizeof facts / sizeof *facts, err);
    ht_buffer_release(&text);
    return status;
}

static enum ht_status back_up_all(const struct ht_call *call, struct ht_session *session, struct ht_error *err)
{
    struct ht_verified verified = {0};
    struct ht_bar bar;
    ht_bar_init(&bar, "copying");
    enum ht_status status = ht_backup(session->store, call->arguments[0], call->now, ht_bar_step, &bar, &verified, err);
    ht_bar_clear(&bar);
    return status == HT_OK ? print_backed_up(call, &verified, err) : status;
}

static enum ht_status back_up_new(const struct ht_call *call, struct ht_session *session, struct ht_error *err)
{
    struct ht_increment made;
    struct ht_bar bar;
    ht_bar_init(&bar, "copying");
    enum ht_status status = ht_backup_since(session->store, call->values[HT_OPTION_SINCE], call->arguments[0],
                                            call->now, ht_bar_step, &bar, &made, err);
    ht_bar_clear(&bar);
    return status == HT_OK ? print_increment(call, &made, err) : status;
}

enum ht_status ht_run_backup(const struct ht_call *call, struct ht_error *err)
{
    struct ht_session session;
    enum ht_status status = ht_session_open_store(&session, call, err);
    if (status == HT_OK)
        status =
            ht_call_has(call, HT_OPTION_SINCE) ? back_up_new(call, &session, err) : back_up_all(call, &session, err);
    ht_session_close(&session);
    return status;
}

enum ht_status ht_run_compact(const struct ht_call *call, struct ht_error *err)
{
    struct ht_session session;
    struct ht_compacted compacted = {0};
    struct ht_buffer text = {0};
    enum ht_status status = ht_session_open_store(&session, call, err);
    if (status != HT_OK) goto out;
    status = ht_compact(session.store, call->now, &compacted, err);
    session.store = NULL; /* closed by it */
    if (status != HT_OK) goto out;
    const struct ht_fact facts[] = {{"before", compacted.before}, {"after", compacted.after}};
    ht_local_size(&text, compacted.before);
    ht_buffer_add_text(&text, " became ");
    ht_local_size(&text, compacted.after);
    status = ht_facts_print(call, &text, facts, sizeof facts / sizeof *facts, err);
out:
    ht_buffer_release(&text);
    ht_session_close(&session);
    return status;
}
