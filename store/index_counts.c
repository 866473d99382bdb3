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

/* ---- hours: nearly always the same one, so one is held ---- */

static enum ht_status flush_hour(struct index_batch *batch, struct ht_error *err)
{
    uint8_t bytes[8], hour[INDEX_HOUR_SIZE];
    if (batch->hour.greatest == 0) return HT_OK;
    ht_put_be64(bytes, index_order64(batch->hour_number));
    index_write_hour(hour, &batch->hour);
    MDB_val key = val_of(bytes, sizeof bytes);
    MDB_val value = val_of(hour, sizeof hour);
    int code = mdb_put(batch->txn, batch->index->tables[INDEX_HOURS], &key, &value, 0);
    return code == 0 ? HT_OK : index_fail(INDEX_HOURS, code, err);
}

static enum ht_status hold_hour(struct index_batch *batch, int64_t number, struct ht_error *err)
{
    uint8_t bytes[8];
    enum ht_status status = flush_hour(batch, err);
    if (status != HT_OK) return status;
    batch->hour_number = number;
    batch->hour = (struct index_hour){.least = UINT64_MAX};
    ht_put_be64(bytes, index_order64(number));
    MDB_val key = val_of(bytes, sizeof bytes);
    MDB_val value;
    int code = mdb_get(batch->txn, batch->index->tables[INDEX_HOURS], &key, &value);
    if (code == MDB_NOTFOUND) return HT_OK;
    return code == 0 ? index_read_hour(key, value, &batch->hour, err) : index_fail(INDEX_HOURS, code, err);
}

enum ht_status index_batch_hour(struct index_batch *batch, const struct ht_row *row, struct ht_error *err)
{
    int64_t number = index_hour_of(row->received_at);
    if (batch->hour.greatest == 0 || batch->hour_number != number) {
        enum ht_status status = hold_hour(batch, number, err);
        if (status != HT_OK) return status;
    }
    if (row->seq < batch->hour.least) batch->hour.least = row->seq;
    if (row->seq > batch->hour.greatest) batch->hour.greatest = row->seq;
    return HT_OK;
}

/* ---- duplicates and data keys ---- */

static enum ht_status add_pair(struct ht_buffer *pairs, uint64_t key, uint64_t seq, struct ht_error *err)
{
    struct batch_pair made = {key, seq};
    ht_buffer_add_bytes(pairs, &made, sizeof made);
    return ht_buffer_status(pairs, err);
}

enum ht_status index_batch_duplicate(struct index_batch *batch, const uint8_t key[HT_DUPLICATE_KEY_SIZE], uint64_t seq,
                                     struct ht_error *err)
{
    return add_pair(&batch->duplicates, ht_get_be64(key), seq, err);
}

enum ht_status index_batch_key(struct index_batch *batch, uint32_t key, uint64_t seq, struct ht_error *err)
{
    return add_pair(&batch->keys, key, seq, err);
}

static int compare_pairs(const void *a, const void *b)
{
    const struct batch_pair *x = a, *y = b;
    if (x->key != y->key) return x->key < y->key ? -1 : 1;
    return (x->seq > y->seq) - (x->seq < y->seq);
}

/* Keys are the last `key_size` bytes of a big-endian number. */
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
        uint8_t bytes[8], seq[8];
        ht_put_be64(bytes, sorted[i].key);
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
    enum ht_status status = flush_hour(batch, err);
    for (uint32_t i = 0; i < batch->dailies.count && status == HT_OK; i++) {
        status = flush_day(batch, slots_at(&batch->dailies, i), err);
    }
    if (status == HT_OK)
        status = flush_pairs(batch, INDEX_DUPLICATES, &batch->duplicates, INDEX_DUPLICATE_KEY_SIZE, err);
    return status == HT_OK ? flush_pairs(batch, INDEX_KEYS, &batch->keys, INDEX_DATA_KEY_SIZE, err) : status;
}
