#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <event2/event.h>

#include "../../server/turns.h"
#include "hooktrail/time.h"

#define PIECE_TIME (HT_SECOND / 1000)
#define MOST_PIECES 200

static struct event_base *base;
static struct event *soon;
static struct ht_turns turns;
static char order[16];

struct work {
    struct ht_turn turn;
    char name;
    int left;  /* pieces to do */
    int done;  /* pieces */
    bool slow; /* a piece takes a millisecond */
    struct ht_turn *cancels;
};

static void on_soon(evutil_socket_t fd, short what, void *context)
{
    (void)fd, (void)what, (void)context;
    ht_turns_take(&turns);
}

static void do_piece(void *context)
{
    struct work *work = context;
    int64_t until = ht_time_steady() + PIECE_TIME;
    while (work->slow && ht_time_steady() < until) {}
    work->done++;
    size_t length = strlen(order);
    if (length + 1 < sizeof order) order[length] = work->name;
    if (work->cancels) ht_turn_cancel(&turns, work->cancels);
    if (--work->left > 0) ht_turn_await(&turns, &work->turn);
}

static struct work work_of(char name, int pieces)
{
    return (struct work){.turn = {.take = do_piece}, .name = name, .left = pieces};
}

static void await(struct work *work)
{
    work->turn.context = work;
    ht_turn_await(&turns, &work->turn);
}

static int setup(void **state)
{
    (void)state;
    memset(order, 0, sizeof order);
    base = event_base_new();
    soon = event_new(base, -1, 0, on_soon, NULL);
    ht_turns_init(&turns, soon);
    return soon ? 0 : -1;
}

static int teardown(void **state)
{
    (void)state;
    event_free(soon);
    event_base_free(base);
    return 0;
}

static void test_they_take_turns_until_they_are_done(void **state)
{
    (void)state;
    struct work a = work_of('a', 3), b = work_of('b', 1), c = work_of('c', 2);
    await(&a);
    await(&b);
    await(&c);
    event_base_dispatch(base);
    assert_string_equal(order, "abcaca");
}

static void test_who_waits_already_waits_once(void **state)
{
    (void)state;
    struct work a = work_of('a', 1), b = work_of('b', 1);
    await(&a);
    await(&a);
    await(&b);
    await(&a);
    event_base_dispatch(base);
    assert_string_equal(order, "ab");
}

static void test_who_was_cancelled_has_no_turn(void **state)
{
    (void)state;
    struct work a = work_of('a', 2), b = work_of('b', 1), c = work_of('c', 1);
    await(&a);
    await(&b);
    await(&c);
    a.cancels = &c.turn; /* the last of the queue */
    ht_turn_cancel(&turns, &b.turn);
    ht_turn_cancel(&turns, &b.turn);
    event_base_dispatch(base);
    assert_string_equal(order, "aa");
    await(&b);
    event_base_dispatch(base);
    assert_string_equal(order, "aab");
}

static void on_timer(evutil_socket_t fd, short what, void *context)
{
    (void)fd, (void)what, (void)context;
    event_base_loopbreak(base);
}

/* Those that always have more to do are called again and again, and a timer fires all the same. */
static void test_others_have_theirs_in_between(void **state)
{
    (void)state;
    const struct timeval in_a_while = {.tv_usec = 10000};
    struct work works[8];
    struct event *timer = event_new(base, -1, 0, on_timer, NULL);
    for (size_t i = 0; i < 8; i++) {
        works[i] = work_of('x', MOST_PIECES);
        works[i].slow = true;
        await(&works[i]);
    }
    event_add(timer, &in_a_while);
    event_base_dispatch(base);
    for (size_t i = 0; i < 8; i++) {
        assert_in_range(works[i].done, 0, MOST_PIECES - 1);
        ht_turn_cancel(&turns, &works[i].turn);
    }
    assert_in_range(works[0].done, 1, MOST_PIECES - 1);
    event_free(timer);
}

/* However many wait, a pass takes no longer for it: what is ready is called after two or three pieces. */
static void test_a_pass_is_short(void **state)
{
    (void)state;
    struct work works[50];
    int done = 0;
    for (size_t i = 0; i < 50; i++) {
        works[i] = work_of('x', 1);
        works[i].slow = true;
        await(&works[i]);
    }
    event_base_loop(base, EVLOOP_ONCE);
    for (size_t i = 0; i < 50; i++)
        done += works[i].done;
    assert_in_range(done, 1, 3);
    event_base_dispatch(base);
    for (size_t i = 0; i < 50; i++)
        assert_int_equal(works[i].done, 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_they_take_turns_until_they_are_done, setup, teardown),
        cmocka_unit_test_setup_teardown(test_who_waits_already_waits_once, setup, teardown),
        cmocka_unit_test_setup_teardown(test_who_was_cancelled_has_no_turn, setup, teardown),
        cmocka_unit_test_setup_teardown(test_others_have_theirs_in_between, setup, teardown),
        cmocka_unit_test_setup_teardown(test_a_pass_is_short, setup, teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
