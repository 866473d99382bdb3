#include "timeline_identity.h"

#include <sodium.h>

#include "hooktrail/encode.h"

static void hash_begin(crypto_generichash_state *state, char domain)
{
    crypto_generichash_init(state, NULL, 0, HASH_TABLE_KEY_SIZE);
    crypto_generichash_update(state, (const unsigned char *)&domain, 1);
}

static void hash_number(crypto_generichash_state *state, uint64_t number)
{
    uint8_t bytes[8];
    ht_put_be64(bytes, number);
    crypto_generichash_update(state, bytes, sizeof bytes);
}

/* Absent and empty differ, and no two sequences of slices hash the same bytes. */
static void hash_slice(crypto_generichash_state *state, struct ht_slice slice)
{
    hash_number(state, slice.data ? slice.size : UINT64_MAX);
    if (slice.size > 0) crypto_generichash_update(state, (const unsigned char *)slice.data, slice.size);
}

static void hash_end(crypto_generichash_state *state, uint8_t hash[HASH_TABLE_KEY_SIZE])
{
    crypto_generichash_final(state, hash, HASH_TABLE_KEY_SIZE);
}

void timeline_identity_text(const struct ht_message *message, uint8_t hash[HASH_TABLE_KEY_SIZE])
{
    crypto_generichash_state state;
    hash_begin(&state, 'm');
    hash_number(&state, (uint64_t)message->created_at);
    hash_slice(&state, message->role);
    hash_slice(&state, message->content);
    hash_end(&state, hash);
}

void timeline_identity_id(const struct ht_message *message, uint8_t hash[HASH_TABLE_KEY_SIZE])
{
    crypto_generichash_state state;
    hash_begin(&state, 'i');
    hash_slice(&state, message->id);
    hash_end(&state, hash);
}

void timeline_identity_place(const struct ht_message *message, uint8_t hash[HASH_TABLE_KEY_SIZE])
{
    crypto_generichash_state state;
    hash_begin(&state, 'p');
    hash_number(&state, (uint64_t)message->created_at);
    hash_slice(&state, message->role);
    hash_end(&state, hash);
}

void timeline_identity_equal(const uint8_t text[HASH_TABLE_KEY_SIZE], uint32_t n, uint8_t hash[HASH_TABLE_KEY_SIZE])
{
    crypto_generichash_state state;
    hash_begin(&state, 'n');
    hash_slice(&state, ht_slice_of(text, HASH_TABLE_KEY_SIZE));
    hash_number(&state, n);
    hash_end(&state, hash);
}
