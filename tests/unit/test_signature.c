#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include "hooktrail/signature.h"
#include "hooktrail/time.h"

/* A secret of 24 bytes, and what its HMAC-SHA-256 over ID.TIME.BODY is; checked with another implementation, Python's
 * hmac. */
#define SECRET "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
#define ID "msg_p5jXN8AQM9LWM0D4loKWxJek"
#define TIME "1614265330"
#define BODY "{\"test\": 2432232314}"
#define SIGNATURE "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="

static const int64_t now = INT64_C(1614265330) * HT_SECOND;

struct key {
    uint8_t bytes[HT_SIGNATURE_KEY_MAX];
    size_t size;
};

static struct key key_of(const char *secret)
{
    struct key key;
    assert_int_equal(ht_signature_key(ht_slice_from(secret), key.bytes, &key.size, NULL), HT_OK);
    return key;
}

static struct ht_signature_headers headers_of(const char *id, const char *timestamp, const char *signatures)
{
    return (struct ht_signature_headers){ht_slice_from(id), ht_slice_from(timestamp), ht_slice_from(signatures)};
}

static enum ht_status verify(const char *signatures, const char *body, int64_t at, struct ht_error *err)
{
    struct key key = key_of(SECRET);
    struct ht_signature_headers headers = headers_of(ID, TIME, signatures);
    return ht_signature_verify(key.bytes, key.size, &headers, ht_slice_from(body), at, err);
}

static void test_signs_as_a_known_sender(void **state)
{
    (void)state;
    struct key key = key_of(SECRET);
    struct ht_buffer out = {0};
    ht_signature_sign(key.bytes, key.size, HT_SLICE(ID), HT_SLICE(TIME), HT_SLICE(BODY), &out);
    assert_string_equal(ht_buffer_text(&out), SIGNATURE);
    ht_buffer_release(&out);
    assert_int_equal(verify(SIGNATURE, BODY, now, NULL), HT_OK);
}

static void test_finds_the_right_one_among_several(void **state)
{
    (void)state;
    static const char other[] = "v1,AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=";
    char list[512];
    (void)snprintf(list, sizeof list, "%s v1a,abcd  %s", other, SIGNATURE);
    assert_int_equal(verify(list, BODY, now, NULL), HT_OK);
    (void)snprintf(list, sizeof list, "%s %s", SIGNATURE, other);
    assert_int_equal(verify(list, BODY, now, NULL), HT_OK);
    assert_int_equal(verify(other, BODY, now, NULL), HT_UNAUTHORIZED);
}

static void test_refuses_other_forms(void **state)
{
    (void)state;
    static const char mac[] = "g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=";
    static const char *const prefixes[] = {"", "v1", "v1a,", "v2,", "V1,", "v1:", "v1,\t", "v1,v1,", ",", "xv1,"};
    char list[128];
    for (size_t i = 0; i < sizeof prefixes / sizeof prefixes[0]; i++) {
        (void)snprintf(list, sizeof list, "%s%s", prefixes[i], mac);
        assert_int_equal(verify(list, BODY, now, NULL), HT_UNAUTHORIZED);
    }
    static const char *const others[] = {" ",
                                         "v1,",
                                         "v1,g0hM9SsE",
                                         "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE",
                                         SIGNATURE "," SIGNATURE,
                                         SIGNATURE "AAAA"};
    for (size_t i = 0; i < sizeof others / sizeof others[0]; i++)
        assert_int_equal(verify(others[i], BODY, now, NULL), HT_UNAUTHORIZED);
    /* All but the first byte, and then that one: what is right in pieces is not right. */
    assert_int_equal(verify("v1,A0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE= v1,gw==", BODY, now, NULL),
                     HT_UNAUTHORIZED);
}

static void test_names_the_header_at_fault(void **state)
{
    (void)state;
    static const struct {
        const char *id, *timestamp, *signatures, *at_fault;
    } cases[] = {
        {NULL, TIME, SIGNATURE, "webhook-id"},
        {"", TIME, SIGNATURE, "webhook-id"},
        {"a.b", TIME, SIGNATURE, "webhook-id"},
        {ID, NULL, SIGNATURE, "webhook-timestamp"},
        {ID, "yesterday", SIGNATURE, "webhook-timestamp"},
        {ID, "-1614265330", SIGNATURE, "webhook-timestamp"},
        {ID, "1614265330.5", SIGNATURE, "webhook-timestamp"},
        {ID, "9223372036854775807", SIGNATURE, "webhook-timestamp"},
        {ID, "18446744073709551617", SIGNATURE, "webhook-timestamp"},
        {ID, TIME, NULL, "webhook-signature"},
        {ID "x", TIME, SIGNATURE, "webhook-signature"},
        {ID, "1614265331", SIGNATURE, "webhook-signature"},
    };
    struct key key = key_of(SECRET);
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct ht_error err = {0};
        struct ht_signature_headers headers = headers_of(cases[i].id, cases[i].timestamp, cases[i].signatures);
        assert_int_equal(ht_signature_verify(key.bytes, key.size, &headers, HT_SLICE(BODY), now, &err),
                         HT_UNAUTHORIZED);
        assert_int_equal(err.status, HT_UNAUTHORIZED);
        assert_string_equal(err.pointer, cases[i].at_fault);
    }
}

static void test_tolerance_ends_where_it_should(void **state)
{
    (void)state;
    assert_int_equal(verify(SIGNATURE, BODY, now + HT_SIGNATURE_TOLERANCE, NULL), HT_OK);
    assert_int_equal(verify(SIGNATURE, BODY, now - HT_SIGNATURE_TOLERANCE, NULL), HT_OK);
    assert_int_equal(verify(SIGNATURE, BODY, now + HT_SIGNATURE_TOLERANCE + 1, NULL), HT_UNAUTHORIZED);
    assert_int_equal(verify(SIGNATURE, BODY, now - HT_SIGNATURE_TOLERANCE - 1, NULL), HT_UNAUTHORIZED);
    assert_int_equal(verify(SIGNATURE, BODY, INT64_MIN, NULL), HT_UNAUTHORIZED);
    assert_int_equal(verify(SIGNATURE, BODY, INT64_MAX, NULL), HT_UNAUTHORIZED);
}

/* Every single flipped bit of the body or of the key is noticed, and so is a signature of any other key. */
static void test_every_bit_counts(void **state)
{
    (void)state;
    char body[] = BODY;
    for (size_t i = 0; i < (sizeof body - 1) * 8; i++) {
        body[i / 8] = (char)(body[i / 8] ^ (1 << i % 8));
        struct key key = key_of(SECRET);
        struct ht_signature_headers headers = headers_of(ID, TIME, SIGNATURE);
        struct ht_slice slice = ht_slice_of(body, sizeof body - 1);
        assert_int_equal(ht_signature_verify(key.bytes, key.size, &headers, slice, now, NULL), HT_UNAUTHORIZED);
        body[i / 8] = (char)(body[i / 8] ^ (1 << i % 8));
    }
    struct key key = key_of(SECRET);
    struct ht_signature_headers headers = headers_of(ID, TIME, SIGNATURE);
    for (size_t i = 0; i < key.size * 8; i++) {
        key.bytes[i / 8] = (uint8_t)(key.bytes[i / 8] ^ (1 << i % 8));
        assert_int_equal(ht_signature_verify(key.bytes, key.size, &headers, HT_SLICE(BODY), now, NULL),
                         HT_UNAUTHORIZED);
        key.bytes[i / 8] = (uint8_t)(key.bytes[i / 8] ^ (1 << i % 8));
    }
}

static void test_keys(void **state)
{
    (void)state;
    /* 24, 32 and 64 bytes of zeroes. */
    static const struct {
        size_t characters, size;
    } good[] = {{32, 24}, {43, 32}, {86, 64}};
    for (size_t i = 0; i < sizeof good / sizeof good[0]; i++) {
        char secret[128] = "whsec_";
        memset(secret + 6, 'A', good[i].characters);
        memset(secret + 6 + good[i].characters, '=', (4 - good[i].characters % 4) % 4);
        struct key key;
        assert_int_equal(ht_signature_key(ht_slice_from(secret), key.bytes, &key.size, NULL), HT_OK);
        assert_int_equal(key.size, good[i].size);
    }
    static const char *const bad[] = {
        "",
        "whsec_",
        "whsec",
        "MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw",
        "WHSEC_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw",
        "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLa==",   /* 22 bytes */
        "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw!",  /* another alphabet */
        "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw\n", /* read from a file with its line's end */
        "whsec_AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=", /* 65 */
    };
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        struct ht_error err = {0};
        struct key key;
        assert_int_equal(ht_signature_key(ht_slice_from(bad[i]), key.bytes, &key.size, &err), HT_INVALID);
        assert_int_equal(key.size, 0);
        assert_null(strstr(err.detail, "MfKQ"));
    }
}

/* What is signed is verified, for bodies with any bytes, the empty one too. */
static void test_round_trip(void **state)
{
    (void)state;
    struct key key = key_of(SECRET);
    uint8_t body[257];
    for (size_t i = 0; i < sizeof body; i++)
        body[i] = (uint8_t)i;
    for (size_t size = 0; size <= sizeof body; size++) {
        struct ht_buffer out = {0};
        struct ht_slice slice = ht_slice_of(body, size);
        ht_signature_sign(key.bytes, key.size, HT_SLICE(ID), HT_SLICE(TIME), slice, &out);
        struct ht_signature_headers headers = {HT_SLICE(ID), HT_SLICE(TIME), ht_buffer_slice(&out)};
        assert_int_equal(ht_signature_verify(key.bytes, key.size, &headers, slice, now, NULL), HT_OK);
        ht_buffer_release(&out);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_signs_as_a_known_sender),
        cmocka_unit_test(test_finds_the_right_one_among_several),
        cmocka_unit_test(test_refuses_other_forms),
        cmocka_unit_test(test_names_the_header_at_fault),
        cmocka_unit_test(test_tolerance_ends_where_it_should),
        cmocka_unit_test(test_every_bit_counts),
        cmocka_unit_test(test_keys),
        cmocka_unit_test(test_round_trip),
    };
    cmocka_set_message_output(CM_OUTPUT_TAP);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
