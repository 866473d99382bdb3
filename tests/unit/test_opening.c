/* What opens an event's commitment, what its leaf says, and what is held of a person. */
#include "scratch.h"

#include "hooktrail/encode.h"
#include "hooktrail/erasure.h"
#include "hooktrail/held.h"
#include "hooktrail/log.h"

struct fixture {
    struct scratch scratch;
    struct ht_reader *reader;
    struct ht_unpacker *unpacker;
};

static const char *const payloads[] = {
    "{\"lead\":{\"id\":\"l1\",\"email\":\"jane@example.com\"},\"conversation\":{\"id\":\"c1\"},\"visitor_id\":\"v1\"}",
    "{\"type\":\"visitor-identified\",\"visitor\":{\"visitor_id\":\"v1\"}}",
    "{\"conversation\":{\"id\":\"c1\"},\"messages\":[]}",
    "{\"conversation\":{\"id\":\"c2\"}}",
    "{\"type\":\"visitor-identified\",\"visitor\":{\"visitor_id\":\"v2\"}}",
};
#define EVENTS (sizeof payloads / sizeof *payloads)

static int set_up(void **state)
{
    struct fixture *fixture = calloc(1, sizeof *fixture);
    struct ht_appender *appender;
    struct ht_error err = {0};
    assert_non_null(fixture);
    scratch_make(&fixture->scratch);
    assert_ok(ht_appender_new(fixture->scratch.store, &appender, &err));
    for (size_t i = 0; i < EVENTS; i++)
        scratch_append(appender, payloads[i], SCRATCH_NOW + (int64_t)i, NULL);
    ht_appender_free(appender);
    assert_ok(ht_index_catch_up(fixture->scratch.store, NULL, NULL, NULL, &err));
    assert_ok(ht_reader_new(fixture->scratch.store, &fixture->reader, &err));
    fixture->unpacker = ht_unpacker_new();
    *state = fixture;
    return 0;
}

static int tear_down(void **state)
{
    struct fixture *fixture = *state;
    ht_unpacker_free(fixture->unpacker);
    ht_reader_free(fixture->reader);
    scratch_drop(&fixture->scratch);
    free(fixture);
    return 0;
}

static void test_an_opening_opens_its_leaf(void **state)
{
    struct fixture *fixture = *state;
    struct ht_error err = {0};
    struct ht_record record;
    struct ht_opening opening;
    struct ht_slice bytes;
    struct ht_leaf leaf;
    uint8_t commitment[HT_SHA256_SIZE], digest[HT_SHA256_SIZE], before[HT_SALT_SIZE] = {0};
    assert_ok(ht_reader_begin(fixture->reader, &err));
    for (uint64_t seq = 1; seq <= EVENTS; seq++) {
        struct ht_slice payload = ht_slice_from(payloads[seq - 1]);
        struct ht_delivery delivery = {0};
        assert_ok(ht_trail_opening(fixture->reader, seq, fixture->unpacker, &record, &opening, &err));
        assert_ok(ht_log_leaf(fixture->reader, HT_LOG_EVENTS, seq, &bytes, &err));
        assert_ok(ht_leaf_parse(bytes, &leaf, &err));
        ht_opening_commit(&opening, commitment);
        assert_memory_equal(commitment, leaf.commitment, sizeof commitment);
        ht_sha256(payload, digest);
        assert_memory_equal(digest, opening.sha256, sizeof digest);
        assert_true(ht_slice_is(record.payload, payloads[seq - 1]));
        assert_int_equal(leaf.size, payload.size);
        assert_int_equal(leaf.endpoint, 1);
        assert_true(leaf.received_at == SCRATCH_NOW + (int64_t)seq - 1);
        assert_false(leaf.signature_verified);
        assert_ok(ht_delivery_decode(opening.delivery, &delivery, &err));
        assert_true(ht_slice_is(delivery.sender, "192.0.2.7"));
        assert_memory_not_equal(before, opening.salt, sizeof before);
        memcpy(before, opening.salt, sizeof before);
    }
    assert_int_equal(ht_trail_opening(fixture->reader, EVENTS + 1, fixture->unpacker, &record, &opening, &err),
                     HT_NOT_FOUND);
    ht_reader_end(fixture->reader);
}

static void test_what_was_erased_has_a_leaf_and_no_opening(void **state)
{
    struct fixture *fixture = *state;
    struct ht_error err = {0};
    struct ht_record record;
    struct ht_opening opening;
    struct ht_slice bytes;
    struct ht_leaf leaf;
    struct ht_erased erased;
    const struct ht_subject_ref subject = {HT_SUBJECT_SEQ, HT_SLICE("4")};
    assert_ok(ht_erase(fixture->scratch.store, &subject, 1, "", SCRATCH_NOW, false, NULL, NULL, &erased, &err));
    assert_ok(ht_reader_begin(fixture->reader, &err));
    assert_int_equal(ht_trail_opening(fixture->reader, 4, fixture->unpacker, &record, &opening, &err), HT_ERASED);
    assert_ok(ht_log_leaf(fixture->reader, HT_LOG_EVENTS, 4, &bytes, &err));
    assert_ok(ht_leaf_parse(bytes, &leaf, &err));
    assert_int_equal(leaf.size, strlen(payloads[3]));
    ht_reader_end(fixture->reader);
}

static void test_leaves_that_are_none(void **state)
{
    (void)state;
    struct ht_leaf leaf;
    struct ht_error err = {0};
    char bytes[HT_LEAF_SIZE + 1] = {2};
    assert_int_equal(ht_leaf_parse(ht_slice_of(bytes, HT_LEAF_SIZE), &leaf, &err), HT_OK);
    for (size_t size = 0; size <= sizeof bytes; size++)
        if (size != HT_LEAF_SIZE) assert_int_equal(ht_leaf_parse(ht_slice_of(bytes, size), &leaf, &err), HT_CORRUPT);
    bytes[1] = 1;
    assert_int_equal(ht_leaf_parse(ht_slice_of(bytes, HT_LEAF_SIZE), &leaf, &err), HT_OK);
    assert_true(leaf.signature_verified);
    for (size_t at = 1; at < 4; at++) {
        bytes[at] ^= 2;
        assert_int_equal(ht_leaf_parse(ht_slice_of(bytes, HT_LEAF_SIZE), &leaf, &err), HT_CORRUPT);
        bytes[at] ^= 2;
    }
    bytes[0] = 3;
    assert_int_equal(ht_leaf_parse(ht_slice_of(bytes, HT_LEAF_SIZE), &leaf, &err), HT_VERSION);
}

static void expect_held(struct fixture *fixture, enum ht_subject kind, const char *value, const char *wanted)
{
    struct ht_error err = {0};
    struct ht_held held;
    struct ht_buffer text = {0};
    const struct ht_subject_ref subject = {kind, ht_slice_from(value)};
    assert_ok(ht_reader_begin(fixture->reader, &err));
    assert_ok(ht_held_find(fixture->reader, &subject, true, &held, &err));
    ht_reader_end(fixture->reader);
    for (size_t i = 0; i < ht_numbers_count(&held.events); i++)
        ht_buffer_printf(&text, "%llu ", (unsigned long long)ht_numbers_at(&held.events, i));
    ht_buffer_printf(&text, "leads %zu conversations %zu rejected %zu", ht_numbers_count(&held.leads),
                     ht_numbers_count(&held.conversations), ht_numbers_count(&held.rejected));
    assert_string_equal(ht_buffer_text(&text), wanted);
    ht_buffer_release(&text);
    ht_held_release(&held);
}

static void test_what_is_held_of_whom(void **state)
{
    struct fixture *fixture = *state;
    struct ht_error err = {0};
    struct ht_held held;
    const struct ht_subject_ref nobody = {HT_SUBJECT_EMAIL, HT_SLICE("nobody@example.com")};
    /* what names only the visitor that the lead is, is the lead's too */
    expect_held(fixture, HT_SUBJECT_LEAD, "l1", "1 2 3 leads 1 conversations 1 rejected 0");
    expect_held(fixture, HT_SUBJECT_EMAIL, "Jane@Example.com", "1 2 3 leads 1 conversations 1 rejected 0");
    expect_held(fixture, HT_SUBJECT_CONVERSATION, "c1", "1 3 leads 0 conversations 1 rejected 0");
    expect_held(fixture, HT_SUBJECT_SEQ, "5", "5 leads 0 conversations 0 rejected 0");
    assert_ok(ht_reader_begin(fixture->reader, &err));
    assert_int_equal(ht_held_find(fixture->reader, &nobody, false, &held, &err), HT_NOT_FOUND);
    ht_held_release(&held);
    ht_reader_end(fixture->reader);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_an_opening_opens_its_leaf, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_what_was_erased_has_a_leaf_and_no_opening, set_up, tear_down),
        cmocka_unit_test(test_leaves_that_are_none),
        cmocka_unit_test_setup_teardown(test_what_is_held_of_whom, set_up, tear_down),
    };
    cmocka_set_message_output(CM_OUTPUT_TAP);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
