#include "persons.h"

#include <stdlib.h>

#include "index_env.h"
#include "ref.h"
#include "seal.h"

#define REMEMBERED 16384 /* a power of two */

struct entry {
    uint8_t ref[HT_REF_SIZE];
    uint32_t key;
};

struct persons {
    struct entry entries[REMEMBERED]; /* each at the place that its ref says; a later one takes an earlier one's */
};

struct persons *persons_new(void)
{
    return calloc(1, sizeof(struct persons));
}

void persons_free(struct persons *persons)
{
    free(persons);
}

void persons_clear(struct persons *persons)
{
    memset(persons, 0, sizeof *persons);
}

static struct entry *place_of(struct persons *persons, const uint8_t *ref)
{
    uint32_t hash;
    memcpy(&hash, ref, sizeof hash); /* a ref is a keyed hash already */
    return &persons->entries[hash & (REMEMBERED - 1)];
}

static uint32_t recall(struct persons *persons, const uint8_t *ref)
{
    const struct entry *entry = place_of(persons, ref);
    return memcmp(entry->ref, ref, HT_REF_SIZE) == 0 ? entry->key : 0;
}

static void remember(struct persons *persons, const uint8_t *ref, uint32_t key)
{
    struct entry *entry = place_of(persons, ref);
    memcpy(entry->ref, ref, HT_REF_SIZE);
    entry->key = key;
}

/* Whose key it is to be. */
static const uint8_t *owner_of(const struct ht_append_person *person, enum ht_kind *kind)
{
    const struct {
        enum ht_kind kind;
        const uint8_t *ref;
    } owners[] = {
        {HT_KIND_LEAD, person->lead},
        {HT_KIND_CONVERSATION, person->conversation},
        {HT_KIND_VISITOR, person->visitor},
    };
    for (size_t i = 0; i < sizeof owners / sizeof *owners; i++) {
        *kind = owners[i].kind;
        if (!ref_is_none(owners[i].ref)) return owners[i].ref;
    }
    return NULL;
}

static enum ht_status recall_key(struct persons *persons, struct ht_reader *reader, const uint8_t *ref,
                                 enum ht_kind kind, uint32_t *key, struct ht_error *err)
{
    *key = recall(persons, ref);
    if (*key != 0) return HT_OK;
    enum ht_status status = index_person_key(reader, kind, ref, key, err);
    if (status == HT_OK) return HT_OK;
    *key = 0;
    return status == HT_NOT_FOUND || status == HT_CORRUPT ? HT_OK : status;
}

/* Whose key is damaged gets another: what was sealed under it is lost, but not what comes. */
static enum ht_status find_key(struct persons *persons, struct ht_store *store, struct ht_reader *reader,
                               const uint8_t *ref, enum ht_kind kind, uint32_t *key, struct ht_error *err)
{
    bool usable = false;
    enum ht_status status = recall_key(persons, reader, ref, kind, key, err);
    if (status != HT_OK || *key == 0) return status;
    status = keyring_usable(store->keyring, *key, &usable, err);
    if (!usable) *key = 0;
    return status;
}

enum ht_status persons_key(struct persons *persons, struct ht_store *store, MDB_txn *txn, struct ht_reader *reader,
                           const struct ht_append_person *person, uint32_t *key, struct ht_error *err)
{
    enum ht_kind kind;
    *key = 0;
    if (store->keyring == NULL) return HT_OK;
    const uint8_t *owner = owner_of(person, &kind);
    enum ht_status status = owner != NULL ? find_key(persons, store, reader, owner, kind, key, err) : HT_OK;
    if (status == HT_OK && *key == 0) status = seal_give_key(store, txn, key, err);
    if (status != HT_OK || owner == NULL) return status;
    remember(persons, owner, *key);
    /* Once its lead is known, a conversation's events are sealed by the lead's key. */
    if (kind == HT_KIND_LEAD && !ref_is_none(person->conversation)) remember(persons, person->conversation, *key);
    return HT_OK;
}
