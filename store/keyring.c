#include "keyring.h"

#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <sodium.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "files.h"
#include "hooktrail/encode.h"
#include "keyring_file.h"

#define CACHED 4096 /* unwrapped keys held at most; a power of two */
#define BLOCK 1024  /* slots made at once */

/* In sodium_malloc'ed memory: locked, guarded, left out of core dumps, zeroed when freed. */
struct secrets {
    uint8_t master[KEYRING_KEY];
    uint32_t ids[CACHED]; /* 0: none; an id's place is its low bits */
    uint8_t keys[CACHED][KEYRING_KEY];
};

struct keyring {
    struct keyring_file file;
    bool locked;
    uint32_t synced; /* unused slots up to it hold keys, on disk, by our own sync; under the trail's write lock */
    struct secrets *secrets;
    pthread_mutex_t lock; /* guards secrets' cache */
};

/* ---- life ---- */

enum ht_status keyring_make(const char *dir, const uint8_t *trail_id, const char *master_path, struct ht_error *err)
{
    char standard[PATH_MAX];
    uint8_t master[KEYRING_KEY];
    enum ht_status status = files_join(standard, dir, "keys/master.key", err);
    if (status != HT_OK) return status;
    randombytes_buf(master, sizeof master);
    status = files_write_new(master_path ? master_path : standard, ht_slice_of(master, sizeof master), err);
    if (status == HT_EXISTS) /* of another store, or of an init that did not come to its end: who could tell */
        status = ht_fail(err, HT_EXISTS, "%s is there already: name another file, or put it aside", master_path);
    if (status == HT_OK && master_path) status = files_sync_parent(master_path, err);
    if (status == HT_OK) status = keyring_file_make(dir, trail_id, master, err);
    sodium_memzero(master, sizeof master);
    return status;
}

static enum ht_status make_keyring(struct keyring **keyring, struct ht_error *err)
{
    struct keyring *made = calloc(1, sizeof *made);
    if (made == NULL) return ht_fail(err, HT_NO_MEMORY, "out of memory for the keys");
    made->file.fd = -1;
    made->secrets = sodium_malloc(sizeof *made->secrets);
    if (made->secrets == NULL || pthread_mutex_init(&made->lock, NULL) != 0) {
        sodium_free(made->secrets);
        free(made);
        return ht_fail(err, HT_NO_MEMORY, "out of memory for the keys");
    }
    memset(made->secrets, 0, sizeof *made->secrets);
    *keyring = made;
    return HT_OK;
}

enum ht_status keyring_open(const char *dir, const uint8_t *trail_id, bool optional, struct keyring **keyring,
                            struct ht_error *err)
{
    *keyring = NULL;
    if (!keyring_file_exists(dir)) return HT_OK;
    struct keyring *opened = NULL;
    enum ht_status status = make_keyring(&opened, err);
    if (status != HT_OK) return status;
    assert(opened != NULL);
    status = keyring_file_open(&opened->file, dir, trail_id, err);
    if (status == HT_OK) {
        status = keyring_file_master(&opened->file, dir, opened->secrets->master, err);
        opened->locked = status == HT_FORBIDDEN && optional;
        if (opened->locked) status = HT_OK;
    }
    if (status != HT_OK) {
        keyring_close(opened);
        return status;
    }
    *keyring = opened;
    return HT_OK;
}

void keyring_close(struct keyring *keyring)
{
    if (keyring == NULL) return;
    keyring_file_close(&keyring->file);
    sodium_free(keyring->secrets);
    pthread_mutex_destroy(&keyring->lock);
    free(keyring);
}

bool keyring_locked(const struct keyring *keyring)
{
    return keyring->locked;
}

static enum ht_status check_unlocked(const struct keyring *keyring, struct ht_error *err)
{
    if (!keyring->locked) return HT_OK;
    return ht_fail(err, HT_FORBIDDEN, "payloads are sealed, and the master key is missing");
}

/* ---- keys ---- */

static size_t place_of(uint32_t id)
{
    return id & (CACHED - 1);
}

/* The key to `key`, from the cache or from its slot. */
static enum ht_status get_key(struct keyring *keyring, uint32_t id, uint8_t key[KEYRING_KEY], struct ht_error *err)
{
    enum ht_status status = check_unlocked(keyring, err);
    if (status != HT_OK) return status;
    struct secrets *secrets = keyring->secrets;
    if (id == 0) {
        memcpy(key, secrets->master, KEYRING_KEY);
        return HT_OK;
    }
    size_t place = place_of(id);
    pthread_mutex_lock(&keyring->lock);
    if (secrets->ids[place] != id) {
        secrets->ids[place] = 0;
        status = keyring_file_read(&keyring->file, secrets->master, id, secrets->keys[place], err);
        if (status == HT_OK) secrets->ids[place] = id;
    }
    if (status == HT_OK) memcpy(key, secrets->keys[place], KEYRING_KEY);
    pthread_mutex_unlock(&keyring->lock);
    return status;
}

enum ht_status keyring_usable(struct keyring *keyring, uint32_t id, bool *usable, struct ht_error *err)
{
    uint8_t key[KEYRING_KEY];
    enum ht_status status = get_key(keyring, id, key, err);
    sodium_memzero(key, sizeof key);
    *usable = status == HT_OK;
    return status == HT_CORRUPT || status == HT_ERASED ? HT_OK : status;
}

/* Whether the slot holds a key. One that was never given out may be empty or broken after a loss of power. */
static bool is_sound(struct keyring *keyring, uint32_t id)
{
    bool sound;
    return keyring_usable(keyring, id, &sound, NULL) == HT_OK && sound;
}

/* A slot that reads well may be in the page cache alone, of a process that was killed or could not sync. So what this
   process has not synced itself it writes and syncs before it uses it. */
enum ht_status keyring_reserve(struct keyring *keyring, uint32_t id, struct ht_error *err)
{
    uint32_t count = 0;
    enum ht_status status = check_unlocked(keyring, err);
    if (status == HT_OK) status = keyring_file_count(&keyring->file, &count, err);
    if (status != HT_OK) return status;
    if (id <= count && id <= keyring->synced && is_sound(keyring, id)) return HT_OK;
    uint32_t first = id <= count ? id : count + 1;
    uint32_t last = id + BLOCK - 1;
    if (last < id) return ht_fail(err, HT_FULL, "all data keys are given out");
    if (id <= count && last > count) last = count;
    status = keyring_file_fill(&keyring->file, keyring->secrets->master, first, last, err);
    if (status == HT_OK) keyring->synced = last;
    return status;
}

enum ht_status keyring_seal(struct keyring *keyring, uint32_t id, const uint8_t nonce[KEYRING_NONCE],
                            struct ht_slice bound, struct ht_slice plain, uint8_t *sealed, struct ht_error *err)
{
    uint8_t key[KEYRING_KEY];
    enum ht_status status = get_key(keyring, id, key, err);
    if (status != HT_OK) return status;
    crypto_aead_xchacha20poly1305_ietf_encrypt(sealed, NULL, (const uint8_t *)plain.data, plain.size,
                                               (const uint8_t *)bound.data, bound.size, NULL, nonce, key);
    sodium_memzero(key, sizeof key);
    return HT_OK;
}

enum ht_status keyring_unseal(struct keyring *keyring, uint32_t id, const uint8_t nonce[KEYRING_NONCE],
                              struct ht_slice bound, struct ht_slice sealed, uint8_t *plain, struct ht_error *err)
{
    uint8_t key[KEYRING_KEY];
    if (sealed.size < KEYRING_TAG) return ht_fail(err, HT_CORRUPT, "what is sealed is too short");
    enum ht_status status = get_key(keyring, id, key, err);
    if (status != HT_OK) return status;
    int code = crypto_aead_xchacha20poly1305_ietf_decrypt(plain, NULL, NULL, (const uint8_t *)sealed.data, sealed.size,
                                                          (const uint8_t *)bound.data, bound.size, nonce, key);
    sodium_memzero(key, sizeof key);
    return code == 0 ? HT_OK : ht_fail(err, HT_CORRUPT, "what is sealed does not open with its key");
}

/* ---- destroying ---- */

enum ht_status keyring_destroy(struct keyring *keyring, const uint32_t *ids, size_t count, struct ht_error *err)
{
    enum ht_status status = HT_OK;
    pthread_mutex_lock(&keyring->lock);
    for (size_t i = 0; i < count && status == HT_OK; i++) {
        status = keyring_file_erase(&keyring->file, ids[i], err);
        size_t place = place_of(ids[i]);
        if (keyring->secrets->ids[place] != ids[i]) continue;
        keyring->secrets->ids[place] = 0;
        sodium_memzero(keyring->secrets->keys[place], KEYRING_KEY);
    }
    pthread_mutex_unlock(&keyring->lock);
    if (status == HT_OK && count > 0) status = keyring_file_sync(&keyring->file, err);
    return status;
}

void keyring_forget(struct keyring *keyring)
{
    pthread_mutex_lock(&keyring->lock);
    sodium_memzero(keyring->secrets->ids, sizeof keyring->secrets->ids);
    sodium_memzero(keyring->secrets->keys, sizeof keyring->secrets->keys);
    pthread_mutex_unlock(&keyring->lock);
}

enum ht_status keyring_check(struct keyring *keyring, struct keyring_state *state, struct ht_error *err)
{
    uint32_t count = 0;
    const uint8_t *master = keyring->locked ? NULL : keyring->secrets->master;
    *state = (struct keyring_state){0};
    enum ht_status status = keyring_file_count(&keyring->file, &count, err);
    for (uint32_t id = 1; status == HT_OK && id <= count; id++) {
        uint8_t key[KEYRING_KEY];
        status = keyring_file_read(&keyring->file, master, id, key, err);
        sodium_memzero(key, sizeof key);
        state->live += status == HT_OK;
        state->destroyed += status == HT_ERASED;
        state->damaged += status == HT_CORRUPT;
        if (status == HT_CORRUPT && state->first_damaged == 0) state->first_damaged = id;
        if (status == HT_ERASED || status == HT_CORRUPT) status = HT_OK;
    }
    return status;
}
