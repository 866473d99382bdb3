#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "../../server/members.h"

static struct ht_json *json;

static enum ht_status take(const char *text, const char *label, const char *scope, struct ht_error *err)
{
    struct ht_buffer out = {0};
    struct ht_member members[] = {{.name = "label", .required = true}, {.name = "scope"}};
    const char *wanted[] = {label, scope};
    enum ht_status status = ht_members_read(json, ht_slice_from(text), members, 2, &out, err);
    for (size_t i = 0; status == HT_OK && i < 2; i++) {
        assert_int_equal(members[i].value.data == NULL, wanted[i] == NULL);
        if (!wanted[i]) continue;
        assert_true(ht_slice_is(members[i].value, wanted[i]));
        assert_int_equal(members[i].value.data[members[i].value.size], 0);
    }
    ht_buffer_wipe(&out);
    return status;
}

static void test_what_is_read(void **state)
{
    (void)state;
    struct ht_error err;
    assert_int_equal(take("{\"label\":\"a\"}", "a", NULL, &err), HT_OK);
    assert_int_equal(take(" { \"scope\" : \"b\" , \"label\" : \"\" } ", "", "b", &err), HT_OK);
    assert_int_equal(
        take("{\"label\":\"\\u00e9\\n\\\\\",\"scope\":\"\\ud83d\\ude00x\"}", "\xc3\xa9\n\\", "\xf0\x9f\x98\x80x", &err),
        HT_OK);
}

static void test_what_is_refused(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        const char *pointer;
    } cases[] = {
        {"", ""},
        {"null", ""},
        {"[\"label\"]", ""},
        {"{\"label\":\"a\"} x", ""},
        {"{\"label\":\"a\",\"label\":\"a\"}", ""},
        {"{\"label\":\"a\",\"more\":\"a\"}", ""},
        {"{\"LABEL\":\"a\"}", ""},
        {"{\"l\\u0061bel\":\"a\"}", ""},
        {"{\"label\":\"\xff\"}", ""},
        {"{}", "label"},
        {"{\"scope\":\"a\"}", "label"},
        {"{\"label\":1}", "label"},
        {"{\"label\":null}", "label"},
        {"{\"label\":[\"a\"]}", "label"},
        {"{\"label\":\"a\",\"scope\":{}}", "scope"},
        {"{\"label\":\"a\\u0000\"}", "label"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct ht_error err = {0};
        assert_int_equal(take(cases[i].text, NULL, NULL, &err), HT_INVALID);
        assert_string_equal(err.pointer, cases[i].pointer);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_what_is_read),
        cmocka_unit_test(test_what_is_refused),
    };
    json = ht_json_new();
    int failed = cmocka_run_group_tests_name("members", tests, NULL, NULL);
    ht_json_free(json);
    return failed;
}
