/* Private to query/bundle/: what the files of an evidence bundle are called.

   README.txt  manifest.json  SHA256SUMS  checkpoint  log.vkey
   payloads/SEQ.json  deliveries/SEQ.json  leaves/SEQ.leaf  openings/SEQ.json  proofs/SEQ.tlog-proof
   timeline.json  timeline.txt              of a conversation
   history.json  history.txt  timelines/1.json  timelines/1.txt …   of a lead */
#ifndef QUERY_BUNDLE_LAYOUT_H
#define QUERY_BUNDLE_LAYOUT_H

#include "hooktrail/buffer.h"
#include "zip_limits.h"

#define LAYOUT_FORMAT 1 /* of the manifest */
#define LAYOUT_README "README.txt"
#define LAYOUT_MANIFEST "manifest.json"
#define LAYOUT_SUMS "SHA256SUMS"
#define LAYOUT_CHECKPOINT "checkpoint"
#define LAYOUT_KEY "log.vkey"

/* What there is of each event. An erased one has leaf and proof only. */
enum layout_part { LAYOUT_PAYLOAD, LAYOUT_DELIVERIES, LAYOUT_OPENING, LAYOUT_LEAF, LAYOUT_PROOF, LAYOUT_PARTS };

/* Writes the name of an event's file. */
void layout_name(enum layout_part part, uint64_t seq, char name[ZIP_MAX_NAME]);
/* Reads one; false if it is of another kind. */
bool layout_parse(struct ht_slice name, enum layout_part *part, uint64_t *seq);
/* True of timelines and histories. */
bool layout_is_reading(struct ht_slice name);

static inline bool layout_stays_erased(enum layout_part part)
{
    return part == LAYOUT_LEAF || part == LAYOUT_PROOF;
}

#endif
