#include "index_support.h"

#include "random.h"

/* Postings of 0, 1, 2, 3 and many events, in numbers that LMDB keeps in a node, in a sub-page and in a tree of pages.
 */
static const uint32_t COUNTS[] = {0, 1, 2, 3, 7, 240, 3000};
#define MOST 3000

static void put_postings(struct bench *bench, uint32_t number, const uint64_t *seqs, uint32_t count)
{
    struct index_env *index = index_env_acquire(bench->scratch.store);
    uint8_t key_bytes[INDEX_ENTITY_KEY_SIZE], bytes[8];
    MDB_txn *txn;
    index_key_entity(key_bytes, HT_KIND_LEAD, number);
    assert_int_equal(mdb_txn_begin(index->env, NULL, 0, &txn), 0);
    for (uint32_t i = 0; i < count; i++) {
        MDB_val key = val_of(key_bytes, sizeof key_bytes);
        ht_put_be64(bytes, seqs[i]);
        MDB_val value = val_of(bytes, sizeof bytes);
        assert_int_equal(mdb_put(txn, index->tables[INDEX_POSTINGS], &key, &value, 0), 0);
    }
    assert_int_equal(mdb_txn_commit(txn), 0);
    index_env_release(index);
}

static uint64_t least_from(const uint64_t *seqs, uint32_t count, uint64_t seq)
{
    for (uint32_t i = 0; i < count; i++) {
        if (seqs[i] >= seq) return seqs[i];
    }
    return 0;
}

static uint64_t greatest_to(const uint64_t *seqs, uint32_t count, uint64_t seq)
{
    for (uint32_t i = count; i-- > 0;) {
        if (seqs[i] <= seq) return seqs[i];
    }
    return 0;
}

static void check_once(struct ht_postings *postings, const uint64_t *seqs, uint32_t count, uint64_t seq, bool up)
{
    uint64_t found = 0;
    uint64_t expected = up ? least_from(seqs, count, seq) : greatest_to(seqs, count, seq);
    enum ht_status status =
        up ? ht_postings_at_least(postings, seq, &found, NULL) : ht_postings_at_most(postings, seq, &found, NULL);
    if (expected == 0) {
        assert_int_equal(status, HT_NOT_FOUND);
    } else {
        assert_int_equal(status, HT_OK);
        assert_int_equal(found, expected);
    }
}

/* Walks and jumps, mixed, so that every answer meets every state that the one before leaves the cursor in. */
static void check_all(struct bench *bench, struct random *random, uint32_t number, const uint64_t *seqs, uint32_t count)
{
    struct ht_postings *postings;
    uint64_t last = count > 0 ? seqs[count - 1] : 10;
    bench_begin(bench);
    assert_ok(ht_postings_open(bench->reader, HT_KIND_LEAD, number, &postings, &scratch_error));
    assert_int_equal(ht_postings_count(postings), count);
    for (int i = 0; i < 3000; i++) {
        uint64_t seq = random_below(random, (uint32_t)last + 3);
        bool up = random_below(random, 2) == 0;
        check_once(postings, seqs, count, seq, up);
        for (uint32_t steps = random_below(random, 4); steps > 0; steps--) {
            seq = up ? seq + 1 + random_below(random, 3) : seq > 2 ? seq - 1 - random_below(random, 2) : 0;
            check_once(postings, seqs, count, seq, up);
        }
        if (i % 100 == 0) check_once(postings, seqs, count, up ? 0 : UINT64_MAX, up);
        if (i % 100 == 50) check_once(postings, seqs, count, up ? UINT64_MAX : 0, up);
    }
    ht_postings_close(postings);
    ht_reader_end(bench->reader);
}

static void answers_are_those_of_a_plain_array(void **state)
{
    struct bench *bench = *state;
    struct random random = {11};
    static uint64_t seqs[MOST];
    for (uint32_t n = 0; n < sizeof COUNTS / sizeof *COUNTS; n++) {
        uint64_t seq = 0;
        for (uint32_t i = 0; i < COUNTS[n]; i++)
            seqs[i] = seq += 1 + random_below(&random, 4);
        put_postings(bench, 10 + n, seqs, COUNTS[n]);
        /* neighbours, which no walk may stray into */
        uint64_t stray[2] = {1, 5000};
        put_postings(bench, 9 + n + 100, stray, 2);
    }
    random.state = 11;
    for (uint32_t n = 0; n < sizeof COUNTS / sizeof *COUNTS; n++) {
        uint64_t seq = 0;
        for (uint32_t i = 0; i < COUNTS[n]; i++)
            seqs[i] = seq += 1 + random_below(&random, 4);
        struct random own = {n};
        check_all(bench, &own, 10 + n, seqs, COUNTS[n]);
    }
}

static void a_walk_meets_each_event_once_both_ways(void **state)
{
    struct bench *bench = *state;
    struct ht_postings *postings;
    static uint64_t seqs[MOST];
    for (uint32_t i = 0; i < MOST; i++)
        seqs[i] = 3 * (i + 1);
    put_postings(bench, 1, seqs, MOST);
    bench_begin(bench);
    assert_ok(ht_postings_open(bench->reader, HT_KIND_LEAD, 1, &postings, &scratch_error));
    uint64_t at = 0, count = 0;
    while (ht_postings_at_least(postings, at + 1, &at, NULL) == HT_OK)
        assert_int_equal(at, seqs[count++]);
    assert_int_equal(count, MOST);
    at = UINT64_MAX;
    while (ht_postings_at_most(postings, at - 1, &at, NULL) == HT_OK)
        assert_int_equal(at, seqs[--count]);
    assert_int_equal(count, 0);
    ht_postings_close(postings);
    ht_reader_end(bench->reader);
    ht_postings_close(NULL);
}

static void a_posting_of_a_wrong_length_is_corrupt(void **state)
{
    struct bench *bench = *state;
    struct index_env *index = index_env_acquire(bench->scratch.store);
    struct ht_postings *postings;
    struct ht_error err = {0};
    uint8_t key_bytes[INDEX_ENTITY_KEY_SIZE];
    uint64_t found;
    MDB_txn *txn;
    index_key_entity(key_bytes, HT_KIND_LEAD, 1);
    MDB_val key = val_of(key_bytes, sizeof key_bytes);
    MDB_val value = val_of("abc", 3);
    assert_int_equal(mdb_txn_begin(index->env, NULL, 0, &txn), 0);
    assert_int_equal(mdb_put(txn, index->tables[INDEX_POSTINGS], &key, &value, 0), 0);
    assert_int_equal(mdb_txn_commit(txn), 0);
    index_env_release(index);
    bench_begin(bench);
    assert_ok(ht_postings_open(bench->reader, HT_KIND_LEAD, 1, &postings, &scratch_error));
    assert_int_equal(ht_postings_at_least(postings, 0, &found, &err), HT_CORRUPT);
    assert_int_equal(ht_postings_at_most(postings, UINT64_MAX, &found, &err), HT_CORRUPT);
    ht_postings_close(postings);
    ht_reader_end(bench->reader);
}

int main(void)
{
#define WITH_BENCH(test) cmocka_unit_test_setup_teardown(test, bench_set_up, bench_tear_down)
    const struct CMUnitTest tests[] = {
        WITH_BENCH(answers_are_those_of_a_plain_array),
        WITH_BENCH(a_walk_meets_each_event_once_both_ways),
        WITH_BENCH(a_posting_of_a_wrong_length_is_corrupt),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
