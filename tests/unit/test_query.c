/* The engine against an index of which any bit may be wrong: it may fail, but never falls over, and what it gives is
   JSON. Where it fails for the damage, the index counts as damaged, so that the daemon builds it anew. */
#include "query_bench.h"

#define ROUNDS 150
#define FLIPS 4

static const char *const tables[] = {"rows",     "ids",     "names", "summaries", "recent", "links",
                                     "postings", "repeats", "hours", "minutes",   "daily"};

/* Flips one bit of the value that the cursor is on; a value that is there already (duplicates) stays as it is. */
static void flip_bit(struct random *random, MDB_cursor *cursor, MDB_val key, MDB_val value)
{
    uint8_t key_copy[512], copy[1024];
    if (value.mv_size == 0 || value.mv_size > sizeof copy || key.mv_size > sizeof key_copy) return;
    memcpy(key_copy, key.mv_data, key.mv_size);
    memcpy(copy, value.mv_data, value.mv_size);
    uint32_t bit = random_below(random, (uint32_t)value.mv_size * 8);
    copy[bit / 8] ^= (uint8_t)(1u << bit % 8);
    assert_int_equal(mdb_cursor_del(cursor, 0), 0);
    MDB_val damaged_key = {key.mv_size, key_copy}, damaged = {value.mv_size, copy};
    int code = mdb_cursor_put(cursor, &damaged_key, &damaged, MDB_NODUPDATA);
    assert_true(code == 0 || code == MDB_KEYEXIST);
}

static void flip_in(struct random *random, MDB_txn *txn, const char *name)
{
    MDB_dbi table;
    MDB_cursor *cursor;
    MDB_stat stat;
    MDB_val key, value;
    if (mdb_dbi_open(txn, name, 0, &table) != 0) fail_msg("no table %s", name);
    assert_int_equal(mdb_stat(txn, table, &stat), 0);
    if (stat.ms_entries == 0) return;
    assert_int_equal(mdb_cursor_open(txn, table, &cursor), 0);
    size_t at = random_below(random, (uint32_t)stat.ms_entries);
    assert_int_equal(mdb_cursor_get(cursor, &key, &value, MDB_FIRST), 0);
    while (at-- > 0)
        assert_int_equal(mdb_cursor_get(cursor, &key, &value, MDB_NEXT), 0);
    flip_bit(random, cursor, key, value);
    mdb_cursor_close(cursor);
}

/* Behind the store's back, while nobody has it open. */
static void damage(struct bench *bench)
{
    MDB_txn *txn = bench_damage(bench, "index");
    for (int i = 0; i < FLIPS; i++)
        flip_in(&bench->random, txn, tables[random_below(&bench->random, sizeof tables / sizeof tables[0])]);
    bench_damaged(bench, txn);
}

static const struct question {
    enum ht_query_kind kind;
    const char *id;
    const char *filters[3][2];
} questions[] = {
    {HT_QUERY_EVENTS, NULL, {{"limit", "1000"}}},
    {HT_QUERY_EVENTS, NULL, {{"order", "asc"}, {"agent", "a1"}, {"type", "odd,new-session"}}},
    {HT_QUERY_EVENTS, NULL, {{"conversation", "c2"}, {"since", "2025-11-24T14:00:00Z"}}},
    {HT_QUERY_EVENTS, NULL, {{"lead", "l1"}, {"visitor", "v1"}}},
    {HT_QUERY_EVENT, "7", {{0}}},
    {HT_QUERY_EVENT, "50", {{0}}},
    {HT_QUERY_TIMELINE, "c1", {{0}}},
    {HT_QUERY_HISTORY, "l1", {{0}}},
    {HT_QUERY_CONVERSATIONS, NULL, {{"limit", "1000"}}},
    {HT_QUERY_CONVERSATIONS, NULL, {{"type", "odd"}, {"agent", "a1"}}},
    {HT_QUERY_CONVERSATIONS, NULL, {{"lead", "l1"}, {"until", "2025-11-24T15:00:00Z"}}},
    {HT_QUERY_LEADS, NULL, {{"limit", "1000"}}},
    {HT_QUERY_LEADS, NULL, {{"conversation", "c3"}}},
    {HT_QUERY_AGENTS, NULL, {{0}}},
    {HT_QUERY_STATS, NULL, {{0}}},
    {HT_QUERY_HEALTH, NULL, {{0}}},
    {HT_QUERY_STATS, NULL, {{"since", "2025-11-24"}, {"type", "odd"}}},
};

/* Whether it was answered. */
static bool ask(struct bench *bench, const struct question *question)
{
    struct ht_filter filter;
    struct ht_query *query;
    struct ht_error err = {0};
    ht_filter_init(&filter);
    for (size_t i = 0; i < 3 && question->filters[i][0]; i++)
        bench_set(&filter, question->filters[i][0], question->filters[i][1]);
    assert_ok(ht_query_open(question->kind, HT_FORMAT_DOCUMENT, ht_slice_from(question->id), &filter, &query,
                            &scratch_error));
    enum ht_status status = HT_OK;
    int steps = 0;
    while (status == HT_OK && !ht_query_done(query)) {
        status = ht_query_step(query, bench->reader, &err);
        assert_true(++steps < 10000); /* comes to an end */
    }
    if (status == HT_OK) {
        assert_ok(ht_json_parse(bench->json, ht_query_document(query), &scratch_error));
    } else if (status != HT_CORRUPT && status != HT_NOT_FOUND) {
        fail_msg("%s: %s", ht_status_title(status), err.detail);
    } else {
        assert_true(err.detail[0]);
        if (status == HT_CORRUPT && !ht_index_is_damaged(bench->scratch.store))
            fail_msg("nobody would mend it: %s", err.detail);
    }
    ht_query_free(query);
    return status == HT_OK;
}

static void a_sound_index_answers_everything(void **state)
{
    struct bench *bench = *state;
    bench_fill(bench, 200, 8);
    for (size_t i = 0; i < sizeof questions / sizeof questions[0]; i++) {
        if (!ask(bench, &questions[i])) fail_msg("question %zu", i);
    }
}

static void a_damaged_index_never_fells_the_engine(void **state)
{
    struct bench *bench = *state;
    size_t answered = 0, refused = 0;
    bench_fill(bench, 200, 8);
    bench_add(bench, SCRATCH_NOW, "{\"event\":\"odd\",\"agent_id\":7,\"warned\":1}");
    bench_add(bench, SCRATCH_NOW, "{\"event\":\"odd\",\"agent_id\":7,\"warned\":1}");
    bench_commit(bench);
    for (int round = 0; round < ROUNDS; round++) {
        if (round % 15 == 14) assert_ok(ht_index_rebuild(bench->scratch.store, NULL, NULL, &scratch_error));
        damage(bench);
        for (size_t i = 0; i < sizeof questions / sizeof questions[0]; i++)
            *(ask(bench, &questions[i]) ? &answered : &refused) += 1;
    }
    assert_true(answered > 0 && refused > 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(a_sound_index_answers_everything, bench_set_up, bench_tear_down),
        cmocka_unit_test_setup_teardown(a_damaged_index_never_fells_the_engine, bench_set_up, bench_tear_down),
    };
    cmocka_set_message_output(CM_OUTPUT_TAP);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
