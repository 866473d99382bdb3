/* The sort against qsort, in steps of any size; stable; and quick on what is nearly sorted. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "../../query/timeline_sort.h"
#include "random.h"

#define COUNT_MAX 300

static bool by_key(const void *context, uint32_t a, uint32_t b)
{
    const uint32_t *keys = context;
    return keys[a] < keys[b];
}

/* Sorts the numbers 0 to count - 1 by their keys; returns the result, which is in one of the two arrays. */
static const uint32_t *sort(const uint32_t *keys, uint32_t *refs, uint32_t *other, uint32_t count, uint32_t step,
                            uint32_t *used)
{
    struct timeline_sort sort = {.refs = refs, .other = other, .count = count, .before = by_key, .context = keys};
    for (uint32_t i = 0; i < count; i++)
        refs[i] = i;
    *used = 0;
    for (bool over = false; !over;) {
        uint32_t work = step;
        over = timeline_sort_step(&sort, &work);
        assert_true(over || work == 0);
        *used += step - work;
    }
    return sort.refs;
}

/* Equal keys keep the order of the numbers: that decides every pair. */
static void assert_sorted(const uint32_t *keys, const uint32_t *refs, uint32_t count)
{
    bool seen[COUNT_MAX] = {false};
    for (uint32_t i = 0; i < count; i++) {
        assert_true(refs[i] < count && !seen[refs[i]]);
        seen[refs[i]] = true;
        if (i == 0) continue;
        assert_true(keys[refs[i - 1]] <= keys[refs[i]]);
        if (keys[refs[i - 1]] == keys[refs[i]]) assert_true(refs[i - 1] < refs[i]);
    }
}

static void test_any_keys_and_steps(void **state)
{
    struct random random = {6};
    uint32_t keys[COUNT_MAX], refs[COUNT_MAX], other[COUNT_MAX], used;
    (void)state;
    for (int round = 0; round < 3000; round++) {
        uint32_t count = random_below(&random, COUNT_MAX), range = 1 + random_below(&random, 400);
        for (uint32_t i = 0; i < count; i++)
            keys[i] = random_below(&random, range);
        assert_sorted(keys, sort(keys, refs, other, count, 1 + random_below(&random, 700), &used), count);
    }
}

static void test_two_runs_take_one_pass(void **state)
{
    uint32_t keys[COUNT_MAX], refs[COUNT_MAX], other[COUNT_MAX], used;
    (void)state;
    for (uint32_t i = 0; i < COUNT_MAX; i++)
        keys[i] = i % (COUNT_MAX / 2);
    assert_sorted(keys, sort(keys, refs, other, COUNT_MAX, 1000, &used), COUNT_MAX);
    assert_true(used <= 3 * COUNT_MAX + 2);
    for (uint32_t i = 0; i < COUNT_MAX; i++)
        keys[i] = i;
    assert_sorted(keys, sort(keys, refs, other, COUNT_MAX, 1000, &used), COUNT_MAX);
    assert_int_equal(used, COUNT_MAX);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_any_keys_and_steps),
        cmocka_unit_test(test_two_runs_take_one_pass),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
