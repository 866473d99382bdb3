#include "index_support.h"

#include "../../store/reader_names.h"

#define MANY 17000 /* more names than a reader keeps */

static void assert_name(struct bench *bench, enum ht_kind kind, uint32_t number, const char *wanted)
{
    struct ht_slice name;
    assert_ok(ht_index_name(bench->reader, kind, number, &name, &scratch_error));
    if (!ht_slice_is(name, wanted)) fail_msg("%.*s is not %s", HT_SLICE_ARGS(name), wanted);
}

static void are_kept_from_span_to_span(void **state)
{
    struct bench *bench = *state;
    struct ht_slice kept;
    bench_add(bench, "{\"lead_id\":\"L1\",\"agent_id\":\"A1\"}");
    bench_catch_up(bench);
    bench_begin(bench);
    assert_false(reader_names_find(bench->reader, HT_KIND_LEAD, 1, &kept));
    assert_name(bench, HT_KIND_LEAD, 1, "L1");
    assert_name(bench, HT_KIND_AGENT, 1, "A1");
    ht_reader_end(bench->reader);
    bench_begin(bench);
    assert_true(reader_names_find(bench->reader, HT_KIND_LEAD, 1, &kept));
    assert_true(ht_slice_is(kept, "L1"));
    assert_false(reader_names_find(bench->reader, HT_KIND_LEAD, 2, &kept));
    assert_false(reader_names_find(bench->reader, HT_KIND_VISITOR, 1, &kept));
    assert_name(bench, HT_KIND_LEAD, 1, "L1");
    ht_reader_end(bench->reader);
}

/* What is not there is looked for again. */
static void come_when_they_are_there(void **state)
{
    struct bench *bench = *state;
    struct ht_slice name;
    bench_add(bench, "{\"lead_id\":\"L1\"}");
    bench_catch_up(bench);
    bench_begin(bench);
    assert_int_equal(ht_index_name(bench->reader, HT_KIND_LEAD, 2, &name, NULL), HT_NOT_FOUND);
    ht_reader_end(bench->reader);
    bench_add(bench, "{\"lead_id\":\"L2\"}");
    bench_catch_up(bench);
    bench_begin(bench);
    assert_name(bench, HT_KIND_LEAD, 2, "L2");
    ht_reader_end(bench->reader);
}

/* The numbers of another index are others. */
static void go_with_their_index(void **state)
{
    struct bench *bench = *state;
    struct ht_slice kept;
    bench_add(bench, "{\"lead_id\":\"L1\"}");
    bench_add(bench, "{\"lead_id\":\"L2\"}");
    bench_catch_up(bench);
    bench_begin(bench);
    assert_name(bench, HT_KIND_LEAD, 1, "L1");
    assert_name(bench, HT_KIND_LEAD, 2, "L2");
    ht_reader_end(bench->reader);
    bench_bury(bench, 1, 1, 1, NULL);
    bench_catch_up(bench);
    bench_begin(bench);
    assert_false(reader_names_find(bench->reader, HT_KIND_LEAD, 1, &kept));
    assert_name(bench, HT_KIND_LEAD, 1, "L2");
    assert_int_equal(ht_index_name(bench->reader, HT_KIND_LEAD, 2, &kept, NULL), HT_NOT_FOUND);
    ht_reader_end(bench->reader);
}

static void are_bounded(void **state)
{
    struct bench *bench = *state;
    struct ht_slice first, kept;
    char **payloads = calloc(MANY, sizeof *payloads);
    for (int i = 0; i < MANY; i++)
        assert_true(asprintf(&payloads[i], "{\"lead_id\":\"lead-%d\"}", i + 1) > 0);
    bench_add_all(bench, payloads, MANY, SCRATCH_NOW);
    bench_catch_up(bench);
    bench_begin(bench);
    assert_ok(ht_index_name(bench->reader, HT_KIND_LEAD, 1, &first, &scratch_error));
    for (uint32_t number = 1; number <= MANY; number++) {
        char wanted[32];
        snprintf(wanted, sizeof wanted, "lead-%u", number);
        assert_name(bench, HT_KIND_LEAD, number, wanted);
    }
    assert_true(ht_slice_is(first, "lead-1")); /* a view lasts as long as its span */
    assert_true(bench->reader->names.count < MANY);
    ht_reader_end(bench->reader);
    bench_begin(bench);
    assert_false(reader_names_find(bench->reader, HT_KIND_LEAD, 1, &kept));
    ht_reader_end(bench->reader);
    for (int i = 0; i < MANY; i++)
        free(payloads[i]);
    free(payloads);
}

/* ---- how far the index is behind ---- */

static uint64_t lag_of(struct bench *bench)
{
    uint64_t lag = UINT64_MAX;
    assert_ok(ht_index_lag(bench->scratch.store, &lag, NULL, &scratch_error));
    return lag;
}

static void the_index_tells_its_lag(void **state)
{
    struct bench *bench = *state;
    assert_int_equal(lag_of(bench), 0);
    for (int i = 0; i < 3; i++) {
        char payload[40];
        snprintf(payload, sizeof payload, "{\"lead_id\":\"L%d\"}", i);
        bench_add(bench, payload);
    }
    assert_int_equal(lag_of(bench), 3);
    bench_catch_up(bench);
    assert_int_equal(lag_of(bench), 0);
    bench_bury(bench, 1, 1, 1, NULL); /* which makes it stale */
    assert_int_equal(lag_of(bench), 3);
    bench_catch_up(bench);
    assert_int_equal(lag_of(bench), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(are_kept_from_span_to_span, bench_set_up, bench_tear_down),
        cmocka_unit_test_setup_teardown(come_when_they_are_there, bench_set_up, bench_tear_down),
        cmocka_unit_test_setup_teardown(go_with_their_index, bench_set_up, bench_tear_down),
        cmocka_unit_test_setup_teardown(are_bounded, bench_set_up, bench_tear_down),
        cmocka_unit_test_setup_teardown(the_index_tells_its_lag, bench_set_up, bench_tear_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
