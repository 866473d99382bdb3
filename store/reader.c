#include <assert.h>
#include <stdlib.h>

#include "hooktrail/reading.h"
#include "index_env.h"
#include "reader_names.h"

#define SPACE_KEPT 4096  /* bytes of one */
#define SPACES_KEPT 2048 /* some more than the names of a page of rows */

enum ht_status ht_reader_new(struct ht_store *store, struct ht_reader **reader, struct ht_error *err)
{
    *reader = calloc(1, sizeof **reader);
    if (*reader == NULL) return ht_fail(err, HT_NO_MEMORY, "out of memory");
    (*reader)->store = store;
    reader_names_init(*reader);
    return HT_OK;
}

static void drop_index(struct ht_reader *reader)
{
    if (reader->index_txn != NULL) mdb_txn_abort(reader->index_txn);
    if (reader->index != NULL) index_env_release(reader->index);
    reader->index_txn = NULL;
    reader->index = NULL;
}

struct ht_buffer *reader_space(struct ht_reader *reader)
{
    if (reader->space_used == reader->space_count) {
        size_t count = reader->space_count > 0 ? 2 * reader->space_count : 8;
        struct ht_buffer **spaces = realloc(reader->spaces, count * sizeof(struct ht_buffer *));
        if (spaces == NULL) return NULL;
        memset(spaces + reader->space_count, 0, (count - reader->space_count) * sizeof(struct ht_buffer *));
        reader->spaces = spaces;
        reader->space_count = count;
    }
    struct ht_buffer **space = &reader->spaces[reader->space_used];
    if (*space == NULL) *space = calloc(1, sizeof **space);
    if (*space == NULL) return NULL;
    reader->space_used++;
    ht_buffer_clear(*space);
    return *space;
}

/* Small ones are kept for the next span, but not more than a usual one needs. */
void reader_spaces_reset(struct ht_reader *reader)
{
    for (size_t i = 0; i < reader->space_used; i++) {
        struct ht_buffer **space = &reader->spaces[i];
        if (i >= SPACES_KEPT || (*space)->capacity > SPACE_KEPT) ht_buffer_wipe(*space);
        if (i < SPACES_KEPT) continue;
        free(*space);
        *space = NULL;
    }
    reader->space_used = 0;
}

void reader_spaces_release(struct ht_reader *reader)
{
    for (size_t i = 0; i < reader->space_count; i++) {
        if (reader->spaces[i] != NULL) ht_buffer_wipe(reader->spaces[i]);
        free(reader->spaces[i]);
    }
    free(reader->spaces);
    reader->spaces = NULL;
    reader->space_count = reader->space_used = 0;
}

const struct ht_tools *ht_reader_tools(struct ht_reader *reader)
{
    struct ht_tools *tools = &reader->tools;
    if (tools->unpacker == NULL) tools->unpacker = ht_unpacker_new();
    if (tools->json == NULL) tools->json = ht_json_new();
    if (tools->reading == NULL) tools->reading = ht_reading_new();
    return tools->unpacker != NULL && tools->json != NULL && tools->reading != NULL ? tools : NULL;
}

void reader_tools_release(struct ht_reader *reader)
{
    ht_unpacker_free(reader->tools.unpacker);
    ht_json_free(reader->tools.json);
    ht_reading_free(reader->tools.reading);
    reader->tools = (struct ht_tools){0};
}

void ht_reader_free(struct ht_reader *reader)
{
    if (reader == NULL) return;
    drop_index(reader);
    if (reader->trail_txn != NULL) mdb_txn_abort(reader->trail_txn);
    reader_spaces_release(reader);
    reader_names_release(reader);
    reader_tools_release(reader);
    free(reader);
}

/* Begins or renews a read-only transaction, which keeps its slot in the reader table between spans. */
static enum ht_status renew(MDB_env *env, MDB_txn **txn, const char *what, struct ht_error *err)
{
    int code = *txn != NULL ? mdb_txn_renew(*txn) : mdb_txn_begin(env, NULL, MDB_RDONLY, txn);
    return code == 0 ? HT_OK : env_fail(err, code, what);
}

enum ht_status reader_begin_trail(struct ht_reader *reader, struct ht_error *err)
{
    enum ht_status status = renew(reader->store->trail.env, &reader->trail_txn, "reading the trail", err);
    reader->begun = status == HT_OK;
    return status;
}

enum ht_status ht_reader_begin(struct ht_reader *reader, struct ht_error *err)
{
    assert(!reader->begun);
    struct index_env *current = index_env_acquire(reader->store);
    if (current == NULL) return reader_begin_trail(reader, err); /* without the master key it can't be read */
    reader_names_tidy(reader, current != reader->index);
    if (current == reader->index) {
        index_env_release(current);
    } else {
        drop_index(reader);
        reader->index = current;
    }
    /* The index first: what it holds is in the trail, so a trail snapshot taken later covers it. */
    enum ht_status status = renew(index_env_mdb(reader->index), &reader->index_txn, "reading the index", err);
    if (status != HT_OK) return status;
    status = renew(reader->store->trail.env, &reader->trail_txn, "reading the trail", err);
    if (status != HT_OK) {
        mdb_txn_reset(reader->index_txn);
        return status;
    }
    reader->begun = true;
    return HT_OK;
}

/* LMDB lets a transaction do nothing more that has met a rotten page. */
static void note_damage(struct ht_reader *reader)
{
    MDB_stat stat;
    if (mdb_stat(reader->index_txn, reader->index->tables[INDEX_META], &stat) == MDB_BAD_TXN)
        atomic_store(&reader->index->damaged, true);
}

void ht_reader_end(struct ht_reader *reader)
{
    assert(reader->begun);
    reader_spaces_reset(reader);
    if (reader->index_txn != NULL) {
        note_damage(reader);
        mdb_txn_reset(reader->index_txn);
    }
    mdb_txn_reset(reader->trail_txn);
    reader->begun = false;
}
