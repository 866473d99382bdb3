/* The union of messages and their order: against an independent reference, and by what must hold of any arrival. */
#include "timeline_support.h"

/* ---- against the reference ---- */

static void assert_same_versions(const struct union_test *t, uint32_t first, const struct reference *r, int version)
{
    int message = r->versions[version].message;
    uint32_t mine = t->all.messages[first].end;
    for (int i = r->version_count; i-- > 0;) {
        if (r->versions[i].message != message) continue;
        assert_int_not_equal(mine, TIMELINE_NONE);
        assert_int_equal(t->all.messages[mine].event, r->versions[i].event);
        assert_int_equal(t->all.messages[mine].position, r->versions[i].position);
        assert_int_equal(timeline_first(&t->all, mine), first);
        mine = t->all.messages[mine].older;
    }
    assert_int_equal(mine, TIMELINE_NONE);
}

static void assert_same(const struct union_test *t, const struct reference *r)
{
    uint32_t list[REFERENCE_MAX];
    uint32_t count = messages_of(t, list), at = 0;
    for (int i = 0; i < r->ordered; i++) {
        int version = r->order[i];
        if (!reference_is_visible(r, version)) continue;
        assert_true(at < count);
        const struct timeline_message *m = &t->all.messages[list[at]];
        assert_int_equal(m->at, BASE + r->versions[version].at);
        assert_int_equal(m->untimed, r->versions[version].said.at == REFERENCE_NONE);
        assert_same_versions(t, list[at], r, version);
        int removed = reference_removed_by(r, version);
        assert_int_equal(t->order.removed_by[list[at]], removed == REFERENCE_NONE ? TIMELINE_NONE : (uint32_t)removed);
        at++;
    }
    assert_int_equal(at, count);
}

/* How dense things are decides which cases come up: few times and contents make equals, edits and splits. */
struct density {
    uint32_t times, contents, ids, untimed_in_10, with_id_in_10, twins_in_10;
};

static struct reference_message any_message(struct random *random, const struct density *d)
{
    struct reference_message m = {REFERENCE_NONE, REFERENCE_NONE, 0, 0};
    if (random_below(random, 10) >= d->untimed_in_10) m.at = (int)random_below(random, d->times);
    if (random_below(random, 10) < d->with_id_in_10) m.id = (int)random_below(random, d->ids);
    m.role = (int)random_below(random, 2);
    m.content = (int)random_below(random, d->contents);
    return m;
}

/* Takes the id of some messages, and gives one to others: so a later payload has what an earlier one had, and again. */
static void make_twins(struct random *random, const struct density *d, struct reference_payload *payload)
{
    if (random_below(random, 10) >= d->twins_in_10) return;
    uint32_t what = random_below(random, 3);
    for (int i = 0; i < payload->count; i++) {
        struct reference_message *m = &payload->list[i];
        if (what == 2 && random_below(random, 2) == 0) continue;
        m->id = m->id != REFERENCE_NONE || what == 0 ? REFERENCE_NONE : (int)random_below(random, d->ids);
    }
}

/* New messages at random, or what an earlier payload had with a few changes. */
static void any_payload(struct random *random, const struct density *d, const struct reference_payload *earlier,
                        struct reference_payload *payload)
{
    *payload = (struct reference_payload){.occurred_at = (int)random_below(random, d->times)};
    for (int i = 0; earlier && i < earlier->count && payload->count < REFERENCE_LIST / 2; i++) {
        uint32_t what = random_below(random, 10);
        if (what == 0) continue;
        payload->list[payload->count] = earlier->list[i];
        if (what == 1) payload->list[payload->count].content = (int)random_below(random, d->contents);
        payload->count++;
    }
    for (uint32_t more = random_below(random, 4); more > 0; more--)
        payload->list[payload->count++] = any_message(random, d);
    make_twins(random, d, payload);
}

static void check_once(struct union_test *t, struct random *random, const struct density *d)
{
    struct reference *r = calloc(1, sizeof *r);
    struct reference_payload payloads[16];
    uint32_t count = 1 + random_below(random, 12);
    start_over(t, TIMELINE_MAX_MESSAGES);
    for (uint32_t i = 0; i < count; i++) {
        bool repeats = i > 0 && random_below(random, 4) > 0;
        any_payload(random, d, repeats ? &payloads[random_below(random, i)] : NULL, &payloads[i]);
        reference_payload_add(r, &payloads[i]);
        add_payload(t, &payloads[i]);
    }
    finish(t, UINT32_MAX);
    assert_same(t, r);
    free(r);
}

static void test_same_as_the_reference(void **state)
{
    static const struct density densities[] = {
        {8, 3, 6, 2, 3, 0},   {3, 2, 3, 0, 0, 0},    {3, 2, 3, 5, 0, 0},      {1, 2, 2, 1, 1, 0},
        {20, 8, 20, 0, 5, 0}, {6, 4, 4, 10, 2, 0},   {2, 6, 3, 0, 0, 0},      {6, 2, 5, 0, 10, 0},
        {4, 40, 9, 1, 1, 0},  {20, 30, 40, 0, 9, 5}, {8, 3, 6, 2, 3, 5},      {3, 2, 3, 0, 5, 5},
        {2, 2, 9, 1, 5, 5},   {6, 4, 4, 10, 5, 7},   {40, 40, 4000, 1, 7, 4}, {4, 2, 30, 3, 5, 6},
    };
    struct random random = {20251124};
    for (int round = 0; round < 12000; round++)
        check_once(*state, &random, &densities[(size_t)round % (sizeof densities / sizeof densities[0])]);
}

/* ---- by what must hold ---- */

static void shuffle(struct random *random, int *list, int count)
{
    for (int i = count; i > 1; i--) {
        int other = (int)random_below(random, (uint32_t)i), kept = list[i - 1];
        list[i - 1] = list[other];
        list[other] = kept;
    }
}

static void assert_whole(const struct union_test *t, const struct reference_message *messages, int count)
{
    uint32_t list[REFERENCE_MAX];
    assert_int_equal(messages_of(t, list), count);
    for (int i = 0; i < count; i++) {
        const struct timeline_message *m = &t->all.messages[list[i]];
        assert_int_equal(m->at, BASE + messages[i].at);
        assert_int_equal(m->end, list[i]);
        assert_int_equal(t->order.removed_by[list[i]], TIMELINE_NONE);
    }
}

static void test_growing_snapshots_in_any_order(void **state)
{
    struct union_test *t = *state;
    struct random random = {1};
    for (int round = 0; round < 400; round++) {
        struct reference_message messages[REFERENCE_LIST];
        int order[REFERENCE_LIST], count = 1 + (int)random_below(&random, 20);
        any_conversation(&random, messages, count, round % 2);
        for (int i = 0; i < count; i++)
            order[i] = i + 1;
        shuffle(&random, order, count);
        start_over(t, TIMELINE_MAX_MESSAGES);
        for (int i = 0; i < count; i++)
            add_part(t, messages, 0, order[i]);
        finish(t, 7);
        assert_whole(t, messages, count);
    }
}

static void test_increments_in_any_order(void **state)
{
    struct union_test *t = *state;
    struct random random = {2};
    for (int round = 0; round < 400; round++) {
        struct reference_message messages[REFERENCE_LIST];
        int order[REFERENCE_LIST], count = 1 + (int)random_below(&random, 10);
        any_conversation(&random, messages, 2 * count, round % 2);
        for (int i = 0; i < count; i++)
            order[i] = i;
        shuffle(&random, order, count);
        start_over(t, TIMELINE_MAX_MESSAGES);
        for (int i = 0; i < count; i++)
            add_part(t, messages, 2 * order[i], 2 * order[i] + 2);
        finish(t, 7);
        assert_whole(t, messages, 2 * count);
    }
}

/* Any window of the conversation, long or short, in any order: a mixture of both habits. */
static void test_windows_in_any_order(void **state)
{
    struct union_test *t = *state;
    struct random random = {3};
    for (int round = 0; round < 400; round++) {
        struct reference_message messages[REFERENCE_LIST];
        int count = 1 + (int)random_below(&random, 20);
        any_conversation(&random, messages, count, round % 2);
        start_over(t, TIMELINE_MAX_MESSAGES);
        for (int i = 0; i < 8; i++) {
            int from = (int)random_below(&random, (uint32_t)count);
            add_part(t, messages, from, from + 1 + (int)random_below(&random, (uint32_t)(count - from)));
        }
        add_part(t, messages, 0, count);
        finish(t, 7);
        assert_whole(t, messages, count);
    }
}

static void test_any_step_gives_the_same(void **state)
{
    struct union_test *t = *state;
    struct random random = {4};
    struct density d = {6, 3, 6, 3, 2, 3};
    for (int round = 0; round < 200; round++) {
        check_once(t, &random, &d);
        uint32_t count = t->order.count;
        uint32_t *items = malloc(count * sizeof *items + 1);
        memcpy(items, t->order.items, count * sizeof *items);
        finish(t, 1 + random_below(&random, 5));
        assert_int_equal(t->order.count, count);
        assert_memory_equal(t->order.items, items, count * sizeof *items);
        free(items);
    }
}

/* ---- cases by hand ---- */

static void test_equal_messages_are_counted(void **state)
{
    struct union_test *t = *state;
    add_list(t, "[{" AT0 ",\"content\":\"ok\"}]");
    add_list(t, "[{" AT0 ",\"content\":\"ok\"},{" AT0 ",\"content\":\"ok\"}]");
    add_list(t, "[{" AT0 ",\"content\":\"ok\"},{" AT0 ",\"content\":\"ok\"}]");
    assert_order(t, "0.0 1.1");
}

static void test_absent_and_empty_differ(void **state)
{
    struct union_test *t = *state;
    add_list(t, "[{" AT0 ",\"content\":\"\"},{" AT0 "},{\"content\":\"x\"},{\"role\":\"x\"},{}]");
    assert_order(t, "0.0 0.1 0.2 0.3 0.4");
}

static void test_edits_by_id(void **state)
{
    struct union_test *t = *state;
    add_list(t, "[{\"id\":\"a\"," AT0 ",\"content\":\"1\"},{\"id\":7," AT1 ",\"content\":\"2\"}]");
    add_list(t, "[{\"id\":\"a\"," AT0 ",\"content\":\"1\"},{\"id\":7," AT1 ",\"content\":\"3\"}]");
    add_list(t, "[{\"id\":\"7\"," AT1 ",\"content\":\"2\"}]");
    assert_order(t, "0.0 0.1++");
}

static void test_edit_without_id(void **state)
{
    struct union_test *t = *state;
    add_list(t, "[{" AT0 ",\"content\":\"a\"},{" AT1 ",\"content\":\"b\"}]");
    add_list(t, "[{" AT0 ",\"content\":\"a\"},{" AT1 ",\"content\":\"B\"}]");
    assert_order(t, "0.0 0.1+");
    add_list(t, "[{" AT0 ",\"content\":\"a\"},{" AT1 ",\"content\":\"b\"}]"); /* the old state once more */
    assert_order(t, "0.0 0.1+");
    add_list(t, "[{" AT0 ",\"content\":\"a\"},{" AT1 ",\"content\":\"b\"},{" AT1 ",\"content\":\"B\"}]");
    assert_order(t, "0.0 0.1 1.1"); /* they were two */
}

static void test_removed_and_back(void **state)
{
    struct union_test *t = *state;
    add_list(t, "[{" AT0 ",\"content\":\"a\"},{" AT1 ",\"content\":\"b\"},{" AT2 ",\"content\":\"c\"}]");
    add_list(t, "[{" AT0 ",\"content\":\"a\"}]");
    assert_order(t, "0.0 0.1 0.2");
    add_list(t, "[{" AT0 ",\"content\":\"a\"},{" AT2 ",\"content\":\"c\"}]");
    assert_order(t, "0.0 0.1- 0.2");
    add_list(t, "[{" AT1 ",\"content\":\"b\"}]");
    assert_order(t, "0.0 0.1 0.2");
}

static void test_new_ones_around_an_old_one_remove_nothing(void **state)
{
    struct union_test *t = *state;
    add_list(t, "[{" AT1 ",\"content\":\"b\"}]");
    add_list(t, "[{" AT0 ",\"content\":\"a\"},{" AT2 ",\"content\":\"c\"}]");
    assert_order(t, "1.0 0.0 1.1");
}

static void test_untimed_stay_with_their_neighbours(void **state)
{
    struct union_test *t = *state;
    add_list(t, "[{" AT0 ",\"content\":\"a\"},{\"content\":\"u\"},{" AT1 ",\"content\":\"b\"}]");
    add_list(t, "[{\"content\":\"v\"},{" AT1 ",\"content\":\"b\"},{" AT2 ",\"content\":\"c\"}]");
    add_list(t, "[{" AT0 ",\"content\":\"a\"},{\"content\":\"w\"},{\"content\":\"u\"}]");
    assert_order(t, "0.0 2.1 0.1 1.0 0.2 1.2");
}

static void test_one_instant_keeps_the_order_of_the_payload(void **state)
{
    struct union_test *t = *state;
    add_list(t, "[{" AT0 ",\"content\":\"c\"}]");
    add_list(t, "[{" AT0 ",\"content\":\"a\"},{" AT0 ",\"content\":\"b\"},{" AT0 ",\"content\":\"c\"}]");
    assert_order(t, "1.0 1.1 0.0");
}

static void test_elements_that_are_no_objects(void **state)
{
    struct union_test *t = *state;
    add_list(t, "[1,\"x\",null,[],{" AT0 ",\"content\":\"a\"}]");
    add_list(t, "[]");
    assert_order(t, "0.4");
}

static void test_limit(void **state)
{
    struct union_test *t = *state;
    struct ht_error err = {0};
    start_over(t, 2);
    add_list(t, "[{\"content\":\"1\"},{\"content\":\"2\"}]");
    add_list(t, "[{\"content\":\"1\"},{\"content\":\"2\"}]");
    assert_int_equal(add_text(t, "[{\"content\":\"3\"}]", BASE, &err), HT_TOO_LARGE);
    assert_int_equal(err.status, HT_TOO_LARGE);
    assert_non_null(strstr(err.detail, "more than 2 messages"));
}

/* ---- events in between ---- */

static void test_events_and_messages_of_one_instant(void **state)
{
    struct union_test *t = *state;
    add_list(t, "[{\"created_at\":\"2023-11-14T22:13:20Z\",\"content\":\"a\"},"
                "{\"created_at\":\"2023-11-14T22:13:21Z\",\"content\":\"b\"}]");
    for (int i = 0; i < 3; i++)
        add_list(t, "[]");
    t->events[1].at = BASE + HT_SECOND;
    t->events[2].starts_session = true;
    t->events[3].at = BASE - 1;
    finish(t, 1);
    const uint32_t expected[] = {TIMELINE_EVENT | 3, TIMELINE_EVENT | 2, 0, TIMELINE_EVENT | 0, 1, TIMELINE_EVENT | 1};
    assert_int_equal(t->order.count, 6);
    assert_memory_equal(t->order.items, expected, sizeof expected);
}

static void test_nothing_at_all(void **state)
{
    struct union_test *t = *state;
    finish(t, 1);
    assert_int_equal(t->order.count, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_same_as_the_reference),
        TEST(test_growing_snapshots_in_any_order),
        TEST(test_increments_in_any_order),
        TEST(test_windows_in_any_order),
        TEST(test_any_step_gives_the_same),
        TEST(test_equal_messages_are_counted),
        TEST(test_absent_and_empty_differ),
        TEST(test_edits_by_id),
        TEST(test_edit_without_id),
        TEST(test_removed_and_back),
        TEST(test_new_ones_around_an_old_one_remove_nothing),
        TEST(test_untimed_stay_with_their_neighbours),
        TEST(test_one_instant_keeps_the_order_of_the_payload),
        TEST(test_elements_that_are_no_objects),
        TEST(test_limit),
        TEST(test_events_and_messages_of_one_instant),
        TEST(test_nothing_at_all),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
