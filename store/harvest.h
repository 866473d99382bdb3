/* Private to store/: reads events from the trail and keeps of each what the index wants to know: the part of indexing
   that needs no order and may therefore run ahead, on a thread of its own. */
#ifndef STORE_HARVEST_H
#define STORE_HARVEST_H

#include "hooktrail/json.h"
#include "index_codec.h"

#define HARVEST_EVENTS 256                /* of one fill at most */
#define HARVEST_BYTES (UINT64_C(4) << 20) /* of payloads, after which a fill ends early */

/* Text in the harvest's `texts`. */
struct harvest_text {
    uint32_t offset;
    uint32_t size; /* 0: absent */
    uint64_t hash; /* of kind and text, keyed */
};

struct harvest_event {
    uint64_t seq;
    int64_t received_at; /* HT_TIME_NONE: the record's header is lost */
    int64_t occurred_at;
    int64_t stated_at;  /* HT_TIME_NONE: no time is stated, or none is known */
    int64_t opening_at; /* HT_TIME_NONE: it has no opening message */
    uint32_t endpoint;
    uint32_t size;
    uint32_t flags; /* HT_ROW_UNREADABLE, HT_ROW_ERASED */
    uint32_t key;   /* the data key that seals it; 0: none */
    bool is_signed; /* and so its duplicate key is of the sender's id */
    bool has_profile;
    bool has_email;
    struct harvest_text texts[HT_KIND_COUNT]; /* by kind; that of the type is never absent */
    uint8_t sha256[HT_SHA256_SIZE];
    uint8_t duplicate_key[HT_DUPLICATE_KEY_SIZE];
    uint8_t email[EMAIL_HASH_SIZE];
    uint8_t opening[HT_OPENING_SIZE];  /* its keyed hash */
    uint8_t conversation[HT_REF_SIZE]; /* of a tombstone: keyed hash of the conversation that goes on; else zeros */
};

/* What the index wants to know of an event's facts; the texts follow it, kind by kind. Only ever in memory. */
struct harvest_facts {
    int64_t occurred_at;
    int64_t stated_at;
    int64_t opening_at;            /* HT_TIME_NONE: it has no opening message */
    uint32_t sizes[HT_KIND_COUNT]; /* of the texts */
    bool has_profile;
    bool has_email;
    uint8_t email[EMAIL_HASH_SIZE];
    uint8_t opening[HT_OPENING_SIZE]; /* its keyed hash */
};

/* A workspace: one thread at a time. */
struct harvest {
    struct ht_reader trail; /* of which only the trail's side and the tools are in use */
    struct ht_buffer facts; /* of the event at hand */
    struct ht_buffer texts;
    uint8_t hash_key[16];
    size_t count;
    struct harvest_event events[HARVEST_EVENTS];
};

/* `hash_key` (16 bytes, random) must be the same for all whose events go to one batch. NULL when out of memory. */
struct harvest *harvest_new(struct ht_store *store, const uint8_t *hash_key);
void harvest_free(struct harvest *harvest);

/* Takes a new snapshot of the trail, whose end goes to `end`; and lets go of it. */
HT_MUST_CHECK enum ht_status harvest_begin(struct harvest *harvest, struct ht_position *end, struct ht_error *err);
void harvest_end(struct harvest *harvest);

/* Reads at least one and at most `count` (from 1 to HARVEST_EVENTS) events from seq `first` on; they replace those of
   the last fill. One that cannot be read is kept as unreadable; fails only for want of memory or when the system
   refuses to read. */
HT_MUST_CHECK enum ht_status harvest_fill(struct harvest *harvest, uint64_t first, size_t count, struct ht_error *err);

/* The same for one event that the caller has read through the harvest's trail, within its snapshot (harvest_clear comes
   first): `read` is what reading it came to, HT_OK with the record. */
HT_MUST_CHECK enum ht_status harvest_keep(struct harvest *harvest, uint64_t seq, enum ht_status read,
                                          const struct ht_record *record, struct ht_error *err);

/* The event that a repeated delivery repeats; 0 if that cannot be read. */
HT_MUST_CHECK enum ht_status harvest_repeat(struct harvest *harvest, uint64_t number, uint64_t *seq,
                                            struct ht_error *err);

/* Writes a struct harvest_facts and its texts to `out`. Any thread. */
void harvest_note(const struct ht_store *store, const struct ht_facts *facts, struct ht_buffer *out);

/* One that holds events but cannot read: for what another has read, or for what was noted. Freed alike; NULL when out
   of memory. */
struct harvest *harvest_new_empty(void);
void harvest_clear(struct harvest *harvest);
/* Adds an event (there must be room) with what harvest_note wrote of its facts. */
HT_MUST_CHECK enum ht_status harvest_add(struct harvest *harvest, const struct ht_record_header *header,
                                         const uint8_t sha256[HT_SHA256_SIZE], struct ht_slice noted,
                                         struct ht_error *err);
/* Moves the events of the last fill. */
void harvest_move(struct harvest *to, struct harvest *from);

static inline struct ht_slice harvest_slice(const struct harvest *harvest, const struct harvest_text *text)
{
    return text->size == 0 ? HT_ABSENT : ht_slice_of(harvest->texts.data + text->offset, text->size);
}

#endif
