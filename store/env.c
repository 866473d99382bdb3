#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "files.h"
#include "store.h"

#define MAX_READERS 512
#define LOCK_ROOM (MAX_READERS * 64 + 4096) /* a cache line for each reader, and what LMDB has of its own */

enum ht_status env_fail(struct ht_error *err, int code, const char *what)
{
    switch (code) {
    case MDB_NOTFOUND:
        return ht_fail(err, HT_NOT_FOUND, "%s: not found", what);
    case MDB_MAP_FULL:
        return ht_fail(err, HT_FULL, "%s: the map is full; raise map_size", what);
    case MDB_MAP_RESIZED:
        return ht_fail(err, HT_IO, "%s: another process has let the file grow beyond this one's map_size", what);
    case MDB_READERS_FULL:
        return ht_fail(err, HT_BUSY, "%s: all %d reader slots are in use", what, MAX_READERS);
    case MDB_CORRUPTED:
    case MDB_PAGE_NOTFOUND:
    case MDB_INVALID:
    case MDB_BAD_VALSIZE:
    case MDB_PAGE_FULL:
    case MDB_CURSOR_FULL:
        return ht_fail(err, HT_CORRUPT, "%s: %s", what, mdb_strerror(code));
    case MDB_VERSION_MISMATCH:
        return ht_fail(err, HT_VERSION, "%s: %s", what, mdb_strerror(code));
    case ENOMEM:
        return ht_fail(err, HT_NO_MEMORY, "%s: out of memory or address space", what);
    case EAGAIN:
        return ht_fail(err, HT_BUSY, "%s: the lock file is held from another container or pid namespace", what);
    default:
        break;
    }
    if (code > 0) return ht_fail_errno(err, code, "%s", what);
    return ht_fail(err, HT_IO, "%s: %s", what, mdb_strerror(code));
}

/* LMDB makes its lock file a hole and writes through a map: on a full disk that would be SIGBUS. Room for it is found
   first, where the filesystem can do that; what is in the file stays. Nobody in this process has it open: closing it
   would drop LMDB's locks. */
static enum ht_status reserve_lock(const char *path, struct ht_error *err)
{
    char lock[PATH_MAX];
    enum ht_status status = files_join(lock, path, "lock.mdb", err);
    if (status != HT_OK) return status;
    int fd = open(lock, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
    if (fd < 0) return ht_fail_errno(err, errno, "cannot open %s", lock);
    if (fallocate(fd, FALLOC_FL_KEEP_SIZE, 0, LOCK_ROOM) != 0 && errno != EOPNOTSUPP)
        status = ht_fail_errno(err, errno, "no room for %s", lock);
    close(fd);
    return status;
}

enum ht_status env_open(const char *path, size_t map_size, unsigned flags, MDB_dbi databases, MDB_env **env,
                        struct ht_error *err)
{
    *env = NULL;
    MDB_env *made = NULL;
    enum ht_status status = (flags & (MDB_RDONLY | MDB_NOLOCK)) != 0 ? HT_OK : reserve_lock(path, err);
    if (status != HT_OK) return status;
    int code = mdb_env_create(&made);
    if (code == 0) code = mdb_env_set_mapsize(made, map_size);
    if (code == 0) code = mdb_env_set_maxdbs(made, databases);
    if (code == 0) code = mdb_env_set_maxreaders(made, MAX_READERS);
    if (code == 0) code = mdb_env_open(made, path, flags | MDB_NOTLS, 0600);
    if (code != 0) {
        mdb_env_close(made);
        return env_fail(err, code, path);
    }
    int dead = 0;
    mdb_reader_check(made, &dead);
    *env = made;
    return HT_OK;
}

/* Runs mdb_env_open once in a folder of its own, so that the folder that appears under `path` is never half-made. */
enum ht_status env_make(const char *path, size_t map_size, struct ht_error *err)
{
    char temporary[PATH_MAX];
    MDB_env *env = NULL;
    enum ht_status status = files_make_temporary(path, temporary, err);
    if (status != HT_OK) return status;
    status = env_open(temporary, map_size, 0, 1, &env, err);
    if (status != HT_OK) goto out;
    mdb_env_close(env);
    status = files_sync_tree(temporary, err);
    if (status != HT_OK) goto out;
    if (rename(temporary, path) != 0) status = ht_fail_errno(err, errno, "cannot rename %s to %s", temporary, path);
    if (status == HT_OK) status = files_sync_parent(path, err);
out:
    if (status != HT_OK) files_remove_tree(temporary);
    return status;
}

uint64_t env_bytes(MDB_env *env)
{
    MDB_envinfo info;
    MDB_stat stat;
    if (mdb_env_info(env, &info) != 0 || mdb_env_stat(env, &stat) != 0) return 0;
    return (uint64_t)(info.me_last_pgno + 1) * stat.ms_psize;
}
