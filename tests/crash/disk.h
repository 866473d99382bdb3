/* What a recorded run has put on its disk: what is synced, and behind it, in order, what is not yet.

   A power cut leaves of the latter what it likes, within two rules. A piece of a file holds what the page cache held at
   some moment since the piece was synced: unsynced writes to one sector never change places among themselves, those to
   different sectors do. And a rename is whole or not at all (POSIX; ext4 and XFS journal it). That a folder's entry is
   there only a sync of the folder assures, not one of the file. */
#ifndef CRASH_DISK_H
#define CRASH_DISK_H

#include <stdbool.h>
#include <stddef.h>

#include "journal.h"

struct disk_file;

/* A name in a folder; one without file is not there. */
struct disk_name {
    char *name;
    struct disk_file *file;
};

struct disk_names {
    struct disk_name *list;
    size_t count;
};

/* A write or a truncation that is not synced; the bytes lie in the journal. */
struct disk_change {
    uint64_t time;
    bool truncates;
    uint64_t offset; /* or the size */
    uint64_t size;
    const uint8_t *bytes;
};

struct disk_file {
    uint32_t number; /* of all files that ever were */
    bool folder;
    uint8_t *bytes; /* synced */
    uint64_t size;
    struct disk_change *changes;
    size_t change_count;
    struct disk_names synced; /* of a folder */
    struct disk_names live;
    struct disk_names shown; /* for whoever makes an image */
};

/* A change of names that is not synced: one, or the two of a rename. */
struct disk_edge {
    struct disk_file *folder;
    char *name;
    struct disk_file *file; /* NULL: the name goes */
};

struct disk_naming {
    uint64_t time;
    struct disk_edge edges[2];
    size_t count;
};

struct disk {
    struct disk_file *root; /* NULL until it was made */
    struct disk_file **files;
    struct {
        uint64_t inode;
        struct disk_file *file;
    } * inodes; /* the last with a number is the one that has it */
    size_t file_count;
    struct disk_naming *namings;
    size_t naming_count;
};

void disk_init(struct disk *disk);
void disk_release(struct disk *disk);

/* Takes in an entry of a journal at `time`. A durable write stays unsynced until disk_settle. A journal that tells of
   what it has not told before ends the process. */
void disk_apply(struct disk *disk, const struct journal_entry *entry, uint64_t time);
/* If the entry that was just taken in was a durable write: now it has returned. */
void disk_settle(struct disk *disk, const struct journal_entry *entry, uint64_t time);

/* Whether the file with this inode number is the one at `path` now. */
bool disk_is_at(const struct disk *disk, uint64_t inode, const char *path);

/* For a table of names: sets one, or takes it away. */
void disk_names_set(struct disk_names *names, const char *name, struct disk_file *file);

#endif
