#include "query_bench.h"

/* ---- filters by chance, and what a look at every entity and every row finds ---- */

struct wish {
    uint32_t agent, conversation, lead, visitor; /* numbers of the index; 0: any */
    uint32_t type;
    struct ht_filter filter;
    bool unknown; /* names what no event has */
};

static void wish_id(struct bench *bench, struct wish *wish, enum ht_kind kind, const char *name, const char *prefix,
                    uint32_t count, uint32_t *number)
{
    char value[64];
    if (random_below(&bench->random, 3) > 0) return;
    snprintf(value, sizeof value, "%s%u", prefix, random_below(&bench->random, count));
    bench_set(&wish->filter, name, value);
    enum ht_status status = ht_index_number(bench->reader, kind, ht_slice_from(value), number, NULL);
    if (status == HT_NOT_FOUND) {
        wish->unknown = true;
    } else {
        assert_int_equal(status, HT_OK);
    }
}

static void wish_type(struct bench *bench, struct wish *wish)
{
    static const char *const types[] = {"new-session", "odd", "session-active"};
    if (random_below(&bench->random, 3) > 0) return;
    const char *type = types[random_below(&bench->random, 3)];
    bench_set(&wish->filter, "type", type);
    assert_ok(ht_index_number(bench->reader, HT_KIND_TYPE, ht_slice_from(type), &wish->type, &scratch_error));
}

static struct wish random_wish(struct bench *bench, enum ht_kind kind, uint32_t entities)
{
    struct wish wish = {0};
    ht_filter_init(&wish.filter);
    assert_ok(ht_reader_begin(bench->reader, &scratch_error));
    wish_id(bench, &wish, HT_KIND_AGENT, "agent", "a", 4, &wish.agent);
    if (kind != HT_KIND_AGENT) {
        wish_id(bench, &wish, HT_KIND_CONVERSATION, "conversation", "c", entities + 1, &wish.conversation);
        wish_id(bench, &wish, HT_KIND_LEAD, "lead", "l", entities / 2 + 2, &wish.lead);
        wish_id(bench, &wish, HT_KIND_VISITOR, "visitor", "v", entities / 3 + 2, &wish.visitor);
    }
    if (kind == HT_KIND_CONVERSATION) wish_type(bench, &wish);
    ht_reader_end(bench->reader);
    uint32_t span = (uint32_t)bench->made * 60;
    if (random_below(&bench->random, 4) == 0)
        wish.filter.since = SCRATCH_NOW + (int64_t)random_below(&bench->random, span) * HT_SECOND;
    if (random_below(&bench->random, 4) == 0)
        wish.filter.until = SCRATCH_NOW + (int64_t)random_below(&bench->random, span) * HT_SECOND;
    return wish;
}

static bool is_linked(struct bench *bench, enum ht_kind kind, uint32_t number, uint32_t wanted)
{
    uint32_t linked = 0;
    if (wanted == 0) return true;
    while (ht_index_linked(bench->reader, kind, number, linked, &linked, NULL) == HT_OK) {
        if (linked == wanted) return true;
    }
    return false;
}

static bool has_type(struct bench *bench, uint32_t conversation, uint32_t type)
{
    struct ht_position end;
    struct ht_row row;
    if (type == 0) return true;
    assert_ok(ht_index_position(bench->reader, &end, &scratch_error));
    for (uint64_t seq = 1; seq <= end.seq; seq++) {
        assert_ok(ht_index_row(bench->reader, seq, &row, &scratch_error));
        if (row.conversation == conversation && row.type == type) return true;
    }
    return false;
}

static bool fits(uint32_t wanted, uint32_t number)
{
    return wanted == 0 || wanted == number;
}

static bool picks(struct bench *bench, enum ht_kind kind, const struct wish *wish, const struct ht_summary *summary)
{
    struct ht_row last;
    assert_ok(ht_index_row(bench->reader, summary->last_seq, &last, &scratch_error));
    if (wish->unknown || last.received_at < wish->filter.since || last.received_at >= wish->filter.until) return false;
    if (kind == HT_KIND_AGENT) return fits(wish->agent, summary->number);
    if (!fits(wish->agent, summary->agent) || !fits(wish->visitor, summary->visitor)) return false;
    if (kind == HT_KIND_LEAD)
        return fits(wish->lead, summary->number) && is_linked(bench, kind, summary->number, wish->conversation);
    return fits(wish->conversation, summary->number) && is_linked(bench, kind, summary->number, wish->lead) &&
           has_type(bench, summary->number, wish->type);
}

static int descending(const void *a, const void *b)
{
    uint64_t left = *(const uint64_t *)a, right = *(const uint64_t *)b;
    return (left < right) - (left > right);
}

/* The last seqs of all that the wish picks, newest first. */
static struct numbers look_at_all(struct bench *bench, enum ht_kind kind, const struct wish *wish)
{
    struct numbers found = {0};
    uint32_t count;
    assert_ok(ht_reader_begin(bench->reader, &scratch_error));
    assert_ok(ht_index_count(bench->reader, kind, &count, &scratch_error));
    for (uint32_t number = 1; number <= count; number++) {
        struct ht_summary summary;
        assert_ok(ht_index_summary(bench->reader, kind, number, &summary, &scratch_error));
        if (picks(bench, kind, wish, &summary)) numbers_add(&found, summary.last_seq);
    }
    ht_reader_end(bench->reader);
    if (found.count > 0) qsort(found.list, found.count, sizeof *found.list, descending);
    return found;
}

static const struct list {
    enum ht_query_kind query;
    enum ht_kind kind;
    const char *name;
} lists[] = {
    {HT_QUERY_CONVERSATIONS, HT_KIND_CONVERSATION, "conversations"},
    {HT_QUERY_LEADS, HT_KIND_LEAD, "leads"},
    {HT_QUERY_AGENTS, HT_KIND_AGENT, "agents"},
};

static struct numbers page_through(struct bench *bench, const struct list *list, struct ht_filter filter,
                                   uint32_t greatest)
{
    struct numbers found = {0};
    do {
        filter.limit = 1 + random_below(&bench->random, greatest);
        size_t before = found.count;
        struct ht_query *query = bench_run(bench, list->query, HT_FORMAT_DOCUMENT, NULL, &filter);
        bench_collect(bench, ht_query_document(query), list->name, "last_seq", &found);
        assert_true(found.count - before <= filter.limit);
        snprintf(filter.cursor, sizeof filter.cursor, "%s", ht_query_next(query));
        ht_query_free(query);
    } while (filter.cursor[0]);
    return found;
}

static size_t check_wishes(struct bench *bench, uint32_t entities, int rounds)
{
    size_t picked = 0;
    for (int round = 0; round < rounds; round++) {
        const struct list *list = &lists[round % 3];
        struct wish wish = random_wish(bench, list->kind, entities);
        struct numbers wanted = look_at_all(bench, list->kind, &wish);
        struct numbers got = page_through(bench, list, wish.filter, entities);
        numbers_check(&got, &wanted);
        picked += got.count;
        numbers_release(&got);
        numbers_release(&wanted);
    }
    return picked;
}

static void every_filter_picks_what_a_look_at_all_picks(void **state)
{
    struct bench *bench = *state;
    bench_fill(bench, 600, 60);
    assert_true(check_wishes(bench, 60, 300) > 300);
    bench_fill(bench, 5, 200);
    assert_true(check_wishes(bench, 200, 60) > 60);
}

/* So many events that nothing is gathered: each agent and type has more than it is worth. */
static void walking_finds_the_same_as_gathering(void **state)
{
    struct bench *bench = *state;
    for (int i = 0; i < 9; i++)
        bench_fill(bench, 3000, 300);
    assert_true(check_wishes(bench, 300, 60) > 60);
}

/* A conversation whose check for a type takes more than one step: no event of the type is its own. */
static void a_long_check_is_taken_up_again(void **state)
{
    struct bench *bench = *state;
    struct numbers found = {0};
    struct ht_filter filter;
    for (int i = 0; i < 12000; i++) {
        char payload[80];
        snprintf(payload, sizeof payload, "{\"event\":\"%s\",\"n\":%d,\"conversation\":{\"id\":\"%s\"}}",
                 i % 2 ? "odd" : "even", i,
                 i % 2       ? "of-odd"
                 : i == 6000 ? "of-both"
                             : "of-even");
        bench_add(bench, SCRATCH_NOW, payload);
        if (i % 3000 == 2999) bench_commit(bench);
    }
    bench_add(bench, SCRATCH_NOW, "{\"event\":\"odd\",\"conversation\":{\"id\":\"of-both\"}}");
    bench_add(bench, SCRATCH_NOW, "{\"event\":\"even\",\"conversation\":{\"id\":\"of-even\"}}");
    bench_commit(bench);
    ht_filter_init(&filter);
    bench_set(&filter, "type", "odd");
    struct ht_query *query;
    size_t steps = 0;
    assert_ok(ht_query_open(HT_QUERY_CONVERSATIONS, HT_FORMAT_DOCUMENT, HT_ABSENT, &filter, &query, &scratch_error));
    for (; !ht_query_done(query); steps++)
        assert_ok(ht_query_step(query, bench->reader, &scratch_error));
    assert_true(steps > 3);
    bench_collect(bench, ht_query_document(query), "conversations", "last_seq", &found);
    numbers_check(&found, &(struct numbers){(uint64_t[]){12001, 12000}, 2});
    numbers_release(&found);
    ht_query_free(query);
}

/* Between two steps the one under check moves to the top, where this page no longer looks: the next is checked anew. */
static void an_interrupted_check_is_not_taken_for_another(void **state)
{
    struct bench *bench = *state;
    struct numbers found = {0};
    struct ht_filter filter;
    struct ht_query *query;
    bench_add(bench, SCRATCH_NOW, "{\"event\":\"odd\",\"conversation\":{\"id\":\"of-both\"}}");
    for (int i = 1; i < 12000; i++) {
        char payload[80];
        snprintf(payload, sizeof payload, "{\"event\":\"%s\",\"n\":%d,\"conversation\":{\"id\":\"%s\"}}",
                 i % 2 ? "odd" : "even", i, i % 2 ? "of-odd" : "of-even");
        bench_add(bench, SCRATCH_NOW, payload);
        if (i % 3000 == 2999) bench_commit(bench);
    }
    bench_add(bench, SCRATCH_NOW, "{\"event\":\"even\",\"conversation\":{\"id\":\"of-both\"}}");
    bench_add(bench, SCRATCH_NOW, "{\"event\":\"even\",\"conversation\":{\"id\":\"of-even\"}}");
    bench_commit(bench);
    ht_filter_init(&filter);
    bench_set(&filter, "type", "odd");
    assert_ok(ht_query_open(HT_QUERY_CONVERSATIONS, HT_FORMAT_DOCUMENT, HT_ABSENT, &filter, &query, &scratch_error));
    assert_ok(ht_query_step(query, bench->reader, &scratch_error));
    assert_false(ht_query_done(query));
    bench_add(bench, SCRATCH_NOW, "{\"event\":\"even\",\"n\":1,\"conversation\":{\"id\":\"of-even\"}}");
    bench_commit(bench);
    assert_ok(ht_query_run(query, bench->reader, &scratch_error));
    bench_collect(bench, ht_query_document(query), "conversations", "last_seq", &found);
    numbers_check(&found, &(struct numbers){(uint64_t[]){12001, 12000}, 2});
    numbers_release(&found);
    ht_query_free(query);
}

static void check_text(struct bench *bench, enum ht_query_kind kind, enum ht_query_format format, const char *wanted)
{
    struct ht_filter filter;
    ht_filter_init(&filter);
    char *text = bench_text(bench, kind, format, NULL, &filter);
    assert_string_equal(text, wanted);
    free(text);
}

static void entities_have_their_members_in_order(void **state)
{
    struct bench *bench = *state;
    bench_add(bench, SCRATCH_NOW,
              "{\"event\":\"new-contact\",\"agent_id\":\"a\",\"agent_name\":\"A\",\"conversation\":{\"id\":\"c\"},"
              "\"lead\":{ \"id\" : \"l\", \"n\": [ 1.50, { } , [], null ], \"k\\u00e9\\n\":\"\\u2028/\" }}");
    bench_add(bench, SCRATCH_NOW + HT_SECOND,
              "{\"event\":\"odd\",\"conversation\":{\"id\":\"c\"},\"visitor\":{\"visitor_id\":\"v\"}}");
    bench_commit(bench);
    check_text(
        bench, HT_QUERY_CONVERSATIONS, HT_FORMAT_DOCUMENT,
        "{\"conversations\":[{\"id\":\"c\",\"agent_id\":\"a\",\"agent_name\":\"A\",\"lead_ids\":[\"l\"],"
        "\"visitor_id\":\"v\",\"first_at\":\"2025-11-24T13:20:00.000Z\",\"last_at\":\"2025-11-24T13:20:01.000Z\","
        "\"first_seq\":1,\"last_seq\":2,\"events\":2}],\"next\":null}\n");
    check_text(bench, HT_QUERY_LEADS, HT_FORMAT_LINES,
               "{\"id\":\"l\",\"agent_id\":\"a\",\"agent_name\":\"A\",\"conversations\":1,"
               "\"first_at\":\"2025-11-24T13:20:00.000Z\",\"last_at\":\"2025-11-24T13:20:00.000Z\","
               "\"first_seq\":1,\"last_seq\":1,\"events\":1,\"profile\":{\"id\":\"l\",\"n\":[1.50,{},[],null],"
               "\"k\xc3\xa9\\n\":\"\\u2028/\"}}\n");
    check_text(bench, HT_QUERY_AGENTS, HT_FORMAT_DOCUMENT,
               "{\"agents\":[{\"id\":\"a\",\"name\":\"A\",\"first_at\":\"2025-11-24T13:20:00.000Z\","
               "\"last_at\":\"2025-11-24T13:20:00.000Z\",\"first_seq\":1,\"last_seq\":1,\"events\":1}],"
               "\"next\":null}\n");
}

static void counts_of_one_entity_are_bounded(void **state)
{
    struct bench *bench = *state;
    struct ht_filter filter;
    struct ht_query *query;
    char payload[96];
    for (int i = 0; i < 1001; i++) {
        snprintf(payload, sizeof payload, "{\"event\":\"odd\",\"conversation\":{\"id\":\"c%d\"},\"lead_id\":\"one\"}",
                 i);
        bench_add(bench, SCRATCH_NOW, payload);
        snprintf(payload, sizeof payload, "{\"event\":\"odd\",\"conversation\":{\"id\":\"one\"},\"lead_id\":\"l%d\"}",
                 i);
        bench_add(bench, SCRATCH_NOW, payload);
    }
    bench_commit(bench);
    ht_filter_init(&filter);
    bench_set(&filter, "lead", "one");
    char *text = bench_text(bench, HT_QUERY_LEADS, HT_FORMAT_LINES, NULL, &filter);
    assert_non_null(strstr(text, "\"conversations\":1000,\"conversations_more\":true,"));
    assert_non_null(strstr(text, ",\"profile\":null}"));
    free(text);
    ht_filter_init(&filter);
    bench_set(&filter, "conversation", "one");
    query = bench_run(bench, HT_QUERY_CONVERSATIONS, HT_FORMAT_LINES, NULL, &filter);
    assert_ok(ht_json_parse(bench->json, ht_query_document(query), &scratch_error));
    size_t leads = 0;
    uint32_t ids = ht_json_member(bench->json, 0, "lead_ids");
    for (uint32_t i = ht_json_first(bench->json, ids); i != HT_JSON_NONE; i = ht_json_after(bench->json, ids, i))
        leads++;
    assert_int_equal(leads, 100);
    ht_query_free(query);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, bench_set_up, bench_tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(every_filter_picks_what_a_look_at_all_picks),
        TEST(walking_finds_the_same_as_gathering),
        TEST(a_long_check_is_taken_up_again),
        TEST(an_interrupted_check_is_not_taken_for_another),
        TEST(entities_have_their_members_in_order),
        TEST(counts_of_one_entity_are_bounded),
    };
    cmocka_set_message_output(CM_OUTPUT_TAP);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
