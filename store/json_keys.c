#include "json_keys.h"

#include <assert.h>

_Static_assert((HT_JSON_KEY_SLOTS & (HT_JSON_KEY_SLOTS - 1)) == 0, "the mask needs a power of two");

#define SMALLEST_MASK 63

void ht_json_keys_init(struct ht_json_keys *keys)
{
    keys->generation = 0;
    keys->ready = 0;
    randombytes_buf(keys->secret, sizeof keys->secret);
}

static void make_ready(struct ht_json_keys *keys, uint32_t slots)
{
    if (slots <= keys->ready) return;
    memset(&keys->slots[keys->ready], 0, (slots - keys->ready) * sizeof keys->slots[0]);
    keys->ready = slots;
}

void ht_json_keys_begin(struct ht_json_keys *keys, struct ht_slice text)
{
    /* The shortest member, `"":0,`, takes five bytes: about half of these slots fill up at most. */
    size_t wanted = text.size / 5 * 2;
    uint32_t mask = SMALLEST_MASK;
    while (mask < wanted && mask < HT_JSON_KEY_SLOTS - 1)
        mask = mask * 2 + 1;
    keys->mask = mask;
    keys->text = text.data;
    make_ready(keys, mask + 1);
    if (++keys->generation > 0) return;
    /* After 2^32 texts old marks would count as new. */
    keys->ready = 0;
    make_ready(keys, HT_JSON_KEY_SLOTS);
    keys->generation = 1;
}

/* Hashes what is longer than a block in a chain: the hash so far opens the next block. */
struct key_hasher {
    const unsigned char *secret;
    size_t filled;
    unsigned char block[128];
};

static void hash_block(struct key_hasher *hasher)
{
    unsigned char hash[crypto_shorthash_BYTES];
    crypto_shorthash(hash, hasher->block, hasher->filled, hasher->secret);
    memcpy(hasher->block, hash, sizeof hash);
    hasher->filled = sizeof hash;
}

static void hash_bytes(struct key_hasher *hasher, struct ht_slice bytes)
{
    while (bytes.size > 0) {
        if (hasher->filled == sizeof hasher->block) hash_block(hasher);
        size_t part = sizeof hasher->block - hasher->filled;
        if (part > bytes.size) part = bytes.size;
        memcpy(hasher->block + hasher->filled, bytes.data, part);
        hasher->filled += part;
        bytes = ht_slice_of(bytes.data + part, bytes.size - part);
    }
}

static void hash_pieces(struct key_hasher *hasher, struct ht_json_text text)
{
    struct ht_json_pieces pieces;
    struct ht_slice piece;
    ht_json_pieces_begin(&pieces, text);
    while (ht_json_pieces_step(&pieces, &piece))
        hash_bytes(hasher, piece);
}

static uint64_t hash_key(const struct ht_json_keys *keys, uint32_t object, struct ht_json_text key)
{
    struct key_hasher hasher;
    hasher.secret = keys->secret;
    hasher.filled = sizeof object;
    memcpy(hasher.block, &object, sizeof object);
    if (key.escaped)
        hash_pieces(&hasher, key);
    else
        hash_bytes(&hasher, key.raw);
    hash_block(&hasher);

    uint64_t hash;
    memcpy(&hash, hasher.block, sizeof hash);
    return hash;
}

static bool holds_key(const struct ht_json_keys *keys, const struct ht_json_key_slot *slot, uint32_t object,
                      struct ht_json_text key)
{
    if (slot->object != object) return false;
    struct ht_json_text other = {ht_slice_of(keys->text + slot->offset, slot->size), slot->escaped};
    return ht_json_text_equal(other, key);
}

bool ht_json_keys_add(struct ht_json_keys *keys, uint32_t object, const struct ht_json_node *key)
{
    struct ht_json_text text = {ht_slice_of(keys->text + key->offset, key->size), key->escaped != 0};
    uint64_t hash = hash_key(keys, object, text);
    uint32_t check = (uint32_t)(hash >> 32);
    uint32_t at = (uint32_t)hash & keys->mask;
    while (keys->slots[at].generation == keys->generation) {
        if (keys->slots[at].check == check && holds_key(keys, &keys->slots[at], object, text)) return false;
        at = (at + 1) & keys->mask;
    }
    keys->slots[at] = (struct ht_json_key_slot){
        .generation = keys->generation,
        .check = check,
        .object = object,
        .offset = key->offset,
        .size = key->size,
        .escaped = text.escaped,
    };
    return true;
}
