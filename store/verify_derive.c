#include "verify_derive.h"

#include <sodium.h>

#include "hooktrail/time.h"
#include "index_apply.h"

#define BATCH_EVENTS 32768 /* of one write transaction of the derived index */
#define SNAPSHOT_TIME (HT_SECOND / 10)

enum ht_status derivation_init(struct derivation *derivation, struct ht_store *store, struct index_env *index,
                               struct ht_position until, struct ht_error *err)
{
    *derivation = (struct derivation){.until = until};
    randombytes_buf(derivation->hash_key, sizeof derivation->hash_key);
    derivation->repeats = harvest_new(store, derivation->hash_key);
    derivation->batch = index_batch_new(index);
    if (derivation->repeats != NULL && derivation->batch != NULL) return HT_OK;
    return ht_fail(err, HT_NO_MEMORY, "out of memory for deriving the index");
}

void derivation_release(struct derivation *derivation)
{
    index_batch_free(derivation->batch);
    harvest_free(derivation->repeats);
    *derivation = (struct derivation){.taken = 0};
}

/* Nothing if one is open. */
static enum ht_status begin(struct index_batch *batch, struct ht_error *err)
{
    return batch->txn == NULL ? index_batch_begin(batch, err) : HT_OK;
}

static enum ht_status take(struct derivation *derivation, const struct harvest *events, struct ht_error *err)
{
    enum ht_status status = begin(derivation->batch, err);
    if (status == HT_OK) status = index_apply_events(derivation->batch, events, err);
    derivation->taken += events->count;
    if (status != HT_OK || derivation->taken < BATCH_EVENTS) return status;
    derivation->taken = 0;
    return index_batch_commit(derivation->batch, err);
}

void derivation_take(struct derivation *derivation, const struct harvest *events)
{
    if (derivation->status == HT_OK) derivation->status = take(derivation, events, &derivation->err);
    if (derivation->status != HT_OK) index_batch_abort(derivation->batch);
}

/* ---- repeats: once all events are in, so that each finds its own ---- */

static enum ht_status add_some(struct derivation *derivation, struct ht_error *err)
{
    struct index_batch *batch = derivation->batch;
    int64_t deadline = ht_time_steady() + SNAPSHOT_TIME;
    while (batch->position.repeat < derivation->until.repeat && ht_time_steady() < deadline) {
        uint64_t seq = 0;
        enum ht_status status = harvest_repeat(derivation->repeats, batch->position.repeat + 1, &seq, err);
        if (status == HT_OK) status = index_apply_repeat(batch, batch->position.repeat + 1, seq, err);
        if (status != HT_OK) return status;
        batch->position.repeat++;
    }
    return HT_OK;
}

static enum ht_status add_in_span(struct derivation *derivation, struct ht_error *err)
{
    struct ht_position end;
    enum ht_status status = harvest_begin(derivation->repeats, &end, err);
    if (status != HT_OK) return status;
    status = add_some(derivation, err);
    harvest_end(derivation->repeats);
    return status;
}

static enum ht_status add_batch(struct derivation *derivation, struct ht_error *err)
{
    enum ht_status status = begin(derivation->batch, err);
    if (status == HT_OK) status = add_in_span(derivation, err);
    if (status == HT_OK) return index_batch_commit(derivation->batch, err);
    index_batch_abort(derivation->batch);
    return status;
}

enum ht_status derivation_finish(struct derivation *derivation, struct verify *verify, struct ht_error *err)
{
    if (derivation->status != HT_OK) *err = derivation->err;
    enum ht_status status = derivation->status;
    do {
        if (status == HT_OK) status = add_batch(derivation, err);
        if (status == HT_OK) status = verify_goes_on(verify, err);
        if (status != HT_OK) return status;
    } while (derivation->batch->position.repeat < derivation->until.repeat);
    return HT_OK;
}
