#include "index_support.h"

#include "../../store/harvest_crew.h"
#include "random.h"

enum { EVENTS = 3000 };
static const uint8_t HASH_KEY[16] = {1, 2, 3};

static void fill_trail(struct bench *bench)
{
    static char texts[500][64];
    char *payloads[500];
    for (size_t i = 0; i < EVENTS; i++) {
        size_t at = i % 500;
        payloads[at] = texts[at];
        snprintf(texts[at], sizeof texts[at], "{\"lead_id\":\"L%zu\",\"visitor_id\":\"V%zu\"}", i + 1, i % 7);
        if (at == 499) bench_add_all(bench, payloads, 500, SCRATCH_NOW);
    }
}

static void assert_events(const struct harvest *events, uint64_t first)
{
    char expected[32];
    assert_true(events->count > 0);
    for (size_t i = 0; i < events->count; i++) {
        const struct harvest_event *event = &events->events[i];
        snprintf(expected, sizeof expected, "L%llu", (unsigned long long)(first + i));
        assert_int_equal(event->seq, first + i);
        assert_true(ht_slice_is(harvest_slice(events, &event->texts[HT_KIND_LEAD]), expected));
    }
}

static void chunks_come_in_order_whatever_the_helpers(void **state)
{
    struct bench *bench = *state;
    fill_trail(bench);
    for (unsigned helpers = 0; helpers < 4; helpers++) {
        struct harvest_crew *crew = harvest_crew_new(bench->scratch.store, HASH_KEY, helpers);
        assert_non_null(crew);
        uint64_t next = 1;
        while (next <= EVENTS) {
            const struct harvest *events;
            assert_ok(harvest_crew_next(crew, next, EVENTS, &events, &scratch_error));
            assert_events(events, next);
            next += events->count;
        }
        assert_int_equal(next, EVENTS + 1);
        harvest_crew_free(crew);
    }
}

/* Another process may have written the index in between, or a batch was given up: then it begins elsewhere. */
static void it_aims_anew_wherever_it_is_asked_to(void **state)
{
    struct bench *bench = *state;
    struct random random = {5};
    struct harvest_crew *crew = harvest_crew_new(bench->scratch.store, HASH_KEY, 2);
    fill_trail(bench);
    assert_non_null(crew);
    uint64_t next = 1;
    for (int i = 0; i < 300; i++) {
        const struct harvest *events;
        uint64_t last = next + random_below(&random, 900);
        if (last > EVENTS) last = EVENTS;
        assert_ok(harvest_crew_next(crew, next, last, &events, &scratch_error));
        assert_events(events, next);
        next += events->count;
        if (random_below(&random, 4) == 0 || next > EVENTS) next = 1 + random_below(&random, EVENTS);
    }
    harvest_crew_free(crew);
    harvest_crew_free(NULL);
}

/* A fill ends early behind HARVEST_BYTES; the rest of the chunk follows. */
static void large_payloads_are_all_there(void **state)
{
    struct bench *bench = *state;
    const size_t size = HARVEST_BYTES / 3;
    char *payload = malloc(size + 64);
    for (int i = 0; i < 10; i++) {
        int at = snprintf(payload, 64, "{\"lead_id\":\"L%d\",\"text\":\"", i + 1);
        memset(payload + at, 'a', size);
        memcpy(payload + (size_t)at + size, "\"}", 3);
        bench_add(bench, payload);
    }
    free(payload);
    struct harvest_crew *crew = harvest_crew_new(bench->scratch.store, HASH_KEY, 1);
    assert_non_null(crew);
    uint64_t next = 1, calls = 0;
    for (; next <= 10; calls++) {
        const struct harvest *events;
        assert_ok(harvest_crew_next(crew, next, 10, &events, &scratch_error));
        assert_events(events, next);
        next += events->count;
    }
    assert_int_equal(next, 11);
    assert_true(calls > 2);
    harvest_crew_free(crew);
}

int main(void)
{
#define WITH_BENCH(test) cmocka_unit_test_setup_teardown(test, bench_set_up, bench_tear_down)
    const struct CMUnitTest tests[] = {
        WITH_BENCH(chunks_come_in_order_whatever_the_helpers),
        WITH_BENCH(it_aims_anew_wherever_it_is_asked_to),
        WITH_BENCH(large_payloads_are_all_there),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
