#include "hooktrail/token.h"

#include <assert.h>
#include <sodium.h>
#include <stdio.h>

#include "act.h"
#include "codec.h"
#include "secret.h"
#include "store.h"

/* Stored value: version 1, 0, scopes 4, created_at 8, revoked_at 8, hash of the token 32, name (1-byte length). */
#define VERSION 1
static const char token_prefix[] = "ht_";

static enum ht_status decode(uint32_t id, struct ht_slice value, struct ht_token *token, uint8_t hash[SECRET_HASH],
                             struct ht_error *err)
{
    struct decoder in = decoder_of(value);
    memset(token, 0, sizeof *token);
    uint8_t version = decode_u8(&in);
    decode_u8(&in);
    token->id = id;
    token->scopes = decode_u32(&in);
    token->created_at = decode_i64(&in);
    token->revoked_at = decode_i64(&in);
    struct ht_slice hashed = decode_bytes(&in, SECRET_HASH);
    struct ht_slice name = decode_sized(&in, 1);
    if (version > VERSION) return ht_fail(err, HT_VERSION, "token %u was written by a newer hooktrail", id);
    if (version != VERSION || in.failed || in.left != 0 || name.size >= sizeof token->name)
        return ht_fail(err, HT_CORRUPT, "token %u does not decode", id);
    memcpy(hash, hashed.data, SECRET_HASH);
    memcpy(token->name, name.data, name.size);
    return HT_OK;
}

static enum ht_status put(MDB_txn *txn, struct ht_store *store, const struct ht_token *token,
                          const uint8_t hash[SECRET_HASH], struct ht_error *err)
{
    struct ht_buffer value = {0};
    encode_uint(&value, VERSION, 1);
    encode_uint(&value, 0, 1);
    encode_uint(&value, token->scopes, 4);
    encode_uint(&value, (uint64_t)token->created_at, 8);
    encode_uint(&value, (uint64_t)token->revoked_at, 8);
    ht_buffer_add_bytes(&value, hash, SECRET_HASH);
    encode_sized(&value, ht_slice_from(token->name), 1);
    enum ht_status status = secret_put(txn, store->trail.tokens, token->id, &value, err);
    ht_buffer_release(&value);
    return status;
}

static enum ht_status next(MDB_txn *txn, struct ht_store *store, uint32_t from, struct ht_token *token,
                           uint8_t hash[SECRET_HASH], struct ht_error *err)
{
    struct ht_slice value = HT_ABSENT;
    uint32_t id;
    enum ht_status status = secret_next(txn, store->trail.tokens, from, &id, &value, err);
    if (status != HT_OK) return status;
    return decode(id, value, token, hash, err);
}

static enum ht_status get(MDB_txn *txn, struct ht_store *store, uint32_t id, struct ht_token *token,
                          uint8_t hash[SECRET_HASH], struct ht_error *err)
{
    enum ht_status status = next(txn, store, id, token, hash, err);
    if (status == HT_OK && token->id != id) status = HT_NOT_FOUND;
    if (status == HT_NOT_FOUND) return ht_fail(err, HT_NOT_FOUND, "there is no token %u", id);
    return status;
}

enum ht_status ht_token_find(struct ht_reader *reader, struct ht_slice text, struct ht_token *token,
                             struct ht_error *err)
{
    static const char refusal[] = "the bearer token is unknown or revoked";
    const size_t prefix = sizeof token_prefix - 1;
    uint8_t wanted[SECRET_HASH], hash[SECRET_HASH];
    uint32_t id;
    assert(reader->begun);
    if (text.size < prefix || memcmp(text.data, token_prefix, prefix) != 0)
        return ht_fail(err, HT_UNAUTHORIZED, "%s", refusal);
    secret_hash(ht_slice_of(text.data + prefix, text.size - prefix), wanted);
    enum ht_status status = secret_find(reader->trail_txn, reader->store->trail.bearers, wanted, &id, err);
    if (status == HT_OK) status = get(reader->trail_txn, reader->store, id, token, hash, err);
    if (status == HT_NOT_FOUND) return ht_fail(err, HT_UNAUTHORIZED, "%s", refusal);
    if (status != HT_OK) return status;
    if (sodium_memcmp(wanted, hash, SECRET_HASH) != 0 || token->revoked_at != HT_TIME_NONE)
        return ht_fail(err, HT_UNAUTHORIZED, "%s", refusal);
    return HT_OK;
}

enum ht_status ht_token_next(struct ht_reader *reader, uint32_t from, struct ht_token *token, struct ht_error *err)
{
    uint8_t hash[SECRET_HASH];
    assert(reader->begun);
    return next(reader->trail_txn, reader->store, from, token, hash, err);
}

void ht_scopes_spell(uint32_t scopes, char between, char text[HT_SCOPES_SIZE])
{
    bool reads = scopes & HT_SCOPE_READ, administers = scopes & HT_SCOPE_ADMIN;
    const char separator[] = {reads && administers ? between : '\0', '\0'};
    snprintf(text, HT_SCOPES_SIZE, "%s%s%s", reads ? "read" : "", separator, administers ? "admin" : "");
}

/* Ends the transaction of what was done to a token, with the act in it. */
static enum ht_status commit(struct ht_store *store, MDB_txn *txn, enum ht_act_kind kind, const struct ht_token *token,
                             struct ht_slice who, int64_t now, enum ht_status status, struct ht_error *err)
{
    char object[32], detail[96], scopes[HT_SCOPES_SIZE];
    ht_scopes_spell(token->scopes, ',', scopes);
    snprintf(object, sizeof object, "token %u", token->id);
    snprintf(detail, sizeof detail, "%s, scope %s", token->name, scopes);
    const struct ht_act act = {
        .at = now, .kind = kind, .who = who, .object = ht_slice_from(object), .detail = ht_slice_from(detail)};
    return act_commit(store, txn, &act, status, err);
}

static enum ht_status check_name_free(MDB_txn *txn, struct ht_store *store, const char *name, struct ht_error *err)
{
    struct ht_token other;
    uint8_t hash[SECRET_HASH];
    uint32_t from = 1;
    enum ht_status status;
    while ((status = next(txn, store, from, &other, hash, err)) == HT_OK) {
        if (other.revoked_at == HT_TIME_NONE && strcmp(other.name, name) == 0)
            return ht_fail(err, HT_EXISTS, "there is a valid token named %s already", name);
        from = other.id + 1;
    }
    return status == HT_NOT_FOUND ? HT_OK : status;
}

static enum ht_status insert(MDB_txn *txn, struct ht_store *store, struct ht_token *token,
                             char text[HT_SECRET_TEXT_SIZE], struct ht_error *err)
{
    uint8_t hash[SECRET_HASH];
    uint64_t last;
    enum ht_status status = check_name_free(txn, store, token->name, err);
    if (status == HT_OK) status = trail_last(txn, store->trail.tokens, &last, err);
    if (status != HT_OK) return status;
    token->id = (uint32_t)last + 1;
    secret_make(token_prefix, text, hash);
    status = secret_link(txn, store->trail.bearers, hash, token->id, err);
    if (status == HT_OK) status = put(txn, store, token, hash, err);
    return status;
}

enum ht_status ht_token_add(struct ht_store *store, const char *name, uint32_t scopes, struct ht_slice who, int64_t now,
                            struct ht_token *token, char text[HT_SECRET_TEXT_SIZE], struct ht_error *err)
{
    MDB_txn *txn = NULL;
    memset(token, 0, sizeof *token);
    if (scopes == 0 || (scopes & ~(uint32_t)(HT_SCOPE_READ | HT_SCOPE_ADMIN)) != 0)
        return ht_fail_field(err, HT_INVALID, "scope", "a token has the scope read, admin, or both");
    enum ht_status status = secret_check_name(name, "a token", err);
    if (status == HT_OK) status = trail_change_begin(store, &txn, err);
    if (status != HT_OK) return status;
    memcpy(token->name, name, strlen(name));
    token->scopes = scopes;
    token->created_at = now;
    token->revoked_at = HT_TIME_NONE;
    status = insert(txn, store, token, text, err);
    return commit(store, txn, HT_ACT_TOKEN_ADD, token, who, now, status, err);
}

enum ht_status ht_token_revoke(struct ht_store *store, uint32_t id, struct ht_slice who, int64_t now,
                               struct ht_error *err)
{
    struct ht_token token = {0};
    MDB_txn *txn = NULL;
    uint8_t hash[SECRET_HASH];
    enum ht_status status = trail_change_begin(store, &txn, err);
    if (status != HT_OK) return status;
    status = get(txn, store, id, &token, hash, err);
    if (status == HT_OK && token.revoked_at != HT_TIME_NONE)
        status = ht_fail(err, HT_GONE, "token %u (%s) is revoked already", id, token.name);
    token.revoked_at = now;
    if (status == HT_OK) status = put(txn, store, &token, hash, err);
    return commit(store, txn, HT_ACT_TOKEN_REVOKE, &token, who, now, status, err);
}
