#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>

#include <cmocka.h>

#include "../../store/json_keys.h"

static int make_table(void **state)
{
    struct ht_json_keys *keys = calloc(1, sizeof *keys);
    if (!keys || sodium_init() < 0) return -1;
    ht_json_keys_init(keys);
    *state = keys;
    return 0;
}

static int drop_table(void **state)
{
    free(*state);
    return 0;
}

static bool add(struct ht_json_keys *keys, uint32_t object, size_t offset, size_t size, bool escaped)
{
    struct ht_json_node key = {.offset = (uint32_t)offset, .size = (uint32_t)size, .escaped = escaped};
    return ht_json_keys_add(keys, object, &key);
}

static void test_a_key_is_taken_once_an_object(void **state)
{
    struct ht_json_keys *keys = *state;
    ht_json_keys_begin(keys, HT_SLICE("abcab"));
    assert_true(add(keys, 0, 0, 1, false));
    assert_true(add(keys, 0, 1, 1, false));
    assert_true(add(keys, 0, 0, 2, false));
    assert_true(add(keys, 0, 0, 0, false));
    assert_true(add(keys, 9, 0, 1, false));
    assert_false(add(keys, 0, 3, 1, false));
    assert_false(add(keys, 0, 3, 2, false));
    assert_false(add(keys, 0, 5, 0, false));
    assert_false(add(keys, 9, 3, 1, false));
}

static void test_a_new_text_starts_empty(void **state)
{
    struct ht_json_keys *keys = *state;
    for (int i = 0; i < 1000; i++) {
        ht_json_keys_begin(keys, HT_SLICE("aa"));
        assert_true(add(keys, 0, 0, 1, false));
        assert_false(add(keys, 0, 1, 1, false));
    }
}

/* After 2^32 texts the count starts anew: keys of the first texts must not come back. */
static void test_the_generation_may_wrap(void **state)
{
    struct ht_json_keys *keys = *state;
    keys->generation = 0;
    ht_json_keys_begin(keys, HT_SLICE("aa"));
    assert_true(add(keys, 0, 0, 1, false));
    keys->generation = UINT32_MAX;
    ht_json_keys_begin(keys, HT_SLICE("aa"));
    assert_true(keys->generation > 0);
    assert_true(add(keys, 0, 0, 1, false));
    assert_false(add(keys, 0, 1, 1, false));
}

/* Longer than a block of the hash, around its borders, plain against escaped, with a difference at either end. */
static void test_long_keys_compare_by_value(void **state)
{
    struct ht_json_keys *keys = *state;
    struct ht_buffer text = {0};
    for (size_t size = 100; size < 400; size++) {
        ht_buffer_clear(&text);
        for (size_t i = 0; i < size; i++)
            ht_buffer_add_byte(&text, 'k');
        for (size_t i = 0; i < size; i++)
            ht_buffer_add_text(&text, i % 3 == 0 ? "\\u006b" : "k");
        size_t spelt = text.size - size;
        ht_buffer_add_byte(&text, 'x');

        ht_json_keys_begin(keys, ht_buffer_slice(&text));
        assert_true(add(keys, 1, 0, size, false));
        assert_true(add(keys, 1, 0, size - 1, false));
        assert_true(add(keys, 1, size, spelt + 1, true));
        assert_true(add(keys, 2, size, spelt, true));
        assert_false(add(keys, 1, size, spelt, true));
        assert_false(add(keys, 2, 0, size, false));
    }
    ht_buffer_release(&text);
}

/* As many keys as a tape can hold, in one object and over many. */
static void test_a_full_tape_of_keys_finds_room(void **state)
{
    struct ht_json_keys *keys = *state;
    struct ht_buffer text = {0};
    const uint32_t count = HT_JSON_MAX_NODES / 2;
    for (uint32_t i = 0; i < count; i++)
        ht_buffer_printf(&text, "%08x", i);
    for (uint32_t objects = 1; objects <= count; objects *= 256) {
        ht_json_keys_begin(keys, ht_buffer_slice(&text));
        for (uint32_t i = 0; i < count; i++)
            assert_true(add(keys, i % objects, 8 * (size_t)i, 8, false));
        for (uint32_t i = 0; i < count; i += 97)
            assert_false(add(keys, i % objects, 8 * (size_t)i, 8, false));
    }
    ht_buffer_release(&text);
}

static void test_secrets_differ(void **state)
{
    struct ht_json_keys *other = calloc(1, sizeof *other);
    assert_non_null(other);
    ht_json_keys_init(other);
    const struct ht_json_keys *keys = *state;
    assert_memory_not_equal(keys->secret, other->secret, sizeof other->secret);
    free(other);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_a_key_is_taken_once_an_object),  cmocka_unit_test(test_a_new_text_starts_empty),
        cmocka_unit_test(test_the_generation_may_wrap),        cmocka_unit_test(test_long_keys_compare_by_value),
        cmocka_unit_test(test_a_full_tape_of_keys_finds_room), cmocka_unit_test(test_secrets_differ),
    };
    cmocka_set_message_output(CM_OUTPUT_TAP);
    return cmocka_run_group_tests(tests, make_table, drop_table);
}
