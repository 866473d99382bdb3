#include "index_seal.h"

#include <sodium.h>

#include "hooktrail/encode.h"
#include "keyring.h"

#define KEY_SIZE 32

_Static_assert(KEYRING_NONCE + KEY_SIZE + KEYRING_TAG == INDEX_WRAPPED_SIZE, "a nonce and a sealed key");

static const char context[crypto_kdf_CONTEXTBYTES] = "htindex1";

struct index_keys {
    uint8_t names[KEY_SIZE];
    uint8_t nonces[KEY_SIZE];
    uint8_t rows[KEY_SIZE];
};

/* ---- the key ---- */

/* What the wrapped key is bound to, so that it is of no use elsewhere. */
static struct ht_slice bind(const struct ht_store *store, uint8_t bound[sizeof context + HT_TRAIL_ID_SIZE])
{
    memcpy(bound, context, sizeof context);
    memcpy(bound + sizeof context, store->trail_id, HT_TRAIL_ID_SIZE);
    return ht_slice_of(bound, sizeof context + HT_TRAIL_ID_SIZE);
}

enum ht_status index_keys_make(struct ht_store *store, uint8_t wrapped[INDEX_WRAPPED_SIZE], struct ht_error *err)
{
    uint8_t key[KEY_SIZE], bound[sizeof context + HT_TRAIL_ID_SIZE];
    randombytes_buf(key, sizeof key);
    randombytes_buf(wrapped, KEYRING_NONCE);
    enum ht_status status = keyring_seal(store->keyring, 0, wrapped, bind(store, bound), ht_slice_of(key, sizeof key),
                                         wrapped + KEYRING_NONCE, err);
    sodium_memzero(key, sizeof key);
    return status;
}

enum ht_status index_keys_open(struct ht_store *store, const uint8_t wrapped[INDEX_WRAPPED_SIZE],
                               struct index_keys **keys, struct ht_error *err)
{
    uint8_t key[KEY_SIZE], bound[sizeof context + HT_TRAIL_ID_SIZE];
    struct ht_slice sealed = ht_slice_of(wrapped + KEYRING_NONCE, INDEX_WRAPPED_SIZE - KEYRING_NONCE);
    enum ht_status status = keyring_unseal(store->keyring, 0, wrapped, bind(store, bound), sealed, key, err);
    if (status != HT_OK) return status;
    struct index_keys *made = sodium_malloc(sizeof *made);
    if (made != NULL) {
        crypto_kdf_derive_from_key(made->names, KEY_SIZE, 1, context, key);
        crypto_kdf_derive_from_key(made->nonces, KEY_SIZE, 2, context, key);
        crypto_kdf_derive_from_key(made->rows, KEY_SIZE, 3, context, key);
    }
    sodium_memzero(key, sizeof key);
    *keys = made;
    return made != NULL ? HT_OK : ht_fail(err, HT_NO_MEMORY, "out of memory for the index's keys");
}

void index_keys_free(struct index_keys *keys)
{
    sodium_free(keys);
}

/* ---- names ---- */

bool index_name_is_sealed(const struct index_env *index, enum ht_kind kind)
{
    bool of_persons =
        kind == HT_KIND_CONVERSATION || kind == HT_KIND_LEAD || kind == HT_KIND_VISITOR || kind == HT_KIND_WARNINGS;
    return index->keys != NULL && of_persons;
}

static void make_nonce(const struct index_keys *keys, const uint8_t place[INDEX_ENTITY_KEY_SIZE], struct ht_slice text,
                       uint8_t nonce[KEYRING_NONCE])
{
    crypto_generichash_state state;
    crypto_generichash_init(&state, keys->nonces, KEY_SIZE, KEYRING_NONCE);
    crypto_generichash_update(&state, place, INDEX_ENTITY_KEY_SIZE);
    crypto_generichash_update(&state, (const uint8_t *)text.data, text.size);
    crypto_generichash_final(&state, nonce, KEYRING_NONCE);
}

enum ht_status index_seal_name(const struct index_env *index, enum ht_kind kind, uint32_t number, struct ht_slice text,
                               struct ht_buffer *scratch, struct ht_slice *stored, struct ht_error *err)
{
    uint8_t place[INDEX_ENTITY_KEY_SIZE];
    *stored = text;
    if (!index_name_is_sealed(index, kind)) return HT_OK;
    ht_buffer_clear(scratch);
    uint8_t *to = (uint8_t *)ht_buffer_reserve(scratch, KEYRING_NONCE + text.size + KEYRING_TAG);
    if (to == NULL) return ht_buffer_status(scratch, err);
    index_key_entity(place, kind, number);
    make_nonce(index->keys, place, text, to);
    crypto_aead_xchacha20poly1305_ietf_encrypt(to + KEYRING_NONCE, NULL, (const uint8_t *)text.data, text.size, place,
                                               sizeof place, NULL, to, index->keys->names);
    scratch->size = KEYRING_NONCE + text.size + KEYRING_TAG;
    *stored = ht_buffer_slice(scratch);
    return HT_OK;
}

enum ht_status index_unseal_name(const struct index_env *index, enum ht_kind kind, uint32_t number,
                                 struct ht_slice stored, struct ht_buffer *plain, struct ht_slice *text,
                                 struct ht_error *err)
{
    uint8_t place[INDEX_ENTITY_KEY_SIZE];
    *text = stored;
    if (!index_name_is_sealed(index, kind)) return HT_OK;
    index_key_entity(place, kind, number);
    if (stored.size < KEYRING_NONCE + KEYRING_TAG) return index_corrupt(INDEX_NAMES, val_of(place, sizeof place), err);
    size_t size = stored.size - KEYRING_NONCE - KEYRING_TAG;
    const uint8_t *nonce = (const uint8_t *)stored.data;
    ht_buffer_clear(plain);
    uint8_t *to = (uint8_t *)ht_buffer_reserve(plain, size + 1);
    if (to == NULL) return ht_buffer_status(plain, err);
    int code =
        crypto_aead_xchacha20poly1305_ietf_decrypt(to, NULL, NULL, nonce + KEYRING_NONCE, stored.size - KEYRING_NONCE,
                                                   place, sizeof place, nonce, index->keys->names);
    if (code != 0) return index_corrupt(INDEX_NAMES, val_of(place, sizeof place), err);
    plain->size = size;
    *text = ht_buffer_slice(plain);
    return HT_OK;
}

/* ---- rows ---- */

static void mask(const struct index_env *index, struct ht_row *row)
{
    uint8_t nonce[crypto_stream_chacha20_NONCEBYTES];
    if (index->keys == NULL) return;
    ht_put_be64(nonce, row->seq);
    crypto_stream_chacha20_xor(row->sha256, row->sha256, sizeof row->sha256, nonce, index->keys->rows);
}

void index_seal_row(const struct index_env *index, const struct ht_row *row, uint8_t value[INDEX_ROW_SIZE])
{
    struct ht_row masked = *row;
    mask(index, &masked);
    index_write_row(value, &masked);
}

enum ht_status index_unseal_row(const struct index_env *index, MDB_val value, uint64_t seq, struct ht_row *row,
                                struct ht_error *err)
{
    enum ht_status status = index_read_row(value, seq, row, err);
    if (status == HT_OK) mask(index, row);
    return status;
}
