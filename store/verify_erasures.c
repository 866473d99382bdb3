#include <inttypes.h>

#include "codec.h"
#include "erasures.h"
#include "keyring.h"
#include "verify_trail.h"

static const char erasures_table[] = "trail/erasures";
static const char erased_table[] = "trail/erased";
static const char holds_table[] = "trail/holds";

/* ---- erasures ---- */

static enum ht_status check_erased_event(struct verify *verify, uint64_t seq, uint64_t number, struct ht_error *err)
{
    struct ht_record_header header;
    enum ht_status status = ht_trail_header(verify->reader, seq, &header, err);
    if (status == HT_NOT_FOUND)
        return ht_fail(err, HT_CORRUPT, "erasure %" PRIu64 " took event %" PRIu64 ", which is not there", number, seq);
    if (status == HT_CORRUPT) return HT_OK; /* found among the events */
    if (status != HT_OK || header.erasure == number) return status;
    return ht_fail(err, HT_CORRUPT, "erasure %" PRIu64 " took event %" PRIu64 ", which is not marked so", number, seq);
}

/* That what it took is gone: the reverse of what is checked of each tombstone. */
static enum ht_status check_ranges(struct verify *verify, const struct erasures_row *row, struct ht_error *err)
{
    uint64_t count = 0, last = 0, number = row->erasure.number;
    for (size_t i = 0; i < erasures_ranges(row->ranges); i++) {
        struct erasures_range range = erasures_range_at(row->ranges, i);
        if (range.first <= last || range.last < range.first || range.last > verify->end.seq)
            return ht_fail(err, HT_CORRUPT, "erasure %" PRIu64 ": its ranges are out of order or beyond the trail",
                           number);
        for (uint64_t seq = range.first; seq <= range.last; seq++) {
            enum ht_status status = check_erased_event(verify, seq, number, err);
            if (status != HT_OK) return status;
        }
        count += range.last - range.first + 1;
        last = range.last;
    }
    if (count == row->erasure.events) return HT_OK;
    return ht_fail(err, HT_CORRUPT, "erasure %" PRIu64 " took %" PRIu64 " events, and says %" PRIu64, number, count,
                   row->erasure.events);
}

struct walk {
    uint64_t last;
    uint64_t end; /* what came later is not looked at */
};

static enum ht_status check_erasure(struct verify *verify, struct walk *walk, MDB_val key, MDB_val value,
                                    struct ht_error *err)
{
    struct erasures_row row;
    if (key.mv_size != 8) return ht_fail(err, HT_CORRUPT, "a key of %zu bytes where one of 8 should be", key.mv_size);
    uint64_t number = ht_get_be64(key.mv_data);
    if (number > walk->end) return HT_OK;
    if (number != walk->last + 1)
        verify_found(verify, erasures_table, 0, "behind erasure %" PRIu64 " comes %" PRIu64, walk->last, number);
    walk->last = number;
    enum ht_status status = erasures_decode(val_slice(value), number, &row, err);
    return status == HT_OK ? check_ranges(verify, &row, err) : status;
}

static enum ht_status visit_erasure(struct verify *verify, void *state, MDB_val key, MDB_val value,
                                    struct ht_error *err)
{
    return verify_judge(verify, check_erasure(verify, state, key, value, err), erasures_table, 0, err);
}

static enum ht_status check_erased(struct verify *verify, MDB_val key, MDB_val value, struct ht_error *err)
{
    struct ht_erasure erasure;
    if (key.mv_size != ERASED_KEY_SIZE || value.mv_size != 8)
        return ht_fail(err, HT_CORRUPT, "an entry of %zu and %zu bytes does not decode", key.mv_size, value.mv_size);
    uint8_t kind = *(const uint8_t *)key.mv_data;
    uint64_t number = ht_get_be64(value.mv_data);
    if (kind != HT_KIND_CONVERSATION && kind != HT_KIND_LEAD)
        return ht_fail(err, HT_CORRUPT, "an entry is of kind %u", kind);
    enum ht_status status = ht_erasure_get(verify->reader, number, &erasure, err);
    return status == HT_CORRUPT ? HT_OK : status; /* found in its own table */
}

static enum ht_status visit_erased(struct verify *verify, void *state, MDB_val key, MDB_val value, struct ht_error *err)
{
    (void)state;
    return verify_judge(verify, check_erased(verify, key, value, err), erased_table, 0, err);
}

/* ---- holds ---- */

static enum ht_status visit_hold(struct verify *verify, void *state, MDB_val key, MDB_val value, struct ht_error *err)
{
    (void)state, (void)value; /* read again by ht_hold_next */
    struct ht_hold hold = {0};
    enum ht_status status = HT_OK;
    if (key.mv_size != 4)
        status = ht_fail(err, HT_CORRUPT, "a key of %zu bytes where an id of 4 should be", key.mv_size);
    if (status == HT_OK) status = ht_hold_next(verify->reader, ht_get_be32(key.mv_data), &hold, err);
    return verify_judge(verify, status, holds_table, 0, err);
}

/* ---- keys ---- */

/* Keys that were not given out yet may have been lost with the power, while they were made: they are made again. */
static enum ht_status check_keys(struct verify *verify, uint64_t given, struct ht_error *err)
{
    struct keyring_state state;
    struct keyring *keyring = verify->store->keyring;
    if (keyring == NULL) return HT_OK;
    enum ht_status status = keyring_check(keyring, &state, err);
    if (status != HT_OK) return status;
    uint64_t slots = state.live + state.destroyed + state.damaged;
    if (slots < given)
        return ht_fail(err, HT_CORRUPT, "%" PRIu64 " data keys were given out, and %" PRIu64 " are there", given,
                       slots);
    if (state.first_damaged == 0 || state.first_damaged > given) return HT_OK;
    return ht_fail(err, HT_CORRUPT, "data key %" PRIu32 ", of %" PRIu64 " given out, is damaged", state.first_damaged,
                   given);
}

static enum ht_status read_counters(struct verify *verify, uint64_t *erasures, uint64_t *last, uint64_t *keys,
                                    struct ht_error *err)
{
    MDB_txn *txn = verify->reader->trail_txn;
    enum ht_status status = trail_counter_get(verify->store, txn, ERASURES_COUNTER, erasures, err);
    if (status == HT_OK) status = trail_last(txn, verify->store->trail.erasures, last, err);
    return status == HT_OK ? trail_counter_get(verify->store, txn, "keys.last", keys, err) : status;
}

enum ht_status verify_erasures(struct verify *verify, struct ht_error *err)
{
    const struct trail_env *trail = &verify->store->trail;
    struct walk walk = {.last = 0};
    uint64_t last = 0, keys = 0;
    enum ht_status status = ht_reader_begin(verify->reader, err);
    if (status != HT_OK) return status;
    status = ht_trail_position(verify->reader, &verify->end, err); /* they may have taken what came meanwhile */
    if (status == HT_OK) status = read_counters(verify, &walk.end, &last, &keys, err);
    ht_reader_end(verify->reader);
    if (status != HT_OK) return verify_judge(verify, status, "trail/meta", 0, err);
    if (last != walk.end)
        verify_found(verify, erasures_table, 0, "the last is %" PRIu64 ", the counter says %" PRIu64, last, walk.end);
    status = verify_walk(verify, trail->erasures, erasures_table, visit_erasure, &walk, err);
    if (status == HT_OK) status = verify_walk(verify, trail->erased, erased_table, visit_erased, NULL, err);
    if (status == HT_OK) status = verify_walk(verify, trail->holds, holds_table, visit_hold, NULL, err);
    return status == HT_OK ? verify_judge(verify, check_keys(verify, keys, err), "keys/data.keys", 0, err) : status;
}
