#include "hooktrail/trail.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <zstd.h>

#include "codec.h"
#include "hooktrail/erasure.h"
#include "lost.h"
#include "record.h"
#include "seal.h"
#include "store.h"

struct ht_unpacker {
    ZSTD_DCtx *context;
    ZSTD_DDict
        *dictionary; /* digested once, for nearly all records use the same; NULL before the first that needs one */
    uint16_t dictionary_id;
    struct ht_buffer plain; /* what was sealed */
    struct ht_buffer body;
};

struct ht_unpacker *ht_unpacker_new(void)
{
    struct ht_unpacker *unpacker = calloc(1, sizeof *unpacker);
    if (unpacker == NULL) return NULL;
    unpacker->context = ZSTD_createDCtx();
    if (unpacker->context == NULL) {
        free(unpacker);
        return NULL;
    }
    return unpacker;
}

void ht_unpacker_free(struct ht_unpacker *unpacker)
{
    if (unpacker == NULL) return;
    ZSTD_freeDDict(unpacker->dictionary);
    ZSTD_freeDCtx(unpacker->context);
    ht_buffer_wipe(&unpacker->plain);
    ht_buffer_wipe(&unpacker->body);
    free(unpacker);
}

enum ht_status ht_trail_position(struct ht_reader *reader, struct ht_position *position, struct ht_error *err)
{
    assert(reader->begun);
    enum ht_status status = trail_last(reader->trail_txn, reader->store->trail.events, &position->seq, err);
    if (status != HT_OK) return status;
    return trail_last(reader->trail_txn, reader->store->trail.repeats, &position->repeat, err);
}

static enum ht_status get_value(struct ht_reader *reader, MDB_dbi table, uint64_t number, const char *what,
                                struct ht_slice *value, struct ht_error *err)
{
    assert(reader->begun);
    int code = trail_get(reader->trail_txn, table, number, value);
    if (code == MDB_NOTFOUND)
        return ht_fail(err, HT_NOT_FOUND, "there is no %s %llu", what, (unsigned long long)number);
    return code == 0 ? HT_OK : env_fail(err, code, "reading the trail");
}

enum ht_status ht_trail_header(struct ht_reader *reader, uint64_t seq, struct ht_record_header *header,
                               struct ht_error *err)
{
    struct ht_slice value = HT_ABSENT;
    struct record_parts parts;
    enum ht_status status = get_value(reader, reader->store->trail.events, seq, "event", &value, err);
    if (status == HT_OK) status = record_split(value, seq, &parts, err);
    if (status == HT_OK) *header = parts.header;
    return status;
}

bool ht_trail_lost(struct ht_reader *reader, uint64_t seq)
{
    struct ht_slice value = HT_ABSENT;
    struct lost lost;
    return get_value(reader, reader->store->trail.events, seq, "event", &value, NULL) == HT_OK &&
           record_intact(value, seq) && lost_read(value, &lost);
}

static enum ht_status fail_body(const struct record_parts *parts, const char *why, struct ht_error *err)
{
    return ht_fail(err, HT_CORRUPT, "event %llu: %s", (unsigned long long)parts->header.seq, why);
}

static enum ht_status use_dictionary(struct ht_unpacker *unpacker, const struct record_parts *parts,
                                     struct ht_error *err)
{
    if (unpacker->dictionary != NULL && unpacker->dictionary_id == parts->dictionary) return HT_OK;
    struct ht_slice bytes = record_dictionary(parts->dictionary);
    if (bytes.data == NULL)
        return ht_fail(err, HT_VERSION, "event %llu needs zstd dictionary %u, which this hooktrail does not have",
                       (unsigned long long)parts->header.seq, parts->dictionary);
    ZSTD_freeDDict(unpacker->dictionary);
    unpacker->dictionary = ZSTD_createDDict(bytes.data, bytes.size);
    if (unpacker->dictionary == NULL) return ht_fail(err, HT_NO_MEMORY, "no memory for a zstd dictionary");
    unpacker->dictionary_id = parts->dictionary;
    return HT_OK;
}

static enum ht_status decompress(struct ht_unpacker *unpacker, const struct record_parts *parts, size_t whole,
                                 struct ht_error *err)
{
    if (parts->dictionary != 0) {
        enum ht_status status = use_dictionary(unpacker, parts, err);
        if (status != HT_OK) return status;
    }
    char *to = ht_buffer_reserve(&unpacker->body, whole);
    if (to == NULL) return ht_buffer_status(&unpacker->body, err);
    const char *from = parts->body.data;
    size_t size = parts->dictionary != 0 ? ZSTD_decompress_usingDDict(unpacker->context, to, whole, from,
                                                                      parts->body.size, unpacker->dictionary)
                                         : ZSTD_decompressDCtx(unpacker->context, to, whole, from, parts->body.size);
    if (ZSTD_isError(size) || size != whole) return fail_body(parts, "its body does not decompress", err);
    unpacker->body.size = whole;
    return HT_OK;
}

static enum ht_status unpack_body(struct ht_unpacker *unpacker, const struct record_parts *parts, struct ht_error *err)
{
    size_t whole = (size_t)parts->delivery_size + parts->header.size;
    if (whole > RECORD_MAX_BODY) return fail_body(parts, "its sizes are out of bounds", err);
    ht_buffer_clear(&unpacker->body);
    if (parts->encoding == RECORD_ZSTD) return decompress(unpacker, parts, whole, err);
    if (parts->encoding != RECORD_PLAIN) return fail_body(parts, "its body has an unknown encoding", err);
    if (parts->body.size != whole) return fail_body(parts, "its body has another size than its header says", err);
    ht_buffer_add(&unpacker->body, parts->body);
    return ht_buffer_status(&unpacker->body, err);
}

static enum ht_status fail_tombstone(struct ht_reader *reader, const struct ht_record_header *header,
                                     struct ht_error *err)
{
    char what[48];
    struct ht_erasure erasure;
    snprintf(what, sizeof what, "event %llu", (unsigned long long)header->seq);
    if (ht_erasure_get(reader, header->erasure, &erasure, NULL) == HT_OK) return ht_fail_erased(err, what, &erasure);
    return ht_fail(err, HT_ERASED, "%s was erased", what);
}

/* Splits the record and opens what is sealed of it. */
static enum ht_status open_record(struct ht_reader *reader, uint64_t seq, struct ht_unpacker *unpacker,
                                  struct record_parts *parts, struct ht_error *err)
{
    struct ht_slice value = HT_ABSENT, opened = HT_ABSENT;
    enum ht_status status = get_value(reader, reader->store->trail.events, seq, "event", &value, err);
    if (status == HT_OK) status = record_split(value, seq, parts, err);
    if (status != HT_OK) return status;
    if (parts->header.erasure != 0) return fail_tombstone(reader, &parts->header, err);
    struct ht_error cause = {0};
    status = seal_read(reader->store, &seal_event, seq, value, &unpacker->plain, &opened, &cause);
    if (status != HT_OK) return ht_fail(err, status, "event %llu: %s", (unsigned long long)seq, cause.detail);
    return record_parts_open(parts, opened, err);
}

enum ht_status record_read(struct ht_reader *reader, uint64_t seq, struct ht_unpacker *unpacker,
                           struct record_parts *parts, struct ht_record *record, struct ht_error *err)
{
    enum ht_status status = open_record(reader, seq, unpacker, parts, err);
    if (status == HT_OK) status = unpack_body(unpacker, parts, err);
    if (status != HT_OK) return status;
    struct ht_slice body = ht_buffer_slice(&unpacker->body);
    status = ht_delivery_decode(ht_slice_of(body.data, parts->delivery_size), &record->delivery, err);
    if (status != HT_OK) return status;
    record->header = parts->header;
    memcpy(record->sha256, parts->sha256.data, HT_SHA256_SIZE);
    record->payload = ht_slice_of(body.data + parts->delivery_size, parts->header.size);
    record->delivery.endpoint = parts->header.endpoint;
    record->delivery.received_at = parts->header.received_at;
    record->delivery.signature_verified = parts->header.signature_verified;
    return HT_OK;
}

enum ht_status ht_trail_peek(struct ht_reader *reader, uint64_t seq, struct ht_unpacker *unpacker,
                             struct ht_record *record, struct ht_error *err)
{
    struct record_parts parts;
    return record_read(reader, seq, unpacker, &parts, record, err);
}

enum ht_status record_check(const struct ht_unpacker *unpacker, const struct record_parts *parts,
                            const struct ht_record *record, struct ht_error *err)
{
    uint8_t digest[HT_SHA256_SIZE], commitment[HT_SHA256_SIZE];
    ht_sha256(record->payload, digest);
    if (memcmp(digest, record->sha256, sizeof digest) != 0)
        return fail_body(parts, "its payload has another SHA-256 than its header says", err);
    record_commit((const uint8_t *)parts->salt.data, digest, ht_slice_of(unpacker->body.data, parts->delivery_size),
                  commitment);
    if (memcmp(commitment, parts->header.commitment, sizeof commitment) != 0)
        return fail_body(parts, "its commitment does not fit payload and delivery", err);
    return HT_OK;
}

static enum ht_status read_checked(struct ht_reader *reader, uint64_t seq, struct ht_unpacker *unpacker,
                                   struct record_parts *parts, struct ht_record *record, struct ht_error *err)
{
    enum ht_status status = record_read(reader, seq, unpacker, parts, record, err);
    return status == HT_OK ? record_check(unpacker, parts, record, err) : status;
}

enum ht_status ht_trail_get(struct ht_reader *reader, uint64_t seq, struct ht_unpacker *unpacker,
                            struct ht_record *record, struct ht_error *err)
{
    struct record_parts parts;
    return read_checked(reader, seq, unpacker, &parts, record, err);
}

enum ht_status ht_trail_opening(struct ht_reader *reader, uint64_t seq, struct ht_unpacker *unpacker,
                                struct ht_record *record, struct ht_opening *opening, struct ht_error *err)
{
    struct record_parts parts;
    enum ht_status status = read_checked(reader, seq, unpacker, &parts, record, err);
    if (status != HT_OK) return status;
    memcpy(opening->salt, parts.salt.data, sizeof opening->salt);
    memcpy(opening->sha256, record->sha256, sizeof opening->sha256);
    opening->delivery = ht_slice_of(unpacker->body.data, parts.delivery_size);
    return HT_OK;
}

/* The delivery alone is sealed: what is left of one that can't be opened is where and when it came. */
static enum ht_status open_repeat(struct ht_reader *reader, uint64_t number, struct ht_unpacker *unpacker,
                                  struct ht_slice value, const struct repeat_parts *parts, struct ht_repeat *repeat,
                                  struct ht_error *err)
{
    struct ht_slice opened = HT_SLICE("");
    enum ht_status sealed = HT_OK;
    if (!parts->blank) sealed = seal_read(reader->store, &seal_repeat, number, value, &unpacker->plain, &opened, err);
    bool unreadable = sealed == HT_ERASED || sealed == HT_FORBIDDEN;
    if (sealed != HT_OK && !unreadable) return sealed;
    ht_buffer_clear(&unpacker->body);
    ht_buffer_add(&unpacker->body, unreadable ? HT_SLICE("") : opened);
    enum ht_status status = ht_buffer_status(&unpacker->body, err);
    if (status == HT_OK) status = repeat_open(parts, ht_buffer_slice(&unpacker->body), &repeat->delivery, err);
    return status == HT_OK && sealed == HT_FORBIDDEN
               ? ht_fail(err, sealed, "payloads are sealed, and the master key is missing")
               : status;
}

enum ht_status ht_trail_repeat(struct ht_reader *reader, uint64_t number, struct ht_unpacker *unpacker,
                               struct ht_repeat *repeat, struct ht_error *err)
{
    struct ht_slice value = HT_ABSENT;
    struct repeat_parts parts;
    enum ht_status status = get_value(reader, reader->store->trail.repeats, number, "repeated delivery", &value, err);
    if (status == HT_OK) status = repeat_split(value, number, &parts, err);
    if (status != HT_OK) return status;
    *repeat = (struct ht_repeat){.number = number, .seq = parts.seq};
    return open_repeat(reader, number, unpacker, value, &parts, repeat, err);
}
