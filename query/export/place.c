#include "place.h"

static bool is_part(const char *part, size_t size)
{
    return size > 0 && size <= EXPORT_PLACE_PART_MAX && part[0] != '.';
}

enum ht_status export_place_name_check(const char *name, struct ht_error *err)
{
    static const char allowed[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789._=-";
    const char *at = name;
    for (int parts = 1; parts <= EXPORT_PLACE_PARTS_MAX; parts++) {
        size_t size = strspn(at, allowed);
        if (!is_part(at, size)) break;
        at += size;
        if (*at == '\0' && at - name <= EXPORT_PLACE_NAME_MAX) return HT_OK;
        if (*at++ != '/') break;
    }
    return ht_fail(
        err, HT_INVALID,
        "\"%.100s\" is no name for an export's file: 1 to %d parts, with single slashes between them, of 1 to "
        "%d letters, digits and . _ = - each, none beginning with a dot; %d bytes in all",
        name, EXPORT_PLACE_PARTS_MAX, EXPORT_PLACE_PART_MAX, EXPORT_PLACE_NAME_MAX);
}
