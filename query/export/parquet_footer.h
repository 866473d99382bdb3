/* The end of a Parquet file: its FileMetaData (parquet.thrift), that one's size, and the mark. */
#ifndef EXPORT_PARQUET_FOOTER_H
#define EXPORT_PARQUET_FOOTER_H

#include "table.h"

#define PARQUET_MARK "PAR1" /* also what a file begins with */

struct parquet_groups {
    uint32_t count;
    uint64_t rows;         /* of all */
    struct ht_buffer meta; /* a RowGroup of parquet.thrift for each, side by side */
};

/* Adds the footer; lack of memory sticks in the buffer. */
void parquet_footer_add(const struct export_table *table, const struct parquet_groups *groups, struct ht_buffer *out);

#endif
