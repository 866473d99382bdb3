/* What the daemon counts, and the text that Prometheus reads (exposition format 0.0.4).

   Counters are relaxed atomics: any thread may count. */
#ifndef HT_SERVER_METRICS_H
#define HT_SERVER_METRICS_H

#include <stdatomic.h>
#include <stdint.h>

#include "hooktrail/log.h"

enum ht_result {
    HT_RESULT_STORED,
    HT_RESULT_DUPLICATE,
    HT_RESULT_INVALID,
    HT_RESULT_UNPROCESSABLE,
    HT_RESULT_TOO_LARGE,
    HT_RESULT_BAD_SIGNATURE,
    HT_RESULT_UNKNOWN_SECRET,
    HT_RESULT_RETIRED,
    HT_RESULT_LIMITED, /* by endpoint_rate */
    HT_RESULT_BUSY,    /* queue full or shutting down */
    HT_RESULT_FAILED,  /* disk full, or the commit failed */
    HT_RESULT_COUNT
};

/* Limits, by the settings that give them. */
enum ht_limit {
    HT_LIMIT_CONNECTIONS,
    HT_LIMIT_API_CONNECTIONS,
    HT_LIMIT_PER_ADDRESS,
    HT_LIMIT_REQUESTS,
    HT_LIMIT_CONNECTION_AGE,
    HT_LIMIT_HEADER,
    HT_LIMIT_HEADERS,
    HT_LIMIT_BODY,
    HT_LIMIT_REQUEST_TIMEOUT,
    HT_LIMIT_READ_TIMEOUT,
    HT_LIMIT_WRITE_TIMEOUT,
    HT_LIMIT_QUEUE,
    HT_LIMIT_STREAMS,
    HT_LIMIT_READS,
    HT_LIMIT_PAGE,
    HT_LIMIT_ENDPOINT_RATE,
    HT_LIMIT_FAILED_SECRETS,
    HT_LIMIT_COUNT
};

#define HT_METRIC_ROUTES 64 /* rows of the routes table at most; the last place counts what had no route */
#define HT_METRIC_CODES 23
#define HT_METRIC_BUCKETS 16

struct ht_histogram {
    _Atomic uint64_t buckets[HT_METRIC_BUCKETS]; /* not yet cumulative; the last is +Inf */
    _Atomic uint64_t sum;
};

struct ht_metrics {
    _Atomic uint64_t deliveries[HT_RESULT_COUNT];
    _Atomic uint64_t requests[HT_METRIC_ROUTES][HT_METRIC_CODES];
    _Atomic uint64_t refused;                /* connections that were closed for malformed or over-long requests */
    _Atomic uint64_t accepted;               /* connections, ever */
    _Atomic uint64_t timeouts;               /* connections closed for being late */
    _Atomic int64_t connections;             /* open now */
    _Atomic int64_t streams;                 /* open now */
    _Atomic int64_t reads;                   /* under way now */
    _Atomic uint64_t limits[HT_LIMIT_COUNT]; /* times that each was reached */
    struct ht_histogram commit_time;         /* microseconds */
    struct ht_histogram batch_size;          /* deliveries a commit */
};

static inline void ht_metrics_count(_Atomic uint64_t *counter)
{
    atomic_fetch_add_explicit(counter, 1, memory_order_relaxed);
}

static inline void ht_metrics_limit(struct ht_metrics *metrics, enum ht_limit limit)
{
    ht_metrics_count(&metrics->limits[limit]);
}

void ht_metrics_delivery(struct ht_metrics *metrics, enum ht_result result);
void ht_metrics_request(struct ht_metrics *metrics, size_t route, int code);
void ht_metrics_commit(struct ht_metrics *metrics, uint64_t microseconds, uint64_t batch);

/* What one witness did for one log. */
struct ht_metrics_witness {
    const char *name;
    enum ht_log log;
    _Atomic uint64_t size; /* leaves of the largest checkpoint that it has cosigned since the start */
    _Atomic uint64_t cosigned;
    _Atomic uint64_t failed;
};

/* Values that others keep, taken by whoever writes the text. */
struct ht_metrics_view {
    uint64_t queue_events;
    uint64_t queue_bytes;
    uint64_t committed_seq;
    uint64_t indexed_seq;
    uint64_t trail_bytes;
    uint64_t index_bytes;
    uint64_t disk_free;
    uint32_t readers;
    uint64_t reader_age; /* commits */
    uint64_t rejected_kept;
    uint64_t rejected_bytes;
    uint64_t rejected_evicted;
    uint64_t sessions;
    uint64_t checkpoint_size[HT_LOG_COUNT];
    bool checkpoint_refused[HT_LOG_COUNT];
    int64_t started_at;        /* seconds since 1970 */
    int64_t certificate_until; /* the same, when the certificate expires; 0: there is no TLS */
    bool ready;
};

/* Writes everything. `route_name` gives a route's name, NULL for places without one. */
void ht_metrics_write(const struct ht_metrics *metrics, const struct ht_metrics_view *view,
                      const char *(*route_name)(size_t route), struct ht_buffer *out);

/* Every witness's counts; none, nothing. */
void ht_metrics_write_witnesses(struct ht_buffer *out, const struct ht_metrics_witness *const *witnesses, size_t count);

/* Gauges with a label whose values the sender chooses: the family's head, which goes before all of its samples, and one
   sample. */
enum ht_labelled_metric {
    HT_METRIC_LAST_EVENT_AGE,
    HT_METRIC_UNUSUALLY_QUIET,
    HT_METRIC_EXPORT_SUCCESS,
    HT_METRIC_EXPORT_ROWS,
    HT_METRIC_EXPORT_LAG_EVENTS,
    HT_METRIC_EXPORT_LAG_TIME
};
void ht_metrics_write_family(struct ht_buffer *out, enum ht_labelled_metric metric);
void ht_metrics_write_sample(struct ht_buffer *out, enum ht_labelled_metric metric, const char *label,
                             struct ht_slice value, double sample);

#endif
