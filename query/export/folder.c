#include "folder.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "hooktrail/encode.h"
#include "lock.h"

#define LEAST_DIGITS 12

/* Readable by the group too, as far as the umask allows: whoever loads the files often is another user. */
#define FOLDER_MODE 0750
#define FILE_MODE 0640

HT_PRINTF(3, 4)
static enum ht_status make_path(char path[PATH_MAX], struct ht_error *err, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    int size = vsnprintf(path, PATH_MAX, format, arguments);
    va_end(arguments);
    if (size < 0 || size >= PATH_MAX) return ht_fail_field(err, HT_INVALID, "to", "the path of the export is too long");
    return HT_OK;
}

static enum ht_status sync_folder(const char *path, struct ht_error *err)
{
    int fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (fd < 0) return ht_fail_errno(err, errno, "cannot open %s", path);
    enum ht_status status = HT_OK;
    if (fsync(fd) != 0) status = ht_fail_errno(err, errno, "cannot sync %s", path);
    close(fd);
    return status;
}

/* Makes a folder and syncs the one above, so that it is there after a loss of power. */
static enum ht_status make_folder(const char *path, struct ht_error *err)
{
    if (mkdir(path, FOLDER_MODE) != 0) {
        if (errno == EEXIST) return HT_OK;
        return ht_fail_errno(err, errno, "cannot make %s", path);
    }
    char above[PATH_MAX];
    enum ht_status status = make_path(above, err, "%s/..", path);
    return status == HT_OK ? sync_folder(above, err) : status;
}

/* Digits, at least twelve, at *at; moves it behind them. */
static bool take_number(const char **at, uint64_t *number)
{
    size_t size = strspn(*at, "0123456789");
    struct ht_slice digits = ht_slice_of(*at, size);
    *at += size;
    return size >= LEAST_DIGITS && ht_parse_u64(digits, number) == HT_OK;
}

/* "TABLE-FIRST-LAST.ndjson" */
static bool parse_name(const char *table, const char *name, struct export_range *range)
{
    size_t size = strlen(table);
    if (strncmp(name, table, size) != 0 || name[size] != '-') return false;
    const char *at = name + size + 1;
    if (!take_number(&at, &range->first) || *at++ != '-' || !take_number(&at, &range->last)) return false;
    return strcmp(at, ".ndjson") == 0 && range->first > 0 && range->first <= range->last;
}

static enum ht_status check_trail(const char *path, const char *trail, struct ht_error *err)
{
    char wanted[64], found[sizeof wanted] = "";
    int size = snprintf(wanted, sizeof wanted, "{\"trail\":\"%s\",", trail);
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0) return ht_fail_errno(err, errno, "cannot open %s", path);
    ssize_t got = read(fd, found, (size_t)size);
    close(fd);
    if (got == size && memcmp(wanted, found, (size_t)size) == 0) return HT_OK;
    return ht_fail(err, HT_EXISTS, "%.200s is not an export of this trail; use another folder", path);
}

static enum ht_status add_range(struct export_folder *folder, struct export_range range, struct ht_error *err)
{
    size_t size = (folder->range_count + 1) * sizeof range;
    struct export_range *ranges = realloc(folder->ranges, size);
    if (!ranges) return ht_fail(err, HT_NO_MEMORY, "out of memory for the names of the files in %.200s", folder->path);
    folder->ranges = ranges;
    folder->ranges[folder->range_count++] = range;
    return HT_OK;
}

static enum ht_status look_at(struct export_folder *folder, const char *name, const char *trail, struct ht_error *err)
{
    struct export_range range;
    char path[PATH_MAX];
    if (!parse_name(folder->table, name, &range)) return HT_OK;
    enum ht_status status = make_path(path, err, "%s/%s", folder->path, name);
    if (status == HT_OK) status = check_trail(path, trail, err);
    return status == HT_OK ? add_range(folder, range, err) : status;
}

static int compare_ranges(const void *a, const void *b)
{
    const struct export_range *left = a, *right = b;
    return (left->first > right->first) - (left->first < right->first);
}

static enum ht_status sort_ranges(struct export_folder *folder, struct ht_error *err)
{
    if (folder->range_count == 0) return HT_OK;
    qsort(folder->ranges, folder->range_count, sizeof folder->ranges[0], compare_ranges);
    for (size_t i = 1; i < folder->range_count; i++) {
        if (folder->ranges[i].first <= folder->ranges[i - 1].last)
            return ht_fail(err, HT_EXISTS, "%.200s has two files with number %" PRIu64 "; use another folder",
                           folder->path, folder->ranges[i].first);
    }
    return HT_OK;
}

static enum ht_status read_ranges(struct export_folder *folder, const char *trail, struct ht_error *err)
{
    DIR *files = opendir(folder->path);
    if (!files) return ht_fail_errno(err, errno, "cannot open %s", folder->path);
    enum ht_status status = HT_OK;
    struct dirent *entry;
    while (status == HT_OK && (entry = readdir(files)) != NULL)
        status = look_at(folder, entry->d_name, trail, err);
    closedir(files);
    return status == HT_OK ? sort_ranges(folder, err) : status;
}

enum ht_status export_target_lock(const char *to, int *lock, struct ht_error *err)
{
    char path[PATH_MAX];
    enum ht_status status = make_path(path, err, "%s/.lock", to);
    if (status == HT_OK) status = make_folder(to, err);
    return status == HT_OK ? export_lock_file(path, "an export to this folder", lock, err) : status;
}

enum ht_status export_folder_open(struct export_folder *folder, const char *to, const char *table, const char *trail,
                                  struct ht_error *err)
{
    *folder = (struct export_folder){.table = table, .file = -1};
    enum ht_status status = make_path(folder->path, err, "%s/%s", to, table);
    if (status == HT_OK) status = make_path(folder->temporary, err, "%s/.%s.ndjson.tmp", folder->path, table);
    if (status == HT_OK) status = make_folder(folder->path, err);
    if (status != HT_OK) return status;
    if (unlink(folder->temporary) != 0 && errno != ENOENT)
        return ht_fail_errno(err, errno, "cannot remove %s", folder->temporary);
    return read_ranges(folder, trail, err);
}

void export_folder_close(struct export_folder *folder)
{
    if (folder->file >= 0) {
        close(folder->file);
        unlink(folder->temporary);
    }
    free(folder->ranges);
    *folder = (struct export_folder){.file = -1};
}

uint64_t export_folder_last(const struct export_folder *folder)
{
    return folder->range_count > 0 ? folder->ranges[folder->range_count - 1].last : 0;
}

enum ht_status export_folder_limit(const struct export_folder *folder, uint64_t first, uint64_t end, uint64_t *limit,
                                   bool *fixed, struct ht_error *err)
{
    *limit = end;
    *fixed = false;
    for (size_t i = 0; i < folder->range_count; i++) {
        const struct export_range *range = &folder->ranges[i];
        if (range->last < first) continue;
        if (range->first < first)
            return ht_fail(err, HT_EXISTS,
                           "number %" PRIu64 " is in %s-%012" PRIu64 "-%012" PRIu64
                           ".ndjson of %.160s already; use another folder",
                           first, folder->table, range->first, range->last, folder->path);
        *fixed = range->first == first;
        uint64_t last = *fixed ? range->last : range->first - 1;
        if (last < end) *limit = last;
        break;
    }
    return HT_OK;
}

enum ht_status export_file_begin(struct export_folder *folder, struct ht_error *err)
{
    folder->file = open(folder->temporary, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, FILE_MODE);
    if (folder->file < 0) return ht_fail_errno(err, errno, "cannot make %s", folder->temporary);
    return HT_OK;
}

enum ht_status export_file_add(struct export_folder *folder, struct ht_slice bytes, struct ht_error *err)
{
    off_t begin = lseek(folder->file, 0, SEEK_CUR), size = (off_t)bytes.size;
    while (bytes.size > 0) {
        ssize_t written = write(folder->file, bytes.data, bytes.size);
        if (written < 0 && errno == EINTR) continue;
        if (written < 0) return ht_fail_errno(err, errno, "cannot write to %s", folder->path);
        bytes = ht_slice_of(bytes.data + written, bytes.size - (size_t)written);
    }
    /* The disk begins at once, so that there is little left to wait for when the file is synced. */
    if (begin >= 0) (void)sync_file_range(folder->file, begin, size, SYNC_FILE_RANGE_WRITE);
    return HT_OK;
}

enum ht_status export_file_end(struct export_folder *folder, uint64_t first, uint64_t last, struct ht_error *err)
{
    char name[PATH_MAX];
    enum ht_status status =
        make_path(name, err, "%s/%s-%012" PRIu64 "-%012" PRIu64 ".ndjson", folder->path, folder->table, first, last);
    if (status != HT_OK) return status;
    if (fsync(folder->file) != 0) return ht_fail_errno(err, errno, "cannot sync %s", folder->temporary);
    if (rename(folder->temporary, name) != 0) return ht_fail_errno(err, errno, "cannot rename a file to %s", name);
    int file = folder->file;
    folder->file = -1;
    if (close(file) != 0) return ht_fail_errno(err, errno, "cannot close %s", name);
    return sync_folder(folder->path, err);
}
