#include "act.h"

#include <assert.h>
#include <sodium.h>

#include "checkpoint.h"
#include "codec.h"
#include "index_codec.h"
#include "lost.h"
#include "record.h"
#include "ref.h"
#include "regrow.h"
#include "tree.h"

#define PACKED_AT (RECORD_CHECKED + 4)
#define SIGNING_PERIOD UINT64_C(1000000) /* µs between two checkpoints */

/* Counter in the trail's meta table: 1 where reads are recorded. */
static const char audit_reads[] = "audit_reads";

static const char *const names[HT_ACT_KINDS] = {
    [HT_ACT_INIT] = "init",
    [HT_ACT_ENDPOINT_ADD] = "endpoint-add",
    [HT_ACT_ENDPOINT_ROTATE] = "endpoint-rotate",
    [HT_ACT_ENDPOINT_RETIRE] = "endpoint-retire",
    [HT_ACT_TOKEN_ADD] = "token-add",
    [HT_ACT_TOKEN_REVOKE] = "token-revoke",
    [HT_ACT_KEY_ROTATE] = "key-rotate",
    [HT_ACT_ERASE] = "erase",
    [HT_ACT_RETAIN] = "retain",
    [HT_ACT_HOLD_ADD] = "hold-add",
    [HT_ACT_HOLD_REMOVE] = "hold-remove",
    [HT_ACT_EXPORT] = "export",
    [HT_ACT_REINDEX] = "reindex",
    [HT_ACT_BACKUP] = "backup",
    [HT_ACT_RESTORE] = "restore",
    [HT_ACT_COMPACT] = "compact",
    [HT_ACT_REJECTED_RETRY] = "rejected-retry",
    [HT_ACT_REJECTED_DROP] = "rejected-drop",
    [HT_ACT_SUBJECT_EXPORT] = "subject-export",
    [HT_ACT_EVIDENCE] = "evidence",
    [HT_ACT_READ] = "read",
    [HT_ACT_SETTING] = "setting",
    [HT_ACT_SALVAGE] = "salvage",
};

const char *ht_act_kind_name(enum ht_act_kind kind)
{
    bool known = (unsigned)kind < HT_ACT_KINDS && names[kind] != NULL;
    return known ? names[kind] : "unknown";
}

/* ---- writing ---- */

/* At most HT_ACT_TEXT bytes, cut before a character (of at most four bytes) rather than within one. */
static struct ht_slice cut(struct ht_slice text)
{
    if (text.size <= HT_ACT_TEXT) return text;
    for (size_t size = HT_ACT_TEXT; size > HT_ACT_TEXT - 4; size--) {
        if (((unsigned char)text.data[size] & 0xc0) != 0x80) return ht_slice_of(text.data, size);
    }
    return ht_slice_of(text.data, HT_ACT_TEXT); /* no text at all */
}

static enum ht_status pack(const struct ht_act *act, struct ht_buffer *out, struct ht_error *err)
{
    ht_buffer_clear(out);
    encode_uint(out, 0, RECORD_CHECKED);
    encode_uint(out, ACT_VERSION, 1);
    encode_uint(out, (uint64_t)act->kind, 1);
    encode_uint(out, 0, 2);
    encode_uint(out, (uint64_t)act->at, 8);
    encode_sized(out, cut(act->who), 1);
    encode_sized(out, cut(act->object), 1);
    encode_sized(out, cut(act->detail), 1);
    return ht_buffer_status(out, err);
}

enum ht_status ht_act_pack(struct ht_append *append, const struct ht_act *act, struct ht_error *err)
{
    append->kind = HT_APPEND_ACT;
    append->retried = 0;
    return pack(act, &append->packed, err);
}

enum ht_status ht_act_pack_along(struct ht_append *append, const struct ht_act *act, struct ht_error *err)
{
    return pack(act, &append->act, err);
}

int64_t act_packed_at(const struct ht_buffer *packed)
{
    return (int64_t)ht_get_be64((const uint8_t *)packed->data + PACKED_AT);
}

static enum ht_status add_leaf(struct ht_store *store, MDB_txn *txn, uint64_t seq, struct ht_slice record,
                               struct ht_error *err)
{
    struct tree tree;
    struct ht_slice leaf = ht_slice_of(record.data + RECORD_CHECKED, record.size - RECORD_CHECKED);
    enum ht_status status = tree_open(&tree, store, txn, HT_LOG_ACTS, seq - 1, err);
    if (status == HT_OK) status = tree_append(&tree, txn, leaf, err);
    return status == HT_OK ? tree_store(&tree, txn, err) : status;
}

enum ht_status act_append_packed(struct ht_store *store, MDB_txn *txn, const struct ht_buffer *packed, uint64_t *seq,
                                 struct ht_error *err)
{
    uint8_t bytes[8];
    struct ht_slice record = ht_buffer_slice(packed);
    enum ht_status status = trail_last(txn, store->trail.acts, seq, err);
    if (status != HT_OK) return status;
    ht_put_be64(bytes, ++*seq);
    MDB_val key = val_of(bytes, sizeof bytes), value = {record.size, NULL};
    int code = mdb_put(txn, store->trail.acts, &key, &value, MDB_APPEND | MDB_NOOVERWRITE | MDB_RESERVE);
    if (code != 0) return env_fail(err, code, "recording an act");
    memcpy(value.mv_data, record.data, record.size);
    ht_put_be64(value.mv_data, record_checksum(record_digest(record), *seq));
    return add_leaf(store, txn, *seq, record, err);
}

enum ht_status act_append(struct ht_store *store, MDB_txn *txn, const struct ht_act *act, struct ht_error *err)
{
    uint64_t seq;
    struct ht_buffer packed = {0};
    struct ht_act named = *act;
    if (named.who.data == NULL) named.who = ht_slice_from(store->actor);
    enum ht_status status = pack(&named, &packed, err);
    if (status == HT_OK) status = act_append_packed(store, txn, &packed, &seq, err);
    ht_buffer_release(&packed);
    return status;
}

/* ---- signing ---- */

/* At most one a second; a clock that was set back begins anew. While init makes a store nothing can be signed yet. */
static bool is_due(struct ht_store *store, int64_t at)
{
    int64_t last = atomic_load(&store->acts_signed_at);
    uint64_t since = (uint64_t)at - (uint64_t)last;
    return store->signing != NULL && (last == 0 || at < last || since >= SIGNING_PERIOD);
}

void act_sign(struct ht_store *store, MDB_txn *txn, int64_t at, struct ht_buffer *note)
{
    struct ht_tree_head head;
    struct ht_error refusal; /* kept by checkpoint_put; a failed write keeps LMDB from committing */
    ht_buffer_clear(note);
    if (!is_due(store, at)) return;
    enum ht_status status = trail_last(txn, store->trail.acts, &head.size, &refusal);
    if (status == HT_OK) status = tree_root_at(txn, store->trail.acts_tree, head.size, head.root, &refusal);
    if (status == HT_OK) status = checkpoint_put(store, txn, HT_LOG_ACTS, &head, note, &refusal);
    if (status == HT_OK) atomic_store(&store->acts_signed_at, at);
}

enum ht_status act_commit(struct ht_store *store, MDB_txn *txn, const struct ht_act *act, enum ht_status status,
                          struct ht_error *err)
{
    struct ht_buffer note = {0};
    if (status == HT_OK) status = act_append(store, txn, act, err);
    if (status == HT_OK) act_sign(store, txn, act->at, &note);
    status = trail_change_end(txn, status, err);
    /* Beside the trail, to notice one that has gone back: what was done is durable whatever comes of it. */
    if (status == HT_OK && checkpoint_publish(store, HT_LOG_ACTS, ht_buffer_slice(&note), NULL) != HT_OK)
        atomic_store(&store->acts_signed_at, 0);
    ht_buffer_release(&note);
    return status;
}

enum ht_status ht_act_record(struct ht_store *store, const struct ht_act *act, struct ht_error *err)
{
    MDB_txn *txn = NULL;
    enum ht_status status = trail_change_begin(store, &txn, err);
    return status == HT_OK ? act_commit(store, txn, act, HT_OK, err) : status;
}

/* ---- reading ---- */

static struct ht_slice decode_text(struct decoder *in)
{
    struct ht_slice text = decode_sized(in, 1);
    return text.size > 0 ? text : HT_ABSENT;
}

static enum ht_status decode(struct ht_slice value, uint64_t seq, struct ht_act *act, struct ht_error *err)
{
    if (!record_intact(value, seq))
        return ht_fail(err, HT_CORRUPT, "act %llu: checksum does not fit", (unsigned long long)seq);
    struct lost lost;
    if (lost_read(value, &lost)) return lost_fail(err, "act", seq, &lost);
    struct decoder in = decoder_of(value);
    decode_u64(&in);
    uint8_t version = decode_u8(&in);
    if (version != ACT_VERSION)
        return ht_fail(err, HT_VERSION, "act %llu: version %u is not known to this hooktrail", (unsigned long long)seq,
                       version);
    act->seq = seq;
    act->kind = (enum ht_act_kind)decode_u8(&in);
    decode_u16(&in);
    act->at = decode_i64(&in);
    act->who = decode_text(&in);
    act->object = decode_text(&in);
    act->detail = decode_text(&in);
    if (in.failed || in.left != 0) return ht_fail(err, HT_CORRUPT, "act %llu does not decode", (unsigned long long)seq);
    return HT_OK;
}

enum ht_status ht_act_get(struct ht_reader *reader, uint64_t seq, struct ht_act *act, struct ht_error *err)
{
    struct ht_slice value = HT_ABSENT;
    assert(reader->begun);
    int code = trail_get(reader->trail_txn, reader->store->trail.acts, seq, &value);
    if (code == MDB_NOTFOUND) return ht_fail(err, HT_NOT_FOUND, "there is no act %llu", (unsigned long long)seq);
    if (code != 0) return env_fail(err, code, "reading an act");
    return decode(value, seq, act, err);
}

enum ht_status ht_act_last(struct ht_reader *reader, uint64_t *seq, struct ht_error *err)
{
    assert(reader->begun);
    return trail_last(reader->trail_txn, reader->store->trail.acts, seq, err);
}

/* ---- reads of personal data ---- */

static enum ht_status set_reads(struct ht_store *store, MDB_txn *txn, bool recorded, int64_t now, struct ht_error *err)
{
    const struct ht_act act = {
        .at = now,
        .kind = HT_ACT_SETTING,
        .object = HT_SLICE("audit_reads"),
        .detail = recorded ? HT_SLICE("on") : HT_SLICE("off"),
    };
    return act_commit(store, txn, &act, trail_counter_set(store, txn, audit_reads, recorded, err), err);
}

enum ht_status ht_act_reads_set(struct ht_store *store, bool recorded, int64_t now, struct ht_error *err)
{
    MDB_txn *txn = NULL;
    uint64_t before;
    enum ht_status status = trail_change_begin(store, &txn, err);
    if (status != HT_OK) return status;
    status = trail_counter_get(store, txn, audit_reads, &before, err);
    if (status == HT_OK && (before != 0) != recorded) return set_reads(store, txn, recorded, now, err);
    mdb_txn_abort(txn);
    return status;
}

enum ht_status ht_act_reads(struct ht_reader *reader, bool *recorded, struct ht_error *err)
{
    uint64_t value;
    assert(reader->begun);
    enum ht_status status = trail_counter_get(reader->store, reader->trail_txn, audit_reads, &value, err);
    *recorded = value != 0;
    return status;
}

void ht_act_ref(const struct ht_store *store, enum ht_kind kind, struct ht_slice id, char text[HT_ACT_REF_SIZE])
{
    uint8_t ref[HT_REF_SIZE];
    ref_make(store, (uint8_t)kind, id, ref);
    sodium_bin2hex(text, HT_ACT_REF_SIZE, ref, sizeof ref);
}

void ht_act_ref_email(const struct ht_store *store, struct ht_slice address, char text[HT_ACT_REF_SIZE])
{
    uint8_t hash[EMAIL_HASH_SIZE] = {0};
    bool found = index_email_hash(store->hash_key, address, hash);
    (void)found; /* an address of white space only has the hash of zeros */
    sodium_bin2hex(text, HT_ACT_REF_SIZE, hash, sizeof hash);
}
