#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <cmocka.h>

#include <event2/buffer.h>
#include <event2/event.h>
#include <fcntl.h>
#include <openssl/err.h>
#include <openssl/ssl.h>
#include <signal.h>
#include <sys/socket.h>

#include "../../server/tls.h"
#include "pair.h"

#define ROUNDS 200

/* One connection: a bufferevent of ours, and a client of OpenSSL's. */
struct line {
    struct event_base *base;
    struct bufferevent *bev;
    SSL_CTX *context;
    SSL *client;
    int fd; /* the client's */
    short event;
};

static struct pair pair;
static struct ht_tls *tls;
static struct ht_error err;

static int set_up(void **state)
{
    (void)state;
    signal(SIGPIPE, SIG_IGN);
    pair_make(&pair);
    pair_write(&pair, "first", -PAIR_DAY, 100 * PAIR_DAY);
    return ht_tls_new(pair.certificate, pair.key, &tls, &err) == HT_OK ? 0 : -1;
}

static int tear_down(void **state)
{
    (void)state;
    ht_tls_free(tls);
    pair_drop(&pair);
    return 0;
}

static void on_event(struct bufferevent *bev, short what, void *context)
{
    struct line *line = context;
    (void)bev;
    line->event = what;
}

static void turn(struct line *line)
{
    event_base_loop(line->base, EVLOOP_NONBLOCK);
}

static void line_open(struct line *line)
{
    int ends[2];
    *line = (struct line){.base = event_base_new(), .context = SSL_CTX_new(TLS_client_method())};
    assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0, ends), 0);
    line->bev = ht_tls_accept(tls, line->base);
    assert_non_null(line->bev);
    bufferevent_setcb(line->bev, NULL, NULL, on_event, line);
    assert_int_equal(bufferevent_setfd(line->bev, ends[0]), 0);
    assert_int_equal(bufferevent_enable(line->bev, EV_READ | EV_WRITE), 0);
    line->fd = ends[1];
}

static bool line_resume(struct line *line, SSL_SESSION *session)
{
    line->client = SSL_new(line->context);
    SSL_set_fd(line->client, line->fd);
    if (session) SSL_set_session(line->client, session);
    for (int i = 0; i < ROUNDS; i++) {
        int done = SSL_connect(line->client);
        turn(line);
        if (done == 1) return true;
        if (SSL_get_error(line->client, done) != SSL_ERROR_WANT_READ) return false;
    }
    return false;
}

static bool line_shake(struct line *line)
{
    return line_resume(line, NULL);
}

static void line_close(struct line *line)
{
    bufferevent_free(line->bev);
    turn(line);
    SSL_free(line->client);
    SSL_CTX_free(line->context);
    close(line->fd);
    event_base_free(line->base);
    ERR_clear_error();
}

static void name_of(struct line *line, char name[32])
{
    X509 *shown = SSL_get1_peer_certificate(line->client);
    assert_non_null(shown);
    X509_NAME_get_text_by_NID(X509_get_subject_name(shown), NID_commonName, name, 32);
    X509_free(shown);
}

static void expect_name(const char *wanted)
{
    struct line line;
    char name[32] = "";
    line_open(&line);
    assert_true(line_shake(&line));
    name_of(&line, name);
    assert_string_equal(name, wanted);
    line_close(&line);
}

/* Answers of the server are read as far as they have come. */
static void say(struct line *line, const char *text, size_t size)
{
    assert_int_equal(SSL_write(line->client, text, (int)size), (int)size);
    for (int i = 0; i < 5; i++)
        turn(line);
}

static void expect_input(struct line *line, const char *text)
{
    char got[64] = "";
    bufferevent_read(line->bev, got, sizeof got - 1);
    assert_string_equal(got, text);
}

/* ---- what is offered ---- */

static void test_versions(void **state)
{
    (void)state;
    static const struct {
        int version;
        bool spoken;
    } cases[] = {{TLS1_VERSION, false}, {TLS1_1_VERSION, false}, {TLS1_2_VERSION, true}, {TLS1_3_VERSION, true}};
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct line line;
        line_open(&line);
        SSL_CTX_set_security_level(line.context, 0);
        assert_int_equal(SSL_CTX_set_min_proto_version(line.context, cases[i].version), 1);
        assert_int_equal(SSL_CTX_set_max_proto_version(line.context, cases[i].version), 1);
        assert_int_equal(line_shake(&line), cases[i].spoken);
        assert_int_equal(ht_tls_is_open(line.bev), cases[i].spoken);
        line_close(&line);
    }
}

static void test_ciphers(void **state)
{
    (void)state;
    static const struct {
        const char *list;
        bool spoken;
    } cases[] = {{"ECDHE-ECDSA-AES128-GCM-SHA256", true}, {"ECDHE-ECDSA-CHACHA20-POLY1305", true},
                 {"ECDHE-ECDSA-AES256-SHA384", false},    {"ECDHE-ECDSA-AES128-SHA", false},
                 {"ECDHE-ECDSA-AES128-CCM8", false},      {"AECDH-AES128-SHA", false}};
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct line line;
        line_open(&line);
        SSL_CTX_set_security_level(line.context, 0);
        SSL_CTX_set_max_proto_version(line.context, TLS1_2_VERSION);
        assert_int_equal(SSL_CTX_set_cipher_list(line.context, cases[i].list), 1);
        assert_int_equal(line_shake(&line), cases[i].spoken);
        line_close(&line);
    }
}

static void test_protocols(void **state)
{
    (void)state;
    static const struct {
        const char *offered;
        bool spoken;
    } cases[] = {{NULL, true},
                 {"\x02h2\x08http/1.1", true},
                 {"\x08http/1.1", true},
                 {"\x02h2", false},
                 {"\x03"
                  "ftp",
                  false}};
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct line line;
        const unsigned char *chosen = NULL;
        unsigned size = 0;
        line_open(&line);
        if (cases[i].offered)
            SSL_CTX_set_alpn_protos(line.context, (const unsigned char *)cases[i].offered,
                                    (unsigned)strlen(cases[i].offered));
        assert_int_equal(line_shake(&line), cases[i].spoken);
        SSL_get0_alpn_selected(line.client, &chosen, &size);
        assert_int_equal(size, cases[i].offered && cases[i].spoken ? 8 : 0);
        line_close(&line);
    }
}

static void test_no_session_is_resumed(void **state)
{
    (void)state;
    static const int versions[] = {TLS1_2_VERSION, TLS1_3_VERSION};
    for (size_t i = 0; i < 2; i++) {
        struct line first, second;
        char byte;
        line_open(&first);
        SSL_CTX_set_max_proto_version(first.context, versions[i]);
        assert_true(line_shake(&first));
        say(&first, "x", 1);
        assert_int_equal(SSL_read(first.client, &byte, 1), -1);
        SSL_SESSION *session = SSL_get1_session(first.client);
        assert_int_equal(SSL_SESSION_has_ticket(session), 0);
        line_open(&second);
        SSL_CTX_set_max_proto_version(second.context, versions[i]);
        assert_true(line_resume(&second, session));
        assert_int_equal(SSL_session_reused(second.client), 0);
        SSL_SESSION_free(session);
        line_close(&first);
        line_close(&second);
    }
}

static void test_no_renegotiation(void **state)
{
    (void)state;
    struct line line;
    char byte;
    line_open(&line);
    SSL_CTX_set_max_proto_version(line.context, TLS1_2_VERSION);
    assert_true(line_shake(&line));
    assert_int_equal(SSL_renegotiate(line.client), 1);
    for (int i = 0; i < 20; i++) {
        (void)SSL_do_handshake(line.client);
        turn(&line);
    }
    assert_true(SSL_read(line.client, &byte, 1) <= 0);
    assert_int_equal(SSL_num_renegotiations(line.client), 1); /* it asked */
    assert_false(SSL_is_init_finished(line.client));          /* in vain */
    line_close(&line);
}

static void test_plain_http_is_closed(void **state)
{
    (void)state;
    struct line line;
    line_open(&line);
    static const char request[] = "GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n";
    assert_true(write(line.fd, request, sizeof request - 1) > 0);
    for (int i = 0; i < 5; i++)
        turn(&line);
    assert_true(line.event & (BEV_EVENT_ERROR | BEV_EVENT_EOF));
    assert_int_equal(evbuffer_get_length(bufferevent_get_input(line.bev)), 0);
    line_close(&line);
}

/* ---- reloading ---- */

static void test_a_reload_is_for_the_connections_to_come(void **state)
{
    (void)state;
    struct line line;
    char name[32];
    line_open(&line);
    assert_true(line_shake(&line));
    pair_write(&pair, "second", -PAIR_DAY, 50 * PAIR_DAY);
    expect_name("first");
    assert_int_equal(ht_tls_reload(tls, time(NULL), &err), HT_OK);
    expect_name("second");
    assert_in_range(ht_tls_expiry(tls), time(NULL) + 50 * PAIR_DAY - 60, time(NULL) + 50 * PAIR_DAY + 60);
    say(&line, "still here", 10);
    expect_input(&line, "still here");
    name_of(&line, name);
    assert_string_equal(name, "first");
    line_close(&line);
}

static void test_a_faulty_pair_is_refused(void **state)
{
    (void)state;
    EVP_PKEY *other = pair_key("P-256");
    pair_write_certificate(pair.certificate, other, "other", 0, PAIR_DAY);
    EVP_PKEY_free(other);
    assert_int_equal(ht_tls_reload(tls, time(NULL), &err), HT_INVALID);
    expect_name("first");
    pair_write(&pair, "expired", -10 * PAIR_DAY, -PAIR_DAY);
    assert_int_equal(ht_tls_reload(tls, time(NULL), &err), HT_INVALID);
    assert_non_null(strstr(err.detail, "has expired"));
    pair_write(&pair, "early", PAIR_DAY, 10 * PAIR_DAY);
    assert_int_equal(ht_tls_reload(tls, time(NULL), &err), HT_INVALID);
    unlink(pair.key);
    assert_int_equal(ht_tls_reload(tls, time(NULL), &err), HT_IO);
    expect_name("first");
}

static void test_an_end_that_is_near_is_told(void **state)
{
    (void)state;
    struct ht_tls *late;
    assert_int_equal(ht_tls_check(tls, time(NULL), &err), HT_OK);
    assert_int_equal(ht_tls_check(tls, time(NULL) + 90 * PAIR_DAY, &err), HT_INVALID);
    pair_write(&pair, "expired", -10 * PAIR_DAY, -PAIR_DAY);
    assert_int_equal(ht_tls_new(pair.certificate, pair.key, &late, &err), HT_OK);
    assert_int_equal(ht_tls_check(late, time(NULL), &err), HT_INVALID);
    ht_tls_free(late);
}

/* ---- the ways of bufferevent_openssl ---- */

static int read_end(struct line *line)
{
    char byte;
    int got = SSL_read(line->client, &byte, 1);
    return SSL_get_error(line->client, got);
}

static void test_the_end_is_said_unless_more_was_to_come(void **state)
{
    (void)state;
    struct line line;
    line_open(&line);
    ht_tls_say_end(line.bev); /* amid the handshake: nothing to say */
    assert_true(line_shake(&line));
    assert_int_equal(read_end(&line), SSL_ERROR_WANT_READ);
    bufferevent_disable(line.bev, EV_WRITE);
    bufferevent_write(line.bev, "reply", 5);
    ht_tls_say_end(line.bev);
    assert_int_equal(read_end(&line), SSL_ERROR_WANT_READ);
    evbuffer_drain(bufferevent_get_output(line.bev), 5);
    ht_tls_say_end(line.bev);
    assert_int_equal(read_end(&line), SSL_ERROR_ZERO_RETURN);
    line_close(&line);
}

static void test_the_end_is_read_after_it_was_said(void **state)
{
    (void)state;
    struct line line;
    line_open(&line);
    assert_true(line_shake(&line));
    ht_tls_say_end(line.bev);
    say(&line, "late", 4);
    expect_input(&line, "late");
    SSL_shutdown(line.client);
    for (int i = 0; i < 5; i++)
        turn(&line);
    assert_true(line.event & BEV_EVENT_EOF);
    line_close(&line);
}

static void test_who_leaves_without_a_word_has_left(void **state)
{
    (void)state;
    struct line line;
    line_open(&line);
    assert_true(line_shake(&line));
    shutdown(line.fd, SHUT_RDWR);
    for (int i = 0; i < 5; i++)
        turn(&line);
    assert_true(line.event & (BEV_EVENT_EOF | BEV_EVENT_ERROR));
    line_close(&line);
}

/* A record that is longer than the watermark: without a nudge nobody would read its rest. */
static void test_the_rest_of_a_record_is_read(void **state)
{
    (void)state;
    struct line line;
    static char text[8000];
    memset(text, 'x', sizeof text);
    line_open(&line);
    assert_true(line_shake(&line));
    bufferevent_setwatermark(line.bev, EV_READ, 0, 100);
    say(&line, text, sizeof text);
    struct evbuffer *input = bufferevent_get_input(line.bev);
    size_t got = 0;
    while (evbuffer_get_length(input) > 0) {
        got += evbuffer_get_length(input);
        evbuffer_drain(input, evbuffer_get_length(input));
        turn(&line);
    }
    assert_true(got < sizeof text);
    for (int i = 0; i < 10; i++) {
        ht_tls_read_rest(line.bev);
        turn(&line);
        got += evbuffer_get_length(input);
        evbuffer_drain(input, evbuffer_get_length(input));
    }
    assert_int_equal(got, sizeof text);
    line_close(&line);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_versions),
        TEST(test_ciphers),
        TEST(test_protocols),
        TEST(test_no_session_is_resumed),
        TEST(test_no_renegotiation),
        TEST(test_plain_http_is_closed),
        TEST(test_a_reload_is_for_the_connections_to_come),
        TEST(test_a_faulty_pair_is_refused),
        TEST(test_an_end_that_is_near_is_told),
        TEST(test_the_end_is_said_unless_more_was_to_come),
        TEST(test_the_end_is_read_after_it_was_said),
        TEST(test_who_leaves_without_a_word_has_left),
        TEST(test_the_rest_of_a_record_is_read),
    };
    return cmocka_run_group_tests_name("tls", tests, NULL, NULL);
}
