#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>

#include <cmocka.h>

#include "hooktrail/delivery.h"
#include "random.h"

static void add(struct ht_delivery *delivery, const char *name, const char *value)
{
    ht_delivery_add_header(delivery, ht_slice_from(name), ht_slice_from(value));
}

static struct ht_delivery example(void)
{
    struct ht_delivery delivery = {
        .received_at = 17,
        .endpoint = 3,
        .signature_verified = true,
        .sender = HT_SLICE("2001:db8::1"),
        .path_type = HT_SLICE("new_lead"),
        .content_type = HT_SLICE("application/json; charset=utf-8"),
    };
    add(&delivery, "User-Agent", "axios/1.6");
    add(&delivery, "WEBHOOK-EVENT", "");
    add(&delivery, "x-request-id", "one");
    add(&delivery, "x-request-id", "two");
    return delivery;
}

static void assert_same(struct ht_slice a, struct ht_slice b)
{
    assert_int_equal(a.data == NULL, b.data == NULL);
    assert_true(ht_slice_equal(a, b));
}

static void assert_same_delivery(const struct ht_delivery *a, const struct ht_delivery *b)
{
    assert_same(a->sender, b->sender);
    assert_same(a->path_type, b->path_type);
    assert_same(a->content_type, b->content_type);
    assert_int_equal(a->header_count, b->header_count);
    for (size_t i = 0; i < a->header_count; i++) {
        assert_same(a->headers[i].name, b->headers[i].name);
        assert_same(a->headers[i].value, b->headers[i].value);
    }
}

static void test_keeps_what_names_the_event_and_no_secrets(void **state)
{
    (void)state;
    static const char *const kept[] = {"webhook-event",    "X-Webhook-Event",   "x-event-type",      "X-AIMDOC-EVENT",
                                       "webhook-id",       "Webhook-Timestamp", "webhook-signature", "user-agent",
                                       "Content-Encoding", "x-request-id"};
    static const char *const dropped[] = {"",        "authorization",  "Proxy-Authorization",
                                          "cookie",  "x-api-key",      "webhook-event ",
                                          "webhook", "webhook-events", "host"};
    for (size_t i = 0; i < sizeof kept / sizeof kept[0]; i++)
        assert_true(ht_delivery_keeps_header(ht_slice_from(kept[i])));
    for (size_t i = 0; i < sizeof dropped / sizeof dropped[0]; i++) {
        struct ht_delivery delivery = {0};
        assert_false(ht_delivery_keeps_header(ht_slice_from(dropped[i])));
        add(&delivery, dropped[i], "value");
        assert_int_equal(delivery.header_count, 0);
    }
}

static void test_finds_headers_by_lower_case_name(void **state)
{
    (void)state;
    struct ht_delivery delivery = example();
    assert_int_equal(delivery.header_count, 4);
    assert_true(ht_slice_is(ht_delivery_header(&delivery, "user-agent"), "axios/1.6"));
    assert_true(ht_slice_is(ht_delivery_header(&delivery, "x-request-id"), "one"));
    assert_non_null(ht_delivery_header(&delivery, "webhook-event").data);
    assert_int_equal(ht_delivery_header(&delivery, "webhook-event").size, 0);
    assert_null(ht_delivery_header(&delivery, "x-event-type").data);
    assert_null(ht_delivery_header(&delivery, "User-Agent").data);
}

/* The names outlive the request that they came with. */
static void test_names_are_static(void **state)
{
    (void)state;
    struct ht_delivery delivery = {0};
    char name[] = "User-Agent";
    add(&delivery, name, "curl");
    memset(name, 'x', sizeof name - 1);
    assert_true(ht_slice_is(delivery.headers[0].name, "user-agent"));
}

static void test_limits(void **state)
{
    (void)state;
    static char value[2 * HT_MAX_HEADER_VALUE + 1];
    memset(value, 'v', sizeof value - 1);
    struct ht_delivery delivery = {.path_type = ht_slice_from(value), .content_type = ht_slice_from(value)};
    for (size_t i = 0; i < HT_MAX_KEPT_HEADERS + 5; i++)
        add(&delivery, "user-agent", value);
    assert_int_equal(delivery.header_count, HT_MAX_KEPT_HEADERS);
    assert_int_equal(delivery.headers[0].value.size, HT_MAX_HEADER_VALUE);

    struct ht_buffer out = {0};
    struct ht_delivery decoded;
    ht_delivery_encode(&delivery, &out);
    assert_int_equal(ht_delivery_decode(ht_buffer_slice(&out), &decoded, NULL), HT_OK);
    assert_int_equal(decoded.path_type.size, HT_MAX_TYPE_PATH);
    assert_int_equal(decoded.content_type.size, HT_MAX_HEADER_VALUE);
    assert_int_equal(decoded.header_count, HT_MAX_KEPT_HEADERS);
    ht_buffer_release(&out);
}

static void test_round_trip(void **state)
{
    (void)state;
    struct ht_delivery deliveries[] = {example(), {.received_at = 1}, {.path_type = HT_SLICE("")}};
    for (size_t i = 0; i < sizeof deliveries / sizeof deliveries[0]; i++) {
        struct ht_buffer out = {0};
        struct ht_delivery decoded = {.received_at = 99, .endpoint = 98, .signature_verified = true};
        ht_delivery_encode(&deliveries[i], &out);
        assert_int_equal(ht_delivery_decode(ht_buffer_slice(&out), &decoded, NULL), HT_OK);
        assert_same_delivery(&decoded, &deliveries[i]);
        assert_int_equal(decoded.received_at, 99);
        assert_int_equal(decoded.endpoint, 98);
        assert_true(decoded.signature_verified);
        ht_buffer_release(&out);
    }
}

/* These bytes are on disks: a change here makes stored deliveries unreadable. */
static void test_stored_form(void **state)
{
    (void)state;
    static const char stored[] = "\x01\x00\x09"
                                 "192.0.2.1"
                                 "\x02\x00\x03"
                                 "foo"
                                 "\x13\x00\x01"
                                 "x"
                                 "\x1c\x00\x00";
    struct ht_delivery delivery = {.sender = HT_SLICE("192.0.2.1"), .path_type = HT_SLICE("foo")};
    add(&delivery, "webhook-event", "x");
    add(&delivery, "traceparent", "");
    struct ht_buffer out = {0};
    ht_delivery_encode(&delivery, &out);
    assert_true(ht_slice_equal(ht_buffer_slice(&out), ht_slice_of(stored, sizeof stored - 1)));
    ht_buffer_release(&out);
}

static void test_skips_unknown_tags(void **state)
{
    (void)state;
    struct ht_delivery decoded;
    assert_int_equal(ht_delivery_decode(HT_SLICE("\xff\x00\x03new\x09\x00\x00\x01\x00\x01s"), &decoded, NULL), HT_OK);
    assert_true(ht_slice_is(decoded.sender, "s"));
    assert_int_equal(decoded.header_count, 0);
}

static void test_refuses_malformed_entries(void **state)
{
    (void)state;
    static const struct {
        struct ht_slice bytes;
        uint64_t offset;
    } cases[] = {
        {{"\x01", 1}, 0},
        {{"\x01\x00", 2}, 0},
        {{"\x01\x00\x01", 3}, 0},
        {{"\x01\x00\x01x\x02\xff\xff", 7}, 4},
        {{"\x01\x00\x01x\x01\x00\x01y", 8}, 4}, /* the sender twice */
        {{"\xff\x00\x00\x13", 4}, 3},           /* behind an unknown one */
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct ht_error err = {0};
        struct ht_delivery decoded;
        assert_int_equal(ht_delivery_decode(cases[i].bytes, &decoded, &err), HT_CORRUPT);
        assert_int_equal(err.offset, cases[i].offset);
    }
    struct ht_buffer many = {0};
    struct ht_delivery decoded;
    for (size_t i = 0; i <= HT_MAX_KEPT_HEADERS; i++)
        ht_buffer_add(&many, HT_SLICE("\x13\x00\x01x"));
    assert_int_equal(ht_delivery_decode(ht_buffer_slice(&many), &decoded, NULL), HT_CORRUPT);
    ht_buffer_clear(&many);
    ht_buffer_add(&many, HT_SLICE("\x02\x01\x01"));
    while (many.size < 3 + HT_MAX_TYPE_PATH + 1)
        ht_buffer_add_byte(&many, 'x');
    assert_int_equal(ht_delivery_decode(ht_buffer_slice(&many), &decoded, NULL), HT_CORRUPT);
    ht_buffer_release(&many);
}

/* Whatever the bytes, decoding stays inside them, and what it takes encodes to something that decodes the same. */
static void test_any_bytes(void **state)
{
    (void)state;
    struct ht_delivery start = example();
    struct ht_buffer stored = {0}, again = {0};
    struct random random = {7};
    ht_delivery_encode(&start, &stored);
    for (size_t round = 0; round < 20000; round++) {
        size_t size = random_below(&random, (uint32_t)stored.size + 1);
        char *bytes = malloc(size + 1); /* exact, so that the sanitizer sees a step too far */
        memcpy(bytes, stored.data, size);
        for (size_t i = 0; i < 3 && size > 0; i++)
            bytes[random_below(&random, (uint32_t)size)] = (char)random_next(&random);
        struct ht_delivery decoded, twice;
        if (ht_delivery_decode(ht_slice_of(bytes, size), &decoded, NULL) == HT_OK) {
            ht_buffer_clear(&again);
            ht_delivery_encode(&decoded, &again);
            assert_int_equal(ht_delivery_decode(ht_buffer_slice(&again), &twice, NULL), HT_OK);
            assert_same_delivery(&decoded, &twice);
        }
        free(bytes);
    }
    ht_buffer_release(&stored);
    ht_buffer_release(&again);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_keeps_what_names_the_event_and_no_secrets),
        cmocka_unit_test(test_finds_headers_by_lower_case_name),
        cmocka_unit_test(test_names_are_static),
        cmocka_unit_test(test_limits),
        cmocka_unit_test(test_round_trip),
        cmocka_unit_test(test_stored_form),
        cmocka_unit_test(test_skips_unknown_tags),
        cmocka_unit_test(test_refuses_malformed_entries),
        cmocka_unit_test(test_any_bytes),
    };
    cmocka_set_message_output(CM_OUTPUT_TAP);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
