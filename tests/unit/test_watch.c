#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "../../server/watch.h"

#define MAX_HEAD 1000
#define MAX_HEADERS 64
#define MAX_BODY 100000

static const char get[] = "GET / HTTP/1.1\r\nHost: x\r\n\r\n";

static void feed_in_pieces(struct ht_watch *watch, struct ht_slice text, size_t piece)
{
    for (size_t at = 0; at < text.size; at += piece) {
        size_t size = text.size - at < piece ? text.size - at : piece;
        /* In a heap block of its own, so that a read beyond is noticed. */
        char *copy = malloc(size);
        memcpy(copy, text.data + at, size);
        ht_watch_feed(watch, ht_slice_of(copy, size));
        free(copy);
    }
}

/* Whatever the pieces, the outcome is the same. */
static enum ht_watch_state judge(struct ht_slice text)
{
    struct ht_watch whole, parts;
    ht_watch_init(&whole, MAX_HEAD, MAX_HEADERS, MAX_BODY);
    ht_watch_feed(&whole, text);
    for (size_t piece = 1; piece < 9; piece++) {
        ht_watch_init(&parts, MAX_HEAD, MAX_HEADERS, MAX_BODY);
        feed_in_pieces(&parts, text, piece);
        assert_int_equal(parts.state, whole.state);
        assert_ptr_equal(parts.reason, whole.reason);
        assert_int_equal(parts.announced, whole.announced);
        assert_int_equal(parts.kept.size, whole.kept.size);
        ht_watch_release(&parts);
    }
    enum ht_watch_state state = whole.state;
    ht_watch_release(&whole);
    return state;
}

static enum ht_watch_state judge_text(const char *text)
{
    return judge(ht_slice_from(text));
}

#define POST "POST /hooks/a HTTP/1.1\r\nHost: x\r\n"
#define CHUNKED POST "Transfer-Encoding: chunked\r\n\r\n"

static void test_whole_requests_are_done(void **state)
{
    (void)state;
    static const char *const texts[] = {
        get,
        "GET / HTTP/1.0\r\n\r\n",
        POST "Content-Length: 0\r\n\r\n",
        POST "Content-Length: 2\r\n\r\n{}",
        POST "content-length:\t2 \r\n\r\n{}GET / HTTP/1.1",
        POST "Transfer-Encoding: Chunked\r\n\r\n2\r\n{}\r\n0\r\n\r\n",
        CHUNKED "0\r\n\r\n",
        CHUNKED "0A\r\n0123456789\r\n1\r\nx\r\n000\r\n\r\n",
        CHUNKED "0\r\nTrailer: a\r\nAnother: b\r\n\r\n",
    };
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++)
        assert_int_equal(judge_text(texts[i]), HT_WATCH_DONE);
}

/* No beginning of a whole request is done, or refused. */
static void test_beginnings_want_more(void **state)
{
    (void)state;
    static const char text[] = CHUNKED "5\r\nabcde\r\n0\r\nT: 1\r\n\r\n";
    for (size_t size = 0; size < sizeof text - 1; size++)
        assert_true(judge(ht_slice_of(text, size)) <= HT_WATCH_BODY);
    assert_int_equal(judge_text(text), HT_WATCH_DONE);
}

static void test_malformed_requests_are_refused(void **state)
{
    (void)state;
    static const char *const texts[] = {
        "GET /\r\n\r\n",
        "GET / HTTP/2.0\r\n\r\n",
        "GET / HTTP/1.1 x\r\n\r\n",
        "GET  / HTTP/1.1\r\n\r\n",
        "GE(T / HTTP/1.1\r\n\r\n",
        "\r\n\r\n",
        "GET / HTTP/1.1\r\nno colon\r\n\r\n",
        "GET / HTTP/1.1\r\n: no name\r\n\r\n",
        "GET / HTTP/1.1\r\nA: b\r\n folded\r\n\r\n",
        "GET / HTTP/1.1\r\nA : b\r\n\r\n",
        "GET / HTTP/1.1\r\nA: b\x01\r\n\r\n",
        "GET / HTTP/1.1\r\nA: b\rc\r\n\r\n",
        "GET / HTTP/1.0\n\n",
        "GET / HTTP/1.1\nHost: x\r\n\r\n",
        "GET / HTTP/1.1\r\nHost: x\n\r\n",
        "GET / HTTP/1.1\r\nA: b\n\nPOST / HTTP/1.1\r\n",
        POST "Content-Length: 2\r\nContent-Length: 2\r\n\r\n{}",
        POST "Content-Length: 2\r\nTransfer-Encoding: chunked\r\n\r\n{}",
        POST "Content-Length: +2\r\n\r\n{}",
        POST "Content-Length: -2\r\n\r\n{}",
        POST "Content-Length: 0x2\r\n\r\n{}",
        POST "Content-Length: 2,2\r\n\r\n{}",
        POST "Content-Length: 2 2\r\n\r\n{}",
        POST "Content-Length:\r\n\r\n{}",
        POST "Content-Length: 18446744073709551616\r\n\r\n{}",
        POST "Transfer-Encoding: gzip\r\n\r\n",
        POST "Transfer-Encoding: gzip, chunked\r\n\r\n",
        POST "Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n\r\n",
        "POST / HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n",
        CHUNKED "\r\n",
        CHUNKED "g\r\n",
        CHUNKED "-1\r\n",
        CHUNKED "2;ext=1\r\n",
        CHUNKED "2 \r\n",
        CHUNKED "2\nab",
        CHUNKED "1000000000000000\r\n",
        CHUNKED "2\r\nabc\r\n",
        CHUNKED "2\r\nab\n",
        CHUNKED "2\r\nab\rx",
        CHUNKED "0\r\n\n",
        CHUNKED "0\r\n\rx",
        CHUNKED "0\r\nnocolon\r\n",
        CHUNKED "0\r\n: b\r\n",
        CHUNKED "0\r\n A: b\r\n",
        CHUNKED "0\r\nA B: c\r\n",
        CHUNKED "0\r\nA: b\n",
        CHUNKED "0\r\nA: b\rc",
        CHUNKED "0\r\nA: b\x01",
        CHUNKED "0\r\nA: b\r\n c",
    };
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++)
        assert_int_equal(judge_text(texts[i]), HT_WATCH_MALFORMED);
    assert_int_equal(judge(HT_SLICE("GET / HTTP/1.1\r\nA: b\0c\r\n\r\n")), HT_WATCH_MALFORMED);
}

static void test_unknown_methods(void **state)
{
    (void)state;
    assert_int_equal(judge_text("BREW / HTTP/1.1\r\n\r\n"), HT_WATCH_UNKNOWN_METHOD);
    assert_int_equal(judge_text("CONNECT x:1 HTTP/1.1\r\n\r\n"), HT_WATCH_UNKNOWN_METHOD);
    assert_int_equal(judge_text("get / HTTP/1.1\r\n\r\n"), HT_WATCH_UNKNOWN_METHOD);
}

static void test_the_head_is_bounded(void **state)
{
    (void)state;
    struct ht_watch watch;
    ht_watch_init(&watch, MAX_HEAD, MAX_HEADERS, MAX_BODY);
    for (size_t i = 0; i < 10 * MAX_HEAD; i++)
        ht_watch_feed(&watch, HT_SLICE("a"));
    assert_int_equal(watch.state, HT_WATCH_HEAD_TOO_LARGE);
    assert_int_equal(watch.head.size, MAX_HEAD + 1);
    ht_watch_release(&watch);
}

static void test_headers_are_counted(void **state)
{
    (void)state;
    char text[4096] = "GET / HTTP/1.1\r\n";
    struct ht_watch watch;
    for (int i = 0; i < MAX_HEADERS; i++)
        strcat(text, "A: b\r\n");
    for (int more = 0; more < 2; more++) {
        ht_watch_init(&watch, sizeof text, MAX_HEADERS, MAX_BODY);
        ht_watch_feed(&watch, ht_slice_from(text));
        ht_watch_feed(&watch, HT_SLICE("\r\n"));
        assert_int_equal(watch.state, more ? HT_WATCH_TOO_MANY_HEADERS : HT_WATCH_DONE);
        ht_watch_release(&watch);
        strcat(text, "A: b\r\n");
    }
}

static void test_trailers_are_bounded(void **state)
{
    (void)state;
    struct ht_watch watch;
    ht_watch_init(&watch, MAX_HEAD, MAX_HEADERS, MAX_BODY);
    ht_watch_feed(&watch, HT_SLICE(CHUNKED "0\r\n"));
    for (int i = 0; i < 10000; i++)
        ht_watch_feed(&watch, HT_SLICE("a: b\r\n"));
    assert_int_equal(watch.state, HT_WATCH_MALFORMED);
    ht_watch_release(&watch);
}

static void test_a_body_at_the_limit_and_one_beyond(void **state)
{
    (void)state;
    char *body = calloc(1, MAX_BODY + 1), head[128];
    struct ht_watch watch;
    for (size_t size = MAX_BODY; size <= MAX_BODY + 1; size++) {
        ht_watch_init(&watch, MAX_HEAD, MAX_HEADERS, MAX_BODY);
        snprintf(head, sizeof head, POST "Content-Length: %zu\r\n\r\n", size);
        ht_watch_feed(&watch, ht_slice_from(head));
        assert_int_equal(watch.state, HT_WATCH_BODY);
        assert_int_equal(watch.over, size > MAX_BODY);
        ht_watch_feed(&watch, ht_slice_of(body, size));
        assert_int_equal(watch.state, size > MAX_BODY ? HT_WATCH_TOO_LARGE : HT_WATCH_DONE);
        assert_int_equal(watch.kept.size, size > MAX_BODY ? HT_WATCH_KEPT : 0);
        assert_int_equal(watch.announced, size);
        ht_watch_release(&watch);
    }
    free(body);
}

static void feed_chunk(struct ht_watch *watch, size_t size)
{
    char *text = malloc(size + 32);
    int at = snprintf(text, 32, "%zx\r\n", size);
    memset(text + at, 'y', size);
    memcpy(text + at + size, "\r\n", 2);
    ht_watch_feed(watch, ht_slice_of(text, (size_t)at + size + 2));
    free(text);
}

static void test_chunks_are_counted_before_they_come(void **state)
{
    (void)state;
    struct ht_watch watch;
    ht_watch_init(&watch, MAX_HEAD, MAX_HEADERS, MAX_BODY);
    ht_watch_feed(&watch, HT_SLICE(CHUNKED));
    for (int i = 0; i < 10; i++)
        feed_chunk(&watch, MAX_BODY / 10);
    assert_int_equal(watch.state, HT_WATCH_BODY);
    assert_int_equal(watch.announced, MAX_BODY);
    /* The size alone is enough, for a beginning has been kept. */
    ht_watch_feed(&watch, HT_SLICE("1\r\n"));
    assert_int_equal(watch.state, HT_WATCH_TOO_LARGE);
    assert_int_equal(watch.announced, MAX_BODY + 1);
    assert_int_equal(watch.kept.size, HT_WATCH_KEPT);
    assert_memory_equal(watch.kept.data, "yyyy", 4);
    ht_watch_release(&watch);
}

static void test_one_huge_chunk_is_refused_once_its_beginning_is_there(void **state)
{
    (void)state;
    struct ht_watch watch;
    ht_watch_init(&watch, MAX_HEAD, MAX_HEADERS, MAX_BODY);
    ht_watch_feed(&watch, HT_SLICE(CHUNKED "fffffffffffffff\r\nabc"));
    assert_true(watch.over);
    assert_int_equal(watch.state, HT_WATCH_BODY);
    for (int i = 0; i < HT_WATCH_KEPT; i++)
        ht_watch_feed(&watch, HT_SLICE("d"));
    assert_int_equal(watch.state, HT_WATCH_TOO_LARGE);
    assert_int_equal(watch.kept.size, HT_WATCH_KEPT);
    assert_memory_equal(watch.kept.data, "abcd", 4);
    ht_watch_release(&watch);
}

static void test_the_head_can_be_asked(void **state)
{
    (void)state;
    struct ht_watch watch;
    ht_watch_init(&watch, MAX_HEAD, MAX_HEADERS, MAX_BODY);
    assert_null(ht_watch_method(&watch).data);
    assert_null(ht_watch_header(&watch, "host").data);
    ht_watch_feed(&watch,
                  HT_SLICE("POST /a?b HTTP/1.1\r\nHost: x\r\nX-Empty:\r\nx-two:  a b \t\r\nContent-Length: 7\r\n\r\n"));
    assert_true(ht_slice_is(ht_watch_method(&watch), "POST"));
    assert_true(ht_slice_is(ht_watch_target(&watch), "/a?b"));
    assert_true(ht_slice_is(ht_watch_header(&watch, "HOST"), "x"));
    assert_true(ht_slice_is(ht_watch_header(&watch, "x-empty"), ""));
    assert_true(ht_slice_is(ht_watch_header(&watch, "X-Two"), "a b"));
    assert_null(ht_watch_header(&watch, "x-tw").data);
    ht_watch_reset(&watch);
    assert_null(ht_watch_target(&watch).data);
    ht_watch_feed(&watch, ht_slice_from(get));
    assert_int_equal(watch.state, HT_WATCH_DONE);
    assert_true(ht_slice_is(ht_watch_method(&watch), "GET"));
    ht_watch_release(&watch);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_whole_requests_are_done),
        cmocka_unit_test(test_beginnings_want_more),
        cmocka_unit_test(test_malformed_requests_are_refused),
        cmocka_unit_test(test_unknown_methods),
        cmocka_unit_test(test_the_head_is_bounded),
        cmocka_unit_test(test_headers_are_counted),
        cmocka_unit_test(test_trailers_are_bounded),
        cmocka_unit_test(test_a_body_at_the_limit_and_one_beyond),
        cmocka_unit_test(test_chunks_are_counted_before_they_come),
        cmocka_unit_test(test_one_huge_chunk_is_refused_once_its_beginning_is_there),
        cmocka_unit_test(test_the_head_can_be_asked),
    };
    return cmocka_run_group_tests_name("watch", tests, NULL, NULL);
}
