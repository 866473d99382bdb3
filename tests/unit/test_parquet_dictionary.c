/* The dictionary of a column: numbers by first sight, and when it is given up. */
#include "export_support.h"

#include <endian.h>

#include "../../query/export/parquet_dictionary.h"
#include "random.h"

static uint32_t find(struct dictionary *dictionary, struct ht_slice value, bool sized)
{
    uint32_t entry = UINT32_MAX;
    assert_done(dictionary_find(dictionary, value, sized, &entry, err));
    return entry;
}

static void numbers_are_given_by_first_sight(void **state)
{
    struct dictionary dictionary = {0};
    (void)state;
    assert_int_equal(find(&dictionary, HT_SLICE("b"), true), 0);
    assert_int_equal(find(&dictionary, HT_SLICE(""), true), 1);
    assert_int_equal(find(&dictionary, HT_SLICE("b"), true), 0);
    assert_int_equal(find(&dictionary, ht_slice_of("b\0", 2), true), 2);
    assert_int_equal(find(&dictionary, ht_slice_of("b\0c", 3), true), 3);
    assert_int_equal(find(&dictionary, HT_SLICE(""), true), 1);
    assert_bytes(&dictionary.values, "\1\0\0\0b\0\0\0\0\2\0\0\0b\0\3\0\0\0b\0c");
    assert_true(ht_slice_equal(dictionary_entry(&dictionary, 2), ht_slice_of("\2\0\0\0b\0", 6)));
    dictionary_clear(&dictionary);
    assert_int_equal(find(&dictionary, HT_SLICE("c"), true), 0);
    assert_bytes(&dictionary.values, "\1\0\0\0c");
    dictionary_release(&dictionary);
}

static void values_of_one_size_have_none_before_them(void **state)
{
    struct dictionary dictionary = {0};
    (void)state;
    assert_int_equal(find(&dictionary, HT_SLICE("12345678"), false), 0);
    assert_int_equal(find(&dictionary, HT_SLICE("23456789"), false), 1);
    assert_int_equal(find(&dictionary, HT_SLICE("12345678"), false), 0);
    assert_bytes(&dictionary.values, "1234567823456789");
    dictionary_release(&dictionary);
}

/* Looks up so many different values, each `times` over; returns how many there were when it was given up. */
static uint32_t fill(struct dictionary *dictionary, uint32_t count, uint32_t times, size_t size)
{
    char value[DICTIONARY_LONGEST + 1];
    uint32_t entry;
    memset(value, 'x', sizeof value);
    for (uint32_t i = 0; i < count * times; i++) {
        uint32_t number = i / times;
        memcpy(value, &number, sizeof number);
        enum ht_status status = dictionary_find(dictionary, ht_slice_of(value, size), true, &entry, NULL);
        if (status == HT_TOO_LARGE) return dictionary->count;
        assert_int_equal(status, HT_OK);
        assert_int_equal(entry, number);
    }
    return dictionary->count;
}

static void limits_hold(void **state)
{
    struct dictionary dictionary = {0};
    uint32_t entry;
    (void)state;
    assert_int_equal(fill(&dictionary, DICTIONARY_MOST + 1, 3, 8), DICTIONARY_MOST);
    dictionary_clear(&dictionary);
    assert_int_equal(fill(&dictionary, DICTIONARY_MOST, 1, 8), DICTIONARY_TRIAL); /* no value comes twice */
    dictionary_clear(&dictionary);
    fill(&dictionary, DICTIONARY_MOST, 3, 200);
    assert_in_range(dictionary.values.size, DICTIONARY_BYTES - 200, DICTIONARY_BYTES + 4);
    dictionary_clear(&dictionary);
    char longest[DICTIONARY_LONGEST + 1] = {0};
    assert_int_equal(find(&dictionary, ht_slice_of(longest, DICTIONARY_LONGEST), true), 0);
    assert_int_equal(dictionary_find(&dictionary, ht_slice_of(longest, DICTIONARY_LONGEST + 1), true, &entry, NULL),
                     HT_TOO_LARGE);
    dictionary_release(&dictionary);
}

/* All values that were put in are found again, whatever their sizes. */
static void all_is_found(void **state)
{
    struct dictionary dictionary = {0};
    struct random random = {6};
    char values[4000][40];
    size_t sizes[4000];
    (void)state;
    for (uint32_t i = 0; i < 4000; i++) {
        sizes[i] = 4 + random_below(&random, 36);
        memset(values[i], 'a', sizeof values[i]);
        memcpy(values[i] + sizes[i] - 4, &i, 4);
        assert_int_equal(find(&dictionary, ht_slice_of(values[i], sizes[i]), true), i);
    }
    for (uint32_t round = 0; round < 20000; round++) {
        uint32_t i = random_below(&random, 4000);
        assert_int_equal(find(&dictionary, ht_slice_of(values[i], sizes[i]), true), i);
    }
    assert_int_equal(dictionary.count, 4000);
    dictionary_release(&dictionary);
}

static uint64_t mix(uint64_t hash, uint64_t word)
{
    hash = (hash ^ word) * UINT64_C(0x9e3779b97f4a7c15);
    return hash ^ hash >> 32;
}

/* Values of which the hashes begin alike, as somebody who knows the hash can send them, would make a list of the table.
 */
static void values_made_to_collide_end_it(void **state)
{
    struct dictionary dictionary = {0};
    enum ht_status status = HT_OK;
    uint32_t entry;
    (void)state;
    for (uint64_t value = 0; status == HT_OK; value++) {
        if ((uint32_t)mix(mix(mix(8, value), 0), 0) % (2 * DICTIONARY_MOST) != 0) continue;
        uint64_t bytes = htole64(value);
        status = dictionary_find(&dictionary, ht_slice_of(&bytes, 8), false, &entry, NULL);
    }
    assert_int_equal(status, HT_TOO_LARGE);
    assert_int_equal(dictionary.count, 256);
    dictionary_release(&dictionary);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(numbers_are_given_by_first_sight),
        cmocka_unit_test(values_of_one_size_have_none_before_them),
        cmocka_unit_test(limits_hold),
        cmocka_unit_test(all_is_found),
        cmocka_unit_test(values_made_to_collide_end_it),
    };
    return cmocka_run_group_tests_name("parquet_dictionary", tests, NULL, NULL);
}
