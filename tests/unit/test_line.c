/* Members of a line, found without a tape. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "../../query/export/line.h"
#include "hooktrail/json.h"
#include "random.h"

static void expect(const char *object, const char *key, const char *wanted)
{
    struct ht_slice got = export_line_member(ht_slice_from(object), key);
    if (!ht_slice_equal(got, ht_slice_from(wanted)) || (got.data == NULL) != (wanted == NULL))
        fail_msg("%s of %s is %.*s", key, object, HT_SLICE_ARGS(got));
}

static void test_values_of_any_kind(void **state)
{
    (void)state;
    static const char object[] =
        "{\"a\":1,\"b\":\"x,}\\\"\",\"c\":{\"a\":[2,{}],\"d\":\"]\"},\"n\":null,\"e\":[],\"\\\\\":"
        "\"\\\\\",\"t\":true}";
    expect(object, "a", "1");
    expect(object, "b", "\"x,}\\\"\"");
    expect(object, "c", "{\"a\":[2,{}],\"d\":\"]\"}");
    expect(object, "d", NULL);
    expect(object, "n", NULL);
    expect(object, "e", "[]");
    expect(object, "t", "true");
    expect(object, "", NULL);
    expect("{}", "a", NULL);
    expect("[1]", "a", NULL);
    expect("", "a", NULL);
    expect("7", "a", NULL);
}

static void test_several_in_one_walk(void **state)
{
    (void)state;
    static const char *const keys[] = {"z", "a", "m"};
    struct ht_slice values[3];
    export_line_members(HT_SLICE("{\"a\":\"1\",\"b\":2,\"z\":[3]}"), keys, 3, values);
    assert_true(ht_slice_is(values[0], "[3]") && ht_slice_is(values[1], "\"1\"") && !values[2].data);
}

/* Whatever the bytes, none beyond them is read (for sanitizers to see), and what is JSON reads as by its tape. */
static void test_any_bytes(void **state)
{
    (void)state;
    static const char alphabet[] = "{}[]\"\"\\:,,a1";
    struct random random = {7};
    struct ht_json *json = ht_json_new();
    unsigned sound = 0;
    for (int i = 0; i < 300000; i++) {
        size_t size = random_below(&random, 14);
        char *text = malloc(size + 1);
        assert_true(json && text);
        for (size_t at = 0; at < size; at++)
            text[at] = alphabet[random_below(&random, sizeof alphabet - 1)];
        if (size > 3 && random_below(&random, 2)) memcpy(text, "{\"a\"", 4);
        struct ht_slice object = ht_slice_of(text, size), got = export_line_member(object, "a");
        if (got.data) assert_true(got.data >= text && got.data + got.size <= text + size);
        if (ht_json_parse(json, object, NULL) == HT_OK && ht_json_type(json, 0) == HT_JSON_OBJECT) {
            const struct ht_json_node *node = ht_json_node(json, ht_json_member(json, 0, "a"));
            sound++;
            assert_true((node != NULL) == (got.data != NULL));
            if (node) assert_ptr_equal(got.data, text + node->offset - (node->type == HT_JSON_STRING));
        }
        free(text);
    }
    assert_true(sound > 100);
    ht_json_free(json);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_values_of_any_kind),
        cmocka_unit_test(test_several_in_one_walk),
        cmocka_unit_test(test_any_bytes),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
