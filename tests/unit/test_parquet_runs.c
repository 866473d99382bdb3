/* Runs and packed bits: the bytes of the specification's examples, and whatever goes in comes out of a reader of the
   test's own. */
#include "export_support.h"

#include "../../query/export/parquet_runs.h"
#include "random.h"

static void width_is_that_of_the_greatest_number(void **state)
{
    (void)state;
    assert_int_equal(runs_width(0), 0);
    assert_int_equal(runs_width(1), 0);
    assert_int_equal(runs_width(2), 1);
    assert_int_equal(runs_width(3), 2);
    assert_int_equal(runs_width(4), 2);
    assert_int_equal(runs_width(5), 3);
    assert_int_equal(runs_width(16384), 14);
    assert_int_equal(runs_width(16385), 15);
}

/* "the numbers 0 through 7" of the specification: 10001000 11000110 11111010 */
static void bits_are_packed_from_the_lowest(void **state)
{
    static const uint32_t values[] = {0, 1, 2, 3, 4, 5, 6, 7};
    struct ht_buffer out = {0};
    (void)state;
    runs_add(&out, values, 8, 3);
    assert_bytes(&out, "\x03\x88\xc6\xfa");
    ht_buffer_release(&out);
}

static void short_ends_are_filled_up(void **state)
{
    static const uint32_t values[] = {1, 0, 1};
    struct ht_buffer out = {0};
    (void)state;
    runs_add(&out, values, 3, 1);
    assert_bytes(&out, "\x03\x05");
    ht_buffer_clear(&out);
    runs_add(&out, values, 0, 1);
    assert_int_equal(out.size, 0);
    ht_buffer_release(&out);
}

static void eight_alike_are_a_run(void **state)
{
    uint32_t values[100] = {0};
    struct ht_buffer out = {0};
    (void)state;
    runs_add(&out, values, 100, 0); /* all zero, no bits: a run without a value */
    assert_bytes(&out, "\xc8\x01");
    ht_buffer_clear(&out);
    for (size_t i = 0; i < 100; i++)
        values[i] = i < 92 ? 0x1234 : (uint32_t)i;
    runs_add(&out, values, 100, 14); /* a run in two bytes, then a group */
    assert_int_equal(out.size, 2 + 2 + 1 + 14);
    assert_memory_equal(out.data, "\xb8\x01\x34\x12\x03", 5);
    ht_buffer_release(&out);
}

/* ---- any values ---- */

static uint32_t get_varint(const uint8_t **at)
{
    uint32_t value = 0;
    for (uint32_t shift = 0;; shift += 7) {
        uint8_t byte = *(*at)++;
        value |= (uint32_t)(byte & 0x7f) << shift;
        if (byte < 0x80) return value;
    }
}

static uint32_t get_bits(const uint8_t *from, size_t at, uint32_t width)
{
    uint32_t value = 0;
    for (uint32_t i = 0; i < width; i++)
        value |= (uint32_t)(from[(at + i) / 8] >> (at + i) % 8 & 1) << i;
    return value;
}

/* Reads `count` values and what fills up their last group; returns the end. */
static const uint8_t *read_back(const uint8_t *at, uint32_t *values, size_t count, uint32_t width)
{
    for (size_t got = 0; got < count;) {
        uint32_t header = get_varint(&at), number = header >> 1;
        assert_int_not_equal(number, 0);
        for (uint32_t i = 0; i < (header & 1 ? number * 8 : number); i++) {
            uint32_t value = header & 1 ? get_bits(at, (size_t)i * width, width) : get_bits(at, 0, width);
            if (got < count) {
                values[got++] = value;
            } else {
                assert_true((header & 1) && value == 0);
            }
        }
        at += header & 1 ? number * width : (width + 7) / 8;
    }
    return at;
}

static void check(struct random *random, uint32_t width, uint32_t changes)
{
    uint32_t values[1000] = {0}, found[1000], count = random_below(random, 1000), value = 0;
    struct ht_buffer out = {0};
    for (uint32_t i = 0; i < count; i++) {
        if (random_below(random, 100) < changes) value = random_below(random, 1U << width);
        values[i] = value;
    }
    runs_add(&out, values, count, width);
    const uint8_t *end = read_back((const uint8_t *)out.data, found, count, width);
    assert_int_equal(end - (const uint8_t *)out.data, out.size);
    assert_memory_equal(values, found, count * sizeof *values);
    assert_true(out.size <= ((size_t)count + 7) / 8 * width + 3 + count / 8);
    ht_buffer_release(&out);
}

static void what_goes_in_comes_out(void **state)
{
    static const uint32_t changes[] = {100, 30, 8, 1};
    struct random random = {20};
    (void)state;
    for (uint32_t width = 1; width <= 24; width++) {
        for (size_t i = 0; i < 200; i++)
            check(&random, width, changes[i % 4]);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(width_is_that_of_the_greatest_number),
        cmocka_unit_test(bits_are_packed_from_the_lowest),
        cmocka_unit_test(short_ends_are_filled_up),
        cmocka_unit_test(eight_alike_are_a_run),
        cmocka_unit_test(what_goes_in_comes_out),
    };
    return cmocka_run_group_tests_name("parquet_runs", tests, NULL, NULL);
}
