#include "query_bench.h"

#include "hooktrail/silence.h"

#define HOUR (3600 * HT_SECOND)
#define WEEK (7 * HT_DAY)
#define WITH(test) cmocka_unit_test_setup_teardown(test, bench_set_up, bench_tear_down)

/* One event of agent a1 each `step` within [from, until), but none in the hours [gap, gap_end). */
static void add_each(struct bench *bench, int64_t from, int64_t until, int64_t step, int64_t gap, int64_t gap_end)
{
    for (int64_t at = from; at < until; at += step) {
        char payload[128];
        if (at >= gap && at < gap_end) continue;
        snprintf(payload, sizeof payload, "{\"event\":\"new-session\",\"agent_id\":\"a1\",\"n\":%llu}",
                 (unsigned long long)++bench->made);
        bench_add(bench, at, payload);
        if (bench->batched == BATCH_MAX) bench_commit(bench);
    }
    bench_commit(bench);
}

static bool is_unusual(struct bench *bench, int64_t now)
{
    struct ht_silence type, agent, none;
    assert_ok(ht_reader_begin(bench->reader, &scratch_error));
    assert_ok(ht_silence_get(bench->reader, HT_KIND_TYPE, 1, now, &type, &scratch_error));
    assert_ok(ht_silence_get(bench->reader, HT_KIND_AGENT, 1, now, &agent, &scratch_error));
    assert_int_equal(ht_silence_get(bench->reader, HT_KIND_AGENT, 2, now, &none, NULL), HT_NOT_FOUND);
    ht_reader_end(bench->reader);
    assert_int_equal(type.last_at, agent.last_at);
    assert_int_equal(type.unusual, agent.unusual);
    return type.unusual;
}

static void silence_at_a_busy_time_is_unusual(void **state)
{
    struct bench *bench = *state;
    int64_t end = SCRATCH_NOW;
    add_each(bench, end - 5 * WEEK, end, HOUR / 2, 0, 0);
    int64_t last = end - HOUR / 2;
    assert_false(is_unusual(bench, last));
    assert_false(is_unusual(bench, last + HOUR / 4));
    assert_false(is_unusual(bench, last + HOUR)); /* two events would have come: too few to tell */
    assert_true(is_unusual(bench, last + 2 * HOUR));
    assert_true(is_unusual(bench, last + 2 * WEEK));
    assert_true(is_unusual(bench, last + 4 * WEEK));
    assert_false(is_unusual(bench, last + 4 * WEEK + 1)); /* whoever is gone is gone */
}

/* Weekends are quiet: silence on one is as usual, and silence on the day after is not. */
static void the_usual_week_counts(void **state)
{
    struct bench *bench = *state;
    int64_t monday = SCRATCH_NOW; /* a Monday */
    for (int week = 5; week > 0; week--)
        add_each(bench, monday - week * WEEK, monday - week * WEEK + 5 * HT_DAY, HOUR, 0, 0);
    int64_t last = monday - 2 * HT_DAY - HOUR;
    assert_false(is_unusual(bench, last + HT_DAY));
    assert_false(is_unusual(bench, monday));
    assert_true(is_unusual(bench, monday + 4 * HOUR));
}

/* A holiday among four weeks changes nothing, two of them do. */
static void one_week_of_four_may_have_been_quiet(void **state)
{
    struct bench *bench = *state;
    int64_t end = SCRATCH_NOW;
    add_each(bench, end - 5 * WEEK, end, HOUR / 2, end - 2 * WEEK, end - 2 * WEEK + HT_DAY);
    assert_true(is_unusual(bench, end + 3 * HOUR));
}

static void two_quiet_weeks_of_four_are_usual(void **state)
{
    struct bench *bench = *state;
    int64_t end = SCRATCH_NOW;
    add_each(bench, end - 5 * WEEK, end - 2 * WEEK, HOUR / 2, end - 3 * WEEK, end - 3 * WEEK + HT_DAY);
    add_each(bench, end - 2 * WEEK, end, HOUR / 2, end - 2 * WEEK, end - 2 * WEEK + HT_DAY);
    assert_false(is_unusual(bench, end + 3 * HOUR));
}

static void two_weeks_are_enough_to_tell(void **state)
{
    struct bench *bench = *state;
    int64_t end = SCRATCH_NOW;
    add_each(bench, end - 2 * WEEK - HOUR, end, HOUR / 2, 0, 0);
    assert_true(is_unusual(bench, end + 3 * HOUR));
}

static void a_week_is_too_little_to_tell(void **state)
{
    struct bench *bench = *state;
    int64_t end = SCRATCH_NOW;
    add_each(bench, end - 2 * WEEK + HOUR, end, HOUR / 2, 0, 0);
    assert_false(is_unusual(bench, end + 3 * HOUR)); /* one week before is known whole */
}

static void the_document_names_types_and_agents(void **state)
{
    struct bench *bench = *state;
    struct ht_query *query;
    struct ht_filter filter;
    int64_t end = ht_time_now() - 5 * HOUR;
    add_each(bench, end - 4 * WEEK, end, HOUR / 2, 0, 0);
    bench_add(bench, end + 4 * HOUR, "{\"event\":\"other\",\"agent_id\":\"a2\",\"agent_name\":\"Two\"}");
    bench_commit(bench);
    ht_filter_init(&filter);
    assert_ok(ht_query_open(HT_QUERY_HEALTH, HT_FORMAT_DOCUMENT, HT_ABSENT, &filter, &query, &scratch_error));
    assert_ok(ht_query_run(query, bench->reader, &scratch_error));
    char *text = strndup(ht_query_document(query).data, ht_query_document(query).size);
    assert_non_null(strstr(text, "{\"types\":[{\"type\":\"new-session\",\"last_at\":\""));
    assert_non_null(strstr(text, "\"unusually_quiet\":true},{\"type\":\"other\",\"last_at\":\""));
    assert_non_null(strstr(text, "\"agents\":[{\"agent_id\":\"a2\",\"agent_name\":\"Two\",\"last_at\":\""));
    assert_non_null(strstr(text, "\"unusually_quiet\":false},{\"agent_id\":\"a1\",\"agent_name\":null,\"last_at\":\""));
    assert_non_null(strstr(text, "],\"unusually_quiet\":2,\"status\":\"unusually quiet\"}\n"));
    free(text);
    ht_query_free(query);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        WITH(silence_at_a_busy_time_is_unusual),    WITH(the_usual_week_counts),
        WITH(one_week_of_four_may_have_been_quiet), WITH(two_quiet_weeks_of_four_are_usual),
        WITH(two_weeks_are_enough_to_tell),         WITH(a_week_is_too_little_to_tell),
        WITH(the_document_names_types_and_agents),
    };
    return cmocka_run_group_tests_name("silence", tests, NULL, NULL);
}
