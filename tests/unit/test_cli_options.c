#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include "../../query/cli/options.h"

#define MOST_WORDS 12

static enum ht_status parse(struct ht_call *call, const char *line, struct ht_error *err)
{
    static char text[256]; /* the call borrows from it */
    char *words[MOST_WORDS + 1] = {text};
    static char *kept[MOST_WORDS + 1];
    int count = 0, taken;
    char *rest = NULL;
    snprintf(text, sizeof text, "%s", line);
    for (char *word = strtok_r(text, " ", &rest); word; word = strtok_r(NULL, " ", &rest))
        words[count++] = word;
    *call = (struct ht_call){.now = 1000};
    call->command = ht_command_find(words, count, &taken, err);
    assert_non_null(call->command);
    memcpy(kept, words + taken - 1, (size_t)(count - taken + 2) * sizeof *kept);
    return ht_options_parse(call, count - taken + 1, kept, err);
}

static void expect_refused(const char *line, const char *detail)
{
    struct ht_call call;
    struct ht_error err = {0};
    assert_int_equal(parse(&call, line, &err), HT_INVALID);
    if (!strstr(err.detail, detail)) fail_msg("%s: %s", line, err.detail);
}

static void test_options_in_any_place(void **state)
{
    (void)state;
    struct ht_call call;
    struct ht_error err = {0};
    assert_int_equal(parse(&call, "show --data /srv/x 7 --json", &err), HT_OK);
    assert_string_equal(call.values[HT_OPTION_DATA], "/srv/x");
    assert_true(call.output.json);
    assert_int_equal(call.argument_count, 1);
    assert_string_equal(call.arguments[0], "7");
    assert_false(ht_call_has(&call, HT_OPTION_PAYLOAD));

    assert_int_equal(parse(&call, "show 7 --payload --data=/srv/y", &err), HT_OK);
    assert_true(ht_call_has(&call, HT_OPTION_PAYLOAD));
    assert_string_equal(call.values[HT_OPTION_DATA], "/srv/y");
}

static void test_dashes_end_options(void **state)
{
    (void)state;
    struct ht_call call;
    struct ht_error err = {0};
    assert_int_equal(parse(&call, "timeline -- --json", &err), HT_OK);
    assert_false(call.output.json);
    assert_string_equal(call.arguments[0], "--json");
    assert_int_equal(parse(&call, "send - --url http://x/", &err), HT_OK);
    assert_string_equal(call.arguments[0], "-");
}

static void test_filters_are_options(void **state)
{
    (void)state;
    struct ht_call call;
    struct ht_error err = {0};
    assert_int_equal(parse(&call, "events --agent a1 --type new-contact,new_session --after 12 --order asc", &err),
                     HT_OK);
    assert_int_equal(call.filter.agent.size, 2);
    assert_int_equal(call.filter.type_count, 2);
    assert_int_equal(call.filter.after, 12);
    assert_true(call.filter.ascending);
    assert_false(call.limited);
    assert_int_equal(call.filter.limit, HT_FILTER_LIMIT);
    assert_int_equal(parse(&call, "events --limit 5", &err), HT_OK);
    assert_true(call.limited);
    assert_int_equal(call.filter.limit, 5);
}

static void test_refusals_say_what_was_meant(void **state)
{
    (void)state;
    expect_refused("events --limt 5", "--limit");
    expect_refused("events --xyzzy", "'--xyzzy'");
    expect_refused("events --payload", "'--payload'");
    expect_refused("events -q", "'-q'");
    expect_refused("events --limit", "wants a value");
    expect_refused("events --json=1", "takes no value");
    expect_refused("events --limit many", "--limit");
    expect_refused("events --since yesteryear", "--since");
    expect_refused("events --limit 5 --limit 6", "--limit");
    expect_refused("events 7", "'7'");
    expect_refused("show", "SEQ");
    expect_refused("show 7 8", "'8'");
    expect_refused("backup --json", "DIR");
    expect_refused("init --agent a", "'--agent'");
}

static void test_no_value_takes_the_place_of_another(void **state)
{
    (void)state;
    struct ht_call call;
    struct ht_error err = {0};
    const char *const twice = "was given twice with different values";
    expect_refused("erase --email a@example.com --email b@example.com --confirm",
                   "--email was given twice with different values");
    expect_refused("erase --seq 1 --seq=2", twice);
    expect_refused("erase --lead a --lead b", twice);
    expect_refused("show 7 --data a --data b", twice);
    expect_refused("evidence --seq 7 -o a.zip --output b.zip", "--output was given twice with different values");
    expect_refused("restore b --erasures a --erasures b", twice);
    assert_int_equal(parse(&call, "erase --email a@example.com --email a@example.com --lead a --lead a", &err), HT_OK);
    assert_string_equal(call.values[HT_OPTION_EMAIL], "a@example.com");
    assert_int_equal(parse(&call, "erase --seq 1 --email a@example.com --confirm --confirm", &err), HT_OK);
    assert_true(ht_call_has(&call, HT_OPTION_CONFIRM));
}

static void test_help_needs_no_arguments(void **state)
{
    (void)state;
    struct ht_call call;
    struct ht_error err = {0};
    assert_int_equal(parse(&call, "show --help", &err), HT_OK);
    assert_true(ht_call_has(&call, HT_OPTION_HELP));
    assert_int_equal(parse(&call, "show -h", &err), HT_OK);
    assert_true(ht_call_has(&call, HT_OPTION_HELP));
    assert_int_equal(parse(&call, "show --version", &err), HT_OK);
    assert_true(ht_call_has(&call, HT_OPTION_VERSION));
}

/* The tables can't hold two options of one name for any command. */
static void test_no_option_comes_twice(void **state)
{
    (void)state;
    for (const struct ht_command *command = ht_commands; command->name; command++) {
        for (const struct ht_option *option = command->options; option && option->name; option++) {
            assert_false(ht_command_filters(command, option->name));
            for (const struct ht_option *common = ht_common_options; common->name; common++)
                assert_string_not_equal(option->name, common->name);
        }
    }
}

static void test_a_file_to_write_and_several_keys(void **state)
{
    (void)state;
    struct ht_call call;
    struct ht_error err = {0};
    const char *const lines[] = {"evidence --seq 7 -o a.zip", "evidence -oa.zip --seq 7",
                                 "evidence --seq 7 --output=a.zip"};
    for (size_t i = 0; i < sizeof lines / sizeof *lines; i++) {
        assert_int_equal(parse(&call, lines[i], &err), HT_OK);
        assert_string_equal(call.values[HT_OPTION_OUTPUT], "a.zip");
    }
    expect_refused("show 7 -o a.zip", "there is no option '-o'");
    expect_refused("evidence --seq 7 -o", "wants a value");
    assert_int_equal(parse(&call, "verify-bundle --key a e.zip --key=b", &err), HT_OK);
    assert_int_equal(call.key_count, 2);
    assert_string_equal(call.keys[0], "a");
    assert_string_equal(call.keys[1], "b");
    assert_string_equal(call.arguments[0], "e.zip");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_options_in_any_place),
        cmocka_unit_test(test_dashes_end_options),
        cmocka_unit_test(test_filters_are_options),
        cmocka_unit_test(test_refusals_say_what_was_meant),
        cmocka_unit_test(test_no_value_takes_the_place_of_another),
        cmocka_unit_test(test_help_needs_no_arguments),
        cmocka_unit_test(test_no_option_comes_twice),
        cmocka_unit_test(test_a_file_to_write_and_several_keys),
    };
    cmocka_set_message_output(CM_OUTPUT_TAP);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
