/* Profiles: what merges, what changes, what clears, and the bounds. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "../../query/profile.h"
#include "hooktrail/time.h"
#include "random.h"

#define BASE INT64_C(1700000000000000)

struct profile_test {
    struct profile profile;
    struct ht_json *json;
    uint64_t seq;
};

static int set_up(void **state)
{
    struct profile_test *t = calloc(1, sizeof *t);
    profile_init(&t->profile);
    t->json = ht_json_new();
    *state = t;
    return 0;
}

static int tear_down(void **state)
{
    struct profile_test *t = *state;
    profile_release(&t->profile);
    ht_json_free(t->json);
    free(t);
    return 0;
}

static void apply(struct profile_test *t, const char *text)
{
    struct ht_error err = {0};
    if (ht_json_parse(t->json, ht_slice_from(text), &err) != HT_OK) fail_msg("%s: %s", text, err.detail);
    t->seq++;
    assert_int_equal(profile_apply(&t->profile, t->json, 0, BASE + (int64_t)t->seq * HT_SECOND, t->seq, &err), HT_OK);
}

/* {"lead":{…},"changes":[…]}, without the times of the changes, which must be those of their seqs. */
static char *document(struct profile_test *t)
{
    static const char *const taken[] = {"first_at", NULL};
    struct ht_buffer out = {0};
    struct ht_emit emit;
    ht_emit_init(&emit, &out);
    ht_emit_object(&emit);
    ht_emit_key(&emit, "lead");
    ht_emit_object(&emit);
    profile_emit_members(&t->profile, taken, &emit);
    ht_emit_end_object(&emit);
    ht_emit_key(&emit, "changes");
    profile_emit_changes(&t->profile, &emit);
    ht_emit_end_object(&emit);
    assert_int_equal(ht_json_parse(t->json, ht_buffer_slice(&out), NULL), HT_OK); /* no key twice, too */
    char *text = strdup(ht_buffer_text(&out));
    ht_buffer_release(&out);
    char *to = text;
    for (const char *from = text; *from;) {
        char at[HT_TIME_TEXT_SIZE + 8];
        unsigned long long seq = 0;
        if (strncmp(from, "\"at\":\"", 6) == 0) {
            assert_int_equal(sscanf(from + 32, "\"seq\":%llu", &seq), 1);
            ht_time_format(at, BASE + (int64_t)seq * HT_SECOND);
            assert_memory_equal(from + 6, at, strlen(at));
            from += 32;
        } else {
            *to++ = *from++;
        }
    }
    *to = '\0';
    return text;
}

static void assert_document(struct profile_test *t, const char *lead, const char *changes)
{
    char expected[4096];
    char *got = document(t);
    snprintf(expected, sizeof expected, "{\"lead\":{%s},\"changes\":[%s]}", lead, changes);
    assert_string_equal(got, expected);
    free(got);
}

#define CHANGE(seq, field, from, to) "{\"seq\":" #seq ",\"field\":\"" field "\",\"from\":" from ",\"to\":" to "}"

static void test_first_sight_and_change(void **state)
{
    apply(*state, "{\"id\":\"l\",\"email\":\"a@x\",\"phone\":null}");
    apply(*state, "{\"id\":\"l\",\"email\":\"\\u0061@x\"}"); /* the same */
    apply(*state, "{\"email\":\"b@x\",\"first_name\":\"B\"}");
    assert_document(*state, "\"email\":\"b@x\",\"phone\":null,\"first_name\":\"B\"",
                    CHANGE(1, "email", "null", "\"a@x\"") "," CHANGE(3, "email", "\"a@x\"", "\"b@x\"") "," CHANGE(
                        3, "first_name", "null", "\"B\""));
}

static void test_null_clears_and_absent_does_not(void **state)
{
    apply(*state, "{\"email\":\"a\",\"phone\":1}");
    apply(*state, "{\"email\":null}");
    apply(*state, "{\"email\":null}");
    apply(*state, "{\"email\":\"\"}");
    assert_document(*state, "\"email\":\"\",\"phone\":1",
                    CHANGE(1, "email", "null", "\"a\"") "," CHANGE(1, "phone", "null", "1") "," CHANGE(
                        2, "email", "\"a\"", "null") "," CHANGE(4, "email", "null", "\"\""));
}

static void test_groups_go_one_deeper(void **state)
{
    apply(*state, "{\"attributes\":{},\"account\":{\"name\":\"N\",\"tags\":{\"b\":1,\"a\":2}},\"other\":{\"x\":1}}");
    apply(*state, "{\"attributes\":{\"plan\":\"p\"},\"account\":{\"tags\":{\"a\":2,\"b\":1}},\"other\":{\"y\":1}}");
    assert_document(*state,
                    "\"attributes\":{\"plan\":\"p\"},\"account\":{\"name\":\"N\",\"tags\":{\"a\":2,\"b\":1}},"
                    "\"other\":{\"y\":1}",
                    CHANGE(1, "account.name", "null", "\"N\"") "," CHANGE(
                        1, "account.tags", "null",
                        "{\"a\":2,\"b\":1}") "," CHANGE(1, "other", "null",
                                                        "{\"x\":1}") "," CHANGE(2, "attributes.plan", "null",
                                                                                "\"p\"") "," CHANGE(2, "other",
                                                                                                    "{\"x\":1}",
                                                                                                    "{\"y\":1}"));
}

static void test_group_becomes_a_value_and_back(void **state)
{
    apply(*state, "{\"attributes\":{\"plan\":\"p\"}}");
    apply(*state, "{\"attributes\":\"none\"}");
    apply(*state, "{\"attributes\":{\"plan\":\"q\"}}");
    apply(*state, "{\"attributes\":null}");
    assert_document(
        *state, "\"attributes\":null",
        CHANGE(1, "attributes.plan", "null", "\"p\"") "," CHANGE(2, "attributes.plan", "\"p\"", "null") "," CHANGE(
            2, "attributes", "null", "\"none\"") "," CHANGE(3, "attributes", "\"none\"",
                                                            "null") "," CHANGE(3, "attributes.plan", "null",
                                                                               "\"q\"") "," CHANGE(4, "attributes.plan",
                                                                                                   "\"q\"", "null"));
}

static void test_names_of_any_kind(void **state)
{
    apply(*state, "{\"attributes.plan\":1,\"attributes\":{\"plan\":2,\"first_at\":3},\"first_at\":4,\"\\u0000\\\"\":5,"
                  "\"\":6}");
    assert_document(
        *state, "\"attributes.plan\":1,\"attributes\":{\"plan\":2,\"first_at\":3},\"\\u0000\\\"\":5,\"\":6",
        CHANGE(1, "attributes\\\\.plan", "null", "1") "," CHANGE(1, "attributes.plan", "null", "2") "," CHANGE(
            1, "attributes.first_at", "null", "3") "," CHANGE(1, "first_at", "null",
                                                              "4") "," CHANGE(1, "\\u0000\\\"", "null",
                                                                              "5") "," CHANGE(1, "", "null", "6"));
}

/* Whatever the names, no two changes of an event are of the same field; those that can't be mistaken stay as they are.
 */
static void test_names_are_told_apart(void **state)
{
    apply(*state, "{\"\":0}");
    apply(*state, "{\"account.x\":1,\"account\\\\.x\":2,\"account\\\\\\\\.x.y\":3,\"account\":{\"x\":4,\"\\\\.x\":5},"
                  "\"utm.source\":6,\"accounts.x\":7,\"account.\":8,\".\":9,\"x.account.y\":10}");
    char *got = document(*state);
    static const char *const names[] = {"",
                                        "account\\\\.x",
                                        "account\\\\\\\\.x",
                                        "account\\\\\\\\\\\\.x.y",
                                        "account.x",
                                        "account.\\\\.x",
                                        "utm.source",
                                        "accounts.x",
                                        "account\\\\.",
                                        ".",
                                        "x.account.y"};
    const char *at = got;
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        char wanted[64];
        snprintf(wanted, sizeof wanted, "\"field\":\"%s\",\"from\":null,\"to\":%zu}", names[i], i);
        at = strstr(at, wanted);
        if (!at) fail_msg("%s is not in %s", wanted, got);
    }
    free(got);
}

static void test_no_objects(void **state)
{
    apply(*state, "[1]");
    apply(*state, "7");
    assert_document(*state, "", "");
}

static void test_too_many_fields(void **state)
{
    struct profile_test *t = *state;
    struct ht_buffer text = {0};
    for (int i = 0; i < PROFILE_MAX_FIELDS + 1; i++)
        ht_buffer_printf(&text, "%s\"f%d\":1", i ? "," : "{", i);
    ht_buffer_add_text(&text, "}");
    apply(t, ht_buffer_text(&text));
    ht_buffer_release(&text);
    assert_true(t->profile.cut);
    assert_int_equal(t->profile.count, PROFILE_MAX_FIELDS);
    apply(t, "{\"f0\":2,\"attributes\":{\"x\":1},\"new\":1}");
    char *got = document(t);
    assert_non_null(strstr(got, "\"f0\":2"));
    assert_null(strstr(got, "\"new\""));
    free(got);
}

static void test_too_many_changes(void **state)
{
    struct profile_test *t = *state;
    char text[64];
    for (int i = 0; i < PROFILE_MAX_CHANGES; i++) {
        snprintf(text, sizeof text, "{\"f\":%d}", i);
        apply(t, text);
        assert_false(t->profile.changes_cut);
    }
    apply(t, "{\"f\":\"last\"}");
    assert_true(t->profile.changes_cut);
    char *got = document(t);
    assert_non_null(strstr(got, "\"lead\":{\"f\":\"last\"}"));
    assert_non_null(strstr(got, "\"to\":9999}]}"));
    free(got);
}

/* Values beyond the bound are not kept, and what is kept is counted down when it is replaced. */
static void test_too_many_bytes(void **state)
{
    struct profile_test *t = *state;
    struct ht_buffer text = {0};
    for (int i = 0; i < 6; i++) {
        ht_buffer_clear(&text);
        ht_buffer_printf(&text, "{\"f%d\":\"", i);
        for (uint32_t j = 0; j < PROFILE_MAX_BYTES / 5; j++)
            ht_buffer_add_byte(&text, 'x');
        ht_buffer_add_text(&text, "\"}");
        apply(t, ht_buffer_text(&text));
        assert_true(t->profile.bytes <= PROFILE_MAX_BYTES);
        assert_true(t->profile.changes.size <= PROFILE_MAX_CHANGE_BYTES + 1000);
    }
    assert_true(t->profile.cut);
    for (int i = 0; i < 6; i++) {
        char clear[32];
        snprintf(clear, sizeof clear, "{\"f%d\":null}", i);
        apply(t, clear);
    }
    assert_int_equal(t->profile.bytes, 0);
    ht_buffer_release(&text);
}

/* The changes, replayed in order, lead from nothing to the merged profile. */
static void test_changes_lead_to_the_profile(void **state)
{
    struct profile_test *t = *state;
    struct random random = {10};
    int values[6] = {0}; /* 0: none */
    for (int round = 0; round < 500; round++) {
        struct ht_buffer text = {0};
        ht_buffer_add_text(&text, "{");
        for (int field = 0; field < 6; field++) {
            int value = (int)random_below(&random, 4);
            if (random_below(&random, 3) > 0) continue;
            if (text.size > 1) ht_buffer_add_text(&text, ",");
            ht_buffer_printf(&text, value ? "\"f%d\":%d" : "\"f%d\":null", field, value);
        }
        ht_buffer_add_text(&text, "}");
        apply(t, ht_buffer_text(&text));
        ht_buffer_release(&text);
    }
    char *got = document(t);
    for (const char *at = strstr(got, "\"changes\""); (at = strstr(at, "\"field\":\"f")) != NULL; at++) {
        int field = at[10] - '0';
        const char *from = strstr(at, "\"from\":") + 7, *to = strstr(at, "\"to\":") + 5;
        assert_int_equal(*from == 'n' ? 0 : *from - '0', values[field]);
        values[field] = *to == 'n' ? 0 : *to - '0';
    }
    for (int field = 0; field < 6; field++) {
        char expected[16];
        snprintf(expected, sizeof expected, values[field] ? "\"f%d\":%d" : "\"f%d\":null", field, values[field]);
        const char *shown = strstr(got, expected);
        assert_true(shown && shown < strstr(got, "\"changes\""));
    }
    free(got);
}

#define TEST(function) cmocka_unit_test_setup_teardown(function, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_first_sight_and_change),
        TEST(test_null_clears_and_absent_does_not),
        TEST(test_groups_go_one_deeper),
        TEST(test_group_becomes_a_value_and_back),
        TEST(test_names_of_any_kind),
        TEST(test_names_are_told_apart),
        TEST(test_no_objects),
        TEST(test_too_many_fields),
        TEST(test_too_many_changes),
        TEST(test_too_many_bytes),
        TEST(test_changes_lead_to_the_profile),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
