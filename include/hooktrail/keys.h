/* The store's keys: what there is of them, and other ones in their place. */
#ifndef HOOKTRAIL_KEYS_H
#define HOOKTRAIL_KEYS_H

#include "hooktrail/store.h"

struct ht_keys_state {
    bool sealed;        /* if not, the rest is zeros */
    bool locked;        /* the master key is missing, or is another store's */
    char master[4096];  /* where it is looked for */
    uint64_t given;     /* data keys that were ever given out */
    uint64_t destroyed; /* of all that there are */
    uint64_t damaged;   /* likewise; not known, and 0, while it is locked */
};

/* Reads every data key, so it takes a moment. Also of a store that was opened without its master key. */
HT_MUST_CHECK enum ht_status ht_keys_state(struct ht_store *store, struct ht_keys_state *state, struct ht_error *err);

/* Those that change keys want the store for themselves: HT_BUSY while the daemon or anyone else has it open. */

/* Gives the store another master key and rewrites keys/data.keys under it, each file whole or not at all; a rotation
   that was killed is finished when the store is opened next. `to` names the file of the new key, NULL: where the old
   one is. The store is closed by it, whatever it returns. */
HT_MUST_CHECK enum ht_status ht_keys_rotate_master(struct ht_store *store, const char *to, int64_t now,
                                                   struct ht_error *err);

/* Gives both logs another signing key, and with `origin` (else NULL) a new name (HT_EXISTS if it was theirs before), as
   for new logs: what was signed under the old name does not bind them any more, which a trail that has gone back needs.
   Signs both at once; HT_CORRUPT, with the key changed, if the trail has gone back and the name stays. The old public
   keys stay valid for old checkpoints. The store stays open, for this process alone; close it after a failure. */
HT_MUST_CHECK enum ht_status ht_keys_rotate_signing(struct ht_store *store, const char *origin, int64_t now,
                                                    struct ht_error *err);

#endif
