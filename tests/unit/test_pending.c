#include "scratch.h"

#include "../../store/pending.h"

static void make_key(uint64_t n, uint8_t key[HT_DUPLICATE_KEY_SIZE])
{
    crypto_generichash(key, HT_DUPLICATE_KEY_SIZE, (const uint8_t *)&n, sizeof n, NULL, 0);
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
        assert_int_equal(pending_find(&pending, key), 0);
        assert_int_equal(pending_add(&pending, key, seq, &err), HT_OK);
        if (seq % 613 == 0) {
            covered = seq - randombytes_uniform(600);
            pending_covered(&pending, covered);
        }
        if (seq % 97 != 0) continue;
        for (uint64_t back = covered + 1; back <= seq; back += 7) {
            make_key(back, key);
            assert_int_equal(pending_find(&pending, key), back);
        }
    }
    pending_covered(&pending, 20000);
    pending_covered(&pending, 20000);
    assert_int_equal(pending.old.used + pending.young.used, 0);
    make_key(20000, key);
    assert_int_equal(pending_find(&pending, key), 0);
    pending_release(&pending);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(holds_all_above_what_is_covered)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
