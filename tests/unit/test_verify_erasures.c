/* What verify finds of erasures that nobody made. */
#include "erase_support.h"

#include "../../store/record.h"
#include "hooktrail/encode.h"

#define FOUND_SIZE (sizeof((struct ht_finding *)NULL)->detail + 64)

static void note_finding(void *context, const struct ht_finding *finding)
{
    snprintf(context, FOUND_SIZE, "%s: %s", finding->table, finding->detail);
}

static void expect_finding(struct bench *bench, const char *wanted)
{
    char found[FOUND_SIZE] = "";
    struct ht_verified verified;
    const struct ht_verify_options options = {.without_index = true};
    assert_int_equal(ht_verify(bench->scratch.store, &options, note_finding, NULL, found, &verified, NULL), HT_CORRUPT);
    assert_int_equal(verified.findings, 1);
    assert_string_equal(found, wanted);
}

static void forge_tombstone(struct ht_store *store, MDB_txn *txn, uint64_t seq, uint64_t erasure)
{
    static const uint8_t none[HT_REF_SIZE];
    struct ht_slice old = HT_ABSENT;
    struct ht_buffer out = {0};
    uint8_t bytes[8];
    assert_int_equal(trail_get(txn, store->trail.events, seq, &old), 0);
    assert_ok(record_tombstone(old, seq, erasure, none, &out, &scratch_error));
    ht_put_be64(bytes, seq);
    MDB_val key = {8, bytes}, value = {out.size, out.data};
    assert_int_equal(mdb_put(txn, store->trail.events, &key, &value, 0), 0);
    ht_buffer_release(&out);
}

/* As somebody does who can write to the trail, but has no signing key: `first` to `last` are passed off as erased. */
static void forge_erasure(struct bench *bench, uint64_t number, uint64_t forged, uint64_t first, uint64_t last)
{
    struct ht_store *store = bench->scratch.store;
    MDB_txn *txn = NULL;
    uint8_t range[16];
    ht_put_be64(range, first);
    ht_put_be64(range + 8, last);
    struct erasures_row row = {.flags = ERASURES_DONE, .ranges = ht_slice_of(range, sizeof range)};
    row.erasure = (struct ht_erasure){.number = number, .at = SCRATCH_NOW, .events = last - first + 1};
    assert_ok(trail_change_begin(store, &txn, &scratch_error));
    forge_tombstone(store, txn, forged, number);
    assert_ok(erasures_put(store, txn, &row, &scratch_error));
    assert_ok(trail_counter_set(store, txn, ERASURES_COUNTER, number, &scratch_error));
    assert_ok(trail_change_end(txn, HT_OK, &scratch_error));
}

static void test_no_erasure_without_an_act(void **state)
{
    struct bench *bench = *state;
    for (unsigned n = 1; n <= 4; n++)
        bench_person(bench, NULL, "conversation", NULL, n);
    forge_erasure(bench, 1, 3, 3, 3);
    expect_finding(bench, "trail/erasures: erasure 1 took 1 events, and no act tells of that");
}

static void test_no_erasure_of_more_than_its_act_tells(void **state)
{
    struct bench *bench = *state;
    for (unsigned n = 1; n <= 4; n++)
        bench_person(bench, NULL, n == 2 ? "gone" : "conversation", NULL, n);
    bench_catch_up(bench);
    bench_erase(bench, HT_SUBJECT_CONVERSATION, "gone");
    expect_sound(bench);
    forge_erasure(bench, 1, 3, 2, 3);
    expect_finding(bench, "trail/erasures: erasure 1 took 2 events, and no act tells of that");
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, bench_set_up, bench_tear_down)
    const struct CMUnitTest tests[] = {
        TEST(test_no_erasure_without_an_act),
        TEST(test_no_erasure_of_more_than_its_act_tells),
    };
    cmocka_set_message_output(CM_OUTPUT_TAP);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
