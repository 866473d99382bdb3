#include "verify_trail.h"

#include <inttypes.h>

#include "hooktrail/encode.h"
#include "hooktrail/endpoint.h"

static const char events_table[] = "trail/events";
static const char repeats_table[] = "trail/repeats";

/* A walk over numbers that should be 1, 2, 3 … */
struct dense {
    const char *table;
    uint64_t last;     /* the number walked over last */
    uint64_t end;      /* what comes behind is not looked at */
    uint32_t endpoint; /* known to be there, so that not each event looks again; 0: none yet */
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

static enum ht_status check_endpoint(struct verify *verify, struct dense *dense, uint64_t number, uint32_t id,
                                     struct ht_error *err)
{
    struct ht_endpoint endpoint;
    if (id == dense->endpoint) return HT_OK;
    enum ht_status status = ht_endpoint_get(verify->reader, id, &endpoint, err);
    explicit_bzero(&endpoint, sizeof endpoint);
    if (status == HT_OK) dense->endpoint = id;
    if (status != HT_NOT_FOUND) return HT_OK; /* one that doesn't decode is found in its own table */
    verify_found(verify, dense->table, number, "number %" PRIu64 " came to endpoint %" PRIu32 ", which is not there",
                 number, id);
    return HT_OK;
}

static enum ht_status visit_event(struct verify *verify, void *state, MDB_val key, MDB_val value, struct ht_error *err)
{
    (void)value; /* read again by ht_trail_get */
    struct dense *dense = state;
    struct ht_record record;
    uint64_t seq = next_number(verify, dense, key);
    if (seq == 0) return HT_OK;
    verify->verified->events++;
    verify->done++;
    enum ht_status status = ht_trail_get(verify->reader, seq, verify->unpacker, &record, err);
    if (status != HT_OK) return verify_judge(verify, status, dense->table, seq, err);
    verify->verified->bytes += record.header.size;
    return check_endpoint(verify, dense, seq, record.header.endpoint, err);
}

static enum ht_status visit_repeat(struct verify *verify, void *state, MDB_val key, MDB_val value, struct ht_error *err)
{
    (void)value; /* read again by ht_trail_repeat */
    struct dense *dense = state;
    struct ht_repeat repeat;
    uint64_t number = next_number(verify, dense, key);
    if (number == 0) return HT_OK;
    verify->verified->repeats++;
    enum ht_status status = ht_trail_repeat(verify->reader, number, verify->unpacker, &repeat, err);
    if (status != HT_OK) return verify_judge(verify, status, dense->table, 0, err);
    if (repeat.seq == 0 || repeat.seq > verify->end.seq)
        verify_found(verify, dense->table, 0, "repeat %" PRIu64 " is of event %" PRIu64 ", which is not there", number,
                     repeat.seq);
    return check_endpoint(verify, dense, number, repeat.delivery.endpoint, err);
}

static enum ht_status walk_dense(struct verify *verify, MDB_dbi table, const char *name, uint64_t end,
                                 verify_visit *visit, struct ht_error *err)
{
    struct dense dense = {.table = name, .end = end};
    enum ht_status status = verify_walk(verify, table, name, visit, &dense, err);
    if (status == HT_OK && dense.last < end)
        verify_found(verify, name, dense.last + 1, "%" PRIu64 " to %" PRIu64 " are missing", dense.last + 1, end);
    return status;
}

enum ht_status verify_trail(struct verify *verify, struct ht_error *err)
{
    struct trail_env *trail = &verify->store->trail;
    enum ht_status status = walk_dense(verify, trail->events, events_table, verify->end.seq, visit_event, err);
    if (status != HT_OK) return status;
    return walk_dense(verify, trail->repeats, repeats_table, verify->end.repeat, visit_repeat, err);
}
