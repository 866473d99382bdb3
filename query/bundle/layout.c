#include "layout.h"

#include <inttypes.h>
#include <stdio.h>

#include "hooktrail/encode.h"

static const struct affixes {
    const char *folder;
    const char *suffix;
} parts[LAYOUT_PARTS] = {
    [LAYOUT_PAYLOAD] = {"payloads/", ".json"},   [LAYOUT_DELIVERIES] = {"deliveries/", ".json"},
    [LAYOUT_OPENING] = {"openings/", ".json"},   [LAYOUT_LEAF] = {"leaves/", ".leaf"},
    [LAYOUT_PROOF] = {"proofs/", ".tlog-proof"},
};

void layout_name(enum layout_part part, uint64_t seq, char name[ZIP_MAX_NAME])
{
    snprintf(name, ZIP_MAX_NAME, "%s%" PRIu64 "%s", parts[part].folder, seq, parts[part].suffix);
}

/* The number between the two; it is written as we write it, so that no two names mean the same. */
static bool take_number(struct ht_slice name, const char *folder, const char *suffix, uint64_t *number)
{
    size_t before = strlen(folder), behind = strlen(suffix);
    if (name.size <= before + behind || memcmp(name.data, folder, before) != 0) return false;
    if (memcmp(name.data + name.size - behind, suffix, behind) != 0) return false;
    struct ht_slice digits = ht_slice_of(name.data + before, name.size - before - behind);
    return digits.data[0] != '0' && ht_parse_u64(digits, number) == HT_OK;
}

bool layout_parse(struct ht_slice name, enum layout_part *part, uint64_t *seq)
{
    for (int i = 0; i < LAYOUT_PARTS; i++) {
        if (!take_number(name, parts[i].folder, parts[i].suffix, seq)) continue;
        *part = (enum layout_part)i;
        return true;
    }
    return false;
}

bool layout_is_reading(struct ht_slice name)
{
    static const char *const single[] = {"timeline.json", "timeline.txt", "history.json", "history.txt"};
    uint64_t number;
    for (size_t i = 0; i < sizeof single / sizeof *single; i++)
        if (ht_slice_is(name, single[i])) return true;
    return take_number(name, "timelines/", ".json", &number) || take_number(name, "timelines/", ".txt", &number);
}
