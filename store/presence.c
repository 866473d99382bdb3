#include "presence.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

#include "files.h"

enum ht_status presence_share(struct ht_store *store, struct ht_error *err)
{
    char path[PATH_MAX];
    enum ht_status status = files_join(path, store->dir, "open.lock", err);
    if (status != HT_OK) return status;
    int fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
    if (fd < 0) return ht_fail_errno(err, errno, "cannot open %s", path);
    if (flock(fd, LOCK_SH | LOCK_NB) == 0) {
        store->presence_fd = fd;
        return HT_OK;
    }
    status = errno == EWOULDBLOCK
                 ? ht_fail(err, HT_BUSY, "%s is being compacted: try again when that is done", store->dir)
                 : ht_fail_errno(err, errno, "cannot lock %s", path);
    close(fd);
    return status;
}

enum ht_status presence_claim(struct ht_store *store, struct ht_error *err)
{
    if (flock(store->presence_fd, LOCK_EX | LOCK_NB) == 0) return HT_OK;
    if (errno != EWOULDBLOCK) return ht_fail_errno(err, errno, "cannot lock %s", store->dir);
    return ht_fail(err, HT_BUSY, "another process has %s open: wait for it, or stop it", store->dir);
}
