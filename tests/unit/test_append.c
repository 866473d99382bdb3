#include "scratch.h"

#include <sys/wait.h>

#include "../../store/keyring_file.h"
#include "../../store/seal.h"
#include "damage.h"
#include "disk_calls.h"
#include "hooktrail/erasure.h"
#include "hooktrail/reading.h"
#include "hooktrail/rejected.h"
#include "hooktrail/trail.h"

struct bench {
    struct scratch scratch;
    struct ht_appender *appender;
    struct ht_reader *reader;
    struct ht_unpacker *unpacker;
};

static int set_up(void **state)
{
    struct ht_error err = {0};
    struct bench *bench = calloc(1, sizeof *bench);
    scratch_make(&bench->scratch);
    assert_int_equal(ht_appender_new(bench->scratch.store, &bench->appender, &err), HT_OK);
    assert_int_equal(ht_reader_new(bench->scratch.store, &bench->reader, &err), HT_OK);
    bench->unpacker = ht_unpacker_new();
    *state = bench;
    return 0;
}

static int tear_down(void **state)
{
    struct bench *bench = *state;
    ht_unpacker_free(bench->unpacker);
    ht_reader_free(bench->reader);
    ht_appender_free(bench->appender);
    scratch_drop(&bench->scratch);
    free(bench);
    return 0;
}

static void begin(struct bench *bench)
{
    struct ht_error err = {0};
    assert_int_equal(ht_reader_begin(bench->reader, &err), HT_OK);
}

static void what_goes_in_comes_back(void **state)
{
    struct bench *bench = *state;
    struct ht_error err = {0};
    struct ht_record record;
    char payload[6000];
    for (size_t size = 0; size < sizeof payload - 1; size = size * 3 + 1) {
        memset(payload, 'a', size);
        for (size_t i = 0; i + 8 < size; i += 8)
            randombytes_buf(payload + i, 3);
        for (size_t i = 0; i < size; i++)
            payload[i] = payload[i] == 0 ? 'z' : payload[i];
        payload[size] = '\0';
        uint64_t seq = scratch_append(bench->appender, payload, SCRATCH_NOW + (int64_t)size, NULL);
        begin(bench);
        assert_int_equal(ht_trail_get(bench->reader, seq, bench->unpacker, &record, &err), HT_OK);
        ht_reader_end(bench->reader);
        assert_int_equal(record.payload.size, size);
        assert_memory_equal(record.payload.data, payload, size);
        assert_int_equal(record.header.received_at, SCRATCH_NOW + (int64_t)size);
        assert_int_equal(record.header.endpoint, 1);
        assert_true(ht_slice_is(record.delivery.sender, "192.0.2.7"));
    }
}

static void a_repeat_gets_the_same_seq_wherever_the_first_is(void **state)
{
    struct bench *bench = *state;
    struct ht_error err = {0};
    struct ht_repeat repeat;
    struct ht_position end;
    bool duplicate;
    assert_int_equal(scratch_append(bench->appender, "{\"lead_id\":\"a\"}", SCRATCH_NOW, &duplicate), 1);
    assert_false(duplicate);
    assert_int_equal(scratch_append(bench->appender, "{\"lead_id\":\"b\"}", SCRATCH_NOW, &duplicate), 2);
    assert_int_equal(scratch_append(bench->appender, "{\"lead_id\":\"a\"}", SCRATCH_NOW + 5, &duplicate), 1);
    assert_true(duplicate);
    assert_ok(ht_index_catch_up(bench->scratch.store, NULL, NULL, NULL, &scratch_error));
    assert_int_equal(scratch_append(bench->appender, "{\"lead_id\":\"b\"}", SCRATCH_NOW + 6, &duplicate), 2);
    assert_true(duplicate);
    /* A new process knows nothing but trail and index. */
    ht_appender_free(bench->appender);
    assert_int_equal(ht_appender_new(bench->scratch.store, &bench->appender, &err), HT_OK);
    assert_int_equal(scratch_append(bench->appender, "{\"lead_id\":\"c\"}", SCRATCH_NOW, &duplicate), 3);
    ht_appender_free(bench->appender);
    assert_int_equal(ht_appender_new(bench->scratch.store, &bench->appender, &err), HT_OK);
    assert_int_equal(scratch_append(bench->appender, "{\"lead_id\":\"c\"}", SCRATCH_NOW, &duplicate), 3);
    assert_true(duplicate);
    begin(bench);
    assert_int_equal(ht_trail_position(bench->reader, &end, &err), HT_OK);
    assert_int_equal(end.seq, 3);
    assert_int_equal(end.repeat, 3);
    assert_int_equal(ht_trail_repeat(bench->reader, 1, bench->unpacker, &repeat, &err), HT_OK);
    assert_int_equal(repeat.seq, 1);
    assert_int_equal(repeat.delivery.received_at, SCRATCH_NOW + 5);
    assert_int_equal(ht_trail_repeat(bench->reader, 4, bench->unpacker, &repeat, &err), HT_NOT_FOUND);
    ht_reader_end(bench->reader);
}

static void a_batch_finds_duplicates_within_itself(void **state)
{
    struct bench *bench = *state;
    struct ht_error err = {0};
    struct ht_position end;
    struct ht_packer *packer = ht_packer_new();
    struct ht_delivery delivery = {.received_at = SCRATCH_NOW, .endpoint = 1};
    struct ht_append appends[6] = {0};
    const char *payloads[6] = {"{\"a\":1}", "{\"a\":2}", "{\"a\":1}", "{\"a\":3}", "{\"a\":3}", "{\"a\":1}"};
    const uint64_t seqs[6] = {1, 2, 1, 3, 3, 1};
    uint8_t salt[HT_SALT_SIZE] = {0};
    for (size_t i = 0; i < 6; i++) {
        assert_ok(ht_append_pack(&appends[i], packer, &delivery, ht_slice_from(payloads[i]), 1, HT_ABSENT, salt,
                                 &scratch_error));
        appends[i].next = i < 5 ? &appends[i + 1] : NULL;
    }
    assert_int_equal(ht_appender_commit(bench->appender, appends, &end, &err), HT_OK);
    for (size_t i = 0; i < 6; i++) {
        assert_int_equal(appends[i].status, HT_OK);
        assert_int_equal(appends[i].seq, seqs[i]);
        ht_append_release(&appends[i]);
    }
    assert_int_equal(end.seq, 3);
    assert_int_equal(end.repeat, 3);
    ht_packer_free(packer);
}

static void families_and_signed_ids_keep_duplicates_apart(void **state)
{
    struct bench *bench = *state;
    struct ht_error err = {0};
    struct ht_position end;
    struct ht_packer *packer = ht_packer_new();
    struct ht_delivery delivery = {.received_at = SCRATCH_NOW, .endpoint = 1};
    struct ht_append appends[5] = {0};
    uint8_t salt[HT_SALT_SIZE] = {0};
    struct ht_slice body = HT_SLICE("{\"a\":1}");
    assert_ok(ht_append_pack(&appends[0], packer, &delivery, body, 1, HT_ABSENT, salt, &scratch_error));
    assert_ok(ht_append_pack(&appends[1], packer, &delivery, body, 2, HT_ABSENT, salt, &scratch_error));
    assert_ok(ht_append_pack(&appends[2], packer, &delivery, body, 1, HT_SLICE("msg_1"), salt, &scratch_error));
    assert_ok(ht_append_pack(&appends[3], packer, &delivery, body, 1, HT_SLICE("msg_1"), salt, &scratch_error));
    /* An id that is the digest of another's payload is no more than an id. */
    struct ht_slice digest = ht_slice_of(appends[0].sha256, HT_SHA256_SIZE);
    assert_ok(ht_append_pack(&appends[4], packer, &delivery, HT_SLICE("{\"a\":2}"), 1, digest, salt, &scratch_error));
    for (size_t i = 0; i < 4; i++)
        appends[i].next = &appends[i + 1];
    assert_int_equal(ht_appender_commit(bench->appender, appends, &end, &err), HT_OK);
    assert_int_equal(end.seq, 4);
    assert_true(appends[3].duplicate);
    assert_int_equal(appends[3].seq, 3);
    assert_false(appends[4].duplicate || appends[4].id_reused);
    for (size_t i = 0; i < 5; i++)
        ht_append_release(&appends[i]);
    ht_packer_free(packer);
}

static void reject(struct bench *bench, const char *head, uint64_t expected)
{
    struct ht_error err = {0}, reason = {.status = HT_INVALID, .offset = 3, .detail = "expected a value"};
    struct ht_position end;
    struct ht_append append = {0};
    struct ht_delivery delivery = {.received_at = SCRATCH_NOW, .endpoint = 1, .sender = HT_SLICE("::1")};
    assert_ok(ht_append_pack_rejected(&append, &delivery, ht_slice_from(head), 99, &reason, &scratch_error));
    assert_int_equal(ht_appender_commit(bench->appender, &append, &end, &err), HT_OK);
    assert_int_equal(append.seq, expected);
    ht_append_release(&append);
}

/* Delivers a signed payload; expects it under `seq`, as a repeat or not, and says whether its id was another's. */
static bool deliver_signed(struct bench *bench, const char *id, const char *payload, uint64_t seq, bool duplicate)
{
    struct ht_append append = {.stated_at = HT_TIME_NONE};
    struct ht_position end;
    struct ht_record record;
    struct ht_packer *packer = ht_packer_new();
    struct ht_delivery delivery = {.received_at = SCRATCH_NOW, .endpoint = 1, .signature_verified = true};
    const uint8_t salt[HT_SALT_SIZE] = {0};
    assert_ok(
        ht_append_pack(&append, packer, &delivery, ht_slice_from(payload), 1, ht_slice_from(id), salt, &scratch_error));
    assert_ok(ht_appender_commit(bench->appender, &append, &end, &scratch_error));
    assert_int_equal(append.seq, seq);
    assert_int_equal(append.duplicate, duplicate);
    begin(bench);
    assert_ok(ht_trail_get(bench->reader, seq, bench->unpacker, &record, &scratch_error));
    assert_true(ht_slice_is(record.payload, payload)); /* what was acknowledged is there */
    ht_reader_end(bench->reader);
    bool reused = append.id_reused;
    ht_append_release(&append);
    ht_packer_free(packer);
    return reused;
}

static void new_appender(struct bench *bench);

static void an_id_that_is_used_for_another_payload_makes_another_event(void **state)
{
    struct bench *bench = *state;
    static const char *const payloads[] = {"{\"x\":1}", "{\"x\":2}", "{\"x\":3}"};
    for (uint64_t i = 0; i < 3; i++)
        assert_int_equal(deliver_signed(bench, "msg_1", payloads[i], i + 1, false), i > 0);
    for (int round = 0; round < 3; round++) {
        for (uint64_t i = 0; i < 3; i++)
            assert_int_equal(deliver_signed(bench, "msg_1", payloads[i], i + 1, true), i > 0);
        if (round == 0) assert_ok(ht_index_catch_up(bench->scratch.store, NULL, NULL, NULL, &scratch_error));
        new_appender(bench);
    }
    assert_false(deliver_signed(bench, "msg_2", payloads[1], 4, false)); /* another id is another event, as ever */
    assert_false(deliver_signed(bench, "msg_2", payloads[1], 4, true));
}

static struct bench *open_with(void **state, struct ht_store_options options)
{
    tear_down(state);
    struct bench *bench = calloc(1, sizeof *bench);
    *state = bench;
    scratch_make(&bench->scratch);
    ht_store_close(bench->scratch.store);
    assert_ok(ht_store_open(bench->scratch.dir, &options, &bench->scratch.store, &scratch_error));
    assert_ok(ht_appender_new(bench->scratch.store, &bench->appender, &scratch_error));
    assert_ok(ht_reader_new(bench->scratch.store, &bench->reader, &scratch_error));
    bench->unpacker = ht_unpacker_new();
    return bench;
}

static void rejected_deliveries_are_kept_within_their_bytes(void **state)
{
    struct ht_rejected_totals totals;
    struct ht_rejected rejected;
    struct bench *bench =
        open_with(state, (struct ht_store_options){.map_size = (size_t)1 << 30, .reserve = 1, .rejected_bytes = 500});
    for (uint64_t i = 1; i <= 9; i++)
        reject(bench, "[1,", i);
    begin(bench);
    assert_ok(ht_rejected_totals(bench->reader, &totals, &scratch_error));
    assert_true(totals.count > 0 && totals.bytes <= 500 && totals.count + totals.evicted == 9);
    assert_int_equal(ht_rejected_get(bench->reader, totals.evicted, &rejected, NULL), HT_NOT_FOUND);
    assert_ok(ht_rejected_get(bench->reader, totals.evicted + 1, &rejected, &scratch_error));
    ht_reader_end(bench->reader);
}

static void rejected_deliveries_are_kept_bounded_and_dropped(void **state)
{
    struct bench *bench =
        open_with(state, (struct ht_store_options){.map_size = (size_t)1 << 30, .reserve = 1, .rejected_count = 3});
    struct ht_error err = {0};
    struct ht_rejected rejected;
    struct ht_rejected_totals totals;
    for (uint64_t i = 1; i <= 5; i++)
        reject(bench, "[1,", i);
    begin(bench);
    assert_int_equal(ht_rejected_totals(bench->reader, &totals, &err), HT_OK);
    assert_int_equal(totals.count, 3);
    assert_int_equal(totals.evicted, 2);
    assert_int_equal(ht_rejected_previous(bench->reader, UINT64_MAX, &rejected, &err), HT_OK);
    assert_int_equal(rejected.number, 5);
    assert_int_equal(rejected.status, HT_INVALID);
    assert_int_equal(rejected.offset, 3);
    assert_int_equal(rejected.size, 99);
    assert_true(ht_slice_is(rejected.body, "[1,"));
    assert_true(ht_slice_is(rejected.detail, "expected a value"));
    assert_true(ht_slice_is(rejected.delivery.sender, "::1"));
    assert_int_equal(ht_rejected_previous(bench->reader, 3, &rejected, &err), HT_NOT_FOUND);
    assert_int_equal(ht_rejected_get(bench->reader, 1, &rejected, &err), HT_NOT_FOUND);
    ht_reader_end(bench->reader);
    assert_int_equal(ht_rejected_drop(bench->scratch.store, 5, HT_ABSENT, SCRATCH_NOW, &err), HT_OK);
    assert_int_equal(ht_rejected_drop(bench->scratch.store, 5, HT_ABSENT, SCRATCH_NOW, &err), HT_NOT_FOUND);
    reject(bench, "{", 6); /* numbers are never given twice */
}

static void a_retried_delivery_leaves_the_rejected_with_its_event(void **state)
{
    struct bench *bench = *state;
    struct ht_error err = {0};
    struct ht_position end;
    struct ht_packer *packer = ht_packer_new();
    struct ht_delivery delivery = {.received_at = SCRATCH_NOW, .endpoint = 1};
    struct ht_append appends[2] = {0};
    struct ht_rejected rejected;
    uint8_t salt[HT_SALT_SIZE] = {0};
    reject(bench, "{\"a\":1}", 1);
    assert_ok(
        ht_append_pack(&appends[0], packer, &delivery, HT_SLICE("{\"a\":1}"), 1, HT_ABSENT, salt, &scratch_error));
    assert_ok(
        ht_append_pack(&appends[1], packer, &delivery, HT_SLICE("{\"a\":2}"), 1, HT_ABSENT, salt, &scratch_error));
    appends[0].retried = 1;
    appends[1].retried = 77; /* gone: its own failure, not the batch's */
    appends[0].next = &appends[1];
    assert_int_equal(ht_appender_commit(bench->appender, appends, &end, &err), HT_OK);
    assert_int_equal(appends[0].status, HT_OK);
    assert_int_equal(appends[1].status, HT_NOT_FOUND);
    assert_int_equal(end.seq, 1);
    begin(bench);
    assert_int_equal(ht_rejected_get(bench->reader, 1, &rejected, &err), HT_NOT_FOUND);
    ht_reader_end(bench->reader);
    for (size_t i = 0; i < 2; i++)
        ht_append_release(&appends[i]);
    ht_packer_free(packer);
}

static void a_full_disk_refuses_and_stores_nothing(void **state)
{
    struct bench *bench = *state;
    struct ht_error err = {0};
    struct ht_position end;
    struct ht_store_options options = {.map_size = (size_t)1 << 30, .reserve = UINT64_MAX};
    struct ht_packer *packer = ht_packer_new();
    struct ht_delivery delivery = {.received_at = SCRATCH_NOW, .endpoint = 1};
    struct ht_append append = {0};
    uint8_t salt[HT_SALT_SIZE] = {0};
    ht_reader_free(bench->reader);
    ht_appender_free(bench->appender);
    ht_store_close(bench->scratch.store);
    assert_int_equal(ht_store_open(bench->scratch.dir, &options, &bench->scratch.store, &err), HT_OK);
    assert_int_equal(ht_appender_new(bench->scratch.store, &bench->appender, &err), HT_OK);
    assert_int_equal(ht_reader_new(bench->scratch.store, &bench->reader, &err), HT_OK);
    assert_ok(ht_append_pack(&append, packer, &delivery, HT_SLICE("{}"), 1, HT_ABSENT, salt, &scratch_error));
    assert_int_equal(ht_appender_commit(bench->appender, &append, &end, &err), HT_FULL);
    assert_int_equal(append.status, HT_FULL);
    begin(bench);
    assert_int_equal(ht_trail_position(bench->reader, &end, &err), HT_OK);
    assert_int_equal(end.seq, 0);
    ht_reader_end(bench->reader);
    ht_append_release(&append);
    ht_packer_free(packer);
}

/* The map is a bound that a test can reach: what fits stays, what does not is refused whole, and reads go on. */
static void a_full_map_refuses_the_batch_and_keeps_the_rest(void **state)
{
    struct bench *bench = *state;
    struct ht_error err = {0};
    struct ht_position end = {0};
    struct ht_store_options options = {.map_size = (size_t)4 << 20, .reserve = 1};
    struct ht_packer *packer = ht_packer_new();
    struct ht_delivery delivery = {.received_at = SCRATCH_NOW, .endpoint = 1};
    static char payload[300000];
    uint8_t salt[HT_SALT_SIZE] = {0};
    uint64_t kept = 0;
    ht_reader_free(bench->reader);
    ht_appender_free(bench->appender);
    ht_store_close(bench->scratch.store);
    assert_int_equal(ht_store_open(bench->scratch.dir, &options, &bench->scratch.store, &err), HT_OK);
    assert_int_equal(ht_appender_new(bench->scratch.store, &bench->appender, &err), HT_OK);
    assert_int_equal(ht_reader_new(bench->scratch.store, &bench->reader, &err), HT_OK);
    enum ht_status status = HT_OK;
    for (int i = 0; i < 40 && status == HT_OK; i++) {
        struct ht_append append = {0};
        randombytes_buf(payload, sizeof payload);
        assert_ok(ht_append_pack(&append, packer, &delivery, ht_slice_of(payload, sizeof payload), 1, HT_ABSENT, salt,
                                 &scratch_error));
        status = ht_appender_commit(bench->appender, &append, &end, &err);
        if (status == HT_OK) kept = append.seq;
        ht_append_release(&append);
    }
    assert_int_equal(status, HT_FULL);
    assert_true(kept > 5);
    bool duplicate;
    assert_int_equal(scratch_append(bench->appender, "{}", SCRATCH_NOW, &duplicate), kept + 1);
    ht_packer_free(packer);
}

/* ---- whose key ---- */

struct whose {
    const char *lead;
    const char *conversation;
    const char *visitor;
};

/* Packs an event of somebody; no two are the same. */
static void pack_of(struct ht_append *append, const struct ht_store *store, struct whose whose, size_t size)
{
    static uint64_t number;
    struct ht_packer *packer = ht_packer_new();
    struct ht_delivery delivery = {.received_at = SCRATCH_NOW, .endpoint = 1};
    uint8_t salt[HT_SALT_SIZE] = {0};
    char *payload = malloc(size + 300);
    assert_true(packer != NULL && payload != NULL);
    int written = snprintf(payload, 300, "{\"n\":%llu", (unsigned long long)++number);
    const char *const names[] = {"lead_id", "conversation_id", "visitor_id"};
    const char *const ids[] = {whose.lead, whose.conversation, whose.visitor};
    for (size_t i = 0; i < 3; i++) {
        if (ids[i] != NULL) written += snprintf(payload + written, 90, ",\"%s\":\"%s\"", names[i], ids[i]);
    }
    payload[written++] = '}';
    randombytes_buf(payload + written, size); /* behind the object: only the appender sees it */
    struct ht_facts facts = {.lead_id = whose.lead ? ht_slice_from(whose.lead) : HT_ABSENT,
                             .conversation_id = whose.conversation ? ht_slice_from(whose.conversation) : HT_ABSENT,
                             .visitor_id = whose.visitor ? ht_slice_from(whose.visitor) : HT_ABSENT};
    *append = (struct ht_append){0};
    assert_ok(ht_append_pack(append, packer, &delivery, ht_slice_of(payload, (size_t)written + size), 1, HT_ABSENT,
                             salt, &scratch_error));
    ht_append_name(append, store, &facts);
    free(payload);
    ht_packer_free(packer);
}

/* The key that seals an event. */
static uint32_t key_of(struct bench *bench, uint64_t seq)
{
    struct ht_record_header header;
    begin(bench);
    assert_ok(ht_trail_header(bench->reader, seq, &header, &scratch_error));
    ht_reader_end(bench->reader);
    assert_true(header.key != 0);
    return header.key;
}

static uint32_t append_of(struct bench *bench, struct whose whose)
{
    struct ht_append append;
    struct ht_position end;
    pack_of(&append, bench->scratch.store, whose, 0);
    assert_ok(ht_appender_commit(bench->appender, &append, &end, &scratch_error));
    uint64_t seq = append.seq;
    ht_append_release(&append);
    return key_of(bench, seq);
}

static void new_parts(struct bench *bench)
{
    assert_ok(ht_appender_new(bench->scratch.store, &bench->appender, &scratch_error));
    assert_ok(ht_reader_new(bench->scratch.store, &bench->reader, &scratch_error));
}

static void new_appender(struct bench *bench)
{
    ht_appender_free(bench->appender);
    assert_ok(ht_appender_new(bench->scratch.store, &bench->appender, &scratch_error));
}

static void each_person_has_a_key_of_its_own(void **state)
{
    struct bench *bench = *state;
    uint32_t jane = append_of(bench, (struct whose){.lead = "jane"});
    uint32_t john = append_of(bench, (struct whose){.lead = "john"});
    uint32_t talk = append_of(bench, (struct whose){.conversation = "jane"}); /* the same text, of another kind */
    uint32_t guest = append_of(bench, (struct whose){.visitor = "jane"});
    uint32_t nobody = append_of(bench, (struct whose){0}), other = append_of(bench, (struct whose){0});
    const uint32_t keys[] = {jane, john, talk, guest, nobody, other};
    for (size_t i = 0; i < sizeof keys / sizeof *keys; i++) {
        for (size_t j = 0; j < i; j++)
            assert_int_not_equal(keys[i], keys[j]);
    }
    assert_int_equal(append_of(bench, (struct whose){.lead = "jane"}), jane);
    assert_int_equal(append_of(bench, (struct whose){.lead = "jane", .visitor = "john"}), jane);
    assert_int_equal(append_of(bench, (struct whose){.conversation = "jane", .visitor = "x"}), talk);
    assert_int_equal(append_of(bench, (struct whose){.visitor = "jane"}), guest);
}

static void once_the_lead_is_known_its_key_seals_the_conversation(void **state)
{
    struct bench *bench = *state;
    uint32_t before = append_of(bench, (struct whose){.conversation = "talk", .visitor = "guest"});
    assert_int_equal(append_of(bench, (struct whose){.conversation = "talk"}), before);
    uint32_t lead = append_of(bench, (struct whose){.lead = "jane", .conversation = "talk"});
    assert_int_not_equal(lead, before);
    assert_int_equal(append_of(bench, (struct whose){.conversation = "talk"}), lead);
    assert_int_equal(append_of(bench, (struct whose){.lead = "jane"}), lead);
}

/* One key seals many records, and one transaction writes many: XChaCha20-Poly1305 hides nothing under a nonce that
   comes again. */
static void no_nonce_comes_again_within_a_batch(void **state)
{
    struct bench *bench = *state;
    struct ht_append appends[3] = {0};
    struct ht_slice values[3];
    struct ht_position end;
    MDB_txn *txn = NULL;
    for (size_t i = 0; i < 3; i++) {
        pack_of(&appends[i], bench->scratch.store, (struct whose){.lead = "jane"}, 0);
        appends[i].next = i < 2 ? &appends[i + 1] : NULL;
    }
    assert_ok(ht_appender_commit(bench->appender, appends, &end, &scratch_error));
    assert_ok(trail_change_begin(bench->scratch.store, &txn, &scratch_error));
    for (size_t i = 0; i < 3; i++) {
        assert_int_equal(trail_get(txn, bench->scratch.store->trail.events, i + 1, &values[i]), 0);
        for (size_t j = 0; j < i; j++)
            assert_memory_not_equal(values[i].data + seal_event.nonce, values[j].data + seal_event.nonce,
                                    KEYRING_NONCE);
        ht_append_release(&appends[i]);
    }
    mdb_txn_abort(txn);
}

/* A new appender knows nobody: the index does. */
static void a_key_is_found_again_after_a_start(void **state)
{
    struct bench *bench = *state;
    uint32_t jane = append_of(bench, (struct whose){.lead = "jane", .conversation = "talk"});
    uint32_t other = append_of(bench, (struct whose){.conversation = "other"});
    assert_ok(ht_index_catch_up(bench->scratch.store, NULL, NULL, NULL, &scratch_error));
    new_appender(bench);
    assert_int_equal(append_of(bench, (struct whose){.lead = "jane"}), jane);
    assert_int_equal(append_of(bench, (struct whose){.conversation = "other"}), other);
    new_appender(bench);
    assert_int_equal(append_of(bench, (struct whose){.conversation = "talk"}), jane);
}

/* Another process gives out keys too: none of them twice. */
static void two_processes_never_give_the_same_key(void **state)
{
    struct bench *bench = *state;
    int how;
    uint32_t first = append_of(bench, (struct whose){.lead = "jane"});
    ht_reader_free(bench->reader);
    ht_appender_free(bench->appender);
    ht_store_close(bench->scratch.store);
    pid_t pid = fork();
    assert_true(pid >= 0);
    if (pid == 0) {
        struct ht_append append;
        struct ht_position end;
        scratch_open(&bench->scratch);
        if (ht_appender_new(bench->scratch.store, &bench->appender, NULL) != HT_OK) _exit(1);
        pack_of(&append, bench->scratch.store, (struct whose){.lead = "john"}, 0);
        _exit(ht_appender_commit(bench->appender, &append, &end, NULL) == HT_OK ? 0 : 2);
    }
    scratch_open(&bench->scratch);
    new_parts(bench);
    assert_int_equal(waitpid(pid, &how, 0), pid);
    assert_int_equal(how, 0);
    uint32_t third = append_of(bench, (struct whose){.lead = "judy"}), second = key_of(bench, 2);
    assert_true(first != second && second != third && first != third);
}

/* The key that another process destroys is in this one's memory still: nothing may be sealed under it. */
static void a_key_that_was_destroyed_elsewhere_seals_nothing_more(void **state)
{
    struct bench *bench = *state;
    int how, go[2];
    ht_reader_free(bench->reader);
    ht_appender_free(bench->appender);
    ht_store_close(bench->scratch.store);
    assert_int_equal(pipe(go), 0);
    pid_t pid = fork();
    assert_true(pid >= 0);
    if (pid == 0) {
        char byte;
        struct ht_erased erased;
        const struct ht_subject_ref jane = {HT_SUBJECT_LEAD, HT_SLICE("jane")};
        if (read(go[0], &byte, 1) != 1) _exit(1);
        scratch_open(&bench->scratch);
        _exit(ht_erase(bench->scratch.store, &jane, 1, "", SCRATCH_NOW, false, NULL, NULL, &erased, NULL) == HT_OK ? 0
                                                                                                                   : 2);
    }
    scratch_open(&bench->scratch);
    new_parts(bench);
    uint32_t before = append_of(bench, (struct whose){.lead = "jane"});
    assert_ok(ht_index_catch_up(bench->scratch.store, NULL, NULL, NULL, &scratch_error));
    assert_int_equal(write(go[1], "", 1), 1);
    assert_int_equal(waitpid(pid, &how, 0), pid);
    assert_int_equal(how, 0);
    assert_int_not_equal(append_of(bench, (struct whose){.lead = "jane"}), before);
    close(go[0]);
    close(go[1]);
}

/* What a transaction that was given up gave to whom is void: the key goes to the next who needs one. */
static void a_key_that_was_given_in_vain_is_not_remembered(void **state)
{
    struct bench *bench = *state;
    struct ht_store_options options = {.map_size = (size_t)4 << 20, .reserve = 1};
    struct ht_append appends[2];
    struct ht_position end;
    ht_reader_free(bench->reader);
    ht_appender_free(bench->appender);
    ht_store_close(bench->scratch.store);
    assert_ok(ht_store_open(bench->scratch.dir, &options, &bench->scratch.store, &scratch_error));
    new_parts(bench);
    pack_of(&appends[0], bench->scratch.store, (struct whose){.lead = "jane"}, 0);
    pack_of(&appends[1], bench->scratch.store, (struct whose){.lead = "much"}, (size_t)8 << 20);
    appends[0].next = &appends[1];
    assert_int_equal(ht_appender_commit(bench->appender, appends, &end, NULL), HT_FULL);
    uint32_t john = append_of(bench, (struct whose){.lead = "john"});
    uint32_t jane = append_of(bench, (struct whose){.lead = "jane"});
    assert_int_not_equal(john, jane);
    ht_append_release(&appends[0]);
    ht_append_release(&appends[1]);
}

/* Nobody gets a new data key any more: a failure within a batch that LMDB, which would give the transaction up by
   itself, knows nothing of. */
static void use_all_keys_up(struct bench *bench)
{
    MDB_txn *txn = NULL;
    struct ht_store *store = bench->scratch.store;
    assert_ok(trail_change_begin(store, &txn, &scratch_error));
    assert_ok(trail_counter_set(store, txn, SEAL_KEYS_COUNTER, UINT32_MAX, &scratch_error));
    assert_ok(trail_change_end(txn, HT_OK, &scratch_error));
}

/* Commits, in vain, an event of Jane, who has a key, and one of John. */
static void fail_within(struct bench *bench, bool john_first)
{
    struct ht_append appends[2];
    struct ht_position end;
    pack_of(&appends[john_first], bench->scratch.store, (struct whose){.lead = "jane"}, 0);
    pack_of(&appends[!john_first], bench->scratch.store, (struct whose){.lead = "john"}, 0);
    appends[0].next = &appends[1];
    assert_int_equal(ht_appender_commit(bench->appender, appends, &end, NULL), HT_FULL);
    for (size_t i = 0; i < 2; i++) {
        assert_int_equal(appends[i].status, HT_FULL);
        ht_append_release(&appends[i]);
    }
}

static void what_fails_within_a_batch_refuses_all_of_it(void **state)
{
    struct bench *bench = *state;
    struct ht_position end;
    append_of(bench, (struct whose){.lead = "jane"});
    assert_ok(ht_index_catch_up(bench->scratch.store, NULL, NULL, NULL, &scratch_error));
    use_all_keys_up(bench);
    fail_within(bench, true);
    fail_within(bench, false);
    begin(bench);
    assert_ok(ht_trail_position(bench->reader, &end, &scratch_error));
    assert_int_equal(end.seq, 1);
    ht_reader_end(bench->reader);
    append_of(bench, (struct whose){.lead = "jane"});
}

/* Their numbers are those of what was given up: it must not pass for them. */
static void what_was_given_up_hides_no_event_of_others(void **state)
{
    struct bench *bench = *state;
    struct ht_append append;
    struct ht_position end;
    struct ht_appender *other;
    append_of(bench, (struct whose){.lead = "jane"});
    assert_ok(ht_index_catch_up(bench->scratch.store, NULL, NULL, NULL, &scratch_error));
    use_all_keys_up(bench);
    fail_within(bench, false);
    pack_of(&append, bench->scratch.store, (struct whose){.lead = "jane"}, 0);
    assert_ok(ht_appender_new(bench->scratch.store, &other, &scratch_error));
    assert_ok(ht_appender_commit(other, &append, &end, &scratch_error));
    assert_true(append.seq == 2 && !append.duplicate);
    assert_ok(ht_appender_commit(bench->appender, &append, &end, &scratch_error));
    assert_true(append.seq == 2 && append.duplicate);
    ht_appender_free(other);
    ht_append_release(&append);
}

/* Whether the list is stored nobody knows then, so this is no full disk, of which one waits for the end. */
static void a_last_write_that_fails_leaves_the_commit_in_doubt(void **state)
{
    struct bench *bench = *state;
    struct ht_append append;
    struct ht_position end;
    append_of(bench, (struct whose){.lead = "jane"});
    pack_of(&append, bench->scratch.store, (struct whose){.lead = "jane"}, 0);
    disk_calls_begin();
    disk_calls.durable_write_fails = ENOSPC;
    enum ht_status status = ht_appender_commit(bench->appender, &append, &end, NULL);
    disk_calls_end();
    assert_int_equal(status, HT_IO);
    assert_int_equal(append.status, HT_IO);
    assert_true(ht_store_is_dead(bench->scratch.store));
    ht_append_release(&append);
}

/* ---- data keys that are damaged ---- */

/* Opens the store anew, with one bit of a key's slot flipped, or with zeros in it. */
static void damage_key(struct bench *bench, uint32_t key, bool zeros)
{
    char path[128];
    static const uint8_t nothing[KEYRING_SLOT];
    ht_reader_free(bench->reader);
    ht_appender_free(bench->appender);
    ht_store_close(bench->scratch.store);
    damage_file(bench->scratch.dir, KEYRING_NAME, keyring_offset(key) + 30);
    snprintf(path, sizeof path, "%s/%s", bench->scratch.dir, KEYRING_NAME);
    int fd = open(path, O_WRONLY);
    assert_true(fd >= 0);
    if (zeros) assert_int_equal(pwrite(fd, nothing, sizeof nothing, keyring_offset(key)), sizeof nothing);
    close(fd);
    scratch_open(&bench->scratch);
    new_parts(bench);
}

static void whose_key_is_damaged_gets_another(void **state)
{
    struct bench *bench = *state;
    for (int zeros = 0; zeros < 2; zeros++) {
        uint32_t damaged = append_of(bench, (struct whose){.lead = "jane"});
        assert_ok(ht_index_catch_up(bench->scratch.store, NULL, NULL, NULL, &scratch_error));
        damage_key(bench, damaged, zeros);
        uint32_t next = append_of(bench, (struct whose){.lead = "jane"});
        assert_int_not_equal(next, damaged);
        assert_int_equal(append_of(bench, (struct whose){.lead = "jane"}), next);
    }
}

static void expect_payload(struct bench *bench, uint64_t seq, const char *payload, enum ht_status wanted)
{
    struct ht_record record;
    begin(bench);
    assert_int_equal(ht_trail_get(bench->reader, seq, bench->unpacker, &record, NULL), wanted);
    if (wanted == HT_OK) assert_true(ht_slice_is(record.payload, payload));
    ht_reader_end(bench->reader);
}

/* Here it comes again, and is worth more than a note that it did. */
static void what_can_not_be_opened_is_kept_anew_when_it_is_repeated(void **state)
{
    struct bench *bench = *state;
    const char *payload = "{\"lead_id\":\"jane\",\"timestamp\":\"2025-11-24T13:00:00Z\"}";
    bool duplicate;
    assert_int_equal(scratch_append(bench->appender, payload, SCRATCH_NOW, NULL), 1);
    assert_ok(ht_index_catch_up(bench->scratch.store, NULL, NULL, NULL, &scratch_error));
    damage_key(bench, key_of(bench, 1), false);
    expect_payload(bench, 1, payload, HT_CORRUPT);
    assert_int_equal(scratch_append(bench->appender, payload, SCRATCH_NOW, &duplicate), 2);
    assert_false(duplicate);
    expect_payload(bench, 2, payload, HT_OK);
    for (int round = 0; round < 2; round++) {
        assert_int_equal(scratch_append(bench->appender, payload, SCRATCH_NOW, &duplicate), 2);
        assert_true(duplicate);
        assert_ok(ht_index_catch_up(bench->scratch.store, NULL, NULL, NULL, &scratch_error));
        new_appender(bench);
    }
}

static void rejected_deliveries_are_kept_under_another_key(void **state)
{
    struct bench *bench = *state;
    struct ht_rejected rejected;
    for (uint64_t number = 1; number <= 5; number += 2) {
        reject(bench, "[1,", number);
        damage_key(bench, (uint32_t)(number + 1) / 2, number == 3); /* the only keys that were given */
        reject(bench, "[2,", number + 1);
        begin(bench);
        assert_int_equal(ht_rejected_get(bench->reader, number, &rejected, NULL), number == 3 ? HT_ERASED : HT_CORRUPT);
        assert_ok(ht_rejected_get(bench->reader, number + 1, &rejected, &scratch_error));
        assert_true(ht_slice_is(rejected.body, "[2,"));
        ht_reader_end(bench->reader);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(what_goes_in_comes_back, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_repeat_gets_the_same_seq_wherever_the_first_is, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_batch_finds_duplicates_within_itself, set_up, tear_down),
        cmocka_unit_test_setup_teardown(families_and_signed_ids_keep_duplicates_apart, set_up, tear_down),
        cmocka_unit_test_setup_teardown(an_id_that_is_used_for_another_payload_makes_another_event, set_up, tear_down),
        cmocka_unit_test_setup_teardown(rejected_deliveries_are_kept_bounded_and_dropped, set_up, tear_down),
        cmocka_unit_test_setup_teardown(rejected_deliveries_are_kept_within_their_bytes, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_retried_delivery_leaves_the_rejected_with_its_event, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_full_disk_refuses_and_stores_nothing, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_full_map_refuses_the_batch_and_keeps_the_rest, set_up, tear_down),
        cmocka_unit_test_setup_teardown(each_person_has_a_key_of_its_own, set_up, tear_down),
        cmocka_unit_test_setup_teardown(once_the_lead_is_known_its_key_seals_the_conversation, set_up, tear_down),
        cmocka_unit_test_setup_teardown(no_nonce_comes_again_within_a_batch, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_key_is_found_again_after_a_start, set_up, tear_down),
        cmocka_unit_test_setup_teardown(two_processes_never_give_the_same_key, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_key_that_was_destroyed_elsewhere_seals_nothing_more, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_key_that_was_given_in_vain_is_not_remembered, set_up, tear_down),
        cmocka_unit_test_setup_teardown(what_fails_within_a_batch_refuses_all_of_it, set_up, tear_down),
        cmocka_unit_test_setup_teardown(what_was_given_up_hides_no_event_of_others, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_last_write_that_fails_leaves_the_commit_in_doubt, set_up, tear_down),
        cmocka_unit_test_setup_teardown(whose_key_is_damaged_gets_another, set_up, tear_down),
        cmocka_unit_test_setup_teardown(what_can_not_be_opened_is_kept_anew_when_it_is_repeated, set_up, tear_down),
        cmocka_unit_test_setup_teardown(rejected_deliveries_are_kept_under_another_key, set_up, tear_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
