/* Private to query/: one text for each JSON value, so that values are compared by their texts.

   No white space, members sorted by key (bytewise, unescaped), strings escaped as all ours; numbers as they were
   written. */
#ifndef QUERY_CANONICAL_H
#define QUERY_CANONICAL_H

#include "hooktrail/json.h"

/* Adds the canonical text of the value at `node`. `scratch` is used for decoded strings, and left as it was.
   HT_NO_MEMORY; lack of memory for the text itself sticks in `out`. */
HT_MUST_CHECK enum ht_status canonical_add(const struct ht_json *json, uint32_t node, struct ht_buffer *scratch,
                                           struct ht_buffer *out, struct ht_error *err);

#endif
