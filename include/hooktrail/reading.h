/* Reads from a payload what is known of it: type, ids, time, messages, warnings. One table in reading.c says where each
   fact is looked for (docs/reading-rules.md explains it); a change at Aimdoc is a change of rows, then a reindex. */
#ifndef HOOKTRAIL_READING_H
#define HOOKTRAIL_READING_H

#include <stdint.h>

#include "hooktrail/buffer.h"
#include "hooktrail/delivery.h"
#include "hooktrail/json.h"

#define HT_MAX_TYPE 64
#define HT_MAX_ID 256      /* bytes; a longer id is not used, with a warning */
#define HT_MAX_NAME 256    /* bytes of an agent's name kept in the index; longer is cut at a character */
#define HT_MAX_WARNINGS 16 /* of one event; the last then says how many more there were */
#define HT_OPENING_SIZE 16

/* What one message says of itself. Slices are absent where the payload has none. */
struct ht_message {
    struct ht_slice id;      /* "id" or "message_id", string or integer as written */
    struct ht_slice role;    /* "role" */
    struct ht_slice content; /* "content"; if it is no string, its JSON text */
    int64_t created_at;      /* "created_at" or "timestamp"; HT_TIME_NONE if absent or unusable */
};

/* All slices borrow from the payload, from the reading's own memory or from the delivery; they last until the next
   extract with the same reading. */
struct ht_facts {
    struct ht_slice type;         /* never absent: at least "unknown" */
    struct ht_slice type_as_sent; /* the spelling before folding; absent if the shape decided */
    struct ht_slice agent_id;
    struct ht_slice agent_name;
    struct ht_slice conversation_id;
    struct ht_slice lead_id;
    struct ht_slice visitor_id;
    struct ht_slice email;            /* of the lead or contact, as sent */
    struct ht_slice reason;           /* escalation_reason, buyer_intent_reason, or the question's text */
    int64_t stated_at;                /* the newest time that the payload states; HT_TIME_NONE if it states none */
    int64_t occurred_at;              /* that, else the time of receipt */
    uint32_t lead;                    /* node of the lead's (or contact's) object, or HT_JSON_NONE */
    uint32_t messages;                /* node of the array, or HT_JSON_NONE */
    bool has_opening;                 /* messages has one with time, role and content: */
    int64_t opening_at;               /* when the earliest of these was created */
    uint8_t opening[HT_OPENING_SIZE]; /* BLAKE2b of agent id, created_at, role, content of that message */
    struct ht_slice warnings;         /* a JSON array of strings, "[]" if none */
    bool has_warnings;
};

/* A workspace: one thread at a time. */
struct ht_reading;

struct ht_reading *ht_reading_new(void); /* NULL when out of memory */
void ht_reading_free(struct ht_reading *reading);

/* Extracts the facts of the payload that `json` holds. HT_UNPROCESSABLE, with the pointers looked at, when it is not an
   object, or when neither path, field or header names a type nor any id is there (or usable). HT_NO_MEMORY. */
HT_MUST_CHECK enum ht_status ht_reading_extract(struct ht_reading *reading, const struct ht_json *json,
                                                const struct ht_delivery *delivery, struct ht_facts *facts,
                                                struct ht_error *err);

/* Reads one element of facts->messages. Decoded strings go to the end of `scratch` (see ht_json_string). False if the
   element is no object. */
bool ht_reading_message(const struct ht_json *json, uint32_t node, struct ht_buffer *scratch,
                        struct ht_message *message);

/* Folds a type's name as the rules do: lower case, "_" becomes "-", an old name becomes today's; NUL-terminated. False
   if it is none: not 1 to HT_MAX_TYPE of [a-z0-9-] once folded. */
bool ht_reading_fold_type(struct ht_slice sent, char folded[HT_MAX_TYPE + 1]);

/* Changes whenever the table does: an index made by other rules is stale. */
uint64_t ht_reading_version(void);

#endif
