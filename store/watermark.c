#include "hooktrail/watermark.h"

#include <assert.h>

#include "codec.h"
#include "secret.h"
#include "store.h"

/* Stored value: version (1 byte), done 8, pending 8, erasures done 8, erasures pending 8, moved_at 8. The key is the
   export's name. */
#define VERSION 2

enum ht_status ht_watermark_get(struct ht_reader *reader, const char *name, struct ht_watermark *watermark,
                                struct ht_error *err)
{
    assert(reader->begun);
    MDB_val key = val_of(name, strlen(name)), value;
    int code = mdb_get(reader->trail_txn, reader->store->trail.watermarks, &key, &value);
    if (code == MDB_NOTFOUND) return ht_fail(err, HT_NOT_FOUND, "there is no export named %s", name);
    if (code != 0) return env_fail(err, code, "reading a watermark");
    struct decoder in = decoder_of(val_slice(value));
    uint8_t version = decode_u8(&in);
    watermark->done = decode_u64(&in);
    watermark->pending = decode_u64(&in);
    watermark->erasures_done = decode_u64(&in);
    watermark->erasures_pending = decode_u64(&in);
    watermark->moved_at = decode_i64(&in);
    if (version > VERSION)
        return ht_fail(err, HT_VERSION, "the watermark of %s was written by a newer hooktrail", name);
    if (version != VERSION || in.failed) return ht_fail(err, HT_CORRUPT, "the watermark of %s does not decode", name);
    return HT_OK;
}

enum ht_status ht_watermark_set(struct ht_store *store, const char *name, const struct ht_watermark *watermark,
                                struct ht_error *err)
{
    MDB_txn *txn = NULL;
    struct ht_buffer bytes = {0};
    enum ht_status status = secret_check_name(name, "an export", err);
    if (status != HT_OK) return status;
    encode_uint(&bytes, VERSION, 1);
    encode_uint(&bytes, watermark->done, 8);
    encode_uint(&bytes, watermark->pending, 8);
    encode_uint(&bytes, watermark->erasures_done, 8);
    encode_uint(&bytes, watermark->erasures_pending, 8);
    encode_uint(&bytes, (uint64_t)watermark->moved_at, 8);
    status = ht_buffer_status(&bytes, err);
    if (status == HT_OK) status = trail_change_begin(store, &txn, err);
    if (status != HT_OK) goto out;
    MDB_val key = val_of(name, strlen(name)), value = val_of(bytes.data, bytes.size);
    int code = mdb_put(txn, store->trail.watermarks, &key, &value, 0);
    status = trail_change_end(txn, code == 0 ? HT_OK : env_fail(err, code, "writing a watermark"), err);
out:
    ht_buffer_release(&bytes);
    return status;
}
