#include "timeline_identity.h"

#include "hooktrail/encode.h"

_Static_assert(crypto_shorthash_siphashx24_BYTES == HASH_TABLE_KEY_SIZE, "a hash is a key");

void timeline_identity_init(struct timeline_identity *identity)
{
    *identity = (struct timeline_identity){0};
    randombytes_buf(identity->secret, sizeof identity->secret);
}

void timeline_identity_release(struct timeline_identity *identity)
{
    ht_buffer_release(&identity->text);
}

static void begin(struct timeline_identity *identity, char domain)
{
    identity->text.size = 0; /* not cleared: a failure stays */
    ht_buffer_add_byte(&identity->text, domain);
}

static void add_number(struct timeline_identity *identity, uint64_t number)
{
    uint8_t bytes[8];
    ht_put_be64(bytes, number);
    ht_buffer_add_bytes(&identity->text, bytes, sizeof bytes);
}

/* Absent and empty differ, and no two sequences of slices give the same bytes. */
static void add_slice(struct timeline_identity *identity, struct ht_slice slice)
{
    add_number(identity, slice.data ? slice.size : UINT64_MAX);
    ht_buffer_add(&identity->text, slice);
}

static void end(const struct timeline_identity *identity, uint8_t hash[HASH_TABLE_KEY_SIZE])
{
    crypto_shorthash_siphashx24(hash, (const unsigned char *)identity->text.data, identity->text.size,
                                identity->secret);
}

void timeline_identity_text(struct timeline_identity *identity, const struct ht_message *message,
                            uint8_t hash[HASH_TABLE_KEY_SIZE])
{
    begin(identity, 'm');
    add_number(identity, (uint64_t)message->created_at);
    add_slice(identity, message->role);
    add_slice(identity, message->content);
    end(identity, hash);
}

void timeline_identity_id(struct timeline_identity *identity, const struct ht_message *message,
                          uint8_t hash[HASH_TABLE_KEY_SIZE])
{
    begin(identity, 'i');
    add_slice(identity, message->id);
    end(identity, hash);
}

void timeline_identity_place(struct timeline_identity *identity, const struct ht_message *message,
                             uint8_t hash[HASH_TABLE_KEY_SIZE])
{
    begin(identity, 'p');
    add_number(identity, (uint64_t)message->created_at);
    add_slice(identity, message->role);
    end(identity, hash);
}

void timeline_identity_equal(struct timeline_identity *identity, const uint8_t text[HASH_TABLE_KEY_SIZE], uint32_t n,
                             uint8_t hash[HASH_TABLE_KEY_SIZE])
{
    begin(identity, 'n');
    add_slice(identity, ht_slice_of(text, HASH_TABLE_KEY_SIZE));
    add_number(identity, n);
    end(identity, hash);
}
