#include "files.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

enum ht_status files_join(char path[PATH_MAX], const char *dir, const char *name, struct ht_error *err)
{
    int size = snprintf(path, PATH_MAX, "%s/%s", dir, name);
    if (size < 0 || size >= PATH_MAX) return ht_fail(err, HT_INVALID, "the path %.64s… is too long", dir);
    return HT_OK;
}

enum ht_status files_make_temporary(const char *path, char temporary[PATH_MAX], struct ht_error *err)
{
    int size = snprintf(temporary, PATH_MAX, "%s.new-XXXXXX", path);
    if (size < 0 || size >= PATH_MAX) return ht_fail(err, HT_INVALID, "the path %.64s… is too long", path);
    if (mkdtemp(temporary) == NULL) return ht_fail_errno(err, errno, "cannot make a folder beside %s", path);
    return HT_OK;
}

enum ht_status files_sync(const char *path, struct ht_error *err)
{
    enum ht_status status = HT_OK;
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0) return ht_fail_errno(err, errno, "cannot open %s", path);
    if (fsync(fd) != 0) status = ht_fail_errno(err, errno, "cannot sync %s", path);
    close(fd);
    return status;
}

bool files_is_dots(const char *name)
{
    return strcmp(name, ".") == 0 || strcmp(name, "..") == 0;
}

/* Not every filesystem says so with the name (DT_UNKNOWN). */
static bool is_folder(const char *path)
{
    struct stat stat_of;
    return lstat(path, &stat_of) == 0 && S_ISDIR(stat_of.st_mode);
}

static enum ht_status sync_tree(const char *path, int levels, struct ht_error *err)
{
    DIR *folder = opendir(path);
    if (folder == NULL) return ht_fail_errno(err, errno, "cannot open %s", path);
    enum ht_status status = HT_OK;
    struct dirent *entry;
    while (status == HT_OK && (entry = readdir(folder)) != NULL) {
        char below[PATH_MAX];
        if (files_is_dots(entry->d_name)) continue;
        status = files_join(below, path, entry->d_name, err);
        if (status != HT_OK) break;
        if (levels > 0 && is_folder(below)) {
            status = sync_tree(below, levels - 1, err);
        } else {
            status = files_sync(below, err);
        }
    }
    closedir(folder);
    return status == HT_OK ? files_sync(path, err) : status;
}

enum ht_status files_sync_tree(const char *path, struct ht_error *err)
{
    return sync_tree(path, 1, err);
}

enum ht_status files_sync_parent(const char *path, struct ht_error *err)
{
    char parent[PATH_MAX];
    int size = snprintf(parent, sizeof parent, "%s", path);
    if (size < 0 || size >= PATH_MAX) return ht_fail(err, HT_INVALID, "the path %.64s… is too long", path);
    char *slash = strrchr(parent, '/');
    if (slash == NULL) return files_sync(".", err);
    if (slash == parent) slash++;
    *slash = '\0';
    return files_sync(parent, err);
}

static int remove_one(const char *path, const struct stat *stat, int kind, struct FTW *ftw)
{
    (void)stat, (void)kind, (void)ftw;
    remove(path);
    return 0;
}

void files_remove_tree(const char *path)
{
    nftw(path, remove_one, 16, FTW_DEPTH | FTW_PHYS);
}

enum ht_status files_clear(const char *path, const char *except, struct ht_error *err)
{
    DIR *folder = opendir(path);
    if (folder == NULL) return ht_fail_errno(err, errno, "cannot open %s", path);
    enum ht_status status = HT_OK;
    struct dirent *entry;
    while (status == HT_OK && (entry = readdir(folder)) != NULL) {
        if (files_is_dots(entry->d_name) || strcmp(entry->d_name, except) == 0) continue;
        if (unlinkat(dirfd(folder), entry->d_name, 0) != 0)
            status = ht_fail_errno(err, errno, "cannot remove %s/%s", path, entry->d_name);
    }
    closedir(folder);
    return status;
}

static enum ht_status write_all(int fd, struct ht_slice bytes, const char *path, struct ht_error *err)
{
    while (bytes.size > 0) {
        ssize_t written = write(fd, bytes.data, bytes.size);
        if (written < 0 && errno == EINTR) continue;
        if (written < 0) return ht_fail_errno(err, errno, "cannot write %s", path);
        bytes.data += written;
        bytes.size -= (size_t)written;
    }
    return HT_OK;
}

enum ht_status files_write_new(const char *path, struct ht_slice bytes, struct ht_error *err)
{
    int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    if (fd < 0 && errno == EEXIST) return ht_fail(err, HT_EXISTS, "%s is there already", path);
    if (fd < 0) return ht_fail_errno(err, errno, "cannot make %s", path);
    enum ht_status status = write_all(fd, bytes, path, err);
    if (status == HT_OK && fsync(fd) != 0) status = ht_fail_errno(err, errno, "cannot sync %s", path);
    close(fd);
    return status;
}

enum ht_status files_read_exact(const char *path, void *bytes, size_t size, struct ht_error *err)
{
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0) return ht_fail_errno(err, errno, "cannot open %s", path);
    struct stat stat;
    enum ht_status status = HT_OK;
    if (fstat(fd, &stat) != 0 || (uint64_t)stat.st_size != size) {
        status = ht_fail(err, HT_CORRUPT, "%s should have %zu bytes", path, size);
    } else if (read(fd, bytes, size) != (ssize_t)size) {
        status = ht_fail_errno(err, errno, "cannot read %s", path);
    }
    close(fd);
    return status;
}

static enum ht_status read_all(int fd, size_t most, struct ht_buffer *bytes, const char *path, struct ht_error *err)
{
    size_t begun = bytes->size;
    for (;;) {
        size_t left = most + 1 - (bytes->size - begun); /* one more, to see that it is too large */
        char *to = ht_buffer_reserve(bytes, left);
        if (to == NULL) return ht_buffer_status(bytes, err);
        ssize_t got = read(fd, to, left);
        if (got < 0 && errno == EINTR) continue;
        if (got < 0) return ht_fail_errno(err, errno, "cannot read %s", path);
        if (got == 0) return HT_OK;
        bytes->size += (size_t)got;
        if (bytes->size - begun > most) return ht_fail(err, HT_CORRUPT, "%s has more than %zu bytes", path, most);
    }
}

enum ht_status files_read(const char *path, size_t most, struct ht_buffer *bytes, struct ht_error *err)
{
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0 && errno == ENOENT) return ht_fail(err, HT_NOT_FOUND, "there is no %s", path);
    if (fd < 0) return ht_fail_errno(err, errno, "cannot open %s", path);
    enum ht_status status = read_all(fd, most, bytes, path, err);
    close(fd);
    return status;
}

static enum ht_status digest_open(int fd, const char *path, uint64_t *size, uint8_t digest[HT_SHA256_SIZE],
                                  struct ht_error *err)
{
    struct stat stat_of;
    if (fstat(fd, &stat_of) != 0) return ht_fail_errno(err, errno, "cannot look at %s", path);
    if (!S_ISREG(stat_of.st_mode)) return ht_fail(err, HT_CORRUPT, "%s is not a file", path);
    return ht_sha256_read(fd, size, digest, err);
}

enum ht_status files_digest(const char *path, uint64_t *size, uint8_t digest[HT_SHA256_SIZE], struct ht_error *err)
{
    int fd = open(path, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
    if (fd < 0 && errno == ENOENT) return ht_fail(err, HT_NOT_FOUND, "there is no %s", path);
    if (fd < 0) return ht_fail_errno(err, errno, "cannot open %s", path);
    enum ht_status status = digest_open(fd, path, size, digest, err);
    close(fd);
    return status;
}

enum ht_status files_replace(const char *path, struct ht_slice bytes, struct ht_error *err)
{
    char beside[PATH_MAX];
    int size = snprintf(beside, sizeof beside, "%s.new", path);
    if (size < 0 || size >= PATH_MAX) return ht_fail(err, HT_INVALID, "the path %.64s… is too long", path);
    if (unlink(beside) != 0 && errno != ENOENT) return ht_fail_errno(err, errno, "cannot remove %s", beside);
    enum ht_status status = files_write_new(beside, bytes, err);
    if (status == HT_OK && rename(beside, path) != 0) status = ht_fail_errno(err, errno, "cannot rename %s", beside);
    if (status != HT_OK) unlink(beside);
    return status;
}

bool files_read_at(int fd, void *to, size_t size, uint64_t offset)
{
    char *at = to;
    while (size > 0) {
        errno = 0;
        ssize_t got = pread(fd, at, size, (off_t)offset);
        if (got < 0 && errno == EINTR) continue;
        if (got <= 0) return false;
        at += got;
        offset += (uint64_t)got;
        size -= (size_t)got;
    }
    return true;
}

enum ht_status files_write_at(int fd, struct ht_slice bytes, uint64_t offset, const char *name, struct ht_error *err)
{
    while (bytes.size > 0) {
        ssize_t written = pwrite(fd, bytes.data, bytes.size, (off_t)offset);
        if (written < 0 && errno == EINTR) continue;
        if (written < 0) return ht_fail_errno(err, errno, "cannot write %s", name);
        bytes.data += written;
        bytes.size -= (size_t)written;
        offset += (uint64_t)written;
    }
    return HT_OK;
}
