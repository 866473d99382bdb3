/* Private to store/: what stands in the place of an event, a repeated delivery or an act that was lost to damage: put
   there by `hooktrail salvage`, so that numbers stay what they were and the Merkle tree goes on to hold.

     0   8  checksum, bound to the number as in record.h
     8   1  version, 255, which no record has
     9   3  0
    12   8  the act that tells of the salvage
    20  32  hash of the record's leaf in the tree: the old one where it was known, else LOST_LEAF; 0 of a repeat
    52  52  an event's leaf, if it was found; else 0

   Reading such a record is HT_CORRUPT, as of one that is damaged: what could be known of it is gone. */
#ifndef STORE_LOST_H
#define STORE_LOST_H

#include "store.h"

#define LOST_VERSION 255
#define LOST_SIZE 104

struct lost {
    uint64_t act;
    uint8_t hash[HT_SHA256_SIZE];
    struct ht_slice leaf; /* of an event, HT_LEAF_SIZE bytes, borrowed; absent if it was not found */
};

/* Writes it as it is stored under `number`. */
void lost_write(const struct lost *lost, uint64_t number, uint8_t value[LOST_SIZE]);

/* Whether a stored value is one, and which; of a value whose checksum fits. */
bool lost_read(struct ht_slice value, struct lost *lost);

/* The hash that stands for a leaf of which nothing is known, in a log that begins anew: that of a leaf of the text
   "hooktrail/lost/1", a NUL and the number (u64). */
void lost_leaf(uint64_t number, uint8_t hash[HT_SHA256_SIZE]);

/* HT_CORRUPT: "event 7 is lost: …". */
enum ht_status lost_fail(struct ht_error *err, const char *what, uint64_t number, const struct lost *lost);

#endif
