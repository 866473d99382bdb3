/* Pages: compresses a page's body and puts its header before it. */
#ifndef EXPORT_PARQUET_PAGE_H
#define EXPORT_PARQUET_PAGE_H

#include "parquet_codec.h"
#include "parquet_numbers.h"

/* What the columns of a file share. Zero-initialised but for the codec, which it owns. */
struct parquet_pager {
    struct parquet_codec *codec;
    struct ht_buffer body; /* of a page, before compression: for who makes one */
    struct ht_buffer packed;
};

struct parquet_data {
    uint32_t rows;
    enum parquet_encoding encoding; /* of the values */
};

/* Both add a page to `out`, and its size, the header and the body before compression, to `uncompressed`.
   HT_NO_MEMORY. */
HT_MUST_CHECK enum ht_status parquet_page_add_data(struct parquet_pager *pager, const struct parquet_data *data,
                                                   struct ht_slice body, struct ht_buffer *out, uint64_t *uncompressed,
                                                   struct ht_error *err);
HT_MUST_CHECK enum ht_status parquet_page_add_dictionary(struct parquet_pager *pager, uint32_t entries,
                                                         struct ht_slice body, struct ht_buffer *out,
                                                         uint64_t *uncompressed, struct ht_error *err);

void parquet_pager_release(struct parquet_pager *pager);

#endif
