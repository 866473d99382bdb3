#include "hooktrail/log.h"

#include <assert.h>
#include <inttypes.h>

#include "checkpoint.h"
#include "hooktrail/encode.h"
#include "lost.h"
#include "record.h"

#define MAX_LEVEL 7 /* of tiles: 2^64 leaves have no more */

/* ---- the tree ---- */

static enum ht_status log_size(struct ht_reader *reader, enum ht_log log, uint64_t *size, struct ht_error *err)
{
    assert(reader->begun);
    return trail_last(reader->trail_txn, checkpoint_records(reader->store, log), size, err);
}

static enum ht_status check_size(struct ht_reader *reader, enum ht_log log, uint64_t size, struct ht_error *err)
{
    uint64_t last;
    enum ht_status status = log_size(reader, log, &last, err);
    if (status != HT_OK || size <= last) return status;
    return ht_fail(err, HT_INVALID, "the log has %" PRIu64 " %s, not %" PRIu64, last, signing_log_name(log), size);
}

enum ht_status ht_log_root(struct ht_reader *reader, enum ht_log log, uint64_t size, uint8_t root[HT_SHA256_SIZE],
                           struct ht_error *err)
{
    enum ht_status status = check_size(reader, log, size, err);
    if (status != HT_OK) return status;
    return tree_root_at(reader->trail_txn, checkpoint_tree(reader->store, log), size, root, err);
}

enum ht_status ht_log_head(struct ht_reader *reader, enum ht_log log, struct ht_tree_head *head, struct ht_error *err)
{
    enum ht_status status = log_size(reader, log, &head->size, err);
    if (status != HT_OK) return status;
    return tree_root_at(reader->trail_txn, checkpoint_tree(reader->store, log), head->size, head->root, err);
}

enum ht_status ht_log_inclusion(struct ht_reader *reader, enum ht_log log, uint64_t seq, uint64_t size,
                                struct ht_merkle_proof *proof, struct ht_error *err)
{
    enum ht_status status = check_size(reader, log, size, err);
    if (status != HT_OK) return status;
    if (seq == 0 || seq > size)
        return ht_fail(err, HT_NOT_FOUND, "%" PRIu64 " is not among the first %" PRIu64 " %s", seq, size,
                       signing_log_name(log));
    return tree_inclusion(reader->trail_txn, checkpoint_tree(reader->store, log), seq - 1, size, proof, err);
}

enum ht_status ht_log_consistency(struct ht_reader *reader, enum ht_log log, uint64_t old_size, uint64_t size,
                                  struct ht_merkle_proof *proof, struct ht_error *err)
{
    enum ht_status status = check_size(reader, log, size, err);
    if (status != HT_OK) return status;
    if (old_size > size)
        return ht_fail(err, HT_INVALID, "a tree of %" PRIu64 " can't have grown into one of %" PRIu64, old_size, size);
    return tree_consistency(reader->trail_txn, checkpoint_tree(reader->store, log), old_size, size, proof, err);
}

enum ht_status ht_log_leaf(struct ht_reader *reader, enum ht_log log, uint64_t seq, struct ht_slice *data,
                           struct ht_error *err)
{
    struct ht_slice record = HT_ABSENT;
    assert(reader->begun);
    int code = trail_get(reader->trail_txn, checkpoint_records(reader->store, log), seq, &record);
    if (code == MDB_NOTFOUND)
        return ht_fail(err, HT_NOT_FOUND, "there is no %" PRIu64 " among the %s", seq, signing_log_name(log));
    if (code != 0) return env_fail(err, code, "reading a leaf");
    struct lost lost;
    if (checkpoint_leaf(log, seq, record, data)) return HT_OK;
    if (record_intact(record, seq) && lost_read(record, &lost)) return lost_fail(err, "the leaf of", seq, &lost);
    return ht_fail(err, HT_CORRUPT, "number %" PRIu64 " of the %s: checksum does not fit the record", seq,
                   signing_log_name(log));
}

/* ---- tiles ---- */

/* That a level has so many hashes by now: `width` of them from 256 * index on. */
static enum ht_status check_tile(struct ht_reader *reader, enum ht_log log, unsigned level, uint64_t index,
                                 unsigned width, struct ht_error *err)
{
    uint64_t size;
    enum ht_status status = log_size(reader, log, &size, err);
    if (status != HT_OK) return status;
    if (width == 0 || width > HT_TILE_WIDTH)
        return ht_fail(err, HT_INVALID, "a tile has 1 to %d hashes", HT_TILE_WIDTH);
    uint64_t hashes = level <= MAX_LEVEL ? size >> (level * HT_TILE_HEIGHT) : 0;
    bool there = index <= hashes / HT_TILE_WIDTH && width <= hashes - index * HT_TILE_WIDTH;
    return there ? HT_OK : ht_fail(err, HT_NOT_FOUND, "the tree has no such tile yet");
}

enum ht_status ht_log_tile(struct ht_reader *reader, enum ht_log log, unsigned level, uint64_t index, unsigned width,
                           struct ht_buffer *out, struct ht_error *err)
{
    enum ht_status status = check_tile(reader, log, level, index, width, err);
    if (status != HT_OK) return status;
    return tree_hashes(reader->trail_txn, checkpoint_tree(reader->store, log), level, index * HT_TILE_WIDTH, width, out,
                       err);
}

enum ht_status ht_log_entries(struct ht_reader *reader, enum ht_log log, uint64_t index, unsigned width,
                              struct ht_buffer *out, struct ht_error *err)
{
    enum ht_status status = check_tile(reader, log, 0, index, width, err);
    for (unsigned i = 0; i < width && status == HT_OK; i++) {
        struct ht_slice leaf = HT_ABSENT;
        status = ht_log_leaf(reader, log, index * HT_TILE_WIDTH + i + 1, &leaf, err);
        if (status != HT_OK) break;
        if (leaf.size > UINT16_MAX) return ht_fail(err, HT_CORRUPT, "a leaf of %zu bytes", leaf.size);
        ht_buffer_add_byte(out, (char)(uint8_t)(leaf.size >> 8));
        ht_buffer_add_byte(out, (char)(uint8_t)leaf.size);
        ht_buffer_add(out, leaf);
    }
    return status == HT_OK ? ht_buffer_status(out, err) : status;
}

/* ---- checkpoints ---- */

const char *ht_log_origin(const struct ht_store *store, enum ht_log log)
{
    return store->signing->signers[log].verifier.name;
}

enum ht_status ht_log_keys(const struct ht_store *store, enum ht_log log, struct ht_buffer *out, struct ht_error *err)
{
    for (size_t i = 0; i < store->signing->count; i++) {
        struct ht_verifier verifier;
        signing_verifier(store->signing, log, i, &verifier);
        ht_verifier_add(out, &verifier);
        ht_buffer_add_byte(out, '\n');
    }
    return ht_buffer_status(out, err);
}

enum ht_status ht_log_checkpoint(struct ht_reader *reader, enum ht_log log, struct ht_buffer *note,
                                 struct ht_error *err)
{
    struct ht_slice kept = HT_ABSENT;
    assert(reader->begun);
    enum ht_status status = checkpoint_get(reader->store, reader->trail_txn, log, &kept, err);
    if (status != HT_OK) return status;
    ht_buffer_add(note, kept);
    return ht_buffer_status(note, err);
}

static enum ht_status sign_head(struct ht_store *store, MDB_txn *txn, enum ht_log log, struct ht_buffer *note,
                                struct ht_error *err)
{
    struct ht_tree_head head;
    enum ht_status status = trail_last(txn, checkpoint_records(store, log), &head.size, err);
    if (status == HT_OK) status = tree_root_at(txn, checkpoint_tree(store, log), head.size, head.root, err);
    return status == HT_OK ? checkpoint_put(store, txn, log, &head, note, err) : status;
}

enum ht_status ht_log_sign(struct ht_store *store, enum ht_log log, struct ht_error *err)
{
    struct ht_buffer note = {0};
    MDB_txn *txn = NULL;
    enum ht_status status = trail_change_begin(store, &txn, err);
    if (status != HT_OK) return status;
    status = trail_change_end(txn, sign_head(store, txn, log, &note, err), err);
    if (status == HT_OK) status = checkpoint_publish(store, log, ht_buffer_slice(&note), err);
    ht_buffer_release(&note);
    return status;
}

enum ht_status ht_log_check(struct ht_reader *reader, enum ht_log log, struct ht_slice note, struct ht_error *err)
{
    uint64_t size;
    struct signed_head read;
    enum ht_status status = log_size(reader, log, &size, err);
    if (status == HT_OK) status = signing_read(reader->store->signing, log, note, &read, err);
    if (status != HT_OK) return status;
    return checkpoint_check(reader->store, reader->trail_txn, log, note, size, "the checkpoint", false, err);
}

/* ---- cosignatures ---- */

static bool is_replaced(const struct ht_note *by, const struct ht_note_signature *signature)
{
    for (size_t i = 0; i < by->count; i++) {
        const struct ht_note_signature *other = &by->signatures[i];
        if (other->hash == signature->hash && ht_slice_equal(other->name, signature->name)) return true;
    }
    return false;
}

/* The note with its signatures but those that `lines` replace, and the lines behind. */
static enum ht_status merge(struct ht_slice kept, struct ht_slice lines, struct ht_buffer *merged, struct ht_error *err)
{
    struct ht_note old, added;
    struct ht_buffer note = {0};
    enum ht_status status = ht_note_parse(kept, &old, err);
    if (status != HT_OK) return status;
    ht_buffer_add(&note, old.text);
    ht_buffer_add_byte(&note, '\n');
    ht_buffer_add(&note, lines);
    status = ht_buffer_status(&note, err);
    if (status == HT_OK) status = ht_note_parse(ht_buffer_slice(&note), &added, err);
    if (status == HT_OK) {
        ht_buffer_add(merged, old.text);
        ht_buffer_add_byte(merged, '\n');
        for (size_t i = 0; i < old.count; i++) {
            if (!is_replaced(&added, &old.signatures[i])) ht_buffer_add(merged, old.signatures[i].line);
        }
        ht_buffer_add(merged, lines);
        status = ht_buffer_status(merged, err);
    }
    if (status == HT_OK) status = ht_note_parse(ht_buffer_slice(merged), &added, err);
    ht_buffer_release(&note);
    return status;
}

/* Adds the lines to a checkpoint that is kept. */
static enum ht_status put_merged(struct ht_store *store, MDB_txn *txn, enum ht_log log, bool cosigned,
                                 struct ht_slice kept, struct ht_slice lines, struct ht_error *err)
{
    struct ht_buffer merged = {0};
    enum ht_status status = merge(kept, lines, &merged, err);
    if (status == HT_OK) status = checkpoint_store(store, txn, log, cosigned, ht_buffer_slice(&merged), err);
    ht_buffer_release(&merged);
    return status;
}

/* Whether a checkpoint that is kept is of this log as it is called now, and what it says. */
static bool reads_as_ours(struct ht_store *store, enum ht_log log, struct ht_slice note, struct signed_head *read)
{
    return signing_read(store->signing, log, note, read, NULL) == HT_OK && read->known &&
           ht_slice_is(read->origin, ht_log_origin(store, log));
}

/* With the cosigned one that is kept, if they are the same; in its place, if the other is older. */
static enum ht_status keep_cosigned(struct ht_store *store, MDB_txn *txn, enum ht_log log, struct ht_slice checkpoint,
                                    uint64_t size, struct ht_slice lines, struct ht_error *err)
{
    struct ht_slice kept = HT_ABSENT;
    struct signed_head read;
    enum ht_status status = checkpoint_get_cosigned(store, txn, log, &kept, err);
    if (status != HT_OK && status != HT_NOT_FOUND) return status;
    bool ours = status == HT_OK && reads_as_ours(store, log, kept, &read);
    if (ours && read.head.size > size) return HT_OK;
    bool same = ours && read.head.size == size;
    return put_merged(store, txn, log, true, same ? kept : checkpoint, lines, err);
}

static enum ht_status put_cosigned(struct ht_store *store, MDB_txn *txn, enum ht_log log, struct ht_slice checkpoint,
                                   struct ht_slice lines, struct ht_error *err)
{
    struct ht_slice newest = HT_ABSENT;
    struct signed_head theirs, ours;
    if (!reads_as_ours(store, log, checkpoint, &theirs))
        return ht_fail(err, HT_INVALID, "what was cosigned is no checkpoint of this log");
    enum ht_status status = keep_cosigned(store, txn, log, checkpoint, theirs.head.size, lines, err);
    if (status == HT_OK) status = checkpoint_get(store, txn, log, &newest, err);
    if (status != HT_OK) return status;
    bool same = reads_as_ours(store, log, newest, &ours) && ours.head.size == theirs.head.size;
    return same ? put_merged(store, txn, log, false, newest, lines, err) : HT_OK;
}

enum ht_status ht_log_cosign(struct ht_store *store, enum ht_log log, struct ht_slice checkpoint, struct ht_slice lines,
                             struct ht_error *err)
{
    MDB_txn *txn = NULL;
    enum ht_status status = trail_change_begin(store, &txn, err);
    if (status != HT_OK) return status;
    return trail_change_end(txn, put_cosigned(store, txn, log, checkpoint, lines, err), err);
}

enum ht_status ht_log_cosigned(struct ht_reader *reader, enum ht_log log, uint64_t size, struct ht_buffer *note,
                               struct ht_error *err)
{
    struct ht_slice kept = HT_ABSENT;
    struct signed_head read;
    assert(reader->begun);
    enum ht_status status = checkpoint_get_cosigned(reader->store, reader->trail_txn, log, &kept, err);
    if (status != HT_OK) return status;
    if (!reads_as_ours(reader->store, log, kept, &read) || read.head.size < size)
        return ht_fail(err, HT_NOT_FOUND, "no witness has signed so far");
    ht_buffer_add(note, kept);
    return ht_buffer_status(note, err);
}
