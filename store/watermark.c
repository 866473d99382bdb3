#include "hooktrail/watermark.h"

#include <assert.h>

#include "codec.h"
#include "secret.h"
#include "store.h"

/* Stored value: version (1 byte), run 8, done 24 (seq, repeat, erasure), flags 1, pending 24, rows 8, moved_at 8, and
   tables 4. The key is the export's name. Version 3 had no tables; version 2, which knew neither runs nor repeats, had:
   done 8, pending 8, erasures done 8, erasures pending 8, moved_at 8. */
#define VERSION 4
#define VERSION_OF_RUNS 3
#define FLAG_RUNNING 1u
#define FLAG_FULL 2u

static struct ht_mark decode_mark(struct decoder *in)
{
    struct ht_mark mark = {.position.seq = decode_u64(in)};
    mark.position.repeat = decode_u64(in);
    mark.erasure = decode_u64(in);
    return mark;
}

static void decode_old(struct decoder *in, struct ht_watermark *watermark)
{
    watermark->done.position.seq = decode_u64(in);
    watermark->pending.position.seq = decode_u64(in);
    watermark->done.erasure = decode_u64(in);
    watermark->pending.erasure = decode_u64(in);
    watermark->moved_at = decode_i64(in);
    watermark->running = watermark->pending.position.seq != 0;
    watermark->run = watermark->done.position.seq != 0;
}

static void decode_new(struct decoder *in, uint8_t version, struct ht_watermark *watermark)
{
    watermark->run = decode_u64(in);
    watermark->done = decode_mark(in);
    uint8_t flags = decode_u8(in);
    watermark->running = flags & FLAG_RUNNING;
    watermark->full = flags & FLAG_FULL;
    watermark->pending = decode_mark(in);
    watermark->rows = decode_u64(in);
    watermark->moved_at = decode_i64(in);
    if (version > VERSION_OF_RUNS) watermark->tables = decode_u32(in);
}

enum ht_status ht_watermark_get(struct ht_reader *reader, const char *name, struct ht_watermark *watermark,
                                struct ht_error *err)
{
    assert(reader->begun);
    *watermark = (struct ht_watermark){0};
    MDB_val key = val_of(name, strlen(name)), value;
    int code = mdb_get(reader->trail_txn, reader->store->trail.watermarks, &key, &value);
    if (code == MDB_NOTFOUND) return ht_fail(err, HT_NOT_FOUND, "there is no export named %s", name);
    if (code != 0) return env_fail(err, code, "reading a watermark");
    struct decoder in = decoder_of(val_slice(value));
    uint8_t version = decode_u8(&in);
    if (version > VERSION)
        return ht_fail(err, HT_VERSION, "the watermark of %s was written by a newer hooktrail", name);
    if (version >= VERSION_OF_RUNS)
        decode_new(&in, version, watermark);
    else
        decode_old(&in, watermark);
    if (version < VERSION_OF_RUNS - 1 || in.failed)
        return ht_fail(err, HT_CORRUPT, "the watermark of %s does not decode", name);
    return HT_OK;
}

static void encode_mark(struct ht_buffer *bytes, const struct ht_mark *mark)
{
    encode_uint(bytes, mark->position.seq, 8);
    encode_uint(bytes, mark->position.repeat, 8);
    encode_uint(bytes, mark->erasure, 8);
}

static void encode(struct ht_buffer *bytes, const struct ht_watermark *watermark)
{
    encode_uint(bytes, VERSION, 1);
    encode_uint(bytes, watermark->run, 8);
    encode_mark(bytes, &watermark->done);
    encode_uint(bytes, (watermark->running ? FLAG_RUNNING : 0) | (watermark->full ? FLAG_FULL : 0), 1);
    encode_mark(bytes, &watermark->pending);
    encode_uint(bytes, watermark->rows, 8);
    encode_uint(bytes, (uint64_t)watermark->moved_at, 8);
    encode_uint(bytes, watermark->tables, 4);
}

enum ht_status ht_watermark_set(struct ht_store *store, const char *name, const struct ht_watermark *watermark,
                                struct ht_error *err)
{
    MDB_txn *txn = NULL;
    struct ht_buffer bytes = {0};
    enum ht_status status = secret_check_name(name, "an export", err);
    if (status != HT_OK) return status;
    encode(&bytes, watermark);
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

enum ht_status ht_watermark_next(struct ht_reader *reader, char name[HT_EXPORT_NAME_SIZE], struct ht_error *err)
{
    assert(reader->begun);
    MDB_cursor *cursor;
    int code = mdb_cursor_open(reader->trail_txn, reader->store->trail.watermarks, &cursor);
    if (code != 0) return env_fail(err, code, "reading watermarks");
    size_t size = strlen(name);
    MDB_val key = val_of(name, size), value;
    code = mdb_cursor_get(cursor, &key, &value, size > 0 ? MDB_SET_RANGE : MDB_FIRST);
    if (code == 0 && size > 0 && key.mv_size == size && memcmp(key.mv_data, name, size) == 0)
        code = mdb_cursor_get(cursor, &key, &value, MDB_NEXT);
    mdb_cursor_close(cursor);
    if (code == MDB_NOTFOUND) return HT_NOT_FOUND;
    if (code != 0) return env_fail(err, code, "reading watermarks");
    if (key.mv_size == 0 || key.mv_size >= HT_EXPORT_NAME_SIZE)
        return ht_fail(err, HT_CORRUPT, "the name of a watermark has %zu bytes", key.mv_size);
    memcpy(name, key.mv_data, key.mv_size);
    name[key.mv_size] = '\0';
    return HT_OK;
}
