#include "index_codec.h"

#include <assert.h>
#include <sodium.h>
#include <stdio.h>

#include "hooktrail/encode.h"
#include "hooktrail/time.h"

#define SHOWN_KEY 24 /* bytes of a key in an error */

_Static_assert(INDEX_COUNTS_SIZE == 4 * (HT_KIND_COUNT - 1), "a count for each kind");

/* Writing and reading run along a value; lengths were checked before. */
static uint8_t *put32(uint8_t *to, uint32_t value)
{
    ht_put_be32(to, value);
    return to + 4;
}

static uint8_t *put64(uint8_t *to, uint64_t value)
{
    ht_put_be64(to, value);
    return to + 8;
}

static uint32_t take32(const uint8_t **from)
{
    *from += 4;
    return ht_get_be32(*from - 4);
}

static uint64_t take64(const uint8_t **from)
{
    *from += 8;
    return ht_get_be64(*from - 8);
}

void index_key_entity(uint8_t key[INDEX_ENTITY_KEY_SIZE], enum ht_kind kind, uint32_t number)
{
    key[0] = (uint8_t)kind;
    ht_put_be32(key + 1, number);
}

void index_key_recent(uint8_t key[INDEX_RECENT_KEY_SIZE], enum ht_kind kind, uint64_t last_seq)
{
    key[0] = (uint8_t)kind;
    ht_put_be64(key + 1, last_seq);
}

void index_key_daily(uint8_t key[INDEX_DAILY_KEY_SIZE], int64_t day, uint32_t type, uint32_t agent)
{
    put32(put32(put64(key, index_order64(day)), type), agent);
}

void index_key_id(uint8_t key[INDEX_ID_KEY_SIZE], enum ht_kind kind, const uint8_t ref[HT_REF_SIZE])
{
    key[0] = (uint8_t)kind;
    memcpy(key + 1, ref, HT_REF_SIZE);
}

void index_key_opening(uint8_t key[INDEX_OPENING_KEY_SIZE], int64_t opening_at, const uint8_t opening[HT_OPENING_SIZE])
{
    memcpy(put64(key, index_order64(opening_at)), opening, HT_OPENING_SIZE);
}

static int64_t divide_down(int64_t value, int64_t unit)
{
    int64_t whole = value / unit;
    return value % unit < 0 ? whole - 1 : whole;
}

int64_t index_minute_of(int64_t time)
{
    return divide_down(time, 60 * HT_SECOND);
}

int64_t index_hour_of(int64_t minute)
{
    return divide_down(minute, 60);
}

static bool is_space(char c)
{
    return c == ' ' || (c >= '\t' && c <= '\r');
}

bool index_email_hash(const uint8_t key[HASH_KEY_SIZE], struct ht_slice email, uint8_t hash[EMAIL_HASH_SIZE])
{
    while (email.size > 0 && is_space(email.data[0]))
        email.data++, email.size--;
    while (email.size > 0 && is_space(email.data[email.size - 1]))
        email.size--;
    if (email.size == 0) return false;

    crypto_generichash_state state;
    unsigned char lowered[256];
    crypto_generichash_init(&state, key, HASH_KEY_SIZE, EMAIL_HASH_SIZE);
    while (email.size > 0) {
        size_t size = email.size < sizeof lowered ? email.size : sizeof lowered;
        for (size_t i = 0; i < size; i++) {
            unsigned char c = (unsigned char)email.data[i];
            lowered[i] = c >= 'A' && c <= 'Z' ? (unsigned char)(c | 0x20) : c;
        }
        crypto_generichash_update(&state, lowered, size);
        email.data += size, email.size -= size;
    }
    crypto_generichash_final(&state, hash, EMAIL_HASH_SIZE);
    return true;
}

void index_write_row(uint8_t value[INDEX_ROW_SIZE], const struct ht_row *row)
{
    uint8_t *to = put64(value, (uint64_t)row->received_at);
    to = put64(to, (uint64_t)row->occurred_at);
    to = put32(to, row->type);
    to = put32(to, row->agent);
    to = put32(to, row->agent_name);
    to = put32(to, row->conversation);
    to = put32(to, row->lead);
    to = put32(to, row->visitor);
    to = put32(to, row->warnings);
    to = put32(to, row->size);
    to = put32(to, row->deliveries);
    to = put32(to, row->endpoint);
    to = put32(to, row->flags);
    memcpy(to, row->sha256, HT_SHA256_SIZE);
    assert(to + HT_SHA256_SIZE == value + INDEX_ROW_SIZE);
}

enum ht_status index_read_row(MDB_val value, uint64_t seq, struct ht_row *row, struct ht_error *err)
{
    if (value.mv_size != INDEX_ROW_SIZE) {
        uint8_t key[8];
        ht_put_be64(key, seq);
        return index_corrupt(INDEX_ROWS, val_of(key, sizeof key), err);
    }
    const uint8_t *from = value.mv_data;
    row->seq = seq;
    row->received_at = (int64_t)take64(&from);
    row->occurred_at = (int64_t)take64(&from);
    row->type = take32(&from);
    row->agent = take32(&from);
    row->agent_name = take32(&from);
    row->conversation = take32(&from);
    row->lead = take32(&from);
    row->visitor = take32(&from);
    row->warnings = take32(&from);
    row->size = take32(&from);
    row->deliveries = take32(&from);
    row->endpoint = take32(&from);
    row->flags = take32(&from);
    memcpy(row->sha256, from, HT_SHA256_SIZE);
    return HT_OK;
}

void index_write_summary(uint8_t value[INDEX_SUMMARY_SIZE], const struct index_summary *summary)
{
    const struct ht_summary *entity = &summary->entity;
    uint8_t *to = put64(value, (uint64_t)entity->first_at);
    to = put64(to, (uint64_t)entity->last_at);
    to = put64(to, entity->first_seq);
    to = put64(to, entity->last_seq);
    to = put64(to, entity->events);
    to = put32(to, entity->agent);
    to = put32(to, entity->agent_name);
    to = put32(to, entity->visitor);
    to = put64(to, entity->profile_seq);
    to = put64(to, (uint64_t)summary->opening_at);
    memcpy(to, summary->opening, HT_OPENING_SIZE);
    assert(to + HT_OPENING_SIZE == value + INDEX_SUMMARY_SIZE);
}

enum ht_status index_read_summary(MDB_val key, MDB_val value, struct index_summary *summary, struct ht_error *err)
{
    if (key.mv_size != INDEX_ENTITY_KEY_SIZE || value.mv_size != INDEX_SUMMARY_SIZE) {
        return index_corrupt(INDEX_SUMMARIES, key, err);
    }
    const uint8_t *from = value.mv_data;
    struct ht_summary *entity = &summary->entity;
    entity->number = ht_get_be32((const uint8_t *)key.mv_data + 1);
    entity->first_at = (int64_t)take64(&from);
    entity->last_at = (int64_t)take64(&from);
    entity->first_seq = take64(&from);
    entity->last_seq = take64(&from);
    entity->events = take64(&from);
    entity->agent = take32(&from);
    entity->agent_name = take32(&from);
    entity->visitor = take32(&from);
    entity->profile_seq = take64(&from);
    summary->opening_at = (int64_t)take64(&from);
    memcpy(summary->opening, from, HT_OPENING_SIZE);
    return HT_OK;
}

void index_write_daily(uint8_t value[INDEX_DAILY_SIZE], const struct ht_daily *daily)
{
    uint8_t *to = put64(value, daily->events);
    to = put64(to, daily->bytes);
    to = put64(to, daily->deliveries);
    put64(to, (uint64_t)daily->last_at);
}

enum ht_status index_read_daily(MDB_val key, MDB_val value, struct ht_daily *daily, struct ht_error *err)
{
    if (key.mv_size != INDEX_DAILY_KEY_SIZE || value.mv_size != INDEX_DAILY_SIZE) {
        return index_corrupt(INDEX_DAILY, key, err);
    }
    const uint8_t *from = key.mv_data;
    daily->day = index_of_order64(take64(&from));
    daily->type = take32(&from);
    daily->agent = take32(&from);
    from = value.mv_data;
    daily->events = take64(&from);
    daily->bytes = take64(&from);
    daily->deliveries = take64(&from);
    daily->last_at = (int64_t)take64(&from);
    return HT_OK;
}

void index_write_span(uint8_t value[INDEX_SPAN_SIZE], const struct index_span *span)
{
    put64(put64(value, span->least), span->greatest);
}

enum ht_status index_read_span(enum index_table table, MDB_val key, MDB_val value, struct index_span *span,
                               struct ht_error *err)
{
    if (key.mv_size != 8 || value.mv_size != INDEX_SPAN_SIZE) return index_corrupt(table, key, err);
    const uint8_t *from = value.mv_data;
    span->least = take64(&from);
    span->greatest = take64(&from);
    return HT_OK;
}

enum ht_status index_read_u32(enum index_table table, MDB_val key, MDB_val value, uint32_t *number,
                              struct ht_error *err)
{
    if (value.mv_size != 4) return index_corrupt(table, key, err);
    *number = ht_get_be32(value.mv_data);
    return HT_OK;
}

enum ht_status index_read_u64(enum index_table table, MDB_val key, MDB_val value, uint64_t *number,
                              struct ht_error *err)
{
    if (value.mv_size != 8) return index_corrupt(table, key, err);
    *number = ht_get_be64(value.mv_data);
    return HT_OK;
}

enum ht_status index_corrupt(enum index_table table, MDB_val key, struct ht_error *err)
{
    char hex[2 * SHOWN_KEY + 1];
    size_t shown = key.mv_size < SHOWN_KEY ? key.mv_size : SHOWN_KEY;
    sodium_bin2hex(hex, sizeof hex, key.mv_data, shown);
    return ht_fail(err, HT_CORRUPT, "the index is damaged (table %s, key %s%s): run hooktrail reindex",
                   index_table_name(table), hex, shown < key.mv_size ? "…" : "");
}

enum ht_status index_fail(enum index_table table, int code, struct ht_error *err)
{
    char what[64];
    if (code == MDB_NOTFOUND && err == NULL) return HT_NOT_FOUND; /* on the way of every new event */
    snprintf(what, sizeof what, "index table %s", index_table_name(table));
    /* A transaction that has met a rotten page is spoiled for whatever is asked of it next. */
    return env_fail(err, code == MDB_BAD_TXN ? MDB_CORRUPTED : code, what);
}
