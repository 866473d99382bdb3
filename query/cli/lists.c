/* hooktrail conversations, leads, agents: who there is, newest activity first; and acts: who did what. */
#include "list.h"

static const struct ht_column conversations[] = {
    {"CONVERSATION", "id", NULL, HT_COLUMN_TEXT, false, HT_STYLE_BOLD},
    {"LAST", "last_at", NULL, HT_COLUMN_TIME, false, HT_STYLE_DIM},
    {"EVENTS", "events", NULL, HT_COLUMN_COUNT, false, HT_STYLE_PLAIN},
    {"AGENT", "agent_name", "agent_id", HT_COLUMN_TEXT, true, HT_STYLE_PLAIN},
    {"LEADS", "lead_ids", NULL, HT_COLUMN_LIST, true, HT_STYLE_PLAIN},
    {0},
};

static const struct ht_column leads[] = {
    {"LEAD", "id", NULL, HT_COLUMN_TEXT, false, HT_STYLE_BOLD},
    {"E-MAIL", "profile.email", NULL, HT_COLUMN_TEXT, true, HT_STYLE_CYAN},
    {"COMPANY", "profile.company", NULL, HT_COLUMN_TEXT, true, HT_STYLE_PLAIN},
    {"LAST", "last_at", NULL, HT_COLUMN_TIME, false, HT_STYLE_DIM},
    {"EVENTS", "events", NULL, HT_COLUMN_COUNT, false, HT_STYLE_PLAIN},
    {0},
};

static const struct ht_column agents[] = {
    {"AGENT", "id", NULL, HT_COLUMN_TEXT, false, HT_STYLE_BOLD},
    {"NAME", "name", NULL, HT_COLUMN_TEXT, true, HT_STYLE_PLAIN},
    {"FIRST", "first_at", NULL, HT_COLUMN_TIME, false, HT_STYLE_DIM},
    {"LAST", "last_at", NULL, HT_COLUMN_TIME, false, HT_STYLE_DIM},
    {"EVENTS", "events", NULL, HT_COLUMN_COUNT, false, HT_STYLE_PLAIN},
    {0},
};

static const struct ht_column acts[] = {
    {"ACT", "seq", NULL, HT_COLUMN_COUNT, false, HT_STYLE_BOLD},
    {"TIME", "at", NULL, HT_COLUMN_TIME, false, HT_STYLE_DIM},
    {"WHO", "who", NULL, HT_COLUMN_TEXT, false, HT_STYLE_CYAN},
    {"WHAT", "kind", NULL, HT_COLUMN_TEXT, false, HT_STYLE_PLAIN},
    {"OBJECT", "object", NULL, HT_COLUMN_TEXT, true, HT_STYLE_PLAIN},
    {"DETAIL", "detail", NULL, HT_COLUMN_TEXT, true, HT_STYLE_PLAIN},
    {0},
};

enum ht_status ht_run_conversations(const struct ht_call *call, struct ht_error *err)
{
    return ht_list_query(call, HT_QUERY_CONVERSATIONS, conversations, "no conversation matches", err);
}

enum ht_status ht_run_leads(const struct ht_call *call, struct ht_error *err)
{
    return ht_list_query(call, HT_QUERY_LEADS, leads, "no lead matches", err);
}

enum ht_status ht_run_agents(const struct ht_call *call, struct ht_error *err)
{
    return ht_list_query(call, HT_QUERY_AGENTS, agents, "no agent matches", err);
}

enum ht_status ht_run_acts(const struct ht_call *call, struct ht_error *err)
{
    return ht_list_plain(call, HT_QUERY_ACTS, acts, "no act matches", err);
}
