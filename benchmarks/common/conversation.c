#include "conversation.h"

#include <stdio.h>

#include "hooktrail/emit.h"
#include "hooktrail/encode.h"
#include "hooktrail/time.h"
#include "sentences.h"

#define OPEN 2000   /* conversations at a time */
#define STRIDE 1237 /* has no factor in common with OPEN: the order in which they take turns */
#define CYCLE 12    /* events of two conversations that follow each other in a slot */
#define LEAST 4     /* events of a conversation, at least */
#define AGENTS 20
#define EPOCH INT64_C(1767600000000000) /* 2026-01-05T08:00:00Z */
#define TURN (80 * HT_SECOND)           /* between two events of a conversation */
#define ENVELOPE 340                    /* bytes of a body without messages, about */
#define LEAST_MESSAGES 110              /* bytes for messages, at least, on the average */
#define BRIEF 700                       /* bytes of body below which messages are short */
#define HALF_MESSAGE 100                /* what a body may lack or have too much */

/* Where a payload stands. */
struct place {
    uint64_t key; /* of the conversation: all about it follows from that */
    uint32_t event;
    uint32_t events; /* of the conversation */
    int64_t first_at;
};

/* The messages that a payload carries, as members of a JSON array, and what is to be known of them. */
struct messages {
    struct ht_buffer json;
    size_t from;               /* those before went with earlier events */
    struct ht_buffer question; /* the last one of the visitor */
};

static struct place locate(const struct conversation_options *options, uint64_t number)
{
    uint64_t round = number / OPEN;
    uint64_t slot = (number % OPEN * STRIDE + round * 7) % OPEN;
    uint64_t of_slot = dice_mix(options->seed, slot);
    uint64_t phase = of_slot % CYCLE;
    uint64_t cycle = (round + phase) / CYCLE;
    uint64_t within = (round + phase) % CYCLE;
    uint64_t of_cycle = dice_mix(of_slot, cycle);
    uint64_t events = LEAST + of_cycle % (CYCLE - 2 * LEAST + 1);
    uint64_t begin = within < events ? 0 : events;
    uint64_t end = within < events ? events : CYCLE;
    if (cycle == 0 && begin < phase) begin = phase; /* began with the very first round */
    uint64_t first_round = cycle * CYCLE + begin - phase;
    return (struct place){
        .key = dice_mix(of_cycle, end),
        .event = (uint32_t)(within - begin),
        .events = (uint32_t)(end - begin),
        .first_at = EPOCH + (int64_t)first_round * TURN + (int64_t)slot * (TURN / OPEN),
    };
}

static void make_uuid(uint64_t key, uint64_t which, char id[CONVERSATION_ID_SIZE])
{
    struct dice dice = {dice_mix(key, which)};
    uint64_t a = dice_next(&dice), b = dice_next(&dice);
    snprintf(id, CONVERSATION_ID_SIZE, "%08x-%04x-4%03x-%04x-%012llx", (unsigned)(a >> 32),
             (unsigned)(a >> 16 & 0xffff), (unsigned)(a & 0xfff), (unsigned)(0x8000 | (b >> 48 & 0x3fff)),
             (unsigned long long)(b & UINT64_C(0xffffffffffff)));
}

enum which { ID_CONVERSATION, ID_VISITOR, ID_LEAD, ID_AGENT, ID_REQUEST, DICE_LEAD, DICE_EVENT, DICE_MESSAGE };

void conversation_id(const struct conversation_options *options, uint64_t number, char id[CONVERSATION_ID_SIZE])
{
    make_uuid(locate(options, number).key, ID_CONVERSATION, id);
}

uint32_t conversation_events(const struct conversation_options *options, uint64_t number, uint32_t *event)
{
    struct place place = locate(options, number);
    *event = place.event;
    return place.events;
}

static bool has_lead(const struct place *place)
{
    return place->key % 3 == 0;
}

/* ---- messages ---- */

static void add_message(const struct conversation_options *options, const struct place *place, uint32_t index,
                        int64_t at, struct messages *messages)
{
    struct dice dice = {dice_mix(dice_mix(place->key, DICE_MESSAGE), index)};
    struct speaker speaker = {&dice, options->vocabulary, index % 2 == 1};
    struct ht_buffer text = {0};
    struct ht_emit emit;
    sentences_message(&speaker, index == 0, options->body_size < BRIEF, &text);
    if (messages->json.size > messages->from) ht_buffer_add_byte(&messages->json, ',');
    if (!speaker.assistant) {
        ht_buffer_clear(&messages->question);
        ht_buffer_add(&messages->question, ht_buffer_slice(&text));
    }
    ht_emit_init(&emit, &messages->json);
    ht_emit_object(&emit);
    ht_emit_key(&emit, "role");
    ht_emit_text(&emit, speaker.assistant ? "assistant" : "user");
    ht_emit_key(&emit, "content");
    ht_emit_string(&emit, ht_buffer_slice(&text));
    ht_emit_key(&emit, "created_at");
    ht_emit_time(&emit, at);
    ht_emit_end_object(&emit);
    ht_buffer_release(&text);
}

/* Bytes of messages that should have been written by the end of an event. */
static size_t budget(const struct conversation_options *options, const struct place *place, uint32_t event)
{
    size_t average = options->body_size > ENVELOPE + LEAST_MESSAGES ? options->body_size - ENVELOPE : LEAST_MESSAGES;
    if (options->messages == CONVERSATION_NEW_ONLY) return average * (event + 1);
    return average * 2 * (event + 1) / (place->events + 1);
}

/* Messages in the turn before `event`, some seconds apart, the last ones shortly before it. */
static uint32_t add_turn(const struct conversation_options *options, const struct place *place, uint32_t event,
                         uint32_t index, struct messages *messages)
{
    size_t wanted = budget(options, place, event);
    int64_t at = place->first_at + (int64_t)event * TURN;
    while (index == 0 || messages->json.size + HALF_MESSAGE < wanted) {
        int64_t left = place->first_at + (int64_t)(event + 1) * TURN - at;
        int64_t step = left / 5 - (int64_t)(dice_mix(place->key, index) % (uint64_t)(left / 10 + 1));
        at += step / 1000 * 1000 + 1000;
        add_message(options, place, index++, at, messages);
    }
    return index;
}

/* Visitors are identified without messages. */
static bool is_identification(const struct place *place, uint32_t event)
{
    return has_lead(place) && event == 3;
}

static void make_messages(const struct conversation_options *options, const struct place *place,
                          struct messages *messages)
{
    uint32_t index = 0;
    for (uint32_t event = 0; event <= place->event; event++) {
        index = add_turn(options, place, event, index, messages);
        bool is_last = event == place->event;
        if (options->messages == CONVERSATION_NEW_ONLY && !is_last && !is_identification(place, event))
            messages->from = messages->json.size;
    }
}

/* ---- payloads ---- */

struct payload {
    const struct conversation_options *options;
    const struct place *place;
    const struct messages *messages;
    struct dice dice; /* of the event */
    struct ht_emit emit;
};

static void add_id(struct payload *payload, const char *key, uint64_t of, enum which which)
{
    char id[CONVERSATION_ID_SIZE];
    make_uuid(of, which, id);
    ht_emit_key(&payload->emit, key);
    ht_emit_text(&payload->emit, id);
}

static struct ht_slice messages_json(const struct payload *payload)
{
    const struct messages *messages = payload->messages;
    struct ht_slice json = ht_buffer_slice(&messages->json);
    return ht_slice_of(json.data + messages->from, json.size - messages->from);
}

static void add_messages(struct payload *payload)
{
    struct ht_slice json = messages_json(payload);
    ht_emit_key(&payload->emit, "messages");
    ht_emit_array(&payload->emit);
    if (json.size > 0) ht_emit_raw(&payload->emit, json);
    ht_emit_end_array(&payload->emit);
}

static void add_conversation(struct payload *payload)
{
    ht_emit_key(&payload->emit, "conversation");
    ht_emit_object(&payload->emit);
    add_id(payload, "id", payload->place->key, ID_CONVERSATION);
    ht_emit_key(&payload->emit, "started_at");
    ht_emit_time(&payload->emit, payload->place->first_at);
    ht_emit_key(&payload->emit, "updated_at");
    ht_emit_time(&payload->emit, payload->place->first_at + (int64_t)(payload->place->event + 1) * TURN);
    add_messages(payload);
    ht_emit_end_object(&payload->emit);
}

/* An address or a domain: lower-case ASCII letters of `text` and nothing else. */
static void add_plain(struct ht_buffer *out, const char *text)
{
    for (; *text != '\0'; text++) {
        char lower = (char)(*text | 0x20);
        if (lower >= 'a' && lower <= 'z') ht_buffer_add_byte(out, lower);
    }
}

static void add_field(struct payload *payload, const char *key, const char *value)
{
    ht_emit_key(&payload->emit, key);
    ht_emit_text(&payload->emit, value);
}

static void add_account(struct payload *payload, const char *company)
{
    struct ht_buffer domain = {0};
    add_plain(&domain, company);
    ht_buffer_add_text(&domain, ".example");
    ht_emit_key(&payload->emit, "account");
    ht_emit_object(&payload->emit);
    add_field(payload, "name", company);
    add_field(payload, "domain", ht_buffer_text(&domain));
    ht_emit_end_object(&payload->emit);
    ht_buffer_release(&domain);
}

/* Who the lead is: the same in each of the conversation's events. */
struct person {
    const char *first, *last, *company, *job;
};

static struct person person_of(const struct payload *payload)
{
    struct dice dice = {dice_mix(payload->place->key, DICE_LEAD)};
    struct speaker speaker = {&dice, payload->options->vocabulary, false};
    return (struct person){
        .first = sentences_pick(&speaker, &phrases_first_name),
        .last = sentences_pick(&speaker, &phrases_last_name),
        .company = sentences_pick(&speaker, &phrases_company),
        .job = sentences_pick(&speaker, &phrases_job),
    };
}

static void add_lead(struct payload *payload)
{
    struct person person = person_of(payload);
    struct ht_buffer email = {0};
    add_plain(&email, person.first);
    ht_buffer_add_byte(&email, '.');
    add_plain(&email, person.last);
    ht_buffer_printf(&email, "%u@example.com", dice_below(&payload->dice, 10000));
    ht_emit_key(&payload->emit, "lead");
    ht_emit_object(&payload->emit);
    add_id(payload, "id", payload->place->key, ID_LEAD);
    add_field(payload, "email", ht_buffer_text(&email));
    add_field(payload, "first_name", person.first);
    add_field(payload, "last_name", person.last);
    if (dice_below(&payload->dice, 2) == 0) {
        char phone[32];
        snprintf(phone, sizeof phone, "+1 202 555 %04u", dice_below(&payload->dice, 10000));
        add_field(payload, "phone", phone);
    }
    add_field(payload, "company", person.company);
    if (dice_below(&payload->dice, 2) == 0) add_field(payload, "job_title", person.job);
    ht_emit_key(&payload->emit, "attributes");
    ht_emit_object(&payload->emit);
    ht_emit_end_object(&payload->emit);
    if (dice_below(&payload->dice, 3) == 0) add_account(payload, person.company);
    ht_emit_end_object(&payload->emit);
    ht_buffer_release(&email);
}

static void add_visitor(struct payload *payload)
{
    ht_emit_key(&payload->emit, "visitor");
    ht_emit_object(&payload->emit);
    add_id(payload, "visitor_id", payload->place->key, ID_VISITOR);
    ht_emit_end_object(&payload->emit);
}

static void add_identified_visitor(struct payload *payload)
{
    struct person person = person_of(payload);
    char name[96], subtitle[96];
    snprintf(name, sizeof name, "%s %s", person.first, person.last);
    snprintf(subtitle, sizeof subtitle, "%s at %s", person.job, person.company);
    ht_emit_key(&payload->emit, "visitor");
    ht_emit_object(&payload->emit);
    add_id(payload, "visitor_id", payload->place->key, ID_VISITOR);
    add_id(payload, "lead_id", payload->place->key, ID_LEAD);
    add_id(payload, "latest_conversation_id", payload->place->key, ID_CONVERSATION);
    ht_emit_key(&payload->emit, "summary");
    ht_emit_object(&payload->emit);
    add_field(payload, "status", "identified");
    add_field(payload, "display_name", name);
    add_field(payload, "subtitle", subtitle);
    ht_emit_end_object(&payload->emit);
    ht_emit_end_object(&payload->emit);
}

static void add_agent(struct payload *payload)
{
    uint64_t agent = payload->place->key / 3 % AGENTS;
    add_id(payload, "agent_id", dice_mix(payload->options->seed, agent), ID_AGENT);
    add_field(payload, "agent_name", phrases_agent.list[agent]);
}

static void add_reason(struct payload *payload, const char *key, const struct phrases *phrases)
{
    struct speaker speaker = {&payload->dice, payload->options->vocabulary, false};
    struct ht_buffer text = {0};
    sentences_expand(&speaker, sentences_pick(&speaker, phrases), &text);
    ht_emit_key(&payload->emit, key);
    ht_emit_string(&payload->emit, ht_buffer_slice(&text));
    ht_buffer_release(&text);
}

static void add_usual(struct payload *payload, const char *event)
{
    add_field(payload, "event", event);
    add_agent(payload);
    add_visitor(payload);
    add_conversation(payload);
}

/* The documented shape of a new contact has no event name and no conversation id; the opening message tells it. */
static void add_contact(struct payload *payload)
{
    if (payload->options->messages == CONVERSATION_GROWING && dice_below(&payload->dice, 4) == 0) {
        add_lead(payload);
        add_messages(payload);
        add_agent(payload);
        return;
    }
    add_usual(payload, "new-contact");
    add_lead(payload);
}

static void add_any(struct payload *payload)
{
    uint32_t kind = dice_below(&payload->dice, 20);
    if (kind < 9) {
        add_usual(payload, "session-active");
    } else if (kind < 13) {
        add_usual(payload, "new-question");
        ht_emit_key(&payload->emit, "question");
        ht_emit_string(&payload->emit, ht_buffer_slice(&payload->messages->question));
    } else if (kind < 17) {
        add_usual(payload, "buyer-intent-detected");
        add_reason(payload, "buyer_intent_reason", &phrases_intent);
    } else {
        add_usual(payload, "session-escalated");
        add_reason(payload, "escalation_reason", &phrases_escalation);
    }
}

void conversation_payload(const struct conversation_options *options, uint64_t number, struct ht_buffer *out)
{
    struct place place = locate(options, number);
    struct messages messages = {0};
    struct payload payload = {
        options, &place, &messages, {dice_mix(dice_mix(place.key, DICE_EVENT), place.event)}, {0}};
    make_messages(options, &place, &messages);
    ht_emit_init(&payload.emit, out);
    ht_emit_object(&payload.emit);
    if (place.event == 0) {
        add_usual(&payload, "new-session");
    } else if (is_identification(&place, place.event)) {
        add_field(&payload, "event", "visitor-identified");
        add_agent(&payload);
        add_identified_visitor(&payload);
    } else if (has_lead(&place) && place.event == 2) {
        add_contact(&payload);
    } else {
        add_any(&payload);
    }
    ht_emit_end_object(&payload.emit);
    ht_buffer_release(&messages.json);
    ht_buffer_release(&messages.question);
}

void conversation_delivery(const struct conversation_options *options, uint64_t number, struct ht_buffer *scratch,
                           struct ht_delivery *delivery)
{
    static const char *const clients[] = {
        "node", "axios/1.7.9", "python-requests/2.32.3", "Go-http-client/2.0", "okhttp/4.12.0", "undici"};
    static const char *const types[] = {"new-session", "new-contact", "session-active", "new-question"};
    struct dice dice = {dice_mix(options->seed ^ number, ID_REQUEST)};
    char request_id[CONVERSATION_ID_SIZE];
    make_uuid(options->seed, number, request_id);
    ht_buffer_clear(scratch);
    ht_buffer_printf(scratch, "%s203.0.113.%u", request_id, dice_below(&dice, 256));
    struct ht_slice text = ht_buffer_slice(scratch);
    size_t id_size = CONVERSATION_ID_SIZE - 1;
    *delivery = (struct ht_delivery){.received_at = EPOCH + (int64_t)number * TURN / OPEN, .endpoint = 1};
    if (text.size < id_size) return; /* out of memory, which the buffer tells */
    delivery->sender = ht_slice_of(text.data + id_size, text.size - id_size);
    if (dice_below(&dice, 4) == 0) delivery->path_type = ht_slice_from(types[dice_below(&dice, 4)]);
    delivery->content_type =
        dice_below(&dice, 4) == 0 ? HT_SLICE("application/json; charset=utf-8") : HT_SLICE("application/json");
    ht_delivery_add_header(delivery, HT_SLICE("user-agent"), ht_slice_from(clients[dice_below(&dice, 6)]));
    if (dice_below(&dice, 3) == 0)
        ht_delivery_add_header(delivery, HT_SLICE("x-request-id"), ht_slice_of(text.data, id_size));
}

static bool set_number(const char *text, uint64_t most, uint64_t *number)
{
    return ht_parse_u64(ht_slice_from(text), number) == HT_OK && *number <= most;
}

bool conversation_set(struct conversation_options *options, char option, const char *value)
{
    uint64_t number;
    switch (option) {
    case 'S':
        return set_number(value, UINT64_MAX, &options->seed);
    case 's':
        if (!set_number(value, 512 << 10, &number)) return false;
        options->body_size = (size_t)number;
        return true;
    case 'm':
        options->messages = strcmp(value, "new") == 0 ? CONVERSATION_NEW_ONLY : CONVERSATION_GROWING;
        return strcmp(value, "new") == 0 || strcmp(value, "growing") == 0;
    case 'v':
        options->vocabulary = strcmp(value, "training") == 0 ? CONVERSATION_TRAINING : CONVERSATION_MEASURING;
        return strcmp(value, "training") == 0 || strcmp(value, "measuring") == 0;
    default:
        return false;
    }
}
