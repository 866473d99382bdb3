#include "query_bench.h"

#include "../../query/cursor.h"

static struct cursor some_cursor(struct random *random)
{
    struct cursor cursor = {
        .kind = (enum ht_query_kind)random_below(random, HT_QUERY_KINDS),
        .ascending = random_below(random, 2) == 1,
        .since = (int64_t)random_next(random),
        .until = (int64_t)random_next(random),
    };
    for (size_t i = 0; i < sizeof cursor.binding; i++)
        cursor.binding[i] = (uint8_t)random_next(random);
    for (size_t i = 0; i < QUERY_POSITION_WORDS; i++)
        cursor.position[i] = random_next(random);
    return cursor;
}

static void what_is_encoded_comes_back(void **state)
{
    (void)state;
    struct random random = {1};
    for (int i = 0; i < 1000; i++) {
        struct cursor cursor = some_cursor(&random), again;
        char text[HT_CURSOR_SIZE];
        cursor_encode(&cursor, text);
        assert_true(strlen(text) < HT_CURSOR_SIZE);
        assert_ok(cursor_decode(ht_slice_from(text), &again, &scratch_error));
        assert_int_equal(again.kind, cursor.kind);
        assert_int_equal(again.ascending, cursor.ascending);
        assert_int_equal(again.since, cursor.since);
        assert_int_equal(again.until, cursor.until);
        assert_memory_equal(again.binding, cursor.binding, sizeof cursor.binding);
        assert_memory_equal(again.position, cursor.position, sizeof cursor.position);
    }
}

static void any_change_of_the_text_is_refused(void **state)
{
    (void)state;
    struct random random = {2};
    struct cursor cursor = some_cursor(&random), again;
    char text[HT_CURSOR_SIZE + 1];
    struct ht_error err;
    cursor_encode(&cursor, text);
    size_t size = strlen(text);
    for (size_t i = 0; i < size; i++) {
        char kept = text[i];
        for (int c = 1; c < 256; c++) {
            text[i] = (char)c;
            if (text[i] == kept) continue;
            assert_int_equal(cursor_decode(ht_slice_of(text, size), &again, &err), HT_INVALID);
            assert_string_equal(err.pointer, "cursor");
        }
        text[i] = kept;
        assert_int_equal(cursor_decode(ht_slice_of(text, i), &again, &err), HT_INVALID);
    }
    memcpy(text + size, "A", 2);
    assert_int_equal(cursor_decode(ht_slice_from(text), &again, &err), HT_INVALID);
    assert_int_equal(cursor_decode(HT_ABSENT, &again, &err), HT_INVALID);
    assert_int_equal(cursor_decode(HT_SLICE(""), &again, NULL), HT_INVALID);
}

static void binds(const char *name, const char *value, const uint8_t plain[CURSOR_BINDING_SIZE], bool differs)
{
    struct ht_filter filter;
    struct ht_filter_id id = {0};
    uint8_t binding[CURSOR_BINDING_SIZE];
    ht_filter_init(&filter);
    bench_set(&filter, name, value);
    cursor_bind(&id, &filter, binding);
    if ((memcmp(binding, plain, sizeof binding) != 0) != differs) fail_msg("%s=%s", name, value);
}

static void a_cursor_is_bound_to_all_but_the_limit(void **state)
{
    (void)state;
    static const char *const other[][2] = {
        {"agent", "a"},          {"conversation", "a"}, {"lead", "a"},   {"visitor", "a"},
        {"type", "a"},           {"since", "1h"},       {"until", "1h"}, {"since", "2025-01-01"},
        {"until", "2025-01-01"}, {"after", "1"},        {"before", "1"},
    };
    struct ht_filter filter;
    struct ht_filter_id id = {0};
    uint8_t plain[CURSOR_BINDING_SIZE], binding[CURSOR_BINDING_SIZE];
    ht_filter_init(&filter);
    cursor_bind(&id, &filter, plain);
    for (size_t i = 0; i < sizeof other / sizeof other[0]; i++)
        binds(other[i][0], other[i][1], plain, true);
    binds("limit", "7", plain, false);
    binds("cursor", "abc", plain, false);
    id = (struct ht_filter_id){.set = true, .size = 1, .text = "a"};
    cursor_bind(&id, &filter, binding);
    assert_memory_not_equal(binding, plain, sizeof plain);
}

/* Nor do they meet where one id holds what would be the end of it and the begin of the next. */
static void ids_are_told_apart_by_their_lengths(void **state)
{
    (void)state;
    static const char both[] = "x\0\0\0\0\0\0\0\1y", padded[] = "y\0\0\0\0\0\0\0";
    struct ht_filter one, two;
    struct ht_filter_id id = {0};
    uint8_t a[CURSOR_BINDING_SIZE], b[CURSOR_BINDING_SIZE];
    ht_filter_init(&one);
    ht_filter_init(&two);
    assert_ok(ht_filter_set(&one, HT_SLICE("agent"), ht_slice_of(both, sizeof both - 1), SCRATCH_NOW, &scratch_error));
    bench_set(&one, "lead", "z");
    bench_set(&two, "agent", "x");
    assert_ok(
        ht_filter_set(&two, HT_SLICE("conversation"), ht_slice_of(padded, sizeof padded), SCRATCH_NOW, &scratch_error));
    bench_set(&two, "lead", "z");
    cursor_bind(&id, &one, a);
    cursor_bind(&id, &two, b);
    assert_memory_not_equal(a, b, sizeof a);
}

static void an_age_binds_by_being_one(void **state)
{
    (void)state;
    struct ht_filter first, later;
    struct ht_filter_id id = {0};
    uint8_t a[CURSOR_BINDING_SIZE], b[CURSOR_BINDING_SIZE];
    ht_filter_init(&first);
    ht_filter_init(&later);
    assert_ok(ht_filter_set(&first, HT_SLICE("since"), HT_SLICE("24h"), SCRATCH_NOW, &scratch_error));
    assert_ok(ht_filter_set(&later, HT_SLICE("since"), HT_SLICE("24h"), SCRATCH_NOW + HT_DAY, &scratch_error));
    cursor_bind(&id, &first, a);
    cursor_bind(&id, &later, b);
    assert_memory_equal(a, b, sizeof a);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_is_encoded_comes_back),
        cmocka_unit_test(any_change_of_the_text_is_refused),
        cmocka_unit_test(a_cursor_is_bound_to_all_but_the_limit),
        cmocka_unit_test(ids_are_told_apart_by_their_lengths),
        cmocka_unit_test(an_age_binds_by_being_one),
    };
    cmocka_set_message_output(CM_OUTPUT_TAP);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
