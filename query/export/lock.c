#include "lock.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#define MAX_NAME 64

enum ht_status export_name_check(const char *name, struct ht_error *err)
{
    static const char allowed[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789._-";
    size_t size = strlen(name);
    bool sound = size > 0 && size <= MAX_NAME && strspn(name, allowed) == size && name[0] != '.' && name[0] != '-';
    if (sound) return HT_OK;
    return ht_fail_field(err, HT_INVALID, "name",
                         "an export's name is 1 to %d letters, digits, dots, underscores or dashes, and begins with "
                         "neither dot nor dash",
                         MAX_NAME);
}

/* `how` is LOCK_EX or LOCK_SH. */
static enum ht_status lock(const char *path, int how, const char *what, int *fd, struct ht_error *err)
{
    int file = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
    if (file < 0) return ht_fail_errno(err, errno, "cannot open %s", path);
    if (flock(file, how | LOCK_NB) != 0) {
        int error = errno;
        close(file);
        if (error == EWOULDBLOCK) return ht_fail(err, HT_BUSY, "%s is under way: %s is locked", what, path);
        return ht_fail_errno(err, error, "cannot lock %s", path);
    }
    *fd = file;
    return HT_OK;
}

enum ht_status export_lock_file(const char *path, const char *what, int *fd, struct ht_error *err)
{
    return lock(path, LOCK_EX, what, fd, err);
}

/* DIR/exports/NAME.lock, and the folder. */
static enum ht_status make_path(char path[PATH_MAX], const char *dir, const char *name, struct ht_error *err)
{
    int size = snprintf(path, PATH_MAX, "%s/exports", dir);
    if (size < 0 || (size_t)size + MAX_NAME + sizeof "/.lock" > PATH_MAX)
        return ht_fail(err, HT_INVALID, "the path of the data directory is too long");
    if (mkdir(path, 0700) != 0 && errno != EEXIST) return ht_fail_errno(err, errno, "cannot make %s", path);
    snprintf(path + size, PATH_MAX - (size_t)size, "/%s.lock", name);
    return HT_OK;
}

enum ht_status export_lock_name(const char *dir, const char *name, int *fd, struct ht_error *err)
{
    char path[PATH_MAX];
    enum ht_status status = make_path(path, dir, name, err);
    return status == HT_OK ? lock(path, LOCK_EX, "an export of this name", fd, err) : status;
}

/* Its name is none that an export can have. */
enum ht_status export_lock_databases(const char *dir, bool alone, int *fd, struct ht_error *err)
{
    char path[PATH_MAX];
    const char *what = alone ? "another export to a database" : "an export to a database without a name, or anew,";
    enum ht_status status = make_path(path, dir, ".databases", err);
    return status == HT_OK ? lock(path, alone ? LOCK_EX : LOCK_SH, what, fd, err) : status;
}
