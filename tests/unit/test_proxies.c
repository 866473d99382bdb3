#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "../../server/proxies.h"

static struct ht_proxies proxies;
static struct ht_error err;

static enum ht_status parse(const char *list)
{
    err.detail[0] = '\0';
    return ht_proxies_parse(ht_slice_from(list), &proxies, &err);
}

static void test_addresses_and_networks(void **state)
{
    (void)state;
    static const struct {
        const char *list;
        const char *address;
        bool has;
    } cases[] = {
        {"127.0.0.0/8, ::1", "127.0.0.1", true},
        {"127.0.0.0/8, ::1", "127.255.255.255", true},
        {"127.0.0.0/8, ::1", "128.0.0.0", false},
        {"127.0.0.0/8, ::1", "::1", true},
        {"127.0.0.0/8, ::1", "::2", false},
        {"127.0.0.0/8", "::ffff:127.0.0.1", true},
        {"::ffff:10.0.0.0/104", "10.9.9.9", true},
        {"192.0.2.7", "192.0.2.7", true},
        {"192.0.2.7", "192.0.2.6", false},
        {"192.0.2.128/25", "192.0.2.128", true},
        {"192.0.2.128/25", "192.0.2.127", false},
        {"192.0.2.9/29", "192.0.2.15", true},
        {"192.0.2.9/29", "192.0.2.16", false},
        {"192.0.2.7/32", "192.0.2.7", true},
        {"0.0.0.0/0", "203.0.113.1", true},
        {"0.0.0.0/0", "2001:db8::1", false},
        {"::/0", "2001:db8::1", true},
        {"2001:db8::/33", "2001:db8:7fff::1", true},
        {"2001:db8::/33", "2001:db8:8000::1", false},
        {" 10.0.0.1 ,\t10.0.0.2, ", "10.0.0.2", true},
        {"10.0.0.1", "10.0.0.1 ", false},
        {"10.0.0.1", "", false},
        {"10.0.0.1", "proxy", false},
        {"", "127.0.0.1", false},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        assert_int_equal(parse(cases[i].list), HT_OK);
        assert_int_equal(ht_proxies_has(&proxies, cases[i].address), cases[i].has);
    }
}

static void test_what_is_no_network(void **state)
{
    (void)state;
    static const char *const lists[] = {
        "proxy", "10.0.0.0/33",  "::/129", "10.0.0.0/", "10.0.0.0/-1", "10.0.0.0/8/8", "10.0.0",        "10.0.0.1 ::1",
        "[::1]", "fe80::1%eth0", "/8",     "10.0.0.1;", "10.0.0.0/8x", "10.0.0.256",   "127.0.0.1, 1.", "10.0.0.0 / 8x",
    };
    for (size_t i = 0; i < sizeof lists / sizeof lists[0]; i++) {
        assert_int_equal(parse(lists[i]), HT_INVALID);
        assert_string_equal(err.pointer, "trusted_proxies");
        assert_non_null(strstr(err.detail, "trusted_proxies"));
    }
}

static void test_too_many(void **state)
{
    (void)state;
    char list[16 * (HT_PROXIES_MAX + 1)] = "10.0.0.1";
    for (int i = 1; i < HT_PROXIES_MAX; i++)
        strcat(list, ",10.0.0.1");
    assert_int_equal(parse(list), HT_OK);
    strcat(list, ",10.0.0.1");
    assert_int_equal(parse(list), HT_INVALID);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_addresses_and_networks),
        cmocka_unit_test(test_what_is_no_network),
        cmocka_unit_test(test_too_many),
    };
    return cmocka_run_group_tests_name("proxies", tests, NULL, NULL);
}
