/* The zip of a bundle: written whole or not at all; and read, when it comes from somebody who means no good. */
#include <dirent.h>
#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include <archive.h>
#include <archive_entry.h>
#include <cmocka.h>

#include "../../query/bundle/layout.h"
#include "../../query/bundle/zip_reader.h"
#include "../../query/bundle/zip_writer.h"

#define NOW INT64_C(1763990400000000)

struct place {
    char dir[64];
    char path[96];
};

static void make_place(struct place *place)
{
    snprintf(place->dir, sizeof place->dir, "/tmp/hooktrail-unit-XXXXXX");
    assert_non_null(mkdtemp(place->dir));
    snprintf(place->path, sizeof place->path, "%s/a.zip", place->dir);
}

static void drop_place(struct place *place)
{
    unlink(place->path);
    assert_int_equal(rmdir(place->dir), 0); /* so nothing else is left there */
}

static void expect_ok(enum ht_status status, const struct ht_error *err)
{
    if (status != HT_OK) fail_msg("%s: %s", ht_status_title(status), err->detail);
}

/* ---- what was written is read ---- */

struct seen {
    size_t count;
    struct ht_buffer text;
};

static enum ht_status see(void *context, const struct zip_entry *entry, struct ht_slice bytes, struct ht_error *err)
{
    struct seen *seen = context;
    uint8_t digest[HT_SHA256_SIZE];
    (void)err;
    ht_sha256(bytes, digest);
    assert_memory_equal(digest, entry->sha256, sizeof digest);
    assert_int_equal(bytes.size, entry->size);
    seen->count++;
    ht_buffer_printf(&seen->text, "%s:%zu ", entry->name, bytes.size);
    return HT_OK;
}

static void test_what_is_written_is_read(void **state)
{
    (void)state;
    struct place place;
    struct zip_writer writer;
    struct ht_error err = {0};
    struct stat file;
    struct seen seen = {0};
    char *long_text = malloc(300000);
    memset(long_text, 'x', 300000);
    make_place(&place);
    expect_ok(zip_writer_open(&writer, place.path, NOW, &err), &err);
    expect_ok(zip_writer_add(&writer, "README.txt", HT_SLICE("hello"), &err), &err);
    expect_ok(zip_writer_add(&writer, "empty/none", HT_SLICE(""), &err), &err);
    expect_ok(zip_writer_add(&writer, "payloads/1.json", ht_slice_of(long_text, 300000), &err), &err);
    assert_int_equal(access(place.path, F_OK), -1);
    expect_ok(zip_writer_end(&writer, &err), &err);
    expect_ok(zip_writer_publish(&writer, &err), &err);
    assert_string_equal(ht_buffer_text(&writer.sums),
                        "2cf24dba5fb0a30e26e83b2ac5b9e29e1b161e5c1fa7425e73043362938b9824  README.txt\n"
                        "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855  empty/none\n"
                        "29927e273accc68286005017f7fa6e4f27bddb4db3083ff8b8d4c3667905b7fa  payloads/1.json\n");
    zip_writer_release(&writer);
    assert_int_equal(stat(place.path, &file), 0);
    assert_int_equal(file.st_mode & 0777, 0600);
    struct zip_reader reader = {.path = place.path};
    expect_ok(zip_reader_open(&reader, &err), &err);
    assert_int_equal(reader.count, 3);
    expect_ok(zip_reader_run(&reader, see, &seen, &err), &err);
    assert_string_equal(ht_buffer_text(&seen.text), "README.txt:5 empty/none:0 payloads/1.json:300000 ");
    assert_non_null(zip_reader_find(&reader, HT_SLICE("empty/none")));
    assert_null(zip_reader_find(&reader, HT_SLICE("empty/nones")));
    assert_null(zip_reader_find(&reader, HT_SLICE("")));
    zip_reader_release(&reader);
    ht_buffer_release(&seen.text);
    free(long_text);
    drop_place(&place);
}

static void test_nothing_is_overwritten_and_nothing_left(void **state)
{
    (void)state;
    struct place place;
    struct zip_writer writer, other;
    struct ht_error err = {0};
    struct stat before, after;
    make_place(&place);
    /* begun and given up */
    expect_ok(zip_writer_open(&writer, place.path, NOW, &err), &err);
    expect_ok(zip_writer_add(&writer, "a", HT_SLICE("1"), &err), &err);
    zip_writer_release(&writer);
    assert_int_equal(access(place.path, F_OK), -1);
    /* the name is taken while a second one is made */
    expect_ok(zip_writer_open(&writer, place.path, NOW, &err), &err);
    expect_ok(zip_writer_open(&other, place.path, NOW, &err), &err);
    expect_ok(zip_writer_end(&writer, &err), &err);
    expect_ok(zip_writer_publish(&writer, &err), &err);
    zip_writer_release(&writer);
    assert_int_equal(stat(place.path, &before), 0);
    expect_ok(zip_writer_end(&other, &err), &err);
    assert_int_equal(zip_writer_publish(&other, &err), HT_EXISTS);
    zip_writer_release(&other);
    assert_int_equal(zip_writer_open(&writer, place.path, NOW, &err), HT_EXISTS);
    zip_writer_release(&writer);
    assert_int_equal(stat(place.path, &after), 0);
    assert_int_equal(before.st_ino, after.st_ino);
    drop_place(&place);
}

static unsigned count_names(const char *dir)
{
    unsigned count = 0;
    DIR *folder = opendir(dir);
    assert_non_null(folder);
    for (struct dirent *entry; (entry = readdir(folder));)
        count += entry->d_name[0] != '.' || strlen(entry->d_name) > 2;
    closedir(folder);
    return count;
}

/* Where the filesystem has files without a name: whoever is killed while he writes leaves nothing of it. */
static void test_it_has_no_name_before_it_is_whole(void **state)
{
    (void)state;
    struct place place;
    struct zip_writer writer;
    struct ht_error err = {0};
    make_place(&place);
    int probe = open(place.dir, O_TMPFILE | O_RDWR, 0600);
    expect_ok(zip_writer_open(&writer, place.path, NOW, &err), &err);
    expect_ok(zip_writer_add(&writer, "a", HT_SLICE("1"), &err), &err);
    assert_int_equal(count_names(place.dir), probe >= 0 ? 0 : 1);
    if (probe >= 0) close(probe);
    expect_ok(zip_writer_end(&writer, &err), &err);
    expect_ok(zip_writer_publish(&writer, &err), &err);
    zip_writer_release(&writer);
    assert_int_equal(count_names(place.dir), 1);
    drop_place(&place);
}

static void test_places_that_cannot_be(void **state)
{
    (void)state;
    struct zip_writer writer;
    struct ht_error err = {0};
    char longest[PATH_MAX + 10];
    memset(longest, 'a', sizeof longest - 1);
    longest[sizeof longest - 1] = '\0';
    const char *const paths[] = {"", "/tmp/", "/nowhere-at-all/a.zip", longest};
    for (size_t i = 0; i < sizeof paths / sizeof *paths; i++) {
        assert_int_not_equal(zip_writer_open(&writer, paths[i], NOW, &err), HT_OK);
        zip_writer_release(&writer);
    }
}

/* ---- hostile zips ---- */

/* What a test puts into a zip by libarchive itself. */
struct item {
    const char *name;
    const char *text;
    mode_t type;     /* 0: a file */
    size_t repeated; /* the text so many times; 0: once */
};

static struct ht_buffer pack(const struct item *items, size_t count)
{
    struct ht_buffer zip = {0};
    size_t used = 0, room = 64 << 20;
    char *memory = malloc(room);
    assert_non_null(memory);
    struct archive *archive = archive_write_new();
    assert_int_equal(archive_write_set_format_zip(archive), ARCHIVE_OK);
    assert_int_equal(archive_write_set_bytes_in_last_block(archive, 1), ARCHIVE_OK);
    assert_int_equal(archive_write_open_memory(archive, memory, room, &used), ARCHIVE_OK);
    for (size_t i = 0; i < count; i++) {
        size_t size = strlen(items[i].text), times = items[i].repeated ? items[i].repeated : 1;
        struct archive_entry *entry = archive_entry_new();
        archive_entry_set_pathname(entry, items[i].name);
        archive_entry_set_filetype(entry, items[i].type ? items[i].type : AE_IFREG);
        archive_entry_set_perm(entry, 0644);
        if (items[i].type == AE_IFLNK)
            archive_entry_set_symlink(entry, items[i].text);
        else
            archive_entry_set_size(entry, (int64_t)(size * times));
        assert_int_equal(archive_write_header(archive, entry), ARCHIVE_OK);
        for (size_t n = 0; n < times && !items[i].type; n++)
            assert_int_equal(archive_write_data(archive, items[i].text, size), size);
        archive_entry_free(entry);
    }
    assert_int_equal(archive_write_close(archive), ARCHIVE_OK);
    archive_write_free(archive);
    ht_buffer_add_bytes(&zip, memory, used);
    free(memory);
    return zip;
}

static enum ht_status look(void *context, const struct zip_entry *entry, struct ht_slice bytes, struct ht_error *err)
{
    (void)entry, (void)err;
    *(uint64_t *)context += bytes.size;
    return HT_OK;
}

/* Opens and reads all of it. */
static enum ht_status read_all(struct ht_slice bytes, struct ht_error *err)
{
    uint64_t total = 0;
    struct zip_reader reader = {.bytes = bytes};
    enum ht_status status = zip_reader_open(&reader, err);
    if (status == HT_OK) status = zip_reader_run(&reader, look, &total, err);
    zip_reader_release(&reader);
    return status;
}

static void expect_refused(const struct item *items, size_t count, enum ht_status wanted)
{
    struct ht_error err = {0};
    struct ht_buffer zip = pack(items, count);
    enum ht_status status = read_all(ht_buffer_slice(&zip), &err);
    if (status != wanted) fail_msg("%s: %s, %s", items[0].name, ht_status_title(status), err.detail);
    assert_string_not_equal(err.detail, "");
    ht_buffer_release(&zip);
}

static void test_names_that_no_bundle_has(void **state)
{
    (void)state;
    const char *const names[] = {"../evil",
                                 "/etc/passwd",
                                 "a/../b",
                                 "a//b",
                                 "./a",
                                 ".hidden",
                                 "a/.b",
                                 "C:\\evil",

                                 "a b",
                                 "a\x1b[31m",
                                 "a\nb",
                                 "\xc3\xa4",
                                 "payloads/1\"",
                                 "-/..",
                                 "a/b/",
                                 "0123456789012345678901234567890123456789"
                                 "012345678901234567890123"};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        expect_refused(&(struct item){names[i], "x", 0, 0}, 1, HT_CORRUPT);
}

static void test_things_that_are_no_files(void **state)
{
    (void)state;
    expect_refused((const struct item[]){{"a", "x", 0, 0}, {"a", "y", 0, 0}}, 2, HT_CORRUPT);
    expect_refused(&(struct item){"link", "/etc/passwd", AE_IFLNK, 0}, 1, HT_CORRUPT);
    expect_refused(&(struct item){"folder", "", AE_IFDIR, 0}, 1, HT_CORRUPT);
}

static void put_size(char *to, uint32_t size)
{
    for (unsigned byte = 0; byte < 4; byte++)
        to[byte] = (char)(size >> 8 * byte & 0xff);
}

/* Writes `size` where the directory, and each file's own header, says how long the file is, unpacked. */
static void claim_size(struct ht_buffer *zip, uint32_t size)
{
    for (size_t i = 0; i + 46 < zip->size; i++) {
        if (memcmp(zip->data + i, "PK\1\2", 4) == 0) put_size(zip->data + i + 24, size);
        if (memcmp(zip->data + i, "PK\3\4", 4) == 0) put_size(zip->data + i + 22, size);
    }
}

static void expect_claim_refused(size_t files, uint32_t size, enum ht_status wanted)
{
    const struct item items[] = {{"a", "x", 0, 9}, {"b", "x", 0, 9}, {"c", "x", 0, 9},
                                 {"d", "x", 0, 9}, {"e", "x", 0, 9}, {"f", "x", 0, 9}};
    struct ht_error err = {0};
    struct ht_buffer zip = pack(items, files);
    claim_size(&zip, size);
    enum ht_status status = read_all(ht_buffer_slice(&zip), &err);
    if (status != wanted) fail_msg("%zu files: %s, %s", files, ht_status_title(status), err.detail);
    ht_buffer_release(&zip);
}

/* A bomb is known by its directory; one whose directory lies is read no further than it says. */
static void test_bombs_are_refused_unread(void **state)
{
    (void)state;
    expect_claim_refused(1, (256 << 20) + 1, HT_TOO_LARGE);
    expect_claim_refused(1, UINT32_MAX - 1, HT_TOO_LARGE);
    expect_claim_refused(6, 256 << 20, HT_TOO_LARGE);
    expect_claim_refused(1, 10, HT_CORRUPT);
    expect_claim_refused(1, 8, HT_CORRUPT);
}

static void test_too_many_files(void **state)
{
    (void)state;
    const size_t count = ZIP_MAX_ENTRIES + 1;
    struct item *items = calloc(count, sizeof *items);
    char(*names)[16] = calloc(count, sizeof *names);
    assert_non_null(items);
    assert_non_null(names);
    for (size_t i = 0; i < count; i++) {
        snprintf(names[i], sizeof names[i], "f%zu", i);
        items[i] = (struct item){names[i], "", 0, 0};
    }
    expect_refused(items, count, HT_TOO_LARGE);
    free(items);
    free(names);
}

static void test_what_is_no_zip(void **state)
{
    (void)state;
    struct ht_error err = {0};
    char zeros[4096] = "";
    assert_int_equal(read_all(HT_SLICE("nothing of the kind"), &err), HT_CORRUPT);
    assert_int_equal(read_all(ht_slice_of(zeros, sizeof zeros), &err), HT_CORRUPT);
    assert_int_equal(read_all(ht_slice_of(zeros, 0), &err), HT_CORRUPT);
    struct zip_reader reader = {.path = "/nowhere-at-all/a.zip"};
    assert_int_equal(zip_reader_open(&reader, &err), HT_IO);
    zip_reader_release(&reader);
    reader = (struct zip_reader){.path = "/tmp"};
    assert_int_equal(zip_reader_open(&reader, &err), HT_INVALID);
    zip_reader_release(&reader);
}

/* Cut anywhere, or with any one bit flipped: never more than a refusal, and never other contents. */
static void test_every_cut_and_every_flip(void **state)
{
    (void)state;
    const struct item items[] = {{"README.txt", "hello, hello, hello", 0, 0}, {"leaves/1.leaf", "0123456789", 0, 3}};
    struct ht_error err = {0};
    struct ht_buffer zip = pack(items, 2);
    size_t refused = 0;
    expect_ok(read_all(ht_buffer_slice(&zip), &err), &err);
    for (size_t size = 0; size < zip.size; size++) {
        char *copy = malloc(size + 1); /* its own, so that a read beyond it is noticed */
        memcpy(copy, zip.data, size);
        assert_int_not_equal(read_all(ht_slice_of(copy, size), &err), HT_OK);
        free(copy);
    }
    for (size_t bit = 0; bit < zip.size * 8; bit++) {
        zip.data[bit / 8] ^= (char)(1 << bit % 8);
        refused += read_all(ht_buffer_slice(&zip), &err) != HT_OK;
        zip.data[bit / 8] ^= (char)(1 << bit % 8);
    }
    assert_true(refused > zip.size); /* the rest is in times, modes and the like */
    ht_buffer_release(&zip);
}

/* ---- names ---- */

static void test_names_of_the_layout(void **state)
{
    (void)state;
    char name[ZIP_MAX_NAME];
    enum layout_part part;
    uint64_t seq;
    for (int i = 0; i < LAYOUT_PARTS; i++) {
        layout_name((enum layout_part)i, UINT64_MAX, name);
        assert_true(layout_parse(ht_slice_from(name), &part, &seq));
        assert_int_equal(part, i);
        assert_true(seq == UINT64_MAX);
        assert_false(layout_is_reading(ht_slice_from(name)));
    }
    const char *const strange[] = {"payloads/.json",
                                   "payloads/0.json",
                                   "payloads/01.json",
                                   "payloads/1.jso",
                                   "payloads/-1.json",
                                   "payloads/1.json.json",
                                   "payload/1.json",
                                   "leaves/1.json",
                                   "payloads/18446744073709551616.json",
                                   "",
                                   "payloads/1 .json"};
    for (size_t i = 0; i < sizeof strange / sizeof *strange; i++)
        assert_false(layout_parse(ht_slice_from(strange[i]), &part, &seq));
    assert_true(layout_is_reading(HT_SLICE("timelines/12.txt")));
    assert_true(layout_is_reading(HT_SLICE("history.json")));
    assert_false(layout_is_reading(HT_SLICE("timelines/0.txt")));
    assert_false(layout_is_reading(HT_SLICE("timelines/x.txt")));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_what_is_written_is_read),
        cmocka_unit_test(test_nothing_is_overwritten_and_nothing_left),
        cmocka_unit_test(test_it_has_no_name_before_it_is_whole),
        cmocka_unit_test(test_places_that_cannot_be),
        cmocka_unit_test(test_names_that_no_bundle_has),
        cmocka_unit_test(test_things_that_are_no_files),
        cmocka_unit_test(test_bombs_are_refused_unread),
        cmocka_unit_test(test_too_many_files),
        cmocka_unit_test(test_what_is_no_zip),
        cmocka_unit_test(test_every_cut_and_every_flip),
        cmocka_unit_test(test_names_of_the_layout),
    };
    cmocka_set_message_output(CM_OUTPUT_TAP);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
