#include "verify_checkpoints.h"

#include <stdio.h>

#include "checkpoint.h"

static const char checkpoints_table[] = "trail/checkpoints";
static const char *const tree_tables[HT_LOG_COUNT] = {"trail/tree", "trail/acts_tree"};

static enum ht_status size_of(struct verify *verify, enum ht_log log, uint64_t *size, struct ht_error *err)
{
    return trail_last(verify->reader->trail_txn, checkpoint_records(verify->store, log), size, err);
}

static enum ht_status check(struct verify *verify, enum ht_log log, struct ht_slice note, const char *from,
                            bool any_name, struct ht_error *err)
{
    uint64_t size = 0;
    enum ht_status status = size_of(verify, log, &size, err);
    if (status != HT_OK) return status;
    return checkpoint_check(verify->store, verify->reader->trail_txn, log, note, size, from, any_name, err);
}

/* Whoever appends the first event signs it, so that a log of events has a checkpoint. */
static enum ht_status check_there(struct verify *verify, struct ht_error *err)
{
    struct ht_slice note = HT_ABSENT;
    uint64_t size = 0;
    enum ht_status status = checkpoint_get(verify->store, verify->reader->trail_txn, HT_LOG_EVENTS, &note, err);
    if (status != HT_NOT_FOUND) return status;
    status = size_of(verify, HT_LOG_EVENTS, &size, err);
    return status == HT_OK && size > 0 ? ht_fail(err, HT_CORRUPT, "there are events, but no checkpoint") : status;
}

static enum ht_status judge(struct verify *verify, enum ht_status status, const char *table, const struct ht_error *err)
{
    return verify_judge(verify, status, table, 0, err);
}

/* `head` was read before the span began: what was signed meanwhile is not in this snapshot. */
static enum ht_status check_log(struct verify *verify, enum ht_log log, struct ht_slice head, struct ht_error *err)
{
    char name[32];
    enum ht_status status = ht_reader_begin(verify->reader, err);
    if (status != HT_OK) return status;
    snprintf(name, sizeof name, "heads/%s", signing_log_name(log));
    if (log == HT_LOG_EVENTS) status = judge(verify, check_there(verify, err), checkpoints_table, err);
    if (status == HT_OK && head.data != NULL)
        status = judge(verify, check(verify, log, head, name, true, err),
                       log == HT_LOG_EVENTS ? "heads/events" : "heads/acts", err);
    ht_reader_end(verify->reader);
    return status;
}

static enum ht_status verify_one_log(struct verify *verify, enum ht_log log, struct ht_error *err)
{
    struct ht_buffer head = {0};
    enum ht_status status = checkpoint_read_head(verify->store, log, &head, err);
    if (status == HT_CORRUPT) status = judge(verify, status, "heads", err); /* too large for a note */
    bool there = status == HT_OK && head.size > 0;
    if (status == HT_OK || status == HT_NOT_FOUND)
        status = check_log(verify, log, there ? ht_buffer_slice(&head) : HT_ABSENT, err);
    ht_buffer_release(&head);
    return status;
}

/* Of which log it is, its signature tells. */
static enum ht_status check_kept(struct verify *verify, struct ht_slice note, struct ht_error *err)
{
    for (int log = 0; log < HT_LOG_COUNT; log++) {
        struct signed_head read;
        enum ht_status status = signing_read(verify->store->signing, (enum ht_log)log, note, &read, err);
        if (status != HT_OK) return status;
        if (!read.known) continue;
        status = check(verify, (enum ht_log)log, note, "the checkpoint that was kept", false, err);
        return judge(verify, status, tree_tables[log], err);
    }
    verify_found(verify, "checkpoint", 0, "the checkpoint that was kept is not signed by a key of this log");
    return HT_OK;
}

/* Each that is kept in the trail: the newest, and the newest with a witness's signature. */
static enum ht_status visit_note(struct verify *verify, void *state, MDB_val key, MDB_val value, struct ht_error *err)
{
    (void)state;
    uint8_t number = key.mv_size == 1 ? *(const uint8_t *)key.mv_data & (uint8_t)~CHECKPOINT_COSIGNED : UINT8_MAX;
    enum ht_status status =
        number < HT_LOG_COUNT
            ? check(verify, (enum ht_log)number, val_slice(value), "a checkpoint in the trail", true, err)
            : ht_fail(err, HT_CORRUPT, "there is a checkpoint of a log that is not known");
    return judge(verify, status, checkpoints_table, err);
}

enum ht_status verify_checkpoints(struct verify *verify, struct ht_slice kept, struct ht_error *err)
{
    enum ht_status status =
        verify_walk(verify, verify->store->trail.checkpoints, checkpoints_table, visit_note, NULL, err);
    for (int log = 0; log < HT_LOG_COUNT && status == HT_OK; log++)
        status = verify_one_log(verify, (enum ht_log)log, err);
    if (status != HT_OK || kept.data == NULL) return status;
    status = ht_reader_begin(verify->reader, err);
    if (status != HT_OK) return status;
    status = check_kept(verify, kept, err);
    ht_reader_end(verify->reader);
    return status;
}
