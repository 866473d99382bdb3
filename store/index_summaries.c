#include <assert.h>
#include <stdlib.h>

#include "hooktrail/encode.h"
#include "hooktrail/time.h"
#include "index_batch.h"

struct wanted_summary {
    enum ht_kind kind;
    uint32_t number;
};

static bool is_wanted(const void *entry, const void *key)
{
    const struct batch_summary *summary = entry;
    const struct wanted_summary *wanted = key;
    return summary->kind == (uint8_t)wanted->kind && summary->summary.entity.number == wanted->number;
}

static uint64_t pair_of(enum ht_kind kind, uint32_t number)
{
    return (uint64_t)kind << 32 | number;
}

static void begin_summary(struct index_summary *summary, uint32_t number)
{
    *summary = (struct index_summary){.opening_at = HT_TIME_NONE};
    summary->entity.number = number;
    summary->entity.first_at = INT64_MAX;
    summary->entity.last_at = INT64_MIN;
    summary->entity.first_seq = UINT64_MAX;
}

enum ht_status index_batch_summary(struct index_batch *batch, enum ht_kind kind, uint32_t number,
                                   struct batch_summary **entry, struct ht_error *err)
{
    struct wanted_summary wanted = {kind, number};
    uint64_t hash = slots_mix(pair_of(kind, number));
    *entry = slots_find(&batch->summaries, hash, is_wanted, &wanted);
    if (*entry != NULL) return HT_OK;

    struct index_summary read;
    uint8_t bytes[INDEX_ENTITY_KEY_SIZE];
    index_key_entity(bytes, kind, number);
    MDB_val key = val_of(bytes, sizeof bytes);
    MDB_val value;
    int code = mdb_get(batch->txn, batch->index->tables[INDEX_SUMMARIES], &key, &value);
    if (code != 0 && code != MDB_NOTFOUND) return index_fail(INDEX_SUMMARIES, code, err);
    begin_summary(&read, number);
    enum ht_status status = code == 0 ? index_read_summary(key, value, &read, err) : HT_OK;
    if (status != HT_OK) return status;

    *entry = slots_add(&batch->summaries, hash);
    if (*entry == NULL) return ht_fail(err, HT_NO_MEMORY, "indexing");
    (*entry)->summary = read;
    (*entry)->stored_last = read.entity.last_seq;
    (*entry)->kind = (uint8_t)kind;
    return HT_OK;
}

enum ht_status index_batch_touch(struct index_batch *batch, struct batch_summary *entry, struct ht_error *err)
{
    if (entry->dirty) return HT_OK;
    entry->dirty = true;
    struct batch_order order = {pair_of((enum ht_kind)entry->kind, entry->summary.entity.number),
                                slots_index(&batch->summaries, entry)};
    ht_buffer_add_bytes(&batch->dirty, &order, sizeof order);
    return ht_buffer_status(&batch->dirty, err);
}

static enum ht_status put_posting(struct index_batch *batch, MDB_cursor *cursor, MDB_val key, uint64_t seq, bool append,
                                  struct ht_error *err)
{
    uint8_t bytes[8];
    ht_put_be64(bytes, seq);
    MDB_val value = val_of(bytes, sizeof bytes);
    int code = MDB_KEYEXIST;
    if (append) code = mdb_cursor_put(cursor, &key, &value, MDB_APPENDDUP);
    if (code != MDB_KEYEXIST) return code == 0 ? HT_OK : index_fail(INDEX_POSTINGS, code, err);
    code = cursor != NULL ? mdb_cursor_put(cursor, &key, &value, 0)
                          : mdb_put(batch->txn, batch->index->tables[INDEX_POSTINGS], &key, &value, 0);
    return code == 0 ? HT_OK : index_fail(INDEX_POSTINGS, code, err);
}

static enum ht_status post(struct index_batch *batch, struct batch_summary *entry, uint64_t seq, struct ht_error *err)
{
    struct batch_post made = {seq, 0};
    ht_buffer_add_bytes(&batch->posts, &made, sizeof made);
    enum ht_status status = ht_buffer_status(&batch->posts, err);
    if (status != HT_OK) return status;
    uint32_t number = (uint32_t)(batch->posts.size / sizeof made);
    if (entry->last_post == 0) {
        entry->first_post = number;
    } else {
        ((struct batch_post *)(void *)batch->posts.data)[entry->last_post - 1].next = number;
    }
    entry->last_post = number;
    return HT_OK;
}

static enum ht_status post_late(struct index_batch *batch, struct batch_summary *entry, uint64_t seq,
                                struct ht_error *err)
{
    uint8_t bytes[INDEX_ENTITY_KEY_SIZE];
    index_key_entity(bytes, (enum ht_kind)entry->kind, entry->summary.entity.number);
    entry->late = true;
    return put_posting(batch, NULL, val_of(bytes, sizeof bytes), seq, false, err);
}

/* The newer event's word stands; an older one only fills a gap. */
static void name_last(uint32_t *last, uint32_t named, bool newer)
{
    if (named != 0 && (newer || *last == 0)) *last = named;
}

static void add_event(struct ht_summary *entity, enum ht_kind kind, const struct ht_row *row)
{
    bool newer = row->seq > entity->last_seq;
    bool has_visitor = kind == HT_KIND_CONVERSATION || kind == HT_KIND_LEAD;
    name_last(&entity->agent, row->agent, newer);
    name_last(&entity->agent_name, row->agent_name, newer);
    if (has_visitor) name_last(&entity->visitor, row->visitor, newer);
    if (row->occurred_at < entity->first_at) entity->first_at = row->occurred_at;
    if (row->occurred_at > entity->last_at) entity->last_at = row->occurred_at;
    if (row->seq < entity->first_seq) entity->first_seq = row->seq;
    if (newer) entity->last_seq = row->seq;
    entity->events++;
}

enum ht_status index_batch_join(struct index_batch *batch, enum ht_kind kind, uint32_t number, const struct ht_row *row,
                                bool late, struct ht_error *err)
{
    struct batch_summary *entry;
    if (number == 0) return HT_OK;
    enum ht_status status = index_batch_summary(batch, kind, number, &entry, err);
    if (status == HT_OK) status = index_batch_touch(batch, entry, err);
    if (status != HT_OK) return status;
    add_event(&entry->summary.entity, kind, row);
    return late ? post_late(batch, entry, row->seq, err) : post(batch, entry, row->seq, err);
}

/* ---- flushing ---- */

struct flush {
    struct index_batch *batch;
    MDB_cursor *summaries;
    MDB_cursor *postings;
    MDB_cursor *recent;
};

static int compare_order(const void *a, const void *b)
{
    uint64_t x = ((const struct batch_order *)a)->key, y = ((const struct batch_order *)b)->key;
    return (x > y) - (x < y);
}

static enum ht_status flush_posts(struct flush *flush, struct batch_summary *entry, MDB_val key, struct ht_error *err)
{
    const struct batch_post *posts = (const void *)flush->batch->posts.data;
    for (uint32_t at = entry->first_post; at != 0; at = posts[at - 1].next) {
        enum ht_status status = put_posting(flush->batch, flush->postings, key, posts[at - 1].seq, !entry->late, err);
        if (status != HT_OK) return status;
    }
    return HT_OK;
}

static enum ht_status delete_recent(MDB_cursor *recent, enum ht_kind kind, uint64_t last_seq, struct ht_error *err)
{
    uint8_t bytes[INDEX_RECENT_KEY_SIZE];
    index_key_recent(bytes, kind, last_seq);
    MDB_val key = val_of(bytes, sizeof bytes);
    int code = mdb_cursor_get(recent, &key, NULL, MDB_SET);
    if (code == MDB_NOTFOUND) return index_corrupt(INDEX_RECENT, key, err);
    if (code == 0) code = mdb_cursor_del(recent, 0);
    return code == 0 ? HT_OK : index_fail(INDEX_RECENT, code, err);
}

static enum ht_status flush_recent(struct flush *flush, const struct batch_summary *entry, struct ht_error *err)
{
    uint8_t bytes[INDEX_RECENT_KEY_SIZE], number[4];
    enum ht_kind kind = (enum ht_kind)entry->kind;
    uint64_t last_seq = entry->summary.entity.last_seq;
    if (kind == HT_KIND_TYPE || entry->stored_last == last_seq) return HT_OK;
    if (entry->stored_last != 0) {
        enum ht_status status = delete_recent(flush->recent, kind, entry->stored_last, err);
        if (status != HT_OK) return status;
    }
    index_key_recent(bytes, kind, last_seq);
    ht_put_be32(number, entry->summary.entity.number);
    MDB_val key = val_of(bytes, sizeof bytes);
    MDB_val value = val_of(number, sizeof number);
    int code = mdb_cursor_put(flush->recent, &key, &value, 0);
    return code == 0 ? HT_OK : index_fail(INDEX_RECENT, code, err);
}

static enum ht_status flush_one(struct flush *flush, struct batch_summary *entry, struct ht_error *err)
{
    uint8_t bytes[INDEX_ENTITY_KEY_SIZE], summary[INDEX_SUMMARY_SIZE];
    index_key_entity(bytes, (enum ht_kind)entry->kind, entry->summary.entity.number);
    index_write_summary(summary, &entry->summary);
    MDB_val key = val_of(bytes, sizeof bytes);
    MDB_val value = val_of(summary, sizeof summary);
    int code = mdb_cursor_put(flush->summaries, &key, &value, 0);
    if (code != 0) return index_fail(INDEX_SUMMARIES, code, err);
    enum ht_status status = flush_posts(flush, entry, key, err);
    if (status == HT_OK) status = flush_recent(flush, entry, err);
    if (status != HT_OK) return status;
    entry->stored_last = entry->summary.entity.last_seq;
    entry->first_post = entry->last_post = 0;
    entry->dirty = entry->late = false;
    return HT_OK;
}

static enum ht_status open_cursors(struct flush *flush, struct ht_error *err)
{
    MDB_txn *txn = flush->batch->txn;
    const MDB_dbi *tables = flush->batch->index->tables;
    int code = mdb_cursor_open(txn, tables[INDEX_SUMMARIES], &flush->summaries);
    if (code == 0) code = mdb_cursor_open(txn, tables[INDEX_POSTINGS], &flush->postings);
    if (code == 0) code = mdb_cursor_open(txn, tables[INDEX_RECENT], &flush->recent);
    return code == 0 ? HT_OK : env_fail(err, code, "writing the index");
}

static void close_cursors(struct flush *flush)
{
    if (flush->summaries != NULL) mdb_cursor_close(flush->summaries);
    if (flush->postings != NULL) mdb_cursor_close(flush->postings);
    if (flush->recent != NULL) mdb_cursor_close(flush->recent);
}

enum ht_status index_summaries_flush(struct index_batch *batch, struct ht_error *err)
{
    struct flush flush = {.batch = batch};
    struct batch_order *order = (void *)batch->dirty.data;
    size_t count = batch->dirty.size / sizeof *order;
    if (count == 0) return HT_OK;
    enum ht_status status = open_cursors(&flush, err);
    qsort(order, count, sizeof *order, compare_order);
    for (size_t i = 0; i < count && status == HT_OK; i++) {
        status = flush_one(&flush, slots_at(&batch->summaries, order[i].index), err);
    }
    close_cursors(&flush);
    return status;
}
