#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "../../server/browser.h"

static void test_cookies(void **state)
{
    (void)state;
    static const struct {
        const char *header;
        const char *value; /* NULL: absent */
    } cases[] = {
        {"s=1", "1"},         {"a=2; s=1", "1"},  {"s=1; a=2", "1"},  {"a=2;s=1;b=3", "1"}, {" s=1 ", "1"},
        {"a=2;\ts=1\t", "1"}, {"s=a=b", "a=b"},   {"s=", ""},         {"", NULL},           {";", NULL},
        {"s", NULL},          {"ss=1", NULL},     {"as=1", NULL},     {"S=1", NULL},        {"a=s=1", NULL},
        {"s =1", NULL},       {"s=1; s=2", NULL}, {"s=1; s=1", NULL}, {"s=1;; a=2;", "1"},  {"x; s=1; =", "1"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct ht_slice value = ht_browser_cookie(ht_slice_from(cases[i].header), "s");
        assert_int_equal(value.data == NULL, cases[i].value == NULL);
        assert_true(!cases[i].value || ht_slice_is(value, cases[i].value));
    }
    assert_null(ht_browser_cookie(HT_ABSENT, "s").data);
}

static bool is_own(const char *origin, const char *host, bool secure)
{
    return ht_browser_is_own(ht_slice_from(origin), ht_slice_from(host), secure);
}

static void test_origins(void **state)
{
    (void)state;
    assert_true(is_own(NULL, "a.example", false));
    assert_true(is_own("http://a.example", "a.example", false));
    assert_true(is_own("HTTP://A.example", "a.EXAMPLE", false));
    assert_true(is_own("http://127.0.0.1:8787", "127.0.0.1:8787", false));
    assert_true(is_own("https://a.example", "a.example", true));
    assert_true(is_own("http://[::1]:8787", "[::1]:8787", false));
    assert_false(is_own("http://a.example", "a.example", true));
    assert_false(is_own("https://a.example", "a.example", false));
    assert_false(is_own("http://a.example:81", "a.example", false));
    assert_false(is_own("http://a.example", "a.example:81", false));
    assert_false(is_own("http://b.example", "a.example", false));
    assert_false(is_own("http://a.example.b.example", "a.example", false));
    assert_false(is_own("http://a.example/", "a.example", false));
    assert_false(is_own("null", "a.example", false));
    assert_false(is_own("", "a.example", false));
    assert_false(is_own("http://", "", true));
    assert_false(is_own("http://a.example", NULL, false));
}

static void test_sites(void **state)
{
    (void)state;
    assert_true(ht_browser_is_own_site(HT_ABSENT));
    assert_true(ht_browser_is_own_site(HT_SLICE("same-origin")));
    assert_true(ht_browser_is_own_site(HT_SLICE("none")));
    assert_false(ht_browser_is_own_site(HT_SLICE("same-site")));
    assert_false(ht_browser_is_own_site(HT_SLICE("cross-site")));
    assert_false(ht_browser_is_own_site(HT_SLICE("")));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_cookies),
        cmocka_unit_test(test_origins),
        cmocka_unit_test(test_sites),
    };
    return cmocka_run_group_tests_name("browser", tests, NULL, NULL);
}
