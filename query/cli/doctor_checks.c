#include <inttypes.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <sys/sysmacros.h>
#include <sys/timex.h>
#include <sys/utsname.h>

#include "doctor.h"
#include "hooktrail/index.h"
#include "hooktrail/keys.h"
#include "hooktrail/rejected.h"
#include "hooktrail/time.h"
#include "hooktrail/trail.h"
#include "local.h"
#include "view.h"

#define LOW_PERCENT 10                  /* of the disk left, or … */
#define LOW_DAYS 30                     /* … so many days at last week's pace: a warning */
#define RESERVE (UINT64_C(64) << 20)    /* below this the daemon refuses deliveries, unless told otherwise */
#define OLD_READER 10000                /* commits: it has held pages for minutes */
#define FAR_BEHIND 32768                /* events that the index has yet to take up */
#define TIME_AHEAD (5 * 60 * HT_SECOND) /* of the clock: too much for a slow clock elsewhere */

/* A check that could not be made is a failure, and no reason to leave the others out. */
static void fail(struct doctor *doctor, const char *name, const struct ht_error *err)
{
    ht_buffer_clear(&doctor->detail);
    ht_buffer_add_text(&doctor->detail, err->detail);
    doctor_conclude(doctor, name, FAILURE);
}

static void check_versions(struct doctor *doctor)
{
    struct utsname kernel;
    ht_buffer_printf(&doctor->detail, "hooktrail %s, ", ht_version());
    ht_libraries(&doctor->detail);
    if (uname(&kernel) == 0) ht_buffer_printf(&doctor->detail, ", %s %s", kernel.sysname, kernel.release);
    doctor_conclude(doctor, "versions", FINE);
}

/* That opening it went well says that owner, modes, filesystem and format are right. */
static bool check_directory(struct doctor *doctor, const char *dir)
{
    struct ht_error err;
    if (ht_session_open_keyless(&doctor->session, doctor->call, &err) != HT_OK) {
        fail(doctor, "directory", &err);
        return false;
    }
    ht_buffer_printf(&doctor->detail,
                     "%s: for its owner alone, on a filesystem of this machine, of a format that "
                     "this hooktrail knows",
                     dir);
    doctor_conclude(doctor, "directory", FINE);
    return true;
}

/* The pid that holds a flock on the file; 0: nobody does. */
static long holder_of(const char *path)
{
    struct stat stat;
    char line[256], place[64];
    long holder = 0;
    FILE *locks = fopen("/proc/locks", "re");
    if (locks == NULL || lstat(path, &stat) != 0) {
        if (locks != NULL) fclose(locks);
        return 0;
    }
    snprintf(place, sizeof place, "%02x:%02x:%ju ", major(stat.st_dev), minor(stat.st_dev), (uintmax_t)stat.st_ino);
    while (holder == 0 && fgets(line, sizeof line, locks) != NULL) {
        const char *exclusive = strstr(line, " WRITE ");
        bool held = strstr(line, " FLOCK ") != NULL && strstr(line, place) != NULL;
        if (held && exclusive != NULL) holder = strtol(exclusive + strlen(" WRITE "), NULL, 10);
    }
    fclose(locks);
    return holder;
}

static void check_daemon(struct doctor *doctor, const char *dir)
{
    char path[PATH_MAX];
    snprintf(path, sizeof path, "%s/daemon.lock", dir);
    long pid = holder_of(path);
    if (pid != 0)
        ht_buffer_printf(&doctor->detail, "hooktraild runs, process %ld", pid);
    else
        ht_buffer_add_text(&doctor->detail, "no hooktraild takes deliveries for this store");
    doctor_conclude(doctor, "daemon", pid != 0 ? FINE : WARNING);
}

/* ---- what one look at the store tells ---- */

/* Reads one fact within the reader's span. */
typedef enum ht_status read_fact(struct ht_reader *reader, void *fact, struct ht_error *err);

static enum ht_status look(struct doctor *doctor, read_fact *read, void *fact, struct ht_error *err)
{
    enum ht_status status = ht_reader_begin(doctor->session.reader, err);
    if (status != HT_OK) return status;
    status = read(doctor->session.reader, fact, err);
    ht_reader_end(doctor->session.reader);
    return status;
}

struct pace {
    int64_t now;
    uint64_t events; /* of all time */
    uint64_t week;   /* of the last seven days */
};

static enum ht_status read_pace(struct ht_reader *reader, void *fact, struct ht_error *err)
{
    uint64_t first, last;
    struct ht_position end;
    struct pace *pace = fact;
    enum ht_status status = ht_trail_position(reader, &end, err);
    if (status == HT_OK) status = ht_index_range(reader, pace->now - 7 * HT_DAY, pace->now, &first, &last, err);
    if (status != HT_OK) return status;
    pace->events = end.seq;
    pace->week = first <= last ? last - first + 1 : 0;
    return HT_OK;
}

static enum ht_status read_rejected(struct ht_reader *reader, void *fact, struct ht_error *err)
{
    return ht_rejected_totals(reader, fact, err);
}

/* When the newest event was received; HT_TIME_NONE if there is none. */
static enum ht_status read_newest(struct ht_reader *reader, void *fact, struct ht_error *err)
{
    struct ht_position end;
    struct ht_record_header header = {.received_at = HT_TIME_NONE};
    enum ht_status status = ht_trail_position(reader, &end, err);
    if (status == HT_OK && end.seq > 0) status = ht_trail_header(reader, end.seq, &header, err);
    *(int64_t *)fact = header.received_at;
    return status;
}

/* ---- */

/* Days until the disk is full at last week's pace; UINT64_MAX if there is no telling. */
static uint64_t days_left(struct doctor *doctor, const struct ht_store_usage *usage)
{
    struct pace pace = {.now = doctor->call->now};
    if (look(doctor, read_pace, &pace, NULL) != HT_OK || pace.events == 0 || pace.week == 0) return UINT64_MAX;
    double each = (double)(usage->trail_bytes + usage->index_bytes) / (double)pace.events;
    return (uint64_t)((double)usage->disk_free / (each * (double)pace.week / 7));
}

static void check_space(struct doctor *doctor, const char *dir, const struct ht_store_usage *usage)
{
    struct statvfs disk;
    uint64_t days = days_left(doctor, usage);
    double percent =
        statvfs(dir, &disk) == 0 && disk.f_blocks > 0 ? (double)disk.f_bavail * 100 / (double)disk.f_blocks : 100;
    ht_local_size(&doctor->detail, usage->trail_bytes);
    ht_buffer_add_text(&doctor->detail, " trail, ");
    ht_local_size(&doctor->detail, usage->index_bytes);
    ht_buffer_add_text(&doctor->detail, " index, ");
    ht_local_size(&doctor->detail, usage->disk_free);
    ht_buffer_printf(&doctor->detail, " free (%.0f %%)", percent);
    if (days < 36500) ht_buffer_printf(&doctor->detail, ", enough for %" PRIu64 " days at last week's pace", days);
    bool low = percent < LOW_PERCENT || days < LOW_DAYS;
    doctor_conclude(doctor, "space", usage->disk_free < RESERVE ? FAILURE : low ? WARNING : FINE);
}

static void check_readers(struct doctor *doctor, const struct ht_store_usage *usage)
{
    ht_buffer_printf(&doctor->detail, "%" PRIu32 " in use, the oldest snapshot is %" PRIu64 " commits old",
                     usage->readers, usage->reader_age);
    doctor_conclude(doctor, "readers", usage->reader_age > OLD_READER ? WARNING : FINE);
}

static void check_usage(struct doctor *doctor, const char *dir)
{
    struct ht_error err;
    struct ht_store_usage usage;
    if (ht_store_usage(doctor->session.store, &usage, &err) == HT_OK) {
        check_space(doctor, dir, &usage);
        check_readers(doctor, &usage);
        return;
    }
    fail(doctor, "space", &err);
    fail(doctor, "readers", &err);
}

/* Nobody refuses such a key, for the directory around it may keep others out. */
static bool others_may_use(const char *path)
{
    struct stat file;
    return stat(path, &file) == 0 && (file.st_mode & S_IRWXO) != 0;
}

static void check_keys(struct doctor *doctor, bool *locked)
{
    struct ht_error err;
    struct ht_keys_state state;
    if (ht_keys_state(doctor->session.store, &state, &err) != HT_OK) {
        fail(doctor, "keys", &err);
        return;
    }
    *locked = state.locked;
    bool exposed = state.sealed && !state.locked && others_may_use(state.master);
    if (!state.sealed) {
        ht_buffer_add_text(&doctor->detail, "payloads are not encrypted");
    } else if (state.locked) {
        ht_buffer_printf(&doctor->detail, "the master key is not at %s: no payload can be read", state.master);
    } else {
        ht_buffer_printf(&doctor->detail,
                         "master key at %s, %" PRIu64 " data keys, %" PRIu64 " destroyed, %" PRIu64 " damaged",
                         state.master, state.given, state.destroyed, state.damaged);
        if (exposed) ht_buffer_printf(&doctor->detail, "; others may read it: run `chmod 600 %s`", state.master);
    }
    doctor_conclude(doctor, "keys", state.locked || state.damaged > 0 ? FAILURE : exposed ? WARNING : FINE);
}

/* Returns how far it is behind. */
static uint64_t check_index(struct doctor *doctor)
{
    uint64_t behind;
    struct ht_error err;
    if (ht_index_lag(doctor->session.store, &behind, NULL, &err) != HT_OK) {
        fail(doctor, "index", &err);
        return 0;
    }
    if (behind == 0)
        ht_buffer_add_text(&doctor->detail, "holds every event of the trail");
    else
        ht_buffer_printf(&doctor->detail, "%" PRIu64 " events are not in it yet", behind);
    doctor_conclude(doctor, "index", behind > FAR_BEHIND ? WARNING : FINE);
    return behind;
}

static void check_rejected(struct doctor *doctor)
{
    struct ht_error err;
    struct ht_rejected_totals totals;
    if (look(doctor, read_rejected, &totals, &err) != HT_OK) {
        fail(doctor, "rejected", &err);
        return;
    }
    ht_buffer_printf(&doctor->detail, "%" PRIu64 " deliveries are kept that could not be taken in", totals.count);
    if (totals.count > 0) ht_buffer_add_text(&doctor->detail, ": see `hooktrail rejected`");
    doctor_conclude(doctor, "rejected", totals.count > 0 ? WARNING : FINE);
}

static void check_clock(struct doctor *doctor)
{
    int64_t newest;
    struct ht_error err;
    struct timex clock = {0};
    if (look(doctor, read_newest, &newest, &err) != HT_OK) {
        fail(doctor, "clock", &err);
        return;
    }
    bool stepped = newest != HT_TIME_NONE && newest > doctor->call->now + TIME_AHEAD;
    bool loose = adjtimex(&clock) == TIME_ERROR;
    ht_buffer_add_text(&doctor->detail, loose ? "the kernel says that nothing keeps it in step" : "kept in step");
    if (stepped) {
        ht_buffer_add_text(&doctor->detail, "; the newest event came in its future, ");
        ht_local_add(&doctor->detail, newest, HT_LOCAL_TIME);
    }
    doctor_conclude(doctor, "clock", stepped || loose ? WARNING : FINE);
}

/* What has fallen silent, by name. */
static void name_quiet(struct doctor *doctor, struct ht_view *view, const char *list, const char *name,
                       const char *other)
{
    uint32_t array = ht_view_find(view, 0, list);
    for (uint32_t at = ht_json_first(view->json, array); at != HT_JSON_NONE;
         at = ht_json_after(view->json, array, at)) {
        if (!ht_view_true(view, at, "unusually_quiet")) continue;
        ht_buffer_add_text(&doctor->detail, doctor->detail.size > 0 ? ", " : "unusually quiet: ");
        bool named = ht_view_find(view, at, name) != HT_JSON_NONE;
        ht_view_add(view, &doctor->detail, at, named ? name : other);
    }
}

static void check_silence(struct doctor *doctor, uint64_t behind)
{
    struct ht_error err;
    struct ht_view view = {0};
    struct ht_filter filter;
    ht_filter_init(&filter);
    enum ht_status status = ht_session_read(&doctor->session, HT_QUERY_HEALTH, HT_FORMAT_DOCUMENT, HT_ABSENT, &filter,
                                            &doctor->health, NULL, &err);
    if (status == HT_OK) status = ht_view_parse(&view, ht_buffer_slice(&doctor->health), &err);
    if (status != HT_OK) {
        fail(doctor, "silence", &err);
        ht_buffer_clear(&doctor->health);
    } else {
        name_quiet(doctor, &view, "types", "type", "type");
        name_quiet(doctor, &view, "agents", "agent_name", "agent_id");
        bool quiet = doctor->detail.size > 0;
        if (!quiet) ht_buffer_add_text(&doctor->detail, "no type of event and no agent is unusually quiet");
        if (behind > 0) ht_buffer_add_text(&doctor->detail, ", as far as the index goes");
        doctor_conclude(doctor, "silence", quiet ? WARNING : FINE);
    }
    ht_view_release(&view);
}

void doctor_examine(struct doctor *doctor, const char *dir)
{
    bool locked = false;
    check_versions(doctor);
    if (!check_directory(doctor, dir)) return;
    check_daemon(doctor, dir);
    check_usage(doctor, dir);
    check_clock(doctor);
    check_keys(doctor, &locked);
    check_rejected(doctor);
    if (locked) return; /* nor is there an index to be read */
    check_silence(doctor, check_index(doctor));
}
