/* The keys of one JSON text, so that a duplicate shows in constant time: a hash table that is emptied by counting up.

   Hashes are SipHash-2-4 (Aumasson and Bernstein, 2012) under a secret of the workspace, over the object and the key's
   value: whoever writes the text cannot aim at a slot. */
#ifndef HOOKTRAIL_STORE_JSON_KEYS_H
#define HOOKTRAIL_STORE_JSON_KEYS_H

#include <sodium.h>

#include "hooktrail/json.h"
#include "json_text.h"

/* A key and its value are two nodes, so half the slots stay free at least. */
#define HT_JSON_KEY_SLOTS HT_JSON_MAX_NODES

struct ht_json_key_slot {
    uint32_t generation; /* the text it belongs to; of another text: free */
    uint32_t check;      /* upper half of the hash */
    uint32_t object;     /* node of the object */
    uint32_t offset;     /* of the key in the text */
    uint32_t size;
    bool escaped;
};

struct ht_json_keys {
    uint32_t generation;
    uint32_t mask;  /* slots in use, less one: few for a small text, which then stay in the cache */
    uint32_t ready; /* slots from the first on that have been zeroed; the others have not been touched */
    const char *text;
    unsigned char secret[crypto_shorthash_KEYBYTES];
    struct ht_json_key_slot slots[HT_JSON_KEY_SLOTS];
};

/* Takes a table into use whatever is in it: three megabytes of slots are zeroed as they are needed, so that a workspace
   for a small text costs little. sodium_init must have been called. */
void ht_json_keys_init(struct ht_json_keys *keys);

/* Forgets all keys; those that follow come from `text`. */
void ht_json_keys_begin(struct ht_json_keys *keys, struct ht_slice text);

/* Adds the key of the node `key` to the object of node `object`; false if that has one of the same value already. */
bool ht_json_keys_add(struct ht_json_keys *keys, uint32_t object, const struct ht_json_node *key);

#endif
