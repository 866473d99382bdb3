/* What erasure reads from outside: rows of erasures (of an erasures.log that is given to restore), policies of
   retention, and bytes in which ids are sought. What decodes stays within itself; what is sought for is found where it
   was put.

   Covers: store/erasures.c store/retain_policy.c store/erase_needles.c */
#include <stdlib.h>

#include "../../store/erase_needles.h"
#include "../../store/erasures.h"
#include "../../store/record.h"
#include "hooktrail/encode.h"
#include "require.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* With a checksum that fits, for no fuzzer finds that. */
static void read_row(const uint8_t *data, size_t size)
{
    struct erasures_row row;
    struct ht_buffer value = {0};
    ht_buffer_add_bytes(&value, data, size);
    if (size >= RECORD_CHECKED)
        ht_put_be64((uint8_t *)value.data, record_checksum(record_digest(ht_buffer_slice(&value)), 7));
    if (erasures_decode(ht_buffer_slice(&value), 7, &row, NULL) == HT_OK) {
        for (size_t i = 0; i < erasures_ranges(row.ranges); i++) {
            struct erasures_range range = erasures_range_at(row.ranges, i);
            erasures_cover(row.ranges, range.first);
        }
        for (size_t i = 0; i < row.keys.size / 4; i++)
            erasures_key_at(&row, i);
        require(erasures_ranges(row.rejected_kept) * 16 == row.rejected_kept.size);
        require(erasures_ranges(row.changed_events) * 16 == row.changed_events.size);
        require(erasures_ranges(row.changed_repeats) * 16 == row.changed_repeats.size);
        require(!row.old || row.changed_events.size + row.changed_repeats.size == 0);
        require(strlen(row.erasure.reason) < HT_REASON_SIZE);
    }
    ht_buffer_release(&value);
}

static void read_policy(struct ht_slice text)
{
    struct ht_retain_policy policy;
    struct ht_error err = {0};
    enum ht_status status = ht_retain_parse(text, &policy, &err);
    require(status == HT_OK || (status == HT_INVALID && err.detail[0] != '\0'));
    require(status != HT_OK || (policy.count >= 1 && policy.count <= HT_RETAIN_RULES));
    for (size_t i = 0; status == HT_OK && i < policy.count; i++)
        require(policy.rules[i].age > 0);
}

static void seek(struct ht_slice bytes)
{
    struct needles needles = {0};
    bool found;
    needles_init(&needles);
    require(needles_add(&needles, HT_SLICE("anna@example.com"), NULL) == HT_OK);
    require(needles_find(&needles, bytes, &found, NULL) == HT_OK);
    struct ht_buffer more = {0};
    ht_buffer_add(&more, bytes);
    ht_buffer_add(&more, HT_SLICE(" ANNA@example.com"));
    require(needles_find(&needles, ht_buffer_slice(&more), &found, NULL) == HT_OK && found);
    ht_buffer_release(&more);
    needles_release(&needles);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (size == 0) return 0;
    struct ht_slice rest = ht_slice_of(data + 1, size - 1);
    switch (data[0] % 3) {
    case 0:
        read_row(data + 1, size - 1);
        break;
    case 1:
        read_policy(rest);
        break;
    default:
        seek(rest);
        break;
    }
    return 0;
}
