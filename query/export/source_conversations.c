/* Conversations, by walking over the rows of their events; and agents, of which the first and the last event tell
   enough. */
#include "hooktrail/emit.h"
#include "hooktrail/time.h"
#include "source.h"

#define MOST_LEADS 1000 /* ids listed of one conversation */

/* ---- the walk ---- */

struct type_count {
    const char *type;
    uint64_t *count;
};

static enum ht_status count_type(struct export_source *source, const struct ht_row *row, struct ht_error *err)
{
    struct export_tally *tally = &source->tally;
    const struct type_count counts[] = {
        {"session-escalated", &tally->escalations},
        {"buyer-intent-detected", &tally->intents},
        {"new-question", &tally->questions},
        {"new-contact", &tally->contacts},
    };
    struct ht_slice type;
    enum ht_status status = ht_index_name(source->reader, HT_KIND_TYPE, row->type, &type, err);
    if (status != HT_OK) return status;
    for (size_t i = 0; i < sizeof counts / sizeof *counts; i++) {
        if (!ht_slice_is(type, counts[i].type)) continue;
        if (i == 0 && tally->escalations == 0) tally->escalated_at = row->occurred_at;
        ++*counts[i].count;
    }
    return HT_OK;
}

static enum ht_status count_row(struct export_source *source, const struct ht_row *row, struct ht_error *err)
{
    struct export_tally *tally = &source->tally;
    if (tally->events++ == 0) {
        tally->first_seq = row->seq;
        tally->first_at = tally->last_at = row->occurred_at;
        tally->escalated_at = HT_TIME_NONE;
    }
    if (row->occurred_at < tally->first_at) tally->first_at = row->occurred_at;
    if (row->occurred_at > tally->last_at) tally->last_at = row->occurred_at;
    tally->last_seq = row->seq;
    if (row->agent) tally->agent_seq = row->seq;
    if (row->agent_name) tally->name_seq = row->seq;
    if (row->visitor) tally->visitor_seq = row->seq;
    return count_type(source, row, err);
}

/* Counts the conversation's events behind `part`, as far as the budget goes; *whole once all are. */
static enum ht_status walk(struct export_source *source, struct ht_postings *postings, struct export_left *left,
                           bool *whole, struct ht_error *err)
{
    enum ht_status status = HT_OK;
    *whole = false;
    while (status == HT_OK && !*whole && export_left_spend(left)) {
        struct ht_row row;
        uint64_t seq = 0;
        status = ht_postings_at_least(postings, source->part + 1, &seq, err);
        if (status == HT_OK) status = ht_event_row(source->reader, seq, &row, err);
        if (status == HT_OK) status = count_row(source, &row, err);
        source->part = seq;
        *whole = seq == source->next;
    }
    return status;
}

/* ---- the row ---- */

/* The names that event `seq` has; none for 0. */
static enum ht_status names_at(struct export_source *source, uint64_t seq, struct ht_event_names *names,
                               struct ht_error *err)
{
    struct ht_row row;
    *names = (struct ht_event_names){0};
    if (seq == 0) return HT_OK;
    enum ht_status status = ht_event_row(source->reader, seq, &row, err);
    return status == HT_OK ? ht_event_names(source->reader, &row, names, err) : status;
}

static enum ht_status list_leads(struct export_source *source, uint32_t conversation, struct ht_error *err)
{
    struct ht_emit emit;
    uint32_t lead = 0;
    enum ht_status status = HT_OK;
    ht_buffer_clear(&source->text);
    ht_emit_init(&emit, &source->text);
    ht_emit_array(&emit);
    for (int i = 0; i < MOST_LEADS && status == HT_OK; i++) {
        struct ht_slice id;
        status = ht_index_linked(source->reader, HT_KIND_CONVERSATION, conversation, lead, &lead, err);
        if (status == HT_OK) status = ht_index_name(source->reader, HT_KIND_LEAD, lead, &id, err);
        if (status == HT_OK) ht_emit_string(&emit, id);
    }
    ht_emit_end_array(&emit);
    return status == HT_OK || status == HT_NOT_FOUND ? ht_buffer_status(&source->text, err) : status;
}

static enum ht_status give_conversation(struct export_source *source, uint32_t number, struct ht_slice id,
                                        struct ht_error *err)
{
    const struct export_tally *tally = &source->tally;
    struct ht_event_names agent, name, visitor;
    enum ht_status status = list_leads(source, number, err);
    if (status == HT_OK) status = names_at(source, tally->agent_seq, &agent, err);
    if (status == HT_OK) status = names_at(source, tally->name_seq, &name, err);
    if (status == HT_OK) status = names_at(source, tally->visitor_seq, &visitor, err);
    if (status != HT_OK) return status;
    export_cells_begin(source);
    export_cell_text(source, id);
    export_cell_text(source, agent.agent);
    export_cell_text(source, name.agent_name);
    export_cell_text(source, visitor.visitor);
    export_cell_text(source, ht_buffer_slice(&source->text));
    export_cell_time(source, tally->first_at);
    export_cell_time(source, tally->last_at);
    export_cell_int(source, tally->first_seq);
    export_cell_int(source, tally->last_seq);
    export_cell_int(source, tally->events);
    export_cell_int(source, tally->escalations);
    export_cell_time(source, tally->escalated_at);
    export_cell_int(source, tally->intents);
    export_cell_int(source, tally->questions);
    export_cell_int(source, tally->contacts);
    export_cell_int(source, source->run->until.position.seq);
    return export_cells_give(source, source->next, ht_time_day(tally->last_at), err);
}

/* The conversation that is given at event `next`; its number, for no longer than this span. */
static enum ht_status do_conversation(struct export_source *source, uint32_t number, struct export_left *left,
                                      bool *whole, struct ht_error *err)
{
    struct ht_postings *postings;
    struct ht_slice id;
    *whole = true;
    enum ht_status status = ht_index_name(source->reader, HT_KIND_CONVERSATION, number, &id, err);
    if (status == HT_NOT_FOUND) return HT_OK; /* only erased events are left */
    if (status == HT_OK) status = ht_postings_open(source->reader, HT_KIND_CONVERSATION, number, &postings, err);
    if (status != HT_OK) return status;
    if (source->part == 0) source->tally = (struct export_tally){0};
    status = walk(source, postings, left, whole, err);
    ht_postings_close(postings);
    if (status == HT_OK && *whole) status = give_conversation(source, number, id, err);
    return status;
}

static enum ht_status look_at_event(struct export_source *source, struct export_left *left, struct ht_error *err)
{
    struct ht_row row;
    bool last = false, whole = true;
    enum ht_status status = ht_event_row(source->reader, source->next, &row, err);
    if (status == HT_OK) status = export_is_last(source, HT_KIND_CONVERSATION, row.conversation, &last, err);
    if (status == HT_OK && last) status = do_conversation(source, row.conversation, left, &whole, err);
    if (status != HT_OK || !whole) return status;
    source->part = 0;
    source->next++;
    return HT_OK;
}

enum ht_status export_step_conversations(struct export_source *source, struct ht_error *err)
{
    struct export_left left = export_left_all(source);
    enum ht_status status = ht_reader_begin(source->reader, err);
    if (status != HT_OK) return status;
    while (status == HT_OK && source->next <= source->last && export_left_spend(&left))
        status = look_at_event(source, &left, err);
    ht_reader_end(source->reader);
    return status;
}

/* ---- agents ---- */

/* The agent's events up to the run's end: how many, and the first. Those that came since are few. */
static enum ht_status measure_agent(struct export_source *source, struct ht_postings *postings, struct ht_error *err)
{
    struct export_tally *tally = &source->tally;
    uint64_t seq = source->last;
    *tally = (struct export_tally){.events = ht_postings_count(postings), .last_seq = source->next};
    enum ht_status status = ht_postings_at_least(postings, 1, &tally->first_seq, err);
    while (status == HT_OK) {
        status = ht_postings_at_least(postings, seq + 1, &seq, err);
        if (status == HT_OK) tally->events--;
    }
    return status == HT_NOT_FOUND ? HT_OK : status;
}

static enum ht_status give_agent(struct export_source *source, const struct ht_row *row, struct ht_error *err)
{
    const struct export_tally *tally = &source->tally;
    struct ht_row first;
    struct ht_summary summary;
    struct ht_slice id, name = HT_ABSENT;
    enum ht_status status = ht_event_row(source->reader, tally->first_seq, &first, err);
    if (status == HT_OK) status = ht_index_name(source->reader, HT_KIND_AGENT, row->agent, &id, err);
    if (status == HT_OK) status = ht_index_summary(source->reader, HT_KIND_AGENT, row->agent, &summary, err);
    if (status == HT_OK && summary.agent_name != 0)
        status = ht_index_name(source->reader, HT_KIND_AGENT_NAME, summary.agent_name, &name, err);
    if (status != HT_OK) return status;
    export_cells_begin(source);
    export_cell_text(source, id);
    export_cell_text(source, name);
    export_cell_time(source, first.occurred_at);
    export_cell_time(source, row->occurred_at);
    export_cell_int(source, tally->first_seq);
    export_cell_int(source, tally->last_seq);
    export_cell_int(source, tally->events);
    export_cell_int(source, source->run->until.position.seq);
    return export_cells_give(source, row->seq, ht_time_day(row->occurred_at), err);
}

static enum ht_status look_at_agent(struct export_source *source, struct ht_error *err)
{
    struct ht_row row;
    struct ht_postings *postings;
    bool last = false;
    enum ht_status status = ht_event_row(source->reader, source->next, &row, err);
    if (status == HT_OK) status = export_is_last(source, HT_KIND_AGENT, row.agent, &last, err);
    if (status != HT_OK || !last) return status;
    status = ht_postings_open(source->reader, HT_KIND_AGENT, row.agent, &postings, err);
    if (status != HT_OK) return status;
    status = measure_agent(source, postings, err);
    ht_postings_close(postings);
    return status == HT_OK ? give_agent(source, &row, err) : status;
}

enum ht_status export_step_agents(struct export_source *source, struct ht_error *err)
{
    struct export_left left = export_left_all(source);
    enum ht_status status = ht_reader_begin(source->reader, err);
    if (status != HT_OK) return status;
    while (status == HT_OK && source->next <= source->last && export_left_spend(&left)) {
        status = look_at_agent(source, err);
        if (status == HT_OK) source->next++;
    }
    ht_reader_end(source->reader);
    return status;
}
