#include "scratch.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>

#include "../../query/export/place.h"

static char dir[64]; /* not there at first; its parent is */
static struct export_place *place;

static int set_up(void **state)
{
    (void)state;
    umask(022);
    snprintf(dir, sizeof dir, "/tmp/hooktrail-unit-XXXXXX");
    if (!mkdtemp(dir)) return -1;
    memcpy(dir + strlen(dir), "/to", 4);
    assert_ok(export_place_folder_open(dir, &place, &scratch_error));
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    if (place) place->ops->close(place);
    place = NULL;
    *strrchr(dir, '/') = '\0';
    return nftw(dir, scratch_remove_one, 16, FTW_DEPTH | FTW_PHYS);
}

static void path_of(char path[1024], const char *name)
{
    snprintf(path, 1024, "%s/%s", dir, name);
}

static bool is_there(const char *name)
{
    char path[1024];
    path_of(path, name);
    return access(path, F_OK) == 0;
}

static void make_file(const char *name, const char *text)
{
    char path[1024];
    path_of(path, name);
    FILE *file = fopen(path, "w");
    assert_non_null(file);
    fputs(text, file);
    fclose(file);
}

static unsigned mode_of(const char *name)
{
    char path[1024];
    struct stat stat_;
    path_of(path, name);
    assert_int_equal(stat(path, &stat_), 0);
    return stat_.st_mode & 07777;
}

static void put(const char *name, const char *text)
{
    uint8_t sha256[HT_SHA256_SIZE];
    ht_sha256(ht_slice_from(text), sha256);
    assert_ok(place->ops->begin(place, name, &scratch_error));
    assert_ok(place->ops->write(place, ht_slice_from(text), &scratch_error));
    assert_ok(place->ops->commit(place, name, sha256, &scratch_error));
}

static void expect(const char *name, const char *text)
{
    struct ht_buffer bytes = {0};
    assert_ok(place->ops->read(place, name, 4096, &bytes, &scratch_error));
    assert_string_equal(ht_buffer_text(&bytes), text);
    ht_buffer_release(&bytes);
}

static enum ht_status note(void *context, const char *name, uint64_t size, struct ht_error *err)
{
    (void)err;
    ht_buffer_printf(context, "%s:%u ", name, (unsigned)size);
    return HT_OK;
}

static void expect_list(const char *prefix, const char *wanted)
{
    struct ht_buffer names = {0};
    assert_ok(place->ops->list(place, prefix, note, &names, &scratch_error));
    assert_string_equal(ht_buffer_text(&names), wanted);
    ht_buffer_release(&names);
}

static void test_a_file_is_there_once_it_is_committed(void **state)
{
    (void)state;
    uint8_t sha256[HT_SHA256_SIZE] = {0};
    assert_ok(place->ops->begin(place, "events/date=2026-11-24/a.ndjson", &scratch_error));
    assert_ok(place->ops->write(place, HT_SLICE("one"), &scratch_error));
    assert_ok(place->ops->write(place, HT_SLICE(" two"), &scratch_error));
    assert_false(is_there("events/date=2026-11-24/a.ndjson"));
    expect_list("", "");
    assert_ok(place->ops->commit(place, "events/date=2026-11-24/a.ndjson", sha256, &scratch_error));
    expect("events/date=2026-11-24/a.ndjson", "one two");
    expect_list("", "events/date=2026-11-24/a.ndjson:7 ");
}

static void test_modes(void **state)
{
    (void)state;
    put("events/date=2026-11-24/a.ndjson", "x");
    place->ops->close(place);
    assert_int_equal(mode_of(""), 0750);
    assert_int_equal(mode_of("events"), 0750);
    assert_int_equal(mode_of("events/date=2026-11-24"), 0750);
    assert_int_equal(mode_of("events/date=2026-11-24/a.ndjson"), 0640);
    assert_int_equal(mode_of(".lock"), 0600);
    umask(077);
    assert_ok(export_place_folder_open(dir, &place, &scratch_error));
    put("leads/b", "x");
    assert_int_equal(mode_of("leads"), 0700);
    assert_int_equal(mode_of("leads/b"), 0600);
}

static void test_a_file_in_the_place_of_another(void **state)
{
    (void)state;
    put("a", "old and longer");
    put("a", "new");
    expect("a", "new");
    expect_list("", "a:3 ");
}

static void test_what_is_given_up_leaves_nothing(void **state)
{
    (void)state;
    put("a", "old");
    assert_ok(place->ops->begin(place, "a", &scratch_error));
    assert_ok(place->ops->write(place, HT_SLICE("new"), &scratch_error));
    place->ops->abandon(place);
    place->ops->abandon(place);
    expect("a", "old");
    assert_false(is_there(".a.hooktrail-part"));
    assert_ok(place->ops->begin(place, "a", &scratch_error));
    place->ops->close(place);
    place = NULL;
    assert_false(is_there(".a.hooktrail-part"));
}

/* A run of another process, killed in the middle of a file. */
static void test_leftovers_of_a_killed_run_are_removed(void **state)
{
    (void)state;
    int status;
    place->ops->close(place);
    pid_t child = fork();
    assert_true(child >= 0);
    if (child == 0) {
        (void)!export_place_folder_open(dir, &place, NULL);
        (void)!place->ops->begin(place, "events/a", NULL);
        (void)!place->ops->write(place, HT_SLICE("half"), NULL);
        raise(SIGKILL);
    }
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_true(WIFSIGNALED(status));
    assert_true(is_there("events/.a.hooktrail-part"));
    assert_ok(export_place_folder_open(dir, &place, &scratch_error));
    expect_list("", "");
    make_file("events/.other", "is not ours");
    put("events/b", "of another name in the same folder");
    assert_false(is_there("events/.a.hooktrail-part"));
    assert_true(is_there("events/.other"));
    put("events/a", "whole");
    expect("events/a", "whole");
}

static void test_the_lock(void **state)
{
    (void)state;
    struct export_place *second = NULL;
    struct ht_error err = {0};
    assert_int_equal(export_place_folder_open(dir, &second, &err), HT_BUSY);
    assert_non_null(strstr(err.detail, "under way"));
    place->ops->close(place);
    assert_ok(export_place_folder_open(dir, &place, &scratch_error));
}

static void test_listing(void **state)
{
    (void)state;
    put("a/b", "1");
    put("a-b", "22");
    put("a.b", "333");
    put("a/-/c", "4");
    put("ab", "5");
    put("b/date=2026-11-24/x", "6");
    make_file("with space", "no export's");
    make_file("b/.hidden", "");
    make_file("b/x~", "");
    expect_list("", "a-b:2 a.b:3 a/-/c:1 a/b:1 ab:1 b/date=2026-11-24/x:1 ");
    expect_list("a/", "a/-/c:1 a/b:1 ");
    expect_list("a", "a-b:2 a.b:3 a/-/c:1 a/b:1 ab:1 ");
    expect_list("b/date=2026-11", "b/date=2026-11-24/x:1 ");
    expect_list("b/date=2026-11-24/x", "b/date=2026-11-24/x:1 ");
    expect_list("b/date=2026-11-24/xy", "");
    expect_list("c", "");
    expect_list("../", "");
}

static enum ht_status stop(void *context, const char *name, uint64_t size, struct ht_error *err)
{
    (void)name, (void)size;
    *(int *)context += 1;
    return ht_fail(err, HT_STOPPING, "enough");
}

static void test_a_visitor_ends_the_walk(void **state)
{
    (void)state;
    int calls = 0;
    struct ht_error err = {0};
    put("a/b", "1");
    put("c", "2");
    assert_int_equal(place->ops->list(place, "", stop, &calls, &err), HT_STOPPING);
    assert_int_equal(calls, 1);
}

static void test_reading_and_removing(void **state)
{
    (void)state;
    struct ht_buffer bytes = {0};
    struct ht_error err = {0};
    put("a/b", "12345");
    assert_int_equal(place->ops->read(place, "a/c", 5, &bytes, &err), HT_NOT_FOUND);
    assert_int_equal(place->ops->read(place, "a/b/c", 5, &bytes, &err), HT_NOT_FOUND);
    assert_int_equal(place->ops->read(place, "a/b", 4, &bytes, &err), HT_TOO_LARGE);
    ht_buffer_clear(&bytes);
    ht_buffer_add_text(&bytes, "0");
    assert_int_equal(place->ops->read(place, "a/b", 5, &bytes, &err), HT_OK);
    assert_string_equal(ht_buffer_text(&bytes), "012345");
    ht_buffer_release(&bytes);
    assert_ok(place->ops->remove(place, "a/b", &scratch_error));
    assert_false(is_there("a/b"));
    assert_ok(place->ops->remove(place, "a/b", &scratch_error));
    assert_ok(place->ops->remove(place, "never/was", &scratch_error));
}

static void test_hostile_names_reach_no_file(void **state)
{
    (void)state;
    struct ht_buffer bytes = {0};
    struct ht_error err = {0};
    assert_int_equal(place->ops->begin(place, "../x", &err), HT_INVALID);
    assert_int_equal(place->ops->begin(place, ".lock", &err), HT_INVALID);
    assert_int_equal(place->ops->read(place, "/etc/passwd", 4096, &bytes, &err), HT_INVALID);
    assert_int_equal(place->ops->remove(place, ".lock", &err), HT_INVALID);
    assert_true(is_there(".lock"));
    assert_false(is_there("../x"));
}

static void test_folders_that_are_none(void **state)
{
    (void)state;
    struct export_place *other = NULL;
    struct ht_error err = {0};
    char path[1024];
    make_file("file", "");
    path_of(path, "file");
    assert_int_equal(export_place_folder_open(path, &other, &err), HT_IO);
    path_of(path, "missing/folder");
    assert_int_equal(export_place_folder_open(path, &other, &err), HT_IO);
    assert_int_equal(export_place_folder_open("", &other, &err), HT_INVALID);
    assert_int_equal(place->ops->begin(place, "file/x", &err), HT_IO);
    path_of(path, "folder");
    assert_int_equal(mkdir(path, 0700), 0);
    assert_ok(place->ops->begin(place, "folder", &scratch_error));
    assert_int_equal(place->ops->commit(place, "folder", (const uint8_t[HT_SHA256_SIZE]){0}, &err), HT_IO);
    place->ops->abandon(place);
    assert_false(is_there(".folder.hooktrail-part"));
}

/* No room for more than 64 KiB in a file: what the system says then, as on a full disk, is what the caller is told. */
static void test_a_disk_that_takes_no_more(void **state)
{
    (void)state;
    static char bytes[65536];
    struct rlimit before, limit;
    struct ht_error err = {0};
    put("a", "old");
    signal(SIGXFSZ, SIG_IGN);
    assert_int_equal(getrlimit(RLIMIT_FSIZE, &before), 0);
    limit = before;
    limit.rlim_cur = sizeof bytes;
    assert_int_equal(setrlimit(RLIMIT_FSIZE, &limit), 0);
    assert_ok(place->ops->begin(place, "a", &scratch_error));
    assert_ok(place->ops->write(place, ht_slice_of(bytes, sizeof bytes), &scratch_error));
    enum ht_status status = place->ops->write(place, HT_SLICE("x"), &err);
    setrlimit(RLIMIT_FSIZE, &before);
    assert_int_equal(status, HT_IO);
    place->ops->abandon(place);
    expect("a", "old");
    expect_list("", "a:3 ");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_a_file_is_there_once_it_is_committed, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_modes, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_a_file_in_the_place_of_another, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_what_is_given_up_leaves_nothing, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_leftovers_of_a_killed_run_are_removed, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_the_lock, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_listing, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_a_visitor_ends_the_walk, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_reading_and_removing, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_hostile_names_reach_no_file, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_folders_that_are_none, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_a_disk_that_takes_no_more, set_up, tear_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
