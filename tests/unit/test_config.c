#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "../../server/config.h"

static struct ht_config config;
static struct ht_error err;

static int set_up(void **state)
{
    (void)state;
    memset(&err, 0, sizeof err);
    return ht_config_init(&config, &err) == HT_OK ? 0 : -1;
}

static int tear_down(void **state)
{
    (void)state;
    ht_config_release(&config);
    return 0;
}

static enum ht_status set(const char *name, const char *value)
{
    return ht_config_set(&config, ht_slice_from(name), ht_slice_from(value), HT_SOURCE_OPTION, &err);
}

static enum ht_status parse(const char *text)
{
    return ht_config_parse(&config, ht_slice_from(text), "hooktrail.conf", &err);
}

static void test_defaults(void **state)
{
    (void)state;
    assert_string_equal(ht_config_text(&config, HT_SETTING_LISTEN), "127.0.0.1:8787");
    assert_string_equal(ht_config_text(&config, HT_SETTING_DATA), "");
    assert_int_equal(ht_config_number(&config, HT_SETTING_MAX_BODY), 1048576);
    assert_int_equal(ht_config_number(&config, HT_SETTING_REQUEST_TIMEOUT), 30000);
    assert_int_equal(ht_config_number(&config, HT_SETTING_BEHIND_PROXY), 0);
    assert_int_equal(ht_config_number(&config, HT_SETTING_LOG_LEVEL), 2);
}

static void test_values_of_every_kind(void **state)
{
    (void)state;
    static const struct {
        const char *name;
        const char *value;
        enum ht_setting setting;
        uint64_t number;
    } cases[] = {
        {"max_body", "2097152", HT_SETTING_MAX_BODY, 2097152},
        {"max_body", "2MiB", HT_SETTING_MAX_BODY, 2097152},
        {"max_body", "2 m", HT_SETTING_MAX_BODY, 2097152},
        {"max_body", "64K", HT_SETTING_MAX_BODY, 65536},
        {"map_size", "2TiB", HT_SETTING_MAP_SIZE, UINT64_C(2) << 40},
        {"idle_timeout", "500ms", HT_SETTING_IDLE_TIMEOUT, 500},
        {"idle_timeout", "5", HT_SETTING_IDLE_TIMEOUT, 5000},
        {"idle_timeout", "2m", HT_SETTING_IDLE_TIMEOUT, 120000},
        {"idle_timeout", "24h", HT_SETTING_IDLE_TIMEOUT, 86400000},
        {"behind_proxy", "on", HT_SETTING_BEHIND_PROXY, 1},
        {"behind_proxy", "No", HT_SETTING_BEHIND_PROXY, 0},
        {"behind_proxy", "TRUE", HT_SETTING_BEHIND_PROXY, 1},
        {"log_level", "debug", HT_SETTING_LOG_LEVEL, 3},
        {"log_format", "json", HT_SETTING_LOG_FORMAT, 1},
        {"threads", "64", HT_SETTING_THREADS, 64},
        {"log_public", "on", HT_SETTING_LOG_PUBLIC, 1},
        {"witness_interval", "1s", HT_SETTING_WITNESS_INTERVAL, 1000},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        assert_int_equal(set(cases[i].name, cases[i].value), HT_OK);
        assert_int_equal(ht_config_number(&config, cases[i].setting), cases[i].number);
    }
}

static void test_refused_values_change_nothing(void **state)
{
    (void)state;
    static const char *const cases[][2] = {
        {"threads", "0"},
        {"threads", "65"},
        {"threads", "-1"},
        {"threads", "1.5"},
        {"threads", ""},
        {"threads", " 2"},
        {"threads", "2 B"},
        {"max_body", "1023"},
        {"max_body", "65MiB"},
        {"max_body", "1 parsec"},
        {"max_body", "MiB"},
        {"max_body", "18446744073709551616"},
        {"max_body", "99999999999TiB"},
        {"idle_timeout", "99ms"},
        {"idle_timeout", "25h"},
        {"behind_proxy", "maybe"},
        {"behind_proxy", ""},
        {"log_level", "loud"},
        {"log_level", "inf"},
        {"log_level", "info|debug"},
        {"log_level", ""},
        {"listen", ""},
        {"no_such", "1"},
        {"", "1"},
    };
    uint64_t before[HT_SETTING_COUNT];
    for (size_t i = 0; i < HT_SETTING_COUNT; i++)
        before[i] = ht_config_number(&config, (enum ht_setting)i);
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        err.detail[0] = '\0';
        assert_int_equal(set(cases[i][0], cases[i][1]), HT_INVALID);
        assert_true(err.detail[0] != '\0');
    }
    for (size_t i = 0; i < HT_SETTING_COUNT; i++)
        assert_int_equal(ht_config_number(&config, (enum ht_setting)i), before[i]);
    assert_string_equal(ht_config_text(&config, HT_SETTING_LISTEN), "127.0.0.1:8787");
}

/* A source adds to its own list, and replaces what a lesser one said. */
static void test_lists_are_joined(void **state)
{
    (void)state;
    assert_string_equal(ht_config_text(&config, HT_SETTING_WITNESS), "");
    assert_int_equal(parse("witness = https://a k1\nretain = 400d\nwitness = https://b k2\norigin = x\norigin = y\n"),
                     HT_OK);
    assert_string_equal(ht_config_text(&config, HT_SETTING_WITNESS), "https://a k1, https://b k2");
    assert_string_equal(ht_config_text(&config, HT_SETTING_RETAIN), "400d");
    assert_string_equal(ht_config_text(&config, HT_SETTING_ORIGIN), "y");
    assert_int_equal(set("witness", "https://c k3"), HT_OK);
    assert_string_equal(ht_config_text(&config, HT_SETTING_WITNESS), "https://c k3");
    assert_int_equal(parse("witness = https://a k1\n"), HT_OK);
    assert_string_equal(ht_config_text(&config, HT_SETTING_WITNESS), "https://c k3");
}

static void test_a_list_that_grows_too_long_is_refused(void **state)
{
    (void)state;
    char piece[4000];
    memset(piece, 'x', sizeof piece - 1);
    piece[sizeof piece - 1] = '\0';
    assert_int_equal(set("retain", piece), HT_OK);
    assert_int_equal(set("retain", piece), HT_OK);
    assert_int_equal(set("retain", piece), HT_INVALID);
    assert_int_equal(strlen(ht_config_text(&config, HT_SETTING_RETAIN)), 2 * 3999 + 2);
}

static void test_a_name_that_is_not_terminated(void **state)
{
    (void)state;
    char *name = malloc(3);
    memcpy(name, "abc", 3);
    assert_int_equal(ht_config_set(&config, ht_slice_of(name, 3), HT_SLICE("1"), HT_SOURCE_OPTION, &err), HT_INVALID);
    assert_non_null(strstr(err.detail, "\"abc\""));
    free(name);
}

static void test_file(void **state)
{
    (void)state;
    assert_int_equal(parse("# comment\n; another\n\nmax_body = 2MiB\n  threads=3\nlisten = [::1]:80 ; why not\n"),
                     HT_OK);
    assert_int_equal(ht_config_number(&config, HT_SETTING_MAX_BODY), 2097152);
    assert_int_equal(ht_config_number(&config, HT_SETTING_THREADS), 3);
    assert_string_equal(ht_config_text(&config, HT_SETTING_LISTEN), "[::1]:80");
}

static void test_file_errors_name_the_line(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        const char *where;
    } cases[] = {
        {"max_body = 2MiB\nfoo = 1\n", "hooktrail.conf:2: "},
        {"\n\nthreads = many", "hooktrail.conf:3: "},
        {"[section]\nthreads = 1\n", "hooktrail.conf:2: "},
        {"threads = 1\nnonsense\nfoo = 1\n", "hooktrail.conf:2: "},
        {"foo = 1\nnonsense\n", "hooktrail.conf:1: "},
        {"threads = 1\n threads = 0\n", "hooktrail.conf:2: "},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        assert_int_equal(parse(cases[i].text), HT_INVALID);
        assert_memory_equal(err.detail, cases[i].where, strlen(cases[i].where));
    }
}

static void test_a_long_line_is_refused_and_not_cut(void **state)
{
    (void)state;
    char text[600] = "threads = 2\ndata = /";
    size_t size = strlen(text);
    memset(text + size, 'x', 400);
    assert_int_equal(parse(text), HT_INVALID);
    assert_memory_equal(err.detail, "hooktrail.conf:2: ", 18);
    assert_string_equal(ht_config_text(&config, HT_SETTING_DATA), "");
}

static void test_nul_in_a_file_is_refused(void **state)
{
    (void)state;
    assert_int_equal(ht_config_parse(&config, HT_SLICE("threads = 2\n\0data = x\n"), "f", &err), HT_INVALID);
}

static void test_a_missing_file(void **state)
{
    (void)state;
    assert_int_equal(ht_config_read(&config, "/nonexistent/hooktrail.conf", &err), HT_IO);
    assert_non_null(strstr(err.detail, "/nonexistent/hooktrail.conf"));
}

static void test_option_beats_environment_beats_file(void **state)
{
    (void)state;
    setenv("HOOKTRAIL_THREADS", "4", 1);
    setenv("HOOKTRAIL_LISTEN", "127.0.0.1:4", 1);
    setenv("HOOKTRAIL_MAX_BODY", "", 1);
    assert_int_equal(set("listen", "127.0.0.1:5"), HT_OK);
    assert_int_equal(ht_config_environment(&config, &err), HT_OK);
    assert_int_equal(parse("threads = 3\nlisten = 127.0.0.1:3\nmax_body = 3MiB\n"), HT_OK);
    assert_int_equal(ht_config_number(&config, HT_SETTING_THREADS), 4);
    assert_int_equal(ht_config_number(&config, HT_SETTING_MAX_BODY), 3145728);
    assert_string_equal(ht_config_text(&config, HT_SETTING_LISTEN), "127.0.0.1:5");
    setenv("HOOKTRAIL_THREADS", "four", 1);
    assert_int_equal(ht_config_environment(&config, &err), HT_INVALID);
    assert_non_null(strstr(err.detail, "HOOKTRAIL_THREADS"));
    unsetenv("HOOKTRAIL_THREADS");
    unsetenv("HOOKTRAIL_LISTEN");
    unsetenv("HOOKTRAIL_MAX_BODY");
}

static void test_reload_takes_what_may_change(void **state)
{
    (void)state;
    struct ht_config fresh;
    const char *differing[HT_SETTING_COUNT];
    assert_int_equal(ht_config_init(&fresh, &err), HT_OK);
    assert_int_equal(ht_config_reload(&config, &fresh, differing), 0);
    assert_int_equal(ht_config_parse(&fresh, HT_SLICE("idle_timeout = 9s\nlog_level = error\n"), "fresh", &err), HT_OK);
    assert_int_equal(ht_config_reload(&config, &fresh, differing), 0);
    assert_int_equal(ht_config_number(&config, HT_SETTING_IDLE_TIMEOUT), 9000);
    assert_int_equal(ht_config_number(&config, HT_SETTING_LOG_LEVEL), 0);
    assert_int_equal(
        ht_config_parse(&fresh, HT_SLICE("threads = 2\nlisten = [::1]:1\nwrite_timeout = 7s\n"), "fresh", &err), HT_OK);
    assert_int_equal(ht_config_reload(&config, &fresh, differing), 2);
    assert_string_equal(differing[0], "listen");
    assert_string_equal(differing[1], "threads");
    assert_int_equal(ht_config_number(&config, HT_SETTING_THREADS), 1);
    assert_int_equal(ht_config_number(&config, HT_SETTING_WRITE_TIMEOUT), 7000);
    ht_config_release(&fresh);
}

/* The sample explains every setting, and its commented defaults are the defaults. */
static void test_the_sample_file_is_complete_and_true(void **state)
{
    (void)state;
    char line[512], text[8192] = "";
    size_t size = 0;
    FILE *sample = fopen("packaging/hooktrail.conf", "r");
    if (!sample) skip();
    while (fgets(line, sizeof line, sample)) {
        if (line[0] != '#' || line[1] != ' ' || strcspn(line + 2, " ") + 3 != strcspn(line, "=")) continue;
        size += (size_t)snprintf(text + size, sizeof text - size, "%s", line + 2);
    }
    fclose(sample);
    assert_int_equal(parse(text), HT_OK);
    for (size_t i = 0; i < HT_SETTING_COUNT; i++)
        assert_int_equal(config.sources[i], HT_SOURCE_FILE);
    struct ht_config fresh;
    const char *differing[HT_SETTING_COUNT];
    assert_int_equal(ht_config_init(&fresh, &err), HT_OK);
    assert_int_equal(ht_config_reload(&config, &fresh, differing), 0);
    for (size_t i = 0; i < HT_SETTING_COUNT; i++)
        assert_int_equal(ht_config_number(&config, (enum ht_setting)i), ht_config_number(&fresh, (enum ht_setting)i));
    ht_config_release(&fresh);
}

/* The range, from what refuses a senseless value; false if the setting has none. */
static bool find_range(const char *name, bool *is_time, unsigned long long *least, unsigned long long *most)
{
    if (set(name, "?") == HT_OK) return false;
    const char *from = strstr(err.detail, " from ");
    *is_time = from && strstr(from, "ms to ");
    if (*is_time) return sscanf(from, " from %llums to %llus", least, most) == 2;
    return from && sscanf(from, " from %llu to %llu", least, most) == 2;
}

/* As people write it: 65536 as 64KiB, 3600 seconds as 1h. */
static void print_measure(char out[32], unsigned long long value, const char *kind)
{
    static const char *const sizes[] = {"", "KiB", "MiB", "GiB", "TiB"};
    size_t unit = 0;
    if (strcmp(kind, "bytes") == 0)
        for (; value >= 1024 && value % 1024 == 0; value /= 1024)
            unit++;
    if (strcmp(kind, "seconds") == 0)
        snprintf(out, 32, "%lluh", value / 3600);
    else
        snprintf(out, 32, "%llu%s", value, strcmp(kind, "ms") == 0 ? "ms" : sizes[unit]);
}

static void expect_range(const char *name, const char *said)
{
    char low[32], high[32], range[80];
    bool is_time;
    unsigned long long least, most;
    if (!find_range(name, &is_time, &least, &most)) return;
    bool is_size = strstr(err.detail, "bytes") != NULL;
    print_measure(low, least, is_time ? "ms" : is_size ? "bytes" : "");
    print_measure(high, most, is_time ? "seconds" : is_size ? "bytes" : "");
    snprintf(range, sizeof range, " %s to %s. Default: ", low, high);
    if (!strstr(said, range)) fail_msg("hooktrail.conf(5) does not say of %s:%s", name, range);
}

/* What the manual says below the name of a setting, which may be one of several; "" if it does not have it. */
static void find_in_manual(const char *page, const char *name, char said[1024])
{
    char title[80] = "*";
    for (size_t size = 1; *name && size < sizeof title - 4; name++) {
        if (*name == '_') title[size++] = '\\';
        title[size++] = *name;
        title[size] = '*';
        title[size + 1] = '\0';
    }
    const char *at = strstr(page, title);
    while (at && (at[strcspn(at, "\n") + 1] != '\t' || (at[-1] != '\n' && strncmp(at - 3, "*, ", 3) != 0)))
        at = strstr(at + 1, title);
    at = at ? strstr(at, "\n\t") : NULL;
    size_t size = 0;
    for (; at && strncmp(at, "\n\n", 2) != 0 && size < 1023; at++)
        if (*at != '\t') said[size++] = *at == '\n' ? ' ' : *at;
    said[size] = '\0';
}

static void test_the_manual_is_complete_and_true(void **state)
{
    (void)state;
    char page[65536], line[256], name[64], said[1024];
    FILE *manual = fopen("docs/man/hooktrail.conf.5.scd", "r"), *settings = tmpfile();
    if (!manual || !settings) skip();
    page[fread(page, 1, sizeof page - 1, manual)] = '\0';
    fclose(manual);
    ht_config_describe(settings);
    rewind(settings);
    size_t count = 0;
    for (; fgets(line, sizeof line, settings) && sscanf(line, " %63s", name) == 1; count++) {
        find_in_manual(page, name, said);
        if (said[0] == '\0') fail_msg("hooktrail.conf(5) does not have %s", name);
        char *fallback = strrchr(line, '(');
        if (fallback && line[strlen(line) - 2] == ')') {
            line[strlen(line) - 2] = '\0';
            char *at = strstr(said, "Default: ");
            if (!at || strncmp(at + 9, fallback + 1, strlen(fallback + 1)) != 0)
                fail_msg("hooktrail.conf(5) does not say of %s: Default: %s", name, fallback + 1);
        }
        expect_range(name, said);
    }
    fclose(settings);
    assert_int_equal(count, HT_SETTING_COUNT);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_defaults),
        TEST(test_values_of_every_kind),
        TEST(test_refused_values_change_nothing),
        TEST(test_lists_are_joined),
        TEST(test_a_list_that_grows_too_long_is_refused),
        TEST(test_a_name_that_is_not_terminated),
        TEST(test_file),
        TEST(test_file_errors_name_the_line),
        TEST(test_a_long_line_is_refused_and_not_cut),
        TEST(test_nul_in_a_file_is_refused),
        TEST(test_a_missing_file),
        TEST(test_option_beats_environment_beats_file),
        TEST(test_reload_takes_what_may_change),
        TEST(test_the_sample_file_is_complete_and_true),
        TEST(test_the_manual_is_complete_and_true),
    };
    return cmocka_run_group_tests_name("config", tests, NULL, NULL);
}
