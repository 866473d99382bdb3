/* For tests of erasure: events that name persons, as ingest appends them, and what is left of them. */
#ifndef TESTS_ERASE_SUPPORT_H
#define TESTS_ERASE_SUPPORT_H

#include "scratch.h"

#include "../../store/erasures.h"
#include "../../store/keyring.h"
#include "../../store/store.h"
#include "hooktrail/erasure.h"
#include "hooktrail/json.h"
#include "hooktrail/keeping.h"
#include "hooktrail/reading.h"
#include "hooktrail/rejected.h"

struct bench {
    struct scratch scratch;
    struct ht_appender *appender;
    struct ht_reader *reader;
    struct ht_unpacker *unpacker;
    struct ht_packer *packer;
    struct ht_json *json;
    struct ht_reading *reading;
};

static inline void bench_open(struct bench *bench)
{
    assert_ok(ht_appender_new(bench->scratch.store, &bench->appender, &scratch_error));
    assert_ok(ht_reader_new(bench->scratch.store, &bench->reader, &scratch_error));
    bench->unpacker = ht_unpacker_new();
    bench->packer = ht_packer_new();
    bench->json = ht_json_new();
    bench->reading = ht_reading_new();
    assert_true(bench->unpacker && bench->packer && bench->json && bench->reading);
}

static inline void bench_close(struct bench *bench)
{
    ht_reading_free(bench->reading);
    ht_json_free(bench->json);
    ht_packer_free(bench->packer);
    ht_unpacker_free(bench->unpacker);
    ht_reader_free(bench->reader);
    ht_appender_free(bench->appender);
    ht_store_close(bench->scratch.store);
    bench->scratch.store = NULL;
}

static inline void bench_reopen(struct bench *bench)
{
    if (bench->scratch.store != NULL) bench_close(bench);
    scratch_open(&bench->scratch);
    bench_open(bench);
}

static inline int bench_set_up(void **state)
{
    struct bench *bench = calloc(1, sizeof *bench);
    assert_non_null(bench);
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

static inline void bench_catch_up(struct bench *bench)
{
    assert_ok(ht_index_catch_up(bench->scratch.store, NULL, NULL, NULL, &scratch_error));
}

/* ---- appending ---- */

static inline void bench_name(struct bench *bench, struct ht_append *append, const struct ht_delivery *delivery,
                              struct ht_slice payload)
{
    struct ht_facts facts;
    assert_ok(ht_json_parse(bench->json, payload, &scratch_error));
    assert_ok(ht_reading_extract(bench->reading, bench->json, delivery, &facts, &scratch_error));
    ht_append_name(append, bench->scratch.store, &facts);
}

static inline struct ht_append *bench_pack(struct bench *bench, const char *payload, int64_t at)
{
    struct ht_append *append = calloc(1, sizeof *append);
    struct ht_delivery delivery = {.received_at = at, .endpoint = 1, .sender = HT_SLICE("192.0.2.7")};
    uint8_t salt[HT_SALT_SIZE];
    assert_non_null(append);
    ht_delivery_add_header(&delivery, HT_SLICE("x-request-id"), HT_SLICE("request-needle"));
    randombytes_buf(salt, sizeof salt);
    assert_ok(
        ht_append_pack(append, bench->packer, &delivery, ht_slice_from(payload), 1, HT_ABSENT, salt, &scratch_error));
    bench_name(bench, append, &delivery, ht_slice_from(payload));
    return append;
}

/* Appends and frees the list; returns the seq of its first. */
static inline uint64_t bench_commit(struct bench *bench, struct ht_append *list)
{
    struct ht_position end;
    assert_ok(ht_appender_commit(bench->appender, list, &end, &scratch_error));
    uint64_t seq = list->seq;
    while (list != NULL) {
        struct ht_append *next = list->next;
        ht_append_release(list);
        free(list);
        list = next;
    }
    return seq;
}

/* Returns the seq; a payload that was there already is a repeated delivery of that. */
static inline uint64_t bench_add(struct bench *bench, const char *payload, int64_t at)
{
    return bench_commit(bench, bench_pack(bench, payload, at));
}

/* Many at once: adds to a list that is committed now and then, and by bench_flush. */
struct bench_list {
    struct ht_append *first;
    struct ht_append *last;
    unsigned count;
};

static inline void bench_flush(struct bench *bench, struct bench_list *list)
{
    if (list->first != NULL) bench_commit(bench, list->first);
    *list = (struct bench_list){0};
}

static inline void bench_queue(struct bench *bench, struct bench_list *list, const char *payload, int64_t at)
{
    struct ht_append *append = bench_pack(bench, payload, at);
    if (list->last != NULL)
        list->last->next = append;
    else
        list->first = append;
    list->last = append;
    if (++list->count == 200) bench_flush(bench, list);
}

/* A payload of these ids (NULL: none) and a number of its own. */
static inline const char *payload_of(char to[512], const char *lead, const char *conversation, const char *visitor,
                                     unsigned n)
{
    int size = snprintf(to, 512, "{\"event\":\"new-session\",\"agent_id\":\"agent-%u\",\"n\":%u", n % 2, n);
    if (conversation != NULL)
        size += snprintf(to + size, 512 - (size_t)size, ",\"conversation_id\":\"%s\"", conversation);
    if (visitor != NULL) size += snprintf(to + size, 512 - (size_t)size, ",\"visitor_id\":\"%s\"", visitor);
    if (lead != NULL)
        size += snprintf(to + size, 512 - (size_t)size, ",\"lead\":{\"id\":\"%s\",\"email\":\"%s@example.com\"}", lead,
                         lead);
    snprintf(to + size, 512 - (size_t)size, "}");
    return to;
}

static inline uint64_t bench_person(struct bench *bench, const char *lead, const char *conversation,
                                    const char *visitor, unsigned n)
{
    char payload[512];
    return bench_add(bench, payload_of(payload, lead, conversation, visitor, n), SCRATCH_NOW + (int64_t)n * HT_SECOND);
}

static inline uint64_t bench_reject(struct bench *bench, const char *body, int64_t at)
{
    struct ht_append append = {0};
    struct ht_position end;
    struct ht_error reason = {.status = HT_INVALID, .offset = HT_NO_OFFSET, .detail = "no JSON"};
    struct ht_delivery delivery = {.received_at = at, .endpoint = 1};
    assert_ok(ht_append_pack_rejected(&append, &delivery, ht_slice_from(body), strlen(body), &reason, &scratch_error));
    assert_ok(ht_appender_commit(bench->appender, &append, &end, &scratch_error));
    ht_append_release(&append);
    return append.seq;
}

/* ---- looking ---- */

static inline struct ht_record_header bench_header(struct bench *bench, uint64_t seq)
{
    struct ht_record_header header;
    assert_ok(ht_reader_begin(bench->reader, &scratch_error));
    assert_ok(ht_trail_header(bench->reader, seq, &header, &scratch_error));
    ht_reader_end(bench->reader);
    return header;
}

/* HT_OK with the payload as it was appended, or HT_ERASED. */
static inline enum ht_status bench_read(struct bench *bench, uint64_t seq, const char *wanted)
{
    struct ht_record record;
    struct ht_error err;
    assert_ok(ht_reader_begin(bench->reader, &scratch_error));
    enum ht_status status = ht_trail_get(bench->reader, seq, bench->unpacker, &record, &err);
    if (status != HT_OK && status != HT_ERASED) fail_msg("event %llu: %s", (unsigned long long)seq, err.detail);
    if (status == HT_OK && wanted != NULL) assert_true(ht_slice_is(record.payload, wanted));
    ht_reader_end(bench->reader);
    return status;
}

static inline void expect_erased(struct bench *bench, uint64_t seq)
{
    if (bench_read(bench, seq, NULL) != HT_ERASED) fail_msg("event %llu is there", (unsigned long long)seq);
}

static inline void expect_there(struct bench *bench, uint64_t seq)
{
    if (bench_read(bench, seq, NULL) != HT_OK) fail_msg("event %llu is erased", (unsigned long long)seq);
}

static inline void report_finding(void *context, const struct ht_finding *finding)
{
    (void)context;
    print_error("%s %llu: %s\n", finding->table, (unsigned long long)finding->seq, finding->detail);
}

static inline void expect_sound(struct bench *bench)
{
    struct ht_verified verified;
    bench_catch_up(bench);
    assert_ok(ht_verify(bench->scratch.store, NULL, report_finding, NULL, NULL, &verified, &scratch_error));
}

static inline enum ht_status key_state(struct bench *bench, uint32_t key)
{
    uint8_t nonce[KEYRING_NONCE] = {0}, sealed[KEYRING_TAG];
    return keyring_seal(bench->scratch.store->keyring, key, nonce, HT_ABSENT, HT_SLICE(""), sealed, NULL);
}

static inline enum ht_status find_entity(struct bench *bench, enum ht_kind kind, const char *id)
{
    uint32_t number;
    assert_ok(ht_reader_begin(bench->reader, &scratch_error));
    enum ht_status status = ht_index_number(bench->reader, kind, ht_slice_from(id), &number, NULL);
    ht_reader_end(bench->reader);
    return status;
}

/* The erasure that took all of an entity; 0: none. */
static inline uint64_t erasure_of(struct bench *bench, enum ht_kind kind, const char *id)
{
    struct ht_erasure erasure = {0};
    assert_ok(ht_reader_begin(bench->reader, &scratch_error));
    enum ht_status status = ht_erasure_of(bench->reader, kind, ht_slice_from(id), &erasure, NULL);
    ht_reader_end(bench->reader);
    assert_true(status == HT_OK || status == HT_NOT_FOUND);
    return status == HT_OK ? erasure.number : 0;
}

/* ---- erasing ---- */

static inline enum ht_status bench_erase_as(struct bench *bench, enum ht_subject kind, const char *id, bool dry_run,
                                            struct ht_erased *erased, struct ht_error *err)
{
    struct ht_subject_ref subject = {kind, ht_slice_from(id)};
    return ht_erase(bench->scratch.store, &subject, 1, "on request", SCRATCH_NOW + HT_DAY, dry_run, NULL, NULL, erased,
                    err);
}

static inline struct ht_erased bench_erase(struct bench *bench, enum ht_subject kind, const char *id)
{
    struct ht_erased erased;
    assert_ok(bench_erase_as(bench, kind, id, false, &erased, &scratch_error));
    return erased;
}

#endif
