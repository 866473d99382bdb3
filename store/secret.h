/* Private to store/: secrets that are shown once and kept as a hash (endpoint paths and tokens), and the numbered
   tables of what they belong to. */
#ifndef STORE_SECRET_H
#define STORE_SECRET_H

#include "store.h"

#define SECRET_BYTES 32
#define SECRET_TEXT 43 /* their base64url */
#define SECRET_HASH 32
#define NAME_MAX_SIZE 64

/* Writes `prefix` and 32 random bytes as base64url to `text`, and the SHA-256 of that base64url part to `hash`. */
void secret_make(const char *prefix, char text[HT_SECRET_TEXT_SIZE], uint8_t hash[SECRET_HASH]);
void secret_hash(struct ht_slice secret, uint8_t hash[SECRET_HASH]);

/* A name of an endpoint, token or export: 1 to 64 of [A-Za-z0-9._-], not beginning with a dot or dash. */
HT_MUST_CHECK enum ht_status secret_check_name(const char *name, const char *what, struct ht_error *err);

/* The id that `hash` leads to in `hashes`; HT_NOT_FOUND. */
HT_MUST_CHECK enum ht_status secret_find(MDB_txn *txn, MDB_dbi hashes, const uint8_t hash[SECRET_HASH], uint32_t *id,
                                         struct ht_error *err);

/* Puts under a new hash and id; replaces the value of an id; reads the first value with an id of at least `from`. */
HT_MUST_CHECK enum ht_status secret_link(MDB_txn *txn, MDB_dbi hashes, const uint8_t hash[SECRET_HASH], uint32_t id,
                                         struct ht_error *err);
HT_MUST_CHECK enum ht_status secret_put(MDB_txn *txn, MDB_dbi table, uint32_t id, const struct ht_buffer *value,
                                        struct ht_error *err);
HT_MUST_CHECK enum ht_status secret_next(MDB_txn *txn, MDB_dbi table, uint32_t from, uint32_t *id,
                                         struct ht_slice *value, struct ht_error *err);

#endif
