#include "manifest.h"

#include <dirent.h>
#include <errno.h>
#include <inttypes.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>

#include "files.h"
#include "hooktrail/encode.h"
#include "hooktrail/time.h"

#define FORMAT 1
#define MOST_BYTES ((size_t)1 << 20)

void manifest_release(struct manifest *manifest)
{
    ht_buffer_release(&manifest->files);
}

size_t manifest_files(const struct manifest *manifest)
{
    return manifest->files.size / sizeof(struct manifest_file);
}

const struct manifest_file *manifest_file_at(const struct manifest *manifest, size_t index)
{
    return (const struct manifest_file *)(const void *)manifest->files.data + index;
}

static enum ht_status digest_of(const char *path, struct manifest_file *file, struct ht_error *err)
{
    uint8_t digest[HT_SHA256_SIZE];
    enum ht_status status = files_digest(path, &file->size, digest, err);
    if (status == HT_OK) backup_digest_text(digest, file->sha256);
    return status;
}

/* ---- listing ---- */

static enum ht_status list_folder(struct manifest *manifest, const char *dir, const char *prefix, int levels,
                                  struct ht_error *err);

static enum ht_status list_one(struct manifest *manifest, const char *dir, const char *prefix, const char *name,
                               int levels, struct ht_error *err)
{
    char path[PATH_MAX];
    struct stat stat_of;
    struct manifest_file file = {.size = 0};
    int size = snprintf(file.name, sizeof file.name, "%s%s", prefix, name);
    if (size < 0 || (size_t)size >= sizeof file.name) return ht_fail(err, HT_INVALID, "the name %s is too long", name);
    enum ht_status status = files_join(path, dir, file.name, err);
    if (status != HT_OK) return status;
    if (lstat(path, &stat_of) != 0) return ht_fail_errno(err, errno, "cannot look at %s", path);
    if (S_ISDIR(stat_of.st_mode) && levels > 0) {
        char below[sizeof file.name + 1];
        snprintf(below, sizeof below, "%s/", file.name);
        return list_folder(manifest, dir, below, levels - 1, err);
    }
    status = digest_of(path, &file, err);
    if (status == HT_OK) ht_buffer_add_bytes(&manifest->files, &file, sizeof file);
    return status;
}

static enum ht_status list_folder(struct manifest *manifest, const char *dir, const char *prefix, int levels,
                                  struct ht_error *err)
{
    char path[PATH_MAX];
    enum ht_status status = files_join(path, dir, prefix, err);
    if (status != HT_OK) return status;
    DIR *folder = opendir(path);
    if (folder == NULL) return ht_fail_errno(err, errno, "cannot open %s", path);
    struct dirent *entry;
    while (status == HT_OK && (entry = readdir(folder)) != NULL)
        if (entry->d_name[0] != '.') status = list_one(manifest, dir, prefix, entry->d_name, levels, err);
    closedir(folder);
    return status == HT_OK ? ht_buffer_status(&manifest->files, err) : status;
}

static int by_name(const void *a, const void *b)
{
    const struct manifest_file *left = a, *right = b;
    return strcmp(left->name, right->name);
}

/* ---- writing ---- */

static void emit_since(struct ht_emit *emit, const struct manifest *manifest)
{
    ht_emit_key(emit, "since");
    if (!manifest->increment) {
        ht_emit_null(emit);
        return;
    }
    ht_emit_object(emit);
    ht_emit_key(emit, "name");
    ht_emit_text(emit, manifest->since_name);
    ht_emit_key(emit, "sha256");
    ht_emit_text(emit, manifest->since);
    ht_emit_end_object(emit);
}

static void emit_files(struct ht_emit *emit, const struct manifest *manifest)
{
    ht_emit_key(emit, "files");
    ht_emit_array(emit);
    for (size_t i = 0; i < manifest_files(manifest); i++) {
        const struct manifest_file *file = manifest_file_at(manifest, i);
        ht_emit_object(emit);
        ht_emit_key(emit, "name");
        ht_emit_text(emit, file->name);
        ht_emit_key(emit, "size");
        ht_emit_uint(emit, file->size);
        ht_emit_key(emit, "sha256");
        ht_emit_text(emit, file->sha256);
        ht_emit_end_object(emit);
    }
    ht_emit_end_array(emit);
}

static void emit_all(struct ht_buffer *out, const struct manifest *manifest)
{
    struct ht_emit emit;
    ht_emit_init(&emit, out);
    ht_emit_object(&emit);
    ht_emit_key(&emit, "format");
    ht_emit_uint(&emit, FORMAT);
    ht_emit_key(&emit, "hooktrail");
    ht_emit_text(&emit, ht_version());
    ht_emit_key(&emit, "kind");
    ht_emit_text(&emit, manifest->increment ? "increment" : "full");
    ht_emit_key(&emit, "trail");
    ht_emit_hex(&emit, manifest->trail_id, HT_TRAIL_ID_SIZE);
    ht_emit_key(&emit, "made_at");
    ht_emit_time(&emit, manifest->made_at);
    emit_since(&emit, manifest);
    ht_emit_key(&emit, "at");
    ht_emit_object(&emit);
    backup_point_emit(&emit, &manifest->at);
    ht_emit_end_object(&emit);
    emit_files(&emit, manifest);
    ht_emit_end_object(&emit);
    ht_buffer_add_byte(out, '\n');
}

static void digest_own(struct manifest *manifest, struct ht_slice bytes)
{
    uint8_t digest[HT_SHA256_SIZE];
    ht_sha256(bytes, digest);
    backup_digest_text(digest, manifest->own);
}

enum ht_status manifest_write(struct manifest *manifest, const char *dir, struct ht_error *err)
{
    char path[PATH_MAX];
    struct ht_buffer text = {0};
    ht_buffer_clear(&manifest->files);
    enum ht_status status = list_folder(manifest, dir, "", 1, err);
    if (status != HT_OK) return status;
    if (manifest_files(manifest) > 0)
        qsort(manifest->files.data, manifest_files(manifest), sizeof(struct manifest_file), by_name);
    emit_all(&text, manifest);
    status = ht_buffer_status(&text, err);
    if (status == HT_OK) status = files_join(path, dir, MANIFEST_NAME, err);
    if (status == HT_OK) status = files_write_new(path, ht_buffer_slice(&text), err);
    if (status == HT_OK) digest_own(manifest, ht_buffer_slice(&text));
    ht_buffer_release(&text);
    return status;
}

/* ---- reading ---- */

/* A member that is a string without escapes, shorter than `size`. */
static enum ht_status parse_text(const struct ht_json *json, uint32_t object, const char *name, char *text, size_t size,
                                 struct ht_error *err)
{
    struct ht_buffer scratch = {0};
    uint32_t node = ht_json_member(json, object, name);
    struct ht_slice value =
        ht_json_type(json, node) == HT_JSON_STRING ? ht_json_string(json, node, &scratch) : HT_ABSENT;
    bool sound = value.data != NULL && value.size < size && memchr(value.data, '\0', value.size) == NULL;
    if (sound) memcpy(text, value.data, value.size);
    if (sound) text[value.size] = '\0';
    ht_buffer_release(&scratch);
    return sound ? HT_OK : ht_fail(err, HT_CORRUPT, "%s is missing or no text", name);
}

/* "name" or "folder/name": nothing that leads out of the backup. */
static bool is_within(const char *name)
{
    const char *slash = strchr(name, '/');
    const char *last = slash != NULL ? slash + 1 : name;
    return name[0] != '\0' && name[0] != '.' && name[0] != '/' && last[0] != '\0' && last[0] != '.' &&
           strchr(last, '/') == NULL;
}

static enum ht_status parse_file(struct manifest *manifest, const struct ht_json *json, uint32_t node,
                                 struct ht_error *err)
{
    struct manifest_file file = {.size = 0};
    enum ht_status status = parse_text(json, node, "name", file.name, sizeof file.name, err);
    if (status == HT_OK && !is_within(file.name))
        status = ht_fail(err, HT_CORRUPT, "a file has the name %s", file.name);
    if (status == HT_OK) status = backup_number_parse(json, node, "size", &file.size, err);
    if (status == HT_OK) status = backup_digest_parse(json, node, "sha256", file.sha256, err);
    if (status == HT_OK) ht_buffer_add_bytes(&manifest->files, &file, sizeof file);
    return status;
}

static enum ht_status parse_files(struct manifest *manifest, const struct ht_json *json, struct ht_error *err)
{
    uint32_t list = ht_json_member(json, 0, "files");
    enum ht_status status = HT_OK;
    for (uint32_t node = ht_json_first(json, list); status == HT_OK && node != HT_JSON_NONE;
         node = ht_json_after(json, list, node))
        status = parse_file(manifest, json, node, err);
    if (status == HT_OK) status = ht_buffer_status(&manifest->files, err);
    if (status != HT_OK || manifest_files(manifest) > 0) return status;
    return ht_fail(err, HT_CORRUPT, "it names no files");
}

static enum ht_status parse_trail(struct manifest *manifest, const struct ht_json *json, struct ht_error *err)
{
    char text[2 * HT_TRAIL_ID_SIZE + 1] = "";
    enum ht_status status = parse_text(json, 0, "trail", text, sizeof text, err);
    if (status != HT_OK) return status;
    if (strlen(text) + 1 != sizeof text || strspn(text, "0123456789abcdef") + 1 != sizeof text)
        return ht_fail(err, HT_CORRUPT, "trail is no id");
    bool decoded = sodium_hex2bin(manifest->trail_id, HT_TRAIL_ID_SIZE, text, strlen(text), NULL, NULL, NULL) == 0;
    return decoded ? HT_OK : ht_fail(err, HT_CORRUPT, "trail is no id");
}

static enum ht_status parse_kind(struct manifest *manifest, const struct ht_json *json, struct ht_error *err)
{
    char kind[16] = "";
    uint64_t format = 0;
    enum ht_status status = backup_number_parse(json, 0, "format", &format, err);
    if (status != HT_OK) return status;
    if (format != FORMAT)
        return ht_fail(err, HT_VERSION, "it has format %" PRIu64 "; this hooktrail knows %d", format, FORMAT);
    status = parse_text(json, 0, "kind", kind, sizeof kind, err);
    if (status != HT_OK) return status;
    manifest->increment = strcmp(kind, "increment") == 0;
    if (manifest->increment || strcmp(kind, "full") == 0) return HT_OK;
    return ht_fail(err, HT_CORRUPT, "it is of kind %s", kind);
}

static enum ht_status parse_since(struct manifest *manifest, const struct ht_json *json, struct ht_error *err)
{
    uint32_t since = ht_json_member(json, 0, "since");
    if (!manifest->increment) return HT_OK;
    enum ht_status status = parse_text(json, since, "name", manifest->since_name, sizeof manifest->since_name, err);
    return status == HT_OK ? backup_digest_parse(json, since, "sha256", manifest->since, err) : status;
}

static enum ht_status parse_all(struct manifest *manifest, const struct ht_json *json, struct ht_error *err)
{
    char made_at[HT_TIME_TEXT_SIZE] = "";
    enum ht_status status = parse_kind(manifest, json, err);
    if (status == HT_OK) status = parse_trail(manifest, json, err);
    if (status == HT_OK) status = parse_text(json, 0, "made_at", made_at, sizeof made_at, err);
    if (status == HT_OK && ht_time_parse(ht_slice_from(made_at), &manifest->made_at) != HT_OK)
        status = ht_fail(err, HT_CORRUPT, "made_at is no time");
    if (status == HT_OK) status = parse_since(manifest, json, err);
    if (status == HT_OK) status = backup_point_parse(json, ht_json_member(json, 0, "at"), &manifest->at, err);
    return status == HT_OK ? parse_files(manifest, json, err) : status;
}

static enum ht_status parse(struct manifest *manifest, struct ht_slice text, const char *path, struct ht_error *err)
{
    struct ht_error cause;
    struct ht_json *json = ht_json_new();
    if (json == NULL) return ht_fail(err, HT_NO_MEMORY, "out of memory for %s", path);
    enum ht_status status = ht_json_parse(json, text, &cause);
    if (status == HT_INVALID) status = HT_CORRUPT;
    if (status == HT_OK) status = parse_all(manifest, json, &cause);
    ht_json_free(json);
    return status == HT_OK ? HT_OK : ht_fail(err, status, "%s: %s", path, cause.detail);
}

enum ht_status manifest_read(struct manifest *manifest, const char *dir, struct ht_error *err)
{
    char path[PATH_MAX];
    struct ht_buffer text = {0};
    ht_buffer_clear(&manifest->files);
    enum ht_status status = files_join(path, dir, MANIFEST_NAME, err);
    if (status == HT_OK) status = files_read(path, MOST_BYTES, &text, err);
    if (status == HT_OK) status = parse(manifest, ht_buffer_slice(&text), path, err);
    if (status == HT_OK) digest_own(manifest, ht_buffer_slice(&text));
    ht_buffer_release(&text);
    return status;
}

/* ---- checking ---- */

enum ht_status manifest_check_files(const struct manifest *manifest, const char *dir, struct ht_error *err)
{
    for (size_t i = 0; i < manifest_files(manifest); i++) {
        char path[PATH_MAX];
        struct manifest_file found = {.size = 0};
        const struct manifest_file *wanted = manifest_file_at(manifest, i);
        enum ht_status status = files_join(path, dir, wanted->name, err);
        if (status == HT_OK) status = digest_of(path, &found, err);
        if (status == HT_NOT_FOUND) return ht_fail(err, HT_CORRUPT, "%s is missing", path);
        if (status != HT_OK) return status;
        if (found.size != wanted->size)
            return ht_fail(err, HT_CORRUPT,
                           "%s has %" PRIu64 " bytes, and had %" PRIu64
                           " when it was made: it is damaged, or was changed",
                           path, found.size, wanted->size);
        if (strcmp(found.sha256, wanted->sha256) != 0)
            return ht_fail(err, HT_CORRUPT,
                           "%s has another SHA-256 than when it was made: it is damaged, or was changed", path);
    }
    return HT_OK;
}
