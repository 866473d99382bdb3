#include <assert.h>
#include <stdlib.h>

#include "hooktrail/encode.h"
#include "index_codec.h"

struct ht_postings {
    struct ht_reader *reader;
    MDB_cursor *cursor;
    uint64_t count;
    uint64_t at; /* the seq that the cursor is on; 0: on none */
    uint8_t key[INDEX_ENTITY_KEY_SIZE];
};

static enum ht_status count_all(struct ht_postings *postings, struct ht_error *err)
{
    MDB_val key = val_of(postings->key, sizeof postings->key);
    MDB_val value;
    size_t count = 0;
    int code = mdb_cursor_get(postings->cursor, &key, &value, MDB_SET_KEY);
    if (code == MDB_NOTFOUND) return HT_OK;
    if (code == 0) code = mdb_cursor_count(postings->cursor, &count);
    postings->count = count;
    return code == 0 ? HT_OK : index_fail(INDEX_POSTINGS, code, err);
}

enum ht_status ht_postings_open(struct ht_reader *reader, enum ht_kind kind, uint32_t number,
                                struct ht_postings **postings, struct ht_error *err)
{
    assert(reader->begun);
    assert(kind >= HT_KIND_AGENT && kind <= HT_KIND_TYPE);
    *postings = NULL;
    struct ht_postings *made = calloc(1, sizeof *made);
    if (made == NULL) return ht_fail(err, HT_NO_MEMORY, "reading the index");
    made->reader = reader;
    index_key_entity(made->key, kind, number);
    int code = mdb_cursor_open(reader->index_txn, reader->index->tables[INDEX_POSTINGS], &made->cursor);
    enum ht_status status = code == 0 ? count_all(made, err) : index_fail(INDEX_POSTINGS, code, err);
    if (status == HT_OK) {
        *postings = made;
    } else {
        ht_postings_close(made);
    }
    return status;
}

void ht_postings_close(struct ht_postings *postings)
{
    if (postings == NULL) return;
    if (postings->cursor != NULL) mdb_cursor_close(postings->cursor);
    free(postings);
}

uint64_t ht_postings_count(const struct ht_postings *postings)
{
    return postings->count;
}

static enum ht_status no_more(struct ht_error *err)
{
    return ht_fail(err, HT_NOT_FOUND, "no more events");
}

/* Moves the cursor and reads the seq it comes to; MDB_NOTFOUND leaves it on none. */
static int move(struct ht_postings *postings, MDB_cursor_op op, uint64_t *seq)
{
    MDB_val key = val_of(postings->key, sizeof postings->key);
    MDB_val value;
    uint8_t wanted[8];
    ht_put_be64(wanted, *seq);
    value = val_of(wanted, sizeof wanted);
    postings->at = 0;
    int code = mdb_cursor_get(postings->cursor, &key, &value, op);
    if (code != 0) return code;
    if (value.mv_size != 8) return MDB_CORRUPTED;
    *seq = postings->at = ht_get_be64(value.mv_data);
    return 0;
}

static int last_of_all(struct ht_postings *postings, uint64_t *seq)
{
    int code = move(postings, MDB_SET_KEY, seq);
    return code == 0 ? move(postings, MDB_LAST_DUP, seq) : code;
}

enum ht_status ht_postings_at_least(struct ht_postings *postings, uint64_t seq, uint64_t *found, struct ht_error *err)
{
    assert(postings->reader->begun);
    if (postings->count == 0) return no_more(err);
    if (seq == postings->at && seq != 0) {
        *found = seq;
        return HT_OK;
    }
    int code = 0;
    uint64_t next = 0;
    if (postings->at != 0 && seq > postings->at) { /* walking on: nearly always it is the next one */
        code = move(postings, MDB_NEXT_DUP, &next);
        if (code == MDB_NOTFOUND) return no_more(err);
    }
    if (code == 0 && next < seq) {
        next = seq;
        code = move(postings, MDB_GET_BOTH_RANGE, &next);
    } else if (code == 0 && next == 0) { /* seq 0 asks for the first */
        code = move(postings, MDB_SET_KEY, &next);
    }
    if (code == MDB_NOTFOUND) return no_more(err);
    if (code != 0) return index_fail(INDEX_POSTINGS, code, err);
    *found = next;
    return HT_OK;
}

enum ht_status ht_postings_at_most(struct ht_postings *postings, uint64_t seq, uint64_t *found, struct ht_error *err)
{
    assert(postings->reader->begun);
    if (postings->count == 0) return no_more(err);
    if (seq == postings->at && seq != 0) {
        *found = seq;
        return HT_OK;
    }
    int code = 0;
    uint64_t reached = UINT64_MAX;
    if (seq < postings->at) { /* walking back */
        code = move(postings, MDB_PREV_DUP, &reached);
        if (code == MDB_NOTFOUND) return no_more(err);
    }
    if (code == 0 && reached > seq) {
        reached = seq;
        code = move(postings, MDB_GET_BOTH_RANGE, &reached);
        if (code == MDB_NOTFOUND) {
            code = last_of_all(postings, &reached);
        } else if (code == 0 && reached > seq) {
            code = move(postings, MDB_PREV_DUP, &reached);
        }
    }
    if (code == MDB_NOTFOUND) return no_more(err);
    if (code != 0) return index_fail(INDEX_POSTINGS, code, err);
    *found = reached;
    return HT_OK;
}
