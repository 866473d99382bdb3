/* Private to store/: keyed hashes of ids and the like, so that what is kept of them can't be guessed from outside. */
#ifndef STORE_REF_H
#define STORE_REF_H

#include "store.h"

#define REF_DUPLICATE 0x40 /* of duplicate keys */
#define REF_OPENING 0x41   /* of opening messages */

/* BLAKE2b-128, keyed with keys/index.key, of the domain and the bytes. The domain is an enum ht_kind for ids, or one of
   the above. The same in every index of the store, and in tombstones, erasures and holds. */
void ref_make(const struct ht_store *store, uint8_t domain, struct ht_slice bytes, uint8_t ref[HT_REF_SIZE]);
void ref_of_key(const uint8_t hash_key[HASH_KEY_SIZE], uint8_t domain, struct ht_slice bytes, uint8_t ref[HT_REF_SIZE]);

static inline bool ref_is_none(const uint8_t ref[HT_REF_SIZE])
{
    static const uint8_t none[HT_REF_SIZE];
    return memcmp(ref, none, sizeof none) == 0;
}

#endif
