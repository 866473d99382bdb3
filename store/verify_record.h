/* Private to store/: one record of a log verified by itself. */
#ifndef STORE_VERIFY_RECORD_H
#define STORE_VERIFY_RECORD_H

#include "harvest.h"
#include "hooktrail/log.h"
#include "verify_walk.h"

/* What one thread works with. */
struct verify_worker {
    struct verify verify; /* its own, by which it reads, counts and tells */
    enum ht_log log;
    const char *table;       /* the log's records: "trail/events" */
    struct harvest *harvest; /* whose trail is verify.reader */
    uint32_t endpoint;       /* known to be there, so that not each event looks again; 0: none yet */
    uint64_t erasure;        /* the one whose row, if it is not 0, is below */
    struct ht_buffer erasure_row;
};

/* What one look at a record gave. */
struct verify_look {
    uint8_t leaf[HT_SHA256_SIZE]; /* its hash */
    bool known;                   /* the leaf is */
    bool missing;
    bool lost; /* a salvage has put a mark in its place */
    uint32_t endpoint;
    enum ht_status read;     /* what reading an event came to, whether it is sound or not: */
    struct ht_record record; /* HT_OK, with this, which borrows from the unpacker until its next use */
};

/* Checks an event's checksum, digest, commitment and endpoint, an act's checksum; counts it, unless it is missing.
   Within a span of verify.reader, and leaves it in one, if not always in the same: after a failure look at
   reader->begun. */
HT_MUST_CHECK enum ht_status verify_record(struct verify_worker *worker, uint64_t number, struct verify_look *look,
                                           struct ht_error *err);

#endif
