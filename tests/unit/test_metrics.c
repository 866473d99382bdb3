#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "../../server/metrics.h"

static const char *name_of(size_t route)
{
    return route == 0 ? "events" : route == HT_METRIC_ROUTES - 1 ? "none" : NULL;
}

static const char *text_of(const struct ht_metrics *metrics, const struct ht_metrics_view *view, struct ht_buffer *out)
{
    ht_buffer_clear(out);
    ht_metrics_write(metrics, view, name_of, out);
    return ht_buffer_text(out);
}

static void test_counters_show_what_was_counted(void **state)
{
    (void)state;
    struct ht_metrics metrics = {0};
    struct ht_metrics_view view = {
        .committed_seq = 10, .indexed_seq = 7, .queue_bytes = UINT64_MAX, .sessions = 2, .ready = true};
    struct ht_buffer out = {0};
    ht_metrics_delivery(&metrics, HT_RESULT_TOO_LARGE);
    ht_metrics_limit(&metrics, HT_LIMIT_READS);
    ht_metrics_request(&metrics, 0, 200);
    ht_metrics_request(&metrics, 0, 200);
    ht_metrics_request(&metrics, 0, 299);
    ht_metrics_request(&metrics, 9999, 404);
    const char *text = text_of(&metrics, &view, &out);
    assert_non_null(strstr(text, "hooktrail_deliveries_total{result=\"too_large\"} 1\n"));
    assert_non_null(strstr(text, "hooktrail_deliveries_total{result=\"stored\"} 0\n"));
    assert_non_null(strstr(text, "hooktrail_http_requests_total{route=\"events\",status=\"200\"} 2\n"));
    assert_non_null(strstr(text, "hooktrail_http_requests_total{route=\"events\",status=\"other\"} 1\n"));
    assert_non_null(strstr(text, "hooktrail_http_requests_total{route=\"none\",status=\"404\"} 1\n"));
    assert_non_null(strstr(text, "hooktrail_index_lag_events 3\n"));
    assert_non_null(strstr(text, "hooktrail_queue_bytes 18446744073709551615\n"));
    assert_non_null(strstr(text, "hooktrail_ready 1\n"));
    assert_non_null(strstr(text, "\nhooktrail_sessions 2\n"));
    assert_non_null(strstr(text, "hooktrail_limit_hits_total{limit=\"max_reads\"} 1\n"));
    assert_non_null(strstr(text, "hooktrail_limit_hits_total{limit=\"failed_secrets\"} 0\n"));
    ht_buffer_release(&out);
}

static void test_a_certificate_has_an_end(void **state)
{
    (void)state;
    struct ht_metrics metrics = {0};
    struct ht_metrics_view view = {0};
    struct ht_buffer out = {0};
    assert_null(strstr(text_of(&metrics, &view, &out), "certificate"));
    view.certificate_until = 1893456000;
    assert_non_null(
        strstr(text_of(&metrics, &view, &out), "\nhooktrail_tls_certificate_expiry_timestamp_seconds 1893456000\n"));
    ht_buffer_release(&out);
}

static void test_logs_and_witnesses(void **state)
{
    (void)state;
    struct ht_metrics metrics = {0};
    struct ht_metrics_view view = {.checkpoint_size = {7, 3}, .checkpoint_refused = {false, true}};
    struct ht_metrics_witness one = {
        .name = "w\"\\.example", .log = HT_LOG_ACTS, .size = 2, .cosigned = 1, .failed = 9};
    const struct ht_metrics_witness *witnesses[] = {&one};
    struct ht_buffer out = {0};
    text_of(&metrics, &view, &out);
    ht_metrics_write_witnesses(&out, witnesses, 1);
    const char *text = ht_buffer_text(&out);
    assert_non_null(strstr(text, "hooktrail_checkpoint_size{log=\"events\"} 7\n"));
    assert_non_null(strstr(text, "hooktrail_checkpoint_size{log=\"acts\"} 3\n"));
    assert_non_null(strstr(text, "hooktrail_checkpoint_refused{log=\"events\"} 0\n"));
    assert_non_null(strstr(text, "hooktrail_checkpoint_refused{log=\"acts\"} 1\n"));
    assert_non_null(strstr(text, "_cosigned_size{witness=\"w\\\"\\\\.example\",log=\"acts\"} 2\n"));
    assert_non_null(strstr(text, "_requests_total{witness=\"w\\\"\\\\.example\",log=\"acts\",result=\"failed\"} 9\n"));
    size_t before = out.size;
    ht_metrics_write_witnesses(&out, NULL, 0);
    assert_int_equal(out.size, before);
    ht_buffer_release(&out);
}

/* Buckets are cumulative, and the last one counts everything. */
static void test_histograms(void **state)
{
    (void)state;
    struct ht_metrics metrics = {0};
    struct ht_metrics_view view = {0};
    struct ht_buffer out = {0};
    ht_metrics_commit(&metrics, 250, 1);
    ht_metrics_commit(&metrics, 251, 2);
    ht_metrics_commit(&metrics, 99000000, 1000000);
    const char *text = text_of(&metrics, &view, &out);
    assert_non_null(strstr(text, "hooktrail_commit_seconds_bucket{le=\"0.00025\"} 1\n"));
    assert_non_null(strstr(text, "hooktrail_commit_seconds_bucket{le=\"0.0005\"} 2\n"));
    assert_non_null(strstr(text, "hooktrail_commit_seconds_bucket{le=\"5\"} 2\n"));
    assert_non_null(strstr(text, "hooktrail_commit_seconds_bucket{le=\"+Inf\"} 3\n"));
    assert_non_null(strstr(text, "hooktrail_commit_seconds_sum 99.000501\nhooktrail_commit_seconds_count 3\n"));
    assert_non_null(strstr(text, "hooktrail_commit_deliveries_bucket{le=\"2\"} 2\n"));
    assert_non_null(strstr(text, "hooktrail_commit_deliveries_sum 1000003\n"));
    ht_buffer_release(&out);
}

/* Each line is a comment or a sample of a metric whose HELP and TYPE came before. */
static void test_every_sample_is_declared(void **state)
{
    (void)state;
    struct ht_metrics metrics = {0};
    struct ht_metrics_view view = {0};
    struct ht_buffer out = {0};
    char type[128] = "";
    ht_metrics_request(&metrics, 0, 200);
    text_of(&metrics, &view, &out);
    ht_metrics_write_family(&out, HT_METRIC_LAST_EVENT_AGE);
    ht_metrics_write_sample(&out, HT_METRIC_LAST_EVENT_AGE, "type", HT_SLICE("a\"b\\c\nd"), 1.5);
    char *text = strdup(ht_buffer_text(&out)), *rest = text, *line;
    while ((line = strsep(&rest, "\n")) && rest) {
        if (strncmp(line, "# HELP ", 7) == 0) continue;
        if (strncmp(line, "# TYPE ", 7) == 0) {
            snprintf(type, sizeof type, "%.*s", (int)strcspn(line + 7, " "), line + 7);
            continue;
        }
        assert_int_equal(strncmp(line, type, strlen(type)), 0);
        assert_non_null(strchr(line, ' '));
    }
    assert_string_equal(line, "");
    assert_non_null(strstr(ht_buffer_text(&out), "{type=\"a_b_c_d\"} 1.500\n"));
    free(text);
    ht_buffer_release(&out);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_counters_show_what_was_counted),
        cmocka_unit_test(test_a_certificate_has_an_end),
        cmocka_unit_test(test_logs_and_witnesses),
        cmocka_unit_test(test_histograms),
        cmocka_unit_test(test_every_sample_is_declared),
    };
    return cmocka_run_group_tests_name("metrics", tests, NULL, NULL);
}
