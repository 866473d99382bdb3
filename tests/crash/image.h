/* Images: a data directory as a power cut could have left it. */
#ifndef CRASH_IMAGE_H
#define CRASH_IMAGE_H

#include "disk.h"

/* How much of what is not synced an image has. */
enum image_data {
    IMAGE_DATA_NOTHING,
    IMAGE_DATA_ALL,
    IMAGE_DATA_FILES,   /* each file as it was at some moment of its own */
    IMAGE_DATA_PAGES,   /* each 4 KiB so: dropped, partly kept, out of order */
    IMAGE_DATA_SECTORS, /* each 512 bytes so: torn */
    IMAGE_DATA_WAYS
};

enum image_names {
    IMAGE_NAMES_NOTHING,
    IMAGE_NAMES_ALL,
    IMAGE_NAMES_PREFIX, /* some moment of the folders, as a journalling filesystem leaves them */
    IMAGE_NAMES_LOOSE,  /* each change of a name by itself, which is all that POSIX promises */
    IMAGE_NAMES_WAYS
};

struct image_way {
    enum image_data data;
    enum image_names names;
    uint64_t seed;
};

extern const char *const image_data_names[IMAGE_DATA_WAYS];
extern const char *const image_names_names[IMAGE_NAMES_WAYS];

/* Makes the directory `path` so; it must not be there. Makes nothing if nothing was. What can't be written ends the
   process. */
void image_write(struct disk *disk, const struct image_way *way, const char *path);
void image_remove(const char *path);

#endif
