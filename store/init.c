#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "checkpoint.h"
#include "files.h"
#include "hooktrail/act.h"
#include "hooktrail/endpoint.h"
#include "hooktrail/token.h"
#include "keyring.h"
#include "store.h"

static const char leftover_prefix[] = ".init-";

/* What a killed init may have put into keys/, once all of it was made. */
static const char *const keys[] = {"index.key", "master.key", "data.keys", "log.key", "log.pub"};

/* The directories above, private too, as the XDG base directory specification wants them, and as durable as the store.
 */
static enum ht_status make_parents(const char *dir, struct ht_error *err)
{
    char path[PATH_MAX];
    if (snprintf(path, sizeof path, "%s", dir) >= PATH_MAX) return ht_fail(err, HT_INVALID, "the path is too long");
    for (char *slash = strchr(path + 1, '/'); slash != NULL; slash = strchr(slash + 1, '/')) {
        *slash = '\0';
        bool made = mkdir(path, 0700) == 0;
        if (!made && errno != EEXIST) return ht_fail_errno(err, errno, "cannot make %s", path);
        enum ht_status status = made ? files_sync_parent(path, err) : HT_OK;
        if (status != HT_OK) return status;
        *slash = '/';
    }
    return HT_OK;
}

static bool is_leftover(const char *name)
{
    return strncmp(name, leftover_prefix, sizeof leftover_prefix - 1) == 0;
}

static enum ht_status for_each_name(const char *dir,
                                    enum ht_status (*call)(const char *dir, const char *name, struct ht_error *err),
                                    struct ht_error *err)
{
    DIR *folder = opendir(dir);
    if (folder == NULL) return ht_fail_errno(err, errno, "cannot open %s", dir);
    enum ht_status status = HT_OK;
    struct dirent *entry;
    while (status == HT_OK && (entry = readdir(folder)) != NULL)
        if (!files_is_dots(entry->d_name)) status = call(dir, entry->d_name, err);
    closedir(folder);
    return status;
}

static enum ht_status fail_not_empty(const char *dir, struct ht_error *err)
{
    return ht_fail(err, HT_EXISTS, "%s is not empty: choose an empty or new directory", dir);
}

static enum ht_status check_key(const char *dir, const char *name, struct ht_error *err)
{
    for (size_t i = 0; i < sizeof keys / sizeof *keys; i++)
        if (strcmp(name, keys[i]) == 0) return HT_OK;
    return fail_not_empty(dir, err);
}

static enum ht_status check_name(const char *dir, const char *name, struct ht_error *err)
{
    char path[PATH_MAX];
    if (is_leftover(name)) return HT_OK;
    if (strcmp(name, "keys") != 0) return fail_not_empty(dir, err);
    enum ht_status status = files_join(path, dir, name, err);
    return status == HT_OK ? for_each_name(path, check_key, err) : status;
}

/* Of a killed init, with keys of nothing in it. */
static enum ht_status remove_leftover(const char *dir, const char *name, struct ht_error *err)
{
    char path[PATH_MAX];
    if (!is_leftover(name) && strcmp(name, "keys") != 0) return HT_OK;
    enum ht_status status = files_join(path, dir, name, err);
    if (status == HT_OK) files_remove_tree(path);
    return status;
}

static enum ht_status check_no_store(const char *dir, struct ht_error *err)
{
    char path[PATH_MAX];
    enum ht_status status = files_join(path, dir, "trail", err);
    if (status != HT_OK || access(path, F_OK) != 0) return status;
    return ht_fail(
        err, HT_EXISTS,
        "%s holds a store already; nothing was changed. Should its secrets be lost, `hooktrail endpoint add` "
        "and `hooktrail token add` give it others",
        dir);
}

/* The one just made stays, if it is on a filesystem that a store can be on. */
static enum ht_status settle_directory(const char *dir, struct ht_error *err)
{
    enum ht_status status = store_check_filesystem(dir, err);
    if (status != HT_OK) (void)rmdir(dir);
    return status == HT_OK ? files_sync_parent(dir, err) : status;
}

static enum ht_status lock_directory(const char *dir, int *lock, struct ht_error *err)
{
    *lock = open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (*lock < 0) return ht_fail_errno(err, errno, "cannot open %s", dir);
    if (flock(*lock, LOCK_EX | LOCK_NB) == 0) return HT_OK;
    if (errno != EWOULDBLOCK) return ht_fail_errno(err, errno, "cannot lock %s", dir);
    return ht_fail(err, HT_BUSY, "another process makes a store in %s: wait for it", dir);
}

/* Makes the directory where it is missing; else it must be ours alone and empty but for leftovers of a killed init. */
static enum ht_status claim_directory(const char *dir, int *lock, struct ht_error *err)
{
    enum ht_status status = make_parents(dir, err);
    if (status == HT_OK) status = check_no_store(dir, err);
    if (status != HT_OK) return status;
    if (mkdir(dir, 0700) == 0)
        status = settle_directory(dir, err);
    else
        status = errno == EEXIST ? store_check_filesystem(dir, err) : ht_fail_errno(err, errno, "cannot make %s", dir);
    if (status == HT_OK) status = lock_directory(dir, lock, err);
    if (status == HT_OK) status = check_no_store(dir, err); /* somebody else may have been first */
    if (status == HT_OK) status = for_each_name(dir, check_name, err);
    return status == HT_OK ? for_each_name(dir, remove_leftover, err) : status;
}

static enum ht_status make_hash_key(struct ht_store *store, struct ht_error *err)
{
    char path[PATH_MAX];
    enum ht_status status = files_join(path, store->dir, "keys", err);
    if (status != HT_OK) return status;
    if (mkdir(path, 0700) != 0) return ht_fail_errno(err, errno, "cannot make %s", path);
    randombytes_buf(store->hash_key, sizeof store->hash_key);
    status = files_join(path, store->dir, "keys/index.key", err);
    if (status != HT_OK) return status;
    return files_write_new(path, ht_slice_of(store->hash_key, sizeof store->hash_key), err);
}

/* Those that need to know the trail's id. */
static enum ht_status make_keys(struct ht_store *store, const struct ht_init_options *options, struct ht_error *err)
{
    enum ht_status status = HT_OK;
    if (!options->unsealed) status = keyring_make(store->dir, store->trail_id, options->master_key, err);
    if (status == HT_OK) status = signing_make(store->dir, store->trail_id, options->origin, err);
    return status;
}

static enum ht_status note_init(struct ht_store *store, int64_t now, struct ht_error *err)
{
    const struct ht_act act = {.at = now, .kind = HT_ACT_INIT};
    return ht_act_record(store, &act, err);
}

static enum ht_status fill(struct ht_store *store, const struct ht_init_options *options, int64_t now,
                           struct ht_store_secrets *secrets, struct ht_error *err)
{
    struct ht_endpoint endpoint;
    struct ht_token token;
    enum ht_status status = make_hash_key(store, err);
    if (status == HT_OK) status = trail_env_make(store, now, err);
    if (status == HT_OK) status = make_keys(store, options, err);
    if (status == HT_OK) status = note_init(store, now, err);
    if (status == HT_OK)
        status = ht_endpoint_add(store, "default", HT_ABSENT, HT_ABSENT, now, &endpoint, secrets->endpoint, err);
    if (status == HT_OK)
        status =
            ht_token_add(store, "default", HT_SCOPE_READ | HT_SCOPE_ADMIN, HT_ABSENT, now, &token, secrets->token, err);
    return status;
}

/* Moves what was built into place, the trail last: its presence is what makes the directory a store. */
static enum ht_status publish(const char *from, const char *dir, struct ht_error *err)
{
    static const char *const parts[] = {"keys", "trail"};
    for (size_t i = 0; i < sizeof parts / sizeof *parts; i++) {
        char source[PATH_MAX], target[PATH_MAX];
        enum ht_status status = files_join(source, from, parts[i], err);
        if (status == HT_OK) status = files_join(target, dir, parts[i], err);
        if (status != HT_OK) return status;
        if (rename(source, target) != 0) return ht_fail_errno(err, errno, "cannot move %s to %s", source, target);
        status = files_sync(dir, err);
        if (status != HT_OK) return status;
    }
    return HT_OK;
}

static enum ht_status build(const char *dir, const char *building, const struct ht_init_options *options, int64_t now,
                            struct ht_store_secrets *secrets, struct ht_error *err)
{
    struct ht_store *store = NULL;
    const struct ht_store_options with = {.actor = options->actor};
    enum ht_status status = chmod(dir, 0700) == 0 ? HT_OK : ht_fail_errno(err, errno, "cannot make %s private", dir);
    if (status == HT_OK) status = store_new(building, &with, &store, err);
    if (status == HT_OK) status = fill(store, options, now, secrets, err);
    ht_store_close(store);
    if (status == HT_OK) status = files_sync_tree(building, err);
    return status == HT_OK ? publish(building, dir, err) : status;
}

enum ht_status ht_store_init(const char *dir, const struct ht_init_options *options, int64_t now,
                             struct ht_store_secrets *secrets, struct ht_error *err)
{
    char building[PATH_MAX], prefix[PATH_MAX];
    int lock = -1;
    static const struct ht_init_options defaults;
    enum ht_status status = claim_directory(dir, &lock, err);
    if (status == HT_OK) status = files_join(prefix, dir, leftover_prefix, err);
    if (status == HT_OK) status = files_make_temporary(prefix, building, err);
    if (status == HT_OK) {
        status = build(dir, building, options ? options : &defaults, now, secrets, err);
        files_remove_tree(building);
        if (status != HT_OK) sodium_memzero(secrets, sizeof *secrets);
    }
    if (lock >= 0) close(lock);
    return status;
}
