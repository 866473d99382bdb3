#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "../../server/entrance.h"
#include "../../server/router.h"

static struct ht_config config;
static struct ht_entrances entrances;
static struct ht_error err;

static int set_up(void **state)
{
    (void)state;
    return ht_config_init(&config, &err) == HT_OK ? 0 : -1;
}

static int tear_down(void **state)
{
    (void)state;
    ht_config_release(&config);
    return 0;
}

/* Every setting, in the order of the arguments; "" for none. */
static enum ht_status plan(const char *listen, const char *api, const char *pair, const char *behind_proxy)
{
    const char *settings[][2] = {
        {"listen", listen},
        {"api_listen", api},
        {"tls_certificate", pair},
        {"tls_key", pair},
        {"behind_proxy", behind_proxy},
    };
    for (size_t i = 0; i < sizeof settings / sizeof settings[0]; i++)
        assert_int_equal(ht_config_set(&config, ht_slice_from(settings[i][0]), ht_slice_from(settings[i][1]),
                                       HT_SOURCE_OPTION, &err),
                         HT_OK);
    return ht_entrances_plan(&config, &entrances, &err);
}

static void expect(size_t place, unsigned faces, bool tls)
{
    assert_int_equal(entrances.list[place].faces, faces);
    assert_int_equal(entrances.list[place].tls, tls);
}

static void test_one_address_serves_all(void **state)
{
    (void)state;
    for (int tls = 0; tls < 2; tls++) {
        assert_int_equal(plan("127.0.0.1:0", "", tls ? "pair.pem" : "", "off"), HT_OK);
        assert_int_equal(entrances.count, 1);
        expect(0, HT_FACE_HOOKS | HT_FACE_API, tls);
        assert_int_equal(ht_entrances_need_tls(&entrances), tls);
    }
}

static void test_two_addresses_share(void **state)
{
    (void)state;
    assert_int_equal(plan("0.0.0.0:8443", "127.0.0.1:8787", "pair.pem", "off"), HT_OK);
    assert_int_equal(entrances.count, 2);
    expect(0, HT_FACE_API, false);
    expect(1, HT_FACE_HOOKS, true);
    assert_int_equal(plan("127.0.0.1:8443", "[::]:8787", "pair.pem", "off"), HT_OK);
    expect(0, HT_FACE_API, true);
    expect(1, HT_FACE_HOOKS, true);
    assert_int_equal(plan("127.0.0.1:8443", "[::1]:8787", "", "off"), HT_OK);
    expect(0, HT_FACE_API, false);
    expect(1, HT_FACE_HOOKS, false);
    assert_false(ht_entrances_need_tls(&entrances));
}

static void test_one_port_is_for_one_address(void **state)
{
    (void)state;
    static const struct {
        const char *listen, *api;
        enum ht_status status;
    } cases[] = {
        {"127.0.0.1:8787", "127.0.0.1:8787", HT_INVALID},
        {"0.0.0.0:8787", "127.0.0.1:8787", HT_INVALID},
        {"127.0.0.1:8787", "[::]:8787", HT_INVALID},
        {"[::]:8787", "[::1]:8787", HT_INVALID},
        {"0.0.0.0:8787", "[::1]:8787", HT_OK},
        {"127.0.0.1:8787", "127.0.0.2:8787", HT_OK},
        {"127.0.0.1:8787", "[::1]:8787", HT_OK},
        {"127.0.0.1:8787", "127.0.0.1:8788", HT_OK},
        {"127.0.0.1:0", "127.0.0.1:0", HT_OK},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        assert_int_equal(plan(cases[i].listen, cases[i].api, "", "on"), cases[i].status);
        if (cases[i].status != HT_OK) assert_non_null(strstr(err.detail, "api_listen and listen want the same port"));
    }
}

static void test_the_net_without_tls_is_refused(void **state)
{
    (void)state;
    assert_int_equal(plan("0.0.0.0:80", "", "", "off"), HT_INVALID);
    assert_string_equal(err.pointer, "listen");
    assert_non_null(strstr(err.detail, "behind_proxy"));
    assert_non_null(strstr(err.detail, "tls_certificate"));
    assert_int_equal(plan("127.0.0.1:80", "[::]:81", "", "off"), HT_INVALID);
    assert_string_equal(err.pointer, "api_listen");
    assert_int_equal(plan("0.0.0.0:80", "[::]:81", "", "on"), HT_OK);
    expect(0, HT_FACE_API, false);
    expect(1, HT_FACE_HOOKS, false);
}

static void test_half_a_pair_is_refused(void **state)
{
    (void)state;
    assert_int_equal(ht_config_set(&config, HT_SLICE("tls_key"), HT_SLICE("k"), HT_SOURCE_OPTION, &err), HT_OK);
    assert_int_equal(ht_entrances_plan(&config, &entrances, &err), HT_INVALID);
    assert_string_equal(err.pointer, "tls_certificate");
    assert_int_equal(ht_config_set(&config, HT_SLICE("tls_key"), HT_SLICE(""), HT_SOURCE_OPTION, &err), HT_OK);
    assert_int_equal(ht_config_set(&config, HT_SLICE("tls_certificate"), HT_SLICE("c"), HT_SOURCE_OPTION, &err), HT_OK);
    assert_int_equal(ht_entrances_plan(&config, &entrances, &err), HT_INVALID);
    assert_string_equal(err.pointer, "tls_key");
}

static void test_sockets_are_taken_or_closed(void **state)
{
    (void)state;
    assert_int_equal(plan("127.0.0.1:0", "127.0.0.1:0", "pair.pem", "off"), HT_OK);
    assert_int_equal(ht_entrances_open(&entrances, 2, &err), HT_OK);
    int taken = ht_entrance_take(&entrances.list[1], 1), left = entrances.list[0].sockets[0];
    assert_true(taken >= 0 && left >= 0);
    assert_int_equal(ht_entrance_take(&entrances.list[1], 1), -1);
    ht_entrances_close(&entrances);
    assert_int_not_equal(close(left), 0);
    assert_int_equal(close(taken), 0);
}

static void test_an_address_in_use_is_refused_and_nothing_stays_open(void **state)
{
    (void)state;
    assert_int_equal(plan("127.0.0.1:0", "", "", "off"), HT_OK);
    assert_int_equal(ht_entrances_open(&entrances, 1, &err), HT_OK);
    char url[HT_LISTEN_URL_SIZE];
    ht_listen_url(&entrances.list[0].address, false, url);
    const char *address = url + strlen("http://");
    struct ht_entrances first = entrances;
    for (size_t loops = 1; loops <= 2; loops++) {
        assert_int_equal(plan(address, "127.0.0.1:0", "", "off"), HT_OK);
        assert_int_equal(ht_entrances_open(&entrances, loops, &err), HT_BUSY);
        assert_int_equal(entrances.list[0].sockets[0], -1);
        assert_int_equal(entrances.list[1].sockets[0], -1);
    }
    ht_entrances_close(&first);
}

static void test_where_they_are_is_told(void **state)
{
    (void)state;
    char text[256] = "";
    int ends[2];
    assert_int_equal(plan("127.0.0.1:8443", "127.0.0.1:8787", "pair.pem", "off"), HT_OK);
    assert_int_equal(pipe(ends), 0);
    ht_entrances_tell(&entrances, ends[1]);
    assert_true(read(ends[0], text, sizeof text - 1) > 0);
    assert_string_equal(text, "serving the API on http://127.0.0.1:8787\nlistening on https://127.0.0.1:8443\n");
    close(ends[0]);
    close(ends[1]);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_one_address_serves_all),         TEST(test_two_addresses_share),
        TEST(test_the_net_without_tls_is_refused), TEST(test_half_a_pair_is_refused),
        TEST(test_sockets_are_taken_or_closed),    TEST(test_an_address_in_use_is_refused_and_nothing_stays_open),
        TEST(test_where_they_are_is_told),         TEST(test_one_port_is_for_one_address),
    };
    return cmocka_run_group_tests_name("entrance", tests, NULL, NULL);
}
