#include "summary.h"

#define LEAD_IDS_MAX 100       /* of one conversation */
#define CONVERSATIONS_MAX 1000 /* counted for one lead */

/* What all summaries end with. */
static void emit_span(struct ht_emit *emit, const struct ht_summary *summary)
{
    ht_emit_key(emit, "first_at");
    ht_emit_time(emit, summary->first_at);
    ht_emit_key(emit, "last_at");
    ht_emit_time(emit, summary->last_at);
    ht_emit_key(emit, "first_seq");
    ht_emit_uint(emit, summary->first_seq);
    ht_emit_key(emit, "last_seq");
    ht_emit_uint(emit, summary->last_seq);
    ht_emit_key(emit, "events");
    ht_emit_uint(emit, summary->events);
}

/* "id", "agent_id", "agent_name" of a conversation or lead. */
static enum ht_status emit_ids(struct ht_query *q, struct ht_reader *reader, enum ht_kind kind,
                               const struct ht_summary *summary, struct ht_error *err)
{
    enum ht_status status = query_emit_name(q, reader, "id", kind, summary->number, err);
    if (status == HT_OK) status = query_emit_name(q, reader, "agent_id", HT_KIND_AGENT, summary->agent, err);
    if (status == HT_OK)
        status = query_emit_name(q, reader, "agent_name", HT_KIND_AGENT_NAME, summary->agent_name, err);
    return status;
}

static enum ht_status emit_lead_ids(struct ht_query *q, struct ht_reader *reader, uint32_t conversation,
                                    struct ht_error *err)
{
    uint32_t lead = 0;
    ht_emit_key(&q->emit, "lead_ids");
    ht_emit_array(&q->emit);
    for (size_t i = 0; i < LEAD_IDS_MAX; i++) {
        struct ht_slice id;
        enum ht_status status = ht_index_linked(reader, HT_KIND_CONVERSATION, conversation, lead, &lead, err);
        if (status == HT_NOT_FOUND) break;
        if (status == HT_OK) status = query_name(reader, HT_KIND_LEAD, lead, &id, err);
        if (status != HT_OK) return status;
        ht_emit_string(&q->emit, id);
        query_charge(q, 1, 0);
    }
    ht_emit_end_array(&q->emit);
    return HT_OK;
}

enum ht_status summary_emit_conversation(struct ht_query *q, struct ht_reader *reader, const struct ht_summary *summary,
                                         struct ht_error *err)
{
    ht_emit_object(&q->emit);
    enum ht_status status = emit_ids(q, reader, HT_KIND_CONVERSATION, summary, err);
    if (status == HT_OK) status = emit_lead_ids(q, reader, summary->number, err);
    if (status == HT_OK) status = query_emit_name(q, reader, "visitor_id", HT_KIND_VISITOR, summary->visitor, err);
    if (status != HT_OK) return status;
    emit_span(&q->emit, summary);
    ht_emit_end_object(&q->emit);
    return HT_OK;
}

enum ht_status summary_emit_agent(struct ht_query *q, struct ht_reader *reader, const struct ht_summary *summary,
                                  struct ht_error *err)
{
    ht_emit_object(&q->emit);
    enum ht_status status = query_emit_name(q, reader, "id", HT_KIND_AGENT, summary->number, err);
    if (status == HT_OK) status = query_emit_name(q, reader, "name", HT_KIND_AGENT_NAME, summary->agent_name, err);
    if (status != HT_OK) return status;
    emit_span(&q->emit, summary);
    ht_emit_end_object(&q->emit);
    return HT_OK;
}

/* A sender can give one lead any number of conversations: they are counted up to a bound. */
static enum ht_status emit_conversation_count(struct ht_query *q, struct ht_reader *reader, uint32_t lead,
                                              struct ht_error *err)
{
    uint32_t conversation = 0, count = 0;
    enum ht_status status;
    for (;;) {
        status = ht_index_linked(reader, HT_KIND_LEAD, lead, conversation, &conversation, err);
        if (status != HT_OK || count == CONVERSATIONS_MAX) break;
        count++;
    }
    if (status != HT_OK && status != HT_NOT_FOUND) return status;
    query_charge(q, count, 0);
    ht_emit_key(&q->emit, "conversations");
    ht_emit_uint(&q->emit, count);
    if (status == HT_NOT_FOUND) return HT_OK;
    ht_emit_key(&q->emit, "conversations_more");
    ht_emit_bool(&q->emit, true);
    return HT_OK;
}

static enum ht_status emit_profile(struct ht_query *q, struct ht_reader *reader, uint64_t seq, struct payload **payload,
                                   struct ht_error *err)
{
    ht_emit_key(&q->emit, "profile");
    if (seq == 0) {
        ht_emit_null(&q->emit);
        return HT_OK;
    }
    if (!*payload) *payload = payload_new();
    if (!*payload) return ht_fail(err, HT_NO_MEMORY, "no memory to read a payload");
    enum ht_status status = payload_read(*payload, reader, seq, err);
    if (status == HT_CORRUPT || status == HT_ERASED) {
        ht_emit_null(&q->emit);
        ht_emit_key(&q->emit, "profile_unreadable");
        ht_emit_bool(&q->emit, true);
        return HT_OK;
    }
    if (status != HT_OK) return status;
    query_charge(q, 0, (*payload)->record.payload.size);
    payload_emit(*payload, (*payload)->facts.lead, &q->emit);
    return HT_OK;
}

enum ht_status summary_emit_lead(struct ht_query *q, struct ht_reader *reader, const struct ht_summary *summary,
                                 struct payload **payload, struct ht_error *err)
{
    ht_emit_object(&q->emit);
    enum ht_status status = emit_ids(q, reader, HT_KIND_LEAD, summary, err);
    if (status == HT_OK) status = emit_conversation_count(q, reader, summary->number, err);
    if (status != HT_OK) return status;
    emit_span(&q->emit, summary);
    status = emit_profile(q, reader, summary->profile_seq, payload, err);
    if (status != HT_OK) return status;
    ht_emit_end_object(&q->emit);
    return HT_OK;
}
