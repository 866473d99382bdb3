#include "parquet_page.h"

#include "parquet_thrift.h"

void parquet_pager_release(struct parquet_pager *pager)
{
    parquet_codec_free(pager->codec);
    ht_buffer_release(&pager->body);
    ht_buffer_release(&pager->packed);
}

/* Compresses the body into `packed`, and begins the header: kind and sizes. */
static enum ht_status begin_page(struct parquet_pager *pager, enum parquet_page kind, struct ht_slice body,
                                 struct thrift *header, struct ht_buffer *out, struct ht_error *err)
{
    ht_buffer_clear(&pager->packed);
    enum ht_status status = parquet_codec_add(pager->codec, body, &pager->packed, err);
    if (status != HT_OK) return status;
    thrift_begin(header, out);
    thrift_i32(header, 1, (int32_t)kind);
    thrift_i32(header, 2, (int32_t)body.size);
    thrift_i32(header, 3, (int32_t)pager->packed.size);
    return HT_OK;
}

/* Ends the header's inner part and the header, and adds the body. */
static enum ht_status end_page(struct parquet_pager *pager, struct thrift *header, struct ht_buffer *out,
                               struct ht_error *err)
{
    thrift_end(header);
    thrift_end(header);
    ht_buffer_add(out, ht_buffer_slice(&pager->packed));
    return ht_buffer_status(out, err);
}

static uint64_t uncompressed_size(const struct parquet_pager *pager, struct ht_slice body, size_t page)
{
    return page - pager->packed.size + body.size;
}

enum ht_status parquet_page_add_data(struct parquet_pager *pager, const struct parquet_data *data, struct ht_slice body,
                                     struct ht_buffer *out, uint64_t *uncompressed, struct ht_error *err)
{
    struct thrift header;
    size_t begin = out->size;
    enum ht_status status = begin_page(pager, PARQUET_DATA_PAGE, body, &header, out, err);
    if (status != HT_OK) return status;
    thrift_struct(&header, 5);
    thrift_i32(&header, 1, (int32_t)data->rows);
    thrift_i32(&header, 2, (int32_t)data->encoding);
    thrift_i32(&header, 3, PARQUET_RLE); /* definition levels */
    thrift_i32(&header, 4, PARQUET_RLE); /* repetition levels: flat columns have none */
    status = end_page(pager, &header, out, err);
    *uncompressed += uncompressed_size(pager, body, out->size - begin);
    return status;
}

enum ht_status parquet_page_add_dictionary(struct parquet_pager *pager, uint32_t entries, struct ht_slice body,
                                           struct ht_buffer *out, uint64_t *uncompressed, struct ht_error *err)
{
    struct thrift header;
    size_t begin = out->size;
    enum ht_status status = begin_page(pager, PARQUET_DICTIONARY_PAGE, body, &header, out, err);
    if (status != HT_OK) return status;
    thrift_struct(&header, 7);
    thrift_i32(&header, 1, (int32_t)entries);
    thrift_i32(&header, 2, PARQUET_PLAIN);
    status = end_page(pager, &header, out, err);
    *uncompressed += uncompressed_size(pager, body, out->size - begin);
    return status;
}
