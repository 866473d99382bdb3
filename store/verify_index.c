#include "verify_index.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/file.h>
#include <unistd.h>

#include "copy.h"
#include "files.h"
#include "verify_compare.h"
#include "verify_log.h"

#define PREFIX "verify.tmp-"
#define FEW 1000
#define TRIES 3

/* ---- the temporary folder ---- */

/* Its owner holds a lock on it: so that what a killed run left can be told from what another run is using. */
static bool lock_folder(const char *path, int *fd)
{
    *fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC | O_NOFOLLOW);
    if (*fd < 0) return false;
    if (flock(*fd, LOCK_EX | LOCK_NB) == 0) return true;
    close(*fd);
    *fd = -1;
    return false;
}

static void remove_leftovers(const char *dir)
{
    DIR *folder = opendir(dir);
    if (!folder) return;
    struct dirent *entry;
    while ((entry = readdir(folder)) != NULL) {
        char path[PATH_MAX];
        int fd;
        if (strncmp(entry->d_name, PREFIX, sizeof PREFIX - 1) != 0) continue;
        if (files_join(path, dir, entry->d_name, NULL) != HT_OK || !lock_folder(path, &fd)) continue;
        files_remove_tree(path);
        close(fd);
    }
    closedir(folder);
}

static enum ht_status make_folder(const char *dir, char path[PATH_MAX], int *fd, struct ht_error *err)
{
    enum ht_status status = files_join(path, dir, PREFIX "XXXXXX", err);
    if (status != HT_OK) return status;
    if (!mkdtemp(path)) return ht_fail_errno(err, errno, "cannot make a folder in %s", dir);
    if (lock_folder(path, fd)) return HT_OK;
    return ht_fail(err, HT_BUSY, "cannot lock %s: verify again", path);
}

/* ---- an attempt: two indexes that can be compared, as long as nothing is erased meanwhile ---- */

/* A stale index is as it should be, but no longer what the trail says: it is brought up first, as it would be anyway.
 */
static enum ht_status renew_stale(struct ht_store *store, bool *stale, struct ht_error *err)
{
    enum ht_status status = index_env_stale(store, stale, err);
    if (status != HT_OK || !*stale) return status;
    status = ht_index_catch_up(store, NULL, NULL, NULL, err);
    return status == HT_OK ? index_env_stale(store, stale, err) : status;
}

static enum ht_status copy_index(struct verify_index *index, const char *path, struct ht_error *err)
{
    struct index_env *current = index_env_acquire(index->verify->store);
    index->erasures = current->erasures;
    enum ht_status status = copy_env_briefly(index_env_mdb(current), path, 0, err);
    index_env_release(current);
    return status;
}

static enum ht_status open_copy(struct verify_index *index, const char *path, struct ht_position *until,
                                struct ht_error *err)
{
    uint64_t events = index->verify->events;
    enum ht_status status = index_env_open(index->verify->store, path, MDB_RDONLY, &index->stored, err);
    if (status == HT_OK) status = index_env_newest(index->stored, until, err);
    if (status != HT_OK || until->seq / 2 <= events + FEW) return status;
    /* A damaged number: deriving would go on for ever. */
    return ht_fail(err, HT_CORRUPT, "position %" PRIu64 ", but the trail has %" PRIu64 " events", until->seq, events);
}

/* Nothing but this process knows of it, so it is never synced. */
static enum ht_status begin_derived(struct verify_index *index, const char *path, struct ht_position until,
                                    struct ht_error *err)
{
    struct ht_store *store = index->verify->store;
    enum ht_status status = index_env_make(store, path, index->stored, err);
    if (status == HT_OK) status = index_env_open(store, path, MDB_NOSYNC, &index->derived, err);
    return status == HT_OK ? derivation_init(&index->derivation, store, index->derived, until, err) : status;
}

static enum ht_status begin_attempt(struct verify_index *index, struct ht_error *err)
{
    char stored[PATH_MAX], derived[PATH_MAX];
    struct ht_position until;
    enum ht_status status = renew_stale(index->verify->store, &index->stale, err);
    if (status != HT_OK || index->stale) return status;
    status = make_folder(index->verify->store->dir, index->folder, &index->fd, err);
    if (status == HT_OK) status = files_join(stored, index->folder, "stored", err);
    if (status == HT_OK) status = files_join(derived, index->folder, "derived", err);
    if (status == HT_OK) status = copy_index(index, stored, err);
    if (status != HT_OK) return status;
    status = open_copy(index, stored, &until, err);
    index->unfit = status != HT_OK;
    return status == HT_OK ? begin_derived(index, derived, until, err) : status;
}

/* ---- begin, end ---- */

static void begin(struct verify_index *index, struct verify *verify)
{
    *index = (struct verify_index){.verify = verify, .fd = -1};
    index->status = begin_attempt(index, &index->err);
}

void verify_index_begin(struct verify_index *index, struct verify *verify)
{
    remove_leftovers(verify->store->dir);
    begin(index, verify);
}

void verify_index_release(struct verify_index *index)
{
    derivation_release(&index->derivation);
    index_env_release(index->derived);
    index_env_release(index->stored);
    if (index->fd < 0) return;
    files_remove_tree(index->folder);
    close(index->fd);
}

struct derivation *verify_index_derivation(struct verify_index *index)
{
    return index->status == HT_OK && !index->stale ? &index->derivation : NULL;
}

/* Whether the two could be compared: they can't, if something was erased since the copy was made. */
static enum ht_status compare(struct verify_index *index, bool *compared, struct ht_error *err)
{
    struct verify *verify = index->verify;
    uint64_t erasures = 0;
    *compared = false;
    if (index->stale) return HT_OK;
    enum ht_status status = derivation_finish(&index->derivation, verify, err);
    if (status == HT_OK) status = trail_counter_now(verify->store, ERASURES_COUNTER, &erasures, err);
    if (status != HT_OK || erasures != index->erasures) return status;
    *compared = true;
    return verify_compare(verify, index->stored, index->derived, err);
}

static enum ht_status derive_again(struct verify_index *index, struct ht_error *err)
{
    struct verify *verify = index->verify;
    verify_index_release(index);
    begin(index, verify);
    struct derivation *derivation = verify_index_derivation(index);
    return derivation != NULL ? verify_harvest(verify, derivation, err) : HT_OK;
}

enum ht_status verify_index_end(struct verify_index *index, struct ht_error *err)
{
    enum ht_status status = HT_OK;
    for (int i = 0; i < TRIES && status == HT_OK; i++) {
        bool compared;
        if (i > 0) status = derive_again(index, err);
        if (status != HT_OK) return status;
        if (index->status != HT_OK) *err = index->err;
        if (index->unfit) return verify_judge(index->verify, index->status, "index/meta", 0, err);
        if (index->status != HT_OK) return index->status;
        status = compare(index, &compared, err);
        if (compared) return status;
    }
    return status != HT_OK ? status : ht_fail(err, HT_BUSY, "an erasure is under way: verify again");
}
