#include "local.h"

#include <inttypes.h>
#include <time.h>

#include "hooktrail/time.h"

static struct tm local_time(int64_t time)
{
    struct tm fields = {0};
    time_t seconds = (time_t)(time / HT_SECOND - (time % HT_SECOND < 0));
    localtime_r(&seconds, &fields);
    return fields;
}

void ht_local_add(struct ht_buffer *out, int64_t time, enum ht_local_form form)
{
    char text[128];
    size_t size = 0;
    if (time == HT_TIME_NONE) {
        ht_buffer_add_byte(out, '-');
        return;
    }
    struct tm fields = local_time(time);
    switch (form) {
    case HT_LOCAL_TIME:
        size = strftime(text, sizeof text, "%Y-%m-%d %H:%M:%S", &fields);
        break;
    case HT_LOCAL_CLOCK:
        size = strftime(text, sizeof text, "%H:%M", &fields);
        break;
    case HT_LOCAL_DAY:
        size = strftime(text, sizeof text, "%A, %-d %B %Y", &fields);
        break;
    }
    ht_buffer_add_bytes(out, text, size);
}

int64_t ht_local_day(int64_t time)
{
    if (time == HT_TIME_NONE) return INT64_MIN;
    struct tm fields = local_time(time);
    return (int64_t)fields.tm_year * 366 + fields.tm_yday;
}

void ht_local_size(struct ht_buffer *out, uint64_t bytes)
{
    static const char *const units[] = {"KiB", "MiB", "GiB", "TiB", "PiB", "EiB"};
    if (bytes < 1024) {
        ht_buffer_printf(out, "%" PRIu64 " B", bytes);
        return;
    }
    double amount = (double)bytes / 1024;
    size_t unit = 0;
    for (; amount >= 1023.95; unit++)
        amount /= 1024;
    ht_buffer_printf(out, "%.1f %s", amount, units[unit]);
}

void ht_local_count(struct ht_buffer *out, uint64_t count)
{
    char digits[32];
    size_t size = 0;
    for (size_t place = 0; place == 0 || count > 0; place++, count /= 10) {
        if (place > 0 && place % 3 == 0) digits[size++] = ',';
        digits[size++] = (char)('0' + count % 10);
    }
    while (size > 0)
        ht_buffer_add_byte(out, digits[--size]);
}
