/* The messages of a payload, read in one walk: the newest time, the opening, and how much of them is no use. */
#ifndef HOOKTRAIL_STORE_READING_MESSAGES_H
#define HOOKTRAIL_STORE_READING_MESSAGES_H

#include "hooktrail/reading.h"

/* How much was there but could not be used. */
struct ht_message_faults {
    size_t elements; /* that are no objects */
    size_t ids;
    size_t roles;
    size_t times;
};

/* Reads facts->messages (HT_JSON_NONE has none) into the opening's fields of *facts, whose agent_id must be set, and
   the newest created_at, HT_TIME_NONE if there is none, into *newest. Strings are decoded behind the end of `scratch`,
   which is left as it was. */
void ht_messages_read(const struct ht_json *json, struct ht_buffer *scratch, struct ht_facts *facts, int64_t *newest,
                      struct ht_message_faults *faults);

#endif
