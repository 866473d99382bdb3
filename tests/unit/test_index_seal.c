#include "index_support.h"

#include <ctype.h>

#include "../../store/files.h"
#include "hooktrail/json.h"

/* Beside ids and the like, whatever a payload may hold of persons. */
#define SESSION                                                                                                        \
    "{\"event\":\"session_escalated\",\"agent_id\":\"agentneedle\",\"agent_name\":\"Agentname Needle\","               \
    "\"escalation_reason\":\"reasonneedle\",\"created_at\":\"2024-05-06T07:08:09Z\","                                  \
    "\"conversation\":{\"id\":\"conversationneedle\",\"visitor_id\":\"visitorneedle\",\"title\":\"titleneedle\","      \
    "\"messages\":[{\"id\":\"messageneedle\",\"role\":\"user\",\"content\":\"contentneedle é\","                      \
    "\"created_at\":\"2024-05-06T07:08:01Z\"},{\"role\":\"bot\",\"content\":\"answerneedle\"}]}}"
#define CONTACT                                                                                                        \
    "{\"event\":\"new_contact\",\"agent_id\":\"agentneedle\",\"lead\":{\"id\":\"leadneedle\","                         \
    "\"email\":\"Emailneedle@Example.org\",\"first_name\":\"Firstneedle\",\"last_name\":\"Lastneedle\","               \
    "\"phone\":\"+43needle\",\"keyneedle\":{\"deep\":[\"deepneedle\"]}},\"messages\":[{\"role\":\"user\","             \
    "\"content\":\"contentneedle é\",\"created_at\":\"2024-05-06T07:08:01Z\"}]}"
#define VISITOR                                                                                                        \
    "{\"visitor\":{\"visitor_id\":\"visitorneedle2\",\"lead_id\":{\"oddneedle\":1},\"lead\":\"x\"},"                   \
    "\"lead_id\":[\"warnedneedle\"],\"conversation_id\":\"conversationneedle2\",\"created_at\":\"timeneedle\","        \
    "\"question\":\"questionneedle\"}"

static const char *const PAYLOADS[] = {SESSION, CONTACT, VISITOR};
#define PAYLOAD_COUNT (sizeof PAYLOADS / sizeof *PAYLOADS)

static const char *const NEEDLES[] = {
    "conversationneedle", "visitorneedle", "leadneedle", "emailneedle",   "example.org",  "firstneedle",
    "lastneedle",         "+43needle",     "deepneedle", "contentneedle", "answerneedle", "reasonneedle",
    "titleneedle",        "messageneedle", "oddneedle",  "warnedneedle",  "timeneedle",   "questionneedle",
    "keyneedle",          "192.0.2.7",     "lead_id",    "warning",
};

static struct ht_buffer index_file(struct bench *bench)
{
    char path[PATH_MAX];
    struct ht_buffer file = {0};
    assert_ok(files_join(path, bench->scratch.dir, "index/data.mdb", &scratch_error));
    assert_ok(files_read(path, (size_t)1 << 26, &file, &scratch_error));
    return file;
}

static bool holds(const struct ht_buffer *file, const void *bytes, size_t size)
{
    return memmem(file->data, file->size, bytes, size) != NULL;
}

/* As it is, in hex, or its beginning, which may be all that is kept. */
static void assert_without_bytes(const struct ht_buffer *file, const char *what, const uint8_t *bytes, size_t size)
{
    char hex[2 * 64 + 1];
    sodium_bin2hex(hex, sizeof hex, bytes, size);
    if (holds(file, bytes, 8) || holds(file, hex, 16)) fail_msg("the index holds %s", what);
    for (char *c = hex; *c != '\0'; c++)
        *c = (char)toupper(*c);
    if (holds(file, hex, 16)) fail_msg("the index holds %s", what);
}

/* What can be made of a payload without a key. */
static void assert_without_digests(const struct ht_buffer *file, const char *payload)
{
    uint8_t digest[32];
    struct ht_slice bytes = ht_slice_from(payload);
    struct ht_facts facts;
    struct ht_delivery delivery = {.received_at = SCRATCH_NOW, .endpoint = 1};
    struct ht_json *json = ht_json_new();
    struct ht_reading *reading = ht_reading_new();
    assert_ok(ht_json_parse(json, bytes, &scratch_error));
    assert_ok(ht_reading_extract(reading, json, &delivery, &facts, &scratch_error));
    if (facts.has_opening) assert_without_bytes(file, "an opening", facts.opening, HT_OPENING_SIZE);
    crypto_hash_sha256(digest, (const uint8_t *)bytes.data, bytes.size);
    assert_without_bytes(file, "a payload's SHA-256", digest, sizeof digest);
    if (facts.lead_id.size > 0) {
        crypto_hash_sha256(digest, (const uint8_t *)facts.lead_id.data, facts.lead_id.size);
        assert_without_bytes(file, "a lead's SHA-256", digest, sizeof digest);
    }
    ht_reading_free(reading);
    ht_json_free(json);
}

static void lower(struct ht_buffer *file)
{
    for (size_t i = 0; i < file->size; i++)
        file->data[i] = (char)tolower((unsigned char)file->data[i]);
}

static void add_payloads(struct bench *bench)
{
    for (size_t i = 0; i < PAYLOAD_COUNT; i++)
        bench_add(bench, PAYLOADS[i]);
    bench_add(bench, PAYLOADS[0]); /* a repeated one */
    bench_catch_up(bench);
}

static void assert_nothing_of_persons(struct bench *bench)
{
    struct ht_buffer file = index_file(bench);
    for (size_t i = 0; i < PAYLOAD_COUNT; i++)
        assert_without_digests(&file, PAYLOADS[i]);
    assert_true(holds(&file, "agentneedle", 11)); /* what is searched for would be found */
    assert_true(holds(&file, "Agentname Needle", 16));
    lower(&file);
    for (size_t i = 0; i < sizeof NEEDLES / sizeof *NEEDLES; i++) {
        if (holds(&file, NEEDLES[i], strlen(NEEDLES[i]))) fail_msg("the index holds %s", NEEDLES[i]);
    }
    ht_buffer_release(&file);
}

static void nothing_of_persons_lies_in_the_file(void **state)
{
    struct bench *bench = *state;
    add_payloads(bench);
    assert_nothing_of_persons(bench);
    assert_ok(ht_index_rebuild(bench->scratch.store, NULL, NULL, &scratch_error));
    assert_nothing_of_persons(bench);
}

static void expect_name(struct bench *bench, enum ht_kind kind, uint32_t number, const char *expected)
{
    struct ht_slice name;
    uint32_t found;
    assert_ok(ht_index_name(bench->reader, kind, number, &name, &scratch_error));
    if (!ht_slice_is(name, expected)) fail_msg("%.*s is not %s", HT_SLICE_ARGS(name), expected);
    assert_ok(ht_index_number(bench->reader, kind, name, &found, &scratch_error));
    assert_int_equal(found, number);
}

static void what_was_sealed_is_read_as_it_was(void **state)
{
    struct bench *bench = *state;
    struct ht_slice warnings;
    add_payloads(bench);
    bench_begin(bench);
    for (size_t i = 0; i < PAYLOAD_COUNT; i++) {
        uint8_t digest[32];
        struct ht_row row = bench_row(bench, i + 1);
        crypto_hash_sha256(digest, (const uint8_t *)PAYLOADS[i], strlen(PAYLOADS[i]));
        assert_memory_equal(row.sha256, digest, sizeof digest);
    }
    struct ht_row row = bench_row(bench, 1);
    expect_name(bench, HT_KIND_CONVERSATION, row.conversation, "conversationneedle");
    expect_name(bench, HT_KIND_VISITOR, row.visitor, "visitorneedle");
    expect_name(bench, HT_KIND_AGENT, row.agent, "agentneedle");
    expect_name(bench, HT_KIND_AGENT_NAME, row.agent_name, "Agentname Needle");
    assert_int_equal(row.deliveries, 2);
    row = bench_row(bench, 2);
    expect_name(bench, HT_KIND_LEAD, row.lead, "leadneedle");
    expect_name(bench, HT_KIND_CONVERSATION, row.conversation, "conversationneedle"); /* derived */
    row = bench_row(bench, 3);
    assert_ok(ht_index_name(bench->reader, HT_KIND_WARNINGS, row.warnings, &warnings, &scratch_error));
    assert_non_null(memmem(warnings.data, warnings.size, "lead_id", 7));
    ht_reader_end(bench->reader);
}

/* The same code path without keys: everything is as it was, in the open. */
static void a_store_that_is_not_sealed_has_plain_names(void **state)
{
    (void)state;
    struct bench bench = {0};
    struct ht_init_options options = {.unsealed = true};
    struct ht_store_secrets secrets;
    snprintf(bench.scratch.dir, sizeof bench.scratch.dir, "/tmp/hooktrail-unit-XXXXXX");
    setenv("HOOKTRAIL_MAP_SIZE", "1073741824", 1);
    assert_non_null(mkdtemp(bench.scratch.dir));
    assert_ok(ht_store_init(bench.scratch.dir, &options, SCRATCH_NOW, &secrets, &scratch_error));
    scratch_open(&bench.scratch);
    bench_open(&bench);
    add_payloads(&bench);
    bench_begin(&bench);
    expect_name(&bench, HT_KIND_LEAD, bench_row(&bench, 2).lead, "leadneedle");
    uint64_t seq;
    assert_int_equal(ht_index_key_event(bench.reader, 0, 0, &seq, NULL), HT_NOT_FOUND);
    ht_reader_end(bench.reader);
    struct ht_buffer file = index_file(&bench);
    assert_true(holds(&file, "leadneedle", 10));
    ht_buffer_release(&file);
    assert_as_rebuilt(&bench);
    bench_close(&bench);
    scratch_drop(&bench.scratch);
}

/* ---- tampering ---- */

static void put_name(struct bench *bench, enum ht_kind kind, uint32_t number, struct ht_slice stored)
{
    struct index_env *index = index_env_acquire(bench->scratch.store);
    uint8_t place[INDEX_ENTITY_KEY_SIZE];
    MDB_txn *txn;
    index_key_entity(place, kind, number);
    MDB_val key = val_of(place, sizeof place), value = val_of(stored.data, stored.size);
    assert_int_equal(mdb_txn_begin(index->env, NULL, 0, &txn), 0);
    assert_int_equal(mdb_put(txn, index->tables[INDEX_NAMES], &key, &value, 0), 0);
    assert_int_equal(mdb_txn_commit(txn), 0);
    index_env_release(index);
}

static enum ht_status name_of(struct bench *bench, enum ht_kind kind, uint32_t number)
{
    struct ht_slice name;
    struct ht_reader *reader; /* one that has kept no name yet */
    assert_ok(ht_reader_new(bench->scratch.store, &reader, &scratch_error));
    assert_ok(ht_reader_begin(reader, &scratch_error));
    enum ht_status status = ht_index_name(reader, kind, number, &name, NULL);
    ht_reader_free(reader);
    return status;
}

static void a_sealed_name_is_good_for_its_place_alone(void **state)
{
    struct bench *bench = *state;
    struct ht_buffer scratch = {0};
    struct ht_slice stored;
    uint8_t copy[64];
    add_payloads(bench);
    struct index_env *index = index_env_acquire(bench->scratch.store);
    assert_ok(index_seal_name(index, HT_KIND_LEAD, 1, HT_SLICE("leadneedle"), &scratch, &stored, &scratch_error));
    assert_int_equal(stored.size, 24 + 10 + 16);
    assert_true(stored.size <= sizeof copy);
    memcpy(copy, stored.data, stored.size);
    put_name(bench, HT_KIND_LEAD, 1, ht_slice_of(copy, stored.size));
    assert_int_equal(name_of(bench, HT_KIND_LEAD, 1), HT_OK);
    put_name(bench, HT_KIND_LEAD, 2, ht_slice_of(copy, stored.size));
    assert_int_equal(name_of(bench, HT_KIND_LEAD, 2), HT_CORRUPT);
    put_name(bench, HT_KIND_VISITOR, 1, ht_slice_of(copy, stored.size));
    assert_int_equal(name_of(bench, HT_KIND_VISITOR, 1), HT_CORRUPT);
    for (size_t size = 0; size < stored.size; size++) {
        put_name(bench, HT_KIND_LEAD, 1, ht_slice_of(copy, size));
        assert_int_equal(name_of(bench, HT_KIND_LEAD, 1), HT_CORRUPT);
    }
    for (size_t i = 0; i < stored.size; i++) {
        copy[i] ^= 1;
        put_name(bench, HT_KIND_LEAD, 1, ht_slice_of(copy, stored.size));
        assert_int_equal(name_of(bench, HT_KIND_LEAD, 1), HT_CORRUPT);
        copy[i] ^= 1;
    }
    ht_buffer_release(&scratch);
    index_env_release(index);
}

/* Sealing twice gives the same bytes, but no two places or texts share a nonce. */
static void sealing_is_a_function_of_place_and_text(void **state)
{
    struct bench *bench = *state;
    struct ht_buffer scratch = {0};
    struct ht_slice stored;
    uint8_t nonces[40][24];
    struct index_env *index = index_env_acquire(bench->scratch.store);
    for (size_t i = 0; i < 40; i++) {
        enum ht_kind kind = i % 2 == 0 ? HT_KIND_LEAD : HT_KIND_VISITOR;
        struct ht_slice text = i / 2 % 2 == 0 ? HT_SLICE("one") : HT_SLICE("two");
        for (int time = 0; time < 2; time++) {
            assert_ok(index_seal_name(index, kind, (uint32_t)i / 4, text, &scratch, &stored, &scratch_error));
            if (time == 1) assert_memory_equal(nonces[i], stored.data, 24);
            memcpy(nonces[i], stored.data, 24);
        }
        for (size_t j = 0; j < i; j++)
            assert_memory_not_equal(nonces[i], nonces[j], 24);
    }
    ht_buffer_release(&scratch);
    index_env_release(index);
}

static void two_generations_have_two_keys(void **state)
{
    struct bench *bench = *state;
    struct ht_buffer scratch = {0};
    struct ht_slice stored;
    uint8_t values[2][INDEX_ROW_SIZE], first[64];
    struct ht_row row = {.seq = 7};
    for (int i = 0; i < 2; i++) {
        struct index_env *index = index_env_acquire(bench->scratch.store);
        index_seal_row(index, &row, values[i]);
        assert_ok(index_seal_name(index, HT_KIND_LEAD, 1, HT_SLICE("x"), &scratch, &stored, &scratch_error));
        if (i == 1) assert_memory_not_equal(first, stored.data, stored.size);
        memcpy(first, stored.data, stored.size);
        index_env_release(index);
        assert_ok(ht_index_rebuild(bench->scratch.store, NULL, NULL, &scratch_error));
    }
    assert_memory_not_equal(values[0] + 60, values[1] + 60, HT_SHA256_SIZE);
    assert_memory_equal(values[0], values[1], 60);
    ht_buffer_release(&scratch);
}

/* ---- what the reader holds ---- */

#define LEADS 3000

static void add_leads(struct bench *bench)
{
    static char texts[500][64];
    char *payloads[500];
    for (size_t i = 0; i < LEADS; i++) {
        payloads[i % 500] = texts[i % 500];
        snprintf(texts[i % 500], sizeof *texts, "{\"lead_id\":\"L%zu\"}", i + 1);
        if (i % 500 == 499) bench_add_all(bench, payloads, 500, SCRATCH_NOW);
    }
    bench_catch_up(bench);
}

/* Names stay where they are until the span ends, however many come. */
static void names_are_views_until_the_span_ends(void **state)
{
    struct bench *bench = *state;
    static struct ht_slice names[LEADS + 1];
    char expected[16];
    add_leads(bench);
    for (int span = 0; span < 3; span++) {
        bench_begin(bench);
        for (uint32_t number = 1; number <= LEADS; number++)
            assert_ok(ht_index_name(bench->reader, HT_KIND_LEAD, number, &names[number], &scratch_error));
        for (uint32_t number = 1; number <= LEADS; number++) {
            snprintf(expected, sizeof expected, "L%u", number);
            assert_true(ht_slice_is(names[number], expected));
        }
        ht_reader_end(bench->reader);
        size_t kept = 0;
        for (size_t i = 0; i < bench->reader->space_count; i++)
            kept += bench->reader->spaces[i] != NULL;
        assert_int_equal(bench->reader->space_used, 0);
        assert_in_range(kept, 1, 2048);
    }
}

/* ---- without the master key ---- */

static void without_the_master_key_there_is_no_index(void **state)
{
    struct bench *bench = *state;
    struct ht_store_options options = {.map_size = (size_t)1 << 30, .reserve = 1, .without_master_key = true};
    char key[PATH_MAX], aside[PATH_MAX];
    struct ht_position position;
    struct ht_postings *postings;
    struct ht_slice name;
    struct ht_row row;
    uint32_t number;
    uint64_t seq;
    add_payloads(bench);
    bench_close(bench);
    assert_ok(files_join(key, bench->scratch.dir, "keys/master.key", &scratch_error));
    assert_ok(files_join(aside, bench->scratch.dir, "aside", &scratch_error));
    assert_int_equal(rename(key, aside), 0);
    assert_ok(ht_store_open(bench->scratch.dir, &options, &bench->scratch.store, &scratch_error));
    assert_ok(ht_reader_new(bench->scratch.store, &bench->reader, &scratch_error));
    bench->appender = NULL;
    assert_int_equal(ht_index_catch_up(bench->scratch.store, NULL, NULL, NULL, NULL), HT_FORBIDDEN);
    assert_int_equal(ht_index_rebuild(bench->scratch.store, NULL, NULL, NULL), HT_FORBIDDEN);
    bench_begin(bench);
    assert_int_equal(ht_index_position(bench->reader, &position, NULL), HT_FORBIDDEN);
    assert_int_equal(ht_index_row(bench->reader, 1, &row, NULL), HT_FORBIDDEN);
    assert_int_equal(ht_index_name(bench->reader, HT_KIND_LEAD, 1, &name, NULL), HT_FORBIDDEN);
    assert_int_equal(ht_index_recent(bench->reader, HT_KIND_LEAD, 9, &number, &seq, NULL), HT_FORBIDDEN);
    assert_int_equal(ht_index_email(bench->reader, HT_SLICE("a@b"), 0, &number, NULL), HT_FORBIDDEN);
    assert_int_equal(ht_index_key_event(bench->reader, 1, 0, &seq, NULL), HT_FORBIDDEN);
    assert_int_equal(ht_postings_open(bench->reader, HT_KIND_LEAD, 1, &postings, NULL), HT_FORBIDDEN);
    ht_reader_end(bench->reader);
    ht_reader_free(bench->reader);
    ht_store_close(bench->scratch.store);
    assert_int_equal(rename(aside, key), 0); /* and it was left as it is */
    scratch_open(&bench->scratch);
    bench_open(bench);
    bench_begin(bench);
    assert_int_equal(bench_row(bench, 3).seq, 3);
    ht_reader_end(bench->reader);
}

int main(void)
{
#define WITH_BENCH(test) cmocka_unit_test_setup_teardown(test, bench_set_up, bench_tear_down)
    const struct CMUnitTest tests[] = {
        WITH_BENCH(nothing_of_persons_lies_in_the_file),
        WITH_BENCH(what_was_sealed_is_read_as_it_was),
        cmocka_unit_test(a_store_that_is_not_sealed_has_plain_names),
        WITH_BENCH(a_sealed_name_is_good_for_its_place_alone),
        WITH_BENCH(sealing_is_a_function_of_place_and_text),
        WITH_BENCH(two_generations_have_two_keys),
        WITH_BENCH(names_are_views_until_the_span_ends),
        WITH_BENCH(without_the_master_key_there_is_no_index),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
