#include <inttypes.h>

#include "checkpoint.h"
#include "verify_checkpoints.h"
#include "verify_index.h"
#include "verify_trail.h"

static enum ht_status verify_trail_side(struct verify *verify, struct ht_slice kept, struct derivation *derivation,
                                        struct ht_error *err)
{
    enum ht_status status = verify_trail(verify, derivation, err);
    if (status == HT_OK) status = verify_checkpoints(verify, kept, err);
    return status == HT_OK ? verify_tables(verify, err) : status;
}

/* Whoever opens a store makes a damaged index anew: it is told all the same, for the disk may be to blame. */
static void judge_opening(struct verify *verify)
{
    const char *fault = ht_index_fault(verify->store);
    if (fault) verify_found(verify, "index/meta", 0, "could not be opened, and was made anew: %s", fault);
}

/* Each event is read once, for itself and for the index, which therefore begins first and is compared last. */
static enum ht_status verify_both(struct verify *verify, struct ht_slice kept, struct ht_error *err)
{
    struct verify_index index;
    judge_opening(verify);
    verify_index_begin(&index, verify);
    enum ht_status status = verify_trail_side(verify, kept, verify_index_derivation(&index), err);
    if (status == HT_OK) status = verify_index_end(&index, err);
    verify_index_release(&index);
    return status;
}

static enum ht_status verify_all(struct verify *verify, struct ht_slice kept, bool without_index, struct ht_error *err)
{
    enum ht_status status = verify_init(verify, err);
    if (status != HT_OK) return status;
    verify->verified->locked = verify->locked;
    if (verify->locked || without_index) return verify_trail_side(verify, kept, NULL, err);
    return verify_both(verify, kept, err);
}

enum ht_status ht_verify(struct ht_store *store, const struct ht_verify_options *options, ht_report *report,
                         ht_progress *progress, void *context, struct ht_verified *verified, struct ht_error *err)
{
    static const struct ht_verify_options defaults = {.threads = 0};
    struct ht_error own;
    if (options == NULL) options = &defaults;
    if (err == NULL) err = &own; /* findings are made of it */
    struct verify verify = {.store = store,
                            .report = report,
                            .progress = progress,
                            .context = context,
                            .verified = verified,
                            .threads = options->threads};
    *verified = (struct ht_verified){0};
    struct signed_head kept;
    if (options->checkpoint.data != NULL) {
        enum ht_status status = signing_read(store->signing, HT_LOG_EVENTS, options->checkpoint, &kept, err);
        if (status != HT_OK) return status;
    }
    enum ht_status status = verify_all(&verify, options->checkpoint, options->without_index, err);
    verify_release(&verify);
    if (status != HT_OK || verified->findings == 0) return status;
    return ht_fail(err, HT_CORRUPT, "%" PRIu64 " findings: the store is not as it was written", verified->findings);
}
