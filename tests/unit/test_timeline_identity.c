/* The same message with an id and without one: some payloads of a conversation have ids, others none. */
#include "timeline_support.h"

#define A "{" AT0 ",\"content\":\"a\"}"
#define B "{" AT1 ",\"content\":\"b\"}"
#define C "{" AT2 ",\"content\":\"c\"}"
#define ID_A "{\"id\":1," AT0 ",\"content\":\"a\"}"
#define ID_B "{\"id\":2," AT1 ",\"content\":\"b\"}"
#define ID_C "{\"id\":3," AT2 ",\"content\":\"c\"}"
#define ID_B_EDITED "{\"id\":2," AT1 ",\"content\":\"B\"}"
#define B_EDITED "{" AT1 ",\"content\":\"B\"}"

/* The newest version of each message, in order: whether it has an id. */
static void assert_ids(const struct union_test *t, const char *expected)
{
    char ids[REFERENCE_MAX + 1] = "";
    uint32_t list[REFERENCE_MAX];
    uint32_t count = messages_of(t, list);
    for (uint32_t i = 0; i < count; i++)
        ids[i] = t->all.messages[timeline_newest(&t->all, list[i])].has_id ? 'i' : '.';
    assert_string_equal(ids, expected);
}

static void test_first_with_ids_then_without(void **state)
{
    struct union_test *t = *state;
    add_list(t, "[" ID_A "," ID_B "]");
    for (int i = 0; i < 3; i++)
        add_list(t, "[" A "," B "," C "]"); /* the second and the third are recognised as far as can be */
    add_list(t, "[" ID_A "," ID_B "," ID_C "]");
    assert_order(t, "0.0 0.1 1.2+");
    assert_ids(t, "iii");
}

static void test_first_without_ids_then_with(void **state)
{
    struct union_test *t = *state;
    add_list(t, "[" A "," B "]");
    for (int i = 0; i < 3; i++)
        add_list(t, "[" ID_A "," ID_B "]");
    add_list(t, "[" A "," B "," C "]");
    assert_order(t, "0.0+ 0.1+ 4.2");
    assert_ids(t, "ii.");
}

static void test_some_of_a_payload_without_ids(void **state)
{
    struct union_test *t = *state;
    add_list(t, "[" ID_A "," B "]"); /* the last one has none yet */
    add_list(t, "[" ID_A "," ID_B "," C "]");
    add_list(t, "[" A "," ID_B "," ID_C "]");
    assert_order(t, "0.0 0.1+ 1.2+");
    assert_ids(t, "iii");
}

static void test_untimed_with_ids_and_without(void **state)
{
    struct union_test *t = *state;
    add_list(t, "[{\"id\":1,\"content\":\"u\"},{\"content\":\"v\"}]");
    add_list(t, "[{\"content\":\"u\"},{\"id\":2,\"content\":\"v\"}]");
    assert_order(t, "0.0 0.1+");
}

/* Time, role and content all have to be the same. */
static void test_other_texts_are_no_twins(void **state)
{
    struct union_test *t = *state;
    add_list(t, "[" ID_A "]");
    add_list(t, "[" B ",{\"created_at\":\"2025-01-01T00:00:00Z\",\"role\":\"bot\",\"content\":\"a\"},{" AT2
                ",\"content\":\"a\"}]");
    assert_order(t, "0.0 1.1 1.0 1.2");
}

static void test_edits_after_twins(void **state)
{
    struct union_test *t = *state;
    add_list(t, "[" B "]");
    add_list(t, "[" ID_B "]");
    add_list(t, "[" ID_B_EDITED "]");
    add_list(t, "[" B "]"); /* late */
    add_list(t, "[" B_EDITED "]");
    assert_order(t, "0.0++");
    start_over(t, TIMELINE_MAX_MESSAGES);
    add_list(t, "[" ID_B "]");
    add_list(t, "[" ID_B_EDITED "]");
    add_list(t, "[" B "]");
    add_list(t, "[" B_EDITED "]");
    assert_order(t, "0.0+");
}

static void test_an_edit_without_id_gets_one(void **state)
{
    struct union_test *t = *state;
    add_list(t, "[" B "]");
    add_list(t, "[" B_EDITED "]");
    add_list(t, "[" ID_B_EDITED "]");
    assert_order(t, "0.0++");
    assert_ids(t, "i");
    add_list(t, "[" ID_B_EDITED "," B "," ID_B_EDITED "]");
    assert_order(t, "0.0 1.0+"); /* they were two, and the id comes twice */
    assert_ids(t, ".i");
}

/* Whichever way they were known, and in either order. */
static void test_twins_in_one_payload_are_two(void **state)
{
    static const char *const before[] = {"[]", "[" A "]", "[" ID_A "]", "[" A "," ID_A "]"};
    static const char *const both[] = {"[" A "," ID_A "]", "[" ID_A "," A "]"};
    struct union_test *t = *state;
    uint32_t list[REFERENCE_MAX];
    for (size_t i = 0; i < 8; i++) {
        start_over(t, TIMELINE_MAX_MESSAGES);
        add_list(t, before[i / 2]);
        for (int again = 0; again < 3; again++) {
            add_list(t, both[i % 2]);
            finish(t, UINT32_MAX);
            assert_int_equal(messages_of(t, list), 2);
        }
    }
}

static void test_twins_that_were_one_become_two(void **state)
{
    struct union_test *t = *state;
    add_list(t, "[" A "]");
    add_list(t, "[" ID_A "]");
    assert_order(t, "0.0+");
    add_list(t, "[" A "," ID_A "]");
    assert_order(t, "0.0 1.0");
    assert_ids(t, ".i");
}

/* A late payload has the text of old without the id and the edit with it. */
static void test_an_old_text_beside_the_edit(void **state)
{
    struct union_test *t = *state;
    add_list(t, "[" ID_B "]");
    add_list(t, "[" ID_B_EDITED "]");
    add_list(t, "[" B "," ID_B_EDITED "]");
    assert_order(t, "0.0 1.0");
    start_over(t, TIMELINE_MAX_MESSAGES);
    add_list(t, "[" ID_B "]");
    add_list(t, "[" B "," ID_B_EDITED "]");
    add_list(t, "[" ID_B_EDITED "]");
    assert_order(t, "0.0 1.1");
}

static void test_twins_are_not_removed(void **state)
{
    struct union_test *t = *state;
    add_list(t, "[" ID_A "," ID_B "," ID_C "]");
    add_list(t, "[" A "," B "," C "]");
    assert_order(t, "0.0 0.1 0.2");
    add_list(t, "[" A "," C "]");
    assert_order(t, "0.0 0.1- 0.2");
    add_list(t, "[" B "]");
    assert_order(t, "0.0 0.1 0.2");
    add_list(t, "[" ID_A "," ID_C "]");
    assert_order(t, "0.0 0.1- 0.2");
}

/* ---- by what must hold ---- */

/* Takes the ids of all, of none or of some. */
static void lose_ids(struct random *random, struct reference_message *messages, int count)
{
    uint32_t lost_in_4 = random_below(random, 3) * 2;
    for (int i = 0; i < count; i++)
        if (random_below(random, 4) < lost_in_4) messages[i].id = REFERENCE_NONE;
}

static void test_windows_with_ids_and_without(void **state)
{
    struct union_test *t = *state;
    struct random random = {5};
    for (int round = 0; round < 1000; round++) {
        struct reference_message messages[REFERENCE_LIST], some[REFERENCE_LIST];
        uint32_t list[REFERENCE_MAX];
        int count = 1 + (int)random_below(&random, 20);
        any_conversation(&random, messages, count, true);
        start_over(t, TIMELINE_MAX_MESSAGES);
        for (int i = 0; i < 8; i++) {
            int from = (int)random_below(&random, (uint32_t)count);
            memcpy(some, messages, sizeof some);
            lose_ids(&random, some, count);
            add_part(t, some, from, from + 1 + (int)random_below(&random, (uint32_t)(count - from)));
        }
        add_part(t, messages, 0, count);
        finish(t, 7);
        assert_int_equal(messages_of(t, list), count);
        for (int i = 0; i < count; i++) {
            assert_int_equal(t->all.messages[list[i]].at, BASE + messages[i].at);
            assert_true(t->all.messages[timeline_newest(&t->all, list[i])].has_id);
            assert_int_equal(t->order.removed_by[list[i]], TIMELINE_NONE);
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_first_with_ids_then_without),    TEST(test_first_without_ids_then_with),
        TEST(test_some_of_a_payload_without_ids),  TEST(test_untimed_with_ids_and_without),
        TEST(test_other_texts_are_no_twins),       TEST(test_edits_after_twins),
        TEST(test_an_edit_without_id_gets_one),    TEST(test_twins_in_one_payload_are_two),
        TEST(test_twins_that_were_one_become_two), TEST(test_an_old_text_beside_the_edit),
        TEST(test_twins_are_not_removed),          TEST(test_windows_with_ids_and_without),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
