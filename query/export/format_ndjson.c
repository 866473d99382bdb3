/* NDJSON: one object a row, a line each; keys in the order of the columns, null where there is no value. */
#include <assert.h>
#include <stdlib.h>

#include "format.h"
#include "hooktrail/emit.h"

struct export_encoder {
    const struct export_table *table;
    struct ht_buffer keys; /* what stands before each value, `{"seq":` or `,"type":`, one behind the other */
    size_t ends[EXPORT_MAX_COLUMNS];
};

/* No name of a column has anything to be escaped. */
static void add_keys(struct export_encoder *encoder)
{
    for (uint32_t i = 0; i < encoder->table->column_count; i++) {
        ht_buffer_printf(&encoder->keys, "%c\"%s\":", i == 0 ? '{' : ',', encoder->table->columns[i].name);
        encoder->ends[i] = encoder->keys.size;
    }
}

static enum ht_status begin(const struct export_format_options *options, const struct export_table *table,
                            struct ht_buffer *out, struct export_encoder **encoder, struct ht_error *err)
{
    (void)options, (void)out;
    *encoder = calloc(1, sizeof **encoder);
    if (!*encoder) return ht_fail(err, HT_NO_MEMORY, "out of memory for an encoder");
    (*encoder)->table = table;
    add_keys(*encoder);
    return ht_buffer_status(&(*encoder)->keys, err);
}

/* Integers are numbers, not strings: no seq, count or size comes near 2^53, from where on readers round. */
static void add_value(struct ht_emit *emit, const struct export_column *column, const struct export_value *value)
{
    if (!value->present) {
        assert(column->nullable);
        ht_emit_null(emit);
        return;
    }
    switch (column->type) {
    case EXPORT_INT:
        ht_emit_int(emit, value->number);
        break;
    case EXPORT_TIME:
        ht_emit_time(emit, value->number);
        break;
    case EXPORT_BOOL:
        ht_emit_bool(emit, value->number != 0);
        break;
    case EXPORT_TEXT:
        ht_emit_string(emit, value->text);
        break;
    case EXPORT_JSON:
        ht_emit_raw(emit, value->text);
        break;
    }
}

static enum ht_status add(struct export_encoder *encoder, const struct export_row *row, struct ht_buffer *out,
                          struct ht_error *err)
{
    const struct export_table *table = encoder->table;
    struct ht_emit emit;
    size_t at = 0;
    ht_emit_init(&emit, out);
    for (uint32_t i = 0; i < table->column_count; at = encoder->ends[i++]) {
        ht_buffer_add_bytes(out, encoder->keys.data + at, encoder->ends[i] - at);
        add_value(&emit, &table->columns[i], &row->values[i]);
    }
    ht_buffer_add_bytes(out, "}\n", 2);
    return ht_buffer_status(out, err);
}

static enum ht_status end(struct export_encoder *encoder, struct ht_buffer *out, struct ht_error *err)
{
    (void)encoder;
    return ht_buffer_status(out, err);
}

static void free_encoder(struct export_encoder *encoder)
{
    if (encoder) ht_buffer_release(&encoder->keys);
    free(encoder);
}

const struct export_format export_ndjson = {"ndjson", ".ndjson", false, begin, add, end, free_encoder};
