#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "../../server/hosts.h"

static bool has(const char *list, const char *host)
{
    return ht_hosts_has(ht_slice_from(list), ht_slice_from(host));
}

static void test_addresses_and_localhost_are_always_ours(void **state)
{
    (void)state;
    static const char *const hosts[] = {"127.0.0.1",      "127.0.0.1:8787", "10.1.2.3",          "192.0.2.1:1",
                                        "[::1]",          "[::1]:8787",     "[2001:db8::7]:443", "localhost",
                                        "LocalHost:8787", "localhost.",     "a.localhost",       "127.0.0.1:"};
    for (size_t i = 0; i < sizeof hosts / sizeof hosts[0]; i++)
        assert_true(has("", hosts[i]));
}

static void test_other_names_must_be_listed(void **state)
{
    (void)state;
    static const char *const hosts[] = {"evil.example",
                                        "evil.example:8787",
                                        "localhost.evil.example",
                                        "notlocalhost",
                                        "127.0.0.1.evil.example",
                                        "127.1",
                                        "2130706433",
                                        "0x7f000001",
                                        "127.0.0.1:80:80",
                                        "127.0.0.1:x",
                                        "::1",
                                        "[::1",
                                        "[]",
                                        "[::1]evil.example",
                                        "[::1]:x",
                                        "[evil.example]",
                                        "",
                                        ":8787",
                                        ".",
                                        "user@127.0.0.1:8787",
                                        "127.0.0.1, evil.example",
                                        "[fe80::1%25eth0]"};
    for (size_t i = 0; i < sizeof hosts / sizeof hosts[0]; i++) {
        assert_false(has("", hosts[i]));
        assert_false(has("api.example.com", hosts[i]));
    }
}

static void test_listed_names(void **state)
{
    (void)state;
    const char *list = "api.example.com,  Hooktrail.Internal. ,";
    assert_true(has(list, "api.example.com"));
    assert_true(has(list, "API.example.COM:443"));
    assert_true(has(list, "api.example.com."));
    assert_true(has(list, "hooktrail.internal"));
    assert_false(has(list, "x.api.example.com"));
    assert_false(has(list, "example.com"));
    assert_false(has(list, "api.example.com.evil.example"));
    assert_false(has(list, ""));
    assert_true(has(list, "127.0.0.1"));
}

static void test_lists_are_checked(void **state)
{
    (void)state;
    struct ht_error err;
    assert_int_equal(ht_hosts_check(ht_slice_from(""), &err), HT_OK);
    assert_int_equal(ht_hosts_check(ht_slice_from("a, b.example ,c_d.e-f"), &err), HT_OK);
    static const char *const wrong[] = {"a.example:443", "https://a.example", "*.example", "a b", "[::1]"};
    for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++) {
        assert_int_equal(ht_hosts_check(ht_slice_from(wrong[i]), &err), HT_INVALID);
        assert_string_equal(err.pointer, "api_hosts");
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_addresses_and_localhost_are_always_ours),
        cmocka_unit_test(test_other_names_must_be_listed),
        cmocka_unit_test(test_listed_names),
        cmocka_unit_test(test_lists_are_checked),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
