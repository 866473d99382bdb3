#include "history_gather.h"

#include "event.h"

/* Within a step. */
struct gathering {
    struct history_gather *gather;
    struct ht_query *q;
    struct ht_reader *reader;
    uint32_t escalated; /* numbers of types, 0: no such event */
    uint32_t intent;
};

enum ht_status history_gather_init(struct history_gather *gather, uint32_t limit, struct ht_error *err)
{
    *gather = (struct history_gather){0};
    enum ht_status status = seq_set_init(&gather->events, limit, err);
    if (status == HT_OK) status = seq_set_init(&gather->escalations, HISTORY_MAX_REASONS, err);
    if (status == HT_OK) status = seq_set_init(&gather->intents, HISTORY_MAX_REASONS, err);
    return status;
}

void history_gather_release(struct history_gather *gather)
{
    seq_set_release(&gather->events);
    seq_set_release(&gather->escalations);
    seq_set_release(&gather->intents);
}

static enum ht_status find_type(struct ht_reader *reader, const char *name, uint32_t *number, struct ht_error *err)
{
    *number = 0;
    enum ht_status status = ht_index_number(reader, HT_KIND_TYPE, ht_slice_from(name), number, err);
    return status == HT_NOT_FOUND ? HT_OK : status;
}

static enum ht_status take_reason(struct gathering *g, uint64_t seq, struct ht_error *err)
{
    struct ht_row row;
    enum ht_status status = ht_event_row(g->reader, seq, &row, err);
    if (status != HT_OK || row.type == 0) return status;
    if (row.type == g->escalated) seq_set_add(&g->gather->escalations, seq);
    if (row.type == g->intent) seq_set_add(&g->gather->intents, seq);
    return HT_OK;
}

/* Whether nothing from `seq` on can add to the result. */
static bool is_enough(struct history_gather *gather, uint64_t seq)
{
    if (seq > gather->as_of) return true;
    if (gather->wants_reasons || !seq_set_is_beyond(&gather->events, seq)) return false;
    gather->events.more = true;
    return true;
}

/* Goes through the source at hand; HT_NOT_FOUND at its end, HT_OK if the step ended before. */
static enum ht_status walk(struct gathering *g, struct ht_postings *postings, struct ht_error *err)
{
    struct history_gather *gather = g->gather;
    while (query_spend(g->q, 0)) {
        uint64_t seq, from = gather->last_seq > gather->after ? gather->last_seq : gather->after;
        if (from == UINT64_MAX) return HT_NOT_FOUND;
        enum ht_status status = ht_postings_at_least(postings, from + 1, &seq, err);
        if (status != HT_OK) return status;
        if (is_enough(gather, seq)) return HT_NOT_FOUND;
        seq_set_add(&gather->events, seq);
        if (gather->wants_reasons) status = take_reason(g, seq, err);
        if (status != HT_OK) return status;
        gather->last_seq = seq;
    }
    return HT_OK;
}

static enum ht_status walk_source(struct gathering *g, uint32_t lead, struct ht_error *err)
{
    struct ht_postings *postings;
    uint32_t conversation = g->gather->conversation;
    enum ht_status status = ht_postings_open(g->reader, conversation ? HT_KIND_CONVERSATION : HT_KIND_LEAD,
                                             conversation ? conversation : lead, &postings, err);
    if (status != HT_OK) return status;
    status = walk(g, postings, err);
    ht_postings_close(postings);
    return status;
}

enum ht_status history_gather_step(struct history_gather *gather, struct ht_query *q, struct ht_reader *reader,
                                   uint32_t lead, bool *over, struct ht_error *err)
{
    struct gathering g = {.gather = gather, .q = q, .reader = reader};
    *over = false;
    enum ht_status status = find_type(reader, "session-escalated", &g.escalated, err);
    if (status == HT_OK) status = find_type(reader, "buyer-intent-detected", &g.intent, err);
    while (status == HT_OK) {
        status = walk_source(&g, lead, err);
        if (status != HT_NOT_FOUND) return status;
        status = ht_index_linked(reader, HT_KIND_LEAD, lead, gather->conversation, &gather->conversation, err);
        gather->last_seq = 0;
    }
    *over = status == HT_NOT_FOUND;
    return *over ? HT_OK : status;
}
