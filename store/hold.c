#include "hold.h"

#include <assert.h>
#include <inttypes.h>
#include <stdio.h>

#include "act.h"
#include "codec.h"
#include "index_env.h"
#include "record.h"
#include "ref.h"
#include "secret.h"

static const char last_id[] = "holds.last";

enum ht_status hold_copy_text(char to[HT_REASON_SIZE], const char *from, const char *what, struct ht_error *err)
{
    struct ht_slice text = ht_slice_from(from == NULL ? "" : from);
    if (text.size >= HT_REASON_SIZE)
        return ht_fail(err, HT_INVALID, "the %s is longer than %d bytes", what, HT_REASON_SIZE - 1);
    bool control = false;
    for (size_t i = 0; i < text.size; i++)
        control |= (unsigned char)text.data[i] < ' ' || text.data[i] == 0x7f;
    if (control || ht_utf8_check(text) != text.size)
        return ht_fail(err, HT_INVALID, "the %s has to be one line of text in UTF-8", what);
    memset(to, 0, HT_REASON_SIZE);
    memcpy(to, text.data, text.size);
    return HT_OK;
}

/* ---- stored ---- */

static enum ht_status put(struct ht_store *store, MDB_txn *txn, const struct ht_hold *hold, struct ht_error *err)
{
    struct ht_buffer value = {0};
    encode_uint(&value, 0, RECORD_CHECKED);
    encode_uint(&value, HOLD_VERSION, 1);
    encode_uint(&value, (uint64_t)hold->kind, 1);
    encode_uint(&value, 0, 2);
    encode_uint(&value, (uint64_t)hold->since, 8);
    ht_buffer_add_bytes(&value, hold->ref, sizeof hold->ref);
    encode_sized(&value, ht_slice_from(hold->note), 2);
    enum ht_status status = ht_buffer_status(&value, err);
    if (status == HT_OK) {
        ht_put_be64((uint8_t *)value.data, record_checksum(record_digest(ht_buffer_slice(&value)), hold->id));
        status = secret_put(txn, store->trail.holds, hold->id, &value, err);
    }
    ht_buffer_release(&value);
    return status;
}

static enum ht_status decode(struct ht_slice value, uint32_t id, struct ht_hold *hold, struct ht_error *err)
{
    *hold = (struct ht_hold){.id = id};
    if (!record_intact(value, id)) return ht_fail(err, HT_CORRUPT, "hold %" PRIu32 ": checksum does not fit", id);
    struct decoder in = decoder_of(value);
    decode_u64(&in);
    if (decode_u8(&in) != HOLD_VERSION) return ht_fail(err, HT_VERSION, "hold %" PRIu32 " is of a newer hooktrail", id);
    hold->kind = (enum ht_kind)decode_u8(&in);
    decode_u16(&in);
    hold->since = decode_i64(&in);
    struct ht_slice ref = decode_bytes(&in, sizeof hold->ref);
    struct ht_slice note = decode_sized(&in, 2);
    bool known = hold->kind == HT_KIND_CONVERSATION || hold->kind == HT_KIND_LEAD;
    if (in.failed || in.left != 0 || !known || note.size >= HT_REASON_SIZE || id == UINT32_MAX)
        return ht_fail(err, HT_CORRUPT, "hold %" PRIu32 " does not decode", id);
    memcpy(hold->ref, ref.data, ref.size);
    memcpy(hold->note, note.data, note.size);
    return HT_OK;
}

static enum ht_status next_hold(struct ht_store *store, MDB_txn *txn, uint32_t from, struct ht_hold *hold,
                                struct ht_error *err)
{
    uint32_t id;
    struct ht_slice value;
    enum ht_status status = secret_next(txn, store->trail.holds, from, &id, &value, err);
    if (status == HT_NOT_FOUND) return ht_fail(err, HT_NOT_FOUND, "there is no hold %" PRIu32 " or behind it", from);
    return status == HT_OK ? decode(value, id, hold, err) : status;
}

enum ht_status ht_hold_next(struct ht_reader *reader, uint32_t from, struct ht_hold *hold, struct ht_error *err)
{
    assert(reader->begun);
    return next_hold(reader->store, reader->trail_txn, from, hold, err);
}

/* ---- changing them ---- */

/* That it is there must be known from the index: the trail has no ids. */
static enum ht_status check_known(struct ht_store *store, enum ht_kind kind, struct ht_slice id, struct ht_error *err)
{
    struct ht_reader *reader = NULL;
    struct ht_erasure erasure;
    uint32_t number;
    const char *what = kind == HT_KIND_LEAD ? "the lead" : "the conversation";
    enum ht_status status = ht_index_catch_up(store, NULL, NULL, NULL, err);
    if (status == HT_OK) status = ht_reader_new(store, &reader, err);
    if (status == HT_OK) status = ht_reader_begin(reader, err);
    if (status != HT_OK) goto out;
    status = ht_index_number(reader, kind, id, &number, err);
    if (status == HT_NOT_FOUND && ht_erasure_of(reader, kind, id, &erasure, NULL) == HT_OK)
        status = ht_fail_erased(err, what, &erasure);
    else if (status == HT_NOT_FOUND)
        ht_fail(err, HT_NOT_FOUND, "there is no such %s", kind == HT_KIND_LEAD ? "lead" : "conversation");
    ht_reader_end(reader);
out:
    ht_reader_free(reader);
    return status;
}

static enum ht_status check_free(struct ht_store *store, MDB_txn *txn, const struct ht_hold *wanted,
                                 struct ht_error *err)
{
    struct ht_hold hold = {0};
    enum ht_status status;
    while ((status = next_hold(store, txn, hold.id + 1, &hold, err)) == HT_OK) {
        if (hold.kind == wanted->kind && memcmp(hold.ref, wanted->ref, sizeof hold.ref) == 0)
            return ht_fail(err, HT_EXISTS, "it is held already, by hold %" PRIu32, hold.id);
    }
    return status == HT_NOT_FOUND ? HT_OK : status;
}

static enum ht_status record_act(struct ht_store *store, MDB_txn *txn, enum ht_act_kind kind,
                                 const struct ht_hold *hold, int64_t now, struct ht_error *err)
{
    char object[32];
    snprintf(object, sizeof object, "hold %" PRIu32, hold->id);
    struct ht_act act = {
        .at = now,
        .kind = kind,
        .object = ht_slice_from(object),
        .detail = ht_slice_from(hold->kind == HT_KIND_LEAD ? "of a lead" : "of a conversation"),
    };
    return act_append(store, txn, &act, err);
}

static enum ht_status add(struct ht_store *store, MDB_txn *txn, struct ht_hold *hold, struct ht_error *err)
{
    uint64_t last;
    enum ht_status status = check_free(store, txn, hold, err);
    if (status == HT_OK) status = trail_counter_get(store, txn, last_id, &last, err);
    if (status != HT_OK) return status;
    if (last >= UINT32_MAX - 1) return ht_fail(err, HT_FULL, "all numbers of holds are given out");
    hold->id = (uint32_t)last + 1;
    status = trail_counter_set(store, txn, last_id, hold->id, err);
    if (status == HT_OK) status = put(store, txn, hold, err);
    if (status == HT_OK) status = record_act(store, txn, HT_ACT_HOLD_ADD, hold, hold->since, err);
    return status;
}

enum ht_status ht_hold_add(struct ht_store *store, enum ht_kind kind, struct ht_slice id, const char *note, int64_t now,
                           struct ht_hold *hold, struct ht_error *err)
{
    MDB_txn *txn = NULL;
    assert(kind == HT_KIND_CONVERSATION || kind == HT_KIND_LEAD);
    *hold = (struct ht_hold){.kind = kind, .since = now};
    enum ht_status status = hold_copy_text(hold->note, note, "note", err);
    if (status == HT_OK) status = check_known(store, kind, id, err);
    if (status != HT_OK) return status;
    ref_make(store, (uint8_t)kind, id, hold->ref);
    status = trail_change_begin(store, &txn, err);
    if (status != HT_OK) return status;
    return trail_change_end(txn, add(store, txn, hold, err), err);
}

static enum ht_status drop(struct ht_store *store, MDB_txn *txn, uint32_t id, int64_t now, struct ht_error *err)
{
    struct ht_hold hold = {0};
    uint8_t bytes[4];
    enum ht_status status = next_hold(store, txn, id, &hold, err);
    if (status == HT_NOT_FOUND || (status == HT_OK && hold.id != id))
        return ht_fail(err, HT_NOT_FOUND, "there is no hold %" PRIu32, id);
    if (status != HT_OK) return status;
    ht_put_be32(bytes, id);
    MDB_val key = val_of(bytes, sizeof bytes);
    int code = mdb_del(txn, store->trail.holds, &key, NULL);
    if (code != 0) return env_fail(err, code, "removing a hold");
    return record_act(store, txn, HT_ACT_HOLD_REMOVE, &hold, now, err);
}

enum ht_status ht_hold_remove(struct ht_store *store, uint32_t id, int64_t now, struct ht_error *err)
{
    MDB_txn *txn = NULL;
    enum ht_status status = trail_change_begin(store, &txn, err);
    if (status != HT_OK) return status;
    return trail_change_end(txn, drop(store, txn, id, now, err), err);
}

/* ---- told ---- */

/* The index knows ids by the same keyed hash; 0 if it has none such. */
static enum ht_status number_of(struct ht_reader *reader, const struct ht_hold *hold, uint32_t *number,
                                struct ht_error *err)
{
    uint8_t bytes[1 + HT_REF_SIZE];
    bytes[0] = (uint8_t)hold->kind;
    memcpy(bytes + 1, hold->ref, sizeof hold->ref);
    MDB_val key = val_of(bytes, sizeof bytes), value;
    *number = 0;
    int code = mdb_get(reader->index_txn, reader->index->tables[INDEX_IDS], &key, &value);
    if (code == MDB_NOTFOUND) return HT_OK;
    if (code != 0) return env_fail(err, code, "reading the index");
    if (value.mv_size != 4) return ht_fail(err, HT_CORRUPT, "index/ids: a value of %zu bytes", value.mv_size);
    *number = ht_get_be32(value.mv_data);
    return HT_OK;
}

enum ht_status ht_hold_id(struct ht_reader *reader, const struct ht_hold *hold, struct ht_slice *id,
                          struct ht_error *err)
{
    uint32_t number;
    assert(reader->begun);
    enum ht_status status = number_of(reader, hold, &number, err);
    if (status == HT_OK && number == 0) return ht_fail(err, HT_NOT_FOUND, "the index doesn't know what is held");
    return status == HT_OK ? ht_index_name(reader, hold->kind, number, id, err) : status;
}

enum ht_status hold_fail(struct ht_reader *reader, uint32_t id, struct ht_error *err)
{
    struct ht_hold hold = {0};
    char since[HT_TIME_TEXT_SIZE];
    enum ht_status status = ht_hold_next(reader, id, &hold, err);
    if (status != HT_OK) return status;
    ht_time_format(since, hold.since);
    return ht_fail(err, HT_BUSY,
                   "hold %" PRIu32 " (since %s%s%s) keeps it, or some of it: `hooktrail hold remove %" PRIu32
                   "` if it may go",
                   id, since, hold.note[0] == '\0' ? "" : ": ", hold.note, id);
}
