#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "../../server/kept.h"

static void test_is_packed_as_any_document(void **state)
{
    (void)state;
    static char text[5000];
    memset(text, 'a', sizeof text);
    struct ht_kept kept;
    ht_kept_init(&kept, "text/plain", ht_slice_of(text, sizeof text));
    assert_int_equal(kept.packed[HT_CODING_IDENTITY].size, 0);
    for (size_t coding = HT_CODING_GZIP; coding < HT_CODING_COUNT; coding++) {
        struct ht_buffer packed = {0};
        assert_true(ht_negotiate_pack((enum ht_coding)coding, kept.document, &packed));
        assert_true(ht_slice_equal(ht_buffer_slice(&packed), ht_buffer_slice(&kept.packed[coding])));
        ht_buffer_release(&packed);
    }
    ht_kept_release(&kept);
}

static void test_what_would_grow_stays(void **state)
{
    (void)state;
    struct ht_kept kept;
    ht_kept_init(&kept, "text/plain", HT_SLICE("ab"));
    for (size_t coding = 0; coding < HT_CODING_COUNT; coding++)
        assert_int_equal(kept.packed[coding].size, 0);
    assert_true(ht_slice_is(kept.document, "ab"));
    ht_kept_release(&kept);
}

static void test_tags(void **state)
{
    (void)state;
    char one[HT_TAG_SIZE], same[HT_TAG_SIZE], other[HT_TAG_SIZE];
    ht_kept_tag(HT_SLICE("a document"), one);
    ht_kept_tag(HT_SLICE("a document"), same);
    ht_kept_tag(HT_SLICE("a document."), other);
    assert_int_equal(strlen(one), HT_TAG_SIZE - 1);
    assert_int_equal(one[0], '"');
    assert_int_equal(one[HT_TAG_SIZE - 2], '"');
    assert_string_equal(one, same);
    assert_string_not_equal(one, other);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_is_packed_as_any_document),
        cmocka_unit_test(test_what_would_grow_stays),
        cmocka_unit_test(test_tags),
    };
    return cmocka_run_group_tests_name("kept", tests, NULL, NULL);
}
