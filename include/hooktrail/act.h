/* Acts: what was done to the store by those who run it, kept in a second log of the same form as the trail's, so that
   the numbers of events stay those of events. Who, what, when; of an erasure not what was erased; never a secret. */
#ifndef HOOKTRAIL_ACT_H
#define HOOKTRAIL_ACT_H

#include "hooktrail/append.h"
#include "hooktrail/index.h"
#include "hooktrail/store.h"

#define HT_ACT_TEXT 255 /* bytes of each text at most; longer ones are cut at a character */

enum ht_act_kind {
    HT_ACT_INIT = 1,
    HT_ACT_ENDPOINT_ADD,
    HT_ACT_ENDPOINT_ROTATE,
    HT_ACT_ENDPOINT_RETIRE,
    HT_ACT_TOKEN_ADD,
    HT_ACT_TOKEN_REVOKE,
    HT_ACT_KEY_ROTATE,
    HT_ACT_ERASE,
    HT_ACT_RETAIN,
    HT_ACT_HOLD_ADD,
    HT_ACT_HOLD_REMOVE,
    HT_ACT_EXPORT,
    HT_ACT_REINDEX,
    HT_ACT_BACKUP,
    HT_ACT_RESTORE,
    HT_ACT_COMPACT,
    HT_ACT_REJECTED_RETRY,
    HT_ACT_REJECTED_DROP,
    HT_ACT_SUBJECT_EXPORT,
    HT_ACT_EVIDENCE,
    HT_ACT_READ,
    HT_ACT_SETTING,
    HT_ACT_SALVAGE,
    HT_ACT_KINDS
};

/* Slices borrow: from the caller when recorded, until ht_reader_end when read. */
struct ht_act {
    uint64_t seq; /* 1, 2, 3 … without gaps; given when recorded */
    int64_t at;
    enum ht_act_kind kind;
    struct ht_slice who;    /* "cli:root", "token:support", "hooktraild" */
    struct ht_slice object; /* what it was done to: "endpoint 3", "export nightly"; absent if nothing */
    struct ht_slice detail; /* in words; absent if there is no more to say */
};

/* A kind's name: "endpoint-add"; "unknown" for one of a newer hooktrail. */
const char *ht_act_kind_name(enum ht_act_kind kind);

/* Records an act in a transaction of its own; its `who` is the store's actor if it is absent. */
HT_MUST_CHECK enum ht_status ht_act_record(struct ht_store *store, const struct ht_act *act, struct ht_error *err);

/* Packs an act for ht_appender_commit (kind HT_APPEND_ACT), for the daemon's writer. */
HT_MUST_CHECK enum ht_status ht_act_pack(struct ht_append *append, const struct ht_act *act, struct ht_error *err);
/* The same into append->act: recorded in the transaction that appends `append`, if that comes about. */
HT_MUST_CHECK enum ht_status ht_act_pack_along(struct ht_append *append, const struct ht_act *act,
                                               struct ht_error *err);

/* The act of this number; HT_NOT_FOUND; HT_CORRUPT. Within the reader's span. */
HT_MUST_CHECK enum ht_status ht_act_get(struct ht_reader *reader, uint64_t seq, struct ht_act *act,
                                        struct ht_error *err);
HT_MUST_CHECK enum ht_status ht_act_last(struct ht_reader *reader, uint64_t *seq, struct ht_error *err);

/* ---- reads of personal data ---- */

/* Whether they are recorded (HT_ACT_READ), by whoever reads and before anything is given out. It is kept in the trail,
   so that the daemon, whose setting it is, and the command line agree; a change is an act too (HT_ACT_SETTING). */
HT_MUST_CHECK enum ht_status ht_act_reads_set(struct ht_store *store, bool recorded, int64_t now, struct ht_error *err);
HT_MUST_CHECK enum ht_status ht_act_reads(struct ht_reader *reader, bool *recorded, struct ht_error *err);

#define HT_ACT_REF_SIZE 33

/* How an act names a person's id, or an e-mail address: a keyed hash in hex, the same whenever the same is meant. */
void ht_act_ref(const struct ht_store *store, enum ht_kind kind, struct ht_slice id, char text[HT_ACT_REF_SIZE]);
void ht_act_ref_email(const struct ht_store *store, struct ht_slice address, char text[HT_ACT_REF_SIZE]);

#endif
