#include "verify_record.h"

#include <inttypes.h>

#include "erasures.h"
#include "hooktrail/act.h"
#include "hooktrail/endpoint.h"
#include "lost.h"
#include "record.h"

static enum ht_status get_raw(struct verify_worker *worker, MDB_dbi table, uint64_t number, struct ht_slice *value,
                              struct ht_error *err)
{
    int code = trail_get(worker->verify.reader->trail_txn, table, number, value);
    return code == 0 ? HT_OK : env_fail(err, code, "reading a record");
}

/* Whether a salvage has put a mark in the record's place; the look then has the leaf's hash from there. */
static bool is_lost(struct ht_slice value, uint64_t number, struct verify_look *look)
{
    struct lost lost;
    look->lost = record_intact(value, number) && lost_read(value, &lost);
    if (look->lost) memcpy(look->leaf, lost.hash, sizeof lost.hash);
    look->known |= look->lost;
    return look->lost;
}

/* Reads an erasure's row into the worker, unless it is there already: tombstones of one erasure come together. */
static enum ht_status load_erasure(struct verify_worker *worker, uint64_t number, struct erasures_row *row,
                                   struct ht_error *err)
{
    if (worker->erasure != number) {
        struct ht_slice value = HT_ABSENT;
        worker->erasure = 0;
        enum ht_status status = get_raw(worker, worker->verify.store->trail.erasures, number, &value, err);
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

static enum ht_status check_payload(const struct verify *verify, uint64_t seq, struct verify_look *look,
                                    struct ht_error *err)
{
    struct record_parts parts;
    look->read = record_read(verify->reader, seq, verify->unpacker, &parts, &look->record, err);
    if (look->read != HT_OK) return look->read;
    enum ht_status status = record_check(verify->unpacker, &parts, &look->record, err);
    if (status != HT_OK) return status;
    look->endpoint = look->record.header.endpoint;
    verify->verified->bytes += look->record.header.size;
    return HT_OK;
}

/* All of an event that lies in the open; of the rest, with its key, digest and commitment. */
static enum ht_status check_event(struct verify_worker *worker, uint64_t seq, struct ht_slice value,
                                  struct verify_look *look, struct ht_error *err)
{
    const struct verify *verify = &worker->verify;
    struct ht_record_header header;
    enum ht_status status = HT_ERASED;
    if (!verify->locked && value.size != RECORD_TOMBSTONE_SIZE) status = check_payload(verify, seq, look, err);
    if (status == HT_OK) return HT_OK;
    if (status == HT_FORBIDDEN)
        return ht_fail(err, HT_CORRUPT, "event %" PRIu64 " is sealed, but there are no keys", seq);
    if (status != HT_ERASED) return status;
    status = ht_trail_header(verify->reader, seq, &header, err);
    if (status != HT_OK) return status;
    look->endpoint = header.endpoint;
    if (header.erasure != 0) {
        verify->verified->erased++;
        return check_tombstone(worker, seq, header.erasure, err);
    }
    if (verify->locked) return HT_OK;
    return ht_fail(err, HT_CORRUPT, "event %" PRIu64 " is not marked as erased, but its data key is destroyed", seq);
}

static enum ht_status look_at_event(struct verify_worker *worker, uint64_t seq, struct verify_look *look,
                                    struct ht_error *err)
{
    struct ht_slice value = HT_ABSENT;
    *look = (struct verify_look){.read = HT_ERASED};
    enum ht_status status = get_raw(worker, worker->verify.store->trail.events, seq, &value, err);
    look->missing = status == HT_NOT_FOUND;
    if (status == HT_OK && is_lost(value, seq, look)) {
        look->read = HT_CORRUPT;
        return HT_OK;
    }
    if (status != HT_OK) return look->read = status;
    status = check_event(worker, seq, value, look, err);
    /* Only what was erased, or can't be opened, is known to have a sound checksum and so a leaf to go by. */
    look->known = status == HT_OK || (value.size >= RECORD_LEAF + HT_LEAF_SIZE && record_intact(value, seq));
    if (look->known) ht_merkle_leaf(record_leaf(value), look->leaf);
    return status;
}

static enum ht_status look_at_act(struct verify_worker *worker, uint64_t seq, struct verify_look *look,
                                  struct ht_error *err)
{
    struct ht_act act;
    struct ht_slice value = HT_ABSENT, leaf = HT_ABSENT;
    *look = (struct verify_look){.endpoint = 0};
    enum ht_status status = get_raw(worker, worker->verify.store->trail.acts, seq, &value, err);
    look->missing = status == HT_NOT_FOUND;
    if (status != HT_OK || is_lost(value, seq, look)) return status;
    status = ht_log_leaf(worker->verify.reader, HT_LOG_ACTS, seq, &leaf, err);
    if (status != HT_OK) return status;
    look->known = true;
    ht_merkle_leaf(leaf, look->leaf);
    return ht_act_get(worker->verify.reader, seq, &act, err);
}

static enum ht_status look_at(struct verify_worker *worker, uint64_t seq, struct verify_look *look,
                              struct ht_error *err)
{
    return worker->log == HT_LOG_EVENTS ? look_at_event(worker, seq, look, err) : look_at_act(worker, seq, look, err);
}

/* What is wrong is looked at again in a newer snapshot: an erasure may have destroyed the key of a record that this one
   still shows. */
static enum ht_status look_twice(struct verify_worker *worker, uint64_t seq, struct verify_look *look,
                                 struct ht_error *err)
{
    enum ht_status status = look_at(worker, seq, look, err);
    if (status == HT_OK || look->missing || !verify_is_of_store(status)) return status;
    harvest_end(worker->harvest);
    status = reader_begin_trail(worker->verify.reader, err);
    if (status != HT_OK) return status;
    worker->erasure = 0;
    return look_at(worker, seq, look, err);
}

static enum ht_status check_endpoint(struct verify_worker *worker, uint64_t seq, uint32_t id, struct ht_error *err)
{
    struct ht_endpoint endpoint;
    if (id == worker->endpoint) return HT_OK;
    enum ht_status status = ht_endpoint_get(worker->verify.reader, id, &endpoint, err);
    explicit_bzero(&endpoint, sizeof endpoint);
    if (status == HT_OK) worker->endpoint = id;
    if (status != HT_NOT_FOUND) return HT_OK; /* one that doesn't decode is found in its own table */
    verify_found(&worker->verify, worker->table, seq,
                 "number %" PRIu64 " came to endpoint %" PRIu32 ", which is not there", seq, id);
    return HT_OK;
}

enum ht_status verify_record(struct verify_worker *worker, uint64_t number, struct verify_look *look,
                             struct ht_error *err)
{
    struct verify *verify = &worker->verify;
    enum ht_status status = look_twice(worker, number, look, err);
    if (look->missing) return HT_OK;
    verify->verified->events += worker->log == HT_LOG_EVENTS;
    verify->verified->acts += worker->log == HT_LOG_ACTS;
    verify->verified->lost += look->lost;
    if (look->lost) return HT_OK;
    if (status != HT_OK) return verify_judge(verify, status, worker->table, number, err);
    return worker->log == HT_LOG_EVENTS ? check_endpoint(worker, number, look->endpoint, err) : HT_OK;
}
