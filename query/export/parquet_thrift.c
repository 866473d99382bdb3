#include "parquet_thrift.h"

#include <assert.h>

#define LONG_LIST 15 /* from so many items on the count stands behind the type */

void thrift_varint(struct ht_buffer *out, uint64_t value)
{
    for (; value >= 0x80; value >>= 7)
        ht_buffer_add_byte(out, (char)(value | 0x80));
    ht_buffer_add_byte(out, (char)value);
}

/* Signed integers of any width: 0, -1, 1, -2 … as 0, 1, 2, 3 … */
static void add_zigzag(struct ht_buffer *out, int64_t value)
{
    thrift_varint(out, (uint64_t)value << 1 ^ (value < 0 ? UINT64_MAX : 0));
}

static void add_field(struct thrift *thrift, int field, enum thrift_type type)
{
    int *last = &thrift->last[thrift->depth];
    assert(field > *last);
    if (field - *last <= 15) {
        ht_buffer_add_byte(thrift->out, (char)((field - *last) << 4 | (int)type));
    } else {
        ht_buffer_add_byte(thrift->out, (char)type);
        add_zigzag(thrift->out, field);
    }
    *last = field;
}

void thrift_begin(struct thrift *thrift, struct ht_buffer *out)
{
    *thrift = (struct thrift){.out = out};
}

void thrift_i32(struct thrift *thrift, int field, int32_t value)
{
    add_field(thrift, field, THRIFT_I32);
    add_zigzag(thrift->out, value);
}

void thrift_i64(struct thrift *thrift, int field, int64_t value)
{
    add_field(thrift, field, THRIFT_I64);
    add_zigzag(thrift->out, value);
}

void thrift_bool(struct thrift *thrift, int field, bool value)
{
    add_field(thrift, field, value ? THRIFT_TRUE : THRIFT_FALSE);
}

void thrift_binary(struct thrift *thrift, int field, struct ht_slice bytes)
{
    add_field(thrift, field, THRIFT_BINARY);
    thrift_item_binary(thrift, bytes);
}

void thrift_struct(struct thrift *thrift, int field)
{
    add_field(thrift, field, THRIFT_STRUCT);
    thrift_item_struct(thrift);
}

void thrift_item_struct(struct thrift *thrift)
{
    assert(thrift->depth + 1 < THRIFT_DEEPEST);
    thrift->last[++thrift->depth] = 0;
}

void thrift_end(struct thrift *thrift)
{
    ht_buffer_add_byte(thrift->out, 0);
    if (thrift->depth > 0) thrift->depth--;
}

void thrift_list(struct thrift *thrift, int field, enum thrift_type type, uint32_t count)
{
    add_field(thrift, field, THRIFT_LIST);
    if (count < LONG_LIST) {
        ht_buffer_add_byte(thrift->out, (char)(count << 4 | (uint32_t)type));
        return;
    }
    ht_buffer_add_byte(thrift->out, (char)(LONG_LIST << 4 | (int)type));
    thrift_varint(thrift->out, count);
}

void thrift_item_i32(struct thrift *thrift, int32_t value)
{
    add_zigzag(thrift->out, value);
}

void thrift_item_binary(struct thrift *thrift, struct ht_slice bytes)
{
    thrift_varint(thrift->out, bytes.size);
    ht_buffer_add(thrift->out, bytes);
}
