#include "crowd.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>

#include "hooktrail/act.h"
#include "hooktrail/erasure.h"
#include "hooktrail/export.h"
#include "hooktrail/json.h"
#include "hooktrail/time.h"
#include "hooktrail/watermark.h"

#define MAX_FILES 2000

struct bench {
    struct scratch scratch;
    char to[128];
};

static int set_up(void **state)
{
    struct bench *bench = calloc(1, sizeof *bench);
    assert_non_null(bench);
    scratch_make(&bench->scratch);
    snprintf(bench->to, sizeof bench->to, "%s-out", bench->scratch.dir);
    *state = bench;
    return 0;
}

static int tear_down(void **state)
{
    struct bench *bench = *state;
    nftw(bench->to, scratch_remove_one, 16, FTW_DEPTH | FTW_PHYS);
    scratch_drop(&bench->scratch);
    free(bench);
    return 0;
}

static enum ht_status run(struct bench *bench, const char *name, uint64_t file_bytes, ht_progress *progress,
                          void *context, struct ht_export_result *result, struct ht_error *err)
{
    struct ht_export_options options = {.to = bench->to,
                                        .format = "ndjson",
                                        .name = name,
                                        .since = HT_TIME_NONE,
                                        .until = INT64_MAX,
                                        .file_bytes = file_bytes};
    return ht_export_run(bench->scratch.store, &options, SCRATCH_NOW, progress, context, result, err);
}

static enum ht_status run_full(struct bench *bench, const char *name, struct ht_export_result *result,
                               struct ht_error *err)
{
    struct ht_export_options options = {.to = bench->to,
                                        .format = "ndjson",
                                        .name = name,
                                        .since = HT_TIME_NONE,
                                        .until = INT64_MAX,
                                        .full = true,
                                        .file_bytes = 3000};
    return ht_export_run(bench->scratch.store, &options, SCRATCH_NOW, NULL, NULL, result, err);
}

/* ---- reading what was written ---- */

struct listing {
    char names[MAX_FILES][80]; /* "date=…/events-…" */
    size_t count;
};

static int compare_names(const void *a, const void *b)
{
    const char *x = a, *y = b;
    return strcmp(strchr(x, '/'), strchr(y, '/'));
}

static void list_day(const struct bench *bench, const char *day, struct listing *listing)
{
    char path[512];
    struct dirent *entry;
    snprintf(path, sizeof path, "%s/events/%s", bench->to, day);
    DIR *folder = opendir(path);
    assert_non_null(folder);
    while ((entry = readdir(folder)) != NULL) {
        if (strcmp(entry->d_name, ".") == 0 || strcmp(entry->d_name, "..") == 0) continue;
        assert_int_equal(strncmp(entry->d_name, "events-", 7), 0);
        assert_in_range(listing->count, 0, MAX_FILES - 1);
        snprintf(listing->names[listing->count++], sizeof listing->names[0], "%.20s/%.58s", day, entry->d_name);
    }
    closedir(folder);
}

/* The names of the files of events, in the order of their numbers; there must be nothing else. */
static void list(const struct bench *bench, struct listing *listing)
{
    char path[512];
    struct dirent *entry;
    listing->count = 0;
    snprintf(path, sizeof path, "%s/events", bench->to);
    DIR *folder = opendir(path);
    if (!folder) return;
    while ((entry = readdir(folder)) != NULL) {
        if (strcmp(entry->d_name, ".") == 0 || strcmp(entry->d_name, "..") == 0) continue;
        assert_int_equal(strncmp(entry->d_name, "date=", 5), 0);
        list_day(bench, entry->d_name, listing);
    }
    closedir(folder);
    qsort(listing->names, listing->count, sizeof listing->names[0], compare_names);
}

static char *read_file(const struct bench *bench, const char *name, size_t *size)
{
    char path[512];
    struct stat stat;
    snprintf(path, sizeof path, "%s/events/%s", bench->to, name);
    int fd = open(path, O_RDONLY);
    assert_true(fd >= 0 && fstat(fd, &stat) == 0);
    *size = (size_t)stat.st_size;
    char *bytes = malloc(*size + 1);
    assert_non_null(bytes);
    assert_int_equal(read(fd, bytes, *size), *size);
    close(fd);
    return bytes;
}

/* A line is one JSON object with this seq. */
static void check_line(struct ht_json *json, struct ht_slice line, uint64_t seq)
{
    char wanted[32];
    assert_ok(ht_json_parse(json, line, &scratch_error));
    snprintf(wanted, sizeof wanted, "%llu", (unsigned long long)seq);
    assert_true(ht_slice_is(ht_json_raw(json, ht_json_member(json, 0, "seq")), wanted));
    assert_int_equal(ht_json_type(json, ht_json_member(json, 0, "payload")), HT_JSON_OBJECT);
}

/* Each event from `first` to `last` is in exactly one file, in order, and each file holds what its name says. */
static void check_files(const struct bench *bench, uint64_t first, uint64_t last)
{
    struct listing *listing = malloc(sizeof *listing);
    struct ht_json *json = ht_json_new();
    uint64_t seq = first;
    assert_non_null(listing);
    list(bench, listing);
    for (size_t i = 0; i < listing->count; i++) {
        unsigned long long from, to;
        size_t size;
        assert_int_equal(sscanf(strchr(listing->names[i], '/'), "/events-%llu-%llu", &from, &to), 2);
        assert_int_equal(from, seq);
        char *bytes = read_file(bench, listing->names[i], &size);
        for (char *at = bytes; at < bytes + size; seq++) {
            char *end = memchr(at, '\n', (size_t)(bytes + size - at));
            assert_non_null(end);
            check_line(json, ht_slice_of(at, (size_t)(end - at)), seq);
            at = end + 1;
        }
        assert_int_equal(to + 1, seq);
        free(bytes);
    }
    assert_int_equal(seq, last + 1);
    ht_json_free(json);
    free(listing);
}

static uint64_t trail_repeats(struct bench *bench)
{
    struct ht_position end;
    assert_ok(ht_index_catch_up(bench->scratch.store, NULL, NULL, &end, &scratch_error));
    return end.repeat;
}

/* ---- what a file holds ---- */

static void without_a_name_everything_is_written_each_time(void **state)
{
    struct bench *bench = *state;
    struct ht_export_result result;
    struct listing first, second;
    crowd_append(bench->scratch.store, 1, 300);
    assert_ok(run(bench, NULL, 20000, NULL, NULL, &result, &scratch_error));
    assert_int_equal(result.first, 1);
    assert_int_equal(result.last, 300);
    assert_int_equal(result.events, 300);
    check_files(bench, 1, 300);
    list(bench, &first);
    assert_true(first.count > 3 && first.count < result.files);
    assert_ok(run(bench, NULL, 20000, NULL, NULL, &result, &scratch_error));
    list(bench, &second);
    assert_int_equal(first.count, second.count);
    for (size_t i = 0; i < first.count; i++)
        assert_string_equal(first.names[i], second.names[i]);
    /* More events and other borders: what was there goes. */
    crowd_append(bench->scratch.store, 301, 400);
    assert_ok(run(bench, NULL, 0, NULL, NULL, &result, &scratch_error));
    check_files(bench, 1, 400);
}

static void an_empty_trail_makes_no_file(void **state)
{
    struct bench *bench = *state;
    struct ht_export_result result;
    struct listing listing;
    assert_ok(run(bench, NULL, 0, NULL, NULL, &result, &scratch_error));
    assert_true(result.last < result.first);
    assert_int_equal(result.events + result.bytes + result.files, 0);
    list(bench, &listing);
    assert_int_equal(listing.count, 0);
    nftw(bench->to, scratch_remove_one, 16, FTW_DEPTH | FTW_PHYS);
    assert_ok(run(bench, "nightly", 0, NULL, NULL, &result, &scratch_error));
    assert_int_equal(result.run + result.events + result.bytes + result.files, 0);
}

static void a_line_says_all_of_an_event(void **state)
{
    static const char payload[] =
        "\r\n{ \"type\" : \"new_lead\",\n\t\"agent_id\":\"a\\n\\u000a\",\r\n \"big\": 9007199254740993.10,"
        "\"lead\":{\"id\":\"l\"},\n\n\"text\":\"line \\\\n \xe2\x80\xa8 \xc3\xa9\"}\n";
    static const char kept[] =
        "\"payload\":{ \"type\" : \"new_lead\",\t\"agent_id\":\"a\\n\\u000a\", \"big\": 9007199254740993.10,"
        "\"lead\":{\"id\":\"l\"},\"text\":\"line \\\\n \xe2\x80\xa8 \xc3\xa9\"},\"erased_at\":null}\n";
    static const char *const keys[] = {
        "trail",           "seq",     "type",       "received_at", "occurred_at", "agent_id", "agent_name",
        "conversation_id", "lead_id", "visitor_id", "derived",     "sha256",      "size",     "deliveries",
        "warnings",        "payload", "erased_at"};
    struct bench *bench = *state;
    struct ht_appender *appender;
    struct ht_export_result result;
    struct ht_buffer scratch = {0};
    size_t size;
    assert_ok(ht_appender_new(bench->scratch.store, &appender, &scratch_error));
    scratch_append(appender, payload, SCRATCH_NOW, NULL);
    scratch_append(appender, payload, SCRATCH_NOW + 1, NULL);
    ht_appender_free(appender);
    assert_ok(run(bench, "n", 0, NULL, NULL, &result, &scratch_error));
    struct listing listing;
    list(bench, &listing);
    assert_int_equal(listing.count, 1);
    char *line = read_file(bench, listing.names[0], &size);
    assert_true(size > sizeof kept);
    assert_memory_equal(line + size - (sizeof kept - 1), kept, sizeof kept - 1);
    struct ht_json *json = ht_json_new();
    assert_ok(ht_json_parse(json, ht_slice_of(line, size), &scratch_error));
    uint32_t member = ht_json_first(json, 0);
    for (size_t i = 0; i < sizeof keys / sizeof keys[0]; i++) {
        assert_true(ht_slice_is(ht_json_raw(json, member), keys[i]));
        member = ht_json_after(json, 0, member);
    }
    assert_true(ht_slice_is(ht_json_raw(json, ht_json_member(json, 0, "type")), "new-contact"));
    assert_true(ht_slice_is(ht_json_raw(json, ht_json_member(json, 0, "deliveries")), "2"));
    assert_true(ht_slice_is(ht_json_raw(json, ht_json_member(json, 0, "conversation_id")), "null"));
    assert_true(ht_slice_is(ht_json_string(json, ht_json_member(json, 0, "agent_id"), &scratch), "a\n\n"));
    ht_buffer_release(&scratch);
    ht_json_free(json);
    free(line);
}

/* More files than one step has rows for in common: each ends with its day. */
static void each_day_has_a_file_of_its_own(void **state)
{
    struct bench *bench = *state;
    struct ht_appender *appender;
    struct ht_export_result result;
    struct listing *listing = malloc(sizeof *listing);
    assert_non_null(listing);
    assert_ok(ht_appender_new(bench->scratch.store, &appender, &scratch_error));
    for (int i = 0; i < 150; i++) {
        char payload[64];
        snprintf(payload, sizeof payload, "{\"agent_id\":\"a\",\"n\":%d}", i);
        scratch_append(appender, payload, SCRATCH_NOW + i * HT_DAY, NULL);
    }
    ht_appender_free(appender);
    assert_ok(run(bench, "n", 0, NULL, NULL, &result, &scratch_error));
    check_files(bench, 1, 150);
    list(bench, listing);
    assert_int_equal(listing->count, 150);
    free(listing);
}

/* ---- watermarks ---- */

static void a_named_run_writes_what_is_new(void **state)
{
    struct bench *bench = *state;
    struct ht_export_result result;
    crowd_append(bench->scratch.store, 1, 50);
    assert_ok(run(bench, "nightly", 0, NULL, NULL, &result, &scratch_error));
    assert_int_equal(result.events, 50);
    assert_ok(run(bench, "nightly", 0, NULL, NULL, &result, &scratch_error));
    assert_int_equal(result.run + result.events + result.files, 0);
    crowd_append(bench->scratch.store, 51, 60);
    assert_ok(run(bench, "nightly", 0, NULL, NULL, &result, &scratch_error));
    assert_int_equal(result.first, 51);
    assert_int_equal(result.last, 60);
    assert_int_equal(result.run, 2);
    check_files(bench, 1, 60);
}

struct countdown {
    uint64_t left;
};

static bool count_down(void *context, uint64_t done, uint64_t total)
{
    struct countdown *countdown = context;
    assert_true(done <= total);
    return countdown->left-- > 0;
}

/* Stopped at its k-th step for every k there is, with more events and other sizes of files when it is repeated. */
static void stopped_anywhere_and_repeated_each_event_is_there_once(void **state)
{
    struct bench *bench = *state;
    struct ht_export_result result;
    enum ht_status status;
    uint64_t events = 400, steps = 0;
    crowd_append(bench->scratch.store, 1, events);
    do {
        char name[16];
        struct countdown countdown = {steps};
        snprintf(name, sizeof name, "n%llu", (unsigned long long)steps);
        snprintf(bench->to, sizeof bench->to, "%s-out-%llu", bench->scratch.dir, (unsigned long long)steps);
        status = run(bench, name, 9000, count_down, &countdown, &result, NULL);
        assert_true(status == HT_OK || status == HT_STOPPING);
        uint64_t pending = events;
        if (steps % 3 == 0) crowd_append(bench->scratch.store, events + 1, events + 2), events += 2;
        assert_ok(run(bench, name, steps % 2 ? 9000 : 2500, NULL, NULL, &result, &scratch_error));
        check_files(bench, 1, events);
        struct listing *listing = malloc(sizeof *listing);
        bool border = false;
        list(bench, listing);
        for (size_t i = 0; i < listing->count; i++)
            border |= strtoull(strchr(listing->names[i], '/') + 21, NULL, 10) == pending;
        assert_true(border || steps == 0); /* at step 0 it was stopped before the range was fixed */
        free(listing);
        nftw(bench->to, scratch_remove_one, 16, FTW_DEPTH | FTW_PHYS);
        steps++;
    } while (status != HT_OK);
    assert_true(steps > 20);
}

/* In a process of its own, which is killed. The store is closed here meanwhile: LMDB doesn't survive a fork. */
static pid_t start_run(const struct bench *bench, const char *name, uint64_t file_bytes)
{
    pid_t pid = fork();
    assert_true(pid >= 0);
    if (pid > 0) return pid;
    struct bench child = *bench;
    struct ht_export_result result;
    struct ht_store_options options = {.map_size = (size_t)1 << 30, .reserve = 1};
    if (ht_store_open(child.scratch.dir, &options, &child.scratch.store, NULL) != HT_OK) _exit(2);
    _exit(run(&child, name, file_bytes, NULL, NULL, &result, NULL) == HT_OK ? 0 : 1);
}

static void killed_anywhere_and_repeated_each_event_is_there_once(void **state)
{
    struct bench *bench = *state;
    struct random random = {.state = 20251124};
    struct ht_export_result result;
    uint64_t events = 600;
    unsigned killed = 0;
    crowd_append(bench->scratch.store, 1, events);
    for (int round = 0; round < 60; round++) {
        int how;
        ht_store_close(bench->scratch.store);
        pid_t pid = start_run(bench, "nightly", 4000);
        struct timespec pause = {.tv_nsec = (long)random_below(&random, 60) * 1000000 + 1};
        nanosleep(&pause, NULL);
        kill(pid, SIGKILL);
        assert_int_equal(waitpid(pid, &how, 0), pid);
        killed += WIFSIGNALED(how) != 0;
        if (!WIFSIGNALED(how)) assert_int_equal(WEXITSTATUS(how), 0);
        scratch_open(&bench->scratch);
        if (random_below(&random, 3) == 0) crowd_append(bench->scratch.store, events + 1, events + 90), events += 90;
        if (round % 20 != 19) continue;
        assert_ok(run(bench, "nightly", 4000, NULL, NULL, &result, &scratch_error));
        check_files(bench, 1, events);
        crowd_append(bench->scratch.store, events + 1, events + 400), events += 400;
    }
    assert_true(killed > 10);
}

/* ---- refusals ---- */

static void expect(struct bench *bench, const char *name, enum ht_status wanted)
{
    struct ht_error err = {0};
    struct ht_export_result result;
    assert_int_equal(run(bench, name, 0, NULL, NULL, &result, &err), wanted);
    assert_int_equal(err.status, wanted);
    assert_true(err.detail[0] != '\0');
}

static void names_are_checked(void **state)
{
    static const char *const bad[] = {
        "",   ".",         "..",
        ".x", "a/b",       "a b",
        "-n", "n\xc3\xa9", "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"};
    struct bench *bench = *state;
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++)
        expect(bench, bad[i], HT_INVALID);
    struct ht_export_result result;
    assert_ok(run(bench, "A.b_c-9", 0, NULL, NULL, &result, &scratch_error));
}

static void other_formats_are_refused(void **state)
{
    struct bench *bench = *state;
    struct ht_export_result result;
    struct ht_export_options options = {.to = bench->to, .format = "xml", .since = HT_TIME_NONE, .until = INT64_MAX};
    assert_int_equal(ht_export_run(bench->scratch.store, &options, SCRATCH_NOW, NULL, NULL, &result, NULL), HT_INVALID);
    assert_int_equal(access(bench->to, F_OK), -1);
}

static int hold(const char *dir, const char *file)
{
    char path[512];
    snprintf(path, sizeof path, "%s/%s", dir, file);
    int fd = open(path, O_RDWR | O_CREAT, 0600);
    assert_true(fd >= 0);
    assert_int_equal(flock(fd, LOCK_EX | LOCK_NB), 0);
    return fd;
}

static void runs_of_one_name_or_folder_exclude_each_other(void **state)
{
    struct bench *bench = *state;
    struct ht_export_result result;
    crowd_append(bench->scratch.store, 1, 3);
    assert_ok(run(bench, "nightly", 0, NULL, NULL, &result, &scratch_error));
    int fd = hold(bench->scratch.dir, "exports/nightly.lock");
    expect(bench, "nightly", HT_BUSY);
    close(fd);
    fd = hold(bench->to, ".lock");
    expect(bench, "nightly", HT_BUSY);
    expect(bench, NULL, HT_BUSY);
    close(fd);
    assert_ok(run(bench, "nightly", 0, NULL, NULL, &result, &scratch_error));
}

static void a_watermark_ahead_of_the_trail_is_refused(void **state)
{
    struct bench *bench = *state;
    struct ht_watermark ahead = {.run = 1, .done.position.seq = 9},
                        pending = {.run = 1, .done.position.seq = 2, .running = true, .pending.position.seq = 9},
                        unsound = {.run = 1, .done.position.seq = 3, .running = true, .pending.position.seq = 2};
    crowd_append(bench->scratch.store, 1, 8);
    assert_ok(ht_watermark_set(bench->scratch.store, "ahead", &ahead, &scratch_error));
    assert_ok(ht_watermark_set(bench->scratch.store, "pending", &pending, &scratch_error));
    assert_ok(ht_watermark_set(bench->scratch.store, "unsound", &unsound, &scratch_error));
    expect(bench, "ahead", HT_UNPROCESSABLE);
    expect(bench, "pending", HT_UNPROCESSABLE);
    expect(bench, "unsound", HT_CORRUPT);
    check_files(bench, 1, 0);
}

/* Takes the watermark back, as a restored backup does. */
static void a_target_that_is_ahead_behind_or_of_another_export_is_refused(void **state)
{
    struct bench *bench = *state;
    struct ht_export_result result;
    struct ht_watermark first;
    struct ht_reader *reader;
    crowd_append(bench->scratch.store, 1, 8);
    assert_ok(run(bench, "n", 0, NULL, NULL, &result, &scratch_error));
    assert_ok(ht_reader_new(bench->scratch.store, &reader, &scratch_error));
    assert_ok(ht_reader_begin(reader, &scratch_error));
    assert_ok(ht_watermark_get(reader, "n", &first, &scratch_error));
    ht_reader_end(reader);
    ht_reader_free(reader);
    crowd_append(bench->scratch.store, 9, 12);
    assert_ok(run(bench, "n", 0, NULL, NULL, &result, &scratch_error));
    assert_ok(ht_watermark_set(bench->scratch.store, "n", &first, &scratch_error));
    expect(bench, "n", HT_UNPROCESSABLE);
    first.run = 3;
    assert_ok(ht_watermark_set(bench->scratch.store, "n", &first, &scratch_error));
    expect(bench, "n", HT_UNPROCESSABLE);
    expect(bench, "other", HT_EXISTS);
    expect(bench, NULL, HT_EXISTS);
    check_files(bench, 1, 12);
    assert_ok(run_full(bench, "n", &result, &scratch_error));
    assert_int_equal(result.run, 4);
    check_files(bench, 1, 12);
}

/* The process died between the target's commit and the watermark. */
static void a_run_that_is_complete_in_the_target_is_not_repeated(void **state)
{
    struct bench *bench = *state;
    struct ht_export_result result;
    struct ht_watermark unfinished = {.running = true, .pending.position.seq = 8};
    crowd_append(bench->scratch.store, 1, 8);
    assert_ok(run(bench, "n", 0, NULL, NULL, &result, &scratch_error));
    unfinished.pending.position.repeat = trail_repeats(bench);
    assert_ok(ht_watermark_set(bench->scratch.store, "n", &unfinished, &scratch_error));
    assert_ok(run(bench, "n", 0, NULL, NULL, &result, &scratch_error));
    assert_int_equal(result.run + result.files, 0);
    crowd_append(bench->scratch.store, 9, 10);
    assert_ok(run(bench, "n", 0, NULL, NULL, &result, &scratch_error));
    assert_int_equal(result.run, 2);
    check_files(bench, 1, 10);
}

/* The same, and then all is asked for: from the trail's begin, though the run that was found complete did not. */
static void all_is_written_behind_a_run_that_was_found_complete(void **state)
{
    struct bench *bench = *state;
    struct ht_export_result result;
    struct ht_watermark unfinished = {.run = 1, .done.position.seq = 8, .running = true, .pending.position.seq = 12};
    crowd_append(bench->scratch.store, 1, 8);
    assert_ok(run(bench, "n", 0, NULL, NULL, &result, &scratch_error));
    crowd_append(bench->scratch.store, 9, 12);
    assert_ok(run(bench, "n", 0, NULL, NULL, &result, &scratch_error));
    unfinished.pending.position.repeat = unfinished.done.position.repeat = trail_repeats(bench);
    assert_ok(ht_watermark_set(bench->scratch.store, "n", &unfinished, &scratch_error));
    crowd_append(bench->scratch.store, 13, 14);
    assert_ok(run_full(bench, "n", &result, &scratch_error));
    assert_int_equal(result.run, 3);
    assert_int_equal(result.events, 14);
    check_files(bench, 1, 14);
}

/* ---- what a run that was killed behind its manifest has left ---- */

static enum ht_status run_duckdb(struct bench *bench, const char *views, struct ht_export_result *result,
                                 struct ht_error *err)
{
    char to[192];
    snprintf(to, sizeof to, "duckdb:%s/%s", bench->to, views);
    struct ht_export_options options = {.to = to, .name = "n", .since = HT_TIME_NONE, .until = INT64_MAX};
    return ht_export_run(bench->scratch.store, &options, SCRATCH_NOW, NULL, NULL, result, err);
}

static void path_of(const struct bench *bench, const char *name, char path[256])
{
    snprintf(path, 256, "%s/%s", bench->to, name);
}

static void assert_success_names(const struct bench *bench, const char *manifest)
{
    char path[256], text[80] = "";
    path_of(bench, "_SUCCESS", path);
    FILE *file = fopen(path, "re");
    assert_non_null(file);
    assert_non_null(fgets(text, sizeof text, file));
    fclose(file);
    assert_int_equal(strlen(text), strlen(manifest) + 1);
    assert_memory_equal(text, manifest, strlen(manifest));
}

/* The trail as if the process had died in run `number`, which took events up to `seq`. */
static void forget_run(struct bench *bench, uint64_t number, uint64_t done, uint64_t seq)
{
    struct ht_watermark unfinished = {
        .run = number - 1, .done.position.seq = done, .running = true, .pending.position.seq = seq};
    unfinished.pending.position.repeat = unfinished.done.position.repeat = trail_repeats(bench);
    assert_ok(ht_watermark_set(bench->scratch.store, "n", &unfinished, &scratch_error));
}

static void what_tells_of_a_complete_run_is_made_up_for(void **state)
{
    struct bench *bench = *state;
    struct ht_export_result result;
    char views[256], success[256];
    path_of(bench, "views.sql", views);
    path_of(bench, "_SUCCESS", success);
    crowd_append(bench->scratch.store, 1, 8);
    assert_ok(run_duckdb(bench, "views.sql", &result, &scratch_error));
    assert_success_names(bench, "_manifests/n-000000000001.json");
    assert_int_equal(unlink(views) + unlink(success), 0);
    forget_run(bench, 1, 0, 8);
    assert_ok(run_duckdb(bench, "views.sql", &result, &scratch_error));
    assert_int_equal(result.run + result.files, 0);
    assert_success_names(bench, "_manifests/n-000000000001.json");
    assert_int_equal(access(views, F_OK), 0);

    crowd_append(bench->scratch.store, 9, 12);
    assert_ok(run_duckdb(bench, "views.sql", &result, &scratch_error));
    assert_success_names(bench, "_manifests/n-000000000002.json");
    assert_int_equal(unlink(views), 0);
    int fd = open(success, O_WRONLY | O_TRUNC);
    assert_true(fd >= 0 && write(fd, "_manifests/n-000000000001.json\n", 31) == 31);
    close(fd);
    forget_run(bench, 2, 8, 12);
    assert_ok(run_duckdb(bench, "views.sql", &result, &scratch_error));
    assert_success_names(bench, "_manifests/n-000000000002.json");
    assert_int_equal(access(views, F_OK), 0);
}

static void a_name_of_views_that_no_file_may_have_is_refused_before_anything_is_written(void **state)
{
    struct bench *bench = *state;
    struct ht_export_result result;
    crowd_append(bench->scratch.store, 1, 8);
    assert_int_equal(run_duckdb(bench, "my views.sql", &result, NULL), HT_INVALID);
    assert_int_equal(run_duckdb(bench, ".views.sql", &result, NULL), HT_INVALID);
    assert_int_equal(access(bench->to, F_OK), -1);
}

/* As a run of years leaves it: 140,000 superseded files, of which one is still there, and 65 MiB of files. */
static void lengthen_manifest(const struct bench *bench, const char *name, const char *left)
{
    static char text[65536];
    static const char before[] = "\"superseded\":[";
    char path[256];
    path_of(bench, name, path);
    FILE *file = fopen(path, "r+e");
    assert_non_null(file);
    size_t size = fread(text, 1, sizeof text, file);
    const char *list = memmem(text, size, before, sizeof before - 1);
    assert_non_null(list);
    list += sizeof before - 1;
    assert_int_equal(fseek(file, (long)(list - text), SEEK_SET), 0);
    for (int i = 0; i < 140000; i++)
        fprintf(file, "\"events/date=2019-01-01/events-%012d-%012d.ndjson\",", i, i);
    fprintf(file, "\"%s\"", left);
    assert_int_equal(fwrite(list, 1, size - (size_t)(list - text), file), size - (size_t)(list - text));
    assert_int_equal(fflush(file), 0);
    assert_int_equal(ftruncate(fileno(file), 65 << 20), 0);
    fclose(file);
}

static void a_manifest_may_be_as_long_as_it_is(void **state)
{
    static const char left[] = "events/date=2020-01-01/events-000000000001-000000000001.ndjson";
    struct bench *bench = *state;
    struct ht_export_result result;
    char path[256];
    crowd_append(bench->scratch.store, 1, 8);
    assert_ok(run(bench, "n", 0, NULL, NULL, &result, &scratch_error));
    path_of(bench, "events/date=2020-01-01", path);
    assert_int_equal(mkdir(path, 0700), 0);
    path_of(bench, left, path);
    int fd = open(path, O_WRONLY | O_CREAT, 0600);
    assert_true(fd >= 0);
    close(fd);
    lengthen_manifest(bench, "_manifests/n-000000000001.json", left);
    crowd_append(bench->scratch.store, 9, 12);
    assert_ok(run(bench, "n", 0, NULL, NULL, &result, &scratch_error));
    assert_int_equal(result.run, 2);
    assert_int_equal(access(path, F_OK), -1);
}

static void what_cannot_be_written_is_said(void **state)
{
    struct bench *bench = *state;
    struct ht_export_result result;
    struct ht_export_options options = {
        .to = "/proc/no/such", .format = "ndjson", .since = HT_TIME_NONE, .until = INT64_MAX};
    crowd_append(bench->scratch.store, 1, 8);
    assert_int_equal(ht_export_run(bench->scratch.store, &options, SCRATCH_NOW, NULL, NULL, &result, NULL), HT_IO);
    assert_int_equal(mkdir(bench->to, 0700), 0);
    char path[512];
    snprintf(path, sizeof path, "%s/events", bench->to);
    int fd = open(path, O_WRONLY | O_CREAT, 0600);
    assert_true(fd >= 0);
    close(fd);
    options.to = bench->to;
    assert_int_equal(ht_export_run(bench->scratch.store, &options, SCRATCH_NOW, NULL, NULL, &result, NULL), HT_IO);
    /* Nothing leaves the store without an act: it comes before. */
    struct ht_reader *reader;
    struct ht_act act = {0};
    uint64_t acts = 0;
    assert_ok(ht_reader_new(bench->scratch.store, &reader, &scratch_error));
    assert_ok(ht_reader_begin(reader, &scratch_error));
    assert_ok(ht_act_last(reader, &acts, &scratch_error));
    assert_ok(ht_act_get(reader, acts, &act, &scratch_error));
    assert_int_equal(act.kind, HT_ACT_EXPORT);
    ht_reader_end(reader);
    ht_reader_free(reader);
}

/* Also one that took what lies before that of the one before it. */
static void each_erasure_has_its_rows(void **state)
{
    struct bench *bench = *state;
    const struct ht_subject_ref subjects[] = {{HT_SUBJECT_SEQ, HT_SLICE("15")}, {HT_SUBJECT_SEQ, HT_SLICE("4")}};
    struct ht_erased erased;
    struct ht_export_result result;
    size_t size;
    crowd_append(bench->scratch.store, 1, 20);
    for (size_t i = 0; i < 2; i++)
        assert_ok(ht_erase(bench->scratch.store, &subjects[i], 1, "", SCRATCH_NOW, false, NULL, NULL, &erased,
                           &scratch_error));
    assert_ok(run(bench, NULL, 0, NULL, NULL, &result, &scratch_error));
    char *rows = read_file(bench, "../erasures/run=000000000001/erasures-0001.ndjson", &size);
    assert_non_null(memmem(rows, size, "\"first_seq\":15,", 15));
    assert_non_null(memmem(rows, size, "\"first_seq\":4,", 14));
    free(rows);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(without_a_name_everything_is_written_each_time, set_up, tear_down),
        cmocka_unit_test_setup_teardown(an_empty_trail_makes_no_file, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_line_says_all_of_an_event, set_up, tear_down),
        cmocka_unit_test_setup_teardown(each_day_has_a_file_of_its_own, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_named_run_writes_what_is_new, set_up, tear_down),
        cmocka_unit_test_setup_teardown(stopped_anywhere_and_repeated_each_event_is_there_once, set_up, tear_down),
        cmocka_unit_test_setup_teardown(killed_anywhere_and_repeated_each_event_is_there_once, set_up, tear_down),
        cmocka_unit_test_setup_teardown(names_are_checked, set_up, tear_down),
        cmocka_unit_test_setup_teardown(other_formats_are_refused, set_up, tear_down),
        cmocka_unit_test_setup_teardown(runs_of_one_name_or_folder_exclude_each_other, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_watermark_ahead_of_the_trail_is_refused, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_target_that_is_ahead_behind_or_of_another_export_is_refused, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(a_run_that_is_complete_in_the_target_is_not_repeated, set_up, tear_down),
        cmocka_unit_test_setup_teardown(what_tells_of_a_complete_run_is_made_up_for, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_name_of_views_that_no_file_may_have_is_refused_before_anything_is_written,
                                        set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_manifest_may_be_as_long_as_it_is, set_up, tear_down),
        cmocka_unit_test_setup_teardown(all_is_written_behind_a_run_that_was_found_complete, set_up, tear_down),
        cmocka_unit_test_setup_teardown(what_cannot_be_written_is_said, set_up, tear_down),
        cmocka_unit_test_setup_teardown(each_erasure_has_its_rows, set_up, tear_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
