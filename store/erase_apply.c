#include "erase_apply.h"

#include <assert.h>
#include <inttypes.h>
#include <stdio.h>

#include "act.h"
#include "codec.h"
#include "erase_rejected.h"
#include "erasures.h"
#include "record.h"
#include "rejected.h"
#include "seal.h"

static const char rejected_last[] = "rejected.last";
static const uint8_t no_conversation[HT_REF_SIZE];

/* ---- records ---- */

static enum ht_status get(MDB_txn *txn, MDB_dbi table, uint64_t number, struct ht_slice *value, struct ht_error *err)
{
    int code = trail_get(txn, table, number, value);
    return code == 0 ? HT_OK : env_fail(err, code, "reading what is to be erased");
}

static enum ht_status put(MDB_txn *txn, MDB_dbi table, uint64_t number, const struct ht_buffer *value,
                          struct ht_error *err)
{
    uint8_t bytes[8];
    enum ht_status status = ht_buffer_status(value, err);
    if (status != HT_OK) return status;
    ht_put_be64(bytes, number);
    MDB_val key = val_of(bytes, sizeof bytes), stored = val_of(value->data, value->size);
    int code = mdb_put(txn, table, &key, &stored, 0);
    return code == 0 ? HT_OK : env_fail(err, code, "erasing");
}

static enum ht_status bury(struct ht_store *store, MDB_txn *txn, uint64_t seq, uint64_t erasure,
                           const uint8_t conversation[HT_REF_SIZE], struct ht_buffer *scratch, struct ht_error *err)
{
    struct ht_slice old = HT_ABSENT;
    enum ht_status status = get(txn, store->trail.events, seq, &old, err);
    ht_buffer_clear(scratch);
    if (status == HT_OK) status = record_tombstone(old, seq, erasure, conversation, scratch, err);
    return status == HT_OK ? put(txn, store->trail.events, seq, scratch, err) : status;
}

static enum ht_status bury_events(struct ht_store *store, MDB_txn *txn, const struct erase_plan *plan, uint64_t number,
                                  struct ht_buffer *scratch, struct ht_error *err)
{
    enum ht_status status = HT_OK;
    for (size_t i = 0; status == HT_OK && i < erase_plan_events(plan); i++) {
        const struct erase_event *event = erase_plan_event(plan, i);
        const struct erase_entity *conversation = erase_plan_find(plan, HT_KIND_CONVERSATION, event->conversation);
        bool goes_on = conversation != NULL && !conversation->whole;
        status = bury(store, txn, event->seq, number, goes_on ? conversation->ref : no_conversation, scratch, err);
    }
    return status;
}

/* Earlier tombstones of conversations that are gone now: each stays of its own erasure. */
static enum ht_status rebury_older(struct ht_store *store, MDB_txn *txn, const struct erase_plan *plan,
                                   struct ht_buffer *scratch, struct ht_error *err)
{
    enum ht_status status = HT_OK;
    for (size_t i = 0; status == HT_OK && i < erase_set_count(&plan->older); i++) {
        struct ht_slice old = HT_ABSENT;
        struct record_parts parts;
        uint64_t seq = erase_set_at(&plan->older, i);
        status = get(txn, store->trail.events, seq, &old, err);
        if (status == HT_OK) status = record_split(old, seq, &parts, err);
        if (status == HT_OK) status = bury(store, txn, seq, parts.header.erasure, no_conversation, scratch, err);
    }
    return status;
}

/* A repeated delivery keeps what says when and where it came, but none of the sender's headers. A damaged one stays as
   it is, for verify to tell of. */
static enum ht_status blank_repeats(struct ht_store *store, MDB_txn *txn, const struct erase_plan *plan,
                                    struct ht_buffer *scratch, struct ht_error *err)
{
    enum ht_status status = HT_OK;
    for (size_t i = 0; status == HT_OK && i < erase_set_count(&plan->repeats); i++) {
        struct ht_slice old = HT_ABSENT;
        uint64_t number = erase_set_at(&plan->repeats, i);
        status = get(txn, store->trail.repeats, number, &old, err);
        ht_buffer_clear(scratch);
        if (status == HT_OK) status = repeat_blank(old, number, scratch, err);
        if (status == HT_OK) status = put(txn, store->trail.repeats, number, scratch, err);
        if (status == HT_CORRUPT) status = HT_OK;
    }
    return status;
}

static enum ht_status reseal(struct ht_store *store, MDB_txn *txn, const struct erase_survivor *survivor, uint32_t key,
                             struct ht_buffer *scratch, struct ht_error *err)
{
    struct ht_slice old = HT_ABSENT;
    MDB_dbi table = survivor->repeat ? store->trail.repeats : store->trail.events;
    const struct seal_layout *layout = survivor->repeat ? &seal_repeat : &seal_event;
    enum ht_status status = get(txn, table, survivor->number, &old, err);
    ht_buffer_clear(scratch);
    if (status == HT_OK) status = seal_again(store, layout, survivor->number, old, key, scratch, err);
    return status == HT_OK ? put(txn, table, survivor->number, scratch, err) : status;
}

/* Survivors are in the order of their keys: each old key's get one new key. A record that doesn't open is damaged, or
   its key's slot is (which may read as that of a destroyed one): lost in any case, it stays as it is, for verify to
   tell of. */
static enum ht_status reseal_survivors(struct ht_store *store, MDB_txn *txn, const struct erase_plan *plan,
                                       struct erase_chain *chain, struct ht_buffer *scratch, struct ht_error *err)
{
    uint64_t old_key = 0;
    uint32_t key = 0;
    enum ht_status status = HT_OK;
    for (size_t i = 0; status == HT_OK && i < erase_plan_survivors(plan); i++) {
        const struct erase_survivor *survivor = erase_plan_survivor(plan, i);
        if (survivor->key != old_key) {
            status = seal_give_key(store, txn, &key, err);
            if (status != HT_OK) return status;
            old_key = survivor->key;
            if (chain != NULL) erase_chain_add(chain, key, (uint32_t)old_key);
        }
        status = reseal(store, txn, survivor, key, scratch, err);
        if (status == HT_CORRUPT || status == HT_ERASED) status = HT_OK;
    }
    if (status == HT_OK && chain != NULL) status = ht_buffer_status(&chain->links, err);
    return status;
}

/* The shared key goes with every erasure that looks at them: what was rejected once and is there no more may lie in old
   pages. */
static enum ht_status drop_rejected(struct ht_store *store, MDB_txn *txn, struct erase_plan *plan, struct ht_error *err)
{
    uint32_t old_key = 0;
    enum ht_status status = HT_OK;
    if (!plan->rejected_checked) return HT_OK;
    for (size_t i = 0; status == HT_OK && i < erase_set_count(&plan->rejected); i++) {
        status = rejected_delete(store, txn, erase_set_at(&plan->rejected, i), err);
        if (status == HT_NOT_FOUND) status = HT_OK; /* dropped by others since the plan was made */
    }
    if (status == HT_OK) status = rejected_rekey(store, txn, &old_key, err);
    if (status != HT_OK || old_key == 0) return status;
    erase_set_add(&plan->keys, old_key);
    return erase_set_sort(&plan->keys, err);
}

/* ---- the erasure ---- */

static void add_entities(const struct erase_plan *plan, struct ht_buffer *out)
{
    for (size_t i = 0; i < erase_plan_entities(plan); i++) {
        const struct erase_entity *entity = erase_plan_entity(plan, i);
        if (!entity->whole) continue;
        ht_buffer_add_byte(out, (char)entity->kind);
        ht_buffer_add_bytes(out, entity->ref, sizeof entity->ref);
    }
}

static enum ht_status put_entities(struct ht_store *store, MDB_txn *txn, struct ht_slice entities, uint64_t number,
                                   struct ht_error *err)
{
    enum ht_status status = HT_OK;
    for (size_t at = 0; status == HT_OK && at + ERASED_KEY_SIZE <= entities.size; at += ERASED_KEY_SIZE) {
        const uint8_t *entity = (const uint8_t *)entities.data + at;
        status = erasures_put_entity(store, txn, (enum ht_kind)entity[0], entity + 1, number, err);
    }
    return status;
}

static enum ht_status keep_rejected(struct ht_store *store, MDB_txn *txn, struct erasures_row *row,
                                    struct ht_buffer *kept, struct ht_error *err)
{
    struct erase_set numbers = {0};
    enum ht_status status = trail_counter_get(store, txn, rejected_last, &row->rejected_last, err);
    if (status == HT_OK) status = erase_rejected_numbers(store, txn, &numbers, err);
    if (status == HT_OK) erase_set_ranges(&numbers, kept);
    erase_set_release(&numbers);
    return status;
}

/* What stays, and isn't as it was: of events, or of repeated deliveries. */
static enum ht_status add_changed(const struct erase_plan *plan, bool repeats, struct ht_buffer *ranges,
                                  struct ht_error *err)
{
    struct erase_set numbers = {0};
    for (size_t i = 0; i < erase_plan_survivors(plan); i++) {
        const struct erase_survivor *survivor = erase_plan_survivor(plan, i);
        if (survivor->repeat == repeats) erase_set_add(&numbers, survivor->number);
    }
    erase_set_add_all(&numbers, repeats ? &plan->repeats : &plan->older);
    if (!repeats) erase_set_add_all(&numbers, &plan->derived);
    enum ht_status status = erase_set_sort(&numbers, err);
    if (status == HT_OK) erase_set_ranges(&numbers, ranges);
    erase_set_release(&numbers);
    return status;
}

/* What a row borrows from. */
struct row_parts {
    struct ht_buffer ranges, keys, entities, kept, events, repeats;
};

static enum ht_status fill_parts(struct ht_store *store, MDB_txn *txn, const struct erase_plan *plan,
                                 const struct erase_about *about, struct erasures_row *row, struct row_parts *parts,
                                 struct ht_error *err)
{
    enum ht_status status = plan->rejected_checked ? keep_rejected(store, txn, row, &parts->kept, err) : HT_OK;
    if (status == HT_OK) status = add_changed(plan, false, &parts->events, err);
    if (status == HT_OK) status = add_changed(plan, true, &parts->repeats, err);
    if (status != HT_OK) return status;
    erase_set_ranges(&plan->seqs, &parts->ranges);
    for (size_t i = 0; i < erase_set_count(&plan->keys); i++)
        encode_uint(&parts->keys, erase_set_at(&plan->keys, i), 4);
    add_entities(plan, &parts->entities);
    if (about->entities.data != NULL) ht_buffer_add(&parts->entities, about->entities);
    row->ranges = ht_buffer_slice(&parts->ranges);
    row->keys = ht_buffer_slice(&parts->keys);
    row->entities = ht_buffer_slice(&parts->entities);
    row->rejected_kept = ht_buffer_slice(&parts->kept);
    row->changed_events = ht_buffer_slice(&parts->events);
    row->changed_repeats = ht_buffer_slice(&parts->repeats);
    bool failed = parts->ranges.failed || parts->keys.failed || parts->entities.failed || parts->kept.failed ||
                  parts->events.failed || parts->repeats.failed;
    return failed ? ht_fail(err, HT_NO_MEMORY, "out of memory for an erasure") : HT_OK;
}

static enum ht_status put_row(struct ht_store *store, MDB_txn *txn, const struct erase_plan *plan,
                              const struct erase_about *about, uint64_t number, struct ht_error *err)
{
    struct row_parts parts = {0};
    struct erasures_row row = {
        .erasure = {.number = number, .at = about->at, .events = erase_plan_events(plan)},
        .flags = about->retention ? ERASURES_RETENTION : 0,
    };
    snprintf(row.erasure.reason, sizeof row.erasure.reason, "%s", about->reason);
    enum ht_status status = fill_parts(store, txn, plan, about, &row, &parts, err);
    if (status == HT_OK) status = erasures_put(store, txn, &row, err);
    if (status == HT_OK) status = put_entities(store, txn, row.entities, number, err);
    struct ht_buffer *each[] = {&parts.ranges, &parts.keys,   &parts.entities,
                                &parts.kept,   &parts.events, &parts.repeats};
    for (size_t i = 0; i < sizeof each / sizeof each[0]; i++)
        ht_buffer_release(each[i]);
    return status;
}

static enum ht_status record_act(struct ht_store *store, MDB_txn *txn, const struct erase_plan *plan,
                                 const struct erase_about *about, uint64_t number, struct ht_error *err)
{
    char object[32], detail[HT_REASON_SIZE + 128];
    struct ht_erased erased = {0};
    erase_plan_count(plan, &erased);
    snprintf(object, sizeof object, "erasure %" PRIu64, number);
    snprintf(detail, sizeof detail, "%" PRIu64 " events, %" PRIu64 " conversations, %" PRIu64 " leads%s%s",
             erased.events, erased.conversations, erased.leads, about->reason[0] == '\0' ? "" : ": ", about->reason);
    struct ht_act act = {
        .at = about->at,
        .kind = about->retention ? HT_ACT_RETAIN : HT_ACT_ERASE,
        .object = ht_slice_from(object),
        .detail = ht_slice_from(detail),
    };
    return act_append(store, txn, &act, err);
}

static enum ht_status change_records(struct ht_store *store, MDB_txn *txn, struct erase_plan *plan, uint64_t number,
                                     struct erase_chain *chain, struct ht_error *err)
{
    struct ht_buffer scratch = {0};
    enum ht_status status = reseal_survivors(store, txn, plan, chain, &scratch, err);
    if (status == HT_OK) status = bury_events(store, txn, plan, number, &scratch, err);
    if (status == HT_OK) status = rebury_older(store, txn, plan, &scratch, err);
    if (status == HT_OK) status = blank_repeats(store, txn, plan, &scratch, err);
    if (status == HT_OK) status = drop_rejected(store, txn, plan, err);
    ht_buffer_release(&scratch);
    return status;
}

enum ht_status erase_apply(struct ht_store *store, MDB_txn *txn, struct erase_plan *plan,
                           const struct erase_about *about, struct erase_chain *chain, uint64_t *number,
                           struct ht_error *err)
{
    uint64_t last;
    enum ht_status status = trail_last(txn, store->trail.erasures, &last, err);
    if (status != HT_OK) return status;
    *number = last + 1;
    status = change_records(store, txn, plan, *number, chain, err);
    if (status == HT_OK) status = put_row(store, txn, plan, about, *number, err);
    if (status == HT_OK) status = trail_counter_set(store, txn, ERASURES_COUNTER, *number, err);
    if (status == HT_OK) status = record_act(store, txn, plan, about, *number, err);
    return status;
}
