#include <assert.h>

#include "codec.h"
#include "record.h"
#include "seal.h"

/* The salt is all that reading a record does not give away. */
static enum ht_status read_salt(struct ht_reader *reader, uint64_t seq, struct record_parts *parts,
                                uint8_t salt[HT_SALT_SIZE], struct ht_buffer *plain, struct ht_error *err)
{
    uint8_t bytes[8];
    MDB_val found;
    struct ht_slice opened;
    ht_put_be64(bytes, seq);
    MDB_val key = val_of(bytes, sizeof bytes);
    int code = mdb_get(reader->trail_txn, reader->store->trail.events, &key, &found);
    if (code != 0) return env_fail(err, code, "reading the trail");
    enum ht_status status = record_split(val_slice(found), seq, parts, err);
    if (status == HT_OK) status = seal_read(reader->store, &seal_event, seq, val_slice(found), plain, &opened, err);
    if (status == HT_OK) status = record_parts_open(parts, opened, err);
    if (status == HT_OK) memcpy(salt, parts->salt.data, HT_SALT_SIZE);
    return status;
}

enum ht_status ht_trail_opening(struct ht_reader *reader, uint64_t seq, struct ht_unpacker *unpacker,
                                struct ht_opening *opening, struct ht_error *err)
{
    struct ht_record record;
    struct record_parts parts = {0};
    struct ht_buffer plain = {0};
    assert(reader->begun);
    enum ht_status status = ht_trail_get(reader, seq, unpacker, &record, err);
    if (status != HT_OK) return status;
    status = read_salt(reader, seq, &parts, opening->salt, &plain, err);
    ht_buffer_wipe(&plain);
    if (status != HT_OK) return status;
    memcpy(opening->sha256, record.sha256, sizeof opening->sha256);
    /* The body is the delivery, and the payload behind it. */
    opening->delivery = ht_slice_of(record.payload.data - parts.delivery_size, parts.delivery_size);
    return HT_OK;
}

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
