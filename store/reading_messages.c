#include "reading_messages.h"

#include <assert.h>
#include <sodium.h>

#include "hooktrail/encode.h"
#include "hooktrail/time.h"
#include "reading_rules.h"
#include "reading_values.h"

/* The rows of a message's facts, which are the table's first, and the names of the members that they look at. */
struct message_rows {
    const struct ht_rule *rules;
    struct ht_slice names[HT_MESSAGE_RULES];
    size_t count;
};

static void find_rows(struct message_rows *rows)
{
    size_t count = 0;

    rows->rules = ht_rules_table(&count);
    for (rows->count = 0; rows->count < count; rows->count++) {
        const struct ht_rule *rule = &rows->rules[rows->count];

        if (rule->source != HT_FROM_MESSAGE) break;
        assert(rows->count < HT_MESSAGE_RULES);
        rows->names[rows->count] = ht_slice_from(rule->path);
    }
}

/* A message's members by the rows' numbers. */
struct members {
    const struct ht_rule *rules;
    uint32_t nodes[HT_MESSAGE_RULES];
};

/* The member that a row names; HT_JSON_NONE if it is absent, null or, counted in *faults, no use. */
static uint32_t member_at(const struct ht_json *json, const struct members *members, const struct ht_rule *rule,
                          size_t *faults)
{
    uint32_t node = members->nodes[rule - members->rules];

    if (node == HT_JSON_NONE || ht_json_type(json, node) == HT_JSON_NULL) return HT_JSON_NONE;
    if (ht_value_is_kind(json, node, rule->kinds)) return node;
    (*faults)++;
    return HT_JSON_NONE;
}

static struct ht_slice message_text(const struct ht_json *json, const struct members *members, enum ht_fact fact,
                                    struct ht_buffer *scratch, size_t *faults)
{
    for (const struct ht_rule *rule = ht_rules_first(fact); rule; rule = ht_rules_next(rule)) {
        uint32_t node = member_at(json, members, rule, faults);

        if (node == HT_JSON_NONE) continue;
        if (ht_json_type(json, node) == HT_JSON_STRING) return ht_json_string(json, node, scratch);
        return ht_json_raw(json, node);
    }
    return HT_ABSENT;
}

static struct ht_slice message_id(const struct ht_json *json, const struct members *members, struct ht_buffer *scratch,
                                  size_t *faults)
{
    struct ht_slice id = message_text(json, members, HT_FACT_MESSAGE_ID, scratch, faults);

    if (!id.data || (id.size > 0 && id.size <= HT_MAX_ID)) return id;
    (*faults)++;
    return HT_ABSENT;
}

static int64_t message_time(const struct ht_json *json, const struct members *members, struct ht_buffer *scratch,
                            size_t *faults)
{
    for (const struct ht_rule *rule = ht_rules_first(HT_FACT_MESSAGE_TIME); rule; rule = ht_rules_next(rule)) {
        int64_t time = HT_TIME_NONE;
        uint32_t node = member_at(json, members, rule, faults);

        if (node == HT_JSON_NONE) continue;
        if (ht_value_time(json, node, scratch, &time)) return time;
        (*faults)++;
    }
    return HT_TIME_NONE;
}

static bool read_message(const struct ht_json *json, uint32_t node, const struct message_rows *rows,
                         struct ht_buffer *scratch, struct ht_message *message, struct ht_message_faults *faults)
{
    struct members members = {.rules = rows->rules};

    *message = (struct ht_message){.created_at = HT_TIME_NONE};
    if (ht_json_type(json, node) != HT_JSON_OBJECT) {
        faults->elements++;
        return false;
    }
    /* Room for all of it first: a string must not move when the next is decoded behind it. */
    if (!ht_buffer_reserve(scratch, ht_json_raw(json, node).size)) return true;
    ht_json_members(json, node, rows->names, rows->count, members.nodes);
    message->id = message_id(json, &members, scratch, &faults->ids);
    message->role = message_text(json, &members, HT_FACT_MESSAGE_ROLE, scratch, &faults->roles);
    message->content = message_text(json, &members, HT_FACT_MESSAGE_CONTENT, scratch, &faults->elements);
    message->created_at = message_time(json, &members, scratch, &faults->times);
    return true;
}

bool ht_reading_message(const struct ht_json *json, uint32_t node, struct ht_buffer *scratch,
                        struct ht_message *message)
{
    struct ht_message_faults faults = {0};
    struct message_rows rows;

    find_rows(&rows);
    return read_message(json, node, &rows, scratch, message, &faults);
}

static void hash_slice(crypto_generichash_state *state, struct ht_slice slice)
{
    uint8_t size[8];

    ht_put_be64(size, slice.size);
    crypto_generichash_update(state, size, sizeof(size));
    if (slice.size > 0) crypto_generichash_update(state, (const unsigned char *)slice.data, slice.size);
}

static void hash_opening(struct ht_facts *facts, const struct ht_message *message)
{
    crypto_generichash_state state;
    uint8_t at[8];

    ht_put_be64(at, (uint64_t)message->created_at);
    crypto_generichash_init(&state, NULL, 0, HT_OPENING_SIZE);
    hash_slice(&state, facts->agent_id);
    hash_slice(&state, ht_slice_of(at, sizeof(at)));
    hash_slice(&state, message->role);
    hash_slice(&state, message->content);
    crypto_generichash_final(&state, facts->opening, HT_OPENING_SIZE);
    facts->has_opening = true;
    facts->opening_at = message->created_at;
}

/* Whether a message can be the opening, and is earlier than the one found so far. */
static bool opens(const struct ht_message *message, uint32_t opening, int64_t opening_at)
{
    if (!message->role.data || !message->content.data) return false;
    return opening == HT_JSON_NONE || message->created_at < opening_at;
}

void ht_messages_read(const struct ht_json *json, struct ht_buffer *scratch, struct ht_facts *facts, int64_t *newest,
                      struct ht_message_faults *faults)
{
    const size_t mark = scratch->size;
    const uint32_t list = facts->messages;
    uint32_t opening = HT_JSON_NONE;
    int64_t opening_at = HT_TIME_NONE;
    struct ht_message message;
    struct message_rows rows;

    *newest = HT_TIME_NONE;
    find_rows(&rows);
    for (uint32_t node = ht_json_first(json, list); node != HT_JSON_NONE; node = ht_json_after(json, list, node)) {
        bool is_message = read_message(json, node, &rows, scratch, &message, faults);

        scratch->size = mark;
        if (!is_message || message.created_at == HT_TIME_NONE) continue;
        if (message.created_at > *newest) *newest = message.created_at; /* HT_TIME_NONE is the smallest */
        if (!opens(&message, opening, opening_at)) continue;
        opening = node;
        opening_at = message.created_at;
    }
    if (opening == HT_JSON_NONE) return;
    /* Again, since its strings may have been decoded where later ones were. */
    struct ht_message_faults counted = {0};
    if (read_message(json, opening, &rows, scratch, &message, &counted)) hash_opening(facts, &message);
    scratch->size = mark;
}
