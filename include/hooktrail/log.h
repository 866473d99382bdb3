/* The trail as a transparency log: its Merkle tree (one leaf per event, in order of seq; RFC 6962), the checkpoints
   that sign it, the proofs that it gives. A store has two logs of the same form, events and acts.

   An event's leaf is bytes 8 to 59 of its record (docs/format.md): they commit to payload and delivery through a salted
   digest, so that proofs outlive an erasure and tell nothing of what was erased. An act's leaf is its record behind the
   checksum. The leaf of seq N has index N - 1. */
#ifndef HOOKTRAIL_LOG_H
#define HOOKTRAIL_LOG_H

#include "hooktrail/merkle.h"
#include "hooktrail/note.h"
#include "hooktrail/store.h"

enum ht_log { HT_LOG_EVENTS, HT_LOG_ACTS, HT_LOG_COUNT };

#define HT_TILE_HEIGHT 8 /* of c2sp.org/tlog-tiles */
#define HT_TILE_WIDTH 256

/* ---- the tree, within the reader's span ---- */

HT_MUST_CHECK enum ht_status ht_log_head(struct ht_reader *reader, enum ht_log log, struct ht_tree_head *head,
                                         struct ht_error *err);
/* The root when the tree had `size` leaves; HT_INVALID if it never had so many. */
HT_MUST_CHECK enum ht_status ht_log_root(struct ht_reader *reader, enum ht_log log, uint64_t size,
                                         uint8_t root[HT_SHA256_SIZE], struct ht_error *err);
/* `seq` in the tree of `size` leaves; from `old_size` to `size`. HT_NOT_FOUND if the tree has no such leaf; HT_INVALID
   if the sizes don't fit. At most some 800 hashes are made: well under a millisecond. */
HT_MUST_CHECK enum ht_status ht_log_inclusion(struct ht_reader *reader, enum ht_log log, uint64_t seq, uint64_t size,
                                              struct ht_merkle_proof *proof, struct ht_error *err);
HT_MUST_CHECK enum ht_status ht_log_consistency(struct ht_reader *reader, enum ht_log log, uint64_t old_size,
                                                uint64_t size, struct ht_merkle_proof *proof, struct ht_error *err);
/* The data of a leaf, which ht_merkle_leaf hashes. A view until ht_reader_end. */
HT_MUST_CHECK enum ht_status ht_log_leaf(struct ht_reader *reader, enum ht_log log, uint64_t seq, struct ht_slice *data,
                                         struct ht_error *err);
/* Adds `width` (1 to 256) hashes of a tile, by c2sp.org/tlog-tiles. HT_NOT_FOUND if the tree hasn't so many yet. */
HT_MUST_CHECK enum ht_status ht_log_tile(struct ht_reader *reader, enum ht_log log, unsigned level, uint64_t index,
                                         unsigned width, struct ht_buffer *out, struct ht_error *err);
/* Adds an entry bundle: `width` leaves from 256 * index on, each with its length (u16) before it. */
HT_MUST_CHECK enum ht_status ht_log_entries(struct ht_reader *reader, enum ht_log log, uint64_t index, unsigned width,
                                            struct ht_buffer *out, struct ht_error *err);

/* ---- checkpoints ---- */

/* Adds the newest signed checkpoint with the cosignatures that came for it; HT_NOT_FOUND before the first. */
HT_MUST_CHECK enum ht_status ht_log_checkpoint(struct ht_reader *reader, enum ht_log log, struct ht_buffer *note,
                                               struct ht_error *err);
/* Signs the tree as it is now, unless the newest checkpoint is of this size: keeps it in the trail and in DIR/heads.
   HT_CORRUPT, with nothing signed, when the trail has gone back behind what DIR/heads says was signed. Writes to the
   trail: on no loop. */
HT_MUST_CHECK enum ht_status ht_log_sign(struct ht_store *store, enum ht_log log, struct ht_error *err);
/* Why the log was not signed when that was tried last: HT_CORRUPT with the reason, as ht_log_sign gave it; HT_OK if it
   was signed, or not tried since the store was opened. Any thread. */
HT_MUST_CHECK enum ht_status ht_log_refusal(const struct ht_store *store, enum ht_log log, struct ht_error *err);
/* The log's name: what its checkpoints begin with. NUL-terminated, lives as long as the store. */
const char *ht_log_origin(const struct ht_store *store, enum ht_log log);
/* The keys that may have signed this log, the current one first, each as text and a newline. */
HT_MUST_CHECK enum ht_status ht_log_keys(const struct ht_store *store, enum ht_log log, struct ht_buffer *out,
                                         struct ht_error *err);
/* Checks that a checkpoint kept elsewhere is of this log, signed by one of its keys, and that the tree still begins
   with its: HT_CORRUPT if not. */
HT_MUST_CHECK enum ht_status ht_log_check(struct ht_reader *reader, enum ht_log log, struct ht_slice note,
                                          struct ht_error *err);
/* Keeps signature lines of witnesses (verified by the caller) with the checkpoint that they signed; they replace older
   ones of the same witness. The newest checkpoint with any is kept beside the newest of all, which may be one later
   every second. */
HT_MUST_CHECK enum ht_status ht_log_cosign(struct ht_store *store, enum ht_log log, struct ht_slice checkpoint,
                                           struct ht_slice lines, struct ht_error *err);
/* Adds the newest checkpoint that a witness has signed, if it covers `size` leaves: what to prove with, where there is
   one. HT_NOT_FOUND. Within the reader's span. */
HT_MUST_CHECK enum ht_status ht_log_cosigned(struct ht_reader *reader, enum ht_log log, uint64_t size,
                                             struct ht_buffer *note, struct ht_error *err);

#endif
