#include "hooktrail/reading.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>

#include "hooktrail/time.h"
#include "reading_fields.h"
#include "reading_messages.h"
#include "reading_rules.h"
#include "reading_values.h"
#include "reading_warnings.h"

struct ht_reading {
    struct ht_buffer text; /* decoded strings; has room for all of a payload from the start, so that none ever moves */
    struct ht_warnings warnings;
    struct ht_buffer warnings_json;
    struct ht_fields fields;
    char type[HT_MAX_TYPE + 1]; /* folded */
};

/* What the steps of one extract share. */
struct extract {
    struct ht_reading *reading;
    const struct ht_json *json;
    const struct ht_delivery *delivery;
    struct ht_facts *facts;
    const struct ht_rule *messages_rule; /* that found facts->messages */
};

struct ht_reading *ht_reading_new(void)
{
    struct ht_reading *reading = calloc(1, sizeof(*reading));

    if (reading) ht_fields_init(&reading->fields);
    return reading;
}

void ht_reading_free(struct ht_reading *reading)
{
    if (!reading) return;
    ht_buffer_release(&reading->text);
    ht_buffer_release(&reading->warnings_json);
    ht_warnings_release(&reading->warnings);
    free(reading);
}

/* The node that a row points to if it may be used: HT_JSON_NONE if it is absent or, with a warning, of another type. */
static uint32_t usable(struct extract *extract, const struct ht_rule *rule)
{
    uint32_t node = ht_fields_at(&extract->reading->fields, extract->json, rule);

    if (node == HT_JSON_NONE || ht_value_is_kind(extract->json, node, rule->kinds)) return node;
    ht_warnings_add(&extract->reading->warnings, "%s is %s, expected %s", ht_place_of(rule).text,
                    ht_value_type_text(extract->json, node), ht_value_kinds_text(rule->kinds));
    return HT_JSON_NONE;
}

/* The same without the warning, for places that another row has warned of. */
static uint32_t usable_quietly(struct extract *extract, const struct ht_rule *rule)
{
    uint32_t node = ht_fields_at(&extract->reading->fields, extract->json, rule);

    return node != HT_JSON_NONE && ht_value_is_kind(extract->json, node, rule->kinds) ? node : HT_JSON_NONE;
}

static void check_containers(struct extract *extract)
{
    for (const struct ht_rule *rule = ht_rules_first(HT_FACT_CONTAINER); rule; rule = ht_rules_next(rule))
        (void)usable(extract, rule);
}

/* An empty array matches only if no other row has more. */
static void find_messages(struct extract *extract)
{
    struct ht_facts *facts = extract->facts;

    for (const struct ht_rule *rule = ht_rules_first(HT_FACT_MESSAGES); rule; rule = ht_rules_next(rule)) {
        uint32_t node = usable(extract, rule);

        if (node == HT_JSON_NONE) continue;
        bool empty = ht_json_first(extract->json, node) == HT_JSON_NONE;
        if (empty && facts->messages != HT_JSON_NONE) continue;
        facts->messages = node;
        extract->messages_rule = rule;
        if (!empty) return;
    }
}

static bool has_messages(const struct extract *extract)
{
    return ht_json_first(extract->json, extract->facts->messages) != HT_JSON_NONE;
}

static bool take_type(struct extract *extract, struct ht_slice sent)
{
    if (!ht_reading_fold_type(sent, extract->reading->type)) return false;
    extract->facts->type = ht_slice_from(extract->reading->type);
    extract->facts->type_as_sent = sent;
    return true;
}

/* What a row of the type finds, absent if nothing, and what to call the place. */
static struct ht_slice sent_type(struct extract *extract, const struct ht_rule *rule, struct ht_place *place)
{
    if (rule->source == HT_FROM_PATH) {
        (void)snprintf(place->text, sizeof(place->text), "%s", rule->path);
        return extract->delivery->path_type;
    }
    if (rule->source == HT_FROM_HEADER) {
        (void)snprintf(place->text, sizeof(place->text), "header %s", rule->path);
        return ht_delivery_header(extract->delivery, rule->path);
    }
    *place = ht_place_of(rule);
    return ht_json_string(extract->json, usable(extract, rule), &extract->reading->text);
}

static bool shape_fits(struct extract *extract, const struct ht_rule *rule)
{
    if (rule->source == HT_FROM_SHAPE_WITH_MESSAGES && !has_messages(extract)) return false;
    return usable_quietly(extract, rule) != HT_JSON_NONE;
}

static bool is_shape(const struct ht_rule *rule)
{
    return rule->source == HT_FROM_SHAPE || rule->source == HT_FROM_SHAPE_WITH_MESSAGES;
}

/* Sets the type; true if the delivery names it, false if only its shape tells, or nothing. */
static bool find_type(struct extract *extract)
{
    for (const struct ht_rule *rule = ht_rules_first(HT_FACT_TYPE); rule; rule = ht_rules_next(rule)) {
        struct ht_place place;

        if (is_shape(rule)) {
            if (!shape_fits(extract, rule)) continue;
            extract->facts->type = ht_slice_from(rule->type);
            return false;
        }
        struct ht_slice sent = sent_type(extract, rule, &place);
        if (!sent.data) continue;
        if (take_type(extract, sent)) return true;
        ht_warnings_add(&extract->reading->warnings, "%s is not a type name", place.text);
    }
    return false;
}

/* A string, or an integer by its digits; absent, with a warning, if it is empty or longer than `limit`. */
static struct ht_slice take_text(struct extract *extract, const struct ht_rule *rule, uint32_t node, size_t limit)
{
    struct ht_warnings *warnings = &extract->reading->warnings;
    const bool is_number = ht_json_type(extract->json, node) == HT_JSON_NUMBER;
    struct ht_slice text =
        is_number ? ht_json_raw(extract->json, node) : ht_json_string(extract->json, node, &extract->reading->text);

    if (text.size == 0) {
        ht_warnings_add(warnings, "%s is empty", ht_place_of(rule).text);
        return HT_ABSENT;
    }
    if (text.size > limit) {
        ht_warnings_add(warnings, "%s is longer than %zu bytes", ht_place_of(rule).text, limit);
        return HT_ABSENT;
    }
    if (is_number) ht_warnings_add(warnings, "%s is a number, taken by its digits", ht_place_of(rule).text);
    return text;
}

static struct ht_slice find_text(struct extract *extract, enum ht_fact fact, size_t limit)
{
    for (const struct ht_rule *rule = ht_rules_first(fact); rule; rule = ht_rules_next(rule)) {
        uint32_t node = usable(extract, rule);

        if (node == HT_JSON_NONE) continue;
        struct ht_slice text = take_text(extract, rule, node, limit);
        if (text.data) return text;
    }
    return HT_ABSENT;
}

static void find_ids(struct extract *extract)
{
    extract->facts->agent_id = find_text(extract, HT_FACT_AGENT_ID, HT_MAX_ID);
    extract->facts->conversation_id = find_text(extract, HT_FACT_CONVERSATION_ID, HT_MAX_ID);
    extract->facts->lead_id = find_text(extract, HT_FACT_LEAD_ID, HT_MAX_ID);
    extract->facts->visitor_id = find_text(extract, HT_FACT_VISITOR_ID, HT_MAX_ID);
}

static bool has_id(const struct ht_facts *facts)
{
    return facts->agent_id.data || facts->conversation_id.data || facts->lead_id.data || facts->visitor_id.data;
}

/* The first rows of each fact that identifies, then the second ones, as many as fit: so every fact is named. */
static void list_pointers(char *text, size_t size)
{
    static const enum ht_fact facts[] = {HT_FACT_TYPE, HT_FACT_AGENT_ID, HT_FACT_CONVERSATION_ID, HT_FACT_LEAD_ID,
                                         HT_FACT_VISITOR_ID};
    const struct ht_rule *at[sizeof(facts) / sizeof(facts[0])];
    const size_t count = sizeof(facts) / sizeof(facts[0]);
    size_t used = 0;

    for (size_t i = 0; i < count; i++)
        at[i] = ht_rules_first(facts[i]);
    for (size_t left = count; left > 0;) {
        left = 0;
        for (size_t i = 0; i < count; i++) {
            while (at[i] && at[i]->source != HT_FROM_BODY)
                at[i] = ht_rules_next(at[i]);
            if (!at[i]) continue;
            struct ht_place pointer = ht_place_of(at[i]);
            if (used + 1 + strlen(pointer.text) >= size) return;
            used += (size_t)snprintf(text + used, size - used, "%s%s", used > 0 ? " " : "", pointer.text);
            at[i] = ht_rules_next(at[i]);
            left++;
        }
    }
}

/* Whatever has been warned of until here is a place that was looked at and could not be used. */
static enum ht_status fail_unidentified(struct extract *extract, struct ht_error *err)
{
    char pointers[sizeof(err->pointer)] = "";
    char wrong[sizeof(err->detail)];

    list_pointers(pointers, sizeof(pointers));
    ht_warnings_join(&extract->reading->warnings, wrong, sizeof(wrong));
    return ht_fail_field(err, HT_UNPROCESSABLE, pointers,
                         "no event type in path, body or headers, and no agent, conversation, lead or visitor id%s%s",
                         wrong[0] ? ": " : "", wrong);
}

static void find_profile(struct extract *extract)
{
    struct ht_facts *facts = extract->facts;

    facts->agent_name = find_text(extract, HT_FACT_AGENT_NAME, SIZE_MAX);
    facts->agent_name.size = ht_warnings_cut(facts->agent_name, HT_MAX_NAME);
    for (const struct ht_rule *rule = ht_rules_first(HT_FACT_LEAD); rule; rule = ht_rules_next(rule)) {
        facts->lead = usable_quietly(extract, rule);
        if (facts->lead != HT_JSON_NONE) break;
    }
    facts->email = find_text(extract, HT_FACT_EMAIL, HT_MAX_ID);
}

/* Rows of the event's own type go before the others: an escalated conversation may still carry an older reason. */
static void find_reason(struct extract *extract)
{
    for (int own = 1; own >= 0; own--) {
        for (const struct ht_rule *rule = ht_rules_first(HT_FACT_REASON); rule; rule = ht_rules_next(rule)) {
            if (ht_slice_is(extract->facts->type, rule->type) != (own == 1)) continue;
            uint32_t node = usable(extract, rule);

            if (node == HT_JSON_NONE || ht_json_type(extract->json, node) != HT_JSON_STRING) continue;
            extract->facts->reason = take_text(extract, rule, node, SIZE_MAX);
            if (extract->facts->reason.data) return;
        }
    }
}

static void warn_of_faults(struct extract *extract, const char *what, size_t count)
{
    if (count == 0) return;
    ht_warnings_add(&extract->reading->warnings, "in %s, %s: %zu", ht_place_of(extract->messages_rule).text, what,
                    count);
}

/* The newest time that the messages have, HT_TIME_NONE if none. */
static int64_t read_messages(struct extract *extract)
{
    struct ht_message_faults faults = {0};
    int64_t newest = HT_TIME_NONE;

    ht_messages_read(extract->json, &extract->reading->text, extract->facts, &newest, &faults);
    warn_of_faults(extract, "elements that are not objects", faults.elements);
    warn_of_faults(extract, "ids that cannot be used", faults.ids);
    warn_of_faults(extract, "roles that are not strings", faults.roles);
    warn_of_faults(extract, "times that cannot be read", faults.times);
    return newest;
}

/* The newest of all, among which `newest` is that of the messages. */
static void find_time(struct extract *extract, int64_t newest)
{
    struct ht_reading *reading = extract->reading;

    for (const struct ht_rule *rule = ht_rules_first(HT_FACT_TIME); rule; rule = ht_rules_next(rule)) {
        uint32_t node = usable(extract, rule);
        int64_t time = HT_TIME_NONE;

        if (node == HT_JSON_NONE) continue;
        if (!ht_value_time(extract->json, node, &reading->text, &time))
            ht_warnings_add(&reading->warnings, "%s cannot be read as a time", ht_place_of(rule).text);
        else if (time > newest)
            newest = time;
    }
    extract->facts->stated_at = newest;
    extract->facts->occurred_at = newest != HT_TIME_NONE ? newest : extract->delivery->received_at;
}

static void warn_of_missing(struct extract *extract)
{
    const struct ht_facts *facts = extract->facts;
    struct ht_warnings *warnings = &extract->reading->warnings;
    unsigned expected = 0;

    if (!ht_rules_know_type(facts->type, &expected)) {
        if (facts->type_as_sent.data)
            ht_warnings_add(warnings, "unknown type \"%.*s\"", HT_SLICE_ARGS(facts->type));
        else
            ht_warnings_add(warnings, "no event type");
    }
    if (expected & HT_EXPECTS_AGENT && !facts->agent_id.data) ht_warnings_add(warnings, "no agent id");
    if (expected & HT_EXPECTS_CONVERSATION && !facts->conversation_id.data)
        ht_warnings_add(warnings, "no conversation id");
    if (expected & HT_EXPECTS_LEAD && !facts->lead_id.data) ht_warnings_add(warnings, "no lead id");
    if (expected & HT_EXPECTS_VISITOR && !facts->visitor_id.data) ht_warnings_add(warnings, "no visitor id");
}

/* Of those beyond what can be kept, only the number counts. */
static void warn_of_unknown_fields(struct extract *extract)
{
    struct ht_reading *reading = extract->reading;
    const struct ht_fields *fields = &reading->fields;
    const size_t named = fields->unknown_count < HT_MAX_WARNINGS ? fields->unknown_count : HT_MAX_WARNINGS;
    const size_t mark = reading->text.size;

    for (size_t i = 0; i < named; i++) {
        struct ht_slice name = ht_json_string(extract->json, fields->unknown[i], &reading->text);

        ht_warnings_add_unknown_field(&reading->warnings, name);
        reading->text.size = mark;
    }
    reading->warnings.count += fields->unknown_count - named;
}

static void begin(struct extract *extract)
{
    ht_buffer_clear(&extract->reading->text);
    ht_buffer_clear(&extract->reading->warnings_json);
    ht_warnings_clear(&extract->reading->warnings);
    *extract->facts = (struct ht_facts){
        .type = HT_SLICE("unknown"),
        .stated_at = HT_TIME_NONE,
        .occurred_at = HT_TIME_NONE,
        .lead = HT_JSON_NONE,
        .messages = HT_JSON_NONE,
        .opening_at = HT_TIME_NONE,
        .warnings = HT_SLICE("[]"),
    };
}

static enum ht_status finish(struct extract *extract, struct ht_error *err)
{
    struct ht_reading *reading = extract->reading;

    assert(reading->text.size <= ht_json_raw(extract->json, 0).size); /* else a string has moved */
    ht_warnings_emit(&reading->warnings, &reading->warnings_json);
    if (reading->text.failed || reading->warnings.text.failed || reading->warnings_json.failed)
        return ht_fail(err, HT_NO_MEMORY, "out of memory while reading a payload");
    extract->facts->warnings = ht_buffer_slice(&reading->warnings_json);
    extract->facts->has_warnings = reading->warnings.count > 0;
    return HT_OK;
}

enum ht_status ht_reading_extract(struct ht_reading *reading, const struct ht_json *json,
                                  const struct ht_delivery *delivery, struct ht_facts *facts, struct ht_error *err)
{
    struct extract extract = {.reading = reading, .json = json, .delivery = delivery, .facts = facts};

    begin(&extract);
    if (ht_json_type(json, 0) != HT_JSON_OBJECT)
        return ht_fail_field(err, HT_UNPROCESSABLE, "", "the payload is %s, expected an object",
                             ht_value_type_text(json, 0));
    if (!ht_buffer_reserve(&reading->text, ht_json_raw(json, 0).size))
        return ht_fail(err, HT_NO_MEMORY, "out of memory while reading a payload");
    ht_fields_read(&reading->fields, json, &reading->text);
    check_containers(&extract);
    find_messages(&extract);
    bool named = find_type(&extract);
    find_ids(&extract);
    if (!named && !has_id(facts)) return fail_unidentified(&extract, err);
    find_profile(&extract);
    find_time(&extract, read_messages(&extract));
    find_reason(&extract);
    warn_of_missing(&extract);
    warn_of_unknown_fields(&extract);
    return finish(&extract, err);
}
