/* Formats: what turns the rows of a table into the bytes of a file. The same rows give the same bytes.

   All work is in memory: an encoder adds bytes to a buffer that its caller writes away whenever it likes. */
#ifndef EXPORT_FORMAT_H
#define EXPORT_FORMAT_H

#include "table.h"

enum export_codec { EXPORT_PLAIN, EXPORT_GZIP, EXPORT_ZSTD, EXPORT_SNAPPY /* within Parquet only */ };

struct export_format_options {
    enum export_codec codec;
    bool for_spreadsheets; /* CSV: guard text that a spreadsheet would take for a formula */
};

struct export_encoder;

struct export_format {
    const char *name;      /* "parquet" */
    const char *extension; /* ".parquet": with the codec's behind it (".gz", ".zst"), but within Parquet */
    bool compresses;       /* the codec is the encoder's affair, not one of the whole file */
    /* Begins a file: what comes first is added to `out`. HT_NO_MEMORY. The encoder is to be freed whatever this and
       later calls return (it may be NULL then). `table` must last as long. */
    enum ht_status (*begin)(const struct export_format_options *options, const struct export_table *table,
                            struct ht_buffer *out, struct export_encoder **encoder, struct ht_error *err);
    /* Adds a row; nothing needs to come out yet, but what an encoder holds back is bounded (32 MiB). HT_NO_MEMORY;
       HT_TOO_LARGE for a value that the format has no place for (Parquet: beyond 256 MiB). */
    enum ht_status (*add)(struct export_encoder *encoder, const struct export_row *row, struct ht_buffer *out,
                          struct ht_error *err);
    /* Ends the file. */
    enum ht_status (*end)(struct export_encoder *encoder, struct ht_buffer *out, struct ht_error *err);
    void (*free)(struct export_encoder *encoder); /* NULL is fine */
};

extern const struct export_format export_parquet;
extern const struct export_format export_ndjson;
extern const struct export_format export_csv;

/* The format of this name; NULL if there is none. */
const struct export_format *export_format_find(const char *name);

#endif
