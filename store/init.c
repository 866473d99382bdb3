#include <dirent.h>
#include <errno.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
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

/* The directories above, private too, as the XDG base directory specification wants them. */
static enum ht_status make_parents(const char *dir, struct ht_error *err)
{
    char path[PATH_MAX];
    if (snprintf(path, sizeof path, "%s", dir) >= PATH_MAX) return ht_fail(err, HT_INVALID, "the path is too long");
    for (char *slash = strchr(path + 1, '/'); slash != NULL; slash = strchr(slash + 1, '/')) {
        *slash = '\0';
        if (mkdir(path, 0700) != 0 && errno != EEXIST) return ht_fail_errno(err, errno, "cannot make %s", path);
        *slash = '/';
    }
    return HT_OK;
}

/* The one just made stays, if it is on a filesystem that a store can be on. */
static enum ht_status settle_directory(const char *dir, struct ht_error *err)
{
    enum ht_status status = store_check_filesystem(dir, err);
    if (status != HT_OK) (void)rmdir(dir);
    return status == HT_OK ? files_sync_parent(dir, err) : status;
}

/* Makes the directory where it is missing; else it must be ours alone and empty but for leftovers of a killed init. */
static enum ht_status claim_directory(const char *dir, struct ht_error *err)
{
    enum ht_status status = make_parents(dir, err);
    if (status != HT_OK) return status;
    if (mkdir(dir, 0700) == 0) return settle_directory(dir, err);
    if (errno != EEXIST) return ht_fail_errno(err, errno, "cannot make %s", dir);
    status = store_check_filesystem(dir, err);
    if (status != HT_OK) return status;
    DIR *folder = opendir(dir);
    if (folder == NULL) return ht_fail_errno(err, errno, "cannot open %s", dir);
    struct dirent *entry;
    while (status == HT_OK && (entry = readdir(folder)) != NULL) {
        const char *name = entry->d_name;
        if (strcmp(name, ".") == 0 || strcmp(name, "..") == 0) continue;
        if (strcmp(name, "trail") == 0)
            status = ht_fail(err, HT_EXISTS, "%s holds a store already; nothing was changed", dir);
        else if (strcmp(name, "keys") != 0 && strncmp(name, leftover_prefix, strlen(leftover_prefix)) != 0)
            status = ht_fail(err, HT_EXISTS, "%s is not empty: choose an empty or new directory", dir);
    }
    closedir(folder);
    return status;
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
    if (status == HT_OK) status = ht_endpoint_add(store, "default", HT_ABSENT, now, &endpoint, secrets->endpoint, err);
    if (status == HT_OK)
        status = ht_token_add(store, "default", HT_SCOPE_READ | HT_SCOPE_ADMIN, now, &token, secrets->token, err);
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
        if (strcmp(parts[i], "keys") == 0) files_remove_tree(target); /* of an init killed between the two */
        if (rename(source, target) != 0) return ht_fail_errno(err, errno, "cannot move %s to %s", source, target);
        status = files_sync(dir, err);
        if (status != HT_OK) return status;
    }
    return HT_OK;
}

enum ht_status ht_store_init(const char *dir, const struct ht_init_options *options, int64_t now,
                             struct ht_store_secrets *secrets, struct ht_error *err)
{
    char building[PATH_MAX], prefix[PATH_MAX];
    struct ht_store *store = NULL;
    static const struct ht_init_options defaults;
    const struct ht_store_options with = {.actor = options ? options->actor : NULL};
    enum ht_status status = claim_directory(dir, err);
    if (status == HT_OK) status = files_join(prefix, dir, leftover_prefix, err);
    if (status == HT_OK) status = files_make_temporary(prefix, building, err);
    if (status != HT_OK) return status;
    if (chmod(dir, 0700) != 0) status = ht_fail_errno(err, errno, "cannot make %s private", dir);
    if (status == HT_OK) status = store_new(building, &with, &store, err);
    if (status == HT_OK) status = fill(store, options ? options : &defaults, now, secrets, err);
    ht_store_close(store);
    if (status == HT_OK) status = files_sync_tree(building, err);
    if (status == HT_OK) status = publish(building, dir, err);
    files_remove_tree(building);
    if (status != HT_OK) sodium_memzero(secrets, sizeof *secrets);
    return status;
}
