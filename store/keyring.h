/* Private to store/: the data keys, one per lead or conversation, wrapped by the master key, in a file of fixed slots.

   keys/data.keys: a header of 128 bytes, then slots of 72 bytes for the keys 1, 2, 3 …: nonce (24) and the key sealed
   by the master key (XChaCha20-Poly1305, 32 + 16; associated data: trail id, id). A slot of zeros is a destroyed key.
   Slots are added a block at a time, random and synced before the first is used, so giving a key to someone costs no
   sync of its own, but the first one that a process gives: what another has left it writes and syncs itself. Keys are
   given out in order, by the counter "keys.last" in the trail, in the transaction that uses them.

   Why no LMDB environment: a key is destroyed by overwriting its slot where it lies. LMDB would keep it in a free page,
   and rewriting a whole file leaves the old one's blocks on the disk; overwriting replaces the very block (on a
   filesystem that writes in place), and costs one write however many keys there are.

   The master key: 32 bytes in keys/master.key, or in the file that $HOOKTRAIL_MASTER_KEY_FILE names, or in the systemd
   credential "hooktrail-master-key" ($CREDENTIALS_DIRECTORY). In memory keys are in sodium_malloc'ed pages. */
#ifndef STORE_KEYRING_H
#define STORE_KEYRING_H

#include "store.h"

#define KEYRING_NONCE 24
#define KEYRING_TAG 16

/* Thread-safe: one mutex guards the cache of unwrapped keys. */
struct keyring;

/* Makes keys/master.key (or `master_path`, if not NULL) and keys/data.keys in the new store's directory. */
HT_MUST_CHECK enum ht_status keyring_make(const char *dir, const uint8_t *trail_id, const char *master_path,
                                          struct ht_error *err);
/* Opens. *keyring is NULL for a store that isn't sealed. Without the master key: HT_FORBIDDEN, or if `optional` a
   locked keyring, with which sealing and opening are HT_FORBIDDEN. A master key that isn't this store's is
   HT_FORBIDDEN. */
HT_MUST_CHECK enum ht_status keyring_open(const char *dir, const uint8_t *trail_id, bool optional,
                                          struct keyring **keyring, struct ht_error *err);
void keyring_close(struct keyring *keyring); /* NULL is fine */
bool keyring_locked(const struct keyring *keyring);

/* Makes sure that slots up to `id` hold keys, on disk; none from `id` on has been given out. The caller holds the
   trail's write transaction. */
HT_MUST_CHECK enum ht_status keyring_reserve(struct keyring *keyring, uint32_t id, struct ht_error *err);

/* Whether a key that was given out still seals and opens: not one that is damaged, or destroyed. */
HT_MUST_CHECK enum ht_status keyring_usable(struct keyring *keyring, uint32_t id, bool *usable, struct ht_error *err);

/* Seals `plain` under data key `id` to `sealed` (plain.size + KEYRING_TAG bytes; may be where plain lies); opens
   likewise to `plain` (sealed.size - KEYRING_TAG bytes). Opening: HT_CORRUPT if it doesn't authenticate; HT_ERASED if
   the key is destroyed. `id` 0 is the master key itself, for the store's own small secrets. */
HT_MUST_CHECK enum ht_status keyring_seal(struct keyring *keyring, uint32_t id, const uint8_t nonce[KEYRING_NONCE],
                                          struct ht_slice bound, struct ht_slice plain, uint8_t *sealed,
                                          struct ht_error *err);
HT_MUST_CHECK enum ht_status keyring_unseal(struct keyring *keyring, uint32_t id, const uint8_t nonce[KEYRING_NONCE],
                                            struct ht_slice bound, struct ht_slice sealed, uint8_t *plain,
                                            struct ht_error *err);

/* Overwrites the slots, syncs, forgets them. Destroying twice is fine. */
HT_MUST_CHECK enum ht_status keyring_destroy(struct keyring *keyring, const uint32_t *ids, size_t count,
                                             struct ht_error *err);
/* Drops unwrapped keys from memory: another process may have destroyed some. */
void keyring_forget(struct keyring *keyring);

/* Reads and checks every slot: count of live, destroyed and damaged ones. With a locked keyring all are live. */
struct keyring_state {
    uint64_t live;
    uint64_t destroyed;
    uint64_t damaged;
    uint32_t first_damaged; /* 0: none */
};
HT_MUST_CHECK enum ht_status keyring_check(struct keyring *keyring, struct keyring_state *state, struct ht_error *err);

#endif
