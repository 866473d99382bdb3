/* Places: where an export's files go, a folder or a bucket. A file is there whole under its name, or not at all.

   Names are relative, of [A-Za-z0-9._=/-], as export_place_name_check says. One file at a time, one thread. Errors name
   the place, never a secret of it. */
#ifndef EXPORT_PLACE_H
#define EXPORT_PLACE_H

#include <stdint.h>

#include "hooktrail/buffer.h"
#include "hooktrail/sha256.h"

struct export_place;

/* Called with each name under a prefix, in ascending order of bytes; anything but HT_OK ends the walk with it. */
typedef enum ht_status export_place_visit(void *context, const char *name, uint64_t size, struct ht_error *err);

struct export_place_ops {
    bool late; /* a file may get another name, in the same folder, when it is committed */
    /* Begins a file; what an earlier run left of it is removed. */
    enum ht_status (*begin)(struct export_place *place, const char *name, struct ht_error *err);
    enum ht_status (*write)(struct export_place *place, struct ht_slice bytes, struct ht_error *err);
    /* Makes the file durable and gives it its name (that of begin, unless `late`), in the place of an older one of this
       name. `sha256` is that of all its bytes. */
    enum ht_status (*commit)(struct export_place *place, const char *name, const uint8_t sha256[HT_SHA256_SIZE],
                             struct ht_error *err);
    /* Gives the file under way up; nothing if there is none. */
    void (*abandon)(struct export_place *place);
    /* Every file of which the name begins with `prefix` ("" is all), but unfinished ones, and those with names that no
       export gives. */
    enum ht_status (*list)(struct export_place *place, const char *prefix, export_place_visit *visit, void *context,
                           struct ht_error *err);
    /* Adds a whole file to `out`: HT_NOT_FOUND; HT_TOO_LARGE beyond `most` bytes. */
    enum ht_status (*read)(struct export_place *place, const char *name, size_t most, struct ht_buffer *out,
                           struct ht_error *err);
    /* Removes a file, durably; fine if there is none. */
    enum ht_status (*remove)(struct export_place *place, const char *name, struct ht_error *err);
    void (*close)(struct export_place *place); /* abandons and frees */
};

#define EXPORT_PLACE_NAME_MAX 512 /* bytes of a name */
#define EXPORT_PLACE_PART_MAX 200 /* of a part between slashes: leaves room for a temporary name's ends */
#define EXPORT_PLACE_PARTS_MAX 8

/* HT_INVALID unless a file of any place may have this name: parts of [A-Za-z0-9._=-] between single slashes, none of
   which begins with a dot (so neither ".", ".." nor what a folder keeps for itself). */
HT_MUST_CHECK enum ht_status export_place_name_check(const char *name, struct ht_error *err);

/* The first member of each kind of place. */
struct export_place {
    const struct export_place_ops *ops;
};

/* A folder, made if it is missing (the one above it is not), and locked against other exports: HT_BUSY. */
HT_MUST_CHECK enum ht_status export_place_folder_open(const char *path, struct export_place **place,
                                                      struct ht_error *err);

/* s3://BUCKET[/PREFIX]; credentials, region and endpoint: see place_s3_settings.h. Asks the bucket nothing yet. Reads
   the environment: call it before threads start. */
HT_MUST_CHECK enum ht_status export_place_s3_open(const char *url, struct export_place **place, struct ht_error *err);

#endif
