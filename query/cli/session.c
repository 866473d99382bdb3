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

enum ht_status ht_session_open_store(struct ht_session *session, const struct ht_call *call, struct ht_error *err)
{
    *session = (struct ht_session){0};
    struct ht_buffer dir = {0}, actor = {0};
    enum ht_status status = ht_session_dir(call, &dir, err);
    if (status == HT_OK) status = ht_actor_name(&actor, err);
    const struct ht_store_options options = {.actor = ht_buffer_text(&actor)};
    if (status == HT_OK) status = ht_store_open(ht_buffer_text(&dir), &options, &session->store, err);
    ht_buffer_release(&dir);
    ht_buffer_release(&actor);
    if (status == HT_OK) ht_store_sweep_readers(session->store);
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
    *session = (struct ht_session){0};
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
    enum ht_status status = ht_query_open(kind, format, id, filter, &query, err);
    while (status == HT_OK && !ht_query_done(query)) {
        status = ht_query_step(query, session->reader, err);
        if (status == HT_OK && format != HT_FORMAT_DOCUMENT) take(query, out);
    }
    if (status == HT_OK && format == HT_FORMAT_DOCUMENT) take(query, out);
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
