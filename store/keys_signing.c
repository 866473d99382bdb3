/* Another signing key, and with it perhaps another name for both logs. On disk the act comes first, then the public
   key, then the key itself: killed before that, the old key goes on. Checkpoints under an old name don't bind the new
   one, so nothing has to be removed: the first that is signed replaces them, in the trail and in DIR/heads. */
#include "act.h"
#include "checkpoint.h"
#include "hooktrail/keys.h"
#include "presence.h"

static enum ht_status check_name(const struct signing *signing, const char *origin, struct ht_error *err)
{
    for (size_t i = 0; i < signing->count; i++) {
        if (strcmp(signing->verifiers[i].name, origin) != 0) continue;
        return ht_fail(err, HT_EXISTS, "the log had the name %s already, and checkpoints under it: choose another",
                       origin);
    }
    return HT_OK;
}

static enum ht_status record_act(struct ht_store *store, const char *origin, int64_t now, struct ht_error *err)
{
    struct ht_act act = {
        .at = now, .kind = HT_ACT_KEY_ROTATE, .object = HT_SLICE("signing key"), .detail = ht_slice_from(origin)};
    return ht_act_record(store, &act, err);
}

static enum ht_status use_new_key(struct ht_store *store, struct ht_error *err)
{
    struct signing *signing;
    enum ht_status status = signing_open(store->dir, &signing, err);
    if (status != HT_OK) return status;
    signing_close(store->signing);
    store->signing = signing;
    return HT_OK;
}

enum ht_status ht_keys_rotate_signing(struct ht_store *store, const char *origin, int64_t now, struct ht_error *err)
{
    enum ht_status status = presence_claim(store, err);
    if (status == HT_OK && origin != NULL) status = ht_key_name_check(ht_slice_from(origin), err);
    if (status == HT_OK && origin != NULL) status = check_name(store->signing, origin, err);
    if (status == HT_OK) status = record_act(store, origin, now, err);
    if (status == HT_OK) status = signing_replace(store->signing, store->dir, origin, err);
    if (status == HT_OK) status = use_new_key(store, err);
    for (int log = 0; log < HT_LOG_COUNT && status == HT_OK; log++)
        status = ht_log_sign(store, (enum ht_log)log, err);
    return status;
}
