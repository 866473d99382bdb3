/* NDJSON and CSV: exact bytes; formats are found by name. */
#include "export_support.h"

static const struct export_column columns[] = {
    {"i", EXPORT_INT, true, false, ""},  {"t", EXPORT_TIME, true, false, ""}, {"b", EXPORT_BOOL, true, false, ""},
    {"s", EXPORT_TEXT, true, false, ""}, {"j", EXPORT_JSON, true, false, ""},
};
static const struct export_table table = {"t", EXPORT_APPEND, false, columns, 5, ""};

/* The file of these rows; release it. */
static struct ht_buffer encode(const struct export_format *format, bool for_spreadsheets,
                               const struct export_value (*rows)[5], size_t count)
{
    struct export_format_options options = {.for_spreadsheets = for_spreadsheets};
    struct export_encoder *encoder = NULL;
    struct ht_buffer out = {0};
    assert_done(format->begin(&options, &table, &out, &encoder, err));
    for (size_t i = 0; i < count; i++)
        assert_done(format->add(encoder, &(struct export_row){rows[i], i + 1, 0}, &out, err));
    assert_done(format->end(encoder, &out, err));
    format->free(encoder);
    return out;
}

static void check_ndjson(const struct export_value (*rows)[5], size_t count, const char *wanted)
{
    struct ht_buffer out = encode(&export_ndjson, true, rows, count);
    assert_string_equal(ht_buffer_text(&out), wanted);
    ht_buffer_release(&out);
}

static void ndjson(void **state)
{
    const struct export_value rows[][5] = {
        {support_number(INT64_MIN), support_number(-1), support_number(1), TEXT("=\"\\\n\0\xc3\xa4"),
         TEXT("{\"a\":[1,\"\\u0000\"]}")},
        {support_number(7), support_number(1763990400123456), support_number(0), TEXT(""), TEXT("-5")},
        {support_null, support_null, support_null, support_null, support_null},
    };
    (void)state;
    check_ndjson(rows, 3,
                 "{\"i\":-9223372036854775808,\"t\":\"1969-12-31T23:59:59.999999Z\",\"b\":true,"
                 "\"s\":\"=\\\"\\\\\\n\\u0000\xc3\xa4\",\"j\":{\"a\":[1,\"\\u0000\"]}}\n"
                 "{\"i\":7,\"t\":\"2025-11-24T13:20:00.123456Z\",\"b\":false,\"s\":\"\",\"j\":-5}\n"
                 "{\"i\":null,\"t\":null,\"b\":null,\"s\":null,\"j\":null}\n");
    check_ndjson(rows, 0, "");
}

static void check_csv(const struct export_value (*rows)[5], size_t count, const char *wanted)
{
    struct ht_buffer out = encode(&export_csv, false, rows, count);
    assert_string_equal(ht_buffer_text(&out), wanted);
    ht_buffer_release(&out);
}

static void csv(void **state)
{
    const struct export_value rows[][5] = {
        {support_number(INT64_MAX), support_number(0), support_number(1), TEXT("=a,\"b\"\r\nc"),
         TEXT("{\"a\":\"\\\"\"}")},
        {support_number(-7), support_null, support_number(0), TEXT(""), TEXT("\"\"")},
        {support_null, support_null, support_null, support_null, support_null},
        {support_null, support_null, support_null, TEXT("\0nul\"\0\""), TEXT("-5")},
    };
    (void)state;
    check_csv(
        rows, 4,
        "i,t,b,s,j\r\n"
        "9223372036854775807,1970-01-01T00:00:00.000Z,true,\"=a,\"\"b\"\"\r\nc\",\"{\"\"a\"\":\"\"\\\"\"\"\"}\"\r\n"
        "-7,,false,\"\",\"\"\"\"\"\"\r\n"
        ",,,,\r\n"
        ",,,\"\xef\xbf\xbdnul\"\"\xef\xbf\xbd\"\"\",\"-5\"\r\n");
    check_csv(rows, 0, "i,t,b,s,j\r\n");
}

static void csv_for_spreadsheets(void **state)
{
    static const char *const guarded[] = {"=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "\n=1", "\xef\xbc\x9d", "="};
    static const char *const safe[] = {"", "a=1", "'=1", " =1", "\xef\xbc\xa1", "\xef"};
    (void)state;
    for (size_t i = 0; i < sizeof guarded / sizeof *guarded + sizeof safe / sizeof *safe; i++) {
        bool is_guarded = i < sizeof guarded / sizeof *guarded;
        const char *text = is_guarded ? guarded[i] : safe[i - sizeof guarded / sizeof *guarded];
        const struct export_value row[][5] = {
            {support_number(-1), support_null, support_null, support_text(text, strlen(text)), TEXT("-5")}};
        char wanted[64];
        snprintf(wanted, sizeof wanted, "i,t,b,s,j\r\n-1,,,\"%s%s\",\"-5\"\r\n", is_guarded ? "'" : "", text);
        struct ht_buffer out = encode(&export_csv, true, row, 1);
        assert_string_equal(ht_buffer_text(&out), wanted);
        ht_buffer_release(&out);
    }
}

static void formats_are_found_by_name(void **state)
{
    (void)state;
    assert_ptr_equal(export_format_find("parquet"), &export_parquet);
    assert_ptr_equal(export_format_find("ndjson"), &export_ndjson);
    assert_ptr_equal(export_format_find("csv"), &export_csv);
    assert_null(export_format_find("CSV"));
    assert_null(export_format_find(""));
    assert_true(export_parquet.compresses && !export_ndjson.compresses && !export_csv.compresses);
    assert_string_equal(export_csv.extension, ".csv");
    export_ndjson.free(NULL);
    export_csv.free(NULL);
    export_parquet.free(NULL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(ndjson),
        cmocka_unit_test(csv),
        cmocka_unit_test(csv_for_spreadsheets),
        cmocka_unit_test(formats_are_found_by_name),
    };
    return cmocka_run_group_tests_name("formats", tests, NULL, NULL);
}
