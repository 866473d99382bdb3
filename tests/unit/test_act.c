#include "scratch.h"

#include "../../store/act.h"
#include "../../store/checkpoint.h"
#include "../../store/codec.h"
#include "../../store/record.h"
#include "hooktrail/encode.h"
#include "hooktrail/endpoint.h"
#include "hooktrail/log.h"
#include "hooktrail/token.h"
#include "merkle_reference.h"
#include "random.h"

#define MADE 3 /* acts of init: itself, its endpoint, its token */

static int set_up(void **state)
{
    static struct scratch scratch;
    scratch_make(&scratch);
    *state = &scratch;
    return 0;
}

static int tear_down(void **state)
{
    scratch_drop(*state);
    return 0;
}

static struct ht_reader *begin(struct scratch *scratch)
{
    struct ht_reader *reader;
    assert_ok(ht_reader_new(scratch->store, &reader, &scratch_error));
    assert_ok(ht_reader_begin(reader, &scratch_error));
    return reader;
}

static void end(struct ht_reader *reader)
{
    ht_reader_end(reader);
    ht_reader_free(reader);
}

static uint64_t last(struct scratch *scratch)
{
    uint64_t seq;
    struct ht_reader *reader = begin(scratch);
    assert_ok(ht_act_last(reader, &seq, &scratch_error));
    end(reader);
    return seq;
}

static enum ht_status get(struct scratch *scratch, uint64_t seq, struct ht_act *act)
{
    struct ht_error err;
    struct ht_reader *reader = begin(scratch);
    enum ht_status status = ht_act_get(reader, seq, act, &err);
    end(reader); /* the texts are looked at by those who begin for themselves */
    return status;
}

static void check_act(struct scratch *scratch, uint64_t seq, const struct ht_act *wanted)
{
    struct ht_act act;
    struct ht_reader *reader = begin(scratch);
    assert_ok(ht_act_get(reader, seq, &act, &scratch_error));
    assert_int_equal(act.seq, seq);
    assert_int_equal(act.at, wanted->at);
    assert_int_equal(act.kind, wanted->kind);
    assert_true(ht_slice_equal(act.who, wanted->who));
    assert_true(ht_slice_equal(act.object, wanted->object));
    assert_true(ht_slice_equal(act.detail, wanted->detail));
    assert_int_equal(act.object.data == NULL, wanted->object.size == 0);
    end(reader);
}

/* ---- in and out ---- */

static void what_is_recorded_is_read(void **state)
{
    struct scratch *scratch = *state;
    struct random random = {.state = 1};
    char texts[3][HT_ACT_TEXT];
    for (uint64_t i = 1; i <= 300; i++) {
        for (size_t text = 0; text < 3; text++)
            random_text(&random, texts[text], sizeof texts[text]);
        struct ht_act act = {.at = (int64_t)random_next(&random),
                             .kind = 1 + random_below(&random, HT_ACT_KINDS - 1),
                             .who = ht_slice_of(texts[0], 1 + random_below(&random, HT_ACT_TEXT)),
                             .object = ht_slice_of(texts[1], random_below(&random, HT_ACT_TEXT + 1)),
                             .detail = ht_slice_of(texts[2], random_below(&random, HT_ACT_TEXT + 1))};
        assert_ok(ht_act_record(scratch->store, &act, &scratch_error));
        assert_int_equal(last(scratch), MADE + i);
        check_act(scratch, MADE + i, &act);
    }
    struct ht_act act;
    assert_int_equal(get(scratch, 0, &act), HT_NOT_FOUND);
    assert_int_equal(get(scratch, last(scratch) + 1, &act), HT_NOT_FOUND);
}

static void init_has_acts_of_its_own(void **state)
{
    struct scratch *scratch = *state;
    assert_int_equal(last(scratch), MADE);
    check_act(scratch, 1,
              &(struct ht_act){.at = SCRATCH_NOW, .kind = HT_ACT_INIT, .who = HT_SLICE("library"), .seq = 1});
    check_act(scratch, 2,
              &(struct ht_act){.at = SCRATCH_NOW,
                               .kind = HT_ACT_ENDPOINT_ADD,
                               .who = HT_SLICE("library"),
                               .object = HT_SLICE("endpoint 1"),
                               .detail = HT_SLICE("default")});
    check_act(scratch, 3,
              &(struct ht_act){.at = SCRATCH_NOW,
                               .kind = HT_ACT_TOKEN_ADD,
                               .who = HT_SLICE("library"),
                               .object = HT_SLICE("token 1"),
                               .detail = HT_SLICE("default, scope read,admin")});
}

/* A text of characters of all lengths, longer than fits. */
static size_t make_text(struct random *random, char *to, size_t size)
{
    static const char *const characters[] = {"a", "\xc3\xa4", "\xe2\x82\xac", "\xf0\x9f\x98\x80"};
    size_t made = 0;
    while (made + 4 <= size) {
        const char *character = characters[random_below(random, 4)];
        memcpy(to + made, character, strlen(character));
        made += strlen(character);
    }
    return made;
}

static void long_texts_are_cut_at_characters(void **state)
{
    struct scratch *scratch = *state;
    struct random random = {.state = 2};
    for (uint64_t i = 1; i <= 200; i++) {
        char text[HT_ACT_TEXT + 100];
        size_t size = make_text(&random, text, sizeof text);
        struct ht_act got, act = {.at = 1, .kind = HT_ACT_READ, .detail = ht_slice_of(text, size)};
        assert_ok(ht_act_record(scratch->store, &act, &scratch_error));
        struct ht_reader *reader = begin(scratch);
        assert_ok(ht_act_get(reader, MADE + i, &got, &scratch_error));
        assert_in_range(got.detail.size, HT_ACT_TEXT - 3, HT_ACT_TEXT);
        assert_memory_equal(got.detail.data, text, got.detail.size);
        assert_int_equal(ht_utf8_check(got.detail), got.detail.size);
        end(reader);
    }
}

static void what_is_no_text_is_kept_as_it_is(void **state)
{
    struct scratch *scratch = *state;
    char bytes[2 * HT_ACT_TEXT];
    for (int byte = 0; byte < 256; byte++) {
        memset(bytes, byte, sizeof bytes);
        struct ht_act got, act = {.at = 1, .kind = HT_ACT_READ, .object = ht_slice_of(bytes, sizeof bytes)};
        assert_ok(ht_act_record(scratch->store, &act, &scratch_error));
        struct ht_reader *reader = begin(scratch);
        assert_ok(ht_act_get(reader, (uint64_t)(MADE + 1 + byte), &got, &scratch_error));
        assert_int_equal(got.object.size, HT_ACT_TEXT);
        assert_memory_equal(got.object.data, bytes, got.object.size);
        end(reader);
    }
}

static void every_kind_has_a_name_of_its_own(void **state)
{
    (void)state;
    for (unsigned kind = 1; kind < HT_ACT_KINDS; kind++) {
        assert_string_not_equal(ht_act_kind_name(kind), "unknown");
        for (unsigned other = 1; other < kind; other++)
            assert_string_not_equal(ht_act_kind_name(kind), ht_act_kind_name(other));
    }
    assert_string_equal(ht_act_kind_name(0), "unknown");
    assert_string_equal(ht_act_kind_name(HT_ACT_KINDS), "unknown");
    assert_string_equal(ht_act_kind_name(255), "unknown");
}

/* ---- damage ---- */

/* Puts `size` bytes in the place of an act, with a checksum that fits if `sealed`. */
static void put_raw(struct scratch *scratch, uint64_t seq, uint8_t *bytes, size_t size, bool sealed)
{
    uint8_t number[8];
    MDB_txn *txn = NULL;
    assert_ok(trail_change_begin(scratch->store, &txn, &scratch_error));
    if (sealed) ht_put_be64(bytes, record_checksum(record_digest(ht_slice_of(bytes, size)), seq));
    ht_put_be64(number, seq);
    MDB_val key = val_of(number, sizeof number), value = val_of(bytes, size);
    assert_int_equal(mdb_put(txn, scratch->store->trail.acts, &key, &value, 0), 0);
    assert_ok(trail_change_end(txn, HT_OK, &scratch_error));
}

static size_t get_raw(struct scratch *scratch, uint64_t seq, uint8_t bytes[1024])
{
    uint8_t number[8];
    struct ht_reader *reader = begin(scratch);
    ht_put_be64(number, seq);
    MDB_val key = val_of(number, sizeof number), value;
    assert_int_equal(mdb_get(reader->trail_txn, scratch->store->trail.acts, &key, &value), 0);
    assert_true(value.mv_size <= 1024);
    memcpy(bytes, value.mv_data, value.mv_size);
    end(reader);
    return value.mv_size;
}

static void any_flipped_bit_is_noticed(void **state)
{
    struct scratch *scratch = *state;
    uint8_t bytes[1024];
    struct ht_act act;
    size_t size = get_raw(scratch, 3, bytes);
    for (size_t bit = 0; bit < 8 * size; bit++) {
        bytes[bit / 8] ^= (uint8_t)(1 << bit % 8);
        put_raw(scratch, 3, bytes, size, false);
        assert_int_equal(get(scratch, 3, &act), HT_CORRUPT);
        bytes[bit / 8] ^= (uint8_t)(1 << bit % 8);
    }
    put_raw(scratch, 3, bytes, size, false);
    assert_int_equal(get(scratch, 3, &act), HT_OK);
    put_raw(scratch, 2, bytes, size, false); /* moved */
    assert_int_equal(get(scratch, 2, &act), HT_CORRUPT);
}

static void lengths_that_lie_are_noticed(void **state)
{
    struct scratch *scratch = *state;
    uint8_t bytes[1024];
    struct ht_act act;
    size_t size = get_raw(scratch, 3, bytes);
    for (size_t less = RECORD_CHECKED; less < size; less++) {
        put_raw(scratch, 3, bytes, less, true);
        assert_int_equal(get(scratch, 3, &act), less > RECORD_CHECKED ? HT_CORRUPT : HT_VERSION);
    }
    bytes[size] = 0;
    put_raw(scratch, 3, bytes, size + 1, true);
    assert_int_equal(get(scratch, 3, &act), HT_CORRUPT);
    bytes[RECORD_CHECKED] = ACT_VERSION + 1;
    put_raw(scratch, 3, bytes, size, true);
    assert_int_equal(get(scratch, 3, &act), HT_VERSION);
}

static void random_bytes_never_lead_out_of_bounds(void **state)
{
    struct scratch *scratch = *state;
    struct random random = {.state = 3};
    uint8_t *bytes;
    for (int round = 0; round < 2000; round++) {
        size_t size = RECORD_CHECKED + random_below(&random, 80);
        assert_non_null(bytes = malloc(size));
        for (size_t i = 0; i < size; i++)
            bytes[i] = (uint8_t)random_below(&random, random_below(&random, 2) ? 8 : 256);
        if (size > RECORD_CHECKED) bytes[RECORD_CHECKED] = ACT_VERSION;
        put_raw(scratch, 3, bytes, size, true);
        struct ht_act act;
        struct ht_error err;
        struct ht_reader *reader = begin(scratch);
        if (ht_act_get(reader, 3, &act, &err) == HT_OK)
            assert_int_equal(act.who.size + act.object.size + act.detail.size + 23, size);
        end(reader);
        free(bytes);
    }
}

/* ---- with what was done ---- */

static void what_fails_leaves_no_act(void **state)
{
    struct scratch *scratch = *state;
    struct ht_endpoint endpoint;
    struct ht_token token;
    struct ht_error err;
    char secret[HT_SECRET_TEXT_SIZE];
    struct ht_store *store = scratch->store;
    assert_int_equal(ht_endpoint_add(store, "default", HT_ABSENT, HT_ABSENT, 1, &endpoint, secret, &err), HT_EXISTS);
    assert_int_equal(ht_endpoint_rotate(store, 9, HT_ABSENT, 1, &endpoint, secret, &err), HT_NOT_FOUND);
    assert_int_equal(ht_endpoint_retire(store, 9, HT_ABSENT, 1, &err), HT_NOT_FOUND);
    assert_int_equal(ht_token_add(store, "default", HT_SCOPE_READ, HT_ABSENT, 1, &token, secret, &err), HT_EXISTS);
    assert_int_equal(ht_token_revoke(store, 9, HT_ABSENT, 1, &err), HT_NOT_FOUND);
    assert_int_equal(last(scratch), MADE);
    assert_ok(ht_endpoint_rotate(store, 1, HT_ABSENT, 5, &endpoint, secret, &scratch_error));
    assert_ok(ht_endpoint_retire(store, 1, HT_ABSENT, 6, &scratch_error));
    assert_int_equal(ht_endpoint_retire(store, 1, HT_ABSENT, 7, &err), HT_GONE);
    assert_ok(ht_token_revoke(store, 1, HT_ABSENT, 8, &scratch_error));
    assert_int_equal(last(scratch), MADE + 3);
    check_act(scratch, MADE + 1,
              &(struct ht_act){.at = 5,
                               .kind = HT_ACT_ENDPOINT_ROTATE,
                               .who = HT_SLICE("library"),
                               .object = HT_SLICE("endpoint 2"),
                               .detail = HT_SLICE("default, in the place of endpoint 1")});
    check_act(scratch, MADE + 2,
              &(struct ht_act){.at = 6,
                               .kind = HT_ACT_ENDPOINT_RETIRE,
                               .who = HT_SLICE("library"),
                               .object = HT_SLICE("endpoint 1"),
                               .detail = HT_SLICE("default")});
    check_act(scratch, MADE + 3,
              &(struct ht_act){.at = 8,
                               .kind = HT_ACT_TOKEN_REVOKE,
                               .who = HT_SLICE("library"),
                               .object = HT_SLICE("token 1"),
                               .detail = HT_SLICE("default, scope read,admin")});
}

/* An event that was rejected delivery `retried`, with an act; after it an act alone. */
static void commit_retry(struct scratch *scratch, uint64_t retried, struct ht_append *event, struct ht_append *alone)
{
    struct ht_position end;
    struct ht_appender *appender;
    struct ht_packer *packer = ht_packer_new();
    const struct ht_delivery delivery = {.received_at = SCRATCH_NOW, .endpoint = 1};
    const uint8_t salt[HT_SALT_SIZE] = {1};
    const struct ht_act act = {.at = 7, .kind = HT_ACT_REJECTED_RETRY, .who = HT_SLICE("token:a")};
    const struct ht_act read = {.at = 8, .kind = HT_ACT_READ, .who = HT_SLICE("token:b")};
    *event = *alone = (struct ht_append){0};
    assert_ok(ht_append_pack(event, packer, &delivery, HT_SLICE("{}"), 1, HT_ABSENT, salt, &scratch_error));
    event->retried = retried;
    event->next = alone;
    assert_ok(ht_act_pack_along(event, &act, &scratch_error));
    assert_ok(ht_act_pack(alone, &read, &scratch_error));
    assert_ok(ht_appender_new(scratch->store, &appender, &scratch_error));
    assert_ok(ht_appender_commit(appender, event, &end, &scratch_error));
    ht_appender_free(appender);
    ht_packer_free(packer);
    ht_append_release(event);
    ht_append_release(alone);
}

static void the_writer_records_acts_with_events_and_alone(void **state)
{
    struct scratch *scratch = *state;
    struct ht_append event, alone;
    commit_retry(scratch, 0, &event, &alone);
    assert_int_equal(event.status, HT_OK);
    assert_int_equal(event.seq, 1);
    assert_int_equal(alone.status, HT_OK);
    assert_int_equal(alone.seq, MADE + 2);
    check_act(scratch, MADE + 1, &(struct ht_act){.at = 7, .kind = HT_ACT_REJECTED_RETRY, .who = HT_SLICE("token:a")});
    check_act(scratch, MADE + 2, &(struct ht_act){.at = 8, .kind = HT_ACT_READ, .who = HT_SLICE("token:b")});
}

static void what_was_not_appended_has_no_act(void **state)
{
    struct scratch *scratch = *state;
    struct ht_append event, alone;
    commit_retry(scratch, 99, &event, &alone);
    assert_int_equal(event.status, HT_NOT_FOUND);
    assert_int_equal(alone.status, HT_OK);
    assert_int_equal(last(scratch), MADE + 1);
    check_act(scratch, MADE + 1, &(struct ht_act){.at = 8, .kind = HT_ACT_READ, .who = HT_SLICE("token:b")});
}

/* ---- the log ---- */

static void record_at(struct scratch *scratch, int64_t at)
{
    const struct ht_act act = {.at = at, .kind = HT_ACT_EXPORT, .object = HT_SLICE("export")};
    assert_ok(ht_act_record(scratch->store, &act, &scratch_error));
}

static void acts_are_leaves_of_their_tree(void **state)
{
    static uint8_t leaves[700][HT_SHA256_SIZE];
    struct scratch *scratch = *state;
    struct ht_tree_head head;
    struct ht_merkle_proof proof;
    uint8_t root[HT_SHA256_SIZE];
    for (int i = MADE; i < 700; i++)
        record_at(scratch, i);
    struct ht_reader *reader = begin(scratch);
    assert_ok(ht_log_head(reader, HT_LOG_ACTS, &head, &scratch_error));
    assert_int_equal(head.size, 700);
    for (uint64_t seq = 1; seq <= 700; seq++) {
        struct ht_slice leaf;
        assert_ok(ht_log_leaf(reader, HT_LOG_ACTS, seq, &leaf, &scratch_error));
        reference_leaf(leaf.data, leaf.size, leaves[seq - 1]);
    }
    reference_root((reference_leaves)leaves, 700, root);
    assert_memory_equal(root, head.root, sizeof root);
    for (uint64_t seq = 1; seq <= 700; seq += 41) {
        assert_ok(ht_log_inclusion(reader, HT_LOG_ACTS, seq, 700, &proof, &scratch_error));
        assert_ok(ht_merkle_check_inclusion(&head, seq - 1, leaves[seq - 1], &proof, &scratch_error));
    }
    assert_ok(ht_log_head(reader, HT_LOG_EVENTS, &head, &scratch_error));
    assert_int_equal(head.size, 0);
    end(reader);
}

/* The size that the newest checkpoint signs; 0 if there is none. */
static uint64_t signed_size(struct scratch *scratch)
{
    struct ht_buffer note = {0};
    struct ht_error err;
    uint64_t size = 0;
    struct ht_reader *reader = begin(scratch);
    if (ht_log_checkpoint(reader, HT_LOG_ACTS, &note, &err) == HT_OK) {
        const char *line = strchr(ht_buffer_text(&note), '\n');
        assert_non_null(line);
        assert_memory_equal(note.data, ht_log_origin(scratch->store, HT_LOG_ACTS), (size_t)(line - note.data));
        size = strtoull(line + 1, NULL, 10);
        assert_ok(ht_log_check(reader, HT_LOG_ACTS, ht_buffer_slice(&note), &scratch_error));
    }
    end(reader);
    ht_buffer_release(&note);
    return size;
}

static void acts_are_signed_once_a_second(void **state)
{
    struct scratch *scratch = *state;
    struct ht_buffer note = {0};
    assert_int_equal(signed_size(scratch), 0);
    record_at(scratch, SCRATCH_NOW);
    assert_int_equal(signed_size(scratch), MADE + 1);
    record_at(scratch, SCRATCH_NOW + HT_SECOND - 1);
    assert_int_equal(signed_size(scratch), MADE + 1);
    record_at(scratch, SCRATCH_NOW + HT_SECOND);
    assert_int_equal(signed_size(scratch), MADE + 3);
    record_at(scratch, SCRATCH_NOW - 5); /* a clock that was set back */
    assert_int_equal(signed_size(scratch), MADE + 4);
    struct ht_append event, alone;
    commit_retry(scratch, 0, &event, &alone); /* by the writer, of an even older time */
    assert_int_equal(signed_size(scratch), MADE + 6);
    record_at(scratch, 8);
    assert_int_equal(signed_size(scratch), MADE + 6);
    assert_ok(ht_log_sign(scratch->store, HT_LOG_ACTS, &scratch_error));
    assert_int_equal(signed_size(scratch), MADE + 7);
    assert_ok(checkpoint_read_head(scratch->store, HT_LOG_ACTS, &note, &scratch_error));
    ht_buffer_release(&note);
}

/* ---- reads ---- */

static bool are_recorded(struct scratch *scratch)
{
    bool recorded;
    struct ht_reader *reader = begin(scratch);
    assert_ok(ht_act_reads(reader, &recorded, &scratch_error));
    end(reader);
    return recorded;
}

static void changing_what_is_recorded_is_an_act(void **state)
{
    struct scratch *scratch = *state;
    assert_false(are_recorded(scratch));
    assert_ok(ht_act_reads_set(scratch->store, false, 1, &scratch_error));
    assert_int_equal(last(scratch), MADE);
    for (int round = 0; round < 3; round++)
        assert_ok(ht_act_reads_set(scratch->store, true, 2 + round, &scratch_error));
    assert_true(are_recorded(scratch));
    assert_int_equal(last(scratch), MADE + 1);
    check_act(scratch, MADE + 1,
              &(struct ht_act){.at = 2,
                               .kind = HT_ACT_SETTING,
                               .who = HT_SLICE("library"),
                               .object = HT_SLICE("audit_reads"),
                               .detail = HT_SLICE("on")});
    assert_ok(ht_act_reads_set(scratch->store, false, 9, &scratch_error));
    assert_false(are_recorded(scratch));
    assert_int_equal(last(scratch), MADE + 2);
}

static void persons_are_named_by_keyed_hashes(void **state)
{
    struct scratch *scratch = *state;
    const struct ht_store *store = scratch->store;
    char lead[HT_ACT_REF_SIZE], same[HT_ACT_REF_SIZE], other[HT_ACT_REF_SIZE];
    ht_act_ref(store, HT_KIND_LEAD, HT_SLICE("l1"), lead);
    ht_act_ref(store, HT_KIND_LEAD, HT_SLICE("l1"), same);
    ht_act_ref(store, HT_KIND_CONVERSATION, HT_SLICE("l1"), other);
    assert_int_equal(strspn(lead, "0123456789abcdef"), 32);
    assert_string_equal(lead, same);
    assert_string_not_equal(lead, other);
    ht_act_ref_email(store, HT_SLICE("Jane@Example.com"), lead);
    ht_act_ref_email(store, HT_SLICE(" jane@example.com "), same);
    ht_act_ref_email(store, HT_SLICE("june@example.com"), other);
    assert_string_equal(lead, same);
    assert_string_not_equal(lead, other);
    ht_act_ref_email(store, HT_SLICE("  "), other);
    assert_string_equal(other, "00000000000000000000000000000000");
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(what_is_recorded_is_read),          TEST(init_has_acts_of_its_own),
        TEST(long_texts_are_cut_at_characters),  TEST(what_is_no_text_is_kept_as_it_is),
        TEST(every_kind_has_a_name_of_its_own),  TEST(any_flipped_bit_is_noticed),
        TEST(lengths_that_lie_are_noticed),      TEST(random_bytes_never_lead_out_of_bounds),
        TEST(what_fails_leaves_no_act),          TEST(the_writer_records_acts_with_events_and_alone),
        TEST(what_was_not_appended_has_no_act),  TEST(acts_are_leaves_of_their_tree),
        TEST(acts_are_signed_once_a_second),     TEST(changing_what_is_recorded_is_an_act),
        TEST(persons_are_named_by_keyed_hashes),
    };
    cmocka_set_message_output(CM_OUTPUT_TAP);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
