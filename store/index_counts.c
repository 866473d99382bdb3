#include <stdlib.h>

#include "hooktrail/encode.h"
#include "hooktrail/time.h"
#include "index_batch.h"

/* ---- days ---- */

static bool is_day(const void *entry, const void *key)
{
    const struct ht_daily *daily = &((const struct batch_daily *)entry)->daily;
    const struct ht_daily *wanted = key;
    return daily->day == wanted->day && daily->type == wanted->type && daily->agent == wanted->agent;
}

static enum ht_status read_day(struct index_batch *batch, struct ht_daily *daily, struct ht_error *err)
{
    uint8_t bytes[INDEX_DAILY_KEY_SIZE];
    index_key_daily(bytes, daily->day, daily->type, daily->agent);
    MDB_val key = val_of(bytes, sizeof bytes);
    MDB_val value;
    int code = mdb_get(batch->txn, batch->index->tables[INDEX_DAILY], &key, &value);
    if (code == MDB_NOTFOUND) return HT_OK;
    return code == 0 ? index_read_daily(key, value, daily, err) : index_fail(INDEX_DAILY, code, err);
}

enum ht_status index_batch_daily(struct index_batch *batch, const struct ht_row *row, struct ht_daily **daily,
                                 struct ht_error *err)
{
    struct ht_daily wanted = {
        .day = ht_time_day(row->received_at), .type = row->type, .agent = row->agent, .last_at = INT64_MIN};
    uint64_t hash = slots_mix(slots_mix((uint64_t)wanted.day) ^ ((uint64_t)row->type << 32 | row->agent));
    struct batch_daily *entry = slots_find(&batch->dailies, hash, is_day, &wanted);
    if (entry == NULL) {
        enum ht_status status = read_day(batch, &wanted, err);
        if (status != HT_OK) return status;
        entry = slots_add(&batch->dailies, hash);
        if (entry == NULL) return ht_fail(err, HT_NO_MEMORY, "indexing");
        entry->daily = wanted;
    }
    entry->dirty = true;
    *daily = &entry->daily;
    return HT_OK;
}

static enum ht_status flush_day(struct index_batch *batch, struct batch_daily *entry, struct ht_error *err)
{
    uint8_t bytes[INDEX_DAILY_KEY_SIZE], daily[INDEX_DAILY_SIZE];
    if (!entry->dirty) return HT_OK;
    index_key_daily(bytes, entry->daily.day, entry->daily.type, entry->daily.agent);
    index_write_daily(daily, &entry->daily);
    MDB_val key = val_of(bytes, sizeof bytes);
    MDB_val value = val_of(daily, sizeof daily);
    int code = mdb_put(batch->txn, batch->index->tables[INDEX_DAILY], &key, &value, 0);
    if (code != 0) return index_fail(INDEX_DAILY, code, err);
    entry->dirty = false;
    return HT_OK;
}

/* ---- hours and minutes: nearly always the same ones, so one of each is held ---- */

static enum ht_status flush_span(struct index_batch *batch, enum index_table table, const struct batch_span *held,
                                 struct ht_error *err)
{
    uint8_t bytes[8], span[INDEX_SPAN_SIZE];
    if (held->span.greatest == 0) return HT_OK;
    ht_put_be64(bytes, index_order64(held->number));
    index_write_span(span, &held->span);
    MDB_val key = val_of(bytes, sizeof bytes);
    MDB_val value = val_of(span, sizeof span);
    int code = mdb_put(batch->txn, batch->index->tables[table], &key, &value, 0);
    return code == 0 ? HT_OK : index_fail(table, code, err);
}

static enum ht_status hold_span(struct index_batch *batch, enum index_table table, struct batch_span *held,
                                int64_t number, struct ht_error *err)
{
    uint8_t bytes[8];
    enum ht_status status = flush_span(batch, table, held, err);
    if (status != HT_OK) return status;
    *held = (struct batch_span){number, {.least = UINT64_MAX}};
    ht_put_be64(bytes, index_order64(number));
    MDB_val key = val_of(bytes, sizeof bytes);
    MDB_val value;
    int code = mdb_get(batch->txn, batch->index->tables[table], &key, &value);
    if (code == MDB_NOTFOUND) return HT_OK;
    return code == 0 ? index_read_span(table, key, value, &held->span, err) : index_fail(table, code, err);
}

static enum ht_status widen_span(struct index_batch *batch, enum index_table table, struct batch_span *held,
                                 int64_t number, uint64_t seq, struct ht_error *err)
{
    if (held->span.greatest == 0 || held->number != number) {
        enum ht_status status = hold_span(batch, table, held, number, err);
        if (status != HT_OK) return status;
    }
    if (seq < held->span.least) held->span.least = seq;
    if (seq > held->span.greatest) held->span.greatest = seq;
    return HT_OK;
}

enum ht_status index_batch_time(struct index_batch *batch, const struct ht_row *row, struct ht_error *err)
{
    int64_t minute = index_minute_of(row->received_at);
    enum ht_status status = widen_span(batch, INDEX_MINUTES, &batch->minute, minute, row->seq, err);
    if (status != HT_OK) return status;
    return widen_span(batch, INDEX_HOURS, &batch->hour, index_hour_of(minute), row->seq, err);
}

/* ---- duplicates and data keys ---- */

static enum ht_status add_pair(struct ht_buffer *pairs, const struct batch_pair *made, struct ht_error *err)
{
    ht_buffer_add_bytes(pairs, made, sizeof *made);
    return ht_buffer_status(pairs, err);
}

enum ht_status index_batch_duplicate(struct index_batch *batch, int64_t time, const uint8_t key[HT_DUPLICATE_KEY_SIZE],
                                     uint64_t seq, struct ht_error *err)
{
    return add_pair(&batch->duplicates, &(struct batch_pair){index_order64(time), ht_get_be64(key), seq}, err);
}

enum ht_status index_batch_key(struct index_batch *batch, uint32_t key, uint64_t seq, struct ht_error *err)
{
    return add_pair(&batch->keys, &(struct batch_pair){0, key, seq}, err);
}

static int compare_pairs(const void *a, const void *b)
{
    const struct batch_pair *x = a, *y = b;
    if (x->time != y->time) return x->time < y->time ? -1 : 1;
    if (x->key != y->key) return x->key < y->key ? -1 : 1;
    return (x->seq > y->seq) - (x->seq < y->seq);
}

/* Keys are the last `key_size` bytes of time and key, big-endian. */
static enum ht_status flush_pairs(struct index_batch *batch, enum index_table table, struct ht_buffer *pairs,
                                  size_t key_size, struct ht_error *err)
{
    struct batch_pair *sorted = (void *)pairs->data;
    size_t count = pairs->size / sizeof *sorted;
    if (count == 0) return HT_OK;
    MDB_cursor *cursor;
    int code = mdb_cursor_open(batch->txn, batch->index->tables[table], &cursor);
    if (code != 0) return index_fail(table, code, err);
    qsort(sorted, count, sizeof *sorted, compare_pairs);
    for (size_t i = 0; i < count && code == 0; i++) {
        uint8_t bytes[16], seq[8];
        ht_put_be64(bytes, sorted[i].time);
        ht_put_be64(bytes + 8, sorted[i].key);
        ht_put_be64(seq, sorted[i].seq);
        MDB_val key = val_of(bytes + sizeof bytes - key_size, key_size);
        MDB_val value = val_of(seq, sizeof seq);
        code = mdb_cursor_put(cursor, &key, &value, 0);
    }
    mdb_cursor_close(cursor);
    return code == 0 ? HT_OK : index_fail(table, code, err);
}

enum ht_status index_counts_flush(struct index_batch *batch, struct ht_error *err)
{
    enum ht_status status = flush_span(batch, INDEX_HOURS, &batch->hour, err);
    if (status == HT_OK) status = flush_span(batch, INDEX_MINUTES, &batch->minute, err);
    for (uint32_t i = 0; i < batch->dailies.count && status == HT_OK; i++) {
        status = flush_day(batch, slots_at(&batch->dailies, i), err);
    }
    if (status == HT_OK)
        status = flush_pairs(batch, INDEX_DUPLICATES, &batch->duplicates, INDEX_DUPLICATE_KEY_SIZE, err);
    return status == HT_OK ? flush_pairs(batch, INDEX_KEYS, &batch->keys, INDEX_DATA_KEY_SIZE, err) : status;
}
