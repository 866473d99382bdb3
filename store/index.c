#include "hooktrail/index.h"

#include <assert.h>
#include <stdarg.h>
#include <stdio.h>

#include "hooktrail/encode.h"
#include "hooktrail/time.h"
#include "index_codec.h"
#include "index_seal.h"
#include "reader_names.h"
#include "ref.h"

static enum ht_status get(const struct ht_reader *reader, enum index_table table, MDB_val key, MDB_val *value,
                          struct ht_error *err)
{
    assert(reader->begun);
    if (reader->index == NULL) return index_fail_locked(err);
    int code = mdb_get(reader->index_txn, reader->index->tables[table], &key, value);
    return code == 0 ? HT_OK : index_fail(table, code, err);
}

/* What is read of the index, and nothing else: the trail's damage is not the index's. */
static enum ht_status judge(const struct ht_reader *reader, enum ht_status status)
{
    if (status == HT_CORRUPT) atomic_store(&reader->index->damaged, true);
    return status;
}

enum ht_status ht_fail_index(const struct ht_reader *reader, struct ht_error *err, const char *format, ...)
{
    char what[sizeof err->detail];
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(what, sizeof what, format, arguments);
    va_end(arguments);
    return judge(reader, ht_fail(err, HT_CORRUPT, "%s: run `hooktrail reindex`", what));
}

static enum ht_status open_cursor(const struct ht_reader *reader, enum index_table table, MDB_cursor **cursor,
                                  struct ht_error *err)
{
    assert(reader->begun);
    if (reader->index == NULL) return index_fail_locked(err);
    int code = mdb_cursor_open(reader->index_txn, reader->index->tables[table], cursor);
    return code == 0 ? HT_OK : index_fail(table, code, err);
}

/* The first key of at least *key, with its value. */
static enum ht_status seek(const struct ht_reader *reader, enum index_table table, MDB_val *key, MDB_val *value,
                           struct ht_error *err)
{
    MDB_cursor *cursor;
    enum ht_status status = open_cursor(reader, table, &cursor, err);
    if (status != HT_OK) return status;
    int code = mdb_cursor_get(cursor, key, value, MDB_SET_RANGE);
    mdb_cursor_close(cursor);
    return code == 0 ? HT_OK : index_fail(table, code, err);
}

/* Among the values of `key`, all of the size of *value, the first that is at least that. */
static enum ht_status seek_number(const struct ht_reader *reader, enum index_table table, MDB_val key, MDB_val *value,
                                  struct ht_error *err)
{
    MDB_cursor *cursor;
    size_t size = value->mv_size;
    enum ht_status status = open_cursor(reader, table, &cursor, err);
    if (status != HT_OK) return status;
    int code = mdb_cursor_get(cursor, &key, value, MDB_GET_BOTH_RANGE);
    mdb_cursor_close(cursor);
    if (code != 0) return index_fail(table, code, err);
    return value->mv_size == size ? HT_OK : index_corrupt(table, key, err);
}

/* The same for numbers of 32 bits above `after`. */
static enum ht_status number_above(const struct ht_reader *reader, enum index_table table, MDB_val key, uint32_t after,
                                   uint32_t *number, struct ht_error *err)
{
    uint8_t bytes[4];
    if (after == UINT32_MAX) return index_fail(table, MDB_NOTFOUND, err);
    ht_put_be32(bytes, after + 1);
    MDB_val value = val_of(bytes, sizeof bytes);
    enum ht_status status = seek_number(reader, table, key, &value, err);
    if (status == HT_OK) *number = ht_get_be32(value.mv_data);
    return status;
}

static void check_kind(enum ht_kind kind)
{
    assert(kind >= HT_KIND_AGENT && kind < HT_KIND_COUNT);
    (void)kind;
}

enum ht_status ht_index_position(struct ht_reader *reader, struct ht_position *position, struct ht_error *err)
{
    assert(reader->begun);
    if (reader->index == NULL) return index_fail_locked(err);
    return index_env_position(reader->index, reader->index_txn, position, err);
}

/* ---- rows ---- */

enum ht_status ht_index_row(struct ht_reader *reader, uint64_t seq, struct ht_row *row, struct ht_error *err)
{
    uint8_t bytes[8];
    MDB_val value;
    ht_put_be64(bytes, seq);
    enum ht_status status = get(reader, INDEX_ROWS, val_of(bytes, sizeof bytes), &value, NULL);
    if (status == HT_OK) return judge(reader, index_unseal_row(reader->index, value, seq, row, err));
    return ht_fail(err, status, "event %llu is not in the index", (unsigned long long)seq);
}

/* Widens `range` by the hours or minutes from `first` to `last` of `table`. */
static enum ht_status join_spans(const struct ht_reader *reader, enum index_table table, int64_t first, int64_t last,
                                 struct index_span *range, struct ht_error *err)
{
    MDB_cursor *cursor;
    uint8_t bytes[8];
    if (first > last) return HT_OK;
    enum ht_status status = open_cursor(reader, table, &cursor, err);
    if (status != HT_OK) return status;
    ht_put_be64(bytes, index_order64(first));
    MDB_val key = val_of(bytes, sizeof bytes);
    MDB_val value;
    int code = mdb_cursor_get(cursor, &key, &value, MDB_SET_RANGE);
    for (; code == 0; code = mdb_cursor_get(cursor, &key, &value, MDB_NEXT)) {
        struct index_span span;
        status = index_read_span(table, key, value, &span, err);
        if (status != HT_OK || index_of_order64(ht_get_be64(key.mv_data)) > last) break;
        if (span.least < range->least) range->least = span.least;
        if (span.greatest > range->greatest) range->greatest = span.greatest;
    }
    mdb_cursor_close(cursor);
    return code == 0 || code == MDB_NOTFOUND ? status : index_fail(table, code, err);
}

/* From minute `first` to minute `last`: whole hours by the hour, what is left before and behind by the minute. */
static enum ht_status join_minutes(const struct ht_reader *reader, int64_t first, int64_t last,
                                   struct index_span *range, struct ht_error *err)
{
    int64_t hour = index_hour_of(first + 59), behind = index_hour_of(last + 1);
    if (hour >= behind) return join_spans(reader, INDEX_MINUTES, first, last, range, err);
    enum ht_status status = join_spans(reader, INDEX_MINUTES, first, hour * 60 - 1, range, err);
    if (status == HT_OK) status = join_spans(reader, INDEX_HOURS, hour, behind - 1, range, err);
    return status == HT_OK ? join_spans(reader, INDEX_MINUTES, behind * 60, last, range, err) : status;
}

enum ht_status ht_index_range(struct ht_reader *reader, int64_t since, int64_t until, uint64_t *first, uint64_t *last,
                              struct ht_error *err)
{
    struct index_span range = {UINT64_MAX, 0};
    *first = 1, *last = 0;
    if (since >= until) return HT_OK;
    if (since == HT_TIME_NONE && until == INT64_MAX) {
        struct ht_position position;
        enum ht_status status = ht_index_position(reader, &position, err);
        if (status == HT_OK) *last = position.seq;
        return status;
    }
    enum ht_status status = join_minutes(reader, index_minute_of(since), index_minute_of(until - 1), &range, err);
    if (status == HT_OK && range.least <= range.greatest) *first = range.least, *last = range.greatest;
    return status;
}

/* ---- entities ---- */

static enum ht_status number_of_ref(struct ht_reader *reader, enum ht_kind kind, const uint8_t ref[HT_REF_SIZE],
                                    uint32_t *number, struct ht_error *err)
{
    uint8_t bytes[INDEX_ID_KEY_SIZE];
    MDB_val value;
    index_key_id(bytes, kind, ref);
    MDB_val key = val_of(bytes, sizeof bytes);
    enum ht_status status = get(reader, INDEX_IDS, key, &value, err);
    return status == HT_OK ? index_read_u32(INDEX_IDS, key, value, number, err) : status;
}

enum ht_status index_person_key(struct ht_reader *reader, enum ht_kind kind, const uint8_t ref[HT_REF_SIZE],
                                uint32_t *key, struct ht_error *err)
{
    uint32_t number;
    struct ht_summary summary;
    struct ht_record_header header;
    enum ht_status status = number_of_ref(reader, kind, ref, &number, NULL);
    if (status == HT_NOT_FOUND) return status; /* a new person: nothing worth a text */
    if (status != HT_OK) return number_of_ref(reader, kind, ref, &number, err);
    status = ht_index_summary(reader, kind, number, &summary, err);
    if (status == HT_OK) status = ht_trail_header(reader, summary.last_seq, &header, err);
    if (status != HT_OK) return status;
    *key = header.key;
    return header.key != 0 ? HT_OK : ht_fail(err, HT_NOT_FOUND, "the person's last event has no key");
}

enum ht_status ht_index_number(struct ht_reader *reader, enum ht_kind kind, struct ht_slice id, uint32_t *number,
                               struct ht_error *err)
{
    uint8_t ref[HT_REF_SIZE];
    check_kind(kind);
    ref_make(reader->store, (uint8_t)kind, id, ref);
    return number_of_ref(reader, kind, ref, number, err);
}

enum ht_status ht_index_name(struct ht_reader *reader, enum ht_kind kind, uint32_t number, struct ht_slice *id,
                             struct ht_error *err)
{
    uint8_t bytes[INDEX_ENTITY_KEY_SIZE];
    MDB_val value;
    check_kind(kind);
    if (reader_names_find(reader, kind, number, id)) return HT_OK;
    index_key_entity(bytes, kind, number);
    enum ht_status status = get(reader, INDEX_NAMES, val_of(bytes, sizeof bytes), &value, err);
    if (status != HT_OK) return status;
    *id = val_slice(value);
    if (index_name_is_sealed(reader->index, kind)) {
        struct ht_buffer *space = reader_space(reader);
        if (space == NULL) return ht_fail(err, HT_NO_MEMORY, "out of memory for a name");
        status = judge(reader, index_unseal_name(reader->index, kind, number, val_slice(value), space, id, err));
    }
    if (status == HT_OK) reader_names_keep(reader, kind, number, id);
    return status;
}

enum ht_status ht_index_count(struct ht_reader *reader, enum ht_kind kind, uint32_t *count, struct ht_error *err)
{
    MDB_val key = val_of("counts", 6);
    MDB_val value;
    check_kind(kind);
    enum ht_status status = get(reader, INDEX_META, key, &value, err);
    if (status == HT_NOT_FOUND) return index_corrupt(INDEX_META, key, err);
    if (status != HT_OK) return status;
    if (value.mv_size != INDEX_COUNTS_SIZE) return index_corrupt(INDEX_META, key, err);
    *count = ht_get_be32((const uint8_t *)value.mv_data + 4 * ((size_t)kind - 1));
    return HT_OK;
}

enum ht_status ht_index_summary(struct ht_reader *reader, enum ht_kind kind, uint32_t number,
                                struct ht_summary *summary, struct ht_error *err)
{
    uint8_t bytes[INDEX_ENTITY_KEY_SIZE];
    struct index_summary read;
    MDB_val value;
    check_kind(kind);
    index_key_entity(bytes, kind, number);
    MDB_val key = val_of(bytes, sizeof bytes);
    enum ht_status status = get(reader, INDEX_SUMMARIES, key, &value, err);
    if (status == HT_OK) status = index_read_summary(key, value, &read, err);
    if (status == HT_OK) *summary = read.entity;
    return status;
}

/* Puts the cursor on the last key below `key`. */
static int seek_below(MDB_cursor *cursor, MDB_val *key, MDB_val *value)
{
    int code = mdb_cursor_get(cursor, key, value, MDB_SET_RANGE);
    if (code == 0) return mdb_cursor_get(cursor, key, value, MDB_PREV);
    return code == MDB_NOTFOUND ? mdb_cursor_get(cursor, key, value, MDB_LAST) : code;
}

enum ht_status ht_index_recent(struct ht_reader *reader, enum ht_kind kind, uint64_t before, uint32_t *number,
                               uint64_t *last_seq, struct ht_error *err)
{
    uint8_t bytes[INDEX_RECENT_KEY_SIZE];
    MDB_cursor *cursor;
    MDB_val value;
    check_kind(kind);
    index_key_recent(bytes, kind, before);
    MDB_val key = val_of(bytes, sizeof bytes);
    enum ht_status status = open_cursor(reader, INDEX_RECENT, &cursor, err);
    if (status != HT_OK) return status;
    int code = seek_below(cursor, &key, &value);
    mdb_cursor_close(cursor);
    if (code != 0) return index_fail(INDEX_RECENT, code, err);
    if (key.mv_size != INDEX_RECENT_KEY_SIZE) return index_corrupt(INDEX_RECENT, key, err);
    const uint8_t *found = key.mv_data;
    if (found[0] != (uint8_t)kind) return ht_fail(err, HT_NOT_FOUND, "no older one");
    *last_seq = ht_get_be64(found + 1);
    return index_read_u32(INDEX_RECENT, key, value, number, err);
}

enum ht_status ht_index_linked(struct ht_reader *reader, enum ht_kind kind, uint32_t number, uint32_t after,
                               uint32_t *linked, struct ht_error *err)
{
    uint8_t bytes[INDEX_ENTITY_KEY_SIZE];
    assert(kind == HT_KIND_LEAD || kind == HT_KIND_CONVERSATION);
    index_key_entity(bytes, kind, number);
    return number_above(reader, INDEX_LINKS, val_of(bytes, sizeof bytes), after, linked, err);
}

enum ht_status ht_index_email(struct ht_reader *reader, struct ht_slice email, uint32_t after, uint32_t *lead,
                              struct ht_error *err)
{
    uint8_t hash[EMAIL_HASH_SIZE];
    assert(reader->begun);
    if (!index_email_hash(reader->store->hash_key, email, hash)) return ht_fail(err, HT_NOT_FOUND, "no address");
    return number_above(reader, INDEX_EMAILS, val_of(hash, sizeof hash), after, lead, err);
}

/* Among the values of `key` the first above `after`. */
static enum ht_status seq_above(struct ht_reader *reader, enum index_table table, MDB_val key, uint64_t after,
                                uint64_t *found, struct ht_error *err)
{
    uint8_t above[8];
    if (after == UINT64_MAX) return index_fail(table, MDB_NOTFOUND, err);
    ht_put_be64(above, after + 1);
    MDB_val value = val_of(above, sizeof above);
    enum ht_status status = seek_number(reader, table, key, &value, err);
    if (status == HT_OK) *found = ht_get_be64(value.mv_data);
    return status;
}

enum ht_status ht_index_stray(struct ht_reader *reader, struct ht_slice email, uint64_t after, uint64_t *seq,
                              struct ht_error *err)
{
    uint8_t hash[EMAIL_HASH_SIZE];
    assert(reader->begun);
    if (!index_email_hash(reader->store->hash_key, email, hash)) return ht_fail(err, HT_NOT_FOUND, "no address");
    return seq_above(reader, INDEX_STRAYS, val_of(hash, sizeof hash), after, seq, err);
}

/* ---- duplicates, deliveries, statistics ---- */

enum ht_status ht_index_repeat(struct ht_reader *reader, uint64_t seq, uint64_t after, uint64_t *number,
                               struct ht_error *err)
{
    uint8_t bytes[8];
    ht_put_be64(bytes, seq);
    return seq_above(reader, INDEX_REPEATS, val_of(bytes, sizeof bytes), after, number, err);
}

enum ht_status ht_index_key_event(struct ht_reader *reader, uint32_t key, uint64_t after, uint64_t *seq,
                                  struct ht_error *err)
{
    uint8_t bytes[INDEX_DATA_KEY_SIZE];
    ht_put_be32(bytes, key);
    return seq_above(reader, INDEX_KEYS, val_of(bytes, sizeof bytes), after, seq, err);
}

/* A candidate that the trail can't read proves nothing: the event would be stored anew, which loses nothing. */
static enum ht_status confirm(struct ht_reader *reader, uint64_t seq, const uint8_t *key, bool *same,
                              struct ht_error *err)
{
    struct ht_record_header header;
    enum ht_status status = ht_trail_header(reader, seq, &header, err);
    *same = status == HT_OK && memcmp(header.duplicate_key, key, HT_DUPLICATE_KEY_SIZE) == 0;
    return status == HT_CORRUPT || status == HT_NOT_FOUND ? HT_OK : status;
}

static enum ht_status confirm_any(struct ht_reader *reader, MDB_cursor *cursor, MDB_val key, const uint8_t *wanted,
                                  uint64_t *seq, struct ht_error *err)
{
    MDB_val value;
    int code = mdb_cursor_get(cursor, &key, &value, MDB_SET_KEY);
    for (; code == 0; code = mdb_cursor_get(cursor, &key, &value, MDB_NEXT_DUP)) {
        bool same = false;
        enum ht_status status = index_read_u64(INDEX_DUPLICATES, key, value, seq, err);
        if (status == HT_OK) status = confirm(reader, *seq, wanted, &same, err);
        if (status != HT_OK || same) return status;
    }
    return index_fail(INDEX_DUPLICATES, code, err);
}

enum ht_status ht_index_duplicate(struct ht_reader *reader, int64_t time, const uint8_t key[HT_DUPLICATE_KEY_SIZE],
                                  uint64_t *seq, struct ht_error *err)
{
    MDB_cursor *cursor;
    uint8_t bytes[INDEX_DUPLICATE_KEY_SIZE];
    enum ht_status status = open_cursor(reader, INDEX_DUPLICATES, &cursor, err);
    if (status != HT_OK) return status;
    ht_put_be64(bytes, index_order64(time));
    memcpy(bytes + 8, key, sizeof bytes - 8);
    status = confirm_any(reader, cursor, val_of(bytes, sizeof bytes), key, seq, err);
    mdb_cursor_close(cursor);
    return status;
}

enum ht_status ht_index_daily(struct ht_reader *reader, int64_t day, uint32_t type, uint32_t agent,
                              struct ht_daily *daily, struct ht_error *err)
{
    uint8_t bytes[INDEX_DAILY_KEY_SIZE + 1] = {0}; /* the least key behind: one zero byte longer */
    MDB_val value;
    index_key_daily(bytes, day, type, agent);
    MDB_val key = val_of(bytes, sizeof bytes);
    enum ht_status status = seek(reader, INDEX_DAILY, &key, &value, err);
    return status == HT_OK ? index_read_daily(key, value, daily, err) : status;
}
