/* For unit tests: which files a piece of work writes and syncs, in what order; and a sync that fails, or in which the
   process is killed; and a write through a descriptor that syncs each, as LMDB's last of a commit is, that fails. Takes
   the place of libc's calls in the whole test program, so one file of it includes this. */
#ifndef TESTS_DISK_CALLS_H
#define TESTS_DISK_CALLS_H

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdbool.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

struct disk_call {
    bool sync;
    ino_t inode;
};

static struct {
    bool watching; /* what follows is written down, or done, only while this is set */
    bool sync_fails;
    bool sync_kills;
    int durable_write_fails; /* with this error; 0: it does not */
    size_t count;
    struct disk_call calls[1024];
} disk_calls;

static inline void disk_calls_begin(void)
{
    disk_calls.watching = true;
    disk_calls.count = 0;
}

static inline void disk_calls_end(void)
{
    disk_calls.watching = disk_calls.sync_fails = disk_calls.sync_kills = false;
    disk_calls.durable_write_fails = 0;
}

/* The number of the first such call on the file or folder, 0 if there was none. */
static inline size_t disk_calls_first(bool sync, const char *path)
{
    struct stat stat_of;
    if (stat(path, &stat_of) != 0) return 0;
    for (size_t i = 0; i < disk_calls.count; i++)
        if (disk_calls.calls[i].sync == sync && disk_calls.calls[i].inode == stat_of.st_ino) return i + 1;
    return 0;
}

static inline void disk_calls_note(int fd, bool sync)
{
    struct stat stat_of;
    if (!disk_calls.watching || fstat(fd, &stat_of) != 0) return;
    const struct disk_call *last = disk_calls.count > 0 ? &disk_calls.calls[disk_calls.count - 1] : NULL;
    if (last != NULL && last->sync == sync && last->inode == stat_of.st_ino) return; /* the same once more */
    if (disk_calls.count == sizeof disk_calls.calls / sizeof *disk_calls.calls) return;
    disk_calls.calls[disk_calls.count++] = (struct disk_call){sync, stat_of.st_ino};
}

static inline int disk_calls_sync(int fd, long number)
{
    disk_calls_note(fd, true);
    if (disk_calls.watching && disk_calls.sync_kills) kill(getpid(), SIGKILL);
    if (!disk_calls.watching || !disk_calls.sync_fails) return (int)syscall(number, fd);
    errno = EIO;
    return -1;
}

int fdatasync(int fd)
{
    return disk_calls_sync(fd, SYS_fdatasync);
}

int fsync(int fd)
{
    return disk_calls_sync(fd, SYS_fsync);
}

ssize_t pwrite(int fd, const void *bytes, size_t size, off_t offset)
{
    disk_calls_note(fd, false);
    if (disk_calls.watching && disk_calls.durable_write_fails != 0 && (fcntl(fd, F_GETFL) & O_DSYNC) != 0) {
        errno = disk_calls.durable_write_fails;
        return -1;
    }
    return syscall(SYS_pwrite64, fd, bytes, size, offset);
}

#endif
