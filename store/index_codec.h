/* Private to store/: keys and values of the index as bytes. index_env.h says where each belongs and what it means. */
#ifndef STORE_INDEX_CODEC_H
#define STORE_INDEX_CODEC_H

#include "hooktrail/time.h"
#include "index_env.h"

#define INDEX_ENTITY_KEY_SIZE 5
#define INDEX_RECENT_KEY_SIZE 9
#define INDEX_DAILY_KEY_SIZE 16
#define INDEX_DUPLICATE_KEY_SIZE 16
#define INDEX_OPENING_KEY_SIZE (8 + HT_OPENING_SIZE)
#define INDEX_DATA_KEY_SIZE 4
#define INDEX_ROW_SIZE 92
#define INDEX_SUMMARY_SIZE 84
#define INDEX_DAILY_SIZE 32
#define INDEX_SPAN_SIZE 16
#define INDEX_COUNTS_SIZE 28 /* of `counts` in meta */
#define INDEX_ID_KEY_SIZE (1 + HT_REF_SIZE)

/* A summary with what only the indexer needs. */
struct index_summary {
    struct ht_summary entity;
    int64_t opening_at; /* HT_TIME_NONE: no opening yet */
    uint8_t opening[HT_OPENING_SIZE];
};

/* The seqs of the events received in one hour or minute; greatest 0: none. */
struct index_span {
    uint64_t least;
    uint64_t greatest;
};

/* ---- keys ---- */

void index_key_entity(uint8_t key[INDEX_ENTITY_KEY_SIZE], enum ht_kind kind, uint32_t number);
void index_key_recent(uint8_t key[INDEX_RECENT_KEY_SIZE], enum ht_kind kind, uint64_t last_seq);
void index_key_daily(uint8_t key[INDEX_DAILY_KEY_SIZE], int64_t day, uint32_t type, uint32_t agent);
void index_key_id(uint8_t key[INDEX_ID_KEY_SIZE], enum ht_kind kind, const uint8_t ref[HT_REF_SIZE]);

/* Of `openings` and `orphans`. */
void index_key_opening(uint8_t key[INDEX_OPENING_KEY_SIZE], int64_t opening_at, const uint8_t opening[HT_OPENING_SIZE]);

/* The time that an event stands under in `duplicates`: the one that its payload states, which a repeated delivery
   states as well; HT_TIME_NONE if the sender's id alone tells what repeats it. */
static inline int64_t index_duplicate_time(bool is_signed, int64_t stated_at)
{
    return is_signed ? HT_TIME_NONE : stated_at;
}

static inline uint64_t index_order64(int64_t value)
{
    return (uint64_t)value ^ UINT64_C(1) << 63;
}

static inline int64_t index_of_order64(uint64_t value)
{
    return (int64_t)(value ^ UINT64_C(1) << 63);
}

/* The minute, since 1970, that holds a time; the hour that holds a minute. */
int64_t index_minute_of(int64_t time);
int64_t index_hour_of(int64_t minute);

/* The key of an e-mail address in `emails`; false if nothing is left of it without white space. */
bool index_email_hash(const uint8_t key[HASH_KEY_SIZE], struct ht_slice email, uint8_t hash[EMAIL_HASH_SIZE]);

/* ---- values: reading checks the length, and names table and key in HT_CORRUPT ---- */

void index_write_row(uint8_t value[INDEX_ROW_SIZE], const struct ht_row *row);
HT_MUST_CHECK enum ht_status index_read_row(MDB_val value, uint64_t seq, struct ht_row *row, struct ht_error *err);

void index_write_summary(uint8_t value[INDEX_SUMMARY_SIZE], const struct index_summary *summary);
HT_MUST_CHECK enum ht_status index_read_summary(MDB_val key, MDB_val value, struct index_summary *summary,
                                                struct ht_error *err);

void index_write_daily(uint8_t value[INDEX_DAILY_SIZE], const struct ht_daily *daily);
HT_MUST_CHECK enum ht_status index_read_daily(MDB_val key, MDB_val value, struct ht_daily *daily, struct ht_error *err);

void index_write_span(uint8_t value[INDEX_SPAN_SIZE], const struct index_span *span);
HT_MUST_CHECK enum ht_status index_read_span(enum index_table table, MDB_val key, MDB_val value,
                                             struct index_span *span, struct ht_error *err);

/* One number of exactly four or eight bytes. */
HT_MUST_CHECK enum ht_status index_read_u32(enum index_table table, MDB_val key, MDB_val value, uint32_t *number,
                                            struct ht_error *err);
HT_MUST_CHECK enum ht_status index_read_u64(enum index_table table, MDB_val key, MDB_val value, uint64_t *number,
                                            struct ht_error *err);

/* HT_CORRUPT, with table and key in the detail. */
enum ht_status index_corrupt(enum index_table table, MDB_val key, struct ht_error *err);

/* HT_FORBIDDEN: of a store that was opened without its master key there is no index to be read. */
static inline enum ht_status index_fail_locked(struct ht_error *err)
{
    (void)ht_fail(err, HT_FORBIDDEN, "the index is sealed, and the master key is missing");
    return HT_FORBIDDEN; /* as a constant, which analysis of a caller can see */
}

/* An LMDB code of a call on `table` as a status. */
enum ht_status index_fail(enum index_table table, int code, struct ht_error *err);

#endif
