#include "ref.h"

#include <sodium.h>

void ref_make(const struct ht_store *store, uint8_t domain, struct ht_slice bytes, uint8_t ref[HT_REF_SIZE])
{
    ref_of_key(store->hash_key, domain, bytes, ref);
}

void ref_of_key(const uint8_t hash_key[HASH_KEY_SIZE], uint8_t domain, struct ht_slice bytes, uint8_t ref[HT_REF_SIZE])
{
    crypto_generichash_state state;
    crypto_generichash_init(&state, hash_key, HASH_KEY_SIZE, HT_REF_SIZE);
    crypto_generichash_update(&state, &domain, 1);
    crypto_generichash_update(&state, (const uint8_t *)bytes.data, bytes.size);
    crypto_generichash_final(&state, ref, HT_REF_SIZE);
}
