/* Restoring a backup: it forgets what was erased since, and is a store or nothing. */
#include "damage.h"
#include "erase_support.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>

#include "hooktrail/act.h"
#include "hooktrail/encode.h"

struct place {
    struct bench bench;
    char above[64]; /* where backups and restored stores go */
    char backup[128];
    char to[128];
    char log[128]; /* the store's erasures.log */
};

static int set_up(void **state)
{
    struct place *place = calloc(1, sizeof *place);
    assert_non_null(place);
    scratch_make(&place->bench.scratch);
    bench_open(&place->bench);
    snprintf(place->above, sizeof place->above, "/tmp/hooktrail-unit-XXXXXX");
    assert_non_null(mkdtemp(place->above));
    snprintf(place->backup, sizeof place->backup, "%s/backup", place->above);
    snprintf(place->to, sizeof place->to, "%s/restored", place->above);
    snprintf(place->log, sizeof place->log, "%s/erasures.log", place->bench.scratch.dir);
    *state = place;
    return 0;
}

static int tear_down(void **state)
{
    struct place *place = *state;
    bench_close(&place->bench);
    scratch_drop(&place->bench.scratch);
    nftw(place->above, scratch_remove_one, 16, FTW_DEPTH | FTW_PHYS);
    free(place);
    return 0;
}

static void back_up(struct place *place)
{
    struct ht_verified verified;
    assert_ok(ht_backup(place->bench.scratch.store, place->backup, SCRATCH_NOW, NULL, NULL, &verified, &scratch_error));
}

static enum ht_status restore_from(struct place *place, const char *backup, const char *erasures,
                                   struct ht_restored *restored, struct ht_error *err)
{
    struct ht_restore_options options = {
        .backup = backup, .erasures = erasures, .store = {.map_size = (size_t)1 << 30}, .now = SCRATCH_NOW};
    return ht_restore(&options, place->to, NULL, NULL, restored, err);
}

/* Opens what was restored in the place of the original. */
static void use_restored(struct place *place, struct bench *restored)
{
    *restored = (struct bench){0};
    snprintf(restored->scratch.dir, sizeof restored->scratch.dir, "%.60s", place->to);
    scratch_open(&restored->scratch);
    bench_open(restored);
}

/* Nothing but `names` (ending with NULL) lies beside the restored store. */
static void expect_beside(struct place *place, const char *const *names)
{
    struct dirent *entry;
    DIR *folder = opendir(place->above);
    assert_non_null(folder);
    while ((entry = readdir(folder)) != NULL) {
        bool known = entry->d_name[0] == '.';
        for (size_t i = 0; names[i] != NULL; i++)
            known |= strcmp(names[i], entry->d_name) == 0;
        if (!known) fail_msg("there is %s", entry->d_name);
    }
    closedir(folder);
}

static void expect_nothing(struct place *place)
{
    expect_beside(place, (const char *const[]){"backup", NULL});
}

static void test_a_backup_becomes_a_store(void **state)
{
    struct place *place = *state;
    struct ht_restored restored;
    struct bench bench;
    struct ht_act act;
    uint64_t last;
    bench_person(&place->bench, "anna", "c1", NULL, 1);
    bench_person(&place->bench, "bert", "c2", NULL, 2);
    bench_erase(&place->bench, HT_SUBJECT_LEAD, "anna");
    back_up(place);
    assert_ok(restore_from(place, place->backup, NULL, &restored, &scratch_error));
    assert_int_equal(restored.verified.events, 2);
    assert_int_equal(restored.erasures, 0);
    expect_beside(place, (const char *const[]){"backup", "restored", NULL});
    use_restored(place, &bench);
    expect_erased(&bench, 1);
    expect_there(&bench, 2);
    expect_sound(&bench);
    assert_ok(ht_reader_begin(bench.reader, &scratch_error));
    assert_ok(ht_act_last(bench.reader, &last, &scratch_error));
    assert_ok(ht_act_get(bench.reader, last, &act, &scratch_error));
    assert_int_equal(act.kind, HT_ACT_RESTORE);
    ht_reader_end(bench.reader);
    /* It goes on as any other. */
    bench_person(&bench, "carla", NULL, NULL, 3);
    bench_erase(&bench, HT_SUBJECT_LEAD, "bert");
    expect_sound(&bench);
    bench_close(&bench);
}

/* What an older backup still has goes: events, keys, rejected deliveries, also such as were retried since. */
static void test_an_older_backup_forgets(void **state)
{
    struct place *place = *state;
    struct ht_restored restored;
    struct bench bench;
    struct ht_rejected_totals totals;
    uint64_t a1 = bench_person(&place->bench, "anna", "c1", NULL, 1);
    uint64_t b1 = bench_person(&place->bench, "bert", "c1", NULL, 2);
    uint64_t b2 = bench_person(&place->bench, "bert", NULL, NULL, 3);
    uint64_t dropped = bench_reject(&place->bench, "{anna", SCRATCH_NOW);
    uint64_t retried = bench_reject(&place->bench, "{unnamed but hers", SCRATCH_NOW);
    uint64_t kept = bench_reject(&place->bench, "{bert", SCRATCH_NOW);
    uint32_t key = bench_header(&place->bench, a1).key, shared = bench_header(&place->bench, b1).key;
    back_up(place);
    assert_ok(ht_rejected_drop(place->bench.scratch.store, retried, HT_ABSENT, SCRATCH_NOW, &scratch_error));
    uint64_t late = bench_person(&place->bench, "anna", "c1", NULL, 4);
    bench_erase(&place->bench, HT_SUBJECT_LEAD, "anna");
    bench_person(&place->bench, "carla", NULL, NULL, 5);
    bench_erase(&place->bench, HT_SUBJECT_LEAD, "carla");
    assert_ok(restore_from(place, place->backup, place->log, &restored, &scratch_error));
    assert_int_equal(restored.erasures, 2);
    use_restored(place, &bench);
    expect_erased(&bench, a1);
    expect_erased(&bench, b1);
    expect_there(&bench, b2);
    assert_int_equal(key_state(&bench, key), HT_ERASED);
    assert_int_equal(key_state(&bench, shared), HT_ERASED);
    assert_int_equal(find_entity(&bench, HT_KIND_LEAD, "anna"), HT_NOT_FOUND);
    assert_int_equal(erasure_of(&bench, HT_KIND_LEAD, "anna"), 1);
    assert_int_equal(erasure_of(&bench, HT_KIND_CONVERSATION, "c1"), 1);
    assert_int_equal(erasure_of(&bench, HT_KIND_LEAD, "carla"), 2);
    assert_ok(ht_reader_begin(bench.reader, &scratch_error));
    assert_ok(ht_rejected_totals(bench.reader, &totals, &scratch_error));
    struct ht_rejected rejected;
    assert_int_equal(ht_rejected_get(bench.reader, dropped, &rejected, NULL), HT_NOT_FOUND);
    assert_int_equal(ht_rejected_get(bench.reader, retried, &rejected, NULL), HT_NOT_FOUND);
    assert_int_equal(ht_rejected_get(bench.reader, kept, &rejected, NULL), HT_OK);
    ht_reader_end(bench.reader);
    assert_int_equal(totals.count, 1);
    expect_sound(&bench);
    /* An event of the restored trail that has the number of an erased one is another, and stays. */
    assert_int_equal(bench_person(&bench, "dora", NULL, NULL, 9), late);
    bench_reopen(&bench);
    expect_there(&bench, late);
    bench_close(&bench);
}

/* What the log has no more it can't repeat: that is told. */
static void test_a_log_that_is_cut_off_is_told_of(void **state)
{
    struct place *place = *state;
    struct ht_restored restored;
    struct bench bench;
    struct stat stat_of;
    bench_person(&place->bench, "anna", NULL, NULL, 1);
    bench_person(&place->bench, "bert", NULL, NULL, 2);
    back_up(place);
    bench_erase(&place->bench, HT_SUBJECT_LEAD, "anna");
    assert_int_equal(stat(place->log, &stat_of), 0);
    bench_erase(&place->bench, HT_SUBJECT_LEAD, "bert");
    assert_ok(restore_from(place, place->backup, place->log, &restored, &scratch_error));
    assert_false(restored.erasures_cut);
    assert_int_equal(restored.erasures_last, 2);
    nftw(place->to, scratch_remove_one, 16, FTW_DEPTH | FTW_PHYS);
    assert_int_equal(truncate(place->log, stat_of.st_size + 30), 0);
    assert_ok(restore_from(place, place->backup, place->log, &restored, &scratch_error));
    assert_int_equal(restored.erasures, 1);
    assert_true(restored.erasures_cut);
    assert_int_equal(restored.erasures_last, 1);
    use_restored(place, &bench);
    expect_erased(&bench, 1);
    expect_there(&bench, 2);
    bench_close(&bench);
    nftw(place->to, scratch_remove_one, 16, FTW_DEPTH | FTW_PHYS);
    assert_int_equal(truncate(place->log, 10), 0);
    assert_ok(restore_from(place, place->backup, place->log, &restored, &scratch_error));
    assert_true(restored.erasures_cut);
    assert_int_equal(restored.erasures_last, 0);
}

/* Copied by hand, the newer log laid beside: opening it is enough. */
static void test_a_newer_log_is_noticed_on_opening(void **state)
{
    struct place *place = *state;
    struct ht_restored restored;
    struct bench bench;
    char path[160], command[512];
    bench_person(&place->bench, "anna", NULL, NULL, 1);
    bench_person(&place->bench, "bert", NULL, NULL, 2);
    back_up(place);
    assert_ok(restore_from(place, place->backup, NULL, &restored, &scratch_error));
    bench_erase(&place->bench, HT_SUBJECT_LEAD, "anna");
    snprintf(path, sizeof path, "%s/erasures.log", place->to);
    snprintf(command, sizeof command, "cp %s %s", place->log, path);
    assert_int_equal(system(command), 0);
    use_restored(place, &bench);
    expect_erased(&bench, 1);
    expect_there(&bench, 2);
    expect_sound(&bench);
    bench_close(&bench);
}

/* The same number, but another event: what the restored store has taken in since is not what was erased. */
static void test_what_is_not_the_same_stays(void **state)
{
    struct place *place = *state;
    struct ht_restored restored;
    struct bench bench;
    char command[512];
    bench_person(&place->bench, "anna", NULL, NULL, 1);
    back_up(place);
    assert_ok(restore_from(place, place->backup, NULL, &restored, &scratch_error));
    uint64_t seq = bench_person(&place->bench, "bert", NULL, NULL, 2);
    bench_erase(&place->bench, HT_SUBJECT_LEAD, "bert");
    use_restored(place, &bench);
    assert_int_equal(bench_person(&bench, "carla", NULL, NULL, 2), seq);
    bench_close(&bench);
    snprintf(command, sizeof command, "cp %s %s/erasures.log", place->log, place->to);
    assert_int_equal(system(command), 0);
    use_restored(place, &bench);
    expect_there(&bench, 1);
    expect_there(&bench, seq);
    expect_sound(&bench);
    bench_close(&bench);
}

static void test_what_it_refuses(void **state)
{
    struct place *place = *state;
    struct ht_restored restored;
    struct ht_error err;
    struct scratch other;
    char path[160];
    bench_person(&place->bench, "anna", NULL, NULL, 1);
    back_up(place);
    assert_int_equal(restore_from(place, place->bench.scratch.dir, NULL, &restored, &err), HT_BUSY);
    expect_nothing(place);
    assert_int_equal(restore_from(place, "/tmp/hooktrail-unit-nowhere", NULL, &restored, &err), HT_NOT_FOUND);
    expect_nothing(place);
    assert_int_equal(restore_from(place, place->backup, "/tmp/hooktrail-unit-nowhere", &restored, &err), HT_NOT_FOUND);
    expect_nothing(place);
    scratch_make(&other);
    struct bench others = {.scratch = other};
    bench_open(&others);
    bench_person(&others, "anna", NULL, NULL, 1);
    bench_erase(&others, HT_SUBJECT_LEAD, "anna");
    snprintf(path, sizeof path, "%s/erasures.log", other.dir);
    assert_int_equal(restore_from(place, place->backup, path, &restored, &err), HT_INVALID);
    expect_nothing(place);
    snprintf(path, sizeof path, "%s/keys/index.key", other.dir);
    assert_int_equal(restore_from(place, place->backup, path, &restored, &err), HT_CORRUPT);
    expect_nothing(place);
    bench_close(&others);
    scratch_drop(&others.scratch);
    assert_int_equal(mkdir(place->to, 0700), 0);
    assert_ok(restore_from(place, place->backup, NULL, &restored, &scratch_error));
    assert_int_equal(restore_from(place, place->backup, NULL, &restored, &err), HT_EXISTS);
}

/* By whatever name it goes: only the directory itself can be replaced. */
static void test_an_empty_directory_by_another_name(void **state)
{
    struct place *place = *state;
    struct ht_restored restored;
    struct ht_error err;
    char to[128], link[160];
    bench_person(&place->bench, "anna", NULL, NULL, 1);
    back_up(place);
    memcpy(to, place->to, sizeof to);
    snprintf(link, sizeof link, "%s/link", place->above);
    assert_int_equal(mkdir(to, 0700), 0);
    assert_int_equal(symlink(to, link), 0);
    snprintf(place->to, sizeof place->to, "%s/link", place->above);
    assert_ok(restore_from(place, place->backup, NULL, &restored, &scratch_error));
    assert_int_equal(access(link, F_OK), 0);
    nftw(to, scratch_remove_one, 16, FTW_DEPTH | FTW_PHYS);
    assert_int_equal(mkdir(to, 0700), 0);
    snprintf(place->to, sizeof place->to, "%s/link/.", place->above);
    assert_ok(restore_from(place, place->backup, NULL, &restored, &scratch_error));
    expect_beside(place, (const char *const[]){"backup", "restored", "link", NULL});
    snprintf(place->to, sizeof place->to, "%s/restored/trail", place->above);
    assert_int_equal(restore_from(place, place->backup, NULL, &restored, &err), HT_EXISTS);
}

static void test_a_damaged_backup_is_no_store(void **state)
{
    struct place *place = *state;
    struct ht_restored restored;
    struct ht_error err;
    bench_person(&place->bench, "anna", NULL, NULL, 1);
    back_up(place);
    damage_file(place->backup, "keys/data.keys", 150); /* in the first key */
    enum ht_status status = restore_from(place, place->backup, NULL, &restored, &err);
    assert_true(status == HT_CORRUPT);
    expect_nothing(place);
}

static void test_a_killed_run_is_in_nobodys_way(void **state)
{
    struct place *place = *state;
    struct ht_restored restored;
    char path[160];
    bench_person(&place->bench, "anna", NULL, NULL, 1);
    back_up(place);
    snprintf(path, sizeof path, "%s.restoring-abcdef", place->to);
    assert_int_equal(mkdir(path, 0700), 0);
    assert_ok(restore_from(place, place->backup, NULL, &restored, &scratch_error));
}

/* A key of a row behind the last one: were the number believed, the index would be filled up to it. */
static void test_a_number_that_no_trail_can_hold_is_not_believed(void **state)
{
    struct place *place = *state;
    struct ht_restored restored;
    struct ht_error err = {0};
    MDB_txn *txn;
    uint8_t number[8];
    bench_person(&place->bench, "anna", "c1", NULL, 1);
    ht_put_be64(number, UINT64_C(1) << 40);
    MDB_val key = {sizeof number, number}, value = {sizeof number, number};
    back_up(place);
    struct ht_store *store;
    struct ht_store_options options = {.map_size = (size_t)1 << 30, .reserve = 1};
    assert_ok(ht_store_open(place->backup, &options, &store, &scratch_error));
    assert_ok(trail_change_begin(store, &txn, &scratch_error));
    assert_int_equal(mdb_put(txn, store->trail.events, &key, &value, 0), 0);
    assert_ok(trail_change_end(txn, HT_OK, &scratch_error));
    assert_int_equal(ht_index_catch_up(store, NULL, NULL, NULL, &err), HT_CORRUPT);
    ht_store_close(store);
    char manifest[256];
    snprintf(manifest, sizeof manifest, "%s/backup.json", place->backup);
    assert_int_equal(unlink(manifest), 0); /* or what it says of the files would be found first */
    assert_int_equal(restore_from(place, place->backup, NULL, &restored, &err), HT_CORRUPT);
    assert_non_null(strstr(err.detail, "1099511627776"));
    expect_nothing(place);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
    const struct CMUnitTest tests[] = {
        TEST(test_a_backup_becomes_a_store),           TEST(test_an_older_backup_forgets),
        TEST(test_a_log_that_is_cut_off_is_told_of),   TEST(test_a_newer_log_is_noticed_on_opening),
        TEST(test_what_is_not_the_same_stays),         TEST(test_what_it_refuses),
        TEST(test_an_empty_directory_by_another_name), TEST(test_a_damaged_backup_is_no_store),
        TEST(test_a_killed_run_is_in_nobodys_way),     TEST(test_a_number_that_no_trail_can_hold_is_not_believed),
    };
    cmocka_set_message_output(CM_OUTPUT_TAP);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
