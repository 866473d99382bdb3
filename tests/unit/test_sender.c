#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "../../server/sender.h"

static struct ht_proxies proxies;

static int set_up(void **state)
{
    (void)state;
    return ht_proxies_parse(HT_SLICE("127.0.0.0/8, ::1, 10.0.0.0/8"), &proxies, NULL) == HT_OK ? 0 : -1;
}

static void expect_two(const char *peer, const char *header, const char *second, const char *wanted)
{
    struct ht_sender sender;
    ht_sender_init(&sender, peer, &proxies);
    if (header) ht_sender_forwarded(&sender, ht_slice_from(header));
    if (second) ht_sender_forwarded(&sender, ht_slice_from(second));
    assert_string_equal(sender.address, wanted);
}

static void expect(const char *header, const char *wanted)
{
    expect_two("127.0.0.1", header, NULL, wanted);
}

static void test_the_rightmost_that_is_no_proxy_counts(void **state)
{
    (void)state;
    expect("203.0.113.9", "203.0.113.9");
    expect("198.51.100.1, 203.0.113.9", "203.0.113.9");
    expect("198.51.100.1, 203.0.113.9, 10.1.2.3", "203.0.113.9");
    expect("203.0.113.9, 10.1.2.3, 10.1.2.4, 127.0.0.1", "203.0.113.9");
    expect("forged, <script>,  2001:db8::1 ", "2001:db8::1");
    expect("203.0.113.9:4711", "203.0.113.9");
    expect("203.0.113.9:4711, 10.0.0.1:80", "203.0.113.9");
    expect("[2001:db8::1]:4711", "2001:db8::1");
    expect("[2001:db8::1]", "2001:db8::1");
}

static void test_where_all_are_ours_the_first_counts(void **state)
{
    (void)state;
    expect("10.1.2.3", "10.1.2.3");
    expect("10.1.2.3, 10.1.2.4, ::1", "10.1.2.3");
}

static void test_several_lines_are_one_list(void **state)
{
    (void)state;
    expect_two("::1", "198.51.100.1", "203.0.113.9", "203.0.113.9");
    expect_two("::1", "203.0.113.9", "10.1.2.3", "203.0.113.9");
    expect_two("::1", "203.0.113.9", "unknown", "::1");
    expect_two("::1", "10.1.2.3", "10.1.2.4", "10.1.2.3");
}

static void test_left_of_what_is_no_address_nothing_is_believed(void **state)
{
    (void)state;
    expect(NULL, "127.0.0.1");
    expect("", "127.0.0.1");
    expect("203.0.113.9,", "127.0.0.1");
    expect("203.0.113.9, unknown", "127.0.0.1");
    expect("203.0.113.9, unknown, 10.1.2.3", "10.1.2.3");
    expect("203.0.113.999", "127.0.0.1");
    expect("[2001:db8::1", "127.0.0.1");
    expect("[]", "127.0.0.1");
    expect("1:2:3", "127.0.0.1");
    expect("::1%eth0", "127.0.0.1");
    expect("aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa",
           "127.0.0.1");
}

static void test_who_is_no_proxy_is_not_believed(void **state)
{
    (void)state;
    expect_two("192.0.2.1", "203.0.113.9", NULL, "192.0.2.1");
    expect_two("::2", "203.0.113.9", "203.0.113.9", "::2");
    expect_two("", "203.0.113.9", NULL, "");
    proxies.count = 0;
    expect_two("127.0.0.1", "203.0.113.9", NULL, "127.0.0.1");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_the_rightmost_that_is_no_proxy_counts),
        cmocka_unit_test(test_where_all_are_ours_the_first_counts),
        cmocka_unit_test(test_several_lines_are_one_list),
        cmocka_unit_test(test_left_of_what_is_no_address_nothing_is_believed),
        cmocka_unit_test_setup(test_who_is_no_proxy_is_not_believed, set_up),
    };
    return cmocka_run_group_tests_name("sender", tests, set_up, NULL);
}
