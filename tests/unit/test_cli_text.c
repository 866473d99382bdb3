/* Amounts, times, bars and excerpts: the small texts of the command line. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>

#include <cmocka.h>
#include <time.h>

#include "../../query/cli/bar.h"
#include "../../query/cli/excerpt.h"
#include "../../query/cli/local.h"
#include "hooktrail/time.h"
#include "random.h"

static void expect(struct ht_buffer *out, const char *text)
{
    assert_string_equal(ht_buffer_text(out), text);
    ht_buffer_clear(out);
}

static void test_amounts(void **state)
{
    (void)state;
    struct ht_buffer out = {0};
    static const struct {
        uint64_t bytes;
        const char *text;
    } sizes[] = {{0, "0 B"},
                 {1023, "1023 B"},
                 {1024, "1.0 KiB"},
                 {1536, "1.5 KiB"},
                 {1048575, "1.0 MiB"},
                 {UINT64_C(1) << 40, "1.0 TiB"},
                 {UINT64_MAX, "16.0 EiB"}};
    for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++) {
        ht_local_size(&out, sizes[i].bytes);
        expect(&out, sizes[i].text);
    }
    ht_local_count(&out, 0);
    expect(&out, "0");
    ht_local_count(&out, 999);
    expect(&out, "999");
    ht_local_count(&out, 1000);
    expect(&out, "1,000");
    ht_local_count(&out, UINT64_MAX);
    expect(&out, "18,446,744,073,709,551,615");
    ht_buffer_release(&out);
}

static void test_times(void **state)
{
    (void)state;
    struct ht_buffer out = {0};
    int64_t time;
    assert_int_equal(ht_time_parse(HT_SLICE("2026-11-24T23:59:59.999Z"), &time), HT_OK);
    ht_local_add(&out, time, HT_LOCAL_TIME);
    expect(&out, "2026-11-24 23:59:59");
    ht_local_add(&out, -1, HT_LOCAL_TIME);
    expect(&out, "1969-12-31 23:59:59");
    ht_local_add(&out, HT_TIME_NONE, HT_LOCAL_DAY);
    expect(&out, "-");
    assert_true(ht_local_day(time) != ht_local_day(time + HT_SECOND));
    assert_true(ht_local_day(time) == ht_local_day(time - HT_SECOND));
    ht_buffer_release(&out);
}

static void test_bar(void **state)
{
    (void)state;
    struct ht_buffer out = {0};
    ht_bar_line(&out, "indexing", 0, 50, 100, 10000, 60);
    expect(&out, "indexing [#############..............]  50 %  5/s  0:10 left");
    ht_bar_line(&out, "x", 0, 0, 0, 0, 20);
    expect(&out, "x [##########] 100 %");
    ht_bar_line(&out, "indexing", 10, 5, 100, 1000, 5);
    expect(&out, "indexing   5 %");
    ht_buffer_release(&out);
}

static void test_a_bar_fits(void **state)
{
    (void)state;
    struct random random = {.state = 3};
    struct ht_buffer out = {0};
    for (int i = 0; i < 2000; i++) {
        uint64_t total = random_next(&random) >> random_below(&random, 64);
        uint64_t done = random_next(&random) >> random_below(&random, 64);
        uint64_t first = random_next(&random) >> random_below(&random, 64);
        ht_bar_line(&out, "verifying", first, done, total, random_below(&random, 1000000), 100);
        assert_true(out.size <= 100);
        ht_buffer_clear(&out);
    }
    ht_buffer_release(&out);
}

static void test_excerpt_marks_the_byte(void **state)
{
    (void)state;
    struct ht_buffer out = {0};
    ht_excerpt_add(&out, HT_SLICE("{\"a\":007}"), 6, 2);
    expect(&out, "  {\"a\":007}\n        ^\n");
    ht_excerpt_add(&out, HT_SLICE("{\"a\":"), 5, 0);
    expect(&out, "{\"a\":\n     ^\n");
    ht_excerpt_add(&out, HT_SLICE("{\x1b\n}"), 2, 0);
    expect(&out, "{\\x1b\\x0a}\n     ^\n");
    ht_excerpt_add(&out, HT_SLICE(""), 9, 1);
    expect(&out, " \n ^\n");
    ht_buffer_release(&out);
}

static void test_excerpt_of_anything(void **state)
{
    (void)state;
    struct random random = {.state = 11};
    struct ht_buffer out = {0};
    for (int i = 0; i < 5000; i++) {
        char body[200];
        size_t size = random_below(&random, sizeof body);
        random_text(&random, body, size);
        ht_excerpt_add(&out, ht_slice_of(body, size), random_below(&random, 220), 4);
        size_t lines = 0;
        for (size_t at = 0; at < out.size; at++) {
            lines += out.data[at] == '\n';
            assert_true(out.data[at] == '\n' || (unsigned char)out.data[at] >= ' ');
        }
        assert_int_equal(lines, 2);
        assert_int_equal(out.data[out.size - 2], '^');
        ht_buffer_clear(&out);
    }
    ht_buffer_release(&out);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_amounts),
        cmocka_unit_test(test_times),
        cmocka_unit_test(test_bar),
        cmocka_unit_test(test_a_bar_fits),
        cmocka_unit_test(test_excerpt_marks_the_byte),
        cmocka_unit_test(test_excerpt_of_anything),
    };
    setenv("TZ", "UTC", 1);
    tzset();
    cmocka_set_message_output(CM_OUTPUT_TAP);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
