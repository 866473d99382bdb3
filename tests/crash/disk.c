#include "disk.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void fail(const char *what)
{
    fprintf(stderr, "the journal can't be right: %s\n", what);
    exit(2);
}

/* `list` with room for one more behind `count`: doubled at each power of two. */
static void *grow(void *list, size_t count, size_t item)
{
    if ((count & (count - 1)) != 0) return list;
    void *grown = realloc(list, (count == 0 ? 1 : 2 * count) * item);
    if (grown == NULL) fail("out of memory");
    return grown;
}

static char *copy_text(const char *text)
{
    char *copy = strdup(text);
    if (copy == NULL) fail("out of memory");
    return copy;
}

/* ---- names ---- */

void disk_names_set(struct disk_names *names, const char *name, struct disk_file *file)
{
    for (size_t i = 0; i < names->count; i++) {
        if (strcmp(names->list[i].name, name) != 0) continue;
        names->list[i].file = file;
        return;
    }
    if (file == NULL) return;
    names->list = grow(names->list, names->count, sizeof *names->list);
    names->list[names->count++] = (struct disk_name){copy_text(name), file};
}

static struct disk_file *find(const struct disk_names *names, const char *name, size_t size)
{
    for (size_t i = 0; i < names->count; i++)
        if (strlen(names->list[i].name) == size && memcmp(names->list[i].name, name, size) == 0)
            return names->list[i].file;
    return NULL;
}

/* The folder of a path, as things stand, and the name in it. */
static struct disk_file *resolve(const struct disk *disk, const char *path, const char **name)
{
    struct disk_file *folder = disk->root;
    for (const char *slash; folder != NULL && (slash = strchr(path, '/')) != NULL; path = slash + 1)
        folder = find(&folder->live, path, (size_t)(slash - path));
    if (folder == NULL) fail(path);
    *name = path;
    return folder;
}

static void add_edge(struct disk *disk, struct disk_naming *naming, const char *path, struct disk_file *file)
{
    const char *name;
    struct disk_file *folder = resolve(disk, path, &name);
    naming->edges[naming->count++] = (struct disk_edge){folder, copy_text(name), file};
}

static struct disk_file *live_at(const struct disk *disk, const char *path)
{
    const char *name;
    const struct disk_file *folder = resolve(disk, path, &name);
    struct disk_file *file = find(&folder->live, name, strlen(name));
    if (file == NULL) fail(path);
    return file;
}

static void add_naming(struct disk *disk, struct disk_naming naming)
{
    disk->namings = grow(disk->namings, disk->naming_count, sizeof *disk->namings);
    disk->namings[disk->naming_count++] = naming;
    for (size_t i = 0; i < naming.count; i++)
        disk_names_set(&naming.edges[i].folder->live, naming.edges[i].name, naming.edges[i].file);
}

/* ---- files ---- */

static struct disk_file *file_of(const struct disk *disk, uint64_t inode)
{
    for (size_t i = disk->file_count; i-- > 0;)
        if (disk->inodes[i].inode == inode) return disk->inodes[i].file;
    fail("a file that was never made");
    return NULL;
}

static struct disk_file *make_file(struct disk *disk, uint64_t inode, bool folder)
{
    struct disk_file *file = calloc(1, sizeof *file);
    if (file == NULL) fail("out of memory");
    file->number = (uint32_t)disk->file_count;
    file->folder = folder;
    disk->files = grow(disk->files, disk->file_count, sizeof(struct disk_file *));
    disk->inodes = grow(disk->inodes, disk->file_count, sizeof *disk->inodes);
    disk->files[disk->file_count] = file;
    disk->inodes[disk->file_count].inode = inode;
    disk->inodes[disk->file_count++].file = file;
    return file;
}

static void change(struct disk_file *file, const struct journal_entry *entry, uint64_t time)
{
    file->changes = grow(file->changes, file->change_count, sizeof *file->changes);
    file->changes[file->change_count++] = (struct disk_change){time, entry->kind == JOURNAL_TRUNCATE, entry->offset,
                                                               entry->size, (const uint8_t *)(entry + 1)};
}

/* ---- syncs ---- */

static void resize(struct disk_file *file, uint64_t size)
{
    if (size > file->size) {
        file->bytes = realloc(file->bytes, size);
        if (file->bytes == NULL) fail("out of memory");
        memset(file->bytes + file->size, 0, size - file->size);
    }
    file->size = size;
}

static void settle_change(struct disk_file *file, const struct disk_change *change)
{
    if (change->truncates) {
        resize(file, change->offset);
        return;
    }
    if (change->size == 0) return;
    if (change->offset + change->size > file->size) resize(file, change->offset + change->size);
    memcpy(file->bytes + change->offset, change->bytes, change->size);
}

static void sync_file(struct disk_file *file, uint64_t since)
{
    size_t kept = 0;
    for (size_t i = 0; i < file->change_count; i++) {
        if (file->changes[i].time < since)
            settle_change(file, &file->changes[i]);
        else
            file->changes[kept++] = file->changes[i];
    }
    file->change_count = kept;
}

static bool touches(const struct disk_naming *naming, const struct disk_file *folder)
{
    return naming->edges[0].folder == folder || (naming->count == 2 && naming->edges[1].folder == folder);
}

static bool share_name(const struct disk_naming *a, const struct disk_naming *b)
{
    for (size_t i = 0; i < a->count; i++)
        for (size_t j = 0; j < b->count; j++)
            if (a->edges[i].folder == b->edges[j].folder && strcmp(a->edges[i].name, b->edges[j].name) == 0)
                return true;
    return false;
}

static void settle_naming(struct disk_naming *naming)
{
    for (size_t i = 0; i < naming->count; i++) {
        disk_names_set(&naming->edges[i].folder->synced, naming->edges[i].name, naming->edges[i].file);
        free(naming->edges[i].name);
    }
    naming->count = 0;
}

/* What was done earlier to the same names goes with it. */
static void settle_before(struct disk *disk, size_t at)
{
    for (size_t i = 0; i < at; i++)
        if (disk->namings[i].count > 0 && share_name(&disk->namings[i], &disk->namings[at])) {
            settle_before(disk, i);
            settle_naming(&disk->namings[i]);
        }
}

static void sync_folder(struct disk *disk, const struct disk_file *folder, uint64_t since)
{
    size_t kept = 0;
    for (size_t i = 0; i < disk->naming_count; i++) {
        if (disk->namings[i].time >= since || !touches(&disk->namings[i], folder)) continue;
        settle_before(disk, i);
        settle_naming(&disk->namings[i]);
    }
    for (size_t i = 0; i < disk->naming_count; i++)
        if (disk->namings[i].count > 0) disk->namings[kept++] = disk->namings[i];
    disk->naming_count = kept;
}

/* ---- the journal ---- */

void disk_init(struct disk *disk)
{
    *disk = (struct disk){0};
}

static void release_names(struct disk_names *names)
{
    for (size_t i = 0; i < names->count; i++)
        free(names->list[i].name);
    free(names->list);
}

void disk_release(struct disk *disk)
{
    for (size_t i = 0; i < disk->naming_count; i++)
        settle_naming(&disk->namings[i]);
    for (size_t i = 0; i < disk->file_count; i++) {
        struct disk_file *file = disk->files[i];
        release_names(&file->synced);
        release_names(&file->live);
        release_names(&file->shown);
        free(file->bytes);
        free(file->changes);
        free(file);
    }
    free(disk->namings);
    free(disk->files);
    free(disk->inodes);
}

/* A path of the entry's text, which need not end with a NUL. */
static char *path_of(const struct journal_entry *entry, size_t from)
{
    char *path = from > entry->size ? NULL : strndup((const char *)(entry + 1) + from, entry->size - from);
    if (path == NULL) fail("no path");
    return path;
}

static void make(struct disk *disk, const struct journal_entry *entry, uint64_t time)
{
    char *path = path_of(entry, 0);
    struct disk_naming naming = {.time = time};
    struct disk_file *file = make_file(disk, entry->inode, entry->kind == JOURNAL_MKDIR);
    if (*path != '\0') {
        add_edge(disk, &naming, path, file);
        add_naming(disk, naming);
    } else {
        disk->root = file;
    }
    free(path);
}

static void name(struct disk *disk, const struct journal_entry *entry, uint64_t time)
{
    struct disk_naming naming = {.time = time};
    char *from = path_of(entry, 0);
    char *to = entry->kind == JOURNAL_REMOVE ? NULL : path_of(entry, strlen(from) + 1);
    struct disk_file *moved = live_at(disk, from);
    add_edge(disk, &naming, from, entry->kind == JOURNAL_EXCHANGE ? live_at(disk, to) : NULL);
    if (to != NULL) add_edge(disk, &naming, to, moved);
    add_naming(disk, naming);
    free(from);
    free(to);
}

bool disk_is_at(const struct disk *disk, uint64_t inode, const char *path)
{
    const struct disk_file *file = disk->root;
    for (size_t size; file != NULL && *path != '\0'; path += size + (path[size] == '/')) {
        size = strcspn(path, "/");
        file = find(&file->live, path, size);
    }
    return file != NULL && file == file_of(disk, inode);
}

void disk_apply(struct disk *disk, const struct journal_entry *entry, uint64_t time)
{
    struct disk_file *file;
    switch ((enum journal_kind)entry->kind) {
    case JOURNAL_CREATE:
    case JOURNAL_MKDIR:
        make(disk, entry, time);
        return;
    case JOURNAL_RENAME:
    case JOURNAL_EXCHANGE:
    case JOURNAL_REMOVE:
        name(disk, entry, time);
        return;
    case JOURNAL_TRUNCATE:
    case JOURNAL_WRITE:
        change(file_of(disk, entry->inode), entry, time);
        return;
    case JOURNAL_SYNC:
        file = file_of(disk, entry->inode);
        if (file->folder)
            sync_folder(disk, file, entry->since);
        else
            sync_file(file, entry->since);
        return;
    case JOURNAL_START:
    case JOURNAL_PROMISE:
        return;
    }
    fail("an entry of an unknown kind");
}

/* Its sectors go to the disk with all that was written to them before. */
static void settle_write(struct disk_file *file, size_t at)
{
    const struct disk_change own = file->changes[at];
    size_t kept = 0;
    for (size_t i = 0; i < file->change_count; i++) {
        const struct disk_change one = file->changes[i];
        bool overlaps = one.truncates || (one.offset < own.offset + own.size && own.offset < one.offset + one.size);
        if (i <= at && overlaps)
            settle_change(file, &one);
        else
            file->changes[kept++] = one;
    }
    file->change_count = kept;
}

void disk_settle(struct disk *disk, const struct journal_entry *entry, uint64_t time)
{
    if (entry->kind != JOURNAL_WRITE || !entry->durable) return;
    struct disk_file *file = file_of(disk, entry->inode);
    for (size_t i = 0; i < file->change_count; i++) {
        if (file->changes[i].time != time) continue;
        settle_write(file, i);
        return;
    }
}
