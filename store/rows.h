/* Private to store/: a file of rows, as an increment has them: of the trail's tables, as they are stored there, and
   slots of the keyring.

   32 bytes: "hooktrail/rows/1", trail id. Then rows: kind (u8), size of the key (u16), size of the value (u32), key,
   value. Of two rows with the same key the later one holds. Whether all are there, and are what was written, is for
   the SHA-256 in the manifest to say; the decoder stays within the file whatever is in it.

   Why no LMDB environment: a file is written once and in order, with one sync; it has no free space in its pages and
   none of older states; and reading it back trusts no pages of others. */
#ifndef STORE_ROWS_H
#define STORE_ROWS_H

#include "store.h"

/* The numbers are of the format. */
enum rows_kind {
    ROWS_META = 1,
    ROWS_EVENTS = 2,
    ROWS_REPEATS = 3,
    ROWS_ENDPOINTS = 4,
    ROWS_SECRETS = 5,
    ROWS_TOKENS = 6,
    ROWS_BEARERS = 7,
    ROWS_REJECTED = 8,
    ROWS_WATERMARKS = 9,
    ROWS_ACTS = 10,
    ROWS_CHECKPOINTS = 11,
    ROWS_ERASURES = 12,
    ROWS_ERASED = 13,
    ROWS_HOLDS = 14,
    ROWS_TABLES = 15,   /* what is below it is a table of the trail */
    ROWS_REJECTED_KEPT, /* no key; the numbers of the rejected deliveries that are there, as ranges: u64, u64 */
    ROWS_SLOTS_HEAD,    /* no key; the head of keys/data.keys */
    ROWS_SLOTS,         /* a data key's id (u32); its slot, and those behind */
    ROWS_KINDS
};

/* A table's handle. */
MDB_dbi rows_table(const struct trail_env *trail, enum rows_kind kind);
/* Whether the increment has all rows of the table, instead of those that are new or changed. */
bool rows_is_whole(enum rows_kind kind);

struct rows_writer {
    int fd;
    struct ht_buffer bytes; /* not yet written */
};

/* Makes the new file (0600). To be released, whatever comes. */
HT_MUST_CHECK enum ht_status rows_create(struct rows_writer *writer, const char *path, const uint8_t *trail_id,
                                         struct ht_error *err);
/* Adds a row in memory; rows_write writes what was added, or tells of lack of memory. */
void rows_add(struct rows_writer *writer, enum rows_kind kind, struct ht_slice key, struct ht_slice value);
HT_MUST_CHECK enum ht_status rows_write(struct rows_writer *writer, struct ht_error *err);
void rows_writer_release(struct rows_writer *writer);

struct rows_row {
    enum rows_kind kind;
    struct ht_slice key; /* at most 511 bytes; until the next call, as the value */
    struct ht_slice value;
};

struct rows_reader {
    int fd;
    uint64_t left; /* bytes of the file not yet read */
    struct ht_buffer bytes;
    size_t at; /* in them */
};

/* Opens such a file; HT_CORRUPT if it is none, or of another trail. To be released, whatever comes. */
HT_MUST_CHECK enum ht_status rows_open(struct rows_reader *reader, const char *path, const uint8_t *trail_id,
                                       struct ht_error *err);
/* The next row; HT_NOT_FOUND behind the last; HT_CORRUPT if it does not decode. */
HT_MUST_CHECK enum ht_status rows_next(struct rows_reader *reader, struct rows_row *row, struct ht_error *err);
void rows_reader_release(struct rows_reader *reader);

#endif
