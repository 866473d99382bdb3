/* One column of the row group under way: takes values in, gives the column's chunk of pages out.

   A chunk begins with a dictionary; where that doesn't pay, the pages that follow are PLAIN. Pages are compressed as
   soon as they are full, so that only the last one is held as it came. One thread at a time. */
#ifndef EXPORT_PARQUET_COLUMN_H
#define EXPORT_PARQUET_COLUMN_H

#include "parquet_bounds.h"
#include "parquet_dictionary.h"
#include "parquet_page.h"
#include "parquet_thrift.h"

#define PARQUET_PAGE_ROWS 16384
/* Of values: a page is ended when it has them. As much as a row group: each page is compressed by itself, and what an
   event repeats of one before it is found in the same page only. */
#define PARQUET_PAGE_BYTES ((size_t)32 << 20)
/* What the levels of a page take at most: each group of 8 up to 3 bytes. */
#define PARQUET_LEVELS_ROOM ((size_t)8 << 10)
#define PARQUET_LONGEST_VALUE ((size_t)1 << 28) /* a page's size has 31 bits */

struct parquet_column {
    const struct export_column *about;

    /* the page under way: rows, and those of them that have a value */
    uint32_t *levels; /* PARQUET_PAGE_ROWS: 1 for a value, 0 for NULL; not written of a column that is never NULL */
    uint32_t rows;
    uint32_t *entries; /* PARQUET_PAGE_ROWS: numbers of the values in the dictionary, while there is one */
    uint32_t present;
    struct ht_buffer values; /* else the values, as PLAIN has them, behind PARQUET_LEVELS_ROOM bytes for the levels */

    /* the chunk */
    bool by_dictionary; /* not given up yet */
    struct dictionary dictionary;
    struct ht_buffer pages; /* those that are finished, headers and all */
    uint64_t uncompressed;  /* their size with the headers, and the bodies as they were before compression */
    uint64_t chunk_rows;
    uint64_t nulls;
    uint32_t dictionary_pages; /* data pages that hold numbers of entries */
    struct bounds bounds;
};

/* HT_NO_MEMORY. Release it whatever was returned. `about` is borrowed. */
HT_MUST_CHECK enum ht_status parquet_column_init(struct parquet_column *column, const struct export_column *about,
                                                 struct ht_error *err);
void parquet_column_release(struct parquet_column *column);

/* Adds a row's value; `size` is raised by what it takes uncompressed. HT_NO_MEMORY, HT_TOO_LARGE. */
HT_MUST_CHECK enum ht_status parquet_column_add(struct parquet_column *column, const struct export_value *value,
                                                struct parquet_pager *pager, size_t *size, struct ht_error *err);

/* Ends the chunk, of at least one row: adds it to `out`, and its metadata, a ColumnChunk of parquet.thrift, to `meta`.
   `position` is that of the chunk in the file. The column is ready for the next row group then; `uncompressed` is
   raised by the size of the chunk. */
HT_MUST_CHECK enum ht_status parquet_column_end(struct parquet_column *column, struct parquet_pager *pager,
                                                uint64_t position, struct ht_buffer *out, struct thrift *meta,
                                                uint64_t *uncompressed, struct ht_error *err);

enum parquet_type parquet_column_type(enum export_type type);

#endif
