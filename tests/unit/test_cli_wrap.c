#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>

#include <cmocka.h>
#include <locale.h>

#include "../../query/cli/wrap.h"
#include "hooktrail/encode.h"
#include "random.h"

static unsigned width_of(const char *text)
{
    return ht_wrap_width(ht_slice_from(text));
}

static void expect_wrapped(const char *text, unsigned indent, unsigned width, const char *expected)
{
    struct ht_buffer out = {0};
    ht_wrap_add(&out, ht_slice_from(text), indent, width);
    assert_string_equal(ht_buffer_text(&out), expected);
    ht_buffer_release(&out);
}

static void test_width_counts_columns(void **state)
{
    (void)state;
    assert_int_equal(width_of(""), 0);
    assert_int_equal(width_of("abc"), 3);
    assert_int_equal(width_of("na\xc3\xafve"), 5);
    assert_int_equal(width_of("\xe6\x9d\xb1\xe4\xba\xac"), 4); /* wide */
    assert_int_equal(width_of("e\xcc\x81"), 1);                /* combining */
    assert_int_equal(width_of("\xf0\x9f\x9a\x80"), 2);
    assert_int_equal(width_of("\xc3"), 1); /* cut off */
    assert_int_equal(width_of("\xff\x80"), 2);
}

static void test_wrapping_breaks_at_spaces(void **state)
{
    (void)state;
    expect_wrapped("", 4, 20, "");
    expect_wrapped("one two three", 0, 20, "one two three");
    expect_wrapped("one two three", 0, 10, "one two\nthree");
    expect_wrapped("one two three", 4, 14, "one two\n    three");
    expect_wrapped("0123456789 ab", 0, 10, "0123456789\nab");
    expect_wrapped("one  two   three", 0, 10, "one  two\nthree");
}

static void test_wrapping_breaks_long_words(void **state)
{
    (void)state;
    expect_wrapped("0123456789abcdef", 0, 10, "0123456789\nabcdef");
    expect_wrapped("a 0123456789abcdef", 2, 12, "a\n  0123456789\n  abcdef");
    expect_wrapped("\xe6\x9d\xb1\xe6\x9d\xb1\xe6\x9d\xb1\xe6\x9d\xb1\xe6\x9d\xb1\xe6\x9d\xb1", 0, 11,
                   "\xe6\x9d\xb1\xe6\x9d\xb1\xe6\x9d\xb1\xe6\x9d\xb1\xe6\x9d\xb1\n\xe6\x9d\xb1");
}

static void test_wrapping_keeps_newlines(void **state)
{
    (void)state;
    expect_wrapped("a\n\nb\n", 3, 20, "a\n\n   b\n");
    expect_wrapped("\n", 3, 20, "\n");
}

static void test_a_terminal_too_narrow_still_gets_columns(void **state)
{
    (void)state;
    expect_wrapped("0123456789abc", 30, 20, "0123456789\n                              abc");
}

static void check_lines(struct ht_slice out, unsigned indent, unsigned width)
{
    for (size_t at = 0, line = 0; at < out.size; line++) {
        const char *end = memchr(out.data + at, '\n', out.size - at);
        size_t size = end ? (size_t)(end - out.data) - at : out.size - at;
        unsigned taken = ht_wrap_width(ht_slice_of(out.data + at, size)) + (line == 0 ? indent : 0);
        assert_true(taken <= width);
        at += size + 1;
    }
}

/* What is not white space is neither lost nor moved. */
static void check_content(struct ht_slice in, struct ht_slice out)
{
    size_t i = 0, o = 0;
    for (;;) {
        while (i < in.size && (in.data[i] == ' ' || in.data[i] == '\n'))
            i++;
        while (o < out.size && (out.data[o] == ' ' || out.data[o] == '\n'))
            o++;
        if (i == in.size || o == out.size) break;
        assert_int_equal(in.data[i++], out.data[o++]);
    }
    assert_int_equal(i, in.size);
    assert_int_equal(o, out.size);
}

static void test_no_line_is_too_wide_and_nothing_is_lost(void **state)
{
    (void)state;
    struct random random = {.state = 7};
    struct ht_buffer safe = {0}, out = {0};
    for (int i = 0; i < 5000; i++) {
        char text[120];
        size_t size = random_below(&random, sizeof text);
        unsigned indent = random_below(&random, 20);
        unsigned width = indent + 11 + random_below(&random, 40);
        random_text(&random, text, size);
        for (size_t j = 0; j < size; j += 1 + random_below(&random, 12))
            text[j] = ' ';
        ht_buffer_clear(&safe);
        ht_buffer_clear(&out);
        ht_terminal_add(&safe, ht_slice_of(text, size), true);
        ht_wrap_add(&out, ht_buffer_slice(&safe), indent, width);
        check_lines(ht_buffer_slice(&out), indent, width);
        check_content(ht_buffer_slice(&safe), ht_buffer_slice(&out));
    }
    ht_buffer_release(&safe);
    ht_buffer_release(&out);
}

static void test_head_cuts_between_characters(void **state)
{
    (void)state;
    assert_int_equal(ht_wrap_head(HT_SLICE("abc"), 2).size, 2);
    assert_int_equal(ht_wrap_head(HT_SLICE("abc"), 9).size, 3);
    assert_int_equal(ht_wrap_head(HT_SLICE("\xe6\x9d\xb1\xe4\xba\xac"), 3).size, 3);
    assert_int_equal(ht_wrap_head(HT_SLICE("e\xcc\x81x"), 1).size, 3);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_width_counts_columns),
        cmocka_unit_test(test_wrapping_breaks_at_spaces),
        cmocka_unit_test(test_wrapping_breaks_long_words),
        cmocka_unit_test(test_wrapping_keeps_newlines),
        cmocka_unit_test(test_a_terminal_too_narrow_still_gets_columns),
        cmocka_unit_test(test_no_line_is_too_wide_and_nothing_is_lost),
        cmocka_unit_test(test_head_cuts_between_characters),
    };
    setlocale(LC_CTYPE, "C.UTF-8");
    cmocka_set_message_output(CM_OUTPUT_TAP);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
