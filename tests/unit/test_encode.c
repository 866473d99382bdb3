#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>

#include <cmocka.h>

#include "hooktrail/encode.h"
#include "random.h"

static void expect_text(struct ht_buffer *buffer, const char *expected)
{
    assert_string_equal(ht_buffer_text(buffer), expected);
    ht_buffer_clear(buffer);
}

static void test_hex(void **state)
{
    (void)state;
    struct ht_buffer out = {0};
    ht_hex_add(&out, "\x00\x7f\xab\xff", 4);
    ht_hex_add(&out, "", 0);
    ht_hex_add(&out, "\x10", 1);
    expect_text(&out, "007fabff10");
    ht_hex_add(&out, "", SIZE_MAX / 2);
    assert_int_equal(ht_buffer_status(&out, NULL), HT_NO_MEMORY);
    ht_buffer_release(&out);
}

/* The vectors of RFC 4648, section 10. */
static void test_base64_vectors(void **state)
{
    (void)state;
    static const char *const vectors[][3] = {
        {"", "", ""},
        {"f", "Zg==", "Zg"},
        {"fo", "Zm8=", "Zm8"},
        {"foo", "Zm9v", "Zm9v"},
        {"foob", "Zm9vYg==", "Zm9vYg"},
        {"fooba", "Zm9vYmE=", "Zm9vYmE"},
        {"foobar", "Zm9vYmFy", "Zm9vYmFy"},
        {"\xfb\xff\xfe", "+//+", "-__-"},
    };
    struct ht_buffer out = {0};
    for (size_t i = 0; i < sizeof vectors / sizeof vectors[0]; i++) {
        char bytes[16];
        size_t size = 99;
        ht_base64_add(&out, vectors[i][0], strlen(vectors[i][0]));
        expect_text(&out, vectors[i][1]);
        ht_base64url_add(&out, vectors[i][0], strlen(vectors[i][0]));
        expect_text(&out, vectors[i][2]);
        assert_int_equal(ht_base64_decode(ht_slice_from(vectors[i][1]), bytes, sizeof bytes, &size), HT_OK);
        assert_true(ht_slice_is(ht_slice_of(bytes, size), vectors[i][0]));
        assert_int_equal(ht_base64url_decode(ht_slice_from(vectors[i][2]), bytes, sizeof bytes, &size), HT_OK);
        assert_true(ht_slice_is(ht_slice_of(bytes, size), vectors[i][0]));
    }
    ht_buffer_release(&out);
}

static void test_base64_refuses(void **state)
{
    (void)state;
    static const char *const url[] = {"Zg==",   "Zm8=",  "Z",    "Zm9vY", "Zh", "Zm9",
                                      "Zm9v\n", " Zm9v", "+//+", "Zm.v",  "="};
    static const char *const standard[] = {
        "Zg", "Zg=", "Zm8", "Zm9vYg", "Zh==", "Zm9=", "-__-", "Zm9v\n", "Zg===", "===="};
    char bytes[16];
    size_t size;
    for (size_t i = 0; i < sizeof url / sizeof url[0]; i++)
        assert_int_equal(ht_base64url_decode(ht_slice_from(url[i]), bytes, sizeof bytes, &size), HT_INVALID);
    for (size_t i = 0; i < sizeof standard / sizeof standard[0]; i++)
        assert_int_equal(ht_base64_decode(ht_slice_from(standard[i]), bytes, sizeof bytes, &size), HT_INVALID);
    assert_int_equal(ht_base64url_decode(HT_SLICE("Zm9\xff"), bytes, sizeof bytes, &size), HT_INVALID);
    assert_int_equal(ht_base64_decode(HT_SLICE("Zm9\x80"), bytes, sizeof bytes, &size), HT_INVALID);
    assert_int_equal(ht_base64url_decode(HT_SLICE("Zm9v\0"), bytes, sizeof bytes, &size), HT_INVALID);
    assert_int_equal(ht_base64url_decode(HT_ABSENT, bytes, sizeof bytes, &size), HT_INVALID);
}

static void test_base64url_round_trips_within_capacity(void **state)
{
    (void)state;
    struct random random = {2};
    struct ht_buffer out = {0};
    for (size_t length = 1; length < 100; length++) {
        char bytes[100], back[100];
        size_t size;
        random_text(&random, bytes, length);
        ht_buffer_clear(&out);
        ht_base64url_add(&out, bytes, length);
        assert_int_equal(ht_base64url_decode(ht_buffer_slice(&out), back, length, &size), HT_OK);
        assert_true(ht_slice_equal(ht_slice_of(bytes, length), ht_slice_of(back, size)));
        assert_int_equal(ht_base64url_decode(ht_buffer_slice(&out), back, length - 1, &size), HT_INVALID);
    }
    ht_base64url_add(&out, "", SIZE_MAX / 2);
    assert_int_equal(ht_buffer_status(&out, NULL), HT_NO_MEMORY);
    ht_buffer_release(&out);
}

/* Writes any number up to 0x1fffff in `size` bytes, also where UTF-8 forbids it. */
static void put_utf8(char *to, uint32_t code, size_t size)
{
    static const unsigned char marks[] = {0, 0, 0xc0, 0xe0, 0xf0};
    for (size_t i = size - 1; i > 0; i--, code >>= 6)
        to[i] = (char)(0x80 | (code & 0x3f));
    to[0] = (char)(marks[size] | code);
}

static size_t shortest_form(uint32_t code)
{
    return code < 0x80 ? 1 : code < 0x800 ? 2 : code < 0x10000 ? 3 : 4;
}

/* Every number in every length, behind 0 to 8 bytes of ASCII. */
static void test_utf8_takes_exactly_the_shortest_forms(void **state)
{
    (void)state;
    static const uint32_t limit[] = {0, 0x80, 0x800, 0x10000, 0x200000};
    char text[16] = "aaaaaaaa";
    for (size_t size = 1; size <= 4; size++) {
        for (uint32_t code = 0; code < limit[size]; code++) {
            size_t before = code % 9;
            memset(text, 'a', before);
            put_utf8(text + before, code, size);
            bool valid = shortest_form(code) == size && code <= 0x10ffff && (code < 0xd800 || code > 0xdfff);
            size_t found = ht_utf8_check(ht_slice_of(text, before + size));
            if (found != (valid ? before + size : before)) fail_msg("U+%04X in %zu bytes", code, size);
        }
    }
}

static void test_utf8_finds_the_first_fault(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        size_t fault;
    } cases[] = {
        {"", 0},
        {"abcdefgh\x80", 8},
        {"\xc3", 0},
        {"a\xe2\x82", 1},
        {"\xe2\x82\xac\xf0\x9f\x98", 3},
        {"\xe2\x82\x41", 0},
        {"\xf5\x80\x80\x80", 0},
        {"\xff", 0},
        {"0123456789abcdef\xed\xa0\x80", 16},
        {"\xf4\x90\x80\x80", 0},
        {"\xf0\x9f\x98\x80!", 5},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++)
        assert_int_equal(ht_utf8_check(ht_slice_from(cases[i].text)), cases[i].fault);
    assert_int_equal(ht_utf8_check(HT_ABSENT), 0);
}

static void test_terminal_escapes(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        const char *shown;
    } cases[] = {
        {"plain text", "plain text"},
        {"\x1b[31mred\x07", "\\x1b[31mred\\x07"},
        {"a\tb\r\nc", "a\\x09b\\x0d\\x0ac"},
        {"\x7f", "\\x7f"},
        {"\xc2\x9b"
         "2J",
         "\\u{009b}2J"},
        {"\xc2\xa0", "\xc2\xa0"},
        {"\xd8\x9c", "\\u{061c}"},
        {"\xe2\x80\x8b|\xe2\x80\x8e|\xe2\x80\x8f", "\\u{200b}|\\u{200e}|\\u{200f}"},
        {"\xe2\x80\x8c|\xe2\x80\x8d", "\xe2\x80\x8c|\xe2\x80\x8d"},
        {"\xe2\x80\xa8|\xe2\x80\xa9", "\\u{2028}|\\u{2029}"},
        {"\xe2\x80\xaa|\xe2\x80\xae|\xe2\x80\xaf", "\\u{202a}|\\u{202e}|\xe2\x80\xaf"},
        {"\xe2\x81\xa0|\xe2\x81\xa6|\xe2\x81\xa9", "\\u{2060}|\\u{2066}|\\u{2069}"},
        {"\xef\xbb\xbf", "\\u{feff}"},
        {"\xc2\xad|\xe1\xa0\x8e", "\\u{00ad}|\\u{180e}"},
        {"\xe2\x81\xa1|\xe2\x81\xaf|\xef\xbf\xbb", "\\u{2061}|\\u{206f}|\\u{fffb}"},
        {"\xf0\x93\x90\xb0|\xf0\x9b\xb2\xa0|\xf0\x9d\x85\xb3", "\\u{13430}|\\u{1bca0}|\\u{1d173}"},
        {"\xf3\xa0\x80\x81|\xf3\xa0\x81\xbf", "\\u{e0001}|\\u{e007f}"},
        {"\xed\xa0\x80\xed\xb0\x80", "\\xed\\xa0\\x80\\xed\\xb0\\x80"},
        {"\xc0\x9b|\xf4\x90\x80\x80", "\\xc0\\x9b|\\xf4\\x90\\x80\\x80"},
        {"\xc3\x28", "\\xc3("},
        {"\xf0\x9f\x98", "\\xf0\\x9f\\x98"},
        {"\xf0\x9f\x91\xa9\xe2\x80\x8d\xf0\x9f\x92\xbb", "\xf0\x9f\x91\xa9\xe2\x80\x8d\xf0\x9f\x92\xbb"},
    };
    struct ht_buffer out = {0};
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        ht_terminal_add(&out, ht_slice_from(cases[i].text), false);
        expect_text(&out, cases[i].shown);
    }
    ht_terminal_add(&out, HT_SLICE("a\nb\t\0c"), true);
    expect_text(&out, "a\nb\\x09\\x00c");
    ht_terminal_add(&out, HT_ABSENT, false);
    expect_text(&out, "");
    ht_buffer_release(&out);
}

/* Whatever comes in, what goes out is UTF-8, without controls, and does not change when escaped again. */
static void test_terminal_text_is_safe(void **state)
{
    (void)state;
    struct random random = {3};
    struct ht_buffer once = {0}, twice = {0};
    for (int i = 0; i < 20000; i++) {
        char text[40];
        size_t size = random_below(&random, sizeof text);
        random_text(&random, text, size);
        ht_buffer_clear(&once);
        ht_buffer_clear(&twice);
        ht_terminal_add(&once, ht_slice_of(text, size), false);
        ht_terminal_add(&twice, ht_buffer_slice(&once), false);
        assert_true(ht_slice_equal(ht_buffer_slice(&once), ht_buffer_slice(&twice)));
        assert_int_equal(ht_utf8_check(ht_buffer_slice(&once)), once.size);
        for (size_t at = 0; at < once.size; at++)
            assert_true((unsigned char)once.data[at] >= 0x20 && once.data[at] != 0x7f);
    }
    ht_buffer_release(&once);
    ht_buffer_release(&twice);
}

static void test_parse_u64(void **state)
{
    (void)state;
    static const char *const wrong[] = {"",
                                        "-1",
                                        "+1",
                                        " 1",
                                        "1 ",
                                        "1.0",
                                        "0x1",
                                        "18446744073709551616",
                                        "1e3",
                                        "a",
                                        "99999999999999999999",
                                        "184467440737095516150"};
    uint64_t value = 7;
    for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++)
        assert_int_equal(ht_parse_u64(ht_slice_from(wrong[i]), &value), HT_INVALID);
    assert_int_equal(value, 7);
    assert_int_equal(ht_parse_u64(HT_SLICE("1\0"), &value), HT_INVALID);
    assert_int_equal(ht_parse_u64(HT_SLICE("0"), &value), HT_OK);
    assert_true(value == 0);
    assert_int_equal(ht_parse_u64(HT_SLICE("18446744073709551615"), &value), HT_OK);
    assert_true(value == UINT64_MAX);
    assert_int_equal(ht_parse_u64(HT_SLICE("0000000000000000000000042"), &value), HT_OK);
    assert_true(value == 42);
}

static void test_parse_size(void **state)
{
    (void)state;
    static const char *const wrong[] = {"", "MiB", "-1", "1 parsec", "1.5GiB", "1MiBs", "16777216TiB", "1M iB"};
    static const struct {
        const char *text;
        uint64_t bytes;
    } right[] = {{"0", 0},
                 {"4096", 4096},
                 {"512KiB", 524288},
                 {"2 MiB", 2097152},
                 {"2m", 2097152},
                 {"7B", 7},
                 {"1gib", 1 << 30},
                 {"3T", UINT64_C(3) << 40},
                 {"16777215TiB", UINT64_C(16777215) << 40}};
    uint64_t value = 7;
    for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++)
        assert_int_equal(ht_parse_size(ht_slice_from(wrong[i]), &value), HT_INVALID);
    for (size_t i = 0; i < sizeof right / sizeof right[0]; i++) {
        assert_int_equal(ht_parse_size(ht_slice_from(right[i].text), &value), HT_OK);
        assert_true(value == right[i].bytes);
    }
}

static void test_big_endian_sorts_as_numbers(void **state)
{
    (void)state;
    struct random random = {4};
    for (int i = 0; i < 10000; i++) {
        uint64_t a = random_next(&random) >> random_below(&random, 64);
        uint64_t b = random_next(&random) >> random_below(&random, 64);
        uint8_t x[8], y[8];
        ht_put_be64(x, a);
        ht_put_be64(y, b);
        int order = memcmp(x, y, 8);
        assert_true((order < 0) == (a < b) && (order > 0) == (a > b));
        assert_true(ht_get_be64(x) == a);
        assert_true(ht_get_be32(x) == a >> 32);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_hex),
        cmocka_unit_test(test_base64_vectors),
        cmocka_unit_test(test_base64_refuses),
        cmocka_unit_test(test_base64url_round_trips_within_capacity),
        cmocka_unit_test(test_utf8_takes_exactly_the_shortest_forms),
        cmocka_unit_test(test_utf8_finds_the_first_fault),
        cmocka_unit_test(test_terminal_escapes),
        cmocka_unit_test(test_terminal_text_is_safe),
        cmocka_unit_test(test_parse_u64),
        cmocka_unit_test(test_parse_size),
        cmocka_unit_test(test_big_endian_sorts_as_numbers),
    };
    cmocka_set_message_output(CM_OUTPUT_TAP);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
