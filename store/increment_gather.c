#include <inttypes.h>

#include "checkpoint.h"
#include "hooktrail/act.h"
#include "hooktrail/encode.h"
#include "hooktrail/time.h"
#include "increment_state.h"
#include "record.h"

#define SPAN_ROWS 1000
#define SPAN_BYTES ((size_t)4 << 20)
#define SPAN_TIME (HT_SECOND / 10)

bool increment_is_spent(const struct increment_state *state)
{
    return state->taken >= SPAN_ROWS || state->to->rows->bytes.size >= SPAN_BYTES ||
           (state->taken > 0 && ht_time_steady() >= state->deadline);
}

void increment_add(struct increment_state *state, enum rows_kind kind, struct ht_slice key, struct ht_slice value)
{
    rows_add(state->to->rows, kind, key, value);
    state->taken++;
}

void increment_add_number(struct increment_state *state, enum rows_kind kind, uint64_t number, struct ht_slice value)
{
    uint8_t key[8];
    ht_put_be64(key, number);
    increment_add(state, kind, ht_slice_of(key, sizeof key), value);
}

enum ht_status increment_get(const struct increment_state *state, enum rows_kind kind, uint64_t number,
                             struct ht_slice *value, struct ht_error *err)
{
    MDB_dbi table = rows_table(&state->to->store->trail, kind);
    int code = trail_get(state->reader->trail_txn, table, number, value);
    return code == 0 ? HT_OK : env_fail(err, code, "reading what is to be backed up");
}

/* ---- records ---- */

/* All of it: checksum, seal, digest and commitment. */
static enum ht_status check_event(struct increment_state *state, uint64_t seq, struct ht_slice value, uint64_t *bytes,
                                  struct ht_error *err)
{
    struct ht_record record;
    struct ht_record_header header;
    *bytes = 0;
    if (value.size == RECORD_TOMBSTONE_SIZE) return ht_trail_header(state->reader, seq, &header, err);
    enum ht_status status = ht_trail_get(state->reader, seq, state->unpacker, &record, err);
    if (status == HT_OK) *bytes = record.header.size;
    if (status == HT_ERASED)
        return ht_fail(err, HT_CORRUPT, "event %" PRIu64 " is not marked as erased, but its data key is destroyed",
                       seq);
    return status;
}

enum ht_status increment_take_event(struct increment_state *state, uint64_t seq, struct ht_slice *value,
                                    uint64_t *bytes, struct ht_error *err)
{
    enum ht_status status = increment_get(state, ROWS_EVENTS, seq, value, err);
    if (status == HT_OK) status = check_event(state, seq, *value, bytes, err);
    if (status == HT_OK) increment_add_number(state, ROWS_EVENTS, seq, *value);
    return status;
}

enum ht_status increment_take_repeat(struct increment_state *state, uint64_t number, struct ht_error *err)
{
    struct ht_slice value = HT_ABSENT;
    struct ht_repeat repeat;
    enum ht_status status = increment_get(state, ROWS_REPEATS, number, &value, err);
    if (status == HT_OK) status = ht_trail_repeat(state->reader, number, state->unpacker, &repeat, err);
    if (status == HT_OK) increment_add_number(state, ROWS_REPEATS, number, value);
    return status;
}

/* ---- what is new ---- */

/* That the leaves of the records from `first` on are those of the tree. */
static enum ht_status check_leaves(struct increment_state *state, enum ht_log log, uint64_t first, struct ht_error *err)
{
    struct ht_store *store = state->to->store;
    size_t count = state->leaves.size / HT_SHA256_SIZE;
    ht_buffer_clear(&state->scratch);
    enum ht_status status = ht_buffer_status(&state->leaves, err);
    if (status != HT_OK || count == 0) return status;
    status = tree_hashes(state->reader->trail_txn, checkpoint_tree(store, log), 0, first - 1, (unsigned)count,
                         &state->scratch, err);
    if (status == HT_OK) status = ht_buffer_status(&state->scratch, err);
    if (status != HT_OK) return status;
    for (size_t i = 0; i < count; i++) {
        size_t at = i * HT_SHA256_SIZE;
        if (memcmp(state->leaves.data + at, state->scratch.data + at, HT_SHA256_SIZE) == 0) continue;
        return ht_fail(err, HT_CORRUPT, "number %" PRIu64 " of the %s is not what the Merkle tree has of it", first + i,
                       log == HT_LOG_EVENTS ? "events" : "acts");
    }
    return HT_OK;
}

static void add_leaf(struct increment_state *state, struct ht_slice leaf)
{
    uint8_t hash[HT_SHA256_SIZE];
    ht_merkle_leaf(leaf, hash);
    ht_buffer_add_bytes(&state->leaves, hash, sizeof hash);
}

static enum ht_status gather_events(struct increment_state *state, struct ht_error *err)
{
    struct gathering *to = state->to;
    uint64_t last = 0, first = to->at.events + 1;
    enum ht_status status = trail_last(state->reader->trail_txn, to->store->trail.events, &last, err);
    ht_buffer_clear(&state->leaves);
    while (status == HT_OK && to->at.events < last && !increment_is_spent(state)) {
        struct ht_slice value = HT_ABSENT;
        uint64_t bytes = 0;
        status = increment_take_event(state, to->at.events + 1, &value, &bytes, err);
        if (status != HT_OK) return status;
        add_leaf(state, record_leaf(value));
        to->at.events++;
        to->made->events++;
        to->made->bytes += bytes;
    }
    return status == HT_OK ? check_leaves(state, HT_LOG_EVENTS, first, err) : status;
}

static enum ht_status gather_repeats(struct increment_state *state, struct ht_error *err)
{
    struct gathering *to = state->to;
    uint64_t last = 0;
    enum ht_status status = trail_last(state->reader->trail_txn, to->store->trail.repeats, &last, err);
    while (status == HT_OK && to->at.repeats < last && !increment_is_spent(state)) {
        status = increment_take_repeat(state, to->at.repeats + 1, err);
        to->at.repeats += status == HT_OK;
        to->made->repeats += status == HT_OK;
    }
    return status;
}

static enum ht_status take_act(struct increment_state *state, uint64_t seq, struct ht_error *err)
{
    struct ht_act act;
    struct ht_slice value = HT_ABSENT, leaf = HT_ABSENT;
    enum ht_status status = increment_get(state, ROWS_ACTS, seq, &value, err);
    if (status == HT_OK) status = ht_act_get(state->reader, seq, &act, err);
    if (status == HT_OK) status = ht_log_leaf(state->reader, HT_LOG_ACTS, seq, &leaf, err);
    if (status != HT_OK) return status;
    add_leaf(state, leaf);
    increment_add_number(state, ROWS_ACTS, seq, value);
    return HT_OK;
}

static enum ht_status gather_acts(struct increment_state *state, struct ht_error *err)
{
    struct gathering *to = state->to;
    uint64_t last = 0, first = to->at.acts + 1;
    enum ht_status status = trail_last(state->reader->trail_txn, to->store->trail.acts, &last, err);
    ht_buffer_clear(&state->leaves);
    while (status == HT_OK && to->at.acts < last && !increment_is_spent(state)) {
        status = take_act(state, to->at.acts + 1, err);
        to->at.acts += status == HT_OK;
    }
    return status == HT_OK ? check_leaves(state, HT_LOG_ACTS, first, err) : status;
}

/* ---- the last snapshot ---- */

static enum ht_status take_table(struct increment_state *state, enum rows_kind kind, struct ht_error *err)
{
    MDB_cursor *cursor = NULL;
    MDB_val key, value;
    int code = mdb_cursor_open(state->reader->trail_txn, rows_table(&state->to->store->trail, kind), &cursor);
    while (code == 0 && (code = mdb_cursor_get(cursor, &key, &value, MDB_NEXT)) == 0)
        increment_add(state, kind, val_slice(key), val_slice(value));
    if (cursor != NULL) mdb_cursor_close(cursor);
    return code == MDB_NOTFOUND ? HT_OK : env_fail(err, code, "reading a table to be backed up");
}

/* The small tables, and the point that all of this comes to. */
static enum ht_status take_rest(struct increment_state *state, struct ht_error *err)
{
    struct gathering *to = state->to;
    const struct backup_point read = to->at;
    enum ht_status status = increment_take_kept(state, err);
    for (int kind = 1; status == HT_OK && kind < ROWS_TABLES; kind++)
        if (rows_is_whole((enum rows_kind)kind)) status = take_table(state, (enum rows_kind)kind, err);
    if (status == HT_OK) status = backup_point_read(to->store, state->reader->trail_txn, &to->at, err);
    if (status != HT_OK) return status;
    if (read.events == to->at.events && read.repeats == to->at.repeats && read.acts == to->at.acts &&
        read.erasures == to->at.erasures)
        return erase_set_sort(&to->destroyed, err);
    return ht_fail(err, HT_CORRUPT, "the numbers of the trail's tables have gaps: `hooktrail verify` says where");
}

static enum ht_status gather_all(struct increment_state *state, bool *last, struct ht_error *err)
{
    enum ht_status status = increment_gather_changes(state, err);
    if (status == HT_OK) status = gather_events(state, err);
    if (status == HT_OK) status = gather_repeats(state, err);
    if (status == HT_OK) status = gather_acts(state, err);
    if (status == HT_OK) status = increment_gather_rejected(state, err);
    *last = status == HT_OK && !increment_is_spent(state);
    return *last ? take_rest(state, err) : status;
}

static enum ht_status gather_span(struct increment_state *state, bool *last, struct ht_error *err)
{
    state->taken = 0;
    state->deadline = ht_time_steady() + SPAN_TIME;
    enum ht_status status = ht_reader_begin(state->reader, err);
    if (status != HT_OK) return status;
    status = gather_all(state, last, err);
    ht_reader_end(state->reader);
    return status == HT_OK ? rows_write(state->to->rows, err) : status;
}

/* ---- the walk ---- */

static enum ht_status count_new(struct increment_state *state, uint64_t *count, struct ht_error *err)
{
    struct ht_position end = {0};
    enum ht_status status = ht_reader_begin(state->reader, err);
    if (status != HT_OK) return status;
    status = ht_trail_position(state->reader, &end, err);
    ht_reader_end(state->reader);
    *count = end.seq - state->to->from->events;
    return status;
}

static enum ht_status gather_spans(struct increment_state *state, struct ht_error *err)
{
    const struct gathering *to = state->to;
    bool last = false;
    uint64_t total = 0;
    enum ht_status status = count_new(state, &total, err);
    while (status == HT_OK && !last) {
        status = gather_span(state, &last, err);
        uint64_t done = to->made->events < total ? to->made->events : total; /* more may have come since */
        if (status == HT_OK && to->progress != NULL && !to->progress(to->context, done, total))
            status = ht_fail(err, HT_STOPPING, "the backup was stopped");
    }
    return status;
}

enum ht_status increment_gather(struct gathering *gathering, struct ht_error *err)
{
    struct increment_state state = {.to = gathering, .unpacker = ht_unpacker_new()};
    gathering->at = *gathering->from;
    enum ht_status status = ht_reader_new(gathering->store, &state.reader, err);
    if (status == HT_OK && state.unpacker == NULL) status = ht_fail(err, HT_NO_MEMORY, "out of memory for a backup");
    if (status == HT_OK) status = gather_spans(&state, err);
    ht_reader_free(state.reader);
    ht_unpacker_free(state.unpacker);
    ht_buffer_release(&state.changes.value);
    ht_buffer_release(&state.leaves);
    ht_buffer_release(&state.scratch);
    return status;
}

void increment_gather_release(struct gathering *gathering)
{
    erase_set_release(&gathering->destroyed);
}
