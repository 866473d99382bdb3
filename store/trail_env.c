#include <sodium.h>
#include <stdlib.h>

#include "codec.h"
#include "files.h"
#include "store.h"

/* One row per table: its name in the environment and its place in struct trail_env. */
static const struct {
    const char *name;
    size_t handle;
} tables[] = {
    {"meta", offsetof(struct trail_env, meta)},
    {"events", offsetof(struct trail_env, events)},
    {"repeats", offsetof(struct trail_env, repeats)},
    {"endpoints", offsetof(struct trail_env, endpoints)},
    {"secrets", offsetof(struct trail_env, secrets)},
    {"tokens", offsetof(struct trail_env, tokens)},
    {"bearers", offsetof(struct trail_env, bearers)},
    {"rejected", offsetof(struct trail_env, rejected)},
    {"watermarks", offsetof(struct trail_env, watermarks)},
    {"tree", offsetof(struct trail_env, tree)},
    {"acts", offsetof(struct trail_env, acts)},
    {"acts_tree", offsetof(struct trail_env, acts_tree)},
    {"checkpoints", offsetof(struct trail_env, checkpoints)},
    {"erasures", offsetof(struct trail_env, erasures)},
    {"erased", offsetof(struct trail_env, erased)},
    {"holds", offsetof(struct trail_env, holds)},
};
enum { TABLES = sizeof tables / sizeof *tables };

static const char format_key[] = "format";
static const char trail_id_key[] = "trail_id";
static const char created_key[] = "created_at";

static enum ht_status open_tables(struct trail_env *trail, MDB_txn *txn, unsigned flags, struct ht_error *err)
{
    for (size_t i = 0; i < TABLES; i++) {
        MDB_dbi *handle = (MDB_dbi *)(void *)((char *)trail + tables[i].handle);
        int code = mdb_dbi_open(txn, tables[i].name, flags, handle);
        if (code == MDB_NOTFOUND)
            return ht_fail(err, HT_CORRUPT, "the trail lacks its table %s: not a hooktrail trail", tables[i].name);
        if (code != 0) return env_fail(err, code, "opening the trail's tables");
    }
    return HT_OK;
}

static int meta_get(struct trail_env *trail, MDB_txn *txn, const char *name, MDB_val *value)
{
    MDB_val key = val_of(name, strlen(name));
    return mdb_get(txn, trail->meta, &key, value);
}

static enum ht_status meta_put(struct trail_env *trail, MDB_txn *txn, const char *name, struct ht_slice bytes,
                               struct ht_error *err)
{
    MDB_val key = val_of(name, strlen(name)), value = val_of(bytes.data, bytes.size);
    int code = mdb_put(txn, trail->meta, &key, &value, 0);
    return code == 0 ? HT_OK : env_fail(err, code, "writing the trail's meta table");
}

static enum ht_status read_meta(struct ht_store *store, MDB_txn *txn, struct ht_error *err)
{
    MDB_val value;
    int code = meta_get(&store->trail, txn, format_key, &value);
    if (code != 0 || value.mv_size != 4) return ht_fail(err, HT_CORRUPT, "the trail does not say its format");
    uint32_t format = ht_get_be32(value.mv_data);
    if (format < FORMAT_VERSION)
        return ht_fail(err, HT_VERSION,
                       "the trail has format %u, of a hooktrail from before its first release; this one begins with %u",
                       format, FORMAT_VERSION);
    if (format > FORMAT_VERSION)
        return ht_fail(err, HT_VERSION,
                       "the trail has format %u; this hooktrail (%s) knows up to %u: upgrade hooktrail", format,
                       ht_version(), FORMAT_VERSION);
    code = meta_get(&store->trail, txn, trail_id_key, &value);
    if (code != 0 || value.mv_size != HT_TRAIL_ID_SIZE)
        return ht_fail(err, HT_CORRUPT, "the trail does not say its id");
    memcpy(store->trail_id, value.mv_data, HT_TRAIL_ID_SIZE);
    return HT_OK;
}

enum ht_status trail_env_open(struct ht_store *store, struct ht_error *err)
{
    char path[PATH_MAX];
    enum ht_status status = files_join(path, store->dir, "trail", err);
    if (status == HT_OK)
        status = env_open(path, store->options.map_size, store_env_flags(store), TABLES, &store->trail.env, err);
    if (status != HT_OK) return status;
    MDB_txn *txn = NULL;
    int code = mdb_txn_begin(store->trail.env, NULL, MDB_RDONLY, &txn);
    if (code != 0) return env_fail(err, code, "reading the trail");
    status = open_tables(&store->trail, txn, 0, err);
    if (status == HT_OK) status = read_meta(store, txn, err);
    /* Handles opened in a transaction stay only if it is committed, even one that reads. */
    code = mdb_txn_commit(txn);
    if (status == HT_OK && code != 0) status = env_fail(err, code, "opening the trail's tables");
    return status;
}

static enum ht_status write_meta(struct ht_store *store, MDB_txn *txn, int64_t now, struct ht_error *err)
{
    uint8_t format[4], created[8];
    ht_put_be32(format, FORMAT_VERSION);
    ht_put_be64(created, (uint64_t)now);
    randombytes_buf(store->trail_id, sizeof store->trail_id);
    enum ht_status status = meta_put(&store->trail, txn, format_key, ht_slice_of(format, sizeof format), err);
    if (status == HT_OK) status = meta_put(&store->trail, txn, created_key, ht_slice_of(created, sizeof created), err);
    if (status != HT_OK) return status;
    return meta_put(&store->trail, txn, trail_id_key, ht_slice_of(store->trail_id, sizeof store->trail_id), err);
}

enum ht_status trail_env_make(struct ht_store *store, int64_t now, struct ht_error *err)
{
    char path[PATH_MAX];
    enum ht_status status = files_join(path, store->dir, "trail", err);
    if (status == HT_OK) status = env_make(path, store->options.map_size, err);
    if (status == HT_OK) status = env_open(path, store->options.map_size, 0, TABLES, &store->trail.env, err);
    if (status != HT_OK) return status;
    MDB_txn *txn = NULL;
    status = trail_change_begin(store, &txn, err);
    if (status != HT_OK) return status;
    status = open_tables(&store->trail, txn, MDB_CREATE, err);
    if (status == HT_OK) status = write_meta(store, txn, now, err);
    return trail_change_end(txn, status, err);
}

enum ht_status trail_counter_get(struct ht_store *store, MDB_txn *txn, const char *name, uint64_t *value,
                                 struct ht_error *err)
{
    MDB_val found;
    *value = 0;
    int code = meta_get(&store->trail, txn, name, &found);
    if (code == MDB_NOTFOUND) return HT_OK;
    if (code != 0) return env_fail(err, code, "reading the trail's meta table");
    if (found.mv_size != 8) return ht_fail(err, HT_CORRUPT, "trail/meta: %s has %zu bytes", name, found.mv_size);
    *value = ht_get_be64(found.mv_data);
    return HT_OK;
}

enum ht_status trail_counter_now(struct ht_store *store, const char *name, uint64_t *value, struct ht_error *err)
{
    MDB_txn *txn = NULL;
    int code = mdb_txn_begin(store->trail.env, NULL, MDB_RDONLY, &txn);
    if (code != 0) return env_fail(err, code, "reading the trail");
    enum ht_status status = trail_counter_get(store, txn, name, value, err);
    mdb_txn_abort(txn);
    return status;
}

enum ht_status trail_counter_set(struct ht_store *store, MDB_txn *txn, const char *name, uint64_t value,
                                 struct ht_error *err)
{
    uint8_t bytes[8];
    ht_put_be64(bytes, value);
    return meta_put(&store->trail, txn, name, ht_slice_of(bytes, sizeof bytes), err);
}

enum ht_status trail_change_begin(struct ht_store *store, MDB_txn **txn, struct ht_error *err)
{
    int code = mdb_txn_begin(store->trail.env, NULL, 0, txn);
    return code == 0 ? HT_OK : env_fail(err, code, "beginning to write to the trail");
}

enum ht_status trail_change_end(MDB_txn *txn, enum ht_status status, struct ht_error *err)
{
    if (status != HT_OK) {
        mdb_txn_abort(txn);
        return status;
    }
    int code = mdb_txn_commit(txn);
    return code == 0 ? HT_OK : env_fail(err, code, "committing to the trail");
}

int trail_get(MDB_txn *txn, MDB_dbi table, uint64_t number, struct ht_slice *value)
{
    uint8_t bytes[8];
    MDB_val found;
    ht_put_be64(bytes, number);
    MDB_val key = val_of(bytes, sizeof bytes);
    int code = mdb_get(txn, table, &key, &found);
    if (code == 0) *value = val_slice(found);
    return code;
}

enum ht_status trail_last(MDB_txn *txn, MDB_dbi table, uint64_t *number, struct ht_error *err)
{
    MDB_cursor *cursor = NULL;
    MDB_val key, value;
    *number = 0;
    int code = mdb_cursor_open(txn, table, &cursor);
    if (code != 0) return env_fail(err, code, "opening a cursor");
    code = mdb_cursor_get(cursor, &key, &value, MDB_LAST);
    mdb_cursor_close(cursor);
    if (code == MDB_NOTFOUND) return HT_OK;
    if (code != 0) return env_fail(err, code, "seeking the end of a table");
    if (key.mv_size == 8)
        *number = ht_get_be64(key.mv_data);
    else if (key.mv_size == 4)
        *number = ht_get_be32(key.mv_data);
    else
        return ht_fail(err, HT_CORRUPT, "a key of %zu bytes where a number should be", key.mv_size);
    return HT_OK;
}
