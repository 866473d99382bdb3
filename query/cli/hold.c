/* hooktrail hold: list, add, remove. */
#include <stdio.h>

#include "hooktrail/emit.h"
#include "hooktrail/encode.h"
#include "hooktrail/erasure.h"
#include "list.h"

static const struct ht_column columns[] = {
    {"HOLD", "id", NULL, HT_COLUMN_COUNT, false, HT_STYLE_BOLD},
    {"OF A", "kind", NULL, HT_COLUMN_TEXT, false, HT_STYLE_PLAIN},
    {"ID", "held", NULL, HT_COLUMN_TEXT, false, HT_STYLE_PLAIN},
    {"SINCE", "since", NULL, HT_COLUMN_TIME, false, HT_STYLE_DIM},
    {"NOTE", "note", NULL, HT_COLUMN_TEXT, false, HT_STYLE_PLAIN},
    {0},
};

static void emit_hold(struct ht_buffer *lines, const struct ht_hold *hold, struct ht_slice id)
{
    struct ht_emit emit;
    ht_emit_init(&emit, lines);
    ht_emit_object(&emit);
    ht_emit_key(&emit, "id");
    ht_emit_uint(&emit, hold->id);
    ht_emit_key(&emit, "kind");
    ht_emit_text(&emit, hold->kind == HT_KIND_LEAD ? "lead" : "conversation");
    ht_emit_key(&emit, "held");
    ht_emit_string(&emit, id);
    ht_emit_key(&emit, "since");
    ht_emit_time(&emit, hold->since);
    ht_emit_key(&emit, "note");
    ht_emit_text(&emit, hold->note);
    ht_emit_end_object(&emit);
    ht_buffer_add_byte(lines, '\n');
}

static enum ht_status add_holds(struct ht_reader *reader, struct ht_buffer *lines, struct ht_error *err)
{
    struct ht_hold hold = {0};
    enum ht_status status;
    while ((status = ht_hold_next(reader, hold.id + 1, &hold, err)) == HT_OK) {
        struct ht_slice id = HT_ABSENT;
        status = ht_hold_id(reader, &hold, &id, err);
        if (status != HT_OK && status != HT_NOT_FOUND) return status;
        emit_hold(lines, &hold, status == HT_OK ? id : HT_ABSENT);
    }
    return status == HT_NOT_FOUND ? ht_buffer_status(lines, err) : status;
}

enum ht_status ht_run_hold_list(const struct ht_call *call, struct ht_error *err)
{
    struct ht_session session;
    struct ht_buffer lines = {0};
    enum ht_status status = ht_session_open(&session, call, err);
    if (status == HT_OK) status = ht_reader_begin(session.reader, err);
    if (status == HT_OK) {
        status = add_holds(session.reader, &lines, err);
        ht_reader_end(session.reader);
    }
    if (status == HT_OK) status = ht_list_rows(call, "holds", ht_buffer_slice(&lines), columns, "nothing is held", err);
    ht_buffer_release(&lines);
    ht_session_close(&session);
    return status;
}

static enum ht_status print_added(const struct ht_call *call, const struct ht_hold *hold, struct ht_slice id,
                                  struct ht_error *err)
{
    struct ht_buffer line = {0};
    if (call->output.json)
        emit_hold(&line, hold, id);
    else
        ht_buffer_printf(&line, "hold %u keeps the %s from being erased\n", hold->id,
                         hold->kind == HT_KIND_LEAD ? "lead and its conversations" : "conversation");
    enum ht_status status = ht_buffer_status(&line, err);
    if (status == HT_OK) ht_output_write(ht_buffer_slice(&line));
    ht_buffer_release(&line);
    return status;
}

enum ht_status ht_run_hold_add(const struct ht_call *call, struct ht_error *err)
{
    struct ht_session session = {0};
    struct ht_hold hold;
    const struct ht_filter *filter = &call->filter;
    if (filter->lead.set == filter->conversation.set)
        return ht_fail(err, HT_INVALID, "what is to be held? either --conversation or --lead");
    const struct ht_filter_id *named = filter->lead.set ? &filter->lead : &filter->conversation;
    struct ht_slice id = ht_slice_of(named->text, named->size);
    enum ht_status status = ht_session_open_store(&session, call, err);
    if (status == HT_OK)
        status = ht_hold_add(session.store, filter->lead.set ? HT_KIND_LEAD : HT_KIND_CONVERSATION, id,
                             call->values[HT_OPTION_NOTE], call->now, &hold, err);
    if (status == HT_OK) status = print_added(call, &hold, id, err);
    ht_session_close(&session);
    return status;
}

enum ht_status ht_run_hold_remove(const struct ht_call *call, struct ht_error *err)
{
    struct ht_session session = {0};
    uint64_t id;
    char line[64];
    if (ht_parse_u64(ht_slice_from(call->arguments[0]), &id) != HT_OK || id == 0 || id > UINT32_MAX)
        return ht_fail(err, HT_INVALID, "'%.32s' is no number of a hold, see `hooktrail hold`", call->arguments[0]);
    enum ht_status status = ht_session_open_store(&session, call, err);
    if (status == HT_OK) status = ht_hold_remove(session.store, (uint32_t)id, call->now, err);
    ht_session_close(&session);
    if (status != HT_OK) return status;
    int size = snprintf(line, sizeof line, call->output.json ? "{\"id\":%u}\n" : "hold %u is gone\n", (unsigned)id);
    ht_output_write(ht_slice_of(line, (size_t)size));
    return HT_OK;
}
