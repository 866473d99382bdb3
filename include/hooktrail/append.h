/* The trail, written: one writer appends whatever is queued in one durable transaction. */
#ifndef HOOKTRAIL_APPEND_H
#define HOOKTRAIL_APPEND_H

#include <stdint.h>

#include "hooktrail/buffer.h"
#include "hooktrail/delivery.h"
#include "hooktrail/reading.h"
#include "hooktrail/store.h"
#include "hooktrail/trail.h"

enum ht_append_kind { HT_APPEND_EVENT, HT_APPEND_REJECTED, HT_APPEND_ACT };

/* Whose data an event holds, as keyed hashes of lead, conversation and visitor; zeros where it names none. They choose
   the data key that seals it: the lead's, else the conversation's (its lead's, once that is known), else the visitor's.
 */
struct ht_append_person {
    uint8_t lead[HT_REF_SIZE];
    uint8_t conversation[HT_REF_SIZE];
    uint8_t visitor[HT_REF_SIZE];
};

/* One thing to append. The caller owns it until the appender has answered; then it is the caller's again. */
struct ht_append {
    struct ht_append *next;
    void *owner; /* the caller's, untouched */
    enum ht_append_kind kind;
    struct ht_buffer packed;   /* the record, by ht_append_pack…; stays as it is, so that it can be appended again */
    struct ht_buffer delivery; /* the delivery's stored form alone, should it turn out to be a repeated one */
    uint8_t sha256[HT_SHA256_SIZE];
    uint8_t duplicate_key[HT_DUPLICATE_KEY_SIZE];
    struct ht_append_person person; /* by ht_append_name */
    int64_t stated_at;              /* by ht_append_name, as ht_facts has it: where the index looks for a duplicate */
    struct ht_buffer facts;         /* by ht_append_name: what the index will want to know, in memory alone */
    bool by_id;           /* duplicates are known by the id that the signed sender gave, not by the payload alone */
    uint64_t retried;     /* the rejected delivery that this event was, removed in the same transaction; 0: none */
    struct ht_buffer act; /* by ht_act_pack_along: recorded with it; empty: none */
    /* the answer */
    enum ht_status status; /* HT_OK, or why not: HT_FULL, HT_IO …; nothing of it is stored then */
    uint64_t seq;          /* of the event (the first one's, if a duplicate); of a rejected delivery its number */
    uint64_t repeat;       /* its number if a duplicate, else 0 */
    uint32_t key;          /* the data key that seals it; 0: none */
    bool duplicate;
    bool id_reused; /* the signed webhook-id is another event's, with another payload: it is an event of its own */
};

void ht_append_release(struct ht_append *append); /* frees its buffers, not the struct itself */

/* Compression state; one thread at a time. */
struct ht_packer;
struct ht_packer *ht_packer_new(void);
void ht_packer_free(struct ht_packer *packer);

/* Prepares all of a record that doesn't depend on its place: may run on any thread. `family` is the endpoint's, within
   which duplicates are sought: by the payload's SHA-256, or by `duplicate_id` (a signed webhook-id) where it is not
   absent, and then only if the payload is the same. `salt` is random. */
HT_MUST_CHECK enum ht_status ht_append_pack(struct ht_append *append, struct ht_packer *packer,
                                            const struct ht_delivery *delivery, struct ht_slice payload,
                                            uint32_t family, struct ht_slice duplicate_id,
                                            const uint8_t salt[HT_SALT_SIZE], struct ht_error *err);

/* Fills append->person, append->stated_at and append->facts from an event's facts. Any thread. An event that goes
   without gets a data key of its own, and is not known for a repeat of one that the index holds. */
void ht_append_name(struct ht_append *append, const struct ht_store *store, const struct ht_facts *facts);

/* The same for a delivery that failed validation for `reason`; `size` is what the sender announced or sent, `head` what
   is kept of it. */
HT_MUST_CHECK enum ht_status ht_append_pack_rejected(struct ht_append *append, const struct ht_delivery *delivery,
                                                     struct ht_slice head, uint64_t size, const struct ht_error *reason,
                                                     struct ht_error *err);

/* The one writer of a process: one thread. */
struct ht_appender;
HT_MUST_CHECK enum ht_status ht_appender_new(struct ht_store *store, struct ht_appender **appender,
                                             struct ht_error *err);
void ht_appender_free(struct ht_appender *appender);

/* Appends the whole list in one transaction, grows the Merkle trees, signs a checkpoint if the last is a second old by
   the times of receipt, commits it all with full sync, and fills each answer. HT_OK: all is durable,
   and `end` is the trail's new end. HT_FULL: nothing of the list was stored, later calls may succeed. Anything else:
   the environment's state is in doubt; answer 503, stop, and start anew (the sender's retry meets the duplicate check).
 */
HT_MUST_CHECK enum ht_status ht_appender_commit(struct ht_appender *appender, struct ht_append *list,
                                                struct ht_position *end, struct ht_error *err);

#endif
