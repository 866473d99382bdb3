/* One event as a line of NDJSON: the row of the index, its ids spelt out, and the payload. */
#ifndef EXPORT_LINE_H
#define EXPORT_LINE_H

#include <stdint.h>

#include "hooktrail/buffer.h"
#include "hooktrail/store.h"
#include "hooktrail/trail.h"

/* What lines are made with; one thread at a time. */
struct export_line {
    char trail[2 * HT_TRAIL_ID_SIZE + 1]; /* the trail's id in hex: with seq it names an event anywhere */
    struct ht_unpacker *unpacker;
    struct ht_buffer payload; /* one without its newlines */
};

HT_MUST_CHECK enum ht_status export_line_init(struct export_line *line, const struct ht_store *store,
                                              struct ht_error *err);
void export_line_release(struct export_line *line);

/* Adds event `seq` and a newline to `out`, and says how many bytes its payload has. The reader is within its span.
   HT_CORRUPT if the index has no row of it. */
HT_MUST_CHECK enum ht_status export_line_add(struct export_line *line, struct ht_reader *reader, uint64_t seq,
                                             struct ht_buffer *out, uint32_t *size, struct ht_error *err);

/* The text of a JSON value without its line ends: they can only stand between tokens, for a string has them escaped.
   Returns `text` itself if it has none, else a view of `scratch`. */
struct ht_slice export_one_line(struct ht_slice text, struct ht_buffer *scratch);

#endif
