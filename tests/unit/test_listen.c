#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <unistd.h>

#include "../../server/listen.h"

static void test_addresses(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        const char *url;
        bool loopback;
    } cases[] = {
        {"127.0.0.1:8787", "http://127.0.0.1:8787", true},
        {"127.9.9.9:1", "http://127.9.9.9:1", true},
        {"[::1]:65535", "http://[::1]:65535", true},
        {"0.0.0.0:80", "http://0.0.0.0:80", false},
        {"[::]:80", "http://[::]:80", false},
        {"192.0.2.1:80", "http://192.0.2.1:80", false},
        {"128.0.0.1:80", "http://128.0.0.1:80", false},
        {"[::ffff:127.0.0.1]:80", "http://[::ffff:127.0.0.1]:80", true},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct ht_address address;
        struct ht_error err;
        char url[HT_LISTEN_URL_SIZE];
        assert_int_equal(ht_listen_parse("listen", cases[i].text, &address, &err), HT_OK);
        ht_listen_url(&address, false, url);
        assert_string_equal(url, cases[i].url);
        ht_listen_url(&address, true, url);
        assert_memory_equal(url, "https://", 8);
        assert_string_equal(url + 8, cases[i].url + 7);
        assert_int_equal(ht_listen_is_loopback(&address), cases[i].loopback);
    }
}

static void test_what_is_no_address(void **state)
{
    (void)state;
    static const char *const texts[] = {"",
                                        ":",
                                        "8787",
                                        ":8787",
                                        "127.0.0.1",
                                        "127.0.0.1:",
                                        "127.0.0.1:65536",
                                        "127.0.0.1:-1",
                                        "127.0.0.1:x",
                                        "::1:80",
                                        "[::1]",
                                        "[]:80",
                                        "[::1:80",
                                        "127.0.0.1:80 "};
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
        struct ht_address address;
        struct ht_error err = {0};
        assert_int_equal(ht_listen_parse("api_listen", texts[i], &address, &err), HT_INVALID);
        assert_string_equal(err.pointer, "api_listen");
        assert_true(err.detail[0] != '\0');
    }
}

static int no_delay(int fd)
{
    int value = 0;
    socklen_t size = sizeof value;
    assert_int_equal(getsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &value, &size), 0);
    return value;
}

static void test_a_port_is_picked_and_taken(void **state)
{
    (void)state;
    for (size_t count = 1; count <= 3; count += 2) {
        struct ht_address address, same;
        struct ht_error err;
        int sockets[3], more[3];
        assert_int_equal(ht_listen_parse("listen", "127.0.0.1:0", &address, &err), HT_OK);
        assert_int_equal(ht_listen_open(&address, sockets, count, &err), HT_OK);
        assert_int_not_equal(((struct sockaddr_in *)&address.socket)->sin_port, 0);
        for (size_t i = 0; i < count; i++)
            assert_int_not_equal(no_delay(sockets[i]), 0);
        /* Nobody else gets it, not even who would share it. */
        for (size_t others = 1; others <= 3; others += 2) {
            same = address;
            assert_int_equal(ht_listen_open(&same, more, others, &err), HT_BUSY);
            assert_non_null(strstr(err.detail, "--listen"));
        }
        for (size_t i = 0; i < count; i++)
            close(sockets[i]);
        same = address;
        assert_int_equal(ht_listen_open(&same, more, 1, &err), HT_OK);
        close(more[0]);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_addresses),
        cmocka_unit_test(test_what_is_no_address),
        cmocka_unit_test(test_a_port_is_picked_and_taken),
    };
    return cmocka_run_group_tests_name("listen", tests, NULL, NULL);
}
