#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>

#include <cmocka.h>
#include <sodium.h>

#include "hooktrail/encode.h"
#include "hooktrail/note.h"
#include "random.h"

#define DASH "\xe2\x80\x94 "

/* The note that Go's package golang.org/x/mod/sumdb/note has in its documentation. */
#define NEUMANN_SIGNER "PRIVATE+KEY+PeterNeumann+c74f20a3+AYEKFALVFGyNhPJEMzD1QIDr+Y7hfZx09iUvxdXHKDFz"
#define NEUMANN_VERIFIER "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW"
#define NEUMANN_TEXT                                                                                                   \
    "If you think cryptography is the answer to your problem,\n"                                                       \
    "then you don't know what your problem is.\n"
#define NEUMANN_LINE                                                                                                   \
    DASH "PeterNeumann x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM=\n"
#define ROOT_LINE                                                                                                      \
    DASH "EnochRoot rwz+eBzmZa0SO3NbfRGzPCpDckykFXSdeX+MNtCOXm2/5n2tiOHp+vAF1aGrQ5ovTG01oOTGwnWLox33WWd1RvMc+QQ=\n"
#define NEUMANN_NOTE NEUMANN_TEXT "\n" NEUMANN_LINE

/* The examples of c2sp.org/signed-note and c2sp.org/tlog-cosignature. */
#define QUASIMODO_TEXT                                                                                                 \
    "Ognuno sta solo sul cuor della terra\n"                                                                           \
    "trafitto da un raggio di sole:\n"                                                                                 \
    "\n"                                                                                                               \
    "ed \xc3\xa8 subito sera.\n"
#define QUASIMODO_NOTE                                                                                                 \
    QUASIMODO_TEXT "\n" DASH "quasimodo.example/salvatore "                                                            \
                   "NnugSzTjtVAewIS+Z/iJhUPeFDkO/5QQ2i5ddnGITLlC+EhfLW9oJKONrMouFSQU0xMcXxj99ihAQwaqP3ZekRwNtIc=\n"
#define SOFA_TEXT                                                                                                      \
    "example.com/behind-the-sofa\n"                                                                                    \
    "20852163\n"                                                                                                       \
    "CsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n"
#define SOFA_NOTE                                                                                                      \
    SOFA_TEXT "\n" DASH "example.com/behind-the-sofa "                                                                 \
              "Az3grlgtzPICa5OS8npVmf1Myq/5IZniMp+ZJurmRDeOoRDe4URYN7u5/Zhcyv2q1gGzGku9nTo+zyWE+xeMcTOAYQ8=\n" DASH    \
              "witness.example.com/w1 "                                                                                \
              "jWbPPwAAAABkGFDLEZMHwSRaJNiIDoe9DYn/zXcrtPHeolMI5OWXEhZCB9dlrDJsX3b2oyin1nPZqhf5nNo0xUe+"               \
              "mbIUBkBIfZ+qnA==\n"

static const uint8_t seed[32] = "thirty-two bytes of a poor seed";

static struct ht_note parse(struct ht_slice bytes)
{
    struct ht_note note;
    struct ht_error err = {0};
    if (ht_note_parse(bytes, &note, &err) != HT_OK) fail_msg("%s", err.detail);
    return note;
}

static enum ht_status parse_text(const char *text)
{
    struct ht_note note;
    return ht_note_parse(ht_slice_from(text), &note, NULL);
}

static struct ht_verifier verifier_of(const char *text)
{
    struct ht_verifier verifier;
    assert_int_equal(ht_verifier_parse(ht_slice_from(text), &verifier, NULL), HT_OK);
    return verifier;
}

static struct ht_signer signer_of(const char *name, enum ht_key_type type)
{
    struct ht_signer signer;
    assert_int_equal(ht_signer_make(ht_slice_from(name), seed, type, &signer, NULL), HT_OK);
    return signer;
}

static void expect(struct ht_buffer *buffer, const char *text)
{
    assert_string_equal(ht_buffer_text(buffer), text);
    ht_buffer_release(buffer);
}

static void expect_slice(struct ht_slice slice, const char *text)
{
    if (!ht_slice_is(slice, text)) fail_msg("\"%.*s\" is not \"%s\"", HT_SLICE_ARGS(slice), text);
}

/* ---- examples of others ---- */

static void signs_and_verifies_as_go_does(void **state)
{
    (void)state;
    struct ht_signer signer;
    struct ht_verifier verifier = verifier_of(NEUMANN_VERIFIER);
    struct ht_buffer out = {0};
    assert_int_equal(ht_signer_parse(HT_SLICE(NEUMANN_SIGNER), &signer, NULL), HT_OK);
    ht_note_sign(&out, HT_SLICE(NEUMANN_TEXT), &signer, 0);
    expect(&out, NEUMANN_LINE);
    ht_signer_add(&out, &signer);
    expect(&out, NEUMANN_SIGNER);
    ht_verifier_add(&out, &signer.verifier);
    expect(&out, NEUMANN_VERIFIER);

    struct ht_note note = parse(HT_SLICE(NEUMANN_NOTE ROOT_LINE));
    uint64_t time = 7;
    assert_int_equal(note.count, 2);
    expect_slice(note.text, NEUMANN_TEXT);
    expect_slice(note.signatures[0].line, NEUMANN_LINE);
    expect_slice(note.signatures[1].line, ROOT_LINE);
    expect_slice(note.signatures[1].name, "EnochRoot");
    assert_int_equal(note.signatures[0].hash, 0xc74f20a3);
    assert_int_equal(note.signatures[1].hash, 0xaf0cfe78);
    assert_true(ht_note_verify(&note, &verifier, &time));
    assert_int_equal(time, 0);
}

static void reads_the_examples_of_the_specifications(void **state)
{
    (void)state;
    struct ht_note note = parse(HT_SLICE(QUASIMODO_NOTE));
    expect_slice(note.text, QUASIMODO_TEXT);
    assert_int_equal(note.count, 1);
    expect_slice(note.signatures[0].name, "quasimodo.example/salvatore");
    assert_int_equal(note.signatures[0].hash, 0x367ba04b);
    assert_int_equal(note.signatures[0].size, 64);

    struct ht_slice origin;
    struct ht_tree_head head;
    struct ht_buffer again = {0};
    note = parse(HT_SLICE(SOFA_NOTE));
    assert_int_equal(note.count, 2);
    assert_int_equal(note.signatures[1].hash, 0x8d66cf3f);
    assert_int_equal(note.signatures[1].size, 72);
    assert_int_equal(ht_get_be64(note.signatures[1].bytes), 1679315147); /* as the specification says elsewhere */
    assert_int_equal(ht_checkpoint_parse(note.text, &origin, &head, NULL), HT_OK);
    expect_slice(origin, "example.com/behind-the-sofa");
    assert_int_equal(head.size, 20852163);
    ht_checkpoint_add(&again, origin, &head);
    expect(&again, SOFA_TEXT);
    verifier_of("sum.golang.org+033de0ae+Ac4zctda0e5eza+HJyk9SxEdh+s3Ux18htTTAD8OuAn8");
}

/* ---- notes ---- */

static void every_note_with_a_flipped_bit_is_refused(void **state)
{
    (void)state;
    struct ht_verifier verifier = verifier_of(NEUMANN_VERIFIER);
    char bytes[] = NEUMANN_NOTE;
    const size_t size = sizeof bytes - 1;
    for (size_t bit = 0; bit < 8 * size; bit++) {
        struct ht_note note;
        bytes[bit / 8] = (char)(bytes[bit / 8] ^ (1 << bit % 8));
        assert_false(ht_note_parse(ht_slice_of(bytes, size), &note, NULL) == HT_OK &&
                     ht_note_verify(&note, &verifier, NULL));
        bytes[bit / 8] = (char)(bytes[bit / 8] ^ (1 << bit % 8));
    }
    for (size_t cut = 0; cut < size; cut++) {
        struct ht_note note;
        assert_int_equal(ht_note_parse(ht_slice_of(bytes, cut), &note, NULL), HT_INVALID);
    }
}

static void malformed_notes_are_refused(void **state)
{
    (void)state;
    static const char *const notes[] = {
        "",
        "\n",
        "\n\n",
        "text\n",
        "text\n\n",
        "text\n" NEUMANN_LINE,
        NEUMANN_LINE,
        "\n" NEUMANN_LINE,
        "text\n\n" DASH "a\n",
        "text\n\n" DASH "a \n",
        "text\n\n" DASH "a AAAAAA==\n",          /* a hash without a signature */
        "text\n\n" DASH " AAAAAAA=\n",           /* no name */
        "text\n\n" DASH "a AAAAAAA\n",           /* no padding */
        "text\n\n" DASH "a AAAAAAB=\n",          /* stray bits */
        "text\n\n" DASH "a AAAAAAA==\n",         /* too much padding */
        "text\n\n" DASH "a AAAA_AA=\n",          /* another alphabet */
        "text\n\n" DASH "a AAAA AAA=\n",         /* a space within */
        "text\n\n" DASH "a  AAAAAAA=\n",         /* two spaces */
        "text\n\n" DASH "a AAAAAAA= \n",         /* a space behind */
        "text\n\n" DASH "a AAAAAAA=",            /* the last line is not ended */
        "text\n\n" DASH "a+b AAAAAAA=\n",        /* a plus in the name */
        "text\n\n" DASH "a\xc2\xa0z AAAAAAA=\n", /* a space that is not ASCII's */
        "text\n\n" DASH "\xe3\x80\x80 AAAAAAA=\n",
        "text\n\n-- a AAAAAAA=\n",
        "text\n\n\xe2\x80\x94"
        "a AAAAAAA=\n",
        "text\n\n\xe2\x80\x93 a AAAAAAA=\n", /* an en dash */
        "text\n\n " DASH "a AAAAAAA=\n",
        "text\n\n" DASH "a AAAAAAA=\nmore\n",
        "text\n\n" DASH "a AAAAAAA=\n\n",
        "text\r\n\r\n" DASH "a AAAAAAA=\r\n",
        "text\t\n\n" DASH "a AAAAAAA=\n",
        "te\xff"
        "xt\n\n" DASH "a AAAAAAA=\n",
        "te\xed\xa0\x80xt\n\n" DASH "a AAAAAAA=\n", /* a surrogate */
    };
    assert_int_equal(parse_text("text\n\n" DASH "a AAAAAAA=\n"), HT_OK);
    assert_int_equal(parse_text("\n\n" DASH "a AAAAAAA=\n"), HT_OK);
    for (size_t i = 0; i < sizeof notes / sizeof notes[0]; i++) {
        if (parse_text(notes[i]) != HT_INVALID) fail_msg("accepted: \"%s\"", notes[i]);
    }
    static const char nul[] = "te\0xt\n\n" DASH "a AAAAAAA=\n";
    struct ht_note note;
    assert_int_equal(ht_note_parse(HT_ABSENT, &note, NULL), HT_INVALID);
    assert_int_equal(ht_note_parse(HT_SLICE(nul), &note, NULL), HT_INVALID);
}

static void the_last_empty_line_ends_the_text(void **state)
{
    (void)state;
    struct ht_note note = parse(HT_SLICE("a\n\n\n" DASH "a AAAAAAA=\n\n" DASH "b AAAAAAA=\n"));
    expect_slice(note.text, "a\n\n\n" DASH "a AAAAAAA=\n");
    assert_int_equal(note.count, 1);
    expect_slice(note.signatures[0].name, "b");
    note = parse(HT_SLICE("a\n\n\n" DASH "a AAAAAAA=\n"));
    expect_slice(note.text, "a\n\n");
}

/* Unknown kinds and strange names of others are theirs: they are passed over, not refused. */
static void unknown_signatures_are_passed_over(void **state)
{
    (void)state;
    struct ht_verifier verifier = verifier_of(NEUMANN_VERIFIER);
    struct ht_buffer bytes = {0};
    ht_buffer_add(&bytes, HT_SLICE(NEUMANN_TEXT "\n"));
    ht_buffer_add(&bytes, HT_SLICE(DASH "PeterNeumann AAAAAAA=\n" DASH "x x08go/ZJkuBS9UG/\n" DASH
                                        "\xc2\x9b\x7f AAAAAAA=\n" DASH));
    for (int i = 0; i < 300; i++)
        ht_buffer_add_byte(&bytes, 'n');
    ht_buffer_add(&bytes, HT_SLICE(" AAAAAAA=\n" NEUMANN_LINE));
    struct ht_note note = parse(ht_buffer_slice(&bytes));
    assert_int_equal(note.count, 5);
    assert_int_equal(note.signatures[0].size, 0);
    assert_int_equal(note.signatures[3].name.size, 300);
    assert_true(ht_note_verify(&note, &verifier, NULL));
    ht_buffer_release(&bytes);
}

static void one_false_signature_of_a_known_key_spoils_the_note(void **state)
{
    (void)state;
    struct ht_verifier verifier = verifier_of(NEUMANN_VERIFIER);
    struct ht_note note = parse(HT_SLICE(NEUMANN_NOTE DASH "PeterNeumann x08gowAA\n"));
    assert_int_equal(note.count, 2);
    assert_false(ht_note_verify(&note, &verifier, NULL));
    note = parse(HT_SLICE(NEUMANN_NOTE NEUMANN_LINE));
    assert_true(ht_note_verify(&note, &verifier, NULL));
    note = parse(HT_SLICE(NEUMANN_TEXT "\n" ROOT_LINE));
    assert_false(ht_note_verify(&note, &verifier, NULL));
    verifier.name[0] = 'p'; /* a name that is not the signer's, under its hash */
    note = parse(HT_SLICE(NEUMANN_NOTE));
    assert_false(ht_note_verify(&note, &verifier, NULL));
}

/* `count` signatures of `size` bytes each, the smallest five. */
static enum ht_status parse_many(size_t count, size_t size)
{
    struct ht_buffer bytes = {0};
    struct ht_note note;
    uint8_t *signature = calloc(1, size);
    assert_non_null(signature);
    ht_buffer_add_text(&bytes, "text\n\n");
    for (size_t i = 0; i < count; i++) {
        ht_buffer_add_text(&bytes, DASH "witness ");
        ht_base64_add(&bytes, signature, size);
        ht_buffer_add_byte(&bytes, '\n');
    }
    free(signature);
    enum ht_status status = ht_note_parse(ht_buffer_slice(&bytes), &note, NULL);
    ht_buffer_release(&bytes);
    return status;
}

static void sixteen_signatures_that_are_long_are_taken(void **state)
{
    (void)state;
    assert_int_equal(parse_many(16, 5000), HT_OK);
    assert_int_equal(parse_many(HT_NOTE_SIGNATURES, 72), HT_OK);
    assert_int_equal(parse_many(HT_NOTE_SIGNATURES + 1, 72), HT_INVALID);
    assert_int_equal(parse_many(HT_NOTE_SIGNATURES, 5000), HT_INVALID);
    assert_int_equal(parse_many(1, HT_NOTE_SIZE), HT_INVALID);
}

/* ---- cosignatures ---- */

static void sign_note(struct ht_buffer *out, const char *text, const struct ht_signer *signer, uint64_t time)
{
    ht_buffer_add_text(out, text);
    ht_buffer_add_byte(out, '\n');
    ht_note_sign(out, ht_slice_from(text), signer, time);
}

static void a_cosignature_signs_time_and_text(void **state)
{
    (void)state;
    static const char message[] = "cosignature/v1\ntime 1679315147\n" SOFA_TEXT;
    struct ht_signer signer = signer_of("witness.example.com/w1", HT_KEY_COSIGNATURE);
    struct ht_buffer bytes = {0};
    uint64_t time = 0;
    sign_note(&bytes, SOFA_TEXT, &signer, 1679315147);
    struct ht_note note = parse(ht_buffer_slice(&bytes));
    assert_int_equal(note.count, 1);
    assert_int_equal(note.signatures[0].size, 72);
    assert_true(ht_note_verify(&note, &signer.verifier, &time));
    assert_int_equal(time, 1679315147);
    assert_int_equal(crypto_sign_verify_detached(note.signatures[0].bytes + 8, (const uint8_t *)message,
                                                 sizeof message - 1, signer.verifier.key),
                     0);
    for (size_t bit = 0; bit < 8 * note.signatures[0].size; bit++) {
        note.signatures[0].bytes[bit / 8] ^= (uint8_t)(1U << bit % 8);
        assert_false(ht_note_verify(&note, &signer.verifier, &time));
        note.signatures[0].bytes[bit / 8] ^= (uint8_t)(1U << bit % 8);
    }
    assert_true(ht_note_verify(&note, &signer.verifier, NULL));
    ht_buffer_release(&bytes);
}

static void the_newest_of_several_cosignatures_counts(void **state)
{
    (void)state;
    struct ht_signer signer = signer_of("w", HT_KEY_COSIGNATURE);
    struct ht_buffer bytes = {0};
    uint64_t time = 0;
    sign_note(&bytes, SOFA_TEXT, &signer, 50);
    ht_note_sign(&bytes, HT_SLICE(SOFA_TEXT), &signer, INT64_MAX);
    ht_note_sign(&bytes, HT_SLICE(SOFA_TEXT), &signer, 51);
    struct ht_note note = parse(ht_buffer_slice(&bytes));
    assert_true(ht_note_verify(&note, &signer.verifier, &time));
    assert_int_equal(time, INT64_MAX);
    ht_note_sign(&bytes, HT_SLICE(SOFA_TEXT), &signer, (uint64_t)INT64_MAX + 1);
    note = parse(ht_buffer_slice(&bytes));
    assert_false(ht_note_verify(&note, &signer.verifier, &time));
    ht_buffer_release(&bytes);
}

/* The same seed and name as a plain key: other hash, other message. */
static void a_cosignature_is_no_signature(void **state)
{
    (void)state;
    struct ht_signer plain = signer_of("w", HT_KEY_ED25519), cosigner = signer_of("w", HT_KEY_COSIGNATURE);
    struct ht_buffer bytes = {0};
    assert_int_not_equal(plain.verifier.hash, cosigner.verifier.hash);
    sign_note(&bytes, SOFA_TEXT, &plain, 0);
    struct ht_note note = parse(ht_buffer_slice(&bytes));
    assert_true(ht_note_verify(&note, &plain.verifier, NULL));
    assert_false(ht_note_verify(&note, &cosigner.verifier, NULL));
    note.signatures[0].hash = cosigner.verifier.hash;
    assert_false(ht_note_verify(&note, &cosigner.verifier, NULL));
    ht_buffer_release(&bytes);
}

/* ---- keys ---- */

static void names_are_checked(void **state)
{
    (void)state;
    static const char *const sound[] = {"a", "example.com/log", "caf\xc3\xa9", "\xf0\x9f\x91\xa9", "a\xc2\xa1"};
    static const char *const faulty[] = {"",
                                         "a b",
                                         "a+b",
                                         "a\n",
                                         "a\x7f",
                                         "\xc2\x85",
                                         "\xc2\xa0",
                                         "\xc2\x9b[m",
                                         "\xe1\x9a\x80",
                                         "\xe2\x80\x80",
                                         "\xe2\x80\x8a",
                                         "\xe2\x80\xa8",
                                         "\xe2\x80\xaf",
                                         "\xe2\x81\x9f",
                                         "\xe3\x80\x80",
                                         "a\xff",
                                         "\xc2",
                                         "\t"};
    char longest[HT_KEY_NAME + 1];
    memset(longest, 'n', sizeof longest);
    for (size_t i = 0; i < sizeof sound / sizeof sound[0]; i++)
        assert_int_equal(ht_key_name_check(ht_slice_from(sound[i]), NULL), HT_OK);
    for (size_t i = 0; i < sizeof faulty / sizeof faulty[0]; i++) {
        if (ht_key_name_check(ht_slice_from(faulty[i]), NULL) != HT_INVALID) fail_msg("accepted: \"%s\"", faulty[i]);
    }
    assert_int_equal(ht_key_name_check(HT_ABSENT, NULL), HT_INVALID);
    assert_int_equal(ht_key_name_check(ht_slice_of("a\0b", 3), NULL), HT_INVALID);
    assert_int_equal(ht_key_name_check(ht_slice_of(longest, HT_KEY_NAME), NULL), HT_OK);
    assert_int_equal(ht_key_name_check(ht_slice_of(longest, HT_KEY_NAME + 1), NULL), HT_INVALID);
}

static void keys_are_read_as_they_were_written(void **state)
{
    (void)state;
    static const enum ht_key_type types[] = {HT_KEY_ED25519, HT_KEY_COSIGNATURE};
    char name[HT_KEY_NAME + 1];
    memset(name, 'n', HT_KEY_NAME);
    name[HT_KEY_NAME] = '\0';
    for (size_t i = 0; i < 2; i++) {
        struct ht_signer signer = signer_of(name, types[i]), signer_again;
        struct ht_verifier verifier_again;
        struct ht_buffer text = {0};
        ht_signer_add(&text, &signer);
        assert_int_equal(ht_signer_parse(ht_buffer_slice(&text), &signer_again, NULL), HT_OK);
        assert_memory_equal(&signer_again.secret, signer.secret, sizeof signer.secret);
        ht_buffer_clear(&text);
        ht_verifier_add(&text, &signer.verifier);
        assert_int_equal(ht_verifier_parse(ht_buffer_slice(&text), &verifier_again, NULL), HT_OK);
        assert_string_equal(verifier_again.name, name);
        assert_int_equal(verifier_again.hash, signer.verifier.hash);
        assert_int_equal(verifier_again.type, types[i]);
        assert_memory_equal(verifier_again.key, signer.verifier.key, sizeof signer.verifier.key);
        ht_buffer_release(&text);
    }
    struct ht_signer refused;
    assert_int_equal(ht_signer_make(HT_SLICE("a b"), seed, HT_KEY_ED25519, &refused, NULL), HT_INVALID);
}

static void malformed_keys_are_refused(void **state)
{
    (void)state;
    static const char *const keys[] = {
        "",
        "+",
        "++",
        "PeterNeumann",
        "PeterNeumann+c74f20a3",
        "PeterNeumann+c74f20a3+",
        "+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW",
        "PeterNeumann+C74F20A3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW",
        "PeterNeumann+0c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW",
        "PeterNeumann+c74f20a+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW",
        "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW\n",
        "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TWAA==",
        "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10Q=",
        "PeterNeumann+c74f20a3+AhpC2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW",
        "PeterNeumann+c74f20a4+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW",
        "peterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW",
        "Peter Neumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW",
        NEUMANN_SIGNER,
    };
    struct ht_verifier verifier;
    struct ht_signer signer;
    for (size_t i = 0; i < sizeof keys / sizeof keys[0]; i++) {
        struct ht_buffer private = {0};
        if (ht_verifier_parse(ht_slice_from(keys[i]), &verifier, NULL) != HT_INVALID) fail_msg("accepted: %s", keys[i]);
        ht_buffer_printf(&private, "PRIVATE+KEY+%s", keys[i]);
        assert_int_equal(ht_signer_parse(ht_buffer_slice(&private), &signer, NULL), HT_INVALID);
        ht_buffer_release(&private);
    }
    assert_int_equal(ht_verifier_parse(HT_ABSENT, &verifier, NULL), HT_INVALID);
    assert_int_equal(ht_signer_parse(HT_ABSENT, &signer, NULL), HT_INVALID);
    assert_int_equal(ht_signer_parse(HT_SLICE(NEUMANN_VERIFIER), &signer, NULL), HT_INVALID);
}

/* A key that was mistyped must not stay in memory as if it were one. */
static void a_refused_signing_key_leaves_no_secret(void **state)
{
    (void)state;
    static const struct ht_signer none;
    struct ht_signer signer;
    memset(&signer, 0xaa, sizeof signer);
    assert_int_equal(ht_signer_parse(HT_SLICE("PRIVATE+KEY+PeterNeumann+c74f20a4+"
                                              "AYEKFALVFGyNhPJEMzD1QIDr+Y7hfZx09iUvxdXHKDFz"),
                                     &signer, NULL),
                     HT_INVALID);
    assert_memory_equal(signer.secret, none.secret, sizeof signer.secret);
}

/* ---- checkpoints ---- */

#define HASH "CsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I="

static enum ht_status parse_checkpoint(const char *text, uint64_t *size)
{
    struct ht_slice origin;
    struct ht_tree_head head = {0};
    enum ht_status status = ht_checkpoint_parse(ht_slice_from(text), &origin, &head, NULL);
    *size = head.size;
    return status;
}

static void checkpoints_are_read_strictly(void **state)
{
    (void)state;
    static const char *const faulty[] = {
        "",
        "o",
        "o\n",
        "o\n1\n",
        "o\n1\n\n",
        "\n1\n" HASH "\n",
        "o\n\n" HASH "\n",
        "o\n01\n" HASH "\n",
        "o\n00\n" HASH "\n",
        "o\n-1\n" HASH "\n",
        "o\n+1\n" HASH "\n",
        "o\n1 \n" HASH "\n",
        "o\n1\r\n" HASH "\n",
        "o\n0x1\n" HASH "\n",
        "o\n18446744073709551616\n" HASH "\n",
        "o\n1\n" HASH,
        "o\n1\n" HASH " \n",
        "o\n1\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2J=\n",
        "o\n1\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I\n",
        "o\n1\nCsUYapGGPo4dkMgIAUqom_Xajj7h2fB2MPA3j2jxq2I=\n",
        "o\n1\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jx\n",
        "o\n1\n" HASH "\n\n",
        "o\n1\n" HASH "\nextension",
        "o\n1\n" HASH "\nextension\n\n",
        "o\n1\n" HASH "\n\nextension\n",
    };
    uint64_t size;
    for (size_t i = 0; i < sizeof faulty / sizeof faulty[0]; i++) {
        if (parse_checkpoint(faulty[i], &size) != HT_INVALID) fail_msg("accepted: \"%s\"", faulty[i]);
    }
    assert_int_equal(parse_checkpoint("o\n0\n" HASH "\n", &size), HT_OK);
    assert_int_equal(size, 0);
    assert_int_equal(parse_checkpoint("o\n18446744073709551615\n" HASH "\n", &size), HT_OK);
    assert_true(size == UINT64_MAX);
    assert_int_equal(parse_checkpoint("an origin + spaces\n10\n" HASH "\nextension\nanother\n", &size), HT_OK);
    assert_int_equal(size, 10);
}

/* ---- proofs ---- */

#define PROOF_HEADER "c2sp.org/tlog-proof@v1\n"

static struct ht_merkle_proof random_proof(struct random *random, size_t count)
{
    struct ht_merkle_proof proof = {.count = count};
    for (size_t i = 0; i < count * HT_SHA256_SIZE; i++)
        proof.hashes[i / HT_SHA256_SIZE][i % HT_SHA256_SIZE] = (uint8_t)random_next(random);
    return proof;
}

static void proofs_are_read_as_they_were_written(void **state)
{
    (void)state;
    struct random random = {.state = 3};
    for (size_t count = 0; count <= HT_PROOF_HASHES; count++) {
        struct ht_merkle_proof proof = random_proof(&random, count), lines;
        struct ht_tlog_proof read;
        struct ht_buffer text = {0};
        uint64_t extra[4] = {random_next(&random)}, index = random_next(&random) >> random_below(&random, 64);
        size_t size = count % (sizeof extra + 1);
        ht_tlog_proof_add(&text, ht_slice_of(extra, size), index, &proof, HT_SLICE(SOFA_NOTE));
        assert_int_equal(ht_tlog_proof_parse(ht_buffer_slice(&text), &read, NULL), HT_OK);
        assert_int_equal(read.has_extra, size > 0);
        assert_true(ht_slice_equal(ht_buffer_slice(&read.extra), ht_slice_of(extra, size)));
        assert_true(read.index == index);
        assert_int_equal(read.proof.count, count);
        assert_memory_equal(read.proof.hashes, proof.hashes, count * HT_SHA256_SIZE);
        expect_slice(read.checkpoint, SOFA_NOTE);
        ht_buffer_release(&read.extra);
        ht_buffer_clear(&text);
        ht_merkle_proof_add(&text, &proof);
        assert_int_equal(text.size, 45 * count);
        assert_int_equal(ht_merkle_proof_parse(ht_buffer_slice(&text), &lines, NULL), HT_OK);
        assert_int_equal(lines.count, count);
        assert_memory_equal(lines.hashes, proof.hashes, count * HT_SHA256_SIZE);
        ht_buffer_release(&text);
    }
}

static void a_proof_looks_as_the_specification_has_it(void **state)
{
    (void)state;
    struct ht_merkle_proof proof = {.count = 2};
    struct ht_buffer text = {0};
    memset(proof.hashes[1], 0xff, HT_SHA256_SIZE);
    ht_tlog_proof_add(&text, HT_SLICE("extra"), 73894, &proof, HT_SLICE(SOFA_NOTE));
    expect(&text, PROOF_HEADER "extra ZXh0cmE=\n"
                               "index 73894\n"
                               "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=\n"
                               "//////////////////////////////////////////8=\n"
                               "\n" SOFA_NOTE);
}

static void malformed_proofs_are_refused(void **state)
{
    (void)state;
    static const char *const faulty[] = {
        "",
        "c2sp.org/tlog-proof@v1",
        PROOF_HEADER,
        "c2sp.org/tlog-proof@v2\nindex 0\n\nx\n",
        "c2sp.org/tlog-proof@v1 \nindex 0\n\nx\n",
        "c2sp.org/tlog-proof@v1\r\nindex 0\r\n\r\nx\n",
        "\n" PROOF_HEADER "index 0\n\nx\n",
        PROOF_HEADER "\nx\n",
        PROOF_HEADER "index 0",
        PROOF_HEADER "index 0\n",
        PROOF_HEADER "index 0\n\n",
        PROOF_HEADER "index 0\n" HASH "\n",
        PROOF_HEADER "index 0\n" HASH "\n\n",
        PROOF_HEADER "index 0\n" HASH "\nx\n\nx\n",
        PROOF_HEADER "index 0\nx\n",
        PROOF_HEADER "index 00\n\nx\n",
        PROOF_HEADER "index 01\n\nx\n",
        PROOF_HEADER "index -1\n\nx\n",
        PROOF_HEADER "index  1\n\nx\n",
        PROOF_HEADER "index 1 \n\nx\n",
        PROOF_HEADER "index \n\nx\n",
        PROOF_HEADER "index 18446744073709551616\n\nx\n",
        PROOF_HEADER "Index 1\n\nx\n",
        PROOF_HEADER "extra \nindex 0\n\nx\n",
        PROOF_HEADER "extra ZXh0cmF=\nindex 0\n\nx\n",
        PROOF_HEADER "extra ZXh0cmE\nindex 0\n\nx\n",
        PROOF_HEADER "extra ZXh0cmE=\nextra ZXh0cmE=\nindex 0\n\nx\n",
        PROOF_HEADER "extra ZXh0cmE=\n",
        PROOF_HEADER "index 0\nextra ZXh0cmE=\n\nx\n",
    };
    struct ht_tlog_proof proof;
    assert_int_equal(ht_tlog_proof_parse(HT_SLICE(PROOF_HEADER "index 0\n\nx\n"), &proof, NULL), HT_OK);
    assert_int_equal(ht_tlog_proof_parse(HT_ABSENT, &proof, NULL), HT_INVALID);
    for (size_t i = 0; i < sizeof faulty / sizeof faulty[0]; i++) {
        if (ht_tlog_proof_parse(ht_slice_from(faulty[i]), &proof, NULL) != HT_INVALID)
            fail_msg("accepted: \"%s\"", faulty[i]);
        assert_null(proof.extra.data);
    }
}

static void more_hashes_than_a_proof_can_have_are_refused(void **state)
{
    (void)state;
    struct ht_buffer text = {0};
    struct ht_merkle_proof lines;
    struct ht_tlog_proof proof;
    for (int i = 0; i <= HT_PROOF_HASHES; i++)
        ht_buffer_add_text(&text, HASH "\n");
    assert_int_equal(ht_merkle_proof_parse(ht_buffer_slice(&text), &lines, NULL), HT_INVALID);
    ht_buffer_clear(&text);
    ht_buffer_add_text(&text, PROOF_HEADER "index 0\n");
    for (int i = 0; i <= HT_PROOF_HASHES; i++)
        ht_buffer_add_text(&text, HASH "\n");
    ht_buffer_add_text(&text, "\n" SOFA_NOTE);
    assert_int_equal(ht_tlog_proof_parse(ht_buffer_slice(&text), &proof, NULL), HT_INVALID);
    ht_buffer_release(&text);
    assert_int_equal(ht_merkle_proof_parse(HT_SLICE(HASH), &lines, NULL), HT_INVALID);
    assert_int_equal(ht_merkle_proof_parse(HT_SLICE("\n"), &lines, NULL), HT_INVALID);
    assert_int_equal(ht_merkle_proof_parse(HT_SLICE(HASH "\n\n"), &lines, NULL), HT_INVALID);
}

/* A large leaf fits as extra data; a proof without end is not even looked at. */
static void extra_data_may_be_as_long_as_a_leaf(void **state)
{
    (void)state;
    struct ht_merkle_proof none = {0};
    struct ht_tlog_proof proof;
    struct ht_buffer text = {0};
    char *leaf = calloc(1, HT_TLOG_PROOF_SIZE);
    assert_non_null(leaf);
    ht_tlog_proof_add(&text, ht_slice_of(leaf, UINT16_MAX), 1, &none, HT_SLICE(SOFA_NOTE));
    assert_int_equal(ht_tlog_proof_parse(ht_buffer_slice(&text), &proof, NULL), HT_OK);
    assert_int_equal(proof.extra.size, UINT16_MAX);
    ht_buffer_release(&proof.extra);
    ht_buffer_clear(&text);
    ht_tlog_proof_add(&text, ht_slice_of(leaf, HT_TLOG_PROOF_SIZE), 1, &none, HT_SLICE(SOFA_NOTE));
    assert_int_equal(ht_tlog_proof_parse(ht_buffer_slice(&text), &proof, NULL), HT_INVALID);
    ht_buffer_release(&text);
    free(leaf);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(signs_and_verifies_as_go_does),
        cmocka_unit_test(reads_the_examples_of_the_specifications),
        cmocka_unit_test(every_note_with_a_flipped_bit_is_refused),
        cmocka_unit_test(malformed_notes_are_refused),
        cmocka_unit_test(the_last_empty_line_ends_the_text),
        cmocka_unit_test(unknown_signatures_are_passed_over),
        cmocka_unit_test(one_false_signature_of_a_known_key_spoils_the_note),
        cmocka_unit_test(sixteen_signatures_that_are_long_are_taken),
        cmocka_unit_test(a_cosignature_signs_time_and_text),
        cmocka_unit_test(the_newest_of_several_cosignatures_counts),
        cmocka_unit_test(a_cosignature_is_no_signature),
        cmocka_unit_test(names_are_checked),
        cmocka_unit_test(keys_are_read_as_they_were_written),
        cmocka_unit_test(malformed_keys_are_refused),
        cmocka_unit_test(a_refused_signing_key_leaves_no_secret),
        cmocka_unit_test(checkpoints_are_read_strictly),
        cmocka_unit_test(proofs_are_read_as_they_were_written),
        cmocka_unit_test(a_proof_looks_as_the_specification_has_it),
        cmocka_unit_test(malformed_proofs_are_refused),
        cmocka_unit_test(more_hashes_than_a_proof_can_have_are_refused),
        cmocka_unit_test(extra_data_may_be_as_long_as_a_leaf),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
