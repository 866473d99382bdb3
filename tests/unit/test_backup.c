#include "crowd.h"
#include "damage.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>

#include "../../store/store.h"
#include "hooktrail/encode.h"
#include "hooktrail/keeping.h"

struct bench {
    struct scratch scratch;
    char above[64]; /* the folder that backups go to */
    char to[128];
};

static int set_up(void **state)
{
    struct bench *bench = calloc(1, sizeof *bench);
    assert_non_null(bench);
    scratch_make(&bench->scratch);
    snprintf(bench->above, sizeof bench->above, "/tmp/hooktrail-unit-XXXXXX");
    assert_non_null(mkdtemp(bench->above));
    snprintf(bench->to, sizeof bench->to, "%s/copy", bench->above);
    crowd_append(bench->scratch.store, 1, 200);
    crowd_reject(bench->scratch.store, 3);
    *state = bench;
    return 0;
}

static int tear_down(void **state)
{
    struct bench *bench = *state;
    nftw(bench->above, scratch_remove_one, 16, FTW_DEPTH | FTW_PHYS);
    scratch_drop(&bench->scratch);
    free(bench);
    return 0;
}

static enum ht_status back_up(struct bench *bench, const char *to, struct ht_verified *verified)
{
    struct ht_error err = {0};
    enum ht_status status = ht_backup(bench->scratch.store, to, SCRATCH_NOW, NULL, NULL, verified, &err);
    if (status != HT_OK) assert_true(err.status == status && err.detail[0] != '\0');
    return status;
}

/* Only `wanted` (or nothing, if NULL) lies where backups go. */
static void expect_above(const struct bench *bench, const char *wanted)
{
    struct dirent *entry;
    bool found = false;
    DIR *folder = opendir(bench->above);
    assert_non_null(folder);
    while ((entry = readdir(folder)) != NULL) {
        if (entry->d_name[0] == '.') continue;
        if (!wanted || strcmp(entry->d_name, wanted) != 0) fail_msg("there is %s", entry->d_name);
        found = true;
    }
    closedir(folder);
    assert_int_equal(found, wanted != NULL);
}

static void expect_mode(const struct bench *bench, const char *name, mode_t mode)
{
    char path[512];
    struct stat stat;
    snprintf(path, sizeof path, "%s/%s", bench->to, name);
    assert_int_equal(lstat(path, &stat), 0);
    assert_int_equal(stat.st_mode & 07777, mode);
}

/* Opens the backup as a store; it is sound and has this many events. */
static void expect_store(const struct bench *bench, const char *dir, uint64_t least, uint64_t *events)
{
    struct scratch copy = {.store = NULL};
    struct ht_verified verified;
    snprintf(copy.dir, sizeof copy.dir, "%s", dir);
    scratch_open(&copy);
    assert_ok(ht_index_catch_up(copy.store, NULL, NULL, NULL, &scratch_error));
    assert_ok(ht_verify(copy.store, NULL, NULL, NULL, NULL, &verified, &scratch_error));
    assert_true(verified.events >= least && verified.index_rows > verified.events);
    assert_memory_equal(ht_store_trail_id(copy.store), ht_store_trail_id(bench->scratch.store), HT_TRAIL_ID_SIZE);
    assert_memory_equal(copy.store->hash_key, bench->scratch.store->hash_key, HASH_KEY_SIZE);
    ht_store_close(copy.store);
    if (events) *events = verified.events;
}

static void a_backup_is_a_store_without_an_index(void **state)
{
    struct bench *bench = *state;
    struct ht_verified verified;
    mode_t before = umask(0);
    assert_int_equal(back_up(bench, bench->to, &verified), HT_OK);
    umask(before);
    assert_int_equal(verified.events, 200);
    assert_int_equal(verified.findings, 0);
    expect_above(bench, "copy");
    expect_mode(bench, "", 0700);
    expect_mode(bench, "trail", 0700);
    expect_mode(bench, "keys", 0700);
    expect_mode(bench, "trail/data.mdb", 0600);
    expect_mode(bench, "keys/index.key", 0600);
    static const char *const absent[] = {"index", "open.lock", "trail/lock.mdb", "daemon.lock"};
    for (size_t i = 0; i < sizeof absent / sizeof absent[0]; i++) {
        char path[512];
        snprintf(path, sizeof path, "%s/%s", bench->to, absent[i]);
        assert_int_equal(access(path, F_OK), -1);
    }
    expect_store(bench, bench->to, 200, NULL);
}

static void slashes_behind_the_name_are_nothing(void **state)
{
    struct bench *bench = *state;
    struct ht_verified verified;
    char to[256];
    snprintf(to, sizeof to, "%s///", bench->to);
    assert_int_equal(back_up(bench, to, &verified), HT_OK);
    expect_above(bench, "copy");
}

static void nothing_is_written_over(void **state)
{
    struct bench *bench = *state;
    struct ht_verified verified;
    assert_int_equal(mkdir(bench->to, 0700), 0);
    assert_int_equal(back_up(bench, bench->to, &verified), HT_EXISTS);
    assert_int_equal(rmdir(bench->to), 0);
    assert_int_equal(symlink("/nowhere", bench->to), 0);
    assert_int_equal(back_up(bench, bench->to, &verified), HT_EXISTS);
    assert_int_equal(unlink(bench->to), 0);
    assert_int_equal(back_up(bench, "", &verified), HT_INVALID);
    assert_int_equal(back_up(bench, "/nowhere/at/all", &verified), HT_IO);
    expect_above(bench, NULL);
}

/* A directory that appears while the copy is being verified. */
static bool appear(void *context, uint64_t done, uint64_t total)
{
    const struct bench *bench = context;
    (void)done, (void)total;
    assert_true(mkdir(bench->to, 0700) == 0 || errno == EEXIST);
    return true;
}

static void one_that_appears_meanwhile_is_kept(void **state)
{
    struct bench *bench = *state;
    struct ht_verified verified;
    assert_int_equal(ht_backup(bench->scratch.store, bench->to, SCRATCH_NOW, appear, bench, &verified, NULL),
                     HT_EXISTS);
    expect_above(bench, "copy");
    assert_int_equal(rmdir(bench->to), 0);
}

static bool count_down(void *context, uint64_t done, uint64_t total)
{
    uint64_t *left = context;
    assert_true(done <= total);
    return (*left)-- > 0;
}

static void a_stopped_backup_leaves_nothing(void **state)
{
    struct bench *bench = *state;
    struct ht_verified verified;
    enum ht_status status;
    uint64_t steps = 0;
    do {
        uint64_t left = steps++;
        status = ht_backup(bench->scratch.store, bench->to, SCRATCH_NOW, count_down, &left, &verified, NULL);
        if (status == HT_OK) break;
        assert_int_equal(status, HT_STOPPING);
        expect_above(bench, NULL);
    } while (true);
    assert_true(steps > 5);
    expect_above(bench, "copy");
}

static void a_damaged_trail_makes_no_backup(void **state)
{
    struct bench *bench = *state;
    struct ht_error err = {0};
    struct ht_verified verified;
    damage_event(bench->scratch.store, 42, SIZE_MAX, 4);
    assert_int_equal(ht_backup(bench->scratch.store, bench->to, SCRATCH_NOW, NULL, NULL, &verified, &err), HT_CORRUPT);
    assert_non_null(strstr(err.detail, "event 42"));
    assert_int_equal(verified.findings, 1);
    expect_above(bench, NULL);
}

static void a_store_is_backed_up_while_it_serves(void **state)
{
    struct bench *bench = *state;
    struct crowd_busy busy = {.store = bench->scratch.store};
    struct ht_verified verified;
    enum ht_status status = HT_OK;
    uint64_t events = 200;
    pthread_t thread;
    assert_int_equal(pthread_create(&thread, NULL, crowd_append_on, &busy), 0);
    for (int i = 0; i < 5 && status == HT_OK; i++) {
        snprintf(bench->to, sizeof bench->to, "%s/copy-%d", bench->above, i);
        status = ht_backup(bench->scratch.store, bench->to, SCRATCH_NOW, NULL, NULL, &verified, NULL);
    }
    atomic_store(&busy.stop, true);
    assert_int_equal(pthread_join(thread, NULL), 0);
    assert_int_equal(status, HT_OK);
    for (int i = 0; i < 5; i++) {
        snprintf(bench->to, sizeof bench->to, "%s/copy-%d", bench->above, i);
        expect_store(bench, bench->to, events, &events);
    }
}

static void a_killed_backup_is_there_whole_or_not_at_all(void **state)
{
    struct bench *bench = *state;
    struct random random = {.state = 7};
    unsigned killed = 0;
    ht_store_close(bench->scratch.store);
    for (int round = 0; round < 40; round++) {
        int how;
        snprintf(bench->to, sizeof bench->to, "%s/copy-%d", bench->above, round);
        pid_t pid = fork();
        assert_true(pid >= 0);
        if (pid == 0) {
            struct ht_verified verified;
            struct ht_store_options options = {.map_size = (size_t)1 << 30, .reserve = 1};
            if (ht_store_open(bench->scratch.dir, &options, &bench->scratch.store, NULL) != HT_OK) _exit(2);
            _exit(ht_backup(bench->scratch.store, bench->to, SCRATCH_NOW, NULL, NULL, &verified, NULL) == HT_OK ? 0
                                                                                                                : 1);
        }
        struct timespec pause = {.tv_nsec = (long)random_below(&random, 40) * 1000000 + 1};
        nanosleep(&pause, NULL);
        kill(pid, SIGKILL);
        assert_int_equal(waitpid(pid, &how, 0), pid);
        killed += WIFSIGNALED(how) != 0;
        if (!WIFSIGNALED(how)) assert_int_equal(WEXITSTATUS(how), 0);
    }
    scratch_open(&bench->scratch);
    assert_true(killed > 5);
    for (int round = 0; round < 40; round++) {
        snprintf(bench->to, sizeof bench->to, "%s/copy-%d", bench->above, round);
        if (access(bench->to, F_OK) == 0) expect_store(bench, bench->to, 200, NULL);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(a_backup_is_a_store_without_an_index, set_up, tear_down),
        cmocka_unit_test_setup_teardown(slashes_behind_the_name_are_nothing, set_up, tear_down),
        cmocka_unit_test_setup_teardown(nothing_is_written_over, set_up, tear_down),
        cmocka_unit_test_setup_teardown(one_that_appears_meanwhile_is_kept, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_stopped_backup_leaves_nothing, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_damaged_trail_makes_no_backup, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_store_is_backed_up_while_it_serves, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_killed_backup_is_there_whole_or_not_at_all, set_up, tear_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
