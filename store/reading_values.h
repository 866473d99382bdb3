/* The values that rows of the reading rules point to: their kinds, their times, and what to call them in a warning. */
#ifndef HOOKTRAIL_STORE_READING_VALUES_H
#define HOOKTRAIL_STORE_READING_VALUES_H

#include "hooktrail/json.h"
#include "reading_rules.h"

/* A place as text: "a.b" as the RFC 6901 pointer "/a/b". Names in the rules have nothing to escape. */
struct ht_place {
    char text[64];
};

struct ht_place ht_place_of(const struct ht_rule *rule);

/* "an array"; and what a row allows, "a string or an object". */
const char *ht_value_type_text(const struct ht_json *json, uint32_t node);
const char *ht_value_kinds_text(unsigned kinds);

/* Whether the node is of one of the kinds (enum ht_kind, or-ed). A number is an integer if it is written as one. */
bool ht_value_is_kind(const struct ht_json *json, uint32_t node, unsigned kinds);

/* RFC 3339, or a number of seconds (or, beyond 10^11, milliseconds) since 1970, within the years 0001 to 9999. False if
   it is neither. An escaped string is decoded behind the end of `scratch`, which is left as it was. */
bool ht_value_time(const struct ht_json *json, uint32_t node, struct ht_buffer *scratch, int64_t *time);

#endif
