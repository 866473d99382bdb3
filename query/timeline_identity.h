/* Private to query/: what tells one message of a conversation from another, as hashes of 16 bytes.

   SipHash-2-4 with 128 bits (Aumasson and Bernstein, 2012), under a secret of the union's own that nothing shows: so
   nobody can write two messages that meet, and it takes a quarter of the time of an unkeyed hash that nobody can do
   that to. Each hash is of another domain, so that those of different kinds never meet. Absent and empty differ. */
#ifndef QUERY_TIMELINE_IDENTITY_H
#define QUERY_TIMELINE_IDENTITY_H

#include <sodium.h>

#include "hash_table.h"
#include "hooktrail/reading.h"

struct timeline_identity {
    uint8_t secret[crypto_shorthash_siphashx24_KEYBYTES];
    struct ht_buffer text; /* what is hashed; once it has failed, so have the hashes */
};

void timeline_identity_init(struct timeline_identity *identity);
void timeline_identity_release(struct timeline_identity *identity);

/* What a message says, and when: time, role and content. */
void timeline_identity_text(struct timeline_identity *identity, const struct ht_message *message,
                            uint8_t hash[HASH_TABLE_KEY_SIZE]);

/* The id of a message that has one. */
void timeline_identity_id(struct timeline_identity *identity, const struct ht_message *message,
                          uint8_t hash[HASH_TABLE_KEY_SIZE]);

/* Time and role. */
void timeline_identity_place(struct timeline_identity *identity, const struct ht_message *message,
                             uint8_t hash[HASH_TABLE_KEY_SIZE]);

/* The n-th further message of a payload that has this text, n > 0; `hash` may be `text`. */
void timeline_identity_equal(struct timeline_identity *identity, const uint8_t text[HASH_TABLE_KEY_SIZE], uint32_t n,
                             uint8_t hash[HASH_TABLE_KEY_SIZE]);

#endif
