#include "verify_trail.h"

#include <inttypes.h>

#include "hooktrail/encode.h"
#include "hooktrail/endpoint.h"
#include "lost.h"
#include "record.h"
#include "verify_log.h"

static const char events_table[] = "trail/events";
static const char repeats_table[] = "trail/repeats";

/* ---- numbers ---- */

/* A walk over numbers that should be 1, 2, 3 … */
struct dense {
    const char *table;
    uint64_t last;     /* the number walked over last */
    uint64_t end;      /* what comes behind is not looked at */
    uint32_t endpoint; /* known to be there; 0: none yet */
};

/* The number of an entry; 0 if it is to be passed over. */
static uint64_t next_number(struct verify *verify, struct dense *dense, MDB_val key)
{
    if (key.mv_size != 8) {
        verify_found(verify, dense->table, 0, "a key of %zu bytes where a number of 8 should be", key.mv_size);
        return 0;
    }
    uint64_t number = ht_get_be64(key.mv_data);
    if (number > dense->end) return 0;
    if (number == 0) verify_found(verify, dense->table, 0, "there is a number 0; they begin with 1");
    if (number > dense->last + 1)
        verify_found(verify, dense->table, dense->last + 1, "%" PRIu64 " to %" PRIu64 " are missing", dense->last + 1,
                     number - 1);
    dense->last = number;
    return number;
}

/* Keys that no number leads to; those of which one does were looked at already. */
static enum ht_status visit_odd_key(struct verify *verify, void *state, MDB_val key, MDB_val value,
                                    struct ht_error *err)
{
    const struct dense *dense = state;
    (void)value, (void)err;
    if (key.mv_size != 8) {
        verify_found(verify, dense->table, 0, "a key of %zu bytes where a number of 8 should be", key.mv_size);
        return HT_OK;
    }
    uint64_t number = ht_get_be64(key.mv_data);
    if (number == 0) verify_found(verify, dense->table, 0, "there is a number 0; they begin with 1");
    if (number > dense->last && number <= dense->end)
        verify_found(verify, dense->table, number, "number %" PRIu64 " is out of all bounds", number);
    return HT_OK;
}

/* That a table has as many entries as its last number says. */
static enum ht_status verify_count(struct verify *verify, MDB_dbi table, const char *name, uint64_t reach,
                                   struct ht_error *err)
{
    MDB_stat stat;
    struct dense dense = {.table = name, .last = reach};
    enum ht_status status = ht_reader_begin(verify->reader, err);
    if (status != HT_OK) return status;
    status = trail_last(verify->reader->trail_txn, table, &dense.end, err);
    int code = mdb_stat(verify->reader->trail_txn, table, &stat);
    if (status == HT_OK && code != 0) status = env_fail(err, code, "counting the entries");
    ht_reader_end(verify->reader);
    if (status != HT_OK) return verify_judge(verify, status, name, 0, err);
    if (stat.ms_entries == dense.end) return HT_OK;
    verify_found(verify, name, 0, "the last number is %" PRIu64 ", but there are %zu", dense.end, stat.ms_entries);
    return verify_walk(verify, table, name, visit_odd_key, &dense, err);
}

/* ---- repeats ---- */

static bool is_endpoint(struct verify *verify, struct dense *dense, uint32_t id)
{
    struct ht_endpoint endpoint;
    if (id == dense->endpoint) return true;
    enum ht_status status = ht_endpoint_get(verify->reader, id, &endpoint, NULL);
    explicit_bzero(&endpoint, sizeof endpoint);
    if (status == HT_OK) dense->endpoint = id;
    return status != HT_NOT_FOUND; /* one that doesn't decode is found in its own table */
}

static enum ht_status visit_repeat(struct verify *verify, void *state, MDB_val key, MDB_val value, struct ht_error *err)
{
    struct dense *dense = state;
    struct ht_repeat repeat;
    struct lost lost;
    uint64_t number = next_number(verify, dense, key);
    if (number == 0) return HT_OK;
    verify->verified->repeats++;
    if (record_intact(val_slice(value), number) && lost_read(val_slice(value), &lost)) {
        verify->verified->lost++;
        return HT_OK;
    }
    enum ht_status status = ht_trail_repeat(verify->reader, number, verify->unpacker, &repeat, err);
    /* Without the master key what is in the open is there all the same. */
    if (status != HT_OK && status != HT_FORBIDDEN) return verify_judge(verify, status, dense->table, 0, err);
    if (repeat.seq == 0 || repeat.seq > verify->end.seq)
        verify_found(verify, dense->table, 0, "repeat %" PRIu64 " is of event %" PRIu64 ", which is not there", number,
                     repeat.seq);
    if (!is_endpoint(verify, dense, repeat.delivery.endpoint))
        verify_found(verify, dense->table, 0, "repeat %" PRIu64 " came to endpoint %" PRIu32 ", which is not there",
                     number, repeat.delivery.endpoint);
    return HT_OK;
}

static enum ht_status verify_repeats(struct verify *verify, struct ht_error *err)
{
    struct dense dense = {.table = repeats_table, .end = verify->end.repeat};
    enum ht_status status = verify_walk(verify, verify->store->trail.repeats, repeats_table, visit_repeat, &dense, err);
    if (status == HT_OK && dense.last < dense.end)
        verify_found(verify, repeats_table, dense.last + 1, "%" PRIu64 " to %" PRIu64 " are missing", dense.last + 1,
                     dense.end);
    return status;
}

enum ht_status verify_trail(struct verify *verify, struct derivation *derivation, struct ht_error *err)
{
    const struct trail_env *trail = &verify->store->trail;
    enum ht_status status = verify_log(verify, HT_LOG_EVENTS, verify->reach, derivation, err);
    if (status == HT_OK) status = verify_count(verify, trail->events, events_table, verify->reach, err);
    if (status == HT_OK) status = verify_repeats(verify, err);
    if (status == HT_OK) status = verify_log(verify, HT_LOG_ACTS, verify->acts, NULL, err);
    if (status == HT_OK) status = verify_count(verify, trail->acts, "trail/acts", verify->acts, err);
    return status == HT_OK && verify->verified->lost > 0 ? verify_lost(verify, err) : status;
}
