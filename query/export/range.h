/* Writes a range of a table's numbers (events by seq, erasures) to files of its folder. */
#ifndef EXPORT_RANGE_H
#define EXPORT_RANGE_H

#include "folder.h"
#include "hooktrail/index.h"
#include "line.h"

/* Adds all lines of one number to `out`, and tells what it counts towards the file's size. The reader is within its
   span. */
typedef enum ht_status export_add(struct export_line *line, struct ht_reader *reader, uint64_t number,
                                  struct ht_buffer *out, uint32_t *size, struct ht_error *err);

/* What a range is written with; one thread at a time. */
struct export_writer {
    struct ht_reader *reader;
    struct export_line *line;
    uint64_t file_bytes; /* a file ends with the number that reaches so many */
    ht_progress *progress;
    void *context;
    struct ht_buffer lines; /* whole ones, collected in a span and written behind it */
    /* the sum of all calls */
    uint64_t bytes;
    uint32_t files;
};

/* Writes `first` to `end` and returns when all of it is durable. HT_STOPPING if progress says so. */
HT_MUST_CHECK enum ht_status export_range_write(struct export_writer *writer, struct export_folder *folder,
                                                export_add *add, uint64_t first, uint64_t end, struct ht_error *err);

#endif
