#include "verify_walk.h"

#include <stdarg.h>
#include <stdio.h>

#include "hooktrail/time.h"
#include "keyring.h"

#define SPAN_ROWS 1000
#define SPAN_TIME (HT_SECOND / 10)
#define LONGEST_KEY 511 /* of LMDB's */
#define FEW 1000

/* Numbers that are missing are told one by one, but not for ever: a damaged last key may claim any number. */
static uint64_t reach_of(uint64_t last, uint64_t entries)
{
    return last / 2 > entries + FEW ? entries : last;
}

static enum ht_status look_at_ends(struct verify *verify, struct ht_error *err)
{
    MDB_stat stat;
    MDB_txn *txn = verify->reader->trail_txn;
    enum ht_status status = ht_trail_position(verify->reader, &verify->end, err);
    if (status == HT_OK) status = trail_last(txn, verify->store->trail.acts, &verify->acts, err);
    if (status != HT_OK) return status;
    int code = mdb_stat(txn, verify->store->trail.events, &stat);
    if (code != 0) return env_fail(err, code, "counting events");
    verify->events = stat.ms_entries;
    verify->reach = reach_of(verify->end.seq, stat.ms_entries);
    code = mdb_stat(txn, verify->store->trail.acts, &stat);
    if (code != 0) return env_fail(err, code, "counting acts");
    verify->acts = reach_of(verify->acts, stat.ms_entries);
    return HT_OK;
}

enum ht_status verify_init(struct verify *verify, struct ht_error *err)
{
    verify->locked = verify->store->keyring != NULL && keyring_locked(verify->store->keyring);
    verify->unpacker = ht_unpacker_new();
    if (!verify->unpacker) return ht_fail(err, HT_NO_MEMORY, "out of memory for unpacking events");
    enum ht_status status = ht_reader_new(verify->store, &verify->reader, err);
    if (status == HT_OK) status = ht_reader_begin(verify->reader, err);
    if (status != HT_OK) return status;
    status = look_at_ends(verify, err);
    ht_reader_end(verify->reader);
    return status;
}

void verify_release(struct verify *verify)
{
    ht_reader_free(verify->reader);
    ht_unpacker_free(verify->unpacker);
}

void verify_found(struct verify *verify, const char *table, uint64_t seq, const char *format, ...)
{
    struct ht_finding finding = {.table = table, .seq = seq};
    va_list arguments;
    verify->verified->findings++;
    if (!verify->report || verify->verified->findings > VERIFY_MAX_REPORTED) return;
    va_start(arguments, format);
    vsnprintf(finding.detail, sizeof finding.detail, format, arguments);
    va_end(arguments);
    verify->report(verify->context, &finding);
}

bool verify_is_of_store(enum ht_status status)
{
    return status == HT_CORRUPT || status == HT_VERSION || status == HT_NOT_FOUND || status == HT_INVALID;
}

enum ht_status verify_judge(struct verify *verify, enum ht_status status, const char *table, uint64_t seq,
                            const struct ht_error *err)
{
    if (!verify_is_of_store(status)) return status;
    verify_found(verify, table, seq, "%s", err->detail);
    return HT_OK;
}

enum ht_status verify_goes_on(struct verify *verify, struct ht_error *err)
{
    uint64_t done = verify->done < verify->total ? verify->done : verify->total;
    if (!verify->progress || verify->progress(verify->context, done, verify->total)) return HT_OK;
    return ht_fail(err, HT_STOPPING, "stopped before all was looked at");
}

/* Where a walk has got to, so that it can go on in another snapshot. */
struct place {
    uint8_t key[LONGEST_KEY];
    size_t size; /* 0: at the beginning */
};

static int seek(MDB_cursor *cursor, const struct place *place, MDB_val *key, MDB_val *value)
{
    if (place->size == 0) return mdb_cursor_get(cursor, key, value, MDB_FIRST);
    *key = val_of(place->key, place->size);
    int code = mdb_cursor_get(cursor, key, value, MDB_SET_RANGE);
    bool again = code == 0 && key->mv_size == place->size && memcmp(key->mv_data, place->key, place->size) == 0;
    return again ? mdb_cursor_get(cursor, key, value, MDB_NEXT) : code;
}

/* One span. `code` is LMDB's: 0 while there is more. */
static enum ht_status visit_some(struct verify *verify, MDB_cursor *cursor, struct place *place, verify_visit *visit,
                                 void *state, int *code, struct ht_error *err)
{
    MDB_val key, value;
    int64_t deadline = ht_time_steady() + SPAN_TIME;
    *code = seek(cursor, place, &key, &value);
    for (int rows = 0; *code == 0 && rows < SPAN_ROWS; rows++) {
        if (key.mv_size == 0 || key.mv_size > sizeof place->key) {
            *code = MDB_CORRUPTED;
            break;
        }
        memcpy(place->key, key.mv_data, key.mv_size);
        place->size = key.mv_size;
        enum ht_status status = visit(verify, state, key, value, err);
        if (status != HT_OK) return status;
        if (ht_time_steady() > deadline) break;
        *code = mdb_cursor_get(cursor, &key, &value, MDB_NEXT);
    }
    return HT_OK;
}

static enum ht_status walk_span(struct verify *verify, MDB_dbi table, struct place *place, verify_visit *visit,
                                void *state, int *code, struct ht_error *err)
{
    MDB_cursor *cursor = NULL;
    enum ht_status status = ht_reader_begin(verify->reader, err);
    if (status != HT_OK) return status;
    *code = mdb_cursor_open(verify->reader->trail_txn, table, &cursor);
    if (*code == 0) status = visit_some(verify, cursor, place, visit, state, code, err);
    if (cursor) mdb_cursor_close(cursor);
    ht_reader_end(verify->reader);
    return status;
}

enum ht_status verify_walk(struct verify *verify, MDB_dbi table, const char *name, verify_visit *visit, void *state,
                           struct ht_error *err)
{
    struct place place = {.size = 0};
    int code = 0;
    while (code == 0) {
        enum ht_status status = walk_span(verify, table, &place, visit, state, &code, err);
        if (status == HT_OK) status = verify_goes_on(verify, err);
        if (status != HT_OK) return status;
    }
    if (code == MDB_NOTFOUND) return HT_OK;
    return verify_judge(verify, env_fail(err, code, "walking the table"), name, 0, err);
}
