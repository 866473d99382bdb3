#include "index_doubt.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <unistd.h>

#include "files.h"
#include "hooktrail/index.h"
#include "index_env.h"

_Static_assert(HT_INDEX_PATH == PATH_MAX, "a path must fit");

bool ht_index_is_damaged(struct ht_store *store)
{
    struct index_env *current = index_env_acquire(store);
    bool damaged = current != NULL && atomic_load(&current->damaged);
    index_env_release(current);
    return damaged;
}

enum ht_status ht_index_doubt_init(struct ht_index_doubt *doubt, const char *dir, struct ht_error *err)
{
    enum ht_status status = files_join(doubt->note, dir, "index.doubt", err);
    return status == HT_OK ? files_join(doubt->settled, dir, "index.doubted", err) : status;
}

void ht_index_doubt(const struct ht_index_doubt *doubt)
{
    if (access(doubt->settled, F_OK) == 0) return;
    int fd = open(doubt->note, O_WRONLY | O_CREAT | O_CLOEXEC, 0600);
    if (fd >= 0) close(fd);
}

bool ht_index_is_doubted(const struct ht_index_doubt *doubt)
{
    return access(doubt->note, F_OK) == 0;
}

void ht_index_trust(const struct ht_index_doubt *doubt)
{
    unlink(doubt->settled);
}

bool index_is_doubted(const struct ht_store *store)
{
    struct ht_index_doubt doubt;
    return ht_index_doubt_init(&doubt, store->dir, NULL) == HT_OK && ht_index_is_doubted(&doubt);
}

enum ht_status index_doubt_settle(const struct ht_store *store, struct ht_error *err)
{
    struct ht_index_doubt doubt;
    enum ht_status status = ht_index_doubt_init(&doubt, store->dir, err);
    if (status != HT_OK || rename(doubt.note, doubt.settled) == 0) return status;
    return ht_fail_errno(err, errno, "cannot rename %s", doubt.note);
}
