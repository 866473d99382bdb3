#include <inttypes.h>

#include "codec.h"
#include "hooktrail/endpoint.h"
#include "hooktrail/erasure.h"
#include "hooktrail/rejected.h"
#include "hooktrail/time.h"
#include "hooktrail/token.h"
#include "hooktrail/watermark.h"
#include "secret.h"
#include "verify_trail.h"

#define HASH_AT 22 /* where the hash of its secret lies in the value of an endpoint and in that of a token */

/* Endpoints or tokens: things with an id and a secret, and the table that leads from the secret's hash to the id. */
struct owners {
    const char *table;  /* "trail/endpoints" */
    const char *hashes; /* "trail/secrets" */
    MDB_dbi things;
    MDB_dbi leads;
    enum ht_status (*decode)(struct ht_reader *reader, uint32_t id, uint32_t *found, struct ht_error *err);
};

static enum ht_status decode_endpoint(struct ht_reader *reader, uint32_t id, uint32_t *found, struct ht_error *err)
{
    struct ht_endpoint endpoint = {0}, first = {0};
    enum ht_status status = ht_endpoint_next(reader, id, &endpoint, err);
    *found = endpoint.id;
    if (status == HT_OK && endpoint.retired != (endpoint.retired_at != HT_TIME_NONE))
        status = ht_fail(err, HT_CORRUPT, "endpoint %" PRIu32 " is retired without a time, or has one without", id);
    if (status == HT_OK && (endpoint.family > id || ht_endpoint_get(reader, endpoint.family, &first, NULL) != HT_OK))
        status = ht_fail(err, HT_CORRUPT, "endpoint %" PRIu32 " is of family %" PRIu32 ", which is not there", id,
                         endpoint.family);
    if (status == HT_OK) status = secret_check_name(endpoint.name, "an endpoint", err);
    explicit_bzero(&endpoint, sizeof endpoint);
    explicit_bzero(&first, sizeof first);
    return status;
}

static enum ht_status decode_token(struct ht_reader *reader, uint32_t id, uint32_t *found, struct ht_error *err)
{
    struct ht_token token = {0};
    enum ht_status status = ht_token_next(reader, id, &token, err);
    *found = token.id;
    if (status == HT_OK && (token.scopes & ~(uint32_t)(HT_SCOPE_READ | HT_SCOPE_ADMIN)) != 0)
        status = ht_fail(err, HT_CORRUPT, "token %" PRIu32 " has unknown scopes", id);
    return status == HT_OK ? secret_check_name(token.name, "a token", err) : status;
}

static enum ht_status check_owner(struct verify *verify, const struct owners *owners, uint32_t id,
                                  struct ht_slice value, struct ht_error *err)
{
    uint32_t found = 0, led = 0;
    enum ht_status status = owners->decode(verify->reader, id, &found, err);
    if (status != HT_OK) return status;
    if (found != id || value.size < HASH_AT + SECRET_HASH)
        return ht_fail(err, HT_CORRUPT, "%" PRIu32 " does not decode", id);
    const uint8_t *hash = (const uint8_t *)value.data + HASH_AT;
    status = secret_find(verify->reader->trail_txn, owners->leads, hash, &led, err);
    if (status == HT_NOT_FOUND || (status == HT_OK && led != id))
        return ht_fail(err, HT_CORRUPT, "the secret of %" PRIu32 " does not lead to it", id);
    return status;
}

static enum ht_status visit_owner(struct verify *verify, void *state, MDB_val key, MDB_val value, struct ht_error *err)
{
    const struct owners *owners = state;
    enum ht_status status;
    if (key.mv_size == 4) {
        status = check_owner(verify, owners, ht_get_be32(key.mv_data), val_slice(value), err);
    } else {
        status = ht_fail(err, HT_CORRUPT, "a key of %zu bytes where an id of 4 should be", key.mv_size);
    }
    return verify_judge(verify, status, owners->table, 0, err);
}

static enum ht_status check_lead(struct verify *verify, const struct owners *owners, MDB_val key, MDB_val value,
                                 struct ht_error *err)
{
    uint32_t found;
    struct ht_slice owner;
    if (key.mv_size != SECRET_HASH || value.mv_size != 4)
        return ht_fail(err, HT_CORRUPT, "an entry of %zu and %zu bytes does not decode", key.mv_size, value.mv_size);
    uint32_t id = ht_get_be32(value.mv_data);
    enum ht_status status = secret_next(verify->reader->trail_txn, owners->things, id, &found, &owner, err);
    if (status != HT_OK && status != HT_NOT_FOUND) return status;
    if (status == HT_NOT_FOUND || found != id)
        return ht_fail(err, HT_CORRUPT, "a secret leads to %" PRIu32 ", which is not there", id);
    if (owner.size < HASH_AT + SECRET_HASH || memcmp(owner.data + HASH_AT, key.mv_data, SECRET_HASH) != 0)
        return ht_fail(err, HT_CORRUPT, "a secret leads to %" PRIu32 ", which has another", id);
    return HT_OK;
}

static enum ht_status visit_lead(struct verify *verify, void *state, MDB_val key, MDB_val value, struct ht_error *err)
{
    const struct owners *owners = state;
    return verify_judge(verify, check_lead(verify, owners, key, value, err), owners->hashes, 0, err);
}

static enum ht_status verify_owners(struct verify *verify, struct owners owners, struct ht_error *err)
{
    enum ht_status status = verify_walk(verify, owners.things, owners.table, visit_owner, &owners, err);
    return status == HT_OK ? verify_walk(verify, owners.leads, owners.hashes, visit_lead, &owners, err) : status;
}

static enum ht_status visit_rejected(struct verify *verify, void *state, MDB_val key, MDB_val value,
                                     struct ht_error *err)
{
    (void)value, (void)state; /* the value is read again by ht_rejected_get */
    struct ht_rejected rejected;
    enum ht_status status;
    if (key.mv_size == 8) {
        status = ht_rejected_get(verify->reader, ht_get_be64(key.mv_data), &rejected, err);
    } else {
        status = ht_fail(err, HT_CORRUPT, "a key of %zu bytes where a number of 8 should be", key.mv_size);
    }
    return verify_judge(verify, status, "trail/rejected", 0, err);
}

/* Counts without touching the values, so all of the table fits into one span. */
static int count_rejected(struct ht_reader *reader, struct ht_rejected_totals *counted)
{
    MDB_cursor *cursor = NULL;
    MDB_val key, value;
    int code = mdb_cursor_open(reader->trail_txn, reader->store->trail.rejected, &cursor);
    if (code != 0) return code;
    while ((code = mdb_cursor_get(cursor, &key, &value, MDB_NEXT)) == 0) {
        counted->count++;
        counted->bytes += value.mv_size;
    }
    mdb_cursor_close(cursor);
    return code == MDB_NOTFOUND ? 0 : code;
}

static enum ht_status check_totals(struct verify *verify, struct ht_error *err)
{
    struct ht_rejected_totals counted = {0}, kept;
    uint64_t last, given;
    MDB_txn *txn = verify->reader->trail_txn;
    int code = count_rejected(verify->reader, &counted);
    if (code != 0) return env_fail(err, code, "counting rejected deliveries");
    enum ht_status status = ht_rejected_totals(verify->reader, &kept, err);
    if (status == HT_OK) status = trail_counter_get(verify->store, txn, "rejected.last", &given, err);
    if (status == HT_OK) status = trail_last(txn, verify->store->trail.rejected, &last, err);
    if (status != HT_OK) return status;
    if (kept.count != counted.count || kept.bytes != counted.bytes)
        return ht_fail(err, HT_CORRUPT,
                       "%" PRIu64 " rejected deliveries of %" PRIu64 " bytes are kept, the counters say %" PRIu64
                       " of %" PRIu64,
                       counted.count, counted.bytes, kept.count, kept.bytes);
    if (last > given)
        return ht_fail(err, HT_CORRUPT, "rejected delivery %" PRIu64 " has a number that was not given out yet", last);
    return HT_OK;
}

/* What a store can't be opened without was read when it was opened; here, that it is still so. */
static enum ht_status check_meta(struct verify *verify, struct ht_error *err)
{
    MDB_val key = val_of("trail_id", 8), value;
    int code = mdb_get(verify->reader->trail_txn, verify->store->trail.meta, &key, &value);
    if (code != 0) return env_fail(err, code, "reading the trail's id");
    if (value.mv_size != HT_TRAIL_ID_SIZE || memcmp(value.mv_data, verify->store->trail_id, HT_TRAIL_ID_SIZE) != 0)
        return ht_fail(err, HT_CORRUPT, "the trail's id has changed");
    return check_totals(verify, err);
}

static enum ht_status verify_meta(struct verify *verify, struct ht_error *err)
{
    enum ht_status status = ht_reader_begin(verify->reader, err);
    if (status != HT_OK) return status;
    status = check_meta(verify, err);
    ht_reader_end(verify->reader);
    return verify_judge(verify, status, "trail/meta", 0, err);
}

static enum ht_status check_watermark(struct verify *verify, MDB_val key, struct ht_error *err)
{
    char name[NAME_MAX_SIZE + 1] = "";
    struct ht_watermark mark;
    struct ht_position end;
    if (key.mv_size > NAME_MAX_SIZE) return ht_fail(err, HT_CORRUPT, "a name of %zu bytes", key.mv_size);
    memcpy(name, key.mv_data, key.mv_size);
    if (secret_check_name(name, "an export", NULL) != HT_OK) return ht_fail(err, HT_CORRUPT, "a name is malformed");
    enum ht_status status = ht_watermark_get(verify->reader, name, &mark, err);
    if (status == HT_OK) status = ht_trail_position(verify->reader, &end, err);
    if (status != HT_OK) return status;
    const struct ht_position *done = &mark.done.position, *pending = &mark.pending.position;
    bool sound = ht_position_reached(end, *done) && ht_position_reached(end, *pending) &&
                 (!mark.running || ht_position_reached(*pending, *done));
    if (sound) return HT_OK;
    return ht_fail(err, HT_CORRUPT, "%s: done %" PRIu64 ", pending %" PRIu64 ", while the trail ends at %" PRIu64, name,
                   done->seq, pending->seq, end.seq);
}

static enum ht_status visit_watermark(struct verify *verify, void *state, MDB_val key, MDB_val value,
                                      struct ht_error *err)
{
    (void)value, (void)state;
    return verify_judge(verify, check_watermark(verify, key, err), "trail/watermarks", 0, err);
}

/* ---- rows by themselves ---- */

static enum ht_status check_id(MDB_val key, uint32_t found, struct ht_error *err)
{
    if (key.mv_size == 4 && found == ht_get_be32(key.mv_data)) return HT_OK;
    return ht_fail(err, HT_CORRUPT, "a key that is no id");
}

static uint32_t id_of(MDB_val key)
{
    return key.mv_size == 4 ? ht_get_be32(key.mv_data) : 0;
}

static enum ht_status check_endpoint_row(struct verify *verify, MDB_val key, MDB_val value, struct ht_error *err)
{
    uint32_t found = 0;
    (void)value;
    enum ht_status status = decode_endpoint(verify->reader, id_of(key), &found, err);
    return status == HT_OK ? check_id(key, found, err) : status;
}

static enum ht_status check_token_row(struct verify *verify, MDB_val key, MDB_val value, struct ht_error *err)
{
    uint32_t found = 0;
    (void)value;
    enum ht_status status = decode_token(verify->reader, id_of(key), &found, err);
    return status == HT_OK ? check_id(key, found, err) : status;
}

static enum ht_status check_hold_row(struct verify *verify, MDB_val key, MDB_val value, struct ht_error *err)
{
    struct ht_hold hold = {0};
    (void)value;
    enum ht_status status = ht_hold_next(verify->reader, id_of(key), &hold, err);
    return status == HT_OK ? check_id(key, hold.id, err) : status;
}

static enum ht_status check_rejected_row(struct verify *verify, MDB_val key, MDB_val value, struct ht_error *err)
{
    struct ht_rejected rejected;
    (void)value;
    if (key.mv_size != 8) return ht_fail(err, HT_CORRUPT, "a key of %zu bytes", key.mv_size);
    return ht_rejected_get(verify->reader, ht_get_be64(key.mv_data), &rejected, err);
}

static enum ht_status check_watermark_row(struct verify *verify, MDB_val key, MDB_val value, struct ht_error *err)
{
    (void)value;
    return check_watermark(verify, key, err);
}

const struct verify_rows verify_rows[] = {
    {"trail/endpoints", offsetof(struct trail_env, endpoints), check_endpoint_row},
    {"trail/tokens", offsetof(struct trail_env, tokens), check_token_row},
    {"trail/holds", offsetof(struct trail_env, holds), check_hold_row},
    {"trail/rejected", offsetof(struct trail_env, rejected), check_rejected_row},
    {"trail/watermarks", offsetof(struct trail_env, watermarks), check_watermark_row},
    {NULL, 0, NULL},
};

enum ht_status verify_tables(struct verify *verify, struct ht_error *err)
{
    const struct trail_env *trail = &verify->store->trail;
    struct owners endpoints = {"trail/endpoints", "trail/secrets", trail->endpoints, trail->secrets, decode_endpoint};
    struct owners tokens = {"trail/tokens", "trail/bearers", trail->tokens, trail->bearers, decode_token};
    enum ht_status status = verify_meta(verify, err);
    if (status == HT_OK) status = verify_owners(verify, endpoints, err);
    if (status == HT_OK) status = verify_owners(verify, tokens, err);
    if (status == HT_OK) status = verify_walk(verify, trail->rejected, "trail/rejected", visit_rejected, NULL, err);
    if (status != HT_OK) return status;
    status = verify_walk(verify, trail->watermarks, "trail/watermarks", visit_watermark, NULL, err);
    return status == HT_OK ? verify_erasures(verify, err) : status;
}
