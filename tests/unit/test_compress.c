/* Compressed streams: what goes in comes out of the libraries' own readers, and in whatever pieces bytes come, the same
   stream comes out. */
#include "export_support.h"

#include "../../query/export/compress.h"
#include "random.h"
#include <zlib.h>
#include <zstd.h>

#define SIZE ((size_t)3 << 20)

static void fill(char *bytes, size_t size)
{
    struct random random = {4};
    for (size_t i = 0; i < size; i++)
        bytes[i] = (char)(i % 2 ? random_below(&random, 256) : i / 1000 % 50);
}

/* Release it. */
static struct ht_buffer compress_in_pieces(enum export_codec codec, struct ht_slice bytes, uint32_t most)
{
    struct export_compressor *compressor;
    struct ht_buffer out = {0};
    struct random random = {most};
    assert_done(export_compressor_new(codec, &compressor, err));
    while (bytes.size > 0) {
        size_t size = most ? random_below(&random, most) : bytes.size;
        if (size > bytes.size) size = bytes.size;
        assert_done(export_compressor_add(compressor, ht_slice_of(bytes.data, size), &out, err));
        bytes = ht_slice_of(bytes.data + size, bytes.size - size);
    }
    assert_done(export_compressor_end(compressor, &out, err));
    export_compressor_free(compressor);
    return out;
}

static size_t gunzip(struct ht_slice bytes, char *to, size_t most)
{
    z_stream stream = {0};
    assert_int_equal(inflateInit2(&stream, 15 + 16), Z_OK);
    stream.next_in = (Bytef *)(uintptr_t)bytes.data;
    stream.avail_in = (uInt)bytes.size;
    stream.next_out = (Bytef *)to;
    stream.avail_out = (uInt)most;
    assert_int_equal(inflate(&stream, Z_FINISH), Z_STREAM_END);
    assert_int_equal(stream.avail_in, 0);
    inflateEnd(&stream);
    return most - stream.avail_out;
}

static size_t unpack(enum export_codec codec, struct ht_slice bytes, char *to, size_t most)
{
    if (codec == EXPORT_GZIP) return gunzip(bytes, to, most);
    if (codec == EXPORT_ZSTD) return ZSTD_decompress(to, most, bytes.data, bytes.size);
    memcpy(to, bytes.data, bytes.size);
    return bytes.size;
}

static void check(enum export_codec codec, size_t size)
{
    char *bytes = malloc(SIZE), *again = malloc(SIZE);
    assert_non_null(bytes);
    assert_non_null(again);
    fill(bytes, size);
    struct ht_buffer whole = compress_in_pieces(codec, ht_slice_of(bytes, size), 0);
    assert_int_equal(unpack(codec, ht_buffer_slice(&whole), again, SIZE), size);
    assert_memory_equal(again, bytes, size);
    for (uint32_t most = 7; most < 2000000; most *= 20) {
        struct ht_buffer pieces = compress_in_pieces(codec, ht_slice_of(bytes, size), most);
        assert_true(ht_slice_equal(ht_buffer_slice(&pieces), ht_buffer_slice(&whole)));
        ht_buffer_release(&pieces);
    }
    ht_buffer_release(&whole);
    free(bytes);
    free(again);
}

static void what_goes_in_comes_out(void **state)
{
    static const enum export_codec codecs[] = {EXPORT_PLAIN, EXPORT_GZIP, EXPORT_ZSTD};
    (void)state;
    for (size_t i = 0; i < 3; i++) {
        check(codecs[i], 0);
        check(codecs[i], 1);
        check(codecs[i], SIZE);
    }
}

/* RFC 1952: no name, no time; RFC 8878: with a checksum, and a window that every reader takes. */
static void headers_are_the_same_each_time(void **state)
{
    (void)state;
    struct ht_buffer gzip = compress_in_pieces(EXPORT_GZIP, HT_SLICE("a"), 0);
    assert_memory_equal(gzip.data, "\x1f\x8b\x08\0\0\0\0\0\0\x03", 10);
    ht_buffer_release(&gzip);
    struct ht_buffer zstd = compress_in_pieces(EXPORT_ZSTD, HT_SLICE("a"), 0);
    assert_memory_equal(zstd.data, "\x28\xb5\x2f\xfd\x04\x68", 6); /* 2^(10 + 13) bytes */
    ht_buffer_release(&zstd);
}

static void extensions(void **state)
{
    (void)state;
    assert_string_equal(export_codec_extension(EXPORT_PLAIN), "");
    assert_string_equal(export_codec_extension(EXPORT_GZIP), ".gz");
    assert_string_equal(export_codec_extension(EXPORT_ZSTD), ".zst");
    export_compressor_free(NULL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_goes_in_comes_out),
        cmocka_unit_test(headers_are_the_same_each_time),
        cmocka_unit_test(extensions),
    };
    return cmocka_run_group_tests_name("compress", tests, NULL, NULL);
}
