#include "increment_apply.h"

#include <inttypes.h>

#include "checkpoint.h"
#include "copy.h"
#include "erasures.h"
#include "files.h"
#include "hooktrail/encode.h"
#include "keyring_slots.h"
#include "rows.h"

#define ROWS_AT_ONCE 20000 /* in a transaction */
#define BYTES_AT_ONCE ((uint64_t)64 << 20)

struct applying {
    const char *dir;
    const char *increment;  /* its path */
    struct ht_store *store; /* whose trail alone is open */
    const struct manifest *link;
    MDB_txn *txn;
    uint64_t rows; /* in this transaction */
    uint64_t bytes;
    ht_progress *progress;
    void *context;
    uint64_t done; /* of its events and acts, twice: as rows, and as leaves */
    uint64_t total;
};

/* ---- transactions ---- */

static enum ht_status commit(struct applying *applying, struct ht_error *err)
{
    int code = mdb_txn_commit(applying->txn);
    applying->txn = NULL;
    return code == 0 ? HT_OK : env_fail(err, code, "committing what was restored");
}

static enum ht_status begin(struct applying *applying, struct ht_error *err)
{
    applying->rows = applying->bytes = 0;
    return trail_change_begin(applying->store, &applying->txn, err);
}

/* Now and then another transaction, so that none grows too large. */
static enum ht_status count(struct applying *applying, uint64_t bytes, struct ht_error *err)
{
    applying->rows++;
    applying->bytes += bytes;
    if (applying->rows < ROWS_AT_ONCE && applying->bytes < BYTES_AT_ONCE) return HT_OK;
    if (applying->progress != NULL && !applying->progress(applying->context, applying->done, applying->total))
        return ht_fail(err, HT_STOPPING, "the restoring was stopped");
    enum ht_status status = commit(applying, err);
    return status == HT_OK ? begin(applying, err) : status;
}

/* ---- rows ---- */

static enum ht_status clear_whole_tables(struct applying *applying, struct ht_error *err)
{
    for (int kind = 1; kind < ROWS_TABLES; kind++) {
        if (!rows_is_whole((enum rows_kind)kind)) continue;
        int code = mdb_drop(applying->txn, rows_table(&applying->store->trail, (enum rows_kind)kind), 0);
        if (code != 0) return env_fail(err, code, "clearing a table");
    }
    return HT_OK;
}

static enum ht_status put(struct applying *applying, const struct rows_row *row, struct ht_error *err)
{
    MDB_dbi table = rows_table(&applying->store->trail, row->kind);
    MDB_val key = val_of(row->key.data, row->key.size), value = val_of(row->value.data, row->value.size);
    if (row->key.size == 0) return ht_fail(err, HT_CORRUPT, "a row has no key");
    /* Behind all others, most of the time: then pages are filled. */
    int code = mdb_put(applying->txn, table, &key, &value, MDB_APPEND);
    if (code == MDB_KEYEXIST) code = mdb_put(applying->txn, table, &key, &value, 0);
    return code == 0 ? HT_OK : env_fail(err, code, "putting a row");
}

/* Takes away the rejected deliveries that are there no more. */
static enum ht_status keep(struct applying *applying, struct ht_slice kept, struct ht_error *err)
{
    MDB_cursor *cursor = NULL;
    MDB_val key, value;
    int code = mdb_cursor_open(applying->txn, applying->store->trail.rejected, &cursor);
    while (code == 0 && (code = mdb_cursor_get(cursor, &key, &value, MDB_NEXT)) == 0) {
        uint64_t number = key.mv_size == 8 ? ht_get_be64(key.mv_data) : 0;
        if (!erasures_cover(kept, number)) code = mdb_cursor_del(cursor, 0);
    }
    if (cursor != NULL) mdb_cursor_close(cursor);
    return code == MDB_NOTFOUND ? HT_OK : env_fail(err, code, "dropping rejected deliveries");
}

static enum ht_status apply_row(struct applying *applying, const struct rows_row *row, struct ht_error *err)
{
    enum ht_status status;
    if (row->kind < ROWS_TABLES)
        status = put(applying, row, err);
    else if (row->kind == ROWS_REJECTED_KEPT)
        status = keep(applying, row->value, err);
    else
        status = ht_fail(err, HT_CORRUPT, "there is a row that is of no table");
    applying->done += row->kind == ROWS_EVENTS || row->kind == ROWS_ACTS;
    if (applying->done > applying->total) applying->done = applying->total;
    return status == HT_OK ? count(applying, row->key.size + row->value.size, err) : status;
}

static enum ht_status apply_rows(struct applying *applying, struct ht_error *err)
{
    char path[PATH_MAX];
    struct rows_reader rows = {.fd = -1};
    struct rows_row row;
    enum ht_status status = files_join(path, applying->increment, MANIFEST_ROWS, err);
    if (status == HT_OK) status = rows_open(&rows, path, applying->store->trail_id, err);
    if (status == HT_OK) status = clear_whole_tables(applying, err);
    while (status == HT_OK) {
        status = rows_next(&rows, &row, err);
        if (status == HT_OK) status = apply_row(applying, &row, err);
    }
    rows_reader_release(&rows);
    return status == HT_NOT_FOUND ? HT_OK : status;
}

/* ---- trees ---- */

static enum ht_status grow_leaf(struct applying *applying, enum ht_log log, struct tree *tree, struct ht_error *err)
{
    struct ht_slice value = HT_ABSENT, leaf = HT_ABSENT;
    uint64_t seq = tree->size + 1;
    int code = trail_get(applying->txn, checkpoint_records(applying->store, log), seq, &value);
    if (code == MDB_NOTFOUND || (code == 0 && !checkpoint_leaf(log, seq, value, &leaf)))
        return ht_fail(err, HT_CORRUPT, "number %" PRIu64 " of the %s is missing or damaged", seq,
                       signing_log_name(log));
    return code == 0 ? tree_append(tree, applying->txn, leaf, err) : env_fail(err, code, "reading a leaf");
}

/* From `size` leaves on to `end`. */
static enum ht_status grow(struct applying *applying, enum ht_log log, uint64_t size, uint64_t end,
                           struct ht_error *err)
{
    struct tree tree;
    MDB_dbi table = checkpoint_tree(applying->store, log);
    enum ht_status status = tree_load(&tree, applying->txn, table, size, err);
    while (status == HT_OK && tree.size < end) {
        status = grow_leaf(applying, log, &tree, err);
        applying->done += applying->done < applying->total;
        if (status == HT_OK) status = count(applying, 0, err);
    }
    return status == HT_OK ? tree_store(&tree, applying->txn, err) : status;
}

/* ---- keys ---- */

/* All but the slots: they are replaced one by one. */
static enum ht_status replace_keys(const struct applying *applying, struct ht_error *err)
{
    char from[PATH_MAX], to[PATH_MAX];
    enum ht_status status = files_join(from, applying->increment, "keys", err);
    if (status == HT_OK) status = files_join(to, applying->dir, "keys", err);
    if (status == HT_OK) status = files_clear(to, "data.keys", err);
    return status == HT_OK ? copy_files(from, to, "slots", err) : status;
}

static enum ht_status apply_keys(const struct applying *applying, struct ht_error *err)
{
    char path[PATH_MAX];
    struct rows_reader rows = {.fd = -1};
    enum ht_status status = replace_keys(applying, err);
    if (status == HT_OK) status = files_join(path, applying->increment, MANIFEST_SLOTS, err);
    if (status == HT_OK) status = rows_open(&rows, path, applying->store->trail_id, err);
    if (status == HT_OK) status = keyring_slots_apply(applying->dir, &rows, (uint32_t)applying->link->at.keys, err);
    rows_reader_release(&rows);
    return status;
}

/* ---- one increment ---- */

static enum ht_status apply_all(struct applying *applying, struct ht_error *err)
{
    struct backup_point before, after;
    const struct backup_point *at = &applying->link->at;
    enum ht_status status = backup_point_read(applying->store, applying->txn, &before, err);
    if (status != HT_OK) return status;
    applying->total = 2 * (at->events - before.events + at->acts - before.acts);
    status = apply_rows(applying, err);
    if (status == HT_OK) status = grow(applying, HT_LOG_EVENTS, before.events, at->events, err);
    if (status == HT_OK) status = grow(applying, HT_LOG_ACTS, before.acts, at->acts, err);
    if (status == HT_OK) status = apply_keys(applying, err);
    if (status == HT_OK) status = backup_point_read(applying->store, applying->txn, &after, err);
    return status == HT_OK ? backup_point_same(&after, at, err) : status;
}

static enum ht_status apply_in(struct applying *applying, struct ht_error *err)
{
    enum ht_status status = begin(applying, err);
    if (status == HT_OK) status = apply_all(applying, err);
    if (status == HT_OK) status = commit(applying, err);
    if (applying->txn != NULL) mdb_txn_abort(applying->txn);
    return status;
}

enum ht_status increment_apply(const char *dir, const char *increment, const struct manifest *link,
                               const struct ht_store_options *options, ht_progress *progress, void *context,
                               struct ht_error *err)
{
    struct ht_error cause = {0};
    struct applying applying = {
        .dir = dir, .increment = increment, .link = link, .progress = progress, .context = context};
    enum ht_status status = store_new(dir, options, &applying.store, err);
    if (status != HT_OK) return status;
    status = trail_env_open(applying.store, err);
    if (status == HT_OK) {
        status = apply_in(&applying, &cause);
        if (status != HT_OK) ht_fail(err, status, "%s: %s", increment, cause.detail);
    }
    ht_store_close(applying.store);
    return status;
}
