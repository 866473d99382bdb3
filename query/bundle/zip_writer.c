#include "zip_writer.h"

#include <archive_entry.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "hooktrail/encode.h"
#include "hooktrail/sha256.h"
#include "hooktrail/time.h"
#include "zip_limits.h"

#define TEMPORARY ".XXXXXX.tmp"
#define PROC_LINK 32

static enum ht_status fail_archive(const struct zip_writer *zip, struct ht_error *err)
{
    int code = archive_errno(zip->archive);
    const char *why = archive_error_string(zip->archive);
    if (code > 0) return ht_fail_errno(err, code, "can't write %.200s", zip->path);
    return ht_fail(err, HT_IO, "can't write %.200s: %.100s", zip->path, why ? why : "no reason given");
}

/* Bytes of the path up to the last slash. */
static size_t folder_of(const char *path)
{
    const char *slash = strrchr(path, '/');
    return slash ? (size_t)(slash - path) + 1 : 0;
}

static int open_folder_of(const char *path, int flags)
{
    char folder[PATH_MAX];
    size_t size = folder_of(path);
    snprintf(folder, sizeof folder, "%.*s", size > 0 ? (int)size : 1, size > 0 ? path : ".");
    return open(folder, flags | O_CLOEXEC, 0600); /* it is about a person */
}

static void link_of(int file, char link[PROC_LINK])
{
    snprintf(link, PROC_LINK, "/proc/self/fd/%d", file);
}

/* A file without a name goes with whoever is interrupted or killed. False where the filesystem has none, or where it
   could not be given a name later. */
static bool make_nameless(struct zip_writer *zip)
{
    char link[PROC_LINK];
    zip->file = open_folder_of(zip->path, O_TMPFILE | O_RDWR);
    if (zip->file < 0) return false;
    link_of(zip->file, link);
    if (access(link, F_OK) == 0) return true;
    close(zip->file);
    zip->file = -1;
    return false;
}

/* Beside the path, so that a rename suffices. */
static enum ht_status make_temporary(struct zip_writer *zip, struct ht_error *err)
{
    size_t folder = folder_of(zip->path);
    int size = snprintf(zip->temporary, sizeof zip->temporary, "%.*s.%s" TEMPORARY, (int)folder, zip->path,
                        zip->path + folder);
    if (size < 0 || (size_t)size >= sizeof zip->temporary) {
        zip->temporary[0] = '\0';
        return ht_fail(err, HT_INVALID, "the path of the zip is too long");
    }
    zip->file = mkostemps(zip->temporary, sizeof ".tmp" - 1, O_CLOEXEC); /* 0600 */
    if (zip->file >= 0) return HT_OK;
    int error = errno;
    zip->temporary[0] = '\0';
    return ht_fail_errno(err, error, "can't make a file beside %.200s", zip->path);
}

enum ht_status zip_writer_open(struct zip_writer *zip, const char *path, int64_t now, struct ht_error *err)
{
    struct stat there;
    *zip = (struct zip_writer){.file = -1, .now = now};
    int size = snprintf(zip->path, sizeof zip->path, "%s", path);
    if (size <= 0 || (size_t)size >= sizeof zip->path || path[size - 1] == '/')
        return ht_fail(err, HT_INVALID, "the path of the zip is empty, too long or a folder's");
    if (lstat(path, &there) == 0) return ht_fail(err, HT_EXISTS, "%.200s is there already: choose another name", path);
    enum ht_status status = make_nameless(zip) ? HT_OK : make_temporary(zip, err);
    if (status != HT_OK) return status;
    zip->archive = archive_write_new();
    if (!zip->archive) return ht_fail(err, HT_NO_MEMORY, "no memory for a zip");
    if (archive_write_set_format_zip(zip->archive) != ARCHIVE_OK) return fail_archive(zip, err);
    if (archive_write_open_fd(zip->archive, zip->file) != ARCHIVE_OK) return fail_archive(zip, err);
    return HT_OK;
}

void zip_writer_release(struct zip_writer *zip)
{
    if (zip->archive) archive_write_free(zip->archive);
    if (zip->file >= 0) close(zip->file);
    if (zip->temporary[0]) unlink(zip->temporary);
    ht_buffer_release(&zip->sums);
    *zip = (struct zip_writer){.file = -1};
}

static enum ht_status add_file(struct zip_writer *zip, const char *name, struct ht_slice bytes, struct ht_error *err)
{
    struct archive_entry *entry = archive_entry_new();
    if (!entry) return ht_fail(err, HT_NO_MEMORY, "no memory for a zip");
    archive_entry_set_pathname(entry, name);
    archive_entry_set_filetype(entry, AE_IFREG);
    archive_entry_set_perm(entry, 0644);
    archive_entry_set_size(entry, (int64_t)bytes.size);
    archive_entry_set_mtime(entry, (time_t)(zip->now / HT_SECOND), 0);
    int code = archive_write_header(zip->archive, entry);
    archive_entry_free(entry);
    if (code != ARCHIVE_OK) return fail_archive(zip, err);
    if (archive_write_data(zip->archive, bytes.data, bytes.size) != (la_ssize_t)bytes.size)
        return fail_archive(zip, err);
    return archive_write_finish_entry(zip->archive) == ARCHIVE_OK ? HT_OK : fail_archive(zip, err);
}

enum ht_status zip_writer_add(struct zip_writer *zip, const char *name, struct ht_slice bytes, struct ht_error *err)
{
    uint8_t digest[HT_SHA256_SIZE];
    zip->entries++;
    zip->bytes += bytes.size;
    if (bytes.size > ZIP_MAX_FILE || zip->entries > ZIP_MAX_ENTRIES)
        return ht_fail(err, HT_TOO_LARGE,
                       "this is too much for one bundle: ask for less, such as one conversation or event");
    ht_sha256(bytes, digest);
    ht_hex_add(&zip->sums, digest, sizeof digest);
    ht_buffer_printf(&zip->sums, "  %s\n", name);
    enum ht_status status = ht_buffer_status(&zip->sums, err);
    return status == HT_OK ? add_file(zip, name, bytes, err) : status;
}

enum ht_status zip_writer_end(struct zip_writer *zip, struct ht_error *err)
{
    struct stat made;
    if (archive_write_close(zip->archive) != ARCHIVE_OK) return fail_archive(zip, err);
    if (fsync(zip->file) != 0 || fstat(zip->file, &made) != 0)
        return ht_fail_errno(err, errno, "can't sync %.200s", zip->path);
    if (zip->bytes > zip_max_total((uint64_t)made.st_size))
        return ht_fail(err, HT_TOO_LARGE,
                       "this is too much for one bundle: ask for less, such as one conversation or event");
    return HT_OK;
}

/* Renames, but replaces nothing: also on filesystems where one of the two ways is missing. */
static int rename_new(const char *from, const char *to)
{
    if (renameat2(AT_FDCWD, from, AT_FDCWD, to, RENAME_NOREPLACE) == 0) return 0;
    if (errno != EINVAL && errno != ENOSYS) return -1;
    if (link(from, to) != 0) return -1;
    return unlink(from);
}

/* Neither replaces anything. */
static int name_file(const struct zip_writer *zip)
{
    char link[PROC_LINK];
    if (zip->temporary[0]) return rename_new(zip->temporary, zip->path);
    link_of(zip->file, link);
    return linkat(AT_FDCWD, link, AT_FDCWD, zip->path, AT_SYMLINK_FOLLOW);
}

static void sync_folder_of(const char *path)
{
    int file = open_folder_of(path, O_RDONLY | O_DIRECTORY);
    if (file < 0) return;
    fsync(file); /* the file itself is safe; where its folder can't be synced, there is nothing better */
    close(file);
}

enum ht_status zip_writer_publish(struct zip_writer *zip, struct ht_error *err)
{
    if (name_file(zip) != 0) {
        if (errno == EEXIST) return ht_fail(err, HT_EXISTS, "%.200s is there already: choose another name", zip->path);
        return ht_fail_errno(err, errno, "can't give a file the name %.200s", zip->path);
    }
    zip->temporary[0] = '\0';
    sync_folder_of(zip->path);
    return HT_OK;
}
