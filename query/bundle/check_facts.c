/* What an event's document says of its payload, held against the payload: read by the same rules that made it. */
#include "check.h"

#define FROM "payload, as this hooktrail reads it"

/* What the index has of a payload that can't be read, too. */
static enum ht_status read_facts(struct check *check, struct ht_slice payload, const struct ht_delivery *delivery,
                                 struct ht_facts *facts, bool *readable, struct ht_error *err)
{
    struct ht_error cause = {0};
    enum ht_status status = ht_json_parse(check->payload, payload, &cause);
    if (status == HT_OK) status = ht_reading_extract(check->reading, check->payload, delivery, facts, &cause);
    *readable = status == HT_OK;
    if (status == HT_NO_MEMORY) return ht_fail(err, status, "no memory to check a bundle");
    if (status != HT_OK)
        *facts = (struct ht_facts){
            .type = HT_SLICE("unknown"), .occurred_at = delivery->received_at, .warnings = HT_SLICE("[]")};
    return HT_OK;
}

/* A switch is there, and true, or it is not there. */
static bool says_switch(const struct check *check, const char *name, bool wanted)
{
    uint32_t node = ht_json_member(check->json, 0, name);
    return wanted ? ht_json_type(check->json, node) == HT_JSON_TRUE : node == HT_JSON_NONE;
}

static bool is_text_or_null(const struct check *check, const char *name)
{
    enum ht_json_type type = ht_json_type(check->json, ht_json_member(check->json, 0, name));
    return type == HT_JSON_STRING || type == HT_JSON_NULL;
}

/* A conversation that the payload does not name was found by other events, or by none: that nothing here can prove. */
static bool says_conversation(struct check *check, const struct ht_facts *facts, bool readable)
{
    bool derived = ht_json_member(check->json, 0, "derived") != HT_JSON_NONE;
    if (!readable) return !derived && is_text_or_null(check, "conversation_id");
    if (!derived) return check_says(check, 0, "conversation_id", facts->conversation_id);
    return says_switch(check, "derived", true) && !facts->conversation_id.data && facts->has_opening &&
           is_text_or_null(check, "conversation_id");
}

/* What of the rest has a form, though nothing proves it. */
static bool has_form(const struct check *check)
{
    uint64_t deliveries;
    uint32_t more = ht_json_member(check->json, 0, "received_more");
    return check_number(check, 0, "deliveries", &deliveries) && deliveries > 0 && is_text_or_null(check, "endpoint") &&
           (more == HT_JSON_NONE || ht_json_type(check->json, more) == HT_JSON_TRUE);
}

enum ht_status check_facts(struct check *check, const struct check_event *event, struct ht_slice payload,
                           const struct ht_delivery *delivery, struct ht_error *err)
{
    bool readable = false;
    struct ht_facts facts = {0};
    enum ht_status status = read_facts(check, payload, delivery, &facts, &readable, err);
    if (status != HT_OK) return status;
    const struct {
        const char *name, *what;
        struct ht_slice value;
    } texts[] = {{"type", "type", facts.type},
                 {"agent_id", "agent", facts.agent_id},
                 {"agent_name", "agent's name", facts.agent_name},
                 {"lead_id", "lead", facts.lead_id},
                 {"visitor_id", "visitor", facts.visitor_id}};
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
        if (!check_says(check, 0, texts[i].name, texts[i].value.size > 0 ? texts[i].value : HT_ABSENT))
            return check_differs(check, event, texts[i].what, FROM, err);
    if (!says_conversation(check, &facts, readable)) return check_differs(check, event, "conversation", FROM, err);
    if (!check_says_time(check, 0, "occurred_at", facts.occurred_at))
        return check_differs(check, event, "time of what happened", FROM, err);
    if (!ht_slice_equal(ht_json_raw(check->json, ht_json_member(check->json, 0, "warnings")), facts.warnings))
        return check_differs(check, event, "warning", FROM, err);
    if (!says_switch(check, "unreadable", !readable)) return check_differs(check, event, "reading", FROM, err);
    return has_form(check) ? HT_OK : check_differs(check, event, "form", FROM, err);
}
