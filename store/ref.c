#include "ref.h"

#include <sodium.h>

void ref_make(const struct ht_store *store, uint8_t domain, struct ht_slice bytes, uint8_t ref[HT_REF_SIZE])
{
    crypto_generichash_state state;
    crypto_generichash_init(&state, store->hash_key, sizeof store->hash_key, HT_REF_SIZE);
    crypto_generichash_update(&state, &domain, 1);
    crypto_generichash_update(&state, (const uint8_t *)bytes.data, bytes.size);
    crypto_generichash_final(&state, ref, HT_REF_SIZE);
}
