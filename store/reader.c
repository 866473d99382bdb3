#include <assert.h>
#include <stdlib.h>

#include "store.h"

enum ht_status ht_reader_new(struct ht_store *store, struct ht_reader **reader, struct ht_error *err)
{
    *reader = calloc(1, sizeof **reader);
    if (*reader == NULL) return ht_fail(err, HT_NO_MEMORY, "out of memory");
    (*reader)->store = store;
    return HT_OK;
}

static void drop_index(struct ht_reader *reader)
{
    if (reader->index_txn != NULL) mdb_txn_abort(reader->index_txn);
    if (reader->index != NULL) index_env_release(reader->index);
    reader->index_txn = NULL;
    reader->index = NULL;
}

void ht_reader_free(struct ht_reader *reader)
{
    if (reader == NULL) return;
    drop_index(reader);
    if (reader->trail_txn != NULL) mdb_txn_abort(reader->trail_txn);
    free(reader);
}

/* Begins or renews a read-only transaction, which keeps its slot in the reader table between spans. */
static enum ht_status renew(MDB_env *env, MDB_txn **txn, const char *what, struct ht_error *err)
{
    int code = *txn != NULL ? mdb_txn_renew(*txn) : mdb_txn_begin(env, NULL, MDB_RDONLY, txn);
    return code == 0 ? HT_OK : env_fail(err, code, what);
}

enum ht_status ht_reader_begin(struct ht_reader *reader, struct ht_error *err)
{
    assert(!reader->begun);
    struct index_env *current = index_env_acquire(reader->store);
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

void ht_reader_end(struct ht_reader *reader)
{
    assert(reader->begun);
    mdb_txn_reset(reader->index_txn);
    mdb_txn_reset(reader->trail_txn);
    reader->begun = false;
}
