#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include <zlib.h>
#include <zstd.h>

#include "../../server/negotiate.h"

static enum ht_coding ask(const char *header)
{
    return ht_negotiate(ht_slice_from(header));
}

static void test_what_is_chosen(void **state)
{
    (void)state;
    assert_int_equal(ask(NULL), HT_CODING_IDENTITY);
    assert_int_equal(ask(""), HT_CODING_IDENTITY);
    assert_int_equal(ask("identity, br, deflate"), HT_CODING_IDENTITY);
    assert_int_equal(ask("gzip"), HT_CODING_GZIP);
    assert_int_equal(ask("br , GZip ; q=0.5"), HT_CODING_GZIP);
    assert_int_equal(ask("gzip, deflate, br, zstd"), HT_CODING_ZSTD);
    assert_int_equal(ask("zstd;q=0, gzip"), HT_CODING_GZIP);
    assert_int_equal(ask("gzip;q=0.000"), HT_CODING_IDENTITY);
    assert_int_equal(ask("gzip; q=0.001"), HT_CODING_GZIP);
    assert_int_equal(ask("gzipx, xzstd"), HT_CODING_IDENTITY);
    assert_int_equal(ask("x-gzip"), HT_CODING_GZIP);
}

static size_t unpack_gzip(struct ht_slice packed, char *out, size_t capacity)
{
    z_stream stream = {.next_in = (Bytef *)(uintptr_t)packed.data,
                       .avail_in = (uInt)packed.size,
                       .next_out = (Bytef *)out,
                       .avail_out = (uInt)capacity};
    assert_int_equal(inflateInit2(&stream, 31), Z_OK);
    assert_int_equal(inflate(&stream, Z_FINISH), Z_STREAM_END);
    inflateEnd(&stream);
    return capacity - stream.avail_out;
}

static void test_what_is_packed_comes_back(void **state)
{
    (void)state;
    char text[20000], back[20000];
    for (size_t i = 0; i < sizeof text; i++)
        text[i] = (char)('a' + i * i % 17);
    for (size_t size = 200; size <= sizeof text; size += 1981) {
        struct ht_buffer gzip = {0}, zstd = {0};
        ht_buffer_add_text(&gzip, "before");
        assert_true(ht_negotiate_pack(HT_CODING_GZIP, ht_slice_of(text, size), &gzip));
        assert_true(ht_negotiate_pack(HT_CODING_ZSTD, ht_slice_of(text, size), &zstd));
        assert_memory_equal(gzip.data, "before", 6);
        assert_int_equal(unpack_gzip(ht_slice_of(gzip.data + 6, gzip.size - 6), back, sizeof back), size);
        assert_memory_equal(back, text, size);
        assert_int_equal(ZSTD_decompress(back, sizeof back, zstd.data, zstd.size), size);
        assert_memory_equal(back, text, size);
        ht_buffer_release(&gzip);
        ht_buffer_release(&zstd);
    }
}

static void test_what_would_grow_stays(void **state)
{
    (void)state;
    struct ht_buffer out = {0};
    static const enum ht_coding codings[] = {HT_CODING_IDENTITY, HT_CODING_GZIP, HT_CODING_ZSTD};
    for (size_t i = 0; i < 3; i++) {
        assert_false(ht_negotiate_pack(codings[i], HT_SLICE("abcdefg"), &out));
        assert_false(ht_negotiate_pack(codings[i], HT_SLICE(""), &out));
        assert_int_equal(out.size, 0);
    }
    ht_buffer_release(&out);
}

static void test_entity_tags(void **state)
{
    (void)state;
    struct ht_slice tag = HT_SLICE("\"abc\"");
    assert_true(ht_negotiate_matches(HT_SLICE("\"abc\""), tag));
    assert_true(ht_negotiate_matches(HT_SLICE("W/\"abc\""), tag));
    assert_true(ht_negotiate_matches(HT_SLICE("\"x\", W/\"y\" ,\"abc\""), tag));
    assert_true(ht_negotiate_matches(HT_SLICE("*"), tag));
    assert_false(ht_negotiate_matches(HT_SLICE("abc"), tag));
    assert_false(ht_negotiate_matches(HT_SLICE("\"abcd\""), tag));
    assert_false(ht_negotiate_matches(HT_SLICE(""), tag));
    assert_false(ht_negotiate_matches(HT_ABSENT, tag));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_what_is_chosen),
        cmocka_unit_test(test_what_is_packed_comes_back),
        cmocka_unit_test(test_what_would_grow_stays),
        cmocka_unit_test(test_entity_tags),
    };
    return cmocka_run_group_tests_name("negotiate", tests, NULL, NULL);
}
