#include "reading_rules.h"

#include <sodium.h>

#include "hooktrail/encode.h"
#include "hooktrail/reading.h"

#define ID (HT_KIND_STRING | HT_KIND_INTEGER)
#define TEXT HT_KIND_STRING
#define OBJECT HT_KIND_OBJECT

/* Sorted by fact (a test sees to it); rows of one fact in the order in which they are tried. */
static const struct ht_rule rules[] = {
    {HT_FACT_MESSAGE_ID, HT_FROM_MESSAGE, ID, "id", NULL},
    {HT_FACT_MESSAGE_ID, HT_FROM_MESSAGE, ID, "message_id", NULL},
    {HT_FACT_MESSAGE_ROLE, HT_FROM_MESSAGE, TEXT, "role", NULL},
    {HT_FACT_MESSAGE_CONTENT, HT_FROM_MESSAGE, HT_KIND_ANY, "content", NULL},
    {HT_FACT_MESSAGE_TIME, HT_FROM_MESSAGE, HT_KIND_TIME, "created_at", NULL},
    {HT_FACT_MESSAGE_TIME, HT_FROM_MESSAGE, HT_KIND_TIME, "timestamp", NULL},

    {HT_FACT_CONTAINER, HT_FROM_BODY, OBJECT, "conversation", NULL},
    {HT_FACT_CONTAINER, HT_FROM_BODY, OBJECT, "session", NULL},
    {HT_FACT_CONTAINER, HT_FROM_BODY, OBJECT, "lead", NULL},
    {HT_FACT_CONTAINER, HT_FROM_BODY, OBJECT, "contact", NULL},
    {HT_FACT_CONTAINER, HT_FROM_BODY, OBJECT, "agent", NULL},
    {HT_FACT_CONTAINER, HT_FROM_BODY, OBJECT, "visitor", NULL},

    {HT_FACT_MESSAGES, HT_FROM_BODY, HT_KIND_ARRAY, "messages", NULL},
    {HT_FACT_MESSAGES, HT_FROM_BODY, HT_KIND_ARRAY, "conversation.messages", NULL},

    {HT_FACT_TYPE, HT_FROM_PATH, TEXT, "the type in the path", NULL},
    {HT_FACT_TYPE, HT_FROM_BODY, TEXT, "event", NULL},
    {HT_FACT_TYPE, HT_FROM_BODY, TEXT, "event_type", NULL},
    {HT_FACT_TYPE, HT_FROM_BODY, TEXT, "type", NULL},
    {HT_FACT_TYPE, HT_FROM_HEADER, TEXT, "webhook-event", NULL},
    {HT_FACT_TYPE, HT_FROM_HEADER, TEXT, "x-webhook-event", NULL},
    {HT_FACT_TYPE, HT_FROM_HEADER, TEXT, "x-event-type", NULL},
    {HT_FACT_TYPE, HT_FROM_HEADER, TEXT, "x-aimdoc-event", NULL},
    {HT_FACT_TYPE, HT_FROM_SHAPE, TEXT, "escalation_reason", "session-escalated"},
    {HT_FACT_TYPE, HT_FROM_SHAPE, TEXT, "buyer_intent_reason", "buyer-intent-detected"},
    {HT_FACT_TYPE, HT_FROM_SHAPE, TEXT | OBJECT, "question", "new-question"},
    {HT_FACT_TYPE, HT_FROM_SHAPE, OBJECT, "visitor", "visitor-identified"},
    {HT_FACT_TYPE, HT_FROM_SHAPE, OBJECT, "lead", "new-contact"},
    {HT_FACT_TYPE, HT_FROM_SHAPE_WITH_MESSAGES, OBJECT, "conversation", "session-active"},
    {HT_FACT_TYPE, HT_FROM_SHAPE, OBJECT, "conversation", "new-session"},

    {HT_FACT_AGENT_ID, HT_FROM_BODY, ID, "agent_id", NULL},
    {HT_FACT_AGENT_ID, HT_FROM_BODY, ID, "agent.id", NULL},
    {HT_FACT_AGENT_ID, HT_FROM_BODY, ID, "conversation.agent_id", NULL},

    {HT_FACT_CONVERSATION_ID, HT_FROM_BODY, ID, "conversation.id", NULL},
    {HT_FACT_CONVERSATION_ID, HT_FROM_BODY, ID, "conversation.conversation_id", NULL},
    {HT_FACT_CONVERSATION_ID, HT_FROM_BODY, ID, "conversation_id", NULL},
    {HT_FACT_CONVERSATION_ID, HT_FROM_BODY, ID, "session.id", NULL},
    {HT_FACT_CONVERSATION_ID, HT_FROM_BODY, ID, "session_id", NULL},
    {HT_FACT_CONVERSATION_ID, HT_FROM_BODY, ID, "visitor.latest_conversation_id", NULL},

    {HT_FACT_LEAD_ID, HT_FROM_BODY, ID, "lead.id", NULL},
    {HT_FACT_LEAD_ID, HT_FROM_BODY, ID, "lead.lead_id", NULL},
    {HT_FACT_LEAD_ID, HT_FROM_BODY, ID, "lead_id", NULL},
    {HT_FACT_LEAD_ID, HT_FROM_BODY, ID, "contact.id", NULL},
    {HT_FACT_LEAD_ID, HT_FROM_BODY, ID, "contact_id", NULL},
    {HT_FACT_LEAD_ID, HT_FROM_BODY, ID, "conversation.lead_id", NULL},
    {HT_FACT_LEAD_ID, HT_FROM_BODY, ID, "visitor.lead_id", NULL},

    {HT_FACT_VISITOR_ID, HT_FROM_BODY, ID, "visitor.visitor_id", NULL},
    {HT_FACT_VISITOR_ID, HT_FROM_BODY, ID, "visitor.id", NULL},
    {HT_FACT_VISITOR_ID, HT_FROM_BODY, ID, "visitor_id", NULL},
    {HT_FACT_VISITOR_ID, HT_FROM_BODY, ID, "conversation.visitor_id", NULL},

    {HT_FACT_AGENT_NAME, HT_FROM_BODY, TEXT, "agent_name", NULL},
    {HT_FACT_AGENT_NAME, HT_FROM_BODY, TEXT, "agent.name", NULL},

    {HT_FACT_LEAD, HT_FROM_BODY, OBJECT, "lead", NULL},
    {HT_FACT_LEAD, HT_FROM_BODY, OBJECT, "contact", NULL},

    {HT_FACT_EMAIL, HT_FROM_BODY, TEXT, "lead.email", NULL},
    {HT_FACT_EMAIL, HT_FROM_BODY, TEXT, "contact.email", NULL},

    {HT_FACT_TIME, HT_FROM_BODY, HT_KIND_TIME, "created_at", NULL},
    {HT_FACT_TIME, HT_FROM_BODY, HT_KIND_TIME, "updated_at", NULL},
    {HT_FACT_TIME, HT_FROM_BODY, HT_KIND_TIME, "started_at", NULL},
    {HT_FACT_TIME, HT_FROM_BODY, HT_KIND_TIME, "timestamp", NULL},
    {HT_FACT_TIME, HT_FROM_BODY, HT_KIND_TIME, "conversation.created_at", NULL},
    {HT_FACT_TIME, HT_FROM_BODY, HT_KIND_TIME, "conversation.updated_at", NULL},
    {HT_FACT_TIME, HT_FROM_BODY, HT_KIND_TIME, "conversation.started_at", NULL},
    {HT_FACT_TIME, HT_FROM_BODY, HT_KIND_TIME, "conversation.timestamp", NULL},

    {HT_FACT_REASON, HT_FROM_BODY, TEXT, "escalation_reason", "session-escalated"},
    {HT_FACT_REASON, HT_FROM_BODY, TEXT, "conversation.escalation_reason", "session-escalated"},
    {HT_FACT_REASON, HT_FROM_BODY, TEXT, "buyer_intent_reason", "buyer-intent-detected"},
    {HT_FACT_REASON, HT_FROM_BODY, TEXT, "conversation.buyer_intent_reason", "buyer-intent-detected"},
    {HT_FACT_REASON, HT_FROM_BODY, TEXT | OBJECT, "question", "new-question"},
    {HT_FACT_REASON, HT_FROM_BODY, TEXT, "question.content", "new-question"},
    {HT_FACT_REASON, HT_FROM_BODY, TEXT, "question.text", "new-question"},
    {HT_FACT_REASON, HT_FROM_BODY, TEXT, "question.question", "new-question"},
};

/* The documented types and what each is of little use without: what Aimdoc's documentation itself shows to be absent
   (a new contact's conversation, an identified visitor's agent) is not missed. */
static const struct known_type {
    const char *name;
    unsigned expects;
} known_types[] = {
    {"new-session", HT_EXPECTS_AGENT | HT_EXPECTS_CONVERSATION},
    {"new-contact", HT_EXPECTS_AGENT | HT_EXPECTS_LEAD},
    {"session-active", HT_EXPECTS_AGENT | HT_EXPECTS_CONVERSATION},
    {"session-escalated", HT_EXPECTS_AGENT | HT_EXPECTS_CONVERSATION},
    {"buyer-intent-detected", HT_EXPECTS_AGENT | HT_EXPECTS_CONVERSATION},
    {"new-question", HT_EXPECTS_AGENT | HT_EXPECTS_CONVERSATION},
    {"visitor-identified", HT_EXPECTS_VISITOR},
};

/* Of a type that is not documented. */
static const unsigned unknown_expects = HT_EXPECTS_AGENT | HT_EXPECTS_CONVERSATION;

/* Old names, after folding. */
static const struct renamed_type {
    const char *old;
    const char *current;
} renamed_types[] = {
    {"new-lead", "new-contact"},
};

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

const struct ht_rule *ht_rules_table(size_t *count)
{
    *count = COUNT(rules);
    return rules;
}

const struct ht_rule *ht_rules_first(enum ht_fact fact)
{
    size_t first = 0;

    /* The facts stand in the order of their numbers: the first row that is not before `fact`, by halving. */
    for (size_t count = COUNT(rules); count > 0;) {
        size_t half = count / 2;
        bool before = rules[first + half].fact < fact;

        if (before) first += half + 1;
        count = before ? count - half - 1 : half;
    }
    return &rules[first];
}

const struct ht_rule *ht_rules_next(const struct ht_rule *rule)
{
    const struct ht_rule *next = rule + 1;

    if (next == rules + COUNT(rules) || next->fact != rule->fact) return NULL;
    return next;
}

bool ht_rules_know_type(struct ht_slice type, unsigned *expected)
{
    for (size_t i = 0; i < COUNT(known_types); i++) {
        if (!ht_slice_is(type, known_types[i].name)) continue;
        *expected = known_types[i].expects;
        return true;
    }
    *expected = unknown_expects;
    return false;
}

/* The folded form of one character of a type's name, or NUL if it cannot stand in one. */
static char fold_character(char c)
{
    if (c == '_') return '-';
    if (c >= 'A' && c <= 'Z') return (char)(c - 'A' + 'a');
    if ((c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-') return c;
    return '\0';
}

bool ht_reading_fold_type(struct ht_slice sent, char folded[HT_MAX_TYPE + 1])
{
    folded[0] = '\0';
    if (sent.size == 0 || sent.size > HT_MAX_TYPE) return false;
    for (size_t i = 0; i < sent.size; i++) {
        folded[i] = fold_character(sent.data[i]);
        if (folded[i] == '\0') return false;
    }
    folded[sent.size] = '\0';
    for (size_t i = 0; i < COUNT(renamed_types); i++) {
        if (strcmp(folded, renamed_types[i].old) == 0)
            memcpy(folded, renamed_types[i].current, strlen(renamed_types[i].current) + 1);
    }
    return true;
}

/* The version is a hash over every row, each field with its length, so that moved bytes do not cancel out. */
static void hash_text(crypto_generichash_state *state, const char *text)
{
    struct ht_slice slice = ht_slice_from(text);
    uint8_t size[8];

    ht_put_be64(size, slice.data ? slice.size : UINT64_MAX);
    crypto_generichash_update(state, size, sizeof(size));
    if (slice.size > 0) crypto_generichash_update(state, (const unsigned char *)slice.data, slice.size);
}

static void hash_number(crypto_generichash_state *state, uint64_t number)
{
    uint8_t bytes[8];

    ht_put_be64(bytes, number);
    crypto_generichash_update(state, bytes, sizeof(bytes));
}

uint64_t ht_reading_version(void)
{
    crypto_generichash_state state;
    uint8_t hash[crypto_generichash_BYTES_MIN];

    crypto_generichash_init(&state, NULL, 0, sizeof(hash));
    hash_number(&state, HT_RULES_REVISION);
    for (size_t i = 0; i < COUNT(rules); i++) {
        hash_number(&state, (uint64_t)rules[i].fact);
        hash_number(&state, (uint64_t)rules[i].source);
        hash_number(&state, rules[i].kinds);
        hash_text(&state, rules[i].path);
        hash_text(&state, rules[i].type);
    }
    for (size_t i = 0; i < COUNT(known_types); i++) {
        hash_text(&state, known_types[i].name);
        hash_number(&state, known_types[i].expects);
    }
    for (size_t i = 0; i < COUNT(renamed_types); i++) {
        hash_text(&state, renamed_types[i].old);
        hash_text(&state, renamed_types[i].current);
    }
    crypto_generichash_final(&state, hash, sizeof(hash));
    return ht_get_be64(hash);
}
