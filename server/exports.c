#include "exports.h"

#include "hooktrail/index.h"
#include "hooktrail/time.h"
#include "hooktrail/watermark.h"
#include "metrics.h"

#define MOST_EXPORTS 64 /* that are shown */

struct export
{
    char name[HT_EXPORT_NAME_SIZE];
    double success;
    double rows;
    double lag_events;
    double lag_time;
};

static double seconds(int64_t time)
{
    return (double)time / (double)HT_SECOND;
}

static enum ht_status measure(struct ht_reader *reader, int64_t now, uint64_t end, struct export *export,
                              struct ht_error *err)
{
    struct ht_watermark mark;
    struct ht_row row;
    enum ht_status status = ht_watermark_get(reader, export->name, &mark, err);
    if (status != HT_OK) return status;
    export->success = seconds(mark.moved_at);
    export->rows = (double)mark.rows;
    if (mark.done.position.seq >= end) return HT_OK;
    export->lag_events = (double)(end - mark.done.position.seq);
    if (ht_index_row(reader, mark.done.position.seq + 1, &row, NULL) == HT_OK && row.received_at < now)
        export->lag_time = seconds(now - row.received_at);
    return HT_OK;
}

static void write_family(struct ht_buffer *out, enum ht_labelled_metric metric, const struct export *exports,
                         size_t count, size_t offset)
{
    ht_metrics_write_family(out, metric);
    for (size_t i = 0; i < count; i++) {
        double value;
        memcpy(&value, (const char *)&exports[i] + offset, sizeof value);
        ht_metrics_write_sample(out, metric, "export", ht_slice_from(exports[i].name), value);
    }
}

enum ht_status ht_exports_metrics(struct ht_reader *reader, int64_t now, struct ht_buffer *out, struct ht_error *err)
{
    struct export exports[MOST_EXPORTS] = {0};
    char name[HT_EXPORT_NAME_SIZE] = "";
    struct ht_position end;
    size_t count = 0;
    enum ht_status status = ht_trail_position(reader, &end, err);
    while (status == HT_OK && count < MOST_EXPORTS && (status = ht_watermark_next(reader, name, err)) == HT_OK) {
        memcpy(exports[count].name, name, sizeof name);
        status = measure(reader, now, end.seq, &exports[count++], err);
    }
    if (status != HT_OK && status != HT_NOT_FOUND) return status;
    if (count == 0) return HT_OK;
    write_family(out, HT_METRIC_EXPORT_SUCCESS, exports, count, offsetof(struct export, success));
    write_family(out, HT_METRIC_EXPORT_ROWS, exports, count, offsetof(struct export, rows));
    write_family(out, HT_METRIC_EXPORT_LAG_EVENTS, exports, count, offsetof(struct export, lag_events));
    write_family(out, HT_METRIC_EXPORT_LAG_TIME, exports, count, offsetof(struct export, lag_time));
    return ht_buffer_status(out, err);
}
