/* Thrift's compact protocol: the bytes of its specification. */
#include "export_support.h"

#include "../../query/export/parquet_thrift.h"

static void varints_are_as_short_as_can_be(void **state)
{
    struct ht_buffer out = {0};
    (void)state;
    thrift_varint(&out, 0);
    thrift_varint(&out, 127);
    thrift_varint(&out, 128);
    thrift_varint(&out, 50399);
    thrift_varint(&out, UINT64_MAX);
    assert_bytes(&out, "\x00\x7f\x80\x01\xdf\x89\x03\xff\xff\xff\xff\xff\xff\xff\xff\xff\x01");
    ht_buffer_release(&out);
}

static void integers_are_zigzag(void **state)
{
    struct ht_buffer out = {0};
    struct thrift thrift;
    (void)state;
    thrift_begin(&thrift, &out);
    thrift_i32(&thrift, 1, 0);
    thrift_i32(&thrift, 2, -1);
    thrift_i32(&thrift, 3, 1);
    thrift_i32(&thrift, 4, INT32_MIN);
    thrift_i64(&thrift, 5, INT64_MAX);
    thrift_i64(&thrift, 6, INT64_MIN);
    thrift_end(&thrift);
    assert_bytes(&out, "\x15\x00\x15\x01\x15\x02\x15\xff\xff\xff\xff\x0f"
                       "\x16\xfe\xff\xff\xff\xff\xff\xff\xff\xff\x01\x16\xff\xff\xff\xff\xff\xff\xff\xff\xff\x01\x00");
    ht_buffer_release(&out);
}

/* A field's number is told by its distance from the last one; from 16 on it stands behind the type. */
static void fields_are_told_by_distance(void **state)
{
    struct ht_buffer out = {0};
    struct thrift thrift;
    (void)state;
    thrift_begin(&thrift, &out);
    thrift_bool(&thrift, 15, true);
    thrift_bool(&thrift, 31, false);
    thrift_binary(&thrift, 32, ht_slice_of("a\0b", 3));
    thrift_end(&thrift);
    assert_bytes(&out, "\xf1\x02\x3e\x18\x03"
                       "a\0b\x00");
    ht_buffer_release(&out);
}

/* Within a structure numbers begin anew; behind it they go on. */
static void structures_nest(void **state)
{
    struct ht_buffer out = {0};
    struct thrift thrift;
    (void)state;
    thrift_begin(&thrift, &out);
    thrift_struct(&thrift, 2);
    thrift_struct(&thrift, 3);
    thrift_i32(&thrift, 1, 7);
    thrift_end(&thrift);
    thrift_i32(&thrift, 4, 8);
    thrift_end(&thrift);
    thrift_i32(&thrift, 3, 9);
    thrift_end(&thrift);
    assert_bytes(&out, "\x2c\x3c\x15\x0e\x00\x15\x10\x00\x15\x12\x00");
    ht_buffer_release(&out);
}

static void lists_tell_their_length(void **state)
{
    struct ht_buffer out = {0};
    struct thrift thrift;
    (void)state;
    thrift_begin(&thrift, &out);
    thrift_list(&thrift, 1, THRIFT_I32, 2);
    thrift_item_i32(&thrift, 3);
    thrift_item_i32(&thrift, -3);
    thrift_list(&thrift, 2, THRIFT_BINARY, 1);
    thrift_item_binary(&thrift, HT_SLICE("x"));
    thrift_list(&thrift, 3, THRIFT_STRUCT, 14);
    thrift_list(&thrift, 4, THRIFT_STRUCT, 15);
    thrift_list(&thrift, 5, THRIFT_STRUCT, 300);
    thrift_item_struct(&thrift);
    thrift_i32(&thrift, 1, 1);
    thrift_end(&thrift);
    thrift_end(&thrift);
    assert_bytes(&out, "\x19\x25\x06\x05\x19\x18\x01x\x19\xec\x19\xfc\x0f\x19\xfc\xac\x02\x15\x02\x00\x00");
    ht_buffer_release(&out);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(varints_are_as_short_as_can_be), cmocka_unit_test(integers_are_zigzag),
        cmocka_unit_test(fields_are_told_by_distance),    cmocka_unit_test(structures_nest),
        cmocka_unit_test(lists_tell_their_length),
    };
    return cmocka_run_group_tests_name("parquet_thrift", tests, NULL, NULL);
}
