#include "query_bench.h"

#include "../../store/rejected.h"
#include "hooktrail/rejected.h"

static void add_rejected(struct bench *bench, int64_t at, struct ht_slice head, uint64_t size,
                         const struct ht_error *reason)
{
    struct ht_delivery delivery = {
        .received_at = at, .endpoint = 1, .sender = HT_SLICE("192.0.2.7"), .content_type = HT_SLICE("text/plain")};
    struct ht_append append = {0};
    struct ht_position end;
    assert_ok(ht_append_pack_rejected(&append, &delivery, head, size, reason, &scratch_error));
    assert_ok(ht_appender_commit(bench->appender, &append, &end, &scratch_error));
    ht_append_release(&append);
}

static void add_some(struct bench *bench, int count)
{
    struct ht_error reason;
    (void)ht_fail_at(&reason, HT_INVALID, 3, "no value here");
    for (int i = 0; i < count; i++)
        add_rejected(bench, SCRATCH_NOW + i * HT_SECOND, HT_SLICE("{\"a"), 3, &reason);
}

static void the_list_is_newest_first_in_pages(void **state)
{
    struct bench *bench = *state;
    struct ht_filter filter;
    struct numbers numbers = {0};
    add_some(bench, 25);
    ht_filter_init(&filter);
    filter.limit = 10;
    do {
        struct ht_query *query = bench_run(bench, HT_QUERY_REJECTED, HT_FORMAT_DOCUMENT, NULL, &filter);
        bench_collect(bench, ht_query_document(query), "rejected", "number", &numbers);
        snprintf(filter.cursor, sizeof filter.cursor, "%s", ht_query_next(query));
        ht_query_free(query);
        add_some(bench, 1); /* what comes in between is newer */
    } while (filter.cursor[0]);
    assert_int_equal(numbers.count, 25);
    for (size_t i = 0; i < numbers.count; i++)
        assert_int_equal(numbers.list[i], 25 - i);
    numbers_release(&numbers);
}

static void a_page_that_ends_with_the_list_has_no_next(void **state)
{
    struct bench *bench = *state;
    struct ht_filter filter;
    add_some(bench, 10);
    ht_filter_init(&filter);
    filter.limit = 10;
    struct ht_query *query = bench_run(bench, HT_QUERY_REJECTED, HT_FORMAT_DOCUMENT, NULL, &filter);
    assert_string_equal(ht_query_next(query), "");
    ht_query_free(query);
}

static void times_bound_the_list(void **state)
{
    struct bench *bench = *state;
    struct ht_filter filter;
    struct numbers numbers = {0};
    add_some(bench, 10);
    ht_filter_init(&filter);
    filter.since = SCRATCH_NOW + 2 * HT_SECOND;
    filter.until = SCRATCH_NOW + 5 * HT_SECOND;
    struct ht_query *query = bench_run(bench, HT_QUERY_REJECTED, HT_FORMAT_LINES, NULL, &filter);
    bench_collect_lines(bench, ht_query_document(query), "number", &numbers);
    numbers_check(&numbers, &(struct numbers){(uint64_t[]){5, 4, 3}, 3});
    numbers_release(&numbers);
    ht_query_free(query);
}

static void one_comes_with_its_body(void **state)
{
    struct bench *bench = *state;
    struct ht_filter filter;
    struct ht_error reason;
    ht_filter_init(&filter);
    (void)ht_fail_at(&reason, HT_INVALID, 2, "a \"quote\" is missing");
    add_rejected(bench, SCRATCH_NOW, HT_SLICE("{\"\n"), 3, &reason);
    (void)ht_fail_field(&reason, HT_TOO_LARGE, "/a", "too large");
    add_rejected(bench, SCRATCH_NOW, HT_SLICE("\xff\xfe\x00"), 2000000, &reason);
    char *text = bench_text(bench, HT_QUERY_REJECTED_ONE, HT_FORMAT_DOCUMENT, "1", &filter);
    assert_string_equal(text, "{\"number\":1,\"received_at\":\"2025-11-24T13:20:00.000Z\",\"endpoint\":\"default\","
                              "\"status\":400,\"title\":\"invalid input\",\"detail\":\"a \\\"quote\\\" is missing\","
                              "\"offset\":2,\"pointer\":null,\"size\":3,\"sender\":\"192.0.2.7\","
                              "\"content_type\":\"text/plain\",\"kept\":3,\"body\":\"{\\\"\\n\"}\n");
    free(text);
    text = bench_text(bench, HT_QUERY_REJECTED_ONE, HT_FORMAT_DOCUMENT, "2", &filter);
    assert_non_null(strstr(text, "\"status\":413,\"title\":\"too large\",\"detail\":\"too large\",\"offset\":null,"
                                 "\"pointer\":\"/a\",\"size\":2000000,"));
    assert_non_null(strstr(text, "\"kept\":3,\"body_base64\":\"//4A\"}\n"));
    free(text);
}

static void a_number_that_is_not_there_is_not_found(void **state)
{
    struct bench *bench = *state;
    struct ht_filter filter;
    struct ht_error err;
    add_some(bench, 2);
    ht_filter_init(&filter);
    assert_int_equal(bench_fails(bench, HT_QUERY_REJECTED_ONE, "3", &filter, &err), HT_NOT_FOUND);
    assert_int_equal(bench_fails(bench, HT_QUERY_REJECTED_ONE, "0", &filter, &err), HT_NOT_FOUND);
    assert_int_equal(bench_fails(bench, HT_QUERY_REJECTED_ONE, "-1", &filter, &err), HT_INVALID);
    assert_string_equal(err.pointer, "number");
}

static void none_counts_as_verified(void **state)
{
    struct bench *bench = *state;
    struct ht_rejected rejected;
    add_some(bench, 1);
    memset(&rejected, 0xff, sizeof rejected);
    assert_ok(ht_reader_begin(bench->reader, &scratch_error));
    assert_ok(ht_rejected_get(bench->reader, 1, &rejected, &scratch_error));
    assert_false(rejected.delivery.signature_verified);
    ht_reader_end(bench->reader);
}

/* As an erasure does; bodies of all sizes, also such as LMDB keeps on pages of their own. */
static void sealed_anew_they_are_the_same(void **state)
{
    struct bench *bench = *state;
    struct ht_store *store = bench->scratch.store;
    struct ht_error reason;
    struct ht_filter filter;
    char body[6000];
    (void)ht_fail_at(&reason, HT_INVALID, 0, "no value here");
    memset(body, 'x', sizeof body);
    for (size_t i = 0; i < 60; i++)
        add_rejected(bench, SCRATCH_NOW, ht_slice_of(body, i * 100), i * 100, &reason);
    ht_filter_init(&filter);
    char *before = bench_text(bench, HT_QUERY_REJECTED, HT_FORMAT_LINES, NULL, &filter);
    for (int round = 0; round < 3; round++) {
        MDB_txn *txn = NULL;
        uint32_t old_key;
        assert_ok(trail_change_begin(store, &txn, &scratch_error));
        assert_ok(rejected_rekey(store, txn, &old_key, &scratch_error));
        assert_ok(trail_change_end(txn, HT_OK, &scratch_error));
        char *after = bench_text(bench, HT_QUERY_REJECTED, HT_FORMAT_LINES, NULL, &filter);
        assert_string_equal(after, before);
        free(after);
    }
    free(before);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, bench_set_up, bench_tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(the_list_is_newest_first_in_pages),
        TEST(a_page_that_ends_with_the_list_has_no_next),
        TEST(times_bound_the_list),
        TEST(one_comes_with_its_body),
        TEST(a_number_that_is_not_there_is_not_found),
        TEST(none_counts_as_verified),
        TEST(sealed_anew_they_are_the_same),
    };
    cmocka_set_message_output(CM_OUTPUT_TAP);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
