#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <sodium.h>
#include <sys/stat.h>
#include <unistd.h>

#include "copy.h"
#include "files.h"
#include "keyring.h"
#include "keyring_file.h"
#include "salvage.h"
#include "signing.h"

enum ht_status salvage_path(const struct salvage *salvage, bool from, const char *name, char path[PATH_MAX],
                            struct ht_error *err)
{
    return files_join(path, from ? salvage->options->from : salvage->place.temporary, name, err);
}

static enum ht_status copy_key(const struct salvage *salvage, const char *name, struct ht_error *err)
{
    char from[PATH_MAX], to[PATH_MAX];
    enum ht_status status = salvage_path(salvage, true, name, from, err);
    if (status == HT_OK) status = salvage_path(salvage, false, name, to, err);
    return status == HT_OK ? copy_file(from, to, err) : status;
}

/* Without the old one nothing is lost but what it keyed: which hash is whose. */
static enum ht_status take_index_key(struct salvage *salvage, struct ht_error *err)
{
    char path[PATH_MAX];
    struct ht_store *store = salvage->store;
    enum ht_status status = salvage_path(salvage, true, "keys/index.key", path, err);
    if (status != HT_OK) return status;
    if (files_read_exact(path, store->hash_key, sizeof store->hash_key, NULL) != HT_OK) {
        randombytes_buf(store->hash_key, sizeof store->hash_key);
        salvage_tell(salvage, "keys/index.key", 0,
                     "it is lost, and a new one was made: holds do not hold any more, what comes again of older events "
                     "is not known again, and what was erased is not found by its id");
    }
    status = salvage_path(salvage, false, "keys/index.key", path, err);
    return status == HT_OK ? files_write_new(path, ht_slice_of(store->hash_key, sizeof store->hash_key), err) : status;
}

static enum ht_status read_master(struct salvage *salvage, uint8_t master[KEYRING_KEY], struct ht_error *err)
{
    char path[PATH_MAX];
    enum ht_status status = keyring_file_master_path(salvage->options->from, path, err);
    if (status != HT_OK || files_read_exact(path, master, KEYRING_KEY, NULL) == HT_OK) return status;
    return ht_fail(
        err, HT_FORBIDDEN,
        "the master key %s can't be read: without it nothing that is sealed can be salvaged. Put it back, or "
        "name its file in HOOKTRAIL_MASTER_KEY_FILE",
        path);
}

/* Slots of which none opens are those of another master key. */
static enum ht_status check_slots(const struct keyring_file *file, const uint8_t *master, struct ht_error *err)
{
    uint32_t count = 0, damaged = 0, live = 0;
    enum ht_status status = keyring_file_count(file, &count, err);
    if (status != HT_OK) return status == HT_CORRUPT ? HT_OK : status;
    for (uint32_t id = 1; id <= count; id++) {
        uint8_t key[KEYRING_KEY];
        status = keyring_file_read(file, master, id, key, NULL);
        sodium_memzero(key, sizeof key);
        live += status == HT_OK;
        damaged += status == HT_CORRUPT;
    }
    if (live > 0 || damaged == 0) return HT_OK;
    return ht_fail(err, HT_FORBIDDEN,
                   "the master key opens none of the %" PRIu32 " keys in keys/data.keys: is it "
                   "another store's?",
                   count);
}

/* The keys are bound to the trail's id: where it was damaged, they know the right one. */
static enum ht_status check_id(struct salvage *salvage, struct keyring_file *file, const uint8_t *master,
                               struct ht_error *err)
{
    enum ht_status status = check_slots(file, master, err);
    if (status != HT_FORBIDDEN || !salvage_other_id(salvage, file->trail_id)) return status;
    status = check_slots(file, master, err);
    if (status != HT_OK) return status;
    salvage_tell(salvage, "trail/meta", 0, "the trail's id was damaged: it was found elsewhere");
    return salvage_set_id(salvage, file->trail_id, err);
}

/* Every slot that opens, under the same master key; the header is made anew. */
static enum ht_status copy_slots(struct salvage *salvage, const uint8_t *master, const char *to, struct ht_error *err)
{
    char from[PATH_MAX];
    struct keyring_file file = {.fd = -1};
    memcpy(file.trail_id, salvage->store->trail_id, HT_TRAIL_ID_SIZE);
    enum ht_status status = salvage_path(salvage, true, "keys/data.keys", from, err);
    if (status != HT_OK) return status;
    file.fd = open(from, O_RDONLY | O_CLOEXEC);
    if (file.fd < 0) {
        salvage_tell(salvage, "keys/data.keys", 0, "it is lost, and with it all that was sealed");
        return keyring_file_make(salvage->place.temporary, file.trail_id, master, err);
    }
    status = check_id(salvage, &file, master, err);
    if (status == HT_OK) status = keyring_file_rewrap(&file, master, master, to, err);
    if (status == HT_CORRUPT) { /* cut off within its header */
        salvage_tell(salvage, "keys/data.keys", 0, "it is cut off, and with it all that was sealed");
        unlink(to);
        status = keyring_file_make(salvage->place.temporary, file.trail_id, master, err);
    }
    keyring_file_close(&file);
    return status;
}

static bool is_there(const struct salvage *salvage, const char *name)
{
    char path[PATH_MAX];
    return salvage_path(salvage, true, name, path, NULL) == HT_OK && access(path, F_OK) == 0;
}

/* A store without data keys and without a master key seals nothing, or has lost both: what is sealed will tell. */
static enum ht_status take_data_keys(struct salvage *salvage, struct ht_error *err)
{
    char to[PATH_MAX];
    uint8_t master[KEYRING_KEY];
    if (!is_there(salvage, "keys/data.keys") && !is_there(salvage, "keys/master.key")) return HT_OK;
    enum ht_status status = read_master(salvage, master, err);
    if (status == HT_OK) status = salvage_path(salvage, false, "keys/data.keys", to, err);
    if (status == HT_OK) status = copy_slots(salvage, master, to, err);
    sodium_memzero(master, sizeof master);
    if (status == HT_OK && is_there(salvage, "keys/master.key")) status = copy_key(salvage, "keys/master.key", err);
    if (status != HT_OK) return status;
    return keyring_open(salvage->place.temporary, salvage->store->trail_id, false, &salvage->store->keyring, err);
}

/* Where one of the two is missing or damaged, the log begins anew. */
static enum ht_status take_signing_key(struct salvage *salvage, struct ht_error *err)
{
    enum ht_status status = copy_key(salvage, "keys/log.key", err);
    if (status == HT_OK) status = copy_key(salvage, "keys/log.pub", err);
    if (status == HT_OK) status = signing_open(salvage->place.temporary, &salvage->store->signing, err);
    return status == HT_NOT_FOUND || status == HT_CORRUPT ? HT_OK : status;
}

enum ht_status salvage_keys(struct salvage *salvage, struct ht_error *err)
{
    char path[PATH_MAX];
    enum ht_status status = salvage_path(salvage, false, "keys", path, err);
    if (status == HT_OK && mkdir(path, 0700) != 0) status = ht_fail_errno(err, errno, "cannot make %s", path);
    if (status == HT_OK) status = take_index_key(salvage, err);
    if (status == HT_OK) status = take_data_keys(salvage, err);
    memcpy(salvage->old->trail_id, salvage->store->trail_id, HT_TRAIL_ID_SIZE);
    return status == HT_OK ? take_signing_key(salvage, err) : status;
}

enum ht_status salvage_settle_keys(struct salvage *salvage, struct ht_error *err)
{
    struct ht_store *store = salvage->store;
    struct keyring_file file = {.fd = -1};
    uint64_t given = 0;
    uint32_t slots = 0;
    uint8_t master[KEYRING_KEY];
    if (store->keyring == NULL) return HT_OK;
    enum ht_status status = trail_counter_now(store, "keys.last", &given, err);
    if (status == HT_OK) status = read_master(salvage, master, err);
    if (status == HT_OK) status = keyring_file_open(&file, store->dir, store->trail_id, err);
    if (status == HT_OK) status = keyring_file_count(&file, &slots, err);
    if (status == HT_OK && slots < given && ftruncate(file.fd, (off_t)(KEYRING_HEADER + given * KEYRING_SLOT)) != 0)
        status = ht_fail_errno(err, errno, "cannot lengthen keys/data.keys");
    for (uint32_t id = 1; id <= given && status == HT_OK; id++) {
        uint8_t key[KEYRING_KEY];
        enum ht_status read = keyring_file_read(&file, master, id, key, err);
        sodium_memzero(key, sizeof key);
        if (read == HT_OK || (read == HT_ERASED && id <= slots)) continue;
        salvage_tell(salvage, "keys/data.keys", 0, "data key %" PRIu32 " is lost, and with it what it sealed", id);
        if (read == HT_CORRUPT) status = keyring_file_erase(&file, id, err);
    }
    sodium_memzero(master, sizeof master);
    if (status == HT_OK) status = keyring_file_sync(&file, err);
    keyring_file_close(&file);
    return status;
}
