#include "hooktrail/encode.h"
#include "index_batch.h"

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

static enum ht_status give_number(struct index_batch *batch, MDB_val *key, const struct wanted_name *wanted,
                                  uint32_t *number, struct ht_error *err)
{
    uint8_t bytes[4], name[INDEX_ENTITY_KEY_SIZE];
    if (batch->counts[wanted->kind] == UINT32_MAX) return ht_fail(err, HT_FULL, "the index has given all numbers out");
    *number = ++batch->counts[wanted->kind];

    ht_put_be32(bytes, *number);
    MDB_val value = val_of(bytes, sizeof bytes);
    int code = mdb_put(batch->txn, batch->index->tables[INDEX_IDS], key, &value, 0);
    if (code != 0) return index_fail(INDEX_IDS, code, err);

    index_key_entity(name, wanted->kind, *number);
    MDB_val name_key = val_of(name, sizeof name);
    MDB_val text = val_of(wanted->text.data, wanted->text.size);
    code = mdb_put(batch->txn, batch->index->tables[INDEX_NAMES], &name_key, &text, 0);
    return code == 0 ? HT_OK : index_fail(INDEX_NAMES, code, err);
}

static enum ht_status look_up(struct index_batch *batch, const struct wanted_name *wanted, uint32_t *number,
                              struct ht_error *err)
{
    uint8_t bytes[INDEX_ID_KEY_SIZE];
    MDB_val key = val_of(bytes, index_key_id(bytes, wanted->kind, wanted->text));
    MDB_val value;
    int code = mdb_get(batch->txn, batch->index->tables[INDEX_IDS], &key, &value);
    if (code == 0) return index_read_u32(INDEX_IDS, key, value, number, err);
    if (code != MDB_NOTFOUND) return index_fail(INDEX_IDS, code, err);
    return give_number(batch, &key, wanted, number, err);
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
