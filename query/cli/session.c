#include "session.h"

#include <stdio.h>

#include "actor.h"
#include "bar.h"
#include "hooktrail/datadir.h"
#include "hooktrail/index.h"

enum ht_status ht_session_dir(const struct ht_call *call, struct ht_buffer *dir, struct ht_error *err)
{
    return ht_datadir(call->values[HT_OPTION_DATA], dir, err);
}

static enum ht_status open_store(struct ht_session *session, const struct ht_call *call, bool keyless,
                                 struct ht_error *err)
{
    *session = (struct ht_session){.now = call->now};
    struct ht_buffer dir = {0}, actor = {0};
    enum ht_status status = ht_session_dir(call, &dir, err);
    if (status == HT_OK) status = ht_actor_name(&actor, err);
    const struct ht_store_options options = {.actor = ht_buffer_text(&actor), .without_master_key = keyless};
    if (status == HT_OK) status = ht_store_open(ht_buffer_text(&dir), &options, &session->store, err);
    ht_buffer_release(&dir);
    ht_buffer_release(&actor);
    if (status == HT_OK) ht_store_sweep_readers(session->store);
    return status;
}

enum ht_status ht_session_open_store(struct ht_session *session, const struct ht_call *call, struct ht_error *err)
{
    return open_store(session, call, false, err);
}

enum ht_status ht_session_open_keyless(struct ht_session *session, const struct ht_call *call, struct ht_error *err)
{
    enum ht_status status = open_store(session, call, true, err);
    if (status == HT_OK) status = ht_reader_new(session->store, &session->reader, err);
    return status;
}

enum ht_status ht_session_catch_up(struct ht_session *session, struct ht_error *err)
{
    struct ht_bar bar;
    ht_bar_init(&bar, "indexing");
    enum ht_status status = ht_index_catch_up(session->store, ht_bar_step, &bar, NULL, err);
    ht_bar_clear(&bar);
    return status;
}

enum ht_status ht_session_open(struct ht_session *session, const struct ht_call *call, struct ht_error *err)
{
    enum ht_status status = ht_session_open_store(session, call, err);
    if (status == HT_OK) status = ht_session_catch_up(session, err);
    if (status == HT_OK) status = ht_reader_new(session->store, &session->reader, err);
    return status;
}

enum ht_status ht_session_open_plain(struct ht_session *session, const struct ht_call *call, struct ht_error *err)
{
    enum ht_status status = ht_session_open_store(session, call, err);
    if (status == HT_OK) status = ht_reader_new(session->store, &session->reader, err);
    return status;
}

void ht_session_close(struct ht_session *session)
{
    if (session->reader) ht_reader_free(session->reader);
    ht_store_close(session->store);
    ht_buffer_release(&session->recorded);
    *session = (struct ht_session){0};
}

static enum ht_status is_recorded(struct ht_session *session, bool *recorded, struct ht_error *err)
{
    enum ht_status status = ht_reader_begin(session->reader, err);
    if (status != HT_OK) return status;
    status = ht_act_reads(session->reader, recorded, err);
    ht_reader_end(session->reader);
    return status;
}

static enum ht_status record(struct ht_session *session, struct ht_slice object, struct ht_slice detail,
                             struct ht_error *err)
{
    const struct ht_act act = {.at = session->now, .kind = HT_ACT_READ, .object = object, .detail = detail};
    struct ht_buffer text = {0};
    ht_buffer_add(&text, object);
    ht_buffer_add_byte(&text, '\n');
    ht_buffer_add(&text, detail);
    enum ht_status status = ht_buffer_status(&text, err);
    if (status == HT_OK && !ht_slice_equal(ht_buffer_slice(&text), ht_buffer_slice(&session->recorded))) {
        status = ht_act_record(session->store, &act, err);
        ht_buffer_clear(&session->recorded);
        if (status == HT_OK) ht_buffer_add(&session->recorded, ht_buffer_slice(&text));
    }
    ht_buffer_release(&text);
    return status;
}

enum ht_status ht_session_record(struct ht_session *session, const struct ht_audit_read *read, struct ht_error *err)
{
    bool recorded = false;
    struct ht_buffer object = {0}, detail = {0};
    enum ht_status status = is_recorded(session, &recorded, err);
    if (status != HT_OK || !recorded) return status;
    ht_audit_describe(session->store, read, &object, &detail);
    status = ht_buffer_status(&object, err);
    if (status == HT_OK) status = ht_buffer_status(&detail, err);
    if (status == HT_OK) status = record(session, ht_buffer_slice(&object), ht_buffer_slice(&detail), err);
    ht_buffer_release(&object);
    ht_buffer_release(&detail);
    return status;
}

/* Takes what the query has made so far: to `out`, or to standard output if that is NULL. */
static void take(struct ht_query *query, struct ht_buffer *out)
{
    struct ht_slice made = ht_query_document(query);
    if (out)
        ht_buffer_add(out, made);
    else
        ht_output_write(made);
    ht_query_drain(query);
}

static enum ht_status run(struct ht_session *session, enum ht_query_kind kind, enum ht_query_format format,
                          struct ht_slice id, const struct ht_filter *filter, struct ht_buffer *out,
                          char next[HT_CURSOR_SIZE], struct ht_error *err)
{
    struct ht_query *query = NULL;
    const struct ht_audit_read read = {.query = kind, .id = id, .filter = filter};
    bool personal = ht_audit_is_personal(kind);
    enum ht_status status = ht_query_open(kind, format, id, filter, &query, err);
    while (status == HT_OK && !ht_query_done(query)) {
        status = ht_query_step(query, session->reader, err);
        bool whole = status == HT_OK && ht_query_done(query);
        if (status != HT_OK || (format == HT_FORMAT_DOCUMENT && !whole)) continue;
        if (personal) status = ht_session_record(session, &read, err);
        if (status == HT_OK) take(query, out);
    }
    if (status == HT_OK && next) snprintf(next, HT_CURSOR_SIZE, "%s", ht_query_next(query));
    ht_query_free(query);
    return status;
}

enum ht_status ht_session_write(struct ht_session *session, enum ht_query_kind kind, enum ht_query_format format,
                                struct ht_slice id, const struct ht_filter *filter, char next[HT_CURSOR_SIZE],
                                struct ht_error *err)
{
    return run(session, kind, format, id, filter, NULL, next, err);
}

enum ht_status ht_session_read(struct ht_session *session, enum ht_query_kind kind, enum ht_query_format format,
                               struct ht_slice id, const struct ht_filter *filter, struct ht_buffer *out,
                               char next[HT_CURSOR_SIZE], struct ht_error *err)
{
    enum ht_status status = run(session, kind, format, id, filter, out, next, err);
    return status == HT_OK ? ht_buffer_status(out, err) : status;
}
