/* A full backup grows under a temporary name and is a store at the moment when it gets its own: whoever finds DIR finds
   a complete, synced and verified copy, with a backup.json that says to what point it has come and what its files
   are. */
#include <inttypes.h>
#include <unistd.h>

#include "act.h"
#include "beside.h"
#include "copy.h"
#include "erasures_log.h"
#include "files.h"
#include "hooktrail/keeping.h"
#include "manifest.h"
#include "verify_trail.h"

struct backup {
    struct ht_store *store;
    struct beside place;
    struct manifest manifest;
    ht_progress *progress;
    void *context;
    struct ht_finding first; /* of what was found wrong in the copy; table is NULL if nothing was */
};

/* ---- copying ---- */

static enum ht_status copy_keys(const struct backup *backup, struct ht_error *err)
{
    char from[PATH_MAX], to[PATH_MAX];
    enum ht_status status = files_join(from, backup->store->dir, "keys", err);
    if (status == HT_OK) status = files_join(to, backup->place.temporary, "keys", err);
    return status == HT_OK ? copy_folder(from, to, NULL, err) : status;
}

static enum ht_status copy_erasures(const struct backup *backup, struct ht_error *err)
{
    char from[PATH_MAX], to[PATH_MAX];
    enum ht_status status = files_join(from, backup->store->dir, ERASURES_LOG_NAME, err);
    if (status == HT_OK) status = files_join(to, backup->place.temporary, ERASURES_LOG_NAME, err);
    return status == HT_OK ? copy_file(from, to, err) : status;
}

static enum ht_status copy_trail(const struct backup *backup, struct ht_error *err)
{
    char path[PATH_MAX];
    enum ht_status status = files_join(path, backup->place.temporary, "trail", err);
    return status == HT_OK ? copy_env(backup->store->trail.env, path, MDB_CP_COMPACT, err) : status;
}

/* The trail first: the keys that its events need are then there, if no erasure destroys them in between. It waits. */
static enum ht_status copy_all(const struct backup *backup, struct ht_error *err)
{
    int lock;
    enum ht_status status = erasures_log_hold(backup->store, &lock, err);
    if (status != HT_OK) return status;
    status = copy_trail(backup, err);
    if (status == HT_OK) status = copy_keys(backup, err);
    if (status == HT_OK) status = copy_erasures(backup, err);
    close(lock);
    return status;
}

/* ---- verifying ---- */

static void keep_first(void *context, const struct ht_finding *finding)
{
    struct backup *backup = context;
    if (!backup->first.table && !finding->lost) backup->first = *finding;
}

static bool pass_on(void *context, uint64_t done, uint64_t total)
{
    const struct backup *backup = context;
    return !backup->progress || backup->progress(backup->context, done, total);
}

/* The first half of the way: the records checked. */
static bool pass_on_trail(void *context, uint64_t done, uint64_t total)
{
    return pass_on(context, done, 2 * total);
}

/* The second: the events derived into an index. */
static bool pass_on_index(void *context, uint64_t done, uint64_t total)
{
    return pass_on(context, total + done, 2 * total);
}

static enum ht_status verify_records(struct backup *backup, struct ht_store *copy, struct ht_verified *verified,
                                     struct ht_error *err)
{
    struct verify verify = {
        .store = copy, .report = keep_first, .progress = pass_on_trail, .context = backup, .verified = verified};
    enum ht_status status = verify_init(&verify, err);
    if (status == HT_OK) status = verify_trail(&verify, NULL, err);
    if (status == HT_OK) status = verify_tables(&verify, err);
    verify_release(&verify);
    if (status != HT_OK || verified->findings == 0) return status;
    return ht_fail(err, HT_CORRUPT, "the copy has %" PRIu64 " faults, the first in %s: %s", verified->findings,
                   backup->first.table, backup->first.detail);
}

static enum ht_status take_point(struct ht_store *copy, struct backup_point *point, struct ht_error *err)
{
    struct ht_reader trail = {.store = copy};
    enum ht_status status = reader_begin_trail(&trail, err);
    if (status != HT_OK) return status;
    status = backup_point_read(copy, trail.trail_txn, point, err);
    mdb_txn_abort(trail.trail_txn);
    return status;
}

/* Opened as whoever restores it would, every record checked, and an index derived from it: it has none to compare with.
   Opening finishes an erasure that was under way. */
static enum ht_status verify_copy(struct backup *backup, struct ht_verified *verified, struct ht_error *err)
{
    struct ht_store *copy;
    enum ht_status status = ht_store_open(backup->place.temporary, &backup->store->options, &copy, err);
    if (status != HT_OK) return status;
    status = verify_records(backup, copy, verified, err);
    if (status == HT_OK) status = ht_index_catch_up(copy, pass_on_index, backup, NULL, err);
    if (status == HT_OK) status = take_point(copy, &backup->manifest.at, err);
    ht_store_close(copy);
    return status;
}

/* ---- the end ---- */

/* What opening it has left there. */
static enum ht_status tidy(const struct backup *backup, struct ht_error *err)
{
    static const char *const leftovers[] = {"index", "open.lock", "trail/lock.mdb"};
    for (size_t i = 0; i < sizeof leftovers / sizeof leftovers[0]; i++) {
        char path[PATH_MAX];
        enum ht_status status = files_join(path, backup->place.temporary, leftovers[i], err);
        if (status != HT_OK) return status;
        files_remove_tree(path);
    }
    return HT_OK;
}

static enum ht_status describe(struct backup *backup, int64_t now, struct ht_error *err)
{
    struct manifest *manifest = &backup->manifest;
    memcpy(manifest->trail_id, backup->store->trail_id, HT_TRAIL_ID_SIZE);
    manifest->made_at = now;
    return manifest_write(manifest, backup->place.temporary, err);
}

static enum ht_status record_act(const struct backup *backup, const struct ht_verified *verified, int64_t now,
                                 struct ht_error *err)
{
    struct ht_buffer detail = {0};
    ht_buffer_printf(&detail, "%" PRIu64 " events, to %s", verified->events, backup->place.to);
    enum ht_status status = ht_buffer_status(&detail, err);
    const struct ht_act act = {.at = now, .kind = HT_ACT_BACKUP, .detail = ht_buffer_slice(&detail)};
    if (status == HT_OK) status = ht_act_record(backup->store, &act, err);
    ht_buffer_release(&detail);
    return status;
}

enum ht_status ht_backup(struct ht_store *store, const char *to, int64_t now, ht_progress *progress, void *context,
                         struct ht_verified *verified, struct ht_error *err)
{
    struct backup backup = {.store = store, .progress = progress, .context = context};
    *verified = (struct ht_verified){0};
    enum ht_status status = beside_make(&backup.place, BESIDE_BACKUP, to, "tmp", err);
    if (status == HT_OK) status = store_check_filesystem(backup.place.temporary, err); /* before all is copied */
    if (status == HT_OK) status = copy_all(&backup, err);
    if (status == HT_OK) status = verify_copy(&backup, verified, err);
    if (status == HT_OK) status = tidy(&backup, err);
    if (status == HT_OK) status = describe(&backup, now, err);
    if (status == HT_OK) status = record_act(&backup, verified, now, err);
    if (status == HT_OK) status = beside_publish(&backup.place, err);
    beside_drop(&backup.place);
    manifest_release(&backup.manifest);
    return status;
}
