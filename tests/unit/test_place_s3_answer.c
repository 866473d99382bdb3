#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "../../query/export/place_s3_list.h"
#include "../../query/export/place_s3_xml.h"

/* ---- XML ---- */

static enum ht_status note(void *context, const char *path, struct ht_slice text, struct ht_error *err)
{
    (void)err;
    ht_buffer_printf(context, "%s=%.*s;", path, HT_SLICE_ARGS(text));
    return HT_OK;
}

static void expect_xml(const char *xml, enum ht_status wanted, const char *visits)
{
    struct ht_buffer seen = {0};
    struct ht_error err = {0};
    enum ht_status status = export_s3_xml_walk(ht_slice_from(xml), note, &seen, &err);
    if (status != wanted) fail_msg("%s: %s %s", xml, ht_status_title(status), err.detail);
    if (visits) assert_string_equal(ht_buffer_text(&seen), visits);
    ht_buffer_release(&seen);
}

static void test_elements(void **state)
{
    (void)state;
    expect_xml("<a/>", HT_OK, "a=;");
    expect_xml("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<a xmlns=\"u\"><b>1</b><b x='2'>2</b> <c><d/>t</c></a>",
               HT_OK, "a/b=1;a/b=2;a/c/d=;a/c=t;a=;");
    expect_xml("<a>&lt;&amp;&gt;&quot;&apos;&#x41;&#66;<![CDATA[<x>]]><!-- no -->\xC3\xA4</a>", HT_OK,
               "a=<&>\"'AB<x>\xC3\xA4;");
}

static void test_what_is_no_xml(void **state)
{
    (void)state;
    static const char *const wrong[] = {"",           "text",        "<a>",         "<a></b>",   "<a/><b/>",
                                        "<a>&b;</a>", "<a>\x01</a>", "<a>\xFF</a>", "{\"a\":1}", "<a b=1/>"};
    for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++)
        expect_xml(wrong[i], HT_INVALID, NULL);
}

static void test_document_types_are_refused(void **state)
{
    (void)state;
    expect_xml("<!DOCTYPE a><a/>", HT_INVALID, "");
    expect_xml("<!DOCTYPE a [<!ENTITY b \"bb\"><!ENTITY c \"&b;&b;&b;\">]><a>&c;</a>", HT_INVALID, "");
    expect_xml("<!DOCTYPE a SYSTEM \"file:///etc/passwd\"><a/>", HT_INVALID, "");
}

static void test_bounds(void **state)
{
    (void)state;
    static char xml[20000];
    struct ht_buffer deep = {0};
    for (int i = 0; i < 100; i++)
        ht_buffer_add_text(&deep, "<a>");
    ht_buffer_add_text(&deep, "<b/>");
    expect_xml(ht_buffer_text(&deep), HT_INVALID, "");
    ht_buffer_release(&deep);
    snprintf(xml, sizeof xml, "<a>%0*d</a>", (int)EXPORT_S3_XML_TEXT, 0);
    expect_xml(xml, HT_OK, NULL);
    snprintf(xml, sizeof xml, "<a>%0*d</a>", (int)EXPORT_S3_XML_TEXT + 1, 0);
    expect_xml(xml, HT_INVALID, "");
    snprintf(xml, sizeof xml, "<a%0200d/>", 0);
    expect_xml(xml, HT_INVALID, "");
}

static enum ht_status stop(void *context, const char *path, struct ht_slice text, struct ht_error *err)
{
    (void)path, (void)text;
    *(int *)context += 1;
    return ht_fail(err, HT_STOPPING, "enough");
}

static void test_a_visitor_ends_the_walk(void **state)
{
    (void)state;
    int calls = 0;
    struct ht_error err = {0};
    assert_int_equal(export_s3_xml_walk(HT_SLICE("<a><b/><c/></a>"), stop, &calls, &err), HT_STOPPING);
    assert_int_equal(calls, 1);
}

static void test_escapes(void **state)
{
    (void)state;
    struct ht_buffer text = {0};
    export_s3_xml_add(&text, "\"a<b>&c\"");
    assert_string_equal(ht_buffer_text(&text), "\"a&lt;b&gt;&amp;c\"");
    ht_buffer_clear(&text);
    export_s3_escape(&text, "events/date=2026-11-24/a_b~c.d e+\xC3\xA4", true);
    assert_string_equal(ht_buffer_text(&text), "events/date%3D2026-11-24/a_b~c.d%20e%2B%C3%A4");
    ht_buffer_clear(&text);
    export_s3_escape(&text, "a/b", false);
    assert_string_equal(ht_buffer_text(&text), "a%2Fb");
    ht_buffer_release(&text);
}

/* ---- errors ---- */

static void expect_failure(CURLcode curl, long http, const char *body, enum ht_status wanted, bool transient,
                           const char *words)
{
    struct export_s3_failure failure = {.curl = curl, .http = http};
    struct ht_error err = {0};
    if (body) (void)export_s3_failure_parse(ht_slice_from(body), &failure);
    assert_int_equal(export_s3_failure_tell(&failure, "s3://b/k", &err), wanted);
    assert_int_equal(export_s3_failure_is_transient(&failure), transient);
    if (!strstr(err.detail, words)) fail_msg("%s", err.detail);
    assert_int_equal(strncmp(err.detail, "s3://b/k: ", 10), 0);
}

#define ERROR(code) "<?xml version=\"1.0\"?><Error><Code>" code "</Code><Message>words</Message></Error>"

static void test_what_a_store_says(void **state)
{
    (void)state;
    expect_failure(0, 403, ERROR("SignatureDoesNotMatch"), HT_FORBIDDEN, false, "secret access key");
    expect_failure(0, 403, ERROR("RequestTimeTooSkewed"), HT_FORBIDDEN, false, "clock");
    expect_failure(0, 404, ERROR("NoSuchBucket"), HT_INVALID, false, "make it first (404 NoSuchBucket: words)");
    expect_failure(0, 404, ERROR("NoSuchKey"), HT_NOT_FOUND, false, "no such file");
    expect_failure(0, 503, ERROR("SlowDown"), HT_BUSY, true, "busy (503 SlowDown: words)");
    expect_failure(0, 200, ERROR("InternalError"), HT_IO, true, "failed");
    expect_failure(0, 400, ERROR("RequestTimeout"), HT_IO, true, "in vain");
    expect_failure(0, 403, ERROR("QuotaExceeded"), HT_FULL, false, "full");
    expect_failure(0, 400, ERROR("NewInTheNextYear"), HT_IO, false, "refused (400 NewInTheNextYear: words)");
    expect_failure(0, 301, "<Error><Code>PermanentRedirect</Code></Error>", HT_INVALID, false, "set AWS_REGION (301");
    expect_failure(0, 400, "<Error><Code>AuthorizationHeaderMalformed</Code><Region>eu-west-1</Region></Error>",
                   HT_INVALID, false, "set AWS_REGION=eu-west-1 (400");
}

static void test_what_http_says(void **state)
{
    (void)state;
    static const long permanent[] = {301, 400, 401, 403, 404, 405, 412, 501};
    expect_failure(0, 429, "<html>not XML", HT_BUSY, true, "busy (429)");
    expect_failure(0, 503, "", HT_BUSY, true, "busy (503)");
    expect_failure(0, 500, "", HT_IO, true, "failed (500)");
    expect_failure(0, 502, "", HT_IO, true, "reached (502)");
    expect_failure(0, 504, "", HT_IO, true, "reached (504)");
    for (size_t i = 0; i < sizeof permanent / sizeof permanent[0]; i++) {
        struct export_s3_failure failure = {.http = permanent[i]};
        assert_false(export_s3_failure_is_transient(&failure));
    }
    expect_failure(0, 404, "", HT_NOT_FOUND, false, "no such file (404)");
}

static void test_what_breaks_on_the_way(void **state)
{
    (void)state;
    expect_failure(CURLE_COULDNT_RESOLVE_HOST, 0, NULL, HT_IO, true, "resolve");
    expect_failure(CURLE_COULDNT_CONNECT, 0, NULL, HT_IO, true, "connect");
    expect_failure(CURLE_OPERATION_TIMEDOUT, 0, NULL, HT_IO, true, "imeout");
    expect_failure(CURLE_PEER_FAILED_VERIFICATION, 0, NULL, HT_IO, false, "certificate");
}

static void test_answers_that_are_no_errors(void **state)
{
    (void)state;
    struct export_s3_failure failure = {0};
    assert_false(export_s3_failure_parse(HT_SLICE(""), &failure));
    assert_false(export_s3_failure_parse(HT_SLICE("<Result><Code>x</Code></Result>"), &failure));
    assert_false(export_s3_failure_parse(HT_SLICE("<Error><Message>x</Message></Error>"), &failure));
    assert_false(export_s3_failure_parse(HT_SLICE("<Error><Code>x</Code>"), &failure));
    assert_string_equal(failure.code, "");
}

/* ---- lists ---- */

static enum ht_status note_name(void *context, const char *name, uint64_t size, struct ht_error *err)
{
    (void)err;
    ht_buffer_printf(context, "%s:%u ", name, (unsigned)size);
    return HT_OK;
}

static void expect_page(const char *entries, enum ht_status wanted, const char *names, const char *next)
{
    struct ht_buffer seen = {0}, xml = {0};
    struct ht_error err = {0};
    struct export_s3_page page = {.prefix = "pre/", .visit = note_name, .context = &seen};
    ht_buffer_printf(&xml, "<ListBucketResult><Name>b</Name>%s</ListBucketResult>", entries);
    enum ht_status status = export_s3_page_parse(&page, ht_buffer_slice(&xml), &err);
    if (status != wanted) fail_msg("%s: %s %s", entries, ht_status_title(status), err.detail);
    assert_string_equal(ht_buffer_text(&seen), names);
    assert_string_equal(ht_buffer_text(&page.next), next);
    assert_int_equal(page.truncated, next[0] != '\0' || status == HT_INVALID);
    ht_buffer_release(&page.next);
    ht_buffer_release(&xml);
    ht_buffer_release(&seen);
}

#define ENTRY(key) "<Contents><Key>" key "</Key><Size>3</Size></Contents>"

static void test_pages(void **state)
{
    (void)state;
    expect_page("<IsTruncated>false</IsTruncated>", HT_OK, "", "");
    expect_page(ENTRY("pre/a") ENTRY("pre/date%3D1/b") "<Contents><Size>4</Size><Key>pre/date=1/c</Key></Contents>",
                HT_OK, "a:3 date=1/b:3 date=1/c:4 ", "");
    expect_page("<IsTruncated>true</IsTruncated>" ENTRY("pre/a") "<NextContinuationToken>t+/=</NextContinuationToken>",
                HT_OK, "a:3 ", "t+/=");
    expect_page(ENTRY("pre/a") "<IsTruncated>true</IsTruncated>", HT_INVALID, "a:3 ", "");
}

static void test_keys_of_others(void **state)
{
    (void)state;
    expect_page(ENTRY("other/a") ENTRY("pre") ENTRY("pre/") ENTRY("pre/..%2Fa") ENTRY("pre/a+b") ENTRY("pre/a%00b")
                    ENTRY("pre/a%0Ab") ENTRY("pre/%") ENTRY("pre/%4") ENTRY("pre/%zz") ENTRY("pre/.a") ENTRY("pre/z"),
                HT_OK, "z:3 ", "");
    expect_page("<Contents><Size>1</Size></Contents><Key>pre/a</Key>" ENTRY(""), HT_OK, "", "");
}

static void test_lists_that_are_none(void **state)
{
    (void)state;
    expect_page(ENTRY("pre/b") ENTRY("pre/a"), HT_IO, "b:3 ", "");
    expect_page(ENTRY("pre/b") ENTRY("pre/b"), HT_IO, "b:3 ", "");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_elements),
        cmocka_unit_test(test_what_is_no_xml),
        cmocka_unit_test(test_document_types_are_refused),
        cmocka_unit_test(test_bounds),
        cmocka_unit_test(test_a_visitor_ends_the_walk),
        cmocka_unit_test(test_escapes),
        cmocka_unit_test(test_what_a_store_says),
        cmocka_unit_test(test_what_http_says),
        cmocka_unit_test(test_what_breaks_on_the_way),
        cmocka_unit_test(test_answers_that_are_no_errors),
        cmocka_unit_test(test_pages),
        cmocka_unit_test(test_keys_of_others),
        cmocka_unit_test(test_lists_that_are_none),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
