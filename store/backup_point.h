/* Private to store/: the point of a trail's life that a backup has come to. Events, repeated deliveries, acts and
   erasures are numbered without gaps, so a number says how far each has come; the roots of both Merkle trees say whose
   events and acts they are, so that one who has them can tell whether a trail has come by this point. */
#ifndef STORE_BACKUP_POINT_H
#define STORE_BACKUP_POINT_H

#include "hooktrail/emit.h"
#include "hooktrail/json.h"
#include "hooktrail/sha256.h"
#include "store.h"

#define BACKUP_DIGEST (2 * HT_SHA256_SIZE + 1) /* a SHA-256 in lower-case hex, with its NUL */

struct backup_point {
    uint64_t events;
    uint64_t repeats;
    uint64_t acts;
    uint64_t erasures;
    uint64_t rejected;     /* the last number that was given out */
    uint64_t rejected_key; /* the data key that seals the rejected ones; 0: none yet */
    uint64_t keys;         /* the last data key that was given out */
    char events_root[BACKUP_DIGEST];
    char acts_root[BACKUP_DIGEST];
    char wrapping[BACKUP_DIGEST]; /* of the head of keys/data.keys: another one with another master key; of nothing for
                                     a store that isn't sealed */
};

/* SHA-256 in hex. */
void backup_digest_text(const uint8_t digest[HT_SHA256_SIZE], char text[BACKUP_DIGEST]);

/* Where the store is, in the transaction's snapshot. */
HT_MUST_CHECK enum ht_status backup_point_read(struct ht_store *store, MDB_txn *txn, struct backup_point *point,
                                               struct ht_error *err);

/* HT_INVALID unless the trail has come by this point: it is there, or further on the same way. `from` names what was
   there. */
HT_MUST_CHECK enum ht_status backup_point_passed(struct ht_store *store, MDB_txn *txn, const struct backup_point *point,
                                                 const char *from, struct ht_error *err);

/* HT_CORRUPT, naming the first difference, unless both are the same. */
HT_MUST_CHECK enum ht_status backup_point_same(const struct backup_point *point, const struct backup_point *wanted,
                                               struct ht_error *err);

/* As an object's members; and from them: HT_CORRUPT if one is missing or malformed. */
void backup_point_emit(struct ht_emit *emit, const struct backup_point *point);
HT_MUST_CHECK enum ht_status backup_point_parse(const struct ht_json *json, uint32_t object, struct backup_point *point,
                                                struct ht_error *err);

/* A member that is a digest in hex. */
HT_MUST_CHECK enum ht_status backup_digest_parse(const struct ht_json *json, uint32_t object, const char *name,
                                                 char text[BACKUP_DIGEST], struct ht_error *err);
/* A member that is a whole number. */
HT_MUST_CHECK enum ht_status backup_number_parse(const struct ht_json *json, uint32_t object, const char *name,
                                                 uint64_t *value, struct ht_error *err);

#endif
