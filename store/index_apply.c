#include "index_apply.h"

#include "hooktrail/encode.h"
#include "hooktrail/time.h"
#include "index_seal.h"
#include "ref.h"

/* The kinds by which events are found, each with its number in a row. */
static uint32_t number_of(const struct ht_row *row, enum ht_kind kind)
{
    switch (kind) {
    case HT_KIND_AGENT:
        return row->agent;
    case HT_KIND_CONVERSATION:
        return row->conversation;
    case HT_KIND_LEAD:
        return row->lead;
    case HT_KIND_VISITOR:
        return row->visitor;
    case HT_KIND_TYPE:
        return row->type;
    case HT_KIND_AGENT_NAME:
    case HT_KIND_WARNINGS:
    case HT_KIND_COUNT:
        break;
    }
    return 0;
}

static enum ht_status fill_numbers(struct index_batch *batch, const struct harvest *harvest,
                                   const struct harvest_event *event, struct ht_row *row, struct ht_error *err)
{
    uint32_t *numbers[HT_KIND_COUNT] = {
        [HT_KIND_AGENT] = &row->agent,       [HT_KIND_CONVERSATION] = &row->conversation,
        [HT_KIND_LEAD] = &row->lead,         [HT_KIND_VISITOR] = &row->visitor,
        [HT_KIND_TYPE] = &row->type,         [HT_KIND_AGENT_NAME] = &row->agent_name,
        [HT_KIND_WARNINGS] = &row->warnings,
    };
    for (int kind = 1; kind < HT_KIND_COUNT; kind++) {
        const struct harvest_text *text = &event->texts[kind];
        if (text->size == 0) continue;
        enum ht_status status =
            index_batch_number(batch, (enum ht_kind)kind, harvest_slice(harvest, text), text->hash, numbers[kind], err);
        if (status != HT_OK) return status;
    }
    if (ref_is_none(event->conversation)) return HT_OK;
    return index_batch_unnamed(batch, HT_KIND_CONVERSATION, event->conversation, &row->conversation, err);
}

/* Where even the time of receipt is lost, that of the event before keeps the order. */
static enum ht_status fill_lost_time(struct index_batch *batch, struct ht_row *row, struct ht_error *err)
{
    struct ht_row before = {0};
    if (row->received_at != HT_TIME_NONE) return HT_OK;
    enum ht_status status = row->seq > 1 ? index_load_row(batch, row->seq - 1, &before, err) : HT_OK;
    row->received_at = row->occurred_at = before.received_at;
    return status;
}

static enum ht_status make_row(struct index_batch *batch, const struct harvest *harvest,
                               const struct harvest_event *event, struct ht_row *row, struct ht_error *err)
{
    *row = (struct ht_row){
        .seq = event->seq,
        .received_at = event->received_at,
        .occurred_at = event->occurred_at,
        .size = event->size,
        .deliveries = 1,
        .endpoint = event->endpoint,
        .flags = event->flags,
    };
    memcpy(row->sha256, event->sha256, HT_SHA256_SIZE);
    enum ht_status status = fill_lost_time(batch, row, err);
    if (status == HT_OK) status = fill_numbers(batch, harvest, event, row, err);
    return status;
}

static enum ht_status append_row(struct index_batch *batch, const struct ht_row *row, struct ht_error *err)
{
    uint8_t bytes[8], stored[INDEX_ROW_SIZE];
    ht_put_be64(bytes, row->seq);
    index_seal_row(batch->index, row, stored);
    MDB_val key = val_of(bytes, sizeof bytes);
    MDB_val value = val_of(stored, sizeof stored);
    int code = mdb_cursor_put(batch->rows, &key, &value, MDB_APPEND);
    if (code == MDB_KEYEXIST) return index_corrupt(INDEX_ROWS, key, err);
    return code == 0 ? HT_OK : index_fail(INDEX_ROWS, code, err);
}

static enum ht_status join_all(struct index_batch *batch, const struct ht_row *row, struct ht_error *err)
{
    for (int kind = HT_KIND_AGENT; kind <= HT_KIND_TYPE; kind++) {
        enum ht_status status =
            index_batch_join(batch, (enum ht_kind)kind, number_of(row, (enum ht_kind)kind), row, false, err);
        if (status != HT_OK) return status;
    }
    return HT_OK;
}

static enum ht_status note_profile(struct index_batch *batch, const struct harvest_event *event, uint32_t lead,
                                   struct ht_error *err)
{
    struct batch_summary *entry;
    if (lead == 0 || !event->has_profile) return HT_OK;
    enum ht_status status = index_batch_summary(batch, HT_KIND_LEAD, lead, &entry, err);
    if (status == HT_OK) entry->summary.entity.profile_seq = event->seq; /* marked by joining already */
    return status;
}

/* Who asks by an address asks for what names no lead too. */
static enum ht_status note_email(struct index_batch *batch, const struct harvest_event *event, uint32_t lead,
                                 struct ht_error *err)
{
    uint8_t number[8];
    enum index_table table = lead != 0 ? INDEX_EMAILS : INDEX_STRAYS;
    if (!event->has_email) return HT_OK;
    if (lead != 0)
        ht_put_be32(number, lead);
    else
        ht_put_be64(number, event->seq);
    MDB_val key = val_of(event->email, EMAIL_HASH_SIZE);
    MDB_val value = val_of(number, lead != 0 ? 4 : 8);
    int code = mdb_put(batch->txn, batch->index->tables[table], &key, &value, MDB_NODUPDATA);
    return code == 0 || code == MDB_KEYEXIST ? HT_OK : index_fail(table, code, err);
}

static enum ht_status count_event(struct index_batch *batch, const struct harvest_event *event,
                                  const struct ht_row *row, struct ht_error *err)
{
    static const uint8_t lost[HT_DUPLICATE_KEY_SIZE];
    struct ht_daily *daily;
    enum ht_status status = index_batch_daily(batch, row, &daily, err);
    if (status != HT_OK) return status;
    daily->events++;
    daily->deliveries++;
    daily->bytes += row->size;
    if (row->received_at > daily->last_at) daily->last_at = row->received_at;
    status = index_batch_time(batch, row, err);
    if (status == HT_OK && event->key != 0) status = index_batch_key(batch, event->key, event->seq, err);
    if (status != HT_OK || memcmp(event->duplicate_key, lost, sizeof lost) == 0) return status;
    int64_t time = index_duplicate_time(event->is_signed, event->stated_at);
    return index_batch_duplicate(batch, time, event->duplicate_key, event->seq, err);
}

enum ht_status index_apply_event(struct index_batch *batch, const struct harvest *harvest,
                                 const struct harvest_event *event, struct ht_error *err)
{
    struct ht_row row;
    enum ht_status status = make_row(batch, harvest, event, &row, err);
    bool names_conversation = row.conversation != 0;
    if (status == HT_OK) status = index_derive(batch, event, &row, err);
    if (status == HT_OK) status = append_row(batch, &row, err);
    if (status == HT_OK) status = join_all(batch, &row, err);
    if (status == HT_OK) status = index_link(batch, &row, err);
    if (status == HT_OK) status = note_profile(batch, event, row.lead, err);
    if (status == HT_OK) status = note_email(batch, event, row.lead, err);
    if (status == HT_OK) status = count_event(batch, event, &row, err);
    if (status == HT_OK && names_conversation) status = index_bring_opening(batch, event, row.conversation, err);
    if (status == HT_OK) batch->position.seq = event->seq;
    return status;
}

enum ht_status index_apply_events(struct index_batch *batch, const struct harvest *harvest, struct ht_error *err)
{
    enum ht_status status = HT_OK;
    for (size_t i = 0; i < harvest->count && status == HT_OK; i++)
        status = index_apply_event(batch, harvest, &harvest->events[i], err);
    return status;
}

enum ht_status index_apply_repeat(struct index_batch *batch, uint64_t number, uint64_t seq, struct ht_error *err)
{
    struct ht_row row;
    struct ht_daily *daily;
    uint8_t event[8], repeat[8];
    if (seq == 0 || seq > batch->position.seq) return HT_OK;
    enum ht_status status = index_load_row(batch, seq, &row, err);
    if (status != HT_OK) return status;
    if (row.deliveries < UINT32_MAX) row.deliveries++;
    status = index_store_row(batch, &row, err);
    if (status == HT_OK) status = index_batch_daily(batch, &row, &daily, err);
    if (status != HT_OK) return status;
    daily->deliveries++;
    ht_put_be64(event, seq);
    ht_put_be64(repeat, number);
    MDB_val key = val_of(event, sizeof event);
    MDB_val value = val_of(repeat, sizeof repeat);
    int code = mdb_put(batch->txn, batch->index->tables[INDEX_REPEATS], &key, &value, 0);
    return code == 0 ? HT_OK : index_fail(INDEX_REPEATS, code, err);
}
