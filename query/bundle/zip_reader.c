#include "zip_reader.h"

#include <archive.h>
#include <archive_entry.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>

#define PIECE ((size_t)64 * 1024)

static enum ht_status no_memory(struct ht_error *err)
{
    return ht_fail(err, HT_NO_MEMORY, "no memory to read a zip");
}

static enum ht_status fail_archive(struct archive *archive, struct ht_error *err)
{
    const char *why = archive_error_string(archive);
    if (archive_errno(archive) == ENOMEM) return no_memory(err);
    return ht_fail(err, HT_CORRUPT, "this is no sound zip: %.100s", why ? why : "no reason given");
}

/* ---- the archive as libarchive reads it ---- */

/* Only what the directory at the end lists, as unzip has it: bytes before it or between mean nothing. */
static enum ht_status open_archive(const struct zip_reader *zip, struct archive **archive, struct ht_error *err)
{
    *archive = archive_read_new();
    if (!*archive) return no_memory(err);
    int code = archive_read_support_format_zip_seekable(*archive);
    if (code == ARCHIVE_OK)
        code = zip->path ? archive_read_open_filename(*archive, zip->path, PIECE)
                         : archive_read_open_memory(*archive, zip->bytes.data, zip->bytes.size);
    if (code == ARCHIVE_OK) return HT_OK;
    enum ht_status status = fail_archive(*archive, err);
    archive_read_free(*archive);
    *archive = NULL;
    return status;
}

/* HT_NOT_FOUND at the end. */
static enum ht_status next_entry(struct archive *archive, struct archive_entry **entry, struct ht_error *err)
{
    int code = archive_read_next_header(archive, entry);
    if (code == ARCHIVE_EOF) return HT_NOT_FOUND;
    return code == ARCHIVE_OK ? HT_OK : fail_archive(archive, err);
}

/* ---- the directory ---- */

static bool is_plain(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '.' || c == '_' ||
           c == '-';
}

/* Parts of plain characters, none of them hidden, "." or "..", with one slash between. */
static bool is_good_name(const char *name)
{
    char before = '/';
    size_t size = strlen(name);
    if (size == 0 || size >= ZIP_MAX_NAME) return false;
    for (size_t i = 0; i < size; before = name[i], i++) {
        if (name[i] != '/' && !is_plain(name[i])) return false;
        if (before == '/' && (name[i] == '/' || name[i] == '.')) return false;
    }
    return before != '/';
}

static enum ht_status take_entry(struct archive_entry *found, struct zip_entry *entry, struct ht_error *err)
{
    const char *name = archive_entry_pathname(found);
    if (!name || !is_good_name(name))
        return ht_fail(err, HT_CORRUPT, "a file in the zip has a name that no bundle has: %.100s", name ? name : "?");
    snprintf(entry->name, sizeof entry->name, "%s", name);
    if (archive_entry_filetype(found) != AE_IFREG || archive_entry_hardlink(found) || archive_entry_symlink(found))
        return ht_fail(err, HT_CORRUPT, "%s is no plain file", name);
    if (archive_entry_is_encrypted(found)) return ht_fail(err, HT_CORRUPT, "%s is encrypted", name);
    if (!archive_entry_size_is_set(found) || archive_entry_size(found) < 0)
        return ht_fail(err, HT_CORRUPT, "the zip does not say how long %s is", name);
    entry->size = (uint64_t)archive_entry_size(found);
    if (entry->size > ZIP_MAX_FILE) return ht_fail(err, HT_TOO_LARGE, "%s is too large for a bundle", name);
    return HT_OK;
}

static enum ht_status make_room(struct zip_reader *zip, size_t *room, struct ht_error *err)
{
    if (zip->count >= ZIP_MAX_ENTRIES) return ht_fail(err, HT_TOO_LARGE, "there are too many files in this zip");
    if (zip->count < *room) return HT_OK;
    size_t wanted = *room ? *room * 2 : 64;
    struct zip_entry *entries = realloc(zip->entries, wanted * sizeof *entries);
    if (!entries) return no_memory(err);
    zip->entries = entries;
    *room = wanted;
    return HT_OK;
}

static int compare_names(const void *a, const void *b)
{
    const struct zip_entry *left = a, *right = b;
    return strcmp(left->name, right->name);
}

static enum ht_status read_directory(struct zip_reader *zip, struct archive *archive, uint64_t most,
                                     struct ht_error *err)
{
    struct archive_entry *found;
    size_t room = 0;
    uint64_t total = 0;
    enum ht_status status;
    while ((status = next_entry(archive, &found, err)) == HT_OK) {
        status = make_room(zip, &room, err);
        if (status != HT_OK || !zip->entries) return status;
        struct zip_entry *entry = &zip->entries[zip->count];
        *entry = (struct zip_entry){0};
        status = take_entry(found, entry, err);
        if (status != HT_OK) return status;
        zip->count++;
        total += entry->size;
        if (total > most) return ht_fail(err, HT_TOO_LARGE, "unpacked, this zip would be much too large for its size");
    }
    return status == HT_NOT_FOUND ? HT_OK : status;
}

static enum ht_status sort_entries(struct zip_reader *zip, struct ht_error *err)
{
    if (zip->count == 0) return ht_fail(err, HT_CORRUPT, "there is nothing in this zip");
    qsort(zip->entries, zip->count, sizeof *zip->entries, compare_names);
    for (size_t i = 1; i < zip->count; i++)
        if (strcmp(zip->entries[i - 1].name, zip->entries[i].name) == 0)
            return ht_fail(err, HT_CORRUPT, "%s is twice in the zip", zip->entries[i].name);
    return HT_OK;
}

static enum ht_status size_of(const struct zip_reader *zip, uint64_t *size, struct ht_error *err)
{
    struct stat file;
    *size = zip->bytes.size;
    if (!zip->path) return HT_OK;
    if (stat(zip->path, &file) != 0) return ht_fail_errno(err, errno, "can't read %.200s", zip->path);
    if (!S_ISREG(file.st_mode)) return ht_fail(err, HT_INVALID, "%.200s is no file", zip->path);
    *size = (uint64_t)file.st_size;
    return HT_OK;
}

enum ht_status zip_reader_open(struct zip_reader *zip, struct ht_error *err)
{
    struct archive *archive;
    uint64_t size;
    zip->entries = NULL;
    zip->count = 0;
    enum ht_status status = size_of(zip, &size, err);
    if (status == HT_OK) status = open_archive(zip, &archive, err);
    if (status != HT_OK) return status;
    status = read_directory(zip, archive, zip_max_total(size), err);
    archive_read_free(archive);
    return status == HT_OK ? sort_entries(zip, err) : status;
}

void zip_reader_release(struct zip_reader *zip)
{
    free(zip->entries);
    zip->entries = NULL;
    zip->count = 0;
}

struct zip_entry *zip_reader_find(const struct zip_reader *zip, struct ht_slice name)
{
    struct zip_entry wanted = {0};
    if (name.size == 0 || name.size >= sizeof wanted.name || memchr(name.data, '\0', name.size)) return NULL;
    memcpy(wanted.name, name.data, name.size);
    return bsearch(&wanted, zip->entries, zip->count, sizeof *zip->entries, compare_names);
}

/* ---- the files ---- */

/* Never more than the directory announced: what is longer is no sound zip. */
static enum ht_status read_file(struct archive *archive, const struct zip_entry *entry, struct ht_buffer *out,
                                struct ht_error *err)
{
    ht_buffer_clear(out);
    while (out->size <= entry->size) {
        char *room = ht_buffer_reserve(out, PIECE);
        if (!room) return no_memory(err);
        la_ssize_t got = archive_read_data(archive, room, PIECE);
        if (got < 0) return fail_archive(archive, err);
        if (got == 0) break;
        out->size += (size_t)got;
    }
    if (out->size == entry->size) return HT_OK;
    return ht_fail(err, HT_CORRUPT, "%s is not as long as the zip says", entry->name);
}

static enum ht_status run_archive(struct zip_reader *zip, struct archive *archive, struct ht_buffer *out,
                                  zip_take *take, void *context, struct ht_error *err)
{
    struct archive_entry *found;
    enum ht_status status;
    while ((status = next_entry(archive, &found, err)) == HT_OK) {
        struct zip_entry *entry = zip_reader_find(zip, ht_slice_from(archive_entry_pathname(found)));
        if (!entry || entry->read) return ht_fail(err, HT_CORRUPT, "the zip changed while it was read");
        status = read_file(archive, entry, out, err);
        if (status != HT_OK) return status;
        entry->read = true;
        ht_sha256(ht_buffer_slice(out), entry->sha256);
        status = take(context, entry, ht_buffer_slice(out), err);
        if (status != HT_OK) return status;
    }
    return status == HT_NOT_FOUND ? HT_OK : status;
}

enum ht_status zip_reader_run(struct zip_reader *zip, zip_take *take, void *context, struct ht_error *err)
{
    struct archive *archive;
    struct ht_buffer out = {0};
    enum ht_status status = open_archive(zip, &archive, err);
    if (status != HT_OK) return status;
    for (size_t i = 0; i < zip->count; i++)
        zip->entries[i].read = false;
    status = run_archive(zip, archive, &out, take, context, err);
    archive_read_free(archive);
    ht_buffer_release(&out);
    for (size_t i = 0; status == HT_OK && i < zip->count; i++)
        if (!zip->entries[i].read) return ht_fail(err, HT_CORRUPT, "the zip changed while it was read");
    return status;
}
