/* Private to store/: records, sealed and opened. A record has an open part and, behind it, one that is sealed under a
   data key (XChaCha20-Poly1305), bound to the record's number and to the open part before the nonce. */
#ifndef STORE_SEAL_H
#define STORE_SEAL_H

#include "keyring.h"
#include "store.h"

enum seal_state { SEAL_OPEN = 0, SEAL_SEALED = 1, SEAL_ERASED = 2 };

/* Where a kind of record has what sealing writes: state (1 byte), data key (4), nonce (24); the sealed part begins
   behind the nonce. */
struct seal_layout {
    size_t state;
    size_t key;
    size_t nonce;
};
extern const struct seal_layout seal_event;    /* of record.h */
extern const struct seal_layout seal_rejected; /* of a rejected delivery */
extern const struct seal_layout seal_repeat;   /* of a repeated one */

/* Nonces of one transaction: a random beginning, counted up. */
struct seal_nonces {
    uint8_t next[KEYRING_NONCE];
};
void seal_nonces_begin(struct seal_nonces *nonces);

/* How many bytes a packed record takes once it is stored under this key. */
static inline size_t seal_size(struct ht_slice packed, uint32_t key)
{
    return packed.size + (key != 0 ? KEYRING_TAG : 0);
}

/* Writes a packed record (its sealed part in the open) to `to` (seal_size bytes) as it is stored under `number`:
   sealed, or open if `key` is 0, with its checksum. */
HT_MUST_CHECK enum ht_status seal_write(struct ht_store *store, const struct seal_layout *layout, uint64_t number,
                                        uint32_t key, struct seal_nonces *nonces, struct ht_slice packed, uint8_t *to,
                                        struct ht_error *err);

/* The sealed part of a stored record whose checksum fits: a view of the value where it lies open, else of `plain`,
   which is cleared first. HT_ERASED for one whose key is destroyed; HT_FORBIDDEN without the master key. */
HT_MUST_CHECK enum ht_status seal_read(struct ht_store *store, const struct seal_layout *layout, uint64_t number,
                                       struct ht_slice value, struct ht_buffer *plain, struct ht_slice *opened,
                                       struct ht_error *err);

#define SEAL_KEYS_COUNTER "keys.last" /* in the trail's meta table: the last data key that was given out */

/* The next data key, given out in this transaction; 0 for a store that isn't sealed. */
HT_MUST_CHECK enum ht_status seal_give_key(struct ht_store *store, MDB_txn *txn, uint32_t *id, struct ht_error *err);

/* A stored record under another key and nonce, to `out` (cleared first). */
HT_MUST_CHECK enum ht_status seal_again(struct ht_store *store, const struct seal_layout *layout, uint64_t number,
                                        struct ht_slice value, uint32_t key, struct ht_buffer *out,
                                        struct ht_error *err);

#endif
