#include "codec.h"
#include "record.h"

void ht_opening_commit(const struct ht_opening *opening, uint8_t commitment[HT_SHA256_SIZE])
{
    record_commit(opening->salt, opening->sha256, opening->delivery, commitment);
}

enum ht_status ht_leaf_parse(struct ht_slice bytes, struct ht_leaf *leaf, struct ht_error *err)
{
    *leaf = (struct ht_leaf){0};
    if (bytes.size != HT_LEAF_SIZE) return ht_fail(err, HT_CORRUPT, "its leaf is not of %d bytes", HT_LEAF_SIZE);
    struct decoder in = decoder_of(bytes);
    uint8_t version = decode_u8(&in);
    if (version != RECORD_VERSION)
        return ht_fail(err, HT_VERSION, "its leaf's version %u is not known to this hooktrail", version);
    uint8_t flags = decode_u8(&in);
    if (flags > 1 || decode_u16(&in) != 0) return ht_fail(err, HT_CORRUPT, "its leaf has bits that none has");
    leaf->signature_verified = flags == 1;
    leaf->size = decode_u32(&in);
    leaf->endpoint = decode_u32(&in);
    leaf->received_at = decode_i64(&in);
    memcpy(leaf->commitment, decode_bytes(&in, HT_SHA256_SIZE).data, HT_SHA256_SIZE);
    return HT_OK;
}
