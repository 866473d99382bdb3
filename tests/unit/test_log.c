#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include <sys/stat.h>
#include <unistd.h>

#include "../../server/log.h"

/* What one call writes. */
static void capture(enum ht_log_format format, bool journal, enum ht_log_level level, const char *message, char *out,
                    size_t size)
{
    int ends[2];
    struct ht_logger log;
    assert_int_equal(pipe(ends), 0);
    ht_log_init(&log, ends[1], format, journal, HT_LOG_INFO);
    ht_log_write(&log, level, "%s", message);
    close(ends[1]);
    ssize_t got = read(ends[0], out, size - 1);
    assert_true(got >= 0);
    out[got] = '\0';
    close(ends[0]);
}

static void test_text(void **state)
{
    (void)state;
    char out[2048];
    capture(HT_LOG_TEXT, false, HT_LOG_INFO, "hello", out, sizeof out);
    assert_string_equal(out, "hello\n");
    capture(HT_LOG_TEXT, false, HT_LOG_ERROR, "hello", out, sizeof out);
    assert_string_equal(out, "error: hello\n");
    capture(HT_LOG_TEXT, true, HT_LOG_WARNING, "hello", out, sizeof out);
    assert_string_equal(out, "<4>warning: hello\n");
    capture(HT_LOG_TEXT, false, HT_LOG_DEBUG, "hello", out, sizeof out);
    assert_string_equal(out, "");
}

/* One call is one line, whatever it quotes. */
static void test_hostile_text_is_escaped(void **state)
{
    (void)state;
    char out[2048];
    const char *hostile = "a\nerror: forged\r\x1b[31m\x9b\xc2\x85\x7f\xe2\x80\xae\"\\";
    for (int format = HT_LOG_TEXT; format <= HT_LOG_JSON; format++) {
        capture((enum ht_log_format)format, false, HT_LOG_INFO, hostile, out, sizeof out);
        assert_ptr_equal(strchr(out, '\n'), out + strlen(out) - 1);
        for (const char *at = out; at[1]; at++)
            assert_true((unsigned char)*at >= 0x20 && (unsigned char)*at < 0x7f);
    }
}

static void test_json(void **state)
{
    (void)state;
    char out[2048];
    capture(HT_LOG_JSON, true, HT_LOG_WARNING, "a \"b\"\n\xe2\x80\xae", out, sizeof out);
    assert_memory_equal(out, "{\"time\":\"", 9);
    assert_non_null(strstr(out, "\",\"level\":\"warning\",\"message\":\"a \\\"b\\\"\\\\x0a\\\\u{202e}\"}\n"));
}

/* systemd's variable is inherited by whoever writes to somewhere else. */
static void test_the_journal_is_known_by_its_descriptor(void **state)
{
    (void)state;
    char own[64];
    struct stat stat_of;
    int ends[2];
    assert_int_equal(pipe(ends), 0);
    assert_int_equal(fstat(ends[1], &stat_of), 0);
    snprintf(own, sizeof own, "%ju:%ju", (uintmax_t)stat_of.st_dev, (uintmax_t)stat_of.st_ino);
    assert_true(ht_log_is_journal(ends[1], own));
    assert_false(ht_log_is_journal(ends[1], NULL));
    assert_false(ht_log_is_journal(ends[1], "8:1234"));
    close(ends[0]);
    close(ends[1]);
    assert_false(ht_log_is_journal(ends[1], own));
}

/* Why it doesn't serve, to whoever has started it. */
static void test_tell(void **state)
{
    (void)state;
    int ends[2];
    char out[256];
    assert_int_equal(pipe(ends), 0);
    ht_log_tell(ends[1], "%s is \"%s\"", "listen", "\x1b[2J\n");
    ssize_t got = read(ends[0], out, sizeof out - 1);
    assert_true(got > 0);
    out[got] = '\0';
    assert_string_equal(out, "hooktraild: listen is \"\\x1b[2J\\x0a\"\n");
    close(ends[0]);
    close(ends[1]);
}

static void test_long_messages_are_cut(void **state)
{
    (void)state;
    char message[4000], out[8192];
    memset(message, 'x', sizeof message - 1);
    message[sizeof message - 1] = '\0';
    capture(HT_LOG_TEXT, false, HT_LOG_INFO, message, out, sizeof out);
    assert_int_equal(strlen(out), 1024);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_text),
        cmocka_unit_test(test_hostile_text_is_escaped),
        cmocka_unit_test(test_json),
        cmocka_unit_test(test_tell),
        cmocka_unit_test(test_the_journal_is_known_by_its_descriptor),
        cmocka_unit_test(test_long_messages_are_cut),
    };
    return cmocka_run_group_tests_name("log", tests, NULL, NULL);
}
