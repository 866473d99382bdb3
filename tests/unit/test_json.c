#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include <cjson/cJSON.h>
#include <cmocka.h>

#include "hooktrail/encode.h"
#include "hooktrail/json.h"
#include "random.h"

struct json_case {
    struct ht_slice text;
    bool valid;
    uint64_t offset;
};

static const struct json_case cases[] = {
#define VALID(literal) {{(literal), sizeof(literal) - 1}, true, 0},
#define INVALID(at, literal) {{(literal), sizeof(literal) - 1}, false, (at)},
#include "../json/cases.h"
};

#define CASE_COUNT (sizeof cases / sizeof cases[0])

static int make_workspace(void **state)
{
    *state = ht_json_new();
    return *state ? 0 : -1;
}

static int drop_workspace(void **state)
{
    ht_json_free(*state);
    return 0;
}

/* A copy without anything behind it, so that the sanitizers see a read too far. */
static char *exact_copy(struct ht_slice text)
{
    char *copy = malloc(text.size > 0 ? text.size : 1);
    assert_non_null(copy);
    memcpy(copy, text.data, text.size);
    return copy;
}

static void parse(struct ht_json *json, struct ht_slice text)
{
    struct ht_error err;
    if (ht_json_parse(json, text, &err) != HT_OK)
        fail_msg("%s at %llu: %.*s", err.detail, (unsigned long long)err.offset, HT_SLICE_ARGS(text));
}

static void refuse(struct ht_json *json, struct ht_slice text, uint64_t offset)
{
    struct ht_error err;
    if (ht_json_parse(json, text, &err) != HT_INVALID) fail_msg("taken: %.*s", HT_SLICE_ARGS(text));
    if (err.offset != offset)
        fail_msg("fault at %llu, not %llu: %.*s", (unsigned long long)err.offset, (unsigned long long)offset,
                 HT_SLICE_ARGS(text));
    assert_int_equal(err.status, HT_INVALID);
    assert_true(err.detail[0] != '\0');
    assert_null(ht_json_node(json, 0));
}

static void test_cases(void **state)
{
    assert_true(CASE_COUNT >= 300);
    for (size_t i = 0; i < CASE_COUNT; i++) {
        char *copy = exact_copy(cases[i].text);
        struct ht_slice text = ht_slice_of(copy, cases[i].text.size);
        if (cases[i].valid) {
            parse(*state, text);
        } else {
            refuse(*state, text, cases[i].offset);
        }
        free(copy);
    }
    refuse(*state, HT_ABSENT, 0);
}

/* The same verdict at any distance from the word-wise scan's boundaries. */
static void test_cases_are_independent_of_alignment(void **state)
{
    char text[512];
    for (size_t i = 0; i < CASE_COUNT; i++) {
        for (size_t shift = 1; shift <= 9; shift++) {
            memset(text, ' ', shift);
            memcpy(text + shift, cases[i].text.data, cases[i].text.size);
            struct ht_slice shifted = ht_slice_of(text, shift + cases[i].text.size);
            if (cases[i].valid) {
                parse(*state, shifted);
            } else {
                refuse(*state, shifted, cases[i].offset + shift);
            }
        }
    }
}

/* Whether a text that goes on could still be valid: it is, or nothing is missing but its rest. */
static bool may_go_on(struct ht_json *json, struct ht_slice text)
{
    struct ht_error err;
    return ht_json_parse(json, text, &err) == HT_OK || err.offset == text.size;
}

/* A fault at byte n means: up to n all was well, with n it is not. A duplicate key shows only behind its fault. */
static void check_fault(struct ht_json *json, struct ht_slice text)
{
    struct ht_error err;
    if (ht_json_parse(json, text, &err) == HT_OK) return;
    assert_true(err.offset <= text.size);
    assert_true(may_go_on(json, ht_slice_of(text.data, err.offset)));
    if (err.offset == text.size || strstr(err.detail, "already")) return;
    assert_false(may_go_on(json, ht_slice_of(text.data, err.offset + 1)));
}

static void test_faults_are_the_first_byte(void **state)
{
    static const char marks[] = "\"\\{}[],:0-.eEu \n\t\x01\x80\xc3\xe2\xf0\xed";
    struct random random = {6};
    for (int round = 0; round < 200; round++) {
        for (size_t i = 0; i < CASE_COUNT; i++) {
            char *copy = exact_copy(cases[i].text);
            size_t size = cases[i].text.size;
            if (size > 0) copy[random_below(&random, (uint32_t)size)] = marks[random_below(&random, sizeof marks - 1)];
            check_fault(*state, ht_slice_of(copy, size));
            free(copy);
        }
    }
}

static void test_every_prefix_may_go_on(void **state)
{
    for (size_t i = 0; i < CASE_COUNT; i++) {
        if (!cases[i].valid) continue;
        for (size_t size = 0; size < cases[i].text.size; size++)
            assert_true(may_go_on(*state, ht_slice_of(cases[i].text.data, size)));
    }
}

/* What the tape says against what cJSON says. */

static void check_same(const struct ht_json *json, uint32_t node, const cJSON *other);

static void check_same_string(const struct ht_json *json, uint32_t node, const char *other)
{
    struct ht_buffer scratch = {0};
    assert_true(ht_slice_is(ht_json_string(json, node, &scratch), other));
    ht_buffer_release(&scratch);
}

static void check_same_children(const struct ht_json *json, uint32_t node, const cJSON *other)
{
    bool object = ht_json_type(json, node) == HT_JSON_OBJECT;
    uint32_t child = ht_json_first(json, node);
    const cJSON *item;
    cJSON_ArrayForEach(item, other)
    {
        assert_int_not_equal(child, HT_JSON_NONE);
        if (object) check_same_string(json, child, item->string);
        if (object) assert_int_equal(ht_json_member(json, node, item->string), child + 1);
        check_same(json, object ? child + 1 : child, item);
        child = ht_json_after(json, node, child);
    }
    assert_int_equal(child, HT_JSON_NONE);
}

static void check_same_number(const struct ht_json *json, uint32_t node, const cJSON *other)
{
    char text[128];
    struct ht_slice raw = ht_json_raw(json, node);
    snprintf(text, sizeof text, "%.*s", HT_SLICE_ARGS(raw));
    double value = strtod(text, NULL);
    assert_memory_equal(&value, &other->valuedouble, sizeof value);
}

static void check_same(const struct ht_json *json, uint32_t node, const cJSON *other)
{
    switch (ht_json_type(json, node)) {
    case HT_JSON_NULL:
        assert_true(cJSON_IsNull(other));
        break;
    case HT_JSON_FALSE:
        assert_true(cJSON_IsFalse(other));
        break;
    case HT_JSON_TRUE:
        assert_true(cJSON_IsTrue(other));
        break;
    case HT_JSON_NUMBER:
        assert_true(cJSON_IsNumber(other));
        check_same_number(json, node, other);
        break;
    case HT_JSON_STRING:
        assert_true(cJSON_IsString(other));
        check_same_string(json, node, other->valuestring);
        break;
    case HT_JSON_ARRAY:
        assert_true(cJSON_IsArray(other));
        check_same_children(json, node, other);
        break;
    case HT_JSON_OBJECT:
        assert_true(cJSON_IsObject(other));
        check_same_children(json, node, other);
        break;
    }
}

/* Random texts, of which all are valid and none has what cJSON cannot read. */

static void add_space(struct random *random, struct ht_buffer *out)
{
    while (random_below(random, 4) == 0)
        ht_buffer_add_byte(out, " \t\r\n"[random_below(random, 4)]);
}

static void add_character(struct random *random, struct ht_buffer *out)
{
    static const char *const pieces[] = {
        "\\\"",
        "\\\\",
        "\\/",
        "\\b",
        "\\f",
        "\\n",
        "\\r",
        "\\t",
        "\\u0041",
        "\\u00e9",
        "\\u20Ac",
        "\\u07fF",
        "\\uFFfd",
        "\\ud83d\\ude00",
        "\xc3\xa9",
        "\xe2\x82\xac",
        "\xed\x9f\xbf",
        "\xf0\x9f\x98\x80",
        "\x7f",
        "\\uDBFF\\uDFFF",
        "long plain run of text",
    };
    uint32_t choice = random_below(random, 60);
    if (choice < sizeof pieces / sizeof pieces[0]) {
        ht_buffer_add_text(out, pieces[choice]);
    } else {
        ht_buffer_add_byte(out, (char)('a' + choice % 26));
    }
}

static void add_characters(struct random *random, struct ht_buffer *out)
{
    uint32_t count = random_below(random, 12);
    for (uint32_t i = 0; i < count; i++)
        add_character(random, out);
}

static void add_number(struct random *random, struct ht_buffer *out)
{
    long long value = (long long)(random_next(random) >> random_below(random, 64) >> 1);
    if (random_below(random, 2) == 0) ht_buffer_add_byte(out, '-');
    ht_buffer_printf(out, "%lld", value);
    if (random_below(random, 3) == 0) ht_buffer_printf(out, ".%06u", random_below(random, 1000000));
    if (random_below(random, 4) == 0)
        ht_buffer_printf(out, "%c%u", "eE"[random_below(random, 2)], random_below(random, 200));
}

static void add_value(struct random *random, struct ht_buffer *out, int depth);

/* Keys differ by the number in front. */
static void add_container(struct random *random, struct ht_buffer *out, int depth, bool object)
{
    uint32_t count = random_below(random, 6);
    ht_buffer_add_byte(out, object ? '{' : '[');
    add_space(random, out);
    for (uint32_t i = 0; i < count; i++) {
        if (i > 0) ht_buffer_add_byte(out, ',');
        add_space(random, out);
        if (object) {
            ht_buffer_printf(out, "\"%u", i);
            add_characters(random, out);
            ht_buffer_add_byte(out, '"');
            add_space(random, out);
            ht_buffer_add_byte(out, ':');
            add_space(random, out);
        }
        add_value(random, out, depth + 1);
        add_space(random, out);
    }
    ht_buffer_add_byte(out, object ? '}' : ']');
}

static void add_value(struct random *random, struct ht_buffer *out, int depth)
{
    static const char *const literals[] = {"null", "true", "false"};
    uint32_t kind = random_below(random, depth < 6 ? 8 : 4);
    if (kind == 0) {
        ht_buffer_add_text(out, literals[random_below(random, 3)]);
    } else if (kind == 1) {
        add_number(random, out);
    } else if (kind < 4) {
        ht_buffer_add_byte(out, '"');
        add_characters(random, out);
        ht_buffer_add_byte(out, '"');
    } else {
        add_container(random, out, depth, kind < 6);
    }
}

static void test_agrees_with_cjson(void **state)
{
    struct random random = {7};
    struct ht_buffer text = {0};
    size_t bytes = 0;
    for (int i = 0; i < 20000; i++) {
        ht_buffer_clear(&text);
        add_space(&random, &text);
        add_value(&random, &text, 0);
        add_space(&random, &text);
        parse(*state, ht_buffer_slice(&text));
        cJSON *other = cJSON_ParseWithLength(text.data, text.size);
        assert_non_null(other);
        check_same(*state, 0, other);
        cJSON_Delete(other);
        bytes += text.size;
    }
    assert_true(bytes > 1000000);
    ht_buffer_release(&text);
}

/* Every node lies within its parent, `next` skips exactly what is below, depths count up. */
static uint32_t check_nodes(const struct ht_json *json, uint32_t node, uint16_t depth)
{
    const struct ht_json_node *self = ht_json_node(json, node);
    assert_non_null(self);
    assert_int_equal(self->depth, depth);
    bool object = self->type == HT_JSON_OBJECT;
    uint32_t last = node + 1;
    for (uint32_t child = ht_json_first(json, node); child != HT_JSON_NONE; child = ht_json_after(json, node, child)) {
        const struct ht_json_node *below = ht_json_node(json, child);
        assert_int_equal(child, last);
        assert_true(below->offset > self->offset && below->offset + below->size < self->offset + self->size);
        if (object) assert_int_equal(check_nodes(json, child, (uint16_t)(depth + 1)), child + 1);
        last = check_nodes(json, object ? child + 1 : child, (uint16_t)(depth + 1));
    }
    assert_int_equal(self->next, last);
    return last;
}

static void test_the_tape_is_well_formed(void **state)
{
    struct random random = {8};
    struct ht_buffer text = {0};
    for (int i = 0; i < 3000; i++) {
        ht_buffer_clear(&text);
        add_value(&random, &text, 0);
        parse(*state, ht_buffer_slice(&text));
        uint32_t count = check_nodes(*state, 0, 0);
        assert_null(ht_json_node(*state, count));
    }
    ht_buffer_release(&text);
}

/* The same key twice among others, both times spelt at random. */
static void add_spelling(struct random *random, struct ht_buffer *out, const char *key)
{
    for (; *key; key++) {
        if (random_below(random, 2) == 0) {
            ht_buffer_printf(out, "\\u%04x", (unsigned char)*key);
        } else {
            ht_buffer_add_byte(out, *key);
        }
    }
}

static void test_duplicates_are_found_in_any_spelling(void **state)
{
    struct random random = {9};
    struct ht_buffer text = {0};
    for (int i = 0; i < 3000; i++) {
        uint32_t first = random_below(&random, 40), second = first + 1 + random_below(&random, 40);
        uint64_t fault = 0;
        ht_buffer_clear(&text);
        ht_buffer_add_text(&text, "[{\"twice\":{\"twice\":1}},{");
        for (uint32_t member = 0; member <= second; member++) {
            char key[32];
            snprintf(key, sizeof key, "key%u", member);
            ht_buffer_add_text(&text, member > 0 ? ",\"" : "\"");
            fault = text.size;
            add_spelling(&random, &text, member == first || member == second ? "twice" : key);
            ht_buffer_add_text(&text, "\":{\"twice\":0}");
        }
        ht_buffer_add_text(&text, "}]");
        refuse(*state, ht_buffer_slice(&text), fault);
    }
    ht_buffer_release(&text);
}

static void repeat(struct ht_buffer *out, const char *piece, size_t count)
{
    for (size_t i = 0; i < count; i++)
        ht_buffer_add_text(out, piece);
}

static void test_depth_limit(void **state)
{
    static const char *const openers[] = {"[", "{\"a\":"};
    static const char *const closers[] = {"]", "}"};
    struct ht_buffer text = {0};
    for (int i = 0; i < 2; i++) {
        ht_buffer_clear(&text);
        repeat(&text, openers[i], HT_JSON_MAX_DEPTH);
        ht_buffer_add_byte(&text, '0');
        repeat(&text, closers[i], HT_JSON_MAX_DEPTH);
        parse(*state, ht_buffer_slice(&text));

        ht_buffer_clear(&text);
        repeat(&text, openers[i], HT_JSON_MAX_DEPTH);
        uint64_t fault = text.size;
        ht_buffer_add_text(&text, "[]");
        repeat(&text, closers[i], HT_JSON_MAX_DEPTH);
        refuse(*state, ht_buffer_slice(&text), fault);
    }
    ht_buffer_release(&text);
}

static void test_node_limit(void **state)
{
    struct ht_buffer text = {0};
    ht_buffer_add_byte(&text, '[');
    repeat(&text, "0,", HT_JSON_MAX_NODES - 2);
    size_t last = text.size;
    ht_buffer_add_text(&text, "\"\"]");
    parse(*state, ht_buffer_slice(&text));
    text.size = last;
    ht_buffer_add_text(&text, "0,\"\"]");
    refuse(*state, ht_buffer_slice(&text), last + 2);
    ht_buffer_release(&text);
}

/* Two seconds are a thousand times what each takes, and a tenth of what it would take if it were quadratic. */
static void within_two_seconds(struct ht_json *json, struct ht_buffer *text, bool valid, uint64_t offset)
{
    clock_t start = clock();
    if (valid) {
        parse(json, ht_buffer_slice(text));
    } else {
        refuse(json, ht_buffer_slice(text), offset);
    }
    assert_true(clock() - start < 2 * CLOCKS_PER_SEC);
    ht_buffer_clear(text);
}

static void test_hostile_nesting_is_linear(void **state)
{
    struct ht_buffer text = {0};
    repeat(&text, "[", 1 << 20);
    within_two_seconds(*state, &text, false, HT_JSON_MAX_DEPTH);
    repeat(&text, "{\"a\":", 1 << 18);
    within_two_seconds(*state, &text, false, 5 * HT_JSON_MAX_DEPTH);
    ht_buffer_add_byte(&text, '[');
    repeat(&text, "{\"a\":0},", 43000);
    ht_buffer_add_text(&text, "0]");
    within_two_seconds(*state, &text, true, 0);
    ht_buffer_release(&text);
}

static void test_hostile_strings_are_linear(void **state)
{
    static const char *const pieces[] = {"\\u0061", "\\\\", "\\ud83d\\ude00", "\xf0\x9f\x98\x80", "a"};
    struct ht_buffer text = {0};
    for (size_t i = 0; i < sizeof pieces / sizeof pieces[0]; i++) {
        size_t count = (1 << 20) / strlen(pieces[i]);
        ht_buffer_add_byte(&text, '"');
        repeat(&text, pieces[i], count);
        ht_buffer_add_byte(&text, '"');
        within_two_seconds(*state, &text, true, 0);

        /* The same as a key, twice. */
        ht_buffer_add_text(&text, "{\"");
        repeat(&text, pieces[i], count);
        ht_buffer_add_text(&text, "\":0,\"");
        uint64_t fault = text.size;
        repeat(&text, pieces[i], count);
        ht_buffer_add_text(&text, "\":0}");
        within_two_seconds(*state, &text, false, fault);
    }
    ht_buffer_release(&text);
}

static void test_hostile_keys_are_linear(void **state)
{
    struct ht_buffer text = {0};
    ht_buffer_add_byte(&text, '{');
    for (unsigned i = 0; i < 100000; i++)
        ht_buffer_printf(&text, "\"%u\":0,", i);
    ht_buffer_add_text(&text, "\"\":0}");
    struct ht_slice all = ht_buffer_slice(&text);
    /* The root, then pairs: the last node taken is the key of pair 65,535, and its value is one too many. */
    const char *value = memmem(all.data, all.size, "\"65535\":", 8);
    assert_non_null(value);
    within_two_seconds(*state, &text, false, (uint64_t)(value + 8 - all.data));
    ht_buffer_release(&text);
}

/* The readers. */

static void test_members_and_paths(void **state)
{
    struct ht_json *json = *state;
    parse(json,
          HT_SLICE(
              "{\"lead\":{\"id\":\"l1\",\"\\u0069d2\":{\"x.y\":1,\"\":2}},\"Lead\":[7],\"n\":null,\"a\\u0000b\":5}"));
    assert_true(ht_slice_is(ht_json_raw(json, ht_json_path(json, 0, "lead.id")), "l1"));
    assert_true(ht_slice_is(ht_json_raw(json, ht_json_path(json, 0, "lead.id2.")), "2"));
    assert_true(ht_slice_is(ht_json_raw(json, ht_json_member(json, 0, "Lead")), "[7]"));
    uint32_t lead = ht_json_member(json, 0, "lead");
    assert_int_equal(ht_json_path(json, lead, "id"), ht_json_path(json, 0, "lead.id"));
    assert_int_equal(ht_json_type(json, ht_json_member(json, 0, "n")), HT_JSON_NULL);
    assert_int_not_equal(ht_json_member(json, 0, "n"), HT_JSON_NONE);

    static const char *const absent[] = {"LEAD",  "lea", "leads", "lead.i", "lead.id.x", "lead.id2.x.y",
                                         "lead.", "",    ".lead", "n.x",    "a",         "Lead.0"};
    for (size_t i = 0; i < sizeof absent / sizeof absent[0]; i++) {
        if (ht_json_path(json, 0, absent[i]) != HT_JSON_NONE) fail_msg("found: %s", absent[i]);
    }
}

static void test_several_members_at_once(void **state)
{
    struct ht_json *json = *state;
    const struct ht_slice keys[] = {HT_SLICE("b"), HT_SLICE("none"), HT_SLICE("a\xc3\xa9"), HT_SLICE("")};
    uint32_t values[4];
    parse(json, HT_SLICE("{\"x\":{\"b\":0},\"a\\u00e9\":[1,2],\"\":null,\"b\":3}"));
    ht_json_members(json, 0, keys, 4, values);
    for (size_t i = 0; i < 4; i++) {
        char key[8];
        snprintf(key, sizeof key, "%.*s", HT_SLICE_ARGS(keys[i]));
        assert_int_equal(values[i], ht_json_member(json, 0, key));
    }
    assert_true(ht_slice_is(ht_json_raw(json, values[0]), "3"));
    assert_int_equal(values[1], HT_JSON_NONE);
    ht_json_members(json, ht_json_member(json, 0, "b"), keys, 4, values);
    for (size_t i = 0; i < 4; i++)
        assert_int_equal(values[i], HT_JSON_NONE);
}

static void test_nothing_is_found_in_nothing(void **state)
{
    struct ht_json *json = *state;
    struct ht_buffer scratch = {0};
    parse(json, HT_SLICE("[1,\"a\"]"));
    assert_int_equal(ht_json_member(json, HT_JSON_NONE, "a"), HT_JSON_NONE);
    assert_int_equal(ht_json_member(json, 0, "a"), HT_JSON_NONE);
    assert_int_equal(ht_json_path(json, HT_JSON_NONE, "a.b"), HT_JSON_NONE);
    assert_int_equal(ht_json_first(json, HT_JSON_NONE), HT_JSON_NONE);
    assert_int_equal(ht_json_first(json, 1), HT_JSON_NONE);
    assert_int_equal(ht_json_after(json, 0, HT_JSON_NONE), HT_JSON_NONE);
    assert_int_equal(ht_json_after(json, HT_JSON_NONE, 1), HT_JSON_NONE);
    assert_int_equal(ht_json_type(json, HT_JSON_NONE), HT_JSON_NULL);
    assert_null(ht_json_node(json, HT_JSON_NONE));
    assert_null(ht_json_raw(json, HT_JSON_NONE).data);
    assert_null(ht_json_string(json, HT_JSON_NONE, &scratch).data);
    assert_null(ht_json_string(json, 1, &scratch).data);
    parse(json, HT_SLICE("{}"));
    assert_int_equal(ht_json_first(json, 0), HT_JSON_NONE);
    ht_json_free(NULL);
}

static void test_raw_keeps_what_was_written(void **state)
{
    struct ht_json *json = *state;
    parse(json, HT_SLICE(" {\"n\": 9007199254740993 ,\"s\":\"\\u0041\",\"o\":{ \"x\" : [ ] } } "));
    assert_true(ht_slice_is(ht_json_raw(json, ht_json_member(json, 0, "n")), "9007199254740993"));
    assert_true(ht_slice_is(ht_json_raw(json, ht_json_member(json, 0, "s")), "\\u0041"));
    assert_true(ht_slice_is(ht_json_raw(json, ht_json_member(json, 0, "o")), "{ \"x\" : [ ] }"));
}

static void test_strings_are_unescaped_behind_scratch(void **state)
{
    struct ht_json *json = *state;
    struct ht_buffer scratch = {0};
    ht_buffer_add_text(&scratch, "before");
    parse(
        json,
        HT_SLICE(
            "[\"plain\",\"\\\"\\\\\\/\\b\\f\\n\\r\\t\",\"a\\u0000b\",\"\\ud83d\\ude00\\uFFFF\\u00e9\\u07ff!\",\"\"]"));

    assert_true(ht_slice_is(ht_json_string(json, 1, &scratch), "plain"));
    assert_int_equal(scratch.size, 6);
    assert_true(ht_slice_is(ht_json_string(json, 2, &scratch), "\"\\/\b\f\n\r\t"));
    assert_true(ht_slice_equal(ht_json_string(json, 3, &scratch), HT_SLICE("a\0b")));
    assert_true(ht_slice_is(ht_json_string(json, 4, &scratch), "\xf0\x9f\x98\x80\xef\xbf\xbf\xc3\xa9\xdf\xbf!"));
    struct ht_slice empty = ht_json_string(json, 5, &scratch);
    assert_non_null(empty.data);
    assert_int_equal(empty.size, 0);
    assert_memory_equal(scratch.data, "before\"\\/", 9);

    assert_null(ht_buffer_reserve(&scratch, SIZE_MAX));
    assert_null(ht_json_string(json, 2, &scratch).data);
    assert_int_equal(ht_buffer_status(&scratch, NULL), HT_NO_MEMORY);
    ht_buffer_release(&scratch);
}

/* Each code point, escaped, comes out as its UTF-8. */
static void test_every_escape_is_decoded(void **state)
{
    struct ht_json *json = *state;
    struct ht_buffer scratch = {0};
    for (uint32_t code = 0; code <= 0x10ffff; code += code < 0x20000 ? 1 : 257) {
        if (code >= 0xd800 && code <= 0xdfff) continue;
        char text[32];
        uint32_t rest = code - 0x10000;
        int size = code < 0x10000 ? snprintf(text, sizeof text, "\"\\u%04x\"", code)
                                  : snprintf(text, sizeof text, "\"\\u%04X\\u%04X\"", 0xd800 + (rest >> 10),
                                             0xdc00 + (rest & 0x3ff));
        parse(json, ht_slice_of(text, (size_t)size));
        ht_buffer_clear(&scratch);
        struct ht_slice value = ht_json_string(json, 0, &scratch);
        assert_int_equal(ht_utf8_check(value), value.size);
        uint32_t back = 0;
        const unsigned char *bytes = (const unsigned char *)value.data;
        for (size_t i = 0; i < value.size; i++)
            back = i == 0 ? bytes[0] & (value.size == 1 ? 0x7fU : 0x7fU >> value.size) : back << 6 | (bytes[i] & 0x3fU);
        assert_true(back == code);
    }
    ht_buffer_release(&scratch);
}

static void test_nobody_has_to_listen(void **state)
{
    assert_int_equal(ht_json_parse(*state, HT_SLICE("[1"), NULL), HT_INVALID);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_cases),
        cmocka_unit_test(test_cases_are_independent_of_alignment),
        cmocka_unit_test(test_faults_are_the_first_byte),
        cmocka_unit_test(test_every_prefix_may_go_on),
        cmocka_unit_test(test_agrees_with_cjson),
        cmocka_unit_test(test_the_tape_is_well_formed),
        cmocka_unit_test(test_duplicates_are_found_in_any_spelling),
        cmocka_unit_test(test_depth_limit),
        cmocka_unit_test(test_node_limit),
        cmocka_unit_test(test_hostile_nesting_is_linear),
        cmocka_unit_test(test_hostile_strings_are_linear),
        cmocka_unit_test(test_hostile_keys_are_linear),
        cmocka_unit_test(test_members_and_paths),
        cmocka_unit_test(test_several_members_at_once),
        cmocka_unit_test(test_nothing_is_found_in_nothing),
        cmocka_unit_test(test_raw_keeps_what_was_written),
        cmocka_unit_test(test_strings_are_unescaped_behind_scratch),
        cmocka_unit_test(test_every_escape_is_decoded),
        cmocka_unit_test(test_nobody_has_to_listen),
    };
    cmocka_set_message_output(CM_OUTPUT_TAP);
    return cmocka_run_group_tests(tests, make_workspace, drop_workspace);
}
