#include "scratch.h"

#include <fcntl.h>
#include <pthread.h>
#include <sys/stat.h>
#include <sys/wait.h>

#include "../../store/files.h"
#include "../../store/keyring.h"
#include "../../store/keyring_file.h"
#include "disk_calls.h"
#include "random.h"

#define THREADS 4
#define MESSAGE "who said what to whom"
#define BOUND "its place"

/* A folder with the keys of a store, and nothing else of one. */
struct bench {
    char dir[64];
    char data[128];
    char master[128];
    uint8_t trail_id[HT_TRAIL_ID_SIZE];
    struct keyring *keyring;
};

static enum ht_status open_again(struct bench *bench, bool optional, struct ht_error *err)
{
    keyring_close(bench->keyring);
    bench->keyring = NULL;
    return keyring_open(bench->dir, bench->trail_id, optional, &bench->keyring, err);
}

static int set_up(void **state)
{
    struct bench *bench = calloc(1, sizeof *bench);
    char keys[96];
    assert_non_null(bench);
    assert_true(sodium_init() >= 0);
    unsetenv("HOOKTRAIL_MASTER_KEY_FILE");
    unsetenv("CREDENTIALS_DIRECTORY");
    memset(bench->trail_id, 7, sizeof bench->trail_id);
    snprintf(bench->dir, sizeof bench->dir, "/tmp/hooktrail-unit-XXXXXX");
    assert_non_null(mkdtemp(bench->dir));
    snprintf(keys, sizeof keys, "%s/keys", bench->dir);
    assert_int_equal(mkdir(keys, 0700), 0);
    snprintf(bench->data, sizeof bench->data, "%s/data.keys", keys);
    snprintf(bench->master, sizeof bench->master, "%s/master.key", keys);
    assert_ok(keyring_make(bench->dir, bench->trail_id, NULL, &scratch_error));
    assert_ok(open_again(bench, false, &scratch_error));
    *state = bench;
    return 0;
}

static int tear_down(void **state)
{
    struct bench *bench = *state;
    unsetenv("HOOKTRAIL_MASTER_KEY_FILE");
    unsetenv("CREDENTIALS_DIRECTORY");
    keyring_close(bench->keyring);
    nftw(bench->dir, scratch_remove_one, 16, FTW_DEPTH | FTW_PHYS);
    free(bench);
    return 0;
}

static const uint8_t nonce[KEYRING_NONCE] = "a nonce, used only here";

static void seal(struct bench *bench, uint32_t id, uint8_t sealed[sizeof MESSAGE + KEYRING_TAG])
{
    assert_ok(keyring_seal(bench->keyring, id, nonce, HT_SLICE(BOUND), ht_slice_of(MESSAGE, sizeof MESSAGE), sealed,
                           &scratch_error));
}

static enum ht_status unseal(struct bench *bench, uint32_t id, const uint8_t *sealed, struct ht_error *err)
{
    uint8_t plain[sizeof MESSAGE];
    enum ht_status status = keyring_unseal(bench->keyring, id, nonce, HT_SLICE(BOUND),
                                           ht_slice_of(sealed, sizeof MESSAGE + KEYRING_TAG), plain, err);
    if (status == HT_OK) assert_memory_equal(plain, MESSAGE, sizeof MESSAGE);
    return status;
}

static void expect_opens(struct bench *bench, uint32_t id, const uint8_t *sealed, enum ht_status wanted)
{
    struct ht_error err = {0};
    assert_int_equal(unseal(bench, id, sealed, &err), wanted);
    if (wanted != HT_OK) assert_true(err.status == wanted && err.detail[0] != '\0');
}

static struct ht_buffer read_file(const char *path)
{
    struct ht_buffer bytes = {0};
    assert_ok(files_read(path, (size_t)1 << 24, &bytes, &scratch_error));
    return bytes;
}

/* Flips one bit of a file. */
static void flip(const char *path, off_t at, uint8_t bit)
{
    uint8_t byte;
    int fd = open(path, O_RDWR);
    assert_true(fd >= 0);
    assert_int_equal(pread(fd, &byte, 1, at), 1);
    byte ^= bit;
    assert_int_equal(pwrite(fd, &byte, 1, at), 1);
    close(fd);
}

static off_t slot_at(uint32_t id)
{
    return KEYRING_HEADER + (off_t)(id - 1) * KEYRING_SLOT;
}

static void expect_state(struct bench *bench, uint64_t destroyed, uint64_t damaged)
{
    struct keyring_state state;
    struct ht_buffer file = read_file(bench->data);
    uint64_t slots = (file.size - KEYRING_HEADER) / KEYRING_SLOT;
    ht_buffer_release(&file);
    assert_ok(keyring_check(bench->keyring, &state, &scratch_error));
    assert_int_equal(state.destroyed, destroyed);
    assert_int_equal(state.damaged, damaged);
    assert_int_equal(state.live, slots - destroyed - damaged);
}

/* ---- making and opening ---- */

static void files_are_private_and_never_replaced(void **state)
{
    struct bench *bench = *state;
    struct ht_error err = {0};
    struct stat stat_of;
    const char *const paths[] = {bench->data, bench->master};
    for (size_t i = 0; i < sizeof paths / sizeof *paths; i++) {
        assert_int_equal(stat(paths[i], &stat_of), 0);
        assert_int_equal(stat_of.st_mode & 07777, 0600);
    }
    struct ht_buffer before = read_file(bench->master);
    assert_int_equal(before.size, KEYRING_KEY);
    assert_int_equal(keyring_make(bench->dir, bench->trail_id, NULL, &err), HT_EXISTS);
    struct ht_buffer after = read_file(bench->master);
    assert_memory_equal(before.data, after.data, KEYRING_KEY);
    ht_buffer_release(&before);
    ht_buffer_release(&after);
}

static void a_store_without_keys_is_not_sealed(void **state)
{
    struct bench *bench = *state;
    assert_int_equal(unlink(bench->data), 0);
    assert_ok(open_again(bench, false, &scratch_error));
    assert_null(bench->keyring);
}

static void the_master_key_may_lie_elsewhere(void **state)
{
    struct bench *bench = *state;
    uint8_t sealed[sizeof MESSAGE + KEYRING_TAG];
    char path[128];
    assert_ok(keyring_reserve(bench->keyring, 1, &scratch_error));
    seal(bench, 1, sealed);
    snprintf(path, sizeof path, "%s/hooktrail-master-key", bench->dir);
    assert_int_equal(rename(bench->master, path), 0);
    assert_int_equal(open_again(bench, false, NULL), HT_FORBIDDEN);
    setenv("CREDENTIALS_DIRECTORY", bench->dir, 1);
    assert_ok(open_again(bench, false, &scratch_error));
    expect_opens(bench, 1, sealed, HT_OK);
    unsetenv("CREDENTIALS_DIRECTORY");
    setenv("HOOKTRAIL_MASTER_KEY_FILE", path, 1);
    assert_ok(open_again(bench, false, &scratch_error));
    expect_opens(bench, 1, sealed, HT_OK);
    setenv("HOOKTRAIL_MASTER_KEY_FILE", "/nonexistent/key", 1);
    assert_int_equal(open_again(bench, false, NULL), HT_FORBIDDEN);
}

static void without_the_master_key_it_is_locked(void **state)
{
    struct bench *bench = *state;
    uint8_t sealed[sizeof MESSAGE + KEYRING_TAG];
    struct ht_error err = {0};
    assert_ok(keyring_reserve(bench->keyring, 2, &scratch_error));
    seal(bench, 1, sealed);
    assert_int_equal(unlink(bench->master), 0);
    assert_int_equal(open_again(bench, false, &err), HT_FORBIDDEN);
    assert_non_null(strstr(err.detail, "master.key"));
    assert_null(bench->keyring);
    assert_ok(open_again(bench, true, &scratch_error));
    assert_true(keyring_locked(bench->keyring));
    expect_opens(bench, 1, sealed, HT_FORBIDDEN);
    expect_opens(bench, 0, sealed, HT_FORBIDDEN);
    assert_int_equal(keyring_seal(bench->keyring, 1, nonce, HT_ABSENT, HT_ABSENT, sealed, NULL), HT_FORBIDDEN);
    assert_int_equal(keyring_reserve(bench->keyring, 3, NULL), HT_FORBIDDEN);
    expect_state(bench, 0, 0);
}

static void another_master_key_is_refused(void **state)
{
    struct bench *bench = *state;
    for (size_t i = 0; i < KEYRING_KEY; i++) {
        flip(bench->master, (off_t)i, (uint8_t)(1 << i % 8));
        assert_int_equal(open_again(bench, false, NULL), HT_FORBIDDEN);
        flip(bench->master, (off_t)i, (uint8_t)(1 << i % 8));
    }
    assert_ok(open_again(bench, false, &scratch_error));
    bench->trail_id[0] ^= 1; /* the keys of another store */
    assert_int_equal(open_again(bench, false, NULL), HT_FORBIDDEN);
    bench->trail_id[0] ^= 1;
    assert_int_equal(truncate(bench->master, KEYRING_KEY - 1), 0);
    assert_int_equal(open_again(bench, false, NULL), HT_FORBIDDEN);
}

static void a_damaged_header_is_told(void **state)
{
    struct bench *bench = *state;
    assert_ok(keyring_reserve(bench->keyring, 1, &scratch_error));
    for (off_t at = 0; at < 64; at++) {
        if (at >= 20 && at < 24) continue; /* not used */
        flip(bench->data, at, 4);
        enum ht_status status = open_again(bench, false, NULL);
        assert_int_equal(status, at < 16 ? HT_CORRUPT : at < 20 ? HT_VERSION : HT_FORBIDDEN);
        flip(bench->data, at, 4);
    }
    assert_int_equal(truncate(bench->data, KEYRING_HEADER - 1), 0);
    assert_int_equal(open_again(bench, true, NULL), HT_CORRUPT);
}

/* ---- sealing ---- */

static void what_was_sealed_opens_after_opening_anew(void **state)
{
    struct bench *bench = *state;
    uint8_t sealed[3][sizeof MESSAGE + KEYRING_TAG];
    assert_ok(keyring_reserve(bench->keyring, 2, &scratch_error));
    for (uint32_t id = 0; id < 3; id++)
        seal(bench, id, sealed[id]);
    assert_memory_not_equal(sealed[1], sealed[2], sizeof sealed[1]);
    assert_ok(open_again(bench, false, &scratch_error));
    for (uint32_t id = 0; id < 3; id++) {
        expect_opens(bench, id, sealed[id], HT_OK);
        expect_opens(bench, (id + 1) % 3, sealed[id], HT_CORRUPT);
    }
}

static void nothing_that_was_changed_opens(void **state)
{
    struct bench *bench = *state;
    uint8_t sealed[sizeof MESSAGE + KEYRING_TAG] = {0}, plain[sizeof MESSAGE], other[KEYRING_NONCE];
    struct ht_slice whole = ht_slice_of(sealed, sizeof sealed);
    assert_ok(keyring_reserve(bench->keyring, 1, &scratch_error));
    seal(bench, 1, sealed);
    for (size_t bit = 0; bit < 8 * sizeof sealed; bit++) {
        sealed[bit / 8] ^= (uint8_t)(1 << bit % 8);
        expect_opens(bench, 1, sealed, HT_CORRUPT);
        sealed[bit / 8] ^= (uint8_t)(1 << bit % 8);
    }
    memcpy(other, nonce, sizeof other);
    other[KEYRING_NONCE - 1] ^= 1;
    struct keyring *keyring = bench->keyring;
    assert_int_equal(keyring_unseal(keyring, 1, other, HT_SLICE(BOUND), whole, plain, NULL), HT_CORRUPT);
    assert_int_equal(keyring_unseal(keyring, 1, nonce, HT_SLICE("elsewhere"), whole, plain, NULL), HT_CORRUPT);
    for (size_t size = 0; size < sizeof sealed; size++)
        assert_int_equal(keyring_unseal(keyring, 1, nonce, HT_SLICE(BOUND), ht_slice_of(sealed, size), plain, NULL),
                         HT_CORRUPT);
    expect_opens(bench, 1, sealed, HT_OK);
}

static void sealing_in_place_is_the_same(void **state)
{
    struct bench *bench = *state;
    uint8_t sealed[sizeof MESSAGE + KEYRING_TAG] = {0}, place[sizeof sealed] = MESSAGE;
    assert_ok(keyring_reserve(bench->keyring, 1, &scratch_error));
    seal(bench, 1, sealed);
    assert_ok(keyring_seal(bench->keyring, 1, nonce, HT_SLICE(BOUND), ht_slice_of(place, sizeof MESSAGE), place,
                           &scratch_error));
    assert_memory_equal(place, sealed, sizeof sealed);
}

/* ---- slots ---- */

static void a_key_that_is_not_there_is_not_made_by_use(void **state)
{
    struct bench *bench = *state;
    uint8_t sealed[sizeof MESSAGE + KEYRING_TAG] = {0};
    expect_opens(bench, 1, sealed, HT_CORRUPT);
    assert_int_equal(keyring_seal(bench->keyring, UINT32_MAX, nonce, HT_ABSENT, HT_ABSENT, sealed, NULL), HT_CORRUPT);
    struct ht_buffer file = read_file(bench->data);
    assert_int_equal(file.size, KEYRING_HEADER);
    ht_buffer_release(&file);
}

static void reserving_keeps_the_keys_that_are_there(void **state)
{
    struct bench *bench = *state;
    assert_ok(keyring_reserve(bench->keyring, 1, &scratch_error));
    struct ht_buffer before = read_file(bench->data);
    size_t slots = (before.size - KEYRING_HEADER) / KEYRING_SLOT;
    assert_true(slots > 1); /* a block at once */
    for (uint32_t id = 1; id <= slots; id++)
        assert_ok(keyring_reserve(bench->keyring, id, &scratch_error));
    struct ht_buffer same = read_file(bench->data);
    assert_int_equal(same.size, before.size);
    assert_memory_equal(same.data, before.data, before.size);
    assert_ok(keyring_reserve(bench->keyring, (uint32_t)slots + 1, &scratch_error));
    struct ht_buffer more = read_file(bench->data);
    assert_true(more.size > before.size);
    assert_memory_equal(more.data, before.data, before.size);
    expect_state(bench, 0, 0);
    ht_buffer_release(&before);
    ht_buffer_release(&same);
    ht_buffer_release(&more);
}

/* A loss of power may leave the end of the file torn: those keys were never used. */
static void a_torn_slot_that_was_never_given_out_is_made_anew(void **state)
{
    struct bench *bench = *state;
    uint8_t sealed[sizeof MESSAGE + KEYRING_TAG];
    assert_ok(keyring_reserve(bench->keyring, 1, &scratch_error));
    seal(bench, 1, sealed);
    assert_int_equal(truncate(bench->data, slot_at(3) + KEYRING_SLOT / 2), 0);
    flip(bench->data, slot_at(2) + 30, 1);
    assert_ok(open_again(bench, false, &scratch_error));
    for (uint32_t id = 2; id < 5; id++) {
        uint8_t other[sizeof sealed];
        assert_ok(keyring_reserve(bench->keyring, id, &scratch_error));
        seal(bench, id, other);
        expect_opens(bench, id, other, HT_OK);
    }
    expect_opens(bench, 1, sealed, HT_OK);
    expect_state(bench, 0, 0);
}

/* Uses key `id` for the first time in this process, and says whether its file was written and synced for that. */
static bool is_written_and_synced(struct bench *bench, uint32_t id)
{
    disk_calls_begin();
    assert_ok(keyring_reserve(bench->keyring, id, &scratch_error));
    disk_calls_end();
    size_t written = disk_calls_first(false, bench->data), synced = disk_calls_first(true, bench->data);
    assert_true((written != 0) == (synced != 0) && written <= synced);
    return synced != 0;
}

/* In the page cache they look as if they were on disk. */
static void slots_that_a_killed_process_has_not_synced_are(void **state)
{
    struct bench *bench = *state;
    int how;
    pid_t pid = fork();
    assert_true(pid >= 0);
    if (pid == 0) {
        disk_calls_begin();
        disk_calls.sync_kills = true;
        _exit(keyring_reserve(bench->keyring, 1, NULL) == HT_OK);
    }
    assert_int_equal(waitpid(pid, &how, 0), pid);
    assert_true(WIFSIGNALED(how));
    struct ht_buffer before = read_file(bench->data);
    assert_true(before.size > KEYRING_HEADER);
    assert_ok(open_again(bench, false, &scratch_error));
    assert_true(is_written_and_synced(bench, 1));
    assert_false(is_written_and_synced(bench, 2)); /* once a block */
    struct ht_buffer after = read_file(bench->data);
    assert_int_equal(before.size, after.size);
    assert_memory_equal(before.data, after.data, before.size); /* others may know these keys */
    ht_buffer_release(&before);
    ht_buffer_release(&after);
}

/* After that the page cache has them for clean: another sync alone would write nothing. */
static void slots_whose_sync_has_failed_are_written_again(void **state)
{
    struct bench *bench = *state;
    disk_calls_begin();
    disk_calls.sync_fails = true;
    assert_int_equal(keyring_reserve(bench->keyring, 1, NULL), HT_IO);
    disk_calls_end();
    assert_true(is_written_and_synced(bench, 1));
    assert_ok(open_again(bench, false, &scratch_error));
    assert_true(is_written_and_synced(bench, 2));
}

/* A block that another process has begun with while this one has a block of its own. */
static void slots_of_another_process_are_synced_too(void **state)
{
    struct bench *bench = *state;
    struct keyring *other;
    assert_true(is_written_and_synced(bench, 1));
    assert_ok(keyring_open(bench->dir, bench->trail_id, false, &other, &scratch_error));
    assert_ok(keyring_reserve(other, 1025, &scratch_error));
    keyring_close(other);
    assert_false(is_written_and_synced(bench, 1024));
    assert_true(is_written_and_synced(bench, 1025));
    assert_false(is_written_and_synced(bench, 1026));
}

static void a_damaged_slot_is_told_and_the_others_work(void **state)
{
    struct bench *bench = *state;
    uint8_t sealed[3][sizeof MESSAGE + KEYRING_TAG];
    assert_ok(keyring_reserve(bench->keyring, 3, &scratch_error));
    for (uint32_t id = 1; id <= 3; id++)
        seal(bench, id, sealed[id - 1]);
    for (off_t at = 0; at < KEYRING_SLOT; at++) {
        flip(bench->data, slot_at(2) + at, 16);
        keyring_forget(bench->keyring);
        expect_opens(bench, 2, sealed[1], HT_CORRUPT);
        expect_opens(bench, 1, sealed[0], HT_OK);
        expect_opens(bench, 3, sealed[2], HT_OK);
        expect_state(bench, 0, 1);
        flip(bench->data, slot_at(2) + at, 16);
    }
    expect_opens(bench, 2, sealed[1], HT_OK);
}

static void a_slot_can_not_be_moved(void **state)
{
    struct bench *bench = *state;
    uint8_t sealed[sizeof MESSAGE + KEYRING_TAG];
    assert_ok(keyring_reserve(bench->keyring, 2, &scratch_error));
    seal(bench, 1, sealed);
    struct ht_buffer file = read_file(bench->data);
    int fd = open(bench->data, O_WRONLY);
    assert_int_equal(pwrite(fd, file.data + slot_at(1), KEYRING_SLOT, slot_at(2)), KEYRING_SLOT);
    close(fd);
    keyring_forget(bench->keyring);
    expect_opens(bench, 2, sealed, HT_CORRUPT);
    expect_opens(bench, 1, sealed, HT_OK);
    ht_buffer_release(&file);
}

/* ---- destroying ---- */

static void a_destroyed_key_leaves_zeros_where_it_lay(void **state)
{
    struct bench *bench = *state;
    static const uint8_t zeros[KEYRING_SLOT];
    const uint32_t ids[] = {2, 5};
    uint8_t sealed[6][sizeof MESSAGE + KEYRING_TAG];
    struct stat before, after;
    assert_ok(keyring_reserve(bench->keyring, 6, &scratch_error));
    for (uint32_t id = 1; id <= 6; id++)
        seal(bench, id, sealed[id - 1]);
    struct ht_buffer old = read_file(bench->data);
    assert_int_equal(stat(bench->data, &before), 0);
    assert_ok(keyring_destroy(bench->keyring, ids, 2, &scratch_error));
    assert_ok(keyring_destroy(bench->keyring, ids, 2, &scratch_error));
    assert_int_equal(stat(bench->data, &after), 0);
    assert_true(before.st_ino == after.st_ino && before.st_size == after.st_size); /* the very blocks */
    struct ht_buffer file = read_file(bench->data);
    for (uint32_t id = 1; id <= 6; id++) {
        const char *slot = old.data + slot_at(id);
        bool gone = id == 2 || id == 5;
        assert_memory_equal(file.data + slot_at(id), gone ? (const char *)zeros : slot, KEYRING_SLOT);
        assert_true((memmem(file.data, file.size, slot + KEYRING_NONCE, KEYRING_KEY) == NULL) == gone);
        expect_opens(bench, id, sealed[id - 1], gone ? HT_ERASED : HT_OK);
    }
    expect_state(bench, 2, 0);
    assert_ok(open_again(bench, false, &scratch_error));
    expect_opens(bench, 2, sealed[1], HT_ERASED);
    expect_opens(bench, 6, sealed[5], HT_OK);
    ht_buffer_release(&old);
    ht_buffer_release(&file);
}

/* An erasure is told to be done behind this: a loss of power must not bring the key back. */
static void what_is_destroyed_is_synced(void **state)
{
    struct bench *bench = *state;
    const uint32_t id = 2;
    assert_ok(keyring_reserve(bench->keyring, 2, &scratch_error));
    disk_calls_begin();
    enum ht_status status = keyring_destroy(bench->keyring, &id, 1, NULL);
    disk_calls_end();
    size_t written = disk_calls_first(false, bench->data), synced = disk_calls_first(true, bench->data);
    assert_int_equal(status, HT_OK);
    assert_true(written > 0 && synced > written);
    disk_calls_begin();
    disk_calls.sync_fails = true;
    status = keyring_destroy(bench->keyring, &id, 1, NULL);
    disk_calls_end();
    assert_int_equal(status, HT_IO);
}

static void only_keys_that_are_there_can_be_destroyed(void **state)
{
    struct bench *bench = *state;
    const uint32_t beyond = UINT32_MAX, master = 0;
    assert_ok(keyring_reserve(bench->keyring, 1, &scratch_error));
    struct ht_buffer before = read_file(bench->data);
    assert_int_equal(keyring_destroy(bench->keyring, &beyond, 1, NULL), HT_CORRUPT);
    assert_int_equal(keyring_destroy(bench->keyring, &master, 1, NULL), HT_CORRUPT);
    assert_ok(keyring_destroy(bench->keyring, NULL, 0, &scratch_error));
    struct ht_buffer after = read_file(bench->data);
    assert_int_equal(after.size, before.size);
    assert_memory_equal(after.data, before.data, before.size);
    ht_buffer_release(&before);
    ht_buffer_release(&after);
}

/* Another process has keys in its memory until it is told to forget them. */
static void forgetting_makes_a_destroyed_key_gone_elsewhere(void **state)
{
    struct bench *bench = *state;
    struct keyring *other;
    const uint32_t id = 1;
    uint8_t sealed[sizeof MESSAGE + KEYRING_TAG];
    assert_ok(keyring_reserve(bench->keyring, 1, &scratch_error));
    seal(bench, 1, sealed);
    assert_ok(keyring_open(bench->dir, bench->trail_id, false, &other, &scratch_error));
    assert_ok(keyring_destroy(other, &id, 1, &scratch_error));
    keyring_close(other);
    keyring_forget(bench->keyring);
    expect_opens(bench, 1, sealed, HT_ERASED);
}

/* ---- many keys, many threads ---- */

static void more_keys_than_are_remembered(void **state)
{
    struct bench *bench = *state;
    enum { KEYS = 9000 };
    uint8_t(*sealed)[sizeof MESSAGE + KEYRING_TAG] = calloc(KEYS, sizeof *sealed);
    struct random random = {.state = 3};
    assert_non_null(sealed);
    for (uint32_t id = 1; id <= KEYS; id++) {
        assert_ok(keyring_reserve(bench->keyring, id, &scratch_error));
        seal(bench, id, sealed[id - 1]);
    }
    for (int i = 0; i < 3 * KEYS; i++) {
        uint32_t id = (uint32_t)random_below(&random, KEYS) + 1;
        expect_opens(bench, id, sealed[id - 1], HT_OK);
    }
    free(sealed);
}

/* Keys whose places in memory collide, used and destroyed at once: each opens as itself or not at all. */
struct worker {
    struct bench *bench;
    uint32_t first;
    uint64_t opened;
    bool wrong;
};

static void *work(void *context)
{
    struct worker *worker = context;
    struct keyring *keyring = worker->bench->keyring;
    uint8_t sealed[sizeof MESSAGE + KEYRING_TAG], plain[sizeof MESSAGE];
    for (uint32_t round = 0; round < 2000; round++) {
        uint32_t id = worker->first + round % 2 * 4096;
        struct ht_slice message = ht_slice_of(MESSAGE, sizeof MESSAGE), whole = ht_slice_of(sealed, sizeof sealed);
        enum ht_status status = keyring_seal(keyring, id, nonce, HT_ABSENT, message, sealed, NULL);
        if (status == HT_OK) status = keyring_unseal(keyring, id, nonce, HT_ABSENT, whole, plain, NULL);
        if (round == 1000 && keyring_destroy(keyring, &id, 1, NULL) != HT_OK) worker->wrong = true;
        worker->opened += status == HT_OK;
        bool expected = round <= 1000 || id != worker->first;
        if ((status == HT_OK) != expected || (!expected && status != HT_ERASED)) worker->wrong = true;
        if (status == HT_OK && memcmp(plain, MESSAGE, sizeof plain) != 0) worker->wrong = true;
        if (round % 500 == 0) keyring_forget(keyring);
    }
    return NULL;
}

static void threads_do_not_disturb_each_other(void **state)
{
    struct bench *bench = *state;
    struct worker workers[THREADS];
    pthread_t threads[THREADS];
    assert_ok(keyring_reserve(bench->keyring, 1, &scratch_error));
    assert_ok(keyring_reserve(bench->keyring, 4096 + THREADS, &scratch_error));
    for (uint32_t i = 0; i < THREADS; i++) {
        workers[i] = (struct worker){.bench = bench, .first = i + 1};
        assert_int_equal(pthread_create(&threads[i], NULL, work, &workers[i]), 0);
    }
    for (size_t i = 0; i < THREADS; i++) {
        pthread_join(threads[i], NULL);
        assert_false(workers[i].wrong);
        assert_int_equal(workers[i].opened, 1501);
    }
    expect_state(bench, THREADS, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(files_are_private_and_never_replaced, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_store_without_keys_is_not_sealed, set_up, tear_down),
        cmocka_unit_test_setup_teardown(the_master_key_may_lie_elsewhere, set_up, tear_down),
        cmocka_unit_test_setup_teardown(without_the_master_key_it_is_locked, set_up, tear_down),
        cmocka_unit_test_setup_teardown(another_master_key_is_refused, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_damaged_header_is_told, set_up, tear_down),
        cmocka_unit_test_setup_teardown(what_was_sealed_opens_after_opening_anew, set_up, tear_down),
        cmocka_unit_test_setup_teardown(nothing_that_was_changed_opens, set_up, tear_down),
        cmocka_unit_test_setup_teardown(sealing_in_place_is_the_same, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_key_that_is_not_there_is_not_made_by_use, set_up, tear_down),
        cmocka_unit_test_setup_teardown(reserving_keeps_the_keys_that_are_there, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_torn_slot_that_was_never_given_out_is_made_anew, set_up, tear_down),
        cmocka_unit_test_setup_teardown(slots_that_a_killed_process_has_not_synced_are, set_up, tear_down),
        cmocka_unit_test_setup_teardown(slots_whose_sync_has_failed_are_written_again, set_up, tear_down),
        cmocka_unit_test_setup_teardown(slots_of_another_process_are_synced_too, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_damaged_slot_is_told_and_the_others_work, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_slot_can_not_be_moved, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_destroyed_key_leaves_zeros_where_it_lay, set_up, tear_down),
        cmocka_unit_test_setup_teardown(what_is_destroyed_is_synced, set_up, tear_down),
        cmocka_unit_test_setup_teardown(only_keys_that_are_there_can_be_destroyed, set_up, tear_down),
        cmocka_unit_test_setup_teardown(forgetting_makes_a_destroyed_key_gone_elsewhere, set_up, tear_down),
        cmocka_unit_test_setup_teardown(more_keys_than_are_remembered, set_up, tear_down),
        cmocka_unit_test_setup_teardown(threads_do_not_disturb_each_other, set_up, tear_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
