/* Proofs that entries are in a log: which checkpoint, and the path from an entry to its root. */
#ifndef HOOKTRAIL_PROOF_H
#define HOOKTRAIL_PROOF_H

#include "hooktrail/log.h"

/* A checkpoint of a log, read and taken apart. Zeroed to begin; released when done. */
struct ht_signed {
    struct ht_buffer note;
    struct ht_slice origin; /* of the note */
    struct ht_tree_head head;
};

/* Reads the newest, within the reader's span; HT_NOT_FOUND before the first. With `cosigned` > 0 the newest one that a
   witness has signed is taken instead, if it covers so many leaves. */
HT_MUST_CHECK enum ht_status ht_signed_read(struct ht_reader *reader, enum ht_log log, uint64_t cosigned,
                                            struct ht_signed *read, struct ht_error *err);
void ht_signed_release(struct ht_signed *read);

/* Adds the proof that the entry `seq` is in the log (C2SP tlog-proof), by the newest checkpoint, a cosigned one if that
   covers it. Within the reader's span. HT_NOT_FOUND if none covers it; *covered is where the newest ends. */
HT_MUST_CHECK enum ht_status ht_proof_add(struct ht_reader *reader, enum ht_log log, uint64_t seq,
                                          struct ht_buffer *out, uint64_t *covered, struct ht_error *err);

#endif
