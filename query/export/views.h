/* A file of SQL that shows the Parquet files of an export to DuckDB as the tables of the model: of the rows of a key
   those that count. */
#ifndef EXPORT_VIEWS_H
#define EXPORT_VIEWS_H

#include "place.h"

/* Adds the statements. `path` is that of the place, as DuckDB is to find it; a table of which no file is there yet is
   an empty view. */
HT_MUST_CHECK enum ht_status export_views_add(struct export_place *place, const char *path, struct ht_buffer *out,
                                              struct ht_error *err);

#endif
