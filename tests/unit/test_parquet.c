/* Parquet: exact bytes of small chunks and of an empty file; how dictionaries are given up; what is held is bounded.
   What other programs make of whole files is tests/system/formats.t's affair. */
#include "export_support.h"

#include "../../query/export/parquet_column.h"
#include "random.h"

/* ---- a chunk ---- */

struct chunk {
    struct parquet_column column;
    struct parquet_pager pager;
    size_t size;
    struct ht_buffer out, meta;
    uint64_t uncompressed;
};

static void begin_chunk(struct chunk *chunk, const struct export_column *about, enum export_codec codec)
{
    *chunk = (struct chunk){.size = 0};
    assert_done(parquet_codec_new(codec, &chunk->pager.codec, err));
    assert_done(parquet_column_init(&chunk->column, about, err));
}

static void add_value(struct chunk *chunk, struct export_value value)
{
    assert_done(parquet_column_add(&chunk->column, &value, &chunk->pager, &chunk->size, err));
}

/* As if 1,000 bytes of the file were before it. */
static void end_chunk(struct chunk *chunk)
{
    struct thrift meta;
    thrift_begin(&meta, &chunk->meta);
    assert_done(parquet_column_end(&chunk->column, &chunk->pager, 1000, &chunk->out, &meta, &chunk->uncompressed, err));
}

static void release_chunk(struct chunk *chunk)
{
    parquet_column_release(&chunk->column);
    parquet_pager_release(&chunk->pager);
    ht_buffer_release(&chunk->out);
    ht_buffer_release(&chunk->meta);
}

/* Header: data page, 8 bytes, 8 bytes, (11 values, PLAIN, RLE, RLE); then the length of the levels, two groups of them,
   and nine bits. */
static void bools_are_bits(void **state)
{
    static const struct export_column about = {"b", EXPORT_BOOL, true, false, ""};
    struct chunk chunk;
    (void)state;
    begin_chunk(&chunk, &about, EXPORT_PLAIN);
    for (int i = 0; i < 11; i++) /* NULL, true, true, false … */
        add_value(&chunk, i == 0 || i == 10 ? support_null : support_number(i % 3 != 0));
    end_chunk(&chunk);
    assert_bytes(&chunk.out, "\x15\x00\x15\x12\x15\x12\x2c\x15\x16\x15\x00\x15\x06\x15\x06\x00\x00"
                             "\x03\x00\x00\x00\x05\xfe\x03"
                             "\xdb\x00");
    assert_int_equal(chunk.uncompressed, chunk.out.size);
    release_chunk(&chunk);
}

/* Dictionary page: 10 bytes, 2 values; data page: width 1, one group 0 1 0. The metadata says where both are, and the
   bounds. */
static void few_values_make_a_dictionary(void **state)
{
    static const struct export_column about = {"s", EXPORT_TEXT, false, false, ""};
    struct chunk chunk;
    (void)state;
    begin_chunk(&chunk, &about, EXPORT_PLAIN);
    add_value(&chunk, TEXT("b"));
    add_value(&chunk, TEXT("a"));
    add_value(&chunk, TEXT("b"));
    end_chunk(&chunk);
    assert_bytes(&chunk.out, "\x15\x04\x15\x14\x15\x14\x4c\x15\x04\x15\x00\x00\x00\x01\0\0\0b\x01\0\0\0a"
                             "\x15\x00\x15\x06\x15\x06\x2c\x15\x06\x15\x10\x15\x06\x15\x06\x00\x00\x01\x03\x02");
    assert_bytes(&chunk.meta, "\x26\x00\x1c\x15\x0c\x19\x35\x00\x06\x10\x19\x18\x01s\x15\x00\x16\x06\x16\x56\x16\x56"
                              "\x26\xfe\x0f\x26\xd0\x0f\x1c\x36\x00\x28\x01"
                              "b\x18\x01"
                              "a\x00\x00\x00");
    release_chunk(&chunk);
}

static void numbers_are_little_endian(void **state)
{
    static const struct export_column about = {"n", EXPORT_INT, false, false, ""};
    struct chunk chunk;
    (void)state;
    begin_chunk(&chunk, &about, EXPORT_PLAIN);
    add_value(&chunk, support_number(INT64_MIN));
    add_value(&chunk, support_number(-2));
    end_chunk(&chunk);
    assert_memory_equal(chunk.out.data + chunk.out.size - 20 - 16, "\0\0\0\0\0\0\0\x80\xfe\xff\xff\xff\xff\xff\xff\xff",
                        16);
    release_chunk(&chunk);
}

/* More than a page of NULL and nothing else: no dictionary, for there is nothing in it. */
static void nothing_but_null(void **state)
{
    static const struct export_column about = {"s", EXPORT_TEXT, true, false, ""};
    struct chunk chunk;
    (void)state;
    begin_chunk(&chunk, &about, EXPORT_PLAIN);
    for (uint32_t i = 0; i < PARQUET_PAGE_ROWS + 8; i++)
        add_value(&chunk, support_null);
    assert_int_equal(chunk.column.dictionary_pages, 0);
    assert_int_equal(chunk.column.nulls, PARQUET_PAGE_ROWS + 8);
    end_chunk(&chunk);
    assert_bytes(&chunk.out, "\x15\x00\x15\x10\x15\x10\x2c\x15\x80\x80\x02\x15\x00\x15\x06\x15\x06\x00\x00"
                             "\x04\0\0\0\x80\x80\x02\x00"
                             "\x15\x00\x15\x0c\x15\x0c\x2c\x15\x10\x15\x00\x15\x06\x15\x06\x00\x00"
                             "\x02\0\0\0\x10\x00");
    assert_int_equal(chunk.size, 0);
    release_chunk(&chunk);
}

/* Values that don't repeat: within the first page the dictionary is gone as if there had been none. */
static void a_dictionary_is_given_up_without_a_trace(void **state)
{
    static const struct export_column about = {"n", EXPORT_INT, false, false, ""};
    struct chunk chunk;
    (void)state;
    begin_chunk(&chunk, &about, EXPORT_PLAIN);
    for (int64_t i = 0; i < PARQUET_PAGE_ROWS; i++)
        add_value(&chunk, support_number(i));
    assert_false(chunk.column.by_dictionary);
    assert_int_equal(chunk.column.dictionary_pages, 0);
    end_chunk(&chunk);
    int64_t first_and_last[2];
    memcpy(&first_and_last[0], chunk.out.data + chunk.out.size - 8 * PARQUET_PAGE_ROWS, 8);
    memcpy(&first_and_last[1], chunk.out.data + chunk.out.size - 8, 8);
    assert_true(first_and_last[0] == 0 && first_and_last[1] == PARQUET_PAGE_ROWS - 1);
    assert_true(chunk.column.by_dictionary); /* the next row group tries again */
    release_chunk(&chunk);
}

/* Given up later, the pages before keep it. */
static void pages_before_keep_the_dictionary(void **state)
{
    static const struct export_column about = {"s", EXPORT_TEXT, false, false, ""};
    struct chunk chunk;
    char text[DICTIONARY_LONGEST + 1];
    (void)state;
    memset(text, 'z', sizeof text);
    begin_chunk(&chunk, &about, EXPORT_PLAIN);
    for (uint32_t i = 0; i < PARQUET_PAGE_ROWS + 2; i++)
        add_value(&chunk, i % 2 ? TEXT("x") : TEXT("y"));
    add_value(&chunk, support_text(text, sizeof text));
    assert_false(chunk.column.by_dictionary);
    assert_int_equal(chunk.column.dictionary_pages, 1);
    assert_int_equal(chunk.column.values.size, PARQUET_LEVELS_ROOM + 5 + 5 + 4 + sizeof text);
    assert_memory_equal(chunk.column.values.data + PARQUET_LEVELS_ROOM, "\1\0\0\0y\1\0\0\0x\1\1\0\0zzz", 17);
    end_chunk(&chunk);
    assert_memory_equal(chunk.out.data, "\x15\x04\x15\x14\x15\x14\x4c\x15\x04\x15\x00\x00\x00\x01\0\0\0y\x01\0\0\0x",
                        23);
    release_chunk(&chunk);
}

static void too_long_a_value_is_refused(void **state)
{
    static const struct export_column about = {"s", EXPORT_TEXT, false, false, ""};
    struct export_value value = support_text("x", PARQUET_LONGEST_VALUE + 1);
    struct ht_error error = {0};
    struct chunk chunk;
    (void)state;
    begin_chunk(&chunk, &about, EXPORT_ZSTD);
    assert_int_equal(parquet_column_add(&chunk.column, &value, &chunk.pager, &chunk.size, &error), HT_TOO_LARGE);
    assert_string_equal(error.pointer, "s");
    release_chunk(&chunk);
}

/* ---- a file ---- */

static const struct export_column columns[] = {{"s", EXPORT_TEXT, true, false, ""},
                                               {"n", EXPORT_TIME, false, false, ""}};
static const struct export_table table = {"t", EXPORT_APPEND, false, columns, 2, ""};

static struct export_encoder *begin_file(enum export_codec codec, struct ht_buffer *out)
{
    struct export_format_options options = {.codec = codec};
    struct export_encoder *encoder = NULL;
    assert_done(export_parquet.begin(&options, &table, out, &encoder, err));
    return encoder;
}

static void an_empty_file_is_one(void **state)
{
    struct ht_buffer out = {0}, wanted = {0};
    struct export_encoder *encoder = begin_file(EXPORT_ZSTD, &out);
    (void)state;
    assert_done(export_parquet.end(encoder, &out, err));
    export_parquet.free(encoder);
    ht_buffer_add(&wanted, HT_SLICE("PAR1\x15\x04\x19\x3c\x48\x01t\x15\x04\x00"             /* root */
                                    "\x15\x0c\x25\x02\x18\x01s\x25\x00\x4c\x1c\x00\x00\x00" /* STRING, UTF8 */
                                    "\x15\x04\x25\x00\x18\x01n\x25\x14\x4c\x8c\x11\x1c\x2c\x00\x00\x00\x00\x00" /* µs */
                                    "\x16\x00\x19\x0c\x19\x2c"
                                    "\x18\x18hooktrail.schema_version\x18\x01"
                                    "1\x00\x18\x0fhooktrail.table\x18\x01t\x00\x18"));
    ht_buffer_printf(&wanted, "%chooktrail version %s", (char)(18 + strlen(ht_version())), ht_version());
    ht_buffer_add(&wanted, HT_SLICE("\x19\x2c\x1c\x00\x00\x1c\x00\x00\x00")); /* orders */
    uint32_t size = (uint32_t)wanted.size - 4;
    ht_buffer_add_bytes(&wanted, &size, 4);
    ht_buffer_add_text(&wanted, "PAR1");
    assert_int_equal(out.size, wanted.size);
    assert_memory_equal(out.data, wanted.data, wanted.size);
    ht_buffer_release(&out);
    ht_buffer_release(&wanted);
}

/* Adds a row of a text that no codec makes smaller, up to a MiB. */
static size_t add_noise(struct export_encoder *encoder, struct random *random, char *noise, struct ht_buffer *out)
{
    size_t size = random_below(random, 1U << 20);
    for (size_t i = 0; i + 8 <= size; i += 8) {
        uint64_t word = random_next(random);
        memcpy(noise + i, &word, 8);
    }
    const struct export_value values[] = {support_text(noise, size), support_number((int64_t)size)};
    assert_done(export_parquet.add(encoder, &(struct export_row){values, 1, 0}, out, err));
    return size;
}

static void what_is_held_is_bounded(void **state)
{
    struct random random = {1};
    struct ht_buffer out = {0};
    struct export_encoder *encoder = begin_file(EXPORT_SNAPPY, &out);
    char *noise = malloc((size_t)1 << 20);
    size_t given = 0, written = 0;
    (void)state;
    assert_non_null(noise);
    for (int i = 0; i < 200; i++) {
        given += add_noise(encoder, &random, noise, &out);
        written += out.size;
        ht_buffer_clear(&out); /* as who writes it away does */
        assert_true(given < written + ((size_t)33 << 20));
    }
    assert_done(export_parquet.end(encoder, &out, err));
    assert_true(given < written + out.size);
    export_parquet.free(encoder);
    ht_buffer_release(&out);
    free(noise);
}

/* However often its output is taken away, and whatever was compressed before. */
static void same_rows_same_bytes(void **state)
{
    static const enum export_codec codecs[] = {EXPORT_PLAIN, EXPORT_GZIP, EXPORT_ZSTD, EXPORT_SNAPPY};
    (void)state;
    for (size_t i = 0; i < 4; i++) {
        struct ht_buffer whole[2] = {{0}, {0}};
        for (int way = 0; way < 2; way++) {
            struct ht_buffer out = {0};
            struct export_encoder *encoder = begin_file(codecs[i], &out);
            for (int64_t row = 0; row < 200000; row++) {
                char text[300];
                int size = snprintf(text, sizeof text, "%0*d", 1 + (int)(row % 290), (int)row);
                const struct export_value values[] = {support_text(text, (size_t)size), support_number(row / 9)};
                assert_done(export_parquet.add(encoder, &(struct export_row){values, 1, 0}, &out, err));
                if (way == 0) continue;
                ht_buffer_add(&whole[way], ht_buffer_slice(&out));
                ht_buffer_clear(&out);
            }
            assert_done(export_parquet.end(encoder, &out, err));
            ht_buffer_add(&whole[way], ht_buffer_slice(&out));
            export_parquet.free(encoder);
            ht_buffer_release(&out);
        }
        assert_true(ht_slice_equal(ht_buffer_slice(&whole[0]), ht_buffer_slice(&whole[1])));
        ht_buffer_release(&whole[0]);
        ht_buffer_release(&whole[1]);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(bools_are_bits),
        cmocka_unit_test(few_values_make_a_dictionary),
        cmocka_unit_test(numbers_are_little_endian),
        cmocka_unit_test(nothing_but_null),
        cmocka_unit_test(a_dictionary_is_given_up_without_a_trace),
        cmocka_unit_test(pages_before_keep_the_dictionary),
        cmocka_unit_test(too_long_a_value_is_refused),
        cmocka_unit_test(an_empty_file_is_one),
        cmocka_unit_test(what_is_held_is_bounded),
        cmocka_unit_test(same_rows_same_bytes),
    };
    return cmocka_run_group_tests_name("parquet", tests, NULL, NULL);
}
