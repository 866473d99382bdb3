#include "pending_events.h"

#include "codec.h"
#include "record.h"

/* One without a key, erased or damaged, adds bytes that are none: nothing will be confirmed by them. */
static enum ht_status add_event(struct pending *pending, MDB_val key, MDB_val value, struct ht_error *err)
{
    if (key.mv_size != 8 || value.mv_size < RECORD_DUPLICATE_KEY + HT_DUPLICATE_KEY_SIZE) return HT_OK;
    const uint8_t *record = value.mv_data;
    return pending_add(pending, record + RECORD_DUPLICATE_KEY, ht_get_be64(key.mv_data), err);
}

enum ht_status pending_load_events(struct pending *pending, const struct ht_store *store, MDB_txn *txn, uint64_t seq,
                                   struct ht_error *err)
{
    uint8_t first[8];
    MDB_cursor *cursor = NULL;
    enum ht_status status = HT_OK;
    ht_put_be64(first, seq + 1);
    MDB_val key = val_of(first, sizeof first), value;
    int code = mdb_cursor_open(txn, store->trail.events, &cursor);
    if (code != 0) return env_fail(err, code, "reading the trail");
    code = mdb_cursor_get(cursor, &key, &value, MDB_SET_RANGE);
    while (code == 0 && status == HT_OK) {
        status = add_event(pending, key, value, err);
        code = mdb_cursor_get(cursor, &key, &value, MDB_NEXT);
    }
    mdb_cursor_close(cursor);
    if (status == HT_OK && code != MDB_NOTFOUND) status = env_fail(err, code, "reading the trail");
    return status;
}

struct confirming {
    const struct ht_store *store;
    MDB_txn *txn;
};

static bool has_key(void *context, uint64_t seq, const uint8_t *key)
{
    const struct confirming *confirming = context;
    struct ht_slice value = HT_ABSENT;
    struct record_parts parts;
    if (trail_get(confirming->txn, confirming->store->trail.events, seq, &value) != 0) return false;
    if (record_split(value, seq, &parts, NULL) != HT_OK || parts.header.erasure != 0) return false;
    return memcmp(parts.header.duplicate_key, key, HT_DUPLICATE_KEY_SIZE) == 0;
}

uint64_t pending_find_event(const struct pending *pending, const struct ht_store *store, MDB_txn *txn,
                            const uint8_t *key)
{
    struct confirming confirming = {store, txn};
    return pending_find(pending, key, has_key, &confirming);
}
