#include "secret.h"

#include <sodium.h>
#include <stdio.h>

#include "hooktrail/encode.h"
#include "hooktrail/sha256.h"

void secret_hash(struct ht_slice secret, uint8_t hash[SECRET_HASH])
{
    ht_sha256(secret, hash);
}

void secret_make(const char *prefix, char text[HT_SECRET_TEXT_SIZE], uint8_t hash[SECRET_HASH])
{
    uint8_t bytes[SECRET_BYTES];
    char encoded[SECRET_TEXT + 1];
    randombytes_buf(bytes, sizeof bytes);
    sodium_bin2base64(encoded, sizeof encoded, bytes, sizeof bytes, sodium_base64_VARIANT_URLSAFE_NO_PADDING);
    snprintf(text, HT_SECRET_TEXT_SIZE, "%s%s", prefix, encoded);
    secret_hash(ht_slice_of(encoded, SECRET_TEXT), hash);
    sodium_memzero(bytes, sizeof bytes);
    sodium_memzero(encoded, sizeof encoded);
}

enum ht_status secret_check_name(const char *name, const char *what, struct ht_error *err)
{
    static const char allowed[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789._-";
    size_t size = strlen(name);
    if (size >= 1 && size <= NAME_MAX_SIZE && strspn(name, allowed) == size && *name != '.' && *name != '-')
        return HT_OK;
    return ht_fail_field(
        err, HT_INVALID, "name",
        "the name of %s is 1 to %d letters, digits, dots, underscores or dashes, and begins with neither "
        "dot nor dash",
        what, NAME_MAX_SIZE);
}

enum ht_status secret_find(MDB_txn *txn, MDB_dbi hashes, const uint8_t hash[SECRET_HASH], uint32_t *id,
                           struct ht_error *err)
{
    MDB_val key = val_of(hash, SECRET_HASH), value;
    int code = mdb_get(txn, hashes, &key, &value);
    if (code == MDB_NOTFOUND) return ht_fail(err, HT_NOT_FOUND, "no such secret");
    if (code != 0) return env_fail(err, code, "looking a secret up");
    if (value.mv_size != 4) return ht_fail(err, HT_CORRUPT, "a secret leads to no id");
    *id = ht_get_be32(value.mv_data);
    return HT_OK;
}

enum ht_status secret_link(MDB_txn *txn, MDB_dbi hashes, const uint8_t hash[SECRET_HASH], uint32_t id,
                           struct ht_error *err)
{
    uint8_t bytes[4];
    ht_put_be32(bytes, id);
    MDB_val key = val_of(hash, SECRET_HASH), value = val_of(bytes, sizeof bytes);
    int code = mdb_put(txn, hashes, &key, &value, MDB_NOOVERWRITE);
    return code == 0 ? HT_OK : env_fail(err, code, "keeping a secret's hash");
}

enum ht_status secret_put(MDB_txn *txn, MDB_dbi table, uint32_t id, const struct ht_buffer *value, struct ht_error *err)
{
    uint8_t bytes[4];
    enum ht_status status = ht_buffer_status(value, err);
    if (status != HT_OK) return status;
    ht_put_be32(bytes, id);
    MDB_val key = val_of(bytes, sizeof bytes), data = val_of(value->data, value->size);
    int code = mdb_put(txn, table, &key, &data, 0);
    return code == 0 ? HT_OK : env_fail(err, code, "writing to the trail");
}

enum ht_status secret_next(MDB_txn *txn, MDB_dbi table, uint32_t from, uint32_t *id, struct ht_slice *value,
                           struct ht_error *err)
{
    MDB_cursor *cursor = NULL;
    uint8_t bytes[4];
    ht_put_be32(bytes, from);
    MDB_val key = val_of(bytes, sizeof bytes), found;
    int code = mdb_cursor_open(txn, table, &cursor);
    if (code != 0) return env_fail(err, code, "reading the trail");
    code = mdb_cursor_get(cursor, &key, &found, MDB_SET_RANGE);
    mdb_cursor_close(cursor);
    if (code == MDB_NOTFOUND) return ht_fail(err, HT_NOT_FOUND, "there is none");
    if (code != 0) return env_fail(err, code, "reading the trail");
    if (key.mv_size != 4) return ht_fail(err, HT_CORRUPT, "a key of %zu bytes where an id should be", key.mv_size);
    *id = ht_get_be32(key.mv_data);
    *value = val_slice(found);
    return HT_OK;
}
