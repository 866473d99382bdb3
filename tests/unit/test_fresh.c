#include "index_support.h"

#include <glob.h>

#include "../../store/harvest.h"
#include "hooktrail/json.h"
#include "random.h"
#include "reading_support.h"

enum { MANY = 20000 }; /* more than are kept */

/* What ingest has in hand. */
struct ingest {
    struct ht_json *json;
    struct ht_reading *reading;
    struct ht_packer *packer;
};

static struct ingest ingest_new(void)
{
    struct ingest ingest = {ht_json_new(), ht_reading_new(), ht_packer_new()};
    assert_non_null(ingest.json);
    assert_non_null(ingest.reading);
    assert_non_null(ingest.packer);
    return ingest;
}

static void ingest_free(struct ingest *ingest)
{
    ht_json_free(ingest->json);
    ht_reading_free(ingest->reading);
    ht_packer_free(ingest->packer);
}

/* False if it would be rejected. */
static bool pack(struct ingest *ingest, struct bench *bench, const struct ht_delivery *delivery,
                 struct ht_slice payload, struct ht_append *append)
{
    struct ht_facts facts;
    const uint8_t salt[HT_SALT_SIZE] = {0};
    if (ht_json_parse(ingest->json, payload, NULL) != HT_OK) return false;
    if (ht_reading_extract(ingest->reading, ingest->json, delivery, &facts, NULL) != HT_OK) return false;
    ht_append_name(append, bench->scratch.store, &facts);
    assert_ok(ht_append_pack(append, ingest->packer, delivery, payload, 1, HT_ABSENT, salt, &scratch_error));
    return true;
}

static void commit(struct bench *bench, struct ht_append *list)
{
    struct ht_position end;
    assert_ok(ht_appender_commit(bench->appender, list, &end, &scratch_error));
    while (list != NULL) {
        struct ht_append *next = list->next;
        ht_append_release(list);
        free(list);
        list = next;
    }
}

static struct ht_append *packed_text(struct ingest *ingest, struct bench *bench, const char *text)
{
    struct ht_append *append = calloc(1, sizeof *append);
    struct ht_delivery delivery = {.received_at = SCRATCH_NOW, .endpoint = 1};
    assert_true(pack(ingest, bench, &delivery, ht_slice_from(text), append));
    return append;
}

static void add_numbered(struct ingest *ingest, struct bench *bench, size_t from, size_t count)
{
    struct ht_append *list = NULL, **end = &list;
    for (size_t i = from; i < from + count; i++) {
        char text[128];
        snprintf(text, sizeof text,
                 "{\"lead\":{\"id\":\"L%zu\",\"email\":\"%zu@example.com\"},\"conversation_id\":\"C%zu\"}", i % 300,
                 i % 299, i);
        *end = packed_text(ingest, bench, text);
        end = &(*end)->next;
    }
    commit(bench, list);
}

static bool holds_fresh(struct bench *bench)
{
    return bench->scratch.store->fresh.blocks != NULL;
}

static struct ht_delivery some_delivery(struct random *random)
{
    static const char *const types[] = {"new-contact", "Session_Active", "no type", "", "buyer-intent-detected"};
    struct ht_delivery delivery = {.received_at = SCRATCH_NOW + (int64_t)random_below(random, HT_SECOND),
                                   .endpoint = 1};
    size_t type = random_below(random, 8);
    if (type < 5) delivery.path_type = ht_slice_from(types[type]);
    if (type == 6) ht_delivery_add_header(&delivery, HT_SLICE("X-Event-Type"), HT_SLICE("new-question"));
    if (type == 7) ht_delivery_add_header(&delivery, HT_SLICE("Webhook-Event"), HT_SLICE("of our own"));
    return delivery;
}

/* ---- */

/* A repeated delivery that comes before its event is indexed must not take its place. */
static void a_repeat_is_nothing_fresh(void **state)
{
    struct bench *bench = *state;
    struct ht_row row;
    struct ingest ingest = ingest_new();
    struct ht_slice payload = HT_SLICE("{\"lead_id\":\"L\"}");
    bench_catch_up(bench);
    for (int64_t i = 0; i < 2; i++) {
        struct ht_append *append = calloc(1, sizeof *append);
        struct ht_delivery delivery = {.received_at = SCRATCH_NOW + i * HT_SECOND, .endpoint = 1};
        assert_true(pack(&ingest, bench, &delivery, payload, append));
        commit(bench, append);
    }
    bench_catch_up(bench);
    assert_ok(ht_reader_begin(bench->reader, &scratch_error));
    assert_ok(ht_index_row(bench->reader, 1, &row, &scratch_error));
    ht_reader_end(bench->reader);
    assert_int_equal(row.received_at, SCRATCH_NOW);
    ingest_free(&ingest);
}

static void what_is_fresh_makes_the_index_that_the_trail_makes(void **state)
{
    struct bench *bench = *state;
    struct ingest ingest = ingest_new();
    struct random random = {11};
    glob_t files;
    size_t kept = 0;
    bench_catch_up(bench); /* from now on it follows */
    assert_int_equal(glob("tests/fixtures/*.json", 0, NULL, &files), 0);
    for (size_t i = 0; i < files.gl_pathc; i++) {
        struct ht_buffer payload = read_file(files.gl_pathv[i]);
        struct ht_delivery delivery = some_delivery(&random);
        struct ht_append *append = calloc(1, sizeof *append);
        if (pack(&ingest, bench, &delivery, ht_buffer_slice(&payload), append)) {
            commit(bench, append);
            kept++;
        } else {
            free(append);
        }
        ht_buffer_release(&payload);
        if (random_below(&random, 5) == 0) bench_catch_up(bench);
    }
    globfree(&files);
    assert_true(kept > 20);
    add_numbered(&ingest, bench, 0, 700);
    assert_true(holds_fresh(bench));
    bench_catch_up(bench);
    assert_false(holds_fresh(bench));
    assert_as_rebuilt(bench);
    ingest_free(&ingest);
}

static void without_a_follower_nothing_is_kept(void **state)
{
    struct bench *bench = *state;
    struct ingest ingest = ingest_new();
    add_numbered(&ingest, bench, 0, 10);
    assert_false(holds_fresh(bench));
    ingest_free(&ingest);
}

static void what_does_not_come_whole_is_read_from_the_trail(void **state)
{
    struct bench *bench = *state;
    struct ingest ingest = ingest_new();
    bench_catch_up(bench);
    add_numbered(&ingest, bench, 0, 300);
    bench_add(bench, "{\"lead_id\":\"without facts in hand\"}");
    assert_false(holds_fresh(bench));
    add_numbered(&ingest, bench, 300, 10);
    bench_catch_up(bench);
    assert_as_rebuilt(bench);
    ingest_free(&ingest);
}

static void it_keeps_no_more_than_so_many(void **state)
{
    struct bench *bench = *state;
    struct ingest ingest = ingest_new();
    bench_catch_up(bench);
    for (size_t i = 0; i < MANY; i += 1000)
        add_numbered(&ingest, bench, i, 1000);
    assert_true(bench->scratch.store->fresh.count <= 64);
    bench_catch_up(bench);
    assert_as_rebuilt(bench);
    ingest_free(&ingest);
}

/* Committed before an erasure, indexed after it: from the trail, where the tombstone is. */
static void what_is_erased_meanwhile_stays_erased(void **state)
{
    struct bench *bench = *state;
    struct ingest ingest = ingest_new();
    bench_catch_up(bench);
    add_numbered(&ingest, bench, 0, 20);
    bench_bury(bench, 1, 5, 9, NULL);
    add_numbered(&ingest, bench, 20, 20);
    assert_true(holds_fresh(bench));
    bench_catch_up(bench);
    bench_begin(bench);
    for (uint64_t seq = 1; seq <= 40; seq++)
        assert_int_equal((bench_row(bench, seq).flags & HT_ROW_ERASED) != 0, seq >= 5 && seq <= 9);
    ht_reader_end(bench->reader);
    assert_as_rebuilt(bench);
    ingest_free(&ingest);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(what_is_fresh_makes_the_index_that_the_trail_makes, bench_set_up,
                                        bench_tear_down),
        cmocka_unit_test_setup_teardown(a_repeat_is_nothing_fresh, bench_set_up, bench_tear_down),
        cmocka_unit_test_setup_teardown(without_a_follower_nothing_is_kept, bench_set_up, bench_tear_down),
        cmocka_unit_test_setup_teardown(what_does_not_come_whole_is_read_from_the_trail, bench_set_up, bench_tear_down),
        cmocka_unit_test_setup_teardown(it_keeps_no_more_than_so_many, bench_set_up, bench_tear_down),
        cmocka_unit_test_setup_teardown(what_is_erased_meanwhile_stays_erased, bench_set_up, bench_tear_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
