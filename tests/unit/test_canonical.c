/* Canonical texts: equal for equal values however they are written, stable, and valid JSON. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "../../query/canonical.h"
#include "random.h"

static char *canonical(const char *text)
{
    struct ht_json *json = ht_json_new();
    struct ht_buffer scratch = {0}, out = {0};
    struct ht_error err = {0};
    if (ht_json_parse(json, ht_slice_from(text), &err) != HT_OK) fail_msg("%s: %s", text, err.detail);
    ht_buffer_add_text(&scratch, "kept");
    assert_int_equal(canonical_add(json, 0, &scratch, &out, NULL), HT_OK);
    assert_int_equal(scratch.size, 4);
    char *copy = strdup(ht_buffer_text(&out));
    ht_buffer_release(&scratch);
    ht_buffer_release(&out);
    ht_json_free(json);
    return copy;
}

static void assert_canonical(const char *text, const char *expected)
{
    char *got = canonical(text);
    assert_string_equal(got, expected);
    free(got);
}

static void test_cases(void **state)
{
    (void)state;
    assert_canonical("\"\"", "\"\"");
    assert_canonical(" [ ] ", "[]");
    assert_canonical("{ }", "{}");
    assert_canonical("[1 , 1.0,1e2, -0]", "[1,1.0,1e2,-0]");
    assert_canonical("[null,true,false]", "[null,true,false]");
    assert_canonical("{\"b\":1,\"\\u0061\":[{\"d\":{},\"c\":[]}]}", "{\"a\":[{\"c\":[],\"d\":{}}],\"b\":1}");
    assert_canonical("\"\\u0041\\/\\n\\u00e9\\ud83d\\ude00\\u0000\"", "\"A/\\n\xc3\xa9\xf0\x9f\x98\x80\\u0000\"");
    assert_canonical("{\"a\":1,\"\":2,\"a\\u0000\":3,\"aa\":4}", "{\"\":2,\"a\":1,\"a\\u0000\":3,\"aa\":4}");
}

static void test_depth(void **state)
{
    char text[2 * HT_JSON_MAX_DEPTH + 1] = {0};
    (void)state;
    memset(text, '[', HT_JSON_MAX_DEPTH);
    memset(text + HT_JSON_MAX_DEPTH, ']', HT_JSON_MAX_DEPTH);
    assert_canonical(text, text);
}

/* The same value twice, members in another order and characters escaped or not. */
static void add_value(struct random *seed, struct random *form, struct ht_buffer *out, int depth)
{
    uint32_t what = random_below(seed, depth > 0 ? 6 : 3), count = random_below(seed, 5);
    if (what == 0) {
        ht_buffer_printf(out, "%u", random_below(seed, 1000));
    } else if (what < 3) {
        uint32_t code = 'a' + random_below(seed, 26);
        ht_buffer_printf(out, random_below(form, 2) ? "\"\\u%04x\\\\\"" : "\"%c\\u005c\"", code);
    } else if (what == 3) {
        for (uint32_t i = 0; i < count; i++) {
            ht_buffer_add_text(out, i > 0 ? " ," : "[");
            add_value(seed, form, out, depth - 1);
        }
        ht_buffer_add_text(out, count > 0 ? "]" : "[]");
    } else {
        uint32_t first = count > 0 ? random_below(form, count) : 0;
        uint64_t base = random_next(seed);
        for (uint32_t i = 0; i < count; i++) {
            uint32_t key = (first + i) % count;
            struct random own = {base + key * UINT64_C(7919)};
            ht_buffer_printf(out, random_below(form, 2) ? "%s\"k\\u003%u\": " : "%s\"k%u\":", i > 0 ? "," : "{ ", key);
            add_value(&own, form, out, depth - 1);
        }
        ht_buffer_add_text(out, count > 0 ? "}" : "{}");
    }
}

static void test_one_text_for_a_value(void **state)
{
    struct random form = {9};
    (void)state;
    for (uint64_t round = 0; round < 300; round++) {
        struct random once = {round}, again = {round};
        struct ht_buffer a = {0}, b = {0};
        add_value(&once, &form, &a, 4);
        add_value(&again, &form, &b, 4);
        char *x = canonical(ht_buffer_text(&a)), *y = canonical(ht_buffer_text(&b)), *z = canonical(x);
        assert_string_equal(x, y);
        assert_string_equal(x, z);
        free(x), free(y), free(z);
        ht_buffer_release(&a);
        ht_buffer_release(&b);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_cases),
        cmocka_unit_test(test_depth),
        cmocka_unit_test(test_one_text_for_a_value),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
