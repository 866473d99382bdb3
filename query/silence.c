#include "hooktrail/silence.h"

#include "hooktrail/time.h"

#define WEEK (7 * HT_DAY)
#define WEEKS 4
#define LEAST_WEEKS 2
#define LEAST_EVENTS 3
#define LEAST_SILENCE (600 * HT_SECOND)
#define MOST_ROWS 64 /* of one week: beside the range's events only those of a clock that stepped */

static enum ht_status received_at(struct ht_reader *reader, uint64_t seq, int64_t *at, struct ht_error *err)
{
    struct ht_row row;
    enum ht_status status = ht_index_row(reader, seq, &row, err);
    if (status == HT_OK) *at = row.received_at;
    return status;
}

/* Whether enough events were received in [since, until). */
static enum ht_status was_busy(struct ht_reader *reader, struct ht_postings *postings, int64_t since, int64_t until,
                               bool *busy, struct ht_error *err)
{
    uint64_t seq, last;
    int events = 0;
    enum ht_status status = ht_index_range(reader, since, until, &seq, &last, err);
    for (int rows = 0; status == HT_OK && seq <= last && events < LEAST_EVENTS && rows < MOST_ROWS; rows++, seq++) {
        int64_t at = HT_TIME_NONE;
        status = ht_postings_at_least(postings, seq, &seq, err);
        if (status != HT_OK || seq > last) break;
        status = received_at(reader, seq, &at, err);
        if (at >= since && at < until) events++;
    }
    *busy = events >= LEAST_EVENTS;
    return status == HT_NOT_FOUND ? HT_OK : status;
}

/* Holds the silence from `last_at` to `now` against the same times of the weeks before. */
static enum ht_status compare_weeks(struct ht_reader *reader, struct ht_postings *postings, int64_t first_at,
                                    int64_t last_at, int64_t now, bool *unusual, struct ht_error *err)
{
    int known = 0, busy_weeks = 0;
    for (; known < WEEKS; known++) {
        bool busy;
        int64_t back = (known + 1) * WEEK;
        if (last_at - back < first_at) break;
        enum ht_status status = was_busy(reader, postings, last_at + 1 - back, now - back, &busy, err);
        if (status != HT_OK) return status;
        busy_weeks += busy;
    }
    int needed = known == WEEKS ? WEEKS - 1 : known;
    *unusual = known >= LEAST_WEEKS && busy_weeks >= needed;
    return HT_OK;
}

enum ht_status ht_silence_get(struct ht_reader *reader, enum ht_kind kind, uint32_t number, int64_t now,
                              struct ht_silence *silence, struct ht_error *err)
{
    int64_t first_at;
    struct ht_summary summary;
    struct ht_postings *postings;
    silence->unusual = false;
    enum ht_status status = ht_index_summary(reader, kind, number, &summary, err);
    if (status == HT_OK) status = received_at(reader, summary.first_seq, &first_at, err);
    if (status == HT_OK) status = received_at(reader, summary.last_seq, &silence->last_at, err);
    if (status != HT_OK) return status;
    int64_t length = now - silence->last_at;
    if (length < LEAST_SILENCE || length > WEEKS * WEEK) return HT_OK;
    status = ht_postings_open(reader, kind, number, &postings, err);
    if (status != HT_OK) return status;
    status = compare_weeks(reader, postings, first_at, silence->last_at, now, &silence->unusual, err);
    ht_postings_close(postings);
    return status;
}
