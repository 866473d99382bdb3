/* Parquet: row groups of column chunks, then the footer. https://parquet.apache.org/docs/file-format/

   Flat columns, which may be NULL; PLAIN and dictionary encoding; data pages v1, each compressed; bounds and counts of
   NULL for each chunk. A row group is held until it is whole, its pages compressed, so that what is held is bounded. */
#include <assert.h>
#include <stdlib.h>

#include "format.h"
#include "parquet_column.h"
#include "parquet_footer.h"

#define GROUP_BYTES ((size_t)32 << 20) /* of values, uncompressed: a row group is ended when it has them */

struct export_encoder {
    const struct export_table *table;
    struct parquet_column columns[EXPORT_MAX_COLUMNS];
    struct parquet_pager pager;
    uint64_t position; /* bytes of the file so far */
    size_t group_size; /* of the row group under way */
    uint64_t group_rows;
    struct parquet_groups groups; /* those that are finished */
};

static void free_encoder(struct export_encoder *encoder)
{
    if (!encoder) return;
    for (uint32_t i = 0; i < encoder->table->column_count; i++)
        parquet_column_release(&encoder->columns[i]);
    parquet_pager_release(&encoder->pager);
    ht_buffer_release(&encoder->groups.meta);
    free(encoder);
}

static enum ht_status init_columns(struct export_encoder *encoder, struct ht_error *err)
{
    enum ht_status status = HT_OK;
    for (uint32_t i = 0; i < encoder->table->column_count && status == HT_OK; i++)
        status = parquet_column_init(&encoder->columns[i], &encoder->table->columns[i], err);
    return status;
}

static enum ht_status begin(const struct export_format_options *options, const struct export_table *table,
                            struct ht_buffer *out, struct export_encoder **encoder, struct ht_error *err)
{
    assert(table->column_count <= EXPORT_MAX_COLUMNS);
    *encoder = calloc(1, sizeof **encoder);
    if (!*encoder) return ht_fail(err, HT_NO_MEMORY, "out of memory for an encoder");
    (*encoder)->table = table;
    ht_buffer_add_text(out, PARQUET_MARK);
    (*encoder)->position = strlen(PARQUET_MARK);
    enum ht_status status = parquet_codec_new(options->codec, &(*encoder)->pager.codec, err);
    if (status == HT_OK) status = init_columns(*encoder, err);
    if (status == HT_OK) status = ht_buffer_status(out, err);
    return status;
}

/* The row group goes out: the chunks, side by side, and a RowGroup of parquet.thrift to the footer. */
static enum ht_status end_group(struct export_encoder *encoder, struct ht_buffer *out, struct ht_error *err)
{
    struct thrift meta;
    size_t begin = out->size;
    uint64_t uncompressed = 0;
    enum ht_status status = HT_OK;
    if (encoder->group_rows == 0) return HT_OK;
    thrift_begin(&meta, &encoder->groups.meta);
    thrift_list(&meta, 1, THRIFT_STRUCT, encoder->table->column_count);
    for (uint32_t i = 0; i < encoder->table->column_count && status == HT_OK; i++)
        status = parquet_column_end(&encoder->columns[i], &encoder->pager, encoder->position + (out->size - begin), out,
                                    &meta, &uncompressed, err);
    if (status != HT_OK) return status;
    thrift_i64(&meta, 2, (int64_t)uncompressed);
    thrift_i64(&meta, 3, (int64_t)encoder->group_rows);
    thrift_i64(&meta, 5, (int64_t)encoder->position);
    thrift_i64(&meta, 6, (int64_t)(out->size - begin));
    thrift_end(&meta);
    encoder->position += out->size - begin;
    encoder->groups.count++;
    encoder->groups.rows += encoder->group_rows;
    encoder->group_size = encoder->group_rows = 0;
    return ht_buffer_status(&encoder->groups.meta, err);
}

static enum ht_status add(struct export_encoder *encoder, const struct export_row *row, struct ht_buffer *out,
                          struct ht_error *err)
{
    enum ht_status status = HT_OK;
    for (uint32_t i = 0; i < encoder->table->column_count && status == HT_OK; i++)
        status = parquet_column_add(&encoder->columns[i], &row->values[i], &encoder->pager, &encoder->group_size, err);
    if (status != HT_OK) return status;
    encoder->group_rows++;
    return encoder->group_size < GROUP_BYTES ? HT_OK : end_group(encoder, out, err);
}

static enum ht_status end(struct export_encoder *encoder, struct ht_buffer *out, struct ht_error *err)
{
    enum ht_status status = end_group(encoder, out, err);
    if (status != HT_OK) return status;
    parquet_footer_add(encoder->table, &encoder->groups, out);
    return ht_buffer_status(out, err);
}

const struct export_format export_parquet = {"parquet", ".parquet", true, begin, add, end, free_encoder};
