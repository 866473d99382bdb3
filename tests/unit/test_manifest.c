/* backup.json: what is written is read, and what does not fit is refused with the reason. */
#include "scratch.h"

#include <fcntl.h>
#include <sys/stat.h>

#include "../../store/files.h"
#include "../../store/manifest.h"

static int set_up(void **state)
{
    char path[128];
    char *dir = strdup("/tmp/hooktrail-unit-XXXXXX");
    assert_non_null(dir);
    assert_non_null(mkdtemp(dir));
    snprintf(path, sizeof path, "%s/keys", dir);
    assert_int_equal(mkdir(path, 0700), 0);
    snprintf(path, sizeof path, "%s/keys/b.key", dir);
    assert_ok(files_write_new(path, HT_SLICE("second"), &scratch_error));
    snprintf(path, sizeof path, "%s/keys/a.key", dir);
    assert_ok(files_write_new(path, HT_SLICE("first"), &scratch_error));
    snprintf(path, sizeof path, "%s/rows", dir);
    assert_ok(files_write_new(path, HT_SLICE("rows"), &scratch_error));
    *state = dir;
    return 0;
}

static int tear_down(void **state)
{
    files_remove_tree(*state);
    free(*state);
    return 0;
}

static struct manifest some_manifest(void)
{
    struct manifest manifest = {
        .increment = true, .trail_id = {1, 2, 0xfe}, .made_at = SCRATCH_NOW, .since_name = "hook \"trail\"\n"};
    uint8_t digest[HT_SHA256_SIZE];
    ht_sha256(HT_SLICE("x"), digest);
    backup_digest_text(digest, manifest.since);
    manifest.at = (struct backup_point){.events = 7, .repeats = 6, .acts = UINT64_MAX, .keys = 4};
    memcpy(manifest.at.events_root, manifest.since, BACKUP_DIGEST);
    memcpy(manifest.at.acts_root, manifest.since, BACKUP_DIGEST);
    memcpy(manifest.at.wrapping, manifest.since, BACKUP_DIGEST);
    return manifest;
}

static void test_what_is_written_is_read(void **state)
{
    struct manifest written = some_manifest(), read = {0};
    assert_ok(manifest_write(&written, *state, &scratch_error));
    assert_ok(manifest_read(&read, *state, &scratch_error));
    assert_true(read.increment && read.made_at == SCRATCH_NOW);
    assert_memory_equal(read.trail_id, written.trail_id, HT_TRAIL_ID_SIZE);
    assert_string_equal(read.since_name, written.since_name);
    assert_string_equal(read.since, written.since);
    assert_string_equal(read.own, written.own);
    assert_ok(backup_point_same(&read.at, &written.at, &scratch_error));
    assert_int_equal(manifest_files(&read), 3);
    assert_string_equal(manifest_file_at(&read, 0)->name, "keys/a.key");
    assert_string_equal(manifest_file_at(&read, 1)->name, "keys/b.key");
    assert_string_equal(manifest_file_at(&read, 2)->name, "rows");
    assert_ok(manifest_check_files(&read, *state, &scratch_error));
    manifest_release(&written);
    manifest_release(&read);
}

static void test_a_file_that_changed_is_named(void **state)
{
    struct manifest manifest = some_manifest();
    struct ht_error err;
    char path[128];
    assert_ok(manifest_write(&manifest, *state, &scratch_error));
    snprintf(path, sizeof path, "%s/keys/b.key", (const char *)*state);
    assert_ok(files_replace(path, HT_SLICE("Second"), &scratch_error));
    assert_int_equal(manifest_check_files(&manifest, *state, &err), HT_CORRUPT);
    assert_non_null(strstr(err.detail, "b.key has another SHA-256"));
    assert_ok(files_replace(path, HT_SLICE("more than before"), &scratch_error));
    assert_int_equal(manifest_check_files(&manifest, *state, &err), HT_CORRUPT);
    assert_non_null(strstr(err.detail, "16 bytes, and had 6"));
    assert_int_equal(unlink(path), 0);
    assert_int_equal(manifest_check_files(&manifest, *state, &err), HT_CORRUPT);
    assert_non_null(strstr(err.detail, "b.key is missing"));
    assert_int_equal(symlink("/etc/hostname", path), 0);
    assert_int_not_equal(manifest_check_files(&manifest, *state, &err), HT_OK);
    manifest_release(&manifest);
}

/* The text with `from` replaced by `to`. */
static enum ht_status read_changed(const char *dir, const char *from, const char *to, struct ht_error *err)
{
    struct manifest manifest = some_manifest();
    struct ht_buffer text = {0}, changed = {0};
    char path[128];
    snprintf(path, sizeof path, "%s/backup.json", dir);
    unlink(path);
    assert_ok(manifest_write(&manifest, dir, &scratch_error));
    assert_ok(files_read(path, 1 << 20, &text, &scratch_error));
    const char *at = strstr(ht_buffer_text(&text), from);
    assert_non_null(at);
    size_t before = (size_t)(at - text.data);
    ht_buffer_add_bytes(&changed, text.data, before);
    ht_buffer_add_text(&changed, to);
    ht_buffer_add_bytes(&changed, at + strlen(from), text.size - before - strlen(from));
    assert_ok(files_replace(path, ht_buffer_slice(&changed), &scratch_error));
    enum ht_status status = manifest_read(&manifest, dir, err);
    manifest_release(&manifest);
    ht_buffer_release(&text);
    ht_buffer_release(&changed);
    return status;
}

static void test_what_does_not_fit_is_refused(void **state)
{
    static const struct {
        const char *from, *to;
        enum ht_status wanted;
        const char *said;
    } cases[] = {
        {"\"format\":1", "\"format\":2", HT_VERSION, "format 2"},
        {"\"format\":1", "\"format\":\"1\"", HT_CORRUPT, "format"},
        {"\"increment\"", "\"other\"", HT_CORRUPT, "kind"},
        {"\"trail\":\"0102fe", "\"trail\":\"0102f", HT_CORRUPT, "trail"},
        {"\"trail\":\"0102fe", "\"trail\":\"0102fz", HT_CORRUPT, "trail"},
        {"\"made_at\":\"2", "\"made_at\":\"x", HT_CORRUPT, "made_at"},
        {"\"events\":7", "\"events\":-7", HT_CORRUPT, "events"},
        {"\"events\":7", "\"events\":7.5", HT_CORRUPT, "events"},
        {"\"events\":7", "\"events\":99999999999999999999", HT_CORRUPT, "events"},
        {"\"acts_root\":\"2", "\"acts_root\":\"G", HT_CORRUPT, "acts_root"},
        {"\"at\":{", "\"at\":[],\"it\":{", HT_CORRUPT, "events"},
        {"\"since\":{", "\"since\":null,\"not\":{", HT_CORRUPT, "name"},
        {"\"rows\"", "\"../rows\"", HT_CORRUPT, "a file has the name"},
        {"\"rows\"", "\"/rows\"", HT_CORRUPT, "a file has the name"},
        {"\"rows\"", "\"keys/../rows\"", HT_CORRUPT, "a file has the name"},
        {"\"rows\"", "\"a/b/rows\"", HT_CORRUPT, "a file has the name"},
        {"\"files\":[", "\"files\":[],\"not\":[", HT_CORRUPT, "no files"},
        {"}]}", "}]", HT_CORRUPT, "backup.json"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct ht_error err = {0};
        enum ht_status status = read_changed(*state, cases[i].from, cases[i].to, &err);
        if (status != cases[i].wanted || strstr(err.detail, cases[i].said) == NULL)
            fail_msg("%s: %d, %s", cases[i].to, (int)status, err.detail);
    }
    struct ht_error err;
    struct manifest manifest = {0};
    assert_int_equal(manifest_read(&manifest, "/tmp/hooktrail-unit-nowhere", &err), HT_NOT_FOUND);
    manifest_release(&manifest);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
    const struct CMUnitTest tests[] = {
        TEST(test_what_is_written_is_read),
        TEST(test_a_file_that_changed_is_named),
        TEST(test_what_does_not_fit_is_refused),
    };
    cmocka_set_message_output(CM_OUTPUT_TAP);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
