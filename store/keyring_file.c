#include "keyring_file.h"

#include <errno.h>
#include <fcntl.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "files.h"
#include "hooktrail/encode.h"

#define NONCE crypto_aead_xchacha20poly1305_ietf_NPUBBYTES
#define TAG crypto_aead_xchacha20poly1305_ietf_ABYTES
#define VERSION 1
#define AT_VERSION 16
#define AT_NONCE 24
#define AT_TAG (AT_NONCE + NONCE)
#define SLOTS_AT_ONCE 1024

_Static_assert(NONCE + KEYRING_KEY + TAG == KEYRING_SLOT, "a slot is a nonce and a sealed key");

static const char magic[16] = "hooktrail keys\n";
static const char data_name[] = KEYRING_NAME;
static const char credential[] = "hooktrail-master-key";

/* ---- the file ---- */

enum ht_status keyring_file_sync(const struct keyring_file *file, struct ht_error *err)
{
    if (fdatasync(file->fd) == 0) return HT_OK;
    return ht_fail_errno(err, errno, "cannot sync %s", data_name);
}

bool keyring_file_exists(const char *dir)
{
    char path[PATH_MAX];
    return files_join(path, dir, data_name, NULL) == HT_OK && access(path, F_OK) == 0;
}

enum ht_status keyring_file_path(const char *dir, char path[PATH_MAX], struct ht_error *err)
{
    return files_join(path, dir, data_name, err);
}

static void make_header(uint8_t header[KEYRING_HEADER], const uint8_t *trail_id, const uint8_t *master)
{
    memset(header, 0, KEYRING_HEADER);
    memcpy(header, magic, sizeof magic);
    ht_put_be32(header + AT_VERSION, VERSION);
    randombytes_buf(header + AT_NONCE, NONCE);
    crypto_aead_xchacha20poly1305_ietf_encrypt(header + AT_TAG, NULL, NULL, 0, trail_id, HT_TRAIL_ID_SIZE, NULL,
                                               header + AT_NONCE, master);
}

static bool header_fits(const uint8_t header[KEYRING_HEADER], const uint8_t *trail_id, const uint8_t *master)
{
    uint8_t nothing[1];
    return crypto_aead_xchacha20poly1305_ietf_decrypt(nothing, NULL, NULL, header + AT_TAG, TAG, trail_id,
                                                      HT_TRAIL_ID_SIZE, header + AT_NONCE, master) == 0;
}

enum ht_status keyring_file_make(const char *dir, const uint8_t *trail_id, const uint8_t master[KEYRING_KEY],
                                 struct ht_error *err)
{
    char path[PATH_MAX];
    uint8_t header[KEYRING_HEADER];
    enum ht_status status = files_join(path, dir, data_name, err);
    make_header(header, trail_id, master);
    return status == HT_OK ? files_write_new(path, ht_slice_of(header, sizeof header), err) : status;
}

static enum ht_status read_header(const struct keyring_file *file, uint8_t header[KEYRING_HEADER], struct ht_error *err)
{
    ssize_t got = pread(file->fd, header, KEYRING_HEADER, 0);
    if (got < 0) return ht_fail_errno(err, errno, "cannot read %s", data_name);
    if (got != KEYRING_HEADER || memcmp(header, magic, sizeof magic) != 0)
        return ht_fail(err, HT_CORRUPT, "%s is no file of keys: restore it from a backup", data_name);
    uint32_t version = ht_get_be32(header + AT_VERSION);
    if (version == VERSION) return HT_OK;
    return ht_fail(err, HT_VERSION, "%s has version %u; this hooktrail (%s) knows %d%s", data_name, version,
                   ht_version(), VERSION, version > VERSION ? ": upgrade hooktrail" : "");
}

enum ht_status keyring_file_open(struct keyring_file *file, const char *dir, const uint8_t *trail_id,
                                 struct ht_error *err)
{
    char path[PATH_MAX];
    uint8_t header[KEYRING_HEADER];
    memcpy(file->trail_id, trail_id, sizeof file->trail_id);
    enum ht_status status = files_join(path, dir, data_name, err);
    if (status != HT_OK) return status;
    file->fd = open(path, O_RDWR | O_CLOEXEC | O_NOFOLLOW);
    if (file->fd < 0) return ht_fail_errno(err, errno, "cannot open %s", path);
    return read_header(file, header, err);
}

void keyring_file_close(struct keyring_file *file)
{
    if (file->fd >= 0) close(file->fd);
    file->fd = -1;
}

/* ---- the master key ---- */

static enum ht_status name_master(const char *dir, char path[PATH_MAX], struct ht_error *err)
{
    const char *named = getenv("HOOKTRAIL_MASTER_KEY_FILE");
    if (named != NULL && *named != '\0') {
        int size = snprintf(path, PATH_MAX, "%s", named);
        if (size < PATH_MAX) return HT_OK;
        return ht_fail(err, HT_INVALID, "the path in HOOKTRAIL_MASTER_KEY_FILE is too long");
    }
    const char *credentials = getenv("CREDENTIALS_DIRECTORY");
    if (credentials != NULL && files_join(path, credentials, credential, NULL) == HT_OK && access(path, F_OK) == 0)
        return HT_OK;
    return files_join(path, dir, "keys/master.key", err);
}

enum ht_status keyring_file_master_path(const char *dir, char path[PATH_MAX], struct ht_error *err)
{
    struct stat stat_of;
    char real[PATH_MAX];
    enum ht_status status = name_master(dir, path, err);
    if (status == HT_OK && lstat(path, &stat_of) == 0 && S_ISLNK(stat_of.st_mode) && realpath(path, real) != NULL)
        memcpy(path, real, strlen(real) + 1);
    return status;
}

static bool read_fitting(const struct keyring_file *file, const uint8_t *header, const char *path, uint8_t *master)
{
    if (files_read_exact(path, master, KEYRING_KEY, NULL) == HT_OK && header_fits(header, file->trail_id, master))
        return true;
    sodium_memzero(master, KEYRING_KEY);
    return false;
}

/* A rotation that was killed before data.keys changed: its copy would outlive keys that are destroyed from now on. */
static enum ht_status undo_rotation(const char *dir, const char *waiting, struct ht_error *err)
{
    char data[PATH_MAX], copy[PATH_MAX];
    enum ht_status status = keyring_file_path(dir, data, err);
    if (status == HT_OK) status = keyring_file_waiting(data, copy, err);
    if (status != HT_OK || access(copy, F_OK) != 0) return status;
    status = keyring_file_shred(waiting, err);
    return status == HT_OK ? keyring_file_shred(copy, err) : status;
}

/* A rotation that was killed behind the rename of data.keys, which may not be on disk yet: the old master key opens
   what would come back by that, and must outlive it. */
static enum ht_status finish_rotation(const char *dir, const char *path, const char *waiting, struct ht_error *err)
{
    char data[PATH_MAX];
    enum ht_status status = keyring_file_path(dir, data, err);
    if (status == HT_OK) status = files_sync_parent(data, err);
    return status == HT_OK ? keyring_file_replace_master(path, waiting, err) : status;
}

enum ht_status keyring_file_master(struct keyring_file *file, const char *dir, uint8_t master[KEYRING_KEY],
                                   struct ht_error *err)
{
    char path[PATH_MAX], waiting[PATH_MAX];
    uint8_t header[KEYRING_HEADER];
    enum ht_status status = read_header(file, header, err);
    if (status == HT_OK) status = keyring_file_master_path(dir, path, err);
    if (status == HT_OK) status = keyring_file_waiting(path, waiting, err);
    if (status != HT_OK) return status;
    if (read_fitting(file, header, path, master)) return undo_rotation(dir, waiting, err);
    if (read_fitting(file, header, waiting, master)) return finish_rotation(dir, path, waiting, err);
    if (access(path, F_OK) != 0)
        return ht_fail(err, HT_FORBIDDEN,
                       "the master key %s is missing: without it payloads can't be read. Put it back, or name its file "
                       "in HOOKTRAIL_MASTER_KEY_FILE",
                       path);
    return ht_fail(err, HT_FORBIDDEN, "%s can't be read, or is not the master key of this store", path);
}

/* ---- slots ---- */

enum ht_status keyring_file_count(const struct keyring_file *file, uint32_t *count, struct ht_error *err)
{
    struct stat stat_of;
    if (fstat(file->fd, &stat_of) != 0) return ht_fail_errno(err, errno, "cannot look at %s", data_name);
    if (stat_of.st_size < KEYRING_HEADER) return ht_fail(err, HT_CORRUPT, "%s is cut off", data_name);
    uint64_t slots = (uint64_t)(stat_of.st_size - KEYRING_HEADER) / KEYRING_SLOT;
    *count = slots < UINT32_MAX ? (uint32_t)slots : UINT32_MAX;
    return HT_OK;
}

/* What a wrapped key is bound to: it can't be put into another slot or store. */
static void bind(uint8_t bound[HT_TRAIL_ID_SIZE + 4], const struct keyring_file *file, uint32_t id)
{
    memcpy(bound, file->trail_id, HT_TRAIL_ID_SIZE);
    ht_put_be32(bound + HT_TRAIL_ID_SIZE, id);
}

static void wrap(const struct keyring_file *file, const uint8_t *master, uint32_t id, const uint8_t *key,
                 uint8_t slot[KEYRING_SLOT])
{
    uint8_t bound[HT_TRAIL_ID_SIZE + 4];
    bind(bound, file, id);
    randombytes_buf(slot, NONCE);
    crypto_aead_xchacha20poly1305_ietf_encrypt(slot + NONCE, NULL, key, KEYRING_KEY, bound, sizeof bound, NULL, slot,
                                               master);
}

static bool unwrap(const struct keyring_file *file, const uint8_t *master, uint32_t id,
                   const uint8_t slot[KEYRING_SLOT], uint8_t key[KEYRING_KEY])
{
    uint8_t bound[HT_TRAIL_ID_SIZE + 4];
    bind(bound, file, id);
    return crypto_aead_xchacha20poly1305_ietf_decrypt(key, NULL, NULL, slot + NONCE, KEYRING_KEY + TAG, bound,
                                                      sizeof bound, slot, master) == 0;
}

enum ht_status keyring_file_read(const struct keyring_file *file, const uint8_t *master, uint32_t id,
                                 uint8_t key[KEYRING_KEY], struct ht_error *err)
{
    uint8_t slot[KEYRING_SLOT];
    ssize_t got = pread(file->fd, slot, sizeof slot, keyring_offset(id));
    if (got < 0) return ht_fail_errno(err, errno, "cannot read %s", data_name);
    if (got != KEYRING_SLOT) return ht_fail(err, HT_CORRUPT, "data key %u is not in %s", id, data_name);
    if (sodium_is_zero(slot, sizeof slot)) return ht_fail(err, HT_ERASED, "data key %u was destroyed", id);
    if (master == NULL || unwrap(file, master, id, slot, key)) return HT_OK;
    return ht_fail(err, HT_CORRUPT, "data key %u is damaged", id);
}

/* The slots as they lie in the file; zeros behind its end. */
static enum ht_status read_slots(const struct keyring_file *file, uint32_t first, uint32_t count, uint8_t *slots,
                                 struct ht_error *err)
{
    size_t size = (size_t)count * KEYRING_SLOT;
    memset(slots, 0, size);
    ssize_t got = pread(file->fd, slots, size, keyring_offset(first));
    return got >= 0 ? HT_OK : ht_fail_errno(err, errno, "cannot read %s", data_name);
}

static enum ht_status fill_some(const struct keyring_file *file, const uint8_t *master, uint32_t first, uint32_t count,
                                uint8_t *slots, struct ht_error *err)
{
    enum ht_status status = read_slots(file, first, count, slots, err);
    if (status != HT_OK) return status;
    for (uint32_t i = 0; i < count; i++) {
        uint8_t key[KEYRING_KEY];
        uint8_t *slot = slots + (size_t)i * KEYRING_SLOT;
        bool sound = unwrap(file, master, first + i, slot, key);
        if (!sound) randombytes_buf(key, sizeof key);
        if (!sound) wrap(file, master, first + i, key, slot);
        sodium_memzero(key, sizeof key);
    }
    return files_write_at(file->fd, ht_slice_of(slots, (size_t)count * KEYRING_SLOT), (uint64_t)keyring_offset(first),
                          data_name, err);
}

enum ht_status keyring_file_fill(const struct keyring_file *file, const uint8_t *master, uint32_t first, uint32_t last,
                                 struct ht_error *err)
{
    uint8_t *slots = malloc(SLOTS_AT_ONCE * KEYRING_SLOT);
    if (slots == NULL) return ht_fail(err, HT_NO_MEMORY, "out of memory for new keys");
    enum ht_status status = HT_OK;
    uint32_t left = last - first + 1;
    while (left > 0 && status == HT_OK) {
        uint32_t count = left < SLOTS_AT_ONCE ? left : SLOTS_AT_ONCE;
        status = fill_some(file, master, first, count, slots, err);
        first += count;
        left -= count;
    }
    free(slots);
    return status == HT_OK ? keyring_file_sync(file, err) : status;
}

enum ht_status keyring_file_erase(const struct keyring_file *file, uint32_t id, struct ht_error *err)
{
    static const uint8_t zeros[KEYRING_SLOT];
    uint32_t count = 0;
    enum ht_status status = keyring_file_count(file, &count, err);
    if (status != HT_OK) return status;
    if (id == 0 || id > count) return ht_fail(err, HT_CORRUPT, "data key %u is not in %s", id, data_name);
    return files_write_at(file->fd, ht_slice_of(zeros, sizeof zeros), (uint64_t)keyring_offset(id), data_name, err);
}

/* ---- rotation ---- */

enum ht_status keyring_file_waiting(const char *path, char waiting[PATH_MAX], struct ht_error *err)
{
    int size = snprintf(waiting, PATH_MAX, "%s.new", path);
    return size < PATH_MAX ? HT_OK : ht_fail(err, HT_INVALID, "the path %.64s… is too long", path);
}

/* The slot as it is: what can't be unwrapped now can't be later, and must not pass for a key that was destroyed. */
static enum ht_status copy_damaged(const struct keyring_file *file, uint32_t id, uint8_t slot[KEYRING_SLOT],
                                   struct ht_error *err)
{
    ssize_t got = pread(file->fd, slot, KEYRING_SLOT, keyring_offset(id));
    if (got == KEYRING_SLOT) return HT_OK;
    return ht_fail_errno(err, got < 0 ? errno : EIO, "cannot read %s", data_name);
}

static enum ht_status rewrap_one(const struct keyring_file *file, const uint8_t *master, const uint8_t *other,
                                 uint32_t id, uint8_t slot[KEYRING_SLOT], struct ht_error *err)
{
    uint8_t key[KEYRING_KEY];
    memset(slot, 0, KEYRING_SLOT);
    enum ht_status status = keyring_file_read(file, master, id, key, err);
    if (status == HT_OK) wrap(file, other, id, key, slot);
    sodium_memzero(key, sizeof key);
    if (status == HT_CORRUPT) return copy_damaged(file, id, slot, err);
    return status == HT_ERASED ? HT_OK : status;
}

static enum ht_status rewrap_all(const struct keyring_file *file, const uint8_t *master, const uint8_t *other, int fd,
                                 struct ht_error *err)
{
    uint8_t header[KEYRING_HEADER], slot[KEYRING_SLOT];
    uint32_t count = 0;
    make_header(header, file->trail_id, other);
    enum ht_status status = keyring_file_count(file, &count, err);
    if (status == HT_OK) status = files_write_at(fd, ht_slice_of(header, sizeof header), 0, data_name, err);
    for (uint32_t id = 1; id <= count && status == HT_OK; id++) {
        status = rewrap_one(file, master, other, id, slot, err);
        if (status == HT_OK)
            status = files_write_at(fd, ht_slice_of(slot, sizeof slot), (uint64_t)keyring_offset(id), data_name, err);
    }
    if (status == HT_OK && fsync(fd) != 0) status = ht_fail_errno(err, errno, "cannot sync the new keys");
    return status;
}

enum ht_status keyring_file_rewrap(const struct keyring_file *file, const uint8_t *master, const uint8_t *other,
                                   const char *path, struct ht_error *err)
{
    int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0600);
    if (fd < 0) return ht_fail_errno(err, errno, "cannot make %s", path);
    enum ht_status status = rewrap_all(file, master, other, fd, err);
    close(fd);
    return status;
}

/* ---- what must not stay ---- */

enum ht_status keyring_file_wipe(int fd, const char *name, struct ht_error *err)
{
    static const uint8_t zeros[16384];
    struct stat stat_of;
    if (fstat(fd, &stat_of) != 0) return ht_fail_errno(err, errno, "cannot look at %s", name);
    for (off_t at = 0; at < stat_of.st_size; at += (off_t)sizeof zeros) {
        off_t left = stat_of.st_size - at;
        size_t size = left < (off_t)sizeof zeros ? (size_t)left : sizeof zeros;
        enum ht_status status = files_write_at(fd, ht_slice_of(zeros, size), (uint64_t)at, name, err);
        if (status != HT_OK) return status;
    }
    return fdatasync(fd) == 0 ? HT_OK : ht_fail_errno(err, errno, "cannot sync %s", name);
}

static enum ht_status wipe_path(const char *path, struct ht_error *err)
{
    int fd = open(path, O_WRONLY | O_CLOEXEC | O_NOFOLLOW);
    if (fd < 0 && errno == ENOENT) return HT_OK;
    if (fd < 0) return ht_fail_errno(err, errno, "cannot overwrite %s", path);
    enum ht_status status = keyring_file_wipe(fd, path, err);
    close(fd);
    return status;
}

enum ht_status keyring_file_shred(const char *path, struct ht_error *err)
{
    if (access(path, F_OK) != 0 && errno == ENOENT) return HT_OK; /* perhaps where nothing can be written */
    enum ht_status status = wipe_path(path, err);
    if (status != HT_OK) return status;
    if (unlink(path) != 0 && errno != ENOENT) return ht_fail_errno(err, errno, "cannot remove %s", path);
    return files_sync_parent(path, err);
}

enum ht_status keyring_file_replace_master(const char *path, const char *waiting, struct ht_error *err)
{
    enum ht_status status = wipe_path(path, err);
    if (status != HT_OK) return status;
    if (rename(waiting, path) != 0) return ht_fail_errno(err, errno, "cannot rename %s to %s", waiting, path);
    return files_sync_parent(path, err);
}
