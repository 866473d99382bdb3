#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>

#include <cmocka.h>

#include "hooktrail/buffer.h"
#include "random.h"

static void test_slices_compare_by_bytes(void **state)
{
    (void)state;
    assert_true(ht_slice_equal(HT_SLICE("a\0b"), ht_slice_of("a\0b", 3)));
    assert_false(ht_slice_equal(HT_SLICE("a\0b"), HT_SLICE("a\0c")));
    assert_false(ht_slice_equal(HT_SLICE("ab"), HT_SLICE("abc")));
    assert_true(ht_slice_equal(HT_ABSENT, HT_SLICE("")));
    assert_true(ht_slice_is(HT_SLICE("lead"), "lead"));
    assert_false(ht_slice_is(HT_SLICE("lead"), "leads"));
    assert_null(ht_slice_from(NULL).data);
    assert_non_null(ht_slice_from("").data);
}

static void test_zero_initialised_is_empty(void **state)
{
    (void)state;
    struct ht_buffer buffer = {0};
    assert_non_null(ht_buffer_slice(&buffer).data);
    assert_int_equal(ht_buffer_slice(&buffer).size, 0);
    assert_int_equal(ht_buffer_status(&buffer, NULL), HT_OK);
    assert_string_equal(ht_buffer_text(&buffer), "");
    ht_buffer_release(&buffer);
    ht_buffer_release(&buffer);
}

/* Every way of adding, in random order, against a plain array. */
static void test_additions_come_out_in_order(void **state)
{
    (void)state;
    struct random random = {1};
    char model[70000];
    size_t size = 0;
    struct ht_buffer buffer = {0};
    while (size < 65000) {
        char piece[512];
        size_t length = random_below(&random, sizeof piece - 1);
        memset(piece, 'a' + (int)random_below(&random, 26), length);
        piece[length] = '\0';
        switch (random_below(&random, 4)) {
        case 0:
            ht_buffer_add(&buffer, ht_slice_of(piece, length));
            break;
        case 1:
            ht_buffer_add_text(&buffer, piece);
            break;
        case 2:
            ht_buffer_printf(&buffer, "%s", piece);
            break;
        default:
            for (size_t i = 0; i < length; i++)
                ht_buffer_add_byte(&buffer, piece[i]);
            break;
        }
        memcpy(model + size, piece, length);
        size += length;
        assert_int_equal(buffer.size, size);
    }
    assert_int_equal(ht_buffer_status(&buffer, NULL), HT_OK);
    assert_memory_equal(buffer.data, model, size);
    assert_true(buffer.capacity < 4 * size);
    ht_buffer_release(&buffer);
}

/* The lengths around the free space are where a terminating NUL gets lost. */
static void test_printf_fits_at_every_length(void **state)
{
    (void)state;
    for (int length = 0; length < 300; length++) {
        struct ht_buffer buffer = {0};
        ht_buffer_add_byte(&buffer, '>');
        ht_buffer_printf(&buffer, "%*s|", length, "");
        assert_int_equal(buffer.size, length + 2);
        assert_int_equal(buffer.data[buffer.size - 1], '|');
        ht_buffer_release(&buffer);
    }
}

static void test_text_is_terminated_and_not_counted(void **state)
{
    (void)state;
    struct ht_buffer buffer = {0};
    for (size_t i = 0; i < 200; i++) {
        assert_int_equal(strlen(ht_buffer_text(&buffer)), i);
        assert_int_equal(buffer.size, i);
        ht_buffer_add_byte(&buffer, 'x');
    }
    ht_buffer_release(&buffer);
}

static void test_reserved_bytes_can_be_written(void **state)
{
    (void)state;
    struct ht_buffer buffer = {0};
    ht_buffer_add_text(&buffer, "abc");
    char *room = ht_buffer_reserve(&buffer, 1000);
    assert_non_null(room);
    assert_ptr_equal(room, buffer.data + 3);
    memset(room, 'z', 1000);
    buffer.size += 1000;
    assert_memory_equal(buffer.data, "abczz", 5);
    ht_buffer_release(&buffer);
}

static void check_failed(struct ht_buffer *buffer)
{
    struct ht_error err;
    assert_true(buffer->failed);
    assert_true(ht_buffer_ever_failed());
    assert_int_equal(ht_buffer_status(buffer, &err), HT_NO_MEMORY);
    assert_int_equal(err.status, HT_NO_MEMORY);
    assert_string_equal(ht_buffer_text(buffer), "");
    assert_null(ht_buffer_reserve(buffer, 1));
}

static void test_a_failure_sticks_until_cleared(void **state)
{
    (void)state;
    const size_t impossible[] = {SIZE_MAX, SIZE_MAX - 3, (size_t)PTRDIFF_MAX + 1, (size_t)PTRDIFF_MAX - 1};
    for (size_t i = 0; i < sizeof impossible / sizeof impossible[0]; i++) {
        struct ht_buffer buffer = {0};
        ht_buffer_add_text(&buffer, "kept");
        assert_null(ht_buffer_reserve(&buffer, impossible[i]));
        ht_buffer_add_text(&buffer, "lost");
        ht_buffer_add_byte(&buffer, 'x');
        ht_buffer_printf(&buffer, "%d", 1);
        assert_int_equal(buffer.size, 4);
        check_failed(&buffer);

        ht_buffer_clear(&buffer);
        ht_buffer_add_text(&buffer, "new");
        assert_int_equal(ht_buffer_status(&buffer, NULL), HT_OK);
        assert_string_equal(ht_buffer_text(&buffer), "new");
        ht_buffer_release(&buffer);
    }
}

/* In the C locale, where tests run, a character beyond ASCII is what vsnprintf itself refuses. */
static void test_an_impossible_format_fails(void **state)
{
    (void)state;
    struct ht_buffer buffer = {0};
    ht_buffer_add_text(&buffer, "kept");
    ht_buffer_printf(&buffer, "%ls", L"\u20ac");
    assert_int_equal(buffer.size, 4);
    check_failed(&buffer);
    ht_buffer_release(&buffer);
}

static void test_clear_keeps_memory(void **state)
{
    (void)state;
    struct ht_buffer buffer = {0};
    ht_buffer_add_text(&buffer, "something");
    char *data = buffer.data;
    ht_buffer_clear(&buffer);
    ht_buffer_add_text(&buffer, "else");
    assert_ptr_equal(buffer.data, data);
    assert_string_equal(ht_buffer_text(&buffer), "else");
    ht_buffer_release(&buffer);
}

static void test_wipe_leaves_an_empty_buffer(void **state)
{
    (void)state;
    struct ht_buffer buffer = {0};
    ht_buffer_wipe(&buffer);
    ht_buffer_add_text(&buffer, "secret");
    ht_buffer_wipe(&buffer);
    assert_null(buffer.data);
    assert_int_equal(buffer.size, 0);
    assert_int_equal(buffer.capacity, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_slices_compare_by_bytes),
        cmocka_unit_test(test_zero_initialised_is_empty),
        cmocka_unit_test(test_additions_come_out_in_order),
        cmocka_unit_test(test_printf_fits_at_every_length),
        cmocka_unit_test(test_text_is_terminated_and_not_counted),
        cmocka_unit_test(test_reserved_bytes_can_be_written),
        cmocka_unit_test(test_a_failure_sticks_until_cleared),
        cmocka_unit_test(test_an_impossible_format_fails),
        cmocka_unit_test(test_clear_keeps_memory),
        cmocka_unit_test(test_wipe_leaves_an_empty_buffer),
    };
    cmocka_set_message_output(CM_OUTPUT_TAP);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
