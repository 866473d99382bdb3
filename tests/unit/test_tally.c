#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "../../server/tally.h"

#define SECOND INT64_C(1000000000)
#define NOW (1000 * SECOND)
#define REMEMBERED 4096 /* places beside those for what is open */

static struct ht_tallies *tallies;

static int make(size_t open)
{
    struct ht_error err;
    return ht_tallies_new(open, &tallies, &err) == HT_OK ? 0 : -1;
}

static int setup(void **state)
{
    (void)state;
    return make(8);
}

static int teardown(void **state)
{
    (void)state;
    ht_tallies_free(tallies);
    return 0;
}

static struct ht_tally *open_number(uint64_t number, uint64_t most)
{
    uint8_t key[HT_TALLY_KEY];
    ht_tally_key_number(number, key);
    return ht_tally_open(tallies, key, most);
}

static bool admit(uint64_t number, int64_t now, struct ht_pace pace)
{
    uint8_t key[HT_TALLY_KEY];
    ht_tally_key_number(number, key);
    return ht_tally_admit(tallies, key, now, pace);
}

static void test_each_has_its_own_number(void **state)
{
    (void)state;
    struct ht_tally *one = open_number(1, 2);
    assert_non_null(one);
    assert_ptr_equal(open_number(1, 2), one);
    assert_null(open_number(1, 2));
    assert_non_null(open_number(2, 2));
    ht_tally_close(tallies, one);
    assert_ptr_equal(open_number(1, 2), one);
    assert_null(open_number(1, 2));
    assert_ptr_equal(open_number(1, 0), one);
}

static void test_what_is_open_is_never_forgotten(void **state)
{
    (void)state;
    struct ht_tally *open[8];
    for (uint64_t i = 0; i < 8; i++)
        assert_non_null(open[i] = open_number(i, 1));
    for (uint64_t i = 100; i < 100 + 3 * REMEMBERED; i++) {
        struct ht_tally *passing = open_number(i, 1);
        assert_non_null(passing);
        ht_tally_close(tallies, passing);
    }
    for (uint64_t i = 0; i < 8; i++) {
        assert_null(open_number(i, 1));
        ht_tally_close(tallies, open[i]);
    }
}

static void test_with_everything_open_there_is_no_place(void **state)
{
    (void)state;
    for (uint64_t i = 0; i < 8 + REMEMBERED; i++)
        assert_non_null(open_number(i, 1));
    assert_null(open_number(99999, 1));
    assert_non_null(open_number(5, 2));
}

static void test_the_oldest_is_forgotten_first(void **state)
{
    (void)state;
    struct ht_pace pace = ht_pace_of(1, SECOND);
    for (uint64_t i = 0; i < 8 + REMEMBERED; i++)
        assert_true(admit(i, NOW, pace));
    assert_false(admit(0, NOW, pace)); /* and is the newest now */
    assert_true(admit(99999, NOW, pace));
    assert_false(admit(0, NOW, pace));
    assert_false(admit(2, NOW, pace));
    assert_true(admit(1, NOW, pace)); /* the oldest had to go: it begins anew */
}

static void test_a_pace_outlives_what_is_open(void **state)
{
    (void)state;
    struct ht_pace pace = ht_pace_of(1, SECOND);
    struct ht_tally *one = open_number(1, 0);
    assert_int_equal(ht_tally_delay(tallies, one, NOW, pace, 10 * SECOND), 0);
    ht_tally_close(tallies, one);
    one = open_number(1, 0);
    assert_int_equal(ht_tally_delay(tallies, one, NOW, pace, 10 * SECOND), SECOND);
    assert_int_equal(ht_tally_delay(tallies, one, NOW, pace, 10 * SECOND), 2 * SECOND);
    struct ht_tally *other = open_number(2, 0);
    assert_int_equal(ht_tally_delay(tallies, other, NOW, pace, 10 * SECOND), 0);
}

static void test_a_delay_has_an_end_and_is_soon_forgiven(void **state)
{
    (void)state;
    struct ht_pace pace = ht_pace_of(1, SECOND);
    struct ht_tally *one = open_number(1, 0);
    for (int i = 0; i < 100000; i++)
        assert_true(ht_tally_delay(tallies, one, NOW, pace, 10 * SECOND) <= 10 * SECOND);
    assert_int_equal(ht_tally_delay(tallies, one, NOW, pace, 10 * SECOND), 10 * SECOND);
    assert_int_equal(ht_tally_delay(tallies, one, NOW + 11 * SECOND, pace, 10 * SECOND), 0);
}

static void test_admission_keeps_the_pace(void **state)
{
    (void)state;
    struct ht_pace pace = ht_pace_of(3, SECOND);
    int admitted = 0;
    for (int i = 0; i < 10; i++)
        admitted += admit(7, NOW, pace);
    assert_int_equal(admitted, 3);
    assert_true(admit(8, NOW, pace));
    assert_true(admit(7, NOW + SECOND, pace));
}

static void test_keys_of_addresses(void **state)
{
    (void)state;
    static const uint8_t six[3][16] = {{0x20, 1, 0xd, 0xb8, 0, 0, 0, 1, 9},
                                       {0x20, 1, 0xd, 0xb8, 0, 0, 0, 1, 7, 7},
                                       {0x20, 1, 0xd, 0xb8, 0, 0, 0, 2, 9}};
    static const uint8_t four[2][16] = {{[10] = 0xff, [11] = 0xff, 192, 0, 2, 1},
                                        {[10] = 0xff, [11] = 0xff, 192, 0, 2, 2}};
    uint8_t keys[5][HT_TALLY_KEY];
    for (int i = 0; i < 3; i++)
        ht_tally_key_address(six[i], keys[i]);
    for (int i = 0; i < 2; i++)
        ht_tally_key_address(four[i], keys[3 + i]);
    assert_memory_equal(keys[0], keys[1], HT_TALLY_KEY);
    assert_memory_not_equal(keys[0], keys[2], HT_TALLY_KEY);
    assert_memory_not_equal(keys[3], keys[4], HT_TALLY_KEY);
    assert_memory_equal(keys[3], four[0], HT_TALLY_KEY);
}

/* Against a count of its own: opens and closes at random, also when places are short. */
static void test_at_random_against_a_model(void **state)
{
    (void)state;
    enum { KEYS = 6000 };
    static struct ht_tally *places[KEYS];
    static unsigned open[KEYS];
    size_t total = 0;
    srandom(4711);
    for (int i = 0; i < 200000; i++) {
        uint64_t key = (uint64_t)random() % KEYS;
        bool opens = random() % 2 && total < 8 + REMEMBERED;
        if (opens) {
            struct ht_tally *place = open_number(key, 3);
            assert_int_equal(place != NULL, open[key] < 3);
            if (!place) continue;
            if (open[key] > 0) assert_ptr_equal(place, places[key]);
            if (open[key]++ == 0) total++;
            places[key] = place;
        } else if (open[key] > 0) {
            ht_tally_close(tallies, places[key]);
            if (--open[key] == 0) total--;
        }
    }
    assert_true(total > 1000);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
    const struct CMUnitTest tests[] = {
        TEST(test_each_has_its_own_number),
        TEST(test_what_is_open_is_never_forgotten),
        TEST(test_with_everything_open_there_is_no_place),
        TEST(test_the_oldest_is_forgotten_first),
        TEST(test_a_pace_outlives_what_is_open),
        TEST(test_a_delay_has_an_end_and_is_soon_forgiven),
        TEST(test_admission_keeps_the_pace),
        TEST(test_keys_of_addresses),
        TEST(test_at_random_against_a_model),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
