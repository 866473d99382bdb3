#include "query_bench.h"

#define DAYS 20
#define AGENTS 4 /* and none */
#define TYPES 3

struct counts {
    uint64_t events, deliveries, bytes;
};

/* What was put in, by day, agent (the last: none) and type; and the same summed up as it should come out. */
struct model {
    struct counts by[DAYS][AGENTS + 1][TYPES];
};

static const char *const types[TYPES] = {"new-session", "odd", "session-active"};

static void add_event(struct bench *bench, struct model *model, int day)
{
    struct random *random = &bench->random;
    char payload[160];
    uint32_t agent = random_below(random, AGENTS + 1), type = random_below(random, TYPES);
    char agent_member[32] = "";
    if (agent < AGENTS) snprintf(agent_member, sizeof agent_member, ",\"agent_id\":\"a%u\"", agent);
    int size = snprintf(payload, sizeof payload, "{\"event\":\"%s\",\"n\":%llu%s}", types[type],
                        (unsigned long long)++bench->made, agent_member);
    uint32_t deliveries = 1 + random_below(random, 3);
    int64_t at = (ht_time_day(SCRATCH_NOW) + day) * HT_DAY + (int64_t)random_below(random, 86000) * HT_SECOND;
    for (uint32_t i = 0; i < deliveries; i++)
        bench_add(bench, at + i * 3 * HT_DAY, payload); /* repeats count on the day of the first */
    struct counts *counts = &model->by[day][agent][type];
    counts->events++;
    counts->deliveries += deliveries;
    counts->bytes += (uint64_t)size;
}

struct wish {
    int first, last; /* days */
    int agent, type; /* -1: any */
};

static struct counts sum_up(const struct model *model, int first, int last, int agent, int type)
{
    struct counts sum = {0};
    for (int day = first; day <= last; day++) {
        for (int a = 0; a <= AGENTS; a++) {
            for (int t = 0; t < TYPES; t++) {
                if ((agent >= 0 && agent != a) || (type >= 0 && type != t)) continue;
                sum.events += model->by[day][a][t].events;
                sum.deliveries += model->by[day][a][t].deliveries;
                sum.bytes += model->by[day][a][t].bytes;
            }
        }
    }
    return sum;
}

static uint64_t number_at(struct bench *bench, uint32_t node, const char *key)
{
    struct ht_slice raw = ht_json_raw(bench->json, ht_json_member(bench->json, node, key));
    return raw.data ? strtoull(raw.data, NULL, 10) : 0;
}

static void check_counts(struct bench *bench, uint32_t node, struct counts wanted)
{
    assert_int_equal(number_at(bench, node, "events"), wanted.events);
    assert_int_equal(number_at(bench, node, "deliveries"), wanted.deliveries);
}

static bool is_text(struct bench *bench, uint32_t node, const char *key, const char *text)
{
    uint32_t value = ht_json_member(bench->json, node, key);
    return ht_json_type(bench->json, value) == HT_JSON_STRING && ht_slice_is(ht_json_raw(bench->json, value), text);
}

/* Checks each member of the array, and that all are there. */
static void check_types(struct bench *bench, const struct model *model, const struct wish *wish)
{
    uint32_t array = ht_json_member(bench->json, 0, "types");
    uint64_t left = sum_up(model, wish->first, wish->last, wish->agent, wish->type).events, before = UINT64_MAX;
    for (uint32_t i = ht_json_first(bench->json, array); i != HT_JSON_NONE; i = ht_json_after(bench->json, array, i)) {
        int type = 0;
        while (type < TYPES && !is_text(bench, i, "type", types[type]))
            type++;
        assert_true(type < TYPES && (wish->type < 0 || wish->type == type));
        struct counts wanted = sum_up(model, wish->first, wish->last, wish->agent, type);
        check_counts(bench, i, wanted);
        assert_true(wanted.events > 0 && wanted.events <= before);
        before = wanted.events;
        left -= wanted.events;
    }
    assert_int_equal(left, 0);
}

static void check_agents(struct bench *bench, const struct model *model, const struct wish *wish)
{
    uint32_t array = ht_json_member(bench->json, 0, "agents");
    uint64_t left = sum_up(model, wish->first, wish->last, wish->agent, wish->type).events;
    for (uint32_t i = ht_json_first(bench->json, array); i != HT_JSON_NONE; i = ht_json_after(bench->json, array, i)) {
        uint32_t id = ht_json_member(bench->json, i, "agent_id");
        int agent = AGENTS;
        if (ht_json_type(bench->json, id) == HT_JSON_STRING) agent = ht_json_raw(bench->json, id).data[1] - '0';
        struct counts wanted = sum_up(model, wish->first, wish->last, agent, wish->type);
        check_counts(bench, i, wanted);
        left -= wanted.events;
    }
    assert_int_equal(left, 0);
}

static void check_day_types(struct bench *bench, uint32_t object, const struct model *model, int day, int agent)
{
    for (int type = 0; type < TYPES; type++) {
        uint64_t listed = number_at(bench, object, types[type]);
        if (listed > 0) assert_int_equal(listed, sum_up(model, day, day, agent, type).events);
    }
}

static void check_days(struct bench *bench, const struct model *model, const struct wish *wish)
{
    uint32_t array = ht_json_member(bench->json, 0, "days");
    int day = wish->last;
    for (uint32_t i = ht_json_first(bench->json, array); i != HT_JSON_NONE; i = ht_json_after(bench->json, array, i)) {
        char text[16];
        while (day >= wish->first && sum_up(model, day, day, wish->agent, wish->type).events == 0)
            day--;
        assert_true(day >= wish->first);
        ht_time_format_day(text, ht_time_day(SCRATCH_NOW) + day);
        assert_true(is_text(bench, i, "day", text));
        struct counts wanted = sum_up(model, day, day, wish->agent, wish->type);
        check_counts(bench, i, wanted);
        assert_int_equal(number_at(bench, i, "bytes"), wanted.bytes);
        check_day_types(bench, ht_json_member(bench->json, i, "types"), model, day, wish->agent);
        day--;
    }
    while (day >= wish->first)
        assert_int_equal(sum_up(model, day, day, wish->agent, wish->type).events, 0), day--;
}

static struct wish random_wish(struct random *random, struct ht_filter *filter)
{
    struct wish wish = {0, DAYS - 1, -1, -1};
    int64_t first_day = ht_time_day(SCRATCH_NOW);
    ht_filter_init(filter);
    if (random_below(random, 2)) {
        wish.first = (int)random_below(random, DAYS);
        filter->since = (first_day + wish.first) * HT_DAY + (int64_t)random_below(random, 86400) * HT_SECOND;
    }
    if (random_below(random, 2)) {
        wish.last = (int)random_below(random, DAYS);
        filter->until =
            (first_day + wish.last) * HT_DAY +
            (random_below(random, 3) == 0 ? HT_DAY : (1 + (int64_t)random_below(random, 86400)) * HT_SECOND);
    }
    if (random_below(random, 2)) {
        char id[4];
        wish.agent = (int)random_below(random, AGENTS);
        snprintf(id, sizeof id, "a%d", wish.agent);
        bench_set(filter, "agent", id);
    }
    if (random_below(random, 2)) {
        wish.type = (int)random_below(random, TYPES);
        bench_set(filter, "type", types[wish.type]);
    }
    return wish;
}

static void counts_add_up_for_every_filter(void **state)
{
    struct bench *bench = *state;
    struct model *model = calloc(1, sizeof *model);
    for (int i = 0; i < 900; i++)
        add_event(bench, model, (int)random_below(&bench->random, 8) * (int)random_below(&bench->random, 3) + i % 3);
    bench_commit(bench);
    for (int round = 0; round < 200; round++) {
        struct ht_filter filter;
        struct wish wish = random_wish(&bench->random, &filter);
        struct ht_query *query = bench_run(bench, HT_QUERY_STATS, HT_FORMAT_DOCUMENT, NULL, &filter);
        assert_ok(ht_json_parse(bench->json, ht_query_document(query), &scratch_error));
        uint32_t totals = ht_json_member(bench->json, 0, "totals");
        struct counts wanted = sum_up(model, wish.first, wish.last, wish.agent, wish.type);
        check_counts(bench, totals, wanted);
        assert_int_equal(number_at(bench, totals, "bytes"), wanted.bytes);
        assert_int_equal(number_at(bench, totals, "agents"), AGENTS);
        check_types(bench, model, &wish);
        check_agents(bench, model, &wish);
        check_days(bench, model, &wish);
        ht_query_free(query);
    }
    free(model);
}

static void an_empty_store_has_empty_statistics(void **state)
{
    struct bench *bench = *state;
    struct ht_filter filter;
    const char *empty = "{\"totals\":{\"events\":0,\"deliveries\":0,\"bytes\":0,\"conversations\":0,\"leads\":0,"
                        "\"agents\":0,\"visitors\":0,\"rejected\":0,\"rejected_evicted\":0},\"types\":[],"
                        "\"agents\":[],\"days\":[]}\n";
    ht_filter_init(&filter);
    char *text = bench_text(bench, HT_QUERY_STATS, HT_FORMAT_DOCUMENT, NULL, &filter);
    assert_string_equal(text, empty);
    free(text);
    bench_set(&filter, "agent", "nobody");
    bench_set(&filter, "since", "24h");
    text = bench_text(bench, HT_QUERY_STATS, HT_FORMAT_DOCUMENT, NULL, &filter);
    assert_string_equal(text, empty);
    free(text);
}

static size_t count_days(struct bench *bench, const struct ht_filter *filter, uint64_t *events)
{
    size_t days = 0;
    struct ht_query *query = bench_run(bench, HT_QUERY_STATS, HT_FORMAT_DOCUMENT, NULL, filter);
    assert_ok(ht_json_parse(bench->json, ht_query_document(query), &scratch_error));
    uint32_t array = ht_json_member(bench->json, 0, "days");
    for (uint32_t i = ht_json_first(bench->json, array); i != HT_JSON_NONE; i = ht_json_after(bench->json, array, i))
        days++;
    *events = number_at(bench, ht_json_member(bench->json, 0, "totals"), "events");
    ht_query_free(query);
    return days;
}

static void the_last_year_is_shown_unless_asked_for_more(void **state)
{
    struct bench *bench = *state;
    struct ht_filter filter;
    uint64_t events;
    for (int day = 0; day < 1500; day++) {
        char payload[64];
        snprintf(payload, sizeof payload, "{\"event\":\"odd\",\"agent_id\":\"a%d\"}", day);
        bench_add(bench, SCRATCH_NOW + day * HT_DAY, payload);
    }
    bench_commit(bench);
    ht_filter_init(&filter);
    assert_int_equal(count_days(bench, &filter, &events), 366);
    assert_int_equal(events, 1500);
    filter.since = SCRATCH_NOW - HT_DAY;
    assert_int_equal(count_days(bench, &filter, &events), 1500);
    filter.until = SCRATCH_NOW + 1000 * HT_DAY;
    assert_int_equal(count_days(bench, &filter, &events), 1001);
    assert_int_equal(events, 1001);
}

/* Types are names of the sender's choice: a day names so many of them only. */
static void many_types_in_a_day_are_bounded(void **state)
{
    struct bench *bench = *state;
    struct ht_filter filter;
    for (int type = 0; type < 201; type++) {
        char payload[64];
        if (type == 200) {
            bench_commit(bench);
            ht_filter_init(&filter);
            char *text = bench_text(bench, HT_QUERY_STATS, HT_FORMAT_DOCUMENT, NULL, &filter);
            assert_null(strstr(text, "types_more"));
            free(text);
        }
        snprintf(payload, sizeof payload, "{\"event\":\"type-%d\",\"agent_id\":\"a\"}", type);
        bench_add(bench, SCRATCH_NOW, payload);
    }
    bench_commit(bench);
    char *text = bench_text(bench, HT_QUERY_STATS, HT_FORMAT_DOCUMENT, NULL, &filter);
    assert_non_null(strstr(text, "\"type-199\":1},\"types_more\":true}]}\n"));
    assert_non_null(strstr(text, "{\"type\":\"type-200\",\"events\":1,"));
    free(text);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, bench_set_up, bench_tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(counts_add_up_for_every_filter),
        TEST(an_empty_store_has_empty_statistics),
        TEST(the_last_year_is_shown_unless_asked_for_more),
        TEST(many_types_in_a_day_are_bounded),
    };
    cmocka_set_message_output(CM_OUTPUT_TAP);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
