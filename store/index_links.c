#include "hooktrail/encode.h"
#include "hooktrail/time.h"
#include "index_apply.h"
#include "index_seal.h"

enum ht_status index_load_row(struct index_batch *batch, uint64_t seq, struct ht_row *row, struct ht_error *err)
{
    uint8_t bytes[8];
    ht_put_be64(bytes, seq);
    MDB_val key = val_of(bytes, sizeof bytes);
    MDB_val value;
    int code = mdb_get(batch->txn, batch->index->tables[INDEX_ROWS], &key, &value);
    if (code == MDB_NOTFOUND) return index_corrupt(INDEX_ROWS, key, err);
    if (code != 0) return index_fail(INDEX_ROWS, code, err);
    return index_unseal_row(batch->index, value, seq, row, err);
}

enum ht_status index_store_row(struct index_batch *batch, const struct ht_row *row, struct ht_error *err)
{
    uint8_t bytes[8], stored[INDEX_ROW_SIZE];
    ht_put_be64(bytes, row->seq);
    index_seal_row(batch->index, row, stored);
    MDB_val key = val_of(bytes, sizeof bytes);
    MDB_val value = val_of(stored, sizeof stored);
    int code = mdb_put(batch->txn, batch->index->tables[INDEX_ROWS], &key, &value, 0);
    return code == 0 ? HT_OK : index_fail(INDEX_ROWS, code, err);
}

/* ---- links ---- */

static bool is_pair(const void *entry, const void *key)
{
    return *(const uint64_t *)entry == *(const uint64_t *)key;
}

static enum ht_status put_link(struct index_batch *batch, enum ht_kind kind, uint32_t from, uint32_t to,
                               struct ht_error *err)
{
    uint8_t bytes[INDEX_ENTITY_KEY_SIZE], number[4];
    index_key_entity(bytes, kind, from);
    ht_put_be32(number, to);
    MDB_val key = val_of(bytes, sizeof bytes);
    MDB_val value = val_of(number, sizeof number);
    int code = mdb_put(batch->txn, batch->index->tables[INDEX_LINKS], &key, &value, MDB_NODUPDATA);
    return code == 0 || code == MDB_KEYEXIST ? HT_OK : index_fail(INDEX_LINKS, code, err);
}

enum ht_status index_link(struct index_batch *batch, const struct ht_row *row, struct ht_error *err)
{
    if (row->conversation == 0 || row->lead == 0) return HT_OK;
    uint64_t pair = (uint64_t)row->conversation << 32 | row->lead;
    uint64_t hash = slots_mix(pair);
    if (slots_find(&batch->links, hash, is_pair, &pair) != NULL) return HT_OK;
    enum ht_status status = put_link(batch, HT_KIND_CONVERSATION, row->conversation, row->lead, err);
    if (status == HT_OK) status = put_link(batch, HT_KIND_LEAD, row->lead, row->conversation, err);
    if (status != HT_OK) return status;
    uint64_t *stored = slots_add(&batch->links, hash);
    if (stored == NULL) return ht_fail(err, HT_NO_MEMORY, "indexing");
    *stored = pair;
    return HT_OK;
}

/* ---- derived links ---- */

static enum ht_status wait_for_conversation(struct index_batch *batch, MDB_val opening, uint64_t seq,
                                            struct ht_error *err)
{
    uint8_t bytes[8];
    ht_put_be64(bytes, seq);
    MDB_val value = val_of(bytes, sizeof bytes);
    int code = mdb_put(batch->txn, batch->index->tables[INDEX_ORPHANS], &opening, &value, 0);
    return code == 0 ? HT_OK : index_fail(INDEX_ORPHANS, code, err);
}

enum ht_status index_derive(struct index_batch *batch, const struct harvest_event *event, struct ht_row *row,
                            struct ht_error *err)
{
    if (row->conversation != 0 || event->opening_at == HT_TIME_NONE) return HT_OK;
    uint8_t bytes[INDEX_OPENING_KEY_SIZE];
    index_key_opening(bytes, event->opening_at, event->opening);
    MDB_val key = val_of(bytes, sizeof bytes);
    MDB_val value;
    int code = mdb_get(batch->txn, batch->index->tables[INDEX_OPENINGS], &key, &value);
    if (code == MDB_NOTFOUND) return wait_for_conversation(batch, key, row->seq, err);
    if (code != 0) return index_fail(INDEX_OPENINGS, code, err);
    row->flags |= HT_ROW_DERIVED;
    return index_read_u32(INDEX_OPENINGS, key, value, &row->conversation, err);
}

static enum ht_status claim_one(struct index_batch *batch, uint32_t conversation, uint64_t seq, struct ht_error *err)
{
    struct ht_row row = {0};
    enum ht_status status = index_load_row(batch, seq, &row, err);
    if (status != HT_OK) return status;
    row.conversation = conversation;
    row.flags |= HT_ROW_DERIVED;
    status = index_store_row(batch, &row, err);
    if (status == HT_OK) status = index_batch_join(batch, HT_KIND_CONVERSATION, conversation, &row, true, err);
    return status == HT_OK ? index_link(batch, &row, err) : status;
}

static enum ht_status claim_all(struct index_batch *batch, MDB_cursor *orphans, uint32_t conversation, MDB_val opening,
                                struct ht_error *err)
{
    MDB_val key = opening;
    MDB_val value;
    int code = mdb_cursor_get(orphans, &key, &value, MDB_SET_KEY);
    while (code == 0) {
        uint64_t seq;
        enum ht_status status = index_read_u64(INDEX_ORPHANS, key, value, &seq, err);
        if (status == HT_OK) status = claim_one(batch, conversation, seq, err);
        if (status != HT_OK) return status;
        code = mdb_cursor_get(orphans, &key, &value, MDB_NEXT_DUP);
    }
    return code == MDB_NOTFOUND ? HT_OK : index_fail(INDEX_ORPHANS, code, err);
}

static enum ht_status take_opening(struct index_batch *batch, uint32_t conversation, MDB_val opening,
                                   struct ht_error *err)
{
    uint8_t bytes[4];
    MDB_cursor *orphans;
    ht_put_be32(bytes, conversation);
    MDB_val value = val_of(bytes, sizeof bytes);
    int code = mdb_put(batch->txn, batch->index->tables[INDEX_OPENINGS], &opening, &value, MDB_NOOVERWRITE);
    if (code == MDB_KEYEXIST) return HT_OK;
    if (code != 0) return index_fail(INDEX_OPENINGS, code, err);
    code = mdb_cursor_open(batch->txn, batch->index->tables[INDEX_ORPHANS], &orphans);
    if (code != 0) return index_fail(INDEX_ORPHANS, code, err);
    enum ht_status status = claim_all(batch, orphans, conversation, opening, err);
    mdb_cursor_close(orphans);
    return status;
}

enum ht_status index_bring_opening(struct index_batch *batch, const struct harvest_event *event, uint32_t conversation,
                                   struct ht_error *err)
{
    struct batch_summary *entry;
    uint8_t opening[INDEX_OPENING_KEY_SIZE];
    if (event->opening_at == HT_TIME_NONE) return HT_OK;
    enum ht_status status = index_batch_summary(batch, HT_KIND_CONVERSATION, conversation, &entry, err);
    if (status != HT_OK) return status;
    struct index_summary *summary = &entry->summary;
    if (summary->opening_at != HT_TIME_NONE) {
        bool same = memcmp(summary->opening, event->opening, HT_OPENING_SIZE) == 0;
        if (same || event->opening_at > summary->opening_at) return HT_OK;
    }
    summary->opening_at = event->opening_at;
    memcpy(summary->opening, event->opening, HT_OPENING_SIZE);
    status = index_batch_touch(batch, entry, err);
    index_key_opening(opening, event->opening_at, event->opening);
    return status == HT_OK ? take_opening(batch, conversation, val_of(opening, sizeof opening), err) : status;
}
