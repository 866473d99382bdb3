/* The files that are made from the table of commands must be as the table makes them. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>

#include <cmocka.h>

#include "../../query/cli/completion.h"
#include "../../query/cli/input.h"

static void read_file(const char *name, struct ht_buffer *text)
{
    struct ht_error err = {0};
    if (ht_input_read(name, 1 << 20, text, &err) != HT_OK) fail_msg("%s (run from the project's folder)", err.detail);
}

static void test_bash_completion_is_up_to_date(void **state)
{
    (void)state;
    struct ht_buffer file = {0}, made = {0};
    read_file("packaging/completion/hooktrail.bash", &file);
    ht_completion_bash(&made);
    if (!ht_slice_equal(ht_buffer_slice(&file), ht_buffer_slice(&made)))
        fail_msg("write it anew: hooktrail completion bash > packaging/completion/hooktrail.bash");
    ht_buffer_release(&file);
    ht_buffer_release(&made);
}

static void test_the_manual_is_up_to_date(void **state)
{
    (void)state;
    struct ht_buffer file = {0}, made = {0};
    read_file("docs/man/hooktrail.1.scd", &file);
    ht_completion_manual(&made);
    if (!strstr(ht_buffer_text(&file), ht_buffer_text(&made)))
        fail_msg("put the output of `hooktrail completion manual` into docs/man/hooktrail.1.scd, from OPTIONS to EXIT");
    assert_non_null(strstr(ht_buffer_text(&made), "## hooktrail endpoint retire"));
    assert_null(strstr(ht_buffer_text(&made), "## hooktrail completion"));
    ht_buffer_release(&file);
    ht_buffer_release(&made);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_bash_completion_is_up_to_date),
        cmocka_unit_test(test_the_manual_is_up_to_date),
    };
    cmocka_set_message_output(CM_OUTPUT_TAP);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
