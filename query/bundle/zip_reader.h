/* Private to query/bundle/: a zip from outside, taken as hostile: what is in it is known, and within bounds, before
   anything of it is unpacked. */
#ifndef QUERY_BUNDLE_ZIP_READER_H
#define QUERY_BUNDLE_ZIP_READER_H

#include "hooktrail/sha256.h"
#include "zip_limits.h"

struct zip_entry {
    char name[ZIP_MAX_NAME]; /* of A-Z a-z 0-9 . _ - and / between them; no part of it begins with a dot */
    uint64_t size;
    bool read;
    bool summed;                    /* the caller's */
    uint8_t sha256[HT_SHA256_SIZE]; /* once it was read */
};

struct zip_reader {
    const char *path; /* or NULL, then */
    struct ht_slice bytes;
    struct zip_entry *entries; /* by name */
    size_t count;
};

/* Reads the directory. HT_CORRUPT if it is no zip, or one with names twice, strange names, links, folders, encrypted
   files; HT_TOO_LARGE beyond zip_limits.h. Release it also after a failure. */
HT_MUST_CHECK enum ht_status zip_reader_open(struct zip_reader *zip, struct ht_error *err);
void zip_reader_release(struct zip_reader *zip);

struct zip_entry *zip_reader_find(const struct zip_reader *zip, struct ht_slice name); /* NULL if there is none */

/* Reads every file in turn, notes its SHA-256 and hands it over; stops when `take` fails. May be run again. HT_CORRUPT
   if one can't be unpacked, or is not as long as the directory says. */
typedef enum ht_status zip_take(void *context, const struct zip_entry *entry, struct ht_slice bytes,
                                struct ht_error *err);
HT_MUST_CHECK enum ht_status zip_reader_run(struct zip_reader *zip, zip_take *take, void *context,
                                            struct ht_error *err);

#endif
