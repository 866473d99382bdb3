/* Private to query/: the union of a conversation's messages over all payloads that carry some, each message once.

   Payloads are added in ascending seq. They may be growing snapshots, new messages only, or a mixture, and may arrive
   in any order. Nothing of a payload is kept but 80 bytes for each distinct message: contents are read again, from
   payload `event` at `position`, when they are shown.

   What is the same message: one of the same id; without an id, one of the same text, which is time, role and content,
   the n-th such one of a payload being the n-th of every other. (The same id twice in one payload is one message, the
   later content being an edit of the earlier.) Some payloads have ids and others of the same conversation don't, so a
   message without an id is also the first one with an id that had its text, if none without had it; and a message of a
   new id is also the one without that has its text, if that wasn't edited since, and has the id from now on. But what
   one payload lists both with an id and without are two messages.

   What is an edit: the same id with another text (the same role and content at another time is a version, too, but not
   shown as an edit; neither is one that only brings the id). Without ids, a message first seen in this payload, of the
   same time and role as an earlier one that this payload doesn't carry, takes that one's place; if a payload carries
   both after all, they were two messages and become two again. The versions of one message form a chain, first to
   newest.

   The order of messages is total and follows from the payloads alone. A message has its own time; without a usable one
   it takes that of its previous neighbour in the payload where it was first seen, else of the next there that has one,
   else that of the event. It is added to one list when it is first seen, in seq order and within a payload in its
   order:
   - right behind its previous neighbour in that payload, if that has the same time;
   - else right before the next one there that was known before, if that has the same time;
   - else behind all messages of its time or before.
   timeline_order.h puts the events of the conversation in between.

   What is removed: see struct timeline_span. One thread at a time; no LMDB here. */
#ifndef QUERY_TIMELINE_UNION_H
#define QUERY_TIMELINE_UNION_H

#include "hash_table.h"
#include "hooktrail/json.h"
#include "hooktrail/reading.h"
#include "timeline_identity.h"
#include "timeline_repeat.h"

#define TIMELINE_NONE HASH_TABLE_NONE
#define TIMELINE_MAX_MESSAGES 1000000

/* One version of a message. Indices are into the union's array, where versions stand as they were first seen. */
struct timeline_message {
    uint8_t identity[HASH_TABLE_KEY_SIZE];
    uint8_t mark[HASH_TABLE_KEY_SIZE]; /* with an id: the identity of its text; without: of time and role */
    int64_t at;                        /* its own time, or the one it took */
    uint32_t event;                    /* where this version was first seen: the event's number, as given to add */
    uint32_t position : 20;            /* and which element of its list of messages */
    uint32_t has_id : 1;
    uint32_t untimed : 1; /* `at` is not its own */
    uint32_t before : 1;  /* stands before its anchor, else behind it */
    uint32_t named : 1;   /* of the first version: the last event carries it with an id */
    uint32_t size;        /* of the content's JSON text */
    uint32_t anchor;      /* the neighbour by which it stands, or NONE: stands by its time */
    uint32_t older;       /* the version before this one, or NONE: this is the first */
    uint32_t end;         /* of the first version: the newest one; of the others: the first one */
    uint32_t same_place;  /* the next (older) one of the same time and role, or NONE */
    uint32_t last_event;  /* of the first version: the last event that carries any version */
    uint32_t carried;     /* of the first version: which version that event carries */
    uint32_t equal;       /* how many equal ones the payload under way has had */
};

/* What the payload of one event lists: the least and the greatest of its messages in time (of equal times the first and
   the last in the payload), or NONE. If it `repeats` any message seen before, it is no mere increment, and then a
   message known before that stands between the two but isn't listed was removed, until a later payload carries it
   again. */
struct timeline_span {
    uint32_t low;
    uint32_t high;
    bool repeats;
};

/* An element of the payload under way. */
struct timeline_listed {
    uint32_t message;
    uint32_t next_known; /* the first one behind it that was known before, or NONE */
    int64_t next_at;     /* the time of the first one behind it that was known before or has one, or HT_TIME_NONE */
};

/* All zero is not valid: see init. */
struct timeline_union {
    struct timeline_message *messages;
    uint32_t count;
    uint32_t capacity;
    uint32_t limit;
    struct hash_table by_identity;
    struct hash_table by_text;  /* versions with ids by their mark; the first of each text */
    struct hash_table by_place; /* versions without ids by their mark; the last of each place */
    struct timeline_repeat repeat;
    struct timeline_listed *listed;
    uint32_t listed_count;
    uint32_t listed_capacity;
    uint64_t *rivals; /* scratch of the search for edits */
    uint32_t rival_capacity;
    uint32_t known; /* messages below this were known before the payload under way */
    struct ht_buffer scratch;
    struct timeline_identity identity;
};

/* `limit`: versions at most, TIMELINE_MAX_MESSAGES but in tests. After release, init comes first again. */
void timeline_union_init(struct timeline_union *all, uint32_t limit);
void timeline_union_release(struct timeline_union *all);

/* Adds the messages of `json` at the array `list`, the payload of event number `event` (ascending from 0, for which the
   caller keeps the seq) that occurred at `occurred_at`. HT_TOO_LARGE beyond the limit; HT_NO_MEMORY. The union is of no
   use after an error. */
HT_MUST_CHECK enum ht_status timeline_union_add(struct timeline_union *all, const struct ht_json *json, uint32_t list,
                                                uint32_t event, int64_t occurred_at, struct timeline_span *span,
                                                struct ht_error *err);

/* The first version of the message that this is a version of, and its newest. */
static inline uint32_t timeline_first(const struct timeline_union *all, uint32_t message)
{
    const struct timeline_message *m = &all->messages[message];
    return m->older == TIMELINE_NONE ? message : m->end;
}

static inline uint32_t timeline_newest(const struct timeline_union *all, uint32_t message)
{
    return all->messages[timeline_first(all, message)].end;
}

#endif
