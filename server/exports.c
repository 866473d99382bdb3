#include "exports.h"

#include "hooktrail/index.h"
#include "hooktrail/time.h"
#include "hooktrail/watermark.h"
#include "metrics.h"

#define MOST_EXPORTS 64 /* that are shown */

static const enum ht_labelled_metric families[] = {HT_METRIC_EXPORT_SUCCESS, HT_METRIC_EXPORT_ROWS,
                                                   HT_METRIC_EXPORT_LAG_EVENTS, HT_METRIC_EXPORT_LAG_TIME};
enum { FAMILIES = sizeof families / sizeof *families };

/* One export, with a value for each of the families. */
struct gauges {
    bool succeeded; /* ever: else there is no time of it */
    char name[HT_EXPORT_NAME_SIZE];
    double values[FAMILIES];
};

static double seconds(int64_t time)
{
    return (double)time / (double)HT_SECOND;
}

/* Age of the oldest event behind the mark. */
static double lag_of(struct ht_reader *reader, const struct ht_watermark *mark, int64_t now)
{
    struct ht_row row;
    bool found = ht_index_row(reader, mark->done.position.seq + 1, &row, NULL) == HT_OK;
    return found && row.received_at < now ? seconds(now - row.received_at) : 0;
}

static enum ht_status measure(struct ht_reader *reader, int64_t now, uint64_t end, struct gauges *gauges,
                              struct ht_error *err)
{
    struct ht_watermark mark;
    enum ht_status status = ht_watermark_get(reader, gauges->name, &mark, err);
    if (status != HT_OK) return status;
    bool behind = mark.done.position.seq < end;
    gauges->succeeded = mark.moved_at != 0;
    gauges->values[0] = seconds(mark.moved_at);
    gauges->values[1] = (double)mark.rows;
    gauges->values[2] = behind ? (double)(end - mark.done.position.seq) : 0;
    gauges->values[3] = behind ? lag_of(reader, &mark, now) : 0;
    return HT_OK;
}

enum ht_status ht_exports_metrics(struct ht_reader *reader, int64_t now, struct ht_buffer *out, struct ht_error *err)
{
    struct gauges exports[MOST_EXPORTS];
    char name[HT_EXPORT_NAME_SIZE] = "";
    struct ht_position end;
    size_t count = 0;
    enum ht_status status = ht_trail_position(reader, &end, err);
    while (status == HT_OK && count < MOST_EXPORTS && (status = ht_watermark_next(reader, name, err)) == HT_OK) {
        exports[count] = (struct gauges){0};
        memcpy(exports[count].name, name, sizeof name);
        status = measure(reader, now, end.seq, &exports[count++], err);
    }
    if (status != HT_OK && status != HT_NOT_FOUND) return status;
    for (size_t family = 0; family < FAMILIES && count > 0; family++) {
        ht_metrics_write_family(out, families[family]);
        for (size_t i = 0; i < count; i++) {
            if (families[family] == HT_METRIC_EXPORT_SUCCESS && !exports[i].succeeded) continue;
            ht_metrics_write_sample(out, families[family], "export", ht_slice_from(exports[i].name),
                                    exports[i].values[family]);
        }
    }
    return ht_buffer_status(out, err);
}
