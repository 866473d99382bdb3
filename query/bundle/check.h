/* Private to query/bundle/: what the files of an evidence bundle say, held against each other and against the keys.
   Knows nothing of zip. */
#ifndef QUERY_BUNDLE_CHECK_H
#define QUERY_BUNDLE_CHECK_H

#include "hooktrail/json.h"
#include "hooktrail/reading.h"
#include "hooktrail/trail.h"
#include "layout.h"

#define CHECK_KEEP (UINT64_C(256) << 20) /* bytes kept of all files together; of payloads only the digest is kept */

/* The files of one event. */
struct check_event {
    uint64_t seq;
    bool has[LAYOUT_PARTS];
    bool listed;                            /* in the manifest */
    bool erased;                            /* says the manifest; else */
    char listed_sha256[2 * HT_SHA256_SIZE]; /* of the payload, in hex, says the manifest */
    struct ht_buffer text[LAYOUT_PARTS];    /* but of the payload */
    uint8_t payload_sha256[HT_SHA256_SIZE]; /* as computed */
    uint64_t payload_size;
    struct ht_leaf leaf;       /* by check_event; if the event is not erased also */
    struct ht_buffer delivery; /* the first, as it is kept: what the leaf commits to */
};

/* A timeline or history. */
struct check_reading {
    char name[ZIP_MAX_NAME];
    bool listed;
};

struct check {
    const struct ht_verifier *keys;
    size_t key_count;
    struct ht_bundle_shown *shown;
    struct check_slot {
        uint64_t seq;
        struct check_event *event;
    } * events; /* by seq */
    size_t event_count;
    size_t event_room;
    struct check_reading *readings;
    size_t reading_count;
    struct ht_buffer manifest;
    struct ht_buffer checkpoint;
    struct ht_buffer key;
    bool has_readme;
    uint64_t kept;
    struct ht_json *json;
    struct ht_json *payload;
    struct ht_reading *reading;
    struct ht_buffer scratch; /* for strings of the JSON */
};

/* The keys and `shown` are borrowed. HT_NO_MEMORY; release it also then. */
HT_MUST_CHECK enum ht_status check_init(struct check *check, const struct ht_verifier *keys, size_t key_count,
                                        struct ht_bundle_shown *shown, struct ht_error *err);
void check_release(struct check *check);

/* Takes one file, all but SHA256SUMS, in whatever order. HT_CORRUPT if no bundle has such a file. */
HT_MUST_CHECK enum ht_status check_take(struct check *check, struct ht_slice name, const uint8_t sha256[HT_SHA256_SIZE],
                                        struct ht_slice bytes, struct ht_error *err);

/* Once all are there: checks them and fills `shown`. HT_CORRUPT with the first finding. */
HT_MUST_CHECK enum ht_status check_end(struct check *check, struct ht_error *err);

/* Behind check_end, which knows of payloads only the digest: takes each file once more, and holds what the documents of
   deliveries say against the payloads themselves. HT_CORRUPT if a payload is not the one that was taken. */
HT_MUST_CHECK enum ht_status check_again(struct check *check, struct ht_slice name,
                                         const uint8_t sha256[HT_SHA256_SIZE], struct ht_slice bytes,
                                         struct ht_error *err);

/* check_event.c: one event that was listed, against the checkpoint; fills its leaf and its delivery. */
HT_MUST_CHECK enum ht_status check_event(struct check *check, struct check_event *event, struct ht_error *err);

/* check_delivery.c: whether the document of an event's deliveries says what leaf, first delivery and payload say. */
HT_MUST_CHECK enum ht_status check_delivery(struct check *check, const struct check_event *event,
                                            struct ht_slice payload, struct ht_error *err);

/* check_facts.c: whether the document that check->json holds says what can be read from the payload. */
HT_MUST_CHECK enum ht_status check_facts(struct check *check, const struct check_event *event, struct ht_slice payload,
                                         const struct ht_delivery *delivery, struct ht_error *err);

/* A string member, until the next call; absent if there is none or it is no string. A number; false if it is none. */
struct ht_slice check_text(struct check *check, uint32_t object, const char *name);
bool check_number(const struct check *check, uint32_t object, const char *name, uint64_t *number);

/* check_delivery.c: whether a member is this string, in the form that we write; null if it is absent. A time. */
bool check_says(struct check *check, uint32_t object, const char *name, struct ht_slice wanted);
bool check_says_time(struct check *check, uint32_t object, const char *name, int64_t time);
/* HT_CORRUPT: the document of its deliveries tells of another WHAT than its FROM. HT_NO_MEMORY if that was why. */
enum ht_status check_differs(const struct check *check, const struct check_event *event, const char *what,
                             const char *from, struct ht_error *err);

#endif
