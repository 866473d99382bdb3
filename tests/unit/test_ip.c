#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <arpa/inet.h>
#include <cmocka.h>
#include <string.h>

#include "../../server/ip.h"

static const char mapped[HT_IP_SIZE] = "\0\0\0\0\0\0\0\0\0\0\xff\xff\xc0\x00\x02\x07";

static void texts_become_bytes(void **state)
{
    (void)state;
    uint8_t ip[HT_IP_SIZE], six[HT_IP_SIZE];
    static const char *const wrong[] = {"",          "192.0.2", "192.0.2.7:80", "[::1]", "::ffff:300.0.0.1",
                                        "localhost", " ::1"};
    assert_true(ht_ip_parse("192.0.2.7", ip));
    assert_memory_equal(ip, mapped, sizeof mapped);
    assert_true(ht_ip_is_v4(ip));
    assert_true(ht_ip_parse("::ffff:192.0.2.7", six));
    assert_memory_equal(ip, six, sizeof ip);
    assert_true(ht_ip_parse("2001:db8::7", six));
    assert_false(ht_ip_is_v4(six));
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++)
        assert_false(ht_ip_parse(wrong[i], ip));
}

static void sockets_have_the_same_bytes(void **state)
{
    (void)state;
    struct sockaddr_storage socket = {0};
    uint8_t ip[HT_IP_SIZE], wanted[HT_IP_SIZE];
    struct sockaddr_in *four = (struct sockaddr_in *)&socket;
    four->sin_family = AF_INET;
    assert_int_equal(inet_pton(AF_INET, "192.0.2.7", &four->sin_addr), 1);
    assert_true(ht_ip_of_socket(&socket, ip));
    assert_memory_equal(ip, mapped, sizeof mapped);
    socket = (struct sockaddr_storage){0};
    struct sockaddr_in6 *six = (struct sockaddr_in6 *)&socket;
    six->sin6_family = AF_INET6;
    assert_int_equal(inet_pton(AF_INET6, "2001:db8::7", &six->sin6_addr), 1);
    assert_true(ht_ip_of_socket(&socket, ip));
    assert_true(ht_ip_parse("2001:db8::7", wanted));
    assert_memory_equal(ip, wanted, sizeof ip);
    socket.ss_family = AF_UNIX;
    assert_false(ht_ip_of_socket(&socket, ip));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(texts_become_bytes),
        cmocka_unit_test(sockets_have_the_same_bytes),
    };
    return cmocka_run_group_tests_name("ip", tests, NULL, NULL);
}
