/* Another master key: the data keys stay what they are, only what wraps them changes.

   What is there if the process dies                         opened next, the store has
   1. while keys/data.keys.new is written                    the old key; what was begun is overwritten and removed
   2. behind it, the new master key waits in PATH.new        the same
   3. behind the rename of data.keys.new to data.keys        the new key, which then takes the old one's place
   4. while the old data.keys and the old key are wiped      the same
   5. behind the rename of PATH.new to PATH                  the new key
   With a path of its own (`to`) the new key lies there from step 2 on, and has only to be named.

   The old data.keys is overwritten, for a key that is destroyed later would still be in its blocks, and so is the old
   master key, for the same blocks in snapshots or where overwriting doesn't reach. The index, whose key is wrapped by
   the master key as well, can't be opened any more and is derived anew. */
#include <errno.h>
#include <fcntl.h>
#include <sodium.h>
#include <stdio.h>
#include <unistd.h>

#include "act.h"
#include "files.h"
#include "hooktrail/keys.h"
#include "keyring.h"
#include "keyring_file.h"
#include "presence.h"

struct rotation {
    struct ht_store *store;
    struct keyring_file file; /* data.keys as it was */
    uint8_t *master;          /* sodium_malloc'ed: the old master key, and behind it the new one */
    uint8_t *other;
    char data[PATH_MAX];
    char data_new[PATH_MAX];
    char old[PATH_MAX]; /* of the old master key */
    char new[PATH_MAX]; /* of the new one, as long as it waits or for good */
    bool elsewhere;     /* `new` is its place for good */
    bool written;       /* by this call */
};

/* ---- what has to be so ---- */

/* The daemon's lock too, which names who has it. */
static enum ht_status claim(struct ht_store *store, struct ht_error *err)
{
    enum ht_status status = store->lock_fd < 0 ? ht_store_lock(store, err) : HT_OK;
    return status == HT_OK ? presence_claim(store, err) : status;
}

static enum ht_status check_sealed(const struct ht_store *store, struct ht_error *err)
{
    if (store->keyring == NULL) return ht_fail(err, HT_INVALID, "%s is not sealed: it has no master key", store->dir);
    if (!keyring_locked(store->keyring)) return HT_OK;
    return ht_fail(err, HT_FORBIDDEN, "the master key is missing: only whoever has it can give another");
}

static enum ht_status find_paths(struct rotation *rotation, const char *to, struct ht_error *err)
{
    const char *dir = rotation->store->dir;
    enum ht_status status = keyring_file_path(dir, rotation->data, err);
    if (status == HT_OK) status = keyring_file_waiting(rotation->data, rotation->data_new, err);
    if (status == HT_OK) status = keyring_file_master_path(dir, rotation->old, err);
    if (status != HT_OK) return status;
    rotation->elsewhere = to != NULL;
    if (to == NULL) {
        status = keyring_file_waiting(rotation->old, rotation->new, err);
    } else if (snprintf(rotation->new, sizeof rotation->new, "%s", to) >= PATH_MAX) {
        status = ht_fail(err, HT_INVALID, "the path of the new master key is too long");
    }
    if (status != HT_OK || access(rotation->new, F_OK) != 0) return status;
    return ht_fail(err, HT_EXISTS, "%s is there already: name another file, or put it aside", rotation->new);
}

/* ---- the steps ---- */

static enum ht_status read_old(struct rotation *rotation, struct ht_error *err)
{
    const struct ht_store *store = rotation->store;
    rotation->master = sodium_malloc(2 * (size_t)KEYRING_KEY);
    if (rotation->master == NULL) return ht_fail(err, HT_NO_MEMORY, "out of memory for the keys");
    rotation->other = rotation->master + KEYRING_KEY;
    randombytes_buf(rotation->other, KEYRING_KEY);
    enum ht_status status = keyring_file_open(&rotation->file, store->dir, store->trail_id, err);
    return status == HT_OK ? keyring_file_master(&rotation->file, store->dir, rotation->master, err) : status;
}

static enum ht_status write_new(struct rotation *rotation, struct ht_error *err)
{
    enum ht_status status =
        keyring_file_rewrap(&rotation->file, rotation->master, rotation->other, rotation->data_new, err);
    if (status == HT_OK) status = files_sync_parent(rotation->data_new, err);
    if (status == HT_OK) status = files_write_new(rotation->new, ht_slice_of(rotation->other, KEYRING_KEY), err);
    rotation->written = status == HT_OK;
    return status == HT_OK ? files_sync_parent(rotation->new, err) : status;
}

static enum ht_status record_act(const struct rotation *rotation, int64_t now, struct ht_error *err)
{
    const struct ht_act act = {.at = now, .kind = HT_ACT_KEY_ROTATE, .object = HT_SLICE("master key")};
    return ht_act_record(rotation->store, &act, err);
}

/* From here on the new key is the store's. */
static enum ht_status switch_over(const struct rotation *rotation, struct ht_error *err)
{
    if (rename(rotation->data_new, rotation->data) != 0)
        return ht_fail_errno(err, errno, "cannot rename %s to %s", rotation->data_new, rotation->data);
    return files_sync_parent(rotation->data, err);
}

/* A key elsewhere is its owner's to remove; one within the store would only be in the way. */
static enum ht_status retire_old(const struct rotation *rotation, struct ht_error *err)
{
    char own[PATH_MAX];
    enum ht_status status = keyring_file_wipe(rotation->file.fd, "the old data.keys", err);
    if (status != HT_OK) return status;
    if (!rotation->elsewhere) return keyring_file_replace_master(rotation->old, rotation->new, err);
    status = files_join(own, rotation->store->dir, "keys/master.key", err);
    if (status != HT_OK || strcmp(own, rotation->old) != 0) return status;
    return keyring_file_shred(rotation->old, err);
}

/* In this order, and if it fails the next open does the rest: data.keys.new tells that there is something to undo. */
static void undo(const struct rotation *rotation)
{
    enum ht_status status = rotation->written ? keyring_file_shred(rotation->new, NULL) : HT_OK;
    if (status == HT_OK) status = keyring_file_shred(rotation->data_new, NULL);
    (void)status;
}

static enum ht_status rotate(struct rotation *rotation, int64_t now, struct ht_error *err)
{
    enum ht_status status = read_old(rotation, err);
    if (status != HT_OK) return status;
    status = write_new(rotation, err);
    if (status == HT_OK) status = record_act(rotation, now, err);
    if (status != HT_OK) {
        undo(rotation);
        return status;
    }
    status = switch_over(rotation, err);
    return status == HT_OK ? retire_old(rotation, err) : status;
}

enum ht_status ht_keys_rotate_master(struct ht_store *store, const char *to, int64_t now, struct ht_error *err)
{
    struct rotation rotation = {.store = store, .file = {.fd = -1}};
    enum ht_status status = check_sealed(store, err);
    if (status == HT_OK) status = claim(store, err);
    if (status == HT_OK) status = find_paths(&rotation, to, err);
    if (status == HT_OK) status = rotate(&rotation, now, err);
    keyring_file_close(&rotation.file);
    sodium_free(rotation.master);
    ht_store_close(store);
    return status;
}
