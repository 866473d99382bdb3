#include "crowd.h"

#include <fcntl.h>
#include <signal.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>

#include "../../store/files.h"
#include "../../store/keyring.h"
#include "../../store/keyring_file.h"
#include "disk_calls.h"
#include "hooktrail/act.h"
#include "hooktrail/keys.h"

#define EVENTS 60

static int set_up(void **state)
{
    struct scratch *scratch = calloc(1, sizeof *scratch);
    assert_non_null(scratch);
    unsetenv("HOOKTRAIL_MASTER_KEY_FILE");
    unsetenv("CREDENTIALS_DIRECTORY");
    scratch_make(scratch);
    crowd_append(scratch->store, 1, EVENTS);
    *state = scratch;
    return 0;
}

static int tear_down(void **state)
{
    struct scratch *scratch = *state;
    unsetenv("HOOKTRAIL_MASTER_KEY_FILE");
    scratch_drop(scratch);
    free(scratch);
    return 0;
}

static enum ht_status rotate(struct scratch *scratch, const char *to, struct ht_error *err)
{
    enum ht_status status = ht_keys_rotate_master(scratch->store, to, SCRATCH_NOW, err);
    scratch->store = NULL;
    return status;
}

static struct ht_buffer read_key(const struct scratch *scratch, const char *name)
{
    struct ht_buffer bytes = {0};
    char path[PATH_MAX];
    assert_ok(files_join(path, scratch->dir, name, &scratch_error));
    assert_ok(files_read(path, (size_t)1 << 24, &bytes, &scratch_error));
    return bytes;
}

static void put_key(const struct scratch *scratch, const char *name, const void *bytes, size_t size)
{
    char path[PATH_MAX];
    assert_ok(files_join(path, scratch->dir, name, &scratch_error));
    unlink(path);
    assert_ok(files_write_new(path, ht_slice_of(bytes, size), &scratch_error));
}

static void expect_no_leftovers(const struct scratch *scratch)
{
    static const char *const names[] = {"keys/data.keys.new", "keys/master.key.new"};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        char path[PATH_MAX];
        assert_ok(files_join(path, scratch->dir, names[i], &scratch_error));
        assert_int_equal(access(path, F_OK), -1);
    }
}

/* Every payload opens, and is the one that was appended. */
static void expect_readable(struct scratch *scratch)
{
    struct ht_reader *reader;
    struct ht_unpacker *unpacker = ht_unpacker_new();
    assert_non_null(unpacker);
    assert_ok(ht_reader_new(scratch->store, &reader, &scratch_error));
    assert_ok(ht_reader_begin(reader, &scratch_error));
    for (uint64_t seq = 1; seq <= EVENTS; seq++) {
        struct ht_record record;
        char payload[CROWD_PAYLOAD];
        crowd_payload(payload, seq);
        assert_ok(ht_trail_get(reader, seq, unpacker, &record, &scratch_error));
        assert_true(record.header.key != 0);
        assert_int_equal(record.payload.size, strlen(payload));
        assert_memory_equal(record.payload.data, payload, record.payload.size);
    }
    ht_reader_end(reader);
    ht_reader_free(reader);
    ht_unpacker_free(unpacker);
    assert_ok(ht_index_catch_up(scratch->store, NULL, NULL, NULL, &scratch_error));
}

static uint64_t count_rotations(struct scratch *scratch)
{
    struct ht_reader *reader;
    uint64_t last, count = 0;
    assert_ok(ht_reader_new(scratch->store, &reader, &scratch_error));
    assert_ok(ht_reader_begin(reader, &scratch_error));
    assert_ok(ht_act_last(reader, &last, &scratch_error));
    for (uint64_t seq = 1; seq <= last; seq++) {
        struct ht_act act;
        assert_ok(ht_act_get(reader, seq, &act, &scratch_error));
        count += act.kind == HT_ACT_KEY_ROTATE;
    }
    ht_reader_end(reader);
    ht_reader_free(reader);
    return count;
}

static void expect_state(struct scratch *scratch, bool locked, uint64_t destroyed)
{
    struct ht_keys_state state;
    char path[PATH_MAX];
    assert_ok(files_join(path, scratch->dir, "keys/master.key", &scratch_error));
    assert_ok(ht_keys_state(scratch->store, &state, &scratch_error));
    assert_true(state.sealed);
    assert_int_equal(state.locked, locked);
    assert_string_equal(state.master, path);
    assert_true(state.given > 1 && state.given <= EVENTS);
    assert_int_equal(state.destroyed, destroyed);
    assert_int_equal(state.damaged, 0);
}

/* Headers are there, payloads are not. */
static void expect_locked(struct ht_store *store)
{
    struct ht_reader *reader;
    struct ht_record_header header;
    struct ht_record record;
    struct ht_opening opening;
    struct ht_position end;
    struct ht_unpacker *unpacker = ht_unpacker_new();
    assert_non_null(unpacker);
    assert_ok(ht_reader_new(store, &reader, &scratch_error));
    assert_ok(ht_reader_begin(reader, &scratch_error));
    assert_ok(ht_trail_position(reader, &end, &scratch_error));
    assert_int_equal(end.seq, EVENTS);
    for (uint64_t seq = 1; seq <= EVENTS; seq++) {
        assert_ok(ht_trail_header(reader, seq, &header, &scratch_error));
        assert_int_equal(ht_trail_peek(reader, seq, unpacker, &record, NULL), HT_FORBIDDEN);
        assert_int_equal(ht_trail_get(reader, seq, unpacker, &record, NULL), HT_FORBIDDEN);
        assert_int_equal(ht_trail_opening(reader, seq, unpacker, &record, &opening, NULL), HT_FORBIDDEN);
    }
    ht_reader_end(reader);
    ht_reader_free(reader);
    ht_unpacker_free(unpacker);
}

/* ---- with and without the key ---- */

static void what_there_is_is_told_without_the_key_too(void **state)
{
    struct scratch *scratch = *state;
    struct ht_store_options options = {.map_size = (size_t)1 << 30, .reserve = 1, .without_master_key = true};
    struct ht_store_usage usage;
    const uint32_t id = 500;
    char path[PATH_MAX];
    assert_ok(keyring_destroy(scratch->store->keyring, &id, 1, &scratch_error));
    expect_state(scratch, false, 1);
    assert_ok(ht_store_usage(scratch->store, &usage, &scratch_error));
    assert_true(usage.index_bytes > 0);
    ht_store_close(scratch->store);
    assert_ok(files_join(path, scratch->dir, "keys/master.key", &scratch_error));
    assert_int_equal(unlink(path), 0);
    assert_int_equal(ht_store_open(scratch->dir, NULL, &scratch->store, NULL), HT_FORBIDDEN);
    assert_ok(ht_store_open(scratch->dir, &options, &scratch->store, &scratch_error));
    expect_state(scratch, true, 1);
    assert_ok(ht_store_usage(scratch->store, &usage, &scratch_error));
    assert_true(usage.index_bytes == 0 && usage.trail_bytes > 0);
    assert_int_equal(ht_store_sweep_readers(scratch->store), 0);
    assert_int_equal(ht_index_catch_up(scratch->store, NULL, NULL, NULL, NULL), HT_FORBIDDEN);
    assert_int_equal(ht_index_rebuild(scratch->store, NULL, NULL, NULL), HT_FORBIDDEN);
    expect_locked(scratch->store);
}

/* ---- rotating ---- */

static void the_store_has_another_key_and_all_of_its_events(void **state)
{
    struct scratch *scratch = *state;
    struct stat stat_of;
    char path[PATH_MAX];
    struct ht_buffer master = read_key(scratch, "keys/master.key"), data = read_key(scratch, "keys/data.keys");
    assert_ok(rotate(scratch, NULL, &scratch_error));
    struct ht_buffer new_master = read_key(scratch, "keys/master.key"), new_data = read_key(scratch, "keys/data.keys");
    assert_int_equal(new_master.size, KEYRING_KEY);
    assert_memory_not_equal(master.data, new_master.data, KEYRING_KEY);
    assert_int_equal(data.size, new_data.size);
    for (size_t at = KEYRING_HEADER; at < data.size; at += KEYRING_SLOT)
        assert_memory_not_equal(data.data + at, new_data.data + at, KEYRING_SLOT);
    assert_ok(files_join(path, scratch->dir, "keys/data.keys", &scratch_error));
    assert_int_equal(stat(path, &stat_of), 0);
    assert_int_equal(stat_of.st_mode & 07777, 0600);
    expect_no_leftovers(scratch);
    scratch_open(scratch);
    expect_readable(scratch);
    assert_int_equal(count_rotations(scratch), 1);
    ht_store_close(scratch->store);
    scratch->store = NULL;
    put_key(scratch, "keys/master.key", master.data, KEYRING_KEY); /* the old one opens nothing any more */
    assert_int_equal(ht_store_open(scratch->dir, NULL, &scratch->store, NULL), HT_FORBIDDEN);
    ht_buffer_release(&master);
    ht_buffer_release(&data);
    ht_buffer_release(&new_master);
    ht_buffer_release(&new_data);
}

/* Whoever has a link to the old files, or their blocks, finds zeros there. */
static void what_was_replaced_was_overwritten(void **state)
{
    struct scratch *scratch = *state;
    static const char *const names[] = {"keys/data.keys", "keys/master.key"};
    int fds[2];
    off_t sizes[2];
    for (size_t i = 0; i < 2; i++) {
        char path[PATH_MAX];
        assert_ok(files_join(path, scratch->dir, names[i], &scratch_error));
        fds[i] = open(path, O_RDONLY);
        sizes[i] = lseek(fds[i], 0, SEEK_END);
    }
    assert_ok(rotate(scratch, NULL, &scratch_error));
    for (size_t i = 0; i < 2; i++) {
        uint8_t byte = 1;
        assert_int_equal(lseek(fds[i], 0, SEEK_END), sizes[i]);
        for (off_t at = 0; at < sizes[i]; at++) {
            assert_int_equal(pread(fds[i], &byte, 1, at), 1);
            assert_int_equal(byte, 0);
        }
        close(fds[i]);
    }
    scratch_open(scratch);
}

static void what_is_destroyed_or_damaged_stays_so(void **state)
{
    struct scratch *scratch = *state;
    const uint32_t destroyed = 1000;
    struct keyring_state before, after;
    assert_ok(keyring_destroy(scratch->store->keyring, &destroyed, 1, &scratch_error));
    struct ht_buffer data = read_key(scratch, "keys/data.keys");
    data.data[KEYRING_HEADER + 998 * KEYRING_SLOT + 40] ^= 1;
    ht_store_close(scratch->store);
    put_key(scratch, "keys/data.keys", data.data, data.size);
    scratch_open(scratch);
    assert_ok(keyring_check(scratch->store->keyring, &before, &scratch_error));
    assert_true(before.destroyed == 1 && before.damaged == 1 && before.live > 0);
    assert_ok(rotate(scratch, NULL, &scratch_error));
    scratch_open(scratch);
    assert_ok(keyring_check(scratch->store->keyring, &after, &scratch_error));
    assert_memory_equal(&before, &after, sizeof after);
    expect_readable(scratch);
    ht_buffer_release(&data);
}

static void the_new_key_may_lie_elsewhere(void **state)
{
    struct scratch *scratch = *state;
    struct ht_error err = {0};
    char to[PATH_MAX], own[PATH_MAX];
    assert_ok(files_join(to, scratch->dir, "elsewhere", &scratch_error));
    assert_ok(files_join(own, scratch->dir, "keys/master.key", &scratch_error));
    assert_ok(rotate(scratch, to, &scratch_error));
    assert_int_equal(access(own, F_OK), -1);
    expect_no_leftovers(scratch);
    assert_int_equal(ht_store_open(scratch->dir, NULL, &scratch->store, &err), HT_FORBIDDEN);
    setenv("HOOKTRAIL_MASTER_KEY_FILE", to, 1);
    scratch_open(scratch);
    expect_readable(scratch);
    /* A key that lies elsewhere is not removed for one that lies in yet another place. */
    assert_ok(rotate(scratch, own, &scratch_error));
    assert_int_equal(access(to, F_OK), 0);
    unsetenv("HOOKTRAIL_MASTER_KEY_FILE");
    scratch_open(scratch);
    expect_readable(scratch);
    assert_int_equal(count_rotations(scratch), 2);
}

/* ---- refusing ---- */

/* The old key is overwritten, which a link is not: what it leads to is. */
static void the_key_may_lie_behind_a_link(void **state)
{
    struct scratch *scratch = *state;
    char own[PATH_MAX], real[PATH_MAX], link[PATH_MAX], target[PATH_MAX];
    assert_ok(files_join(own, scratch->dir, "keys/master.key", &scratch_error));
    assert_ok(files_join(real, scratch->dir, "real.key", &scratch_error));
    assert_ok(files_join(link, scratch->dir, "link.key", &scratch_error));
    assert_int_equal(rename(own, real), 0);
    assert_int_equal(symlink("real.key", link), 0);
    setenv("HOOKTRAIL_MASTER_KEY_FILE", link, 1);
    struct ht_buffer before = read_key(scratch, "real.key");
    assert_ok(rotate(scratch, NULL, &scratch_error));
    struct ht_buffer after = read_key(scratch, "real.key");
    assert_memory_not_equal(before.data, after.data, KEYRING_KEY);
    assert_int_equal(readlink(link, target, sizeof target), strlen("real.key"));
    ht_buffer_release(&before);
    ht_buffer_release(&after);
    scratch_open(scratch);
    expect_readable(scratch);
    expect_no_leftovers(scratch);
}

static void nothing_is_replaced_that_is_there(void **state)
{
    struct scratch *scratch = *state;
    struct ht_error err = {0};
    char to[PATH_MAX];
    assert_ok(files_join(to, scratch->dir, "keys/index.key", &scratch_error));
    struct ht_buffer before = read_key(scratch, "keys/index.key");
    assert_int_equal(rotate(scratch, to, &err), HT_EXISTS);
    assert_non_null(strstr(err.detail, "index.key"));
    struct ht_buffer after = read_key(scratch, "keys/index.key");
    assert_memory_equal(before.data, after.data, before.size);
    scratch_open(scratch);
    put_key(scratch, "keys/master.key.new", "mine", 4); /* not of a rotation: data.keys.new is not there */
    assert_int_equal(rotate(scratch, NULL, &err), HT_EXISTS);
    struct ht_buffer mine = read_key(scratch, "keys/master.key.new");
    assert_int_equal(mine.size, 4);
    scratch_open(scratch);
    expect_readable(scratch);
    assert_int_equal(count_rotations(scratch), 0);
    ht_buffer_release(&before);
    ht_buffer_release(&after);
    ht_buffer_release(&mine);
}

static void a_place_that_can_not_be_written_changes_nothing(void **state)
{
    struct scratch *scratch = *state;
    struct ht_buffer before = read_key(scratch, "keys/data.keys");
    assert_int_not_equal(rotate(scratch, "/nonexistent/folder/master.key", NULL), HT_OK);
    struct ht_buffer after = read_key(scratch, "keys/data.keys");
    assert_int_equal(before.size, after.size);
    assert_memory_equal(before.data, after.data, before.size);
    expect_no_leftovers(scratch);
    scratch_open(scratch);
    expect_readable(scratch);
    ht_buffer_release(&before);
    ht_buffer_release(&after);
}

static void it_wants_the_store_for_itself(void **state)
{
    struct scratch *scratch = *state;
    struct ht_store *other;
    struct ht_store_options options = {.map_size = (size_t)1 << 30, .reserve = 1};
    int ready[2], wait[2], how;
    char byte;
    ht_store_close(scratch->store);
    assert_true(pipe(ready) == 0 && pipe(wait) == 0);
    pid_t pid = fork();
    assert_true(pid >= 0);
    if (pid == 0) {
        close(wait[1]);
        if (ht_store_open(scratch->dir, &options, &other, NULL) != HT_OK) _exit(1);
        if (write(ready[1], "r", 1) != 1) _exit(2);
        _exit(read(wait[0], &byte, 1) == 0 ? 0 : 3);
    }
    assert_int_equal(read(ready[0], &byte, 1), 1);
    scratch_open(scratch);
    assert_int_equal(rotate(scratch, NULL, NULL), HT_BUSY);
    close(wait[1]);
    assert_int_equal(waitpid(pid, &how, 0), pid);
    assert_int_equal(how, 0);
    close(wait[0]), close(ready[0]), close(ready[1]);
    scratch_open(scratch);
    assert_ok(rotate(scratch, NULL, &scratch_error));
    scratch_open(scratch);
    expect_readable(scratch);
}

static void without_the_key_there_is_none_to_give(void **state)
{
    struct scratch *scratch = *state;
    struct ht_store_options options = {.map_size = (size_t)1 << 30, .reserve = 1, .without_master_key = true};
    ht_store_close(scratch->store);
    struct ht_buffer master = read_key(scratch, "keys/master.key");
    put_key(scratch, "keys/master.key", "another key of the same size …", 32);
    assert_ok(ht_store_open(scratch->dir, &options, &scratch->store, &scratch_error));
    assert_int_equal(rotate(scratch, NULL, NULL), HT_FORBIDDEN);
    put_key(scratch, "keys/master.key", master.data, master.size);
    scratch_open(scratch);
    expect_readable(scratch);
    ht_buffer_release(&master);
}

static void a_store_that_is_not_sealed_has_none(void **state)
{
    (void)state;
    struct scratch scratch = {.dir = "/tmp/hooktrail-unit-XXXXXX"};
    const struct ht_init_options options = {.unsealed = true};
    assert_non_null(mkdtemp(scratch.dir));
    assert_ok(ht_store_init(scratch.dir, &options, SCRATCH_NOW, &scratch.secrets, &scratch_error));
    scratch_open(&scratch);
    assert_int_equal(rotate(&scratch, NULL, NULL), HT_INVALID);
    scratch_drop(&scratch);
}

/* ---- killed ---- */

/* The files as a rotation leaves them behind its step number `step` (keys_master.c). */
static void leave_as_killed(struct scratch *scratch, int step, uint8_t new_master[KEYRING_KEY])
{
    struct keyring_file file = {.fd = -1};
    char data[PATH_MAX], copy[PATH_MAX];
    uint8_t master[KEYRING_KEY], zeros[KEYRING_KEY] = {0};
    randombytes_buf(new_master, KEYRING_KEY);
    assert_ok(keyring_file_path(scratch->dir, data, &scratch_error));
    assert_ok(keyring_file_waiting(data, copy, &scratch_error));
    assert_ok(keyring_file_open(&file, scratch->dir, scratch->store->trail_id, &scratch_error));
    assert_ok(keyring_file_master(&file, scratch->dir, master, &scratch_error));
    ht_store_close(scratch->store);
    scratch->store = NULL;
    assert_ok(keyring_file_rewrap(&file, master, new_master, copy, &scratch_error));
    if (step == 1) assert_int_equal(truncate(copy, KEYRING_HEADER + 1000), 0);
    if (step >= 2) put_key(scratch, "keys/master.key.new", new_master, KEYRING_KEY);
    if (step >= 3) assert_int_equal(rename(copy, data), 0);
    if (step >= 4) put_key(scratch, "keys/master.key", zeros, sizeof zeros);
    keyring_file_close(&file);
}

static void it_is_undone_or_finished_wherever_it_was_killed(void **state)
{
    struct scratch *scratch = *state;
    for (int step = 1; step <= 4; step++) {
        uint8_t new_master[KEYRING_KEY];
        leave_as_killed(scratch, step, new_master);
        scratch_open(scratch);
        expect_readable(scratch);
        expect_no_leftovers(scratch);
        struct ht_buffer master = read_key(scratch, "keys/master.key");
        assert_int_equal(memcmp(master.data, new_master, KEYRING_KEY) == 0, step >= 3);
        ht_buffer_release(&master);
        assert_ok(rotate(scratch, NULL, &scratch_error)); /* and it can be done again */
        scratch_open(scratch);
        expect_readable(scratch);
    }
}

/* Else a power cut could bring back the old data.keys, whose key is gone. */
static void the_old_key_goes_when_the_new_keys_are_on_disk(void **state)
{
    struct scratch *scratch = *state;
    uint8_t new_master[KEYRING_KEY];
    char keys[PATH_MAX], old[PATH_MAX], link_to[PATH_MAX];
    assert_ok(files_join(keys, scratch->dir, "keys", &scratch_error));
    assert_ok(files_join(old, scratch->dir, "keys/master.key", &scratch_error));
    assert_ok(files_join(link_to, scratch->dir, "old", &scratch_error));
    leave_as_killed(scratch, 3, new_master);
    assert_int_equal(link(old, link_to), 0);
    disk_calls_begin();
    scratch_open(scratch);
    disk_calls_end();
    size_t synced = disk_calls_first(true, keys), overwritten = disk_calls_first(false, link_to);
    assert_true(synced != 0 && overwritten != 0);
    assert_true(synced < overwritten);
}

/* Else a power cut could leave nothing that opens: neither the old keys nor whole new ones. */
static void new_keys_are_on_disk_before_the_old_ones_go(void **state)
{
    struct scratch *scratch = *state;
    char data[PATH_MAX], master[PATH_MAX], old[PATH_MAX];
    assert_ok(files_join(data, scratch->dir, "keys/data.keys", &scratch_error));
    assert_ok(files_join(master, scratch->dir, "keys/master.key", &scratch_error));
    assert_ok(files_join(old, scratch->dir, "old", &scratch_error));
    assert_int_equal(link(data, old), 0);
    disk_calls_begin();
    enum ht_status status = rotate(scratch, NULL, NULL);
    disk_calls_end();
    assert_int_equal(status, HT_OK);
    size_t keys = disk_calls_first(true, data), key = disk_calls_first(true, master);
    size_t overwritten = disk_calls_first(false, old);
    assert_true(keys != 0 && key != 0 && keys < overwritten && key < overwritten);
    assert_true(disk_calls_first(true, old) > overwritten);
    scratch_open(scratch);
    expect_readable(scratch);
}

/* Someone without the key must not lose what a killed rotation needs. */
static void opened_without_the_key_it_stays_as_it_was(void **state)
{
    struct scratch *scratch = *state;
    struct ht_store_options options = {.map_size = (size_t)1 << 30, .reserve = 1, .without_master_key = true};
    uint8_t new_master[KEYRING_KEY];
    leave_as_killed(scratch, 3, new_master);
    setenv("HOOKTRAIL_MASTER_KEY_FILE", "/nonexistent/key", 1);
    assert_ok(ht_store_open(scratch->dir, &options, &scratch->store, &scratch_error));
    ht_store_close(scratch->store);
    unsetenv("HOOKTRAIL_MASTER_KEY_FILE");
    scratch_open(scratch);
    expect_readable(scratch);
    expect_no_leftovers(scratch);
}

static void the_store_opens_after_any_kill(void **state)
{
    struct scratch *scratch = *state;
    struct random random = {.state = 23};
    unsigned killed = 0;
    for (int round = 0; round < 60; round++) {
        int how;
        ht_store_close(scratch->store);
        pid_t pid = fork();
        assert_true(pid >= 0);
        if (pid == 0) {
            struct ht_store_options options = {.map_size = (size_t)1 << 30, .reserve = 1};
            struct ht_store *store;
            if (ht_store_open(scratch->dir, &options, &store, NULL) != HT_OK) _exit(2);
            _exit(ht_keys_rotate_master(store, NULL, SCRATCH_NOW, NULL) == HT_OK ? 0 : 1);
        }
        struct timespec pause = {.tv_nsec = (long)random_below(&random, 250) * 100000 + 1};
        nanosleep(&pause, NULL);
        kill(pid, SIGKILL);
        assert_int_equal(waitpid(pid, &how, 0), pid);
        killed += WIFSIGNALED(how) != 0;
        if (!WIFSIGNALED(how)) assert_int_equal(WEXITSTATUS(how), 0);
        scratch_open(scratch);
        expect_readable(scratch);
        expect_no_leftovers(scratch);
    }
    assert_true(killed > 5);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(what_there_is_is_told_without_the_key_too, set_up, tear_down),
        cmocka_unit_test_setup_teardown(the_store_has_another_key_and_all_of_its_events, set_up, tear_down),
        cmocka_unit_test_setup_teardown(what_was_replaced_was_overwritten, set_up, tear_down),
        cmocka_unit_test_setup_teardown(what_is_destroyed_or_damaged_stays_so, set_up, tear_down),
        cmocka_unit_test_setup_teardown(the_new_key_may_lie_elsewhere, set_up, tear_down),
        cmocka_unit_test_setup_teardown(the_key_may_lie_behind_a_link, set_up, tear_down),
        cmocka_unit_test_setup_teardown(nothing_is_replaced_that_is_there, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_place_that_can_not_be_written_changes_nothing, set_up, tear_down),
        cmocka_unit_test_setup_teardown(it_wants_the_store_for_itself, set_up, tear_down),
        cmocka_unit_test_setup_teardown(without_the_key_there_is_none_to_give, set_up, tear_down),
        cmocka_unit_test(a_store_that_is_not_sealed_has_none),
        cmocka_unit_test_setup_teardown(it_is_undone_or_finished_wherever_it_was_killed, set_up, tear_down),
        cmocka_unit_test_setup_teardown(the_old_key_goes_when_the_new_keys_are_on_disk, set_up, tear_down),
        cmocka_unit_test_setup_teardown(new_keys_are_on_disk_before_the_old_ones_go, set_up, tear_down),
        cmocka_unit_test_setup_teardown(opened_without_the_key_it_stays_as_it_was, set_up, tear_down),
        cmocka_unit_test_setup_teardown(the_store_opens_after_any_kill, set_up, tear_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
