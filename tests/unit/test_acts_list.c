#include "query_bench.h"

#include "hooktrail/act.h"

#define MADE 3 /* acts of init */

/* Acts MADE + 1 to MADE + count, a second apart from SCRATCH_NOW + 1 s on. */
static void add_acts(struct bench *bench, int count)
{
    for (int i = 1; i <= count; i++) {
        const struct ht_act act = {.at = SCRATCH_NOW + i * HT_SECOND, .kind = HT_ACT_EXPORT};
        assert_ok(ht_act_record(bench->scratch.store, &act, &scratch_error));
    }
}

/* All pages of `filter`; `between` acts come in after each. */
static void collect(struct bench *bench, struct ht_filter filter, int between, struct numbers *numbers)
{
    do {
        struct ht_query *query = bench_run(bench, HT_QUERY_ACTS, HT_FORMAT_DOCUMENT, NULL, &filter);
        bench_collect(bench, ht_query_document(query), "acts", "seq", numbers);
        snprintf(filter.cursor, sizeof filter.cursor, "%s", ht_query_next(query));
        ht_query_free(query);
        add_acts(bench, between);
    } while (filter.cursor[0]);
}

static void check_range(const struct numbers *numbers, uint64_t first, uint64_t last)
{
    int64_t step = first <= last ? 1 : -1;
    assert_int_equal(numbers->count, (step > 0 ? last - first : first - last) + 1);
    for (size_t i = 0; i < numbers->count; i++)
        assert_int_equal(numbers->list[i], first + (uint64_t)(step * (int64_t)i));
}

static void the_list_is_newest_first_in_pages(void **state)
{
    struct bench *bench = *state;
    for (uint32_t limit = 1; limit < 30; limit += 4) {
        struct numbers numbers = {0};
        struct ht_filter filter;
        struct ht_reader *reader = bench->reader;
        uint64_t last;
        add_acts(bench, 20);
        assert_ok(ht_reader_begin(reader, &scratch_error));
        assert_ok(ht_act_last(reader, &last, &scratch_error));
        ht_reader_end(reader);
        ht_filter_init(&filter);
        filter.limit = limit;
        collect(bench, filter, 1, &numbers); /* what comes in between is newer */
        check_range(&numbers, last, 1);
        numbers_release(&numbers);
    }
}

static void oldest_first_goes_on_to_what_came_meanwhile(void **state)
{
    struct bench *bench = *state;
    struct numbers numbers = {0};
    struct ht_filter filter;
    add_acts(bench, 20);
    ht_filter_init(&filter);
    filter.limit = 5;
    filter.ascending = true;
    collect(bench, filter, 1, &numbers);
    assert_true(numbers.count > MADE + 20);
    check_range(&numbers, 1, numbers.count);
    numbers_release(&numbers);
}

static void a_page_that_ends_with_the_list_has_no_next(void **state)
{
    struct bench *bench = *state;
    struct ht_filter filter;
    add_acts(bench, 7);
    ht_filter_init(&filter);
    filter.limit = MADE + 7;
    for (int order = 0; order < 2; order++) {
        filter.ascending = order == 1;
        struct ht_query *query = bench_run(bench, HT_QUERY_ACTS, HT_FORMAT_DOCUMENT, NULL, &filter);
        assert_string_equal(ht_query_next(query), "");
        ht_query_free(query);
    }
}

static void times_and_numbers_bound_the_list(void **state)
{
    struct bench *bench = *state;
    add_acts(bench, 10); /* 4 to 13, at 1 s to 10 s */
    for (int round = 0; round < 200; round++) {
        struct ht_filter filter;
        struct numbers got = {0}, wanted = {0};
        uint32_t since = random_below(&bench->random, 13), until = random_below(&bench->random, 13);
        ht_filter_init(&filter);
        filter.limit = 1 + random_below(&bench->random, 5);
        filter.since = SCRATCH_NOW + since * HT_SECOND;
        filter.until = SCRATCH_NOW + until * HT_SECOND;
        filter.after = random_below(&bench->random, 15);
        filter.before = random_below(&bench->random, 2) ? UINT64_MAX : random_below(&bench->random, 15);
        for (uint64_t seq = MADE + 10; seq >= 1; seq--) {
            uint64_t second = seq <= MADE ? 0 : seq - MADE;
            if (second >= since && second < until && seq > filter.after && seq < filter.before)
                numbers_add(&wanted, seq);
        }
        collect(bench, filter, 0, &got);
        numbers_check(&got, &wanted);
        numbers_release(&got);
        numbers_release(&wanted);
    }
}

static void the_ends_of_the_numbers_are_no_trap(void **state)
{
    struct bench *bench = *state;
    const uint64_t ends[] = {0, 1, MADE, MADE + 1, UINT64_MAX - 1, UINT64_MAX};
    const size_t count = sizeof ends / sizeof ends[0];
    for (size_t i = 0; i < 2 * count * count; i++) {
        struct ht_filter filter;
        struct numbers numbers = {0};
        ht_filter_init(&filter);
        filter.after = ends[i / 2 % count];
        filter.before = ends[i / 2 / count];
        filter.ascending = i % 2;
        size_t wanted = 0;
        for (uint64_t seq = 1; seq <= MADE; seq++)
            wanted += seq > filter.after && seq < filter.before;
        collect(bench, filter, 0, &numbers);
        assert_int_equal(numbers.count, wanted);
        numbers_release(&numbers);
    }
}

static void an_act_is_emitted_in_full_and_safely(void **state)
{
    struct bench *bench = *state;
    struct ht_filter filter;
    const struct ht_act hostile = {.at = SCRATCH_NOW,
                                   .kind = HT_ACT_HOLD_ADD,
                                   .who = HT_SLICE("cli:\"\n\x1b[31m"),
                                   .object = HT_SLICE("\xff\xc3"),
                                   .detail = HT_SLICE("</script>")};
    const struct ht_act bare = {.at = SCRATCH_NOW, .kind = 200};
    assert_ok(ht_act_record(bench->scratch.store, &hostile, &scratch_error));
    assert_ok(ht_act_record(bench->scratch.store, &bare, &scratch_error));
    ht_filter_init(&filter);
    filter.after = MADE;
    filter.ascending = true;
    char *text = bench_text(bench, HT_QUERY_ACTS, HT_FORMAT_LINES, NULL, &filter);
    assert_string_equal(text, "{\"seq\":4,\"at\":\"2025-11-24T13:20:00.000Z\",\"kind\":\"hold-add\","
                              "\"who\":\"cli:\\\"\\n\\u001b[31m\",\"object\":\"\xef\xbf\xbd\xef\xbf\xbd\","
                              "\"detail\":\"</script>\"}\n"
                              "{\"seq\":5,\"at\":\"2025-11-24T13:20:00.000Z\",\"kind\":\"unknown\",\"who\":\"library\","
                              "\"object\":null,\"detail\":null}\n");
    free(text);
    text = bench_text(bench, HT_QUERY_ACTS, HT_FORMAT_DOCUMENT, NULL, &filter);
    assert_non_null(strstr(text, "{\"acts\":[{\"seq\":4,"));
    assert_non_null(strstr(text, "}],\"next\":null}\n"));
    free(text);
}

static void other_filters_do_not_apply(void **state)
{
    struct bench *bench = *state;
    const char *const names[] = {"agent", "conversation", "lead", "visitor", "type"};
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        struct ht_filter filter;
        struct ht_error err;
        ht_filter_init(&filter);
        assert_ok(ht_filter_set(&filter, ht_slice_from(names[i]), HT_SLICE("x"), 0, &scratch_error));
        assert_int_equal(bench_fails(bench, HT_QUERY_ACTS, NULL, &filter, &err), HT_INVALID);
        assert_string_equal(err.pointer, names[i]);
    }
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, bench_set_up, bench_tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(the_list_is_newest_first_in_pages),
        TEST(oldest_first_goes_on_to_what_came_meanwhile),
        TEST(a_page_that_ends_with_the_list_has_no_next),
        TEST(times_and_numbers_bound_the_list),
        TEST(the_ends_of_the_numbers_are_no_trap),
        TEST(an_act_is_emitted_in_full_and_safely),
        TEST(other_filters_do_not_apply),
    };
    cmocka_set_message_output(CM_OUTPUT_TAP);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
