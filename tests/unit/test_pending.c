#include "scratch.h"

#include "../../store/pending.h"

static void make_key(uint64_t n, uint8_t key[HT_DUPLICATE_KEY_SIZE])
{
    crypto_generichash(key, HT_DUPLICATE_KEY_SIZE, (const uint8_t *)&n, sizeof n, NULL, 0);
}

static bool confirm(void *context, uint64_t seq, const uint8_t *key)
{
    uint8_t own[HT_DUPLICATE_KEY_SIZE];
    uint64_t *asked = context;
    (*asked)++;
    make_key(seq, own);
    return memcmp(own, key, sizeof own) == 0;
}

static uint64_t find(const struct pending *pending, uint64_t n)
{
    uint64_t asked = 0;
    uint8_t key[HT_DUPLICATE_KEY_SIZE];
    make_key(n, key);
    return pending_find(pending, key, confirm, &asked);
}

/* Whatever the index covers, what is above it must be found, and nothing is ever found that was not added. */
static void holds_all_above_what_is_covered(void **state)
{
    (void)state;
    struct ht_error err = {0};
    struct pending pending = {0};
    uint8_t key[HT_DUPLICATE_KEY_SIZE];
    uint64_t covered = 0;
    for (uint64_t seq = 1; seq <= 20000; seq++) {
        make_key(seq, key);
        assert_int_equal(find(&pending, seq), 0);
        assert_int_equal(pending_add(&pending, key, seq, &err), HT_OK);
        if (seq % 613 == 0) {
            covered = seq - randombytes_uniform(600);
            pending_covered(&pending, covered);
        }
        if (seq % 97 != 0) continue;
        for (uint64_t back = covered + 1; back <= seq; back += 7) {
            assert_int_equal(find(&pending, back), back);
        }
    }
    pending_covered(&pending, 20000);
    pending_covered(&pending, 20000);
    assert_int_equal(pending.old.used + pending.young.used, 0);
    assert_int_equal(find(&pending, 20000), 0);
    assert_int_equal(pending_last(&pending), 0);
    pending_release(&pending);
}

static void add(struct pending *pending, uint64_t seq)
{
    struct ht_error err = {0};
    uint8_t key[HT_DUPLICATE_KEY_SIZE];
    make_key(seq, key);
    assert_int_equal(pending_add(pending, key, seq, &err), HT_OK);
}

/* Keys of a transaction that was given up are forgotten; those before it stay. */
static void forgets_the_young_alone(void **state)
{
    (void)state;
    struct pending pending = {0};
    for (uint64_t seq = 1001; seq <= 3000; seq++)
        add(&pending, seq);
    assert_int_equal(pending_last(&pending), 3000);
    pending_covered(&pending, 1000); /* changes places */
    for (uint64_t seq = 3001; seq <= 3100; seq++)
        add(&pending, seq);
    assert_int_equal(pending_last(&pending), 3100);
    pending_forget_young(&pending);
    assert_int_equal(pending_last(&pending), 3000);
    assert_int_equal(find(&pending, 3050), 0);
    for (uint64_t seq = 1001; seq <= 3000; seq++)
        assert_int_equal(find(&pending, seq), seq);
    pending_clear(&pending);
    assert_int_equal(pending_last(&pending), 0);
    assert_int_equal(find(&pending, 1500), 0);
    pending_release(&pending);
}

/* Keys with the same first bytes are told apart, and each that is not confirmed is passed over. */
static void passes_over_what_is_not_confirmed(void **state)
{
    (void)state;
    struct ht_error err = {0};
    struct pending pending = {0};
    uint64_t asked = 0;
    uint8_t key[HT_DUPLICATE_KEY_SIZE];
    make_key(3, key);
    for (uint64_t seq = 1; seq <= 4; seq++)
        assert_int_equal(pending_add(&pending, key, seq, &err), HT_OK);
    assert_int_equal(pending_find(&pending, key, confirm, &asked), 3);
    assert_int_equal(asked, 3);
    pending_release(&pending);
}

/* What an index needs that is built anew is bounded, and given back when it has come up. */
static void gives_memory_back(void **state)
{
    (void)state;
    struct pending pending = {0};
    for (uint64_t seq = 5000000001; seq <= 5000200000; seq++)
        add(&pending, seq);
    assert_int_equal(find(&pending, 5000123456), 5000123456);
    assert_int_equal(pending.young.capacity * sizeof *pending.young.slots, UINT64_C(4) << 20);
    pending_covered(&pending, 0);
    pending_covered(&pending, 5000200000);
    pending_covered(&pending, 5000200000);
    assert_int_equal(pending.old.capacity + pending.young.capacity, 0);
    pending_release(&pending);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(holds_all_above_what_is_covered),
        cmocka_unit_test(forgets_the_young_alone),
        cmocka_unit_test(passes_over_what_is_not_confirmed),
        cmocka_unit_test(gives_memory_back),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
