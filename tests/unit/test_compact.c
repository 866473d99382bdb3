#include "crowd.h"

#include <fcntl.h>
#include <signal.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>

#include "hooktrail/keeping.h"
#include "hooktrail/rejected.h"

#define EVENTS 300

static int set_up(void **state)
{
    struct scratch *scratch = calloc(1, sizeof *scratch);
    assert_non_null(scratch);
    scratch_make(scratch);
    crowd_append(scratch->store, 1, EVENTS);
    *state = scratch;
    return 0;
}

static int tear_down(void **state)
{
    struct scratch *scratch = *state;
    scratch_drop(scratch);
    free(scratch);
    return 0;
}

static enum ht_status compact(struct scratch *scratch, struct ht_compacted *compacted)
{
    struct ht_error err = {0};
    enum ht_status status = ht_compact(scratch->store, SCRATCH_NOW, compacted, &err);
    scratch->store = NULL;
    if (status != HT_OK) assert_true(err.status == status && err.detail[0] != '\0');
    return status;
}

static void expect_sound(struct scratch *scratch)
{
    struct ht_verified verified;
    assert_ok(ht_verify(scratch->store, NULL, NULL, NULL, NULL, &verified, &scratch_error));
    assert_int_equal(verified.events, EVENTS);
    assert_int_equal(verified.repeats, EVENTS / 9);
    assert_true(verified.index_rows > EVENTS);
}

static void expect_no_leftovers(const struct scratch *scratch)
{
    static const char *const names[] = {"trail.compact", "index.compact"};
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        char path[512];
        snprintf(path, sizeof path, "%s/%s", scratch->dir, names[i]);
        assert_int_equal(access(path, F_OK), -1);
    }
}

/* Free pages come of what was deleted: here, of rejected deliveries. */
static void make_free_pages(struct scratch *scratch)
{
    crowd_reject(scratch->store, 400);
    for (uint64_t number = 1; number <= 400; number++)
        assert_ok(ht_rejected_drop(scratch->store, number, HT_ABSENT, SCRATCH_NOW, &scratch_error));
}

static void free_pages_go_and_the_rest_stays(void **state)
{
    struct scratch *scratch = *state;
    struct ht_compacted compacted;
    make_free_pages(scratch);
    assert_int_equal(compact(scratch, &compacted), HT_OK);
    assert_true(compacted.after > 0 && compacted.after < compacted.before);
    expect_no_leftovers(scratch);
    scratch_open(scratch);
    expect_sound(scratch);
    crowd_append(scratch->store, EVENTS + 1, EVENTS + 20);
    struct ht_verified verified;
    assert_ok(ht_verify(scratch->store, NULL, NULL, NULL, NULL, &verified, &scratch_error));
    assert_int_equal(verified.events, EVENTS + 20);
}

static void files_stay_private(void **state)
{
    struct scratch *scratch = *state;
    struct ht_compacted compacted;
    struct stat stat_of;
    char path[512];
    mode_t before = umask(0);
    assert_int_equal(compact(scratch, &compacted), HT_OK);
    umask(before);
    snprintf(path, sizeof path, "%s/trail/data.mdb", scratch->dir);
    assert_int_equal(stat(path, &stat_of), 0);
    assert_int_equal(stat_of.st_mode & 07777, 0600);
    scratch_open(scratch);
}

static void leftovers_of_a_killed_run_are_removed(void **state)
{
    struct scratch *scratch = *state;
    struct ht_compacted compacted;
    char path[512];
    snprintf(path, sizeof path, "%s/trail.compact", scratch->dir);
    assert_int_equal(mkdir(path, 0700), 0);
    snprintf(path, sizeof path, "%s/trail.compact/data.mdb", scratch->dir);
    int fd = open(path, O_WRONLY | O_CREAT, 0600);
    assert_int_equal(write(fd, "half", 4), 4);
    close(fd);
    assert_int_equal(compact(scratch, &compacted), HT_OK);
    expect_no_leftovers(scratch);
    scratch_open(scratch);
    expect_sound(scratch);
}

/* Another process that has the store open (and is the daemon, if `daemon`) until its pipe is closed. */
static pid_t open_elsewhere(const struct scratch *scratch, bool daemon, int *until)
{
    int ready[2], wait[2];
    char byte;
    assert_int_equal(pipe(ready), 0);
    assert_int_equal(pipe(wait), 0);
    pid_t pid = fork();
    assert_true(pid >= 0);
    if (pid == 0) {
        struct ht_store_options options = {.map_size = (size_t)1 << 30, .reserve = 1};
        struct ht_store *store;
        close(wait[1]);
        if (ht_store_open(scratch->dir, &options, &store, NULL) != HT_OK) _exit(1);
        if (daemon && ht_store_lock(store, NULL) != HT_OK) _exit(2);
        if (write(ready[1], "r", 1) != 1) _exit(3);
        _exit(read(wait[0], &byte, 1) == 0 ? 0 : 4);
    }
    close(ready[1]);
    close(wait[0]);
    assert_int_equal(read(ready[0], &byte, 1), 1);
    close(ready[0]);
    *until = wait[1];
    return pid;
}

static void expect_busy(struct scratch *scratch, bool daemon)
{
    struct ht_compacted compacted;
    int until, how;
    ht_store_close(scratch->store);
    pid_t pid = open_elsewhere(scratch, daemon, &until);
    scratch_open(scratch);
    assert_int_equal(compact(scratch, &compacted), HT_BUSY);
    close(until);
    assert_int_equal(waitpid(pid, &how, 0), pid);
    assert_int_equal(how, 0);
    scratch_open(scratch);
    expect_sound(scratch);
}

static void it_waits_for_nobody(void **state)
{
    struct scratch *scratch = *state;
    struct ht_compacted compacted;
    expect_busy(scratch, false);
    expect_busy(scratch, true);
    assert_int_equal(compact(scratch, &compacted), HT_OK);
    scratch_open(scratch);
}

static void nobody_opens_while_it_runs(void **state)
{
    struct scratch *scratch = *state;
    struct ht_error err = {0};
    char path[512];
    ht_store_close(scratch->store);
    snprintf(path, sizeof path, "%s/open.lock", scratch->dir);
    int fd = open(path, O_RDWR);
    assert_true(fd >= 0);
    assert_int_equal(flock(fd, LOCK_EX | LOCK_NB), 0);
    assert_int_equal(ht_store_open(scratch->dir, NULL, &scratch->store, &err), HT_BUSY);
    assert_non_null(strstr(err.detail, "compact"));
    close(fd);
    scratch_open(scratch);
}

static void the_store_is_whole_wherever_it_is_killed(void **state)
{
    struct scratch *scratch = *state;
    struct random random = {.state = 11};
    unsigned killed = 0;
    make_free_pages(scratch);
    for (int round = 0; round < 50; round++) {
        int how;
        ht_store_close(scratch->store);
        pid_t pid = fork();
        assert_true(pid >= 0);
        if (pid == 0) {
            struct ht_compacted compacted;
            struct ht_store_options options = {.map_size = (size_t)1 << 30, .reserve = 1};
            struct ht_store *store;
            if (ht_store_open(scratch->dir, &options, &store, NULL) != HT_OK) _exit(2);
            _exit(ht_compact(store, SCRATCH_NOW, &compacted, NULL) == HT_OK ? 0 : 1);
        }
        struct timespec pause = {.tv_nsec = (long)random_below(&random, 200) * 100000 + 1};
        nanosleep(&pause, NULL);
        kill(pid, SIGKILL);
        assert_int_equal(waitpid(pid, &how, 0), pid);
        killed += WIFSIGNALED(how) != 0;
        if (!WIFSIGNALED(how)) assert_int_equal(WEXITSTATUS(how), 0);
        scratch_open(scratch);
        expect_sound(scratch);
    }
    assert_true(killed > 5);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(free_pages_go_and_the_rest_stays, set_up, tear_down),
        cmocka_unit_test_setup_teardown(files_stay_private, set_up, tear_down),
        cmocka_unit_test_setup_teardown(leftovers_of_a_killed_run_are_removed, set_up, tear_down),
        cmocka_unit_test_setup_teardown(it_waits_for_nobody, set_up, tear_down),
        cmocka_unit_test_setup_teardown(nobody_opens_while_it_runs, set_up, tear_down),
        cmocka_unit_test_setup_teardown(the_store_is_whole_wherever_it_is_killed, set_up, tear_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
