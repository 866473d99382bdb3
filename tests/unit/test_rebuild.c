#include "index_support.h"

#include <fcntl.h>
#include <pthread.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/wait.h>

#include "../../store/files.h"

static void add_leads(struct bench *bench, size_t from, size_t count)
{
    static char texts[500][96];
    static char *payloads[500];
    assert_true(count <= 500);
    for (size_t i = 0; i < count; i++) {
        snprintf(texts[i], sizeof texts[i], "{\"lead_id\":\"L%zu\",\"conversation_id\":\"C%zu\",\"n\":%zu}",
                 (from + i) % 17, (from + i) % 23, from + i);
        payloads[i] = texts[i];
    }
    bench_add_all(bench, payloads, count, SCRATCH_NOW);
}

static uint64_t position_of(struct bench *bench)
{
    struct ht_position position;
    bench_begin(bench);
    assert_ok(ht_index_position(bench->reader, &position, &scratch_error));
    ht_reader_end(bench->reader);
    return position.seq;
}

static void path_of(struct bench *bench, const char *name, char path[PATH_MAX])
{
    assert_ok(files_join(path, bench->scratch.dir, name, &scratch_error));
}

static bool is_there(struct bench *bench, const char *name)
{
    char path[PATH_MAX];
    path_of(bench, name, path);
    return access(path, F_OK) == 0;
}

/* Runs `act` on the same directory in another process. */
static void in_another_process(struct bench *bench, void (*act)(struct ht_store *store))
{
    pid_t pid = fork();
    assert_true(pid >= 0);
    if (pid == 0) {
        struct ht_store *store = NULL;
        struct ht_store_options options = {.map_size = (size_t)1 << 30, .reserve = 1};
        if (ht_store_open(bench->scratch.dir, &options, &store, NULL) != HT_OK) _exit(2);
        act(store);
        ht_store_close(store);
        _exit(0);
    }
    int result = 0;
    assert_int_equal(waitpid(pid, &result, 0), pid);
    assert_int_equal(result, 0);
}

static void rebuild_elsewhere(struct ht_store *store)
{
    if (ht_index_rebuild(store, NULL, NULL, NULL) != HT_OK) _exit(3);
}

static void catch_up_elsewhere(struct ht_store *store)
{
    if (ht_index_catch_up(store, NULL, NULL, NULL, NULL) != HT_OK) _exit(4);
}

/* ---- rebuilding ---- */

static void a_reader_keeps_its_generation_until_it_begins_again(void **state)
{
    struct bench *bench = *state;
    struct ht_row row;
    add_leads(bench, 1, 300);
    bench_catch_up(bench);
    bench_begin(bench);
    assert_ok(ht_index_rebuild(bench->scratch.store, NULL, NULL, &scratch_error));
    add_leads(bench, 301, 100);
    bench_catch_up(bench);
    assert_int_equal(bench_row(bench, 300).seq, 300);
    assert_int_equal(ht_index_row(bench->reader, 301, &row, NULL), HT_NOT_FOUND);
    ht_reader_end(bench->reader);
    bench_begin(bench);
    assert_int_equal(bench_row(bench, 400).seq, 400);
    ht_reader_end(bench->reader);
    assert_false(is_there(bench, "index.new"));
    assert_false(is_there(bench, "index.aside"));
}

static void a_rebuild_elsewhere_is_noticed(void **state)
{
    struct bench *bench = *state;
    add_leads(bench, 1, 100);
    bench_catch_up(bench);
    struct index_env *before = index_env_acquire(bench->scratch.store);
    in_another_process(bench, rebuild_elsewhere);
    assert_int_equal(position_of(bench), 100);
    add_leads(bench, 101, 100);
    bench_catch_up(bench);
    struct index_env *after = index_env_acquire(bench->scratch.store);
    assert_ptr_not_equal(before, after);
    assert_int_equal(position_of(bench), 200);
    index_env_release(before);
    index_env_release(after);
    assert_as_rebuilt(bench);
}

static void two_processes_advance_one_index(void **state)
{
    struct bench *bench = *state;
    for (size_t i = 0; i < 10; i++) {
        add_leads(bench, 1 + i * 20, 10);
        bench_catch_up(bench);
        add_leads(bench, 11 + i * 20, 10);
        in_another_process(bench, catch_up_elsewhere);
        assert_int_equal(position_of(bench), 20 * (i + 1));
    }
    char *shared = bench_dump(bench);
    assert_ok(ht_index_rebuild(bench->scratch.store, NULL, NULL, &scratch_error));
    char *rebuilt = bench_dump(bench);
    assert_same_dump(shared, rebuilt);
    free(shared);
    free(rebuilt);
}

static void one_rebuild_at_a_time(void **state)
{
    struct bench *bench = *state;
    char path[PATH_MAX];
    path_of(bench, "rebuild.lock", path);
    int fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
    assert_true(fd >= 0);
    assert_int_equal(flock(fd, LOCK_EX), 0);
    assert_int_equal(ht_index_rebuild(bench->scratch.store, NULL, NULL, NULL), HT_BUSY);
    close(fd);
    assert_ok(ht_index_rebuild(bench->scratch.store, NULL, NULL, &scratch_error));
}

static void leftovers_of_a_killed_rebuild_go(void **state)
{
    struct bench *bench = *state;
    char path[PATH_MAX];
    path_of(bench, "index.new", path);
    assert_int_equal(mkdir(path, 0700), 0);
    path_of(bench, "index.new/data.mdb", path);
    assert_ok(files_write_new(path, HT_SLICE("half an index"), &scratch_error));
    path_of(bench, "index.new.new-abcdef", path);
    assert_int_equal(mkdir(path, 0700), 0);
    add_leads(bench, 1, 50);
    assert_ok(ht_index_rebuild(bench->scratch.store, NULL, NULL, &scratch_error));
    assert_false(is_there(bench, "index.new"));
    assert_false(is_there(bench, "index.new.new-abcdef"));
    assert_int_equal(position_of(bench), 50);
}

static bool stop_at_once(void *context, uint64_t done, uint64_t total)
{
    uint64_t *seen = context;
    seen[0] = done;
    seen[1] = total;
    return false;
}

static void a_stopped_rebuild_changes_nothing(void **state)
{
    struct bench *bench = *state;
    uint64_t seen[2] = {0};
    add_leads(bench, 1, 200);
    bench_catch_up(bench);
    struct index_env *before = index_env_acquire(bench->scratch.store);
    assert_int_equal(ht_index_rebuild(bench->scratch.store, stop_at_once, seen, NULL), HT_STOPPING);
    assert_int_equal(seen[1], 200);
    assert_true(seen[0] > 0);
    bench_catch_up(bench);
    struct index_env *after = index_env_acquire(bench->scratch.store);
    assert_ptr_equal(before, after);
    index_env_release(before);
    index_env_release(after);
    assert_false(is_there(bench, "index.new"));
}

static void catching_up_can_be_stopped_and_goes_on(void **state)
{
    struct bench *bench = *state;
    struct ht_position end;
    uint64_t seen[2] = {0};
    add_leads(bench, 1, 100);
    assert_int_equal(ht_index_catch_up(bench->scratch.store, stop_at_once, seen, &end, NULL), HT_STOPPING);
    assert_int_equal(end.seq, seen[0]);
    bench_catch_up(bench);
    assert_int_equal(position_of(bench), 100);
}

struct rebuilding {
    struct bench *bench;
    atomic_bool stop;
    int count;
};

static void *rebuild_again_and_again(void *context)
{
    struct rebuilding *rebuilding = context;
    while (!atomic_load(&rebuilding->stop)) {
        assert_int_equal(ht_index_rebuild(rebuilding->bench->scratch.store, NULL, NULL, NULL), HT_OK);
        rebuilding->count++;
    }
    return NULL;
}

/* What a reader has seen once, it sees ever after, though generations come and go. */
static void no_reader_sees_the_index_step_back(void **state)
{
    struct bench *bench = *state;
    struct rebuilding rebuilding = {.bench = bench};
    pthread_t thread;
    uint64_t seen = 0;
    assert_int_equal(pthread_create(&thread, NULL, rebuild_again_and_again, &rebuilding), 0);
    for (size_t i = 0; i < 60; i++) {
        add_leads(bench, 1 + i * 5, 5);
        if (i % 3 == 0) bench_catch_up(bench);
        uint64_t at = position_of(bench);
        assert_true(at >= seen);
        if (i % 3 == 0) assert_int_equal(at, 5 * (i + 1));
        seen = at;
    }
    atomic_store(&rebuilding.stop, true);
    pthread_join(thread, NULL);
    assert_true(rebuilding.count > 0);
}

/* ---- attaching ---- */

static void reopen(struct bench *bench)
{
    scratch_open(&bench->scratch);
    bench_open(bench);
}

static void set_meta(struct bench *bench, const char *name, const void *bytes, size_t size)
{
    struct index_env *index = index_env_acquire(bench->scratch.store);
    MDB_txn *txn;
    MDB_val key = val_of(name, strlen(name));
    MDB_val value = val_of(bytes, size);
    assert_int_equal(mdb_txn_begin(index->env, NULL, 0, &txn), 0);
    assert_int_equal(mdb_put(txn, index->tables[INDEX_META], &key, &value, 0), 0);
    assert_int_equal(mdb_txn_commit(txn), 0);
    index_env_release(index);
}

/* Each change makes the index useless; opening begins an empty one, which fills again. */
static void a_strange_index_is_made_anew(void **state)
{
    struct bench *bench = *state;
    static const struct {
        const char *name;
        size_t size;
    } changes[] = {{"format", 4}, {"trail", 16}, {"rules", 8}, {"position", 16}, {"position", 3},
                   {"format", 1}, {"key", 72},   {"key", 16},  {"erasures", 3}};
    uint8_t ones[72];
    memset(ones, 1, sizeof ones);
    add_leads(bench, 1, 30);
    for (size_t i = 0; i < sizeof changes / sizeof *changes; i++) {
        bench_catch_up(bench);
        assert_int_equal(position_of(bench), 30);
        set_meta(bench, changes[i].name, ones, changes[i].size);
        bench_close(bench);
        reopen(bench);
        assert_int_equal(position_of(bench), 0);
    }
}

static void an_index_of_another_history_is_made_anew(void **state)
{
    struct bench *bench = *state;
    char saved[PATH_MAX], trail[PATH_MAX], command[3 * PATH_MAX];
    path_of(bench, "trail", trail);
    path_of(bench, "saved", saved);
    add_leads(bench, 1, 10);
    bench_close(bench);
    snprintf(command, sizeof command, "cp -a %s %s", trail, saved);
    assert_int_equal(system(command), 0);
    reopen(bench);
    add_leads(bench, 11, 10);
    bench_catch_up(bench);
    bench_close(bench);
    files_remove_tree(trail); /* as if a backup were put back, and events came that the index never saw */
    assert_int_equal(rename(saved, trail), 0);
    reopen(bench);
    assert_int_equal(position_of(bench), 0);
    bench_catch_up(bench);
    add_leads(bench, 511, 10);
    bench_catch_up(bench);
    bench_begin(bench);
    assert_int_equal(bench_row(bench, 20).seq, 20);
    ht_reader_end(bench->reader);
}

/* The trail may have grown past the index's end again: then the last event indexed is another one. */
static void an_index_whose_last_event_is_another_is_made_anew(void **state)
{
    struct bench *bench = *state;
    struct index_env *index;
    uint8_t seq[8], bytes[INDEX_ROW_SIZE];
    MDB_txn *txn;
    add_leads(bench, 1, 30);
    bench_catch_up(bench);
    bench_begin(bench);
    struct ht_row row = bench_row(bench, 30);
    ht_reader_end(bench->reader);
    row.received_at++;
    index_write_row(bytes, &row);
    ht_put_be64(seq, 30);
    MDB_val key = val_of(seq, sizeof seq);
    MDB_val value = val_of(bytes, sizeof bytes);
    index = index_env_acquire(bench->scratch.store);
    assert_int_equal(mdb_txn_begin(index->env, NULL, 0, &txn), 0);
    assert_int_equal(mdb_put(txn, index->tables[INDEX_ROWS], &key, &value, 0), 0);
    assert_int_equal(mdb_txn_commit(txn), 0);
    index_env_release(index);
    bench_close(bench);
    reopen(bench);
    assert_int_equal(position_of(bench), 0);
}

static void damaged_and_missing_files_are_made_anew(void **state)
{
    struct bench *bench = *state;
    char index[PATH_MAX], data[PATH_MAX];
    path_of(bench, "index", index);
    path_of(bench, "index/data.mdb", data);
    add_leads(bench, 1, 30);
    for (int way = 0; way < 4; way++) {
        bench_catch_up(bench);
        bench_close(bench);
        if (way == 0) files_remove_tree(index);
        if (way == 1) assert_int_equal(truncate(data, 100), 0);
        if (way == 2) assert_int_equal(unlink(data), 0);
        if (way == 3) assert_int_equal(truncate(data, 0), 0);
        reopen(bench);
        assert_int_equal(position_of(bench), 0);
    }
    bench_catch_up(bench);
    files_remove_tree(index); /* under a running program */
    add_leads(bench, 31, 5);
    bench_catch_up(bench);
    assert_int_equal(position_of(bench), 35);
    assert_true(is_there(bench, "index/data.mdb"));
}

/* A program does not fight with one of another version over the index: it stays with what it has. */
static void an_index_of_other_rules_is_left_alone_while_running(void **state)
{
    struct bench *bench = *state;
    uint8_t ones[8];
    char place[PATH_MAX], path[PATH_MAX];
    struct index_env *index;
    struct ht_error err = {0};
    MDB_txn *txn;
    memset(ones, 1, sizeof ones);
    add_leads(bench, 1, 30);
    bench_catch_up(bench);
    path_of(bench, "index.other", path);
    path_of(bench, "index", place);
    assert_ok(index_env_make(bench->scratch.store, path, NULL, &scratch_error));
    assert_ok(index_env_open(bench->scratch.store, path, 0, &index, &scratch_error));
    MDB_val key = val_of("rules", 5);
    MDB_val value = val_of(ones, sizeof ones);
    assert_int_equal(mdb_txn_begin(index->env, NULL, 0, &txn), 0);
    assert_int_equal(mdb_put(txn, index->tables[INDEX_META], &key, &value, 0), 0);
    assert_int_equal(mdb_txn_commit(txn), 0);
    index_env_release(index);
    assert_ok(index_env_swap(bench->scratch.store, path, &scratch_error));
    add_leads(bench, 31, 5);
    assert_int_equal(ht_index_catch_up(bench->scratch.store, NULL, NULL, NULL, &err), HT_VERSION);
    assert_int_equal(position_of(bench), 30);
    assert_ok(ht_index_rebuild(bench->scratch.store, NULL, NULL, &scratch_error)); /* asked for: then it is ours */
    assert_int_equal(position_of(bench), 35);
}

int main(void)
{
#define WITH_BENCH(test) cmocka_unit_test_setup_teardown(test, bench_set_up, bench_tear_down)
    const struct CMUnitTest tests[] = {
        WITH_BENCH(a_reader_keeps_its_generation_until_it_begins_again),
        WITH_BENCH(a_rebuild_elsewhere_is_noticed),
        WITH_BENCH(two_processes_advance_one_index),
        WITH_BENCH(one_rebuild_at_a_time),
        WITH_BENCH(leftovers_of_a_killed_rebuild_go),
        WITH_BENCH(a_stopped_rebuild_changes_nothing),
        WITH_BENCH(catching_up_can_be_stopped_and_goes_on),
        WITH_BENCH(no_reader_sees_the_index_step_back),
        WITH_BENCH(a_strange_index_is_made_anew),
        WITH_BENCH(an_index_of_another_history_is_made_anew),
        WITH_BENCH(an_index_whose_last_event_is_another_is_made_anew),
        WITH_BENCH(damaged_and_missing_files_are_made_anew),
        WITH_BENCH(an_index_of_other_rules_is_left_alone_while_running),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
