/* Private to store/: what of persons lies in the index, sealed under a random key of this generation of the index. The
   key is wrapped by the master key and lies in index/meta under "key"; it goes when the index is rebuilt.

   Sealing is deterministic, so that two indexes of one key and one trail are equal byte for byte: a name's nonce is a
   keyed hash of its kind, number and text (BLAKE2b-192), so equal nonces mean equal texts at the same place; the
   SHA-256 in a row is XORed with the key stream of its seq (ChaCha20), and a row's digest never changes. Three keys
   come of the one by libsodium's key derivation. Of a store that isn't sealed all of it does nothing. */
#ifndef STORE_INDEX_SEAL_H
#define STORE_INDEX_SEAL_H

#include "index_codec.h"

struct index_keys; /* in sodium_malloc'ed memory */

#define INDEX_WRAPPED_SIZE 72 /* nonce, key and tag */

/* A new random key, wrapped; and what is wrapped, opened. */
HT_MUST_CHECK enum ht_status index_keys_make(struct ht_store *store, uint8_t wrapped[INDEX_WRAPPED_SIZE],
                                             struct ht_error *err);
HT_MUST_CHECK enum ht_status index_keys_open(struct ht_store *store, const uint8_t wrapped[INDEX_WRAPPED_SIZE],
                                             struct index_keys **keys, struct ht_error *err);
void index_keys_free(struct index_keys *keys); /* NULL is fine */

/* A name as it is stored: itself, or sealed to `scratch` (cleared first) if its kind is of persons. */
HT_MUST_CHECK enum ht_status index_seal_name(const struct index_env *index, enum ht_kind kind, uint32_t number,
                                             struct ht_slice text, struct ht_buffer *scratch, struct ht_slice *stored,
                                             struct ht_error *err);
/* Whether names of this kind are stored sealed. */
bool index_name_is_sealed(const struct index_env *index, enum ht_kind kind);
/* And back; `plain` is cleared first, and used only for what is sealed. */
HT_MUST_CHECK enum ht_status index_unseal_name(const struct index_env *index, enum ht_kind kind, uint32_t number,
                                               struct ht_slice stored, struct ht_buffer *plain, struct ht_slice *text,
                                               struct ht_error *err);

/* A row as it is stored, and back. */
void index_seal_row(const struct index_env *index, const struct ht_row *row, uint8_t value[INDEX_ROW_SIZE]);
HT_MUST_CHECK enum ht_status index_unseal_row(const struct index_env *index, MDB_val value, uint64_t seq,
                                              struct ht_row *row, struct ht_error *err);

#endif
