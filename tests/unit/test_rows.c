/* Files of rows: what was written comes back, and what is cut off or changed stays within the file. */
#include "scratch.h"

#include <fcntl.h>
#include <sys/stat.h>

#include "../../store/rows.h"

#define ROWS 300

static const uint8_t trail_id[HT_TRAIL_ID_SIZE] = "trail";
static const uint8_t other_id[HT_TRAIL_ID_SIZE] = "other";

static int set_up(void **state)
{
    char *path = calloc(1, 128);
    assert_non_null(path);
    snprintf(path, 128, "/tmp/hooktrail-unit-rows-%d", (int)getpid());
    unlink(path);
    *state = path;
    return 0;
}

static int tear_down(void **state)
{
    unlink(*state);
    free(*state);
    return 0;
}

static size_t size_of(unsigned i)
{
    return i == 7 ? (size_t)3 << 20 : i * 31 % 997; /* one is larger than what is read at once */
}

static void write_some(const char *path)
{
    struct rows_writer writer;
    char *value = malloc((size_t)3 << 20);
    assert_non_null(value);
    memset(value, 'v', (size_t)3 << 20);
    assert_ok(rows_create(&writer, path, trail_id, &scratch_error));
    for (unsigned i = 0; i < ROWS; i++) {
        char key[16];
        snprintf(key, sizeof key, "%u", i);
        rows_add(&writer, (enum rows_kind)(1 + i % 14), ht_slice_from(key), ht_slice_of(value, size_of(i)));
        if (i % 50 == 0) assert_ok(rows_write(&writer, &scratch_error));
    }
    assert_ok(rows_write(&writer, &scratch_error));
    rows_writer_release(&writer);
    free(value);
}

/* Reads to the end; `count` gets the rows that were whole. */
static enum ht_status read_all(const char *path, const uint8_t *id, unsigned *count)
{
    struct rows_reader reader;
    struct rows_row row;
    struct ht_error err = {0};
    *count = 0;
    enum ht_status status = rows_open(&reader, path, id, &err);
    while (status == HT_OK && (status = rows_next(&reader, &row, &err)) == HT_OK) {
        char key[16];
        snprintf(key, sizeof key, "%u", *count);
        assert_true(ht_slice_is(row.key, key) && row.value.size == size_of(*count));
        assert_int_equal(row.kind, 1 + *count % 14);
        ++*count;
    }
    rows_reader_release(&reader);
    assert_true(err.detail[0] != '\0');
    return status == HT_NOT_FOUND ? HT_OK : status;
}

static void test_rows_come_back(void **state)
{
    unsigned count;
    struct stat stat_of;
    write_some(*state);
    assert_int_equal(read_all(*state, trail_id, &count), HT_OK);
    assert_int_equal(count, ROWS);
    assert_int_equal(stat(*state, &stat_of), 0);
    assert_int_equal(stat_of.st_mode & 07777, 0600);
    struct rows_writer writer;
    assert_int_equal(rows_create(&writer, *state, trail_id, NULL), HT_IO); /* nothing is written over */
    rows_writer_release(&writer);
}

static void test_what_is_none_is_refused(void **state)
{
    unsigned count;
    write_some(*state);
    assert_int_equal(read_all(*state, other_id, &count), HT_CORRUPT);
    assert_int_equal(read_all("/tmp", trail_id, &count), HT_CORRUPT);
    assert_int_equal(read_all("/dev/null", trail_id, &count), HT_CORRUPT);
    assert_int_equal(read_all("/tmp/hooktrail-unit-nowhere", trail_id, &count), HT_IO);
    assert_int_equal(truncate(*state, 31), 0);
    assert_int_equal(read_all(*state, trail_id, &count), HT_CORRUPT);
}

/* Whole rows are given as long as there are any; the end is one only between two rows. */
static void test_one_cut_off_ends_in_a_row(void **state)
{
    struct stat stat_of;
    unsigned whole = 0, count, before = ROWS;
    write_some(*state);
    assert_int_equal(stat(*state, &stat_of), 0);
    for (off_t size = stat_of.st_size - 1; size > stat_of.st_size - 3000; size--) {
        assert_int_equal(truncate(*state, size), 0);
        enum ht_status status = read_all(*state, trail_id, &count);
        assert_true(status == HT_OK || status == HT_CORRUPT);
        assert_true(count <= before);
        whole += status == HT_OK;
        before = count;
    }
    assert_true(whole == ROWS - before || whole + 1 == ROWS - before);
}

static void test_a_hostile_row_is_refused(void **state)
{
    static const uint8_t rows[][16] = {
        {0, 0, 1, 0, 0, 0, 0, 'k'},                  /* no kind */
        {ROWS_TABLES, 0, 1, 0, 0, 0, 0, 'k'},        /* none either */
        {ROWS_KINDS, 0, 1, 0, 0, 0, 0, 'k'},         /* of the future */
        {ROWS_EVENTS, 2, 0, 0, 0, 0, 0, 'k'},        /* a key of 512 bytes */
        {ROWS_EVENTS, 0, 1, 0xff, 0xff, 0xff, 0xff}, /* a value of 4 GiB */
        {ROWS_EVENTS, 0, 255, 0, 0, 0, 1, 'k', 'v'}, /* a key longer than the file */
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct rows_writer writer;
        struct rows_reader reader;
        struct rows_row row;
        struct ht_error err;
        unlink(*state);
        assert_ok(rows_create(&writer, *state, trail_id, &scratch_error));
        ht_buffer_add_bytes(&writer.bytes, rows[i], sizeof rows[i]);
        assert_ok(rows_write(&writer, &scratch_error));
        rows_writer_release(&writer);
        assert_ok(rows_open(&reader, *state, trail_id, &scratch_error));
        assert_int_equal(rows_next(&reader, &row, &err), HT_CORRUPT);
        rows_reader_release(&reader);
    }
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
    const struct CMUnitTest tests[] = {
        TEST(test_rows_come_back),
        TEST(test_what_is_none_is_refused),
        TEST(test_one_cut_off_ends_in_a_row),
        TEST(test_a_hostile_row_is_refused),
    };
    cmocka_set_message_output(CM_OUTPUT_TAP);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
