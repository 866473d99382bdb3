#include "checkpoint.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "files.h"
#include "hooktrail/encode.h"
#include "lost.h"
#include "record.h"

#define HEADS "heads"

MDB_dbi checkpoint_tree(const struct ht_store *store, enum ht_log log)
{
    return log == HT_LOG_EVENTS ? store->trail.tree : store->trail.acts_tree;
}

MDB_dbi checkpoint_records(const struct ht_store *store, enum ht_log log)
{
    return log == HT_LOG_EVENTS ? store->trail.events : store->trail.acts;
}

bool checkpoint_leaf(enum ht_log log, uint64_t seq, struct ht_slice record, struct ht_slice *leaf)
{
    struct lost lost;
    size_t end = log == HT_LOG_EVENTS ? RECORD_LEAF + HT_LEAF_SIZE : record.size;
    if (record.size < end || !record_intact(record, seq)) return false;
    if (lost_read(record, &lost)) {
        *leaf = lost.leaf;
        return lost.leaf.size > 0;
    }
    *leaf = ht_slice_of(record.data + RECORD_CHECKED, end - RECORD_CHECKED);
    return true;
}

/* ---- where notes are kept ---- */

static enum ht_status get_note(struct ht_store *store, MDB_txn *txn, uint8_t number, struct ht_slice *note,
                               struct ht_error *err)
{
    MDB_val key = val_of(&number, 1), value;
    int code = mdb_get(txn, store->trail.checkpoints, &key, &value);
    if (code == MDB_NOTFOUND) return ht_fail(err, HT_NOT_FOUND, "no checkpoint was signed yet");
    if (code != 0) return env_fail(err, code, "reading a checkpoint");
    *note = val_slice(value);
    return HT_OK;
}

enum ht_status checkpoint_get(struct ht_store *store, MDB_txn *txn, enum ht_log log, struct ht_slice *note,
                              struct ht_error *err)
{
    return get_note(store, txn, (uint8_t)log, note, err);
}

enum ht_status checkpoint_get_cosigned(struct ht_store *store, MDB_txn *txn, enum ht_log log, struct ht_slice *note,
                                       struct ht_error *err)
{
    return get_note(store, txn, (uint8_t)(log | CHECKPOINT_COSIGNED), note, err);
}

enum ht_status checkpoint_store(struct ht_store *store, MDB_txn *txn, enum ht_log log, bool cosigned,
                                struct ht_slice note, struct ht_error *err)
{
    uint8_t number = (uint8_t)(log | (cosigned ? CHECKPOINT_COSIGNED : 0));
    MDB_val key = val_of(&number, 1), value = val_of(note.data, note.size);
    int code = mdb_put(txn, store->trail.checkpoints, &key, &value, 0);
    return code == 0 ? HT_OK : env_fail(err, code, "putting a checkpoint");
}

static enum ht_status head_path(const struct ht_store *store, enum ht_log log, char path[PATH_MAX],
                                struct ht_error *err)
{
    char name[32];
    snprintf(name, sizeof name, HEADS "/%s", signing_log_name(log));
    return files_join(path, store->dir, name, err);
}

enum ht_status checkpoint_read_head(const struct ht_store *store, enum ht_log log, struct ht_buffer *note,
                                    struct ht_error *err)
{
    char path[PATH_MAX];
    enum ht_status status = head_path(store, log, path, err);
    return status == HT_OK ? files_read(path, HT_NOTE_SIZE, note, err) : status;
}

/* ---- refusing ---- */

static enum ht_status fail_gone_back(struct ht_error *err, enum ht_log log, uint64_t size, uint64_t signed_size,
                                     const char *from)
{
    const char *what = signing_log_name(log);
    return ht_fail(err, HT_CORRUPT,
                   "the trail has gone back: it has %" PRIu64 " %s, but %s says that %" PRIu64
                   " were signed; put the newer trail back, or begin a new log with `hooktrail keys rotate --signing "
                   "--origin NAME`",
                   size, what, from, signed_size);
}

static enum ht_status check_root(MDB_txn *txn, MDB_dbi tree, enum ht_log log, const struct ht_tree_head *head,
                                 const char *from, struct ht_error *err)
{
    uint8_t root[HT_SHA256_SIZE];
    enum ht_status status = tree_root_at(txn, tree, head->size, root, err);
    if (status != HT_OK) return status;
    if (memcmp(root, head->root, sizeof root) == 0) return HT_OK;
    return ht_fail(err, HT_CORRUPT,
                   "the first %" PRIu64 " %s are not those that %s was signed for: `hooktrail verify` says more, and "
                   "a backup may have what was changed",
                   head->size, signing_log_name(log), from);
}

enum ht_status checkpoint_check(struct ht_store *store, MDB_txn *txn, enum ht_log log, struct ht_slice note,
                                uint64_t size, const char *from, bool any_name, struct ht_error *err)
{
    struct signed_head read = {.known = false};
    enum ht_status status = signing_read(store->signing, log, note, &read, err);
    if (status == HT_INVALID) return ht_fail(err, HT_CORRUPT, "%s is no checkpoint", from);
    if (status != HT_OK) return status;
    if (!read.known) return ht_fail(err, HT_CORRUPT, "%s is not signed by a key of this log (keys/log.pub)", from);
    if (any_name && !ht_slice_is(read.origin, ht_log_origin(store, log))) return HT_OK;
    if (read.head.size > size) return fail_gone_back(err, log, size, read.head.size, from);
    return check_root(txn, checkpoint_tree(store, log), log, &read.head, from, err);
}

static enum ht_status check_heads(struct ht_store *store, MDB_txn *txn, enum ht_log log, uint64_t size,
                                  struct ht_error *err)
{
    char from[32];
    struct ht_buffer note = {0};
    snprintf(from, sizeof from, HEADS "/%s", signing_log_name(log));
    enum ht_status status = checkpoint_read_head(store, log, &note, err);
    if (status == HT_OK) status = checkpoint_check(store, txn, log, ht_buffer_slice(&note), size, from, true, err);
    ht_buffer_release(&note);
    return status == HT_NOT_FOUND ? HT_OK : status;
}

/* `current`: the newest checkpoint is of this very tree, by the current key. */
static enum ht_status check_kept(struct ht_store *store, MDB_txn *txn, enum ht_log log, uint64_t size, bool *current,
                                 struct ht_error *err)
{
    struct ht_slice note = HT_ABSENT;
    struct signed_head read = {.known = false};
    *current = false;
    enum ht_status status = checkpoint_get(store, txn, log, &note, err);
    if (status == HT_NOT_FOUND) return HT_OK;
    if (status == HT_OK) status = checkpoint_check(store, txn, log, note, size, "the newest checkpoint", true, err);
    if (status == HT_OK) status = signing_read(store->signing, log, note, &read, err);
    if (status == HT_OK) *current = read.current && read.head.size == size;
    return status;
}

/* The first refusal is kept until signing succeeds again. */
static void keep_refusal(struct signing *signing, enum ht_log log, enum ht_status status, const struct ht_error *err)
{
    pthread_mutex_lock(&signing->lock);
    if (status == HT_OK) signing->refusals[log] = (struct ht_error){.status = HT_OK};
    if (status == HT_CORRUPT) signing->refusals[log] = *err;
    pthread_mutex_unlock(&signing->lock);
}

enum ht_status ht_log_refusal(const struct ht_store *store, enum ht_log log, struct ht_error *err)
{
    struct signing *signing = store->signing;
    struct ht_error refusal;
    pthread_mutex_lock(&signing->lock);
    refusal = signing->refusals[log];
    pthread_mutex_unlock(&signing->lock);
    if (refusal.status != HT_OK && err != NULL) *err = refusal;
    return refusal.status;
}

/* ---- signing ---- */

static enum ht_status sign(struct ht_store *store, MDB_txn *txn, enum ht_log log, const struct ht_tree_head *head,
                           struct ht_buffer *note, struct ht_error *err)
{
    const struct ht_signer *signer = &store->signing->signers[log];
    struct ht_buffer text = {0};
    ht_checkpoint_add(&text, ht_slice_from(signer->verifier.name), head);
    ht_buffer_add(note, ht_buffer_slice(&text));
    ht_buffer_add_byte(note, '\n');
    ht_note_sign(note, ht_buffer_slice(&text), signer, 0);
    enum ht_status status = ht_buffer_status(&text, err);
    if (status == HT_OK) status = ht_buffer_status(note, err);
    ht_buffer_release(&text);
    return status == HT_OK ? checkpoint_store(store, txn, log, false, ht_buffer_slice(note), err) : status;
}

enum ht_status checkpoint_put(struct ht_store *store, MDB_txn *txn, enum ht_log log, const struct ht_tree_head *head,
                              struct ht_buffer *note, struct ht_error *err)
{
    bool current = false;
    ht_buffer_clear(note);
    enum ht_status status = check_heads(store, txn, log, head->size, err);
    if (status == HT_OK) status = check_kept(store, txn, log, head->size, &current, err);
    keep_refusal(store->signing, log, status, err);
    if (status != HT_OK || current) return status;
    status = sign(store, txn, log, head, note, err);
    if (status != HT_OK) ht_buffer_clear(note);
    return status;
}

/* ---- DIR/heads ---- */

/* Opens the folder, made by need, and locks it. */
static enum ht_status lock_heads(const struct ht_store *store, int *fd, struct ht_error *err)
{
    char path[PATH_MAX];
    enum ht_status status = files_join(path, store->dir, HEADS, err);
    if (status != HT_OK) return status;
    if (mkdir(path, 0700) == 0)
        status = files_sync_parent(path, err);
    else if (errno != EEXIST)
        status = ht_fail_errno(err, errno, "cannot make %s", path);
    if (status != HT_OK) return status;
    *fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC | O_NOFOLLOW);
    if (*fd < 0) return ht_fail_errno(err, errno, "cannot open %s", path);
    int code;
    do
        code = flock(*fd, LOCK_EX);
    while (code != 0 && errno == EINTR);
    if (code == 0) return HT_OK;
    status = ht_fail_errno(err, errno, "cannot lock %s", path);
    close(*fd);
    return status;
}

/* Whoever committed later may have come here first: what is signed must not go back. */
static bool is_newer(const struct ht_store *store, enum ht_log log, struct ht_slice note)
{
    struct signed_head ours, theirs;
    struct ht_buffer kept = {0};
    bool newer = checkpoint_read_head(store, log, &kept, NULL) != HT_OK ||
                 signing_read(store->signing, log, ht_buffer_slice(&kept), &theirs, NULL) != HT_OK ||
                 signing_read(store->signing, log, note, &ours, NULL) != HT_OK ||
                 !ht_slice_equal(ours.origin, theirs.origin) || ours.head.size >= theirs.head.size;
    ht_buffer_release(&kept);
    return newer;
}

enum ht_status checkpoint_publish(struct ht_store *store, enum ht_log log, struct ht_slice note, struct ht_error *err)
{
    char path[PATH_MAX];
    int fd = -1;
    if (note.size == 0) return HT_OK;
    enum ht_status status = head_path(store, log, path, err);
    if (status == HT_OK) status = lock_heads(store, &fd, err);
    if (status != HT_OK) return status;
    if (is_newer(store, log, note)) status = files_replace(path, note, err);
    close(fd);
    return status;
}
