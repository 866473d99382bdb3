#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include <cmocka.h>

#include "../../query/export/mend.h"
#include "hooktrail/json.h"
#include "random.h"

static void expect_json(const char *json, const char *wanted, uint32_t reasons)
{
    struct ht_buffer scratch = {0};
    uint32_t found = 0;
    struct ht_slice got = mend_json(ht_slice_from(json), &scratch, &found);
    assert_int_equal(ht_buffer_status(&scratch, NULL), HT_OK);
    if (!ht_slice_is(got, wanted)) fail_msg("%s became %.*s", json, HT_SLICE_ARGS(got));
    assert_int_equal(found, reasons);
    if (reasons == 0) assert_ptr_equal(got.data, json);
    ht_buffer_release(&scratch);
}

static void test_sound_json_stays_where_it_is(void **state)
{
    (void)state;
    static const char *const sound[] = {
        "null",
        "\"\"",
        "{\"a\":[1,-2.5e3,1E308,1e-308,1e+00000308,0,true,false,null,\"\\\\u0000\",\"\\\"\\\\\"]}",
        "\"\\ud83d\\ude00 \\uD83D\\uDE00 \\u0001 \\uffff \\ue000 \\ud7ff\"",
        "\"1e999 \\n -1e999\"",
        "[9007199254740993, 0.1000]",
        "{\"1e400\":\"1e400\"}",
    };
    for (size_t i = 0; i < sizeof sound / sizeof sound[0]; i++)
        expect_json(sound[i], sound[i], 0);
}

static void test_json_that_jsonb_refuses(void **state)
{
    (void)state;
    expect_json("\"\\u0000\"", "\"\\ufffd\"", MEND_NUL);
    expect_json("{\"\\u0000a\":\"b\\u0000\\u0000\"}", "{\"\\ufffda\":\"b\\ufffd\\ufffd\"}", MEND_NUL);
    expect_json("\"\\\\\\u0000\"", "\"\\\\\\ufffd\"", MEND_NUL);
    expect_json("\"\\ud83d\"", "\"\\ufffd\"", MEND_SURROGATE);
    expect_json("\"\\ude00\\ud83d\"", "\"\\ufffd\\ufffd\"", MEND_SURROGATE);
    expect_json("\"\\ud83d\\ud83d\\ude00x\"", "\"\\ufffd\\ud83d\\ude00x\"", MEND_SURROGATE);
    expect_json("\"\\ud83d\\u0000\"", "\"\\ufffd\\ufffd\"", MEND_SURROGATE | MEND_NUL);
    expect_json("1e309", "\"1e309\"", MEND_NUMBER);
    expect_json("[-1E-309,2]", "[\"-1E-309\",2]", MEND_NUMBER);
    expect_json("{\"n\":1e99999999999999999999}", "{\"n\":\"1e99999999999999999999\"}", MEND_NUMBER);
    expect_json("[1e400,\"\\u0000\",\"\\udfff\"]", "[\"1e400\",\"\\ufffd\",\"\\ufffd\"]",
                MEND_NUMBER | MEND_NUL | MEND_SURROGATE);
}

static void test_numbers_by_length(void **state)
{
    (void)state;
    char json[1002], wanted[1004];
    memset(json, '7', sizeof json);
    json[1000] = 0;
    expect_json(json, json, 0);
    json[1000] = '7', json[1001] = 0;
    snprintf(wanted, sizeof wanted, "\"%s\"", json);
    expect_json(json, wanted, MEND_NUMBER);
}

/* In time that goes with its size, not with its square: a webhook may be of nothing but line breaks. */
static void test_a_string_of_escapes(void **state)
{
    (void)state;
    struct ht_buffer text = {0}, scratch = {0};
    uint32_t reasons = 0;
    ht_buffer_add_byte(&text, '"');
    for (int i = 0; i < 4 << 20; i++)
        ht_buffer_add_text(&text, "\\n");
    ht_buffer_add_text(&text, "\\\"\\u0000\"");
    clock_t before = clock();
    struct ht_slice mended = mend_json(ht_buffer_slice(&text), &scratch, &reasons);
    assert_in_range(clock() - before, 0, 10 * CLOCKS_PER_SEC);
    assert_int_equal(reasons, MEND_NUL);
    assert_int_equal(mended.size, text.size);
    assert_memory_equal(mended.data + mended.size - 9, "\\\"\\ufffd\"", 9);
    ht_buffer_release(&text);
    ht_buffer_release(&scratch);
}

/* Whatever the bytes, nothing beyond them is read (for sanitizers to see); and no more than every byte can grow. */
static void test_any_bytes(void **state)
{
    (void)state;
    static const char alphabet[] = "\\u0dD8cCfF{}[]\",:1e9-+. \n";
    struct random random = {5};
    struct ht_buffer once = {0};
    for (int i = 0; i < 50000; i++) {
        size_t size = random_below(&random, 40);
        char *text = malloc(size + 1);
        uint32_t reasons = 0;
        assert_non_null(text);
        for (size_t at = 0; at < size; at++)
            text[at] = alphabet[random_below(&random, sizeof alphabet - 1)];
        struct ht_slice mended = mend_json(ht_slice_of(text, size), &once, &reasons);
        assert_in_range(mended.size, 0, 3 * size);
        free(text);
    }
    ht_buffer_release(&once);
}

static void expect_text(struct ht_slice text, struct ht_slice wanted, uint32_t reasons)
{
    struct ht_buffer scratch = {0};
    uint32_t found = 0;
    struct ht_slice got = mend_text(text, &scratch, &found);
    assert_true(ht_slice_equal(got, wanted));
    assert_int_equal(found, reasons);
    if (reasons == 0) assert_ptr_equal(got.data, text.data);
    ht_buffer_release(&scratch);
}

static void test_text(void **state)
{
    (void)state;
    expect_text(HT_SLICE(""), HT_SLICE(""), 0);
    expect_text(HT_SLICE("plain \\u0000"), HT_SLICE("plain \\u0000"), 0);
    expect_text(HT_SLICE("a\0b\0"),
                HT_SLICE("a\xef\xbf\xbd"
                         "b\xef\xbf\xbd"),
                MEND_NUL);
    expect_text(HT_SLICE("\0"), HT_SLICE("\xef\xbf\xbd"), MEND_NUL);
}

/* Too long for a key: cut between characters, and still told from one that differs in its last byte. */
static void test_long_keys(void **state)
{
    (void)state;
    struct ht_buffer one = {0}, other = {0};
    char text[2000];
    for (size_t i = 0; i < sizeof text; i += 2)
        memcpy(text + i, "\xc3\xa4", 2);
    for (size_t size = MEND_KEY_SIZE - 1; size < MEND_KEY_SIZE + 300; size++) {
        uint32_t reasons = 0;
        text[0] = 'a', text[1] = 'b';
        bool nul = size % 3 == 0;
        if (nul) text[1] = 0;
        struct ht_slice a = mend_key(ht_slice_of(text, size), &one, &reasons);
        assert_in_range(a.size, 1, MEND_KEY_SIZE);
        assert_int_equal(reasons, (size > MEND_KEY_SIZE || nul ? MEND_LONG : 0) | (nul ? MEND_NUL : 0));
        if (size <= MEND_KEY_SIZE) continue;
        text[size - 1] ^= 1;
        struct ht_slice b = mend_key(ht_slice_of(text, size), &other, &reasons);
        text[size - 1] ^= 1;
        assert_false(ht_slice_equal(a, b));
        assert_int_equal(a.data[100] & 0x80 ? 1 : 0, 1);
    }
    ht_buffer_release(&one);
    ht_buffer_release(&other);
}

/* What differs stays different: also from what another one was mended to. */
static void test_keys_are_told_apart(void **state)
{
    (void)state;
    struct ht_buffer nul = {0}, again = {0};
    uint32_t reasons = 0;
    struct ht_slice plain = HT_SLICE("a\xef\xbf\xbd");
    assert_ptr_equal(mend_key(plain, &nul, &reasons).data, plain.data);
    assert_int_equal(reasons, 0);
    struct ht_slice mended = mend_key(HT_SLICE("a\0"), &nul, &reasons);
    assert_true(ht_slice_is(mended, "a\xef\xbf\xbd\xe2\x80\xa6 sha256:"
                                    "ffe9aaeaa2a2d5048174df0b80599ef0197ec024c4b051bc9860cff58ef7f9f3"));
    assert_int_equal(reasons, MEND_NUL | MEND_TOLD);
    reasons = 0;
    struct ht_slice other = mend_key(mended, &again, &reasons);
    assert_false(ht_slice_equal(other, mended));
    assert_int_equal(reasons, MEND_TOLD);
    assert_in_range(other.size, 1, MEND_KEY_SIZE);
    ht_buffer_release(&nul);
    ht_buffer_release(&again);
}

static void test_times(void **state)
{
    (void)state;
    uint32_t reasons = 0;
    assert_true(mend_time(0, &reasons) == 0);
    assert_true(mend_time(INT64_C(253402300799999999), &reasons) == INT64_C(253402300799999999));
    assert_int_equal(reasons, 0);
    assert_true(mend_time(INT64_C(253402300800000000), &reasons) == INT64_C(253402300799999999));
    assert_int_equal(reasons, MEND_TIME);
    reasons = 0;
    assert_true(mend_time(INT64_MIN, &reasons) == INT64_C(-62135596800000000));
    assert_int_equal(reasons, MEND_TIME);
}

static void test_notes(void **state)
{
    (void)state;
    struct ht_buffer out = {0};
    mend_note(&out, "payload", MEND_NUL | MEND_NUMBER);
    mend_note(&out, "at", MEND_TIME);
    assert_string_equal(
        ht_buffer_text(&out),
        "{\"column\":\"payload\",\"reason\":\"U+0000 became U+FFFD\"},"
        "{\"column\":\"payload\",\"reason\":\"a number beyond the bounds became a string\"},"
        "{\"column\":\"at\",\"reason\":\"a time beyond the years 0001 to 9999 became the nearest within\"}");
    ht_buffer_release(&out);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_sound_json_stays_where_it_is),
        cmocka_unit_test(test_json_that_jsonb_refuses),
        cmocka_unit_test(test_numbers_by_length),
        cmocka_unit_test(test_a_string_of_escapes),
        cmocka_unit_test(test_any_bytes),
        cmocka_unit_test(test_text),
        cmocka_unit_test(test_long_keys),
        cmocka_unit_test(test_keys_are_told_apart),
        cmocka_unit_test(test_times),
        cmocka_unit_test(test_notes),
    };
    cmocka_set_message_output(CM_OUTPUT_TAP);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
