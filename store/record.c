#include "record.h"

#include <sodium.h>
#include <stdio.h>

#include "codec.h"
#include "hooktrail/embedded.h"
#include "lost.h"
#include "seal.h"

/* Public on purpose: it guards against accidents, not against people; proofs do that. */
static const uint8_t checksum_key[crypto_shorthash_KEYBYTES] = "hooktrail record";

static const char commitment_domain[] = "hooktrail/payload/1";

uint64_t record_digest(struct ht_slice record)
{
    uint8_t hash[crypto_shorthash_BYTES];
    const uint8_t *bytes = (const uint8_t *)record.data;
    crypto_shorthash(hash, bytes + RECORD_CHECKED, record.size - RECORD_CHECKED, checksum_key);
    return ht_get_be64(hash);
}

uint64_t record_checksum(uint64_t digest, uint64_t number)
{
    uint8_t bound[16], hash[crypto_shorthash_BYTES];
    ht_put_be64(bound, digest);
    ht_put_be64(bound + 8, number);
    crypto_shorthash(hash, bound, sizeof bound, checksum_key);
    return ht_get_be64(hash);
}

bool record_intact(struct ht_slice value, uint64_t number)
{
    if (value.size < RECORD_CHECKED) return false;
    return ht_get_be64((const uint8_t *)value.data) == record_checksum(record_digest(value), number);
}

void record_commit(const uint8_t *salt, const uint8_t *sha256, struct ht_slice delivery,
                   uint8_t commitment[HT_SHA256_SIZE])
{
    const struct ht_slice pieces[] = {
        ht_slice_of(commitment_domain, sizeof commitment_domain),
        ht_slice_of(salt, HT_SALT_SIZE),
        ht_slice_of(sha256, HT_SHA256_SIZE),
        delivery,
    };
    ht_sha256_join(pieces, sizeof pieces / sizeof *pieces, commitment);
}

static void copy_out(void *to, struct ht_slice from)
{
    if (from.size > 0) memcpy(to, from.data, from.size);
}

enum ht_status record_split(struct ht_slice value, uint64_t seq, struct record_parts *parts, struct ht_error *err)
{
    struct lost lost;
    memset(parts, 0, sizeof *parts);
    if (value.size < RECORD_TOMBSTONE_SIZE)
        return ht_fail(err, HT_CORRUPT, "event %llu: record of %zu bytes is too short", (unsigned long long)seq,
                       value.size);
    if (!record_intact(value, seq))
        return ht_fail(err, HT_CORRUPT, "event %llu: checksum does not fit the record", (unsigned long long)seq);
    if (lost_read(value, &lost)) return lost_fail(err, "event", seq, &lost);
    struct decoder in = decoder_of(value);
    decode_u64(&in);
    uint8_t version = decode_u8(&in);
    if (version != RECORD_VERSION)
        return ht_fail(err, HT_VERSION, "event %llu: record version %u is not known to this hooktrail",
                       (unsigned long long)seq, version);
    struct ht_record_header *header = &parts->header;
    header->signature_verified = decode_u8(&in) & 1;
    decode_u16(&in);
    header->seq = seq;
    header->size = decode_u32(&in);
    header->endpoint = decode_u32(&in);
    header->received_at = decode_i64(&in);
    copy_out(header->commitment, decode_bytes(&in, HT_SHA256_SIZE));
    parts->encoding = decode_u8(&in);
    uint8_t state = decode_u8(&in);
    parts->dictionary = decode_u16(&in);
    parts->delivery_size = decode_u32(&in);
    if (state == SEAL_ERASED) {
        header->erasure = decode_u64(&in);
        copy_out(header->conversation, decode_bytes(&in, HT_REF_SIZE));
        if (in.left == 0 && header->erasure != 0) return HT_OK;
        return ht_fail(err, HT_CORRUPT, "event %llu: its tombstone does not decode", (unsigned long long)seq);
    }
    if (value.size < RECORD_HEADER_SIZE + RECORD_SECRET_SIZE)
        return ht_fail(err, HT_CORRUPT, "event %llu: record of %zu bytes is too short", (unsigned long long)seq,
                       value.size);
    copy_out(header->duplicate_key, decode_bytes(&in, HT_DUPLICATE_KEY_SIZE));
    header->key = decode_u32(&in);
    return HT_OK;
}

struct ht_record_header record_packed_header(const struct ht_append *append)
{
    const uint8_t *packed = (const uint8_t *)append->packed.data;
    struct ht_record_header header = {
        .seq = append->seq,
        .size = ht_get_be32(packed + RECORD_SIZE),
        .endpoint = ht_get_be32(packed + RECORD_ENDPOINT),
        .received_at = (int64_t)ht_get_be64(packed + RECORD_RECEIVED_AT),
        .key = append->key,
        .signature_verified = packed[RECORD_SIGNED] != 0,
    };
    memcpy(header.duplicate_key, packed + RECORD_DUPLICATE_KEY, HT_DUPLICATE_KEY_SIZE);
    return header;
}

enum ht_status record_parts_open(struct record_parts *parts, struct ht_slice opened, struct ht_error *err)
{
    struct decoder in = decoder_of(opened);
    parts->salt = decode_bytes(&in, HT_SALT_SIZE);
    parts->sha256 = decode_bytes(&in, HT_SHA256_SIZE);
    parts->body = decode_rest(&in);
    if (!in.failed) return HT_OK;
    return ht_fail(err, HT_CORRUPT, "event %llu: what is sealed of it is too short",
                   (unsigned long long)parts->header.seq);
}

enum ht_status record_tombstone(struct ht_slice value, uint64_t seq, uint64_t erasure,
                                const uint8_t conversation[HT_REF_SIZE], struct ht_buffer *out, struct ht_error *err)
{
    struct record_parts parts;
    enum ht_status status = record_split(value, seq, &parts, err);
    if (status != HT_OK) return status;
    ht_buffer_clear(out);
    encode_uint(out, 0, RECORD_CHECKED);
    ht_buffer_add(out, record_leaf(value));
    encode_uint(out, 0, 1);
    encode_uint(out, SEAL_ERASED, 1);
    encode_uint(out, 0, 6);
    encode_uint(out, erasure, 8);
    ht_buffer_add_bytes(out, conversation, HT_REF_SIZE);
    status = ht_buffer_status(out, err);
    if (status != HT_OK) return status;
    ht_put_be64((uint8_t *)out->data, record_checksum(record_digest(ht_buffer_slice(out)), seq));
    return HT_OK;
}

enum ht_status repeat_split(struct ht_slice value, uint64_t number, struct repeat_parts *parts, struct ht_error *err)
{
    struct lost lost;
    if (!record_intact(value, number))
        return ht_fail(err, HT_CORRUPT, "repeated delivery %llu: checksum does not fit", (unsigned long long)number);
    if (lost_read(value, &lost)) return lost_fail(err, "repeated delivery", number, &lost);
    struct decoder in = decoder_of(value);
    decode_u64(&in);
    uint8_t version = decode_u8(&in);
    if (version != REPEAT_VERSION)
        return ht_fail(err, HT_VERSION, "repeated delivery %llu: version %u is not known to this hooktrail",
                       (unsigned long long)number, version);
    parts->signature_verified = decode_u8(&in) & 1;
    parts->blank = decode_u8(&in) == SEAL_ERASED;
    decode_u8(&in);
    parts->endpoint = decode_u32(&in);
    parts->received_at = decode_i64(&in);
    parts->seq = decode_u64(&in);
    parts->key = parts->blank ? 0 : decode_u32(&in);
    bool fits = parts->blank ? value.size == REPEAT_BLANK_SIZE : value.size >= REPEAT_HEADER_SIZE;
    return fits ? HT_OK
                : ht_fail(err, HT_CORRUPT, "repeated delivery %llu: a record of %zu bytes", (unsigned long long)number,
                          value.size);
}

enum ht_status repeat_open(const struct repeat_parts *parts, struct ht_slice opened, struct ht_delivery *delivery,
                           struct ht_error *err)
{
    enum ht_status status = ht_delivery_decode(opened, delivery, err);
    if (status != HT_OK) return status;
    delivery->signature_verified = parts->signature_verified;
    delivery->endpoint = parts->endpoint;
    delivery->received_at = parts->received_at;
    return HT_OK;
}

enum ht_status repeat_blank(struct ht_slice value, uint64_t number, struct ht_buffer *out, struct ht_error *err)
{
    struct repeat_parts parts;
    enum ht_status status = repeat_split(value, number, &parts, err);
    if (status != HT_OK) return status;
    ht_buffer_add_bytes(out, value.data, REPEAT_BLANK_SIZE);
    status = ht_buffer_status(out, err);
    if (status != HT_OK) return status;
    out->data[seal_repeat.state] = SEAL_ERASED;
    ht_put_be64((uint8_t *)out->data, record_checksum(record_digest(ht_buffer_slice(out)), number));
    return HT_OK;
}

/* The reason is stored as its HTTP status, which is nobody's to renumber. */
static enum ht_status status_of_http(uint16_t http)
{
    for (int status = HT_OK + 1; status < HT_STATUS_COUNT; status++) {
        if (ht_status_http((enum ht_status)status) == http) return (enum ht_status)status;
    }
    return HT_INVALID;
}

enum ht_status rejected_decode(struct ht_slice value, uint64_t number, struct ht_slice opened,
                               struct ht_rejected *rejected, struct ht_error *err)
{
    struct decoder in = decoder_of(value);
    decode_u64(&in);
    uint8_t version = decode_u8(&in);
    if (version != REJECTED_VERSION)
        return ht_fail(err, HT_VERSION, "rejected delivery %llu: version %u is not known to this hooktrail",
                       (unsigned long long)number, version);
    rejected->number = number;
    decode_u8(&in);
    rejected->status = status_of_http(decode_u16(&in));
    uint32_t endpoint = decode_u32(&in);
    int64_t received_at = decode_i64(&in);
    bool cut = in.failed;
    in = decoder_of(opened);
    in.failed = cut;
    rejected->offset = decode_u64(&in);
    rejected->size = decode_u64(&in);
    rejected->pointer = decode_sized(&in, 2);
    rejected->detail = decode_sized(&in, 2);
    struct ht_slice delivery = decode_sized(&in, 4);
    rejected->body = decode_rest(&in);
    if (in.failed) return ht_fail(err, HT_CORRUPT, "rejected delivery %llu: too short", (unsigned long long)number);
    enum ht_status status = ht_delivery_decode(delivery, &rejected->delivery, err);
    if (status != HT_OK) return status;
    rejected->delivery.endpoint = endpoint;
    rejected->delivery.received_at = received_at;
    rejected->delivery.signature_verified = false; /* until whoever retries it has done so again */
    return HT_OK;
}

struct ht_slice record_dictionary(uint16_t id)
{
    char name[sizeof "65535.zdict"];
    snprintf(name, sizeof name, "%u.zdict", id);
    for (const struct ht_embedded *file = ht_embedded_dictionary; id != 0 && file->name != NULL; file++) {
        if (strcmp(file->name, name) == 0) return ht_slice_of(file->data, file->size);
    }
    return HT_ABSENT;
}
