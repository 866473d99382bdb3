/* The manifest of a run: which files it wrote, with their digests, which ones it superseded, and the checkpoint of the
   trail that the events are proven by. docs/warehouse.md describes it. */
#ifndef EXPORT_FILES_MANIFEST_H
#define EXPORT_FILES_MANIFEST_H

#include "files_set.h"
#include "hooktrail/emit.h"

/* One file, as the manifest tells of it. */
struct files_entry {
    const char *name;
    enum export_table_id table;
    uint64_t rows;
    uint64_t bytes;
    uint64_t first; /* of events: their seqs; else 0 */
    uint64_t last;
    uint8_t sha256[HT_SHA256_SIZE];
};

/* A manifest being made: the files so far. To be begun, and its text to be released. */
struct files_manifest {
    struct ht_buffer text; /* of the array of files */
    struct ht_emit emit;
};
void files_manifest_begin(struct files_manifest *manifest);
void files_manifest_add(struct files_manifest *manifest, const struct files_entry *entry);
/* Adds the document to `out`, once. Files come last, so that what stands before them can be read whatever their number.
 */
void files_manifest_end(struct files_manifest *manifest, const struct export_run *run, const struct files_names *gone,
                        struct ht_buffer *out);

/* The number of the newest run of an export that the place has a manifest of; HT_NOT_FOUND if it has none, HT_EXISTS if
   it holds another trail's or export's. What that run superseded and could not remove any more is removed. */
HT_MUST_CHECK enum ht_status files_manifest_newest(struct export_place *place, const char *trail, const char *export,
                                                   uint64_t *run, struct ht_error *err);

#endif
