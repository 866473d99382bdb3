#include <inttypes.h>
#include <stdlib.h>

#include "codec.h"
#include "erasures.h"
#include "hooktrail/act.h"
#include "hooktrail/encode.h"
#include "keyring.h"
#include "verify_trail.h"

static const char erasures_table[] = "trail/erasures";
static const char erased_table[] = "trail/erased";
static const char holds_table[] = "trail/holds";

/* ---- the acts that tell of erasures ---- */

/* An erasure as its act tells of it: "erasure 7", "12 events, ...". */
struct told {
    uint64_t number;
    uint64_t events;
};

struct tales {
    struct ht_buffer told; /* struct told, sorted */
    bool gaps;             /* a salvage, which may have lost acts and what was recorded of erasures, or a bad act */
};

static int compare_told(const void *a, const void *b)
{
    const struct told *left = a, *right = b;
    if (left->number != right->number) return left->number < right->number ? -1 : 1;
    return (left->events > right->events) - (left->events < right->events);
}

static bool read_told(const struct ht_act *act, struct told *told)
{
    static const struct ht_slice object = HT_SLICE("erasure ");
    struct ht_slice number = act->object, events = act->detail;
    if (act->kind != HT_ACT_ERASE && act->kind != HT_ACT_RETAIN) return false;
    if (number.size <= object.size || memcmp(number.data, object.data, object.size) != 0) return false;
    number.data += object.size, number.size -= object.size;
    const char *space = events.size > 0 ? memchr(events.data, ' ', events.size) : NULL;
    if (space == NULL) return false;
    events.size = (size_t)(space - events.data);
    return ht_parse_u64(number, &told->number) == HT_OK && ht_parse_u64(events, &told->events) == HT_OK;
}

/* A bad act is found among the acts; what it told of is not known. */
static enum ht_status visit_act(struct verify *verify, void *state, MDB_val key, MDB_val value, struct ht_error *err)
{
    struct tales *tales = state;
    struct told told;
    struct ht_act act;
    (void)value;
    enum ht_status status = HT_CORRUPT;
    if (key.mv_size == 8) status = ht_act_get(verify->reader, ht_get_be64(key.mv_data), &act, err);
    if (status != HT_OK && !verify_is_of_store(status)) return status;
    tales->gaps |= status != HT_OK || act.kind == HT_ACT_SALVAGE;
    if (status == HT_OK && read_told(&act, &told)) ht_buffer_add_bytes(&tales->told, &told, sizeof told);
    return ht_buffer_status(&tales->told, err);
}

static enum ht_status gather_tales(struct verify *verify, struct tales *tales, struct ht_error *err)
{
    enum ht_status status = verify_walk(verify, verify->store->trail.acts, "trail/acts", visit_act, tales, err);
    size_t count = tales->told.size / sizeof(struct told);
    if (count > 0) qsort(tales->told.data, count, sizeof(struct told), compare_told);
    return status;
}

/* Whoever wanted to pass off what he took away as erased would have to put an act for it into a signed log. */
static enum ht_status check_told(const struct tales *tales, const struct ht_erasure *erasure, struct ht_error *err)
{
    struct told told = {erasure->number, erasure->events};
    size_t count = tales->told.size / sizeof told;
    if (tales->gaps) return HT_OK;
    if (count > 0 && bsearch(&told, tales->told.data, count, sizeof told, compare_told) != NULL) return HT_OK;
    return ht_fail(err, HT_CORRUPT, "erasure %" PRIu64 " took %" PRIu64 " events, and no act tells of that",
                   told.number, told.events);
}

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
    struct tales tales;
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
    if (status == HT_OK) status = check_told(&walk->tales, &row.erasure, err);
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
    if (walk.end > 0 || last > 0) status = gather_tales(verify, &walk.tales, err);
    if (status == HT_OK) status = verify_walk(verify, trail->erasures, erasures_table, visit_erasure, &walk, err);
    ht_buffer_release(&walk.tales.told);
    if (status == HT_OK) status = verify_walk(verify, trail->erased, erased_table, visit_erased, NULL, err);
    if (status == HT_OK) status = verify_walk(verify, trail->holds, holds_table, visit_hold, NULL, err);
    return status == HT_OK ? verify_judge(verify, check_keys(verify, keys, err), "keys/data.keys", 0, err) : status;
}
