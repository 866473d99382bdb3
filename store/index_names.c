#include "hooktrail/encode.h"
#include "index_batch.h"
#include "index_seal.h"
#include "ref.h"

struct batch_name {
    uint64_t offset; /* in batch->texts */
    uint32_t size;
    uint32_t number;
    uint8_t kind;
};

struct wanted_name {
    const struct index_batch *batch;
    enum ht_kind kind;
    struct ht_slice text;
};

void index_names_init(struct index_batch *batch)
{
    slots_init(&batch->names, sizeof(struct batch_name));
}

static bool is_wanted(const void *entry, const void *key)
{
    const struct batch_name *name = entry;
    const struct wanted_name *wanted = key;
    return name->kind == (uint8_t)wanted->kind &&
           ht_slice_equal(ht_slice_of(wanted->batch->texts.data + name->offset, name->size), wanted->text);
}

static enum ht_status keep(struct index_batch *batch, const struct wanted_name *wanted, uint64_t hash, uint32_t number,
                           struct ht_error *err)
{
    size_t offset = batch->texts.size;
    ht_buffer_add(&batch->texts, wanted->text);
    enum ht_status status = ht_buffer_status(&batch->texts, err);
    if (status != HT_OK) return status;
    struct batch_name *name = slots_add(&batch->names, hash);
    if (name == NULL) return ht_fail(err, HT_NO_MEMORY, "indexing");
    *name = (struct batch_name){offset, (uint32_t)wanted->text.size, number, (uint8_t)wanted->kind};
    return HT_OK;
}

static enum ht_status put_name(struct index_batch *batch, const struct wanted_name *wanted, uint32_t number,
                               struct ht_error *err)
{
    uint8_t bytes[INDEX_ENTITY_KEY_SIZE];
    struct ht_slice stored;
    enum ht_status status =
        index_seal_name(batch->index, wanted->kind, number, wanted->text, &batch->sealed, &stored, err);
    if (status != HT_OK) return status;
    index_key_entity(bytes, wanted->kind, number);
    MDB_val key = val_of(bytes, sizeof bytes), value = val_of(stored.data, stored.size);
    int code = mdb_put(batch->txn, batch->index->tables[INDEX_NAMES], &key, &value, 0);
    return code == 0 ? HT_OK : index_fail(INDEX_NAMES, code, err);
}

/* The number under a key of `ids`, given now if there is none yet. */
static enum ht_status take_number(struct index_batch *batch, enum ht_kind kind, MDB_val key, uint32_t *number,
                                  bool *given, struct ht_error *err)
{
    uint8_t bytes[4];
    MDB_val value;
    int code = mdb_get(batch->txn, batch->index->tables[INDEX_IDS], &key, &value);
    *given = code == MDB_NOTFOUND;
    if (code == 0) return index_read_u32(INDEX_IDS, key, value, number, err);
    if (code != MDB_NOTFOUND) return index_fail(INDEX_IDS, code, err);
    if (batch->counts[kind] == UINT32_MAX) return ht_fail(err, HT_FULL, "the index has given all numbers out");
    *number = ++batch->counts[kind];
    ht_put_be32(bytes, *number);
    value = val_of(bytes, sizeof bytes);
    code = mdb_put(batch->txn, batch->index->tables[INDEX_IDS], &key, &value, 0);
    return code == 0 ? HT_OK : index_fail(INDEX_IDS, code, err);
}

/* A conversation may have got its number from a tombstone, which has no name for it. */
static enum ht_status lacks_name(struct index_batch *batch, enum ht_kind kind, uint32_t number, bool *lacks,
                                 struct ht_error *err)
{
    uint8_t bytes[INDEX_ENTITY_KEY_SIZE];
    MDB_val value;
    *lacks = false;
    if (kind != HT_KIND_CONVERSATION || batch->index->erasures == 0) return HT_OK;
    index_key_entity(bytes, kind, number);
    MDB_val key = val_of(bytes, sizeof bytes);
    int code = mdb_get(batch->txn, batch->index->tables[INDEX_NAMES], &key, &value);
    *lacks = code == MDB_NOTFOUND;
    return code == 0 || code == MDB_NOTFOUND ? HT_OK : index_fail(INDEX_NAMES, code, err);
}

static enum ht_status look_up(struct index_batch *batch, const struct wanted_name *wanted, uint32_t *number,
                              struct ht_error *err)
{
    uint8_t bytes[INDEX_ID_KEY_SIZE], ref[HT_REF_SIZE];
    bool lacks;
    ref_of_key(batch->index->hash_key, (uint8_t)wanted->kind, wanted->text, ref);
    index_key_id(bytes, wanted->kind, ref);
    enum ht_status status = take_number(batch, wanted->kind, val_of(bytes, sizeof bytes), number, &lacks, err);
    if (status == HT_OK && !lacks) status = lacks_name(batch, wanted->kind, *number, &lacks, err);
    return status == HT_OK && lacks ? put_name(batch, wanted, *number, err) : status;
}

enum ht_status index_batch_unnamed(struct index_batch *batch, enum ht_kind kind, const uint8_t ref[HT_REF_SIZE],
                                   uint32_t *number, struct ht_error *err)
{
    uint8_t bytes[INDEX_ID_KEY_SIZE];
    bool given;
    index_key_id(bytes, kind, ref);
    return take_number(batch, kind, val_of(bytes, sizeof bytes), number, &given, err);
}

enum ht_status index_batch_number(struct index_batch *batch, enum ht_kind kind, struct ht_slice text, uint64_t hash,
                                  uint32_t *number, struct ht_error *err)
{
    struct wanted_name wanted = {batch, kind, text};
    const struct batch_name *known = slots_find(&batch->names, hash, is_wanted, &wanted);
    if (known != NULL) {
        *number = known->number;
        return HT_OK;
    }
    enum ht_status status = look_up(batch, &wanted, number, err);
    return status == HT_OK ? keep(batch, &wanted, hash, *number, err) : status;
}
