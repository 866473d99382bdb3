#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <locale.h>
#include <time.h>

#include "../../query/cli/transcript.h"

/* What the document becomes, without colour and at `width` columns. */
static char *transcribe(const char *document, const char *lead, unsigned width)
{
    struct ht_output output = {.width = width};
    struct ht_transcript transcript = {.output = &output};
    struct ht_view view = {0}, profile = {0};
    struct ht_buffer out = {0};
    assert_int_equal(ht_view_parse(&view, ht_slice_from(document), NULL), HT_OK);
    if (lead) {
        assert_int_equal(ht_view_parse(&profile, ht_slice_from(lead), NULL), HT_OK);
        ht_transcript_lead(&transcript, &profile, 0);
    }
    ht_transcript_head(&transcript, &view, &out);
    ht_transcript_items(&transcript, &view, &out);
    ht_transcript_release(&transcript);
    ht_view_release(&view);
    ht_view_release(&profile);
    char *text = strdup(ht_buffer_text(&out));
    ht_buffer_release(&out);
    assert_non_null(text);
    return text;
}

static const char chat[] =
    "{\"conversation\":{\"id\":\"c1\",\"agent_name\":\"Robo\",\"lead_ids\":[\"l1\",\"l2\"]},\"items\":["
    "{\"kind\":\"message\",\"at\":\"2026-11-20T09:02:11Z\",\"role\":\"user\",\"content\":\"Hello there\"},"
    "{\"kind\":\"message\",\"at\":\"2026-11-20T09:03:00Z\",\"role\":\"assistant\",\"content\":\"Hi\",\"edited\":{}},"
    "{\"kind\":\"event\",\"at\":\"2026-11-20T09:04:00Z\",\"type\":\"session-escalated\",\"reason\":\"asked\\nfor it\"},"
    "{\"kind\":\"event\",\"at\":\"2026-11-21T10:00:00Z\",\"type\":\"new-contact\",\"fields\":"
    "{\"first_name\":\"Jane\",\"last_name\":\"Smith\",\"email\":\"jane@example.com\"}},"
    "{\"kind\":\"message\",\"at\":null,\"role\":\"human\",\"content\":null,\"removed\":{\"seq\":9}}],\"next\":null}";

static void expect_line(const char *text, const char *line)
{
    if (!strstr(text, line)) fail_msg("no line \"%s\" in:\n%s", line, text);
}

static void test_a_chat_is_readable(void **state)
{
    (void)state;
    char *text = transcribe(chat, NULL, 80);
    expect_line(text, "conversation c1\n");
    expect_line(text, "  leads    l1, l2\n");
    expect_line(text, "Friday, 20 November 2026");
    expect_line(text, "Saturday, 21 November 2026");
    expect_line(text, "09:02  Visitor             Hello there\n");
    expect_line(text, "09:03  Robo                Hi (edited)\n");
    expect_line(text, "09:04  escalated to a human: asked\\x0afor it ");
    expect_line(text, "10:00  contact captured: Jane Smith, jane@example.com ");
    expect_line(text, "       human                (removed later)\n");
    free(text);
}

static void test_the_lead_has_a_name(void **state)
{
    (void)state;
    char *text = transcribe(chat, "{\"first_name\":\"Jane\",\"last_name\":\"Smith\"}", 80);
    expect_line(text, "09:02  Jane Smith          Hello there\n");
    free(text);
    text = transcribe(chat, "{\"name\":\"A name that is too long for its column\"}", 80);
    expect_line(text, "09:02  A name that is too  Hello there\n");
    free(text);
}

/* Nothing that a sender says may reach the terminal as it is. */
static void test_hostile_text_is_harmless(void **state)
{
    (void)state;
    char *text =
        transcribe("{\"conversation\":{\"id\":\"\\u001b[2J\",\"agent_name\":\"\\u0007\"},\"items\":["
                   "{\"kind\":\"message\",\"role\":\"\\u001b]0;x\",\"content\":\"\\u001b[31m\\u202e\\r\\u0000\"},"
                   "{\"kind\":\"event\",\"type\":\"\\u009b\",\"reason\":\"\\u001b\"},"
                   "{\"kind\":\"event\",\"type\":\"visitor-identified\",\"visitor\":{\"display_name\":\"\\u001b\"}},"
                   "{\"kind\":7},{}]}",
                   "{\"first_name\":\"\\u001b\"}", 80);
    for (const char *at = text; *at; at++)
        assert_true((unsigned char)*at >= ' ' || *at == '\n');
    assert_null(strstr(text, "\xe2\x80\xae"));
    assert_null(strstr(text, "\xc2\x9b"));
    free(text);
}

static void test_what_is_missing_does_no_harm(void **state)
{
    (void)state;
    static const char *const documents[] = {
        "{}", "[]", "null", "{\"items\":{}}", "{\"items\":[1,null,[]]}", "{\"conversation\":[],\"items\":[]}"};
    for (size_t i = 0; i < sizeof documents / sizeof *documents; i++) {
        char *text = transcribe(documents[i], NULL, 20);
        expect_line(text, "conversation ");
        free(text);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_a_chat_is_readable),
        cmocka_unit_test(test_the_lead_has_a_name),
        cmocka_unit_test(test_hostile_text_is_harmless),
        cmocka_unit_test(test_what_is_missing_does_no_harm),
    };
    setlocale(LC_CTYPE, "C.UTF-8");
    setenv("TZ", "UTC", 1);
    tzset();
    cmocka_set_message_output(CM_OUTPUT_TAP);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
