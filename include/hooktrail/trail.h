/* The trail, read: the append-only sequence of events, and the log of repeated deliveries. */
#ifndef HOOKTRAIL_TRAIL_H
#define HOOKTRAIL_TRAIL_H

#include <stdint.h>

#include "hooktrail/buffer.h"
#include "hooktrail/delivery.h"
#include "hooktrail/sha256.h"
#include "hooktrail/store.h"

struct ht_json;
struct ht_reading;

#define HT_DUPLICATE_KEY_SIZE 16
#define HT_REF_SIZE 16
#define HT_SALT_SIZE 16

/* What a record's header says; read without unpacking the payload. */
struct ht_record_header {
    uint64_t seq;
    int64_t received_at; /* of the first delivery */
    uint32_t endpoint;
    uint32_t size;           /* payload bytes as received */
    uint32_t key;            /* of the keyring, which seals salt, digest, delivery and payload; 0: not sealed */
    bool signature_verified; /* of the first delivery: the duplicate key is then of the sender's id */
    uint8_t duplicate_key[HT_DUPLICATE_KEY_SIZE]; /* zeros if erased */
    uint8_t commitment[HT_SHA256_SIZE];           /* SHA-256 over domain, salt, digest and delivery: docs/format.md */
    uint64_t erasure;                             /* the erasure that took the payload; 0: it is there */
    uint8_t
        conversation[HT_REF_SIZE]; /* erased: keyed hash of the conversation it was in, if that goes on; else zeros */
};

struct ht_record {
    struct ht_record_header header;
    uint8_t sha256[HT_SHA256_SIZE]; /* of the payload */
    struct ht_delivery delivery;    /* of the first delivery */
    struct ht_slice payload;        /* exactly as received */
};

/* Decompression state and the memory that records are unpacked to; one thread at a time. */
struct ht_unpacker;
struct ht_unpacker *ht_unpacker_new(void); /* NULL when out of memory */
void ht_unpacker_free(struct ht_unpacker *unpacker);

/* What payloads are read with. A reader keeps one set from one question to the next: the scanner alone has megabytes to
   set up. What is in them lasts until anybody reads the next payload with the same reader. */
struct ht_tools {
    struct ht_unpacker *unpacker;
    struct ht_json *json;
    struct ht_reading *reading;
};
const struct ht_tools *ht_reader_tools(struct ht_reader *reader); /* the reader's; NULL when out of memory */

/* The end of the trail as the reader's snapshot sees it. */
HT_MUST_CHECK enum ht_status ht_trail_position(struct ht_reader *reader, struct ht_position *position,
                                               struct ht_error *err);

/* HT_NOT_FOUND; HT_CORRUPT if checksum, lengths or (for ht_trail_get) the payload's digest don't fit; but for headers,
   HT_ERASED with time and reason for a tombstone, HT_FORBIDDEN where the master key is missing. The record's slices
   borrow from the unpacker until its next use, and outlive ht_reader_end. */
HT_MUST_CHECK enum ht_status ht_trail_header(struct ht_reader *reader, uint64_t seq, struct ht_record_header *header,
                                             struct ht_error *err);
HT_MUST_CHECK enum ht_status ht_trail_get(struct ht_reader *reader, uint64_t seq, struct ht_unpacker *unpacker,
                                          struct ht_record *record, struct ht_error *err);

/* Whether an event that is HT_CORRUPT is so for good: a salvage has marked it as lost, and an act tells of it. */
bool ht_trail_lost(struct ht_reader *reader, uint64_t seq);

/* ht_trail_get without recomputing the payload's digest, for the indexer and queries: the checksum is still checked. */
HT_MUST_CHECK enum ht_status ht_trail_peek(struct ht_reader *reader, uint64_t seq, struct ht_unpacker *unpacker,
                                           struct ht_record *record, struct ht_error *err);

/* What opens an event's commitment, for whoever is to check it without this program: ht_opening_commit gives what the
   record's header and the leaf hold. */
struct ht_opening {
    uint8_t salt[HT_SALT_SIZE];
    uint8_t sha256[HT_SHA256_SIZE]; /* of the payload */
    struct ht_slice delivery;       /* as ht_delivery_encode writes it */
};

/* ht_trail_get with what opens the event's commitment; the delivery borrows from the unpacker until its next use. */
HT_MUST_CHECK enum ht_status ht_trail_opening(struct ht_reader *reader, uint64_t seq, struct ht_unpacker *unpacker,
                                              struct ht_record *record, struct ht_opening *opening,
                                              struct ht_error *err);
void ht_opening_commit(const struct ht_opening *opening, uint8_t commitment[HT_SHA256_SIZE]);

#define HT_LEAF_SIZE 52

/* An event's leaf in the Merkle tree: what a proof shows of it (docs/format.md). HT_CORRUPT; HT_VERSION. */
struct ht_leaf {
    bool signature_verified;
    uint32_t size; /* of the payload */
    uint32_t endpoint;
    int64_t received_at;
    uint8_t commitment[HT_SHA256_SIZE];
};
HT_MUST_CHECK enum ht_status ht_leaf_parse(struct ht_slice bytes, struct ht_leaf *leaf, struct ht_error *err);

/* A repeated delivery: the same payload came to the same endpoint again. Numbered 1, 2, 3 … in commit order. */
struct ht_repeat {
    uint64_t number;
    uint64_t seq;                /* the event that it repeats */
    struct ht_delivery delivery; /* borrows from the unpacker */
};
HT_MUST_CHECK enum ht_status ht_trail_repeat(struct ht_reader *reader, uint64_t number, struct ht_unpacker *unpacker,
                                             struct ht_repeat *repeat, struct ht_error *err);

#endif
