#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "../../server/router.h"

static void serve(struct ht_request *request)
{
    (void)request;
}

static const struct ht_route routes[] = {
    {"/hooks/{}", "hooks", serve, HT_METHOD_POST, 0, HT_FACE_HOOKS},
    {"/hooks/{}/{}", "hooks_type", serve, HT_METHOD_POST, 0, HT_FACE_HOOKS},
    {"/v1/events", "events", serve, HT_METHOD_GET, 1, HT_FACE_API},
    {"/v1/events/{}", "event", serve, HT_METHOD_GET, 1, HT_FACE_API},
    {"/v1/rejected/{}", "one", serve, HT_METHOD_GET, 1, HT_FACE_API},
    {"/v1/rejected/{}", "drop", serve, HT_METHOD_DELETE, 2, HT_FACE_API},
    {"/log/tile/entries/{*}", "entries", serve, HT_METHOD_GET, 1, HT_FACE_API},
    {"/log/tile/{*}", "tile", serve, HT_METHOD_GET, 1, HT_FACE_API},
};

static void find(unsigned method, const char *target, struct ht_match *match)
{
    ht_router_match(routes, sizeof routes / sizeof routes[0], HT_FACE_HOOKS | HT_FACE_API, method,
                    ht_slice_from(target), match);
}

static void expect(unsigned method, const char *target, const char *name)
{
    struct ht_match match;
    find(method, target, &match);
    assert_non_null(match.route);
    assert_string_equal(match.route->name, name);
    ht_buffer_release(&match.decoded);
}

static void expect_none(unsigned method, const char *target, unsigned allowed)
{
    struct ht_match match;
    find(method, target, &match);
    assert_null(match.route);
    assert_int_equal(match.allowed, allowed);
    ht_buffer_release(&match.decoded);
}

static void test_routes_are_found(void **state)
{
    (void)state;
    expect(HT_METHOD_GET, "/v1/events", "events");
    expect(HT_METHOD_GET, "/v1/events?limit=1", "events");
    expect(HT_METHOD_GET, "/v1/events/7", "event");
    expect(HT_METHOD_POST, "/hooks/s", "hooks");
    expect(HT_METHOD_POST, "/hooks/s/t?x", "hooks_type");
    expect(HT_METHOD_GET, "/v1/rejected/1", "one");
    expect(HT_METHOD_DELETE, "/v1/rejected/1", "drop");
}

static void test_nothing_is_normalised(void **state)
{
    (void)state;
    static const char *const targets[] = {"",
                                          "/",
                                          "v1/events",
                                          "/v1",
                                          "/v1/events/",
                                          "/v1//events",
                                          "//v1/events",
                                          "/V1/events",
                                          "/v1/./events",
                                          "/v1/x/../events",
                                          "/v1/%65vents",
                                          "/hooks/",
                                          "/hooks/s/t/u",
                                          "/hooks/s/",
                                          "/v1/events/7/"};
    for (size_t i = 0; i < sizeof targets / sizeof targets[0]; i++) {
        expect_none(HT_METHOD_GET, targets[i], 0);
        expect_none(HT_METHOD_POST, targets[i], 0);
    }
}

static void test_other_methods_are_named(void **state)
{
    (void)state;
    expect_none(HT_METHOD_POST, "/v1/events", HT_METHOD_GET);
    expect_none(HT_METHOD_OTHER, "/v1/rejected/1", HT_METHOD_GET | HT_METHOD_DELETE);
    expect_none(HT_METHOD_GET, "/hooks/anything", HT_METHOD_POST);
    struct ht_buffer allow = {0};
    ht_router_allow(HT_METHOD_GET | HT_METHOD_DELETE, &allow);
    assert_string_equal(ht_buffer_text(&allow), "GET, HEAD, DELETE");
    ht_buffer_release(&allow);
}

static void test_captures_are_decoded(void **state)
{
    (void)state;
    struct ht_match match;
    find(HT_METHOD_POST, "/hooks/a%2Fb+c/%C3%a9%20?q=1&r", &match);
    assert_non_null(match.route);
    assert_true(ht_slice_is(match.captures[0], "a/b+c"));
    assert_true(ht_slice_is(match.captures[1], "\xc3\xa9 "));
    assert_true(ht_slice_is(match.query, "q=1&r"));
    ht_buffer_release(&match.decoded);
    find(HT_METHOD_GET, "/v1/events/7", &match);
    assert_true(ht_slice_is(match.captures[0], "7"));
    assert_null(match.captures[1].data);
    assert_null(match.query.data);
    ht_buffer_release(&match.decoded);
}

/* The rest of a path is taken as it was sent; the more special row comes first. */
static void test_the_rest_of_a_path(void **state)
{
    (void)state;
    struct ht_match match;
    expect(HT_METHOD_GET, "/log/tile/entries/x001/234.p/5", "entries");
    expect(HT_METHOD_GET, "/log/tile/entries", "tile");
    expect_none(HT_METHOD_POST, "/log/tile/0/000", HT_METHOD_GET);
    find(HT_METHOD_GET, "/log/tile/0/../x//000.p/1?a=/b", &match);
    assert_string_equal(match.route->name, "tile");
    assert_true(ht_slice_is(match.captures[0], "0/../x//000.p/1"));
    assert_true(ht_slice_is(match.query, "a=/b"));
    ht_buffer_release(&match.decoded);
    static const char *const targets[] = {"/log/tile",       "/log/tile/",    "/log/tile/?0",
                                          "/log/tile/0/%30", "/log/%74ile/0", "/log//tile/0"};
    for (size_t i = 0; i < sizeof targets / sizeof targets[0]; i++)
        expect_none(HT_METHOD_GET, targets[i], 0);
}

static void test_malformed_captures_are_unknown_paths(void **state)
{
    (void)state;
    static const char *const targets[] = {"/hooks/%",   "/hooks/%4",    "/hooks/%4g",
                                          "/hooks/%g4", "/hooks/a%00b", "/hooks/a/%00"};
    for (size_t i = 0; i < sizeof targets / sizeof targets[0]; i++)
        expect_none(HT_METHOD_POST, targets[i], 0);
}

/* Every byte but NUL comes back from its percent-encoding. */
static void test_decoding_undoes_encoding(void **state)
{
    (void)state;
    for (unsigned byte = 1; byte < 256; byte++) {
        char text[8], wanted = (char)byte;
        struct ht_buffer out = {0};
        snprintf(text, sizeof text, byte % 2 ? "%%%02x" : "%%%02X", byte);
        assert_true(ht_router_decode(ht_slice_from(text), true, &out));
        assert_int_equal(out.size, 1);
        assert_memory_equal(out.data, &wanted, 1);
        ht_buffer_release(&out);
    }
}

static void test_query_pairs(void **state)
{
    (void)state;
    struct ht_buffer scratch = {0};
    struct ht_slice query = HT_SLICE("&a=1&&b+c=%26+x=&d&e=%zz&=f"), name, value;
    bool valid;
    static const char *const wanted[][2] = {{"a", "1"}, {"b c", "& x="}, {"d", ""}, {NULL, NULL}, {"", "f"}};
    for (size_t i = 0; i < 5; i++) {
        assert_true(ht_router_next_pair(&query, &scratch, &name, &value, &valid));
        assert_int_equal(valid, wanted[i][0] != NULL);
        if (!valid) continue;
        assert_true(ht_slice_is(name, wanted[i][0]));
        assert_true(ht_slice_is(value, wanted[i][1]));
    }
    assert_false(ht_router_next_pair(&query, &scratch, &name, &value, &valid));
    query = HT_ABSENT;
    assert_false(ht_router_next_pair(&query, &scratch, &name, &value, &valid));
    ht_buffer_release(&scratch);
}

/* What belongs to another face is not there, whatever the method. */
static void test_faces(void **state)
{
    (void)state;
    static const struct ht_route two[] = {
        {"/hooks/{}", "hooks", serve, HT_METHOD_POST, 0, HT_FACE_HOOKS},
        {"/v1/events", "events", serve, HT_METHOD_GET, 1, HT_FACE_API},
        {"/healthz", "healthz", serve, HT_METHOD_GET, 0, HT_FACE_HOOKS | HT_FACE_API},
    };
    static const struct {
        const char *target;
        unsigned method;
        unsigned faces;
    } cases[] = {{"/hooks/s", HT_METHOD_POST, HT_FACE_HOOKS},
                 {"/v1/events", HT_METHOD_GET, HT_FACE_API},
                 {"/healthz", HT_METHOD_GET, HT_FACE_HOOKS | HT_FACE_API}};
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        for (unsigned face = HT_FACE_HOOKS; face <= HT_FACE_API; face++) {
            struct ht_match match;
            ht_router_match(two, 3, face, cases[i].method, ht_slice_from(cases[i].target), &match);
            assert_int_equal(match.route != NULL, (cases[i].faces & face) != 0);
            ht_buffer_release(&match.decoded);
            ht_router_match(two, 3, face, HT_METHOD_DELETE, ht_slice_from(cases[i].target), &match);
            assert_int_equal(match.allowed != 0, (cases[i].faces & face) != 0);
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_routes_are_found),
        cmocka_unit_test(test_nothing_is_normalised),
        cmocka_unit_test(test_other_methods_are_named),
        cmocka_unit_test(test_captures_are_decoded),
        cmocka_unit_test(test_the_rest_of_a_path),
        cmocka_unit_test(test_malformed_captures_are_unknown_paths),
        cmocka_unit_test(test_decoding_undoes_encoding),
        cmocka_unit_test(test_query_pairs),
        cmocka_unit_test(test_faces),
    };
    return cmocka_run_group_tests_name("router", tests, NULL, NULL);
}
