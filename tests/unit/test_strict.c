#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "../../server/strict.h"

struct line {
    const char *name;
    const char *value;
};

static enum ht_status judge(const char *method, const char *target, int minor, const struct line *lines)
{
    struct ht_strict strict;
    struct ht_error err;
    ht_strict_init(&strict, ht_slice_from(method), ht_slice_from(target), 1, minor);
    for (; lines->name; lines++)
        ht_strict_header(&strict, ht_slice_from(lines->name), ht_slice_from(lines->value));
    return ht_strict_check(&strict, &err);
}

#define LINES(...) ((const struct line[]){__VA_ARGS__, {NULL, NULL}})
#define HOST                                                                                                           \
    {                                                                                                                  \
        "Host", "x"                                                                                                    \
    }

static void test_plain_requests_pass(void **state)
{
    (void)state;
    assert_int_equal(judge("GET", "/", 1, LINES(HOST)), HT_OK);
    assert_int_equal(judge("GET", "/a%2fb?c=d%20e", 0, LINES({"Accept", "*/*"})), HT_OK);
    assert_int_equal(judge("GET", "/", 1, LINES(HOST, {"Content-Length", "0"})), HT_OK);
    assert_int_equal(judge("DELETE", "/x", 1, LINES(HOST)), HT_OK);
    assert_int_equal(judge("POST", "/hooks/a", 1, LINES(HOST, {"Content-Length", "5"})), HT_OK);
    assert_int_equal(judge("POST", "/hooks/a", 0, LINES({"content-length", "5"})), HT_OK);
    assert_int_equal(judge("POST", "/hooks/a", 1, LINES(HOST, {"TRANSFER-ENCODING", "Chunked"})), HT_OK);
    assert_int_equal(judge("GET", "/", 1, LINES(HOST, {"X", "tab\tand \xc3\xa9"})), HT_OK);
}

static void test_targets(void **state)
{
    (void)state;
    static const char *const targets[] = {"",     "*",      "http://x/", "x",     "//x",
                                          "/a b", "/a\x7f", "/\xc3\xa9", "/a%00", "/\n"};
    for (size_t i = 0; i < sizeof targets / sizeof targets[0]; i++)
        assert_int_equal(judge("GET", targets[i], 1, LINES(HOST)), HT_INVALID);
}

static void test_headers(void **state)
{
    (void)state;
    assert_int_equal(judge("GET", "/", 1, LINES({"Accept", "*/*"})), HT_INVALID);
    assert_int_equal(judge("GET", "/", 1, LINES(HOST, HOST)), HT_INVALID);
    assert_int_equal(judge("GET", "/", 1, LINES(HOST, {"A b", "c"})), HT_INVALID);
    assert_int_equal(judge("GET", "/", 1, LINES(HOST, {"", "c"})), HT_INVALID);
    assert_int_equal(judge("GET", "/", 1, LINES(HOST, {"A", "b\rc"})), HT_INVALID);
    assert_int_equal(judge("GET", "/", 1, LINES(HOST, {"A", "b\x7f"})), HT_INVALID);
}

static void test_framing(void **state)
{
    (void)state;
    static const struct line lines[][2] = {
        {{"Content-Length", "5"}, {"Content-Length", "5"}},
        {{"Content-Length", "5"}, {"Transfer-Encoding", "chunked"}},
        {{"Transfer-Encoding", "chunked"}, {"Transfer-Encoding", "chunked"}},
        {{"Content-Length", "+5"}, {"A", "b"}},
        {{"Content-Length", ""}, {"A", "b"}},
        {{"Content-Length", "5, 5"}, {"A", "b"}},
        {{"Transfer-Encoding", "gzip"}, {"A", "b"}},
        {{"Transfer-Encoding", "chunked, chunked"}, {"A", "b"}},
        {{"Content-Length ", "5"}, {"A", "b"}},
        {{"B", "c"}, {"A", "b"}},
    };
    for (size_t i = 0; i < sizeof lines / sizeof lines[0]; i++)
        assert_int_equal(judge("POST", "/", 1, LINES(HOST, lines[i][0], lines[i][1])), HT_INVALID);
    assert_int_equal(judge("POST", "/", 0, LINES({"Transfer-Encoding", "chunked"})), HT_INVALID);
    static const char *const bodyless[] = {"GET", "HEAD", "DELETE", "OPTIONS"};
    for (size_t i = 0; i < 4; i++) {
        assert_int_equal(judge(bodyless[i], "/", 1, LINES(HOST, {"Content-Length", "1"})), HT_INVALID);
        assert_int_equal(judge(bodyless[i], "/", 1, LINES(HOST, {"Transfer-Encoding", "chunked"})), HT_INVALID);
    }
}

static void test_versions_and_number_of_headers(void **state)
{
    (void)state;
    struct ht_strict strict;
    struct ht_error err;
    ht_strict_init(&strict, HT_SLICE("GET"), HT_SLICE("/"), 2, 0);
    assert_int_equal(ht_strict_check(&strict, &err), HT_INVALID);
    ht_strict_init(&strict, HT_SLICE("GET"), HT_SLICE("/"), 1, 2);
    assert_int_equal(ht_strict_check(&strict, &err), HT_INVALID);
    ht_strict_init(&strict, HT_SLICE("GET"), HT_SLICE("/"), 1, 1);
    ht_strict_header(&strict, HT_SLICE("Host"), HT_SLICE("x"));
    for (int i = 1; i < 64; i++)
        ht_strict_header(&strict, HT_SLICE("A"), HT_SLICE("b"));
    assert_int_equal(ht_strict_check(&strict, &err), HT_OK);
    ht_strict_header(&strict, HT_SLICE("A"), HT_SLICE("b"));
    assert_int_equal(ht_strict_check(&strict, &err), HT_INVALID);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_plain_requests_pass),
        cmocka_unit_test(test_targets),
        cmocka_unit_test(test_headers),
        cmocka_unit_test(test_framing),
        cmocka_unit_test(test_versions_and_number_of_headers),
    };
    return cmocka_run_group_tests_name("strict", tests, NULL, NULL);
}
