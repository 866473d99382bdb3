#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "../../store/slots.h"
#include "random.h"

struct pair {
    uint64_t key;
    uint64_t value;
};

static bool has_key(const void *entry, const void *key)
{
    return ((const struct pair *)entry)->key == *(const uint64_t *)key;
}

/* Few bits of hash, so that probing and the comparison of keys are both put to work. */
static uint64_t poor_hash(uint64_t key)
{
    return slots_mix(key) & 63;
}

static void finds_what_was_added_and_nothing_else(void **state)
{
    (void)state;
    struct slots slots;
    slots_init(&slots, sizeof(struct pair));
    for (int round = 0; round < 2; round++) {
        for (uint64_t key = 0; key < 2000; key++) {
            assert_null(slots_find(&slots, poor_hash(key), has_key, &key));
            struct pair *pair = slots_add(&slots, poor_hash(key));
            assert_non_null(pair);
            assert_int_equal(pair->value, 0);
            *pair = (struct pair){key, key * 3 + 1};
        }
        assert_int_equal(slots.count, 2000);
        for (uint64_t key = 0; key < 2000; key++) {
            const struct pair *pair = slots_find(&slots, poor_hash(key), has_key, &key);
            assert_non_null(pair);
            assert_int_equal(pair->value, key * 3 + 1);
            assert_int_equal(slots_index(&slots, pair), key);
            assert_ptr_equal(slots_at(&slots, (uint32_t)key), pair);
        }
        uint64_t absent = 5000;
        assert_null(slots_find(&slots, poor_hash(absent), has_key, &absent));
        slots_clear(&slots);
    }
    slots_release(&slots);
    uint64_t key = 1;
    assert_null(slots_find(&slots, poor_hash(key), has_key, &key));
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(finds_what_was_added_and_nothing_else)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
