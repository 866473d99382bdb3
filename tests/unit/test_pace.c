#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "../../server/pace.h"

#define SECOND INT64_C(1000000000)
#define NOW (1000 * SECOND)

static int64_t full_at;

static int setup(void **state)
{
    (void)state;
    full_at = 0;
    return 0;
}

/* As many of `count` at `now` as keep the pace. */
static int take(int count, int64_t now, struct ht_pace pace)
{
    int taken = 0;
    for (int i = 0; i < count; i++) {
        if (ht_pace_wait(full_at, now, pace) > 0) continue;
        ht_pace_count(&full_at, now, pace);
        taken++;
    }
    return taken;
}

static void test_as_many_at_once_as_in_its_time(void **state)
{
    (void)state;
    struct ht_pace pace = ht_pace_of(5, SECOND);
    assert_int_equal(take(20, NOW, pace), 5);
    assert_int_equal(ht_pace_wait(full_at, NOW, pace), SECOND / 5);
}

static void test_what_is_used_comes_back_with_time(void **state)
{
    (void)state;
    struct ht_pace pace = ht_pace_of(5, SECOND);
    assert_int_equal(take(20, NOW, pace), 5);
    assert_int_equal(take(20, NOW + SECOND / 5 - 1, pace), 0);
    assert_int_equal(take(20, NOW + SECOND / 5, pace), 1);
    assert_int_equal(take(20, NOW + SECOND, pace), 4);
    assert_int_equal(take(20, NOW + 100 * SECOND, pace), 5);
}

static void test_no_more_than_the_rate_over_long(void **state)
{
    (void)state;
    struct ht_pace pace = ht_pace_of(1000, SECOND);
    int taken = 0;
    for (int64_t now = NOW; now < NOW + 10 * SECOND; now += SECOND / 4000)
        taken += take(1, now, pace);
    assert_in_range(taken, 10999, 11001);
}

static void test_one_alone(void **state)
{
    (void)state;
    struct ht_pace pace = ht_pace_of(1, 60 * SECOND);
    assert_int_equal(take(3, NOW, pace), 1);
    assert_int_equal(take(3, NOW + 60 * SECOND - 1, pace), 0);
    assert_int_equal(take(3, NOW + 60 * SECOND, pace), 1);
}

static void test_what_is_counted_beyond_waits_longer_each(void **state)
{
    (void)state;
    struct ht_pace pace = ht_pace_of(2, SECOND);
    int64_t waits[5];
    for (int i = 0; i < 5; i++) {
        waits[i] = ht_pace_wait(full_at, NOW, pace);
        ht_pace_count(&full_at, NOW, pace);
    }
    assert_int_equal(waits[1], 0);
    assert_int_equal(waits[2], SECOND / 2);
    assert_int_equal(waits[4], 3 * SECOND / 2);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(test_as_many_at_once_as_in_its_time, setup),
        cmocka_unit_test_setup(test_what_is_used_comes_back_with_time, setup),
        cmocka_unit_test_setup(test_no_more_than_the_rate_over_long, setup),
        cmocka_unit_test_setup(test_one_alone, setup),
        cmocka_unit_test_setup(test_what_is_counted_beyond_waits_longer_each, setup),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
