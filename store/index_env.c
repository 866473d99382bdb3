#include "index_env.h"

#include <assert.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "files.h"
#include "hooktrail/encode.h"
#include "hooktrail/reading.h"
#include "index_codec.h"
#include "index_doubt.h"
#include "index_seal.h"
#include "record.h"

#define NAME "index"
#define FRESH "index.fresh"
#define ASIDE "index.aside"
#define NUMBERS (MDB_DUPSORT | MDB_DUPFIXED)
#define UNWRITTEN_MAX (UINT64_C(16) * 4096)

static const struct {
    const char *name;
    unsigned flags;
} TABLES[INDEX_TABLES] = {
    [INDEX_META] = {"meta", 0},
    [INDEX_ROWS] = {"rows", 0},
    [INDEX_IDS] = {"ids", 0},
    [INDEX_NAMES] = {"names", 0},
    [INDEX_POSTINGS] = {"postings", NUMBERS},
    [INDEX_SUMMARIES] = {"summaries", 0},
    [INDEX_RECENT] = {"recent", 0},
    [INDEX_LINKS] = {"links", NUMBERS},
    [INDEX_EMAILS] = {"emails", NUMBERS},
    [INDEX_STRAYS] = {"strays", NUMBERS},
    [INDEX_DUPLICATES] = {"duplicates", NUMBERS},
    [INDEX_KEYS] = {"keys", NUMBERS},
    [INDEX_REPEATS] = {"repeats", NUMBERS},
    [INDEX_DAILY] = {"daily", 0},
    [INDEX_HOURS] = {"hours", 0},
    [INDEX_MINUTES] = {"minutes", 0},
    [INDEX_OPENINGS] = {"openings", 0},
    [INDEX_ORPHANS] = {"orphans", NUMBERS},
};

const char *index_table_name(enum index_table table)
{
    assert(table < INDEX_TABLES);
    return TABLES[table].name;
}

/* ---- making ---- */

static int put_meta(MDB_txn *txn, MDB_dbi meta, const char *name, const void *bytes, size_t size)
{
    MDB_val key = val_of(name, strlen(name));
    MDB_val value = val_of(bytes, size);
    return mdb_put(txn, meta, &key, &value, 0);
}

static enum ht_status wrapped_key(const struct index_env *index, uint8_t wrapped[INDEX_WRAPPED_SIZE],
                                  struct ht_error *err);

/* What an index begins with beside constants. */
struct beginning {
    uint64_t erasures;
    bool sealed;
    uint8_t wrapped[INDEX_WRAPPED_SIZE];
};

static enum ht_status begin_index(struct ht_store *store, const struct index_env *like, struct beginning *beginning,
                                  struct ht_error *err)
{
    beginning->sealed = store->keyring != NULL;
    enum ht_status status = trail_counter_now(store, ERASURES_COUNTER, &beginning->erasures, err);
    if (status != HT_OK || !beginning->sealed) return status;
    return like != NULL ? wrapped_key(like, beginning->wrapped, err) : index_keys_make(store, beginning->wrapped, err);
}

static int fill_meta(const struct ht_store *store, MDB_txn *txn, MDB_dbi meta, const struct beginning *beginning)
{
    uint8_t format[4], rules[8], erasures[8], position[16] = {0}, counts[INDEX_COUNTS_SIZE] = {0};
    ht_put_be64(erasures, beginning->erasures);
    ht_put_be32(format, INDEX_FORMAT);
    ht_put_be64(rules, ht_reading_version());
    int code = put_meta(txn, meta, "format", format, sizeof format);
    if (code == 0) code = put_meta(txn, meta, "trail", store->trail_id, HT_TRAIL_ID_SIZE);
    if (code == 0) code = put_meta(txn, meta, "rules", rules, sizeof rules);
    if (code == 0) code = put_meta(txn, meta, "position", position, sizeof position);
    if (code == 0) code = put_meta(txn, meta, "counts", counts, sizeof counts);
    if (code == 0) code = put_meta(txn, meta, "erasures", erasures, sizeof erasures);
    if (code == 0 && beginning->sealed) code = put_meta(txn, meta, "key", beginning->wrapped, INDEX_WRAPPED_SIZE);
    return code;
}

static enum ht_status make_tables(const struct ht_store *store, MDB_env *env, const struct beginning *beginning,
                                  struct ht_error *err)
{
    MDB_txn *txn = NULL;
    MDB_dbi meta = 0;
    int code = mdb_txn_begin(env, NULL, 0, &txn);
    if (code != 0) return env_fail(err, code, "making an index");
    for (int i = INDEX_TABLES - 1; i >= 0 && code == 0; i--) { /* meta last: its handle is needed */
        code = mdb_dbi_open(txn, TABLES[i].name, TABLES[i].flags | MDB_CREATE, &meta);
    }
    if (code == 0) code = fill_meta(store, txn, meta, beginning);
    if (code != 0) {
        mdb_txn_abort(txn);
        return env_fail(err, code, "making an index");
    }
    code = mdb_txn_commit(txn);
    return code == 0 ? HT_OK : env_fail(err, code, "making an index");
}

enum ht_status index_env_make(struct ht_store *store, const char *path, const struct index_env *like,
                              struct ht_error *err)
{
    MDB_env *env = NULL;
    struct beginning beginning;
    enum ht_status status = begin_index(store, like, &beginning, err);
    if (status == HT_OK) status = env_make(path, store->options.map_size, err);
    if (status == HT_OK) status = env_open(path, store->options.map_size, INDEX_FLAGS, INDEX_TABLES, &env, err);
    if (status != HT_OK) return status;
    status = make_tables(store, env, &beginning, err);
    int code = status == HT_OK ? mdb_env_sync(env, 1) : 0;
    mdb_env_close(env);
    return code == 0 ? status : env_fail(err, code, "making an index");
}

/* ---- opening ---- */

/* A damaged key may claim any number: nobody walks up to one that no trail of this size can hold. */
static enum ht_status check_end(const struct ht_store *store, const struct ht_position *end, struct ht_error *err)
{
    uint64_t bytes = env_bytes(store->trail.env);
    if (end->seq <= bytes / RECORD_TOMBSTONE_SIZE && end->repeat <= bytes / REPEAT_BLANK_SIZE) return HT_OK;
    return ht_fail(
        err, HT_CORRUPT,
        "the trail ends with event %llu and repeated delivery %llu, more than it can hold: run hooktrail verify",
        (unsigned long long)end->seq, (unsigned long long)end->repeat);
}

enum ht_status index_trail_end(struct ht_store *store, struct ht_position *end, struct ht_error *err)
{
    struct ht_reader reader = {.store = store};
    enum ht_status status = reader_begin_trail(&reader, err);
    if (status != HT_OK) return status;
    status = ht_trail_position(&reader, end, err);
    mdb_txn_abort(reader.trail_txn);
    return status == HT_OK ? check_end(store, end, err) : status;
}

static enum ht_status get_meta(const struct index_env *index, MDB_txn *txn, const char *name, uint8_t *bytes,
                               size_t size, struct ht_error *err)
{
    MDB_val key = val_of(name, strlen(name));
    MDB_val value;
    int code = mdb_get(txn, index->tables[INDEX_META], &key, &value);
    if (code == MDB_NOTFOUND || (code == 0 && value.mv_size != size)) return index_corrupt(INDEX_META, key, err);
    if (code != 0) return index_fail(INDEX_META, code, err);
    memcpy(bytes, value.mv_data, size);
    return HT_OK;
}

enum ht_status index_env_position(const struct index_env *index, MDB_txn *txn, struct ht_position *position,
                                  struct ht_error *err)
{
    uint8_t bytes[16] = {0};
    enum ht_status status = get_meta(index, txn, "position", bytes, 16, err);
    if (status != HT_OK) return status;
    position->seq = ht_get_be64(bytes);
    position->repeat = ht_get_be64(bytes + 8);
    return HT_OK;
}

/* Its key as it lies in meta. */
static enum ht_status wrapped_key(const struct index_env *index, uint8_t wrapped[INDEX_WRAPPED_SIZE],
                                  struct ht_error *err)
{
    MDB_txn *txn = NULL;
    int code = mdb_txn_begin(index->env, NULL, MDB_RDONLY, &txn);
    if (code != 0) return env_fail(err, code, "reading the index");
    enum ht_status status = get_meta(index, txn, "key", wrapped, INDEX_WRAPPED_SIZE, err);
    mdb_txn_abort(txn);
    return status;
}

/* An index that can't be opened with the store's keys is made anew: a sealed one in an open store, and the other way.
   One from before a rotation of the master key is not damaged, but of another version. */
static enum ht_status read_secrets(struct ht_store *store, struct index_env *index, MDB_txn *txn, struct ht_error *err)
{
    uint8_t erasures[8] = {0}, wrapped[INDEX_WRAPPED_SIZE];
    enum ht_status status = get_meta(index, txn, "erasures", erasures, sizeof erasures, err);
    if (status != HT_OK) return status;
    index->erasures = ht_get_be64(erasures);
    if (store->keyring == NULL) return HT_OK;
    status = get_meta(index, txn, "key", wrapped, sizeof wrapped, err);
    if (status != HT_OK) return status;
    status = index_keys_open(store, wrapped, &index->keys, err);
    return status == HT_CORRUPT ? ht_fail(err, HT_VERSION, "the index is sealed under another master key") : status;
}

enum ht_status index_env_stale(struct ht_store *store, bool *stale, struct ht_error *err)
{
    uint64_t erasures = 0;
    struct index_env *current = index_env_acquire(store);
    enum ht_status status = trail_counter_now(store, ERASURES_COUNTER, &erasures, err);
    *stale = status == HT_OK && erasures != current->erasures;
    index_env_release(current);
    return status;
}

/* The format comes first: of another one nothing else is known. */
static enum ht_status check_meta(const struct ht_store *store, const struct index_env *index, MDB_txn *txn,
                                 struct ht_error *err)
{
    uint8_t bytes[HT_TRAIL_ID_SIZE] = {0};
    enum ht_status status = get_meta(index, txn, "format", bytes, 4, err);
    if (status != HT_OK) return status;
    if (ht_get_be32(bytes) != INDEX_FORMAT) return ht_fail(err, HT_VERSION, "the index has another format");
    status = get_meta(index, txn, "trail", bytes, HT_TRAIL_ID_SIZE, err);
    if (status != HT_OK) return status;
    if (memcmp(bytes, store->trail_id, HT_TRAIL_ID_SIZE) != 0) {
        return ht_fail(err, HT_VERSION, "the index belongs to another trail");
    }
    status = get_meta(index, txn, "rules", bytes, 8, err);
    if (status != HT_OK) return status;
    if (ht_get_be64(bytes) != ht_reading_version()) {
        return ht_fail(err, HT_VERSION, "the index was made by other reading rules: restart with that version");
    }
    return HT_OK;
}

/* A trail that was put back to an older state may have grown again: so the last event indexed must be the same one. */
static enum ht_status check_last(const struct index_env *index, MDB_txn *txn, struct ht_reader *trail,
                                 struct ht_position at, struct ht_error *err)
{
    struct ht_position end;
    enum ht_status status = ht_trail_position(trail, &end, err);
    if (status != HT_OK) return status;
    if (!ht_position_reached(end, at)) return ht_fail(err, HT_CORRUPT, "the index is ahead of the trail");
    if (at.seq == 0) return HT_OK;

    uint8_t seq[8];
    ht_put_be64(seq, at.seq);
    MDB_val key = val_of(seq, sizeof seq);
    MDB_val value;
    struct ht_row row;
    struct ht_record_header header;
    int code = mdb_get(txn, index->tables[INDEX_ROWS], &key, &value);
    if (code == MDB_NOTFOUND) return index_corrupt(INDEX_ROWS, key, err);
    if (code != 0) return index_fail(INDEX_ROWS, code, err);
    status = index_read_row(value, at.seq, &row, err);
    if (status != HT_OK) return status;
    if (ht_trail_header(trail, at.seq, &header, NULL) != HT_OK) return HT_OK; /* the trail's trouble, not the index's */
    if (row.received_at == header.received_at && row.size == header.size && row.endpoint == header.endpoint)
        return HT_OK;
    if (row.flags & HT_ROW_UNREADABLE) return HT_OK;
    return ht_fail(err, HT_CORRUPT, "the index and the trail tell of different events");
}

static enum ht_status check_index(struct ht_store *store, struct index_env *index, MDB_txn *txn, struct ht_error *err)
{
    struct ht_position at;
    struct ht_reader trail = {.store = store};
    enum ht_status status = check_meta(store, index, txn, err);
    if (status == HT_OK) status = read_secrets(store, index, txn, err);
    if (status == HT_OK) status = index_env_position(index, txn, &at, err);
    if (status != HT_OK) return status;
    status = reader_begin_trail(&trail, err);
    if (status != HT_OK) return status;
    status = check_last(index, txn, &trail, at, err);
    mdb_txn_abort(trail.trail_txn);
    return status;
}

static enum ht_status open_tables(struct index_env *index, MDB_txn *txn, struct ht_error *err)
{
    for (int i = 0; i < INDEX_TABLES; i++) {
        unsigned flags = 0;
        int code = mdb_dbi_open(txn, TABLES[i].name, 0, &index->tables[i]);
        if (code == 0) code = mdb_dbi_flags(txn, index->tables[i], &flags);
        if (code == MDB_NOTFOUND || code == MDB_INCOMPATIBLE || (code == 0 && flags != TABLES[i].flags)) {
            return ht_fail(err, HT_CORRUPT, "the index has no table %s as it should be", TABLES[i].name);
        }
        if (code != 0) return index_fail((enum index_table)i, code, err);
    }
    return HT_OK;
}

/* Also refuses a file that was cut off, for reading behind its end would be SIGBUS. LMDB itself leaves the last pages
   unwritten if they were taken and freed within one transaction: a few, as no value here is longer than a page. */
static enum ht_status identify(struct index_env *index, struct ht_error *err)
{
    mdb_filehandle_t fd;
    struct stat stat;
    uint64_t used = env_bytes(index->env);
    int code = mdb_env_get_fd(index->env, &fd);
    if (code != 0) return env_fail(err, code, "opening the index");
    if (fstat(fd, &stat) != 0) return ht_fail_errno(err, errno, "opening the index");
    if ((uint64_t)stat.st_size + UNWRITTEN_MAX < used) return ht_fail(err, HT_CORRUPT, "the index's file is cut off");
    index->device = stat.st_dev;
    index->inode = stat.st_ino;
    return HT_OK;
}

/* Handles of tables that are opened in a read-only transaction live on when that is committed. */
static enum ht_status open_and_check(struct ht_store *store, struct index_env *index, struct ht_error *err)
{
    MDB_txn *txn = NULL;
    enum ht_status status = identify(index, err);
    if (status != HT_OK) return status;
    int code = mdb_txn_begin(index->env, NULL, MDB_RDONLY, &txn);
    if (code != 0) return env_fail(err, code, "opening the index");
    status = open_tables(index, txn, err);
    if (status == HT_OK) status = check_index(store, index, txn, err);
    if (status != HT_OK) {
        mdb_txn_abort(txn);
        return status;
    }
    code = mdb_txn_commit(txn);
    return code == 0 ? HT_OK : env_fail(err, code, "opening the index");
}

static bool data_file(const char *path, struct stat *stat_out)
{
    char file[PATH_MAX];
    return files_join(file, path, "data.mdb", NULL) == HT_OK && stat(file, stat_out) == 0 && S_ISREG(stat_out->st_mode);
}

enum ht_status index_env_open(struct ht_store *store, const char *path, unsigned flags, struct index_env **out,
                              struct ht_error *err)
{
    struct stat stat;
    *out = NULL;
    if (!data_file(path, &stat)) return ht_fail(err, HT_NOT_FOUND, "there is no index");
    struct index_env *index = calloc(1, sizeof *index);
    if (index == NULL) return ht_fail(err, HT_NO_MEMORY, "opening the index");
    atomic_init(&index->references, 1);
    memcpy(index->hash_key, store->hash_key, HASH_KEY_SIZE);
    enum ht_status status = env_open(path, store->options.map_size, INDEX_FLAGS | store_env_flags(store) | flags,
                                     INDEX_TABLES, &index->env, err);
    if (status == HT_OK) status = open_and_check(store, index, err);
    if (status == HT_OK) {
        *out = index;
    } else {
        index_env_release(index);
    }
    return status;
}

/* ---- generations ---- */

struct index_env *index_env_acquire(struct ht_store *store)
{
    pthread_mutex_lock(&store->index_lock);
    struct index_env *index = store->index;
    if (index != NULL) atomic_fetch_add(&index->references, 1);
    pthread_mutex_unlock(&store->index_lock);
    return index;
}

void index_env_release(struct index_env *index)
{
    if (index == NULL || atomic_fetch_sub(&index->references, 1) > 1) return;
    mdb_env_close(index->env);
    index_keys_free(index->keys);
    free(index);
}

MDB_env *index_env_mdb(struct index_env *index)
{
    return index->env;
}

void index_env_publish(struct ht_store *store, struct index_env *index)
{
    pthread_mutex_lock(&store->index_lock);
    struct index_env *old = store->index;
    store->index = index;
    pthread_mutex_unlock(&store->index_lock);
    index_env_release(old);
}

enum ht_status index_env_newest(const struct index_env *index, struct ht_position *position, struct ht_error *err)
{
    MDB_txn *txn = NULL;
    int code = mdb_txn_begin(index->env, NULL, MDB_RDONLY, &txn);
    if (code != 0) return env_fail(err, code, "reading the index");
    enum ht_status status = index_env_position(index, txn, position, err);
    mdb_txn_abort(txn);
    return status;
}

/* ---- replacing ---- */

/* LMDB opens two files by name: while DIR/index is exchanged nobody may be between them. The lock is on DIR itself and
   is held for milliseconds. */
static enum ht_status lock_folder(const struct ht_store *store, int *fd, struct ht_error *err)
{
    *fd = open(store->dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (*fd < 0) return ht_fail_errno(err, errno, "cannot open %s", store->dir);
    int code;
    do {
        code = flock(*fd, LOCK_EX);
    } while (code != 0 && errno == EINTR);
    if (code == 0) return HT_OK;
    enum ht_status status = ht_fail_errno(err, errno, "cannot lock %s", store->dir);
    close(*fd);
    return status;
}

void index_env_sweep(const struct ht_store *store, const char *prefix)
{
    DIR *folder = opendir(store->dir);
    if (folder == NULL) return;
    struct dirent *entry;
    while ((entry = readdir(folder)) != NULL) {
        char path[PATH_MAX];
        if (strncmp(entry->d_name, prefix, strlen(prefix)) != 0) continue;
        if (files_join(path, store->dir, entry->d_name, NULL) == HT_OK) files_remove_tree(path);
    }
    closedir(folder);
}

/* With the folder locked. Afterwards the old index, if any, lies at `path` or ASIDE, and is removed: whoever has it
   open keeps its files. */
static enum ht_status exchange(const struct ht_store *store, const char *path, struct ht_error *err)
{
    char place[PATH_MAX], aside[PATH_MAX];
    enum ht_status status = files_join(place, store->dir, NAME, err);
    if (status == HT_OK) status = files_join(aside, store->dir, ASIDE, err);
    if (status != HT_OK) return status;
    index_env_sweep(store, ASIDE);
    if (renameat2(AT_FDCWD, path, AT_FDCWD, place, RENAME_EXCHANGE) != 0) {
        if (errno != ENOENT && errno != EINVAL && errno != ENOSYS) {
            return ht_fail_errno(err, errno, "cannot exchange %s and %s", path, place);
        }
        if (rename(place, aside) != 0 && errno != ENOENT) return ht_fail_errno(err, errno, "cannot move %s", place);
        if (rename(path, place) != 0) return ht_fail_errno(err, errno, "cannot move %s to %s", path, place);
    }
    status = files_sync_parent(place, err);
    files_remove_tree(path);
    files_remove_tree(aside);
    return status;
}

enum ht_status index_env_swap(struct ht_store *store, const char *path, struct ht_error *err)
{
    int fd;
    enum ht_status status = lock_folder(store, &fd, err);
    if (status != HT_OK) return status;
    status = exchange(store, path, err);
    close(fd);
    return status;
}

static enum ht_status make_anew(struct ht_store *store, struct ht_error *err)
{
    char fresh[PATH_MAX];
    enum ht_status status = files_join(fresh, store->dir, FRESH, err);
    if (status != HT_OK) return status;
    index_env_sweep(store, FRESH);
    status = index_env_make(store, fresh, NULL, err);
    if (status == HT_OK) status = exchange(store, fresh, err);
    if (status != HT_OK) files_remove_tree(fresh);
    return status;
}

/* Of a damaged index nothing is left to look at: so the reason stays. */
static void note_fault(struct ht_store *store, const struct ht_error *cause)
{
    free(store->index_fault);
    store->index_fault = strdup(cause ? cause->detail : "");
}

const char *ht_index_fault(const struct ht_store *store)
{
    return store->index_fault;
}

/* With the folder locked. `own`: one of another version is replaced too. */
static enum ht_status open_or_make(struct ht_store *store, bool own, struct index_env **index, struct ht_error *err)
{
    char place[PATH_MAX];
    enum ht_status status = files_join(place, store->dir, NAME, err);
    if (status != HT_OK) return status;
    status = index_env_open(store, place, 0, index, err);
    if (own && status == HT_CORRUPT) note_fault(store, err);
    if (status == HT_NOT_FOUND || status == HT_CORRUPT || (own && status == HT_VERSION)) {
        status = make_anew(store, err);
        if (status == HT_OK) status = index_env_open(store, place, 0, index, err);
    }
    return status;
}

enum ht_status index_env_attach(struct ht_store *store, struct ht_error *err)
{
    int fd;
    enum ht_status status = lock_folder(store, &fd, err);
    if (status != HT_OK) return status;
    bool doubted = index_is_doubted(store);
    if (doubted) status = make_anew(store, err);
    if (status == HT_OK) status = open_or_make(store, true, &store->index, err);
    if (status == HT_OK && doubted) status = index_doubt_settle(store, err);
    close(fd);
    return status;
}

static bool is_current(const struct ht_store *store, const struct index_env *index)
{
    char place[PATH_MAX];
    struct stat stat;
    return files_join(place, store->dir, NAME, NULL) == HT_OK && data_file(place, &stat) &&
           stat.st_dev == index->device && stat.st_ino == index->inode;
}

/* The name first: only where there is another index, is it worth a look at the trail. */
bool ht_index_outdated(struct ht_store *store)
{
    bool stale = false;
    struct index_env *current = index_env_acquire(store);
    bool replaced = !is_current(store, current);
    index_env_release(current);
    return replaced && index_env_stale(store, &stale, NULL) == HT_OK && stale;
}

enum ht_status index_env_follow(struct ht_store *store, const struct index_env *current, struct index_env **replacement,
                                struct ht_error *err)
{
    int fd;
    *replacement = NULL;
    if (is_current(store, current)) return HT_OK;
    enum ht_status status = lock_folder(store, &fd, err);
    if (status != HT_OK) return status;
    if (!is_current(store, current)) status = open_or_make(store, false, replacement, err);
    close(fd);
    return status;
}
