/* Private to store/: the index derived from the trail once more, of harvests that come in order. */
#ifndef STORE_VERIFY_DERIVE_H
#define STORE_VERIFY_DERIVE_H

#include "harvest.h"
#include "index_batch.h"
#include "verify_walk.h"

struct derivation {
    struct ht_position until; /* what comes behind does not belong to it */
    uint8_t hash_key[16];     /* for all who harvest */
    struct index_batch *batch;
    size_t taken;            /* events, since the batch began */
    struct harvest *repeats; /* reads the repeated deliveries */
    enum ht_status status;   /* of what was taken */
    struct ht_error err;
};

/* Begins to fill `index`, an empty one. To be released, whatever it returns; all zeros is fine to release. */
HT_MUST_CHECK enum ht_status derivation_init(struct derivation *derivation, struct ht_store *store,
                                             struct index_env *index, struct ht_position until, struct ht_error *err);
void derivation_release(struct derivation *derivation);

/* Takes the next events, none behind `until`: those of seq 1 come first. derivation_finish tells what failed. */
void derivation_take(struct derivation *derivation, const struct harvest *events);

/* When all events were taken: adds the repeated deliveries. HT_STOPPING if progress says so. */
HT_MUST_CHECK enum ht_status derivation_finish(struct derivation *derivation, struct verify *verify,
                                               struct ht_error *err);

#endif
