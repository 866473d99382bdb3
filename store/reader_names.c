#include "reader_names.h"

#include <stdlib.h>

/* Then no more are kept, and the next span begins with none. Some megabyte; thousands of conversations at a time have
   their names in it, which a walk along the trail wants again and again. */
#define MOST_NAMES 16384

struct known_name {
    char *text;
    size_t size;
    uint32_t number;
    enum ht_kind kind;
};

struct wanted_name {
    enum ht_kind kind;
    uint32_t number;
};

static bool is_wanted(const void *entry, const void *key)
{
    const struct known_name *known = entry;
    const struct wanted_name *wanted = key;
    return known->number == wanted->number && known->kind == wanted->kind;
}

static uint64_t hash_of(enum ht_kind kind, uint32_t number)
{
    return slots_mix((uint64_t)kind << 32 | number);
}

void reader_names_init(struct ht_reader *reader)
{
    slots_init(&reader->names, sizeof(struct known_name));
}

bool reader_names_find(const struct ht_reader *reader, enum ht_kind kind, uint32_t number, struct ht_slice *name)
{
    struct wanted_name wanted = {kind, number};
    const struct known_name *known = slots_find(&reader->names, hash_of(kind, number), is_wanted, &wanted);
    if (known != NULL) *name = ht_slice_of(known->text, known->size);
    return known != NULL;
}

void reader_names_keep(struct ht_reader *reader, enum ht_kind kind, uint32_t number, struct ht_slice *name)
{
    bool room = reader->names.count < MOST_NAMES;
    char *text = room ? malloc(name->size + 1) : NULL;
    struct known_name *known = text != NULL ? slots_add(&reader->names, hash_of(kind, number)) : NULL;
    if (known == NULL) {
        free(text);
        return;
    }
    memcpy(text, name->data, name->size);
    *known = (struct known_name){.text = text, .size = name->size, .number = number, .kind = kind};
    *name = ht_slice_of(text, name->size);
}

static void forget_all(struct ht_reader *reader)
{
    for (uint32_t i = 0; i < reader->names.count; i++) {
        struct known_name *known = slots_at(&reader->names, i);
        explicit_bzero(known->text, known->size);
        free(known->text);
    }
    slots_clear(&reader->names);
}

void reader_names_tidy(struct ht_reader *reader, bool other_index)
{
    if (other_index || reader->names.count == MOST_NAMES) forget_all(reader);
}

void reader_names_release(struct ht_reader *reader)
{
    forget_all(reader);
    slots_release(&reader->names);
}
