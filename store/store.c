#include "store.h"

#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <linux/magic.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <sys/vfs.h>
#include <unistd.h>

#include "checkpoint.h"
#include "erase_apply.h"
#include "files.h"
#include "hooktrail/encode.h"
#include "keyring.h"
#include "presence.h"

#define DEFAULT_MAP_SIZE (UINT64_C(1) << 40)
#define DEFAULT_RESERVE (UINT64_C(64) << 20)
#define DEFAULT_REJECTED_COUNT 10000
#define DEFAULT_REJECTED_BYTES (UINT64_C(64) << 20)

/* Filesystems on which memory maps and locks of other processes or hosts can't be relied on. */
static const struct {
    uint32_t magic;
    const char *name;
} refused_filesystems[] = {
    {NFS_SUPER_MAGIC, "NFS"}, {SMB_SUPER_MAGIC, "SMB"},           {0xff534d42, "CIFS"}, {0xfe534d42, "SMB2"},
    {0x65735546, "FUSE"},     {OVERLAYFS_SUPER_MAGIC, "overlay"}, {V9FS_MAGIC, "9p"},   {CEPH_SUPER_MAGIC, "Ceph"},
};

enum ht_status store_check_filesystem(const char *dir, struct ht_error *err)
{
    struct statfs fs;
    if (statfs(dir, &fs) != 0) return ht_fail_errno(err, errno, "cannot look at the filesystem of %s", dir);
    if (getenv("HOOKTRAIL_ANY_FILESYSTEM") != NULL) return HT_OK;
    for (size_t i = 0; i < sizeof refused_filesystems / sizeof *refused_filesystems; i++) {
        if ((uint32_t)fs.f_type != refused_filesystems[i].magic) continue;
        return ht_fail(err, HT_FORBIDDEN,
                       "%s is on a %s filesystem, which cannot keep LMDB's promises: use a local disk (or set "
                       "HOOKTRAIL_ANY_FILESYSTEM=1 for a trial)",
                       dir, refused_filesystems[i].name);
    }
    return HT_OK;
}

static enum ht_status check_directory(const char *dir, struct ht_error *err)
{
    char path[PATH_MAX];
    struct stat stat_of;
    if (stat(dir, &stat_of) != 0) {
        if (errno != ENOENT) return ht_fail_errno(err, errno, "cannot look at the data directory %s", dir);
        return ht_fail(err, HT_NOT_FOUND, "there is no data directory %s: make one with `hooktrail init --data %s`",
                       dir, dir);
    }
    if (!S_ISDIR(stat_of.st_mode)) return ht_fail(err, HT_FORBIDDEN, "%s is not a directory", dir);
    if (stat_of.st_uid != geteuid())
        return ht_fail(err, HT_FORBIDDEN, "%s belongs to uid %u, not to uid %u: run as its owner, or chown it", dir,
                       (unsigned)stat_of.st_uid, (unsigned)geteuid());
    if ((stat_of.st_mode & 077) != 0)
        return ht_fail(err, HT_FORBIDDEN, "%s can be read by others (mode %04o): run `chmod 700 %s`", dir,
                       (unsigned)(stat_of.st_mode & 07777), dir);
    enum ht_status status = files_join(path, dir, "trail", err);
    if (status != HT_OK) return status;
    if (access(path, F_OK) != 0)
        return ht_fail(err, HT_NOT_FOUND, "%s holds no store: make one with `hooktrail init --data %s`", dir, dir);
    status = files_join(path, dir, "trail/data.mdb", err);
    if (status != HT_OK) return status;
    if (access(path, F_OK) != 0 && errno == ENOENT) /* else LMDB would make an empty one in its place */
        return ht_fail(err, HT_CORRUPT, "%s is missing: restore the last backup", path);
    return store_check_filesystem(dir, err);
}

/* The daemon's setting, for tools. */
static enum ht_status read_map_size(size_t *size, struct ht_error *err)
{
    uint64_t value = DEFAULT_MAP_SIZE;
    const char *text = getenv("HOOKTRAIL_MAP_SIZE");
    bool unset = text == NULL || text[0] == '\0';
    if (!unset && (ht_parse_bytes(ht_slice_from(text), &value) != HT_OK || value == 0 || value > SIZE_MAX))
        return ht_fail(err, HT_INVALID, "HOOKTRAIL_MAP_SIZE wants bytes, such as 64GiB or 1TiB");
    *size = (size_t)value;
    return HT_OK;
}

static void fill_defaults(struct ht_store_options *options)
{
    if (options->reserve == 0) options->reserve = DEFAULT_RESERVE;
    if (options->rejected_count == 0) options->rejected_count = DEFAULT_REJECTED_COUNT;
    if (options->rejected_bytes == 0) options->rejected_bytes = DEFAULT_REJECTED_BYTES;
}

enum ht_status store_new(const char *dir, const struct ht_store_options *options, struct ht_store **store,
                         struct ht_error *err)
{
    size_t map_size = options != NULL ? options->map_size : 0;
    enum ht_status status = map_size == 0 ? read_map_size(&map_size, err) : HT_OK;
    if (status != HT_OK) return status;
    struct ht_store *made = calloc(1, sizeof *made);
    if (made == NULL || sodium_init() < 0) {
        free(made);
        return ht_fail(err, HT_NO_MEMORY, "out of memory");
    }
    made->lock_fd = -1;
    made->presence_fd = -1;
    if (options != NULL) made->options = *options;
    made->options.map_size = map_size;
    fill_defaults(&made->options);
    made->dir = strdup(dir);
    made->actor = strdup(made->options.actor != NULL ? made->options.actor : "library");
    made->options.actor = NULL; /* the caller's text ends with the call */
    if (made->dir == NULL || made->actor == NULL || pthread_mutex_init(&made->index_lock, NULL) != 0) {
        free(made->dir);
        free(made->actor);
        free(made);
        return ht_fail(err, HT_NO_MEMORY, "out of memory");
    }
    fresh_init(&made->fresh);
    *store = made;
    return HT_OK;
}

bool store_locked(const struct ht_store *store)
{
    return store->keyring != NULL && keyring_locked(store->keyring);
}

static enum ht_status read_keys(struct ht_store *store, struct ht_error *err)
{
    char path[PATH_MAX];
    struct ht_error cause;
    enum ht_status status = files_join(path, store->dir, "keys/index.key", err);
    if (status != HT_OK) return status;
    if (access(path, F_OK) != 0 && errno == ENOENT)
        return ht_fail(err, HT_CORRUPT, "%s is missing: restore it from a backup", path);
    status = files_read_exact(path, store->hash_key, sizeof store->hash_key, &cause);
    if (status == HT_OK) return HT_OK;
    return ht_fail(err, status, "%s%s", cause.detail, status == HT_CORRUPT ? ": restore it from a backup" : "");
}

enum ht_status ht_store_open(const char *dir, const struct ht_store_options *options, struct ht_store **store,
                             struct ht_error *err)
{
    *store = NULL;
    struct ht_store *opened = NULL;
    enum ht_status status = check_directory(dir, err);
    if (status == HT_OK) status = store_new(dir, options, &opened, err);
    if (status != HT_OK) return status;
    assert(opened != NULL);
    status = presence_share(opened, err);
    if (status == HT_OK) status = trail_env_open(opened, err);
    if (status == HT_OK) status = read_keys(opened, err);
    if (status == HT_OK)
        status = keyring_open(dir, opened->trail_id, opened->options.without_master_key, &opened->keyring, err);
    if (status == HT_OK) status = signing_open(dir, &opened->signing, err);
    if (status == HT_OK && !store_locked(opened)) status = index_env_attach(opened, err);
    if (status == HT_OK) status = erasures_resume(opened, err);
    if (status != HT_OK) {
        ht_store_close(opened);
        return status;
    }
    *store = opened;
    return HT_OK;
}

void ht_store_close(struct ht_store *store)
{
    if (store == NULL) return;
    indexer_free(store->indexer);
    fresh_release(&store->fresh);
    if (store->index != NULL) index_env_release(store->index);
    if (store->trail.env != NULL) mdb_env_close(store->trail.env);
    if (store->lock_fd >= 0) close(store->lock_fd);
    if (store->presence_fd >= 0) close(store->presence_fd);
    keyring_close(store->keyring);
    signing_close(store->signing);
    free(store->actor);
    free(store->index_fault);
    sodium_memzero(store->hash_key, sizeof store->hash_key);
    pthread_mutex_destroy(&store->index_lock);
    free(store->dir);
    free(store);
}

static enum ht_status fail_locked(struct ht_store *store, int fd, struct ht_error *err)
{
    char text[32] = "";
    ssize_t size = pread(fd, text, sizeof text - 1, 0);
    if (size > 0) text[strspn(text, "0123456789")] = '\0';
    return ht_fail(err, HT_BUSY, "hooktraild (pid %s) already serves %s: stop it first", *text ? text : "unknown",
                   store->dir);
}

enum ht_status ht_store_lock(struct ht_store *store, struct ht_error *err)
{
    char path[PATH_MAX], pid[32];
    enum ht_status status = files_join(path, store->dir, "daemon.lock", err);
    if (status != HT_OK) return status;
    int fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
    if (fd < 0) return ht_fail_errno(err, errno, "cannot open %s", path);
    if (flock(fd, LOCK_EX | LOCK_NB) != 0) {
        status = errno == EWOULDBLOCK ? fail_locked(store, fd, err) : ht_fail_errno(err, errno, "cannot lock %s", path);
        close(fd);
        return status;
    }
    int size = snprintf(pid, sizeof pid, "%" PRIdMAX "\n", (intmax_t)getpid());
    if (ftruncate(fd, 0) != 0 || pwrite(fd, pid, (size_t)size, 0) != size) {
        status = ht_fail_errno(err, errno, "cannot write %s", path);
        close(fd);
        return status;
    }
    store->lock_fd = fd;
    return HT_OK;
}

int ht_store_sweep_readers(struct ht_store *store)
{
    int trail = 0, index = 0;
    mdb_reader_check(store->trail.env, &trail);
    if (store_locked(store)) return trail;
    struct index_env *current = index_env_acquire(store);
    mdb_reader_check(index_env_mdb(current), &index);
    index_env_release(current);
    return trail + index;
}

static bool is_dead(MDB_env *env)
{
    MDB_txn *txn = NULL;
    int code = mdb_txn_begin(env, NULL, MDB_RDONLY, &txn);
    if (code == 0) mdb_txn_abort(txn);
    return code == MDB_PANIC || code == MDB_MAP_RESIZED;
}

bool ht_store_is_dead(struct ht_store *store)
{
    if (is_dead(store->trail.env)) return true;
    if (store_locked(store)) return false;
    struct index_env *current = index_env_acquire(store);
    bool dead = is_dead(index_env_mdb(current));
    index_env_release(current);
    return dead;
}

const char *ht_store_dir(const struct ht_store *store)
{
    return store->dir;
}

const uint8_t *ht_store_trail_id(const struct ht_store *store)
{
    return store->trail_id;
}

struct seen {
    uint32_t count;  /* in use */
    uint64_t oldest; /* transaction number of the oldest snapshot */
};

/* One line of mdb_reader_list: pid, thread and the snapshot's transaction number, "-" if the slot is idle; or a
 * heading. */
static int note_reader(const char *line, void *context)
{
    struct seen *seen = context;
    uint64_t number;
    line += strspn(line, " ");
    if (strspn(line, "0123456789") == 0) return 0;
    seen->count++;
    struct ht_slice text = ht_slice_of(line, strcspn(line, "\n"));
    while (text.size > 0 && text.data[text.size - 1] == ' ')
        text.size--;
    const char *space = memrchr(text.data, ' ', text.size);
    if (space == NULL) return 0;
    struct ht_slice last = ht_slice_of(space + 1, (size_t)(text.data + text.size - space - 1));
    if (ht_parse_u64(last, &number) == HT_OK && number < seen->oldest) seen->oldest = number;
    return 0;
}

/* Without the master key there is none open. */
static uint64_t index_bytes(struct ht_store *store)
{
    if (store_locked(store)) return 0;
    struct index_env *current = index_env_acquire(store);
    uint64_t bytes = env_bytes(index_env_mdb(current));
    index_env_release(current);
    return bytes;
}

enum ht_status ht_store_usage(struct ht_store *store, struct ht_store_usage *usage, struct ht_error *err)
{
    struct statvfs fs;
    MDB_envinfo info;
    if (statvfs(store->dir, &fs) != 0)
        return ht_fail_errno(err, errno, "cannot look at the filesystem of %s", store->dir);
    int code = mdb_env_info(store->trail.env, &info);
    if (code != 0) return env_fail(err, code, "looking at the trail");
    usage->index_bytes = index_bytes(store);
    usage->trail_bytes = env_bytes(store->trail.env);
    usage->disk_free = (uint64_t)fs.f_bavail * fs.f_frsize;
    usage->map_size = info.me_mapsize;
    /* Not me_numreaders, which never sinks. */
    struct seen seen = {.oldest = info.me_last_txnid};
    mdb_reader_list(store->trail.env, note_reader, &seen);
    usage->readers = seen.count;
    usage->reader_age = info.me_last_txnid - seen.oldest;
    return HT_OK;
}
