/* For unit tests of query/: a store with an appender and a reader, batches of events, and answers taken apart. */
#ifndef TESTS_QUERY_BENCH_H
#define TESTS_QUERY_BENCH_H

#include "scratch.h"

#include <lmdb.h>

#include "hooktrail/emit.h"
#include "hooktrail/json.h"
#include "hooktrail/query.h"
#include "random.h"

#define BATCH_MAX 4000

struct bench {
    struct scratch scratch;
    struct ht_appender *appender;
    struct ht_reader *reader;
    struct ht_packer *packer;
    struct ht_json *json;
    struct ht_append *batch;
    size_t batched;
    uint64_t made; /* events and repeats, for payloads that differ */
    struct random random;
};

static inline int bench_set_up(void **state)
{
    struct bench *bench = calloc(1, sizeof *bench);
    assert_non_null(bench);
    scratch_make(&bench->scratch);
    assert_ok(ht_appender_new(bench->scratch.store, &bench->appender, &scratch_error));
    assert_ok(ht_reader_new(bench->scratch.store, &bench->reader, &scratch_error));
    bench->packer = ht_packer_new();
    bench->json = ht_json_new();
    bench->batch = calloc(BATCH_MAX, sizeof *bench->batch);
    bench->random.state = 20251124;
    assert_true(bench->packer && bench->json && bench->batch);
    *state = bench;
    return 0;
}

static inline void bench_close(struct bench *bench)
{
    ht_reader_free(bench->reader);
    ht_appender_free(bench->appender);
    bench->reader = NULL;
    bench->appender = NULL;
}

static inline void bench_reopen(struct bench *bench)
{
    scratch_open(&bench->scratch);
    assert_ok(ht_appender_new(bench->scratch.store, &bench->appender, &scratch_error));
    assert_ok(ht_reader_new(bench->scratch.store, &bench->reader, &scratch_error));
}

static inline int bench_tear_down(void **state)
{
    struct bench *bench = *state;
    bench_close(bench);
    ht_packer_free(bench->packer);
    ht_json_free(bench->json);
    free(bench->batch);
    scratch_drop(&bench->scratch);
    free(bench);
    return 0;
}

static inline void bench_add_delivery(struct bench *bench, const struct ht_delivery *delivery, struct ht_slice payload)
{
    uint8_t salt[HT_SALT_SIZE] = {1};
    assert_true(bench->batched < BATCH_MAX);
    struct ht_append *append = &bench->batch[bench->batched];
    assert_ok(ht_append_pack(append, bench->packer, delivery, payload, 1, HT_ABSENT, salt, &scratch_error));
    if (bench->batched > 0) append[-1].next = append;
    bench->batched++;
}

static inline void bench_add(struct bench *bench, int64_t at, const char *payload)
{
    struct ht_delivery delivery = {.received_at = at, .endpoint = 1, .sender = HT_SLICE("192.0.2.7")};
    bench_add_delivery(bench, &delivery, ht_slice_from(payload));
}

/* Makes what was added durable, and indexes it. */
static inline void bench_commit(struct bench *bench)
{
    struct ht_position end;
    if (bench->batched > 0) assert_ok(ht_appender_commit(bench->appender, bench->batch, &end, &scratch_error));
    for (size_t i = 0; i < bench->batched; i++)
        ht_append_release(&bench->batch[i]);
    memset(bench->batch, 0, bench->batched * sizeof *bench->batch);
    bench->batched = 0;
    assert_ok(ht_index_catch_up(bench->scratch.store, NULL, NULL, &end, &scratch_error));
}

/* Adds an event that names some of few agents, conversations, leads, visitors and types, at a time not far behind or
   before the last. */
static inline void bench_add_random(struct bench *bench, uint32_t entities)
{
    static const char *const types[] = {"new-session", "new-contact", "session_active", "buyer-intent-detected", "odd"};
    struct random *random = &bench->random;
    struct ht_buffer text = {0};
    ht_buffer_printf(&text, "{\"event\":\"%s\",\"n\":%llu", types[random_below(random, 5)],
                     (unsigned long long)++bench->made);
    if (random_below(random, 4) > 0) {
        uint32_t agent = random_below(random, 3);
        ht_buffer_printf(&text, ",\"agent_id\":\"a%u\",\"agent_name\":\"Agent %u%s\"", agent, agent,
                         random_below(random, 9) == 0 ? " (new)" : "");
    }
    if (random_below(random, 4) > 0)
        ht_buffer_printf(&text, ",\"conversation\":{\"id\":\"c%u\"}", random_below(random, entities));
    if (random_below(random, 3) == 0) {
        uint32_t lead = random_below(random, entities / 2 + 1);
        ht_buffer_printf(&text, ",\"lead\":{\"id\":\"l%u\", \"email\":\"l%u@example.com\"}", lead, lead);
    }
    if (random_below(random, 3) == 0)
        ht_buffer_printf(&text, ",\"visitor\":{\"visitor_id\":\"v%u\"}", random_below(random, entities / 3 + 1));
    ht_buffer_add_byte(&text, '}');
    int64_t at = SCRATCH_NOW + (int64_t)bench->made * 60 * HT_SECOND - (int64_t)random_below(random, 10000) * HT_SECOND;
    bench_add(bench, at, ht_buffer_text(&text));
    ht_buffer_release(&text);
}

static inline void bench_fill(struct bench *bench, size_t count, uint32_t entities)
{
    for (size_t i = 0; i < count; i++)
        bench_add_random(bench, entities);
    bench_commit(bench);
}

/* Opens and runs; the caller frees. */
static inline struct ht_query *bench_run(struct bench *bench, enum ht_query_kind kind, enum ht_query_format format,
                                         const char *id, const struct ht_filter *filter)
{
    struct ht_query *query;
    assert_ok(ht_query_open(kind, format, ht_slice_from(id), filter, &query, &scratch_error));
    assert_ok(ht_query_run(query, bench->reader, &scratch_error));
    assert_true(ht_query_done(query));
    return query;
}

/* The document as text with a NUL, which the caller frees. */
static inline char *bench_text(struct bench *bench, enum ht_query_kind kind, enum ht_query_format format,
                               const char *id, const struct ht_filter *filter)
{
    struct ht_query *query = bench_run(bench, kind, format, id, filter);
    struct ht_slice document = ht_query_document(query);
    char *text = strndup(document.data, document.size);
    assert_non_null(text);
    ht_query_free(query);
    return text;
}

static inline enum ht_status bench_fails(struct bench *bench, enum ht_query_kind kind, const char *id,
                                         const struct ht_filter *filter, struct ht_error *err)
{
    struct ht_query *query;
    memset(err, 0, sizeof *err);
    enum ht_status status = ht_query_open(kind, HT_FORMAT_DOCUMENT, ht_slice_from(id), filter, &query, err);
    if (status == HT_OK) status = ht_query_run(query, bench->reader, err);
    ht_query_free(query);
    return status;
}

struct numbers {
    uint64_t *list;
    size_t count;
};

static inline void numbers_add(struct numbers *numbers, uint64_t number)
{
    numbers->list = reallocarray(numbers->list, numbers->count + 1, sizeof *numbers->list);
    assert_non_null(numbers->list);
    numbers->list[numbers->count++] = number;
}

static inline void numbers_release(struct numbers *numbers)
{
    free(numbers->list);
    *numbers = (struct numbers){0};
}

static inline void numbers_check(const struct numbers *got, const struct numbers *wanted)
{
    for (size_t i = 0; i < got->count && i < wanted->count; i++) {
        if (got->list[i] != wanted->list[i])
            fail_msg("item %zu is %llu, not %llu", i, (unsigned long long)got->list[i],
                     (unsigned long long)wanted->list[i]);
    }
    assert_int_equal(got->count, wanted->count);
}

/* The number `key` of a line or document, which must be JSON. */
static inline uint64_t bench_number(struct bench *bench, struct ht_slice json, const char *key)
{
    uint64_t number = 0;
    assert_ok(ht_json_parse(bench->json, json, &scratch_error));
    struct ht_slice raw = ht_json_raw(bench->json, ht_json_path(bench->json, 0, key));
    assert_non_null(raw.data);
    for (size_t i = 0; i < raw.size; i++)
        number = number * 10 + (uint64_t)(raw.data[i] - '0');
    return number;
}

/* Adds the number `key` of each member of the document's list; checks that the document is one JSON text and a newline.
 */
static inline void bench_collect(struct bench *bench, struct ht_slice document, const char *list, const char *key,
                                 struct numbers *numbers)
{
    assert_true(document.size > 0 && document.data[document.size - 1] == '\n');
    assert_null(memchr(document.data, '\n', document.size - 1));
    assert_ok(ht_json_parse(bench->json, document, &scratch_error));
    uint32_t array = ht_json_member(bench->json, 0, list);
    for (uint32_t item = ht_json_first(bench->json, array); item != HT_JSON_NONE;
         item = ht_json_after(bench->json, array, item)) {
        struct ht_slice raw = ht_json_raw(bench->json, ht_json_member(bench->json, item, key));
        assert_non_null(raw.data);
        numbers_add(numbers, strtoull(raw.data, NULL, 10));
    }
}

/* The same of lines. */
static inline void bench_collect_lines(struct bench *bench, struct ht_slice lines, const char *key,
                                       struct numbers *numbers)
{
    while (lines.size > 0) {
        const char *end = memchr(lines.data, '\n', lines.size);
        assert_non_null(end);
        size_t size = (size_t)(end - lines.data);
        numbers_add(numbers, bench_number(bench, ht_slice_of(lines.data, size), key));
        lines = ht_slice_of(end + 1, lines.size - size - 1);
    }
}

static inline void bench_set(struct ht_filter *filter, const char *name, const char *value)
{
    assert_ok(ht_filter_set(filter, ht_slice_from(name), ht_slice_from(value), SCRATCH_NOW, &scratch_error));
}

/* Closes everything and opens one environment ("trail", "index") behind the store's back, to damage it in the
   transaction that it returns; bench_damaged commits it and opens the store again. */
static inline MDB_txn *bench_damage(struct bench *bench, const char *name)
{
    char path[96];
    MDB_env *env;
    MDB_txn *txn;
    bench_close(bench);
    ht_store_close(bench->scratch.store);
    snprintf(path, sizeof path, "%s/%s", bench->scratch.dir, name);
    assert_int_equal(mdb_env_create(&env), 0);
    assert_int_equal(mdb_env_set_maxdbs(env, 32), 0);
    assert_int_equal(mdb_env_set_mapsize(env, (size_t)1 << 30), 0);
    assert_int_equal(mdb_env_open(env, path, MDB_NOTLS | MDB_NOSYNC, 0600), 0);
    assert_int_equal(mdb_txn_begin(env, NULL, 0, &txn), 0);
    return txn;
}

static inline void bench_damaged(struct bench *bench, MDB_txn *txn)
{
    MDB_env *env = mdb_txn_env(txn);
    assert_int_equal(mdb_txn_commit(txn), 0);
    mdb_env_close(env);
    bench_reopen(bench);
}

#endif
