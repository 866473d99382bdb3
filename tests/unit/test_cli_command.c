#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include "../../query/cli/closest.h"
#include "../../query/cli/command.h"

static const struct ht_command *find(int count, const char *first, const char *second, int *taken, struct ht_error *err)
{
    char words[2][32];
    char *list[2] = {words[0], words[1]};
    snprintf(words[0], sizeof words[0], "%s", first);
    snprintf(words[1], sizeof words[1], "%s", second);
    return ht_command_find(list, count, taken, err);
}

static void expect_command(const char *first, const char *second, const char *name, int words)
{
    struct ht_error err;
    int taken = 0;
    const struct ht_command *command = find(second[0] ? 2 : 1, first, second, &taken, &err);
    assert_non_null(command);
    assert_string_equal(command->name, name);
    assert_int_equal(taken, words);
}

static void expect_unknown(const char *first, const char *second, const char *hint)
{
    struct ht_error err = {0};
    int taken;
    assert_null(find(second[0] ? 2 : 1, first, second, &taken, &err));
    assert_int_equal(err.status, HT_INVALID);
    assert_non_null(strstr(err.detail, hint));
}

static void test_commands_are_found(void **state)
{
    (void)state;
    expect_command("events", "", "events", 1);
    expect_command("events", "--json", "events", 1);
    expect_command("show", "7", "show", 1);
    expect_command("endpoint", "", "endpoint list", 1);
    expect_command("endpoint", "--json", "endpoint list", 1);
    expect_command("endpoint", "add", "endpoint add", 2);
    expect_command("rejected", "retry", "rejected retry", 2);
}

static void test_unknown_ones_come_with_a_hint(void **state)
{
    (void)state;
    expect_unknown("evnets", "", "'events'");
    expect_unknown("time", "", "'timeline'");
    expect_unknown("xyzzy", "", "hooktrail help");
    expect_unknown("", "", "hooktrail help");
    expect_unknown("endpoint", "retier", "'retire'");
    expect_unknown("endpoint", "xyzzy", "list, add, rotate, retire");
    expect_unknown("endpoints", "", "'endpoint'");
}

/* Every row can be used, helped with and documented. */
static void test_the_table_is_whole(void **state)
{
    (void)state;
    for (const struct ht_command *command = ht_commands; command->name; command++) {
        assert_non_null(command->run);
        assert_non_null(command->arguments);
        assert_non_null(command->examples[0]);
        assert_true(command->least_arguments <= command->most_arguments);
        assert_true(command->summary[0] >= 'a' && command->summary[0] <= 'z');
        assert_true(command->summary[strlen(command->summary) - 1] != '.');
        for (const struct ht_command *other = command + 1; other->name; other++)
            assert_string_not_equal(command->name, other->name);
    }
}

static void test_filters_of_commands_exist(void **state)
{
    (void)state;
    for (const struct ht_command *command = ht_commands; command->name; command++) {
        size_t words = 0, known = 0;
        for (const char *at = command->filters; at && *at; at += strcspn(at, " "), at += strspn(at, " "))
            words++;
        for (const struct ht_filter_name *filter = ht_filter_names(); filter->name; filter++)
            known += ht_command_filters(command, filter->name);
        assert_int_equal(words, known);
    }
    assert_false(ht_command_filters(ht_commands, "limit")); /* init */
}

static void test_distance(void **state)
{
    (void)state;
    assert_int_equal(ht_closest_distance(HT_SLICE(""), HT_SLICE("")), 0);
    assert_int_equal(ht_closest_distance(HT_SLICE("abc"), HT_SLICE("abc")), 0);
    assert_int_equal(ht_closest_distance(HT_SLICE("abc"), HT_SLICE("")), 3);
    assert_int_equal(ht_closest_distance(HT_SLICE("abc"), HT_SLICE("acb")), 1);
    assert_int_equal(ht_closest_distance(HT_SLICE("kitten"), HT_SLICE("sitting")), 3);
    assert_int_equal(ht_closest_distance(HT_SLICE("01234567890123456789012345678901"), HT_SLICE("0")), UINT32_MAX);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_commands_are_found), cmocka_unit_test(test_unknown_ones_come_with_a_hint),
        cmocka_unit_test(test_the_table_is_whole), cmocka_unit_test(test_filters_of_commands_exist),
        cmocka_unit_test(test_distance),
    };
    cmocka_set_message_output(CM_OUTPUT_TAP);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
