/* A folder as the place of an export.

   A file is written beside its name, under one that begins with a dot, synced and renamed, then its folder is synced:
   so whoever loads the folder never sees half a file, and what has been committed outlives a loss of power. */
#include <assert.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "lock.h"
#include "place.h"

/* Readable by the group too, as far as the umask allows: whoever loads the files often is another user. */
#define FOLDER_MODE 0750
#define FILE_MODE 0640

#define TEMPORARY_END ".hooktrail-part"

struct folder {
    struct export_place place;
    char path[PATH_MAX]; /* for errors and the lock */
    int root;            /* all names are relative to it; or -1 */
    int lock;
    int file;                                                         /* being written, or -1 */
    char name[EXPORT_PLACE_NAME_MAX + 1];                             /* its name once it is whole */
    char temporary[EXPORT_PLACE_NAME_MAX + sizeof TEMPORARY_END + 1]; /* and now */
};

static struct folder *folder_of(struct export_place *place)
{
    return (struct folder *)place;
}

/* ---- folders ---- */

static enum ht_status sync_at(const struct folder *folder, const char *name, struct ht_error *err)
{
    int fd = openat(folder->root, name, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (fd < 0) return ht_fail_errno(err, errno, "cannot open %.150s/%.100s", folder->path, name);
    enum ht_status status = HT_OK;
    if (fsync(fd) != 0) status = ht_fail_errno(err, errno, "cannot sync %.150s/%.100s", folder->path, name);
    close(fd);
    return status;
}

/* The folder that a name is in: "." or the name up to its last slash. */
static const char *folder_of_name(const char *name, char parent[EXPORT_PLACE_NAME_MAX + 1])
{
    const char *slash = strrchr(name, '/');
    if (!slash) return ".";
    snprintf(parent, EXPORT_PLACE_NAME_MAX + 1, "%.*s", (int)(slash - name), name);
    return parent;
}

/* Makes the folders of a name. Each is synced in the one above it, also where it was there: whoever made it may have
   been killed before that. */
static enum ht_status make_folders(const struct folder *folder, const char *name, struct ht_error *err)
{
    char path[EXPORT_PLACE_NAME_MAX + 1], above[EXPORT_PLACE_NAME_MAX + 1];
    enum ht_status status = HT_OK;
    for (const char *slash = strchr(name, '/'); slash && status == HT_OK; slash = strchr(slash + 1, '/')) {
        snprintf(path, sizeof path, "%.*s", (int)(slash - name), name);
        if (mkdirat(folder->root, path, FOLDER_MODE) != 0 && errno != EEXIST)
            return ht_fail_errno(err, errno, "cannot make %.150s/%.100s", folder->path, path);
        status = sync_at(folder, folder_of_name(path, above), err);
    }
    return status;
}

static bool is_temporary(const char *entry)
{
    size_t size = strlen(entry), end = sizeof TEMPORARY_END - 1;
    return entry[0] == '.' && size > end && strcmp(entry + size - end, TEMPORARY_END) == 0;
}

static DIR *open_folder(const struct folder *folder, const char *name)
{
    int fd = openat(folder->root, name, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    DIR *entries = fd < 0 ? NULL : fdopendir(fd);
    if (fd >= 0 && !entries) close(fd);
    return entries;
}

/* What killed runs left half-written beside a file: we hold the lock, so nobody writes it any more. */
static enum ht_status remove_leftovers(const struct folder *folder, const char *name, struct ht_error *err)
{
    char parent[EXPORT_PLACE_NAME_MAX + 1];
    const struct dirent *entry;
    enum ht_status status = HT_OK;
    DIR *entries = open_folder(folder, folder_of_name(name, parent));
    if (!entries) return ht_fail_errno(err, errno, "cannot open the folder of %.100s in %.150s", name, folder->path);
    while (status == HT_OK && (entry = readdir(entries)) != NULL) {
        if (is_temporary(entry->d_name) && unlinkat(dirfd(entries), entry->d_name, 0) != 0)
            status = ht_fail_errno(err, errno, "cannot remove %.100s in %.150s", entry->d_name, folder->path);
    }
    closedir(entries);
    return status;
}

/* ---- a file ---- */

static void abandon(struct export_place *place)
{
    struct folder *folder = folder_of(place);
    if (folder->file < 0) return;
    close(folder->file);
    folder->file = -1;
    unlinkat(folder->root, folder->temporary, 0);
}

static void set_names(struct folder *folder, const char *name)
{
    const char *slash = strrchr(name, '/');
    int above = slash ? (int)(slash + 1 - name) : 0;
    snprintf(folder->name, sizeof folder->name, "%s", name);
    snprintf(folder->temporary, sizeof folder->temporary, "%.*s.%s" TEMPORARY_END, above, name, name + above);
}

static enum ht_status begin(struct export_place *place, const char *name, struct ht_error *err)
{
    struct folder *folder = folder_of(place);
    assert(folder->file < 0);
    enum ht_status status = export_place_name_check(name, err);
    if (status == HT_OK) status = make_folders(folder, name, err);
    if (status == HT_OK) status = remove_leftovers(folder, name, err);
    if (status != HT_OK) return status;
    set_names(folder, name);
    folder->file = openat(folder->root, folder->temporary, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, FILE_MODE);
    if (folder->file < 0) return ht_fail_errno(err, errno, "cannot make %.100s in %.150s", name, folder->path);
    return HT_OK;
}

static enum ht_status write_bytes(struct export_place *place, struct ht_slice bytes, struct ht_error *err)
{
    struct folder *folder = folder_of(place);
    off_t from = lseek(folder->file, 0, SEEK_CUR), size = (off_t)bytes.size;
    while (bytes.size > 0) {
        ssize_t written = write(folder->file, bytes.data, bytes.size);
        if (written < 0 && errno == EINTR) continue;
        if (written < 0)
            return ht_fail_errno(err, errno, "cannot write to %.100s in %.150s", folder->name, folder->path);
        bytes = ht_slice_of(bytes.data + written, bytes.size - (size_t)written);
    }
    /* The disk begins at once, so that there is little left to wait for when the file is synced. */
    if (from >= 0) (void)sync_file_range(folder->file, from, size, SYNC_FILE_RANGE_WRITE);
    return HT_OK;
}

/* The digest is for places that can't trust the way there: what is written to a file is what is in it. */
static enum ht_status commit(struct export_place *place, const char *name, const uint8_t sha256[HT_SHA256_SIZE],
                             struct ht_error *err)
{
    struct folder *folder = folder_of(place);
    char parent[EXPORT_PLACE_NAME_MAX + 1];
    (void)sha256;
    enum ht_status status = export_place_name_check(name, err);
    if (status != HT_OK) return status;
    snprintf(folder->name, sizeof folder->name, "%s", name);
    if (fsync(folder->file) != 0)
        return ht_fail_errno(err, errno, "cannot sync %.100s in %.150s", folder->name, folder->path);
    if (renameat(folder->root, folder->temporary, folder->root, folder->name) != 0)
        return ht_fail_errno(err, errno, "cannot rename a file to %.100s in %.150s", folder->name, folder->path);
    int file = folder->file;
    folder->file = -1;
    if (close(file) != 0) return ht_fail_errno(err, errno, "cannot close %.100s in %.150s", folder->name, folder->path);
    return sync_at(folder, folder_of_name(folder->name, parent), err);
}

static enum ht_status remove_file(struct export_place *place, const char *name, struct ht_error *err)
{
    struct folder *folder = folder_of(place);
    char parent[EXPORT_PLACE_NAME_MAX + 1];
    enum ht_status status = export_place_name_check(name, err);
    if (status != HT_OK) return status;
    bool removed = unlinkat(folder->root, name, 0) == 0;
    if (!removed && errno != ENOENT)
        return ht_fail_errno(err, errno, "cannot remove %.100s in %.150s", name, folder->path);
    if (!removed && faccessat(folder->root, folder_of_name(name, parent), F_OK, 0) != 0) return HT_OK;
    /* Synced also if it was gone: who removed it may have been killed before that. */
    return sync_at(folder, folder_of_name(name, parent), err);
}

/* ---- reading ---- */

static enum ht_status read_all(const struct folder *folder, int fd, const char *name, size_t most,
                               struct ht_buffer *out, struct ht_error *err)
{
    size_t left = most;
    for (;;) {
        char *room = ht_buffer_reserve(out, 65536);
        if (!room) return ht_buffer_status(out, err);
        ssize_t got = read(fd, room, 65536);
        if (got < 0 && errno == EINTR) continue;
        if (got < 0) return ht_fail_errno(err, errno, "cannot read %.100s in %.150s", name, folder->path);
        if (got == 0) return HT_OK;
        if ((size_t)got > left)
            return ht_fail(err, HT_TOO_LARGE, "%.100s in %.150s has more than %zu bytes", name, folder->path, most);
        left -= (size_t)got;
        out->size += (size_t)got;
    }
}

static enum ht_status read_file(struct export_place *place, const char *name, size_t most, struct ht_buffer *out,
                                struct ht_error *err)
{
    const struct folder *folder = folder_of(place);
    enum ht_status status = export_place_name_check(name, err);
    if (status != HT_OK) return status;
    int fd = openat(folder->root, name, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    if (fd < 0 && (errno == ENOENT || errno == ENOTDIR))
        return ht_fail(err, HT_NOT_FOUND, "there is no %.100s in %.150s", name, folder->path);
    if (fd < 0) return ht_fail_errno(err, errno, "cannot open %.100s in %.150s", name, folder->path);
    status = read_all(folder, fd, name, most, out, err);
    close(fd);
    return status;
}

/* ---- listing ---- */

struct entry {
    bool is_folder;
    uint64_t size;
    char name[EXPORT_PLACE_NAME_MAX + 2]; /* relative to the root; of a folder with a slash behind */
};

struct entries {
    struct entry *items;
    size_t count;
};

static enum ht_status walk(const struct folder *folder, const char *path, const char *prefix, export_place_visit *visit,
                           void *context, struct ht_error *err);

/* A folder's name ends with a slash: then the whole walk is in the order of the names' bytes. */
static int compare_entries(const void *a, const void *b)
{
    const struct entry *left = a, *right = b;
    return strcmp(left->name, right->name);
}

/* Whether names that begin with `path` may begin with the prefix. */
static bool leads_to(const char *path, const char *prefix)
{
    size_t prefix_size = strlen(prefix), path_size = strlen(path);
    return strncmp(path, prefix, prefix_size < path_size ? prefix_size : path_size) == 0;
}

/* Files and folders whose names an export can have given; "" is the root. */
static bool look_at(const struct folder *folder, const char *path, const char *name, struct entry *entry)
{
    struct stat stat;
    int size = snprintf(entry->name, sizeof entry->name, "%s%s", path, name);
    if (size < 0 || size > EXPORT_PLACE_NAME_MAX || export_place_name_check(entry->name, NULL) != HT_OK) return false;
    if (fstatat(folder->root, entry->name, &stat, 0) != 0) return false;
    entry->is_folder = S_ISDIR(stat.st_mode);
    entry->size = (uint64_t)stat.st_size;
    if (entry->is_folder) memcpy(entry->name + size, "/", 2);
    return entry->is_folder || S_ISREG(stat.st_mode);
}

static enum ht_status add_entry(struct entries *entries, const struct entry *entry, struct ht_error *err)
{
    struct entry *items = entries->items;
    if ((entries->count & (entries->count - 1)) == 0) {
        items = realloc(items, (entries->count ? 2 * entries->count : 1) * sizeof *items);
        if (!items) return ht_fail(err, HT_NO_MEMORY, "out of memory for the names of files");
        entries->items = items;
    }
    items[entries->count++] = *entry;
    return HT_OK;
}

static enum ht_status read_entries(const struct folder *folder, const char *path, const char *prefix,
                                   struct entries *entries, struct ht_error *err)
{
    const struct dirent *found;
    struct entry entry;
    enum ht_status status = HT_OK;
    DIR *files = open_folder(folder, path[0] ? path : ".");
    if (!files) return ht_fail_errno(err, errno, "cannot open %.150s/%.100s", folder->path, path);
    while (status == HT_OK && (found = readdir(files)) != NULL) {
        if (look_at(folder, path, found->d_name, &entry) && leads_to(entry.name, prefix))
            status = add_entry(entries, &entry, err);
    }
    closedir(files);
    if (entries->count > 0) qsort(entries->items, entries->count, sizeof entries->items[0], compare_entries);
    return status;
}

static enum ht_status walk(const struct folder *folder, const char *path, const char *prefix, export_place_visit *visit,
                           void *context, struct ht_error *err)
{
    struct entries entries = {0};
    enum ht_status status = read_entries(folder, path, prefix, &entries, err);
    for (size_t i = 0; status == HT_OK && i < entries.count; i++) {
        const struct entry *entry = &entries.items[i];
        if (entry->is_folder)
            status = walk(folder, entry->name, prefix, visit, context, err);
        else if (strncmp(entry->name, prefix, strlen(prefix)) == 0)
            status = visit(context, entry->name, entry->size, err);
    }
    free(entries.items);
    return status;
}

static enum ht_status list(struct export_place *place, const char *prefix, export_place_visit *visit, void *context,
                           struct ht_error *err)
{
    return walk(folder_of(place), "", prefix, visit, context, err);
}

/* ---- opening ---- */

static void close_place(struct export_place *place)
{
    struct folder *folder = folder_of(place);
    abandon(place);
    if (folder->root >= 0) close(folder->root);
    if (folder->lock >= 0) close(folder->lock);
    free(folder);
}

static const struct export_place_ops ops = {
    .late = true,
    .begin = begin,
    .write = write_bytes,
    .commit = commit,
    .abandon = abandon,
    .list = list,
    .read = read_file,
    .remove = remove_file,
    .close = close_place,
};

static enum ht_status open_root(struct folder *folder, const char *path, struct ht_error *err)
{
    char lock[PATH_MAX];
    int size = snprintf(lock, sizeof lock, "%s/.lock", path);
    if (path[0] == '\0' || size < 0 || (size_t)size >= sizeof lock)
        return ht_fail_field(err, HT_INVALID, "to", "the path of the export is %s", path[0] ? "too long" : "empty");
    snprintf(folder->path, sizeof folder->path, "%s", path);
    bool made = mkdir(path, FOLDER_MODE) == 0;
    if (!made && errno != EEXIST) return ht_fail_errno(err, errno, "cannot make %.300s", path);
    folder->root = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (folder->root < 0) return ht_fail_errno(err, errno, "cannot open %.300s", path);
    enum ht_status status = made ? sync_at(folder, "..", err) : HT_OK;
    return status == HT_OK ? export_lock_file(lock, "an export to this folder", &folder->lock, err) : status;
}

enum ht_status export_place_folder_open(const char *path, struct export_place **place, struct ht_error *err)
{
    struct folder *folder = calloc(1, sizeof *folder);
    if (!folder) return ht_fail(err, HT_NO_MEMORY, "out of memory for an export");
    folder->place.ops = &ops;
    folder->root = folder->lock = folder->file = -1;
    enum ht_status status = open_root(folder, path, err);
    if (status == HT_OK)
        *place = &folder->place;
    else
        close_place(&folder->place);
    return status;
}
