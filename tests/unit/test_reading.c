#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>

#include <cmocka.h>

#include <glob.h>

#include "hooktrail/encode.h"
#include "random.h"
#include "reading_support.h"

static unsigned count_children(const struct ht_json *json, uint32_t container)
{
    unsigned count = 0;
    uint32_t node = ht_json_first(json, container);
    for (; node != HT_JSON_NONE; node = ht_json_after(json, container, node))
        count++;
    return count;
}

/* One line of facts.ndjson: what is expected of a fixture. A member that is missing expects an absent fact. */
struct expected {
    struct ht_json *json;
    struct ht_buffer text;
};

/* The member's text as written: for strings, which have no escapes there, that is their value. */
static const char *expected_text(struct expected *expected, const char *key)
{
    uint32_t node = ht_json_member(expected->json, 0, key);
    if (node == HT_JSON_NONE) return NULL;
    ht_buffer_clear(&expected->text);
    ht_buffer_add(&expected->text, ht_json_raw(expected->json, node));
    return ht_buffer_text(&expected->text);
}

static void check_facts(struct support *support, struct expected *expected, const char *file)
{
    const struct ht_facts *facts = &support->facts;
    expect_slice(file, facts->type, expected_text(expected, "type"));
    expect_slice(file, facts->type_as_sent, expected_text(expected, "type_as_sent"));
    expect_slice(file, facts->agent_id, expected_text(expected, "agent_id"));
    expect_slice(file, facts->agent_name, expected_text(expected, "agent_name"));
    expect_slice(file, facts->conversation_id, expected_text(expected, "conversation_id"));
    expect_slice(file, facts->lead_id, expected_text(expected, "lead_id"));
    expect_slice(file, facts->visitor_id, expected_text(expected, "visitor_id"));
    expect_slice(file, facts->email, expected_text(expected, "email"));
    expect_slice(file, facts->reason, expected_text(expected, "reason"));

    const char *at = expected_text(expected, "occurred_at");
    if (at)
        expect_time(file, facts->occurred_at, at);
    else
        assert_true(facts->occurred_at == RECEIVED_AT);
    at = expected_text(expected, "opening_at");
    assert_int_equal(facts->has_opening, at != NULL);
    if (at) expect_time(file, facts->opening_at, at);

    const char *messages = expected_text(expected, "messages");
    char count[16];
    (void)snprintf(count, sizeof count, "%u", count_children(support->json, facts->messages));
    expect_slice(file, ht_slice_from(count), messages ? messages : "0");

    const char *warnings = expected_text(expected, "warnings");
    assert_int_equal(facts->has_warnings, warnings != NULL);
    expect_slice(file, facts->warnings, warnings ? warnings : "[]");
}

static void check_line(struct support *support, struct expected *expected, struct ht_slice line)
{
    char path[256];
    assert_int_equal(ht_json_parse(expected->json, line, NULL), HT_OK);
    (void)snprintf(path, sizeof path, FIXTURES "%s", expected_text(expected, "file"));
    struct ht_buffer payload = read_file(path);
    if (extract_bytes(support, ht_buffer_slice(&payload)) != HT_OK) fail_msg("%s: %s", path, support->err.detail);
    check_facts(support, expected, path);
    ht_buffer_release(&payload);
}

static size_t count_files(const char *pattern)
{
    glob_t files;
    assert_int_equal(glob(pattern, 0, NULL, &files), 0);
    size_t count = files.gl_pathc;
    globfree(&files);
    return count;
}

static void test_every_fixture_reads_as_expected(void **state)
{
    struct expected expected = {.json = ht_json_new()};
    struct ht_buffer lines = read_file(FIXTURES "facts.ndjson");
    size_t checked = 0;
    char *rest = NULL;
    assert_non_null(expected.json);
    for (char *line = strtok_r(lines.data, "\n", &rest); line; line = strtok_r(NULL, "\n", &rest)) {
        check_line(*state, &expected, ht_slice_from(line));
        checked++;
    }
    assert_int_equal(checked, count_files(FIXTURES "*.json") + count_files(FIXTURES "sales-day/*.json"));
    ht_buffer_release(&lines);
    ht_buffer_release(&expected.text);
    ht_json_free(expected.json);
}

/* The table in invalid/README.md is the oracle. */
static void test_every_invalid_body_is_refused_as_listed(void **state)
{
    struct support *support = *state;
    struct ht_buffer table = read_file(FIXTURES "invalid/README.md");
    size_t checked = 0;
    char *rest = NULL;
    for (char *line = strtok_r(table.data, "\n", &rest); line; line = strtok_r(NULL, "\n", &rest)) {
        char file[64], path[256];
        int status = 0;
        if (sscanf(line, "| %63s | %d |", file, &status) != 2) continue;
        (void)snprintf(path, sizeof path, FIXTURES "invalid/%s", file);
        struct ht_buffer payload = read_file(path);
        int found = ht_status_http(extract_bytes(support, ht_buffer_slice(&payload)));
        if (found != status) fail_msg("%s: %d %s", file, found, support->err.detail);
        assert_true(support->err.detail[0] != '\0');
        assert_true(status != 400 || support->err.offset <= payload.size);
        ht_buffer_release(&payload);
        checked++;
    }
    assert_int_equal(checked, count_files(FIXTURES "invalid/*.json"));
    ht_buffer_release(&table);
}

static void test_refusal_names_the_pointers(void **state)
{
    struct support *support = *state;
    assert_int_equal(extract(support, "{\"agent_id\":[],\"lead\":{\"id\":true}}"), HT_UNPROCESSABLE);
    static const char *const looked_at[] = {"/event", "/agent_id", "/conversation/id", "/lead/id",
                                            "/visitor/visitor_id"};
    for (size_t i = 0; i < COUNT(looked_at); i++)
        assert_non_null(strstr(support->err.pointer, looked_at[i]));
    assert_non_null(strstr(support->err.detail, "/agent_id is an array, expected a string; "
                                                "/lead/id is a boolean, expected a string"));
    assert_int_equal(extract(support, "[]"), HT_UNPROCESSABLE);
    assert_non_null(strstr(support->err.detail, "an array"));
    /* A type by path is enough, and so is any one id. */
    support->delivery.path_type = HT_SLICE("new-session");
    assert_int_equal(extract(support, "{}"), HT_OK);
    support->delivery.path_type = HT_ABSENT;
    assert_int_equal(extract(support, "{\"visitor_id\":\"v\"}"), HT_OK);
}

static void test_ids(void **state)
{
    struct support *support = *state;
    char id[HT_MAX_ID + 2], payload[HT_MAX_ID + 64];
    memset(id, 'i', sizeof id);
    id[HT_MAX_ID] = '\0';
    (void)snprintf(payload, sizeof payload, "{\"event\":\"new-contact\",\"agent_id\":\"%s\",\"lead_id\":\"l\"}", id);
    expect_slice("longest", facts_of(support, payload)->agent_id, id);
    assert_false(support->facts.has_warnings);
    id[HT_MAX_ID] = 'i';
    id[HT_MAX_ID + 1] = '\0';
    (void)snprintf(payload, sizeof payload, "{\"event\":\"new-contact\",\"agent_id\":\"%s\",\"lead_id\":\"l\"}", id);
    expect_slice("too long", facts_of(support, payload)->agent_id, NULL);
    expect_slice("too long", support->facts.warnings, "[\"/agent_id is longer than 256 bytes\",\"no agent id\"]");
    expect_slice("digits", facts_of(support, "{\"agent_id\":-0}")->agent_id, "-0");
    expect_slice("spaces stay", facts_of(support, "{\"agent_id\":\" a \"}")->agent_id, " a ");
    assert_int_equal(facts_of(support, "{\"agent_id\":\"a\\u0000b\"}")->agent_id.size, 3);
    assert_int_equal(extract(support, "{\"agent_id\":1.0}"), HT_UNPROCESSABLE);
}

static void test_agent_name_is_cut_at_a_character(void **state)
{
    char payload[HT_MAX_NAME + 64], name[HT_MAX_NAME + 3];
    memset(name, 'n', sizeof name);
    memcpy(name + HT_MAX_NAME - 1, "\xc3\xa9", 3); /* its second byte would be one too many */
    (void)snprintf(payload, sizeof payload, "{\"agent_id\":\"a\",\"agent_name\":\"%s\"}", name);
    assert_int_equal(facts_of(*state, payload)->agent_name.size, HT_MAX_NAME - 1);
}

static void test_times(void **state)
{
    static const struct {
        const char *members;
        const char *at; /* NULL is the time of receipt */
    } cases[] = {
        {"\"created_at\":\"2026-01-01T00:00:00Z\",\"timestamp\":\"2026-01-01T00:00:00.000001Z\"",
         "2026-01-01T00:00:00.000001Z"},
        {"\"updated_at\":\"2026-01-01T02:00:00+03:00\"", "2025-12-31T23:00:00.000Z"},
        {"\"started_at\":1767225600", "2026-01-01T00:00:00.000Z"},
        {"\"started_at\":1767225600.123456", "2026-01-01T00:00:00.123456Z"},
        {"\"started_at\":1767225600123", "2026-01-01T00:00:00.123Z"},
        {"\"started_at\":1767225600123.457", "2026-01-01T00:00:00.123457Z"},
        {"\"started_at\":1.7672256e9", "2026-01-01T00:00:00.000Z"},
        {"\"started_at\":0", "1970-01-01T00:00:00.000Z"},
        {"\"started_at\":-1", "1969-12-31T23:59:59.000Z"},
        {"\"started_at\":253402300799", "1978-01-11T21:31:40.799Z"},
        {"\"started_at\":253402300800000", NULL},
        {"\"started_at\":-62135596800000", "0001-01-01T00:00:00.000Z"},
        {"\"started_at\":-62135596801000", NULL},
        {"\"started_at\":1e400", NULL},
        {"\"started_at\":10000000000000000000000000000000000000000000", NULL},
        {"\"started_at\":\"1767225600\"", NULL},
        {"\"started_at\":\"\"", NULL},
        {"\"started_at\":\"2026-02-30T00:00:00Z\"", NULL},
        {"\"conversation\":{\"timestamp\":\"2026-01-01T00:00:00Z\"},\"created_at\":\"2025-01-01T00:00:00Z\"",
         "2026-01-01T00:00:00.000Z"},
        {"\"messages\":[{\"timestamp\":\"2026-01-01T00:00:00Z\"}],\"created_at\":\"2025-01-01T00:00:00Z\"",
         "2026-01-01T00:00:00.000Z"},
        {"\"conversation\":{\"messages\":[{\"created_at\":\"x\",\"timestamp\":\"2026-01-01T00:00:00Z\"}]}",
         "2026-01-01T00:00:00.000Z"},
    };
    struct support *support = *state;
    for (size_t i = 0; i < COUNT(cases); i++) {
        char payload[256];
        (void)snprintf(payload, sizeof payload, "{\"agent_id\":\"a\",%s}", cases[i].members);
        const struct ht_facts *facts = facts_of(support, payload);
        if (cases[i].at) {
            expect_time(payload, facts->occurred_at, cases[i].at);
        } else {
            assert_true(facts->occurred_at == RECEIVED_AT);
            assert_non_null(memmem(facts->warnings.data, facts->warnings.size, "cannot be read as a time", 24));
        }
    }
}

/* Microseconds survive as a fraction of seconds and of milliseconds. */
static void test_number_times_are_exact(void **state)
{
    for (int micros = 0; micros < 1000000; micros += 997) {
        char payload[128];
        (void)snprintf(payload, sizeof payload, "{\"agent_id\":\"a\",\"created_at\":1767225600.%06d}", micros);
        assert_true(facts_of(*state, payload)->occurred_at == 1767225600 * HT_SECOND + micros);
        (void)snprintf(payload, sizeof payload, "{\"agent_id\":\"a\",\"created_at\":1767225600%03d.%03d}",
                       micros / 1000, micros % 1000);
        assert_true(facts_of(*state, payload)->occurred_at == 1767225600 * HT_SECOND + micros);
    }
}

static void test_message_ids_have_a_limit(void **state)
{
    struct support *support = *state;
    for (int size = HT_MAX_ID; size <= HT_MAX_ID + 1; size++) {
        char payload[512];
        struct ht_buffer scratch = {0};
        struct ht_message message;
        (void)snprintf(payload, sizeof payload, "{\"agent_id\":\"a\",\"messages\":[{\"id\":\"%0*d\"}]}", size, 0);
        uint32_t node = ht_json_first(support->json, facts_of(support, payload)->messages);
        assert_true(ht_reading_message(support->json, node, &scratch, &message));
        assert_int_equal(message.id.size, size <= HT_MAX_ID ? size : 0);
        ht_buffer_release(&scratch);
    }
}

static void test_messages_of_the_first_place_that_has_some(void **state)
{
    struct support *support = *state;
    const struct ht_facts *facts =
        facts_of(support, "{\"agent_id\":\"a\",\"messages\":[],\"conversation\":{\"messages\":"
                          "[{},{}]}}");
    assert_int_equal(count_children(support->json, facts->messages), 2);
    facts = facts_of(support, "{\"agent_id\":\"a\",\"messages\":[{}],\"conversation\":{\"messages\":[{},{}]}}");
    assert_int_equal(count_children(support->json, facts->messages), 1);
    assert_true(facts_of(support, "{\"agent_id\":\"a\",\"messages\":[]}")->messages != HT_JSON_NONE);
    assert_true(facts_of(support, "{\"agent_id\":\"a\",\"messages\":null}")->messages == HT_JSON_NONE);
}

static void test_message_members(void **state)
{
    struct support *support = *state;
    struct ht_buffer scratch = {0};
    struct ht_message message;
    const struct ht_facts *facts =
        facts_of(support, "{\"agent_id\":\"a\",\"messages\":[{\"message_id\":7,\"role\":\"\\u0075ser\",\"content\":"
                          "\"\\ud83d\\ude80\",\"timestamp\":\"2026-01-01T00:00:00\\u005a\"},"
                          "{\"id\":null,\"role\":[],\"content\":{\"a\": [1]}},\"text\"]}");
    uint32_t node = ht_json_first(support->json, facts->messages);
    assert_true(ht_reading_message(support->json, node, &scratch, &message));
    expect_slice("id", message.id, "7");
    expect_slice("role", message.role, "user");
    expect_slice("content", message.content, "\xf0\x9f\x9a\x80");
    expect_time("time", message.created_at, "2026-01-01T00:00:00.000Z");
    node = ht_json_after(support->json, facts->messages, node);
    assert_true(ht_reading_message(support->json, node, &scratch, &message));
    expect_slice("id", message.id, NULL);
    expect_slice("role", message.role, NULL);
    expect_slice("content", message.content, "{\"a\": [1]}");
    assert_true(message.created_at == HT_TIME_NONE);
    node = ht_json_after(support->json, facts->messages, node);
    assert_false(ht_reading_message(support->json, node, &scratch, &message));
    assert_false(ht_reading_message(support->json, HT_JSON_NONE, &scratch, &message));
    ht_buffer_release(&scratch);
}

#define OPENING(agent, messages) "{\"agent_id\":\"" agent "\",\"messages\":[" messages "]}"
#define HELLO "{\"role\":\"user\",\"content\":\"Hello\",\"created_at\":\"2026-01-01T00:00:00Z\"}"
#define LATER "{\"role\":\"user\",\"content\":\"Again\",\"created_at\":\"2026-01-01T00:00:01Z\"}"

/* Whether a payload has the same opening as HELLO from agent a. */
static bool same_opening(struct support *support, const char *payload)
{
    uint8_t hello[HT_OPENING_SIZE];
    assert_true(facts_of(support, OPENING("a", HELLO))->has_opening);
    memcpy(hello, support->facts.opening, sizeof hello);
    const struct ht_facts *facts = facts_of(support, payload);
    return facts->has_opening && memcmp(facts->opening, hello, sizeof hello) == 0;
}

static void test_opening(void **state)
{
    struct support *support = *state;
    static const char *const same[] = {
        OPENING("a", HELLO "," LATER),
        OPENING("a", LATER "," HELLO),
        OPENING("a", "null,{}," HELLO "," HELLO),
        OPENING("a", "{\"content\":\"no role\",\"created_at\":\"2020-01-01T00:00:00Z\"}," HELLO),
        "{\"agent\":{\"id\":\"\\u0061\"},\"conversation\":{\"messages\":[{\"id\":\"1\",\"timestamp\":1767225600,"
        "\"content\":\"\\u0048ello\",\"role\":\"user\"}]}}",
    };
    static const char *const others[] = {
        OPENING("b", HELLO),
        OPENING("a", LATER),
        OPENING("a", "{\"role\":\"user\",\"content\":\"Hello\"}"),
        OPENING("a", "{\"role\":\"userH\",\"content\":\"ello\",\"created_at\":\"2026-01-01T00:00:00Z\"}"),
        OPENING("a", "{\"role\":\"user\",\"content\":\"First\",\"created_at\":\"2026-01-01T00:00:00Z\"}," HELLO),
        "{\"lead_id\":\"l\",\"messages\":[" HELLO "]}",
    };
    for (size_t i = 0; i < COUNT(same); i++)
        assert_true(same_opening(support, same[i]));
    for (size_t i = 0; i < COUNT(others); i++)
        assert_false(same_opening(support, others[i]));
}

/* The documented contact of the sample day finds its conversation, and escapes make no difference. */
static void test_fixtures_share_openings(void **state)
{
    static const char *const pairs[][2] = {
        {"sales-day/01-new-session.json", "sales-day/05-new-contact-documented-shape.json"},
        {"sales-day/01-new-session.json", "sales-day/07-session-active.json"},
        {"series-growing-1.json", "series-growing-4.json"},
        {"series-growing-1.json", "messages-out-of-order.json"},
        {"unicode-escaped.json", "unicode-plain.json"},
    };
    struct support *support = *state;
    for (size_t i = 0; i < COUNT(pairs); i++) {
        uint8_t openings[2][HT_OPENING_SIZE];
        for (size_t k = 0; k < 2; k++) {
            char path[256];
            (void)snprintf(path, sizeof path, FIXTURES "%s", pairs[i][k]);
            struct ht_buffer payload = read_file(path);
            assert_int_equal(extract_bytes(support, ht_buffer_slice(&payload)), HT_OK);
            assert_true(support->facts.has_opening);
            memcpy(openings[k], support->facts.opening, HT_OPENING_SIZE);
            ht_buffer_release(&payload);
        }
        assert_memory_equal(openings[0], openings[1], HT_OPENING_SIZE);
    }
}

static void test_warnings_end_with_how_many_more(void **state)
{
    struct support *support = *state;
    struct ht_buffer payload = {0};
    for (unsigned fields = HT_MAX_WARNINGS; fields < HT_MAX_WARNINGS + 3; fields++) {
        ht_buffer_clear(&payload);
        ht_buffer_add_text(&payload, "{\"event\":\"visitor-identified\",\"visitor_id\":\"v\"");
        for (unsigned i = 0; i < fields; i++)
            ht_buffer_printf(&payload, ",\"f%u\":%u", i, i);
        ht_buffer_add_text(&payload, "}");
        struct ht_slice warnings = facts_of(support, ht_buffer_text(&payload))->warnings;
        assert_int_equal(ht_json_parse(support->json, warnings, NULL), HT_OK);
        assert_int_equal(count_children(support->json, 0), HT_MAX_WARNINGS);
        char last[32];
        if (fields == HT_MAX_WARNINGS)
            (void)snprintf(last, sizeof last, "unknown field /f%u", fields - 1);
        else
            (void)snprintf(last, sizeof last, "… and %u more", fields - (HT_MAX_WARNINGS - 1));
        assert_non_null(memmem(warnings.data, warnings.size, last, strlen(last)));
    }
    ht_buffer_release(&payload);
}

static void test_names_of_unknown_fields_are_pointers(void **state)
{
    static const struct {
        const char *name; /* as written in JSON */
        const char *warning;
    } cases[] = {
        {"", "unknown field /"},
        {"a/b~c", "unknown field /a~1b~0c"},
        {"\\u0061gent_id ", "unknown field /agent_id "},
        {"agent", NULL},
        {"\\u0061gent_name", NULL},
        {"Agent_id", "unknown field /Agent_id"},
        {"agent_id\\u0000", "unknown field /agent_id\\u0000"},
        {"lead.id", "unknown field /lead.id"},
        {"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa\xc3\xa9",
         "unknown field /aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa…"},
    };
    for (size_t i = 0; i < COUNT(cases); i++) {
        char payload[256], expected[256] = "[]";
        (void)snprintf(payload, sizeof payload, "{\"event\":\"visitor-identified\",\"visitor_id\":\"v\",\"%s\":null}",
                       cases[i].name);
        if (cases[i].warning) (void)snprintf(expected, sizeof expected, "[\"%s\"]", cases[i].warning);
        expect_slice(payload, facts_of(*state, payload)->warnings, expected);
    }
}

/* Warnings are kept in clear and shown: what a person wrote must not slip into them. */
static void test_warnings_quote_no_values(void **state)
{
    static const char payload[] =
        "{\"event\":\"SECRET!\",\"agent_id\":[\"SECRET\"],\"lead\":{\"id\":\"l\",\"email\":"
        "{\"SECRET\":1}},\"agent_name\":[\"SECRET\"],\"created_at\":\"SECRET\",\"question\":"
        "[\"SECRET\"],\"messages\":[\"SECRET\",{\"created_at\":\"SECRET\"}],\"x\":\"SECRET\"}";
    struct ht_slice warnings = facts_of(*state, payload)->warnings;
    assert_null(memmem(warnings.data, warnings.size, "SECRET", 6));
}

static void check_slice(struct ht_slice slice)
{
    if (slice.data) assert_int_equal(ht_utf8_check(slice), slice.size);
}

/* What holds for any payload that passes. */
static void check_properties(struct support *support)
{
    const struct ht_facts *facts = &support->facts;
    char folded[HT_MAX_TYPE + 1];
    assert_true(ht_reading_fold_type(facts->type, folded));
    assert_true(ht_slice_is(facts->type, folded));
    const struct ht_slice slices[] = {facts->agent_id,   facts->agent_name, facts->conversation_id, facts->lead_id,
                                      facts->visitor_id, facts->email,      facts->reason,          facts->warnings};
    for (size_t i = 0; i < COUNT(slices); i++)
        check_slice(slices[i]);
    assert_true(facts->occurred_at != HT_TIME_NONE);
    assert_int_equal(facts->has_warnings, !ht_slice_is(facts->warnings, "[]"));
    struct ht_slice warnings = facts->warnings;
    assert_int_equal(ht_json_parse(support->json, warnings, NULL), HT_OK);
    assert_true(count_children(support->json, 0) <= HT_MAX_WARNINGS);
}

/* Replaces a byte, cuts a piece out, or doubles a piece. Returns the new size; room for twice the size is there. */
static size_t mutate(struct random *random, char *bytes, size_t size)
{
    static const char favourites[] = "{}[]\",:\\0123456789nulltrfse-_.eE ";
    size_t at = random_below(random, (uint32_t)size);
    size_t length = random_below(random, 24);
    if (length > size - at) length = size - at;
    switch (random_below(random, 4)) {
    case 0:
        memmove(bytes + at, bytes + at + length, size - at - length);
        return size - length;
    case 1:
        memmove(bytes + at + length, bytes + at, size - at);
        return size + length;
    case 2:
        bytes[at] = (char)random_below(random, 256);
        return size;
    default:
        bytes[at] = favourites[random_below(random, sizeof favourites - 1)];
        return size;
    }
}

static size_t mutate_file(struct support *support, struct random *random, const char *path)
{
    struct ht_buffer original = read_file(path);
    size_t passed = 0;
    for (size_t round = 0; round < 400; round++) {
        char bytes[16384];
        size_t size = original.size;
        assert_true(size < sizeof bytes / 2);
        memcpy(bytes, original.data, size);
        for (size_t i = random_below(random, 3) + 1; i > 0 && size > 0 && size < sizeof bytes / 2; i--)
            size = mutate(random, bytes, size);
        char *exact = malloc(size + 1); /* so that the sanitizer sees a step too far */
        assert_non_null(exact);
        memcpy(exact, bytes, size);
        if (extract_bytes(support, ht_slice_of(exact, size)) == HT_OK) {
            check_properties(support);
            passed++;
        }
        free(exact);
    }
    ht_buffer_release(&original);
    return passed;
}

static void test_mutated_fixtures_never_break_it(void **state)
{
    struct random random = {20260302};
    size_t passed = 0;
    glob_t files;
    assert_int_equal(glob(FIXTURES "*.json", 0, NULL, &files), 0);
    for (size_t i = 0; i < files.gl_pathc; i++)
        passed += mutate_file(*state, &random, files.gl_pathv[i]);
    assert_true(passed > files.gl_pathc * 40); /* else it would test the scanner only */
    globfree(&files);
}

/* A body of 1 MiB, one with as many fields as there can be: no walk of all of it for each rule. */
static void test_many_fields(void **state)
{
    struct support *support = *state;
    struct ht_buffer payload = {0};
    ht_buffer_add_text(&payload, "{\"agent_id\":\"a\"");
    for (unsigned i = 0; i < 60000; i++)
        ht_buffer_printf(&payload, ",\"%u\":0", i);
    ht_buffer_add_text(&payload, "}");
    assert_int_equal(extract_bytes(support, ht_buffer_slice(&payload)), HT_OK);
    expect_slice("agent", support->facts.agent_id, "a");
    /* Two warnings that are not of fields go before: no event type, no conversation id. */
    static const char last[] = "… and 59987 more\"]";
    struct ht_slice warnings = support->facts.warnings;
    assert_non_null(memmem(warnings.data, warnings.size, last, sizeof last - 1));
    ht_buffer_release(&payload);
}

#define TEST(function) cmocka_unit_test_setup(function, support_reset)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_every_fixture_reads_as_expected),
        TEST(test_every_invalid_body_is_refused_as_listed),
        TEST(test_refusal_names_the_pointers),
        TEST(test_ids),
        TEST(test_agent_name_is_cut_at_a_character),
        TEST(test_times),
        TEST(test_number_times_are_exact),
        TEST(test_message_ids_have_a_limit),
        TEST(test_messages_of_the_first_place_that_has_some),
        TEST(test_message_members),
        TEST(test_opening),
        TEST(test_fixtures_share_openings),
        TEST(test_warnings_end_with_how_many_more),
        TEST(test_names_of_unknown_fields_are_pointers),
        TEST(test_warnings_quote_no_values),
        TEST(test_mutated_fixtures_never_break_it),
        TEST(test_many_fields),
    };
    cmocka_set_message_output(CM_OUTPUT_TAP);
    return cmocka_run_group_tests(tests, support_set_up, support_tear_down);
}
