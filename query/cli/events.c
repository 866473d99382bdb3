/* hooktrail events: the list, or with --follow the stream. */
#include "follow.h"
#include "list.h"

static const struct ht_column columns[] = {
    {"SEQ", "seq", NULL, HT_COLUMN_COUNT, false, HT_STYLE_BOLD},
    {"RECEIVED", "received_at", NULL, HT_COLUMN_TIME, false, HT_STYLE_DIM},
    {"TYPE", "type", NULL, HT_COLUMN_TEXT, false, HT_STYLE_CYAN},
    {"AGENT", "agent_name", "agent_id", HT_COLUMN_TEXT, true, HT_STYLE_PLAIN},
    {"CONVERSATION", "conversation_id", NULL, HT_COLUMN_TEXT, true, HT_STYLE_PLAIN},
    {"LEAD", "lead_id", NULL, HT_COLUMN_TEXT, true, HT_STYLE_PLAIN},
    {0},
};

enum ht_status ht_run_events(const struct ht_call *call, struct ht_error *err)
{
    if (!ht_call_has(call, HT_OPTION_FOLLOW))
        return ht_list_query(call, HT_QUERY_EVENTS, columns, "no event matches", err);
    if (call->filter.before != UINT64_MAX || call->filter.cursor[0])
        return ht_fail(err, HT_INVALID, "--follow has no end: it goes with neither --before nor --cursor");
    struct ht_session session;
    enum ht_status status = ht_session_open(&session, call, err);
    if (status == HT_OK) status = ht_follow(call, &session, err);
    ht_session_close(&session);
    return status;
}
