#include <inttypes.h>
#include <stddef.h>

#include "endpoint_lost.h"
#include "hooktrail/encode.h"
#include "hooktrail/endpoint.h"
#include "hooktrail/token.h"
#include "keyring.h"
#include "record.h"
#include "salvage.h"
#include "seal.h"
#include "secret.h"
#include "verify_trail.h"

#define HASH_AT 22 /* where the hash of its secret lies in the value of an endpoint and in that of a token */
#define LONGEST_KEY 64

struct small {
    struct salvage *salvage;
    struct ht_store *store;
    struct ht_reader reader;
    MDB_txn *txn;
};

static enum ht_status begin(struct small *small, struct ht_error *err)
{
    enum ht_status status = reader_begin_trail(&small->reader, err);
    return status == HT_OK ? trail_change_begin(small->store, &small->txn, err) : status;
}

static enum ht_status end(struct small *small, enum ht_status status, struct ht_error *err)
{
    MDB_txn *txn = small->txn;
    if (small->reader.begun) mdb_txn_reset(small->reader.trail_txn);
    small->reader.begun = false;
    small->txn = NULL;
    return txn != NULL ? trail_change_end(txn, status, err) : status;
}

/* Calls `visit` for each row of a table as it was when the step began; what it does may change the table. */
typedef enum ht_status visit_row(struct small *small, MDB_dbi table, const void *state, MDB_val key, MDB_val value,
                                 struct ht_error *err);

static enum ht_status each_row(struct small *small, MDB_dbi table, visit_row *visit, const void *state,
                               struct ht_error *err)
{
    MDB_cursor *cursor = NULL;
    MDB_val key, value;
    enum ht_status status = HT_OK;
    int code = mdb_cursor_open(small->reader.trail_txn, table, &cursor);
    if (code != 0) return env_fail(err, code, "reading the new trail");
    while (status == HT_OK && (code = mdb_cursor_get(cursor, &key, &value, MDB_NEXT)) == 0)
        status = visit(small, table, state, key, value, err);
    mdb_cursor_close(cursor);
    return status == HT_OK && code != MDB_NOTFOUND ? env_fail(err, code, "reading the new trail") : status;
}

static enum ht_status delete_row(struct small *small, MDB_dbi table, MDB_val key, struct ht_error *err)
{
    int code = mdb_del(small->txn, table, &key, NULL);
    return code == 0 || code == MDB_NOTFOUND ? HT_OK : env_fail(err, code, "writing the new trail");
}

/* ---- endpoints ---- */

static enum ht_status put_if_missing(struct small *small, uint32_t id, struct ht_error *err)
{
    uint8_t bytes[4];
    ht_put_be32(bytes, id);
    MDB_val key = val_of(bytes, sizeof bytes), value;
    int code = mdb_get(small->txn, small->store->trail.endpoints, &key, &value);
    if (code == 0 || id == 0) return HT_OK;
    if (code != MDB_NOTFOUND) return env_fail(err, code, "reading the new trail");
    salvage_tell(small->salvage, "trail/endpoints", 0,
                 "endpoint %" PRIu32 " is lost: its events are there, but it takes none any more", id);
    return endpoint_put_lost(small->store, small->txn, id, small->salvage->options->now, err);
}

/* The first of its family too has to be there. */
static enum ht_status need_family(struct small *small, MDB_dbi table, const void *state, MDB_val key, MDB_val value,
                                  struct ht_error *err)
{
    (void)table, (void)state;
    if (key.mv_size != 4 || value.mv_size < 6) return HT_OK;
    uint32_t id = ht_get_be32(key.mv_data), family = ht_get_be32((const uint8_t *)value.mv_data + 2);
    return family < id ? put_if_missing(small, family, err) : HT_OK;
}

static enum ht_status fill_endpoints(struct small *small, struct ht_error *err)
{
    const struct ht_buffer *ids = &small->salvage->endpoints;
    enum ht_status status = begin(small, err);
    for (size_t at = 0; at < ids->size && status == HT_OK; at += sizeof(uint32_t)) {
        uint32_t id;
        memcpy(&id, ids->data + at, sizeof id);
        status = put_if_missing(small, id, err);
    }
    if (status == HT_OK) status = each_row(small, small->store->trail.endpoints, need_family, NULL, err);
    return end(small, status, err);
}

/* ---- rows by themselves ---- */

static enum ht_status drop_unsound(struct small *small, MDB_dbi table, const void *state, MDB_val key, MDB_val value,
                                   struct ht_error *err)
{
    const struct verify_rows *rows = state;
    struct verify verify = {.store = small->store, .reader = &small->reader};
    struct ht_error cause = {0};
    enum ht_status status = rows->check(&verify, key, value, &cause);
    reader_spaces_reset(&small->reader);
    if (status == HT_OK) return HT_OK;
    if (!verify_is_of_store(status) && status != HT_ERASED) return ht_fail(err, status, "%s", cause.detail);
    salvage_tell(small->salvage, rows->table, 0, "an entry is lost: %s", cause.detail);
    return delete_row(small, table, key, err);
}

static enum ht_status drop_all_unsound(struct small *small, struct ht_error *err)
{
    enum ht_status status = HT_OK;
    for (const struct verify_rows *rows = verify_rows; rows->table != NULL && status == HT_OK; rows++) {
        MDB_dbi table = *(const MDB_dbi *)(const void *)((const char *)&small->store->trail + rows->handle);
        status = begin(small, err);
        if (status == HT_OK) status = each_row(small, table, drop_unsound, rows, err);
        status = end(small, status, err);
    }
    return status;
}

/* ---- secrets ---- */

/* Endpoints or tokens, and what leads to them by the hash of their secret. */
struct owners {
    const char *table;
    const char *what;
    MDB_dbi things;
    MDB_dbi leads;
};

static enum ht_status lead_to(struct small *small, MDB_dbi table, const void *state, MDB_val key, MDB_val value,
                              struct ht_error *err)
{
    const struct owners *owners = state;
    uint32_t led = 0, id = ht_get_be32(key.mv_data);
    const uint8_t *hash = (const uint8_t *)value.mv_data + HASH_AT;
    (void)table;
    if (secret_find(small->txn, owners->leads, hash, &led, NULL) == HT_OK && led == id) return HT_OK;
    /* A mark of ours has no lead yet; else what was kept of it twice differs. */
    if (value.mv_size < HASH_AT + SECRET_HASH) return HT_OK;
    uint8_t bytes[4];
    ht_put_be32(bytes, id);
    MDB_val name = val_of(hash, SECRET_HASH), data = val_of(bytes, sizeof bytes);
    int code = mdb_put(small->txn, owners->leads, &name, &data, 0);
    if (code != 0) return env_fail(err, code, "writing the new trail");
    bool is_retired = ((const uint8_t *)value.mv_data)[1] == 1 && owners->things == small->store->trail.endpoints;
    if (!is_retired)
        salvage_tell(small->salvage, owners->table, 0,
                     "the secret of %s %" PRIu32 " may be damaged: if it does not work any more, make another",
                     owners->what, id);
    return HT_OK;
}

static enum ht_status drop_lead(struct small *small, MDB_dbi table, const void *state, MDB_val key, MDB_val value,
                                struct ht_error *err)
{
    const struct owners *owners = state;
    MDB_val owner;
    int code = mdb_get(small->txn, owners->things, &value, &owner);
    bool fits = code == 0 && owner.mv_size >= HASH_AT + SECRET_HASH &&
                memcmp((const uint8_t *)owner.mv_data + HASH_AT, key.mv_data, SECRET_HASH) == 0;
    return fits ? HT_OK : delete_row(small, table, key, err);
}

static enum ht_status link_secrets(struct small *small, const struct owners *owners, struct ht_error *err)
{
    enum ht_status status = begin(small, err);
    if (status == HT_OK) status = each_row(small, owners->things, lead_to, owners, err);
    if (status == HT_OK) status = each_row(small, owners->leads, drop_lead, owners, err);
    return end(small, status, err);
}

/* ---- counters ---- */

struct counts {
    uint64_t rejected;
    uint64_t rejected_bytes;
    uint64_t last_rejected;
    uint64_t last_hold;
    uint64_t last_key;
    uint64_t rejected_key;
};

static void raise_to(uint64_t *number, uint64_t least)
{
    if (*number < least) *number = least;
}

static enum ht_status count_row(struct small *small, MDB_dbi table, const void *state, MDB_val key, MDB_val value,
                                struct ht_error *err)
{
    struct counts *counts = *(struct counts *const *)state;
    const uint8_t *bytes = value.mv_data;
    (void)err;
    const struct seal_layout *layout = table == small->store->trail.rejected  ? &seal_rejected
                                       : table == small->store->trail.repeats ? &seal_repeat
                                                                              : &seal_event;
    if (value.mv_size < layout->nonce || bytes[layout->state] != SEAL_SEALED) return HT_OK;
    raise_to(&counts->last_key, ht_get_be32(bytes + layout->key));
    if (table != small->store->trail.rejected) return HT_OK;
    counts->rejected_key = ht_get_be32(bytes + layout->key);
    (void)key;
    return HT_OK;
}

static enum ht_status count_rejected(struct small *small, MDB_dbi table, const void *state, MDB_val key, MDB_val value,
                                     struct ht_error *err)
{
    struct counts *counts = *(struct counts *const *)state;
    (void)small, (void)table, (void)err;
    counts->rejected++;
    counts->rejected_bytes += value.mv_size;
    raise_to(&counts->last_rejected, ht_get_be64(key.mv_data));
    return HT_OK;
}

/* Slots of the keyring that were never given out may not be told from those that were, if the counter is lost: then all
   of them count. */
static enum ht_status count_keys(struct small *small, struct counts *counts, struct ht_error *err)
{
    struct keyring_state state;
    MDB_val key = val_of(SEAL_KEYS_COUNTER, sizeof SEAL_KEYS_COUNTER - 1), value;
    if (small->store->keyring == NULL || mdb_get(small->txn, small->store->trail.meta, &key, &value) == 0) return HT_OK;
    enum ht_status status = keyring_check(small->store->keyring, &state, err);
    if (status == HT_OK) raise_to(&counts->last_key, state.live + state.destroyed + state.damaged);
    return status;
}

/* Sets a counter, or only raises it: none may go back. */
static enum ht_status set(struct small *small, const char *name, uint64_t value, bool raise, struct ht_error *err)
{
    uint64_t before = 0;
    enum ht_status status = raise ? trail_counter_get(small->store, small->txn, name, &before, err) : HT_OK;
    if (status != HT_OK || (raise && before >= value)) return status;
    return trail_counter_set(small->store, small->txn, name, value, err);
}

static enum ht_status count(struct small *small, struct ht_error *err)
{
    struct counts counted = {0}, *counts = &counted;
    const struct trail_env *trail = &small->store->trail;
    const MDB_dbi sealed[] = {trail->events, trail->repeats, trail->rejected};
    enum ht_status status = HT_OK;
    for (size_t i = 0; i < sizeof sealed / sizeof *sealed && status == HT_OK; i++)
        status = each_row(small, sealed[i], count_row, &counts, err);
    if (status == HT_OK) status = each_row(small, trail->rejected, count_rejected, &counts, err);
    if (status == HT_OK) status = trail_last(small->reader.trail_txn, trail->holds, &counted.last_hold, err);
    if (status == HT_OK) status = count_keys(small, counts, err);
    if (status == HT_OK) status = set(small, "rejected.count", counted.rejected, false, err);
    if (status == HT_OK) status = set(small, "rejected.bytes", counted.rejected_bytes, false, err);
    if (status == HT_OK) status = set(small, "rejected.last", counted.last_rejected, true, err);
    if (status == HT_OK) status = set(small, "rejected.key", counted.rejected_key, true, err);
    if (status == HT_OK) status = set(small, "holds.last", counted.last_hold, true, err);
    return status == HT_OK ? set(small, SEAL_KEYS_COUNTER, counted.last_key, true, err) : status;
}

static enum ht_status fill_counters(struct small *small, struct ht_error *err)
{
    enum ht_status status = begin(small, err);
    if (status == HT_OK) status = count(small, err);
    return end(small, status, err);
}

/* ---- what its owner has to do ---- */

static enum ht_status note_active(struct small *small, MDB_dbi table, const void *state, MDB_val key, MDB_val value,
                                  struct ht_error *err)
{
    bool *active = *(bool *const *)state;
    (void)small, (void)table, (void)key, (void)err;
    *active |= value.mv_size > 1 && (((const uint8_t *)value.mv_data)[1] & 1) == 0;
    return HT_OK;
}

static enum ht_status tell_needs(struct small *small, struct ht_error *err)
{
    MDB_stat stat_of;
    bool active = false, *found = &active;
    const struct trail_env *trail = &small->store->trail;
    enum ht_status status = begin(small, err);
    if (status == HT_OK) status = each_row(small, trail->endpoints, note_active, &found, err);
    if (status == HT_OK && !active && small->salvage->damaged)
        salvage_tell(small->salvage, "trail/endpoints", 0,
                     "none takes deliveries any more: make one with `hooktrail endpoint add`, and give Aimdoc its URL");
    int code = status == HT_OK ? mdb_stat(small->reader.trail_txn, trail->tokens, &stat_of) : 0;
    if (code != 0) status = env_fail(err, code, "counting tokens");
    if (status == HT_OK && stat_of.ms_entries == 0 && small->salvage->damaged)
        salvage_tell(small->salvage, "trail/tokens", 0, "there is none any more: make one with `hooktrail token add`");
    return end(small, status, err);
}

enum ht_status salvage_small_tables(struct salvage *salvage, struct ht_error *err)
{
    struct small small = {.salvage = salvage, .store = salvage->store, .reader = {.store = salvage->store}};
    const struct trail_env *trail = &salvage->store->trail;
    const struct owners endpoints = {"trail/endpoints", "endpoint", trail->endpoints, trail->secrets};
    const struct owners tokens = {"trail/tokens", "token", trail->tokens, trail->bearers};
    enum ht_status status = fill_endpoints(&small, err);
    if (status == HT_OK) status = drop_all_unsound(&small, err);
    if (status == HT_OK) status = fill_endpoints(&small, err);
    if (status == HT_OK) status = link_secrets(&small, &endpoints, err);
    if (status == HT_OK) status = link_secrets(&small, &tokens, err);
    if (status == HT_OK) status = fill_counters(&small, err);
    if (status == HT_OK) status = tell_needs(&small, err);
    if (small.reader.trail_txn != NULL) mdb_txn_abort(small.reader.trail_txn);
    reader_spaces_release(&small.reader);
    return status;
}
