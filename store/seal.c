#include "seal.h"

#include <sodium.h>

#include "codec.h"
#include "record.h"

#define LONGEST_OPEN RECORD_HEADER_SIZE

const struct seal_layout seal_event = {.state = 61, .key = 84, .nonce = 92};
const struct seal_layout seal_rejected = {.state = 9, .key = 24, .nonce = 28};
const struct seal_layout seal_repeat = {.state = 10, .key = 32, .nonce = 36};

static size_t sealed_at(const struct seal_layout *layout)
{
    return layout->nonce + KEYRING_NONCE;
}

void seal_nonces_begin(struct seal_nonces *nonces)
{
    randombytes_buf(nonces->next, sizeof nonces->next);
}

static void take_nonce(struct seal_nonces *nonces, uint8_t nonce[KEYRING_NONCE])
{
    memcpy(nonce, nonces->next, KEYRING_NONCE);
    sodium_increment(nonces->next, sizeof nonces->next);
}

/* What a sealed part is bound to: the number and the open part from the version to before the nonce. */
static struct ht_slice bind(uint8_t bound[8 + LONGEST_OPEN], const struct seal_layout *layout, uint64_t number,
                            const uint8_t *record)
{
    size_t size = layout->nonce - RECORD_CHECKED;
    ht_put_be64(bound, number);
    memcpy(bound + 8, record + RECORD_CHECKED, size);
    return ht_slice_of(bound, 8 + size);
}

enum ht_status seal_write(struct ht_store *store, const struct seal_layout *layout, uint64_t number, uint32_t key,
                          struct seal_nonces *nonces, struct ht_slice packed, uint8_t *to, struct ht_error *err)
{
    size_t at = sealed_at(layout);
    struct ht_slice stored = ht_slice_of(to, seal_size(packed, key));
    if (key == 0) {
        memcpy(to, packed.data, packed.size);
    } else {
        uint8_t bound[8 + LONGEST_OPEN];
        memcpy(to, packed.data, at);
        to[layout->state] = SEAL_SEALED;
        ht_put_be32(to + layout->key, key);
        take_nonce(nonces, to + layout->nonce);
        enum ht_status status = keyring_seal(store->keyring, key, to + layout->nonce, bind(bound, layout, number, to),
                                             ht_slice_of(packed.data + at, packed.size - at), to + at, err);
        if (status != HT_OK) return status;
    }
    ht_put_be64(to, record_checksum(record_digest(stored), number));
    return HT_OK;
}

enum ht_status seal_read(struct ht_store *store, const struct seal_layout *layout, uint64_t number,
                         struct ht_slice value, struct ht_buffer *plain, struct ht_slice *opened, struct ht_error *err)
{
    size_t at = sealed_at(layout);
    const uint8_t *record = (const uint8_t *)value.data;
    if (value.size < at) return ht_fail(err, HT_CORRUPT, "a record of %zu bytes is too short", value.size);
    struct ht_slice sealed = ht_slice_of(record + at, value.size - at);
    if (record[layout->state] == SEAL_OPEN) {
        *opened = sealed;
        return HT_OK;
    }
    if (record[layout->state] != SEAL_SEALED || sealed.size < KEYRING_TAG)
        return ht_fail(err, HT_CORRUPT, "a record is neither open nor sealed");
    if (store->keyring == NULL)
        return ht_fail(err, HT_FORBIDDEN,
                       "a record is sealed, but keys/data.keys is missing: restore it from a backup");
    uint8_t bound[8 + LONGEST_OPEN];
    size_t size = sealed.size - KEYRING_TAG;
    ht_buffer_clear(plain);
    char *to = ht_buffer_reserve(plain, size + 1);
    if (to == NULL) return ht_buffer_status(plain, err);
    enum ht_status status = keyring_unseal(store->keyring, ht_get_be32(record + layout->key), record + layout->nonce,
                                           bind(bound, layout, number, record), sealed, (uint8_t *)to, err);
    if (status != HT_OK) return status;
    plain->size = size;
    *opened = ht_buffer_slice(plain);
    return HT_OK;
}

enum ht_status seal_give_key(struct ht_store *store, MDB_txn *txn, uint32_t *id, struct ht_error *err)
{
    uint64_t last;
    *id = 0;
    if (store->keyring == NULL) return HT_OK;
    enum ht_status status = trail_counter_get(store, txn, SEAL_KEYS_COUNTER, &last, err);
    if (status != HT_OK) return status;
    if (last >= UINT32_MAX) return ht_fail(err, HT_FULL, "all data keys are given out");
    status = keyring_reserve(store->keyring, (uint32_t)last + 1, err);
    if (status == HT_OK) status = trail_counter_set(store, txn, SEAL_KEYS_COUNTER, last + 1, err);
    if (status == HT_OK) *id = (uint32_t)last + 1;
    return status;
}

/* Puts the sealed part of a stored record back into the open. */
static enum ht_status unpack(struct ht_store *store, const struct seal_layout *layout, uint64_t number,
                             struct ht_slice value, struct ht_buffer *packed, struct ht_error *err)
{
    struct ht_buffer plain = {0};
    struct ht_slice opened = HT_ABSENT;
    enum ht_status status = seal_read(store, layout, number, value, &plain, &opened, err);
    if (status == HT_OK) {
        ht_buffer_add_bytes(packed, value.data, sealed_at(layout));
        ht_buffer_add(packed, opened);
        status = ht_buffer_status(packed, err);
    }
    ht_buffer_wipe(&plain);
    if (status != HT_OK) return status;
    uint8_t *record = (uint8_t *)packed->data;
    record[layout->state] = SEAL_OPEN;
    memset(record + layout->key, 0, 4);
    memset(record + layout->nonce, 0, KEYRING_NONCE);
    return HT_OK;
}

enum ht_status seal_again(struct ht_store *store, const struct seal_layout *layout, uint64_t number,
                          struct ht_slice value, uint32_t key, struct ht_buffer *out, struct ht_error *err)
{
    struct ht_buffer packed = {0};
    struct seal_nonces nonces;
    ht_buffer_clear(out);
    seal_nonces_begin(&nonces);
    enum ht_status status = unpack(store, layout, number, value, &packed, err);
    if (status == HT_OK) {
        struct ht_slice open = ht_buffer_slice(&packed);
        char *to = ht_buffer_reserve(out, seal_size(open, key));
        status = to != NULL ? seal_write(store, layout, number, key, &nonces, open, (uint8_t *)to, err)
                            : ht_buffer_status(out, err);
        if (status == HT_OK) out->size = seal_size(open, key);
    }
    ht_buffer_wipe(&packed);
    return status;
}
