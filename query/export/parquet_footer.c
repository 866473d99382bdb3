#include "parquet_footer.h"

#include <endian.h>
#include <stdio.h>

#include "parquet_column.h"
#include "parquet_thrift.h"

#define FORMAT_VERSION 2

/* How a type is told to readers, by the two generations of annotations; where both are 0 there is nothing to tell. */
struct annotation {
    int logical;   /* field of the union LogicalType, its value an empty structure but for TIMESTAMP */
    int converted; /* ConvertedType + 1 */
};

#define LOGICAL_TIMESTAMP 8
static const struct annotation annotations[] = {
    [EXPORT_TIME] = {LOGICAL_TIMESTAMP, 10 + 1}, [EXPORT_TEXT] = {1, 0 + 1}, [EXPORT_JSON] = {12, 19 + 1}};

/* TimestampType: adjusted to UTC, in microseconds. */
static void add_timestamp(struct thrift *meta)
{
    thrift_bool(meta, 1, true);
    thrift_struct(meta, 2);
    thrift_struct(meta, 2);
    thrift_end(meta);
    thrift_end(meta);
}

static void add_annotation(struct thrift *meta, enum export_type type)
{
    static const struct annotation none = {0, 0};
    const struct annotation *annotation = type < sizeof annotations / sizeof *annotations ? &annotations[type] : &none;
    if (annotation->logical == 0) return;
    thrift_i32(meta, 6, annotation->converted - 1);
    thrift_struct(meta, 10);
    thrift_struct(meta, annotation->logical);
    if (annotation->logical == LOGICAL_TIMESTAMP) add_timestamp(meta);
    thrift_end(meta);
    thrift_end(meta);
}

/* The root, then the columns: SchemaElement. */
static void add_schema(struct thrift *meta, const struct export_table *table)
{
    thrift_list(meta, 2, THRIFT_STRUCT, table->column_count + 1);
    thrift_item_struct(meta);
    thrift_binary(meta, 4, ht_slice_from(table->name));
    thrift_i32(meta, 5, (int32_t)table->column_count);
    thrift_end(meta);
    for (uint32_t i = 0; i < table->column_count; i++) {
        const struct export_column *column = &table->columns[i];
        thrift_item_struct(meta);
        thrift_i32(meta, 1, (int32_t)parquet_column_type(column->type));
        thrift_i32(meta, 3, column->nullable ? PARQUET_OPTIONAL : PARQUET_REQUIRED);
        thrift_binary(meta, 4, ht_slice_from(column->name));
        add_annotation(meta, column->type);
        thrift_end(meta);
    }
}

static void add_pair(struct thrift *meta, const char *key, const char *value)
{
    thrift_item_struct(meta);
    thrift_binary(meta, 1, ht_slice_from(key));
    thrift_binary(meta, 2, ht_slice_from(value));
    thrift_end(meta);
}

static void add_pairs(struct thrift *meta, const struct export_table *table)
{
    char version[16];
    snprintf(version, sizeof version, "%d", EXPORT_SCHEMA_VERSION);
    thrift_list(meta, 5, THRIFT_STRUCT, 2);
    add_pair(meta, "hooktrail.schema_version", version);
    add_pair(meta, "hooktrail.table", table->name);
}

/* Each column's bounds are in the order of its type (TypeDefinedOrder): without this, readers don't trust them. */
static void add_orders(struct thrift *meta, const struct export_table *table)
{
    thrift_list(meta, 7, THRIFT_STRUCT, table->column_count);
    for (uint32_t i = 0; i < table->column_count; i++) {
        thrift_item_struct(meta);
        thrift_struct(meta, 1);
        thrift_end(meta);
        thrift_end(meta);
    }
}

void parquet_footer_add(const struct export_table *table, const struct parquet_groups *groups, struct ht_buffer *out)
{
    struct thrift meta;
    size_t begin = out->size;
    char writer[64];
    snprintf(writer, sizeof writer, "hooktrail version %s",
             ht_version()); /* "application version X", says the format */
    thrift_begin(&meta, out);
    thrift_i32(&meta, 1, FORMAT_VERSION);
    add_schema(&meta, table);
    thrift_i64(&meta, 3, (int64_t)groups->rows);
    thrift_list(&meta, 4, THRIFT_STRUCT, groups->count);
    ht_buffer_add(out, ht_buffer_slice(&groups->meta));
    add_pairs(&meta, table);
    thrift_binary(&meta, 6, ht_slice_from(writer));
    add_orders(&meta, table);
    thrift_end(&meta);
    uint32_t size = htole32((uint32_t)(out->size - begin));
    ht_buffer_add_bytes(out, &size, sizeof size);
    ht_buffer_add_text(out, PARQUET_MARK);
}
