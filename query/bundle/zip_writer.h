/* Private to query/bundle/: a zip that is there whole or not at all, with a list of its files' SHA-256. While it is
   written it has no name, so that nothing is left of it when the process ends, however that does; only where the
   filesystem has no such files (O_TMPFILE) it has a hidden one beside. */
#ifndef QUERY_BUNDLE_ZIP_WRITER_H
#define QUERY_BUNDLE_ZIP_WRITER_H

#include <archive.h>
#include <limits.h>
#include <sys/types.h>

#include "hooktrail/buffer.h"

struct zip_writer {
    char path[PATH_MAX];      /* where it is to be */
    char temporary[PATH_MAX]; /* where it is being written; "" when that has no name, or its last one */
    int file;                 /* or -1 */
    struct archive *archive;
    int64_t now; /* the time of all files in it */
    uint64_t entries;
    uint64_t bytes;        /* of the files in it */
    struct ht_buffer sums; /* "HEX  NAME\n" of each, as sha256sum prints and checks it */
};

/* Begins. HT_EXISTS if the path is taken. Released also after a failure. */
HT_MUST_CHECK enum ht_status zip_writer_open(struct zip_writer *zip, const char *path, int64_t now,
                                             struct ht_error *err);
/* Removes the temporary file, unless it was published. */
void zip_writer_release(struct zip_writer *zip);

/* Adds a file. HT_TOO_LARGE beyond what zip_reader takes. */
HT_MUST_CHECK enum ht_status zip_writer_add(struct zip_writer *zip, const char *name, struct ht_slice bytes,
                                            struct ht_error *err);

/* Ends the zip and syncs it. Then gives it its name, unless that was taken meanwhile (HT_EXISTS). */
HT_MUST_CHECK enum ht_status zip_writer_end(struct zip_writer *zip, struct ht_error *err);
HT_MUST_CHECK enum ht_status zip_writer_publish(struct zip_writer *zip, struct ht_error *err);

#endif
