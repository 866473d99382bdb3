#include "metrics.h"

#include <inttypes.h>
#include <stddef.h>

static const uint64_t time_bounds[HT_METRIC_BUCKETS - 1] = {
    250, 500, 1000, 2000, 4000, 8000, 16000, 32000, 64000, 125000, 250000, 500000, 1000000, 2500000, 5000000};
static const uint64_t size_bounds[HT_METRIC_BUCKETS - 1] = {1,   2,   4,    8,    16,   32,   64,   128,
                                                            256, 512, 1024, 2048, 4096, 8192, 16384};

static const char *const result_names[HT_RESULT_COUNT] = {
    [HT_RESULT_STORED] = "stored",
    [HT_RESULT_DUPLICATE] = "duplicate",
    [HT_RESULT_INVALID] = "invalid",
    [HT_RESULT_UNPROCESSABLE] = "unprocessable",
    [HT_RESULT_TOO_LARGE] = "too_large",
    [HT_RESULT_BAD_SIGNATURE] = "bad_signature",
    [HT_RESULT_UNKNOWN_SECRET] = "unknown_secret",
    [HT_RESULT_RETIRED] = "retired",
    [HT_RESULT_LIMITED] = "limited",
    [HT_RESULT_BUSY] = "busy",
    [HT_RESULT_FAILED] = "failed",
};

static const char *const limit_names[HT_LIMIT_COUNT] = {
    [HT_LIMIT_CONNECTIONS] = "max_connections",
    [HT_LIMIT_API_CONNECTIONS] = "api_connections",
    [HT_LIMIT_PER_ADDRESS] = "max_per_address",
    [HT_LIMIT_REQUESTS] = "max_requests",
    [HT_LIMIT_CONNECTION_AGE] = "connection_age",
    [HT_LIMIT_HEADER] = "max_header",
    [HT_LIMIT_HEADERS] = "max_headers",
    [HT_LIMIT_BODY] = "max_body",
    [HT_LIMIT_REQUEST_TIMEOUT] = "request_timeout",
    [HT_LIMIT_READ_TIMEOUT] = "read_timeout",
    [HT_LIMIT_WRITE_TIMEOUT] = "write_timeout",
    [HT_LIMIT_QUEUE] = "queue",
    [HT_LIMIT_STREAMS] = "max_streams",
    [HT_LIMIT_READS] = "max_reads",
    [HT_LIMIT_PAGE] = "page",
    [HT_LIMIT_ENDPOINT_RATE] = "endpoint_rate",
    [HT_LIMIT_FAILED_SECRETS] = "failed_secrets",
};

/* The last place counts every other code. */
static const int codes[HT_METRIC_CODES - 1] = {200, 201, 204, 304, 400, 401, 403, 404, 405, 408, 409,
                                               410, 411, 413, 417, 421, 422, 429, 431, 500, 501, 503};

void ht_metrics_delivery(struct ht_metrics *metrics, enum ht_result result)
{
    ht_metrics_count(&metrics->deliveries[result]);
}

void ht_metrics_request(struct ht_metrics *metrics, size_t route, int code)
{
    size_t place = 0;
    while (place < HT_METRIC_CODES - 1 && codes[place] != code)
        place++;
    ht_metrics_count(&metrics->requests[route < HT_METRIC_ROUTES ? route : HT_METRIC_ROUTES - 1][place]);
}

static void observe(struct ht_histogram *histogram, const uint64_t *bounds, uint64_t value)
{
    size_t place = 0;
    while (place < HT_METRIC_BUCKETS - 1 && value > bounds[place])
        place++;
    ht_metrics_count(&histogram->buckets[place]);
    atomic_fetch_add_explicit(&histogram->sum, value, memory_order_relaxed);
}

void ht_metrics_commit(struct ht_metrics *metrics, uint64_t microseconds, uint64_t batch)
{
    observe(&metrics->commit_time, time_bounds, microseconds);
    observe(&metrics->batch_size, size_bounds, batch);
}

static uint64_t load(const _Atomic uint64_t *counter)
{
    return atomic_load_explicit(counter, memory_order_relaxed);
}

static void add_header(struct ht_buffer *out, const char *name, const char *type, const char *help)
{
    ht_buffer_printf(out, "# HELP %s %s\n# TYPE %s %s\n", name, help, name, type);
}

static void add_histogram(struct ht_buffer *out, const char *name, const struct ht_histogram *histogram,
                          const uint64_t *bounds, double scale)
{
    uint64_t total = 0;
    for (size_t i = 0; i < HT_METRIC_BUCKETS - 1; i++) {
        total += load(&histogram->buckets[i]);
        ht_buffer_printf(out, "%s_bucket{le=\"%g\"} %" PRIu64 "\n", name, (double)bounds[i] * scale, total);
    }
    total += load(&histogram->buckets[HT_METRIC_BUCKETS - 1]);
    ht_buffer_printf(out, "%s_bucket{le=\"+Inf\"} %" PRIu64 "\n", name, total);
    ht_buffer_printf(out, "%s_sum %.9g\n%s_count %" PRIu64 "\n", name, (double)load(&histogram->sum) * scale, name,
                     total);
}

struct plain {
    const char *name;
    const char *type;
    const char *help;
    size_t offset; /* of a uint64_t in the view */
};

#define VIEW(field) offsetof(struct ht_metrics_view, field)

static const struct plain plains[] = {
    {"hooktrail_queue_events", "gauge", "Deliveries that wait for their commit.", VIEW(queue_events)},
    {"hooktrail_queue_bytes", "gauge", "Bytes that wait for their commit.", VIEW(queue_bytes)},
    {"hooktrail_trail_events", "gauge", "Events in the trail.", VIEW(committed_seq)},
    {"hooktrail_trail_bytes", "gauge", "Bytes in use in the trail.", VIEW(trail_bytes)},
    {"hooktrail_index_bytes", "gauge", "Bytes in use in the index.", VIEW(index_bytes)},
    {"hooktrail_disk_free_bytes", "gauge", "Bytes that the filesystem has left.", VIEW(disk_free)},
    {"hooktrail_rejected_kept", "gauge", "Rejected deliveries kept.", VIEW(rejected_kept)},
    {"hooktrail_rejected_bytes", "gauge", "Bytes of the rejected deliveries kept.", VIEW(rejected_bytes)},
    {"hooktrail_rejected_evicted_total", "counter", "Rejected deliveries dropped to stay within the bounds.",
     VIEW(rejected_evicted)},
    {"hooktrail_sessions", "gauge", "Browsers that are signed in to the page.", VIEW(sessions)},
};

static void add_plain(struct ht_buffer *out, const char *name, const char *type, const char *help, double value)
{
    add_header(out, name, type, help);
    ht_buffer_printf(out, "%s %.17g\n", name, value);
}

static void add_views(struct ht_buffer *out, const struct ht_metrics_view *view)
{
    for (size_t i = 0; i < sizeof plains / sizeof plains[0]; i++) {
        uint64_t value;
        memcpy(&value, (const char *)view + plains[i].offset, sizeof value);
        add_header(out, plains[i].name, plains[i].type, plains[i].help);
        ht_buffer_printf(out, "%s %" PRIu64 "\n", plains[i].name, value);
    }
    uint64_t lag = view->committed_seq > view->indexed_seq ? view->committed_seq - view->indexed_seq : 0;
    add_plain(out, "hooktrail_index_lag_events", "gauge", "Events that the index has yet to take in.", (double)lag);
    add_plain(out, "hooktrail_readers", "gauge", "Reader slots in use in the trail.", view->readers);
    add_plain(out, "hooktrail_reader_age_commits", "gauge",
              "Commits since the oldest snapshot that is in use: pages freed by them can't be used again yet.",
              (double)view->reader_age);
    add_plain(out, "hooktrail_ready", "gauge", "Whether deliveries are taken.", view->ready);
    add_plain(out, "hooktrail_start_time_seconds", "gauge", "When the daemon started, since 1970.",
              (double)view->started_at);
    if (view->certificate_until != 0)
        add_plain(out, "hooktrail_tls_certificate_expiry_timestamp_seconds", "gauge",
                  "When the certificate in use expires, since 1970.", (double)view->certificate_until);
}

static const char *const log_names[HT_LOG_COUNT] = {[HT_LOG_EVENTS] = "events", [HT_LOG_ACTS] = "acts"};

static void add_checkpoints(struct ht_buffer *out, const struct ht_metrics_view *view)
{
    add_header(out, "hooktrail_checkpoint_size", "gauge", "Leaves of the newest signed checkpoint, by log.");
    for (size_t i = 0; i < HT_LOG_COUNT; i++)
        ht_buffer_printf(out, "hooktrail_checkpoint_size{log=\"%s\"} %" PRIu64 "\n", log_names[i],
                         view->checkpoint_size[i]);
    add_header(out, "hooktrail_checkpoint_refused", "gauge",
               "Whether the log can't be signed any more, for its trail has gone back.");
    for (size_t i = 0; i < HT_LOG_COUNT; i++)
        ht_buffer_printf(out, "hooktrail_checkpoint_refused{log=\"%s\"} %d\n", log_names[i],
                         view->checkpoint_refused[i]);
}

static void add_requests(struct ht_buffer *out, const struct ht_metrics *metrics,
                         const char *(*route_name)(size_t route))
{
    add_header(out, "hooktrail_http_requests_total", "counter", "Requests answered, by route and status.");
    for (size_t route = 0; route < HT_METRIC_ROUTES; route++) {
        const char *name = route_name(route);
        for (size_t i = 0; name && i < HT_METRIC_CODES; i++) {
            uint64_t count = load(&metrics->requests[route][i]);
            if (count == 0) continue;
            ht_buffer_printf(out, "hooktrail_http_requests_total{route=\"%s\",status=\"", name);
            if (i < HT_METRIC_CODES - 1)
                ht_buffer_printf(out, "%d", codes[i]);
            else
                ht_buffer_add_text(out, "other");
            ht_buffer_printf(out, "\"} %" PRIu64 "\n", count);
        }
    }
}

void ht_metrics_write(const struct ht_metrics *metrics, const struct ht_metrics_view *view,
                      const char *(*route_name)(size_t route), struct ht_buffer *out)
{
    add_header(out, "hooktrail_build_info", "gauge", "The version that runs.");
    ht_buffer_printf(out, "hooktrail_build_info{version=\"%s\"} 1\n", ht_version());
    add_header(out, "hooktrail_deliveries_total", "counter", "Deliveries answered, by result.");
    for (size_t i = 0; i < HT_RESULT_COUNT; i++)
        ht_buffer_printf(out, "hooktrail_deliveries_total{result=\"%s\"} %" PRIu64 "\n", result_names[i],
                         load(&metrics->deliveries[i]));
    add_header(out, "hooktrail_commit_seconds", "histogram", "Time of a commit to the trail.");
    add_histogram(out, "hooktrail_commit_seconds", &metrics->commit_time, time_bounds, 1e-6);
    add_header(out, "hooktrail_commit_deliveries", "histogram", "Deliveries in a commit.");
    add_histogram(out, "hooktrail_commit_deliveries", &metrics->batch_size, size_bounds, 1);
    add_views(out, view);
    add_checkpoints(out, view);
    add_requests(out, metrics, route_name);
    add_plain(out, "hooktrail_connections", "gauge", "Open connections.", (double)atomic_load(&metrics->connections));
    add_plain(out, "hooktrail_connections_total", "counter", "Connections taken.", (double)load(&metrics->accepted));
    add_plain(out, "hooktrail_connections_refused_total", "counter",
              "Connections closed for a malformed or over-long request.", (double)load(&metrics->refused));
    add_plain(out, "hooktrail_connections_late_total", "counter", "Connections closed for being late.",
              (double)load(&metrics->timeouts));
    add_plain(out, "hooktrail_streams", "gauge", "Open live streams.", (double)atomic_load(&metrics->streams));
    add_plain(out, "hooktrail_reads", "gauge", "Reads under way.", (double)atomic_load(&metrics->reads));
    add_header(out, "hooktrail_limit_hits_total", "counter", "Times that a limit was reached, by the setting.");
    for (size_t i = 0; i < HT_LIMIT_COUNT; i++)
        ht_buffer_printf(out, "hooktrail_limit_hits_total{limit=\"%s\"} %" PRIu64 "\n", limit_names[i],
                         load(&metrics->limits[i]));
}

/* Label values may hold anything but a line's end. */
static void add_label(struct ht_buffer *out, const char *text)
{
    for (; *text; text++) {
        if (*text == '"' || *text == '\\') ht_buffer_add_byte(out, '\\');
        ht_buffer_add_byte(out, *text);
    }
}

static void add_witness(struct ht_buffer *out, const char *name, const struct ht_metrics_witness *witness,
                        const char *result, uint64_t value)
{
    ht_buffer_printf(out, "%s{witness=\"", name);
    add_label(out, witness->name);
    ht_buffer_printf(out, "\",log=\"%s\"", log_names[witness->log]);
    if (result) ht_buffer_printf(out, ",result=\"%s\"", result);
    ht_buffer_printf(out, "} %" PRIu64 "\n", value);
}

void ht_metrics_write_witnesses(struct ht_buffer *out, const struct ht_metrics_witness *const *witnesses, size_t count)
{
    static const char size[] = "hooktrail_witness_cosigned_size", requests[] = "hooktrail_witness_requests_total";
    if (count == 0) return;
    add_header(out, size, "gauge", "Leaves of the newest checkpoint that a witness cosigned since the start, by log.");
    for (size_t i = 0; i < count; i++)
        add_witness(out, size, witnesses[i], NULL, load(&witnesses[i]->size));
    add_header(out, requests, "counter", "Times that a witness was asked to cosign, by log and result.");
    for (size_t i = 0; i < count; i++) {
        add_witness(out, requests, witnesses[i], "cosigned", load(&witnesses[i]->cosigned));
        add_witness(out, requests, witnesses[i], "failed", load(&witnesses[i]->failed));
    }
}

static const struct {
    const char *name;
    const char *help;
} labelled[] = {
    [HT_METRIC_LAST_EVENT_AGE] = {"hooktrail_last_event_age_seconds",
                                  "Time since the last event, by type and by agent."},
    [HT_METRIC_UNUSUALLY_QUIET] = {"hooktrail_unusually_quiet",
                                   "Whether no event comes at times at which it came in the weeks before."},
    [HT_METRIC_EXPORT_SUCCESS] = {"hooktrail_export_last_success_timestamp_seconds",
                                  "When the last run of an export was done, since 1970."},
    [HT_METRIC_EXPORT_ROWS] = {"hooktrail_export_rows", "Rows that the last run of an export wrote."},
    [HT_METRIC_EXPORT_LAG_EVENTS] = {"hooktrail_export_lag_events", "Events that an export has yet to take."},
    [HT_METRIC_EXPORT_LAG_TIME] = {"hooktrail_export_lag_seconds",
                                   "Age of the oldest event that an export has yet to take; 0 if there is none."},
};

void ht_metrics_write_family(struct ht_buffer *out, enum ht_labelled_metric metric)
{
    add_header(out, labelled[metric].name, "gauge", labelled[metric].help);
}

void ht_metrics_write_sample(struct ht_buffer *out, enum ht_labelled_metric metric, const char *label,
                             struct ht_slice value, double sample)
{
    ht_buffer_printf(out, "%s{%s=\"", labelled[metric].name, label);
    for (size_t i = 0; i < value.size; i++) {
        /* Ids are the sender's: nothing in them may break the line. */
        char byte = value.data[i];
        ht_buffer_add_byte(out, byte > 0x20 && byte < 0x7f && byte != '"' && byte != '\\' ? byte : '_');
    }
    ht_buffer_printf(out, "\"} %.3f\n", sample);
}
