/* For tests of the index: many events at once, and the index's tables as one text to compare. */
#ifndef TESTS_INDEX_SUPPORT_H
#define TESTS_INDEX_SUPPORT_H

#include "scratch.h"

#include "../../store/index_seal.h"
#include "../../store/indexer.h"
#include "../../store/record.h"
#include "../../store/ref.h"
#include "hooktrail/encode.h"

struct bench {
    struct scratch scratch;
    struct ht_appender *appender;
    struct ht_reader *reader;
};

static inline void bench_open(struct bench *bench)
{
    assert_ok(ht_appender_new(bench->scratch.store, &bench->appender, &scratch_error));
    assert_ok(ht_reader_new(bench->scratch.store, &bench->reader, &scratch_error));
}

static inline void bench_close(struct bench *bench)
{
    ht_reader_free(bench->reader);
    ht_appender_free(bench->appender);
    ht_store_close(bench->scratch.store);
    bench->scratch.store = NULL;
}

static inline int bench_set_up(void **state)
{
    struct bench *bench = calloc(1, sizeof *bench);
    scratch_make(&bench->scratch);
    bench_open(bench);
    *state = bench;
    return 0;
}

static inline int bench_tear_down(void **state)
{
    struct bench *bench = *state;
    bench_close(bench);
    scratch_drop(&bench->scratch);
    free(bench);
    return 0;
}

static inline uint64_t bench_add(struct bench *bench, const char *payload)
{
    return scratch_append(bench->appender, payload, SCRATCH_NOW, NULL);
}

/* One transaction; event i is received at `at` + i seconds. */
static inline void bench_add_all(struct bench *bench, char *const *payloads, size_t count, int64_t at)
{
    struct ht_position end;
    struct ht_append *appends = calloc(count + 1, sizeof *appends);
    struct ht_packer *packer = ht_packer_new();
    uint8_t salt[HT_SALT_SIZE] = {0};
    for (size_t i = 0; i < count; i++) {
        struct ht_delivery delivery = {.received_at = at + (int64_t)i * HT_SECOND, .endpoint = 1};
        assert_ok(ht_append_pack(&appends[i], packer, &delivery, ht_slice_from(payloads[i]), 1, HT_ABSENT, salt,
                                 &scratch_error));
        appends[i].stated_at = scratch_stated_at(payloads[i]);
        appends[i].next = i + 1 < count ? &appends[i + 1] : NULL;
    }
    if (count > 0) assert_ok(ht_appender_commit(bench->appender, appends, &end, &scratch_error));
    for (size_t i = 0; i < count; i++)
        ht_append_release(&appends[i]);
    ht_packer_free(packer);
    free(appends);
}

static inline void bench_catch_up(struct bench *bench)
{
    struct ht_position end, trail;
    assert_ok(ht_index_catch_up(bench->scratch.store, NULL, NULL, &end, &scratch_error));
    assert_ok(index_trail_end(bench->scratch.store, &trail, &scratch_error));
    assert_int_equal(end.seq, trail.seq);
    assert_int_equal(end.repeat, trail.repeat);
}

/* Puts tombstones of the erasure `number` in the place of the events `first` to `last`, as of the conversation that
   goes on (NULL: none). What else belongs to an erasure, the index doesn't look at. */
static inline void bench_bury(struct bench *bench, uint64_t number, uint64_t first, uint64_t last,
                              const char *conversation)
{
    struct ht_store *store = bench->scratch.store;
    struct ht_buffer tombstone = {0};
    uint8_t ref[HT_REF_SIZE] = {0}, bytes[8];
    MDB_txn *txn;
    if (conversation != NULL) ref_make(store, HT_KIND_CONVERSATION, ht_slice_from(conversation), ref);
    assert_ok(trail_change_begin(store, &txn, &scratch_error));
    for (uint64_t seq = first; seq <= last; seq++) {
        ht_put_be64(bytes, seq);
        MDB_val key = val_of(bytes, sizeof bytes), value;
        assert_int_equal(mdb_get(txn, store->trail.events, &key, &value), 0);
        assert_ok(record_tombstone(val_slice(value), seq, number, ref, &tombstone, &scratch_error));
        value = val_of(tombstone.data, tombstone.size);
        assert_int_equal(mdb_put(txn, store->trail.events, &key, &value, 0), 0);
    }
    assert_ok(trail_counter_set(store, txn, ERASURES_COUNTER, number, &scratch_error));
    assert_ok(trail_change_end(txn, HT_OK, &scratch_error));
    ht_buffer_release(&tombstone);
}

static inline void bench_begin(struct bench *bench)
{
    assert_ok(ht_reader_begin(bench->reader, &scratch_error));
}

static inline struct ht_row bench_row(struct bench *bench, uint64_t seq)
{
    struct ht_row row;
    assert_ok(ht_index_row(bench->reader, seq, &row, &scratch_error));
    return row;
}

static inline uint32_t bench_number(struct bench *bench, enum ht_kind kind, const char *id)
{
    uint32_t number = 0;
    enum ht_status status = ht_index_number(bench->reader, kind, ht_slice_from(id), &number, NULL);
    assert_true(status == HT_OK || status == HT_NOT_FOUND);
    return number;
}

/* Two indexes have two keys: what they seal is compared in the open. */
static inline struct ht_slice index_opened(const struct index_env *index, enum index_table table, MDB_val key,
                                           MDB_val value, struct ht_buffer *plain)
{
    struct ht_slice text = val_slice(value);
    const uint8_t *bytes = key.mv_data;
    if (table == INDEX_NAMES && key.mv_size == INDEX_ENTITY_KEY_SIZE)
        assert_ok(index_unseal_name(index, (enum ht_kind)bytes[0], ht_get_be32(bytes + 1), val_slice(value), plain,
                                    &text, &scratch_error));
    if (table == INDEX_ROWS && key.mv_size == 8) {
        struct ht_row row;
        uint8_t open[INDEX_ROW_SIZE];
        assert_ok(index_unseal_row(index, value, ht_get_be64(bytes), &row, &scratch_error));
        index_write_row(open, &row);
        ht_buffer_clear(plain);
        ht_buffer_add_bytes(plain, open, sizeof open);
        text = ht_buffer_slice(plain);
    }
    return text;
}

/* Every table's keys and values, in hex, one pair a line, but for the index's key. To be freed. */
static inline char *index_dump(struct index_env *index)
{
    struct ht_buffer out = {0}, plain = {0};
    MDB_txn *txn;
    assert_int_equal(mdb_txn_begin(index->env, NULL, MDB_RDONLY, &txn), 0);
    for (int table = 0; table < INDEX_TABLES; table++) {
        MDB_cursor *cursor;
        MDB_val key, value;
        assert_int_equal(mdb_cursor_open(txn, index->tables[table], &cursor), 0);
        while (mdb_cursor_get(cursor, &key, &value, MDB_NEXT) == 0) {
            if (table == INDEX_META && key.mv_size == 3 && memcmp(key.mv_data, "key", 3) == 0) continue;
            struct ht_slice open = index_opened(index, (enum index_table)table, key, value, &plain);
            ht_buffer_printf(&out, "%s ", index_table_name((enum index_table)table));
            ht_hex_add(&out, key.mv_data, key.mv_size);
            ht_buffer_add_text(&out, " ");
            ht_hex_add(&out, open.data, open.size);
            ht_buffer_add_text(&out, "\n");
        }
        mdb_cursor_close(cursor);
    }
    mdb_txn_abort(txn);
    ht_buffer_release(&plain);
    ht_buffer_add_byte(&out, '\0');
    assert_false(out.failed);
    return out.data;
}

static inline char *bench_dump(struct bench *bench)
{
    struct index_env *index = index_env_acquire(bench->scratch.store);
    char *text = index_dump(index);
    index_env_release(index);
    return text;
}

/* Says where two dumps part, rather than print them. */
static inline void assert_same_dump(const char *a, const char *b)
{
    size_t line = 0;
    for (size_t i = 0;; i++) {
        if (a[i] != b[i]) fail_msg("the tables differ at byte %zu:\n%.200s\n%.200s", i, a + line, b + line);
        if (a[i] == '\0') return;
        if (a[i] == '\n') line = i + 1;
    }
}

/* The tables are those of an index built now from nothing. */
static inline void assert_as_rebuilt(struct bench *bench)
{
    char *grown = bench_dump(bench);
    assert_ok(ht_index_rebuild(bench->scratch.store, NULL, NULL, &scratch_error));
    char *rebuilt = bench_dump(bench);
    assert_same_dump(grown, rebuilt);
    free(grown);
    free(rebuilt);
}

#endif
