#include "disk_calls.h"
#include "scratch.h"

#include <dirent.h>
#include <dlfcn.h>
#include <fcntl.h>
#include <lmdb.h>
#include <sys/stat.h>
#include <sys/wait.h>

#include "../../store/files.h"
#include "hooktrail/encode.h"

static void init_makes_a_private_store_once(void **state)
{
    (void)state;
    struct scratch scratch;
    struct ht_store_secrets again;
    struct ht_error err = {0};
    struct stat stat_of;
    scratch_make(&scratch);
    assert_memory_equal(scratch.secrets.endpoint, "/hooks/", 7);
    assert_int_equal(strlen(scratch.secrets.endpoint), 7 + 43);
    assert_memory_equal(scratch.secrets.token, "ht_", 3);
    assert_int_equal(strlen(scratch.secrets.token), 3 + 43);
    assert_int_equal(stat(scratch.dir, &stat_of), 0);
    assert_int_equal(stat_of.st_mode & 07777, 0700);
    assert_int_equal(ht_store_init(scratch.dir, NULL, SCRATCH_NOW, &again, &err), HT_EXISTS);
    scratch_drop(&scratch);
}

static void init_refuses_what_is_not_empty_and_survives_leftovers(void **state)
{
    (void)state;
    struct ht_store_secrets secrets;
    struct ht_error err = {0};
    char dir[] = "/tmp/hooktrail-unit-XXXXXX", path[128], below[192];
    assert_non_null(mkdtemp(dir));
    snprintf(path, sizeof path, "%s/.init-.new-abcdef", dir);
    assert_int_equal(mkdir(path, 0700), 0);
    snprintf(path, sizeof path, "%s/keys", dir);
    assert_int_equal(mkdir(path, 0700), 0);
    assert_int_equal(ht_store_init(dir, NULL, SCRATCH_NOW, &secrets, &err), HT_OK);
    nftw(dir, scratch_remove_one, 16, FTW_DEPTH | FTW_PHYS);
    assert_int_equal(mkdir(dir, 0755), 0);
    snprintf(path, sizeof path, "%s/letter.txt", dir);
    close(open(path, O_CREAT | O_WRONLY, 0600));
    assert_int_equal(ht_store_init(dir, NULL, SCRATCH_NOW, &secrets, &err), HT_EXISTS);
    assert_int_equal(access(path, F_OK), 0);
    snprintf(below, sizeof below, "%s/made/as/needed", dir);
    assert_int_equal(ht_store_init(below, NULL, SCRATCH_NOW, &secrets, &err), HT_OK);
    snprintf(below, sizeof below, "%s/below/a/file", path);
    assert_int_equal(ht_store_init(below, NULL, SCRATCH_NOW, &secrets, &err), HT_IO);
    nftw(dir, scratch_remove_one, 16, FTW_DEPTH | FTW_PHYS);
}

/* A folder keys/ is removed only where it holds nothing but what an init puts there. */
static void init_removes_no_keys_of_others(void **state)
{
    (void)state;
    struct ht_store_secrets secrets;
    struct ht_error err = {0};
    char dir[] = "/tmp/hooktrail-unit-XXXXXX", folder[64], path[96];
    assert_non_null(mkdtemp(dir));
    snprintf(folder, sizeof folder, "%s/keys", dir);
    snprintf(path, sizeof path, "%s/mine.key", folder);
    assert_int_equal(mkdir(folder, 0700), 0);
    struct ht_init_options options = {.master_key = path};
    assert_int_equal(ht_store_init(dir, &options, SCRATCH_NOW, &secrets, &err), HT_IO);
    assert_non_null(strstr(err.detail, path)); /* never made there, and then removed with the folder */
    assert_int_equal(mkdir(folder, 0700), 0);
    close(open(path, O_CREAT | O_WRONLY, 0600));
    assert_int_equal(ht_store_init(dir, NULL, SCRATCH_NOW, &secrets, &err), HT_EXISTS);
    assert_int_equal(access(path, F_OK), 0);
    nftw(dir, scratch_remove_one, 16, FTW_DEPTH | FTW_PHYS);
}

static void folders_above_a_new_store_are_synced(void **state)
{
    (void)state;
    struct ht_store_secrets secrets;
    char dir[] = "/tmp/hooktrail-unit-XXXXXX", above[64], below[64];
    assert_non_null(mkdtemp(dir));
    snprintf(above, sizeof above, "%s/above", dir);
    snprintf(below, sizeof below, "%s/above/store", dir);
    disk_calls_begin();
    assert_ok(ht_store_init(below, NULL, SCRATCH_NOW, &secrets, &scratch_error));
    disk_calls_end();
    assert_true(disk_calls_first(true, dir) != 0);
    assert_true(disk_calls_first(true, above) != 0);
    nftw(dir, scratch_remove_one, 16, FTW_DEPTH | FTW_PHYS);
}

static bool kinds_unknown; /* as of an ext4 without the feature filetype */

struct dirent *readdir(DIR *folder)
{
    static struct dirent *(*original)(DIR * folder);
    if (original == NULL) *(void **)&original = dlsym(RTLD_NEXT, "readdir");
    struct dirent *entry = original(folder);
    if (entry != NULL && kinds_unknown) entry->d_type = DT_UNKNOWN;
    return entry;
}

static void files_in_folders_are_synced_whatever_the_folder_says_of_them(void **state)
{
    (void)state;
    char dir[] = "/tmp/hooktrail-unit-XXXXXX", folder[64], file[96];
    assert_non_null(mkdtemp(dir));
    snprintf(folder, sizeof folder, "%s/keys", dir);
    snprintf(file, sizeof file, "%s/slots", folder);
    assert_int_equal(mkdir(folder, 0700), 0);
    close(open(file, O_CREAT | O_WRONLY, 0600));
    kinds_unknown = true;
    disk_calls_begin();
    enum ht_status status = files_sync_tree(dir, NULL);
    disk_calls_end();
    kinds_unknown = false;
    assert_int_equal(status, HT_OK);
    assert_true(disk_calls_first(true, file) != 0);
    assert_true(disk_calls_first(true, folder) != 0);
    nftw(dir, scratch_remove_one, 16, FTW_DEPTH | FTW_PHYS);
}

static void open_refuses_what_is_missing_or_readable_by_others(void **state)
{
    (void)state;
    struct scratch scratch;
    struct ht_store *store = NULL;
    struct ht_error err = {0};
    scratch_make(&scratch);
    ht_store_close(scratch.store);
    scratch.store = NULL;
    assert_int_equal(ht_store_open("/tmp/hooktrail-unit-none", NULL, &store, &err), HT_NOT_FOUND);
    assert_non_null(strstr(err.detail, "hooktrail init"));
    assert_int_equal(chmod(scratch.dir, 0755), 0);
    assert_int_equal(ht_store_open(scratch.dir, NULL, &store, &err), HT_FORBIDDEN);
    assert_non_null(strstr(err.detail, "chmod 700"));
    assert_null(store);
    assert_int_equal(chmod(scratch.dir, 0700), 0);
    if (geteuid() == 0) {
        assert_int_equal(chown(scratch.dir, 12345, (gid_t)-1), 0);
        assert_int_equal(ht_store_open(scratch.dir, NULL, &store, &err), HT_FORBIDDEN);
        assert_int_equal(chown(scratch.dir, 0, (gid_t)-1), 0);
    }
    scratch_open(&scratch);
    scratch_drop(&scratch);
}

static void set_format(const char *dir, uint32_t format)
{
    uint8_t bytes[4];
    char path[128];
    MDB_env *env;
    MDB_txn *txn;
    MDB_dbi meta;
    char name[] = "format";
    ht_put_be32(bytes, format);
    snprintf(path, sizeof path, "%s/trail", dir);
    assert_int_equal(mdb_env_create(&env), 0);
    assert_int_equal(mdb_env_set_maxdbs(env, 32), 0);
    assert_int_equal(mdb_env_set_mapsize(env, (size_t)1 << 30), 0);
    assert_int_equal(mdb_env_open(env, path, 0, 0600), 0);
    assert_int_equal(mdb_txn_begin(env, NULL, 0, &txn), 0);
    assert_int_equal(mdb_dbi_open(txn, "meta", 0, &meta), 0);
    MDB_val key = {strlen(name), name}, value = {sizeof bytes, bytes};
    assert_int_equal(mdb_put(txn, meta, &key, &value, 0), 0);
    assert_int_equal(mdb_txn_commit(txn), 0);
    mdb_env_close(env);
}

static void another_format_is_named(void **state)
{
    (void)state;
    struct scratch scratch;
    struct ht_store *store = NULL;
    struct ht_error err = {0};
    scratch_make(&scratch);
    ht_store_close(scratch.store);
    scratch.store = NULL;
    set_format(scratch.dir, 3);
    assert_int_equal(ht_store_open(scratch.dir, NULL, &store, &err), HT_VERSION);
    assert_non_null(strstr(err.detail, "has format 3"));
    assert_non_null(strstr(err.detail, "upgrade hooktrail"));
    set_format(scratch.dir, 1);
    assert_int_equal(ht_store_open(scratch.dir, NULL, &store, &err), HT_VERSION);
    assert_non_null(strstr(err.detail, "has format 1"));
    set_format(scratch.dir, 2);
    scratch_open(&scratch);
    scratch_drop(&scratch);
}

/* What an init that was killed leaves is no store; a trail without its file is not made anew in its place. */
static void half_a_directory_is_named(void **state)
{
    (void)state;
    struct scratch scratch;
    struct ht_store *store = NULL;
    struct ht_error err = {0};
    char file[96], away[96], folder[96];
    scratch_make(&scratch);
    ht_store_close(scratch.store);
    scratch.store = NULL;
    snprintf(file, sizeof file, "%s/trail/data.mdb", scratch.dir);
    snprintf(away, sizeof away, "%s/away", scratch.dir);
    snprintf(folder, sizeof folder, "%s/trail", scratch.dir);
    assert_int_equal(rename(file, away), 0);
    assert_int_equal(ht_store_open(scratch.dir, NULL, &store, &err), HT_CORRUPT);
    assert_non_null(strstr(err.detail, "data.mdb is missing: restore"));
    assert_int_equal(access(file, F_OK), -1);
    assert_int_equal(rename(away, file), 0);
    assert_int_equal(rename(folder, away), 0);
    assert_int_equal(ht_store_open(scratch.dir, NULL, &store, &err), HT_NOT_FOUND);
    assert_non_null(strstr(err.detail, "hooktrail init"));
    assert_int_equal(rename(away, folder), 0);
    scratch_open(&scratch);
    scratch_drop(&scratch);
}

/* The lock is per open file, so a second holder must be another process, as it is in life. */
static void lock_names_the_holder(void **state)
{
    (void)state;
    struct scratch scratch;
    struct ht_error err = {0};
    char pid[32];
    int ready[2], done[2];
    scratch_make(&scratch);
    assert_int_equal(pipe(ready) | pipe(done), 0);
    ht_store_close(scratch.store);
    pid_t child = fork();
    if (child == 0) {
        struct ht_store_options options = {.map_size = (size_t)1 << 30};
        struct ht_store *store;
        char byte = 0;
        if (ht_store_open(scratch.dir, &options, &store, &err) != HT_OK || ht_store_lock(store, &err) != HT_OK)
            _exit(1);
        if (write(ready[1], "x", 1) != 1 || read(done[0], &byte, 1) != 1) _exit(2);
        _exit(0);
    }
    char byte = 0;
    assert_int_equal(read(ready[0], &byte, 1), 1);
    scratch_open(&scratch);
    assert_int_equal(ht_store_lock(scratch.store, &err), HT_BUSY);
    snprintf(pid, sizeof pid, "(pid %d)", (int)child);
    assert_non_null(strstr(err.detail, pid));
    assert_int_equal(write(done[1], "x", 1), 1);
    int result;
    assert_int_equal(waitpid(child, &result, 0), child);
    assert_int_equal(result, 0);
    assert_int_equal(ht_store_lock(scratch.store, &err), HT_OK);
    scratch_drop(&scratch);
}

static void usage_tells_of_the_disk(void **state)
{
    (void)state;
    struct scratch scratch;
    struct ht_error err = {0};
    struct ht_store_usage usage;
    scratch_make(&scratch);
    assert_int_equal(ht_store_usage(scratch.store, &usage, &err), HT_OK);
    assert_true(usage.trail_bytes > 0 && usage.index_bytes > 0 && usage.disk_free > 0);
    assert_true(usage.map_size == (size_t)1 << 30);
    scratch_drop(&scratch);
}

static void usage_tells_how_old_the_oldest_snapshot_is(void **state)
{
    (void)state;
    struct scratch scratch;
    struct ht_store_usage usage;
    struct ht_appender *appender = NULL;
    struct ht_reader *reader = NULL;
    scratch_make(&scratch);
    assert_ok(ht_appender_new(scratch.store, &appender, &scratch_error));
    assert_ok(ht_reader_new(scratch.store, &reader, &scratch_error));
    scratch_append(appender, "{\"a\":1}", SCRATCH_NOW, NULL);
    assert_ok(ht_store_usage(scratch.store, &usage, &scratch_error));
    assert_int_equal(usage.reader_age, 0);
    assert_ok(ht_reader_begin(reader, &scratch_error));
    scratch_append(appender, "{\"a\":2}", SCRATCH_NOW, NULL);
    scratch_append(appender, "{\"a\":3}", SCRATCH_NOW, NULL);
    assert_ok(ht_store_usage(scratch.store, &usage, &scratch_error));
    assert_int_equal(usage.reader_age, 2);
    ht_reader_end(reader);
    assert_ok(ht_store_usage(scratch.store, &usage, &scratch_error));
    assert_int_equal(usage.reader_age, 0);
    ht_reader_free(reader);
    ht_appender_free(appender);
    scratch_drop(&scratch);
}

static void the_environment_says_how_much_is_mapped(void **state)
{
    (void)state;
    struct scratch scratch;
    struct ht_store_usage usage;
    struct ht_store *store;
    struct ht_error err = {0};
    scratch_make(&scratch);
    ht_store_close(scratch.store);
    setenv("HOOKTRAIL_MAP_SIZE", "a lot", 1);
    assert_int_equal(ht_store_open(scratch.dir, NULL, &store, &err), HT_INVALID);
    setenv("HOOKTRAIL_MAP_SIZE", "64 MiB", 1);
    assert_ok(ht_store_open(scratch.dir, NULL, &scratch.store, &scratch_error));
    unsetenv("HOOKTRAIL_MAP_SIZE");
    assert_ok(ht_store_usage(scratch.store, &usage, &scratch_error));
    assert_true(usage.map_size == (size_t)64 << 20);
    scratch_drop(&scratch);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(init_makes_a_private_store_once),
        cmocka_unit_test(init_refuses_what_is_not_empty_and_survives_leftovers),
        cmocka_unit_test(init_removes_no_keys_of_others),
        cmocka_unit_test(folders_above_a_new_store_are_synced),
        cmocka_unit_test(files_in_folders_are_synced_whatever_the_folder_says_of_them),
        cmocka_unit_test(open_refuses_what_is_missing_or_readable_by_others),
        cmocka_unit_test(another_format_is_named),
        cmocka_unit_test(half_a_directory_is_named),
        cmocka_unit_test(lock_names_the_holder),
        cmocka_unit_test(usage_tells_of_the_disk),
        cmocka_unit_test(usage_tells_how_old_the_oldest_snapshot_is),
        cmocka_unit_test(the_environment_says_how_much_is_mapped),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
