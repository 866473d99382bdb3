#include "image.h"

#include <assert.h>
#include <fcntl.h>
#include <ftw.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define SECTOR 512
#define PAGE 4096

const char *const image_data_names[IMAGE_DATA_WAYS] = {"nothing", "all", "files", "pages", "sectors"};
const char *const image_names_names[IMAGE_NAMES_WAYS] = {"nothing", "all", "prefix", "loose"};

static void fail(const char *path)
{
    perror(path);
    exit(2);
}

/* A number that hangs on all of these and nothing else (the mixing is splitmix64's). */
static uint64_t dice(uint64_t seed, uint64_t a, uint64_t b)
{
    uint64_t z = seed + a * UINT64_C(0x9e3779b97f4a7c15) + b * UINT64_C(0xd6e8feb86659fd93);
    z = (z ^ (z >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
    z = (z ^ (z >> 27)) * UINT64_C(0x94d049bb133111eb);
    return z ^ (z >> 31);
}

/* ---- contents ---- */

struct content {
    uint8_t *bytes;
    uint64_t size;
    uint64_t capacity;
};

static void reserve(struct content *content, uint64_t size, const char *path)
{
    if (size <= content->capacity) return;
    content->bytes = realloc(content->bytes, size);
    if (content->bytes == NULL) fail(path);
    content->capacity = size;
}

/* What lies between the old end and a later piece reads as zeros. */
static void set_size(struct content *content, uint64_t size)
{
    if (size > content->size) memset(content->bytes + content->size, 0, size - content->size);
    content->size = size;
}

/* How many of the file's changes a piece of it has: mostly none or all of them. */
static size_t kept(const struct image_way *way, const struct disk_file *file, uint64_t piece)
{
    uint64_t number = dice(way->seed, file->number + 1, piece);
    switch (number % 5) {
    case 0:
    case 1:
        return 0;
    case 2:
    case 3:
        return file->change_count;
    default:
        return (size_t)(number / 5 % (file->change_count + 1));
    }
}

static void apply_piece(struct content *content, const struct disk_change *change, uint64_t from, uint64_t to)
{
    assert(content->bytes != NULL && to <= content->capacity);
    if (to > content->size) set_size(content, to);
    memcpy(content->bytes + from, change->bytes + (from - change->offset), to - from);
}

/* Those of a write's pieces of `unit` bytes that have come so far. */
static void apply_pieces(struct content *content, const struct disk_file *file, size_t at, uint64_t unit,
                         const struct image_way *way)
{
    const struct disk_change *change = &file->changes[at];
    const uint64_t end = change->offset + change->size;
    for (uint64_t from = change->offset; from < end;) {
        uint64_t next = (from / unit + 1) * unit, to = next < end ? next : end;
        if (at < kept(way, file, from / unit)) apply_piece(content, change, from, to);
        from = to;
    }
}

static void apply_whole(struct content *content, const struct disk_change *change)
{
    if (change->truncates)
        set_size(content, change->offset);
    else if (change->size > 0)
        apply_piece(content, change, change->offset, change->offset + change->size);
}

static bool has_truncation(const struct disk_file *file)
{
    for (size_t i = 0; i < file->change_count; i++)
        if (file->changes[i].truncates) return true;
    return false;
}

static uint64_t greatest_size(const struct disk_file *file)
{
    uint64_t size = file->size;
    for (size_t i = 0; i < file->change_count; i++) {
        uint64_t end = file->changes[i].offset + (file->changes[i].truncates ? 0 : file->changes[i].size);
        if (end > size) size = end;
    }
    return size;
}

/* A file whose size was set goes back as a whole: its pieces can't be told apart by their offsets. */
static void fill(struct content *content, const struct disk_file *file, const struct image_way *way, const char *path)
{
    size_t whole = way->data == IMAGE_DATA_NOTHING ? 0 : file->change_count;
    bool by_pieces = way->data >= IMAGE_DATA_PAGES && !has_truncation(file);
    if (way->data >= IMAGE_DATA_FILES && !by_pieces) whole = kept(way, file, 0);
    reserve(content, greatest_size(file), path);
    if (file->size > 0) memcpy(content->bytes, file->bytes, file->size);
    content->size = file->size;
    for (size_t i = 0; i < file->change_count; i++) {
        if (by_pieces)
            apply_pieces(content, file, i, way->data == IMAGE_DATA_PAGES ? PAGE : SECTOR, way);
        else if (i < whole)
            apply_whole(content, &file->changes[i]);
    }
}

static void write_file(const struct content *content, const char *path)
{
    int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    if (fd < 0) fail(path);
    for (uint64_t at = 0; at < content->size;) {
        ssize_t written = write(fd, content->bytes + at, content->size - at);
        if (written <= 0) fail(path);
        at += (uint64_t)written;
    }
    close(fd);
}

/* ---- names ---- */

static bool keeps(const struct disk *disk, const struct image_way *way, size_t at)
{
    switch (way->names) {
    case IMAGE_NAMES_ALL:
        return true;
    case IMAGE_NAMES_PREFIX:
        return at < dice(way->seed, 0, 0) % (disk->naming_count + 1);
    case IMAGE_NAMES_LOOSE:
        return dice(way->seed, 0, at + 1) % 2 == 0;
    case IMAGE_NAMES_NOTHING:
    case IMAGE_NAMES_WAYS:
        break;
    }
    return false;
}

static void show_names(struct disk *disk, const struct image_way *way)
{
    for (size_t i = 0; i < disk->file_count; i++) {
        struct disk_file *file = disk->files[i];
        for (size_t j = 0; j < file->shown.count; j++)
            file->shown.list[j].file = NULL;
        for (size_t j = 0; j < file->synced.count; j++)
            disk_names_set(&file->shown, file->synced.list[j].name, file->synced.list[j].file);
    }
    for (size_t i = 0; i < disk->naming_count; i++) {
        const struct disk_naming *naming = &disk->namings[i];
        for (size_t j = 0; j < naming->count && keeps(disk, way, i); j++)
            disk_names_set(&naming->edges[j].folder->shown, naming->edges[j].name, naming->edges[j].file);
    }
}

static void write_folder(const struct disk_file *folder, const struct image_way *way, const char *path,
                         struct content *content)
{
    char below[PATH_MAX];
    if (mkdir(path, 0700) != 0) fail(path);
    for (size_t i = 0; i < folder->shown.count; i++) {
        const struct disk_file *file = folder->shown.list[i].file;
        if (file == NULL) continue;
        if (snprintf(below, sizeof below, "%s/%s", path, folder->shown.list[i].name) >= PATH_MAX) fail(path);
        if (file->folder) {
            write_folder(file, way, below, content);
        } else {
            fill(content, file, way, below);
            write_file(content, below);
        }
    }
}

void image_write(struct disk *disk, const struct image_way *way, const char *path)
{
    struct content content = {0};
    if (disk->root == NULL) return;
    show_names(disk, way);
    write_folder(disk->root, way, path, &content);
    free(content.bytes);
}

static int remove_one(const char *path, const struct stat *stat_of, int kind, struct FTW *ftw)
{
    (void)stat_of, (void)kind, (void)ftw;
    return remove(path);
}

void image_remove(const char *path)
{
    if (access(path, F_OK) == 0 && nftw(path, remove_one, 16, FTW_DEPTH | FTW_PHYS) != 0) fail(path);
}
