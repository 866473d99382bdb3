#include "query_bench.h"

#include "../../query/filter.h"

static enum ht_status set(struct ht_filter *filter, const char *name, const char *value, struct ht_error *err)
{
    memset(err, 0, sizeof *err);
    return ht_filter_set(filter, ht_slice_from(name), ht_slice_from(value), SCRATCH_NOW, err);
}

static void an_empty_filter_is_open_on_all_sides(void **state)
{
    (void)state;
    struct ht_filter filter;
    ht_filter_init(&filter);
    assert_int_equal(filter_bits(&filter), 0);
    assert_int_equal(filter.limit, HT_FILTER_LIMIT);
    assert_int_equal(filter.since, HT_TIME_NONE);
    assert_int_equal(filter.until, INT64_MAX);
    assert_int_equal(filter.before, UINT64_MAX);
    assert_false(filter.ascending);
}

static void every_name_sets_its_own_and_only_its_own(void **state)
{
    (void)state;
    static const char *const values[FILTER_NAME_COUNT] = {
        "a", "c", "l", "v", "new_session", "24h", "2025-11-24", "7", "9", "asc", "5", "abc",
    };
    const struct ht_filter_name *names = ht_filter_names();
    struct ht_error err;
    for (size_t i = 0; i < FILTER_NAME_COUNT; i++) {
        struct ht_filter filter;
        ht_filter_init(&filter);
        assert_non_null(names[i].value);
        assert_non_null(names[i].help);
        assert_int_equal(set(&filter, names[i].name, values[i], &err), HT_OK);
        assert_int_equal(filter_bits(&filter), FILTER_BIT(i));
        assert_int_equal(filter.given, FILTER_BIT(i));
        assert_int_equal(set(&filter, names[i].name, values[i], &err), HT_OK); /* the same again */
        assert_int_equal(filter_bits(&filter), FILTER_BIT(i));
    }
    assert_null(names[FILTER_NAME_COUNT].name);
}

static void a_bad_value_is_refused_and_named(void **state)
{
    (void)state;
    static const char *const bad[][2] = {
        {"agent", ""},
        {"lead", "\xff"},
        {"type", ""},
        {"type", "a,,b"},
        {"type", "a b"},
        {"since", "yesterday"},
        {"until", "24"},
        {"after", "-1"},
        {"before", "x"},
        {"order", "up"},
        {"limit", "0"},
        {"limit", "1001"},
        {"limit", "4294967295"},
        {"after", "18446744073709551616"},
        {"visitor", ""},
        {"conversation", ""},
        {"colour", "red"},
        {"", "1"},
        {"agen", "a"},
        {"agentt", "a"},
    };
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        struct ht_filter filter;
        struct ht_error err;
        ht_filter_init(&filter);
        assert_int_equal(set(&filter, bad[i][0], bad[i][1], &err), HT_INVALID);
        assert_string_equal(err.pointer, bad[i][0]);
        assert_true(err.detail[0] != '\0');
        assert_int_equal(filter_bits(&filter) & ~FILTER_BIT(FILTER_TYPE), 0);
        assert_int_equal(ht_filter_set(&filter, ht_slice_from(bad[i][0]), ht_slice_from(bad[i][1]), SCRATCH_NOW, NULL),
                         HT_INVALID);
    }
}

static void lengths_are_bounded(void **state)
{
    (void)state;
    char id[HT_MAX_ID + 2];
    char cursor[HT_CURSOR_SIZE + 1];
    struct ht_filter filter;
    struct ht_error err;
    memset(id, 'x', sizeof id);
    ht_filter_init(&filter);
    id[HT_MAX_ID + 1] = '\0';
    assert_int_equal(set(&filter, "agent", id, &err), HT_INVALID);
    id[HT_MAX_ID] = '\0';
    assert_int_equal(set(&filter, "agent", id, &err), HT_OK);
    assert_int_equal(filter.agent.size, HT_MAX_ID);
    memset(cursor, 'A', sizeof cursor);
    cursor[HT_CURSOR_SIZE] = '\0';
    assert_int_equal(set(&filter, "cursor", cursor, &err), HT_INVALID);
    cursor[HT_CURSOR_SIZE - 1] = '\0';
    assert_int_equal(set(&filter, "cursor", cursor, &err), HT_OK);
    assert_int_equal(ht_filter_set(&filter, HT_SLICE("cursor"), HT_SLICE("a\0b"), SCRATCH_NOW, &err), HT_INVALID);
}

static void another_value_for_the_same_name_is_refused(void **state)
{
    (void)state;
    static const char *const twice[][3] = {
        {"agent", "a", "b"},    {"conversation", "a", "ab"}, {"lead", "a", "b"},
        {"visitor", "a", "b"},  {"since", "1h", "2h"},       {"until", "2025-01-01", "2025-01-02"},
        {"after", "0", "1"},    {"before", "1", "2"},        {"order", "desc", "asc"},
        {"limit", "100", "99"}, {"cursor", "", "a"},
    };
    for (size_t i = 0; i < sizeof twice / sizeof twice[0]; i++) {
        struct ht_filter filter;
        struct ht_error err;
        ht_filter_init(&filter);
        assert_int_equal(set(&filter, twice[i][0], twice[i][1], &err), HT_OK);
        assert_int_equal(set(&filter, twice[i][0], twice[i][2], &err), HT_INVALID);
        assert_string_equal(err.pointer, twice[i][0]);
        assert_int_equal(set(&filter, twice[i][0], twice[i][1], &err), HT_OK);
    }
}

static void types_are_folded_sorted_and_distinct(void **state)
{
    (void)state;
    struct ht_filter filter;
    struct ht_error err;
    ht_filter_init(&filter);
    assert_int_equal(set(&filter, "type", "session_active,NEW-LEAD,new-contact", &err), HT_OK);
    assert_int_equal(set(&filter, "type", "buyer-intent-detected", &err), HT_OK);
    assert_int_equal(filter.type_count, 3);
    assert_string_equal(filter.types[0], "buyer-intent-detected");
    assert_string_equal(filter.types[1], "new-contact");
    assert_string_equal(filter.types[2], "session-active");
}

static void there_are_at_most_sixteen_types(void **state)
{
    (void)state;
    struct ht_filter filter;
    struct ht_error err;
    char type[8];
    ht_filter_init(&filter);
    for (int i = 0; i < HT_FILTER_TYPES; i++) {
        snprintf(type, sizeof type, "t%d", i * 7 % HT_FILTER_TYPES);
        assert_int_equal(set(&filter, "type", type, &err), HT_OK);
    }
    assert_int_equal(set(&filter, "type", "t3", &err), HT_OK);
    assert_int_equal(set(&filter, "type", "one-more", &err), HT_INVALID);
    assert_int_equal(filter.type_count, HT_FILTER_TYPES);
    for (int i = 1; i < HT_FILTER_TYPES; i++)
        assert_true(strcmp(filter.types[i - 1], filter.types[i]) < 0);
}

static void an_age_is_told_from_a_time(void **state)
{
    (void)state;
    struct ht_filter filter;
    struct ht_error err;
    ht_filter_init(&filter);
    assert_int_equal(set(&filter, "since", "24h", &err), HT_OK);
    assert_int_equal(set(&filter, "until", "2025-11-24T13:00:00+01:00", &err), HT_OK);
    assert_int_equal(filter.since, SCRATCH_NOW - HT_DAY);
    assert_true(filter.since_is_age);
    assert_false(filter.until_is_age);
    assert_int_equal(filter.until, INT64_C(1763985600000000));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_empty_filter_is_open_on_all_sides),
        cmocka_unit_test(every_name_sets_its_own_and_only_its_own),
        cmocka_unit_test(a_bad_value_is_refused_and_named),
        cmocka_unit_test(lengths_are_bounded),
        cmocka_unit_test(another_value_for_the_same_name_is_refused),
        cmocka_unit_test(types_are_folded_sorted_and_distinct),
        cmocka_unit_test(there_are_at_most_sixteen_types),
        cmocka_unit_test(an_age_is_told_from_a_time),
    };
    cmocka_set_message_output(CM_OUTPUT_TAP);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
