#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include <cmocka.h>

#include "hooktrail/time.h"
#include "random.h"

#define FIRST_TIME (INT64_C(-62135596800) * HT_SECOND)
#define LAST_TIME (INT64_C(253402300800) * HT_SECOND - 1)

static int64_t parsed(const char *text)
{
    int64_t time = HT_TIME_NONE;
    if (ht_time_parse(ht_slice_from(text), &time) != HT_OK) fail_msg("refused: %s", text);
    return time;
}

static void test_known_times(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        int64_t time;
    } cases[] = {
        {"1970-01-01T00:00:00Z", 0},
        {"1970-01-01T00:00:00.000001Z", 1},
        {"1969-12-31T23:59:59.999999Z", -1},
        {"2023-08-15T14:30:45.123Z", INT64_C(1692109845123000)},
        {"2023-08-15t14:30:45.123z", INT64_C(1692109845123000)},
        {"2023-08-15T16:30:45.123+02:00", INT64_C(1692109845123000)},
        {"2023-08-15T09:00:45.123-05:30", INT64_C(1692109845123000)},
        {"2023-08-15T14:30:45.123-00:00", INT64_C(1692109845123000)},
        {"2023-08-15T14:30:45.1230009999999999999999Z", INT64_C(1692109845123000)},
        {"2023-08-15T14:30:45.1234567Z", INT64_C(1692109845123456)},
        {"2000-02-29T00:00:00Z", INT64_C(951782400000000)},
        {"2016-12-31T23:59:60Z", INT64_C(1483228799000000)},
        {"2016-12-31T23:59:60.5Z", INT64_C(1483228799500000)},
        {"2017-01-01T00:59:60+01:00", INT64_C(1483228799000000)},
        {"2016-12-31T15:59:60-08:00", INT64_C(1483228799000000)},
        {"0001-01-01T00:00:00Z", FIRST_TIME},
        {"9999-12-31T23:59:59.999999Z", LAST_TIME},
        {"9999-12-31T23:59:59.999999+23:59", LAST_TIME - 86340 * HT_SECOND},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++)
        assert_true(parsed(cases[i].text) == cases[i].time);
}

static void test_what_is_no_time(void **state)
{
    (void)state;
    static const char *const wrong[] = {
        "",
        "2023-08-15",
        "2023-08-15T14:30:45",
        "2023-08-15 14:30:45Z",
        "2023-08-15T14:30Z",
        "2023-08-15T14:30:45.Z",
        "2023-08-15T14:30:45,5Z",
        "2023-08-15T14:30:45+0200",
        "2023-08-15T14:30:45+02",
        "2023-08-15T14:30:45+24:00",
        "2023-08-15T14:30:45+02:60",
        "2023-08-15T14:30:45 Z",
        "2023-08-15T14:30:45ZZ",
        "2023-08-15T24:00:00Z",
        "2023-08-15T14:60:00Z",
        "2023-08-15T14:30:61Z",
        "2023-08-15T14:30:60Z",
        "2016-12-31T23:59:60+01:00",
        "2023-00-15T14:30:45Z",
        "2023-13-15T14:30:45Z",
        "2023-08-00T14:30:45Z",
        "2023-08-32T14:30:45Z",
        "2023-04-31T14:30:45Z",
        "2023-02-29T14:30:45Z",
        "1900-02-29T14:30:45Z",
        "0000-01-01T00:00:00Z",
        "0001-01-01T00:00:00+00:01",
        "9999-12-31T23:59:59-00:01",
        "-001-01-01T00:00:00Z",
        "12023-08-15T14:30:45Z",
        "+2023-08-15T14:30:45Z",
        "2023-8-15T14:30:45Z",
        " 2023-08-15T14:30:45Z",
        "2023-08-15T14:30:45Z ",
        "1692109845",
        "2023-08-15T1\xd9\xa4:30:45Z",
    };
    for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++) {
        int64_t time = 42;
        if (ht_time_parse(ht_slice_from(wrong[i]), &time) != HT_INVALID) fail_msg("taken: %s", wrong[i]);
        assert_true(time == 42);
    }
    int64_t time;
    assert_int_equal(ht_time_parse(HT_ABSENT, &time), HT_INVALID);
    assert_int_equal(ht_time_parse(HT_SLICE("2023-08-15T14:30:45Z\0"), &time), HT_INVALID);
}

static int64_t random_time(struct random *random)
{
    return FIRST_TIME + (int64_t)(random_next(random) % (uint64_t)(LAST_TIME - FIRST_TIME + 1));
}

/* The C library's calendar says the same. */
static void test_format_agrees_with_the_c_library(void **state)
{
    (void)state;
    struct random random = {5};
    for (int i = 0; i < 100000; i++) {
        int64_t time = random_time(&random);
        if (i % 3 == 0) time -= time % 1000;
        int64_t micros = ((time % HT_SECOND) + HT_SECOND) % HT_SECOND;
        time_t seconds = (time - micros) / HT_SECOND;
        struct tm civil;
        assert_non_null(gmtime_r(&seconds, &civil));
        char expected[96], text[HT_TIME_TEXT_SIZE];
        int length = snprintf(expected, sizeof expected, "%04d-%02d-%02dT%02d:%02d:%02d.", civil.tm_year + 1900,
                              civil.tm_mon + 1, civil.tm_mday, civil.tm_hour, civil.tm_min, civil.tm_sec);
        bool fine = micros % 1000 != 0;
        snprintf(expected + length, sizeof expected - (size_t)length, "%0*dZ", fine ? 6 : 3,
                 (int)(fine ? micros : micros / 1000));
        assert_int_equal(ht_time_format(text, time), strlen(expected));
        assert_string_equal(text, expected);
        assert_true(parsed(text) == time);
    }
}

static void test_every_day_of_800_years(void **state)
{
    (void)state;
    for (int64_t day = -146097; day < 146097; day++) {
        time_t seconds = day * 86400;
        struct tm civil;
        char text[16], expected[48];
        gmtime_r(&seconds, &civil);
        snprintf(expected, sizeof expected, "%04d-%02d-%02d", civil.tm_year + 1900, civil.tm_mon + 1, civil.tm_mday);
        ht_time_format_day(text, day);
        assert_string_equal(text, expected);
        assert_int_equal(ht_time_day(day * HT_DAY), day);
        assert_int_equal(ht_time_day(day * HT_DAY + HT_DAY - 1), day);
        assert_int_equal(ht_time_day(day * HT_DAY - 1), day - 1);
    }
}

static void test_both_ends_of_every_year(void **state)
{
    (void)state;
    for (int year = 1; year <= 9999; year++) {
        char first[32], last[32], text[HT_TIME_TEXT_SIZE];
        snprintf(first, sizeof first, "%04d-01-01T00:00:00.000Z", year);
        snprintf(last, sizeof last, "%04d-12-31T23:59:59.999Z", year);
        ht_time_format(text, parsed(first));
        assert_string_equal(text, first);
        ht_time_format(text, parsed(last));
        assert_string_equal(text, last);
        if (year < 9999) ht_time_format_day(text, ht_time_day(parsed(last)) + 1);
        if (year < 9999) assert_int_equal(strtol(text, NULL, 10), year + 1);
    }
}

static void test_damaged_times_stay_within_the_years(void **state)
{
    (void)state;
    char text[HT_TIME_TEXT_SIZE];
    ht_time_format(text, INT64_MIN);
    assert_string_equal(text, "0001-01-01T00:00:00.000Z");
    ht_time_format(text, FIRST_TIME - 1);
    assert_string_equal(text, "0001-01-01T00:00:00.000Z");
    assert_int_equal(ht_time_format(text, INT64_MAX), 27);
    assert_string_equal(text, "9999-12-31T23:59:59.999999Z");
    char day[16];
    ht_time_format_day(day, INT64_MIN);
    assert_string_equal(day, "0001-01-01");
    ht_time_format_day(day, INT64_MAX);
    assert_string_equal(day, "9999-12-31");
}

static void test_bounds(void **state)
{
    (void)state;
    const int64_t now = parsed("2026-11-24T13:22:00.123456Z");
    static const struct {
        const char *text;
        int64_t age;
    } ages[] = {
        {"0s", 0},       {"90s", 90 * HT_SECOND}, {"30m", 1800 * HT_SECOND},
        {"24h", HT_DAY}, {"7d", 7 * HT_DAY},      {"2w", 14 * HT_DAY},
    };
    int64_t time;
    for (size_t i = 0; i < sizeof ages / sizeof ages[0]; i++) {
        assert_int_equal(ht_time_parse_bound(ht_slice_from(ages[i].text), now, &time, NULL), HT_OK);
        assert_true(time == now - ages[i].age);
    }
    assert_int_equal(ht_time_parse_bound(HT_SLICE("2026-11-24"), now, &time, NULL), HT_OK);
    assert_true(time == parsed("2026-11-24T00:00:00Z"));
    assert_int_equal(ht_time_parse_bound(HT_SLICE("2026-11-24T13:22:00+01:00"), now, &time, NULL), HT_OK);
    assert_true(time == parsed("2026-11-24T12:22:00Z"));
}

static void test_what_is_no_bound(void **state)
{
    (void)state;
    static const char *const wrong[] = {
        "",
        "s",
        "7",
        "7D",
        "-7d",
        "+7d",
        "7 d",
        "1.5h",
        "7dd",
        "yesterday",
        "2026-11-31",
        "2026-11-24T",
        "7y",
        "1M",
        "0000-01-01",
        "18446744073709551616s",
        "9223372036854775807w",
        "99999999999999999d",
        "2100w2d",
        "740000d",
        "2026-11-24 13:22:00Z",
    };
    const int64_t now = parsed("2026-11-24T13:22:00Z");
    for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++) {
        int64_t time = 42;
        struct ht_error err = {0};
        if (ht_time_parse_bound(ht_slice_from(wrong[i]), now, &time, &err) != HT_INVALID)
            fail_msg("taken: %s", wrong[i]);
        assert_int_equal(err.status, HT_INVALID);
        assert_non_null(strstr(err.detail, "7d"));
        assert_true(time == 42);
    }
    int64_t time;
    assert_int_equal(ht_time_parse_bound(HT_ABSENT, now, &time, NULL), HT_INVALID);
    assert_int_equal(ht_time_parse_bound(HT_SLICE("1s"), INT64_MIN, &time, NULL), HT_INVALID);
}

static void test_now_is_the_wall_clock(void **state)
{
    (void)state;
    int64_t before = time(NULL) * HT_SECOND;
    int64_t now = ht_time_now();
    assert_true(now >= before && now < before + 60 * HT_SECOND);
}

static void test_the_steady_clock_goes_on(void **state)
{
    (void)state;
    struct timespec nap = {.tv_nsec = 3000000};
    int64_t before = ht_time_steady();
    nanosleep(&nap, NULL);
    int64_t gone = ht_time_steady() - before;
    assert_true(gone >= 3000 && gone < 60 * HT_SECOND);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_known_times),
        cmocka_unit_test(test_what_is_no_time),
        cmocka_unit_test(test_format_agrees_with_the_c_library),
        cmocka_unit_test(test_every_day_of_800_years),
        cmocka_unit_test(test_both_ends_of_every_year),
        cmocka_unit_test(test_damaged_times_stay_within_the_years),
        cmocka_unit_test(test_bounds),
        cmocka_unit_test(test_what_is_no_bound),
        cmocka_unit_test(test_now_is_the_wall_clock),
        cmocka_unit_test(test_the_steady_clock_goes_on),
    };
    cmocka_set_message_output(CM_OUTPUT_TAP);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
