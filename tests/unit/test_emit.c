#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "hooktrail/emit.h"
#include "hooktrail/encode.h"
#include "hooktrail/json.h"
#include "hooktrail/time.h"
#include "random.h"

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

static void test_a_document(void **state)
{
    (void)state;
    struct ht_buffer out = {0};
    struct ht_emit emit;
    ht_emit_init(&emit, &out);
    ht_emit_object(&emit);
    ht_emit_key(&emit, "seq");
    ht_emit_uint(&emit, 7);
    ht_emit_key(&emit, "empty");
    ht_emit_object(&emit);
    ht_emit_end_object(&emit);
    ht_emit_key(&emit, "items");
    ht_emit_array(&emit);
    ht_emit_array(&emit);
    ht_emit_end_array(&emit);
    ht_emit_object(&emit);
    ht_emit_key(&emit, "a b");
    ht_emit_raw(&emit, HT_SLICE("{\"n\":1.0}"));
    ht_emit_end_object(&emit);
    ht_emit_text(&emit, "x");
    ht_emit_null(&emit);
    ht_emit_end_array(&emit);
    ht_emit_key(&emit, "last");
    ht_emit_bool(&emit, false);
    ht_emit_end_object(&emit);
    assert_string_equal(ht_buffer_text(&out), "{\"seq\":7,\"empty\":{},\"items\":[[],{\"a b\":{\"n\":1.0}},\"x\",null],"
                                              "\"last\":false}");
    ht_buffer_release(&out);
}

static void test_scalars(void **state)
{
    (void)state;
    struct ht_buffer out = {0};
    struct ht_emit emit;
    ht_emit_init(&emit, &out);
    ht_emit_array(&emit);
    ht_emit_uint(&emit, 0);
    ht_emit_uint(&emit, UINT64_MAX);
    ht_emit_int(&emit, INT64_MIN);
    ht_emit_int(&emit, INT64_MAX);
    ht_emit_bool(&emit, true);
    ht_emit_text(&emit, NULL);
    ht_emit_text(&emit, "");
    ht_emit_string(&emit, HT_ABSENT);
    ht_emit_raw(&emit, HT_ABSENT);
    ht_emit_raw(&emit, HT_SLICE(""));
    ht_emit_time(&emit, HT_TIME_NONE);
    ht_emit_time(&emit, 1500);
    ht_emit_hex(&emit, "\x01\xfe", 2);
    ht_emit_end_array(&emit);
    assert_string_equal(
        ht_buffer_text(&out),
        "[0,18446744073709551615,-9223372036854775808,9223372036854775807,true,null,\"\",null,null,null,"
        "null,\"1970-01-01T00:00:00.001500Z\",\"01fe\"]");
    ht_buffer_release(&out);
}

static void test_escapes(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        const char *json;
    } cases[] = {
        {"\"\\/", "\"\\\"\\\\/\""},
        {"\b\f\n\r\t\x01\x1f\x7f", "\"\\b\\f\\n\\r\\t\\u0001\\u001f\\u007f\""},
        {"\xe2\x80\xa8|\xe2\x80\xa9|\xe2\x80\xaa", "\"\\u2028|\\u2029|\xe2\x80\xaa\""},
        {"\xc3\xa9\xf0\x9f\x98\x80", "\"\xc3\xa9\xf0\x9f\x98\x80\""},
        {"a\xff\xfe"
         "b",
         "\"a\xef\xbf\xbd\xef\xbf\xbd"
         "b\""},
        {"\xf0\x9f\x98|", "\"\xef\xbf\xbd|\""},
        {"\xed\xa0\x80", "\"\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd\""},
        {"\xe2\x82", "\"\xef\xbf\xbd\""},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct ht_buffer out = {0};
        struct ht_emit emit;
        ht_emit_init(&emit, &out);
        ht_emit_text(&emit, cases[i].text);
        assert_string_equal(ht_buffer_text(&out), cases[i].json);
        ht_buffer_release(&out);
    }
}

/* What is escaped is found wherever it stands among what isn't, which is passed over eight bytes at a time. */
static void test_escapes_at_every_place(void **state)
{
    (void)state;
    static const char *const specials[] = {"\"", "\\", "\n", "\x1f", "\x7f"};
    static const char *const escaped[] = {"\\\"", "\\\\", "\\n", "\\u001f", "\\u007f"};
    static const char plain[] = " !#$%&~}|^[]az09 AZ@?";
    for (size_t i = 0; i < sizeof specials / sizeof specials[0]; i++) {
        for (size_t at = 0; at < sizeof plain; at++) {
            char text[64], expected[64];
            struct ht_buffer out = {0};
            struct ht_emit emit;
            snprintf(text, sizeof text, "%.*s%s%s", (int)at, plain, specials[i], plain + at);
            snprintf(expected, sizeof expected, "\"%.*s%s%s\"", (int)at, plain, escaped[i], plain + at);
            ht_emit_init(&emit, &out);
            ht_emit_text(&emit, text);
            assert_string_equal(ht_buffer_text(&out), expected);
            ht_buffer_release(&out);
        }
    }
}

/* No byte breaks a document; what is UTF-8 comes back as it was. */
static void test_any_bytes_make_valid_json(void **state)
{
    struct ht_json *json = *state;
    struct random random = {10};
    struct ht_buffer out = {0}, scratch = {0};
    int valid = 0;
    for (int i = 0; i < 30000; i++) {
        char text[64];
        size_t size = random_below(&random, i % 2 ? sizeof text : 8);
        random_text(&random, text, size);
        struct ht_slice slice = ht_slice_of(text, size);
        struct ht_emit emit;
        ht_buffer_clear(&out);
        ht_buffer_clear(&scratch);
        ht_emit_init(&emit, &out);
        ht_emit_string(&emit, slice);
        assert_int_equal(ht_json_parse(json, ht_buffer_slice(&out), NULL), HT_OK);
        assert_int_equal(ht_json_type(json, 0), HT_JSON_STRING);
        assert_null(memchr(out.data, 0x7f, out.size));
        assert_null(memmem(out.data, out.size, "\xe2\x80\xa8", 3));
        struct ht_slice back = ht_json_string(json, 0, &scratch);
        if (ht_utf8_check(slice) == size) {
            assert_true(ht_slice_equal(back, slice));
            valid++;
        } else {
            assert_non_null(memmem(back.data, back.size, "\xef\xbf\xbd", 3));
        }
    }
    assert_true(valid > 1000);
    ht_buffer_release(&out);
    ht_buffer_release(&scratch);
}

static void emit_scalar(struct random *random, struct ht_emit *emit)
{
    char text[24];
    size_t size = random_below(random, sizeof text);
    random_text(random, text, size);
    switch (random_below(random, 8)) {
    case 0:
        ht_emit_uint(emit, random_next(random));
        break;
    case 1:
        ht_emit_int(emit, (int64_t)random_next(random));
        break;
    case 2:
        ht_emit_bool(emit, size & 1);
        break;
    case 3:
        ht_emit_null(emit);
        break;
    case 4:
        ht_emit_time(emit, (int64_t)random_next(random));
        break;
    case 5:
        ht_emit_hex(emit, text, size);
        break;
    case 6:
        ht_emit_raw(emit, HT_SLICE("[1,{}]"));
        break;
    default:
        ht_emit_string(emit, ht_slice_of(text, size));
        break;
    }
}

static void emit_random(struct random *random, struct ht_emit *emit)
{
    uint32_t kind = random_below(random, emit->depth < 63 ? 6 : 2);
    if (kind < 2) {
        emit_scalar(random, emit);
        return;
    }
    bool object = kind < 4;
    uint32_t count = random_below(random, 3);
    if (object) {
        ht_emit_object(emit);
    } else {
        ht_emit_array(emit);
    }
    for (uint32_t i = 0; i < count; i++) {
        if (object) ht_emit_key(emit, i == 0 ? "a" : "b");
        emit_random(random, emit);
    }
    if (object) {
        ht_emit_end_object(emit);
    } else {
        ht_emit_end_array(emit);
    }
}

static void test_any_calls_make_valid_json(void **state)
{
    struct ht_json *json = *state;
    struct random random = {11};
    struct ht_buffer out = {0};
    for (int i = 0; i < 20000; i++) {
        struct ht_emit emit;
        struct ht_error err;
        ht_buffer_clear(&out);
        ht_emit_init(&emit, &out);
        emit_random(&random, &emit);
        assert_int_equal(emit.depth, 0);
        if (ht_json_parse(json, ht_buffer_slice(&out), &err) != HT_OK)
            fail_msg("%s: %s", err.detail, ht_buffer_text(&out));
    }
    ht_buffer_release(&out);
}

static void test_the_deepest_level_works(void **state)
{
    struct ht_buffer out = {0};
    struct ht_emit emit;
    ht_emit_init(&emit, &out);
    for (int i = 0; i < 63; i++)
        ht_emit_array(&emit);
    ht_emit_uint(&emit, 1);
    ht_emit_uint(&emit, 2);
    for (int i = 0; i < 63; i++)
        ht_emit_end_array(&emit);
    assert_int_equal(ht_json_parse(*state, ht_buffer_slice(&out), NULL), HT_OK);
    assert_non_null(strstr(ht_buffer_text(&out), "[1,2]"));
    ht_buffer_release(&out);
}

static void test_top_level_values_are_not_separated(void **state)
{
    (void)state;
    struct ht_buffer out = {0};
    struct ht_emit emit;
    ht_emit_init(&emit, &out);
    for (int i = 0; i < 2; i++) {
        ht_emit_array(&emit);
        ht_emit_end_array(&emit);
        ht_buffer_add_byte(&out, '\n');
    }
    assert_string_equal(ht_buffer_text(&out), "[]\n[]\n");
    ht_buffer_release(&out);
}

static void test_lack_of_memory_sticks(void **state)
{
    (void)state;
    struct ht_buffer out = {0};
    struct ht_emit emit;
    ht_emit_init(&emit, &out);
    ht_emit_object(&emit);
    assert_null(ht_buffer_reserve(&out, SIZE_MAX));
    ht_emit_key(&emit, "a");
    ht_emit_text(&emit, "b");
    ht_emit_end_object(&emit);
    assert_int_equal(ht_buffer_status(&out, NULL), HT_NO_MEMORY);
    assert_int_equal(emit.depth, 0);
    ht_buffer_release(&out);
}

static void key_at_the_top(struct ht_emit *emit)
{
    ht_emit_key(emit, "a");
}

static void key_in_an_array(struct ht_emit *emit)
{
    ht_emit_array(emit);
    ht_emit_key(emit, "a");
}

static void value_without_a_key(struct ht_emit *emit)
{
    ht_emit_object(emit);
    ht_emit_null(emit);
}

static void key_without_a_value(struct ht_emit *emit)
{
    ht_emit_object(emit);
    ht_emit_key(emit, "a");
    ht_emit_end_object(emit);
}

static void two_keys(struct ht_emit *emit)
{
    ht_emit_object(emit);
    ht_emit_key(emit, "a");
    ht_emit_key(emit, "b");
}

static void wrong_end(struct ht_emit *emit)
{
    ht_emit_object(emit);
    ht_emit_end_array(emit);
}

static void one_end_too_many(struct ht_emit *emit)
{
    ht_emit_end_object(emit);
}

static void too_deep(struct ht_emit *emit)
{
    for (int i = 0; i < 64; i++)
        ht_emit_array(emit);
}

static void key_to_escape(struct ht_emit *emit)
{
    ht_emit_object(emit);
    ht_emit_key(emit, "a\"b");
}

/* Runs in a child, because a failed assertion ends the process. */
static bool aborts(void (*misuse)(struct ht_emit *emit))
{
    fflush(stdout);
    pid_t child = fork();
    assert_true(child >= 0);
    if (child == 0) {
        struct ht_buffer out = {0};
        struct ht_emit emit;
        signal(SIGABRT, SIG_DFL);
        if (!freopen("/dev/null", "w", stderr)) _exit(0);
        ht_emit_init(&emit, &out);
        misuse(&emit);
        _exit(0);
    }
    int status;
    assert_int_equal(waitpid(child, &status, 0), child);
    return WIFSIGNALED(status) && WTERMSIG(status) == SIGABRT;
}

static void test_misuse_is_an_assertion(void **state)
{
    (void)state;
    void (*const misuses[])(struct ht_emit *) = {key_at_the_top,      key_in_an_array, value_without_a_key,
                                                 key_without_a_value, two_keys,        wrong_end,
                                                 one_end_too_many,    too_deep,        key_to_escape};
    for (size_t i = 0; i < sizeof misuses / sizeof misuses[0]; i++) {
        if (!aborts(misuses[i])) fail_msg("misuse %zu went through", i);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_a_document),
        cmocka_unit_test(test_scalars),
        cmocka_unit_test(test_escapes),
        cmocka_unit_test(test_escapes_at_every_place),
        cmocka_unit_test(test_any_bytes_make_valid_json),
        cmocka_unit_test(test_any_calls_make_valid_json),
        cmocka_unit_test(test_the_deepest_level_works),
        cmocka_unit_test(test_top_level_values_are_not_separated),
        cmocka_unit_test(test_lack_of_memory_sticks),
        cmocka_unit_test(test_misuse_is_an_assertion),
    };
    cmocka_set_message_output(CM_OUTPUT_TAP);
    return cmocka_run_group_tests(tests, make_workspace, drop_workspace);
}
