/* The least and the greatest value of a chunk. */
#include "export_support.h"

#include "../../query/export/parquet_bounds.h"

static void numbers_are_signed(void **state)
{
    struct bounds bounds = {0};
    (void)state;
    bounds_add_number(&bounds, 5);
    assert_true(bounds.known && bounds.least == 5 && bounds.greatest == 5);
    bounds_add_number(&bounds, INT64_MIN);
    bounds_add_number(&bounds, INT64_MAX);
    bounds_add_number(&bounds, 0);
    assert_true(bounds.least == INT64_MIN && bounds.greatest == INT64_MAX);
}

static void check_text(const struct bounds *bounds, struct ht_slice least, struct ht_slice greatest)
{
    assert_true(bounds->known && !bounds->hidden);
    assert_true(ht_slice_equal(ht_slice_of(bounds->least_text, bounds->least_size), least));
    assert_true(ht_slice_equal(ht_slice_of(bounds->greatest_text, bounds->greatest_size), greatest));
}

static void texts_are_ordered_by_unsigned_bytes(void **state)
{
    struct bounds bounds = {0};
    (void)state;
    bounds_add_text(&bounds, HT_SLICE("b"));
    check_text(&bounds, HT_SLICE("b"), HT_SLICE("b"));
    bounds_add_text(&bounds, HT_SLICE("bb"));
    bounds_add_text(&bounds, HT_SLICE("b"));
    check_text(&bounds, HT_SLICE("b"), HT_SLICE("bb"));
    bounds_add_text(&bounds, HT_SLICE("\xc3\xa4"));
    bounds_add_text(&bounds, ht_slice_of("a\0", 2));
    bounds_add_text(&bounds, HT_SLICE("aa"));
    check_text(&bounds, ht_slice_of("a\0", 2), HT_SLICE("\xc3\xa4"));
    bounds_add_text(&bounds, HT_SLICE(""));
    check_text(&bounds, HT_SLICE(""), HT_SLICE("\xc3\xa4"));
}

static void a_long_text_hides_them(void **state)
{
    struct bounds bounds = {0};
    char text[BOUNDS_LONGEST + 1];
    (void)state;
    memset(text, 'x', sizeof text);
    bounds_add_text(&bounds, ht_slice_of(text, BOUNDS_LONGEST));
    check_text(&bounds, ht_slice_of(text, BOUNDS_LONGEST), ht_slice_of(text, BOUNDS_LONGEST));
    bounds_add_text(&bounds, ht_slice_of(text, BOUNDS_LONGEST + 1));
    bounds_add_text(&bounds, HT_SLICE("z"));
    assert_true(bounds.hidden);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(numbers_are_signed),
        cmocka_unit_test(texts_are_ordered_by_unsigned_bytes),
        cmocka_unit_test(a_long_text_hides_them),
    };
    return cmocka_run_group_tests_name("parquet_bounds", tests, NULL, NULL);
}
