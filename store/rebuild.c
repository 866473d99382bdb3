#include <errno.h>
#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

#include "files.h"
#include "hooktrail/time.h"
#include "indexer.h"

#define REBUILT "index.new"

enum ht_status indexer_lock_rebuild(const struct ht_store *store, int *fd, struct ht_error *err)
{
    char path[PATH_MAX];
    *fd = -1;
    enum ht_status status = files_join(path, store->dir, "rebuild.lock", err);
    if (status != HT_OK) return status;
    *fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
    if (*fd < 0) return ht_fail_errno(err, errno, "cannot open %s", path);
    if (flock(*fd, LOCK_EX | LOCK_NB) == 0) return HT_OK;
    status = errno == EWOULDBLOCK ? ht_fail(err, HT_BUSY, "another process rebuilds the index: wait for it")
                                  : ht_fail_errno(err, errno, "cannot lock %s", path);
    close(*fd);
    *fd = -1;
    return status;
}

static enum ht_status fill(struct ht_store *store, struct index_env *index, struct indexer *indexer,
                           const struct indexer_way *way, struct ht_error *err)
{
    struct ht_position reached;
    struct index_batch *batch = index_batch_new(index);
    if (batch == NULL) return ht_fail(err, HT_NO_MEMORY, "rebuilding the index of %s", store->dir);
    enum ht_status status = indexer_run(indexer, batch, way, &reached, err);
    index_batch_free(batch);
    if (status != HT_OK) return status;
    int code = mdb_env_sync(index->env, 1);
    return code == 0 ? HT_OK : env_fail(err, code, "rebuilding the index");
}

/* Unsynced until it is complete: nothing but this process knows of it, and what a crash leaves is thrown away. */
static enum ht_status build(struct ht_store *store, const char *path, struct indexer *indexer,
                            const struct indexer_way *way, struct ht_error *err)
{
    struct index_env *index;
    enum ht_status status = index_env_make(store, path, NULL, err);
    if (status == HT_OK) status = index_env_open(store, path, MDB_NOSYNC, &index, err);
    if (status != HT_OK) return status;
    status = fill(store, index, indexer, way, err);
    index_env_release(index);
    return status;
}

/* What is erased meanwhile makes it stale before it is complete: then again from the beginning. */
static enum ht_status build_current(struct ht_store *store, const char *path, struct indexer *indexer,
                                    const struct indexer_way *way, struct ht_error *err)
{
    enum ht_status status;
    do {
        index_env_sweep(store, REBUILT);
        status = build(store, path, indexer, way, err);
    } while (status == HT_OK && indexer->stale);
    return status;
}

static enum ht_status rebuild(struct ht_store *store, struct indexer *indexer, const struct indexer_way *way,
                              struct ht_error *err)
{
    struct indexer_way quietly = indexer_following(NULL, NULL);
    char path[PATH_MAX];
    enum ht_status status = files_join(path, store->dir, REBUILT, err);
    if (status != HT_OK) return status;
    status = build_current(store, path, indexer, way, err);
    if (status == HT_OK) status = index_env_swap(store, path, err);
    if (status == HT_OK) return indexer_follow(store, indexer, &quietly, err);
    files_remove_tree(path);
    return status;
}

enum ht_status ht_index_rebuild(struct ht_store *store, ht_progress *progress, void *context, struct ht_error *err)
{
    int fd;
    struct indexer *indexer;
    struct indexer_way way = {8192, 10 * HT_SECOND, 4096, progress, context}; /* nobody waits for it */
    if (store_locked(store)) return index_fail_locked(err);
    enum ht_status status = indexer_lock_rebuild(store, &fd, err);
    if (status != HT_OK) return status;
    status = indexer_take(store, &indexer, err);
    if (status == HT_OK) {
        /* Once more, if something was erased just before the new one was in its place. */
        for (bool stale = true; status == HT_OK && stale;) {
            status = rebuild(store, indexer, &way, err);
            if (status == HT_OK) status = index_env_stale(store, &stale, err);
        }
        indexer_give(indexer);
    }
    close(fd);
    return status;
}
