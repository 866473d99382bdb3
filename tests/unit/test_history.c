/* Histories out of a store: the document, its pages, and what damage and hostile cursors do to them. */
#include "query_bench.h"

#include "../../query/cursor.h"
#include "../../query/history_gather.h"

#define MINUTE (60 * HT_SECOND)
#define AGENT "\"agent_id\":\"a\",\"agent_name\":\"Ann\""

static struct ht_filter filter_of(uint32_t limit)
{
    struct ht_filter filter;
    ht_filter_init(&filter);
    filter.limit = limit;
    return filter;
}

static char *history(struct bench *bench, const char *id)
{
    struct ht_filter filter = filter_of(HT_FILTER_LIMIT);
    return bench_text(bench, HT_QUERY_HISTORY, HT_FORMAT_DOCUMENT, id, &filter);
}

/* The value at a path of the document, as text; "" if there is none. To be freed. */
static char *value_at(struct bench *bench, const char *document, const char *path)
{
    struct ht_slice text = ht_slice_from(document);
    assert_int_equal(document[text.size - 1], '\n');
    assert_ok(ht_json_parse(bench->json, text, &scratch_error));
    struct ht_slice raw = ht_json_raw(bench->json, ht_json_path(bench->json, 0, path));
    return raw.data ? strndup(raw.data, raw.size) : strdup("");
}

static void assert_value(struct bench *bench, const char *document, const char *path, const char *expected)
{
    char *got = value_at(bench, document, path);
    assert_string_equal(got, expected);
    free(got);
}

static void assert_seqs(struct bench *bench, const char *document, const char *list, const char *key,
                        const uint64_t *expected, size_t count)
{
    struct numbers got = {0}, wanted = {0};
    bench_collect(bench, ht_slice_from(document), list, key, &got);
    for (size_t i = 0; i < count; i++)
        numbers_add(&wanted, expected[i]);
    numbers_check(&got, &wanted);
    numbers_release(&got);
    numbers_release(&wanted);
}

/* ---- the document ---- */

static void add_documented(struct bench *bench)
{
    static const char *const payloads[] = {
        "{\"event\":\"new-session\"," AGENT ",\"conversation\":{\"id\":\"c1\"}}",
        "{\"event\":\"new-contact\"," AGENT
        ",\"conversation\":{\"id\":\"c1\"},\"lead\":{\"id\":\"l\",\"email\":\"old@x\","
        "\"events\":\"theirs\",\"attributes\":{\"plan\":\"free\"}}}",
        "{\"event\":\"session-escalated\"," AGENT
        ",\"conversation\":{\"id\":\"c1\"},\"escalation_reason\":\"asked \\\"now\\\"\"}",
        "{\"event\":\"new-session\"," AGENT ",\"conversation\":{\"id\":\"other\"}}",
        "{\"event\":\"new-contact\"," AGENT ",\"conversation\":{\"id\":\"c2\"},\"contact\":{\"id\":\"l\","
        "\"email\":\"new@x\",\"attributes\":{\"plan\":\"paid\"}}}",
        "{\"event\":\"buyer-intent-detected\"," AGENT
        ",\"conversation\":{\"id\":\"c2\"},\"buyer_intent_reason\":\"price\"}",
        "{\"event\":\"session-escalated\"," AGENT ",\"lead_id\":\"l\"}",
        "{\"event\":\"session-escalated\"," AGENT ",\"conversation\":{\"id\":\"other\"}}",
    };
    for (size_t i = 0; i < sizeof payloads / sizeof payloads[0]; i++)
        bench_add(bench, SCRATCH_NOW + (int64_t)i * MINUTE, payloads[i]);
    bench_commit(bench);
}

static void the_whole_document(void **state)
{
    struct bench *bench = *state;
    add_documented(bench);
    char *text = history(bench, "l");
    assert_value(bench, text, "lead",
                 "{\"id\":\"l\",\"agent_id\":\"a\",\"agent_name\":\"Ann\",\"email\":\"new@x\","
                 "\"attributes\":{\"plan\":\"paid\"},\"first_at\":\"2025-11-24T13:21:00.000Z\","
                 "\"last_at\":\"2025-11-24T13:26:00.000Z\",\"events\":3}");
    assert_value(bench, text, "changes",
                 "[{\"at\":\"2025-11-24T13:21:00.000Z\",\"seq\":2,\"field\":\"email\",\"from\":null,\"to\":\"old@x\"},"
                 "{\"at\":\"2025-11-24T13:21:00.000Z\",\"seq\":2,\"field\":\"events\",\"from\":null,\"to\":\"theirs\"},"
                 "{\"at\":\"2025-11-24T13:21:00.000Z\",\"seq\":2,\"field\":\"attributes.plan\",\"from\":null,"
                 "\"to\":\"free\"},"
                 "{\"at\":\"2025-11-24T13:24:00.000Z\",\"seq\":5,\"field\":\"email\",\"from\":\"old@x\","
                 "\"to\":\"new@x\"},"
                 "{\"at\":\"2025-11-24T13:24:00.000Z\",\"seq\":5,\"field\":\"attributes.plan\",\"from\":\"free\","
                 "\"to\":\"paid\"}]");
    assert_value(bench, text, "escalations",
                 "[{\"at\":\"2025-11-24T13:22:00.000Z\",\"seq\":3,\"conversation_id\":\"c1\","
                 "\"reason\":\"asked \\\"now\\\"\"},"
                 "{\"at\":\"2025-11-24T13:26:00.000Z\",\"seq\":7,\"conversation_id\":null,\"reason\":null}]");
    assert_value(bench, text, "intents",
                 "[{\"at\":\"2025-11-24T13:25:00.000Z\",\"seq\":6,\"conversation_id\":\"c2\",\"reason\":\"price\"}]");
    assert_value(bench, text, "next", "null");
    assert_seqs(bench, text, "events", "seq", (uint64_t[]){1, 2, 3, 5, 6, 7}, 6);
    assert_seqs(bench, text, "conversations", "events", (uint64_t[]){3, 2}, 2);
    assert_non_null(strstr(text, "\"conversations\":[{\"id\":\"c1\",\"agent_id\":\"a\",\"agent_name\":\"Ann\","));
    free(text);
}

static void nobody_is_not_found(void **state)
{
    struct bench *bench = *state;
    struct ht_filter filter = filter_of(5);
    struct ht_error err;
    add_documented(bench);
    assert_int_equal(bench_fails(bench, HT_QUERY_HISTORY, "nobody", &filter, &err), HT_NOT_FOUND);
}

static void a_lead_without_conversation_or_profile(void **state)
{
    struct bench *bench = *state;
    bench_add(bench, SCRATCH_NOW, "{\"event\":\"new-question\",\"lead_id\":\"l\"}");
    bench_commit(bench);
    char *text = history(bench, "l");
    assert_value(bench, text, "changes", "[]");
    assert_value(bench, text, "conversations", "[]");
    assert_seqs(bench, text, "events", "seq", (uint64_t[]){1}, 1);
    free(text);
}

/* ---- pages ---- */

/* What the events of a lead must be, from the list of all events: those that name it, or a conversation of its own. */
static struct numbers events_by_looking(struct bench *bench, const char *lead)
{
    struct numbers seqs = {0};
    struct ht_filter filter = filter_of(UINT32_MAX);
    bool linked[64] = {false};
    filter.ascending = true;
    char *lines = bench_text(bench, HT_QUERY_EVENTS, HT_FORMAT_LINES, NULL, &filter);
    for (int pass = 0; pass < 2; pass++) {
        for (char *line = lines; *line; line = strchr(line, '\n') + 1) {
            char wanted[32];
            unsigned conversation = 63;
            const char *found = strstr(line, "\"conversation_id\":\"c");
            const char *end = strchr(line, '\n');
            if (found && found < end) conversation = (unsigned)strtoul(found + 20, NULL, 10);
            snprintf(wanted, sizeof wanted, "\"lead_id\":\"%s\"", lead);
            found = strstr(line, wanted);
            bool own = found && found < end;
            if (pass == 0 && own && conversation < 63) linked[conversation] = true;
            if (pass == 1 && (own || linked[conversation]))
                numbers_add(&seqs, strtoull(strstr(line, "\"seq\":") + 6, NULL, 10));
        }
    }
    free(lines);
    return seqs;
}

static void pages_add_up(void **state)
{
    struct bench *bench = *state;
    bench_fill(bench, 600, 20);
    for (int lead = 0; lead < 6; lead++) {
        char id[16];
        snprintf(id, sizeof id, "l%d", lead);
        struct numbers wanted = events_by_looking(bench, id), got = {0};
        struct ht_filter filter = filter_of(1);
        bool first = true;
        do {
            filter.limit = 1 + random_below(&bench->random, 40);
            struct ht_query *query = bench_run(bench, HT_QUERY_HISTORY, HT_FORMAT_DOCUMENT, id, &filter);
            size_t before = got.count;
            bench_collect(bench, ht_query_document(query), "events", "seq", &got);
            assert_in_range(got.count - before, 1, filter.limit);
            uint32_t changes = ht_json_member(bench->json, 0, "changes");
            assert_int_equal(ht_json_first(bench->json, changes) != HT_JSON_NONE, first);
            assert_int_equal(ht_json_path(bench->json, 0, "lead.email") != HT_JSON_NONE, first);
            snprintf(filter.cursor, sizeof filter.cursor, "%s", ht_query_next(query));
            ht_query_free(query);
            first = false;
        } while (filter.cursor[0]);
        numbers_check(&got, &wanted);
        numbers_release(&got);
        numbers_release(&wanted);
    }
}

/* What comes in between two pages belongs to none of them. */
/* Of a lead without conversations nothing but its own events tells that there are more of them. */
static void pages_of_a_lead_alone_add_up(void **state)
{
    struct bench *bench = *state;
    struct numbers got = {0}, wanted = {0};
    struct ht_filter filter = filter_of(2);
    char payload[80];
    for (uint64_t seq = 1; seq <= 7; seq++) {
        snprintf(payload, sizeof payload, "{\"event\":\"new-question\",\"lead_id\":\"l\",\"n\":%d}", (int)seq);
        bench_add(bench, SCRATCH_NOW + (int64_t)seq, payload);
        numbers_add(&wanted, seq);
    }
    bench_commit(bench);
    do {
        struct ht_query *query = bench_run(bench, HT_QUERY_HISTORY, HT_FORMAT_DOCUMENT, "l", &filter);
        bench_collect(bench, ht_query_document(query), "events", "seq", &got);
        snprintf(filter.cursor, sizeof filter.cursor, "%s", ht_query_next(query));
        ht_query_free(query);
    } while (filter.cursor[0]);
    numbers_check(&got, &wanted);
    numbers_release(&got);
    numbers_release(&wanted);
}

static void pages_are_of_one_state(void **state)
{
    struct bench *bench = *state;
    add_documented(bench);
    struct ht_filter filter = filter_of(4);
    struct ht_query *query = bench_run(bench, HT_QUERY_HISTORY, HT_FORMAT_DOCUMENT, "l", &filter);
    snprintf(filter.cursor, sizeof filter.cursor, "%s", ht_query_next(query));
    ht_query_free(query);
    bench_add(bench, SCRATCH_NOW, "{\"event\":\"session-active\",\"conversation\":{\"id\":\"c1\"}}");
    bench_commit(bench);
    char *text = bench_text(bench, HT_QUERY_HISTORY, HT_FORMAT_DOCUMENT, "l", &filter);
    assert_seqs(bench, text, "events", "seq", (uint64_t[]){6, 7}, 2);
    assert_value(bench, text, "escalations", "[]");
    assert_value(bench, text, "conversations", "[]");
    assert_value(bench, text, "next", "null");
    free(text);
}

static void a_long_history_goes_in_steps(void **state)
{
    struct bench *bench = *state;
    struct ht_filter filter = filter_of(HT_FILTER_MAX_LIMIT);
    struct ht_query *query;
    uint32_t steps = 0;
    for (int i = 0; i < 3000; i++) {
        char payload[200];
        snprintf(payload, sizeof payload,
                 "{\"event\":\"session-escalated\",\"conversation\":{\"id\":\"c%d\"},\"lead\":{\"id\":\"l\",\"n\":%d},"
                 "\"escalation_reason\":\"r%d\"}",
                 i / 2, i, i);
        bench_add(bench, SCRATCH_NOW + i, payload);
    }
    bench_commit(bench);
    assert_ok(ht_query_open(HT_QUERY_HISTORY, HT_FORMAT_DOCUMENT, HT_SLICE("l"), &filter, &query, &scratch_error));
    for (; !ht_query_done(query); steps++)
        assert_ok(ht_query_step(query, bench->reader, &scratch_error));
    assert_true(steps >= 6);
    char *text = strndup(ht_query_document(query).data, ht_query_document(query).size);
    struct numbers got = {0};
    bench_collect(bench, ht_slice_from(text), "events", "seq", &got);
    bench_collect(bench, ht_slice_from(text), "escalations", "seq", &got);
    bench_collect(bench, ht_slice_from(text), "conversations", "events", &got);
    bench_collect(bench, ht_slice_from(text), "changes", "seq", &got);
    assert_int_equal(got.count, 1000 + HISTORY_MAX_REASONS + 1000 + 3000);
    assert_value(bench, text, "escalations_cut", "true");
    assert_value(bench, text, "conversations_cut", "true");
    assert_value(bench, text, "intents_cut", "");
    assert_value(bench, text, "lead.n", "2999");
    assert_string_not_equal(ht_query_next(query), "");
    numbers_release(&got);
    free(text);
    ht_query_free(query);
}

/* ---- cursors ---- */

static void hostile_cursors(void **state)
{
    struct bench *bench = *state;
    struct ht_filter filter = filter_of(3);
    struct ht_filter_id id = {.set = true, .size = 1, .text = "l"};
    add_documented(bench);
    for (int i = 0; i < 300; i++) {
        struct cursor cursor = {.kind = HT_QUERY_HISTORY, .since = filter.since, .until = filter.until};
        struct numbers seqs = {0};
        for (int j = 0; j < QUERY_POSITION_WORDS; j++)
            cursor.position[j] = (uint64_t[]){random_below(&bench->random, 9), random_next(&bench->random), UINT64_MAX,
                                              0}[random_below(&bench->random, 4)];
        cursor_bind(&id, &filter, cursor.binding);
        cursor_encode(&cursor, filter.cursor);
        char *text = bench_text(bench, HT_QUERY_HISTORY, HT_FORMAT_DOCUMENT, "l", &filter);
        bench_collect(bench, ht_slice_from(text), "events", "seq", &seqs);
        for (size_t j = 0; j < seqs.count; j++)
            assert_true(seqs.list[j] > cursor.position[1] && seqs.list[j] <= cursor.position[0]);
        numbers_release(&seqs);
        free(text);
    }
}

#define TEST(function) cmocka_unit_test_setup_teardown(function, bench_set_up, bench_tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(the_whole_document), TEST(nobody_is_not_found),          TEST(a_lead_without_conversation_or_profile),
        TEST(pages_add_up),       TEST(pages_are_of_one_state),       TEST(a_long_history_goes_in_steps),
        TEST(hostile_cursors),    TEST(pages_of_a_lead_alone_add_up),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
