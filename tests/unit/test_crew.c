#include <setjmp.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "../../store/crew.h"
#include "random.h"

#define LAST 5000

/* What the work leaves: the squares of its numbers. */
struct squares {
    uint64_t first;
    uint64_t next;
    uint64_t of[CREW_CHUNK];
};

struct trade {
    bool short_ends;                /* chunks are not always done at once */
    atomic_uint_least64_t fails_at; /* once; 0: never */
    unsigned makes;                 /* so many workers and results; then memory is out */
    atomic_int made;                /* and not freed */
};

static void *make(struct trade *trade, size_t size)
{
    if (trade->makes == 0) return NULL;
    trade->makes--;
    atomic_fetch_add(&trade->made, 1);
    struct trade **room = calloc(1, sizeof(struct trade *) + size);
    assert_non_null(room);
    *room = trade;
    return room;
}

static void free_any(void *made)
{
    struct trade *const *trade = made;
    atomic_fetch_sub(&(*trade)->made, 1);
    free(made);
}

static void *new_worker(void *context)
{
    return make(context, 0);
}

static void *new_result(void *context)
{
    return make(context, sizeof(struct squares));
}

static struct squares *squares_in(void *result)
{
    return (void *)((struct trade **)result + 1);
}

static enum ht_status square(void *worker, void *result, uint64_t *next, uint64_t last, struct ht_error *err)
{
    struct trade *trade = *(struct trade **)worker;
    struct squares *squares = squares_in(result);
    assert_true(*next <= last && last - *next < CREW_CHUNK);
    squares->first = squares->next = *next;
    if (trade->short_ends && last - *next > 2) last -= *next % 3;
    while (*next <= last) {
        uint64_t failing = *next;
        if (atomic_compare_exchange_strong(&trade->fails_at, &failing, 0))
            return ht_fail(err, HT_IO, "no %llu", (unsigned long long)*next);
        squares->of[*next - squares->first] = *next * *next;
        squares->next = ++*next;
    }
    return HT_OK;
}

static struct crew *crew_of(struct trade *trade, unsigned helpers)
{
    const struct crew_work work = {trade, new_worker, free_any, new_result, free_any, square};
    return crew_new(&work, helpers);
}

/* Takes what comes behind *next, and moves it. */
static void take(struct crew *crew, uint64_t *next, uint64_t last)
{
    void *result;
    uint64_t first = *next;
    struct ht_error err;
    assert_int_equal(crew_next(crew, next, last, &result, &err), HT_OK);
    const struct squares *squares = squares_in(result);
    assert_true(*next > first && *next <= last + CREW_CHUNK);
    assert_int_equal(squares->first, first);
    assert_int_equal(squares->next, *next);
    for (uint64_t number = first; number < *next; number++)
        assert_int_equal(squares->of[number - first], number * number);
}

/* ---- tests ---- */

static void all_comes_in_order_whatever_the_helpers(void **state)
{
    (void)state;
    for (unsigned i = 0; i < 8; i++) {
        struct trade trade = {.makes = 1000, .short_ends = i % 2 == 1};
        struct crew *crew = crew_of(&trade, i / 2);
        assert_non_null(crew);
        uint64_t next = 1;
        while (next <= LAST)
            take(crew, &next, LAST);
        assert_int_equal(next, LAST + 1);
        crew_free(crew);
        assert_int_equal(trade.made, 0);
    }
    crew_free(NULL);
}

static void it_aims_anew_wherever_it_is_asked_to(void **state)
{
    (void)state;
    struct random random = {.state = 7};
    struct trade trade = {.makes = 1000, .short_ends = true};
    struct crew *crew = crew_of(&trade, 2);
    assert_non_null(crew);
    uint64_t next = 1;
    for (int i = 0; i < 2000; i++) {
        take(crew, &next, next + random_below(&random, 900));
        if (random_below(&random, 4) == 0) next = 1 + random_below(&random, LAST);
    }
    crew_free(crew);
    assert_int_equal(trade.made, 0);
}

static void what_failed_is_told_in_its_place_and_tried_again(void **state)
{
    (void)state;
    for (unsigned helpers = 0; helpers < 3; helpers++) {
        struct trade trade = {.makes = 1000, .fails_at = 1000};
        struct crew *crew = crew_of(&trade, helpers);
        assert_non_null(crew);
        void *result;
        struct ht_error err = {0};
        uint64_t next = 1;
        while (next + CREW_CHUNK <= 1000)
            take(crew, &next, LAST);
        uint64_t first = next;
        assert_int_equal(crew_next(crew, &next, LAST, &result, &err), HT_IO);
        assert_string_equal(err.detail, "no 1000");
        assert_int_equal(next, first);
        assert_int_equal(squares_in(result)->next, 1000);
        while (next <= LAST)
            take(crew, &next, LAST);
        crew_free(crew);
        assert_int_equal(trade.made, 0);
    }
}

/* Without memory for the caller's part there is no crew; a helper is done without. */
static void memory_may_be_out(void **state)
{
    (void)state;
    for (unsigned makes = 0; makes < 40; makes++) {
        struct trade trade = {.makes = makes};
        struct crew *crew = crew_of(&trade, 1);
        assert_true((crew != NULL) == (makes >= 17));
        uint64_t next = 1;
        while (crew != NULL && next <= LAST)
            take(crew, &next, LAST);
        crew_free(crew);
        assert_int_equal(trade.made, 0);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(all_comes_in_order_whatever_the_helpers),
        cmocka_unit_test(it_aims_anew_wherever_it_is_asked_to),
        cmocka_unit_test(what_failed_is_told_in_its_place_and_tried_again),
        cmocka_unit_test(memory_may_be_out),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
