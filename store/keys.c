#include "hooktrail/keys.h"

#include "keyring.h"
#include "keyring_file.h"
#include "seal.h"

enum ht_status ht_keys_state(struct ht_store *store, struct ht_keys_state *state, struct ht_error *err)
{
    struct keyring_state counts;
    *state = (struct ht_keys_state){0};
    if (store->keyring == NULL) return HT_OK;
    state->sealed = true;
    state->locked = keyring_locked(store->keyring);
    enum ht_status status = keyring_file_master_path(store->dir, state->master, err);
    if (status == HT_OK) status = trail_counter_now(store, SEAL_KEYS_COUNTER, &state->given, err);
    if (status == HT_OK) status = keyring_check(store->keyring, &counts, err);
    if (status != HT_OK) return status;
    state->destroyed = counts.destroyed;
    state->damaged = counts.damaged;
    return HT_OK;
}
