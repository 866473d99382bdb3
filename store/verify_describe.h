/* Private to store/: keys and values of the index in words, for findings. */
#ifndef STORE_VERIFY_DESCRIBE_H
#define STORE_VERIFY_DESCRIBE_H

#include "index_env.h"

/* "index/postings" and the like. */
const char *describe_table(enum index_table table);

/* Adds what a key (and, in a table of duplicates, the value) stands for: "conversation 3, seq 17". Safe for a terminal,
   whatever the bytes are. */
void describe_entry(struct ht_buffer *out, enum index_table table, MDB_val key, MDB_val value);

/* Adds in which field two values differ: "agent_name", or "byte 7" where there are no fields. */
void describe_difference(struct ht_buffer *out, enum index_table table, MDB_val a, MDB_val b);

/* The event that an entry is about, or 0. */
uint64_t describe_seq(enum index_table table, MDB_val key, MDB_val value);

/* Whether a key can have several values. */
bool describe_is_multiple(enum index_table table);

#endif
