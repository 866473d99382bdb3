#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include <cjson/cJSON.h>
#include <cmocka.h>

#include "../../query/export/ddl.h"
#include "hooktrail/export.h"

static char *text_of(const char *dialect)
{
    struct ht_buffer out = {0};
    struct ht_error err = {0};
    if (ht_export_schema(dialect, &out, &err) != HT_OK) fail_msg("%s: %s", dialect, err.detail);
    char *text = strdup(ht_buffer_text(&out));
    assert_non_null(text);
    ht_buffer_release(&out);
    return text;
}

/* The whole statement of the smallest table, in each dialect. */
static void test_statements(void **state)
{
    (void)state;
    static const struct {
        const char *dialect;
        const char *statement;
    } cases[] = {
        {"postgresql",
         "CREATE TABLE IF NOT EXISTS hooktrail.deliveries (\n"
         "    trail text NOT NULL, -- id of the trail, in hex\n"
         "    seq bigint NOT NULL, -- the event that was delivered\n"
         "    n bigint NOT NULL, -- 0 for its first delivery; of a repeated one its number among those of the trail\n"
         "    received_at timestamptz NOT NULL, -- when\n"
         "    endpoint bigint NOT NULL, -- number of the endpoint\n"
         "    sender text, -- IP address; NULL if erased\n"
         "    _changes jsonb, -- what of this row had to be mended; NULL: nothing\n"
         "    PRIMARY KEY (trail, seq, n)\n);\n"},
        {"clickhouse",
         "CREATE TABLE IF NOT EXISTS hooktrail.deliveries (\n"
         "    trail String, -- id of the trail, in hex\n"
         "    seq Int64, -- the event that was delivered\n"
         "    n Int64, -- 0 for its first delivery; of a repeated one its number among those of the trail\n"
         "    received_at DateTime64(6, 'UTC'), -- when\n"
         "    endpoint Int64, -- number of the endpoint\n"
         "    sender Nullable(String) -- IP address; NULL if erased\n"
         ") ENGINE = ReplacingMergeTree() ORDER BY (trail, seq, n);\n"},
        {"clickhouse-18", "    received_at Int64, -- when\n"},
        {"clickhouse-18", "    derived UInt8, -- the conversation was found by its opening message, not named\n"},
        {"clickhouse-18", "    updated_seq UInt64 -- the end of the run that wrote this row\n"
                          ") ENGINE = ReplacingMergeTree(updated_seq) ORDER BY (trail, lead_id);\n"},
        {"duckdb",
         "CREATE TABLE IF NOT EXISTS hooktrail.deliveries (\n"
         "    trail VARCHAR NOT NULL, -- id of the trail, in hex\n"
         "    seq BIGINT NOT NULL, -- the event that was delivered\n"
         "    n BIGINT NOT NULL, -- 0 for its first delivery; of a repeated one its number among those of the trail\n"
         "    received_at TIMESTAMPTZ NOT NULL, -- when\n"
         "    endpoint BIGINT NOT NULL, -- number of the endpoint\n"
         "    sender VARCHAR, -- IP address; NULL if erased\n"
         "    PRIMARY KEY (trail, seq, n)\n);\n"},
        {"bigquery", "    PRIMARY KEY (`trail`, `seq`, `n`) NOT ENFORCED\n);\n"},
        {"bigquery", "    `payload` JSON, -- as received, on one line; NULL if erased or lost\n"},
        {"snowflake", "    erased_at TIMESTAMP_TZ(6), -- when it was erased\n    PRIMARY KEY (trail, seq)\n);\n"},
        {"snowflake", "    payload VARIANT, -- as received, on one line; NULL if erased or lost\n"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        char *text = text_of(cases[i].dialect);
        if (!strstr(text, cases[i].statement)) fail_msg("%s lacks:\n%s", cases[i].dialect, cases[i].statement);
        free(text);
    }
}

/* Every dialect has every table with every column, in order, and the schema first. */
static void test_dialects_are_whole(void **state)
{
    (void)state;
    for (size_t n = 0; export_dialect_at(n); n++) {
        const struct export_dialect *dialect = export_dialect_at(n);
        assert_ptr_equal(export_dialect_find(ht_slice_from(dialect->name)), dialect);
        char *text = text_of(dialect->name), find[128];
        const char *at = strstr(text, "CREATE ");
        for (int id = 0; id < EXPORT_TABLE_COUNT; id++) {
            const struct export_table *table = &export_tables[id];
            snprintf(find, sizeof find, "CREATE TABLE IF NOT EXISTS hooktrail.%s (\n", table->name);
            if (!(at = strstr(at, find))) fail_msg("%s lacks %s", dialect->name, table->name);
            for (uint32_t i = 0; i < table->column_count; i++) {
                snprintf(find, sizeof find, "\n    %s%s%s ", dialect->quote, table->columns[i].name, dialect->quote);
                if (!(at = strstr(at, find))) fail_msg("%s: %s lacks%s", dialect->name, table->name, find);
            }
        }
        snprintf(find, sizeof find, "hooktrail.exports (");
        assert_int_equal(strstr(at, find) != NULL, dialect->marks);
        free(text);
    }
}

static void test_json(void **state)
{
    (void)state;
    char *text = text_of(NULL);
    cJSON *model = cJSON_Parse(text);
    assert_non_null(model);
    assert_int_equal(cJSON_GetObjectItemCaseSensitive(model, "schema_version")->valueint, EXPORT_SCHEMA_VERSION);
    const cJSON *tables = cJSON_GetObjectItemCaseSensitive(model, "tables");
    assert_int_equal(cJSON_GetArraySize(tables), EXPORT_TABLE_COUNT);
    for (int id = 0; id < EXPORT_TABLE_COUNT; id++) {
        const cJSON *table = cJSON_GetArrayItem(tables, id);
        const cJSON *columns = cJSON_GetObjectItemCaseSensitive(table, "columns");
        assert_string_equal(cJSON_GetObjectItemCaseSensitive(table, "name")->valuestring, export_tables[id].name);
        assert_int_equal(cJSON_GetArraySize(columns), export_tables[id].column_count);
    }
    assert_non_null(strstr(text,
                           "{\"name\":\"payload\",\"type\":\"json\",\"nullable\":true,\"key\":false,\"about\":\"as "
                           "received, on one line; NULL if erased or lost\"}"));
    assert_non_null(strstr(text, "{\"name\":\"messages\",\"kind\":\"whole\",\"about\":"));
    cJSON_Delete(model);
    free(text);
}

static void test_unknown_dialect(void **state)
{
    (void)state;
    struct ht_buffer out = {0};
    struct ht_error err = {0};
    assert_int_equal(ht_export_schema("oracle", &out, &err), HT_INVALID);
    assert_string_equal(err.pointer, "schema");
    assert_string_equal(err.detail,
                        "the dialects are postgresql, clickhouse, clickhouse-18, duckdb, bigquery, snowflake");
    assert_int_equal(out.size, 0);
}

/* ---- the document ---- */

static void add_file(struct ht_buffer *out, const char *path)
{
    FILE *file = fopen(path, "r");
    assert_non_null(file);
    for (int c; (c = getc(file)) != EOF;)
        ht_buffer_add_byte(out, (char)c);
    fclose(file);
}

/* docs/warehouse.md has each table with all its columns, as the model has them. */
static void test_document(void **state)
{
    (void)state;
    static const char *const types[] = {"integer", "timestamp", "boolean", "text", "json"};
    struct ht_buffer document = {0}, line = {0};
    add_file(&document, "docs/warehouse.md");
    const char *at = ht_buffer_text(&document);
    for (int id = 0; id < EXPORT_TABLE_COUNT; id++) {
        const struct export_table *table = &export_tables[id];
        ht_buffer_clear(&line);
        ht_buffer_printf(&line, "\n### %s: %s\n", table->name, table->about);
        if (!(at = strstr(at, ht_buffer_text(&line)))) fail_msg("no%s", ht_buffer_text(&line));
        for (uint32_t i = 0; i < table->column_count; i++) {
            const struct export_column *column = &table->columns[i];
            ht_buffer_clear(&line);
            ht_buffer_printf(&line, "\n| `%s`%s | %s%s | %s |\n", column->name, column->key ? " (key)" : "",
                             types[column->type], column->nullable ? ", or NULL" : "", column->about);
            if (!(at = strstr(at, ht_buffer_text(&line)))) fail_msg("%s lacks%s", table->name, ht_buffer_text(&line));
            at += line.size - 1;
        }
    }
    ht_buffer_release(&document);
    ht_buffer_release(&line);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_statements),      cmocka_unit_test(test_dialects_are_whole), cmocka_unit_test(test_json),
        cmocka_unit_test(test_unknown_dialect), cmocka_unit_test(test_document),
    };
    cmocka_set_message_output(CM_OUTPUT_TAP);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
