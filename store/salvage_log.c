#include <inttypes.h>
#include <stdio.h>
#include <time.h>
#include <unistd.h>

#include "checkpoint.h"
#include "files.h"
#include "hooktrail/encode.h"
#include "hooktrail/time.h"
#include "regrow.h"
#include "salvage.h"

#define NAME_SUFFIX "/salvaged-" /* and the time */

/* The newest checkpoint of a log outside the trail, if it is by this log under its present name. */
static bool read_head(struct salvage *salvage, enum ht_log log, struct ht_buffer *note, struct signed_head *read)
{
    struct ht_store *store = salvage->store;
    ht_buffer_clear(note);
    return store->signing != NULL && checkpoint_read_head(salvage->old, log, note, NULL) == HT_OK &&
           signing_read(store->signing, log, ht_buffer_slice(note), read, NULL) == HT_OK && read->known &&
           ht_slice_is(read->origin, ht_log_origin(store, log));
}

void salvage_log_ends(struct salvage *salvage)
{
    static const enum salvage_series series[HT_LOG_COUNT] = {
        [HT_LOG_EVENTS] = SALVAGE_EVENTS, [HT_LOG_ACTS] = SALVAGE_ACTS};
    struct ht_buffer note = {0};
    for (int log = 0; log < HT_LOG_COUNT; log++) {
        struct signed_head read;
        uint64_t *end = &salvage->end[series[log]];
        if (!read_head(salvage, (enum ht_log)log, &note, &read) || !salvage_can_be(salvage, read.head.size)) continue;
        salvage->proven[series[log]] = read.head.size;
        if (read.head.size > *end) *end = read.head.size;
    }
    ht_buffer_release(&note);
}

/* ---- the trees ---- */

/* Rows that were copied for the hashes of what is lost, and lie behind the end. */
static enum ht_status drop_rows_behind(MDB_txn *txn, MDB_dbi table, uint64_t size, struct ht_error *err)
{
    uint8_t bytes[9] = {255};
    MDB_cursor *cursor = NULL;
    ht_put_be64(bytes + 1, (size + TREE_ROW_HASHES - 1) / TREE_ROW_HASHES);
    int code = mdb_cursor_open(txn, table, &cursor);
    if (code != 0) return env_fail(err, code, "writing the tree");
    while (code == 0) {
        MDB_val key = val_of(bytes, sizeof bytes), value;
        code = mdb_cursor_get(cursor, &key, &value, MDB_SET_RANGE);
        if (code == 0) code = mdb_cursor_del(cursor, 0);
    }
    mdb_cursor_close(cursor);
    return code == MDB_NOTFOUND ? HT_OK : env_fail(err, code, "writing the tree");
}

static enum ht_status grow(struct salvage *salvage, MDB_txn *txn, enum ht_log log, struct ht_error *err)
{
    struct tree tree;
    uint64_t size = 0;
    struct ht_store *store = salvage->store;
    enum ht_status status = trail_last(txn, checkpoint_records(store, log), &size, err);
    if (status == HT_OK) status = tree_regrow(&tree, store, txn, log, size, err);
    return status == HT_OK ? drop_rows_behind(txn, checkpoint_tree(store, log), size, err) : status;
}

/* ---- what was signed ---- */

/* A checkpoint in the trail; one that is nobody's is told of and goes. */
static enum ht_status check_row(struct salvage *salvage, MDB_txn *txn, enum ht_log log, uint8_t number,
                                struct ht_error *err)
{
    struct signed_head read;
    struct ht_store *store = salvage->store;
    MDB_val key = val_of(&number, 1), value;
    uint64_t size = 0;
    int code = mdb_get(txn, store->trail.checkpoints, &key, &value);
    if (code == MDB_NOTFOUND) return HT_OK;
    if (code != 0) return env_fail(err, code, "reading a checkpoint");
    bool known = signing_read(store->signing, log, val_slice(value), &read, NULL) == HT_OK && read.known;
    if (!known) {
        salvage->notes_whole = false;
        salvage_tell(salvage, "trail/checkpoints", 0, "a checkpoint of the %s is damaged and was left out",
                     signing_log_name(log));
        code = mdb_del(txn, store->trail.checkpoints, &key, NULL);
        return code == 0 ? HT_OK : env_fail(err, code, "dropping a checkpoint");
    }
    enum ht_status status = trail_last(txn, checkpoint_records(store, log), &size, err);
    if (status != HT_OK) return status;
    return checkpoint_check(store, txn, log, val_slice(value), size, "a checkpoint in the trail", true, err);
}

/* HT_CORRUPT, saying why, if this log can't be gone on with. */
static enum ht_status check_log(struct salvage *salvage, MDB_txn *txn, enum ht_log log, struct ht_buffer *note,
                                struct ht_error *err)
{
    struct signed_head read;
    struct ht_store *store = salvage->store;
    uint64_t size = 0;
    enum ht_status status = trail_last(txn, checkpoint_records(store, log), &size, err);
    if (status != HT_OK) return status;
    bool head = read_head(salvage, log, note, &read);
    if (!head) ht_buffer_clear(note);
    if (head)
        status = checkpoint_check(store, txn, log, ht_buffer_slice(note), size, "the newest checkpoint", true, err);
    if (status == HT_OK) status = check_row(salvage, txn, log, (uint8_t)log, err);
    if (status == HT_OK) status = check_row(salvage, txn, log, (uint8_t)(log | CHECKPOINT_COSIGNED), err);
    if (status != HT_OK || size == 0) return status;
    if (head || salvage->notes_whole) return HT_OK;
    return ht_fail(err, HT_CORRUPT, "heads/%s is missing or damaged, so what was signed last is not known",
                   signing_log_name(log));
}

static enum ht_status check_logs(struct salvage *salvage, MDB_txn *txn, struct ht_error *err)
{
    struct ht_buffer note = {0};
    enum ht_status status = HT_OK;
    if (salvage->store->signing == NULL)
        return ht_fail(err, HT_CORRUPT, "keys/log.key or keys/log.pub is missing or damaged");
    for (int log = 0; log < HT_LOG_COUNT && status == HT_OK; log++) {
        status = check_log(salvage, txn, (enum ht_log)log, &note, err);
        if (status == HT_OK && note.size > 0)
            status = checkpoint_publish(salvage->store, (enum ht_log)log, ht_buffer_slice(&note), err);
    }
    ht_buffer_release(&note);
    return status;
}

/* ---- a log that begins anew ---- */

static enum ht_status make_name(const struct salvage *salvage, struct ht_buffer *name, struct ht_error *err)
{
    char at[32];
    struct tm parts;
    time_t seconds = (time_t)(salvage->options->now / HT_SECOND);
    const struct ht_store *store = salvage->store;
    if (gmtime_r(&seconds, &parts) == NULL || strftime(at, sizeof at, "%Y%m%dT%H%M%SZ", &parts) == 0)
        return ht_fail(err, HT_INVALID, "the time is out of all bounds");
    if (store->signing != NULL) {
        const char *old = ht_log_origin(store, HT_LOG_EVENTS), *suffix = strstr(old, NAME_SUFFIX);
        ht_buffer_add(name, ht_slice_of(old, suffix != NULL ? (size_t)(suffix - old) : strlen(old)));
    } else {
        ht_buffer_add_text(name, "hooktrail/");
        ht_hex_add(name, store->trail_id, HT_TRAIL_ID_SIZE);
    }
    ht_buffer_add_text(name, NAME_SUFFIX);
    ht_buffer_add_text(name, at);
    return ht_buffer_status(name, err);
}

static enum ht_status remove_key_files(const struct ht_store *store, struct ht_error *err)
{
    static const char *const files[] = {"keys/log.key", "keys/log.pub", "heads/events", "heads/acts"};
    for (size_t i = 0; i < sizeof files / sizeof *files; i++) {
        char path[PATH_MAX];
        enum ht_status status = files_join(path, store->dir, files[i], err);
        if (status != HT_OK) return status;
        if (i < 2 && store->signing != NULL) continue; /* replaced, with the old public key kept */
        unlink(path);
    }
    return HT_OK;
}

static enum ht_status begin_anew(struct salvage *salvage, MDB_txn *txn, struct ht_error *err)
{
    struct ht_buffer name = {0};
    struct ht_store *store = salvage->store;
    enum ht_status status = make_name(salvage, &name, err);
    if (status == HT_OK) status = remove_key_files(store, err);
    if (status == HT_OK && store->signing != NULL)
        status = signing_replace(store->signing, store->dir, ht_buffer_text(&name), err);
    else if (status == HT_OK)
        status = signing_make(store->dir, store->trail_id, ht_buffer_text(&name), err);
    ht_buffer_release(&name);
    int code = status == HT_OK ? mdb_drop(txn, store->trail.checkpoints, 0) : 0;
    return code == 0 ? status : env_fail(err, code, "dropping checkpoints");
}

static enum ht_status decide(struct salvage *salvage, MDB_txn *txn, struct ht_error *err)
{
    struct ht_error cause = {0};
    enum ht_status status = check_logs(salvage, txn, &cause);
    if (status == HT_OK) return HT_OK;
    if (status != HT_CORRUPT) return ht_fail(err, status, "%s", cause.detail);
    salvage->new_log = true;
    salvage_tell(salvage, "log", 0, "the log can't go on and begins anew, with another name and key: %s", cause.detail);
    return begin_anew(salvage, txn, err);
}

enum ht_status salvage_log(struct salvage *salvage, struct ht_error *err)
{
    MDB_txn *txn = NULL;
    enum ht_status status = trail_change_begin(salvage->store, &txn, err);
    if (status != HT_OK) return status;
    for (int log = 0; log < HT_LOG_COUNT && status == HT_OK; log++)
        status = grow(salvage, txn, (enum ht_log)log, err);
    if (status == HT_OK) status = decide(salvage, txn, err);
    return trail_change_end(txn, status, err);
}
