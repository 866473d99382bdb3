/* The tables that an export writes, their columns and their rows: one model, whatever the format and the target.

   The tables are in table.c, documented in docs/warehouse.md and by `hooktrail export --schema`. Within a schema
   version columns are only added: nullable ones, at the end. */
#ifndef EXPORT_TABLE_H
#define EXPORT_TABLE_H

#include <stdint.h>

#include "hooktrail/buffer.h"

#define EXPORT_SCHEMA_VERSION 1
#define EXPORT_MAX_COLUMNS 24

enum export_type {
    EXPORT_INT,  /* 64 bits, signed */
    EXPORT_TIME, /* microseconds since 1970, UTC */
    EXPORT_BOOL,
    EXPORT_TEXT, /* well-formed UTF-8; may hold U+0000 */
    EXPORT_JSON  /* one RFC 8259 value, on one line; may hold "\u0000" */
};

struct export_column {
    const char *name; /* of [a-z0-9_], no reserved word of SQL */
    enum export_type type;
    bool nullable;
    bool key;          /* part of what identifies a row, with the trail's id */
    const char *about; /* one line for the documents */
};

/* What becomes of a row later. */
enum export_kind {
    EXPORT_APPEND, /* never changed, but by an erasure */
    EXPORT_STATE,  /* the row of a key with the greatest updated_seq is the one that counts */
    EXPORT_WHOLE   /* of the rows of one conversation those with the greatest updated_seq replace all earlier ones */
};

struct export_table {
    const char *name;
    enum export_kind kind;
    bool derived; /* from several events: an erasure can change or remove any row, so that after one all come again */
    const struct export_column *columns; /* the first is "trail" in each table */
    uint32_t column_count;
    const char *about;
};

/* Tables in the order in which a run writes them, erasures first. */
enum export_table_id {
    EXPORT_ERASURES,
    EXPORT_EVENTS,
    EXPORT_DELIVERIES,
    EXPORT_CONVERSATIONS,
    EXPORT_MESSAGES,
    EXPORT_LEADS,
    EXPORT_LEAD_CHANGES,
    EXPORT_AGENTS,
    EXPORT_TABLE_COUNT
};
extern const struct export_table export_tables[EXPORT_TABLE_COUNT];

struct export_value {
    bool present;         /* else NULL, of a nullable column */
    int64_t number;       /* EXPORT_INT, EXPORT_TIME; EXPORT_BOOL as 0 or 1 */
    struct ht_slice text; /* EXPORT_TEXT, EXPORT_JSON */
};

/* A row on its way: borrowed, until the call that it is given to returns. */
struct export_row {
    const struct export_value *values; /* as many as the table has columns */
    uint64_t number; /* of an event: its seq, of an erasure: its number; ascending. Files are named by it. */
    int64_t day;     /* since 1970-01-01 UTC; of an event: the one it was received on. A file holds those of one day. */
};

#endif
