/* Private to query/: an event's payload, unpacked, parsed and read, and JSON made from it. */
#ifndef QUERY_PAYLOAD_H
#define QUERY_PAYLOAD_H

#include "hooktrail/emit.h"
#include "hooktrail/json.h"
#include "hooktrail/reading.h"
#include "hooktrail/trail.h"

struct payload {
    const struct ht_json *json; /* the reader's; holds the tape of record.payload */
    struct ht_buffer scratch;   /* for decoded strings */
    struct ht_buffer text;      /* for payload_emit */
    struct ht_record record;    /* of the last payload_read */
    struct ht_facts facts;
};

struct payload *payload_new(void);          /* NULL when out of memory */
void payload_free(struct payload *payload); /* NULL is fine */

/* Reads the event's record and its facts. HT_ERASED. A record that is missing, or whose payload no longer reads, is
   HT_CORRUPT and named. Everything lasts until the next payload is read with this reader: so no longer than the step.
 */
HT_MUST_CHECK enum ht_status payload_read(struct payload *payload, struct ht_reader *reader, uint64_t seq,
                                          struct ht_error *err);

/* Emits the value at `node` of the payload compactly: no white space, numbers as written, strings escaped as all ours;
   null for HT_JSON_NONE. */
void payload_emit(struct payload *payload, uint32_t node, struct ht_emit *emit);

#endif
