/* Rows of an export that are made of documents: leads, their changes, messages; as NDJSON, taken apart again. */
#include "scratch.h"

#include <fcntl.h>
#include <sys/stat.h>

#include "../../query/export/source.h"
#include "hooktrail/export.h"
#include "hooktrail/json.h"

struct bench {
    struct scratch scratch;
    struct ht_appender *appender;
    struct ht_buffer text; /* of the file read last */
    struct ht_json *json;
    char to[128];
};

static int set_up(void **state)
{
    struct bench *bench = calloc(1, sizeof *bench);
    assert_non_null(bench);
    scratch_make(&bench->scratch);
    assert_ok(ht_appender_new(bench->scratch.store, &bench->appender, &scratch_error));
    snprintf(bench->to, sizeof bench->to, "%s-out", bench->scratch.dir);
    bench->json = ht_json_new();
    assert_non_null(bench->json);
    *state = bench;
    return 0;
}

static int tear_down(void **state)
{
    struct bench *bench = *state;
    ht_json_free(bench->json);
    ht_buffer_release(&bench->text);
    ht_appender_free(bench->appender);
    nftw(bench->to, scratch_remove_one, 16, FTW_DEPTH | FTW_PHYS);
    scratch_drop(&bench->scratch);
    free(bench);
    return 0;
}

static void append(struct bench *bench, struct ht_buffer *payload)
{
    assert_ok(ht_buffer_status(payload, &scratch_error));
    scratch_append(bench->appender, ht_buffer_text(payload), SCRATCH_NOW, NULL);
    ht_buffer_clear(payload);
}

static void export_all(struct bench *bench, const char *name)
{
    struct ht_export_result result;
    struct ht_export_options options = {
        .to = bench->to, .format = "ndjson", .name = name, .since = HT_TIME_NONE, .until = INT64_MAX};
    assert_ok(ht_export_run(bench->scratch.store, &options, SCRATCH_NOW, NULL, NULL, &result, &scratch_error));
}

/* The only file that run `run` has of the table. */
static struct ht_slice rows(struct bench *bench, const char *table, int run)
{
    char path[256];
    struct stat stat;
    snprintf(path, sizeof path, "%s/%s/run=%012d/%s-0001.ndjson", bench->to, table, run, table);
    int fd = open(path, O_RDONLY);
    assert_true(fd >= 0 && fstat(fd, &stat) == 0);
    ht_buffer_clear(&bench->text);
    char *to = ht_buffer_reserve(&bench->text, (size_t)stat.st_size);
    assert_non_null(to);
    assert_int_equal(read(fd, to, (size_t)stat.st_size), stat.st_size);
    bench->text.size = (size_t)stat.st_size;
    close(fd);
    return ht_buffer_slice(&bench->text);
}

static size_t count_lines(struct ht_slice text)
{
    size_t count = 0;
    for (size_t i = 0; i < text.size; i++)
        count += text.data[i] == '\n';
    return count;
}

static bool has(struct ht_slice text, const char *part)
{
    return memmem(text.data, text.size, part, strlen(part)) != NULL;
}

/* ---- more than one payload may hold ---- */

/* {"lead":{"id":"L","attributes":{FIELD:[VALUE, …]}}}: two thirds of the values that a payload may have. */
static void append_many_values(struct bench *bench, const char *field, char value)
{
    struct ht_buffer payload = {0};
    ht_buffer_printf(&payload, "{\"type\":\"new-contact\",\"lead\":{\"id\":\"L\",\"attributes\":{\"%s\":[%c", field,
                     value);
    for (uint32_t i = 0; i < HT_JSON_MAX_NODES / 3 * 2; i++)
        ht_buffer_printf(&payload, ",%c", value);
    ht_buffer_add_text(&payload, "]}}}");
    append(bench, &payload);
    ht_buffer_release(&payload);
}

static void a_lead_may_hold_more_values_than_one_payload(void **state)
{
    struct bench *bench = *state;
    append_many_values(bench, "a", '0');
    append_many_values(bench, "b", '0');
    append_many_values(bench, "a", '1'); /* from and to hold as many together */
    export_all(bench, NULL);
    struct ht_slice leads = rows(bench, "leads", 1);
    assert_int_equal(count_lines(leads), 1);
    assert_true(has(leads, "\"b\":[0,0,"));
    assert_true(has(leads, "\"conversation_ids\":[],\"first_at\":\"2025-11-24T13:20:00.000Z\",\"last_at\":\""));
    assert_true(has(leads, "\"first_seq\":1,\"last_seq\":3,\"events\":3,"));
    struct ht_slice changes = rows(bench, "lead_changes", 1);
    assert_int_equal(count_lines(changes), 3);
    assert_true(has(changes, "\"seq\":3,\"field\":\"attributes.a\",\"changed_at\":\"2025-11-24T13:20:00.000Z\","
                             "\"old_value\":[0,0,"));
    assert_true(has(changes, "],\"new_value\":[1,1,"));
}

/* ---- more changes than a history shows ---- */

static void append_note(struct bench *bench, int n, size_t size)
{
    struct ht_buffer payload = {0};
    ht_buffer_printf(&payload, "{\"type\":\"new-contact\",\"lead\":{\"id\":\"L\",\"notes\":\"%d ", n);
    for (size_t i = 0; i < size; i++)
        ht_buffer_add_byte(&payload, (char)('a' + i % 26));
    ht_buffer_add_text(&payload, "\"}}");
    append(bench, &payload);
    ht_buffer_release(&payload);
}

static void every_change_is_told(void **state)
{
    struct bench *bench = *state;
    for (int n = 1; n <= 150; n++)
        append_note(bench, n, 40000);
    export_all(bench, "n");
    struct ht_slice changes = rows(bench, "lead_changes", 1);
    assert_int_equal(count_lines(changes), 150);
    assert_true(has(changes, "\"new_value\":\"150 abc"));
    append_note(bench, 151, 1);
    export_all(bench, "n");
    changes = rows(bench, "lead_changes", 2);
    assert_int_equal(count_lines(changes), 1);
    assert_true(has(changes, "\"seq\":151,\"field\":\"notes\","));
    assert_true(has(changes, "\"old_value\":\"150 abc"));
    assert_true(has(changes, "\"new_value\":\"151 a\""));
}

/* ---- strings with escapes ---- */

/* All of them are decoded, and the row's text stays where it is meanwhile. */
static void each_string_of_a_message_is_its_own(void **state)
{
    struct bench *bench = *state;
    struct ht_buffer payload = {0}, wanted = {0};
    ht_buffer_add_text(&payload, "{\"type\":\"new-session\",\"conversation_id\":\"c\",\"messages\":[{\"id\":\"");
    for (int i = 0; i < 199; i++)
        ht_buffer_add_byte(&payload, 'x'), ht_buffer_add_byte(&wanted, 'x');
    ht_buffer_add_text(&payload, "\\\"\",\"role\":\"us\\u0065r\\n\",\"content\":\"");
    ht_buffer_add_text(&wanted, "\\\"\",\"digest\":\"");
    for (int i = 0; i < 7840; i++)
        ht_buffer_add_byte(&payload, 'y');
    ht_buffer_add_text(&payload, "\\n\"}]}");
    append(bench, &payload);
    export_all(bench, NULL);
    struct ht_slice messages = rows(bench, "messages", 1);
    assert_true(has(messages, ht_buffer_text(&wanted)));
    assert_true(has(messages, "\"role\":\"user\\n\",\"content\":\"yyyy"));
    assert_true(has(messages, "yyyy\\n\",\"created_at\":"));
    ht_buffer_release(&payload);
    ht_buffer_release(&wanted);
}

/* ---- more messages than a timeline takes ---- */

static void append_messages(struct bench *bench, int first, int count)
{
    struct ht_buffer payload = {0};
    ht_buffer_add_text(&payload, "{\"type\":\"session-active\",\"conversation_id\":\"huge\",\"messages\":[");
    for (int i = first; i < first + count; i++)
        ht_buffer_printf(&payload, "%s{\"content\":%d}", i > first ? "," : "", i);
    ht_buffer_add_text(&payload, "]}");
    append(bench, &payload);
    ht_buffer_release(&payload);
}

static void a_huge_conversation_does_not_stop_the_others(void **state)
{
    struct bench *bench = *state;
    struct ht_buffer payload = {0};
    struct ht_export_result result;
    struct ht_export_options options = {.to = bench->to,
                                        .format = "ndjson",
                                        .tables = "conversations,messages",
                                        .since = HT_TIME_NONE,
                                        .until = INT64_MAX};
    const int most = 43000; /* three nodes each */
    for (int made = 0; made <= 1000000; made += most)
        append_messages(bench, made, most);
    ht_buffer_add_text(&payload,
                       "{\"type\":\"new-session\",\"conversation_id\":\"c\",\"messages\":[{\"content\":\"x\"}]}");
    append(bench, &payload);
    ht_buffer_release(&payload);
    assert_ok(ht_export_run(bench->scratch.store, &options, SCRATCH_NOW, NULL, NULL, &result, &scratch_error));
    assert_int_equal(result.left_out, 1);
    assert_string_equal(result.left_out_id, "huge");
    assert_int_equal(count_lines(rows(bench, "messages", 1)), 1);
    assert_int_equal(count_lines(rows(bench, "conversations", 1)), 2);
}

/* ---- what no target takes ---- */

static enum ht_status refuse(struct export_target *target, const struct export_row *row, struct ht_error *err)
{
    (void)target, (void)row, (void)err;
    fail_msg("the row got as far as the target");
    return HT_OK;
}

static void an_absent_value_where_there_must_be_one_is_an_error(void **state)
{
    static const struct export_target_ops ops = {.add = refuse};
    struct export_target target = {.ops = &ops};
    const struct export_run run = {.trail = "00"};
    struct export_source source;
    struct ht_error err = {0};
    (void)state;
    assert_ok(export_source_init(&source, NULL, &run, &target, &scratch_error));
    source.table = &export_tables[EXPORT_AGENTS];
    export_cells_begin(&source);
    export_cell_text(&source, HT_SLICE("agent-7"));
    export_cell_text(&source, HT_ABSENT);
    export_cell_time(&source, HT_TIME_NONE);
    export_cell_time(&source, SCRATCH_NOW);
    for (int i = 0; i < 4; i++)
        export_cell_int(&source, 1);
    assert_int_equal(export_cells_give(&source, 1, 0, &err), HT_CORRUPT);
    assert_string_equal(err.detail, "a row of agents lacks first_at, of agent_id agent-7");
    assert_int_equal(target.rows, 0);
    export_source_release(&source);
}

#define TEST(function) cmocka_unit_test_setup_teardown(function, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(a_lead_may_hold_more_values_than_one_payload),
        TEST(every_change_is_told),
        TEST(each_string_of_a_message_is_its_own),
        TEST(a_huge_conversation_does_not_stop_the_others),
        cmocka_unit_test(an_absent_value_where_there_must_be_one_is_an_error),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
