#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <sodium.h>

#include "../../server/witness_protocol.h"
#include "random.h"

#define NOW UINT64_C(1700000000)
#define TEXT HT_SLICE("log.example\n7\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n")

static struct ht_signer cosigner, other;
static struct ht_witness witness;
static struct ht_error err;

static void make_signer(const char *name, uint8_t first, enum ht_key_type type, struct ht_signer *signer)
{
    uint8_t seed[32] = {first};
    assert_int_equal(ht_signer_make(ht_slice_from(name), seed, type, signer, &err), HT_OK);
}

static int set_up(void **state)
{
    (void)state;
    if (sodium_init() < 0) return -1;
    make_signer("w.example/one", 1, HT_KEY_COSIGNATURE, &cosigner);
    make_signer("w.example/two", 2, HT_KEY_COSIGNATURE, &other);
    strcpy(witness.url, "http://w.example");
    witness.key = cosigner.verifier;
    return 0;
}

/* ---- the setting ---- */

static const char *key_of(const struct ht_signer *signer)
{
    static char text[256];
    struct ht_buffer out = {0};
    ht_verifier_add(&out, &signer->verifier);
    snprintf(text, sizeof text, "%s", ht_buffer_text(&out));
    ht_buffer_release(&out);
    return text;
}

static enum ht_status parse_list(const char *text, struct ht_witness_list *list)
{
    return ht_witness_list_parse(ht_slice_from(text), list, &err);
}

static void test_lists(void **state)
{
    (void)state;
    char text[1024], first[256];
    struct ht_witness_list list;
    assert_int_equal(parse_list("", &list), HT_OK);
    assert_int_equal(list.count, 0);
    assert_int_equal(parse_list(" \t", &list), HT_OK);
    assert_int_equal(list.count, 0);
    snprintf(first, sizeof first, "%s", key_of(&cosigner));
    snprintf(text, sizeof text, " https://w.example/a//  %s ,\thttp://[::1]:80 %s", first, key_of(&other));
    assert_int_equal(parse_list(text, &list), HT_OK);
    assert_int_equal(list.count, 2);
    assert_string_equal(list.witnesses[0].url, "https://w.example/a");
    assert_string_equal(list.witnesses[0].key.name, "w.example/one");
    assert_string_equal(list.witnesses[1].url, "http://[::1]:80");
    assert_string_equal(list.witnesses[1].key.name, "w.example/two");
}

static void test_lists_that_are_refused(void **state)
{
    (void)state;
    static const char *const formats[] = {"https://w.example",
                                          "%s",
                                          "https://w.example %s %s",
                                          "https:// %s",
                                          "ftp://w.example %s",
                                          "file:///etc/passwd %s",
                                          "HTTPS %s",
                                          "https://w.example/?q %s",
                                          "https://w.example/#f %s",
                                          "https://w.ex\x7f"
                                          "ample %s",
                                          "https://w.ex\xc3\xa4mple %s",
                                          "https://a %s, https://b %s",
                                          "https://a %s,",
                                          ", https://a %s",
                                          "https://a %sx",
                                          "https://a x%s"};
    char text[2048], key[256];
    struct ht_witness_list list;
    struct ht_signer plain;
    snprintf(key, sizeof key, "%s", key_of(&cosigner));
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wformat-nonliteral"
#pragma GCC diagnostic ignored "-Wformat-security"
    for (size_t i = 0; i < sizeof formats / sizeof formats[0]; i++) {
        snprintf(text, sizeof text, formats[i], key, key);
        if (parse_list(text, &list) != HT_INVALID) fail_msg("\"%s\" is taken", text);
        assert_string_equal(err.pointer, "witness");
    }
#pragma GCC diagnostic pop
    make_signer("w.example/plain", 3, HT_KEY_ED25519, &plain);
    snprintf(text, sizeof text, "https://a %s", key_of(&plain));
    assert_int_equal(parse_list(text, &list), HT_INVALID);
    memset(text, 'a', sizeof text);
    memcpy(text, "https://", 8);
    snprintf(text + 600, sizeof text - 600, " %s", key);
    assert_int_equal(parse_list(text, &list), HT_INVALID);
}

static void test_sixteen_witnesses_and_no_more(void **state)
{
    (void)state;
    struct ht_buffer text = {0};
    struct ht_witness_list list;
    for (unsigned i = 1; i <= HT_WITNESS_MAX + 1; i++) {
        char name[32];
        struct ht_signer signer;
        snprintf(name, sizeof name, "w%u", i);
        make_signer(name, (uint8_t)i, HT_KEY_COSIGNATURE, &signer);
        ht_buffer_printf(&text, "%shttps://w %s", i > 1 ? "," : "", key_of(&signer));
        assert_int_equal(parse_list(ht_buffer_text(&text), &list), i <= HT_WITNESS_MAX ? HT_OK : HT_INVALID);
    }
    ht_buffer_release(&text);
}

/* ---- the request ---- */

static void test_requests(void **state)
{
    (void)state;
    struct ht_buffer out = {0};
    struct ht_merkle_proof proof = {.count = 2};
    memset(proof.hashes[1], 0xff, HT_SHA256_SIZE);
    ht_witness_add_request(&out, UINT64_MAX, &proof, HT_SLICE("note\n"));
    assert_string_equal(ht_buffer_text(&out), "old 18446744073709551615\n"
                                              "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=\n"
                                              "//////////////////////////////////////////8=\n\nnote\n");
    ht_buffer_clear(&out);
    proof.count = 0;
    ht_witness_add_request(&out, 0, &proof, HT_SLICE("note\n"));
    assert_string_equal(ht_buffer_text(&out), "old 0\n\nnote\n");
    ht_buffer_release(&out);
}

/* ---- answers ---- */

static enum ht_status read_answer(int code, const char *type, struct ht_slice body, struct ht_witness_answer *answer)
{
    struct ht_witness_reply reply = {code, ht_slice_from(type), body};
    return ht_witness_read_answer(&witness, TEXT, &reply, NOW, answer, &err);
}

static void expect_refusal(int code, const char *type, struct ht_slice body, enum ht_status wanted)
{
    struct ht_witness_answer answer;
    enum ht_status status = read_answer(code, type, body, &answer);
    if (status != wanted) fail_msg("%d %.*s: status %d", code, HT_SLICE_ARGS(body), (int)status);
    assert_int_equal(answer.lines.size, 0);
    assert_true(err.detail[0] != '\0');
    ht_buffer_release(&answer.lines);
}

static void add_cosignature(struct ht_buffer *out, const struct ht_signer *signer, uint64_t time)
{
    ht_note_sign(out, TEXT, signer, time);
}

static void test_a_cosignature_is_taken(void **state)
{
    (void)state;
    struct ht_witness_answer answer;
    struct ht_buffer body = {0}, wanted = {0};
    add_cosignature(&wanted, &cosigner, NOW + HT_WITNESS_AHEAD);
    add_cosignature(&body, &other, NOW);
    ht_buffer_add(&body, ht_buffer_slice(&wanted));
    ht_buffer_add(&body, ht_buffer_slice(&wanted));
    assert_int_equal(read_answer(200, NULL, ht_buffer_slice(&body), &answer), HT_OK);
    assert_false(answer.conflict);
    assert_int_equal(answer.time, NOW + HT_WITNESS_AHEAD);
    assert_true(ht_slice_equal(ht_buffer_slice(&answer.lines), ht_buffer_slice(&wanted)));
    ht_buffer_release(&answer.lines);
    ht_buffer_release(&body);
    ht_buffer_release(&wanted);
}

static void test_false_cosignatures_are_refused(void **state)
{
    (void)state;
    struct ht_buffer body = {0};
    struct ht_signer liar;
    expect_refusal(200, NULL, HT_SLICE(""), HT_CORRUPT);
    expect_refusal(200, NULL, HT_SLICE("\n"), HT_CORRUPT);
    expect_refusal(200, NULL, HT_SLICE("garbage\n"), HT_CORRUPT);
    expect_refusal(200, NULL, ht_slice_of("\0\xff\n", 3), HT_CORRUPT);
    add_cosignature(&body, &other, NOW);
    expect_refusal(200, NULL, ht_buffer_slice(&body), HT_CORRUPT);
    ht_buffer_clear(&body);
    add_cosignature(&body, &cosigner, NOW + HT_WITNESS_AHEAD + 1);
    expect_refusal(200, NULL, ht_buffer_slice(&body), HT_CORRUPT);
    ht_buffer_clear(&body);
    ht_note_sign(&body, HT_SLICE("log.example\n8\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n"), &cosigner, NOW);
    expect_refusal(200, NULL, ht_buffer_slice(&body), HT_CORRUPT);
    /* The right name and hash, signed by another key. */
    ht_buffer_clear(&body);
    liar = other;
    liar.verifier = cosigner.verifier;
    add_cosignature(&body, &liar, NOW);
    expect_refusal(200, NULL, ht_buffer_slice(&body), HT_CORRUPT);
    /* One that is right does not help one that is false. */
    add_cosignature(&body, &cosigner, NOW);
    expect_refusal(200, NULL, ht_buffer_slice(&body), HT_CORRUPT);
    /* A plain signature in place of a cosignature. */
    ht_buffer_clear(&body);
    liar = cosigner;
    liar.verifier.type = HT_KEY_ED25519;
    add_cosignature(&body, &liar, 0);
    expect_refusal(200, NULL, ht_buffer_slice(&body), HT_CORRUPT);
    ht_buffer_release(&body);
}

/* The answer can't carry another text into the note that is verified. */
static void test_an_answer_with_a_note_of_its_own_is_refused(void **state)
{
    (void)state;
    struct ht_buffer body = {0};
    struct ht_slice text = HT_SLICE("log.example\n9\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n");
    add_cosignature(&body, &cosigner, NOW);
    ht_buffer_add(&body, text);
    ht_buffer_add_byte(&body, '\n');
    ht_note_sign(&body, text, &cosigner, NOW);
    expect_refusal(200, NULL, ht_buffer_slice(&body), HT_CORRUPT);
    ht_buffer_clear(&body);
    ht_buffer_add_byte(&body, '\n');
    add_cosignature(&body, &cosigner, NOW);
    expect_refusal(200, NULL, ht_buffer_slice(&body), HT_CORRUPT);
    ht_buffer_release(&body);
}

/* Whatever one bit is turned, the answer is refused, or what is taken is what was signed. */
static void test_no_flipped_bit_is_taken(void **state)
{
    (void)state;
    struct ht_buffer wanted = {0};
    add_cosignature(&wanted, &cosigner, NOW);
    for (size_t bit = 0; bit < 8 * wanted.size; bit++) {
        struct ht_witness_answer answer;
        wanted.data[bit / 8] ^= (char)(1 << bit % 8);
        assert_true(read_answer(200, NULL, ht_buffer_slice(&wanted), &answer) != HT_OK);
        assert_int_equal(answer.lines.size, 0);
        ht_buffer_release(&answer.lines);
        wanted.data[bit / 8] ^= (char)(1 << bit % 8);
    }
    ht_buffer_release(&wanted);
}

static void test_conflicts(void **state)
{
    (void)state;
    static const char *const types[] = {"text/x.tlog.size", "Text/X.tlog.Size ; charset=utf-8"};
    struct ht_witness_answer answer;
    for (size_t i = 0; i < 2; i++) {
        assert_int_equal(read_answer(409, types[i], HT_SLICE("18446744073709551615\n"), &answer), HT_OK);
        assert_true(answer.conflict && answer.size == UINT64_MAX);
        assert_int_equal(read_answer(409, types[i], HT_SLICE("0\n"), &answer), HT_OK);
        assert_true(answer.conflict && answer.size == 0);
    }
    static const char *const bodies[] = {
        "", "\n", "5", "5\n\n", "05\n", "-1\n", "5\r\n", " 5\n", "5 \n", "x\n", "18446744073709551616\n"};
    for (size_t i = 0; i < sizeof bodies / sizeof bodies[0]; i++)
        expect_refusal(409, types[0], ht_slice_from(bodies[i]), HT_CORRUPT);
    expect_refusal(409, NULL, HT_SLICE("5\n"), HT_CORRUPT);
    expect_refusal(409, "text/plain", HT_SLICE("5\n"), HT_CORRUPT);
    expect_refusal(409, "text/x.tlog.sizes", HT_SLICE("5\n"), HT_CORRUPT);
}

static void test_other_statuses(void **state)
{
    (void)state;
    static const struct {
        int code;
        enum ht_status status;
    } cases[] = {{400, HT_CORRUPT}, {403, HT_FORBIDDEN}, {404, HT_NOT_FOUND}, {422, HT_CORRUPT}, {429, HT_BUSY},
                 {500, HT_BUSY},    {503, HT_BUSY},      {301, HT_BUSY},      {204, HT_BUSY},    {0, HT_BUSY}};
    struct ht_buffer body = {0};
    add_cosignature(&body, &cosigner, NOW);
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++)
        expect_refusal(cases[i].code, "text/plain", ht_buffer_slice(&body), cases[i].status);
    ht_buffer_release(&body);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_lists),
        cmocka_unit_test(test_lists_that_are_refused),
        cmocka_unit_test(test_sixteen_witnesses_and_no_more),
        cmocka_unit_test(test_requests),
        cmocka_unit_test(test_a_cosignature_is_taken),
        cmocka_unit_test(test_false_cosignatures_are_refused),
        cmocka_unit_test(test_an_answer_with_a_note_of_its_own_is_refused),
        cmocka_unit_test(test_no_flipped_bit_is_taken),
        cmocka_unit_test(test_conflicts),
        cmocka_unit_test(test_other_statuses),
    };
    return cmocka_run_group_tests_name("witness_protocol", tests, set_up, NULL);
}
