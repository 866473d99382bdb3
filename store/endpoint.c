#include "hooktrail/endpoint.h"

#include <assert.h>
#include <sodium.h>
#include <stdio.h>

#include "act.h"
#include "codec.h"
#include "endpoint_lost.h"
#include "hooktrail/signature.h"
#include "secret.h"
#include "store.h"

/* Stored value: version 1, flags 1 (1 = retired), family 4, created_at 8, retired_at 8, hash of the secret 32, name
   (1-byte length), signing key (1-byte length; empty: deliveries are not signed). */
#define VERSION 1
#define FLAG_RETIRED 1
static const char path_prefix[] = "/hooks/";

static void encode(const struct ht_endpoint *endpoint, const uint8_t hash[SECRET_HASH], struct ht_buffer *out)
{
    ht_buffer_clear(out);
    encode_uint(out, VERSION, 1);
    encode_uint(out, endpoint->retired ? FLAG_RETIRED : 0, 1);
    encode_uint(out, endpoint->family, 4);
    encode_uint(out, (uint64_t)endpoint->created_at, 8);
    encode_uint(out, (uint64_t)endpoint->retired_at, 8);
    ht_buffer_add_bytes(out, hash, SECRET_HASH);
    encode_sized(out, ht_slice_from(endpoint->name), 1);
    encode_sized(out, ht_slice_of(endpoint->signing_key, endpoint->signing_key_size), 1);
}

static enum ht_status decode(uint32_t id, struct ht_slice value, struct ht_endpoint *endpoint,
                             uint8_t hash[SECRET_HASH], struct ht_error *err)
{
    struct decoder in = decoder_of(value);
    memset(endpoint, 0, sizeof *endpoint);
    uint8_t version = decode_u8(&in);
    endpoint->id = id;
    endpoint->retired = (decode_u8(&in) & FLAG_RETIRED) != 0;
    endpoint->family = decode_u32(&in);
    endpoint->created_at = decode_i64(&in);
    endpoint->retired_at = decode_i64(&in);
    struct ht_slice hashed = decode_bytes(&in, SECRET_HASH);
    struct ht_slice name = decode_sized(&in, 1);
    struct ht_slice key = decode_sized(&in, 1);
    if (version > VERSION) return ht_fail(err, HT_VERSION, "endpoint %u was written by a newer hooktrail", id);
    if (version != VERSION || in.failed || in.left != 0 || name.size >= sizeof endpoint->name ||
        key.size > sizeof endpoint->signing_key)
        return ht_fail(err, HT_CORRUPT, "endpoint %u does not decode", id);
    memcpy(hash, hashed.data, SECRET_HASH);
    memcpy(endpoint->name, name.data, name.size);
    memcpy(endpoint->signing_key, key.data, key.size);
    endpoint->signing_key_size = (uint8_t)key.size;
    endpoint->is_signed = key.size > 0;
    return HT_OK;
}

static enum ht_status next(MDB_txn *txn, struct ht_store *store, uint32_t from, struct ht_endpoint *endpoint,
                           uint8_t hash[SECRET_HASH], struct ht_error *err)
{
    struct ht_slice value = HT_ABSENT;
    uint32_t id;
    enum ht_status status = secret_next(txn, store->trail.endpoints, from, &id, &value, err);
    if (status != HT_OK) return status;
    return decode(id, value, endpoint, hash, err);
}

static enum ht_status get(MDB_txn *txn, struct ht_store *store, uint32_t id, struct ht_endpoint *endpoint,
                          uint8_t hash[SECRET_HASH], struct ht_error *err)
{
    enum ht_status status = next(txn, store, id, endpoint, hash, err);
    if (status == HT_OK && endpoint->id != id) status = HT_NOT_FOUND;
    if (status == HT_NOT_FOUND) return ht_fail(err, HT_NOT_FOUND, "there is no endpoint %u", id);
    return status;
}

enum ht_status ht_endpoint_find(struct ht_reader *reader, struct ht_slice secret, struct ht_endpoint *endpoint,
                                struct ht_error *err)
{
    uint8_t wanted[SECRET_HASH], hash[SECRET_HASH];
    uint32_t id;
    assert(reader->begun);
    secret_hash(secret, wanted);
    enum ht_status status = secret_find(reader->trail_txn, reader->store->trail.secrets, wanted, &id, err);
    if (status == HT_OK) status = get(reader->trail_txn, reader->store, id, endpoint, hash, err);
    if (status != HT_OK) return status;
    if (sodium_memcmp(wanted, hash, SECRET_HASH) != 0) return ht_fail(err, HT_NOT_FOUND, "no such endpoint");
    return HT_OK;
}

enum ht_status ht_endpoint_get(struct ht_reader *reader, uint32_t id, struct ht_endpoint *endpoint,
                               struct ht_error *err)
{
    uint8_t hash[SECRET_HASH];
    assert(reader->begun);
    return get(reader->trail_txn, reader->store, id, endpoint, hash, err);
}

enum ht_status ht_endpoint_next(struct ht_reader *reader, uint32_t from, struct ht_endpoint *endpoint,
                                struct ht_error *err)
{
    uint8_t hash[SECRET_HASH];
    assert(reader->begun);
    return next(reader->trail_txn, reader->store, from, endpoint, hash, err);
}

static enum ht_status put(MDB_txn *txn, struct ht_store *store, const struct ht_endpoint *endpoint,
                          const uint8_t hash[SECRET_HASH], struct ht_error *err)
{
    struct ht_buffer value = {0};
    encode(endpoint, hash, &value);
    enum ht_status status = secret_put(txn, store->trail.endpoints, endpoint->id, &value, err);
    ht_buffer_wipe(&value);
    return status;
}

enum ht_status endpoint_put_lost(struct ht_store *store, MDB_txn *txn, uint32_t id, int64_t now, struct ht_error *err)
{
    struct ht_endpoint endpoint = {.id = id, .family = id, .retired = true, .created_at = now, .retired_at = now};
    uint8_t hash[SECRET_HASH];
    char secret[HT_SECRET_TEXT_SIZE];
    snprintf(endpoint.name, sizeof endpoint.name, "lost-%u", id);
    secret_make(path_prefix, secret, hash); /* which nobody gets to know */
    sodium_memzero(secret, sizeof secret);
    return put(txn, store, &endpoint, hash, err);
}

/* Gives the endpoint the next id and a new secret, and stores both. */
static enum ht_status insert(MDB_txn *txn, struct ht_store *store, int64_t now, struct ht_endpoint *endpoint,
                             char path[HT_SECRET_TEXT_SIZE], struct ht_error *err)
{
    uint8_t hash[SECRET_HASH];
    uint64_t last;
    enum ht_status status = trail_last(txn, store->trail.endpoints, &last, err);
    if (status != HT_OK) return status;
    endpoint->id = (uint32_t)last + 1;
    if (endpoint->family == 0) endpoint->family = endpoint->id;
    endpoint->retired = false;
    endpoint->created_at = now;
    endpoint->retired_at = HT_TIME_NONE;
    secret_make(path_prefix, path, hash);
    status = secret_link(txn, store->trail.secrets, hash, endpoint->id, err);
    if (status == HT_OK) status = put(txn, store, endpoint, hash, err);
    return status;
}

/* Ends the transaction of what was done to an endpoint, with the act in it. */
static enum ht_status commit(struct ht_store *store, MDB_txn *txn, enum ht_act_kind kind,
                             const struct ht_endpoint *endpoint, const char *detail, struct ht_slice who, int64_t now,
                             enum ht_status status, struct ht_error *err)
{
    char object[32];
    snprintf(object, sizeof object, "endpoint %u", endpoint->id);
    const struct ht_act act = {
        .at = now, .kind = kind, .who = who, .object = ht_slice_from(object), .detail = ht_slice_from(detail)};
    return act_commit(store, txn, &act, status, err);
}

static enum ht_status check_name_free(MDB_txn *txn, struct ht_store *store, const char *name, struct ht_error *err)
{
    struct ht_endpoint other;
    uint8_t hash[SECRET_HASH];
    uint32_t from = 1;
    enum ht_status status;
    while ((status = next(txn, store, from, &other, hash, err)) == HT_OK) {
        if (!other.retired && strcmp(other.name, name) == 0)
            return ht_fail(err, HT_EXISTS,
                           "there is an active endpoint named %s already; rotate it, or choose another name", name);
        from = other.id + 1;
    }
    return status == HT_NOT_FOUND ? HT_OK : status;
}

enum ht_status ht_endpoint_add(struct ht_store *store, const char *name, struct ht_slice signing_secret,
                               struct ht_slice who, int64_t now, struct ht_endpoint *endpoint,
                               char path[HT_SECRET_TEXT_SIZE], struct ht_error *err)
{
    MDB_txn *txn = NULL;
    size_t key_size = 0;
    char detail[128];
    memset(endpoint, 0, sizeof *endpoint);
    enum ht_status status = secret_check_name(name, "an endpoint", err);
    if (status == HT_OK && signing_secret.data != NULL)
        status = ht_signature_key(signing_secret, endpoint->signing_key, &key_size, err);
    if (status == HT_OK) status = trail_change_begin(store, &txn, err);
    if (status != HT_OK) return status;
    endpoint->signing_key_size = (uint8_t)key_size;
    endpoint->is_signed = key_size > 0;
    memcpy(endpoint->name, name, strlen(name));
    status = check_name_free(txn, store, name, err);
    if (status == HT_OK) status = insert(txn, store, now, endpoint, path, err);
    snprintf(detail, sizeof detail, "%s%s", name, endpoint->is_signed ? ", with a signing secret" : "");
    return commit(store, txn, HT_ACT_ENDPOINT_ADD, endpoint, detail, who, now, status, err);
}

enum ht_status ht_endpoint_rotate(struct ht_store *store, uint32_t id, struct ht_slice who, int64_t now,
                                  struct ht_endpoint *endpoint, char path[HT_SECRET_TEXT_SIZE], struct ht_error *err)
{
    MDB_txn *txn = NULL;
    uint8_t hash[SECRET_HASH];
    char detail[128];
    enum ht_status status = trail_change_begin(store, &txn, err);
    if (status != HT_OK) return status;
    status = get(txn, store, id, endpoint, hash, err);
    if (status == HT_OK && endpoint->retired)
        status = ht_fail(err, HT_GONE, "endpoint %u (%s) is retired: add a new one instead", id, endpoint->name);
    if (status == HT_OK) status = insert(txn, store, now, endpoint, path, err);
    snprintf(detail, sizeof detail, "%s, in the place of endpoint %u", endpoint->name, id);
    return commit(store, txn, HT_ACT_ENDPOINT_ROTATE, endpoint, detail, who, now, status, err);
}

enum ht_status ht_endpoint_retire(struct ht_store *store, uint32_t id, struct ht_slice who, int64_t now,
                                  struct ht_error *err)
{
    struct ht_endpoint endpoint = {0};
    MDB_txn *txn = NULL;
    uint8_t hash[SECRET_HASH];
    enum ht_status status = trail_change_begin(store, &txn, err);
    if (status != HT_OK) return status;
    status = get(txn, store, id, &endpoint, hash, err);
    if (status == HT_OK && endpoint.retired)
        status = ht_fail(err, HT_GONE, "endpoint %u (%s) is retired already", id, endpoint.name);
    endpoint.retired = true;
    endpoint.retired_at = now;
    if (status == HT_OK) status = put(txn, store, &endpoint, hash, err);
    status = commit(store, txn, HT_ACT_ENDPOINT_RETIRE, &endpoint, endpoint.name, who, now, status, err);
    sodium_memzero(&endpoint, sizeof endpoint);
    return status;
}
