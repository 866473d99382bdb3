/* Private to store/: what a store signs with, and by which keys its checkpoints are known.

   keys/log.key (0600) holds the signing key as "PRIVATE+KEY+origin+…"; keys/log.pub every verifier key that ever was,
   the newest first, a line each. The log of acts has the name ORIGIN/acts and the same key. */
#ifndef STORE_SIGNING_H
#define STORE_SIGNING_H

#include "hooktrail/log.h"
#include "store.h"

#define SIGNING_KEYS 256 /* of log.pub at most */

/* Made by open, part of struct ht_store. Any thread: constant but for the refusals, which have a lock. */
struct signing {
    struct ht_signer *signers; /* one for each log; sodium_malloc'ed */
    struct ht_verifier *verifiers;
    size_t count;
    pthread_mutex_t lock; /* guards `refusals` */
    struct ht_error refusals[HT_LOG_COUNT];
};

/* Makes keys/log.key and keys/log.pub in a new store's directory; `origin` NULL: "hooktrail/" and the trail's id in
   hex. HT_INVALID if it can't be a log's name. */
HT_MUST_CHECK enum ht_status signing_make(const char *dir, const uint8_t *trail_id, const char *origin,
                                          struct ht_error *err);
HT_MUST_CHECK enum ht_status signing_open(const char *dir, struct signing **signing, struct ht_error *err);
void signing_close(struct signing *signing); /* NULL is fine */

/* The same for another key in place of the store's: the old one's verifier key stays in log.pub. `origin` NULL: the
   name stays. */
HT_MUST_CHECK enum ht_status signing_replace(const struct signing *signing, const char *dir, const char *origin,
                                             struct ht_error *err);

/* The verifier of a log for key number `index` of log.pub. */
void signing_verifier(const struct signing *signing, enum ht_log log, size_t index, struct ht_verifier *verifier);

/* A checkpoint that was read, and what is known of its signer. */
struct signed_head {
    struct ht_note note;
    struct ht_slice origin;
    struct ht_tree_head head;
    bool known;   /* signed by one of this log's keys, of the name that it had then */
    bool current; /* by the current one */
};

/* Takes a checkpoint's note apart; borrows from `bytes`. HT_INVALID if it is malformed; a signature that is missing or
   false is no error. */
HT_MUST_CHECK enum ht_status signing_read(const struct signing *signing, enum ht_log log, struct ht_slice bytes,
                                          struct signed_head *signed_head, struct ht_error *err);

/* "events", "acts". */
const char *signing_log_name(enum ht_log log);

#endif
