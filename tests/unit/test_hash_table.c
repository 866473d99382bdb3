/* The table of hashes: all that was put in is found, also where hashes begin alike, and nothing else is. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "../../query/hash_table.h"
#include "random.h"

#define COUNT 3000

struct element {
    uint32_t other;
    uint8_t key[HASH_TABLE_KEY_SIZE];
};

static struct hash_table_keys keys_of(const struct element *elements)
{
    return (struct hash_table_keys){elements->key, sizeof *elements};
}

/* The first bytes say where a key is sought: `starts` of them make as many to be told apart by the rest. */
static void check(struct random *random, uint32_t starts)
{
    struct element *elements = calloc(COUNT + 1, sizeof *elements);
    struct hash_table table = {0};
    for (uint32_t i = 0; i <= COUNT; i++) {
        elements[i].key[3] = (uint8_t)random_below(random, starts);
        memcpy(elements[i].key + 8, &i, sizeof i);
    }
    for (uint32_t i = 0; i < COUNT; i++) {
        assert_int_equal(hash_table_grow(&table, NULL), HT_OK);
        uint32_t *slot = hash_table_slot(&table, keys_of(elements), elements[i].key);
        assert_int_equal(*slot, HASH_TABLE_NONE);
        *slot = i;
        table.used++;
        uint32_t known = random_below(random, i + 1);
        assert_int_equal(*hash_table_slot(&table, keys_of(elements), elements[known].key), known);
    }
    for (uint32_t i = 0; i < COUNT; i++)
        assert_int_equal(*hash_table_slot(&table, keys_of(elements), elements[i].key), i);
    assert_int_equal(*hash_table_slot(&table, keys_of(elements), elements[COUNT].key), HASH_TABLE_NONE);
    hash_table_release(&table);
    assert_int_equal(table.used, 0);
    free(elements);
}

static void test_all_are_found(void **state)
{
    struct random random = {7};
    (void)state;
    check(&random, 256);
    check(&random, 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_all_are_found)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
