#include "verify_trail.h"

#include <inttypes.h>
#include <stdio.h>

#include "erasures.h"
#include "hooktrail/act.h"
#include "hooktrail/encode.h"
#include "hooktrail/endpoint.h"
#include "hooktrail/time.h"
#include "record.h"
#include "verify_tree.h"

#define BLOCK_RECORDS 1024 /* of one step of a worker; whole tiles */
#define SPAN_RECORDS 512
#define SPAN_TIME (HT_SECOND / 10)

static const char events_table[] = "trail/events";
static const char repeats_table[] = "trail/repeats";

/* ---- events, each by itself ---- */

/* What one look at a record gave. */
struct look {
    uint8_t leaf[HT_SHA256_SIZE]; /* its hash */
    bool known;                   /* the leaf is */
    bool missing;
    uint32_t endpoint;
};

static enum ht_status get_raw(struct verify_worker *worker, MDB_dbi table, uint64_t number, struct ht_slice *value,
                              struct ht_error *err)
{
    int code = trail_get(worker->reader->trail_txn, table, number, value);
    return code == 0 ? HT_OK : env_fail(err, code, "reading a record");
}

/* Reads an erasure's row into the worker, unless it is there already: tombstones of one erasure come together. */
static enum ht_status load_erasure(struct verify_worker *worker, uint64_t number, struct erasures_row *row,
                                   struct ht_error *err)
{
    if (worker->erasure != number) {
        struct ht_slice value = HT_ABSENT;
        worker->erasure = 0;
        enum ht_status status = get_raw(worker, worker->verify->store->trail.erasures, number, &value, err);
        if (status != HT_OK) return status;
        ht_buffer_clear(&worker->erasure_row);
        ht_buffer_add(&worker->erasure_row, value);
        status = ht_buffer_status(&worker->erasure_row, err);
        if (status == HT_OK) status = erasures_decode(ht_buffer_slice(&worker->erasure_row), number, row, err);
        if (status != HT_OK) return status;
        worker->erasure = number;
    }
    return erasures_read(ht_buffer_slice(&worker->erasure_row), number, row, err);
}

static enum ht_status check_tombstone(struct verify_worker *worker, uint64_t seq, uint64_t number, struct ht_error *err)
{
    struct erasures_row row;
    enum ht_status status = load_erasure(worker, number, &row, err);
    if (status == HT_NOT_FOUND)
        return ht_fail(err, HT_CORRUPT, "event %" PRIu64 " is marked as erased by %" PRIu64 ", which is not there", seq,
                       number);
    if (!verify_is_of_store(status) && status != HT_OK) return status;
    if (status == HT_OK && !erasures_cover(row.ranges, seq))
        return ht_fail(err, HT_CORRUPT, "event %" PRIu64 " is marked as erased by %" PRIu64 ", which did not take it",
                       seq, number);
    return HT_OK; /* a row that does not decode is found in its own table */
}

/* All of an event that lies in the open; of the rest, with its key, digest and commitment. */
static enum ht_status check_event(struct verify_worker *worker, uint64_t seq, struct ht_slice value, uint32_t *endpoint,
                                  struct ht_error *err)
{
    struct ht_record record;
    struct ht_record_header header;
    bool closed = worker->verify->locked || value.size == RECORD_TOMBSTONE_SIZE;
    enum ht_status status = closed ? HT_ERASED : ht_trail_get(worker->reader, seq, worker->unpacker, &record, err);
    if (status == HT_OK) {
        *endpoint = record.header.endpoint;
        worker->counted.bytes += record.header.size;
        return HT_OK;
    }
    if (status == HT_FORBIDDEN)
        return ht_fail(err, HT_CORRUPT, "event %" PRIu64 " is sealed, but there are no keys", seq);
    if (status != HT_ERASED) return status;
    status = ht_trail_header(worker->reader, seq, &header, err);
    if (status != HT_OK) return status;
    *endpoint = header.endpoint;
    if (header.erasure != 0) {
        worker->counted.erased++;
        return check_tombstone(worker, seq, header.erasure, err);
    }
    if (worker->verify->locked) return HT_OK;
    return ht_fail(err, HT_CORRUPT, "event %" PRIu64 " is not marked as erased, but its data key is destroyed", seq);
}

static enum ht_status look_at_event(struct verify_worker *worker, uint64_t seq, struct look *look, struct ht_error *err)
{
    struct ht_slice value = HT_ABSENT;
    *look = (struct look){.endpoint = 0};
    enum ht_status status = get_raw(worker, worker->verify->store->trail.events, seq, &value, err);
    look->missing = status == HT_NOT_FOUND;
    if (status != HT_OK) return status;
    status = check_event(worker, seq, value, &look->endpoint, err);
    /* Only what was erased, or can't be opened, is known to have a sound checksum and so a leaf to go by. */
    look->known = status == HT_OK || (value.size >= RECORD_LEAF + HT_LEAF_SIZE && record_intact(value, seq));
    if (look->known) ht_merkle_leaf(record_leaf(value), look->leaf);
    return status;
}

static enum ht_status look_at_act(struct verify_worker *worker, uint64_t seq, struct look *look, struct ht_error *err)
{
    struct ht_act act;
    struct ht_slice leaf = HT_ABSENT;
    *look = (struct look){.endpoint = 0};
    enum ht_status status = ht_log_leaf(worker->reader, HT_LOG_ACTS, seq, &leaf, err);
    look->missing = status == HT_NOT_FOUND;
    if (status != HT_OK) return status;
    look->known = true;
    ht_merkle_leaf(leaf, look->leaf);
    return ht_act_get(worker->reader, seq, &act, err);
}

static enum ht_status look_at(struct verify_worker *worker, enum ht_log log, uint64_t seq, struct look *look,
                              struct ht_error *err)
{
    return log == HT_LOG_EVENTS ? look_at_event(worker, seq, look, err) : look_at_act(worker, seq, look, err);
}

/* What is wrong is looked at again in a newer snapshot: an erasure may have destroyed the key of a record that this one
   still shows. */
static enum ht_status look_twice(struct verify_worker *worker, const struct verify_tree *tree, uint64_t seq,
                                 struct look *look, struct ht_error *err)
{
    enum ht_status status = look_at(worker, tree->log, seq, look, err);
    if (status == HT_OK || look->missing || !verify_is_of_store(status)) return status;
    ht_reader_end(worker->reader);
    status = ht_reader_begin(worker->reader, err);
    if (status != HT_OK) {
        worker->failed = true;
        return status;
    }
    worker->erasure = 0;
    return look_at(worker, tree->log, seq, look, err);
}

static enum ht_status check_endpoint(struct verify_worker *worker, uint64_t seq, uint32_t id, struct ht_error *err)
{
    struct ht_endpoint endpoint;
    if (id == worker->endpoint) return HT_OK;
    enum ht_status status = ht_endpoint_get(worker->reader, id, &endpoint, err);
    explicit_bzero(&endpoint, sizeof endpoint);
    if (status == HT_OK) worker->endpoint = id;
    if (status != HT_NOT_FOUND) return HT_OK; /* one that doesn't decode is found in its own table */
    verify_worker_found(worker, events_table, seq,
                        "number %" PRIu64 " came to endpoint %" PRIu32 ", which is not there", seq, id);
    return HT_OK;
}

/* ---- blocks ---- */

struct block {
    uint8_t leaves[BLOCK_RECORDS][HT_SHA256_SIZE];
    bool known[BLOCK_RECORDS];
    uint64_t first; /* number of the first record */
    size_t count;
    uint64_t missing; /* the first of those that are missing; 0: none before the next one */
};

static void report_missing(struct verify_worker *worker, const struct verify_tree *tree, struct block *block,
                           uint64_t before)
{
    if (block->missing == 0) return;
    verify_worker_found(worker, tree->records, block->missing, "%" PRIu64 " to %" PRIu64 " are missing", block->missing,
                        before - 1);
    block->missing = 0;
}

static enum ht_status check_record(struct verify_worker *worker, const struct verify_tree *tree, struct block *block,
                                   size_t at, struct ht_error *err)
{
    struct look look;
    uint64_t number = block->first + at;
    enum ht_status status = look_twice(worker, tree, number, &look, err);
    block->known[at] = look.known;
    memcpy(block->leaves[at], look.leaf, sizeof look.leaf);
    if (look.missing) {
        if (block->missing == 0) block->missing = number;
        return HT_OK;
    }
    report_missing(worker, tree, block, number);
    worker->counted.events += tree->log == HT_LOG_EVENTS;
    worker->counted.acts += tree->log == HT_LOG_ACTS;
    if (status != HT_OK) return verify_worker_judge(worker, status, tree->records, number, err);
    return tree->log == HT_LOG_EVENTS ? check_endpoint(worker, number, look.endpoint, err) : HT_OK;
}

/* Some records in one span, from number `at` of the block on; moves `at`. */
static enum ht_status check_span(struct verify_worker *worker, const struct verify_tree *tree, struct block *block,
                                 size_t *at, struct ht_error *err)
{
    int64_t deadline = ht_time_steady() + SPAN_TIME;
    size_t end = *at + SPAN_RECORDS < block->count ? *at + SPAN_RECORDS : block->count;
    enum ht_status status = ht_reader_begin(worker->reader, err);
    if (status != HT_OK) return status;
    do
        status = check_record(worker, tree, block, (*at)++, err);
    while (status == HT_OK && *at < end && ht_time_steady() < deadline);
    if (worker->failed) return status; /* without a span */
    ht_reader_end(worker->reader);
    return status;
}

static enum ht_status check_block(struct verify_worker *worker, void *state, uint64_t number, struct ht_error *err)
{
    struct verify_tree *tree = state;
    struct block *block = worker->scratch;
    enum ht_status status = HT_OK;
    uint64_t before = number * BLOCK_RECORDS, left = tree->size - before;
    block->first = before + 1;
    block->count = left < BLOCK_RECORDS ? (size_t)left : BLOCK_RECORDS;
    block->missing = 0;
    for (size_t at = 0; at < block->count && status == HT_OK;)
        status = check_span(worker, tree, block, &at, err);
    report_missing(worker, tree, block, block->first + block->count);
    if (status == HT_OK) status = ht_reader_begin(worker->reader, err);
    if (status != HT_OK) return status;
    status = verify_tree_leaves(worker, tree, before, block->leaves, block->known, block->count, err);
    ht_reader_end(worker->reader);
    return status;
}

static enum ht_status verify_log(struct verify *verify, enum ht_log log, uint64_t size, uint64_t seqs,
                                 struct ht_error *err)
{
    struct verify_tree tree;
    enum ht_status status = verify_tree_init(&tree, log, size, err);
    if (status != HT_OK) return status;
    const struct verify_work work = {.run = check_block,
                                     .state = &tree,
                                     .blocks = (size + BLOCK_RECORDS - 1) / BLOCK_RECORDS,
                                     .seqs = seqs,
                                     .scratch_size = sizeof(struct block)};
    status = verify_crew_run(verify, &work, err);
    if (status == HT_OK) status = verify_tree_finish(verify, &tree, err);
    verify_tree_release(&tree);
    return status;
}

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
    (void)value; /* read again by ht_trail_repeat */
    struct dense *dense = state;
    struct ht_repeat repeat;
    uint64_t number = next_number(verify, dense, key);
    if (number == 0) return HT_OK;
    verify->verified->repeats++;
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

enum ht_status verify_trail(struct verify *verify, struct ht_error *err)
{
    const struct trail_env *trail = &verify->store->trail;
    enum ht_status status = verify_log(verify, HT_LOG_EVENTS, verify->reach, verify->events, err);
    if (status == HT_OK) status = verify_count(verify, trail->events, events_table, verify->reach, err);
    if (status == HT_OK) status = verify_repeats(verify, err);
    if (status == HT_OK) status = verify_log(verify, HT_LOG_ACTS, verify->acts, 0, err);
    return status == HT_OK ? verify_count(verify, trail->acts, "trail/acts", verify->acts, err) : status;
}
