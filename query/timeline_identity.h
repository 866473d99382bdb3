/* Private to query/: what tells one message of a conversation from another, as hashes (BLAKE2b, 16 bytes).

   Each hash is of another domain, so that those of different kinds never meet. Absent and empty differ. */
#ifndef QUERY_TIMELINE_IDENTITY_H
#define QUERY_TIMELINE_IDENTITY_H

#include "hash_table.h"
#include "hooktrail/reading.h"

/* What a message says, and when: time, role and content. */
void timeline_identity_text(const struct ht_message *message, uint8_t hash[HASH_TABLE_KEY_SIZE]);

/* The id of a message that has one. */
void timeline_identity_id(const struct ht_message *message, uint8_t hash[HASH_TABLE_KEY_SIZE]);

/* Time and role. */
void timeline_identity_place(const struct ht_message *message, uint8_t hash[HASH_TABLE_KEY_SIZE]);

/* The n-th further message of a payload that has this text, n > 0; `hash` may be `text`. */
void timeline_identity_equal(const uint8_t text[HASH_TABLE_KEY_SIZE], uint32_t n, uint8_t hash[HASH_TABLE_KEY_SIZE]);

#endif
