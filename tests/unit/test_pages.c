/* An LMDB file read without LMDB: the same rows in the same order while it is sound; an end, and no row too many, when
   it is not. And the mark of what is lost. */
#define SCRATCH_FOLDER "/dev/shm"

#include "random.h"
#include "scratch.h"

#include <fcntl.h>
#include <lmdb.h>

#include "../../store/files.h"
#include "../../store/lost.h"
#include "../../store/pages.h"
#include "../../store/record.h"
#include "hooktrail/encode.h"

#define ROWS 3000
#define PAGE 4096

struct bench {
    char dir[64];
    char file[96];
    uint8_t *image;
    size_t size;
};

static size_t size_of(uint64_t number)
{
    return number % 100 == 0 ? 5000 + number : 10 + number % 90;
}

static void make_value(uint64_t number, uint8_t value[16384])
{
    memset(value, (int)(number & 0xff), size_of(number));
}

static void put_rows(MDB_txn *txn, MDB_dbi table)
{
    static uint8_t bytes[16384];
    for (uint64_t number = 1; number <= ROWS; number++) {
        uint8_t name[8];
        ht_put_be64(name, number);
        make_value(number, bytes);
        MDB_val key = {sizeof name, name}, value = {size_of(number), bytes};
        assert_int_equal(mdb_put(txn, table, &key, &value, 0), 0);
    }
}

static int set_up(void **state)
{
    struct bench *bench = calloc(1, sizeof *bench);
    MDB_env *env;
    assert_non_null(bench);
    snprintf(bench->dir, sizeof bench->dir, SCRATCH_FOLDER "/hooktrail-pages-XXXXXX");
    assert_non_null(mkdtemp(bench->dir));
    assert_int_equal(mdb_env_create(&env), 0);
    assert_int_equal(mdb_env_set_maxdbs(env, 4), 0);
    assert_int_equal(mdb_env_set_mapsize(env, (size_t)64 << 20), 0);
    assert_int_equal(mdb_env_open(env, bench->dir, 0, 0600), 0);
    for (int i = 0; i < 3; i++) { /* so that both meta pages are written */
        MDB_txn *txn;
        MDB_dbi rows, empty;
        assert_int_equal(mdb_txn_begin(env, NULL, 0, &txn), 0);
        assert_int_equal(mdb_dbi_open(txn, "rows", MDB_CREATE, &rows), 0);
        assert_int_equal(mdb_dbi_open(txn, "empty", MDB_CREATE, &empty), 0);
        if (i == 1) put_rows(txn, rows);
        assert_int_equal(mdb_txn_commit(txn), 0);
        assert_int_equal(mdb_txn_begin(env, NULL, 0, &txn), 0);
        char k[] = "k", v[] = "v";
        MDB_val key = {1, k}, value = {1, v};
        assert_int_equal(mdb_put(txn, empty, &key, &value, 0), 0);
        assert_int_equal(mdb_del(txn, empty, &key, NULL), 0);
        assert_int_equal(mdb_txn_commit(txn), 0);
    }
    mdb_env_close(env);
    snprintf(bench->file, sizeof bench->file, "%s/data.mdb", bench->dir);
    struct ht_buffer bytes = {0};
    assert_ok(files_read(bench->file, (size_t)64 << 20, &bytes, &scratch_error));
    bench->image = (uint8_t *)bytes.data;
    bench->size = bytes.size;
    *state = bench;
    return 0;
}

static int tear_down(void **state)
{
    struct bench *bench = *state;
    files_remove_tree(bench->dir);
    free(bench->image);
    free(bench);
    return 0;
}

static void write_image(struct bench *bench, const uint8_t *image, size_t size)
{
    int fd = open(bench->file, O_WRONLY | O_TRUNC);
    assert_true(fd >= 0);
    assert_int_equal(write(fd, image, size), (ssize_t)size);
    close(fd);
}

struct seen {
    uint64_t rows;
    uint64_t last;
    bool ordered;
    bool right; /* each value is the key's */
};

static enum ht_status see(void *context, struct ht_slice key, struct ht_slice value, struct ht_error *err)
{
    static uint8_t wanted[16384];
    struct seen *seen = context;
    (void)err;
    if (key.size != 8) return HT_OK;
    uint64_t number = ht_get_be64((const uint8_t *)key.data);
    seen->rows++;
    seen->ordered &= number > seen->last;
    seen->last = number;
    if (number == 0 || number > ROWS) return HT_OK;
    make_value(number, wanted);
    seen->right &= value.size == size_of(number) && memcmp(value.data, wanted, value.size) == 0;
    return HT_OK;
}

static bool is_row(void *context, uint64_t number)
{
    (void)context;
    return number >= 1 && number <= ROWS;
}

static void a_sound_file_has_its_rows(void **state)
{
    struct bench *bench = *state;
    struct pages pages;
    struct pages_table table;
    struct seen seen = {.ordered = true, .right = true};
    uint64_t unread = 0;
    write_image(bench, bench->image, bench->size);
    assert_ok(pages_open(&pages, bench->file, &scratch_error));
    assert_true(pages.exact && pages.found);
    assert_int_equal(pages.page_size, PAGE);
    assert_int_equal(pages.promised, pages.count);
    assert_ok(pages_find(&pages, "rows", &table, &scratch_error));
    assert_int_equal(table.entries, ROWS);
    assert_ok(pages_walk(&pages, table.root, see, &seen, &unread, &scratch_error));
    assert_int_equal(seen.rows, ROWS);
    assert_true(seen.ordered && seen.right);
    assert_int_equal(unread, 0);
    assert_ok(pages_find(&pages, "empty", &table, &scratch_error));
    assert_ok(pages_walk(&pages, table.root, see, &seen, &unread, &scratch_error));
    assert_int_equal(seen.rows, ROWS);
    assert_int_equal(unread, 0);
    assert_int_equal(pages_find(&pages, "nothing", &table, NULL), HT_NOT_FOUND);
    pages_close(&pages);
}

static void a_sweep_needs_no_meta_page(void **state)
{
    struct bench *bench = *state;
    struct pages pages;
    struct pages_table table;
    struct seen seen = {.right = true};
    uint8_t *image = malloc(bench->size);
    memcpy(image, bench->image, bench->size);
    memset(image, 0, 2 * PAGE);
    write_image(bench, image, bench->size);
    free(image);
    assert_ok(pages_open(&pages, bench->file, &scratch_error));
    assert_false(pages.found);
    assert_int_equal(pages_find(&pages, "rows", &table, NULL), HT_CORRUPT);
    assert_ok(pages_sweep(&pages, is_row, see, &seen, NULL, NULL, &scratch_error));
    assert_in_range(seen.rows, ROWS, 3 * ROWS); /* some twice, by chance or from an old page */
    pages_close(&pages);
}

/* One meta page is enough, but no proof of being the newest. */
static void each_meta_page_stands_in_for_the_other(void **state)
{
    struct bench *bench = *state;
    for (size_t gone = 0; gone < 2; gone++) {
        struct pages pages;
        struct pages_table table;
        uint8_t *image = malloc(bench->size);
        memcpy(image, bench->image, bench->size);
        image[gone * PAGE + 16] ^= 1; /* its magic */
        write_image(bench, image, bench->size);
        free(image);
        assert_ok(pages_open(&pages, bench->file, &scratch_error));
        assert_true(pages.found);
        assert_false(pages.exact);
        assert_ok(pages_find(&pages, "rows", &table, &scratch_error));
        assert_int_equal(table.entries, ROWS);
        pages_close(&pages);
    }
}

/* A branch whose children are itself: the walk comes to an end, and tells. */
static void circles_end(void **state)
{
    struct bench *bench = *state;
    struct pages pages;
    struct pages_table table;
    struct seen seen = {.right = true};
    uint64_t unread = 0;
    write_image(bench, bench->image, bench->size);
    assert_ok(pages_open(&pages, bench->file, &scratch_error));
    assert_ok(pages_find(&pages, "rows", &table, &scratch_error));
    pages_close(&pages);
    uint8_t *image = malloc(bench->size);
    memcpy(image, bench->image, bench->size);
    uint8_t *root = image + table.root * PAGE;
    assert_int_equal(root[10] & 1, 1);
    for (size_t at = 16; at < (size_t)(root[12] | root[13] << 8); at += 2) {
        uint32_t page = (uint32_t)table.root;
        memcpy(root + (root[at] | root[at + 1] << 8), &page, sizeof page);
    }
    write_image(bench, image, bench->size);
    free(image);
    assert_ok(pages_open(&pages, bench->file, &scratch_error));
    assert_ok(pages_walk(&pages, table.root, see, &seen, &unread, &scratch_error));
    assert_int_equal(seen.rows, 0);
    assert_true(unread > 1);
    pages_close(&pages);
}

static void noise_comes_to_an_end(void **state)
{
    struct bench *bench = *state;
    struct random random = {.state = 42};
    for (int round = 0; round < 50; round++) {
        struct pages pages;
        struct pages_table table;
        struct seen seen = {0};
        uint64_t unread = 0;
        uint8_t *image = malloc(bench->size);
        memcpy(image, bench->image, bench->size);
        for (int i = 0; i < 2000; i++)
            image[random_below(&random, (uint32_t)bench->size)] = (uint8_t)random_below(&random, 256);
        write_image(bench, image, bench->size - random_below(&random, PAGE));
        free(image);
        assert_ok(pages_open(&pages, bench->file, &scratch_error));
        if (pages_find(&pages, "rows", &table, NULL) == HT_OK)
            assert_ok(pages_walk(&pages, table.root, see, &seen, &unread, &scratch_error));
        assert_ok(pages_sweep(&pages, is_row, see, &seen, NULL, NULL, &scratch_error));
        pages_close(&pages);
    }
}

static void what_is_missing_or_empty_is_no_file(void **state)
{
    struct bench *bench = *state;
    struct pages pages;
    struct seen seen = {0};
    assert_int_equal(pages_open(&pages, "/dev/shm/hooktrail-no-such-file", NULL), HT_NOT_FOUND);
    pages_close(&pages);
    assert_int_equal(pages_open(&pages, bench->dir, NULL), HT_CORRUPT);
    pages_close(&pages);
    write_image(bench, bench->image, 0);
    assert_ok(pages_open(&pages, bench->file, &scratch_error));
    assert_false(pages.found);
    assert_ok(pages_sweep(&pages, is_row, see, &seen, NULL, NULL, &scratch_error));
    assert_int_equal(seen.rows, 0);
    pages_close(&pages);
}

static void a_mark_says_what_is_known(void **state)
{
    uint8_t value[LOST_SIZE], leaf[HT_LEAF_SIZE];
    struct lost read, lost = {.act = 12};
    struct ht_error err = {0};
    (void)state;
    memset(lost.hash, 7, sizeof lost.hash);
    lost_write(&lost, 5, value);
    assert_true(record_intact(ht_slice_of(value, sizeof value), 5));
    assert_false(record_intact(ht_slice_of(value, sizeof value), 6));
    assert_true(lost_read(ht_slice_of(value, sizeof value), &read));
    assert_int_equal(read.act, 12);
    assert_memory_equal(read.hash, lost.hash, sizeof lost.hash);
    assert_null(read.leaf.data);
    memset(leaf, 2, sizeof leaf);
    lost.leaf = ht_slice_of(leaf, sizeof leaf);
    lost_write(&lost, 5, value);
    assert_true(lost_read(ht_slice_of(value, sizeof value), &read));
    assert_memory_equal(read.leaf.data, leaf, sizeof leaf);
    assert_int_equal(lost_fail(&err, "event", 5, &read), HT_CORRUPT);
    assert_string_equal(err.detail, "event 5 is lost: it was damaged when the store was salvaged (act 12)");
    assert_false(lost_read(ht_slice_of(value, sizeof value - 1), &read));
    value[RECORD_CHECKED] = RECORD_VERSION;
    assert_false(lost_read(ht_slice_of(value, sizeof value), &read));
    uint8_t one[HT_SHA256_SIZE], other[HT_SHA256_SIZE];
    lost_leaf(1, one);
    lost_leaf(2, other);
    assert_memory_not_equal(one, other, sizeof one);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_sound_file_has_its_rows),
        cmocka_unit_test(a_sweep_needs_no_meta_page),
        cmocka_unit_test(each_meta_page_stands_in_for_the_other),
        cmocka_unit_test(circles_end),
        cmocka_unit_test(noise_comes_to_an_end),
        cmocka_unit_test(what_is_missing_or_empty_is_no_file),
        cmocka_unit_test(a_mark_says_what_is_known),
    };
    cmocka_set_message_output(CM_OUTPUT_TAP);
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
