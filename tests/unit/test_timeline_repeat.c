/* What a payload repeats is recognised where it must be, so that the shortcut is one; and nowhere else. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include "../../query/timeline_repeat.h"

/* One payload: each letter is an element whose text and message it is; upper case has no message. Letters that are not
   recognised are found otherwise. Returns how many were. */
static uint32_t add(struct timeline_repeat *repeat, const char *letters)
{
    uint32_t recognised = 0;
    timeline_repeat_begin(repeat);
    for (; *letters; letters++) {
        struct ht_slice text = ht_slice_of(letters, 1);
        uint32_t message = timeline_repeat_find(repeat, text);
        uint32_t right = *letters >= 'a' ? (uint32_t)*letters : HASH_TABLE_NONE;
        if (message != HASH_TABLE_NONE) assert_int_equal(message, right);
        recognised += message != HASH_TABLE_NONE;
        assert_int_equal(timeline_repeat_add(repeat, text, right, NULL), HT_OK);
    }
    return recognised;
}

static void check(const char *first, const char *second, uint32_t recognised)
{
    struct timeline_repeat repeat = {0};
    assert_int_equal(add(&repeat, first), 0);
    assert_int_equal(add(&repeat, second), recognised);
    timeline_repeat_release(&repeat);
}

static void test_runs(void **state)
{
    (void)state;
    check("", "abc", 0);
    check("abc", "", 0);
    check("abc", "abcde", 3);
    check("abcd", "bcde", 2); /* the first one is found otherwise, and tells where the run goes on */
    check("abcd", "abxcd", 2);
    check("abcd", "xabcd", 0);
    check("abXcd", "abXcd", 2);
    check("Xab", "Xab", 0);
    check("abcd", "dabc", 0);
}

static void test_only_the_payload_before_counts(void **state)
{
    struct timeline_repeat repeat = {0};
    (void)state;
    (void)add(&repeat, "abc");
    assert_int_equal(add(&repeat, "xy"), 0);
    assert_int_equal(add(&repeat, "abc"), 0);
    assert_int_equal(add(&repeat, "abcd"), 3);
    timeline_repeat_release(&repeat);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_runs),
        cmocka_unit_test(test_only_the_payload_before_counts),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
