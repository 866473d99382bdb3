#include <fcntl.h>
#include <signal.h>
#include <time.h>

#include "../../server/catch_up.h"
#include "index_support.h"

#define EVENTS 30000
#define MOST 20000 /* more than EVENTS less than one transaction of the index, and some of them less than EVENTS */

static struct ht_logger logger;

static void add_events(struct bench *bench)
{
    char **payloads = calloc(EVENTS, sizeof *payloads);
    for (size_t i = 0; i < EVENTS; i++) {
        payloads[i] = malloc(64);
        snprintf(payloads[i], 64, "{\"conversation_id\":\"C%zu\",\"n\":%zu}", i % 100, i);
    }
    bench_add_all(bench, payloads, EVENTS, SCRATCH_NOW);
    for (size_t i = 0; i < EVENTS; i++)
        free(payloads[i]);
    free(payloads);
}

static uint64_t lag_of(struct bench *bench)
{
    uint64_t lag = 0;
    assert_ok(ht_index_lag(bench->scratch.store, &lag, NULL, &scratch_error));
    return lag;
}

static int set_up(void **state)
{
    ht_log_init(&logger, open("/dev/null", O_WRONLY | O_CLOEXEC), HT_LOG_TEXT, false, HT_LOG_INFO);
    return bench_set_up(state);
}

static int tear_down(void **state)
{
    close(logger.fd);
    return bench_tear_down(state);
}

static void it_ends_as_soon_as_the_index_is_near(void **state)
{
    struct bench *bench = *state;
    add_events(bench);
    assert_int_equal(lag_of(bench), EVENTS);
    assert_ok(ht_catch_up(bench->scratch.store, MOST, &logger, &scratch_error));
    uint64_t lag = lag_of(bench);
    assert_in_range(lag, 1, MOST);
    assert_ok(ht_catch_up(bench->scratch.store, MOST, &logger, &scratch_error));
    assert_int_equal(lag_of(bench), lag);
    assert_ok(ht_catch_up(bench->scratch.store, 0, &logger, &scratch_error));
    assert_int_equal(lag_of(bench), 0);
}

/* What is not complete of an index that is built beside the old one is thrown away: so it is built to the end. */
static void what_is_built_anew_is_built_to_the_end(void **state)
{
    struct bench *bench = *state;
    add_events(bench);
    bench_bury(bench, 1, 1, 1, NULL);
    assert_int_equal(lag_of(bench), EVENTS);
    assert_ok(ht_catch_up(bench->scratch.store, MOST, &logger, &scratch_error));
    assert_int_equal(lag_of(bench), 0);
}

static void stops_at(struct bench *bench, int number)
{
    const struct timespec no_time = {0};
    struct ht_error err = {0};
    sigset_t signals, before;
    sigemptyset(&signals);
    sigaddset(&signals, number);
    pthread_sigmask(SIG_BLOCK, &signals, &before);
    raise(number);
    assert_int_equal(ht_catch_up(bench->scratch.store, 0, &logger, &err), HT_STOPPING);
    assert_string_equal(err.detail, "the daemon is shutting down");
    assert_int_equal(sigtimedwait(&signals, NULL, &no_time), number);
    pthread_sigmask(SIG_SETMASK, &before, NULL);
}

static void a_signal_ends_it_with_the_next_transaction(void **state)
{
    struct bench *bench = *state;
    add_events(bench);
    stops_at(bench, SIGTERM);
    uint64_t lag = lag_of(bench);
    assert_in_range(lag, 1, EVENTS - 1);
    stops_at(bench, SIGINT);
    assert_in_range(lag_of(bench), 1, lag - 1);
    assert_ok(ht_catch_up(bench->scratch.store, 0, &logger, &scratch_error));
    assert_int_equal(lag_of(bench), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(it_ends_as_soon_as_the_index_is_near, set_up, tear_down),
        cmocka_unit_test_setup_teardown(what_is_built_anew_is_built_to_the_end, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_signal_ends_it_with_the_next_transaction, set_up, tear_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
