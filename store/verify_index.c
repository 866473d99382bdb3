#include "verify_index.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/file.h>
#include <unistd.h>

#include "copy.h"
#include "crew.h"
#include "files.h"
#include "harvest_crew.h"
#include "hooktrail/time.h"
#include "index_apply.h"
#include "verify_compare.h"

#define PREFIX "verify.tmp-"
#define BATCH_EVENTS 32768 /* of one write transaction of the derived index */
#define FEW 1000
#define TRIES 3
#define SNAPSHOT_TIME (HT_SECOND / 10)

/* ---- the temporary folder ---- */

/* Its owner holds a lock on it: so that what a killed run left can be told from what another run is using. */
static bool lock_folder(const char *path, int *fd)
{
    *fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC | O_NOFOLLOW);
    if (*fd < 0) return false;
    if (flock(*fd, LOCK_EX | LOCK_NB) == 0) return true;
    close(*fd);
    return false;
}

static void remove_leftovers(const char *dir)
{
    DIR *folder = opendir(dir);
    if (!folder) return;
    struct dirent *entry;
    while ((entry = readdir(folder)) != NULL) {
        char path[PATH_MAX];
        int fd;
        if (strncmp(entry->d_name, PREFIX, sizeof PREFIX - 1) != 0) continue;
        if (files_join(path, dir, entry->d_name, NULL) != HT_OK || !lock_folder(path, &fd)) continue;
        files_remove_tree(path);
        close(fd);
    }
    closedir(folder);
}

static enum ht_status make_folder(const char *dir, char path[PATH_MAX], int *fd, struct ht_error *err)
{
    enum ht_status status = files_join(path, dir, PREFIX "XXXXXX", err);
    if (status != HT_OK) return status;
    if (!mkdtemp(path)) return ht_fail_errno(err, errno, "cannot make a folder in %s", dir);
    if (lock_folder(path, fd)) return HT_OK;
    return ht_fail(err, HT_BUSY, "cannot lock %s: verify again", path);
}

/* ---- deriving ---- */

struct derivation {
    struct verify *verify;
    struct harvest *harvest;   /* for repeats */
    struct harvest_crew *crew; /* for events */
    struct index_batch *batch;
    struct ht_position until;
};

static enum ht_status add_events(struct derivation *derivation, struct ht_error *err)
{
    struct index_batch *batch = derivation->batch;
    uint64_t last = derivation->until.seq, stop = batch->position.seq + BATCH_EVENTS;
    while (batch->position.seq < stop && batch->position.seq < last) {
        const struct harvest *events;
        enum ht_status status = harvest_crew_next(derivation->crew, batch->position.seq + 1, last, &events, err);
        if (status == HT_OK) status = index_apply_events(batch, events, err);
        if (status != HT_OK) return status;
    }
    return HT_OK;
}

/* Once all events are in, so that each repeat finds its own. */
static enum ht_status add_repeats(struct derivation *derivation, struct ht_error *err)
{
    struct index_batch *batch = derivation->batch;
    int64_t deadline = ht_time_steady() + SNAPSHOT_TIME;
    if (batch->position.seq < derivation->until.seq) return HT_OK;
    while (batch->position.repeat < derivation->until.repeat && ht_time_steady() < deadline) {
        uint64_t seq = 0;
        enum ht_status status = harvest_repeat(derivation->harvest, batch->position.repeat + 1, &seq, err);
        if (status == HT_OK) status = index_apply_repeat(batch, batch->position.repeat + 1, seq, err);
        if (status != HT_OK) return status;
        batch->position.repeat++;
    }
    return HT_OK;
}

static enum ht_status derive_batch(struct derivation *derivation, struct ht_error *err)
{
    struct ht_position end;
    enum ht_status status = index_batch_begin(derivation->batch, err);
    if (status != HT_OK) return status;
    status = add_events(derivation, err);
    if (status == HT_OK) status = harvest_begin(derivation->harvest, &end, err);
    if (status == HT_OK) {
        status = add_repeats(derivation, err);
        harvest_end(derivation->harvest);
    }
    if (status == HT_OK) return index_batch_commit(derivation->batch, err);
    index_batch_abort(derivation->batch);
    return status;
}

static enum ht_status derive_all(struct derivation *derivation, struct ht_error *err)
{
    struct ht_position *reached = &derivation->batch->position;
    uint64_t done = derivation->verify->done;
    derivation->verify->total = done + derivation->until.seq; /* the daemon may have gone on since the run began */
    do {
        enum ht_status status = derive_batch(derivation, err);
        if (status != HT_OK) return status;
        derivation->verify->done = done + reached->seq;
        status = verify_goes_on(derivation->verify, err);
        if (status != HT_OK) return status;
    } while (!ht_position_reached(*reached, derivation->until));
    return HT_OK;
}

static enum ht_status derive(struct verify *verify, struct index_env *index, struct ht_position until,
                             struct ht_error *err)
{
    uint8_t hash_key[16];
    unsigned helpers = verify->threads == 0 ? crew_helpers() : verify->threads - 1;
    randombytes_buf(hash_key, sizeof hash_key);
    struct derivation derivation = {.verify = verify, .until = until};
    derivation.harvest = harvest_new(verify->store, hash_key);
    derivation.crew = harvest_crew_new(verify->store, hash_key, helpers);
    derivation.batch = index_batch_new(index);
    enum ht_status status = derivation.harvest && derivation.crew && derivation.batch
                                ? derive_all(&derivation, err)
                                : ht_fail(err, HT_NO_MEMORY, "out of memory for deriving the index");
    index_batch_free(derivation.batch);
    harvest_crew_free(derivation.crew);
    harvest_free(derivation.harvest);
    return status;
}

/* ---- copying, opening, comparing ---- */

/* What a try has come to: whether the two could be compared, which they can as long as nothing is erased. */
struct attempt {
    uint64_t erasures; /* with which the index was begun */
    bool compared;
};

static enum ht_status copy_index(struct ht_store *store, const char *path, struct attempt *attempt,
                                 struct ht_error *err)
{
    struct index_env *current = index_env_acquire(store);
    attempt->erasures = current->erasures;
    enum ht_status status = copy_env(index_env_mdb(current), path, 0, err);
    index_env_release(current);
    return status;
}

/* Nothing but this process knows of it, so it is never synced. */
static enum ht_status make_derived(struct ht_store *store, const char *path, const struct index_env *stored,
                                   struct index_env **index, struct ht_error *err)
{
    enum ht_status status = index_env_make(store, path, stored, err);
    return status == HT_OK ? index_env_open(store, path, MDB_NOSYNC, index, err) : status;
}

static enum ht_status compare(struct verify *verify, struct index_env *stored, const char *folder,
                              struct attempt *attempt, struct ht_error *err)
{
    uint64_t erasures = 0;
    char path[PATH_MAX];
    struct index_env *derived = NULL;
    struct ht_position until;
    enum ht_status status = index_env_newest(stored, &until, err);
    attempt->compared = status != HT_OK;
    if (status != HT_OK) return verify_judge(verify, status, "index/meta", 0, err);
    if (until.seq / 2 > verify->events + FEW) {
        /* A damaged number: deriving would go on for ever. */
        verify_found(verify, "index/meta", 0, "position %" PRIu64 ", but the trail has %" PRIu64 " events", until.seq,
                     verify->events);
        attempt->compared = true;
        return HT_OK;
    }
    status = files_join(path, folder, "derived", err);
    if (status == HT_OK) status = make_derived(verify->store, path, stored, &derived, err);
    if (status == HT_OK) status = derive(verify, derived, until, err);
    if (status == HT_OK) status = trail_counter_now(verify->store, ERASURES_COUNTER, &erasures, err);
    attempt->compared = status == HT_OK && erasures == attempt->erasures;
    if (attempt->compared) status = verify_compare(verify, stored, derived, err);
    index_env_release(derived);
    return status;
}

static enum ht_status copy_and_compare(struct verify *verify, const char *folder, struct attempt *attempt,
                                       struct ht_error *err)
{
    char path[PATH_MAX];
    struct index_env *stored = NULL;
    enum ht_status status = files_join(path, folder, "stored", err);
    if (status == HT_OK) status = copy_index(verify->store, path, attempt, err);
    if (status != HT_OK) return status;
    status = index_env_open(verify->store, path, MDB_RDONLY, &stored, err);
    attempt->compared = status != HT_OK;
    if (status != HT_OK) return verify_judge(verify, status, "index/meta", 0, err);
    status = compare(verify, stored, folder, attempt, err);
    index_env_release(stored);
    return status;
}

static enum ht_status try_once(struct verify *verify, struct attempt *attempt, struct ht_error *err)
{
    char folder[PATH_MAX];
    int fd = -1;
    enum ht_status status = make_folder(verify->store->dir, folder, &fd, err);
    if (status != HT_OK) return status;
    status = copy_and_compare(verify, folder, attempt, err);
    files_remove_tree(folder);
    close(fd);
    return status;
}

/* A stale index is as it should be, but no longer what the trail says: it is brought up first, as it would be anyway.
 */
static enum ht_status renew_stale(struct verify *verify, bool *stale, struct ht_error *err)
{
    enum ht_status status = index_env_stale(verify->store, stale, err);
    if (status != HT_OK || !*stale) return status;
    status = ht_index_catch_up(verify->store, NULL, NULL, NULL, err);
    return status == HT_OK ? index_env_stale(verify->store, stale, err) : status;
}

enum ht_status verify_index(struct verify *verify, struct ht_error *err)
{
    uint64_t done = verify->done;
    remove_leftovers(verify->store->dir);
    for (int i = 0; i < TRIES; i++) {
        struct attempt attempt = {.compared = false};
        bool stale = false;
        verify->done = done;
        enum ht_status status = renew_stale(verify, &stale, err);
        if (status == HT_OK && !stale) status = try_once(verify, &attempt, err);
        if (status != HT_OK || attempt.compared) return status;
    }
    return ht_fail(err, HT_BUSY, "an erasure is under way: verify again");
}
