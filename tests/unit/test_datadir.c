#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <unistd.h>

#include <cmocka.h>

#include "hooktrail/datadir.h"

static void expect(const char *option, const char *wanted)
{
    struct ht_buffer out = {0};
    struct ht_error err;
    assert_int_equal(ht_datadir(option, &out, &err), HT_OK);
    assert_string_equal(ht_buffer_text(&out), wanted);
    ht_buffer_release(&out);
}

static int clear(void **state)
{
    (void)state;
    unsetenv("HOOKTRAIL_DATA");
    unsetenv("XDG_DATA_HOME");
    return setenv("HOME", "/home/someone", 1);
}

static void test_option_wins(void **state)
{
    (void)state;
    setenv("HOOKTRAIL_DATA", "/env", 1);
    expect("/given", "/given");
    expect("relative", "relative");
}

static void test_environment_is_next(void **state)
{
    (void)state;
    setenv("HOOKTRAIL_DATA", "/env", 1);
    setenv("XDG_DATA_HOME", "/xdg", 1);
    expect(NULL, "/env");
}

static void test_default_depends_on_who_asks(void **state)
{
    (void)state;
    bool root = geteuid() == 0;
    setenv("HOOKTRAIL_DATA", "", 1);
    setenv("XDG_DATA_HOME", "/xdg", 1);
    expect(NULL, root ? "/var/lib/hooktrail" : "/xdg/hooktrail");
    setenv("XDG_DATA_HOME", "not/absolute", 1);
    expect(NULL, root ? "/var/lib/hooktrail" : "/home/someone/.local/share/hooktrail");
}

static void test_empty_option_is_refused(void **state)
{
    (void)state;
    struct ht_buffer out = {0};
    struct ht_error err;
    assert_int_equal(ht_datadir("", &out, &err), HT_INVALID);
    assert_int_equal(out.size, 0);
    ht_buffer_release(&out);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(test_option_wins, clear),
        cmocka_unit_test_setup(test_environment_is_next, clear),
        cmocka_unit_test_setup(test_default_depends_on_who_asks, clear),
        cmocka_unit_test_setup(test_empty_option_is_refused, clear),
    };
    return cmocka_run_group_tests_name("datadir", tests, NULL, NULL);
}
