/* One lead: its profile and how it changed, its conversations, its events.

   The first page holds all of that and the first events; later pages hold events only, with "changes", "conversations",
   "escalations" and "intents" empty and no profile in "lead". "events" are the lead's own and those of its
   conversations, each once, ascending. Lists of which only the first part is kept say so: "profile_cut", "changes_cut",
   "conversations_cut", "escalations_cut", "intents_cut": true. */
#include <stdlib.h>

#include "event.h"
#include "history_gather.h"
#include "payload.h"
#include "profile.h"
#include "summary.h"

#define MAX_CONVERSATIONS 1000
#define MAX_REASON_BYTES (4u << 20)

enum cursor_word { WORD_AS_OF, WORD_SEQ };
enum phase { PHASE_PROFILE, PHASE_GATHER, PHASE_REASONS, PHASE_LEAD, PHASE_CONVERSATIONS, PHASE_EVENTS, PHASE_END };

/* Escalations or intents: an array of objects, made one by one. */
struct reasons {
    const struct seq_set *seqs;
    uint32_t at; /* the next one */
    bool cut;
    struct ht_buffer text;
    struct ht_emit emit;
};

struct history {
    enum phase phase;
    uint64_t last_seq; /* how far the profile is */
    struct profile profile;
    struct history_gather gather;
    struct reasons escalations;
    struct reasons intents;
    uint32_t conversation; /* the last one emitted */
    uint32_t conversation_count;
    uint32_t event_at; /* the next of the page */
    struct payload *payload;
    /* within a step */
    struct ht_reader *reader;
    uint32_t lead;
};

/* ---- life ---- */

static void init_reasons(struct reasons *reasons, const struct seq_set *seqs)
{
    reasons->seqs = seqs;
    ht_emit_init(&reasons->emit, &reasons->text);
    ht_emit_array(&reasons->emit);
}

static enum ht_status history_open(struct ht_query *q, struct ht_error *err)
{
    struct history *state = calloc(1, sizeof *state);
    if (!state) return ht_fail(err, HT_NO_MEMORY, "no memory for a history");
    q->state = state;
    profile_init(&state->profile);
    init_reasons(&state->escalations, &state->gather.escalations);
    init_reasons(&state->intents, &state->gather.intents);
    enum ht_status status = history_gather_init(&state->gather, q->filter.limit, err);
    if (status != HT_OK) return status;
    state->gather.wants_reasons = !q->resumed;
    if (q->resumed) {
        state->gather.as_of = q->resume[WORD_AS_OF];
        state->gather.after = q->resume[WORD_SEQ];
        state->phase = PHASE_GATHER;
    }
    state->payload = payload_new();
    return state->payload ? HT_OK : ht_fail(err, HT_NO_MEMORY, "no memory for a history");
}

static void history_free(struct ht_query *q)
{
    struct history *state = q->state;
    if (!state) return;
    profile_release(&state->profile);
    history_gather_release(&state->gather);
    ht_buffer_release(&state->escalations.text);
    ht_buffer_release(&state->intents.text);
    payload_free(state->payload);
    free(state);
}

/* ---- the profile ---- */

/* What can no longer be read tells nothing of the profile; any other failure ends the query. */
static enum ht_status read_event(struct history *state, uint64_t seq, bool *readable, struct ht_error *err)
{
    enum ht_status status = payload_read(state->payload, state->reader, seq, err);
    *readable = status == HT_OK;
    bool lost = status == HT_CORRUPT || status == HT_VERSION || status == HT_ERASED;
    return lost ? HT_OK : status;
}

/* As lines, changes go out as they are found. */
static void hand_out_changes(struct ht_query *q, struct profile *profile)
{
    if (!profile->as_lines) return;
    ht_buffer_add(&q->out, ht_buffer_slice(&profile->changes));
    ht_buffer_clear(&profile->changes);
    q->whole = q->out.size;
}

static enum ht_status take_profile(struct ht_query *q, struct history *state, uint64_t seq, struct ht_error *err)
{
    bool readable;
    const struct payload *payload = state->payload;
    state->last_seq = seq;
    enum ht_status status = read_event(state, seq, &readable, err);
    if (status != HT_OK || !readable || payload->facts.lead == HT_JSON_NONE) return status;
    status = profile_apply(&state->profile, payload->json, payload->facts.lead, payload->facts.occurred_at, seq, err);
    if (status == HT_OK) hand_out_changes(q, &state->profile);
    return status;
}

static enum ht_status walk_profile(struct ht_query *q, struct history *state, struct ht_postings *postings,
                                   struct ht_error *err)
{
    uint64_t bytes = 0;
    while (query_spend(q, bytes)) {
        uint64_t seq = 0;
        enum ht_status status = HT_NOT_FOUND;
        if (state->last_seq < UINT64_MAX) status = ht_postings_at_least(postings, state->last_seq + 1, &seq, err);
        if (status == HT_NOT_FOUND || (status == HT_OK && seq > state->gather.as_of)) {
            state->phase = q->format == HT_FORMAT_LINES ? PHASE_LEAD : PHASE_GATHER;
            return HT_OK;
        }
        if (status == HT_OK) status = take_profile(q, state, seq, err);
        if (status != HT_OK) return status;
        bytes = state->payload->record.payload.size;
    }
    return HT_OK;
}

static enum ht_status collect_profile(struct ht_query *q, struct history *state, struct ht_error *err)
{
    struct ht_postings *postings;
    struct ht_position position;
    enum ht_status status = HT_OK;
    state->profile.as_lines = q->format == HT_FORMAT_LINES;
    state->profile.after = q->changes_after;
    if (state->gather.as_of == 0) {
        status = ht_index_position(state->reader, &position, err);
        if (status != HT_OK) return status;
        state->gather.as_of = q->as_of ? q->as_of : position.seq;
    }
    status = ht_postings_open(state->reader, HT_KIND_LEAD, state->lead, &postings, err);
    if (status != HT_OK) return status;
    status = walk_profile(q, state, postings, err);
    ht_postings_close(postings);
    return status;
}

/* ---- events, escalations and intents ---- */

static enum ht_status gather(struct ht_query *q, struct history *state, struct ht_error *err)
{
    bool over;
    enum ht_status status = history_gather_step(&state->gather, q, state->reader, state->lead, &over, err);
    if (status == HT_OK && over) state->phase = PHASE_REASONS;
    return status;
}

static enum ht_status emit_reason(struct history *state, struct reasons *reasons, uint64_t seq, struct ht_error *err)
{
    struct ht_row row;
    struct ht_slice conversation;
    bool readable = false;
    struct ht_emit *emit = &reasons->emit;
    enum ht_status status = ht_event_row(state->reader, seq, &row, err);
    if (status == HT_OK) status = query_name(state->reader, HT_KIND_CONVERSATION, row.conversation, &conversation, err);
    if (status == HT_OK) status = read_event(state, seq, &readable, err);
    if (status != HT_OK) return status;
    ht_emit_object(emit);
    ht_emit_key(emit, "at");
    ht_emit_time(emit, row.occurred_at);
    ht_emit_key(emit, "seq");
    ht_emit_uint(emit, seq);
    ht_emit_key(emit, "conversation_id");
    ht_emit_string(emit, conversation);
    ht_emit_key(emit, "reason");
    ht_emit_string(emit, readable ? state->payload->facts.reason : HT_ABSENT);
    if (!readable) {
        ht_emit_key(emit, "unreadable");
        ht_emit_bool(emit, true);
    }
    ht_emit_end_object(emit);
    return ht_buffer_status(&reasons->text, err);
}

static bool has_reasons(const struct reasons *reasons)
{
    return reasons->at < reasons->seqs->count && !reasons->cut;
}

static enum ht_status read_reasons(struct ht_query *q, struct history *state, struct ht_error *err)
{
    uint64_t bytes = 0;
    for (;;) {
        struct reasons *reasons = has_reasons(&state->escalations) ? &state->escalations : &state->intents;
        if (!has_reasons(reasons)) break;
        if (!query_spend(q, bytes)) return HT_OK;
        enum ht_status status = emit_reason(state, reasons, reasons->seqs->list[reasons->at++], err);
        if (status != HT_OK) return status;
        reasons->cut = reasons->text.size > MAX_REASON_BYTES && reasons->at < reasons->seqs->count;
        bytes = state->payload->record.payload.size;
    }
    state->phase = PHASE_LEAD;
    return HT_OK;
}

/* ---- the document ---- */

static void emit_cut(struct ht_query *q, const char *key, bool cut)
{
    if (!cut) return;
    ht_emit_key(&q->emit, key);
    ht_emit_bool(&q->emit, true);
}

/* What we say ourselves goes before a field of the profile that has the same name; the changes still tell of that. */
static enum ht_status emit_lead_members(struct ht_query *q, const struct history *state, struct ht_error *err)
{
    static const char *const taken[] = {"id",      "agent_id", "agent_name",  "first_at",
                                        "last_at", "events",   "profile_cut", NULL};
    struct ht_summary summary;
    enum ht_status status = ht_index_summary(state->reader, HT_KIND_LEAD, state->lead, &summary, err);
    if (status != HT_OK) return status;
    ht_emit_key(&q->emit, "id");
    ht_emit_string(&q->emit, query_id(&q->id));
    status = query_emit_name(q, state->reader, "agent_id", HT_KIND_AGENT, summary.agent, err);
    if (status == HT_OK)
        status = query_emit_name(q, state->reader, "agent_name", HT_KIND_AGENT_NAME, summary.agent_name, err);
    if (status != HT_OK) return status;
    profile_emit_members(&state->profile, taken, &q->emit);
    ht_emit_key(&q->emit, "first_at");
    ht_emit_time(&q->emit, summary.first_at);
    ht_emit_key(&q->emit, "last_at");
    ht_emit_time(&q->emit, summary.last_at);
    ht_emit_key(&q->emit, "events");
    ht_emit_uint(&q->emit, summary.events);
    emit_cut(q, "profile_cut", state->profile.cut);
    return HT_OK;
}

/* {"lead":{…}, with the object around it still open. */
static enum ht_status begin_lead(struct ht_query *q, const struct history *state, struct ht_error *err)
{
    ht_emit_object(&q->emit);
    ht_emit_key(&q->emit, "lead");
    ht_emit_object(&q->emit);
    enum ht_status status = emit_lead_members(q, state, err);
    ht_emit_end_object(&q->emit);
    return status;
}

static enum ht_status emit_lead(struct ht_query *q, struct history *state, struct ht_error *err)
{
    state->phase = PHASE_CONVERSATIONS;
    if (q->format == HT_FORMAT_LINES) return HT_OK;
    enum ht_status status = begin_lead(q, state, err);
    if (status != HT_OK) return status;
    ht_emit_key(&q->emit, "changes");
    profile_emit_changes(&state->profile, &q->emit);
    emit_cut(q, "changes_cut", state->profile.changes_cut);
    ht_emit_key(&q->emit, "conversations");
    ht_emit_array(&q->emit);
    return HT_OK;
}

static enum ht_status emit_conversation(struct ht_query *q, const struct history *state, struct ht_error *err)
{
    struct ht_summary summary;
    enum ht_status status = ht_index_summary(state->reader, HT_KIND_CONVERSATION, state->conversation, &summary, err);
    return status == HT_OK ? summary_emit_conversation(q, state->reader, &summary, err) : status;
}

/* The next linked conversation; HT_NOT_FOUND if there is none, and on all pages but the first. */
static enum ht_status next_conversation(const struct ht_query *q, struct history *state, struct ht_error *err)
{
    if (q->resumed) return HT_NOT_FOUND;
    return ht_index_linked(state->reader, HT_KIND_LEAD, state->lead, state->conversation, &state->conversation, err);
}

static enum ht_status end_lines(struct ht_query *q, const struct history *state, struct ht_error *err)
{
    enum ht_status status = begin_lead(q, state, err);
    ht_emit_end_object(&q->emit);
    query_item_end(q);
    query_finish(q);
    return status;
}

static enum ht_status emit_conversations(struct ht_query *q, struct history *state, struct ht_error *err)
{
    bool cut = false;
    enum ht_status status = HT_OK;
    while (status == HT_OK && !cut) {
        if (!query_spend(q, 0)) return HT_OK;
        status = next_conversation(q, state, err);
        cut = status == HT_OK && state->conversation_count++ == MAX_CONVERSATIONS;
        if (status == HT_OK && !cut) status = emit_conversation(q, state, err);
        if (status == HT_OK && !cut) query_item_end(q);
    }
    if (status != HT_OK && status != HT_NOT_FOUND) return status;
    if (q->format == HT_FORMAT_LINES) return end_lines(q, state, err);
    ht_emit_end_array(&q->emit);
    emit_cut(q, "conversations_cut", cut);
    ht_emit_key(&q->emit, "events");
    ht_emit_array(&q->emit);
    state->phase = PHASE_EVENTS;
    return HT_OK;
}

static enum ht_status emit_events(struct ht_query *q, struct history *state, struct ht_error *err)
{
    const struct seq_set *events = &state->gather.events;
    while (state->event_at < events->count) {
        struct ht_row row;
        if (!query_spend(q, 0)) return HT_OK;
        enum ht_status status = ht_event_row(state->reader, events->list[state->event_at++], &row, err);
        if (status == HT_OK) status = event_emit(&q->emit, state->reader, &row, err);
        if (status != HT_OK) return status;
    }
    ht_emit_end_array(&q->emit);
    state->phase = PHASE_END;
    return HT_OK;
}

static void emit_reasons(struct ht_query *q, struct reasons *reasons, const char *key, const char *cut_key)
{
    ht_emit_key(&q->emit, key);
    ht_emit_end_array(&reasons->emit);
    ht_emit_raw(&q->emit, ht_buffer_slice(&reasons->text));
    emit_cut(q, cut_key, reasons->cut || reasons->seqs->more);
}

static enum ht_status end(struct ht_query *q, struct history *state, struct ht_error *err)
{
    (void)err;
    const struct seq_set *events = &state->gather.events;
    emit_reasons(q, &state->escalations, "escalations", "escalations_cut");
    emit_reasons(q, &state->intents, "intents", "intents_cut");
    if (events->more && events->count > 0) {
        query_set_next(q, (const uint64_t[QUERY_POSITION_WORDS]){
                              [WORD_AS_OF] = state->gather.as_of, [WORD_SEQ] = events->list[events->count - 1]});
    }
    query_emit_next(q);
    ht_emit_end_object(&q->emit);
    query_finish(q);
    return HT_OK;
}

/* ---- */

typedef enum ht_status history_phase(struct ht_query *q, struct history *state, struct ht_error *err);
static history_phase *const phases[] = {
    [PHASE_PROFILE] = collect_profile,
    [PHASE_GATHER] = gather,
    [PHASE_REASONS] = read_reasons,
    [PHASE_LEAD] = emit_lead,
    [PHASE_EVENTS] = emit_events,
    [PHASE_END] = end,
    [PHASE_CONVERSATIONS] = emit_conversations,
};

static enum ht_status history_step(struct ht_query *q, struct ht_reader *reader, struct ht_error *err)
{
    struct history *state = q->state;
    state->reader = reader;
    enum ht_status status = ht_index_number(reader, HT_KIND_LEAD, query_id(&q->id), &state->lead, err);
    if (status == HT_NOT_FOUND) return query_fail_missing(q, reader, HT_KIND_LEAD, "lead", err);
    for (bool over = false; status == HT_OK && !over;) {
        enum phase before = state->phase;
        status = phases[before](q, state, err);
        over = q->done || state->phase == before;
    }
    return status;
}

const struct query_ops history_query_ops = {.open = history_open, .step = history_step, .free = history_free};
