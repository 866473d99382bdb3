/* Writes structures in Thrift's compact protocol, which Parquet's metadata is made of.

   https://github.com/apache/thrift/blob/master/doc/specs/thrift-compact-protocol.md. A field is named by the number
   that parquet.thrift gives it; the fields of a structure are written in ascending order. Lack of memory sticks in the
   buffer. One thread at a time. */
#ifndef EXPORT_PARQUET_THRIFT_H
#define EXPORT_PARQUET_THRIFT_H

#include <stdint.h>

#include "hooktrail/buffer.h"

#define THRIFT_DEEPEST 8

enum thrift_type {
    THRIFT_TRUE = 1,
    THRIFT_FALSE = 2,
    THRIFT_I32 = 5,
    THRIFT_I64 = 6,
    THRIFT_BINARY = 8,
    THRIFT_LIST = 9,
    THRIFT_STRUCT = 12
};

struct thrift {
    struct ht_buffer *out; /* borrowed */
    int last[THRIFT_DEEPEST];
    uint32_t depth;
};

/* Begins a structure that stands alone, or as an item of a list that another writer began. thrift_end ends it. */
void thrift_begin(struct thrift *thrift, struct ht_buffer *out);

void thrift_i32(struct thrift *thrift, int field, int32_t value);
void thrift_i64(struct thrift *thrift, int field, int64_t value);
void thrift_bool(struct thrift *thrift, int field, bool value);
void thrift_binary(struct thrift *thrift, int field, struct ht_slice bytes);

/* A structure as a field, and as an item of a list: its fields follow, then thrift_end. */
void thrift_struct(struct thrift *thrift, int field);
void thrift_item_struct(struct thrift *thrift);
void thrift_end(struct thrift *thrift);

/* A list of so many items, which follow at once. */
void thrift_list(struct thrift *thrift, int field, enum thrift_type type, uint32_t count);
void thrift_item_i32(struct thrift *thrift, int32_t value);
void thrift_item_binary(struct thrift *thrift, struct ht_slice bytes);

/* An unsigned integer of 1 to 10 bytes, the least significant seven bits first (ULEB128). */
void thrift_varint(struct ht_buffer *out, uint64_t value);

#endif
