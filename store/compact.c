/* Compaction: each environment is copied without its free pages beside itself, and the copy's file then takes the place
   of the old one by a single rename.

   What is there if the process dies                    the store                     left over
   1. while DIR/trail.compact is written or synced      as before                     trail.compact
   2. behind the rename of its file to trail/data.mdb   trail compact, index old      trail.compact, empty
   3. while DIR/index.compact is written                the same                      index.compact
   4. behind the rename of its file                     both compact                  index.compact, empty
   Each rename puts a synced file in the place of another, so the store is whole at every moment. What is left over is
   removed by the next run.

   Nobody else may be there: LMDB opens lock file and data file by name, one after the other, and a process between the
   two would take the locks of one file for the pages of another. The lock file stays, and whoever opens first makes it
   anew. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "act.h"
#include "copy.h"
#include "files.h"
#include "hooktrail/keeping.h"
#include "presence.h"

#define MOST_TABLES 32 /* of an environment */

/* What remains of the store once it is closed: its path and the locks that keep others out. */
struct compaction {
    char dir[PATH_MAX];
    size_t map_size;
    int daemon_lock;
    int presence;
};

struct place {
    char folder[PATH_MAX]; /* DIR/trail */
    char file[PATH_MAX];
    char copy[PATH_MAX]; /* DIR/trail.compact */
    char copied_file[PATH_MAX];
};

/* Takes the locks over from the store, whose environments are to be closed. */
static enum ht_status take_locks(struct compaction *compaction, struct ht_store *store, struct ht_error *err)
{
    enum ht_status status = store->lock_fd < 0 ? ht_store_lock(store, err) : HT_OK;
    if (status == HT_OK) status = presence_claim(store, err);
    if (status != HT_OK) return status;
    int size = snprintf(compaction->dir, sizeof compaction->dir, "%s", store->dir);
    if (size < 0 || (size_t)size >= sizeof compaction->dir)
        return ht_fail(err, HT_INVALID, "the path of the data directory is too long");
    compaction->map_size = store->options.map_size;
    compaction->daemon_lock = store->lock_fd;
    compaction->presence = store->presence_fd;
    store->lock_fd = store->presence_fd = -1;
    return HT_OK;
}

static enum ht_status find_place(const struct compaction *compaction, const char *name, struct place *place,
                                 struct ht_error *err)
{
    enum ht_status status = files_join(place->folder, compaction->dir, name, err);
    if (status == HT_OK) status = files_join(place->file, place->folder, "data.mdb", err);
    if (status != HT_OK) return status;
    int size = snprintf(place->copy, sizeof place->copy, "%.*s.compact", PATH_MAX - 16, place->folder);
    if (size < 0) return ht_fail(err, HT_INVALID, "the path of the data directory is too long");
    return files_join(place->copied_file, place->copy, "data.mdb", err);
}

static uint64_t bytes_on_disk(const char *path)
{
    struct stat stat_of;
    return stat(path, &stat_of) == 0 ? (uint64_t)stat_of.st_blocks * 512 : 0;
}

/* Alone as we are, no lock file is wanted. */
static enum ht_status open_alone(const struct compaction *compaction, const char *path, MDB_env **env,
                                 struct ht_error *err)
{
    return env_open(path, compaction->map_size, MDB_RDONLY | MDB_NOLOCK, MOST_TABLES, env, err);
}

static enum ht_status copy_and_check(const struct compaction *compaction, const struct place *place,
                                     struct ht_error *err)
{
    MDB_env *old = NULL, *copy = NULL;
    files_remove_tree(place->copy);
    enum ht_status status = open_alone(compaction, place->folder, &old, err);
    if (status == HT_OK) status = copy_env(old, place->copy, MDB_CP_COMPACT, err);
    if (status == HT_OK) status = open_alone(compaction, place->copy, &copy, err);
    if (status == HT_OK) status = copy_compare(old, copy, err);
    if (copy) mdb_env_close(copy);
    if (old) mdb_env_close(old);
    return status;
}

static enum ht_status compact_one(const struct compaction *compaction, const char *name, struct ht_compacted *compacted,
                                  struct ht_error *err)
{
    struct place place;
    enum ht_status status = find_place(compaction, name, &place, err);
    if (status != HT_OK) return status;
    uint64_t before = bytes_on_disk(place.file);
    status = copy_and_check(compaction, &place, err);
    if (status == HT_OK && rename(place.copied_file, place.file) != 0)
        status = ht_fail_errno(err, errno, "cannot put the compact %s in its place", name);
    if (status == HT_OK) status = files_sync(place.folder, err);
    files_remove_tree(place.copy);
    compacted->before += before;
    compacted->after += bytes_on_disk(place.file);
    return status;
}

enum ht_status ht_compact(struct ht_store *store, int64_t now, struct ht_compacted *compacted, struct ht_error *err)
{
    struct compaction compaction = {.daemon_lock = -1, .presence = -1};
    const struct ht_act act = {.at = now, .kind = HT_ACT_COMPACT};
    *compacted = (struct ht_compacted){0};
    enum ht_status status = take_locks(&compaction, store, err);
    if (status == HT_OK) status = ht_act_record(store, &act, err);
    ht_store_close(store);
    if (status == HT_OK) status = compact_one(&compaction, "trail", compacted, err);
    if (status == HT_OK) status = compact_one(&compaction, "index", compacted, err);
    if (compaction.presence >= 0) close(compaction.presence);
    if (compaction.daemon_lock >= 0) close(compaction.daemon_lock);
    return status;
}
