/* The least seqs of many, against sorting all of them. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "../../query/seq_set.h"
#include "random.h"

#define ADDED 300

static int ascending(const void *a, const void *b)
{
    const uint64_t *x = a, *y = b;
    return *x < *y ? -1 : *x > *y;
}

static void check(struct random *random, uint32_t capacity, uint32_t range)
{
    struct seq_set set;
    uint64_t all[ADDED];
    uint32_t count = random_below(random, ADDED), distinct = 0;
    assert_int_equal(seq_set_init(&set, capacity, NULL), HT_OK);
    for (uint32_t i = 0; i < count; i++) {
        all[i] = 1 + random_below(random, range);
        bool beyond = seq_set_is_beyond(&set, all[i]);
        uint32_t before = set.count;
        uint64_t last = before > 0 ? set.list[before - 1] : 0;
        seq_set_add(&set, all[i]);
        if (beyond) assert_true(set.count == before && (before == 0 || set.list[before - 1] == last) && set.more);
    }
    qsort(all, count, sizeof *all, ascending);
    for (uint32_t i = 0; i < count; i++) {
        if (i == 0 || all[i] != all[i - 1]) all[distinct++] = all[i];
    }
    assert_int_equal(set.count, distinct < capacity ? distinct : capacity);
    assert_memory_equal(set.list, all, set.count * sizeof *all);
    assert_int_equal(set.more, distinct > capacity);
    seq_set_release(&set);
}

static void test_like_sorting(void **state)
{
    struct random random = {8};
    (void)state;
    for (int round = 0; round < 2000; round++)
        check(&random, random_below(&random, 40), 1 + random_below(&random, 200));
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_like_sorting)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
