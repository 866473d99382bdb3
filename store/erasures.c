#include "erasures.h"

#include <assert.h>
#include <stdio.h>

#include "codec.h"
#include "record.h"
#include "ref.h"

#define RANGE_SIZE 16
#define KEY_SIZE 4
#define OLD_VERSION 1 /* without what was changed */

enum ht_status erasures_read(struct ht_slice value, uint64_t number, struct erasures_row *row, struct ht_error *err)
{
    *row = (struct erasures_row){.erasure.number = number};
    struct decoder in = decoder_of(value);
    decode_u64(&in);
    uint8_t version = decode_u8(&in);
    if (version != ERASURES_VERSION && version != OLD_VERSION)
        return ht_fail(err, HT_VERSION, "erasure %llu: version %u is not known to this hooktrail",
                       (unsigned long long)number, version);
    row->flags = decode_u8(&in);
    decode_u16(&in);
    row->erasure.retention = row->flags & ERASURES_RETENTION;
    row->erasure.at = decode_i64(&in);
    row->erasure.events = decode_u64(&in);
    struct ht_slice reason = decode_sized(&in, 2);
    row->ranges = decode_bytes(&in, (size_t)decode_u32(&in) * RANGE_SIZE);
    row->keys = decode_bytes(&in, (size_t)decode_u32(&in) * KEY_SIZE);
    row->entities = decode_bytes(&in, (size_t)decode_u32(&in) * ERASED_KEY_SIZE);
    row->rejected_last = decode_u64(&in);
    row->rejected_kept = decode_bytes(&in, (size_t)decode_u32(&in) * RANGE_SIZE);
    row->old = version == OLD_VERSION;
    if (!row->old) row->changed_events = decode_bytes(&in, (size_t)decode_u32(&in) * RANGE_SIZE);
    if (!row->old) row->changed_repeats = decode_bytes(&in, (size_t)decode_u32(&in) * RANGE_SIZE);
    if (in.failed || in.left != 0 || reason.size >= HT_REASON_SIZE)
        return ht_fail(err, HT_CORRUPT, "erasure %llu does not decode", (unsigned long long)number);
    memcpy(row->erasure.reason, reason.data, reason.size);
    return HT_OK;
}

enum ht_status erasures_decode(struct ht_slice value, uint64_t number, struct erasures_row *row, struct ht_error *err)
{
    if (record_intact(value, number)) return erasures_read(value, number, row, err);
    return ht_fail(err, HT_CORRUPT, "erasure %llu: checksum does not fit", (unsigned long long)number);
}

static void add_counted(struct ht_buffer *out, struct ht_slice things, size_t size)
{
    encode_uint(out, things.size / size, 4);
    ht_buffer_add(out, things);
}

/* A row of version 1 stays one: what it doesn't tell of isn't nothing. */
enum ht_status erasures_encode(struct ht_buffer *out, const struct erasures_row *row, struct ht_error *err)
{
    ht_buffer_clear(out);
    encode_uint(out, 0, RECORD_CHECKED);
    encode_uint(out, row->old ? OLD_VERSION : ERASURES_VERSION, 1);
    encode_uint(out, row->flags, 1);
    encode_uint(out, 0, 2);
    encode_uint(out, (uint64_t)row->erasure.at, 8);
    encode_uint(out, row->erasure.events, 8);
    encode_sized(out, ht_slice_from(row->erasure.reason), 2);
    add_counted(out, row->ranges, RANGE_SIZE);
    add_counted(out, row->keys, KEY_SIZE);
    add_counted(out, row->entities, ERASED_KEY_SIZE);
    encode_uint(out, row->rejected_last, 8);
    add_counted(out, row->rejected_kept, RANGE_SIZE);
    if (!row->old) add_counted(out, row->changed_events, RANGE_SIZE);
    if (!row->old) add_counted(out, row->changed_repeats, RANGE_SIZE);
    enum ht_status status = ht_buffer_status(out, err);
    if (status != HT_OK) return status;
    uint64_t checksum = record_checksum(record_digest(ht_buffer_slice(out)), row->erasure.number);
    ht_put_be64((uint8_t *)out->data, checksum);
    return HT_OK;
}

enum ht_status erasures_put(struct ht_store *store, MDB_txn *txn, const struct erasures_row *row, struct ht_error *err)
{
    struct ht_buffer value = {0};
    uint8_t bytes[8];
    enum ht_status status = erasures_encode(&value, row, err);
    if (status == HT_OK) {
        ht_put_be64(bytes, row->erasure.number);
        MDB_val key = val_of(bytes, sizeof bytes), stored = val_of(value.data, value.size);
        int code = mdb_put(txn, store->trail.erasures, &key, &stored, 0);
        if (code != 0) status = env_fail(err, code, "writing an erasure");
    }
    ht_buffer_release(&value);
    return status;
}

size_t erasures_ranges(struct ht_slice ranges)
{
    return ranges.size / RANGE_SIZE;
}

struct erasures_range erasures_range_at(struct ht_slice ranges, size_t index)
{
    assert(ranges.data != NULL && (index + 1) * RANGE_SIZE <= ranges.size);
    const uint8_t *at = (const uint8_t *)ranges.data + index * RANGE_SIZE;
    return (struct erasures_range){ht_get_be64(at), ht_get_be64(at + 8)};
}

/* The first range that begins behind `after`: they ascend, so it is found by halving. */
static size_t first_behind(struct ht_slice ranges, uint64_t after)
{
    size_t low = 0, high = erasures_ranges(ranges);
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (erasures_range_at(ranges, middle).first > after)
            high = middle;
        else
            low = middle + 1;
    }
    return low;
}

bool erasures_cover(struct ht_slice ranges, uint64_t number)
{
    size_t behind = first_behind(ranges, number);
    return behind > 0 && erasures_range_at(ranges, behind - 1).last >= number;
}

uint32_t erasures_key_at(const struct erasures_row *row, size_t index)
{
    assert((index + 1) * KEY_SIZE <= row->keys.size);
    return ht_get_be32((const uint8_t *)row->keys.data + index * KEY_SIZE);
}

static void entity_key(uint8_t key[ERASED_KEY_SIZE], enum ht_kind kind, const uint8_t ref[HT_REF_SIZE])
{
    key[0] = (uint8_t)kind;
    memcpy(key + 1, ref, HT_REF_SIZE);
}

enum ht_status erasures_put_entity(struct ht_store *store, MDB_txn *txn, enum ht_kind kind,
                                   const uint8_t ref[HT_REF_SIZE], uint64_t number, struct ht_error *err)
{
    uint8_t bytes[ERASED_KEY_SIZE], stored[8];
    entity_key(bytes, kind, ref);
    ht_put_be64(stored, number);
    MDB_val key = val_of(bytes, sizeof bytes), value = val_of(stored, sizeof stored);
    int code = mdb_put(txn, store->trail.erased, &key, &value, 0);
    return code == 0 ? HT_OK : env_fail(err, code, "writing what was erased");
}

/* ---- reading ---- */

static enum ht_status read_row(struct ht_reader *reader, uint64_t number, struct erasures_row *row,
                               struct ht_error *err)
{
    struct ht_slice value = HT_ABSENT;
    assert(reader->begun);
    int code = trail_get(reader->trail_txn, reader->store->trail.erasures, number, &value);
    if (code == MDB_NOTFOUND) return ht_fail(err, HT_NOT_FOUND, "there is no erasure %llu", (unsigned long long)number);
    if (code != 0) return env_fail(err, code, "reading an erasure");
    return erasures_read(value, number, row, err);
}

enum ht_status ht_erasure_get(struct ht_reader *reader, uint64_t number, struct ht_erasure *erasure,
                              struct ht_error *err)
{
    struct erasures_row row;
    enum ht_status status = read_row(reader, number, &row, err);
    if (status == HT_OK) *erasure = row.erasure;
    return status;
}

enum ht_status ht_erasure_last(struct ht_reader *reader, uint64_t *number, struct ht_error *err)
{
    assert(reader->begun);
    return trail_last(reader->trail_txn, reader->store->trail.erasures, number, err);
}

static enum ht_status give_range(struct ht_slice ranges, uint64_t after, uint64_t *first, uint64_t *last,
                                 struct ht_error *err)
{
    size_t index = first_behind(ranges, after);
    if (index == erasures_ranges(ranges))
        return ht_fail(err, HT_NOT_FOUND, "the erasure has nothing behind %llu", (unsigned long long)after);
    struct erasures_range range = erasures_range_at(ranges, index);
    *first = range.first;
    *last = range.last;
    return HT_OK;
}

enum ht_status ht_erasure_range(struct ht_reader *reader, uint64_t number, uint64_t after, uint64_t *first,
                                uint64_t *last, struct ht_error *err)
{
    struct erasures_row row = {0};
    enum ht_status status = read_row(reader, number, &row, err);
    return status == HT_OK ? give_range(row.ranges, after, first, last, err) : status;
}

enum ht_status ht_erasure_changed(struct ht_reader *reader, uint64_t number, uint64_t after, uint64_t *first,
                                  uint64_t *last, struct ht_error *err)
{
    struct erasures_row row = {0};
    enum ht_status status = read_row(reader, number, &row, err);
    return status == HT_OK ? give_range(row.changed_events, after, first, last, err) : status;
}

enum ht_status ht_erasure_of(struct ht_reader *reader, enum ht_kind kind, struct ht_slice id,
                             struct ht_erasure *erasure, struct ht_error *err)
{
    uint8_t ref[HT_REF_SIZE], bytes[ERASED_KEY_SIZE];
    assert(reader->begun);
    ref_make(reader->store, (uint8_t)kind, id, ref);
    entity_key(bytes, kind, ref);
    MDB_val key = val_of(bytes, sizeof bytes), value;
    int code = mdb_get(reader->trail_txn, reader->store->trail.erased, &key, &value);
    if (code == MDB_NOTFOUND) return ht_fail(err, HT_NOT_FOUND, "nothing with this id was erased");
    if (code != 0) return env_fail(err, code, "reading what was erased");
    if (value.mv_size != 8) return ht_fail(err, HT_CORRUPT, "trail/erased: a value of %zu bytes", value.mv_size);
    return ht_erasure_get(reader, ht_get_be64(value.mv_data), erasure, err);
}

enum ht_status ht_fail_erased(struct ht_error *err, const char *what, const struct ht_erasure *erasure)
{
    char at[HT_TIME_TEXT_SIZE];
    int size = (int)ht_time_format(at, erasure->at);
    const char *by = erasure->retention ? " by age" : "";
    if (erasure->reason[0] == '\0') return ht_fail(err, HT_ERASED, "%s was erased on %.*s%s", what, size, at, by);
    return ht_fail(err, HT_ERASED, "%s was erased on %.*s%s: %s", what, size, at, by, erasure->reason);
}
