#include "index_batch.h"

#include <assert.h>
#include <sodium.h>
#include <stdlib.h>

#include "hooktrail/encode.h"

#define MOST_CACHED 65536 /* entries of one cache that are kept from batch to batch */
#define MOST_DAYS 4096    /* of days, which are all looked through at each commit */

struct index_batch *index_batch_new(struct index_env *index)
{
    struct index_batch *batch = calloc(1, sizeof *batch);
    if (batch == NULL) return NULL;
    atomic_fetch_add(&index->references, 1);
    batch->index = index;
    index_names_init(batch);
    slots_init(&batch->summaries, sizeof(struct batch_summary));
    slots_init(&batch->dailies, sizeof(struct batch_daily));
    slots_init(&batch->links, sizeof(uint64_t));
    return batch;
}

void index_batch_free(struct index_batch *batch)
{
    if (batch == NULL) return;
    index_batch_abort(batch);
    slots_release(&batch->names);
    slots_release(&batch->summaries);
    slots_release(&batch->dailies);
    slots_release(&batch->links);
    ht_buffer_wipe(&batch->texts);
    ht_buffer_release(&batch->posts);
    ht_buffer_release(&batch->dirty);
    ht_buffer_release(&batch->duplicates);
    ht_buffer_release(&batch->keys);
    ht_buffer_release(&batch->sealed);
    index_env_release(batch->index);
    free(batch);
}

static void clear_gathered(struct index_batch *batch)
{
    ht_buffer_clear(&batch->posts);
    ht_buffer_clear(&batch->dirty);
    ht_buffer_clear(&batch->duplicates);
    ht_buffer_clear(&batch->keys);
}

static void clear_caches(struct index_batch *batch)
{
    slots_clear(&batch->names);
    slots_clear(&batch->summaries);
    slots_clear(&batch->dailies);
    slots_clear(&batch->links);
    ht_buffer_clear(&batch->texts);
    batch->hour = batch->minute = (struct batch_span){0};
    batch->cached = false;
}

static bool is_crowded(const struct index_batch *batch)
{
    return batch->names.count > MOST_CACHED || batch->summaries.count > MOST_CACHED ||
           batch->dailies.count > MOST_DAYS || batch->links.count > MOST_CACHED;
}

static enum ht_status read_counts(struct index_batch *batch, struct ht_error *err)
{
    MDB_val key = val_of("counts", 6);
    MDB_val value;
    int code = mdb_get(batch->txn, batch->index->tables[INDEX_META], &key, &value);
    if (code == MDB_NOTFOUND || (code == 0 && value.mv_size != INDEX_COUNTS_SIZE))
        return index_corrupt(INDEX_META, key, err);
    if (code != 0) return index_fail(INDEX_META, code, err);
    const uint8_t *count = value.mv_data;
    for (int kind = 1; kind < HT_KIND_COUNT; kind++, count += 4)
        batch->counts[kind] = ht_get_be32(count);
    return HT_OK;
}

static enum ht_status read_state(struct index_batch *batch, struct ht_error *err)
{
    struct ht_position found;
    enum ht_status status = index_env_position(batch->index, batch->txn, &found, err);
    if (status == HT_OK) status = read_counts(batch, err);
    if (status != HT_OK) return status;
    bool same = found.seq == batch->position.seq && found.repeat == batch->position.repeat;
    if (!same || !batch->cached || is_crowded(batch)) clear_caches(batch);
    batch->position = found;
    return HT_OK;
}

enum ht_status index_batch_begin(struct index_batch *batch, struct ht_error *err)
{
    assert(batch->txn == NULL);
    int code = mdb_txn_begin(batch->index->env, NULL, 0, &batch->txn);
    if (code != 0) return env_fail(err, code, "writing the index");
    clear_gathered(batch);
    enum ht_status status = read_state(batch, err);
    if (status == HT_OK) {
        code = mdb_cursor_open(batch->txn, batch->index->tables[INDEX_ROWS], &batch->rows);
        if (code != 0) status = index_fail(INDEX_ROWS, code, err);
    }
    if (status != HT_OK) index_batch_abort(batch);
    return status;
}

static enum ht_status put_meta(struct index_batch *batch, const char *name, const uint8_t *bytes, size_t size,
                               struct ht_error *err)
{
    MDB_val key = val_of(name, strlen(name));
    MDB_val value = val_of(bytes, size);
    int code = mdb_put(batch->txn, batch->index->tables[INDEX_META], &key, &value, 0);
    return code == 0 ? HT_OK : index_fail(INDEX_META, code, err);
}

static enum ht_status write_state(struct index_batch *batch, struct ht_error *err)
{
    uint8_t position[16], counts[INDEX_COUNTS_SIZE];
    ht_put_be64(position, batch->position.seq);
    ht_put_be64(position + 8, batch->position.repeat);
    uint8_t *count = counts;
    for (int kind = 1; kind < HT_KIND_COUNT; kind++, count += 4)
        ht_put_be32(count, batch->counts[kind]);
    enum ht_status status = put_meta(batch, "position", position, sizeof position, err);
    if (status == HT_OK) status = put_meta(batch, "counts", counts, sizeof counts, err);
    return status;
}

enum ht_status index_batch_commit(struct index_batch *batch, struct ht_error *err)
{
    assert(batch->txn != NULL);
    enum ht_status status = index_summaries_flush(batch, err);
    if (status == HT_OK) status = index_counts_flush(batch, err);
    if (status == HT_OK) status = write_state(batch, err);
    if (status != HT_OK) {
        index_batch_abort(batch);
        return status;
    }
    mdb_cursor_close(batch->rows);
    int code = mdb_txn_commit(batch->txn);
    batch->txn = NULL;
    batch->cached = code == 0;
    return code == 0 ? HT_OK : env_fail(err, code, "writing the index");
}

void index_batch_abort(struct index_batch *batch)
{
    if (batch->txn == NULL) return;
    mdb_txn_abort(batch->txn); /* and with it the cursor */
    batch->txn = NULL;
    batch->cached = false;
}
