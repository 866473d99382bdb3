#include "query_bench.h"

static struct numbers one_shot(struct bench *bench, struct ht_filter filter)
{
    struct numbers seqs = {0};
    filter.limit = UINT32_MAX;
    filter.cursor[0] = '\0';
    struct ht_query *query = bench_run(bench, HT_QUERY_EVENTS, HT_FORMAT_LINES, NULL, &filter);
    bench_collect_lines(bench, ht_query_document(query), "seq", &seqs);
    ht_query_free(query);
    return seqs;
}

/* Pages with limits by chance until "next" is null, appending in between. */
static struct numbers page_through(struct bench *bench, struct ht_filter filter, bool append)
{
    struct numbers seqs = {0};
    do {
        filter.limit = 1 + random_below(&bench->random, 60);
        struct ht_query *query = bench_run(bench, HT_QUERY_EVENTS, HT_FORMAT_DOCUMENT, NULL, &filter);
        size_t before = seqs.count;
        bench_collect(bench, ht_query_document(query), "events", "seq", &seqs);
        assert_true(seqs.count - before <= filter.limit);
        if (seqs.count - before < filter.limit) assert_string_equal(ht_query_next(query), "");
        snprintf(filter.cursor, sizeof filter.cursor, "%s", ht_query_next(query));
        ht_query_free(query);
        if (append && filter.cursor[0]) bench_fill(bench, 1 + random_below(&bench->random, 4), 10);
    } while (filter.cursor[0]);
    return seqs;
}

static void pages_add_up_to_the_list_while_events_arrive(void **state)
{
    struct bench *bench = *state;
    static const char *const filters[][2] = {{"limit", "1"},      {"agent", "a1"}, {"conversation", "c3"},
                                             {"type", "odd"},     {"lead", "l2"},  {"visitor", "v1"},
                                             {"agent", "nobody"}, {"after", "90"}, {"before", "170"}};
    bench_fill(bench, 300, 10);
    for (size_t i = 0; i < 2 * sizeof filters / sizeof filters[0]; i++) {
        struct ht_filter filter;
        ht_filter_init(&filter);
        bench_set(&filter, filters[i / 2][0], filters[i / 2][1]);
        bench_set(&filter, "order", i % 2 ? "asc" : "desc");
        struct numbers before = one_shot(bench, filter);
        struct numbers pages = page_through(bench, filter, true);
        struct numbers after = one_shot(bench, filter);
        numbers_check(&pages, filter.ascending ? &after : &before);
        numbers_release(&before);
        numbers_release(&pages);
        numbers_release(&after);
    }
}

static void a_list_of_many_steps_is_whole(void **state)
{
    struct bench *bench = *state;
    bench_fill(bench, 3500, 30);
    for (int ascending = 0; ascending < 2; ascending++) {
        struct ht_filter filter;
        ht_filter_init(&filter);
        filter.ascending = ascending == 1;
        struct numbers seqs = one_shot(bench, filter);
        assert_int_equal(seqs.count, 3500);
        for (size_t i = 0; i < seqs.count; i++)
            assert_int_equal(seqs.list[i], ascending ? i + 1 : 3500 - i);
        numbers_release(&seqs);
    }
}

static void lines_can_be_taken_step_by_step(void **state)
{
    struct bench *bench = *state;
    struct ht_filter filter;
    struct ht_query *query;
    struct ht_buffer taken = {0};
    size_t steps = 0;
    bench_fill(bench, 2500, 30);
    ht_filter_init(&filter);
    filter.limit = UINT32_MAX;
    char *whole = bench_text(bench, HT_QUERY_EVENTS, HT_FORMAT_LINES, NULL, &filter);
    assert_ok(ht_query_open(HT_QUERY_EVENTS, HT_FORMAT_LINES, HT_ABSENT, &filter, &query, &scratch_error));
    while (!ht_query_done(query)) {
        assert_ok(ht_query_step(query, bench->reader, &scratch_error));
        struct ht_slice part = ht_query_document(query);
        assert_true(part.size == 0 || part.data[part.size - 1] == '\n');
        ht_buffer_add(&taken, part);
        ht_query_drain(query);
        assert_int_equal(ht_query_document(query).size, 0);
        steps++;
    }
    assert_true(steps >= 3);
    assert_string_equal(ht_buffer_text(&taken), whole);
    assert_ok(ht_query_step(query, bench->reader, &scratch_error)); /* does nothing any more */
    assert_int_equal(ht_query_document(query).size, 0);
    ht_query_free(query);
    ht_buffer_release(&taken);
    free(whole);
}

static void a_follower_misses_nothing(void **state)
{
    struct bench *bench = *state;
    struct ht_filter filter;
    struct numbers followed = {0};
    ht_filter_init(&filter);
    bench_set(&filter, "type", "new-session");
    bench_set(&filter, "order", "asc");
    for (int round = 0; round < 60; round++) {
        filter.limit = 1 + random_below(&bench->random, 4);
        struct ht_query *query = bench_run(bench, HT_QUERY_EVENTS, HT_FORMAT_LINES, NULL, &filter);
        bench_collect_lines(bench, ht_query_document(query), "seq", &followed);
        assert_true(ht_query_position(query) >= filter.after);
        filter.after = ht_query_position(query);
        ht_query_free(query);
        if (round < 40) bench_fill(bench, random_below(&bench->random, 5), 10);
    }
    assert_int_equal(filter.after, bench->made);
    filter.after = 0;
    struct numbers all = one_shot(bench, filter);
    numbers_check(&followed, &all);
    numbers_release(&followed);
    numbers_release(&all);
}

static void an_event_has_its_members_in_order(void **state)
{
    struct bench *bench = *state;
    struct ht_filter filter;
    const char *payload =
        "{\"event\":\"new_contact\",\"agent_id\":\"a\",\"agent_name\":\"A \\\"b\\\"\",\"conversation\":{\"id\":\"c\"},"
        "\"lead\":{\"id\":\"l\"},\"visitor\":{\"visitor_id\":\"v\"},\"created_at\":\"2025-11-24T10:00:00Z\"}";
    char tail[80];
    bench_add(bench, SCRATCH_NOW, payload);
    bench_add(bench, SCRATCH_NOW + 1, "{\"event\":\"odd\"}");
    bench_commit(bench);
    ht_filter_init(&filter);
    filter.ascending = true;
    char *text = bench_text(bench, HT_QUERY_EVENTS, HT_FORMAT_DOCUMENT, NULL, &filter);
    const char *wanted =
        "{\"events\":[{\"seq\":1,\"type\":\"new-contact\",\"received_at\":\"2025-11-24T13:20:00.000Z\","
        "\"occurred_at\":\"2025-11-24T10:00:00.000Z\",\"agent_id\":\"a\",\"agent_name\":\"A \\\"b\\\"\","
        "\"conversation_id\":\"c\",\"lead_id\":\"l\",\"visitor_id\":\"v\",\"sha256\":\"";
    assert_memory_equal(text, wanted, strlen(wanted));
    snprintf(tail, sizeof tail, "\",\"size\":%zu,\"deliveries\":1,\"warnings\":[]}", strlen(payload));
    assert_non_null(strstr(text, tail));
    assert_non_null(strstr(text, "\"agent_id\":null,\"agent_name\":null,\"conversation_id\":null,\"lead_id\":null,"
                                 "\"visitor_id\":null,"));
    assert_non_null(strstr(text, "],\"next\":null}\n"));
    free(text);
}

static void a_stream_has_one_block_an_event(void **state)
{
    struct bench *bench = *state;
    struct ht_filter filter;
    bench_add(bench, SCRATCH_NOW, "{\"event\":\"new_session\",\"agent_name\":\"two\\nlines\",\"agent_id\":\"a\"}");
    bench_add(bench, SCRATCH_NOW, "{\"event\":\"odd\",\"agent_id\":\"b\"}");
    bench_commit(bench);
    ht_filter_init(&filter);
    filter.ascending = true;
    char *text = bench_text(bench, HT_QUERY_EVENTS, HT_FORMAT_SSE, NULL, &filter);
    char *second = strstr(text, "\n\n");
    assert_non_null(second);
    assert_memory_equal(text, "id: 1\nevent: new-session\ndata: {\"seq\":1,", 40);
    assert_memory_equal(second + 2, "id: 2\nevent: odd\ndata: {\"seq\":2,", 32);
    size_t lines = 0;
    for (const char *at = text; *at; at++)
        lines += *at == '\n';
    assert_int_equal(lines, 8);
    assert_string_equal(text + strlen(text) - 3, "}\n\n");
    free(text);
}

static void one_event_lists_what_was_received(void **state)
{
    struct bench *bench = *state;
    struct ht_filter filter;
    struct ht_delivery delivery = {.received_at = SCRATCH_NOW,
                                   .endpoint = 1,
                                   .sender = HT_SLICE("192.0.2.9"),
                                   .content_type = HT_SLICE("application/json"),
                                   .signature_verified = true};
    ht_delivery_add_header(&delivery, HT_SLICE("User-Agent"), HT_SLICE("x \"y\"\xff"));
    ht_delivery_add_header(&delivery, HT_SLICE("X-Request-Id"), HT_SLICE("1"));
    ht_delivery_add_header(&delivery, HT_SLICE("x-request-id"), HT_SLICE("2"));
    bench_add_delivery(bench, &delivery, HT_SLICE("{\"event\":\"odd\",\"agent_id\":\"a\"}"));
    bench_add(bench, SCRATCH_NOW + HT_SECOND, "{\"event\":\"odd\",\"agent_id\":\"a\"}");
    bench_commit(bench);
    ht_filter_init(&filter);
    char *text = bench_text(bench, HT_QUERY_EVENT, HT_FORMAT_DOCUMENT, "1", &filter);
    assert_non_null(strstr(text, ",\"deliveries\":2,"));
    const char *wanted = ",\"endpoint\":\"default\",\"received\":[{\"at\":\"2025-11-24T13:20:00.000Z\","
                         "\"sender\":\"192.0.2.9\",\"content_type\":\"application/json\","
                         "\"headers\":{\"user-agent\":\"x \\\"y\\\"\xef\xbf\xbd\",\"x-request-id\":\"1, 2\"},"
                         "\"signature_verified\":true},{\"at\":\"2025-11-24T13:20:01.000Z\",\"sender\":\"192.0.2.7\","
                         "\"content_type\":null,\"headers\":{},\"signature_verified\":false}]}\n";
    const char *endpoint = strstr(text, ",\"endpoint\"");
    assert_non_null(endpoint);
    assert_string_equal(endpoint, wanted);
    free(text);
}

static void at_most_a_thousand_deliveries_are_shown(void **state)
{
    struct bench *bench = *state;
    struct ht_filter filter;
    ht_filter_init(&filter);
    for (int i = 0; i < 1000; i++)
        bench_add(bench, SCRATCH_NOW + i, "{\"event\":\"odd\",\"agent_id\":\"a\"}");
    bench_commit(bench);
    char *text = bench_text(bench, HT_QUERY_EVENT, HT_FORMAT_DOCUMENT, "1", &filter);
    assert_null(strstr(text, "received_more"));
    free(text);
    bench_add(bench, SCRATCH_NOW + 1000, "{\"event\":\"odd\",\"agent_id\":\"a\"}");
    bench_commit(bench);
    struct numbers repeats = {0};
    struct ht_query *query = bench_run(bench, HT_QUERY_EVENT, HT_FORMAT_DOCUMENT, "1", &filter);
    struct ht_slice document = ht_query_document(query);
    assert_memory_equal(document.data + document.size - 24, "],\"received_more\":true}\n", 24);
    assert_ok(ht_json_parse(bench->json, document, &scratch_error));
    uint32_t received = ht_json_member(bench->json, 0, "received");
    for (uint32_t i = ht_json_first(bench->json, received); i != HT_JSON_NONE;
         i = ht_json_after(bench->json, received, i))
        numbers_add(&repeats, i);
    assert_int_equal(repeats.count, 1000);
    numbers_release(&repeats);
    ht_query_free(query);
}

static void what_is_not_there_is_not_found(void **state)
{
    struct bench *bench = *state;
    struct ht_filter filter;
    struct ht_error err;
    ht_filter_init(&filter);
    bench_fill(bench, 3, 3);
    assert_int_equal(bench_fails(bench, HT_QUERY_EVENT, "0", &filter, &err), HT_NOT_FOUND);
    assert_int_equal(bench_fails(bench, HT_QUERY_EVENT, "4", &filter, &err), HT_NOT_FOUND);
    assert_int_equal(bench_fails(bench, HT_QUERY_EVENT, "18446744073709551615", &filter, &err), HT_NOT_FOUND);
    assert_int_equal(bench_fails(bench, HT_QUERY_EVENT, "x", &filter, &err), HT_INVALID);
    assert_string_equal(err.pointer, "seq");
    assert_int_equal(bench_fails(bench, HT_QUERY_EVENT, NULL, &filter, &err), HT_INVALID);
}

static void refuse(enum ht_query_kind kind, enum ht_query_format format, const struct ht_filter *filter,
                   const char *pointer)
{
    struct ht_query *query;
    struct ht_error err = {0};
    assert_int_equal(ht_query_open(kind, format, HT_SLICE("1"), filter, &query, &err), HT_INVALID);
    assert_null(query);
    assert_string_equal(err.pointer, pointer);
}

static void what_does_not_apply_is_refused(void **state)
{
    (void)state;
    struct ht_filter filter;
    ht_filter_init(&filter);
    refuse(HT_QUERY_EVENT, HT_FORMAT_LINES, &filter, "format");
    refuse(HT_QUERY_STATS, HT_FORMAT_LINES, &filter, "format");
    refuse(HT_QUERY_LEADS, HT_FORMAT_SSE, &filter, "format");
    filter.limit = UINT32_MAX;
    refuse(HT_QUERY_EVENTS, HT_FORMAT_DOCUMENT, &filter, "limit");
    refuse(HT_QUERY_EVENTS, HT_FORMAT_SSE, &filter, "limit");
    filter.limit = 0;
    refuse(HT_QUERY_EVENTS, HT_FORMAT_LINES, &filter, "limit");
    ht_filter_init(&filter);
    filter.ascending = true;
    refuse(HT_QUERY_CONVERSATIONS, HT_FORMAT_DOCUMENT, &filter, "order");
    ht_filter_init(&filter);
    bench_set(&filter, "type", "odd");
    refuse(HT_QUERY_LEADS, HT_FORMAT_DOCUMENT, &filter, "type");
    refuse(HT_QUERY_EVENT, HT_FORMAT_DOCUMENT, &filter, "type");
    ht_filter_init(&filter);
    memset(filter.cursor, 'A', sizeof filter.cursor); /* not even terminated */
    refuse(HT_QUERY_EVENTS, HT_FORMAT_DOCUMENT, &filter, "cursor");
}

static void a_cursor_serves_only_its_own_query(void **state)
{
    struct bench *bench = *state;
    struct ht_filter filter, other;
    bench_fill(bench, 30, 5);
    ht_filter_init(&filter);
    bench_set(&filter, "limit", "10");
    bench_set(&filter, "type", "odd,new-session,new-contact,session-active,buyer-intent-detected");
    struct ht_query *query = bench_run(bench, HT_QUERY_EVENTS, HT_FORMAT_DOCUMENT, NULL, &filter);
    snprintf(filter.cursor, sizeof filter.cursor, "%s", ht_query_next(query));
    assert_string_not_equal(filter.cursor, "");
    ht_query_free(query);
    refuse(HT_QUERY_CONVERSATIONS, HT_FORMAT_DOCUMENT, &filter, "cursor");
    other = filter;
    other.ascending = true;
    refuse(HT_QUERY_EVENTS, HT_FORMAT_DOCUMENT, &other, "cursor");
    other = filter;
    bench_set(&other, "agent", "a1");
    refuse(HT_QUERY_EVENTS, HT_FORMAT_DOCUMENT, &other, "cursor");
    other = filter;
    other.limit = 7;
    ht_query_free(bench_run(bench, HT_QUERY_EVENTS, HT_FORMAT_DOCUMENT, NULL, &other));
    ht_query_free(bench_run(bench, HT_QUERY_EVENTS, HT_FORMAT_LINES, NULL, &filter));
}

static void an_age_stands_through_all_pages(void **state)
{
    struct bench *bench = *state;
    struct numbers seqs = {0};
    char cursor[HT_CURSOR_SIZE] = "";
    int64_t now = SCRATCH_NOW + HT_DAY;
    for (int i = 0; i < 20; i++) {
        char payload[64];
        snprintf(payload, sizeof payload, "{\"event\":\"odd\",\"agent_id\":\"%d\"}", i);
        bench_add(bench, SCRATCH_NOW + i * HT_SECOND, payload);
    }
    bench_commit(bench);
    do {
        struct ht_filter filter;
        ht_filter_init(&filter);
        assert_ok(ht_filter_set(&filter, HT_SLICE("since"), HT_SLICE("24h"), now, &scratch_error));
        bench_set(&filter, "limit", "6");
        bench_set(&filter, "cursor", cursor);
        struct ht_query *query = bench_run(bench, HT_QUERY_EVENTS, HT_FORMAT_DOCUMENT, NULL, &filter);
        bench_collect(bench, ht_query_document(query), "events", "seq", &seqs);
        snprintf(cursor, sizeof cursor, "%s", ht_query_next(query));
        ht_query_free(query);
        now += 5 * HT_SECOND; /* time goes on between pages */
    } while (cursor[0]);
    assert_int_equal(seqs.count, 20);
    numbers_release(&seqs);
}

/* ---- damage ---- */

typedef int mend(MDB_txn *txn, MDB_dbi rows, MDB_val *key, MDB_val *value);

/* Changes the index behind the store's back, while nobody has it open. */
static void damage_row(struct bench *bench, uint64_t seq, mend *change)
{
    MDB_dbi rows;
    uint8_t bytes[8] = {0, 0, 0, 0, 0, 0, (uint8_t)(seq >> 8), (uint8_t)seq};
    MDB_val key = {sizeof bytes, bytes}, value;
    MDB_txn *txn = bench_damage(bench, "index");
    assert_int_equal(mdb_dbi_open(txn, "rows", 0, &rows), 0);
    assert_int_equal(mdb_get(txn, rows, &key, &value), 0);
    assert_int_equal(change(txn, rows, &key, &value), 0);
    bench_damaged(bench, txn);
}

static int lose(MDB_txn *txn, MDB_dbi rows, MDB_val *key, MDB_val *value)
{
    (void)value;
    return mdb_del(txn, rows, key, NULL);
}

static int shorten(MDB_txn *txn, MDB_dbi rows, MDB_val *key, MDB_val *value)
{
    char copy[512];
    MDB_val shorter = {value->mv_size - 1, copy};
    assert_true(value->mv_size <= sizeof copy);
    memcpy(copy, value->mv_data, value->mv_size);
    return mdb_put(txn, rows, key, &shorter, 0);
}

/* Its numbers lead nowhere then. */
static int fill_with_ones(MDB_txn *txn, MDB_dbi rows, MDB_val *key, MDB_val *value)
{
    char copy[512];
    MDB_val ones = {value->mv_size, copy};
    memset(copy, 0x7f, sizeof copy);
    return mdb_put(txn, rows, key, &ones, 0);
}

static void a_damaged_row_is_named(void **state)
{
    static mend *const changes[] = {lose, shorten, fill_with_ones};
    (void)state;
    for (size_t i = 0; i < sizeof changes / sizeof changes[0]; i++) {
        struct bench *bench;
        struct ht_filter filter;
        struct ht_error err;
        bench_set_up((void **)&bench);
        bench_fill(bench, 300, 10);
        damage_row(bench, 217, changes[i]);
        ht_filter_init(&filter);
        filter.ascending = true;
        filter.limit = HT_FILTER_MAX_LIMIT;
        assert_int_equal(bench_fails(bench, HT_QUERY_EVENTS, NULL, &filter, &err), HT_CORRUPT);
        if (!strstr(err.detail, "217")) fail_msg("%s", err.detail);
        filter.before = 217; /* the others can still be had */
        ht_query_free(bench_run(bench, HT_QUERY_EVENTS, HT_FORMAT_DOCUMENT, NULL, &filter));
        ht_filter_init(&filter);
        assert_int_equal(bench_fails(bench, HT_QUERY_EVENT, "217", &filter, &err), HT_CORRUPT);
        if (!strstr(err.detail, "217")) fail_msg("%s", err.detail);
        bench_tear_down((void **)&bench);
    }
}

static void lines_before_damage_are_whole(void **state)
{
    struct bench *bench = *state;
    struct ht_filter filter;
    struct ht_query *query;
    struct ht_error err = {0};
    struct numbers seqs = {0};
    bench_fill(bench, 300, 10);
    damage_row(bench, 217, fill_with_ones);
    ht_filter_init(&filter);
    filter.ascending = true;
    filter.limit = UINT32_MAX;
    assert_ok(ht_query_open(HT_QUERY_EVENTS, HT_FORMAT_LINES, HT_ABSENT, &filter, &query, &scratch_error));
    assert_int_equal(ht_query_run(query, bench->reader, &err), HT_CORRUPT);
    assert_false(ht_query_done(query));
    bench_collect_lines(bench, ht_query_document(query), "seq", &seqs);
    assert_int_equal(seqs.count, 216);
    assert_int_equal(ht_query_step(query, bench->reader, &err), HT_CORRUPT); /* and it stays so */
    numbers_release(&seqs);
    ht_query_free(query);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, bench_set_up, bench_tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(pages_add_up_to_the_list_while_events_arrive),
        TEST(a_list_of_many_steps_is_whole),
        TEST(lines_can_be_taken_step_by_step),
        TEST(a_follower_misses_nothing),
        TEST(an_event_has_its_members_in_order),
        TEST(a_stream_has_one_block_an_event),
        TEST(one_event_lists_what_was_received),
        TEST(at_most_a_thousand_deliveries_are_shown),
        TEST(what_is_not_there_is_not_found),
        cmocka_unit_test(what_does_not_apply_is_refused),
        TEST(a_cursor_serves_only_its_own_query),
        TEST(an_age_stands_through_all_pages),
        cmocka_unit_test(a_damaged_row_is_named),
        TEST(lines_before_damage_are_whole),
    };
    cmocka_set_message_output(CM_OUTPUT_TAP);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
