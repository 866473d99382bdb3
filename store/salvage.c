/* Salvage: a new store of all that can still be read of a damaged one.

   1. Rows, not pages. LMDB never touches the damaged file, whose pages it would trust: pages.c reads it as bytes of a
      stranger. Tables are walked from the newest directory that is sound. Events, repeated deliveries, acts and
   erasures have numbers without gaps and a checksum bound to the number: what a walk does not reach is found by a sweep
   of the whole file, wherever it lies. What can change, and has no checksum of its own (endpoints, tokens, …), comes
   from the newest directory alone: an old page may show a token before it was revoked.
   2. Numbers stay. Each event has the seq that it had. In the place of a record that is lost there is a mark (lost.h),
      so that verify tells of it and of nothing else. Where the bytes of its leaf, or their hash in the tree, can still
      be read, the mark keeps them.
   3. The tree judges. Both Merkle trees are grown anew, of records and marks, and held against every checkpoint that
   the damaged store has signed. If they are what was signed, the log goes on, and all proofs hold. If not, or if what
   was signed last is not known, it begins anew with another key and name: nothing contradicts what was published.
   4. Erased stays erased. An erasure covers its events, whatever an old page still shows of them.
   5. An act says what was lost, in the signed log of acts; the marks name it. The new store is opened, its index built,
      all of it verified, and only then does it get its name. A killed run leaves TO.salvaging-XXXXXX, which may be
      removed. Nothing is written to the damaged store. */
#include "salvage.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "copy.h"
#include "erasures_log.h"
#include "files.h"
#include "hooktrail/act.h"
#include "hooktrail/log.h"

/* ---- the damaged store ---- */

/* Nobody may write to it meanwhile. A store from which even this file is gone is read all the same. */
static enum ht_status lock_old(const char *from, int *lock, struct ht_error *err)
{
    char path[PATH_MAX];
    struct stat stat_of;
    *lock = -1;
    if (stat(from, &stat_of) != 0 || !S_ISDIR(stat_of.st_mode))
        return ht_fail(err, HT_NOT_FOUND, "there is no data directory %s", from);
    enum ht_status status = files_join(path, from, "open.lock", err);
    if (status != HT_OK) return status;
    *lock = open(path, O_RDONLY | O_CLOEXEC);
    if (*lock >= 0 && flock(*lock, LOCK_EX | LOCK_NB) != 0 && errno == EWOULDBLOCK)
        return ht_fail(err, HT_BUSY, "somebody has %s open: stop hooktraild, and whatever else uses it", from);
    return HT_OK;
}

static enum ht_status open_pages(struct salvage *salvage, struct ht_error *err)
{
    char path[PATH_MAX];
    enum ht_status status = files_join(path, salvage->options->from, "trail/data.mdb", err);
    if (status == HT_OK) status = pages_open(&salvage->pages, path, err);
    if (status != HT_OK) return status;
    salvage->damaged = !salvage->pages.exact;
    if (!salvage->pages.found)
        salvage_tell(salvage, "trail", 0, "neither of its two meta pages is sound: its tables have to be looked for");
    else if (!salvage->pages.exact)
        salvage_tell(salvage, "trail", 0, "one of its two meta pages is damaged: what was changed last may be missing");
    if (salvage->pages.count < salvage->pages.promised)
        salvage_tell(salvage, "trail", 0, "it is cut off: it has %" PRIu64 " of %" PRIu64 " pages",
                     salvage->pages.count, salvage->pages.promised);
    return HT_OK;
}

/* ---- the new one ---- */

/* While it is made nobody relies on it: it is synced when all is copied, and once more before it gets its name. */
static enum ht_status hurry(const struct salvage *salvage, struct ht_error *err)
{
    int code = mdb_env_set_flags(salvage->store->trail.env, MDB_NOSYNC, 1);
    return code == 0 ? HT_OK : env_fail(err, code, "making the new trail");
}

static enum ht_status sync_all(const struct salvage *salvage, struct ht_error *err)
{
    int code = mdb_env_sync(salvage->store->trail.env, 1);
    return code == 0 ? HT_OK : env_fail(err, code, "syncing the new trail");
}

static enum ht_status make_store(struct salvage *salvage, struct ht_error *err)
{
    enum ht_status status = store_new(salvage->place.temporary, &salvage->options->store, &salvage->store, err);
    if (status == HT_OK) status = store_new(salvage->options->from, &salvage->options->store, &salvage->old, err);
    if (status == HT_OK) status = trail_env_make(salvage->store, salvage->options->now, err);
    if (status == HT_OK) status = hurry(salvage, err);
    if (status == HT_OK) memset(salvage->store->trail_id, 0, HT_TRAIL_ID_SIZE); /* until the old one's is found */
    return status;
}

/* ---- what lies beside ---- */

/* Whole, or not at all: then it is written anew from the trail when the store is opened. */
static enum ht_status take_erasures_log(struct salvage *salvage, struct ht_error *err)
{
    struct erasures_log log;
    struct erasures_frame frame;
    struct ht_buffer buffer = {0};
    char from[PATH_MAX], to[PATH_MAX];
    uint64_t offset = 0, last = 0;
    enum ht_status status = salvage_path(salvage, true, ERASURES_LOG_NAME, from, err);
    if (status == HT_OK) status = salvage_path(salvage, false, ERASURES_LOG_NAME, to, err);
    if (status != HT_OK || salvage->end[SALVAGE_ERASURES] == 0) return status;
    status = erasures_log_open(salvage->old, false, &log, err);
    while (status == HT_OK) {
        status = erasures_log_next(&log, &offset, &buffer, &frame, err);
        if (status == HT_OK) last = frame.number;
    }
    erasures_log_close(&log);
    ht_buffer_release(&buffer);
    if (status == HT_NOT_FOUND && last == salvage->end[SALVAGE_ERASURES]) return copy_file(from, to, err);
    salvage_tell(salvage, "erasures.log", 0, "it is missing or damaged: it was written anew");
    return status == HT_NO_MEMORY ? status : HT_OK;
}

/* ---- the new store as a store ---- */

static bool pass_on(void *context, uint64_t done, uint64_t total)
{
    const struct salvage *salvage = context;
    return salvage->progress == NULL || salvage->progress(salvage->context, done, total);
}

struct proof {
    struct salvage *salvage;
    struct ht_finding first; /* of what verify found wrong; table is NULL if nothing was */
};

static void keep_first(void *context, const struct ht_finding *finding)
{
    struct proof *proof = context;
    if (proof->first.table == NULL && !finding->lost) proof->first = *finding;
}

static bool pass_on_proof(void *context, uint64_t done, uint64_t total)
{
    return pass_on(((struct proof *)context)->salvage, done, total);
}

static enum ht_status prove(struct salvage *salvage, struct ht_store *store, struct ht_error *err)
{
    struct proof proof = {.salvage = salvage};
    enum ht_status status =
        ht_verify(store, NULL, keep_first, pass_on_proof, &proof, &salvage->salvaged->verified, err);
    if (proof.first.table == NULL) return status;
    return ht_fail(err, HT_CORRUPT, "what was salvaged does not verify, and was not kept: %s: %s", proof.first.table,
                   proof.first.detail);
}

static enum ht_status record_act(struct salvage *salvage, struct ht_store *store, struct ht_error *err)
{
    char detail[HT_ACT_TEXT + 1];
    const struct ht_salvaged *salvaged = salvage->salvaged;
    snprintf(detail, sizeof detail,
             "lost: %" PRIu64 " events, %" PRIu64 " repeated deliveries, %" PRIu64 " acts; things found: %" PRIu64
             "; the log %s",
             salvaged->lost, salvaged->lost_repeats, salvaged->lost_acts, salvaged->findings,
             salvage->new_log ? "begins anew" : "goes on");
    const struct ht_act act = {.at = salvage->options->now, .kind = HT_ACT_SALVAGE, .detail = ht_slice_from(detail)};
    return ht_act_record(store, &act, err);
}

/* The marks name the act by the number that it has to get. */
static enum ht_status check_act(struct salvage *salvage, struct ht_store *store, struct ht_error *err)
{
    MDB_txn *txn = NULL;
    uint64_t last = 0;
    int code = mdb_txn_begin(store->trail.env, NULL, MDB_RDONLY, &txn);
    if (code != 0) return env_fail(err, code, "reading the new trail");
    enum ht_status status = trail_last(txn, store->trail.acts, &last, err);
    mdb_txn_abort(txn);
    if (status != HT_OK || last == salvage->act) return status;
    return ht_fail(err, HT_CORRUPT, "the act has number %" PRIu64 ", not %" PRIu64, last, salvage->act);
}

static enum ht_status try_out(struct salvage *salvage, struct ht_error *err)
{
    struct ht_store *store;
    enum ht_status status = ht_store_open(salvage->place.temporary, &salvage->options->store, &store, err);
    if (status != HT_OK) return status;
    snprintf(salvage->salvaged->origin, sizeof salvage->salvaged->origin, "%s", ht_log_origin(store, HT_LOG_EVENTS));
    status = record_act(salvage, store, err);
    if (status == HT_OK) status = check_act(salvage, store, err);
    for (int log = 0; log < HT_LOG_COUNT && status == HT_OK; log++)
        status = ht_log_sign(store, (enum ht_log)log, err);
    if (status == HT_OK) status = ht_index_catch_up(store, pass_on, salvage, NULL, err);
    if (status == HT_OK) status = prove(salvage, store, err);
    ht_store_close(store);
    return status;
}

/* ---- all of it ---- */

static enum ht_status copy(struct salvage *salvage, struct ht_error *err)
{
    enum ht_status status = open_pages(salvage, err);
    if (status == HT_OK) status = make_store(salvage, err);
    if (status == HT_OK) status = salvage_meta(salvage, err);
    if (status == HT_OK) status = salvage_keys(salvage, err);
    if (status == HT_OK) status = salvage_walk(salvage, err);
    if (status != HT_OK) return status;
    salvage_log_ends(salvage);
    status = salvage_sweep(salvage, err);
    if (status == HT_OK) status = salvage_settle(salvage, err);
    if (status == HT_OK) status = salvage_small_tables(salvage, err);
    if (status == HT_OK) status = salvage_settle_keys(salvage, err);
    if (status == HT_OK) status = take_erasures_log(salvage, err);
    if (status == HT_OK) status = salvage_log(salvage, err);
    return status == HT_OK ? sync_all(salvage, err) : status;
}

static enum ht_status run(struct salvage *salvage, struct ht_error *err)
{
    enum ht_status status = copy(salvage, err);
    ht_store_close(salvage->store);
    ht_store_close(salvage->old);
    pages_close(&salvage->pages);
    if (status == HT_OK) status = try_out(salvage, err);
    return status == HT_OK ? beside_publish(&salvage->place, err) : status;
}

enum ht_status ht_salvage(const struct ht_salvage_options *options, const char *to, ht_report *report,
                          ht_progress *progress, void *context, struct ht_salvaged *salvaged, struct ht_error *err)
{
    struct salvage salvage = {.options = options,
                              .pages = {.fd = -1},
                              .report = report,
                              .progress = progress,
                              .context = context,
                              .salvaged = salvaged};
    int lock = -1;
    *salvaged = (struct ht_salvaged){.done = false};
    enum ht_status status = lock_old(options->from, &lock, err);
    if (status == HT_OK) status = beside_make(&salvage.place, BESIDE_STORE, to, "salvaging", err);
    if (status == HT_OK) status = run(&salvage, err);
    beside_drop(&salvage.place);
    if (lock >= 0) close(lock);
    ht_buffer_release(&salvage.leaves);
    ht_buffer_release(&salvage.endpoints);
    salvaged->done = status == HT_OK;
    salvaged->new_log = salvage.new_log;
    if (status != HT_OK || salvaged->findings == 0) return status;
    return ht_fail(err, HT_CORRUPT, "%" PRIu64 " %s lost or in doubt; all else is in %s", salvaged->findings,
                   salvaged->findings == 1 ? "thing is" : "things are", to);
}
