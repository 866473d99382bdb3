/* A restored store grows under a temporary name beside its place and gets its own when all is done: whoever finds it
   finds a store that was verified and has forgotten what it had to. A killed run leaves TO.restoring-XXXXXX, which is
   of no use and may be removed. DIR/heads isn't copied: what the original has signed since is not known to a backup. */
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <sys/file.h>
#include <unistd.h>

#include "backup_chain.h"
#include "beside.h"
#include "copy.h"
#include "erasures_log.h"
#include "files.h"
#include "hooktrail/act.h"
#include "hooktrail/keeping.h"
#include "increment_apply.h"

#define MOST_TABLES 32 /* of an environment */

struct restoring {
    const struct ht_restore_options *options;
    struct backup_chain chain;
    struct beside place;
    uint64_t known;          /* erasures that the backup, or the last increment, knows of */
    struct ht_finding first; /* of what was found wrong; table is NULL if nothing was */
    ht_progress *progress;
    void *context;
};

/* ---- copying ---- */

/* A store that somebody has open changes while it is read, and LMDB's locks may not lie on a medium of backups. */
static enum ht_status check_closed(const char *backup, struct ht_error *err)
{
    char path[PATH_MAX];
    enum ht_status status = files_join(path, backup, "open.lock", err);
    if (status != HT_OK) return status;
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0) return HT_OK; /* none was left there by whoever made it */
    if (flock(fd, LOCK_EX | LOCK_NB) != 0 && errno == EWOULDBLOCK)
        status = ht_fail(err, HT_BUSY, "somebody has %s open: restore from a backup, which `hooktrail backup` makes",
                         backup);
    close(fd);
    return status;
}

static enum ht_status count_erasures(MDB_env *env, uint64_t *count, struct ht_error *err)
{
    MDB_txn *txn = NULL;
    MDB_dbi table;
    MDB_stat stat_of;
    int code = mdb_txn_begin(env, NULL, MDB_RDONLY, &txn);
    if (code == 0) code = mdb_dbi_open(txn, "erasures", 0, &table);
    if (code == 0) code = mdb_stat(txn, table, &stat_of);
    if (code == 0) *count = stat_of.ms_entries;
    if (txn != NULL) mdb_txn_abort(txn);
    if (code == MDB_NOTFOUND) return ht_fail(err, HT_VERSION, "the backup's trail is none that this hooktrail knows");
    return code == 0 ? HT_OK : env_fail(err, code, "reading the backup");
}

static enum ht_status copy_trail(struct restoring *restoring, struct ht_error *err)
{
    char from[PATH_MAX], to[PATH_MAX];
    MDB_env *env = NULL;
    const struct ht_restore_options *options = restoring->options;
    size_t map_size = options->store.map_size != 0 ? options->store.map_size : (size_t)1 << 40;
    enum ht_status status = files_join(from, options->backup, "trail", err);
    if (status == HT_OK) status = files_join(to, restoring->place.temporary, "trail", err);
    if (status != HT_OK) return status;
    if (access(from, F_OK) != 0) return ht_fail(err, HT_NOT_FOUND, "%s holds no backup", options->backup);
    status = env_open(from, map_size, MDB_RDONLY | MDB_NOLOCK, MOST_TABLES, &env, err);
    if (status != HT_OK) return status;
    status = count_erasures(env, &restoring->known, err);
    if (status == HT_OK) status = copy_env(env, to, MDB_CP_COMPACT, err);
    mdb_env_close(env);
    return status;
}

static enum ht_status copy_keys(const struct restoring *restoring, struct ht_error *err)
{
    char from[PATH_MAX], to[PATH_MAX];
    enum ht_status status = files_join(from, restoring->options->backup, "keys", err);
    if (status == HT_OK) status = files_join(to, restoring->place.temporary, "keys", err);
    return status == HT_OK ? copy_folder(from, to, NULL, err) : status;
}

/* Those of the file that was given, or what the backup itself brings. */
static enum ht_status copy_erasures(const struct restoring *restoring, struct ht_error *err)
{
    char from[PATH_MAX], to[PATH_MAX];
    const char *given = restoring->options->erasures;
    enum ht_status status = files_join(to, restoring->place.temporary, ERASURES_LOG_NAME, err);
    if (status == HT_OK) status = files_join(from, restoring->options->backup, ERASURES_LOG_NAME, err);
    if (status != HT_OK) return status;
    if (given != NULL) return copy_file(given, to, err);
    status = copy_file(from, to, err);
    return status == HT_NOT_FOUND ? HT_OK : status;
}

/* ---- increments ---- */

static bool pass_on(void *context, uint64_t done, uint64_t total)
{
    const struct restoring *restoring = context;
    return restoring->progress == NULL || restoring->progress(restoring->context, done, total);
}

static enum ht_status apply_increments(struct restoring *restoring, struct ht_error *err)
{
    const struct backup_chain *chain = &restoring->chain;
    enum ht_status status = HT_OK;
    for (size_t i = 1; status == HT_OK && i < chain->count; i++) {
        status = increment_apply(restoring->place.temporary, chain->paths[i], &chain->links[i],
                                 &restoring->options->store, pass_on, restoring, err);
        restoring->known = chain->links[i].at.erasures;
    }
    return status;
}

/* ---- the copy as a store ---- */

static void keep_first(void *context, const struct ht_finding *finding)
{
    struct restoring *restoring = context;
    if (restoring->first.table == NULL && !finding->lost) restoring->first = *finding;
}

static enum ht_status verify(struct restoring *restoring, struct ht_store *store, struct ht_verified *verified,
                             struct ht_error *err)
{
    enum ht_status status = ht_verify(store, NULL, keep_first, pass_on, restoring, verified, err);
    if (restoring->first.table == NULL) return status;
    return ht_fail(err, HT_CORRUPT, "the copy has %" PRIu64 " faults, the first in %s: %s", verified->findings,
                   restoring->first.table, restoring->first.detail);
}

static enum ht_status count_all(struct ht_store *store, uint64_t *count, struct ht_error *err)
{
    struct ht_reader *reader;
    enum ht_status status = ht_reader_new(store, &reader, err);
    if (status != HT_OK) return status;
    status = ht_reader_begin(reader, err);
    if (status == HT_OK) {
        status = ht_erasure_last(reader, count, err);
        ht_reader_end(reader);
    }
    ht_reader_free(reader);
    return status;
}

static enum ht_status record_act(struct ht_store *store, int64_t now, size_t increments,
                                 const struct ht_restored *restored, struct ht_error *err)
{
    char detail[160], links[48] = "";
    if (increments > 0) snprintf(links, sizeof links, " and %zu increments", increments);
    snprintf(detail, sizeof detail, "a backup%s of %" PRIu64 " events; %" PRIu64 " erasures were repeated", links,
             restored->verified.events, restored->erasures);
    const struct ht_act act = {.at = now, .kind = HT_ACT_RESTORE, .detail = ht_slice_from(detail)};
    return ht_act_record(store, &act, err);
}

/* Opening it applies the erasures that its trail doesn't know. */
static enum ht_status try_out(struct restoring *restoring, struct ht_restored *restored, struct ht_error *err)
{
    struct ht_store *store;
    uint64_t erasures = 0;
    enum ht_status status = ht_store_open(restoring->place.temporary, &restoring->options->store, &store, err);
    if (status != HT_OK) return status;
    status = erasures_log_is_cut(store, &restored->erasures_cut, &restored->erasures_last, err);
    if (status == HT_OK) status = ht_index_catch_up(store, pass_on, restoring, NULL, err);
    if (status == HT_OK) status = verify(restoring, store, &restored->verified, err);
    if (status == HT_OK) status = count_all(store, &erasures, err);
    restored->erasures = erasures - restoring->known;
    if (status == HT_OK)
        status = record_act(store, restoring->options->now, restoring->options->increment_count, restored, err);
    ht_store_close(store);
    return status;
}

/* ---- all of it ---- */

enum ht_status ht_restore(const struct ht_restore_options *options, const char *to, ht_progress *progress,
                          void *context, struct ht_restored *restored, struct ht_error *err)
{
    struct restoring restoring = {.options = options, .progress = progress, .context = context};
    *restored = (struct ht_restored){0};
    enum ht_status status = check_closed(options->backup, err);
    if (status == HT_OK)
        status =
            backup_chain_open(&restoring.chain, options->backup, options->increments, options->increment_count, err);
    if (status == HT_OK) status = beside_make(&restoring.place, BESIDE_STORE, to, "restoring", err);
    if (status == HT_OK) status = copy_trail(&restoring, err);
    if (status == HT_OK) status = copy_keys(&restoring, err);
    if (status == HT_OK) status = copy_erasures(&restoring, err);
    if (status == HT_OK) status = apply_increments(&restoring, err);
    if (status == HT_OK) status = try_out(&restoring, restored, err);
    if (status == HT_OK) status = beside_publish(&restoring.place, err);
    beside_drop(&restoring.place);
    backup_chain_release(&restoring.chain);
    return status;
}
