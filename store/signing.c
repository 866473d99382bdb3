#include "signing.h"

#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>

#include "files.h"
#include "hooktrail/encode.h"
#include "note_key.h"

#define KEY_FILE "keys/log.key"
#define PUBLIC_FILE "keys/log.pub"
#define KEY_SIZE 1024 /* bytes of log.key at most */
#define PUBLIC_SIZE ((size_t)1 << 20)
#define LONGEST_ORIGIN (HT_KEY_NAME - 5) /* so that there is room for "/acts" */

/* What stands behind the origin in a log's name. */
static const char *const suffixes[HT_LOG_COUNT] = {[HT_LOG_EVENTS] = "", [HT_LOG_ACTS] = "/acts"};
static const char *const names[HT_LOG_COUNT] = {[HT_LOG_EVENTS] = "events", [HT_LOG_ACTS] = "acts"};

const char *signing_log_name(enum ht_log log)
{
    return names[log];
}

static void name_log(char name[HT_KEY_NAME + 1], const char *origin, enum ht_log log)
{
    snprintf(name, HT_KEY_NAME + 1, "%.*s%s", LONGEST_ORIGIN, origin, suffixes[log]);
}

/* ---- making ---- */

static enum ht_status check_origin(struct ht_slice origin, struct ht_error *err)
{
    enum ht_status status = ht_key_name_check(origin, err);
    if (status != HT_OK) return status;
    if (origin.size > LONGEST_ORIGIN)
        return ht_fail(err, HT_INVALID, "the log's name has more than %d bytes", LONGEST_ORIGIN);
    return HT_OK;
}

/* A new key for `origin` as text, and as text the verifier key that goes with it. */
static enum ht_status make_key(struct ht_slice origin, struct ht_buffer *key, struct ht_buffer *verifier,
                               struct ht_error *err)
{
    struct ht_signer signer;
    uint8_t seed[32];
    enum ht_status status = check_origin(origin, err);
    if (status != HT_OK) return status;
    randombytes_buf(seed, sizeof seed);
    status = ht_signer_make(origin, seed, HT_KEY_ED25519, &signer, err);
    if (status == HT_OK) {
        ht_signer_add(key, &signer);
        ht_buffer_add_byte(key, '\n');
        ht_verifier_add(verifier, &signer.verifier);
        ht_buffer_add_byte(verifier, '\n');
        status = ht_buffer_status(key, err);
    }
    sodium_memzero(seed, sizeof seed);
    sodium_memzero(&signer, sizeof signer);
    return status;
}

static enum ht_status write_new(const char *dir, const char *name, struct ht_slice bytes, struct ht_error *err)
{
    char path[PATH_MAX];
    enum ht_status status = files_join(path, dir, name, err);
    return status == HT_OK ? files_write_new(path, bytes, err) : status;
}

enum ht_status signing_make(const char *dir, const uint8_t *trail_id, const char *origin, struct ht_error *err)
{
    struct ht_buffer key = {0}, verifier = {0}, name = {0};
    ht_buffer_add_text(&name, origin != NULL ? origin : "hooktrail/");
    if (origin == NULL) ht_hex_add(&name, trail_id, HT_TRAIL_ID_SIZE);
    enum ht_status status = ht_buffer_status(&name, err);
    if (status == HT_OK) status = make_key(ht_buffer_slice(&name), &key, &verifier, err);
    if (status == HT_OK) status = ht_buffer_status(&verifier, err);
    if (status == HT_OK) status = write_new(dir, PUBLIC_FILE, ht_buffer_slice(&verifier), err);
    if (status == HT_OK) status = write_new(dir, KEY_FILE, ht_buffer_slice(&key), err);
    ht_buffer_wipe(&key);
    ht_buffer_release(&verifier);
    ht_buffer_release(&name);
    return status;
}

static enum ht_status replace(const char *dir, const char *name, struct ht_slice bytes, struct ht_error *err)
{
    char path[PATH_MAX];
    enum ht_status status = files_join(path, dir, name, err);
    if (status == HT_OK) status = files_replace(path, bytes, err);
    return status == HT_OK ? files_sync_parent(path, err) : status;
}

/* The public keys first: a key in use that is not among them would make every checkpoint look false. */
enum ht_status signing_replace(const struct signing *signing, const char *dir, const char *origin, struct ht_error *err)
{
    struct ht_buffer key = {0}, verifiers = {0};
    struct ht_slice name = ht_slice_from(origin != NULL ? origin : signing->signers[HT_LOG_EVENTS].verifier.name);
    enum ht_status status = HT_OK;
    if (signing->count >= SIGNING_KEYS)
        return ht_fail(err, HT_FULL, "%s holds %d keys already", PUBLIC_FILE, SIGNING_KEYS);
    status = make_key(name, &key, &verifiers, err);
    for (size_t i = 0; i < signing->count; i++) {
        ht_verifier_add(&verifiers, &signing->verifiers[i]);
        ht_buffer_add_byte(&verifiers, '\n');
    }
    if (status == HT_OK) status = ht_buffer_status(&verifiers, err);
    if (status == HT_OK) status = replace(dir, PUBLIC_FILE, ht_buffer_slice(&verifiers), err);
    if (status == HT_OK) status = replace(dir, KEY_FILE, ht_buffer_slice(&key), err);
    ht_buffer_wipe(&key);
    ht_buffer_release(&verifiers);
    return status;
}

/* ---- opening ---- */

static struct ht_slice trim_line(struct ht_slice text)
{
    while (text.size > 0 && text.data[text.size - 1] == '\n')
        text.size--;
    return text;
}

static enum ht_status make_signers(struct signing *signing, struct ht_slice key, struct ht_error *err)
{
    char name[HT_KEY_NAME + 1];
    struct ht_signer *events = &signing->signers[HT_LOG_EVENTS], *acts = &signing->signers[HT_LOG_ACTS];
    enum ht_status status = ht_signer_parse(trim_line(key), events, err);
    if (status == HT_OK) status = check_origin(ht_slice_from(events->verifier.name), err);
    if (status != HT_OK) return status;
    if (events->verifier.type != HT_KEY_ED25519) return ht_fail(err, HT_INVALID, "it is a witness's key, not a log's");
    name_log(name, events->verifier.name, HT_LOG_ACTS);
    /* libsodium's secret is the seed with the public key behind. */
    return ht_signer_make(ht_slice_from(name), events->secret, HT_KEY_ED25519, acts, err);
}

static enum ht_status read_key(struct signing *signing, const char *dir, struct ht_error *err)
{
    char path[PATH_MAX];
    struct ht_buffer text = {0};
    struct ht_error cause;
    enum ht_status status = files_join(path, dir, KEY_FILE, err);
    if (status != HT_OK) return status;
    status = files_read(path, KEY_SIZE, &text, &cause);
    if (status == HT_OK) status = make_signers(signing, ht_buffer_slice(&text), &cause);
    ht_buffer_wipe(&text);
    if (status == HT_OK) return HT_OK;
    if (status == HT_NOT_FOUND)
        return ht_fail(err, HT_CORRUPT, "%s, which signs checkpoints, is missing: restore it from a backup", path);
    if (status != HT_INVALID && status != HT_CORRUPT) return ht_fail(err, status, "%s", cause.detail);
    return ht_fail(err, HT_CORRUPT, "%s is not a signing key (%s): restore it from a backup", path, cause.detail);
}

static enum ht_status add_verifiers(struct signing *signing, struct ht_slice text, struct ht_error *err)
{
    while (text.size > 0) {
        const char *newline = memchr(text.data, '\n', text.size);
        size_t size = newline != NULL ? (size_t)(newline - text.data) : text.size;
        if (signing->count == SIGNING_KEYS) return ht_fail(err, HT_CORRUPT, "it has more than %d keys", SIGNING_KEYS);
        struct ht_verifier *verifier = &signing->verifiers[signing->count++];
        enum ht_status status = ht_verifier_parse(ht_slice_of(text.data, size), verifier, err);
        if (status == HT_OK) status = check_origin(ht_slice_from(verifier->name), err);
        if (status != HT_OK) return status;
        size_t used = newline != NULL ? size + 1 : size;
        text = ht_slice_of(text.data + used, text.size - used);
    }
    const struct ht_verifier *own = &signing->signers[HT_LOG_EVENTS].verifier;
    for (size_t i = 0; i < signing->count; i++) {
        if (memcmp(signing->verifiers[i].key, own->key, sizeof own->key) == 0) return HT_OK;
    }
    return ht_fail(err, HT_CORRUPT, "it lacks the key of %s", KEY_FILE);
}

static enum ht_status read_verifiers(struct signing *signing, const char *dir, struct ht_error *err)
{
    char path[PATH_MAX];
    struct ht_buffer text = {0};
    struct ht_error cause;
    enum ht_status status = files_join(path, dir, PUBLIC_FILE, err);
    if (status != HT_OK) return status;
    status = files_read(path, PUBLIC_SIZE, &text, &cause);
    if (status == HT_OK) status = add_verifiers(signing, ht_buffer_slice(&text), &cause);
    ht_buffer_release(&text);
    if (status == HT_OK) return HT_OK;
    if (status == HT_NOT_FOUND) return ht_fail(err, HT_CORRUPT, "%s is missing: restore it from a backup", path);
    if (status != HT_INVALID && status != HT_CORRUPT) return ht_fail(err, status, "%s", cause.detail);
    return ht_fail(err, HT_CORRUPT, "%s is damaged (%s): restore it from a backup", path, cause.detail);
}

enum ht_status signing_open(const char *dir, struct signing **signing, struct ht_error *err)
{
    struct signing *made = calloc(1, sizeof *made);
    *signing = NULL;
    if (made == NULL || pthread_mutex_init(&made->lock, NULL) != 0) {
        free(made);
        return ht_fail(err, HT_NO_MEMORY, "out of memory");
    }
    made->signers = sodium_malloc(HT_LOG_COUNT * sizeof *made->signers);
    made->verifiers = calloc(SIGNING_KEYS, sizeof *made->verifiers);
    if (made->signers == NULL || made->verifiers == NULL) {
        signing_close(made);
        return ht_fail(err, HT_NO_MEMORY, "out of memory for the signing key");
    }
    enum ht_status status = read_key(made, dir, err);
    if (status == HT_OK) status = read_verifiers(made, dir, err);
    if (status == HT_OK)
        *signing = made;
    else
        signing_close(made);
    return status;
}

void signing_close(struct signing *signing)
{
    if (signing == NULL) return;
    sodium_free(signing->signers);
    free(signing->verifiers);
    pthread_mutex_destroy(&signing->lock);
    free(signing);
}

/* ---- checking ---- */

void signing_verifier(const struct signing *signing, enum ht_log log, size_t index, struct ht_verifier *verifier)
{
    *verifier = signing->verifiers[index];
    name_log(verifier->name, signing->verifiers[index].name, log);
    verifier->hash = note_key_hash(verifier);
}

enum ht_status signing_read(const struct signing *signing, enum ht_log log, struct ht_slice bytes,
                            struct signed_head *read, struct ht_error *err)
{
    *read = (struct signed_head){.known = false};
    enum ht_status status = ht_note_parse(bytes, &read->note, err);
    if (status == HT_OK) status = ht_checkpoint_parse(read->note.text, &read->origin, &read->head, err);
    if (status != HT_OK) return status;
    for (size_t i = 0; i < signing->count && !read->known; i++) {
        struct ht_verifier verifier;
        signing_verifier(signing, log, i, &verifier);
        read->known = ht_slice_is(read->origin, verifier.name) && ht_note_verify(&read->note, &verifier, NULL);
        read->current =
            read->known && memcmp(verifier.key, signing->signers[log].verifier.key, sizeof verifier.key) == 0;
    }
    return HT_OK;
}
