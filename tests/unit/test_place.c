#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "../../query/export/place.h"

static void expect(const char *name, enum ht_status wanted)
{
    struct ht_error err = {0};
    enum ht_status status = export_place_name_check(name, &err);
    if (status != wanted) fail_msg("\"%s\": %s", name, ht_status_title(status));
    assert_int_equal(status == HT_OK, err.detail[0] == '\0');
}

static void test_names_of_exports(void **state)
{
    (void)state;
    expect("_SUCCESS", HT_OK);
    expect("a", HT_OK);
    expect("events/date=2026-11-24/events-000000000001-000000004096.parquet", HT_OK);
    expect("runs/nightly-000000000007.json", HT_OK);
    expect("1/2/3/4/5/6/7/8", HT_OK);
    expect("a..b/-x/=", HT_OK);
}

static void test_hostile_names(void **state)
{
    (void)state;
    static const char *const hostile[] = {
        "",         ".",    "..",      "../x",  "a/../b", "a/..",  "/etc/passwd",
        "a//b",     "a/",   "/",       ".lock", "a/.b",   ".a/b",  "a b",
        "a\nb",     "a\\b", "a%2e%2e", "a?b",   "a#b",    "a&b",   "a+b",
        "\xC3\xA4", "a:b",  "a;b",     "a\x7F", "./a",    "a/./b", "1/2/3/4/5/6/7/8/9",
    };
    for (size_t i = 0; i < sizeof hostile / sizeof hostile[0]; i++)
        expect(hostile[i], HT_INVALID);
}

static void test_long_names(void **state)
{
    (void)state;
    char part[EXPORT_PLACE_PART_MAX + 2] = "", name[EXPORT_PLACE_NAME_MAX + 2] = "";
    memset(part, 'a', EXPORT_PLACE_PART_MAX);
    expect(part, HT_OK);
    part[EXPORT_PLACE_PART_MAX] = 'a';
    expect(part, HT_INVALID);
    memset(name, 'a', EXPORT_PLACE_NAME_MAX);
    name[170] = name[340] = '/';
    expect(name, HT_OK);
    name[EXPORT_PLACE_NAME_MAX] = 'a';
    expect(name, HT_INVALID);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_names_of_exports),
        cmocka_unit_test(test_hostile_names),
        cmocka_unit_test(test_long_names),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
