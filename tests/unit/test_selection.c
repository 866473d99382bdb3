#include "query_bench.h"

#include "../../query/event.h"
#include "../../query/selection.h"

#define EVENTS 3000
#define ROUNDS 300

/* ---- filters by chance, and the naive scan that they are held to ---- */

static void maybe_set(struct random *random, struct ht_filter *filter, const char *name, char letter, uint32_t count)
{
    char value[16];
    if (random_below(random, 4) > 0) return;
    snprintf(value, sizeof value, "%c%u", letter, random_below(random, count));
    bench_set(filter, name, value);
}

static struct ht_filter random_filter(struct random *random, uint64_t last)
{
    static const char *const types[] = {"new-session", "new-contact", "session-active", "odd", "never-seen"};
    struct ht_filter filter;
    ht_filter_init(&filter);
    maybe_set(random, &filter, "agent", 'a', 4);
    maybe_set(random, &filter, "conversation", 'c', 42);
    maybe_set(random, &filter, "lead", 'l', 22);
    maybe_set(random, &filter, "visitor", 'v', 15);
    for (uint32_t i = random_below(random, 3) == 0 ? 3 : 0; i > 0; i--)
        bench_set(&filter, "type", types[random_below(random, 5)]);
    int64_t span = (int64_t)last * 60;
    if (random_below(random, 4) == 0)
        filter.since = SCRATCH_NOW + (int64_t)random_below(random, (uint32_t)span) * HT_SECOND;
    if (random_below(random, 4) == 0)
        filter.until = SCRATCH_NOW + (int64_t)random_below(random, (uint32_t)span) * HT_SECOND;
    if (random_below(random, 4) == 0) filter.after = random_below(random, (uint32_t)last + 3);
    if (random_below(random, 4) == 0) filter.before = random_below(random, (uint32_t)last + 3);
    filter.ascending = random_below(random, 2) == 1;
    return filter;
}

static bool named(struct ht_reader *reader, enum ht_kind kind, uint32_t number, const char *text, size_t size)
{
    struct ht_slice name;
    if (number == 0) return false;
    assert_ok(ht_index_name(reader, kind, number, &name, &scratch_error));
    return ht_slice_equal(name, ht_slice_of(text, size));
}

static bool has_id(struct ht_reader *reader, enum ht_kind kind, uint32_t number, const struct ht_filter_id *id)
{
    return !id->set || named(reader, kind, number, id->text, id->size);
}

static bool picks(struct ht_reader *reader, const struct ht_filter *filter, const struct ht_row *row)
{
    bool type = filter->type_count == 0;
    for (uint32_t i = 0; i < filter->type_count; i++)
        type = type || named(reader, HT_KIND_TYPE, row->type, filter->types[i], strlen(filter->types[i]));
    return type && row->seq > filter->after && row->seq < filter->before && row->received_at >= filter->since &&
           row->received_at < filter->until && has_id(reader, HT_KIND_AGENT, row->agent, &filter->agent) &&
           has_id(reader, HT_KIND_CONVERSATION, row->conversation, &filter->conversation) &&
           has_id(reader, HT_KIND_LEAD, row->lead, &filter->lead) &&
           has_id(reader, HT_KIND_VISITOR, row->visitor, &filter->visitor);
}

static struct numbers scan_all(struct bench *bench, const struct ht_filter *filter)
{
    struct numbers found = {0};
    struct ht_position end;
    assert_ok(ht_reader_begin(bench->reader, &scratch_error));
    assert_ok(ht_index_position(bench->reader, &end, &scratch_error));
    for (uint64_t i = 1; i <= end.seq; i++) {
        struct ht_row row;
        assert_ok(ht_index_row(bench->reader, filter->ascending ? i : end.seq + 1 - i, &row, &scratch_error));
        if (picks(bench->reader, filter, &row)) numbers_add(&found, row.seq);
    }
    ht_reader_end(bench->reader);
    return found;
}

/* Walks in steps of at most `step` candidates; nothing but the selection itself is kept between them. */
static struct numbers walk(struct bench *bench, const struct ht_filter *filter, size_t step)
{
    struct numbers found = {0};
    struct selection selection;
    enum ht_status status = HT_OK;
    selection_init(&selection, filter, false, 0);
    while (status == HT_OK) {
        assert_ok(ht_reader_begin(bench->reader, &scratch_error));
        assert_ok(selection_begin(&selection, bench->reader, &scratch_error));
        for (size_t i = 0; i < step && status == HT_OK; i++) {
            struct ht_row row;
            bool matched, more;
            assert_ok(selection_has_more(&selection, &more, &scratch_error));
            status = selection_next(&selection, &row, &matched, NULL);
            assert_int_equal(more, status == HT_OK);
            if (status == HT_OK && matched) numbers_add(&found, row.seq);
        }
        selection_end(&selection);
        ht_reader_end(bench->reader);
    }
    assert_int_equal(status, HT_NOT_FOUND);
    return found;
}

static void every_filter_picks_what_a_scan_picks(void **state)
{
    struct bench *bench = *state;
    size_t picked = 0;
    bench_fill(bench, EVENTS, 40);
    for (int round = 0; round < ROUNDS; round++) {
        struct ht_filter filter = random_filter(&bench->random, EVENTS);
        struct numbers wanted = scan_all(bench, &filter);
        struct numbers got = walk(bench, &filter, round % 3 == 0 ? SIZE_MAX : 1 + random_below(&bench->random, 200));
        numbers_check(&got, &wanted);
        picked += got.count;
        numbers_release(&got);
        numbers_release(&wanted);
    }
    assert_true(picked > EVENTS); /* the filters were not all empty */
}

static void the_fewest_events_lead(void **state)
{
    struct bench *bench = *state;
    struct ht_filter filter;
    struct selection selection;
    for (int i = 0; i < 50; i++)
        bench_add_random(bench, 5);
    bench_add(bench, SCRATCH_NOW, "{\"event\":\"odd\",\"agent_id\":\"a1\",\"lead\":{\"id\":\"rare\"}}");
    bench_commit(bench);
    ht_filter_init(&filter);
    bench_set(&filter, "agent", "a1");
    bench_set(&filter, "type", "odd");
    bench_set(&filter, "lead", "rare");
    selection_init(&selection, &filter, false, 0);
    assert_ok(ht_reader_begin(bench->reader, &scratch_error));
    assert_ok(selection_begin(&selection, bench->reader, &scratch_error));
    assert_false(selection.by_rows);
    assert_int_equal(selection.lead.count, 1);
    assert_int_equal(selection.lead.total, 1);
    selection_end(&selection);
    ht_reader_end(bench->reader);
}

static void the_bounds_of_seqs_do_not_overflow(void **state)
{
    struct bench *bench = *state;
    static const uint64_t edges[] = {0, 1, 2, 9, 10, 11, UINT64_MAX - 1, UINT64_MAX};
    const size_t count = sizeof edges / sizeof edges[0];
    bench_fill(bench, 10, 3);
    for (size_t i = 0; i < count * count * count * 2; i++) {
        struct ht_filter filter;
        struct selection selection;
        ht_filter_init(&filter);
        filter.after = edges[i % count];
        filter.before = edges[i / count % count];
        filter.ascending = i >= count * count * count;
        uint64_t resume = edges[i / count / count % count];
        selection_init(&selection, &filter, true, resume);
        assert_ok(ht_reader_begin(bench->reader, &scratch_error));
        assert_ok(selection_begin(&selection, bench->reader, &scratch_error));
        uint64_t seen = 0, wanted = 0;
        struct ht_row row;
        bool matched;
        while (selection_next(&selection, &row, &matched, NULL) == HT_OK)
            seen += matched ? row.seq : 0;
        for (uint64_t seq = 1; seq <= 10; seq++) {
            bool behind = filter.ascending ? seq > resume : seq < resume;
            if (behind && seq > filter.after && seq < filter.before) wanted += seq;
        }
        selection_end(&selection);
        ht_reader_end(bench->reader);
        assert_int_equal(seen, wanted);
    }
}

static void an_empty_store_has_nothing_to_walk(void **state)
{
    struct bench *bench = *state;
    struct random random = {5};
    for (int i = 0; i < 50; i++) {
        struct ht_filter filter = random_filter(&random, 100);
        struct numbers got = walk(bench, &filter, 10);
        assert_int_equal(got.count, 0);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(every_filter_picks_what_a_scan_picks, bench_set_up, bench_tear_down),
        cmocka_unit_test_setup_teardown(the_fewest_events_lead, bench_set_up, bench_tear_down),
        cmocka_unit_test_setup_teardown(the_bounds_of_seqs_do_not_overflow, bench_set_up, bench_tear_down),
        cmocka_unit_test_setup_teardown(an_empty_store_has_nothing_to_walk, bench_set_up, bench_tear_down),
    };
    cmocka_set_message_output(CM_OUTPUT_TAP);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
