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
    if (reader->index == NULL) return index_fail_locked(err);
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

/* Puts the cursor on the least seq of at least `seq`. */
static int seek_least(struct ht_postings *postings, uint64_t seq, uint64_t *found)
{
    if (postings->at != 0 && seq > postings->at) { /* walking on: nearly always it is the next one */
        int code = move(postings, MDB_NEXT_DUP, found);
        if (code != 0 || *found >= seq) return code;
    }
    *found = seq;
    return move(postings, MDB_GET_BOTH_RANGE, found);
}

/* Puts the cursor on the greatest seq of at most `seq`. */
static int seek_greatest(struct ht_postings *postings, uint64_t seq, uint64_t *found)
{
    if (seq < postings->at) { /* walking back */
        int code = move(postings, MDB_PREV_DUP, found);
        if (code != 0 || *found <= seq) return code;
    }
    *found = seq;
    int code = move(postings, MDB_GET_BOTH_RANGE, found);
    if (code == MDB_NOTFOUND) return last_of_all(postings, found);
    return code == 0 && *found > seq ? move(postings, MDB_PREV_DUP, found) : code;
}

static enum ht_status answer(struct ht_postings *postings, uint64_t seq, uint64_t *found,
                             int (*seek)(struct ht_postings *postings, uint64_t seq, uint64_t *found),
                             struct ht_error *err)
{
    assert(postings->reader->begun);
    if (postings->count == 0) return no_more(err);
    int code = 0;
    uint64_t sought = postings->at;
    if (seq == 0 || sought != seq) code = seek(postings, seq, &sought);
    if (code == MDB_NOTFOUND) return no_more(err);
    if (code != 0) return index_fail(INDEX_POSTINGS, code, err);
    *found = sought;
    return HT_OK;
}

enum ht_status ht_postings_at_least(struct ht_postings *postings, uint64_t seq, uint64_t *found, struct ht_error *err)
{
    return answer(postings, seq, found, seek_least, err);
}

enum ht_status ht_postings_at_most(struct ht_postings *postings, uint64_t seq, uint64_t *found, struct ht_error *err)
{
    return answer(postings, seq, found, seek_greatest, err);
}
