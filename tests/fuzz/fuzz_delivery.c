/* Any stored bytes: what decodes must encode to something that decodes to the same.

   Covers: store/delivery.c */
#include <stdlib.h>

#include "hooktrail/delivery.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void require_same(struct ht_slice a, struct ht_slice b)
{
    if (!ht_slice_equal(a, b) || (a.data == NULL) != (b.data == NULL)) abort();
}

static void require_same_delivery(const struct ht_delivery *a, const struct ht_delivery *b)
{
    require_same(a->sender, b->sender);
    require_same(a->path_type, b->path_type);
    require_same(a->content_type, b->content_type);
    if (a->header_count != b->header_count) abort();
    for (size_t i = 0; i < a->header_count; i++) {
        require_same(a->headers[i].name, b->headers[i].name);
        require_same(a->headers[i].value, b->headers[i].value);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct ht_delivery once, twice;
    struct ht_error err;
    struct ht_buffer out = {0};
    if (ht_delivery_decode(ht_slice_of(data, size), &once, &err) != HT_OK) return 0;
    ht_delivery_encode(&once, &out);
    if (ht_delivery_decode(ht_buffer_slice(&out), &twice, &err) != HT_OK) abort();
    require_same_delivery(&once, &twice);
    ht_buffer_release(&out);
    return 0;
}
