#include "watch.h"

#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define DESCRIPTORS 1024

/* By descriptor; a descriptor that isn't watched has no inode. */
static struct {
    uint64_t inode;
    bool durable;
} opened[DESCRIPTORS];

void *watch_real(const char *name)
{
    void *found = dlsym(RTLD_NEXT, name);
    if (found == NULL) abort();
    return found;
}

/* ---- what is watched ---- */

/* The path below $CRASH_DIR; NULL if it lies elsewhere. */
static const char *below(const char *path)
{
    const char *dir = getenv("CRASH_DIR");
    size_t size = dir == NULL ? 0 : strlen(dir);
    if (size == 0 || strncmp(path, dir, size) != 0) return NULL;
    if (path[size] == '\0') return path + size;
    return path[size] == '/' ? path + size + 1 : NULL;
}

static bool is_watched(int fd)
{
    return fd >= 0 && fd < DESCRIPTORS && opened[fd].inode != 0;
}

static uint64_t inode_at(const char *path)
{
    struct stat stat_of;
    return stat(path, &stat_of) == 0 ? stat_of.st_ino : 0;
}

static void note_descriptor(int fd, int flags)
{
    struct stat stat_of;
    if (fd >= DESCRIPTORS || fstat(fd, &stat_of) != 0) abort();
    opened[fd].durable = (flags & O_DSYNC) != 0;
    opened[fd].inode = stat_of.st_ino;
}

/* ---- calls in general ---- */

static int finish(const struct watched_call *call, enum watch_verdict verdict, int result)
{
    if (result < 0) return result;
    watch_after(call);
    if (verdict != WATCH_LATE) return result;
    errno = EIO;
    return -1;
}

static off_t size_of(const struct iovec *pieces, int count)
{
    off_t size = 0;
    for (int i = 0; i < count; i++)
        size += (off_t)pieces[i].iov_len;
    return size;
}

static ssize_t write_watched(int fd, const struct watched_call *asked)
{
    struct watched_call call = *asked;
    call.kind = JOURNAL_WRITE;
    call.inode = opened[fd].inode;
    call.durable = opened[fd].durable;
    enum watch_verdict verdict = watch_before(&call);
    if (verdict == WATCH_REFUSE) return -1;
    const struct iovec half = {call.pieces->iov_base, (call.pieces->iov_len + 1) / 2};
    if (verdict == WATCH_SHORT) {
        call.pieces = &half;
        call.count = 1;
    }
    ssize_t written = WATCH_REAL(pwritev)(fd, call.pieces, call.count, call.offset);
    if (written < 0) return written;
    if (written != size_of(call.pieces, call.count)) abort(); /* no disk is meant to fill up here */
    watch_after(&call);
    if (verdict != WATCH_LATE) return written;
    errno = EIO;
    return -1;
}

/* At the descriptor's own place, which moves on. */
static ssize_t write_here(int fd, const struct iovec *pieces, int count)
{
    struct watched_call call = {.pieces = pieces, .count = count, .offset = lseek(fd, 0, SEEK_CUR)};
    ssize_t written = write_watched(fd, &call);
    if (written > 0) lseek(fd, call.offset + written, SEEK_SET);
    return written;
}

static struct iovec piece_of(const void *bytes, size_t size)
{
    union {
        const void *from;
        void *to;
    } same = {bytes};
    return (struct iovec){same.to, size};
}

/* ---- files ---- */

int open(const char *path, int flags, ...)
{
    va_list rest;
    va_start(rest, flags);
    mode_t mode = (flags & O_CREAT) != 0 ? va_arg(rest, mode_t) : 0;
    va_end(rest);
    const char *name = below(path);
    if (name == NULL) return WATCH_REAL(open)(path, flags, mode);
    struct watched_call call = {.kind = JOURNAL_CREATE, .path = name};
    bool makes = (flags & O_CREAT) != 0 && access(path, F_OK) != 0;
    bool empties = (flags & O_TRUNC) != 0 && !makes;
    if (empties) call = (struct watched_call){.kind = JOURNAL_TRUNCATE, .inode = inode_at(path)};
    enum watch_verdict verdict = makes || empties ? watch_before(&call) : WATCH_GO;
    if (verdict == WATCH_REFUSE) return -1;
    int fd = WATCH_REAL(open)(path, flags, mode);
    if (fd < 0) return fd;
    note_descriptor(fd, flags);
    call.inode = opened[fd].inode;
    if (!makes && !empties) return fd;
    int result = finish(&call, verdict, fd);
    if (result < 0) close(fd);
    return result;
}

/* What open becomes with _FORTIFY_SOURCE where the compiler can't see whether the flags want a mode. */
int open_fortified(const char *path, int flags) __asm__("__open_2");
int open_fortified(const char *path, int flags)
{
    return open(path, flags);
}

int close(int fd)
{
    if (fd >= 0 && fd < DESCRIPTORS) opened[fd].inode = 0;
    return WATCH_REAL(close)(fd);
}

ssize_t write(int fd, const void *bytes, size_t size)
{
    const struct iovec piece = piece_of(bytes, size);
    if (is_watched(fd)) return write_here(fd, &piece, 1);
    watch_elsewhere(&piece, 1);
    return WATCH_REAL(write)(fd, bytes, size);
}

ssize_t writev(int fd, const struct iovec *pieces, int count)
{
    if (is_watched(fd)) return write_here(fd, pieces, count);
    watch_elsewhere(pieces, count);
    return WATCH_REAL(writev)(fd, pieces, count);
}

ssize_t pwrite(int fd, const void *bytes, size_t size, off_t offset)
{
    const struct iovec piece = piece_of(bytes, size);
    struct watched_call call = {.pieces = &piece, .count = 1, .offset = offset};
    return is_watched(fd) ? write_watched(fd, &call) : WATCH_REAL(pwrite)(fd, bytes, size, offset);
}

ssize_t pwritev(int fd, const struct iovec *pieces, int count, off_t offset)
{
    struct watched_call call = {.pieces = pieces, .count = count, .offset = offset};
    return is_watched(fd) ? write_watched(fd, &call) : WATCH_REAL(pwritev)(fd, pieces, count, offset);
}

int ftruncate(int fd, off_t size)
{
    if (!is_watched(fd)) return WATCH_REAL(ftruncate)(fd, size);
    struct watched_call call = {.kind = JOURNAL_TRUNCATE, .inode = opened[fd].inode, .offset = size};
    enum watch_verdict verdict = watch_before(&call);
    return verdict == WATCH_REFUSE ? -1 : finish(&call, verdict, WATCH_REAL(ftruncate)(fd, size));
}

static int sync_watched(int fd, int (*real)(int))
{
    if (!is_watched(fd)) return real(fd);
    struct watched_call call = {.kind = JOURNAL_SYNC, .inode = opened[fd].inode};
    enum watch_verdict verdict = watch_before(&call);
    return verdict == WATCH_REFUSE ? -1 : finish(&call, verdict, real(fd));
}

int fsync(int fd)
{
    return sync_watched(fd, WATCH_REAL(fsync));
}

int fdatasync(int fd)
{
    return sync_watched(fd, WATCH_REAL(fdatasync));
}

/* ---- names ---- */

int rename(const char *from, const char *to)
{
    struct watched_call call = {.kind = JOURNAL_RENAME, .path = below(from), .to = below(to)};
    if (call.path == NULL || call.to == NULL) return WATCH_REAL(rename)(from, to);
    enum watch_verdict verdict = watch_before(&call);
    return verdict == WATCH_REFUSE ? -1 : finish(&call, verdict, WATCH_REAL(rename)(from, to));
}

int renameat2(int from_dir, const char *from, int to_dir, const char *to, unsigned flags)
{
    struct watched_call call = {.kind = (flags & RENAME_EXCHANGE) != 0 ? JOURNAL_EXCHANGE : JOURNAL_RENAME,
                                .path = below(from),
                                .to = below(to)};
    if (call.path == NULL || call.to == NULL) return WATCH_REAL(renameat2)(from_dir, from, to_dir, to, flags);
    enum watch_verdict verdict = watch_before(&call);
    if (verdict == WATCH_REFUSE) return -1;
    return finish(&call, verdict, WATCH_REAL(renameat2)(from_dir, from, to_dir, to, flags));
}

static int remove_watched(const char *path, int (*real)(const char *))
{
    struct watched_call call = {.kind = JOURNAL_REMOVE, .path = below(path)};
    if (call.path == NULL || access(path, F_OK) != 0) return real(path);
    enum watch_verdict verdict = watch_before(&call);
    return verdict == WATCH_REFUSE ? -1 : finish(&call, verdict, real(path));
}

int unlink(const char *path)
{
    return remove_watched(path, WATCH_REAL(unlink));
}

int remove(const char *path)
{
    return remove_watched(path, WATCH_REAL(remove));
}

/* The whole path of a name in an open folder; NULL if it is not known. */
static const char *whole_path(int folder, const char *name, char path[PATH_MAX])
{
    char link[64];
    if (folder == AT_FDCWD || *name == '/') return name;
    snprintf(link, sizeof link, "/proc/self/fd/%d", folder);
    ssize_t size = readlink(link, path, PATH_MAX - 1);
    if (size < 0 || (size_t)size + strlen(name) + 2 > PATH_MAX) return NULL;
    snprintf(path + size, PATH_MAX - (size_t)size, "/%s", name);
    return path;
}

int unlinkat(int folder, const char *name, int flags)
{
    char path[PATH_MAX];
    const char *whole = whole_path(folder, name, path);
    if (whole == NULL) return WATCH_REAL(unlinkat)(folder, name, flags);
    return remove_watched(whole, (flags & AT_REMOVEDIR) != 0 ? WATCH_REAL(rmdir) : WATCH_REAL(unlink));
}

int openat(int folder, const char *name, int flags, ...)
{
    char path[PATH_MAX];
    va_list rest;
    va_start(rest, flags);
    mode_t mode = (flags & O_CREAT) != 0 ? va_arg(rest, mode_t) : 0;
    va_end(rest);
    const char *whole = whole_path(folder, name, path);
    return whole ? open(whole, flags, mode) : WATCH_REAL(openat)(folder, name, flags, mode);
}

int openat_fortified(int folder, const char *name, int flags) __asm__("__openat_2");
int openat_fortified(int folder, const char *name, int flags)
{
    return openat(folder, name, flags);
}

int mkdirat(int folder, const char *name, mode_t mode)
{
    char path[PATH_MAX];
    const char *whole = whole_path(folder, name, path);
    return whole ? mkdir(whole, mode) : WATCH_REAL(mkdirat)(folder, name, mode);
}

int renameat(int from_dir, const char *from, int to_dir, const char *to)
{
    char from_path[PATH_MAX], to_path[PATH_MAX];
    const char *whole = whole_path(from_dir, from, from_path), *whole_to = whole_path(to_dir, to, to_path);
    return whole && whole_to ? rename(whole, whole_to) : WATCH_REAL(renameat)(from_dir, from, to_dir, to);
}

int mkdir(const char *path, mode_t mode)
{
    struct watched_call call = {.kind = JOURNAL_MKDIR, .path = below(path)};
    if (call.path == NULL || access(path, F_OK) == 0) return WATCH_REAL(mkdir)(path, mode);
    enum watch_verdict verdict = watch_before(&call);
    if (verdict == WATCH_REFUSE) return -1;
    int result = WATCH_REAL(mkdir)(path, mode);
    call.inode = inode_at(path);
    return finish(&call, verdict, result);
}

char *mkdtemp(char *path)
{
    struct watched_call call = {.kind = JOURNAL_MKDIR, .path = below(path)};
    if (call.path == NULL) return WATCH_REAL(mkdtemp)(path);
    enum watch_verdict verdict = watch_before(&call);
    if (verdict == WATCH_REFUSE || WATCH_REAL(mkdtemp)(path) == NULL) return NULL;
    call.inode = inode_at(path);
    return finish(&call, verdict, 0) == 0 ? path : NULL;
}
