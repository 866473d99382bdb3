/* The set of ranks against an array of bits. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "../../query/rank_set.h"
#include "random.h"

static uint32_t next_by_looking(const bool *members, uint32_t bound, uint32_t from)
{
    while (from < bound && !members[from])
        from++;
    return from < bound ? from : bound;
}

static void check(struct random *random, uint32_t bound, uint32_t changes)
{
    struct rank_set set;
    bool *members = calloc(bound + 1, sizeof *members);
    assert_int_equal(rank_set_init(&set, bound, NULL), HT_OK);
    for (uint32_t i = 0; i < changes; i++) {
        uint32_t number = random_below(random, bound), from = random_below(random, bound + 2);
        bool add = random_below(random, 2) > 0;
        if (add) {
            rank_set_add(&set, number);
        } else {
            rank_set_remove(&set, number);
        }
        members[number] = add;
        assert_int_equal(rank_set_next(&set, from), next_by_looking(members, bound, from));
        assert_int_equal(rank_set_next(&set, 0), next_by_looking(members, bound, 0));
    }
    rank_set_release(&set);
    free(members);
}

static void test_like_an_array(void **state)
{
    static const uint32_t bounds[] = {1, 2, 63, 64, 65, 127, 128, 4095, 4096, 4097, 5000, 300000};
    struct random random = {5};
    (void)state;
    for (size_t i = 0; i < sizeof bounds / sizeof bounds[0]; i++)
        check(&random, bounds[i], bounds[i] > 100000 ? 200 : 3000);
}

static void test_far_apart(void **state)
{
    struct rank_set set;
    (void)state;
    assert_int_equal(rank_set_init(&set, 1u << 25, NULL), HT_OK);
    rank_set_add(&set, 3);
    rank_set_add(&set, (1u << 25) - 1);
    assert_int_equal(rank_set_next(&set, 4), (1u << 25) - 1);
    rank_set_remove(&set, (1u << 25) - 1);
    assert_int_equal(rank_set_next(&set, 4), 1u << 25);
    rank_set_release(&set);
}

static void test_empty(void **state)
{
    struct rank_set set;
    (void)state;
    assert_int_equal(rank_set_init(&set, 0, NULL), HT_OK);
    assert_int_equal(rank_set_next(&set, 0), 0);
    rank_set_release(&set);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_like_an_array),
        cmocka_unit_test(test_far_apart),
        cmocka_unit_test(test_empty),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
