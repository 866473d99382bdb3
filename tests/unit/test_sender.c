#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "../../server/sender.h"

static void expect(const char *header, const char *wanted)
{
    char out[HT_SENDER_SIZE] = "peer";
    bool found = ht_sender_forwarded(ht_slice_from(header), out);
    assert_int_equal(found, wanted != NULL);
    assert_string_equal(out, wanted ? wanted : "peer");
}

static void test_the_last_address_counts(void **state)
{
    (void)state;
    expect("203.0.113.9", "203.0.113.9");
    expect("10.0.0.1, 203.0.113.9", "203.0.113.9");
    expect("forged, <script>,  2001:db8::1 ", "2001:db8::1");
    expect("203.0.113.9:4711", "203.0.113.9");
    expect("[2001:db8::1]:4711", "2001:db8::1");
    expect("[2001:db8::1]", "2001:db8::1");
}

static void test_what_is_no_address_is_not_believed(void **state)
{
    (void)state;
    expect(NULL, NULL);
    expect("", NULL);
    expect("203.0.113.9,", NULL);
    expect("203.0.113.9, unknown", NULL);
    expect("203.0.113.999", NULL);
    expect("[2001:db8::1", NULL);
    expect("[]", NULL);
    expect("1:2:3", NULL);
    expect("::1%eth0", NULL);
    expect("aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa",
           NULL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_the_last_address_counts),
        cmocka_unit_test(test_what_is_no_address_is_not_believed),
    };
    return cmocka_run_group_tests_name("sender", tests, NULL, NULL);
}
