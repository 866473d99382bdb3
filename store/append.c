#include "hooktrail/append.h"

#include <errno.h>
#include <stdlib.h>
#include <sys/statvfs.h>

#include "act.h"
#include "checkpoint.h"
#include "codec.h"
#include "hooktrail/time.h"
#include "index_codec.h"
#include "pending_events.h"
#include "persons.h"
#include "record.h"
#include "ref.h"
#include "regrow.h"
#include "rejected.h"
#include "seal.h"
#include "store.h"
#include "tree.h"

/* Beyond this many bytes the disk is certainly not what failed a write. LMDB reports a full disk as EIO too. */
#define NEARLY_FULL (UINT64_C(16) << 20)

#define SIGNING_PERIOD INT64_C(1000000) /* µs between two checkpoints */

/* `make BUILD=unproven` leaves out tree and sealing, only to measure what they cost: its stores do not verify. */
#ifdef HOOKTRAIL_UNPROVEN
#define PROVEN false
#else
#define PROVEN true
#endif

struct ht_appender {
    struct ht_store *store;
    struct ht_reader *reader; /* for the duplicate check against the index */
    struct pending pending;
    struct persons *persons;
    struct tree tree;
    struct ht_position end; /* the trail's end after our last commit */
    uint64_t erasures;      /* how many there were then */
    bool stale;             /* pending and tree can't be trusted: a transaction was given up */
    int64_t signed_at;      /* the time of receipt with which a checkpoint was made last */
    struct seal_nonces nonces;
    struct ht_buffer note;      /* the checkpoint of the transaction under way */
    struct ht_buffer acts_note; /* and that of the acts */
};

enum ht_status ht_appender_new(struct ht_store *store, struct ht_appender **appender, struct ht_error *err)
{
    struct ht_appender *made = calloc(1, sizeof *made);
    if (made == NULL) return ht_fail(err, HT_NO_MEMORY, "out of memory");
    made->store = store;
    made->stale = true;
    made->signed_at = HT_TIME_NONE;
    made->persons = persons_new();
    enum ht_status status = made->persons != NULL ? HT_OK : ht_fail(err, HT_NO_MEMORY, "out of memory");
    if (status == HT_OK) status = ht_reader_new(store, &made->reader, err);
    if (status != HT_OK) {
        persons_free(made->persons);
        free(made);
        return status;
    }
    *appender = made;
    return HT_OK;
}

void ht_appender_free(struct ht_appender *appender)
{
    if (appender == NULL) return;
    ht_reader_free(appender->reader);
    pending_release(&appender->pending);
    persons_free(appender->persons);
    ht_buffer_release(&appender->note);
    ht_buffer_release(&appender->acts_note);
    free(appender);
}

static uint64_t disk_free(const struct ht_store *store)
{
    struct statvfs fs;
    if (statvfs(store->dir, &fs) != 0) return UINT64_MAX; /* the write itself will tell */
    return (uint64_t)fs.f_bavail * fs.f_frsize;
}

static enum ht_status check_space(const struct ht_store *store, struct ht_error *err)
{
    uint64_t left = disk_free(store);
    if (left >= store->options.reserve) return HT_OK;
    return ht_fail(err, HT_FULL, "%llu bytes are left on the disk of %s, less than the reserve of %llu",
                   (unsigned long long)left, store->dir, (unsigned long long)store->options.reserve);
}

/* Makes room for a record behind the last one of a table. */
static int reserve(MDB_txn *txn, MDB_dbi table, uint64_t number, MDB_val *value)
{
    uint8_t bytes[8];
    ht_put_be64(bytes, number);
    MDB_val key = val_of(bytes, sizeof bytes);
    return mdb_put(txn, table, &key, value, MDB_APPEND | MDB_NOOVERWRITE | MDB_RESERVE);
}

/* The packed event's own delivery with the seq that it repeats. */
static enum ht_status pack_repeat(const struct ht_append *append, struct ht_buffer *packed, struct ht_error *err)
{
    struct decoder in = decoder_of(ht_buffer_slice(&append->packed));
    decode_bytes(&in, 9);
    uint64_t flags = decode_u8(&in);
    decode_bytes(&in, 6);
    struct ht_slice endpoint_and_time = decode_bytes(&in, 12);
    encode_uint(packed, 0, RECORD_CHECKED);
    encode_uint(packed, REPEAT_VERSION, 1);
    encode_uint(packed, flags, 1);
    encode_uint(packed, SEAL_OPEN, 1);
    encode_uint(packed, 0, 1);
    ht_buffer_add(packed, endpoint_and_time);
    encode_uint(packed, append->seq, 8);
    encode_uint(packed, 0, 4);
    encode_zeros(packed, KEYRING_NONCE);
    ht_buffer_add(packed, ht_buffer_slice(&append->delivery));
    return ht_buffer_status(packed, err);
}

/* Under the key of the event that it repeats. */
static enum ht_status store_repeat(struct ht_appender *appender, MDB_txn *txn, uint32_t key, struct ht_slice packed,
                                   struct ht_error *err)
{
    MDB_val value = {seal_size(packed, key), NULL};
    int code = reserve(txn, appender->store->trail.repeats, ++appender->end.repeat, &value);
    if (code != 0) return env_fail(err, code, "appending a repeated delivery");
    return seal_write(appender->store, &seal_repeat, appender->end.repeat, key, &appender->nonces, packed,
                      value.mv_data, err);
}

static enum ht_status put_repeat(struct ht_appender *appender, MDB_txn *txn, struct ht_append *append,
                                 struct ht_error *err)
{
    struct ht_buffer packed = {0};
    enum ht_status status = pack_repeat(append, &packed, err);
    if (status == HT_OK) status = store_repeat(appender, txn, append->key, ht_buffer_slice(&packed), err);
    append->repeat = appender->end.repeat;
    append->duplicate = true;
    ht_buffer_release(&packed);
    return status;
}

/* *seq: of the event with this duplicate key; 0 if there is none. */
static enum ht_status find_known(struct ht_appender *appender, MDB_txn *txn, const struct ht_append *append,
                                 const uint8_t *key, uint64_t *seq, struct ht_error *err)
{
    *seq = pending_find_event(&appender->pending, appender->store, txn, key);
    if (*seq != 0) return HT_OK;
    int64_t time = index_duplicate_time(record_packed_header(append).signature_verified, append->stated_at);
    enum ht_status status = ht_index_duplicate(appender->reader, time, key, seq, err);
    /* Where index or record are damaged the event is kept once more rather than refused: nothing is lost by that. */
    if (status != HT_NOT_FOUND && status != HT_CORRUPT) return status;
    *seq = 0;
    return HT_OK;
}

/* Whether the event append->seq can be opened and is of this payload. Its data key may be damaged, and a sender may use
   a webhook-id again, for another payload. */
static enum ht_status holds_payload(struct ht_appender *appender, MDB_txn *txn, struct ht_append *append, bool *holds,
                                    struct ht_error *err)
{
    struct record_parts parts;
    struct ht_slice value = HT_ABSENT, opened = HT_ABSENT;
    struct ht_buffer plain = {0};
    *holds = false;
    int code = trail_get(txn, appender->store->trail.events, append->seq, &value);
    if (code != 0) return env_fail(err, code, "reading what is repeated");
    enum ht_status status = record_split(value, append->seq, &parts, err);
    if (status == HT_OK) status = seal_read(appender->store, &seal_event, append->seq, value, &plain, &opened, err);
    if (status == HT_OK) status = record_parts_open(&parts, opened, err);
    if (status == HT_OK) {
        *holds = memcmp(parts.sha256.data, append->sha256, HT_SHA256_SIZE) == 0;
        append->id_reused = append->id_reused || !*holds;
        append->key = parts.header.key;
    }
    ht_buffer_wipe(&plain);
    return status == HT_CORRUPT || status == HT_ERASED ? HT_OK : status;
}

/* append->seq: of the event that this one repeats, or 0, and `key` is what it will be known by. Where the event with
   its duplicate key does not hold its payload it goes by a key of both; then the first may be erased since. */
static enum ht_status find_duplicate(struct ht_appender *appender, MDB_txn *txn, struct ht_append *append,
                                     uint8_t key[HT_REF_SIZE], struct ht_error *err)
{
    uint8_t both[HT_DUPLICATE_KEY_SIZE + HT_SHA256_SIZE], keys[2][HT_REF_SIZE];
    const size_t sizes[] = {HT_DUPLICATE_KEY_SIZE, sizeof both};
    size_t vacant = 1;
    memcpy(both, append->duplicate_key, HT_DUPLICATE_KEY_SIZE);
    memcpy(both + HT_DUPLICATE_KEY_SIZE, append->sha256, HT_SHA256_SIZE);
    append->id_reused = false;
    for (size_t i = 0; i < 2 && (i == 0 || vacant == 1 || append->by_id); i++) {
        bool holds = false;
        ref_make(appender->store, REF_DUPLICATE, ht_slice_of(both, sizes[i]), keys[i]);
        enum ht_status status = find_known(appender, txn, append, keys[i], &append->seq, err);
        if (status != HT_OK) return status;
        if (append->seq == 0 && i < vacant) vacant = i;
        if (append->seq != 0) status = holds_payload(appender, txn, append, &holds, err);
        if (status != HT_OK || holds) return status;
    }
    append->seq = 0;
    memcpy(key, keys[vacant], HT_REF_SIZE);
    return HT_OK;
}

/* Seals the event straight into its place and makes it a leaf. The packed form stays as it is, but for the duplicate
   key, so that it can be appended again should this transaction fail. */
static enum ht_status put_event(struct ht_appender *appender, MDB_txn *txn, struct ht_append *append,
                                const uint8_t *duplicate_key, struct ht_error *err)
{
    uint32_t key = 0;
    struct ht_store *store = appender->store;
    struct ht_slice packed = ht_buffer_slice(&append->packed);
    enum ht_status status =
        PROVEN ? persons_key(appender->persons, store, txn, appender->reader, &append->person, &key, err) : HT_OK;
    if (status != HT_OK) return status;
    memcpy(append->packed.data + RECORD_DUPLICATE_KEY, duplicate_key, HT_DUPLICATE_KEY_SIZE);
    MDB_val value = {seal_size(packed, key), NULL};
    append->seq = ++appender->end.seq;
    append->key = key;
    int code = reserve(txn, store->trail.events, append->seq, &value);
    if (code != 0) return env_fail(err, code, "appending an event");
    status = seal_write(store, &seal_event, append->seq, key, &appender->nonces, packed, value.mv_data, err);
    if (status == HT_OK && PROVEN) status = tree_append(&appender->tree, txn, record_leaf(packed), err);
    return status == HT_OK ? pending_add(&appender->pending, duplicate_key, append->seq, err) : status;
}

static enum ht_status append_event(struct ht_appender *appender, MDB_txn *txn, struct ht_append *append,
                                   struct ht_error *err)
{
    uint8_t duplicate_key[HT_REF_SIZE];
    append->duplicate = false;
    append->repeat = 0;
    enum ht_status status = find_duplicate(appender, txn, append, duplicate_key, err);
    if (status != HT_OK) return status;
    return append->seq != 0 ? put_repeat(appender, txn, append, err)
                            : put_event(appender, txn, append, duplicate_key, err);
}

static enum ht_status append_one(struct ht_appender *appender, MDB_txn *txn, struct ht_append *append,
                                 struct ht_error *err)
{
    struct ht_store *store = appender->store;
    if (append->kind == HT_APPEND_REJECTED) return rejected_put(store, txn, &append->packed, &append->seq, err);
    if (append->kind == HT_APPEND_ACT) return act_append_packed(store, txn, &append->packed, &append->seq, err);
    if (append->retried != 0) {
        enum ht_status status = rejected_delete(store, txn, append->retried, err);
        if (status != HT_OK) return status;
    }
    enum ht_status status = append_event(appender, txn, append, err);
    uint64_t act;
    if (status != HT_OK || append->act.size == 0) return status;
    return act_append_packed(store, txn, &append->act, &act, err);
}

/* Keys of events that the index does not hold and that are not known yet: after start, after a foreign append, after a
   transaction was given up. */
static enum ht_status load_pending(struct ht_appender *appender, MDB_txn *txn, uint64_t indexed, struct ht_error *err)
{
    if (appender->stale) pending_forget_young(&appender->pending);
    const uint64_t known = pending_last(&appender->pending);
    return pending_load_events(&appender->pending, appender->store, txn, known > indexed ? known : indexed, err);
}

/* Another process may have destroyed keys that are remembered here. */
static enum ht_status notice_erasures(struct ht_appender *appender, MDB_txn *txn, struct ht_error *err)
{
    uint64_t erasures;
    enum ht_status status = trail_counter_get(appender->store, txn, ERASURES_COUNTER, &erasures, err);
    if (status != HT_OK || erasures == appender->erasures) return status;
    if (appender->store->keyring != NULL) keyring_forget(appender->store->keyring);
    appender->erasures = erasures;
    appender->stale = true;
    return HT_OK;
}

/* With the write lock held nobody else can append: what index and pending hold together is then every event. */
static enum ht_status prepare(struct ht_appender *appender, MDB_txn *txn, struct ht_error *err)
{
    struct ht_store *store = appender->store;
    struct ht_position end, indexed;
    enum ht_status status = trail_last(txn, store->trail.events, &end.seq, err);
    if (status == HT_OK) status = trail_last(txn, store->trail.repeats, &end.repeat, err);
    if (status == HT_OK) status = ht_index_position(appender->reader, &indexed, err);
    if (status == HT_OK) status = notice_erasures(appender, txn, err);
    if (status != HT_OK) return status;
    /* Keys may be destroyed, or were given out in a transaction that was given up. */
    if (appender->stale) persons_clear(appender->persons);
    if (appender->stale || end.seq != appender->end.seq) {
        status = load_pending(appender, txn, indexed.seq, err);
        if (status == HT_OK && PROVEN) status = tree_open(&appender->tree, store, txn, HT_LOG_EVENTS, end.seq, err);
    } else {
        pending_covered(&appender->pending, indexed.seq);
    }
    if (status != HT_OK) return status;
    appender->end = end;
    appender->stale = false;
    seal_nonces_begin(&appender->nonces);
    return HT_OK;
}

static enum ht_status append_list(struct ht_appender *appender, MDB_txn *txn, struct ht_append *list,
                                  struct ht_error *err)
{
    enum ht_status status = ht_reader_begin(appender->reader, err);
    if (status != HT_OK) return status;
    status = prepare(appender, txn, err);
    for (struct ht_append *append = list; append != NULL && status == HT_OK; append = append->next) {
        append->status = append_one(appender, txn, append, err);
        /* That somebody else has retried or dropped it is this one's failure alone: nothing was written for it. */
        if (append->status != HT_NOT_FOUND || append->retried == 0) status = append->status;
    }
    ht_reader_end(appender->reader);
    return status;
}

/* ---- checkpoints ---- */

/* The newest time of receipt of a list's events. */
static int64_t newest_of(const struct ht_append *list)
{
    int64_t newest = HT_TIME_NONE;
    for (; list != NULL; list = list->next) {
        if (list->kind != HT_APPEND_EVENT) continue;
        int64_t at = (int64_t)ht_get_be64((const uint8_t *)list->packed.data + RECORD_RECEIVED_AT);
        if (at > newest) newest = at;
    }
    return newest;
}

/* At most one a second; a clock that was set back begins anew. */
static bool is_due(const struct ht_appender *appender, int64_t at)
{
    if (at == HT_TIME_NONE) return false;
    return appender->signed_at == HT_TIME_NONE || at < appender->signed_at ||
           at - appender->signed_at >= SIGNING_PERIOD;
}

/* The tree, and now and then its signature. That a trail has gone back, and can't be signed any more, or that DIR/heads
   can't be read, is no reason to lose events: ht_log_sign tells of it. (What LMDB could not write fails the commit.) */
static enum ht_status store_tree(struct ht_appender *appender, MDB_txn *txn, const struct ht_append *list,
                                 struct ht_error *err)
{
    struct ht_tree_head head;
    int64_t newest = newest_of(list);
    ht_buffer_clear(&appender->note);
    enum ht_status status = tree_store(&appender->tree, txn, err);
    if (status != HT_OK || !is_due(appender, newest)) return status;
    head.size = appender->tree.size;
    tree_root(&appender->tree, head.root);
    status = checkpoint_put(appender->store, txn, HT_LOG_EVENTS, &head, &appender->note, err);
    appender->signed_at = newest;
    return status == HT_CORRUPT || status == HT_IO ? HT_OK : status;
}

/* The newest act of a list; HT_TIME_NONE if there is none. */
static int64_t newest_act_of(const struct ht_append *list)
{
    int64_t newest = HT_TIME_NONE;
    for (; list != NULL; list = list->next) {
        const struct ht_buffer *packed = list->kind == HT_APPEND_ACT ? &list->packed : &list->act;
        if (packed->size > 0 && act_packed_at(packed) > newest) newest = act_packed_at(packed);
    }
    return newest;
}

static void sign_acts(struct ht_appender *appender, MDB_txn *txn, const struct ht_append *list)
{
    int64_t newest = newest_act_of(list);
    ht_buffer_clear(&appender->acts_note);
    if (newest != HT_TIME_NONE) act_sign(appender->store, txn, newest, &appender->acts_note);
}

/* Beside the trail, to notice one that has gone back: what was appended is durable whatever comes of it. */
static void publish(struct ht_appender *appender)
{
    enum ht_status events = checkpoint_publish(appender->store, HT_LOG_EVENTS, ht_buffer_slice(&appender->note), NULL);
    enum ht_status acts = checkpoint_publish(appender->store, HT_LOG_ACTS, ht_buffer_slice(&appender->acts_note), NULL);
    (void)events, (void)acts;
}

/* A full disk shows as EIO or a short write, not always as ENOSPC. Where the very last write has failed, whatever the
   cause, it is in doubt whether the list is stored. */
static enum ht_status fail_commit(struct ht_store *store, int code, struct ht_error *err)
{
    if (ht_store_is_dead(store)) return ht_fail(err, HT_IO, "committing to the trail: %s", mdb_strerror(code));
    if (code == EIO && disk_free(store) < NEARLY_FULL)
        return ht_fail(err, HT_FULL, "the disk of %s is full", store->dir);
    return env_fail(err, code, "committing to the trail");
}

static void fail_all(struct ht_append *list, enum ht_status status)
{
    for (struct ht_append *append = list; append != NULL; append = append->next)
        append->status = status;
}

enum ht_status ht_appender_commit(struct ht_appender *appender, struct ht_append *list, struct ht_position *end,
                                  struct ht_error *err)
{
    MDB_txn *txn = NULL;
    enum ht_status status = check_space(appender->store, err);
    if (status != HT_OK) goto out;
    int code = mdb_txn_begin(appender->store->trail.env, NULL, 0, &txn);
    if (code != 0) {
        status = env_fail(err, code, "beginning to append");
        goto out;
    }
    status = append_list(appender, txn, list, err);
    if (status == HT_OK && PROVEN) status = store_tree(appender, txn, list, err);
    if (status != HT_OK) {
        mdb_txn_abort(txn);
        goto out;
    }
    sign_acts(appender, txn, list);
    code = mdb_txn_commit(txn);
    if (code != 0) status = fail_commit(appender->store, code, err);
    if (status == HT_OK) publish(appender);
    if (status == HT_OK) fresh_add(&appender->store->fresh, list, appender->erasures);
out:
    appender->stale = status != HT_OK;
    if (status != HT_OK) fail_all(list, status);
    *end = appender->end;
    return status;
}
