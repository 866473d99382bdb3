#include "parquet_dictionary.h"

#include <endian.h>
#include <stdlib.h>

#define SLOTS (2 * DICTIONARY_MOST)
#define LONGEST_PROBE 256 /* of slots: only values made up to collide need more (one in 2^70 by chance) */
#define SIZE_BYTES 4

void dictionary_release(struct dictionary *dictionary)
{
    ht_buffer_release(&dictionary->values);
    free(dictionary->starts);
    free(dictionary->slots);
    *dictionary = (struct dictionary){0};
}

void dictionary_clear(struct dictionary *dictionary)
{
    ht_buffer_clear(&dictionary->values);
    if (dictionary->count > 0) memset(dictionary->slots, 0, SLOTS * sizeof *dictionary->slots);
    dictionary->count = dictionary->last = 0;
    dictionary->seen = 0;
}

void dictionary_add_sized(struct ht_buffer *out, struct ht_slice value)
{
    uint32_t size = htole32((uint32_t)value.size);
    char *to = ht_buffer_reserve(out, SIZE_BYTES + value.size);
    if (!to) return;
    memcpy(to, &size, SIZE_BYTES);
    if (value.size > 0) memcpy(to + SIZE_BYTES, value.data, value.size);
    out->size += SIZE_BYTES + value.size;
}

struct ht_slice dictionary_entry(const struct dictionary *dictionary, uint32_t entry)
{
    uint32_t start = dictionary->starts[entry];
    return ht_slice_of(dictionary->values.data + start, dictionary->starts[entry + 1] - start);
}

static uint64_t mix(uint64_t hash, uint64_t word)
{
    hash = (hash ^ word) * UINT64_C(0x9e3779b97f4a7c15);
    return hash ^ hash >> 32;
}

/* The numbers of entries do not depend on it: the same bytes come out whatever it is. */
static uint32_t hash_of(struct ht_slice value)
{
    uint64_t hash = value.size, word;
    for (; value.size >= sizeof word; value = ht_slice_of(value.data + sizeof word, value.size - sizeof word)) {
        memcpy(&word, value.data, sizeof word);
        hash = mix(hash, le64toh(word));
    }
    word = 0;
    if (value.size > 0) memcpy(&word, value.data, value.size);
    return (uint32_t)mix(mix(hash, le64toh(word)), 0);
}

static bool is_entry(const struct dictionary *dictionary, uint32_t entry, struct ht_slice value, bool sized)
{
    struct ht_slice plain = dictionary_entry(dictionary, entry);
    size_t before = sized ? SIZE_BYTES : 0;
    return ht_slice_equal(ht_slice_of(plain.data + before, plain.size - before), value);
}

static bool make_tables(struct dictionary *dictionary)
{
    dictionary->starts = calloc(DICTIONARY_MOST + 1, sizeof *dictionary->starts);
    dictionary->slots = calloc(SLOTS, sizeof *dictionary->slots);
    if (dictionary->starts && dictionary->slots) return true;
    dictionary_release(dictionary);
    return false;
}

/* Whether one more entry is worth while. */
static bool has_room(const struct dictionary *dictionary, struct ht_slice value)
{
    if (dictionary->count == DICTIONARY_MOST || dictionary->values.size + value.size > DICTIONARY_BYTES) return false;
    return dictionary->count < DICTIONARY_TRIAL || 2 * (uint64_t)dictionary->count <= dictionary->seen;
}

static enum ht_status add_entry(struct dictionary *dictionary, struct ht_slice value, bool sized, struct ht_error *err)
{
    if (!has_room(dictionary, value)) return HT_TOO_LARGE;
    if (sized) {
        dictionary_add_sized(&dictionary->values, value);
    } else {
        ht_buffer_add(&dictionary->values, value);
    }
    dictionary->starts[++dictionary->count] = (uint32_t)dictionary->values.size;
    return ht_buffer_status(&dictionary->values, err);
}

/* The slot of a value, or the free one for it; NULL if it would take too long to find. */
static struct dictionary_slot *find_slot(const struct dictionary *dictionary, struct ht_slice value, uint32_t hash,
                                         bool sized)
{
    for (uint32_t probe = 0; probe < LONGEST_PROBE; probe++) {
        struct dictionary_slot *slot = &dictionary->slots[(hash + probe) % SLOTS];
        if (slot->entry == 0) return slot;
        if (slot->hash == hash && is_entry(dictionary, slot->entry - 1, value, sized)) return slot;
    }
    return NULL;
}

enum ht_status dictionary_find(struct dictionary *dictionary, struct ht_slice value, bool sized, uint32_t *entry,
                               struct ht_error *err)
{
    if (value.size > DICTIONARY_LONGEST) return HT_TOO_LARGE;
    if (!dictionary->slots && !make_tables(dictionary))
        return ht_fail(err, HT_NO_MEMORY, "out of memory for a dictionary");

    dictionary->seen++;
    *entry = dictionary->last;
    if (dictionary->count > 0 && is_entry(dictionary, *entry, value, sized)) return HT_OK;
    uint32_t hash = hash_of(value);
    struct dictionary_slot *slot = find_slot(dictionary, value, hash, sized);
    if (!slot) return HT_TOO_LARGE;
    if (slot->entry == 0) {
        enum ht_status status = add_entry(dictionary, value, sized, err);
        if (status != HT_OK) return status;
        *slot = (struct dictionary_slot){hash, dictionary->count};
    }
    *entry = dictionary->last = slot->entry - 1;
    return HT_OK;
}
