#include "parquet_bounds.h"

void bounds_add_number(struct bounds *bounds, int64_t number)
{
    if (!bounds->known || number < bounds->least) bounds->least = number;
    if (!bounds->known || number > bounds->greatest) bounds->greatest = number;
    bounds->known = true;
}

static int compare(struct ht_slice a, struct ht_slice b)
{
    size_t common = a.size < b.size ? a.size : b.size;
    int order = common > 0 ? memcmp(a.data, b.data, common) : 0;
    return order != 0 ? order : (a.size > b.size) - (a.size < b.size);
}

static void take(char to[BOUNDS_LONGEST], uint8_t *size, struct ht_slice text)
{
    *size = (uint8_t)text.size;
    if (text.size > 0) memcpy(to, text.data, text.size);
}

void bounds_add_text(struct bounds *bounds, struct ht_slice text)
{
    if (text.size > BOUNDS_LONGEST) bounds->hidden = true;
    if (bounds->hidden) return;
    if (!bounds->known || compare(text, ht_slice_of(bounds->least_text, bounds->least_size)) < 0)
        take(bounds->least_text, &bounds->least_size, text);
    if (!bounds->known || compare(text, ht_slice_of(bounds->greatest_text, bounds->greatest_size)) > 0)
        take(bounds->greatest_text, &bounds->greatest_size, text);
    bounds->known = true;
}
