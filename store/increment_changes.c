/* Of what an increment has: what erasures have changed, and rejected deliveries. */
#include <inttypes.h>

#include "hooktrail/encode.h"
#include "increment_state.h"
#include "record.h"

enum { EVENTS_TAKEN, EVENTS_CHANGED, REPEATS_CHANGED, LISTS };

/* ---- what erasures have changed ---- */

/* The row itself, as one that is done: its keys are zeros among the slots. */
static enum ht_status take_erasure(struct increment_state *state, struct ht_error *err)
{
    struct increment_changes *changes = &state->changes;
    struct erasures_row *row = &changes->row;
    uint8_t number[8];
    if (row->old)
        return ht_fail(err, HT_VERSION,
                       "erasure %" PRIu64 " is of an older hooktrail, which did not note what it changed: make a full "
                       "backup",
                       row->erasure.number);
    row->flags |= ERASURES_DONE;
    enum ht_status status = erasures_encode(&state->scratch, row, err);
    if (status != HT_OK) return status;
    increment_add_number(state, ROWS_ERASURES, row->erasure.number, ht_buffer_slice(&state->scratch));
    ht_put_be64(number, row->erasure.number);
    for (size_t at = 0; at + ERASED_KEY_SIZE <= row->entities.size; at += ERASED_KEY_SIZE)
        increment_add(state, ROWS_ERASED, ht_slice_of(row->entities.data + at, ERASED_KEY_SIZE),
                      ht_slice_of(number, sizeof number));
    for (size_t i = 0; i < row->keys.size / sizeof(uint32_t); i++)
        erase_set_add(&state->to->destroyed, erasures_key_at(row, i));
    state->to->made->erasures++;
    return HT_OK;
}

static enum ht_status begin_changes(struct increment_state *state, uint64_t number, struct ht_error *err)
{
    struct increment_changes *changes = &state->changes;
    struct ht_slice value = HT_ABSENT;
    enum ht_status status = increment_get(state, ROWS_ERASURES, number, &value, err);
    if (status != HT_OK) return status;
    ht_buffer_clear(&changes->value);
    ht_buffer_add(&changes->value, value);
    status = ht_buffer_status(&changes->value, err);
    if (status == HT_OK) status = erasures_decode(ht_buffer_slice(&changes->value), number, &changes->row, err);
    if (status == HT_OK) status = take_erasure(state, err);
    changes->begun = status == HT_OK;
    changes->list = 0;
    changes->range = 0;
    changes->next = 0;
    return status;
}

/* The next number of the list that was read already; false at its end. */
static bool next_changed(struct increment_changes *changes, struct ht_slice list, uint64_t read, uint64_t *number)
{
    for (; changes->range < erasures_ranges(list); changes->range++, changes->next = 0) {
        struct erasures_range range = erasures_range_at(list, changes->range);
        *number = changes->next > range.first ? changes->next : range.first;
        if (*number == 0 || *number > range.last || *number > read) continue;
        changes->next = *number + 1;
        return true;
    }
    return false;
}

static enum ht_status take_changed(struct increment_state *state, unsigned list, uint64_t number, struct ht_error *err)
{
    struct ht_slice value = HT_ABSENT;
    uint64_t bytes;
    state->to->made->changed += list != REPEATS_CHANGED && number <= state->to->from->events;
    return list == REPEATS_CHANGED ? increment_take_repeat(state, number, err)
                                   : increment_take_event(state, number, &value, &bytes, err);
}

/* Goes on with the erasure that was begun, until it is done or the span is spent. */
static enum ht_status go_on(struct increment_state *state, struct ht_error *err)
{
    struct increment_changes *changes = &state->changes;
    const struct backup_point *at = &state->to->at;
    const struct ht_slice lists[LISTS] = {changes->row.ranges, changes->row.changed_events,
                                          changes->row.changed_repeats};
    while (changes->list < LISTS) {
        uint64_t number, read = changes->list == REPEATS_CHANGED ? at->repeats : at->events;
        if (increment_is_spent(state)) return HT_OK;
        if (!next_changed(changes, lists[changes->list], read, &number)) {
            changes->list++;
            changes->range = 0;
            changes->next = 0;
            continue;
        }
        enum ht_status status = take_changed(state, changes->list, number, err);
        if (status != HT_OK) return status;
    }
    changes->begun = false;
    state->to->at.erasures++;
    return HT_OK;
}

enum ht_status increment_gather_changes(struct increment_state *state, struct ht_error *err)
{
    uint64_t last = 0;
    struct gathering *to = state->to;
    enum ht_status status = trail_last(state->reader->trail_txn, to->store->trail.erasures, &last, err);
    while (status == HT_OK && to->at.erasures < last && !increment_is_spent(state)) {
        if (!state->changes.begun) status = begin_changes(state, to->at.erasures + 1, err);
        if (status == HT_OK) status = go_on(state, err);
    }
    return status;
}

/* ---- rejected deliveries ---- */

static enum ht_status take_rejected(struct increment_state *state, MDB_cursor *cursor, struct ht_error *err)
{
    uint8_t from[8];
    struct backup_point *at = &state->to->at;
    ht_put_be64(from, at->rejected + 1);
    MDB_val key = val_of(from, sizeof from), value;
    int code = mdb_cursor_get(cursor, &key, &value, MDB_SET_RANGE);
    for (; code == 0 && !increment_is_spent(state); code = mdb_cursor_get(cursor, &key, &value, MDB_NEXT)) {
        uint64_t number = key.mv_size == 8 ? ht_get_be64(key.mv_data) : 0;
        if (!record_intact(val_slice(value), number))
            return ht_fail(err, HT_CORRUPT, "rejected delivery %" PRIu64 ": checksum does not fit", number);
        increment_add_number(state, ROWS_REJECTED, number, val_slice(value));
        at->rejected = number;
    }
    return code == 0 || code == MDB_NOTFOUND ? HT_OK : env_fail(err, code, "reading rejected deliveries");
}

/* With another key they are all other than they were. */
enum ht_status increment_gather_rejected(struct increment_state *state, struct ht_error *err)
{
    uint64_t key = 0;
    MDB_cursor *cursor = NULL;
    MDB_txn *txn = state->reader->trail_txn;
    struct gathering *to = state->to;
    enum ht_status status = trail_counter_get(to->store, txn, "rejected.key", &key, err);
    if (status != HT_OK) return status;
    if (key != to->at.rejected_key) to->at.rejected = 0;
    to->at.rejected_key = key;
    int code = mdb_cursor_open(txn, to->store->trail.rejected, &cursor);
    if (code != 0) return env_fail(err, code, "reading rejected deliveries");
    status = take_rejected(state, cursor, err);
    mdb_cursor_close(cursor);
    return status;
}

enum ht_status increment_take_kept(struct increment_state *state, struct ht_error *err)
{
    MDB_cursor *cursor = NULL;
    MDB_val key, value;
    struct erase_set numbers = {0};
    int code = mdb_cursor_open(state->reader->trail_txn, state->to->store->trail.rejected, &cursor);
    while (code == 0 && (code = mdb_cursor_get(cursor, &key, &value, MDB_NEXT)) == 0)
        if (key.mv_size == 8) erase_set_add(&numbers, ht_get_be64(key.mv_data));
    if (cursor != NULL) mdb_cursor_close(cursor);
    enum ht_status status = code == MDB_NOTFOUND ? HT_OK : env_fail(err, code, "reading rejected deliveries");
    if (status == HT_OK) status = erase_set_sort(&numbers, err);
    ht_buffer_clear(&state->scratch);
    if (status == HT_OK) erase_set_ranges(&numbers, &state->scratch);
    if (status == HT_OK) status = ht_buffer_status(&state->scratch, err);
    if (status == HT_OK) increment_add(state, ROWS_REJECTED_KEPT, HT_SLICE(""), ht_buffer_slice(&state->scratch));
    erase_set_release(&numbers);
    return status;
}
