#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>

#include <cmocka.h>

#include "../../store/reading_rules.h"
#include "reading_support.h"

/* One row of the table in docs/reading-rules.md whose place is in the body: "/outer/inner" or "/outer". */
struct place {
    char fact[32];
    char outer[32];
    char inner[32];
};

/* The three cells of a row of Markdown, without spaces and backquotes around them; false if the line is no such row. */
static bool parse_row(char *line, char *cells[3])
{
    char *rest = line + 1;
    if (*line != '|') return false;
    for (size_t i = 0; i < 3; i++) {
        char *cell = strsep(&rest, "|");
        if (!rest) return false;
        cell += strspn(cell, " `");
        for (size_t end = strlen(cell); end > 0 && strchr(" `", cell[end - 1]); end--)
            cell[end - 1] = '\0';
        cells[i] = cell;
    }
    return true;
}

static struct ht_slice fact_named(const struct ht_facts *facts, const char *name)
{
    const struct {
        const char *name;
        struct ht_slice value;
    } values[] = {
        {"event type", facts->type}, {"agent id", facts->agent_id},     {"conversation id", facts->conversation_id},
        {"lead id", facts->lead_id}, {"agent name", facts->agent_name}, {"visitor id", facts->visitor_id},
        {"e-mail", facts->email},    {"reason", facts->reason},
    };
    for (size_t i = 0; i < COUNT(values); i++) {
        if (strcmp(values[i].name, name) == 0) return values[i].value;
    }
    fail_msg("the documentation has a fact that the test does not know: %s", name);
    return HT_ABSENT;
}

static size_t read_places(struct place *places, size_t capacity)
{
    struct ht_buffer page = read_file("docs/reading-rules.md");
    size_t count = 0;
    char *rest = NULL, *cells[3];
    for (char *line = strtok_r(page.data, "\n", &rest); line; line = strtok_r(NULL, "\n", &rest)) {
        if (!parse_row(line, cells) || strcmp(cells[1], "body") != 0) continue;
        if (strcmp(cells[0], "messages") == 0 || strcmp(cells[0], "profile") == 0) continue;
        assert_true(count < capacity);
        struct place *place = &places[count++];
        *place = (struct place){0};
        (void)snprintf(place->fact, sizeof place->fact, "%s", cells[0]);
        assert_true(sscanf(cells[2], "/%31[^/]/%31s", place->outer, place->inner) >= 1);
    }
    ht_buffer_release(&page);
    return count;
}

/* One member as text, "outer":"value" or "outer":{"inner":"value"}. */
struct member {
    char text[128];
};

static struct member member_at(const struct place *place, const char *value)
{
    struct member member;
    if (place->inner[0])
        (void)snprintf(member.text, sizeof member.text, "\"%s\":{\"%s\":\"%s\"}", place->outer, place->inner, value);
    else
        (void)snprintf(member.text, sizeof member.text, "\"%s\":\"%s\"", place->outer, value);
    return member;
}

static const struct ht_facts *facts_for(struct support *support, const struct place *place, const char *payload)
{
    /* A type in the path spares the id, but would hide a type in the body. */
    bool is_type = strcmp(place->fact, "event type") == 0;
    support->delivery.path_type = is_type ? HT_ABSENT : HT_SLICE("meeting");
    return facts_of(support, payload);
}

static void check_place(struct support *support, const struct place *place)
{
    char payload[256];
    (void)snprintf(payload, sizeof payload, "{%s}", member_at(place, "found").text);
    const struct ht_facts *facts = facts_for(support, place, payload);
    expect_slice(payload, fact_named(facts, place->fact), "found");
    char warnings[512];
    (void)snprintf(warnings, sizeof warnings, "%.*s", HT_SLICE_ARGS(facts->warnings));
    assert_null(strstr(warnings, "unknown field"));
}

/* With both places there, the first wins. Where one place holds the other, only one can be there. */
static void check_order(struct support *support, const struct place *first, const struct place *second)
{
    char payload[512];
    if (strcmp(first->outer, second->outer) != 0) {
        (void)snprintf(payload, sizeof payload, "{%s,%s}", member_at(second, "second").text,
                       member_at(first, "first").text);
    } else {
        if (!first->inner[0] || !second->inner[0]) return;
        (void)snprintf(payload, sizeof payload, "{\"%s\":{\"%s\":\"second\",\"%s\":\"first\"}}", first->outer,
                       second->inner, first->inner);
    }
    expect_slice(payload, fact_named(facts_for(support, first, payload), first->fact), "first");
}

/* The documentation is the oracle: each of its places is looked at, in its order. */
static void test_rules_are_as_documented(void **state)
{
    static struct place places[64];
    size_t count = read_places(places, COUNT(places));
    assert_int_equal(count, 35);
    for (size_t i = 0; i < count; i++) {
        check_place(*state, &places[i]);
        for (size_t k = i + 1; k < count && strcmp(places[k].fact, places[i].fact) == 0; k++)
            check_order(*state, &places[i], &places[k]);
    }
}

/* A place that cannot be used is passed over, whatever stands there. */
static void test_unusable_places_are_passed_over(void **state)
{
    static const char *const values[] = {"null", "true", "[]", "{}", "\"\"", "1.5", "1e3"};
    struct support *support = *state;
    for (size_t i = 0; i < COUNT(values); i++) {
        char payload[256];
        (void)snprintf(payload, sizeof payload,
                       "{\"conversation\":{\"id\":%s},\"conversation_id\":%s,\"session_id\":\"found\"}", values[i],
                       values[i]);
        expect_slice(payload, facts_of(support, payload)->conversation_id, "found");
    }
}

static void add_header(struct support *support, const char *name, const char *value)
{
    ht_delivery_add_header(&support->delivery, ht_slice_from(name), ht_slice_from(value));
}

/* Path before body before headers before shape. */
static void test_type_sources_in_order(void **state)
{
    struct support *support = *state;
    static const char by_shape[] = "{\"agent_id\":\"a\",\"lead\":{}}";
    static const char by_body[] = "{\"agent_id\":\"a\",\"lead\":{},\"type\":\"from-body\"}";
    expect_slice("shape", facts_of(support, by_shape)->type, "new-contact");
    expect_slice("shape", support->facts.type_as_sent, NULL);
    add_header(support, "X-Aimdoc-Event", "from-header-4");
    expect_slice("header", facts_of(support, by_shape)->type, "from-header-4");
    add_header(support, "X-Event-Type", "from-header-3");
    expect_slice("header", facts_of(support, by_shape)->type, "from-header-3");
    add_header(support, "X-Webhook-Event", "from-header-2");
    expect_slice("header", facts_of(support, by_shape)->type, "from-header-2");
    add_header(support, "Webhook-Event", "from-header-1");
    expect_slice("header", facts_of(support, by_shape)->type, "from-header-1");
    expect_slice("body", facts_of(support, by_body)->type, "from-body");
    support->delivery.path_type = HT_SLICE("From_Path");
    expect_slice("path", facts_of(support, by_body)->type, "from-path");
    expect_slice("path", support->facts.type_as_sent, "From_Path");
}

static void test_what_is_no_type_name_is_passed_over(void **state)
{
    struct support *support = *state;
    support->delivery.path_type = HT_SLICE("new session");
    add_header(support, "webhook-event", "new.session");
    add_header(support, "x-event-type", "session_active");
    const struct ht_facts *facts = facts_of(support, "{\"event\":\"\",\"event_type\":\"neu\\u00e9\",\"type\":{}}");
    expect_slice("type", facts->type, "session-active");
    expect_slice("warnings", facts->warnings,
                 "[\"the type in the path is not a type name\",\"/event is not a type name\","
                 "\"/event_type is not a type name\",\"/type is an object, expected a string\","
                 "\"header webhook-event is not a type name\",\"no agent id\",\"no conversation id\"]");
}

static void test_shapes(void **state)
{
    static const struct {
        const char *payload; /* behind the agent's id */
        const char *type;
    } cases[] = {
        {"\"escalation_reason\":\"r\",\"buyer_intent_reason\":\"r\",\"question\":\"q\",\"lead\":{}",
         "session-escalated"},
        {"\"buyer_intent_reason\":\"r\",\"question\":\"q\",\"visitor\":{}", "buyer-intent-detected"},
        {"\"question\":\"q\",\"visitor\":{},\"lead\":{}", "new-question"},
        {"\"question\":{},\"visitor\":{}", "new-question"},
        {"\"visitor\":{},\"lead\":{},\"conversation\":{}", "visitor-identified"},
        {"\"lead\":{},\"conversation\":{},\"messages\":[{}]", "new-contact"},
        {"\"conversation\":{\"messages\":[{}]}", "session-active"},
        {"\"conversation\":{},\"messages\":[{}]", "session-active"},
        {"\"conversation\":{\"messages\":[]},\"messages\":[]", "new-session"},
        {"\"conversation\":{}", "new-session"},
        {"\"messages\":[{}]", "unknown"},
        {"\"contact\":{}", "unknown"},
        /* What is null or of the wrong type is no shape. */
        {"\"escalation_reason\":null,\"question\":[],\"visitor\":\"v\",\"lead\":{}", "new-contact"},
    };
    for (size_t i = 0; i < COUNT(cases); i++) {
        char payload[256];
        (void)snprintf(payload, sizeof payload, "{\"agent_id\":\"a\",%s}", cases[i].payload);
        expect_slice(payload, facts_of(*state, payload)->type, cases[i].type);
        expect_slice(payload, facts_of(*state, payload)->type_as_sent, NULL);
    }
}

static void test_folds_type_names(void **state)
{
    (void)state;
    static const char longest[] = "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa";
    assert_int_equal(sizeof longest - 1, HT_MAX_TYPE);
    static const char *const good[][2] = {
        {"new-session", "new-session"},
        {"New_Session", "new-session"},
        {"new-lead", "new-contact"},
        {"NEW_LEAD", "new-contact"},
        {"new_contact", "new-contact"},
        {"new-leads", "new-leads"},
        {"7", "7"},
        {"-", "-"},
        {longest, longest},
    };
    static const char *const bad[] = {"",
                                      " ",
                                      "new session",
                                      "new.session",
                                      "n\xc3\xa9w",
                                      "a/b",
                                      "a\n",
                                      "\xff",
                                      "@",
                                      "[",
                                      "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"};
    char folded[HT_MAX_TYPE + 1];
    for (size_t i = 0; i < COUNT(good); i++) {
        assert_true(ht_reading_fold_type(ht_slice_from(good[i][0]), folded));
        assert_string_equal(folded, good[i][1]);
    }
    for (size_t i = 0; i < COUNT(bad); i++)
        assert_false(ht_reading_fold_type(ht_slice_from(bad[i]), folded));
    assert_false(ht_reading_fold_type(HT_SLICE("new\0lead"), folded));
    assert_false(ht_reading_fold_type(HT_ABSENT, folded));
}

static void test_reason_of_the_own_type_goes_first(void **state)
{
    struct support *support = *state;
    static const char payload[] = "{\"agent_id\":\"a\",\"escalation_reason\":\"e\",\"buyer_intent_reason\":\"b\","
                                  "\"question\":{\"id\":\"1\",\"text\":\"q\"}}";
    support->delivery.path_type = HT_SLICE("session-escalated");
    expect_slice("escalated", facts_of(support, payload)->reason, "e");
    support->delivery.path_type = HT_SLICE("buyer-intent-detected");
    expect_slice("intent", facts_of(support, payload)->reason, "b");
    support->delivery.path_type = HT_SLICE("new-question");
    expect_slice("question", facts_of(support, payload)->reason, "q");
    support->delivery.path_type = HT_SLICE("session-active");
    expect_slice("another", facts_of(support, payload)->reason, "e");
}

/* Which object holds the lead's profile, told by its raw text. */
static void test_profile_is_the_first_object(void **state)
{
    struct support *support = *state;
    static const struct {
        const char *members;
        const char *profile;
    } cases[] = {
        {"\"lead\":{\"a\":1},\"contact\":{\"b\":2}", "{\"a\":1}"},
        {"\"lead\":{\"a\":1}", "{\"a\":1}"},
        {"\"lead\":null,\"contact\":{\"b\":2}", "{\"b\":2}"},
        {"\"lead\":\"l\",\"contact\":{\"b\":2}", "{\"b\":2}"},
        {"\"lead\":[],\"contact\":null", NULL},
    };
    for (size_t i = 0; i < COUNT(cases); i++) {
        char payload[256];
        (void)snprintf(payload, sizeof payload, "{\"agent_id\":\"a\",%s}", cases[i].members);
        uint32_t node = facts_of(support, payload)->lead;
        assert_int_equal(node == HT_JSON_NONE, cases[i].profile == NULL);
        expect_slice(payload, ht_json_raw(support->json, node), cases[i].profile);
    }
}

static void test_what_is_missed(void **state)
{
    struct support *support = *state;
    static const char *const warnings[][2] = {
        {"new-session", "[\"no agent id\",\"no conversation id\"]"},
        {"new-contact", "[\"no agent id\",\"no lead id\"]"},
        {"session-active", "[\"no agent id\",\"no conversation id\"]"},
        {"session-escalated", "[\"no agent id\",\"no conversation id\"]"},
        {"buyer-intent-detected", "[\"no agent id\",\"no conversation id\"]"},
        {"new-question", "[\"no agent id\",\"no conversation id\"]"},
        {"visitor-identified", "[\"no visitor id\"]"},
        {"meeting", "[\"unknown type \\\"meeting\\\"\",\"no agent id\",\"no conversation id\"]"},
    };
    for (size_t i = 0; i < COUNT(warnings); i++) {
        support->delivery.path_type = ht_slice_from(warnings[i][0]);
        expect_slice(warnings[i][0], facts_of(support, "{}")->warnings, warnings[i][1]);
        expect_slice(warnings[i][0],
                     facts_of(support, "{\"agent_id\":\"a\",\"conversation_id\":\"c\",\"lead_id\":\"l\",\"visitor_id\":"
                                       "\"v\"}")
                         ->warnings,
                     i < COUNT(warnings) - 1 ? "[]" : "[\"unknown type \\\"meeting\\\"\"]");
    }
    support->delivery.path_type = HT_ABSENT;
    expect_slice("no type", facts_of(support, "{\"lead_id\":\"l\"}")->warnings,
                 "[\"no event type\",\"no agent id\",\"no conversation id\"]");
}

static void test_rows_are_sorted_by_fact(void **state)
{
    size_t count = 0;
    const struct ht_rule *rules = ht_rules_table(&count);
    (void)state;
    for (size_t i = 0; i < count; i++) {
        const struct ht_rule *first = ht_rules_first(rules[i].fact);
        assert_int_equal(first->fact, rules[i].fact);
        assert_true(first <= &rules[i] && (first == rules || (first - 1)->fact < first->fact));
        if (i > 0) assert_true(rules[i - 1].fact <= rules[i].fact);
    }
}

#define TEST(function) cmocka_unit_test_setup(function, support_reset)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_rules_are_as_documented),
        TEST(test_unusable_places_are_passed_over),
        TEST(test_type_sources_in_order),
        TEST(test_what_is_no_type_name_is_passed_over),
        TEST(test_shapes),
        TEST(test_folds_type_names),
        TEST(test_reason_of_the_own_type_goes_first),
        TEST(test_profile_is_the_first_object),
        TEST(test_what_is_missed),
        TEST(test_rows_are_sorted_by_fact),
    };
    cmocka_set_message_output(CM_OUTPUT_TAP);
    return cmocka_run_group_tests(tests, support_set_up, support_tear_down);
}
