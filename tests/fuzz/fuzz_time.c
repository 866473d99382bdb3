/* Times as text: what is taken comes out as RFC 3339 that reads the same, and so does any number of microseconds.

   Covers: store/time.c */
#include <stdlib.h>

#include "hooktrail/encode.h"
#include "hooktrail/time.h"
#include "require.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static int64_t round_trip(int64_t time)
{
    char text[HT_TIME_TEXT_SIZE];
    int64_t again;
    size_t length = ht_time_format(text, time);
    require(length == strlen(text));
    require(ht_time_parse(ht_slice_of(text, length), &again) == HT_OK);
    return again;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct ht_slice text = ht_slice_of(data, size);
    int64_t time, bound;
    struct ht_error err;
    bool taken = ht_time_parse(text, &time) == HT_OK;
    if (taken) require(round_trip(time) == time);
    bool bounds = ht_time_parse_bound(text, INT64_C(1800000000) * HT_SECOND, &bound, &err) == HT_OK;
    if (taken) require(bounds && bound == time);
    if (bounds) require(round_trip(bound) == bound);
    if (size >= 8) {
        int64_t once = round_trip((int64_t)ht_get_be64(data));
        require(round_trip(once) == once);
    }
    return 0;
}
