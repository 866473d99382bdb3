/* An incremental backup: a folder with what is new since another one, be that full or an increment itself.

   What is in it: rows of the trail (increment_gather.h), the files of keys/, of the keyring's slots those that are new
   or destroyed, and backup.json. The trees, DIR/heads, DIR/erasures.log and the index are not: the first are grown
   again from the leaves, and must come to the roots that backup.json says; the others follow from the trail.

   What was erased can't come back by it: tombstones take the records' places, destroyed keys are zeros, and an erasure
   that is under way in the store is done in the increment. */
#include <inttypes.h>
#include <stdio.h>
#include <unistd.h>

#include "act.h"
#include "beside.h"
#include "copy.h"
#include "erasures_log.h"
#include "files.h"
#include "increment_gather.h"
#include "keyring_slots.h"
#include "manifest.h"

struct increment {
    struct ht_store *store;
    struct beside place;
    struct manifest since; /* what it follows */
    struct manifest own;
    struct gathering gathering;
};

/* ---- what it follows ---- */

static void name_since(struct manifest *own, const char *path)
{
    size_t end = strlen(path);
    while (end > 1 && path[end - 1] == '/')
        end--;
    const char *slash = end > 0 ? memrchr(path, '/', end) : NULL;
    size_t begin = slash != NULL && slash + 1 < path + end ? (size_t)(slash + 1 - path) : 0;
    snprintf(own->since_name, sizeof own->since_name, "%.*s", (int)(end - begin), path + begin);
}

/* A salvage marks what is lost among what was there before, and takes keys away with it. */
static enum ht_status check_not_salvaged(struct ht_reader *trail, uint64_t acts, const char *since,
                                         struct ht_error *err)
{
    uint64_t last = 0;
    struct ht_act act;
    enum ht_status status = ht_act_last(trail, &last, err);
    for (uint64_t seq = acts + 1; status == HT_OK && seq <= last; seq++) {
        status = ht_act_get(trail, seq, &act, err);
        if (status == HT_OK && act.kind == HT_ACT_SALVAGE)
            return ht_fail(err, HT_INVALID,
                           "the store was salvaged since %s was made (act %" PRIu64 "). Make a full backup", since,
                           seq);
    }
    return status;
}

static enum ht_status check_passed(struct increment *increment, const char *since, struct ht_error *err)
{
    struct ht_reader trail = {.store = increment->store};
    const struct backup_point *at = &increment->since.at;
    enum ht_status status = reader_begin_trail(&trail, err);
    if (status != HT_OK) return status;
    status = backup_point_passed(increment->store, trail.trail_txn, at, since, err);
    if (status == HT_OK) status = check_not_salvaged(&trail, at->acts, since, err);
    mdb_txn_abort(trail.trail_txn);
    return status;
}

static enum ht_status read_since(struct increment *increment, const char *since, struct ht_error *err)
{
    struct manifest *own = &increment->own;
    enum ht_status status = manifest_read(&increment->since, since, err);
    if (status == HT_NOT_FOUND)
        return ht_fail(err, HT_NOT_FOUND,
                       "%s holds no backup that says what it has (" MANIFEST_NAME "): make a full one", since);
    if (status != HT_OK) return status;
    if (memcmp(increment->since.trail_id, increment->store->trail_id, HT_TRAIL_ID_SIZE) != 0)
        return ht_fail(err, HT_INVALID, "%s is a backup of another trail", since);
    own->increment = true;
    memcpy(own->trail_id, increment->store->trail_id, HT_TRAIL_ID_SIZE);
    memcpy(own->since, increment->since.own, sizeof own->since);
    name_since(own, since);
    return check_passed(increment, since, err);
}

/* ---- gathering ---- */

static enum ht_status gather_rows(struct increment *increment, struct ht_error *err)
{
    char path[PATH_MAX];
    struct rows_writer rows = {.fd = -1};
    enum ht_status status = files_join(path, increment->place.temporary, MANIFEST_ROWS, err);
    if (status == HT_OK) status = rows_create(&rows, path, increment->store->trail_id, err);
    increment->gathering.rows = &rows;
    if (status == HT_OK) status = increment_gather(&increment->gathering, err);
    increment->gathering.rows = NULL;
    rows_writer_release(&rows);
    return status;
}

/* All of them, if they are wrapped by another master key now. */
static enum ht_status gather_slots(struct increment *increment, struct ht_error *err)
{
    char path[PATH_MAX];
    struct rows_writer rows = {.fd = -1};
    const struct backup_point *from = &increment->since.at, *at = &increment->gathering.at;
    bool rewrapped = strcmp(from->wrapping, at->wrapping) != 0;
    enum ht_status status = files_join(path, increment->place.temporary, MANIFEST_SLOTS, err);
    if (status == HT_OK) status = rows_create(&rows, path, increment->store->trail_id, err);
    if (status == HT_OK)
        status = keyring_slots_gather(increment->store->dir, rewrapped ? 1 : (uint32_t)from->keys + 1,
                                      (uint32_t)at->keys, &increment->gathering.destroyed, &rows, err);
    if (status == HT_OK) status = rows_write(&rows, err);
    rows_writer_release(&rows);
    return status;
}

static enum ht_status gather_keys(struct increment *increment, struct ht_error *err)
{
    char from[PATH_MAX], to[PATH_MAX];
    enum ht_status status = files_join(from, increment->store->dir, "keys", err);
    if (status == HT_OK) status = files_join(to, increment->place.temporary, "keys", err);
    if (status == HT_OK) status = copy_folder(from, to, "data.keys", err);
    return status == HT_OK ? gather_slots(increment, err) : status;
}

/* No erasure destroys keys from before the first row is read until the last key is: it waits. */
static enum ht_status gather(struct increment *increment, struct ht_error *err)
{
    int lock;
    enum ht_status status = erasures_log_hold(increment->store, &lock, err);
    if (status != HT_OK) return status;
    status = gather_rows(increment, err);
    if (status == HT_OK) status = gather_keys(increment, err);
    close(lock);
    return status;
}

/* ---- the end ---- */

static enum ht_status describe(struct increment *increment, int64_t now, struct ht_error *err)
{
    struct ht_increment *made = increment->gathering.made;
    struct manifest *own = &increment->own;
    own->made_at = now;
    own->at = increment->gathering.at;
    enum ht_status status = manifest_write(own, increment->place.temporary, err);
    if (status != HT_OK) return status;
    made->first = increment->since.at.events + 1;
    made->last = own->at.events;
    for (size_t i = 0; i < manifest_files(own); i++)
        made->size += manifest_file_at(own, i)->size;
    return HT_OK;
}

static enum ht_status record_act(const struct increment *increment, int64_t now, struct ht_error *err)
{
    const struct ht_increment *made = increment->gathering.made;
    struct ht_buffer detail = {0};
    ht_buffer_printf(&detail, "%" PRIu64 " events since %" PRIu64 ", to %s", made->events, made->first - 1,
                     increment->place.to);
    enum ht_status status = ht_buffer_status(&detail, err);
    const struct ht_act act = {.at = now, .kind = HT_ACT_BACKUP, .detail = ht_buffer_slice(&detail)};
    if (status == HT_OK) status = ht_act_record(increment->store, &act, err);
    ht_buffer_release(&detail);
    return status;
}

enum ht_status ht_backup_since(struct ht_store *store, const char *since, const char *to, int64_t now,
                               ht_progress *progress, void *context, struct ht_increment *made, struct ht_error *err)
{
    struct increment increment = {.store = store};
    *made = (struct ht_increment){0};
    increment.gathering = (struct gathering){
        .store = store, .from = &increment.since.at, .made = made, .progress = progress, .context = context};
    enum ht_status status = read_since(&increment, since, err);
    if (status == HT_OK) status = beside_make(&increment.place, BESIDE_BACKUP, to, "tmp", err);
    if (status == HT_OK) status = gather(&increment, err);
    if (status == HT_OK) status = describe(&increment, now, err);
    if (status == HT_OK) status = record_act(&increment, now, err);
    if (status == HT_OK) status = beside_publish(&increment.place, err);
    beside_drop(&increment.place);
    increment_gather_release(&increment.gathering);
    manifest_release(&increment.since);
    manifest_release(&increment.own);
    return status;
}
