#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

#include "hooktrail/status.h"

struct expected {
    enum ht_status status;
    int http;
    int exit;
};

static const struct expected contract[] = {
    {HT_OK, 200, 0},        {HT_INVALID, 400, 2},     {HT_UNAUTHORIZED, 401, 1}, {HT_FORBIDDEN, 403, 1},
    {HT_NOT_FOUND, 404, 3}, {HT_NOT_ALLOWED, 405, 2}, {HT_EXISTS, 409, 1},       {HT_GONE, 410, 1},
    {HT_ERASED, 410, 3},    {HT_TOO_LARGE, 413, 1},   {HT_MISDIRECTED, 421, 1},  {HT_UNPROCESSABLE, 422, 1},
    {HT_LIMITED, 429, 5},   {HT_CORRUPT, 500, 4},     {HT_VERSION, 500, 1},      {HT_IO, 500, 1},
    {HT_NO_MEMORY, 503, 5}, {HT_BUSY, 503, 5},        {HT_FULL, 503, 5},         {HT_STOPPING, 503, 5},
};

static void test_every_status_keeps_the_contract(void **state)
{
    (void)state;
    assert_int_equal(sizeof contract / sizeof contract[0], HT_STATUS_COUNT);
    for (size_t i = 0; i < HT_STATUS_COUNT; i++) {
        assert_int_equal(contract[i].status, i);
        assert_int_equal(ht_status_http(contract[i].status), contract[i].http);
        assert_int_equal(ht_status_exit(contract[i].status), contract[i].exit);
    }
}

static void test_titles_are_distinct(void **state)
{
    (void)state;
    for (int i = 0; i < HT_STATUS_COUNT; i++) {
        assert_true(strlen(ht_status_title((enum ht_status)i)) > 0);
        for (int j = 0; j < i; j++)
            assert_string_not_equal(ht_status_title((enum ht_status)i), ht_status_title((enum ht_status)j));
    }
}

static void test_fail_fills_everything(void **state)
{
    (void)state;
    struct ht_error err;
    memset(&err, 0x55, sizeof err);
    assert_int_equal(ht_fail(&err, HT_BUSY, "%s is %d", "queue", 7), HT_BUSY);
    assert_int_equal(err.status, HT_BUSY);
    assert_true(err.offset == HT_NO_OFFSET);
    assert_string_equal(err.pointer, "");
    assert_string_equal(err.detail, "queue is 7");
}

static void test_fail_at_keeps_the_offset(void **state)
{
    (void)state;
    struct ht_error err;
    assert_int_equal(ht_fail_at(&err, HT_INVALID, UINT64_C(5000000000), "bad"), HT_INVALID);
    assert_true(err.offset == UINT64_C(5000000000));
    assert_string_equal(err.pointer, "");
    assert_string_equal(err.detail, "bad");
}

static void test_fail_field_keeps_the_pointer(void **state)
{
    (void)state;
    struct ht_error err;
    assert_int_equal(ht_fail_field(&err, HT_UNPROCESSABLE, "/lead/id", "no %s", "string"), HT_UNPROCESSABLE);
    assert_string_equal(err.pointer, "/lead/id");
    assert_string_equal(err.detail, "no string");
    assert_true(err.offset == HT_NO_OFFSET);
}

static void test_long_texts_are_cut(void **state)
{
    (void)state;
    struct ht_error err;
    char longer[1000];
    memset(longer, 'x', sizeof longer - 1);
    longer[sizeof longer - 1] = '\0';
    ht_fail_field(&err, HT_INVALID, longer, "%s", longer);
    assert_int_equal(strlen(err.pointer), sizeof err.pointer - 1);
    assert_int_equal(strlen(err.detail), sizeof err.detail - 1);
}

static void test_an_error_may_quote_itself(void **state)
{
    (void)state;
    struct ht_error err;
    ht_fail_field(&err, HT_INVALID, "/a", "cause");
    ht_fail_field(&err, HT_CORRUPT, err.pointer, "record 7: %s", err.detail);
    assert_string_equal(err.pointer, "/a");
    assert_string_equal(err.detail, "record 7: cause");
    ht_fail_errno(&err, EACCES, "%s", err.detail);
    assert_string_equal(err.detail, "record 7: cause: Permission denied");
}

static void test_nobody_has_to_listen(void **state)
{
    (void)state;
    assert_int_equal(ht_fail(NULL, HT_GONE, "x"), HT_GONE);
    assert_int_equal(ht_fail_at(NULL, HT_INVALID, 1, "x"), HT_INVALID);
    assert_int_equal(ht_fail_field(NULL, HT_INVALID, "/x", "x"), HT_INVALID);
    assert_int_equal(ht_fail_errno(NULL, ENOSPC, "x"), HT_FULL);
    assert_int_equal(ht_fail_errno(NULL, ENOMEM, "x"), HT_NO_MEMORY);
}

static void test_errno_becomes_a_status(void **state)
{
    (void)state;
    struct ht_error err;
    assert_int_equal(ht_fail_errno(&err, ENOSPC, "write %s", "data"), HT_FULL);
    assert_string_equal(err.detail, "write data: No space left on device");
    assert_int_equal(ht_fail_errno(&err, EDQUOT, "write"), HT_FULL);
    assert_int_equal(ht_fail_errno(&err, EIO, "read"), HT_IO);
    assert_int_equal(err.status, HT_IO);
    assert_int_equal(ht_fail_errno(&err, 9999, "read"), HT_IO);
    assert_string_equal(err.detail, "read: error 9999");
}

static void test_version_is_known(void **state)
{
    (void)state;
    assert_non_null(strchr(ht_version(), '.'));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_every_status_keeps_the_contract), cmocka_unit_test(test_titles_are_distinct),
        cmocka_unit_test(test_fail_fills_everything),           cmocka_unit_test(test_fail_at_keeps_the_offset),
        cmocka_unit_test(test_fail_field_keeps_the_pointer),    cmocka_unit_test(test_long_texts_are_cut),
        cmocka_unit_test(test_an_error_may_quote_itself),       cmocka_unit_test(test_nobody_has_to_listen),
        cmocka_unit_test(test_errno_becomes_a_status),          cmocka_unit_test(test_version_is_known),
    };
    cmocka_set_message_output(CM_OUTPUT_TAP);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
