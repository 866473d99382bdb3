/* Incremental backups: what a full one and its increments come to together is the store, and nothing else passes. */
#include "damage.h"
#include "erase_support.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>

#include "../../store/keyring_file.h"
#include "../../store/manifest.h"
#include "../../store/rows.h"
#include "../../store/seal.h"
#include "hooktrail/encode.h"
#include "hooktrail/endpoint.h"
#include "hooktrail/keys.h"
#include "random.h"

#define LINKS 8

struct place {
    struct bench bench;
    char above[64]; /* where backups and restored stores go */
    char links[LINKS][128];
    size_t count;
    char to[128];
};

static int set_up(void **state)
{
    struct place *place = calloc(1, sizeof *place);
    assert_non_null(place);
    scratch_make(&place->bench.scratch);
    bench_open(&place->bench);
    snprintf(place->above, sizeof place->above, "/tmp/hooktrail-unit-XXXXXX");
    assert_non_null(mkdtemp(place->above));
    for (int i = 0; i < LINKS; i++)
        snprintf(place->links[i], sizeof place->links[i], "%s/link-%d", place->above, i);
    snprintf(place->to, sizeof place->to, "%s/restored", place->above);
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

/* ---- making and restoring ---- */

static enum ht_status since(struct place *place, size_t before, const char *to, struct ht_increment *made,
                            struct ht_error *err)
{
    return ht_backup_since(place->bench.scratch.store, place->links[before], to, SCRATCH_NOW, NULL, NULL, made, err);
}

/* The next link: a full backup first, then increments. */
static struct ht_increment link_on(struct place *place)
{
    struct ht_increment made = {0};
    struct ht_verified verified;
    const char *to = place->links[place->count];
    assert_true(place->count < LINKS);
    if (place->count == 0)
        assert_ok(ht_backup(place->bench.scratch.store, to, SCRATCH_NOW, NULL, NULL, &verified, &scratch_error));
    else
        assert_ok(since(place, place->count - 1, to, &made, &scratch_error));
    place->count++;
    return made;
}

static enum ht_status restore_these(struct place *place, const size_t *which, size_t count, const char *erasures,
                                    struct ht_error *err)
{
    struct ht_restored restored;
    const char *increments[LINKS];
    for (size_t i = 1; i < count; i++)
        increments[i - 1] = place->links[which[i]];
    const struct ht_restore_options options = {.backup = place->links[which[0]],
                                               .increments = increments,
                                               .increment_count = count - 1,
                                               .erasures = erasures,
                                               .store = {.map_size = (size_t)1 << 30},
                                               .now = SCRATCH_NOW};
    return ht_restore(&options, place->to, NULL, NULL, &restored, err);
}

static void restore_all(struct place *place, const char *erasures, struct bench *restored)
{
    static const size_t order[LINKS] = {0, 1, 2, 3, 4, 5, 6, 7};
    assert_ok(restore_these(place, order, place->count, erasures, &scratch_error));
    *restored = (struct bench){0};
    snprintf(restored->scratch.dir, sizeof restored->scratch.dir, "%.60s", place->to);
    scratch_open(&restored->scratch);
    bench_open(restored);
}

static void expect_refused(struct place *place, const size_t *which, size_t count, enum ht_status wanted,
                           const char *text)
{
    struct ht_error err = {0};
    assert_int_equal(restore_these(place, which, count, NULL, &err), wanted);
    if (strstr(err.detail, text) == NULL) fail_msg("%s is not in: %s", text, err.detail);
    assert_int_equal(access(place->to, F_OK), -1);
}

/* ---- comparing ---- */

static void expect_table(MDB_txn *left_txn, MDB_dbi left_table, MDB_txn *right_txn, MDB_dbi right_table,
                         const char *name)
{
    MDB_cursor *a, *b;
    MDB_val a_key, a_value, b_key, b_value;
    assert_int_equal(mdb_cursor_open(left_txn, left_table, &a), 0);
    assert_int_equal(mdb_cursor_open(right_txn, right_table, &b), 0);
    for (size_t row = 0;; row++) {
        int left_code = mdb_cursor_get(a, &a_key, &a_value, MDB_NEXT);
        int right_code = mdb_cursor_get(b, &b_key, &b_value, MDB_NEXT);
        if (left_code != right_code) fail_msg("%s ends with row %zu in one of them", name, row);
        if (left_code != 0) break;
        if (a_key.mv_size != b_key.mv_size || memcmp(a_key.mv_data, b_key.mv_data, a_key.mv_size) != 0)
            fail_msg("%s: row %zu has another key", name, row);
        if (a_value.mv_size != b_value.mv_size || memcmp(a_value.mv_data, b_value.mv_data, a_value.mv_size) != 0)
            fail_msg("%s: row %zu has another value", name, row);
    }
    mdb_cursor_close(a);
    mdb_cursor_close(b);
}

static void read_keys(const struct bench *bench, struct ht_buffer *bytes)
{
    char path[192];
    FILE *file;
    char chunk[4096];
    size_t got;
    snprintf(path, sizeof path, "%s/keys/data.keys", bench->scratch.dir);
    file = fopen(path, "r");
    assert_non_null(file);
    while ((got = fread(chunk, 1, sizeof chunk, file)) > 0)
        ht_buffer_add_bytes(bytes, chunk, got);
    fclose(file);
}

static void expect_keys(const struct bench *left, const struct bench *right)
{
    struct ht_buffer a = {0}, b = {0};
    uint64_t keys = 0;
    assert_ok(trail_counter_now(left->scratch.store, SEAL_KEYS_COUNTER, &keys, &scratch_error));
    size_t size = KEYRING_HEADER + (size_t)keys * KEYRING_SLOT;
    read_keys(left, &a);
    read_keys(right, &b);
    assert_true(a.size >= size && b.size >= size);
    assert_memory_equal(a.data, b.data, size);
    ht_buffer_release(&a);
    ht_buffer_release(&b);
}

/* Byte for byte, but for the acts, among which the restored store has one that the other has not. */
static void expect_same(const struct bench *left, const struct bench *right)
{
    MDB_txn *a, *b;
    const struct trail_env *one = &left->scratch.store->trail, *two = &right->scratch.store->trail;
    static const struct {
        const char *name;
        size_t at;
    } tables[] = {
#define TABLE(name) {#name, offsetof(struct trail_env, name)}
        TABLE(meta),   TABLE(events),  TABLE(repeats),    TABLE(endpoints), TABLE(secrets),
        TABLE(tokens), TABLE(bearers), TABLE(watermarks), TABLE(tree),      TABLE(rejected),
        TABLE(holds),  TABLE(erased),  TABLE(erasures),
    };
    assert_int_equal(mdb_txn_begin(one->env, NULL, MDB_RDONLY, &a), 0);
    assert_int_equal(mdb_txn_begin(two->env, NULL, MDB_RDONLY, &b), 0);
    for (size_t i = 0; i < sizeof tables / sizeof tables[0]; i++)
        expect_table(a, *(const MDB_dbi *)(const void *)((const char *)one + tables[i].at), b,
                     *(const MDB_dbi *)(const void *)((const char *)two + tables[i].at), tables[i].name);
    mdb_txn_abort(a);
    mdb_txn_abort(b);
    expect_keys(left, right);
}

static void expect_restored(struct place *place, const char *erasures)
{
    struct bench restored;
    restore_all(place, erasures, &restored);
    expect_same(&place->bench, &restored);
    expect_sound(&restored);
    bench_close(&restored);
}

/* ---- tests ---- */

static void some_persons(struct place *place, unsigned first, unsigned count)
{
    char payload[512], lead[32], conversation[32];
    struct bench_list list = {0};
    for (unsigned n = first; n < first + count; n++) {
        snprintf(lead, sizeof lead, "lead-%u", n % 11 % 4);
        snprintf(conversation, sizeof conversation, "c-%u", n % 11);
        bench_queue(&place->bench, &list, payload_of(payload, n % 3 == 0 ? NULL : lead, conversation, NULL, n),
                    SCRATCH_NOW + (int64_t)n * HT_SECOND);
    }
    bench_flush(&place->bench, &list);
}

static void test_the_chain_comes_to_the_store(void **state)
{
    struct place *place = *state;
    struct bench *bench = &place->bench;
    some_persons(place, 0, 60);
    bench_reject(bench, "{one", SCRATCH_NOW);
    bench_reject(bench, "{two", SCRATCH_NOW);
    link_on(place);
    some_persons(place, 60, 50);
    some_persons(place, 0, 5); /* repeats */
    struct ht_increment made = link_on(place);
    assert_true(made.first == 61 && made.last == 110 && made.events == 50 && made.repeats == 5 && made.changed == 0);
    bench_catch_up(bench);
    struct ht_erased erased = bench_erase(bench, HT_SUBJECT_LEAD, "lead-2");
    erased = bench_erase(bench, HT_SUBJECT_CONVERSATION, "c-3");
    assert_true(erased.events > 0 && erased.resealed > 0);
    bench_erase(bench, HT_SUBJECT_SEQ, "6"); /* of c-5 */
    bench_reject(bench, "{three", SCRATCH_NOW);
    assert_ok(ht_rejected_drop(bench->scratch.store, 2, HT_ABSENT, SCRATCH_NOW, &scratch_error));
    made = link_on(place);
    assert_true(made.events == 0 && made.first == 111 && made.last == 110 && made.erasures == 3);
    assert_true(made.changed >= erased.events);
    some_persons(place, 110, 40);
    bench_catch_up(bench);
    bench_erase(bench, HT_SUBJECT_CONVERSATION, "c-5"); /* the tombstone of 6 names it no more */
    link_on(place);
    expect_restored(place, NULL);
}

static void test_what_was_erased_stays_away(void **state)
{
    struct place *place = *state;
    struct bench restored;
    char log[128];
    uint64_t anna = bench_person(&place->bench, "anna", "c1", NULL, 1);
    bench_person(&place->bench, "bert", "c1", NULL, 2);
    uint32_t key = bench_header(&place->bench, anna).key;
    link_on(place);
    uint64_t late = bench_person(&place->bench, "anna", "c2", NULL, 3);
    uint64_t other = bench_person(&place->bench, "bert", NULL, NULL, 4);
    link_on(place);
    bench_catch_up(&place->bench);
    bench_erase(&place->bench, HT_SUBJECT_LEAD, "anna");
    /* By an increment made since, ... */
    link_on(place);
    restore_all(place, NULL, &restored);
    expect_erased(&restored, anna);
    expect_erased(&restored, late);
    expect_there(&restored, other);
    assert_int_equal(key_state(&restored, key), HT_ERASED);
    assert_int_equal(erasure_of(&restored, HT_KIND_LEAD, "anna"), 1);
    expect_sound(&restored);
    bench_close(&restored);
    nftw(place->to, scratch_remove_one, 16, FTW_DEPTH | FTW_PHYS);
    /* ... or, with older ones, by the newer log of erasures. */
    place->count = 2;
    snprintf(log, sizeof log, "%s/erasures.log", place->bench.scratch.dir);
    restore_all(place, log, &restored);
    expect_erased(&restored, anna);
    expect_erased(&restored, late);
    expect_there(&restored, other);
    assert_int_equal(key_state(&restored, key), HT_ERASED);
    expect_sound(&restored);
    bench_close(&restored);
}

/* The keys that an increment has are none of those that were destroyed, though the store has not yet destroyed them. */
static void test_an_erasure_under_way_is_done_in_it(void **state)
{
    struct place *place = *state;
    struct bench restored;
    uint64_t anna = bench_person(&place->bench, "anna", NULL, NULL, 1);
    uint32_t key = bench_header(&place->bench, anna).key;
    struct ht_buffer before = {0};
    link_on(place);
    bench_catch_up(&place->bench);
    read_keys(&place->bench, &before);
    bench_erase(&place->bench, HT_SUBJECT_LEAD, "anna");
    /* As if it had died before that. */
    char path[160];
    snprintf(path, sizeof path, "%s/keys/data.keys", place->bench.scratch.dir);
    int fd = open(path, O_WRONLY);
    assert_true(fd >= 0 && pwrite(fd, before.data, before.size, 0) == (ssize_t)before.size);
    close(fd);
    ht_buffer_release(&before);
    link_on(place);
    restore_all(place, NULL, &restored);
    assert_int_equal(key_state(&restored, key), HT_ERASED);
    expect_erased(&restored, anna);
    bench_close(&restored);
}

/* ---- while the store goes on ---- */

struct meanwhile {
    struct place *place;
    pthread_t thread;
    bool begun;
    struct ht_erased erased;
    enum ht_status status;
};

static void *erase_one(void *context)
{
    struct meanwhile *meanwhile = context;
    const struct ht_subject_ref subject = {HT_SUBJECT_LEAD, HT_SLICE("lead-1")};
    meanwhile->status = ht_erase(meanwhile->place->bench.scratch.store, &subject, 1, "meanwhile", SCRATCH_NOW + HT_DAY,
                                 false, NULL, NULL, &meanwhile->erased, NULL);
    return NULL;
}

/* Behind the first span an erasure takes events that were read already; its keys wait for the end of the backup. */
static bool erase_meanwhile(void *context, uint64_t done, uint64_t total)
{
    struct meanwhile *meanwhile = context;
    uint64_t erasures = 0;
    assert_true(done <= total);
    if (meanwhile->begun) return true;
    meanwhile->begun = true;
    assert_true(done > 0 && done < total);
    assert_int_equal(pthread_create(&meanwhile->thread, NULL, erase_one, meanwhile), 0);
    while (erasures == 0) {
        assert_ok(
            trail_counter_now(meanwhile->place->bench.scratch.store, ERASURES_COUNTER, &erasures, &scratch_error));
        usleep(1000);
    }
    return true;
}

static void test_an_erasure_meanwhile_is_in_it(void **state)
{
    struct place *place = *state;
    struct meanwhile meanwhile = {.place = place};
    struct ht_increment made;
    some_persons(place, 0, 100);
    link_on(place);
    some_persons(place, 100, 3000);
    bench_catch_up(&place->bench);
    assert_ok(ht_backup_since(place->bench.scratch.store, place->links[0], place->links[1], SCRATCH_NOW,
                              erase_meanwhile, &meanwhile, &made, &scratch_error));
    assert_int_equal(pthread_join(meanwhile.thread, NULL), 0);
    assert_true(meanwhile.status == HT_OK && meanwhile.erased.events > 100);
    assert_true(made.erasures == 1 && made.changed > 0);
    place->count = 2;
    expect_restored(place, NULL);
}

struct busy {
    struct place *place;
    atomic_bool stop;
};

static void *append_on(void *context)
{
    struct busy *busy = context;
    for (unsigned n = 10000; !atomic_load(&busy->stop); n += 20)
        some_persons(busy->place, n, 20);
    return NULL;
}

static void test_increments_are_made_while_it_serves(void **state)
{
    struct place *place = *state;
    struct busy busy = {.place = place};
    pthread_t thread;
    uint64_t last = 0;
    some_persons(place, 0, 100);
    link_on(place);
    assert_int_equal(pthread_create(&thread, NULL, append_on, &busy), 0);
    for (int i = 0; i < 4; i++) {
        struct ht_increment made = link_on(place);
        assert_true(last == 0 || made.first == last + 1);
        last = made.last;
        usleep(20000);
    }
    atomic_store(&busy.stop, true);
    assert_int_equal(pthread_join(thread, NULL), 0);
    link_on(place);
    expect_restored(place, NULL);
}

static bool count_down(void *context, uint64_t done, uint64_t total)
{
    unsigned *left = context;
    assert_true(done <= total);
    return (*left)-- > 0;
}

static void expect_links(const struct place *place, size_t count)
{
    struct dirent *entry;
    size_t found = 0;
    DIR *folder = opendir(place->above);
    assert_non_null(folder);
    while ((entry = readdir(folder)) != NULL)
        found += entry->d_name[0] != '.';
    closedir(folder);
    assert_int_equal(found, count);
}

static void test_a_stopped_one_leaves_nothing(void **state)
{
    struct place *place = *state;
    struct ht_increment made;
    link_on(place);
    some_persons(place, 0, 2500);
    for (unsigned steps = 0; steps < 2; steps++) {
        unsigned left = steps;
        assert_int_equal(ht_backup_since(place->bench.scratch.store, place->links[0], place->links[1], SCRATCH_NOW,
                                         count_down, &left, &made, NULL),
                         HT_STOPPING);
        expect_links(place, 1);
    }
}

static void test_a_killed_one_is_there_whole_or_not_at_all(void **state)
{
    struct place *place = *state;
    struct random random = {.state = 5};
    unsigned killed = 0;
    link_on(place);
    some_persons(place, 0, 1500);
    bench_close(&place->bench);
    for (int round = 0; round < 20; round++) {
        int how;
        pid_t pid = fork();
        assert_true(pid >= 0);
        if (pid == 0) {
            struct ht_increment made;
            struct ht_store_options options = {.map_size = (size_t)1 << 30, .reserve = 1};
            if (ht_store_open(place->bench.scratch.dir, &options, &place->bench.scratch.store, NULL) != HT_OK) _exit(2);
            _exit(since(place, 0, place->links[1], &made, NULL) == HT_OK ? 0 : 1);
        }
        struct timespec pause = {.tv_nsec = (long)random_below(&random, 60) * 1000000 + 1};
        nanosleep(&pause, NULL);
        kill(pid, SIGKILL);
        assert_int_equal(waitpid(pid, &how, 0), pid);
        killed += WIFSIGNALED(how) != 0;
        if (access(place->links[1], F_OK) != 0) continue;
        struct manifest manifest = {0};
        assert_ok(manifest_read(&manifest, place->links[1], &scratch_error));
        assert_ok(manifest_check_files(&manifest, place->links[1], &scratch_error));
        assert_int_equal(manifest.at.events, 1500);
        manifest_release(&manifest);
        nftw(place->links[1], scratch_remove_one, 16, FTW_DEPTH | FTW_PHYS);
    }
    assert_true(killed > 5);
    bench_reopen(&place->bench);
}

/* ---- keys ---- */

static void test_other_keys_come_along(void **state)
{
    struct place *place = *state;
    some_persons(place, 0, 30);
    link_on(place);
    bench_close(&place->bench);
    scratch_open(&place->bench.scratch);
    assert_ok(ht_keys_rotate_signing(place->bench.scratch.store, "log.example.com/2", SCRATCH_NOW, &scratch_error));
    assert_ok(ht_keys_rotate_master(place->bench.scratch.store, NULL, SCRATCH_NOW, &scratch_error));
    place->bench.scratch.store = NULL; /* closed by it */
    bench_reopen(&place->bench);
    some_persons(place, 30, 30);
    link_on(place);
    some_persons(place, 60, 5);
    link_on(place);
    expect_restored(place, NULL);
}

static void test_what_is_restored_goes_on(void **state)
{
    struct place *place = *state;
    struct bench restored;
    struct ht_increment made;
    struct ht_error err;
    some_persons(place, 0, 30);
    link_on(place);
    some_persons(place, 30, 30);
    link_on(place);
    restore_all(place, NULL, &restored);
    bench_person(&restored, "new", NULL, NULL, 900); /* a key behind those of the backup */
    bench_catch_up(&restored);
    bench_erase(&restored, HT_SUBJECT_LEAD, "lead-1");
    expect_sound(&restored);
    /* The chain goes on with it, ... */
    assert_ok(ht_backup_since(restored.scratch.store, place->links[1], place->links[2], SCRATCH_NOW, NULL, NULL, &made,
                              &scratch_error));
    assert_int_equal(made.events, 1);
    bench_close(&restored);
    /* ... but then not with the other, which has gone its own way. */
    some_persons(place, 60, 30);
    bench_catch_up(&place->bench);
    for (unsigned i = 0; i < 3; i++)
        bench_erase(&place->bench, HT_SUBJECT_SEQ, (const char *const[]){"2", "3", "4"}[i]);
    assert_int_equal(since(place, 2, place->links[3], &made, &err), HT_INVALID);
    assert_non_null(strstr(err.detail, "another way"));
}

/* ---- what is refused ---- */

static void test_what_the_making_refuses(void **state)
{
    struct place *place = *state;
    struct bench restored;
    struct ht_increment made;
    struct ht_error err;
    some_persons(place, 0, 10);
    link_on(place);
    assert_int_equal(since(place, 5, place->links[1], &made, &err), HT_NOT_FOUND);
    assert_int_equal(since(place, 0, place->links[0], &made, &err), HT_EXISTS);
    assert_int_equal(since(place, 0, "", &made, &err), HT_INVALID);
    some_persons(place, 10, 10);
    link_on(place);
    /* A store that has gone back, and one that has gone another way. */
    place->count = 1;
    restore_all(place, NULL, &restored);
    enum ht_status status =
        ht_backup_since(restored.scratch.store, place->links[1], place->links[2], SCRATCH_NOW, NULL, NULL, &made, &err);
    assert_int_equal(status, HT_INVALID);
    assert_non_null(strstr(err.detail, "is ahead of the store"));
    struct place other = {.bench = restored};
    some_persons(&other, 500, 30);
    /* More of everything than the link has: of data keys too, of which a person now and then gets one more. */
    bench_person(&other.bench, "another", "another", NULL, 600);
    bench_person(&other.bench, "one more", "one more", NULL, 601);
    status =
        ht_backup_since(restored.scratch.store, place->links[1], place->links[2], SCRATCH_NOW, NULL, NULL, &made, &err);
    assert_int_equal(status, HT_INVALID);
    assert_non_null(strstr(err.detail, "another way"));
    bench_close(&restored);
    struct bench foreign = {0};
    scratch_make(&foreign.scratch);
    status =
        ht_backup_since(foreign.scratch.store, place->links[0], place->links[2], SCRATCH_NOW, NULL, NULL, &made, &err);
    assert_int_equal(status, HT_INVALID);
    assert_non_null(strstr(err.detail, "another trail"));
    scratch_drop(&foreign.scratch);
    assert_int_equal(access(place->links[2], F_OK), -1);
}

static void test_what_the_restoring_refuses(void **state)
{
    struct place *place = *state;
    struct ht_verified verified;
    for (unsigned i = 0; i < 4; i++) {
        some_persons(place, i * 10, 10);
        link_on(place);
    }
    expect_refused(place, (size_t[]){0, 2, 1, 3}, 4, HT_INVALID, "link-2 follows");
    expect_refused(place, (size_t[]){0, 1, 3}, 3, HT_INVALID, "made as link-2");
    expect_refused(place, (size_t[]){0, 1, 1}, 3, HT_INVALID, "link-1 follows");
    expect_refused(place, (size_t[]){1, 2}, 2, HT_INVALID, "link-1 is an increment, made since link-0");
    expect_refused(place, (size_t[]){0, 0}, 2, HT_INVALID, "link-0 is a full backup");
    expect_refused(place, (size_t[]){0, 5}, 2, HT_NOT_FOUND, "link-5");
    struct bench foreign = {0};
    scratch_make(&foreign.scratch);
    assert_ok(ht_backup(foreign.scratch.store, place->links[4], SCRATCH_NOW, NULL, NULL, &verified, &scratch_error));
    scratch_drop(&foreign.scratch);
    expect_refused(place, (size_t[]){4, 1}, 2, HT_INVALID, "link-1 is of another trail");
}

static void test_a_damaged_link_is_named(void **state)
{
    struct place *place = *state;
    static const struct {
        const char *name;
        off_t at;
        const char *said;
    } places[] = {
        {"rows", 10, "link-1/rows has another SHA-256"},
        {"rows", 900, "link-1/rows has another SHA-256"},
        {"keys/slots", 40, "link-1/keys/slots has another SHA"},
        {"keys/log.pub", 5, "link-1/keys/log.pub has another"},
        {"backup.json", 20, "link-"},
    };
    some_persons(place, 0, 10);
    link_on(place);
    some_persons(place, 10, 10);
    link_on(place);
    some_persons(place, 20, 10);
    link_on(place);
    for (size_t i = 0; i < sizeof places / sizeof places[0]; i++) {
        struct ht_error err = {0};
        damage_file(place->links[1], places[i].name, places[i].at);
        enum ht_status status = restore_these(place, (size_t[]){0, 1, 2}, 3, NULL, &err);
        assert_true(status == HT_CORRUPT || (i == 4 && status == HT_INVALID));
        if (strstr(err.detail, places[i].said) == NULL) fail_msg("%s", err.detail);
        damage_file(place->links[1], places[i].name, places[i].at);
    }
    char path[192];
    snprintf(path, sizeof path, "%s/rows", place->links[2]);
    assert_int_equal(truncate(path, 500), 0);
    expect_refused(place, (size_t[]){0, 1, 2}, 3, HT_CORRUPT, "link-2/rows has 500 bytes");
    assert_int_equal(unlink(path), 0);
    expect_refused(place, (size_t[]){0, 1, 2}, 3, HT_CORRUPT, "link-2/rows is missing");
    damage_file(place->links[0], "trail/data.mdb", 9000);
    expect_refused(place, (size_t[]){0, 1}, 2, HT_CORRUPT, "link-0/trail/data.mdb has another SHA-256");
}

/* The manifest fits, but the rows lead elsewhere. */
static void test_what_comes_out_elsewhere_is_no_store(void **state)
{
    struct place *place = *state;
    char path[192];
    struct manifest manifest = {0};
    some_persons(place, 0, 10);
    link_on(place);
    some_persons(place, 10, 10);
    link_on(place);
    assert_ok(manifest_read(&manifest, place->links[1], &scratch_error));
    manifest.at.events_root[3] = manifest.at.events_root[3] == '1' ? '2' : '1';
    snprintf(path, sizeof path, "%s/backup.json", place->links[1]);
    assert_int_equal(unlink(path), 0);
    assert_ok(manifest_write(&manifest, place->links[1], &scratch_error));
    manifest_release(&manifest);
    expect_refused(place, (size_t[]){0, 1}, 2, HT_CORRUPT, "link-1: events_root");
}

static void test_a_damaged_record_is_not_backed_up(void **state)
{
    struct place *place = *state;
    struct ht_increment made;
    struct ht_error err;
    some_persons(place, 0, 10);
    link_on(place);
    some_persons(place, 10, 10);
    damage_event(place->bench.scratch.store, 15, SIZE_MAX, 4);
    assert_int_equal(since(place, 0, place->links[1], &made, &err), HT_CORRUPT);
    assert_non_null(strstr(err.detail, "15"));
    expect_links(place, 1);
}

/* A row as an older hooktrail wrote it: what it changed besides isn't known. */
static void test_an_older_erasure_wants_a_full_backup(void **state)
{
    struct place *place = *state;
    struct ht_store *store = place->bench.scratch.store;
    struct ht_increment made;
    struct ht_error err;
    struct erasures_row row;
    struct ht_buffer copy = {0};
    struct ht_slice value = HT_ABSENT;
    MDB_txn *txn;
    bench_person(&place->bench, "anna", NULL, NULL, 1);
    link_on(place);
    bench_catch_up(&place->bench);
    bench_erase(&place->bench, HT_SUBJECT_LEAD, "anna");
    assert_ok(trail_change_begin(store, &txn, &scratch_error));
    assert_int_equal(trail_get(txn, store->trail.erasures, 1, &value), 0);
    ht_buffer_add(&copy, value);
    assert_ok(erasures_decode(ht_buffer_slice(&copy), 1, &row, &scratch_error));
    assert_false(row.old);
    row.old = true;
    assert_ok(trail_change_end(txn, erasures_put(store, txn, &row, &scratch_error), &scratch_error));
    ht_buffer_release(&copy);
    assert_int_equal(since(place, 0, place->links[1], &made, &err), HT_VERSION);
    assert_non_null(strstr(err.detail, "full backup"));
    expect_sound(&place->bench);
    assert_int_equal(mkdir(place->links[2], 0700), 0);
    assert_int_equal(rmdir(place->links[2]), 0);
    struct ht_verified verified;
    assert_ok(ht_backup(store, place->links[2], SCRATCH_NOW, NULL, NULL, &verified, &scratch_error));
    assert_ok(since(place, 2, place->links[3], &made, &scratch_error));
}

/* What it has lost, and destroyed with it, no row of an increment tells: what the backup has would not fit any more. */
static void test_a_salvaged_store_wants_a_full_backup(void **state)
{
    struct place *place = *state;
    struct bench salvaged = {0};
    struct ht_increment made;
    struct ht_salvaged told;
    struct ht_error err;
    struct ht_verified verified;
    some_persons(place, 0, 30);
    link_on(place);
    bench_close(&place->bench);
    damage_file(place->bench.scratch.dir, "keys/data.keys", keyring_offset(1) + 40);
    snprintf(salvaged.scratch.dir, sizeof salvaged.scratch.dir, "%.40s/salvaged", place->above);
    const struct ht_salvage_options options = {
        .from = place->bench.scratch.dir, .store = {.map_size = (size_t)1 << 30}, .now = SCRATCH_NOW};
    assert_int_equal(ht_salvage(&options, salvaged.scratch.dir, NULL, NULL, NULL, &told, &err), HT_CORRUPT);
    assert_true(told.done && told.lost > 0);
    scratch_open(&salvaged.scratch);
    struct ht_store *store = salvaged.scratch.store;
    enum ht_status status =
        ht_backup_since(store, place->links[0], place->links[1], SCRATCH_NOW, NULL, NULL, &made, &err);
    assert_int_equal(status, HT_INVALID);
    assert_non_null(strstr(err.detail, "full backup"));
    assert_ok(ht_backup(store, place->links[2], SCRATCH_NOW, NULL, NULL, &verified, &scratch_error));
    assert_ok(ht_backup_since(store, place->links[2], place->links[3], SCRATCH_NOW, NULL, NULL, &made, &scratch_error));
    ht_store_close(store);
    bench_reopen(&place->bench);
}

static void expect_mode(const char *dir, const char *name, mode_t mode)
{
    char path[512];
    struct stat stat;
    snprintf(path, sizeof path, "%s/%s", dir, name);
    assert_int_equal(lstat(path, &stat), 0);
    assert_int_equal(stat.st_mode & 07777, mode);
}

static void test_nobody_else_can_read_it(void **state)
{
    struct place *place = *state;
    link_on(place);
    mode_t before = umask(0);
    link_on(place);
    umask(before);
    expect_mode(place->links[1], "", 0700);
    expect_mode(place->links[1], "keys", 0700);
    static const char *const files[] = {"rows", "backup.json", "keys/slots", "keys/log.key", "keys/master.key"};
    for (size_t i = 0; i < sizeof files / sizeof files[0]; i++)
        expect_mode(place->links[1], files[i], 0600);
    struct ht_store *store;
    struct ht_error err;
    assert_int_equal(ht_store_open(place->links[1], NULL, &store, &err), HT_NOT_FOUND); /* it passes for no store */
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
    const struct CMUnitTest tests[] = {
        TEST(test_the_chain_comes_to_the_store),
        TEST(test_what_was_erased_stays_away),
        TEST(test_an_erasure_under_way_is_done_in_it),
        TEST(test_an_erasure_meanwhile_is_in_it),
        TEST(test_increments_are_made_while_it_serves),
        TEST(test_a_stopped_one_leaves_nothing),
        TEST(test_a_killed_one_is_there_whole_or_not_at_all),
        TEST(test_other_keys_come_along),
        TEST(test_what_is_restored_goes_on),
        TEST(test_what_the_making_refuses),
        TEST(test_what_the_restoring_refuses),
        TEST(test_a_damaged_link_is_named),
        TEST(test_what_comes_out_elsewhere_is_no_store),
        TEST(test_a_damaged_record_is_not_backed_up),
        TEST(test_an_older_erasure_wants_a_full_backup),
        TEST(test_a_salvaged_store_wants_a_full_backup),
        TEST(test_nobody_else_can_read_it),
    };
    cmocka_set_message_output(CM_OUTPUT_TAP);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
