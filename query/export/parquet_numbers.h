/* Names for the numbers of parquet.thrift that are used here.

   https://github.com/apache/parquet-format/blob/master/src/main/thrift/parquet.thrift */
#ifndef EXPORT_PARQUET_NUMBERS_H
#define EXPORT_PARQUET_NUMBERS_H

enum parquet_type { PARQUET_BOOLEAN = 0, PARQUET_INT64 = 2, PARQUET_BYTE_ARRAY = 6 };
enum parquet_repetition { PARQUET_REQUIRED = 0, PARQUET_OPTIONAL = 1 };
enum parquet_encoding { PARQUET_PLAIN = 0, PARQUET_RLE = 3, PARQUET_RLE_DICTIONARY = 8 };
enum parquet_page { PARQUET_DATA_PAGE = 0, PARQUET_DICTIONARY_PAGE = 2 };

#endif
