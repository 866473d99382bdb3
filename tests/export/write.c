/* Writes rows made by rules, of every type and with every extreme, as a file of a format: for programs that read it and
   make the same rows by the same rules (read.mjs), value for value. */
#include <stdio.h>
#include <stdlib.h>

#include "../../query/export/compress.h"
#include "../../query/export/format.h"
#include "hooktrail/encode.h"

#define COUNT(list) (sizeof(list) / sizeof *(list))
#define LONG_EVERY 5000 /* rows: then a text of 1 MiB */

enum { TRAIL, SEQ, NUMBER, MOMENT, LATER, FLAG, MAYBE, KIND, NAME, TEXT, NOTE, PAYLOAD, NOTHING, COLUMNS };

static const struct export_column columns[COLUMNS] = {
    [TRAIL] = {"trail", EXPORT_TEXT, false, true, "always the same"},
    [SEQ] = {"seq", EXPORT_INT, false, true, "1, 2, 3 …"},
    [NUMBER] = {"number", EXPORT_INT, true, false, "any, with both ends"},
    [MOMENT] = {"moment", EXPORT_TIME, false, false, "any, with both ends"},
    [LATER] = {"later", EXPORT_TIME, true, false, "the same, or NULL"},
    [FLAG] = {"flag", EXPORT_BOOL, false, false, "either"},
    [MAYBE] = {"maybe", EXPORT_BOOL, true, false, "either, or NULL"},
    [KIND] = {"kind", EXPORT_TEXT, false, false, "one of a few"},
    [NAME] = {"name", EXPORT_TEXT, true, false, "each another"},
    [TEXT] = {"text", EXPORT_TEXT, true, false, "up to 1 MiB"},
    [NOTE] = {"note", EXPORT_JSON, false, false, "one of a few"},
    [PAYLOAD] = {"payload", EXPORT_JSON, true, false, "an object"},
    [NOTHING] = {"nothing", EXPORT_TEXT, true, false, "always NULL"},
};
static const struct export_table table = {"rows", EXPORT_APPEND, false, columns, COLUMNS, "made by rules"};

/* ---- the rules: read.mjs has them too ---- */

static uint32_t dice(uint32_t seed, uint32_t row, uint32_t what)
{
    uint32_t h = seed ^ row * 0x9e3779b1U ^ what * 0x85ebca6bU;
    h = (h ^ h >> 16) * 0x85ebca6bU;
    h = (h ^ h >> 13) * 0xc2b2ae35U;
    return h ^ h >> 16;
}

static int64_t number_of(uint32_t first, uint32_t second)
{
    static const int64_t ends[] = {INT64_MIN, INT64_MAX, 0, -1, INT64_C(9007199254740993)};
    if (first % 8 < COUNT(ends)) return ends[first % 8];
    return (int64_t)((uint64_t)first << 32 | second);
}

static int64_t time_of(uint32_t first, uint32_t second)
{
    static const int64_t ends[] = {-1, INT64_C(-62135596800000000), INT64_C(253402300799999999), 0};
    if (first % 16 < COUNT(ends)) return ends[first % 16];
    return INT64_C(1763990400000000) + first % 1000000000U * INT64_C(1000) + second % 1000;
}

static struct ht_slice kind_of(uint32_t first)
{
    static const struct ht_slice kinds[] = {
        {"", 0},
        {"new-contact", 11},
        {"a,b\"c\r\n\"\"d\ne", 12},
        {"nul\0inside\0", 11},
        {"=1+1", 4},
        {" x ", 3},
        {"party \U0001f389", 10},
        {"NULL", 4},
        {"\\N", 2},
        {"\u2028\u00e4\x7f\x01", 7},
        {"\\.", 2},
    };
    return kinds[first % COUNT(kinds)];
}

static struct ht_slice note_of(uint32_t first)
{
    static const struct ht_slice notes[] = {
        HT_SLICE("[]"),
        HT_SLICE("[\"a\\u0000b\",1.5]"),
        HT_SLICE("{\"a\":{\"b\":[true,false,\"\\\"\"]}}"),
        HT_SLICE("\"=\\n\""),
        HT_SLICE("-7"),
    };
    return notes[first % COUNT(notes)];
}

/* As many words as `first` says, or 1 MiB of them. */
static void add_text(struct ht_buffer *out, uint32_t row, uint32_t first)
{
    size_t size = row % LONG_EVERY == LONG_EVERY - 1 ? (size_t)1 << 20 : first % 1500;
    for (uint32_t i = 0; out->size < size; i++)
        ht_buffer_printf(out, "%u \u00fc\u4e2d, ", dice(first, i, 99));
}

static void add_payload(struct ht_buffer *out, uint32_t row, uint32_t first)
{
    ht_buffer_printf(out, "{\"row\":%u,\"list\":[", row);
    for (uint32_t i = 0; i < first % 100; i++)
        ht_buffer_printf(out, "%s\"w%u\"", i > 0 ? "," : "", dice(first, i, 98) % 10000);
    ht_buffer_add_text(out, "]}");
}

struct memory {
    struct ht_buffer name, text, payload;
};

static void make_row(uint32_t seed, uint32_t row, struct memory *memory, struct export_value values[COLUMNS])
{
    uint32_t first[COLUMNS], second[COLUMNS];
    for (uint32_t i = 0; i < COLUMNS; i++) {
        first[i] = dice(seed, row, 2 * i);
        second[i] = dice(seed, row, 2 * i + 1);
        values[i] = (struct export_value){.present = !columns[i].nullable || second[i] % 5 != 0};
    }
    values[TRAIL].text = HT_SLICE("00112233445566778899aabbccddeeff");
    values[SEQ].number = (int64_t)row + 1;
    values[NUMBER].number = number_of(first[NUMBER], second[NUMBER]);
    values[MOMENT].number = time_of(first[MOMENT], second[MOMENT]);
    values[LATER].number = time_of(first[LATER], second[LATER]);
    values[FLAG].number = first[FLAG] % 2;
    values[MAYBE].number = first[MAYBE] % 2;
    values[KIND].text = kind_of(first[KIND]);
    ht_buffer_printf(&memory->name, "%08x-%08x", first[NAME], second[NAME]);
    values[NAME].text = ht_buffer_slice(&memory->name);
    add_text(&memory->text, row, first[TEXT]);
    values[TEXT].text = ht_buffer_slice(&memory->text);
    values[NOTE].text = note_of(first[NOTE]);
    add_payload(&memory->payload, row, first[PAYLOAD]);
    values[PAYLOAD].text = ht_buffer_slice(&memory->payload);
    values[NOTHING].present = false;
}

/* ---- writing ---- */

struct file {
    const struct export_format *format;
    struct export_encoder *encoder;
    struct export_compressor *compressor;
    struct ht_buffer made, out;
};

static enum ht_status send_on(struct file *file, bool end, struct ht_error *err)
{
    enum ht_status status = export_compressor_add(file->compressor, ht_buffer_slice(&file->made), &file->out, err);
    if (status == HT_OK && end) status = export_compressor_end(file->compressor, &file->out, err);
    if (status != HT_OK) return status;
    if (fwrite(file->out.data, 1, file->out.size, stdout) != file->out.size)
        return ht_fail(err, HT_IO, "can't write to stdout");
    ht_buffer_clear(&file->made);
    ht_buffer_clear(&file->out);
    return HT_OK;
}

static enum ht_status write_rows(struct file *file, uint32_t rows, uint32_t seed, struct ht_error *err)
{
    struct memory memory = {0};
    struct export_value values[COLUMNS];
    enum ht_status status = HT_OK;
    for (uint32_t row = 0; row < rows && status == HT_OK; row++) {
        ht_buffer_clear(&memory.name);
        ht_buffer_clear(&memory.text);
        ht_buffer_clear(&memory.payload);
        make_row(seed, row, &memory, values);
        status = file->format->add(file->encoder, &(struct export_row){values, row + 1, 0}, &file->made, err);
        if (status == HT_OK) status = send_on(file, false, err);
    }
    ht_buffer_release(&memory.name);
    ht_buffer_release(&memory.text);
    ht_buffer_release(&memory.payload);
    return status;
}

static enum ht_status write_file(struct file *file, const struct export_format_options *options, uint32_t rows,
                                 uint32_t seed, struct ht_error *err)
{
    enum ht_status status = file->format->begin(options, &table, &file->made, &file->encoder, err);
    if (status == HT_OK)
        status =
            export_compressor_new(file->format->compresses ? EXPORT_PLAIN : options->codec, &file->compressor, err);
    if (status == HT_OK) status = write_rows(file, rows, seed, err);
    if (status == HT_OK) status = file->format->end(file->encoder, &file->made, err);
    if (status == HT_OK) status = send_on(file, true, err);
    file->format->free(file->encoder);
    export_compressor_free(file->compressor);
    ht_buffer_release(&file->made);
    ht_buffer_release(&file->out);
    return status;
}

static bool parse(int argc, char **argv, struct file *file, struct export_format_options *options, uint64_t numbers[2])
{
    static const char *const codecs[] = {
        [EXPORT_PLAIN] = "plain", [EXPORT_GZIP] = "gzip", [EXPORT_ZSTD] = "zstd", [EXPORT_SNAPPY] = "snappy"};
    size_t codec = 0;
    if (argc != 5 || !(file->format = export_format_find(argv[1]))) return false;
    while (codec < COUNT(codecs) && strcmp(codecs[codec], argv[2]) != 0)
        codec++;
    options->codec = (enum export_codec)codec;
    for (int i = 0; i < 2; i++) {
        if (ht_parse_u64(ht_slice_from(argv[3 + i]), &numbers[i]) != HT_OK || numbers[i] > UINT32_MAX) return false;
    }
    return codec < COUNT(codecs) && (file->format->compresses || options->codec != EXPORT_SNAPPY);
}

int main(int argc, char **argv)
{
    struct file file = {0};
    struct export_format_options options = {0};
    struct ht_error err = {0};
    uint64_t numbers[2];
    if (!parse(argc, argv, &file, &options, numbers)) {
        fputs("usage: write parquet|ndjson|csv plain|gzip|zstd|snappy ROWS SEED > FILE\n", stderr);
        return 2;
    }
    if (write_file(&file, &options, (uint32_t)numbers[0], (uint32_t)numbers[1], &err) != HT_OK || fflush(stdout) != 0) {
        fprintf(stderr, "write: %s\n", err.detail);
        return 1;
    }
    return 0;
}
